"""The form for a file and how it is read, and the one for the first organisation."""

import io
from typing import IO, Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from common.errors import Refused
from common.web.forms import DayField, RecordForm
from common.web.once import new_key
from common.web.uploads import UploadField, too_large
from exchange.access import organisations_for
from exchange.actions import checked_mapping
from exchange.domain.errors import MappingError
from exchange.domain.kinds import Kind
from exchange.mappings import SIZE_LIMIT, mapping_text
from exchange.models import ImportBatch, Upload
from exchange.queries import matched_lists
from exchange.templates import mappings_of

MATCH = "match"
"""What is chosen instead of a mapping by who wants to match the columns."""

_MATCHED = "import-"
_CURRENCIES = ("SEK", "NOK", "DKK", "EUR", "ISK", "GBP", "CHF", "USD", "CAD", "AUD")
_ZONES = ("Europe/Stockholm", "Europe/Oslo", "Europe/Copenhagen", "Europe/Helsinki")


class UploadForm(RecordForm):
    """A file, the mapping it is read with, and the day it speaks of."""

    organisation = forms.ModelChoiceField(
        Unit.objects.none(), label=_("Organisation"), empty_label=None
    )
    file = UploadField(
        label=_("File"),
        allow_empty_file=True,
        help_text=_("CSV, XLSX or JSON lines, at most 25 MB; may be packed with gzip."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,.json,.jsonl,.ndjson,.gz"}),
    )
    mapping = forms.ChoiceField(
        label=_("Mapping"),
        help_text=_("Says what the file's columns mean."),
    )
    own_mapping = UploadField(
        label=_("A mapping of your own"),
        required=False,
        allow_empty_file=True,
        help_text=_("A TOML file, used instead of the choice above. The manual says how."),
        widget=forms.FileInput(attrs={"accept": ".toml,.txt"}),
    )
    as_of = DayField(
        label=_("The file speaks of"),
        required=False,
        help_text=_("The day of the extract. Today where nothing is stated."),
    )

    kept = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        user: Any,
        kind: Kind,
        kept: Upload | None = None,
        is_too_large: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self._is_too_large = kind, is_too_large
        #: the file as it came, where it is one
        self.received: Any = None
        #: a list that was matched from a file with the same columns, and is chosen now
        self.suggested = ""
        self.waiting = kept
        self.fields["kept"].initial = str(kept.pk) if kept else ""
        self.fields["file"].required = kept is None
        organisations: Any = self.fields["organisation"]
        organisations.queryset = organisations_for(user)
        found = list(organisations.queryset[:2])
        if len(found) == 1:
            organisations.initial = found[0].pk
            organisations.widget = forms.HiddenInput()
        self._lists = {
            f"{_MATCHED}{batch.pk}": batch for batch in matched_lists(organisations.queryset, kind)
        }
        choices: Any = self.fields["mapping"]
        choices.choices = self._choices(kind)

    def _choices(self, kind: Kind) -> list[Any]:
        """Return the mappings: what was matched before, the own list, matching, other tools'."""
        own, *others = [
            (name, f"{title} ({name})") for name, title in mappings_of(kind, get_language() or "en")
        ]
        matched = [(name, batch.mapping) for name, batch in self._lists.items()]
        return [
            own,
            (MATCH, _("Match the columns myself")),
            *([(_("Matched before"), matched)] if matched else []),
            *([(_("Shipped with the product"), others)] if others else []),
        ]

    def hold(self, kept: Upload | None, before: ImportBatch | None) -> None:
        """After a refusal: let the file stay, under a form that can be sent anew.

        What was matched for a file with the same columns is chosen, where that was not refused.
        """
        data: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict has it
        name = f"{_MATCHED}{before.pk}" if before else ""
        if name in self._lists and name != data.get("mapping"):
            data["mapping"], self.suggested = name, self._lists[name].mapping
        data["form_key"], data["kept"] = new_key(), str(kept.pk) if kept else ""
        self.waiting, self.data = kept, data
        self.fields["file"].required = kept is None

    @property
    def source(self) -> tuple[IO[bytes], str]:
        """The file to read and its name: the one that came now, else the one that is here."""
        file: Any = self.cleaned_data.get("file")
        if file or self.waiting is None:
            return file, file.name
        return io.BytesIO(bytes(self.waiting.content)), self.waiting.file_name

    @property
    def wants_matching(self) -> bool:
        """Whether the columns are to be matched by hand."""
        data = self.cleaned_data
        chosen = data.get("mapping") == MATCH and not data.get("own_mapping")
        return chosen or "by_hand" in self.data

    @property
    def matched(self) -> ImportBatch | None:
        """The import whose matching was chosen again."""
        data = self.cleaned_data
        return None if data.get("own_mapping") else self._lists.get(data.get("mapping", ""))

    def clean(self) -> dict[str, Any]:
        """Return the data with `mapping_pair`, the name and text of a mapping that holds."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        self.received = data.get("file")
        if "file" in self.errors and self._is_too_large:
            self.errors["file"] = self.error_class(too_large().messages)
        if data.get("organisation") is None or self.wants_matching:
            return data
        try:
            pair = self._pair(data)
            checked_mapping(*pair, kind=self.kind, root=data["organisation"])
            data["mapping_pair"] = pair
        except Refused as refusal:
            name = "own_mapping" if data.get("own_mapping") else "mapping"
            self.add_error(name, str(refusal))
        return data

    def _pair(self, data: dict[str, Any]) -> tuple[str, str]:
        own = data.get("own_mapping")
        if own:
            if own.size > SIZE_LIMIT:
                raise Refused("exchange.mapping_too_large")
            text = own.read().decode("utf-8-sig", errors="replace")
            return own.name.rpartition(".")[0][:80] or own.name[:80], text
        if not data.get("mapping"):
            raise Refused("exchange.mapping_needed")
        if self.matched:
            if self.matched.root_id != data["organisation"].pk:
                raise Refused("exchange.list_elsewhere", organisation=self.matched.root.name)
            return self.matched.mapping, self.matched.mapping_text
        try:
            return mapping_text(data["mapping"])
        except MappingError as error:
            raise Refused(f"exchange.mapping.{error.code}", **error.params) from error


class OrganisationForm(RecordForm):
    """The first organisation: what is fixed after first use."""

    name = forms.CharField(label=_("Name"), max_length=200)
    currency = forms.ChoiceField(
        label=_("Currency"),
        choices=[(code, code) for code in _CURRENCIES],
        help_text=_("All amounts are in it; it cannot be changed later."),
    )
    zone = forms.ChoiceField(
        label=_("Time zone"), help_text=_("Decides when a day ends; it cannot be changed later.")
    )
    leads = forms.BooleanField(
        label=_("I lead both offices for now"),
        required=False,
        initial=True,
        help_text=_("Gives you the rights to import, see and edit. Roles can be changed later."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = sorted(
            zone
            for zone in available_timezones()
            if zone.startswith(("Europe/", "America/", "Atlantic/", "Australia/")) or zone == "UTC"
        )
        zones: Any = self.fields["zone"]
        zones.choices = [(zone, zone) for zone in dict.fromkeys([*_ZONES, *others])]
