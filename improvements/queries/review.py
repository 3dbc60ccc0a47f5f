"""The backlog in the order the joint review takes it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import (
    Case,
    Count,
    DecimalField,
    ExpressionWrapper,
    F,
    IntegerField,
    Min,
    Q,
    QuerySet,
    Value,
    When,
    Window,
)
from django.db.models.functions import Rank

from accounts.access import authority
from common.statements import rows_of
from improvements.access import visible_to
from improvements.domain.joint_score import WIDE_GAP
from improvements.domain.lifecycle import BACKLOG
from improvements.queries.links import service_name

TO_DECIDE, WAITING, TO_SHAPE = 0, 1, 2


def backlog_of(user: Any) -> QuerySet[Any]:
    """Return the backlog a person may see, each with its `part` of the review.

    `TO_DECIDE`: shaped and scored by both offices. `WAITING`: shaped, a score is missing.
    `TO_SHAPE`: captured only.
    """
    part = Case(
        When(state="captured", then=Value(TO_SHAPE)),
        When(standing__score__isnull=False, then=Value(TO_DECIDE)),
        default=Value(WAITING),
        output_field=IntegerField(),
    )
    return visible_to(user).filter(archived_at=None, state__in=sorted(BACKLOG)).annotate(part=part)


def ordered(user: Any) -> QuerySet[Any]:
    """Return the backlog in order: the score from the top, then what waits longest."""
    return backlog_of(user).order_by(
        "part", F("standing__score").desc(nulls_last=True), "captured_at", "pk"
    )


class Listed(NamedTuple):
    """What the list shows of an improvement; `place` is its rank, which ties share."""

    pk: int
    part: int
    place: int
    title: str
    origin: str
    route: str
    effort_days: Decimal | None
    captured_at: datetime
    unit: str
    #: the primary service, where the reader may see it
    service: str | None
    is_late: bool | None
    score: Decimal | None
    project_score: Decimal | None
    service_score: Decimal | None
    spread_low: Decimal | None
    spread_high: Decimal | None
    has_project_score: bool | None
    has_service_score: bool | None

    @property
    def key(self) -> str:
        """Its key, as everywhere."""
        return f"IMP-{self.pk}"


#: what `Listed` reads under other names, and from its standing on under the same
_READS = {"unit": "unit__name", "service": "service_name"}
_STANDING = Listed._fields[Listed._fields.index("is_late") :]


def page(user: Any, start: int, stop: int) -> list[Listed]:
    """Return a part of the ordered backlog. One statement."""
    rows = rows_of(
        ("review", user.pk, authority(user), start, stop), lambda: _placed(user)[start:stop]
    )
    return list(map(Listed._make, rows))


def _placed(user: Any) -> Any:
    place = Window(Rank(), order_by=[F("part").asc(), F("standing__score").desc(nulls_last=True)])
    return (
        ordered(user)
        .annotate(place=place, service_name=service_name(user))
        .values_list(
            *(
                f"standing__{name}" if name in _STANDING else _READS.get(name, name)
                for name in Listed._fields
            )
        )
    )


def shown(user: Any) -> QuerySet[Any]:
    """Return the backlog with what the panel shows of one."""
    found: QuerySet[Any] = backlog_of(user)
    return found.select_related("unit__root__calendar", "owner", "proposed_by", "standing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The figures above the list."""

    to_decide: int
    waiting: int
    to_shape: int
    wide: int
    unanswered: int
    oldest: datetime | None

    @property
    def all(self) -> int:
        """Return how many there are."""
        return self.to_decide + self.waiting + self.to_shape


def counts(user: Any, now: datetime) -> Counts:
    """Return the figures above the list. One statement, kept for the minute it is asked in.

    `unanswered` are those whose time had passed when the minute began.
    """
    minute = now.replace(second=0, microsecond=0)
    rows = rows_of(
        ("review counts", user.pk, authority(user), minute), lambda: _counted(user, minute)
    )
    found = {part: tuple(rest) for part, *rest in rows}
    number = {part: found[part][0] if part in found else 0 for part in _PARTS}
    return Counts(
        to_decide=number[TO_DECIDE],
        waiting=number[WAITING],
        to_shape=number[TO_SHAPE],
        wide=found[TO_DECIDE][1] if TO_DECIDE in found else 0,
        unanswered=sum(unanswered for _, _, unanswered, _ in found.values()),
        oldest=min((oldest for _, _, _, oldest in found.values()), default=None),
    )


_PARTS = (TO_DECIDE, WAITING, TO_SHAPE)


def _counted(user: Any, now: datetime) -> Any:
    gap = ExpressionWrapper(
        F("standing__project_score") - F("standing__service_score"),
        output_field=DecimalField(max_digits=6, decimal_places=2),
    )
    return (
        backlog_of(user)
        .annotate(gap=gap)
        .order_by()
        .values("part")
        .annotate(
            n=Count("pk"),
            wide=Count("pk", filter=Q(gap__gte=WIDE_GAP) | Q(gap__lte=-WIDE_GAP)),
            unanswered=Count("pk", filter=Q(first_response_at=None, respond_by__lt=now)),
            oldest=Min("captured_at"),
        )
        .values_list("part", "n", "wide", "unanswered", "oldest")
    )


def next_after(user: Any, pk: int) -> str:
    """Return the key of the one that follows in the order, else the one before; "" for none."""
    order = list(ordered(user).values_list("pk", flat=True))
    at = order.index(pk) if pk in order else -1
    others = order[at + 1 :] or order[:at][-1:]
    return f"IMP-{others[0]}" if others else ""
