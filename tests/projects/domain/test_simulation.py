"""Three-point estimates, PERT and network simulation against published and exact results."""

import math
from datetime import datetime as at

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.domain.refusal import Refusal
from common.domain.worktime import Segment
from projects.domain.schedule import Lag, Link, LinkKind, Plan, PlanCalendar, Task, schedule
from projects.domain.schedule.uncertain import date_of, minutes_until, simulate_schedule
from projects.domain.simulation import (
    Activity,
    Dependency,
    Estimate,
    Shape,
    Simulation,
    SimulationError,
    chain,
    fixed,
    simulate,
)


def pert(low, likely, high):
    return Estimate(low=low, likely=likely, high=high)


A, B, C = pert(2, 4, 9), pert(3, 5, 10), pert(4, 6, 12)


class TestByHand:
    def test_pert_mean_and_deviation(self):
        """spec/projects.md 4.5: (4, 6, 14) gives 7 and 1.6667."""
        estimate = pert(4, 6, 14)

        assert estimate.mean == 7
        assert estimate.standard_deviation == pytest.approx(1.6667, abs=5e-5)

    def test_chain_of_three(self):
        """spec/projects.md 4.5: mean 16.6667, sd 2.1213, P80 18.4520, P90 19.3852."""
        total = chain([A, B, C])

        assert total.mean == pytest.approx(16.6667, abs=5e-5)
        assert total.stdev == pytest.approx(2.1213, abs=5e-5)
        assert total.inv_cdf(0.8) == pytest.approx(18.4520, abs=5e-5)
        assert total.inv_cdf(0.9) == pytest.approx(19.3852, abs=5e-5)

    @pytest.mark.parametrize(
        ("estimate", "mean", "deviation"),
        [
            (Estimate(shape=Shape.TRIANGULAR, low=5, likely=10, high=15), 10, math.sqrt(25 / 6)),
            (Estimate(shape=Shape.UNIFORM, low=8, high=12), 10, math.sqrt(16 / 12)),
            (Estimate(shape=Shape.NORMAL, likely=10, deviation=2), 10, 2),
            (fixed(3), 3, 0),
        ],
    )
    def test_moments_of_the_other_shapes(self, estimate, mean, deviation):
        assert estimate.mean == pytest.approx(mean)
        assert estimate.standard_deviation == pytest.approx(deviation)


class TestOracles:
    def test_sum_of_three_shapes_with_known_truth(self):
        """PRA R package: N(10,2) + Tri(5,10,15) + U(8,12): mean 30, sd 3.0822.

        Its two million runs gave P50 30.00, P80 32.64, P90 33.98 (normal 32.59 is not it).
        """
        activities = [
            Activity(uid="n", estimate=Estimate(shape=Shape.NORMAL, likely=10, deviation=2)),
            Activity(uid="t", estimate=Estimate(shape=Shape.TRIANGULAR, low=5, likely=10, high=15)),
            Activity(uid="u", estimate=Estimate(shape=Shape.UNIFORM, low=8, high=12)),
        ]
        links = [Dependency(before="n", after="t"), Dependency(before="t", after="u")]

        run = simulate(activities, links, seed=7, samples=400_000)

        assert run.mean == pytest.approx(30, abs=0.01)
        assert run.standard_deviation == pytest.approx(3.0822, abs=0.01)
        assert run.percentile(50) == pytest.approx(30.00, abs=0.02)
        assert run.percentile(80) == pytest.approx(32.64, abs=0.02)
        assert run.percentile(90) == pytest.approx(33.98, abs=0.02)

    def test_merge_bias_of_two_normals_is_exact(self):
        """The larger of two N(10, 2) has mean 10 + 2 / sqrt(pi) = 11.1284."""
        normal = Estimate(shape=Shape.NORMAL, likely=10, deviation=2)

        run = simulate(
            [Activity(uid="a", estimate=normal), Activity(uid="b", estimate=normal)],
            [],
            seed=3,
            samples=400_000,
        )

        assert run.mean == pytest.approx(10 + 2 / math.sqrt(math.pi), abs=0.01)
        assert run.criticality["a"] == pytest.approx(0.5, abs=0.005)

    def test_merge_bias_network(self):
        """spec/projects.md 4.5: A, then B beside C. The most likely path says 10.

        Mean 11.48, P50 11.39, P80 13.02, P90 13.89; C is critical in 72 % of runs.
        """
        run = simulate(
            [
                Activity(uid="A", estimate=A),
                Activity(uid="B", estimate=B),
                Activity(uid="C", estimate=C),
            ],
            [Dependency(before="A", after="B"), Dependency(before="A", after="C")],
            seed=11,
            samples=400_000,
        )

        assert run.mean == pytest.approx(11.48, abs=0.01)
        assert run.percentile(50) == pytest.approx(11.39, abs=0.015)
        assert run.percentile(80) == pytest.approx(13.02, abs=0.02)
        assert run.percentile(90) == pytest.approx(13.89, abs=0.02)
        assert run.criticality["A"] == 1
        assert run.criticality["C"] == pytest.approx(0.72, abs=0.01)
        assert run.criticality["B"] == pytest.approx(1 - run.criticality["C"], abs=1e-3)

    def test_beta_pert_draws_have_the_vose_moments(self):
        """Mean (O + 4M + P) / 6; variance (mean - O)(P - mean) / 7 (Vose 2008)."""
        run = simulate([Activity(uid="c", estimate=C)], [], seed=5, samples=200_000)

        mean = C.mean
        assert run.mean == pytest.approx(mean, abs=1e-3)
        assert run.standard_deviation == pytest.approx(
            math.sqrt((mean - C.low) * (C.high - mean) / 7), abs=2e-3
        )


