"""Lengths of time, dependencies and trends."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain import dependencies
from services.domain.lengths import LengthError, parse_length, show_length
from services.domain.trend import Course, trend


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("4 h", 14400),
        ("4h", 14400),
        ("30 min", 1800),
        ("1 h 30 min", 5400),
        ("2 tim 15 m", 8100),
        ("8\u00a0T", 28800),
    ],
)
def test_lengths(text, seconds):
    assert parse_length(text) == seconds


@pytest.mark.parametrize("text", ["", "4", "2 d", "0 h", "4,5 h", "h", "4 h or so", "-1 h"])
def test_what_is_no_length_is_refused(text):
    with pytest.raises(LengthError):
        parse_length(text)


@given(st.integers(1, 9999))
def test_what_is_shown_is_read_back(minutes):
    assert parse_length(show_length(minutes * 60)) == minutes * 60


class TestDependencies:
    EDGES = ((1, 2), (2, 3), (4, 3), (1, 4))

    def test_a_cycle_is_named_from_the_service_round_to_it(self):
        assert dependencies.cycle(self.EDGES, 3, 1) in {(3, 1, 2, 3), (3, 1, 4, 3)}

    def test_no_cycle_is_empty(self):
        assert dependencies.cycle(self.EDGES, 1, 3) == ()

    @given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), max_size=14))
    def test_edges_taken_one_by_one_never_close_a_circle(self, wanted):
        edges: list[tuple[int, int]] = []
        for service, needs in wanted:
            if service != needs and not dependencies.cycle(edges, service, needs):
                edges.append((service, needs))
        assert not any(dependencies.path(edges, needs, service) for service, needs in edges)


def course(values, *, lower=True, target=None):
    days = [dt.date(2026, 1, 5) + dt.timedelta(weeks=n) for n in range(len(values))]
    return Course(
        measure_id=1,
        name="Hours",
        is_lower_better=lower,
        target=None if target is None else Decimal(target),
        days=tuple(days),
        values=tuple(Decimal(value) for value in values),
    )


class TestTrend:
    def test_limits_are_those_of_the_chart(self):
        # mean 2.5, moving ranges all 1: 2.5 ± 2.66 (bridge 6.3)
        found = trend(course([2, 3] * 6))
        assert (found.mean, found.lower, found.upper) == (
            Decimal("2.5"),
            Decimal("-0.16"),
            Decimal("5.16"),
        )
        assert not found.is_trial

    def test_under_five_there_are_none(self):
        found = trend(course([2, 3, 2, 3]))
        assert (found.mean, found.is_trial) == (None, True)

    @pytest.mark.parametrize(("lower", "is_better"), [(True, False), (False, True)])
    def test_a_jump_up_is_worse_where_lower_is_better(self, lower, is_better):
        found = trend(course([*[2, 3] * 6, 30], lower=lower))
        assert found.signals == ((12, is_better),)
        assert found.last_is_worse is not is_better

    @pytest.mark.parametrize(
        ("last", "lower", "misses"),
        [(24, True, False), (25, True, True), (24, False, False), (23, False, True)],
    )
    def test_the_target_itself_is_kept(self, last, lower, misses):
        assert trend(course([20, last], lower=lower, target=24)).last_misses_target is misses

    def test_only_the_last_twenty_are_drawn_and_judged(self):
        found = trend(course([1000] * 5 + [2, 3] * 10))
        assert len(found.values) == 20
        assert found.mean == Decimal("2.5")
