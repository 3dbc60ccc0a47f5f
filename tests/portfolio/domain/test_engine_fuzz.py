"""Every engine of money, evidence and choice given anything: an answer or a typed refusal."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.domain.refusal import Refusal
from common.domain.xmr import Direction, limits
from improvements.domain import benefits, routes, scoring, weighting
from improvements.domain.control_chart import chart
from improvements.domain.evidence import Evidence, Hypothesis, Measure
from improvements.domain.series import Reading, Window
from improvements.domain.verdict import judge
from portfolio.domain import capacity, objectives
from portfolio.domain.search import frontier, greedy, select
from portfolio.domain.selection import Candidate, Problem
from projects.domain import business_case, earned_value, risk
from projects.domain.earned_schedule import earned_schedule

START = date(2026, 1, 5)
WILD = st.one_of(
    st.integers(-3, 30).map(Decimal),
    st.decimals(-100, 100, places=2),
    st.decimals(allow_nan=True, allow_infinity=True),
)
ROW = st.lists(WILD, max_size=22)
DAYS = st.integers(-30, 60).map(lambda days: START + timedelta(days=days))


def of_money(draw):
    a, b, c, d = (draw(WILD) for _ in range(4))
    flows = tuple(draw(ROW))
    yield lambda: earned_value.indicators(
        earned_value.Position(bac=a, pv=b, ev=c, ac=d, etc=draw(st.none() | WILD))
    )
    yield lambda: earned_value.eac_atypical(a, b, c)
    yield lambda: earned_schedule(flows, a, b)
    yield lambda: earned_value.cpli(a, b)
    yield lambda: earned_value.earned(
        earned_value.WorkPackage(
            key="x", budget=a, planned=b, earning=earned_value.UnitsComplete(done=c, total=d)
        )
    )
    yield lambda: business_case.appraise(
        business_case.BusinessCase(
            rate=a,
            convention=business_case.Convention.YEAR_END,
            costs=flows,
            benefits=tuple(reversed(flows)),
        )
    )
    yield lambda: business_case.payback(flows, business_case.Convention.YEAR_ZERO)
    yield lambda: business_case.return_percent(a, b)
    yield lambda: risk.mitigation_return(
        risk.Exposure(key="x", probability=a, impact=b),
        risk.Exposure(key="x", probability=c, impact=d),
        draw(WILD),
    )


def of_evidence(draw):
    a, b, c, d = (draw(WILD) for _ in range(4))
    row = draw(ROW)
    starts = draw(st.lists(DAYS, min_size=len(row), max_size=len(row)))
    yield lambda: limits(row)
    yield lambda: chart(row, direction=Direction.LOWER, target=a)
    yield lambda: scoring.rice(reach=a, impact=b, confidence=c, effort_months=d)
    yield lambda: scoring.cd3(cost_of_delay_per_week=a, duration_weeks=b)
    yield lambda: weighting.weighted(
        [weighting.Criterion(key="x", weight=a, lowest=b, highest=c)], {"x": d}
    )
    yield lambda: scoring.rank_agreement({"x": a, "y": b}, {"x": c, "y": d})
    yield lambda: scoring.spread({"x": a, "y": b})
    yield lambda: routes.advise(
        routes.RouteCase(effort_days=a, services=draw(st.integers(-1, 3)), spend=b)
    )
    yield lambda: benefits.realisation(
        [
            benefits.Benefit(
                key="x",
                instalments=tuple(
                    benefits.Instalment(
                        start=day, end=day + timedelta(days=7), planned=value, actual=a
                    )
                    for day, value in zip(starts, row, strict=True)
                ),
            )
        ],
        START,
    )
    yield lambda: judge(
        Evidence(
            hypothesis=Hypothesis(
                measure=Measure(key="x", direction=Direction.LOWER, minimum_shift=a),
                locked_on=START,
                baseline=Window(start=START - timedelta(days=30), end=START),
                settle_days=draw(st.integers(-1, 9)),
                window_days=draw(st.integers(-1, 60)),
                target=b,
            ),
            went_live_on=START,
            readings=tuple(
                Reading(period=Window(start=day, end=day + timedelta(days=1)), value=value)
                for day, value in zip(starts, row, strict=True)
            ),
        ),
        START + timedelta(days=60),
    )


def of_choice(draw):
    a, b, c, d = (draw(WILD) for _ in range(4))

    def problem():
        values = [draw(WILD) for _ in range(draw(st.integers(0, 6)))]
        return Problem(
            candidates=tuple(
                Candidate(key=str(i), value=value, uses={"money": draw(WILD), "weeks": draw(WILD)})
                for i, value in enumerate(values)
            ),
            limits={"money": a, "weeks": b},
        )

    yield lambda: select(problem())
    yield lambda: greedy(problem())
    yield lambda: frontier(problem(), "money", [c, d])
    yield lambda: capacity.change_capacity(people=a, weeks=b, run_load=c, focus=d)
    yield lambda: capacity.plan(
        [capacity.Supply(start=draw(DAYS), end=draw(DAYS), people=a, run_load=b, absence=c)],
        [capacity.Booking(key="x", start=draw(DAYS), end=draw(DAYS), person_weeks=d)],
        [capacity.Echo(key="y", since=draw(DAYS), per_week=c)],
    )
    yield lambda: objectives.progress(start=a, target=b, now=c)
    yield lambda: objectives.target_from_change(a, b)
    yield lambda: objectives.standing(
        [
            objectives.KeyResult(
                key="x", weight=a, progress=objectives.progress(start=b, target=c, now=d)
            )
        ]
    )


@pytest.mark.parametrize("engines", [of_money, of_evidence, of_choice])
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_anything_gets_an_answer_or_a_refusal_with_a_code(engines, data):
    for call in engines(data.draw):
        code = "answered"
        try:
            call()
        except Refusal as refused:
            code = refused.code

        assert code.replace("_", "").isalpha()
