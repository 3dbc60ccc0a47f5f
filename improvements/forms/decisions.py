"""What a step and a decision ask for."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.web.forms import DayField, RecordForm
from common.web.rows import long_text
from improvements import access
from improvements.domain.approvals import Deed
from improvements.domain.lifecycle import OPEN
from improvements.forms.fields import RecordField
from improvements.models import Improvement
from improvements.models.improvement import GRADES
from improvements.wording import SENTENCES

DEED_WORDS: Mapping[Deed, Any] = {
    Deed.APPROVE: pgettext_lazy("button", "Approve"),
    Deed.PARK: pgettext_lazy("button", "Park"),
    Deed.DECLINE: pgettext_lazy("button", "Decline"),
    Deed.MERGE: pgettext_lazy("button", "Merge"),
    Deed.ASK: pgettext_lazy("button", "Ask for more"),
    Deed.REOPEN: pgettext_lazy("button", "Reopen"),
}


class MoveForm(RecordForm):
    """One step along the path."""

    target = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Reason"), required=False, widget=long_text(2))
    grade = forms.ChoiceField(
        label=_("How good is the evidence?"), choices=[("", "–"), *GRADES], required=False
    )


class DecisionForm(RecordForm):
    """What a decision asks for: a reason, and a date or a target where the deed has one."""

    reason = forms.CharField(
        label=_("Reason"),
        widget=long_text(3),
        error_messages={"required": _("Give a reason, one sentence is enough.")},
    )
    until = DayField(label=_("Come back to it on"), required=False)
    target = RecordField(
        label=_("Becomes part of"),
        required=False,
        error_messages={"required": SENTENCES["improvements.merge_target_needed"]},
        help_text=_("By title or number. Links and scores move there."),
    )

    def __init__(
        self, *args: Any, user: Any, improvement: Improvement, deed: Deed, **kwargs: Any
    ) -> None:
        super().__init__(*args, initial={"version": improvement.version}, **kwargs)
        for name, needed in (("until", Deed.PARK), ("target", Deed.MERGE)):
            if deed is not needed:
                del self.fields[name]
        self.fields["reason"].widget.attrs["autofocus"] = True
        if deed is Deed.MERGE:
            self.fields["target"].required = True
            others = access.visible_to(user).filter(archived_at=None, state__in=sorted(OPEN))
            self.fields["target"].choose(  # type: ignore[attr-defined]  # a RecordField
                others.exclude(pk=improvement.pk),
                name_field="title",
                kind="improvement",
                list_id="merge-targets",
            )
