"""One of everything, for tests that look at every page: records with all parts, and people."""

import datetime as dt
import io
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.actions import assign_role
from accounts.domain.roles import Role
from accounts.models import Unit, User
from common import clock
from exchange.actions import keep_upload
from exchange.domain.kinds import Kind
from exchange.mappings import mapping_text
from exchange.models import ImportBatch, Upload
from improvements.actions import link_project, link_service
from improvements.models import Improvement
from projects.actions import add_issue, add_milestone, publish_report
from projects.models import Issue, Milestone, Project, Risk, StatusReport
from services.actions import add_calendar_entry, add_dependency, record_gap
from services.models import (
    Agreement,
    CalendarEntry,
    Incident,
    Measure,
    MonitoringGap,
    Outage,
    Service,
    ServiceDependency,
)
from tests.factories.accounts import make_person
from tests.factories.improvements import make_improvement
from tests.factories.projects import make_project, make_risk
from tests.factories.services import (
    make_agreement,
    make_incident,
    make_measure,
    make_outage,
    make_service,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """A project, a service and an improvement with one of each part; all texts have the word."""

    project: Project
    milestone: Milestone
    risk: Risk
    issue: Issue
    report: StatusReport
    service: Service
    base: Service
    needs: ServiceDependency
    agreement: Agreement
    incident: Incident
    outage: Outage
    gap: MonitoringGap
    measure: Measure
    entry: CalendarEntry
    improvement: Improvement
    batch: ImportBatch | None = None

    @property
    def subjects(self) -> tuple[Any, ...]:
        """The three that have pages of their own."""
        return self.project, self.service, self.improvement


def make_records(
    *,
    unit: Unit,
    word: str,
    by: User,
    manager: User | None = None,
    owner: User | None = None,
    imported_by: User | None = None,
    is_confidential: bool = False,
) -> Records:
    """Make one of everything in a unit, written by a keeper, who is named where nobody else is."""
    manager, owner = manager or by, owner or by
    project = make_project(
        unit=unit,
        name=f"{word} project",
        purpose=f"{word} purpose",
        manager=manager,
        tier="heavy",
        is_confidential=is_confidential,
        current_budget=Decimal("1234567.00"),
    )
    soon = clock.today() + dt.timedelta(days=20)
    milestone = add_milestone(project, by=None, name=f"{word} milestone", planned_on=soon)
    risk = make_risk(project=project, title=f"{word} risk", probability=4, consequence=4)
    issue = add_issue(project, {"title": f"{word} issue"}, by=None)
    report = publish_report(
        project, {"summary": f"{word} summary", "decisions_needed": f"{word} decision"}, by=None
    )
    service = make_service(
        unit=unit, name=f"{word} service", owner=owner, is_confidential=is_confidential,
        purpose=f"{word} use", yearly_cost=Decimal("7654321.00"),
    )  # fmt: skip
    base = make_service(
        unit=unit, name=f"{word} base", owner=owner, is_confidential=is_confidential
    )
    needs = add_dependency(service, base, by=by)
    now = clock.now()
    improvement = make_improvement(
        by=by, unit=unit, service=service, title=f"{word} improvement",
        is_confidential=is_confidential,
    )  # fmt: skip
    link_project(improvement, project, by=by, expected=improvement.version)
    return Records(
        project=project,
        milestone=milestone,
        risk=risk,
        issue=issue,
        report=report,
        service=service,
        base=base,
        needs=needs,
        agreement=make_agreement(service=service),
        incident=make_incident(
            service=service,
            title=f"{word} incident",
            opened_at=now - dt.timedelta(days=5),
            resolved_at=now - dt.timedelta(days=4),
        ),
        outage=make_outage(service=service, title=f"{word} outage"),
        gap=record_gap(
            service, by=None, title=f"{word} gap",
            starts_at=now - dt.timedelta(days=9), ends_at=now - dt.timedelta(days=8),
        ),
        measure=make_measure(service=service, name=f"{word} measure"),
        entry=add_calendar_entry(
            by=None, kind="change", title=f"{word} change", service=service,
            starts_at=now + dt.timedelta(days=2), ends_at=now + dt.timedelta(days=2, hours=3),
        ),
        improvement=improvement,
        batch=make_batch(unit=unit, by=imported_by, word=word) if imported_by else None,
    )  # fmt: skip


def make_batch(*, unit: Unit, by: User, word: str) -> ImportBatch:
    """Make an import that has been read and waits for a yes."""
    root = unit.root or unit
    make_upload(unit=unit, by=by, word=word)
    return ImportBatch.objects.create(
        kind="projects", mapping="projekt", mapping_text=mapping_text("projekt")[1],
        mapping_hash="", source="Register",
        file_name=f"{word}.csv", file_hash="0", size=1, as_of=clock.today(), root=root, by=by,
        state="staged", created_at=clock.now(),
    )  # fmt: skip


#: the address of the file that waits in a world
UPLOAD = uuid.UUID("5f0a4c1e-3f67-4c55-9d39-0b6b8f6f8d01")


def make_upload(*, unit: Unit, by: User, word: str) -> Upload:
    """Make a file that waits until its columns are matched, with a question and a word open."""
    text = f"{word} no;{word};RAG;Start;Budget\n1;{word} a;So-so;5/3/2026;1,250\n"
    upload = keep_upload(
        io.BytesIO(text.encode()),
        kind=Kind.PROJECTS,
        root=unit.root or unit,
        by=by,
        file_name=f"{word}.csv",
    )
    Upload.objects.filter(pk=upload.pk).update(key=UPLOAD)
    return Upload.objects.get(key=UPLOAD)


def make_keeper(unit: Unit) -> User:
    """Make somebody who may do everything with the records of a unit, even a confidential one."""
    keeper = make_person(unit=unit, role=Role.PMO_LEAD)
    for role in (Role.SMO_LEAD, Role.IMPROVEMENT_MANAGER):
        assign_role(keeper, role, unit, by=None)
    return keeper


def make_people(root: Unit) -> dict[str, User]:
    """Make one person a role at the top of an organisation, named after the role."""
    return {role.value: make_person(unit=root, role=role, username=role.value) for role in Role}


def link_across(seen: Records, hidden: Records, *, by: User) -> None:
    """Link what a reader may see to what they may not, in both directions, by a person who may."""
    add_dependency(seen.service, hidden.service, by=by)
    improvement = Improvement.objects.get(pk=seen.improvement.pk)
    link_service(improvement, hidden.service, by=by, expected=improvement.version)
    improvement.refresh_from_db()
    link_project(improvement, hidden.project, by=by, expected=improvement.version)
    other = Improvement.objects.get(pk=hidden.improvement.pk)
    link_service(other, seen.service, by=by, expected=other.version)
    other.refresh_from_db()
    link_project(other, seen.project, by=by, expected=other.version)
