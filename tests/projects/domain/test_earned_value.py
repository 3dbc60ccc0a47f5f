"""Earned value and earned schedule. Oracles of projects 4.3, named there by letter."""

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from common.domain.figure import defined, undefined
from projects.domain.earned_schedule import earned_schedule
from projects.domain.earned_value import (
    EarnedValueError,
    FiftyFifty,
    LevelOfEffort,
    Milestone,
    PercentComplete,
    Position,
    UnitsComplete,
    WeightedMilestones,
    WorkPackage,
    ZeroHundred,
    bei,
    cpli,
    eac_atypical,
    eac_cost_and_schedule,
    eac_typical,
    eac_weighted,
    earned,
    indicators,
    position,
    tcpi,
)

D = Decimal
MONEY = st.decimals(0, 10_000_000, places=2)


def at(bac, pv, ev, ac, etc=None):
    return Position(bac=D(bac), pv=D(pv), ev=D(ev), ac=D(ac), etc=None if etc is None else D(etc))


def shown(figure, digits):
    return round(figure.value, digits)


ORACLES = [
    ("A", at(100_000, 40_000, 35_000, 36_000), {
        "sv": "-5000", "cv": "-1000", "spi": "0.875", "cpi": "0.972222",
        "eac_typical": "102857.14", "eac_atypical": "101000", "eac_cost_and_schedule": "112408.16",
        "tcpi_to_budget": "1.015625", "vac": "-2857.14",
        "percent_planned": "40", "percent_complete": "35", "percent_spent": "36",
    }),
    ("B", at(1_000_000, 500_000, 450_000, 480_000), {
        "cv": "-30000", "sv": "-50000", "cpi": "0.9375", "spi": "0.9",
        "eac_typical": "1066666.67",
    }),
    ("B, late", at(5_000_000, 2_000_000, 2_000_000, 2_500_000), {"tcpi_to_budget": "1.2"}),
    ("B, atypical", at(2_000_000, 1_000_000, 1_000_000, 1_100_000), {"eac_atypical": "2100000"}),
    ("E", at(100, 70, 52, 60), {
        "cpi": "0.866667", "spi": "0.742857", "eac_typical": "115.3846", "eac_atypical": "108",
        "eac_cost_and_schedule": "134.5562", "eac_weighted": "117.0136", "tcpi_to_budget": "1.2",
        "tcpi_to_forecast": "0.866667", "vac": "-15.3846", "etc": "55.3846",
    }),
    ("E, percent by hand", at(100, 70, 52, 60), {
        "cv_percent": "-15.3846", "sv_percent": "-25.7143",
    }),
    ("own, bottom-up", at(100, 70, 52, 60, etc=50), {
        "eac_bottom_up": "110", "etc": "50", "vac": "-10", "tcpi_to_forecast": "0.96",
    }),
]  # fmt: skip


@pytest.mark.parametrize(
    ("case", "given_position", "name", "expected"),
    [(case, where, name, value) for case, where, row in ORACLES for name, value in row.items()],
)
def test_oracle(case, given_position, name, expected):
    digits = max(0, -D(expected).as_tuple().exponent)

    assert shown(getattr(indicators(given_position), name), digits) == D(expected), case


def test_oracle_a2_by_formula_with_its_printed_indices():
    """projects 4.3 A2: the printed CPI 0.83 is not EV / AC."""
    bac, ev, ac = D(100_000), D(35_000), D(63_000)
    cpi, spi = defined(D("0.83")), defined(D("0.875"))
    typical = eac_typical(bac, cpi)

    assert shown(typical, 2) == D("120481.93")
    assert eac_atypical(bac, ev, ac).value == 128_000
    assert shown(eac_cost_and_schedule(bac, ev, ac, cpi, spi), 2) == D("152500.86")
    assert eac_atypical(bac, ev, ac).value - ac == 65_000
    assert round((bac - ev) / cpi.value, 2) == D("78313.25")
    assert shown(tcpi(bac, ev, ac, defined(bac)), 6) == D("1.756757")
    assert shown(tcpi(bac, ev, ac, defined(D(120_482))), 6) == D("1.130789")


def test_a_rounded_index_would_give_another_forecast():
    """projects 4.3 B: the trap is 1 063 829.79."""
    cpi = indicators(at(1_000_000, 500_000, 450_000, 480_000)).cpi

    assert shown(eac_typical(D(1_000_000), defined(shown(cpi, 2))), 2) == D("1063829.79")


def test_a_figure_carries_its_parts():
    assert indicators(at(100, 70, 52, 60)).cpi.parts == {"ev": 52, "ac": 60}


PLAN = [D(value) for value in (10, 25, 45, 70, 90, 100)]


def test_oracle_e_earned_schedule():
    found = earned_schedule(PLAN, D(52), D(4))

    assert shown(found.es, 2) == D("3.28")
    assert shown(found.sv, 2) == D("-0.72")
    assert shown(found.spi, 2) == D("0.82")
    assert shown(found.ieac, 4) == D("7.3171")
    assert shown(found.ieac_optimistic, 2) == D("6.72")
    assert shown(found.tspi, 2) == D("1.36")


