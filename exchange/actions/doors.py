"""Which app takes which kind of record: the only list of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from accounts.actions.imports import (
    apply_people,
    apply_units,
    compare_people,
    compare_units,
    undo_people,
    undo_units,
)
from common.imports import ImportContext, ImportedRecord, Outcome
from exchange.domain.kinds import Kind
from improvements.actions.imports import (
    apply_improvements,
    compare_improvements,
    undo_improvements,
)
from projects.actions.imports import apply_projects, compare_projects, undo_projects
from services.actions.imports import (
    apply_measures,
    apply_outages,
    apply_services,
    apply_tickets,
    compare_measures,
    compare_outages,
    compare_services,
    compare_tickets,
    undo_measures,
    undo_outages,
    undo_services,
    undo_tickets,
)

Take = Callable[[Sequence[ImportedRecord], ImportContext], list[Outcome]]
TakeBack = Callable[[Sequence[Outcome], ImportContext], list[Outcome]]


@dataclass(frozen=True, slots=True)
class Door:
    """What an app does with records of one kind: say, do, undo (common/imports.py)."""

    compare: Take
    apply: Take
    undo: TakeBack


DOORS: dict[Kind, Door] = {
    Kind.PEOPLE: Door(compare_people, apply_people, undo_people),
    Kind.UNITS: Door(compare_units, apply_units, undo_units),
    Kind.PROJECTS: Door(compare_projects, apply_projects, undo_projects),
    Kind.SERVICES: Door(compare_services, apply_services, undo_services),
    Kind.IMPROVEMENTS: Door(compare_improvements, apply_improvements, undo_improvements),
    Kind.TICKETS: Door(compare_tickets, apply_tickets, undo_tickets),
    Kind.OUTAGES: Door(compare_outages, apply_outages, undo_outages),
    Kind.MEASURES: Door(compare_measures, apply_measures, undo_measures),
}
