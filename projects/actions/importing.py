"""What one imported record means: read against the project it belongs to, written nowhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from accounts.access import may
from accounts.actions import create_unit
from accounts.actions.imports.plans import units_by_name
from accounts.domain.roles import Capability
from accounts.models import Unit
from common.audit import plain
from common.imports import ImportContext, ImportedRecord, folded
from projects.domain.lifecycle import Overlay, Phase
from projects.models import Project, ProjectType
from projects.models.project import AMOUNTS

TEXTS = ("name", "purpose", "sponsor_name", "manager_name")
DATES = (
    "starts_on",
    "planned_finish_on",
    "baseline_finish_on",
    "forecast_finish_on",
    "actual_finish_on",
)
#: the original approval: the first value counts, later ones are kept as dated facts only
_ORIGINALS = {"baseline_finish_on": "planned_finish_on", "approved_budget": "current_budget"}
#: columns of the dated facts
FIGURE = (
    "reported_colour",
    "reported_word",
    "reported_reason",
    *AMOUNTS,
    "forecast_finish_on",
)
#: the type of a project whose file names none
UNSPECIFIED = "Unspecified"
_TOO_LARGE = Decimal(10) ** 16


@dataclass(slots=True, kw_only=True)
class Reading:
    """One record: the project it is about, what it changes there, and what it says that day."""

    row: int
    external_id: str
    project: Project
    #: every field the record fills, by model field
    values: dict[str, Any] = field(default_factory=dict)
    #: those that differ from the row, before and after; all of them for a new one
    before: dict[str, Any] = field(default_factory=dict)
    changed: dict[str, Any] = field(default_factory=dict)
    figure: dict[str, Any] = field(default_factory=dict)
    #: name -> [planned, reached]
    milestones: dict[str, list[Any]] = field(default_factory=dict)
    unit_name: str = ""
    type_name: str = ""
    column: str = ""
    code: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def milestone_values(self) -> dict[str, Any]:
        """The milestones as they stand in an outcome."""
        return {"milestones": self.milestones} if self.milestones else {}

    def refuse(self, column: str, code: str, **params: Any) -> "Reading":
        """Return itself as refused, with the field and the reason."""
        self.column, self.code, self.params = column, f"projects.{code}", params
        return self


@dataclass(slots=True)
class Places:
    """Units by name or number and types by name, as a file calls them."""

    context: ImportContext
    units: dict[str, Unit]
    types: dict[str, ProjectType]

    @classmethod
    def of(cls, context: ImportContext) -> "Places":
        """Return the units below the file's root and every type. Two statements."""
        types = {kind.name.casefold(): kind for kind in ProjectType.objects.all()}
        return cls(context, units_by_name(context.root), types)

    def unit(self, name: str) -> Unit | None:
        """Return the unit of that name; without a name the root; None when it is unknown."""
        root: Unit = self.context.root
        return self.units.get(folded(name)) if name else root

    def may_import(self, unit: Unit | None, project: Project) -> bool:
        """Return whether the person may import into that unit; a unit to be is its root's."""
        by = self.context.by
        return by is None or may(
            by,
            Capability.IMPORT,
            path=(unit or self.context.root).path,
            is_named=project.pk is not None and project.manager_id == by.pk,
        )

    def create_missing(self, readings: Sequence[Reading], context: ImportContext) -> None:
        """Create the units and types that accepted records name, and put them in their place."""
        for reading in readings:
            if reading.unit_name and self.unit(reading.unit_name) is None:
                self.units[folded(reading.unit_name)] = create_unit(
                    reading.unit_name, by=context.by, parent=context.root, source=context.source
                )
            if reading.type_name and reading.type_name.casefold() not in self.types:
                self.types[reading.type_name.casefold()] = ProjectType.objects.create(
                    name=reading.type_name
                )
            self._place(reading)

    def _place(self, reading: Reading) -> None:
        """A unit or type that was only a name while it was read is a row now."""
        rows: dict[str, Any] = {
            "unit": self.unit(reading.unit_name),
            "project_type": self.types.get(reading.type_name.casefold()),
        }
        for name, row in rows.items():
            if name in reading.values:
                reading.values[name] = row
            if name in reading.changed:
                reading.changed[name] = row


