"""What a person owns that needs a look: late, off track, or gone quiet."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse

from accounts.access import may
from accounts.domain.roles import Capability
from common import subjects
from common.subjects import Subject
from improvements.access import owned_services
from portfolio.queries.board import Place, live_services, open_improvements, open_projects
from projects.models import Issue, Milestone, Risk


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """A record the person is named on."""

    subject: Subject
    title: str
    colour: str
    hatched: bool
    #: day of the newest report, for projects the person manages
    reported_on: dt.date | None
    reasons: dict[str, Any]
    #: the dimension that decides the colour
    drag: str
    tier: str
    #: whether status reports of it are the person's to write; none are due on hold
    owes_reports: bool

    @property
    def url(self) -> str:
        """Its page."""
        return subjects.url(self.subject)

    @property
    def key(self) -> str:
        """Its human key."""
        return subjects.key(self.subject)


def mine(user: Any, limit: int) -> list[Mine]:
    """Return the open records a person owns, the worst first. One statement a kind."""
    everywhere = Place()
    named = {
        "project": open_projects(user, everywhere).filter(Q(manager=user.pk) | Q(sponsor=user.pk)),
        "service": live_services(user, everywhere).filter(pk__in=owned_services(user)),
        "improvement": open_improvements(user, everywhere).filter(owner=user.pk),
    }
    found = []
    for kind, rows in named.items():
        annotated = rows.order_by().annotate(
            x_kind=Value(kind, output_field=CharField()),
            x_title=Cast("title" if kind == "improvement" else "name", TextField()),
            x_colour=Coalesce("standing__overall", Value("grey")),
        )
        found += [
            Mine(
                subject=Subject(kind, row.pk),
                title=row.x_title,
                colour=row.x_colour,
                hatched=bool(getattr(getattr(row, "standing", None), "hatched", True)),
                reported_on=getattr(getattr(row, "standing", None), "reported_on", None),
                reasons=getattr(getattr(row, "standing", None), "reasons", {}),
                drag=getattr(getattr(row, "standing", None), "drag", ""),
                tier=str(getattr(row, "tier", "")),
                owes_reports=kind == "project" and row.manager_id == user.pk and not row.overlay,
            )
            for row in annotated.select_related("standing")[:limit]
        ]
    order = {"red": 0, "amber": 1, "grey": 2, "green": 3}
    return sorted(found, key=lambda row: (order[row.colour], row.title))


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """A milestone, risk or issue whose day has passed, and where it is changed."""

    kind: str
    title: str
    project: str
    due: dt.date
    #: of its project
    url: str
    #: where it is changed; empty for who may not
    edit_url: str


_PLACE = ("project_id", "project__manager_id", "project__unit__path")


def overdue(user: Any, today: dt.date, limit: int) -> list[Overdue]:
    """Return what is overdue in a person's name, the longest first. One statement.

    Milestones of the projects they manage; open risks and issues that they own, or that nobody
    owns in those projects.
    """
    projects = open_projects(user, Place()).order_by()
    mine = Q(owner=user.pk) | Q(owner=None, project__manager=user.pk)
    kinds: dict[str, QuerySet[Any]] = {
        "milestone": Milestone.objects.overdue(today).filter(project__manager=user.pk),
        "risk": Risk.objects.filter(mine, state="open", due_on__lt=today),
        "issue": Issue.objects.filter(mine, state="open", due_on__lt=today),
    }
    branches = [
        rows.filter(project__in=projects.values("pk"))
        .order_by()
        .annotate(
            x_kind=Value(kind, output_field=CharField()),
            x_due=F("planned_on" if kind == "milestone" else "due_on"),
            x_title=Cast("name" if kind == "milestone" else "title", TextField()),
            x_project=Cast("project__name", TextField()),
        )
        .values_list("x_due", "x_kind", "pk", "x_title", "x_project", *_PLACE)
        for kind, rows in kinds.items()
    ]
    found = branches[0].union(*branches[1:], all=True).order_by("x_due", "pk")[:limit]
    return [
        Overdue(
            kind=kind,
            title=title,
            project=project,
            due=due,
            url=subjects.url(Subject("project", pk)),
            edit_url=reverse(f"projects:{kind}", args=[subjects.key(Subject("project", pk)), row])
            if may(user, Capability.EDIT_PROJECTS, path=path, is_named=manager == user.pk)
            else "",
        )
        for due, kind, row, title, project, pk, manager, path in found
    ]
