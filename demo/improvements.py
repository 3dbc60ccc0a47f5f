"""Improvements, led along their path by those who may: proposer, offices, owners."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from accounts.models import User
from common import clock
from demo.noise import stream
from demo.people import House
from demo.project_past import Past
from demo.services import Shelf, owner_of
from demo.tables.improvements import IDEAS, SHAPES, Idea
from improvements.actions import (
    Rating,
    Wish,
    capture,
    change_state,
    decide,
    edit,
    link_project,
    link_service,
    score,
)
from improvements.domain.approvals import Deed, Office
from improvements.domain.lifecycle import PATH, State
from improvements.models import Improvement

#: ratings in the order of `SHAPES`, by the criteria every installation starts with
CRITERIA = ("value", "urgency", "risk", "difficulty", "law")
_SEATS = {
    "do_now": ("owner",),
    "change": ("owner", "smo"),
    "project": ("pmo", "smo"),
}
_AHEAD = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """An improvement with the days it came into each state, oldest first."""

    row: Improvement
    idea: Idea
    states: Sequence[tuple[dt.date, str]]


def build(shelf: Shelf, pasts: Sequence[Past], house: House) -> list[Walk]:
    """Capture every idea and lead it to where it stands, oldest first; return their walks."""
    projects = {past.project.name: past for past in pasts}
    walks: dict[str, Walk] = {}
    merged = [idea for idea in IDEAS if idea.merged_into]
    for idea in [*(idea for idea in IDEAS if not idea.merged_into), *merged]:
        walks[idea.title] = _Walker(idea, shelf, projects, house, walks).walk()
    return [walks[idea.title] for idea in IDEAS]


class _Walker:
    """Leads one idea through the actions, each on its day and by somebody who may."""

    def __init__(
        self,
        idea: Idea,
        shelf: Shelf,
        projects: Mapping[str, Past],
        house: House,
        walks: Mapping[str, Walk],
    ) -> None:
        self.idea, self.shelf, self.projects = idea, shelf, projects
        self.house, self.walks = house, walks
        self.offer = shelf.offers[idea.services[0]]
        self.states: list[tuple[dt.date, str]] = []
        self.random = stream("idea", idea.title)
        self.row: Improvement

    def walk(self) -> Walk:
        """Return the walk after it has been gone."""
        idea = self.idea
        self._capture()
        ways = self._way()
        days = self._days(len(ways))
        for state, ago in zip(ways, days, strict=True):
            with clock.standing_at(self.house.moment.hour(ago, 10, 30)):
                self._enter(state)
            self._note(state, ago)
        if idea.merged_into and not self.row.merged_into_id:
            raise AssertionError(idea.title)
        return Walk(row=self.row, idea=idea, states=self.states)

    def _note(self, state: str, ago: int) -> None:
        self.states.append((self.house.moment.working_day(ago), state))

    def _way(self) -> list[str]:
        state = self.idea.state
        if state in {"declined", "parked", "merged"}:
            return ["shaped", state] if self.idea.route else [state]
        path = [step.value for step in PATH]
        way = path[1 : path.index(state) + 1]
        if self.idea.route != "project" and "early_life" in way and state != "early_life":
            way.remove("early_life")
        return way

    def _days(self, count: int) -> list[int]:
        """Return how many days ago each step was taken: evenly, ending with the last one's."""
        first, last = self.idea.age, self.idea.since
        return [round(first - (first - last) * step / count) for step in range(1, count + 1)]

    def _capture(self) -> None:
        idea, house = self.idea, self.house
        service = self.shelf.rows[idea.services[0]]
        proposer = self._person(idea.by)
        with clock.standing_at(house.moment.hour(idea.age, 8, 15)):
            row = capture(
                idea.title, idea.problem, by=proposer, service=service, origin=idea.origin
            )
            for code in idea.services[1:]:
                link_service(row, self.shelf.rows[code], by=proposer, expected=row.version)
        self.row = row
        self._note("captured", idea.age)

    def _person(self, code: str) -> User:
        return self.house.people[code]

    def _owner(self) -> User:
        """Return who owns the improvement: the manager of its project, else the service owner."""
        past = self.projects.get(self.idea.project)
        if past and past.project.manager:
            return past.project.manager
        return owner_of(self.offer, self.house)

    def _enter(self, state: str) -> None:
        enter = {
            "shaped": self._shape,
            "approved": self._approve,
            "delivering": self._deliver,
            "closed": self._close,
            "parked": self._park,
            "declined": self._decline,
            "merged": self._merge,
        }.get(state)
        if enter:
            enter()
        else:
            self._step(State(state))

    def _step(self, state: State, grade: str = "") -> None:
        self.row = change_state(
            self.row, state, by=self._person("manager"), expected=self.row.version, grade=grade
        )

    def _shape(self) -> None:
        idea, by = self.idea, self._person("manager")
        values = {
            "owner": self._owner(),
            "benefit_owner": self._person("benefit"),
            "effort_days": Decimal(str(idea.effort)),
            "route": idea.route,
            "route_reason": "Agreed in the joint review.",
            "expected_effect": idea.effect,
        }
        edit(self.row, values, by=by, expected=self.row.version)
        self._step(State.SHAPED)
        if idea.shape:
            self._score()

    def _score(self) -> None:
        for office, who, ratings in zip(
            (Office.PROJECT, Office.SERVICE), ("pmo", "smo"), SHAPES[self.idea.shape], strict=True
        ):
            if not ratings:
                continue
            score(
                self.row,
                Rating(ratings=self._own(ratings), inputs=self._inputs()),
                office=office,
                by=self._person(who),
            )

    def _own(self, shape: Sequence[int]) -> dict[str, int]:
        """Return the ratings of a shape as one idea has them: a step off on two criteria."""
        ratings = dict(zip(CRITERIA, shape, strict=True))
        for name in self.random.sample(CRITERIA[1:4], 2):
            ratings[name] = min(5, max(0, ratings[name] + self.random.choice((-1, 0, 1))))
        return ratings

    def _inputs(self) -> dict[str, Decimal | None]:
        random, weeks = self.random, max(1.0, self.idea.effort / 5)
        return {
            "reach": Decimal(random.randrange(50, 4000, 50)),
            "impact": Decimal(random.choice(("0.5", "1", "2"))),
            "confidence": Decimal(random.choice(("0.5", "0.8", "1"))),
            "business_value": Decimal(random.choice((3, 5, 8, 13))),
            "time_criticality": Decimal(random.choice((1, 3, 5, 8))),
            "risk_reduction": Decimal(random.choice((1, 2, 3, 5))),
            "job_size": Decimal(random.choice((2, 3, 5, 8))),
            "cost_of_delay": Decimal(random.randrange(2000, 60000, 1000)),
            "duration_weeks": Decimal(str(round(weeks, 1))),
        }

    def _decide(self, wish: Wish, by: User) -> None:
        decide(self.row, wish, by=by, expected=self.row.version)

    def _approve(self) -> None:
        reason = "Both offices see the same gain, and the owner has time for it."
        for seat in _SEATS[self.idea.route]:
            by = self._person(seat) if seat != "owner" else owner_of(self.offer, self.house)
            self._decide(Wish(deed=Deed.APPROVE, reason=reason), by)

    def _deliver(self) -> None:
        past = self.projects.get(self.idea.project)
        if past:
            by = self._person("manager")
            link_project(self.row, past.project, by=by, expected=self.row.version)
        self._step(State.DELIVERING)

    def _close(self) -> None:
        self._step(State.CLOSED, grade=self.idea.grade)

    def _park(self) -> None:
        until = self.house.moment.day(-_AHEAD if self.idea.since < 100 else 12)
        now = clock.today()
        wish = Wish(deed=Deed.PARK, reason=self.idea.reason, until=until if until > now else None)
        self._decide(wish, self._person("manager"))

    def _decline(self) -> None:
        self._decide(Wish(deed=Deed.DECLINE, reason=self.idea.reason), self._person("manager"))

    def _merge(self) -> None:
        target = Improvement.objects.get(pk=self.walks[self.idea.merged_into].row.pk)
        self._decide(
            Wish(deed=Deed.MERGE, reason=self.idea.reason, target=target), self._person("manager")
        )