class TestNetwork:
    @pytest.mark.parametrize(
        ("kind", "lag", "finish"),
        [("FS", 1, 10), ("SS", 2, 7), ("FF", 1, 5), ("SF", 6, 6), ("FS", -2, 7)],
    )
    def test_fixed_durations_give_the_deterministic_finish(self, kind, lag, finish):
        """Four units, then five, joined by each kind of link."""
        run = simulate(
            [Activity(uid="a", estimate=fixed(4)), Activity(uid="b", estimate=fixed(5))],
            [Dependency(before="a", after="b", kind=LinkKind(kind), lag=lag)],
            seed=0,
            samples=10,
        )

        assert set(run.finishes) == {float(finish)}

    def test_probability_of_a_date_and_percentile_agree(self):
        run = simulate([Activity(uid="a", estimate=A)], [], seed=1, samples=10_000)

        assert run.probability(run.percentile(80)) == pytest.approx(0.8, abs=1e-3)
        assert (run.probability(1.9), run.probability(9)) == (0, 1)

    def test_same_seed_same_result_and_another_seed_another(self):
        def finishes(seed):
            return simulate([Activity(uid="a", estimate=A)], [], seed=seed, samples=100).finishes

        assert np.array_equal(finishes(1), finishes(1))
        assert not np.array_equal(finishes(1), finishes(2))

    def test_blocks_cover_every_sample(self):
        """So many tasks that the runs are drawn in several blocks."""
        activities = [Activity(uid=str(n), estimate=A) for n in range(900)]

        run = simulate(activities, [], seed=1, samples=5_000)

        assert len(run.finishes) == run.samples == 5_000
        assert sum(run.criticality.values()) == pytest.approx(1, abs=1e-6)

    def test_not_before_holds_a_start(self):
        run = simulate([Activity(uid="a", estimate=fixed(4), not_before=3)], [], seed=0, samples=1)

        assert (run.mean, run.standard_deviation) == (7, 0)


WEEKDAYS = PlanCalendar(week=dict.fromkeys(range(5), (Segment(480, 720), Segment(780, 1020))))
DAYS = 480


def plan(*tasks, links=(), **more):
    return Plan(
        start=at(2026, 3, 2, 8),
        calendar="std",
        calendars={
            "std": WEEKDAYS,
            "half": PlanCalendar(week=dict.fromkeys(range(5), (Segment(480, 720),))),
        },
        tasks=tasks,
        links=links,
        **more,
    )


