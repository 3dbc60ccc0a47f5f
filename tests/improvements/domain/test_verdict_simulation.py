"""The simulation's vectorised verdict gives the plain engine's answers, and its figures hold."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest

from bench.engines_evidence import (
    IMPROVED,
    NO_CHANGE,
    ROWS,
    UNSTABLE,
    WORSE,
    judge_many,
    rate,
    run,
)
from common.domain.xmr import Direction
from improvements.domain.evidence import Evidence, Hypothesis, Measure, Outcome
from improvements.domain.series import Reading, Window
from improvements.domain.verdict import judge

OUTCOMES = {
    UNSTABLE: Outcome.BASELINE_NOT_STABLE,
    IMPROVED: Outcome.IMPROVED,
    WORSE: Outcome.WORSE,
    NO_CHANGE: Outcome.NO_DETECTABLE_CHANGE,
}
START = date(2025, 1, 6)
WEEK = timedelta(days=7)


def plain(before, after):
    values = [Decimal(str(value)) for value in (*before, *after)]
    live = START + len(before) * WEEK
    evidence = Evidence(
        hypothesis=Hypothesis(
            measure=Measure(key="m", direction=Direction.LOWER),
            locked_on=START,
            baseline=Window(start=START, end=live),
            settle_days=0,
            window_days=7 * len(after),
        ),
        went_live_on=live,
        readings=tuple(
            Reading(period=Window(start=START + i * WEEK, end=START + (i + 1) * WEEK), value=v)
            for i, v in enumerate(values)
        ),
    )
    return judge(evidence, live + len(after) * WEEK).outcome


@pytest.mark.parametrize(("n", "m"), [(12, 8), (20, 12), (15, 9)])
def test_the_vectorised_verdict_agrees_with_the_plain_one(n, m):
    """A third of the series do not move, a third shift either way, a third drift before."""
    random = np.random.default_rng(n * m)
    values = np.round(random.standard_normal((150, n + m)), 9)
    values[50:100, n:] += np.round(random.uniform(-3, 3, (50, 1)), 9)
    values[100:, :n] += np.round(random.uniform(-0.5, 0.5, (50, 1)), 9) * np.arange(n)

    many = judge_many(values[:, :n], values[:, n:])

    assert [OUTCOMES[int(code)] for code in many] == [
        plain(row[:n], row[n:]) for row in values.round(9).tolist()
    ]
    assert set(many.tolist()) == set(OUTCOMES)


def test_a_row_is_repeatable():
    draw = ROWS[0][1]

    assert rate(draw, 50_000) == rate(draw, 50_000)


def test_every_row_meets_its_target_on_fewer_draws():
    """Ten thousand draws or more; the targets lie several standard errors away."""
    rows = run(10_000)

    assert [row["name"] for row in rows if not row["passed"]] == []
    assert all(row["draws"] >= 10_000 for row in rows)
    unguarded = next(row for row in rows if row["name"].endswith("guards: both"))
    assert unguarded["value"] > 0.07