def read_record(record: ImportedRecord, known: Project | None, places: Places) -> Reading:
    """Return what a record says of its project: changes, dated facts, or why it is refused."""
    context = places.context
    project = known or Project(
        source=context.source, external_id=record.external_id, tier="light", phase="executing"
    )
    reading = Reading(row=record.row, external_id=record.external_id, project=project)
    refused = _refusal(reading, record.fields, places)
    if refused:
        return refused
    reading.figure = _figure(record.fields)
    reading.milestones = _milestones(record.fields)
    if known is not None and not context.is_newest:
        reading.milestones = {}
        return reading
    reading.values = _values(record, reading, places)
    _compare(reading)
    return reading


def _refusal(reading: Reading, fields: Mapping[str, Any], places: Places) -> Reading | None:
    """Return the reading as refused when the record cannot be kept; None when it can."""
    project, context = reading.project, places.context
    if not str(fields.get("name") or "").strip() and project.pk is None:
        return reading.refuse("name", "import_name_missing")
    reading.unit_name = str(fields.get("unit") or "").strip()
    reading.type_name = str(fields.get("type") or "").strip()[:80]
    unit = places.unit(reading.unit_name)
    if unit is None and not context.creates_parents:
        return reading.refuse("unit", "import_unit_unknown", unit=reading.unit_name)
    if not places.may_import(unit, project):
        return reading.refuse("unit", "import_not_yours", unit=str(unit or context.root))
    for name in AMOUNTS:
        amount = fields.get(name)
        if amount is not None and abs(amount) >= _TOO_LARGE:
            return reading.refuse(name, "import_amount_too_large", value=str(amount))
    start, finish = project.actual_start_on, fields.get("actual_finish_on")
    if start and finish and finish < start:
        return reading.refuse(
            "actual_finish_on", "import_dates_backwards", start=str(start), finish=str(finish)
        )
    return None


def _values(record: ImportedRecord, reading: Reading, places: Places) -> dict[str, Any]:
    """Return the model fields that the record fills; a cell left empty empties the field."""
    fields, project = record.fields, reading.project
    values: dict[str, Any] = {
        name: str(fields[name] or "").strip()
        for name in TEXTS
        if name in fields and (fields[name] or name != "name")
    }
    values |= {name: fields[name] for name in (*DATES, *AMOUNTS) if name in fields}
    values |= _phase(fields)
    _keep_originals(values, project)
    if reading.unit_name or project.pk is None:
        values["unit"] = places.unit(reading.unit_name)
    if project.pk is None and not reading.type_name:
        reading.type_name = UNSPECIFIED
    if reading.type_name:
        values["project_type"] = places.types.get(reading.type_name.casefold())
    values["extra"] = dict(record.extra)
    owned = {name for name in values if name not in {"extra", "overlay"}}
    values["source_fields"] = sorted(owned | set(project.source_fields))
    return values


def _phase(fields: Mapping[str, Any]) -> dict[str, str]:
    word = fields.get("phase")
    if word in set(Phase):
        return {"phase": str(word), "overlay": ""}
    return {"overlay": str(word)} if word in set(Overlay) - {Overlay.RUNNING} else {}


def _keep_originals(values: dict[str, Any], project: Project) -> None:
    """The first approval stays; what a source approves later has been decided since."""
    for original, current in _ORIGINALS.items():
        first = getattr(project, original)
        if original in values and first is not None:
            later = values.pop(original)
            if later != first and later is not None:
                values.setdefault(current, later)


def _compare(reading: Reading) -> None:
    project = reading.project
    for name, value in reading.values.items():
        if project.pk is None:
            reading.changed[name] = value
            continue
        now = (
            _unit_or_type(project, name)
            if name in {"unit", "project_type"}
            else getattr(project, name)
        )
        new = value.pk if name in {"unit", "project_type"} and value is not None else value
        if now != new:
            reading.before[name], reading.changed[name] = plain(now), value


def _unit_or_type(project: Project, name: str) -> int:
    number: int = getattr(project, f"{name}_id")
    return number


def _figure(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "reported_colour": fields.get("reported_colour"),
        "reported_word": str(fields.get("reported_word") or "")[:120],
        "reported_reason": str(fields.get("reported_reason") or ""),
        **{name: fields.get(name) for name in AMOUNTS},
        "forecast_finish_on": fields.get("forecast_finish_on") or fields.get("planned_finish_on"),
    }


def _milestones(fields: Mapping[str, Any]) -> dict[str, list[Any]]:
    found = {}
    for name, planned, reached in fields.get("milestones") or ():
        if planned or reached:
            found[str(name)[:200]] = [planned or reached, reached]
    return found
