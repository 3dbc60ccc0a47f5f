"""What can be imported: the kinds of record and the fields of each.

A field's type decides how its cells are read, so a mapping only says where they stand and how the
file writes them.
"""

from dataclasses import dataclass
from enum import StrEnum

UNASSIGNED = "Unassigned"
"""The service of a ticket or outage whose file names none."""


class Kind(StrEnum):
    """What one file holds."""

    PEOPLE = "people"
    UNITS = "units"
    PROJECTS = "projects"
    SERVICES = "services"
    IMPROVEMENTS = "improvements"
    TICKETS = "tickets"
    OUTAGES = "outages"
    MEASURES = "measures"


class FieldType(StrEnum):
    """How a field's cells are read: the Python value a row holds follows from it.

    str for TEXT, EMAIL and CODE; ``date``; an aware UTC ``datetime``; ``Decimal`` for MONEY (two
    decimals, whole units of the currency) and NUMBER; int; bool.
    """

    TEXT = "text"
    EMAIL = "email"
    CODE = "code"
    DATE = "date"
    DATETIME = "datetime"
    MONEY = "money"
    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field: its type, what it may hold, and where it may be used.

    ``codes`` are the values of a CODE field. ``lowest`` and ``highest`` bound an INTEGER.
    ``log_only`` fields belong to the rows of an event log.
    """

    name: str
    type: FieldType = FieldType.TEXT
    codes: tuple[str, ...] = ()
    limit: int | None = None
    lowest: int | None = None
    highest: int | None = None
    log_only: bool = False
    otherwise: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KindSpec:
    """The fields of one kind; ``required`` must be mapped and filled, ``required_in_log`` in logs.

    ``has_log`` says whether its files may be event logs, ``has_gates`` whether rows carry
    milestones.
    """

    fields: dict[str, Field]
    required: frozenset[str]
    required_in_log: frozenset[str] = frozenset()
    has_gates: bool = False

    @property
    def has_log(self) -> bool:
        """Whether files of this kind may hold one row per event."""
        return bool(self.required_in_log)


COLOURS = ("green", "amber", "red", "grey")
PHASES = (
    "initiating",
    "planning",
    "executing",
    "closing",
    "closed",
    "on_hold",
    "stopped",
)
SERVICE_STATUSES = (
    "requirements",
    "defined",
    "analysed",
    "approved",
    "chartered",
    "designed",
    "developed",
    "built",
    "tested",
    "released",
    "operational",
    "retired",
)
TIERS = ("1", "2", "3", "4", "critical", "important", "ordinary", "minor")
UNIT_KINDS = ("organisation", "portfolio", "programme", "department")
TICKET_STATUSES = ("new", "in_progress", "on_hold", "resolved", "closed", "cancelled")
OUTAGE_KINDS = ("unplanned", "planned", "degraded")
UP = "up"
"""The status in an outage log that means the service works: it ends an outage and is none."""

_NAME = 200


def _text(*names: str, limit: int | None = None) -> list[Field]:
    return [Field(name=name, limit=limit) for name in names]


def _typed(kind: FieldType, *names: str) -> list[Field]:
    return [Field(name=name, type=kind) for name in names]


def _code(name: str, codes: tuple[str, ...], *, log_only: bool = False) -> Field:
    return Field(name=name, type=FieldType.CODE, codes=codes, log_only=log_only)


_SERVICE = Field(name="service", limit=_NAME, otherwise=UNASSIGNED)
_KEY = Field(name="external_id", limit=_NAME)
_STATUS_WORD = Field(name="status_word", limit=_NAME)
_STATUS_AT = Field(name="status_at", type=FieldType.DATETIME, log_only=True)

_PEOPLE = [
    *_text("name", "unit", "role", limit=_NAME),
    Field(name="email", type=FieldType.EMAIL, limit=254),
]
_UNITS = [
    *_text("name", "parent", limit=_NAME),
    _code("kind", UNIT_KINDS),
]
_PROJECTS = [
    _KEY,
    *_text("name", "unit", "type", "sponsor_name", "manager_name", "reported_word", limit=_NAME),
    *_text("purpose", "reported_reason"),
    _code("phase", PHASES),
    _code("reported_colour", COLOURS),
    *_typed(
        FieldType.DATE,
        "starts_on",
        "planned_finish_on",
        "baseline_finish_on",
        "forecast_finish_on",
        "actual_finish_on",
    ),
    *_typed(
        FieldType.MONEY,
        "approved_budget",
        "current_budget",
        "forecast_cost",
        "actual_cost",
    ),
]
_SERVICES = [
    _KEY,
    *_text("name", "unit", "owner_name", limit=_NAME),
    _code("status", SERVICE_STATUSES),
    _code("tier", TIERS),
]
_IMPROVEMENTS = [
    _KEY,
    *_text("title", "origin", "service", "owner_name", limit=_NAME),
    *_text("problem"),
    *_typed(FieldType.NUMBER, "effort_days"),
]
_TICKETS = [
    _KEY,
    _SERVICE,
    *_typed(FieldType.DATETIME, "opened_at", "resolved_at", "closed_at"),
    Field(name="priority", type=FieldType.INTEGER, lowest=1, highest=5),
    _code("status", TICKET_STATUSES),
    _STATUS_WORD,
    _STATUS_AT,
    Field(name="reopen_count", type=FieldType.INTEGER, lowest=0, highest=10_000),
    *_typed(FieldType.BOOLEAN, "made_sla_reported"),
    *_text("caused_by_change", "problem_id", "category", "group_name", limit=_NAME),
]
_OUTAGES = [
    _KEY,
    _SERVICE,
    _code("kind", OUTAGE_KINDS),
    *_typed(FieldType.DATETIME, "starts_at", "ends_at"),
    *_text("title", limit=_NAME),
    _code("status", (*OUTAGE_KINDS, UP), log_only=True),
    _STATUS_WORD,
    _STATUS_AT,
    Field(name="status_until", type=FieldType.DATETIME, log_only=True),
]
_MEASURES = [
    _KEY,
    *_text("service", "measure", limit=_NAME),
    *_typed(FieldType.DATE, "period_on"),
    *_typed(FieldType.NUMBER, "value"),
    Field(name="n", type=FieldType.INTEGER, lowest=0, highest=10**12),
]


def _spec(
    fields: list[Field],
    *required: str,
    log: tuple[str, ...] = (),
    has_gates: bool = False,
) -> KindSpec:
    return KindSpec(
        fields={field.name: field for field in fields},
        required=frozenset(required),
        required_in_log=frozenset(log),
        has_gates=has_gates,
    )


KINDS: dict[Kind, KindSpec] = {
    Kind.PEOPLE: _spec(_PEOPLE, "name"),
    Kind.UNITS: _spec(_UNITS, "name"),
    Kind.PROJECTS: _spec(_PROJECTS, "name", has_gates=True),
    Kind.SERVICES: _spec(_SERVICES, "name"),
    Kind.IMPROVEMENTS: _spec(_IMPROVEMENTS, "title"),
    Kind.TICKETS: _spec(
        _TICKETS,
        "service",
        "opened_at",
        log=("service", "opened_at", "status", "status_at"),
    ),
    Kind.OUTAGES: _spec(_OUTAGES, "service", "starts_at", log=("service", "status", "status_at")),
    Kind.MEASURES: _spec(_MEASURES, "service", "measure", "period_on", "value"),
}
