"""Values of a preview as every screen shows them: words in the reader's language, local times."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models.unit import KINDS as UNIT_KINDS
from common import formats
from common.web.filters import COLOURS
from exchange.domain.kinds import KINDS, FieldType, Kind
from exchange.models import ImportBatch
from projects.models.project import OVERLAYS, PHASES
from services.models.incident import INCIDENT_STATES
from services.models.outage import OUTAGE_KINDS
from services.models.service import STATUSES, TIERS

_LENGTH = 60
_PHASES = dict([*PHASES, *OVERLAYS])
_WORDS: dict[tuple[Kind, str], Mapping[Any, Any]] = {
    (Kind.PROJECTS, "phase"): _PHASES,
    (Kind.PROJECTS, "overlay"): _PHASES,
    (Kind.PROJECTS, "reported"): dict(COLOURS),
    (Kind.PROJECTS, "reported_colour"): dict(COLOURS),
    (Kind.SERVICES, "status"): dict(STATUSES),
    (Kind.SERVICES, "tier"): {str(number): label for number, label in TIERS},
    (Kind.UNITS, "kind"): dict(UNIT_KINDS),
    (Kind.TICKETS, "made_sla_reported"): {"true": _("Yes"), "false": _("No")},
    (Kind.TICKETS, "status"): dict(INCIDENT_STATES),
    (Kind.TICKETS, "state"): dict(INCIDENT_STATES),
    (Kind.OUTAGES, "kind"): dict(OUTAGE_KINDS),
}


def code_label(kind: Kind, name: str, code: str) -> str:
    """Return one of the values of a field for people, as a choice."""
    label = str(_WORDS.get((kind, name), {}).get(code, code))
    return label[:1].upper() + label[1:]


def shown(batch: ImportBatch, name: str, value: Any) -> str:
    """Return a plain value of a field, as an import keeps it, for people."""
    if value in (None, ""):
        return formats.NOTHING
    kind = Kind(batch.kind)
    words = _WORDS.get((kind, name))
    if words is not None:
        return str(words.get(value, value))
    field = KINDS[kind].fields.get(name)
    if field is not None and field.type is FieldType.DATETIME:
        return formats.format_datetime(dt.datetime.fromisoformat(str(value)), batch.root.zone)
    if field is not None and field.type is FieldType.MONEY:
        return formats.format_money(Decimal(str(value)), batch.root.currency)
    text = str(value)
    return text if len(text) <= _LENGTH else text[: _LENGTH - 1] + "…"
