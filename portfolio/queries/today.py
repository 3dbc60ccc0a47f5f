"""What a person owns that needs a look: late, off track, or gone quiet."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Q, TextField, Value
from django.db.models.functions import Cast, Coalesce

from common import subjects
from common.subjects import Subject
from portfolio.queries.board import Place, live_services, open_improvements, open_projects


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
    is_manager: bool

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
        "service": live_services(user, everywhere).filter(owner=user.pk),
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
                is_manager=kind == "project" and row.manager_id == user.pk,
            )
            for row in annotated.select_related("standing")[:limit]
        ]
    order = {"red": 0, "amber": 1, "grey": 2, "green": 3}
    return sorted(found, key=lambda row: (order[row.colour], row.title))
