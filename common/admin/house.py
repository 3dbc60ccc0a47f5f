"""The house rules of every page of Django admin: who sees what, versions, and the audit event."""

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, Q
from django.forms import ModelForm
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from common import audit, formats
from common.db import columns_of, locked
from common.subjects import Subject
from common.wording import say

#: what must never stand in the log
SECRET = ("password",)


def lines(pattern: str, rows: Iterable[Sequence[Any]]) -> str:
    """Return a line for every row, escaped into the pattern; a dash for none."""
    return format_html_join(SafeString("<br>"), pattern, rows) or formats.NOTHING


class YesNoFilter(ABC, admin.SimpleListFilter):
    """Rows of which something is so, or not so, as words a person says."""

    @abstractmethod
    def so(self) -> Q:
        """Return the condition under which the answer is yes."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        """Return the two answers."""
        return [("yes", _("yes")), ("no", _("no"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Return the rows with the chosen answer."""
        if not self.value():
            return queryset
        return queryset.filter(self.so() if self.value() == "yes" else ~self.so())


class Open:
    """Open to whoever the site lets in; a related row can be one they may find, and no other."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Ask the related model's own admin page which rows there are."""
        related = admin.site._registry.get(db_field.related_model)  # noqa: SLF001  no other way to ask
        if related is not None:
            kwargs["queryset"] = related.get_queryset(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]  # a mixin

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The site has asked already."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The site has asked already."""
        return True

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The site has asked already."""
        return True


class HouseAdmin(Open, admin.ModelAdmin):
    """Opens to whoever the site lets in; no bulk actions."""

    actions = None

    def has_module_permission(self, request: HttpRequest) -> bool:
        """The site has asked already."""
        return True

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Reference data is archived or left; links protect it."""
        return False


class HouseInline(Open, admin.TabularInline):
    """Rows inside a parent's form; these may be deleted, the parent's event tells."""

    extra = 0

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The site has asked already."""
        return True


class ReadOnlyAdmin(HouseAdmin):
    """A ledger: to be read."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Ledgers are written by the machinery."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Ledgers are never altered."""
        return False


class SeenForm(forms.ModelForm):
    """Carries what the page was filled from; refuses to save over what somebody else has saved."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    #: models of the rows inside
    inside: Sequence[type[Model]] = ()
    is_stale = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = self.print()

    def print(self) -> str:
        """Return a hash of the row and the rows inside as they stand now."""
        row = locked(type(self.instance)._base_manager.filter(pk=self.instance.pk)).get()  # noqa: SLF001  the manager no subclass narrows
        told = [audit.snapshot(row, _editable(type(row)))]
        for model in self.inside:
            key = next(f for f in columns_of(model) if f.related_model is type(row))
            rows = model._base_manager.filter(**{key.name: row}).order_by("pk")  # noqa: SLF001  as above
            told += [audit.snapshot(each, _editable(model)) for each in rows]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()

    def clean(self) -> Any:
        """Compare; what was typed stays, and the next save is on what stands now."""
        cleaned = super().clean()
        seen, now = self.cleaned_data.get("seen"), self.print()
        if seen and seen != now:
            self.is_stale = True
            self.data = {**self.data.dict(), self.add_prefix("seen"): now}  # type: ignore[attr-defined]  # a QueryDict
            self.add_error(None, say("common.admin_stale"))
        return cleaned


def _editable(model: type[Model]) -> list[str]:
    left_out = {*SECRET, "last_login"}
    return [f.name for f in columns_of(model) if f.editable and f.name not in left_out]


class AuditedAdmin(HouseAdmin):
    """Reference data: the save, its audit event and its marks are one transaction."""

    #: the word before ``.created`` and ``.changed`` in the audit log
    kind = ""

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        """Send to the row's events in our log, the one there is."""
        about = {"kind": self.kind, "q": object_id}
        return redirect(reverse("admin:common_auditevent_changelist", query=about))

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002  Django's signature
        **kwargs: Any,
    ) -> Any:
        """Return the form; one that changes a row knows what it was filled from."""
        if obj is not None and self.has_change_permission(request, obj):
            inside = tuple(inline.model for inline in self.inlines)
            kwargs["form"] = type("Form", (SeenForm, self.form), {"inside": inside})
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the field sets; the hidden field goes with the first."""
        found = super().get_fieldsets(request, obj)
        if obj is None or not self.has_change_permission(request, obj):
            return found
        (title, first), *rest = found
        names = [name for name in first["fields"] if name != "seen"]
        return [(title, {**first, "fields": [*names, "seen"]}), *rest]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        """Answer 409 when somebody else has saved meanwhile."""
        response = super().render_change_form(request, context, *args, **kwargs)
        if getattr(context["adminform"].form, "is_stale", False):
            response.status_code = HTTPStatus.CONFLICT
        return response

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:  # noqa: FBT001  Django's signature
        """Save, and record what changed."""
        before = type(obj).objects.filter(pk=obj.pk).first() if change else None
        super().save_model(request, obj, form, change)
        names = _editable(type(obj))
        audit.record(
            f"{self.kind}.{'changed' if change else 'created'}",
            Subject(self.kind, obj.pk),
            by=request.user,
            before=audit.snapshot(before, names) if before else {},
            after=audit.snapshot(obj, names),
        )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001  Django's signature
        """Save the rows inside, and record them with the parent."""
        super().save_related(request, form, formsets, change)
        touched = [
            {"row": str(row), "deed": deed}
            for formset in formsets
            for deed, rows in (
                ("new", formset.new_objects),
                ("changed", [row for row, _names in formset.changed_objects]),
                ("removed", formset.deleted_objects),
            )
            for row in rows
        ]
        if touched:
            subject = Subject(self.kind, form.instance.pk)
            audit.record(
                f"{self.kind}.rows_changed", subject, by=request.user, after={"rows": touched}
            )
        self.after_save(request, form.instance, has_touched_rows=bool(touched))

    def after_save(self, request: HttpRequest, obj: Any, *, has_touched_rows: bool) -> None:
        """For subclasses: what else follows from the save."""
