"""What waits for a decision, and what has moved: three kinds, one statement each."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    DateField,
    F,
    OuterRef,
    Q,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast

from accounts.access import authority
from accounts.domain.roles import Capability
from common import clock
from common.statements import rows_of
from common.subjects import Subject, key, url
from improvements.access import visible_to as visible_improvements
from improvements.queries.waiting import waiting
from portfolio.models import StandingChange
from portfolio.queries.board import Place, asked, live_services, open_improvements, open_projects

_TITLES = {"project": "name", "service": "name", "improvement": "title"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Something that waits for somebody's yes or no."""

    subject: Subject
    title: str
    #: answer | more | complete | decide | return | accept | asked
    deed: str
    text: str
    #: the day an answer is promised for; for the other deeds the day since which it waits
    on: dt.date | None
    is_late: bool
    is_mine: bool

    @property
    def url(self) -> str:
        """Where it is decided."""
        return url(self.subject)

    @property
    def key(self) -> str:
        """The human key."""
        return key(self.subject)


def _branch(
    rows: Any, kind: str, deed: Any, *, text: Any, on: Any, mine: Q, late: Q | None = None
) -> Any:
    return (
        rows.order_by()
        .annotate(
            x_kind=Value(kind, output_field=CharField()),
            x_title=Cast(_TITLES[kind], TextField()),
            x_deed=deed,
            x_text=text,
            x_on=on,
            x_mine=_flag(mine),
            x_late=_flag(late),
        )
        .values_list("x_mine", "x_on", "x_kind", "pk", "x_title", "x_deed", "x_text", "x_late")
    )


def _flag(where: Q | None) -> Any:
    no = Value(value=False, output_field=BooleanField())
    yes = Value(value=True)
    return no if where is None else Case(When(where, then=yes), default=no)


def decisions(user: Any, place: Place, limit: int) -> list[Decision]:
    """Return what waits for a decision: one's own first, then the earliest. One statement.

    Improvements wait as `improvements.queries.waiting` says, released services for their owner's
    acceptance, and projects whose newest report asks for a decision.
    """
    today = clock.today()
    rows = rows_of(
        asked(user, place, "decisions", today, limit),
        lambda: _waiting(user, place, today)[:limit],
    )
    return [
        Decision(
            subject=Subject(kind, pk),
            title=title,
            deed=deed_code,
            text=text or "",
            on=day,
            is_late=bool(late),
            is_mine=bool(mine),
        )
        for mine, day, kind, pk, title, deed_code, text, late in rows
    ]


def _waiting(user: Any, place: Place, today: dt.date) -> Any:
    none = Value("", output_field=TextField())
    rights = authority(user)
    backlog = waiting(
        place.within(visible_improvements(user).filter(archived_at=None)), user, today
    )
    released = live_services(user, place).filter(status="released")
    # Joined, not asked for project by project: few newest reports ask for anything.
    asking = (
        open_projects(user, place)
        .filter(reports__is_newest=True, reports__decisions_needed__gt="")
        .annotate(asked=F("reports__decisions_needed"), asked_on=F("reports__on"))
    )
    sponsors = Q(sponsor=user.pk) | rights.where(Capability.APPROVE_PROJECT_SIDE)
    branches = [
        _branch(
            backlog,
            "improvement",
            F("waits_for"),
            text=Cast("question", TextField()),
            on=Cast("waits_since", DateField()),
            mine=Q(waits_for_me=True),
            late=Q(standing__is_late=True),
        ),
        _branch(
            released,
            "service",
            Value("accept", output_field=CharField()),
            text=none,
            on=F("status_on"),
            mine=Q(owner=user.pk),
        ),
        _branch(
            asking,
            "project",
            Value("asked", output_field=CharField()),
            text=Cast("asked", TextField()),
            on=F("asked_on"),
            mine=sponsors,
        ),
    ]
    return (
        branches[0]
        .union(*branches[1:], all=True)
        .order_by(F("x_mine").desc(), F("x_on").asc(nulls_last=True), "pk")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A subject whose colour is another than when the reader was last here."""

    subject: Subject
    title: str
    old: str | None
    new: str
    at: dt.datetime
    reasons: dict[str, Any]
    #: the dimension that decides the colour now; empty when all is well
    drag: str

    @property
    def url(self) -> str:
        """The subject's page."""
        return url(self.subject)


def changes_since(
    user: Any, place: Place, since: dt.datetime, most: int
) -> tuple[list[Moved], bool]:
    """Return what changed colour since then, newest first, one row a subject. One statement.

    What went and came back to the same colour is left out. At most so many changes are read; the
    second answer says whether these are all.
    """
    rows = rows_of(
        asked(user, place, "changes", since, most),
        lambda: _moves(user, place, since)[: most + 1],
    )
    found: dict[Subject, Moved] = {}
    for at, kind, pk, title, drag, old, new, reasons in rows[:most]:
        subject = Subject(kind, pk)
        later = found.get(subject)
        found[subject] = Moved(
            subject=subject,
            title=title,
            old=old,
            new=later.new if later else new,
            at=later.at if later else at,
            reasons=later.reasons if later else reasons,
            drag=drag or "",
        )
    return [moved for moved in found.values() if moved.old != moved.new], len(rows) <= most


def _moves(user: Any, place: Place, since: dt.datetime) -> Any:
    visible = {
        "project": open_projects(user, place),
        "service": live_services(user, place),
        "improvement": open_improvements(user, place),
    }
    parts = []
    for kind, rows in visible.items():
        # Seen is asked once; what is printed of it is then read by key.
        row = rows.model.objects.filter(pk=OuterRef("object_id"))
        title, drag = row.values(_TITLES[kind])[:1], row.values("standing__drag")[:1]
        parts.append(
            StandingChange.objects.filter(
                kind=kind,
                at__gt=since,
                old__isnull=False,
                object_id__in=rows.order_by().values("pk"),
            )
            .order_by()
            .annotate(
                title=Cast(Subquery(title), TextField()), drag=Cast(Subquery(drag), TextField())
            )
            .values_list("at", "kind", "object_id", "title", "drag", "old", "new", "reasons")
        )
    return parts[0].union(*parts[1:], all=True).order_by("-at")