@pytest.mark.parametrize(
    ("plan", "ev", "expected"),
    [
        ((10, 25, 45), 0, "0"),
        ((0, 0, 10), 0, "0"),
        ((10, 25, 45), 5, "0.5"),
        ((10, 25, 45), 25, "2"),
        ((10, 25, 25, 25, 45), 25, "4"),
        ((10, 25, 45), 45, "3"),
        ((10, 45, 45), 45, "3"),
    ],
)
def test_earned_schedule_on_flat_and_whole_plans(plan, ev, expected):
    found = earned_schedule([D(value) for value in plan], D(ev), D(1))

    assert found.es.value == D(expected)


def test_earned_schedule_where_nothing_has_happened():
    nothing = earned_schedule(PLAN, D(0), D(0))

    assert nothing.spi.undefined == "no_time_passed"
    assert nothing.ieac.undefined == "no_time_passed"
    assert earned_schedule(PLAN, D(0), D(2)).ieac.undefined == "nothing_earned"


def test_a_plan_overrun_in_time_needs_no_pace():
    assert earned_schedule(PLAN, D(52), D(6)).tspi.undefined == "overdue"


@pytest.mark.parametrize(
    ("where", "name", "code"),
    [
        (at(100, 50, 0, 0), "cpi", "no_actual_cost"),
        (at(100, 0, 0, 10), "spi", "nothing_planned"),
        (at(100, 0, 0, 10), "sv_percent", "nothing_planned"),
        (at(100, 50, 0, 10), "cv_percent", "nothing_earned"),
        (at(100, 50, 0, 10), "eac_typical", "nothing_earned"),
        (at(100, 50, 0, 10), "vac", "nothing_earned"),
        (at(100, 50, 0, 10), "etc", "nothing_earned"),
        (at(100, 50, 0, 10), "eac_cost_and_schedule", "nothing_earned"),
        (at(100, 50, 0, 10), "eac_weighted", "nothing_earned"),
        (at(100, 50, 0, 0), "eac_cost_and_schedule", "no_actual_cost"),
        (at(100, 0, 50, 10), "eac_weighted", "nothing_planned"),
        (at(100, 50, 50, 100), "tcpi_to_budget", "budget_already_spent"),
        (at(100, 50, 50, 120), "tcpi_to_budget", "budget_already_spent"),
        (at(100, 100, 100, 90, etc=0), "tcpi_to_forecast", "budget_already_spent"),
        (at(100, 50, 0, 10), "tcpi_to_forecast", "nothing_earned"),
        (at(100, 50, 50, 10), "eac_bottom_up", "no_estimate"),
        (at(0, 0, 0, 10), "percent_spent", "no_budget"),
    ],
)
def test_undefined_is_a_value_with_a_reason(where, name, code):
    figure = getattr(indicators(where), name)

    assert (figure.value, figure.undefined) == (None, code)


def test_undefined_indices_pass_their_reason_on():
    assert eac_typical(D(1), undefined("no_actual_cost")).undefined == "no_actual_cost"


def test_a_forecast_that_asks_for_a_miracle_is_not_credible():
    """CPI 0.5; to end at 120 the rest must reach (100 - 30) / (120 - 60) = 1.17."""
    hopeful = indicators(at(100, 50, 30, 60, etc=60))
    sober = indicators(at(100, 50, 30, 60))

    assert hopeful.findings == ("forecast_not_credible",)
    assert sober.findings == ()


@pytest.mark.parametrize(
    ("earning", "expected"),
    [
        (ZeroHundred(finished=False), "0"),
        (ZeroHundred(finished=True), "200"),
        (FiftyFifty(started=False, finished=False), "0"),
        (FiftyFifty(started=True, finished=False), "100"),
        (FiftyFifty(started=True, finished=True), "200"),
        (WeightedMilestones(milestones=(
            Milestone(weight=D("0.3"), reached=True), Milestone(weight=D("0.7"), reached=False),
        )), "60"),
        (PercentComplete(share=D("0.25")), "50"),
        (UnitsComplete(done=D(3), total=D(8)), "75"),
        (LevelOfEffort(), "80"),
    ],
)  # fmt: skip
def test_the_six_methods_of_earning(earning, expected):
    package = WorkPackage(key="1.1", budget=D(200), planned=D(80), earning=earning)

    assert earned(package) == D(expected)


def package(key, earning, budget=100, planned=50):
    return WorkPackage(key=key, budget=D(budget), planned=D(planned), earning=earning)


def test_a_position_is_the_sum_of_its_packages():
    found = position(
        [package("a", LevelOfEffort()), package("b", ZeroHundred(finished=True))], ac=D(120)
    )

    assert found == at(200, 100, 150, 120)


