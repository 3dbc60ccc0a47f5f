"""The dashboard's figures. Everything is read under `visible_to`; nothing is computed per row."""

import datetime as dt
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import (
    Case,
    CharField,
    Count,
    DecimalField,
    IntegerField,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce

from accounts.access import authority
from accounts.domain.roles import Capability
from accounts.models import Unit
from common.db import exact
from common.domain.health import Colour, steps_between
from common.models import RuleSet
from common.statements import rows_of
from improvements.access import visible_to as visible_improvements
from improvements.domain.health import DEFAULTS, Limits
from improvements.domain.lifecycle import State
from portfolio.models import UnitTotal
from portfolio.sides import SIDES
from projects.access import seen_amount, summed_amount
from projects.access import visible_to as visible_projects
from projects.models.project import by_budget
from services.access import visible_to as visible_services
from services.models.service import shown_name

TREND_DAYS = 90
_SEVERITY = Case(
    When(standing__overall="red", then=0),
    When(standing__overall="amber", then=1),
    When(standing__overall="green", then=3),
    default=2,
    output_field=IntegerField(),
)
_AMOUNT: DecimalField[Decimal, Decimal] = DecimalField(max_digits=20, decimal_places=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The part of the tree a page looks at; without a unit all that the reader may see."""

    unit: Unit | None = None

    def within(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows of this place."""
        return rows.filter(unit__path__startswith=self.unit.path) if self.unit else rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many of a kind there are per colour, and the money of those the reader may see."""

    by_colour: dict[str, int]
    money: dict[str, Decimal]
    #: reported better than measured, by one step and by two
    better: dict[int, int]

    @property
    def worst_first(self) -> list[tuple[str, int]]:
        """The counts in the order a reader looks: red, amber, green, unknown."""
        return [(colour, self.by_colour[colour]) for colour in ("red", "amber", "green", "grey")]

    @property
    def total(self) -> int:
        """How many in all."""
        return sum(self.by_colour.values())

    @property
    def share_of_red(self) -> int | None:
        """Percent of the visible money that red ones hold; None without money.

        None too for one or two: their share would tell the amount of a single one.
        """
        whole = sum(self.money.values(), Decimal(0))
        return round(self.money["red"] * 100 / whole) if whole and self.total > 2 else None


def _live(kind: str, rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(SIDES[kind].is_live, archived_at=None)


def open_projects(user: Any, place: Place) -> QuerySet[Any]:
    """Return projects that still run, as the project list's "open" filter has them."""
    return place.within(_live("project", visible_projects(user)))


def live_services(user: Any, place: Place) -> QuerySet[Any]:
    """Return services that are not archived or retired."""
    return place.within(_live("service", visible_services(user)))


def open_improvements(user: Any, place: Place) -> QuerySet[Any]:
    """Return improvements that somebody still has something to do with."""
    return place.within(_live("improvement", visible_improvements(user)))


def asked(user: Any, place: Place, *more: Hashable) -> Hashable:
    """Return what the statements of a reader for a place depend on: the key of `rows_of`."""
    return (user.pk, authority(user), place.unit and place.unit.path, *more)


def board_counts(user: Any, place: Place) -> dict[str, Counts]:
    """Return the counts of both sides in one grouped statement over their standings."""
    found = {
        kind: Counts(
            by_colour={c.value: 0 for c in Colour},
            money={c.value: Decimal(0) for c in Colour},
            better={1: 0, 2: 0},
        )
        for kind in ("project", "service")
    }
    rows = rows_of(asked(user, place, "counts"), lambda: _grouped(user, place))
    for kind, colour, said, n, money in rows:
        counts = found[kind]
        counts.by_colour[colour] += n
        counts.money[colour] += exact(money)
        steps = steps_between(Colour(said), Colour(colour)) if said else 0
        if steps > 0:
            counts.better[steps] += n
    return found


def _grouped(user: Any, place: Place) -> Any:
    seen = Sum(Cast(summed_amount(user, "current_budget"), _AMOUNT), output_field=_AMOUNT)
    # PostgreSQL adds nothing up unless it is told of which type.
    nothing = Sum(Cast(Value(None), _AMOUNT), output_field=_AMOUNT)
    projects, services = (
        rows.order_by()
        .annotate(
            kind=Value(kind, output_field=CharField()),
            colour=Coalesce("standing__overall", Value("grey")),
            said=Coalesce("standing__reported", Value("")),
        )
        .values("kind", "colour", "said")
        .annotate(n=Count("pk"), money=money)
        .values_list("kind", "colour", "said", "n", "money")
        for kind, rows, money in (
            ("project", open_projects(user, place), seen),
            ("service", live_services(user, place), nothing),
        )
    )
    return projects.union(services, all=True)


class ProjectFigures(NamedTuple):
    """What the board prints of a project's standing."""

    overall: str
    reported: str | None
    hatched: bool
    confidence: Decimal
    drag: str
    schedule: str | None
    cost: str | None
    scope: str | None
    risk: str | None
    resources: str | None
    benefits: str | None
    governance: str | None


class ProjectLine(NamedTuple):
    """A project among the worst; `standing` is None before it has been judged."""

    pk: int
    name: str
    phase: str
    overlay: str
    planned_finish_on: dt.date | None
    forecast_finish_on: dt.date | None
    standing: ProjectFigures | None


class ServiceFigures(NamedTuple):
    """What the board prints of a service's standing."""

    overall: str
    spark: dict[str, Any]


class ServiceLine(NamedTuple):
    """A service among the worst; `standing` is None before it has been judged."""

    pk: int
    name: str
    standing: ServiceFigures | None


def project_rows(user: Any, place: Place, counts: Counts, limit: int) -> list[ProjectLine]:
    """Return the worst open projects with their standings: by severity, then by budget.

    `counts` are those of the place. A budget that the reader may not see does not order either.
    """
    colours = _enough(counts, limit)

    def build() -> Any:
        order = (by_budget(seen_amount(user, "current_budget")), "pk")
        reads = [*ProjectLine._fields[:-1], *_of_standing(ProjectFigures)]
        return _worst(open_projects(user, place), colours, order, limit, reads)

    own = len(ProjectLine._fields) - 1
    return [
        ProjectLine._make([*row[:own], ProjectFigures._make(row[own:]) if row[own] else None])
        for row in rows_of(asked(user, place, "projects", colours, limit), build)
    ]


def service_rows(user: Any, place: Place, counts: Counts, limit: int) -> list[ServiceLine]:
    """Return the worst services with their standings: by severity, then by tier.

    `counts` are those of the place.
    """
    colours = _enough(counts, limit)

    def build() -> Any:
        reads = ["pk", "name", "is_unassigned", *_of_standing(ServiceFigures)]
        return _worst(live_services(user, place), colours, ("tier", "pk"), limit, reads)

    return [
        ServiceLine(
            pk=pk,
            name=shown_name(name, is_unassigned=is_unassigned),
            standing=ServiceFigures(*figures) if figures[0] else None,
        )
        for pk, name, is_unassigned, *figures in rows_of(
            asked(user, place, "services", colours, limit), build
        )
    ]


def _of_standing(figures: type[ProjectFigures] | type[ServiceFigures]) -> list[str]:
    return [f"standing__{name}" for name in figures._fields]


def _enough(counts: Counts, limit: int) -> tuple[str, ...]:
    """Return the worst colours that hold as many as are asked for; none when all do not."""
    colours, held = [], 0
    for colour in ("red", "amber", "grey", "green"):
        if counts.by_colour[colour]:
            colours.append(colour)
            held += counts.by_colour[colour]
        if held >= limit:
            return tuple(colours)
    return ()


def _worst(
    rows: QuerySet[Any],
    colours: Sequence[str],
    within: tuple[Any, ...],
    limit: int,
    reads: Sequence[str],
) -> Any:
    """Return what is read of the worst rows, those of a severity in the order `within`.

    Of one colour the first in that order are found along an index, and none is sorted. Their
    keys are found first: to sort keys costs a quarter of sorting all that is read.
    """
    if colours:
        unjudged = Q(standing=None) if "grey" in colours else Q(pk__in=[])
        rows = rows.filter(Q(standing__overall__in=colours) | unjudged)
    order = within if len(colours) == 1 else (_SEVERITY, *within)
    first = rows.order_by(*order).values("pk")[:limit]
    return rows.model.objects.filter(pk__in=first).order_by(*order).values_list(*reads)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Improvements of a state by how many days they have been in it."""

    state: str
    ages: tuple[int, ...]
    #: the ages of those that are late, each as often as it occurs
    late_ages: tuple[int, ...] = ()
    #: the days agreed for the state
    limit: int | None = None

    @property
    def late(self) -> int:
        """How many are late: past the limit, or past another promise."""
        return len(self.late_ages)

    @property
    def count(self) -> int:
        """How many."""
        return len(self.ages)


def flow(user: Any, place: Place, states: Sequence[str]) -> list[Waiting]:
    """Return what waits in each state, in the order given; grouped by day, so bounded.

    The agreed limits come with the rows: one statement.
    """

    def build() -> Any:
        newest = RuleSet.objects.filter(area="improvements").order_by("-version")
        return (
            open_improvements(user, place)
            .order_by()
            .values("state", "standing__days_in_state")
            .annotate(n=Count("pk"), late=Count("pk", filter=Q(standing__is_late=True)))
            .annotate(rules=Subquery(newest.values("values")[:1]))
            .values_list("state", "standing__days_in_state", "n", "late", "rules")
        )

    rows = rows_of(asked(user, place, "flow"), build)
    ages: dict[str, list[int]] = {state: [] for state in states}
    late: dict[str, list[int]] = {state: [] for state in states}
    values = dict(DEFAULTS)
    for state, days, n, n_late, rules in rows:
        ages[state] += [days or 0] * n
        late[state] += [days or 0] * n_late
        values |= rules or {}
    limits = Limits.of(values).state_days
    return [
        Waiting(
            state=state,
            ages=tuple(sorted(ages[state])),
            late_ages=tuple(sorted(late[state])),
            limit=limits.get(State(state)),
        )
        for state in states
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """Counts per colour and day from the snapshots of a unit; empty without any."""

    days: tuple[dt.date, ...]
    counts: dict[str, tuple[int | None, ...]]
    #: how many the newest total counts in all, those included that the reader cannot open
    total: int


def trend(user: Any, place: Place, kind: str, as_of: dt.date) -> Trend | None:
    """Return the trend of a unit's totals, or None when the reader has no right to roll-ups there.

    Without a chosen unit the topmost one whose roll-up the reader may see.
    """
    paths = authority(user).paths(Capability.VIEW_ROLLUP)
    if place.unit:
        if not authority(user).holds(Capability.VIEW_ROLLUP, place.unit.path):
            return None
        path = place.unit.path
    elif paths:
        path = paths[0]
    else:
        return None
    first = as_of - dt.timedelta(days=TREND_DAYS)
    rows = rows_of(
        ("trend", path, kind, first),
        lambda: (
            UnitTotal.objects.filter(unit__path=path, kind=kind, on__gte=first)
            .order_by("on", "revision")
            .values_list("on", "green", "amber", "red", "grey")
        ),
    )
    by_day = {row[0]: row[1:] for row in rows}
    if not by_day:
        return None
    start = min(by_day)
    days = tuple(start + dt.timedelta(days=n) for n in range((max(by_day) - start).days + 1))
    return Trend(
        days=days,
        total=sum(by_day[max(by_day)]),
        counts={
            colour: tuple(by_day[day][index] if day in by_day else None for day in days)
            for index, colour in enumerate(("green", "amber", "red", "grey"))
        },
    )
