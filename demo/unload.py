"""Takes the demo organisation away again; the audit log stays, its people can no longer log in."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Model, Q, QuerySet

from accounts.models import Assignment, Unit, User
from common import audit
from common.models import ChangeMark, Requirement, WorkCalendar
from common.subjects import Subject
from demo import people
from demo.refusal import DemoRefused
from demo.tables.projects import TYPES
from exchange.models import ImportBatch
from improvements.models import (
    Decision,
    Improvement,
    ImprovementProject,
    ImprovementService,
    ImprovementStanding,
    Score,
)
from portfolio.models import (
    ReportingPeriod,
    RollupRun,
    Snapshot,
    SnapshotDay,
    StandingChange,
    UnitTotal,
)
from portfolio.sides import SIDES
from projects.models import Project, ProjectType, StatusReport
from services.models import (
    Agreement,
    CalendarEntry,
    Incident,
    Measure,
    Outage,
    Service,
    ServiceDependency,
    StatusSpan,
)


@transaction.atomic
def unload() -> None:
    """Remove the demo organisation with all that was put into it since, audit events apart.

    Refused when there is none, and when another organisation leans on something of it.
    """
    root = Unit.objects.filter(source=people.SOURCE, external_id=people.SOURCE).first()
    if root is None:
        raise DemoRefused("There is no demo organisation to unload.")
    _check_nobody_leans(root)
    _remove_improvements(Q(improvement__unit__root=root), root)
    runs = _remove_roll_up(root)
    _remove_services(root)
    StatusReport.objects.filter(project__unit__root=root).delete()
    Project.objects.filter(unit__root=root).delete()
    ImportBatch.objects.filter(root=root).delete()
    _remove_runs(runs)
    _remove_house(root)


def _check_nobody_leans(root: Unit) -> None:
    """Refuse when other organisations use the demo's calendars or people."""
    ours = _people()
    others: Iterable[tuple[str, QuerySet[Any]]] = (
        ("organisations", Unit.objects.exclude(root=root).filter(calendar__in=_calendars())),
        ("services", Service.objects.exclude(root=root).filter(calendar__in=_calendars())),
        (
            "agreements",
            Agreement.objects.exclude(service__root=root).filter(calendar__in=_calendars()),
        ),
        ("roles", Assignment.objects.exclude(unit__root=root).filter(user__in=ours)),
        (
            "projects",
            Project.objects.exclude(unit__root=root).filter(
                Q(manager__in=ours) | Q(sponsor__in=ours)
            ),
        ),
        ("services", Service.objects.exclude(root=root).filter(owner__in=ours)),
        ("improvements", Improvement.objects.exclude(unit__root=root).filter(owner__in=ours)),
        ("people", User.objects.filter(unit__root=root).exclude(pk__in=ours.values("pk"))),
    )
    for name, rows in others:
        if rows.exists():
            raise DemoRefused(
                f"Other {name} than the demo's lean on it, first of them “{rows.first()}”. "
                "Move them away in the administration, then unload again."
            )


def _people() -> QuerySet[User]:
    return User.objects.filter(email__endswith="@" + people.DOMAIN)


def _calendars() -> QuerySet[WorkCalendar]:
    return WorkCalendar.objects.filter(name__in=[name for name, _week in people.HOURS.values()])


def _gone(model: type[Model], where: Q) -> None:
    """Delete rows straight away: these tables refuse it to everybody else, for good reasons."""
    rows: QuerySet[Any] = QuerySet(model=model)
    rows.filter(where).delete()


def _remove_improvements(linked: Q, root: Unit) -> None:
    ours = Improvement.objects.filter(unit__root=root)
    decisions: QuerySet[Any] = QuerySet(model=Decision)
    _gone(Score, linked)
    # Each stands on the ones before it, so the newest goes first.
    for pk in decisions.filter(linked).order_by("-pk").values_list("pk", flat=True):
        _gone(Decision, Q(pk=pk))
    for model in (ImprovementProject, ImprovementService, ImprovementStanding):
        _gone(model, linked)
    ours.filter(merged_into__isnull=False).delete()
    ours.delete()


def _remove_roll_up(root: Unit) -> set[int]:
    """Remove snapshots, totals and changes; return the runs that they were written by."""
    runs: set[int] = set()
    for kind, side in SIDES.items():
        ids = list(side.model.objects.filter(unit__root=root).values_list("pk", flat=True))
        ids += Snapshot.objects.filter(root_id=root.pk, kind=kind).values_list(
            "object_id", flat=True
        )
        changes = StandingChange.objects.filter(kind=kind, object_id__in=set(ids))
        runs |= set(changes.values_list("run_id", flat=True).order_by().distinct())
        changes.delete()
        for table in (Requirement, ChangeMark):
            table.objects.filter(kind=kind, object_id__in=set(ids)).delete()
    days = SnapshotDay.objects.filter(root=root)
    runs |= set(days.values_list("run_id", flat=True))
    days.delete()
    Snapshot.objects.filter(root_id=root.pk).delete()
    UnitTotal.objects.filter(unit__root=root).delete()
    ReportingPeriod.objects.filter(root=root).delete()
    return runs - {None}


def _remove_services(root: Unit) -> None:
    for model, where in (
        (StatusSpan, Q(incident__service__root=root)),
        (Incident, Q(service__root=root)),
        (Outage, Q(service__root=root)),
        (Measure, Q(service__root=root)),
        (Agreement, Q(service__root=root)),
        (ServiceDependency, Q(service__root=root)),
        (CalendarEntry, Q(service__root=root) | Q(unit__root=root)),
        (Service, Q(root=root)),
    ):
        _gone(model, where)


def _remove_runs(runs: set[int]) -> None:
    """Remove runs that spoke of nothing but the demo."""
    used = set(StandingChange.objects.filter(run__in=runs).values_list("run_id", flat=True)) | set(
        SnapshotDay.objects.filter(run__in=runs).values_list("run_id", flat=True)
    )
    RollupRun.objects.filter(pk__in=runs - used).delete()


def _remove_house(root: Unit) -> None:
    for person in _people():
        person.is_active, person.unit = False, None
        person.set_unusable_password()
        person.save(update_fields=["is_active", "unit", "password"])
    Assignment.objects.filter(unit__root=root).delete()
    ProjectType.objects.filter(projects=None, name__in=_type_names()).delete()
    units = Unit.objects.filter(root=root)
    paths = list(units.order_by("-path").values_list("path", flat=True))
    # A root points to itself, which protects it from its own removal.
    units.update(calendar=None, root=None)
    for path in paths:
        Unit.objects.filter(path=path).delete()
    _calendars().delete()
    audit.record("demo.unloaded", Subject("unit", root.pk), by=None)


def _type_names() -> list[str]:
    return [english for english, _swedish, _delivers in TYPES.values()]