@pytest.mark.parametrize(
    ("length", "total_float", "expected"), [(100, -8, "0.92"), (100, 0, "1"), (50, 5, "1.1")]
)
def test_cpli(length, total_float, expected):
    """projects 4.6: 100 days remaining and total float -8 fail at 0.92."""
    assert cpli(D(length), D(total_float)).value == D(expected)


def test_bei_counts_tasks_without_a_baseline_as_due():
    assert bei(finished=18, due=18, without_baseline=2).value == D("0.9")


def test_indices_with_nothing_to_divide_by():
    assert cpli(D(0), D(3)).undefined == "nothing_remains"
    assert bei(finished=0, due=0).undefined == "nothing_due"


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("negative", lambda: at(-1, 0, 0, 0)),
        ("negative", lambda: at(1, 0, 0, 0, etc=-1)),
        ("not_a_number", lambda: at("NaN", 0, 0, 0)),
        ("over_budget", lambda: at(100, 50, 101, 0)),
        ("over_budget", lambda: at(100, 101, 50, 0)),
        ("over_budget", lambda: package("a", LevelOfEffort(), planned=101)),
        ("finished_not_started", lambda: earned(
            package("a", FiftyFifty(started=False, finished=True)))),
        ("weights_not_one", lambda: earned(package("a", WeightedMilestones(milestones=())))),
        ("negative", lambda: earned(package("a", WeightedMilestones(milestones=(
            Milestone(weight=D(2), reached=True), Milestone(weight=D(-1), reached=False)))))),
        ("share_over_one", lambda: earned(package("a", PercentComplete(share=D("1.01"))))),
        ("negative", lambda: earned(package("a", PercentComplete(share=D("-0.01"))))),
        ("units_zero", lambda: earned(package("a", UnitsComplete(done=D(0), total=D(0))))),
        ("units_over_total", lambda: earned(package("a", UnitsComplete(done=D(3), total=D(2))))),
        ("key_repeated", lambda: position([package("a", LevelOfEffort())] * 2, D(0))),
        ("weights_not_one", lambda: eac_weighted(
            D(1), D(1), D(1), defined(D(1)), defined(D(1)), cost_weight=D(1))),
        ("not_a_number", lambda: eac_typical(D("NaN"), defined(D(1)))),
        ("not_a_number", lambda: eac_atypical(D(1), D("NaN"), D(1))),
        ("not_a_number", lambda: tcpi(D(1), D(1), D("NaN"), defined(D(1)))),
        ("plan_empty", lambda: earned_schedule([], D(0), D(0))),
        ("plan_falls", lambda: earned_schedule([D(2), D(1)], D(0), D(0))),
        ("over_budget", lambda: earned_schedule(PLAN, D(101), D(1))),
        ("negative", lambda: earned_schedule(PLAN, D(1), D(-1))),
        ("not_a_number", lambda: earned_schedule([D("NaN")], D(0), D(0))),
        ("negative", lambda: cpli(D(-1), D(0))),
        ("not_a_number", lambda: cpli(D(1), D("NaN"))),
        ("negative", lambda: bei(finished=-1, due=1)),
    ],
)  # fmt: skip
def test_bad_input_is_refused_with_a_code(code, call):
    with pytest.raises(EarnedValueError) as refused:
        call()

    assert refused.value.code == code


@given(MONEY, MONEY, MONEY, MONEY)
def test_any_position_is_valued_or_refused(bac, pv, ev, ac):
    code = None
    try:
        found = indicators(Position(bac=bac, pv=pv, ev=ev, ac=ac))
    except EarnedValueError as refused:
        code = refused.code

    assert code == ("over_budget" if max(pv, ev) > bac else None)
    assert code or found.cv.value == ev - ac
    if code is None and found.eac_typical.value is not None:
        assert abs(found.etc.value + ac - found.eac_typical.value) < D("1e-12")
        assert abs(found.vac.value + found.eac_typical.value - bac) < D("1e-12")


@given(st.lists(MONEY, min_size=1, max_size=12), st.data())
def test_earned_schedule_grows_with_what_is_earned(steps, data):
    plan = [sum(steps[: i + 1]) for i in range(len(steps))]
    assume(plan[-1] > 0)
    less, more = sorted(data.draw(st.tuples(*[st.decimals(0, plan[-1], places=2)] * 2)))

    first, second = (earned_schedule(plan, ev, D(1)).es.value for ev in (less, more))

    assert 0 <= first <= second <= len(plan)


@given(st.lists(st.tuples(MONEY, st.decimals(0, 1, places=3)), max_size=20))
def test_the_parts_of_a_position_sum_to_the_whole(rows):
    packages = [
        WorkPackage(key=str(i), budget=b, planned=b, earning=PercentComplete(share=share))
        for i, (b, share) in enumerate(rows)
    ]

    found = position(packages, ac=D(0))

    assert found.ev == sum((b * share for b, share in rows), D(0))
    assert found.ev <= found.bac