class TestSchedules:
    def test_without_spread_the_simulation_is_the_schedule(self):
        computed = schedule(
            plan(
                Task(uid="s", duration=0),
                Task(uid="a", duration=3 * DAYS, parent="s"),
                Task(uid="b", duration=DAYS, parent="s", calendar="half"),
                Task(uid="c", duration=2 * DAYS, actual_start=at(2026, 3, 2, 8), remaining=DAYS),
                Task(uid="d", duration=DAYS),
                links=(
                    Link(predecessor="s", successor="d", lag=Lag(amount=DAYS)),
                    Link(predecessor="c", successor="d"),
                ),
            )
        )

        run = simulate_schedule(computed, {}, seed=1, samples=3)

        assert date_of(computed, run.percentile(80)) == computed.finish == at(2026, 3, 6, 17)
        assert run.probability(minutes_until(computed, computed.finish)) == 1
        assert {u for u, share in run.criticality.items() if share == 1} == set(
            computed.critical
        ) - {"s"}
        assert set(run.criticality) == {"a", "b", "c", "d"}

    def test_estimates_spread_the_finish_and_the_promise_gets_a_probability(self):
        computed = schedule(
            plan(
                Task(uid="a", duration=4 * DAYS),
                Task(uid="b", duration=5 * DAYS),
                links=(Link(predecessor="a", successor="b"),),
            )
        )
        estimates = {
            "a": Estimate(low=2 * DAYS, likely=4 * DAYS, high=9 * DAYS),
            "b": Estimate(low=3 * DAYS, likely=5 * DAYS, high=10 * DAYS),
        }

        run = simulate_schedule(computed, estimates, seed=4, samples=20_000)

        assert run.mean / DAYS == pytest.approx(4.5 + 5.5, abs=0.02)
        assert date_of(computed, run.percentile(80)) > computed.finish
        assert 0.2 < run.probability(minutes_until(computed, computed.finish)) < 0.4

    def test_finished_work_is_not_uncertain(self):
        done = Task(
            uid="a",
            duration=DAYS,
            actual_start=at(2026, 3, 2, 8),
            actual_finish=at(2026, 3, 4, 17),
        )
        computed = schedule(
            plan(done, Task(uid="b", duration=DAYS), links=(Link(predecessor="a", successor="b"),))
        )

        run = simulate_schedule(computed, {"a": pert(1, 2, 9999)}, seed=1, samples=50)

        assert set(run.finishes) == {4.0 * DAYS}

    def test_estimate_of_an_unknown_task_is_refused(self):
        with pytest.raises(SimulationError) as caught:
            simulate_schedule(schedule(plan(Task(uid="a", duration=1))), {"x": A}, seed=1)

        assert (caught.value.code, caught.value.params["task"]) == ("unknown_task", "x")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"low": 3, "likely": 2, "high": 4}, "estimate_out_of_order"),
        ({"low": math.nan, "likely": 2, "high": 4}, "estimate_not_finite"),
        ({"low": 1, "likely": 2, "high": math.inf}, "estimate_not_finite"),
        ({"low": -1, "likely": 2, "high": 4}, "estimate_negative"),
        ({"shape": Shape.NORMAL, "likely": 2, "deviation": -1}, "deviation_negative"),
        ({"shape": Shape.UNIFORM, "low": 5, "high": 4}, "estimate_out_of_order"),
    ],
)
def test_bad_estimates_are_refused(arguments, code):
    with pytest.raises(SimulationError) as caught:
        Estimate(**arguments)

    assert caught.value.code == code


ONE = Activity(uid="a", estimate=A)


@pytest.mark.parametrize(
    ("activities", "links", "more", "code"),
    [
        ([], [], {}, "no_tasks"),
        ([ONE, ONE], [], {}, "duplicate_task"),
        ([ONE], [Dependency(before="a", after="x")], {}, "unknown_task"),
        ([ONE], [Dependency(before="a", after="a")], {}, "cycle"),
        ([ONE], [Dependency(before="a", after="a", lag=math.nan)], {}, "lag_not_finite"),
        ([Activity(uid="a", estimate=A, not_before=math.inf)], [], {}, "not_before_not_finite"),
        ([ONE], [], {"samples": 0}, "samples_out_of_range"),
        ([ONE], [], {"samples": 10**9}, "samples_out_of_range"),
        ([ONE], [], {"seed": -1}, "seed_negative"),
    ],
)
def test_bad_runs_are_refused(activities, links, more, code):
    with pytest.raises(SimulationError) as caught:
        simulate(activities, links, **{"seed": 1, "samples": 10, **more})

    assert caught.value.code == code


figures = st.floats() | st.integers(-5, 50)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from(Shape), figures, figures, figures),
        max_size=4,
    ),
    st.lists(
        st.builds(
            Dependency,
            before=st.sampled_from("abcx"),
            after=st.sampled_from("abc"),
            kind=st.sampled_from(LinkKind),
            lag=figures,
        ),
        max_size=3,
    ),
    st.integers(-1, 50),
)
def test_anything_is_simulated_or_refused_with_a_code(rows, links, samples):
    outcome = outcome_of(rows, links, samples)

    if isinstance(outcome, Simulation):
        assert np.isfinite(outcome.finishes).all()
        assert all(0 <= share <= 1 for share in outcome.criticality.values())
    else:
        assert outcome.code.replace("_", "").isalpha()


def outcome_of(rows, links, samples):
    try:
        activities = [
            Activity(
                uid=uid,
                estimate=Estimate(shape=shape, low=low, likely=likely, high=high, deviation=low),
            )
            for uid, shape, low, likely, high in rows
        ]
        return simulate(activities, links, seed=1, samples=samples)
    except Refusal as refusal:
        return refusal


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20)), min_size=1),
    st.integers(0, 1000),
)
def test_finish_lies_between_all_lows_and_all_highs(points, seed):
    estimates = [pert(*sorted(three)) for three in points]
    activities = [Activity(uid=str(n), estimate=e) for n, e in enumerate(estimates)]
    links = [Dependency(before=str(n), after=str(n + 1)) for n in range(len(points) - 1)]

    run = simulate(activities, links, seed=seed, samples=50)

    assert run.finishes[0] >= sum(e.low for e in estimates) - 1e-6
    assert run.finishes[-1] <= sum(e.high for e in estimates) + 1e-6
    assert set(run.criticality.values()) == {1.0}
