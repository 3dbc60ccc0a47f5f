"""Drawings: what they say, where they put it, and that they are whole."""

import datetime as dt
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from django.template import engines
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from common.web import svg
from common.web.specimens import specimens
from common.web.svg.shapes import Scale, n, spread, table_twin, ticks

finite = st.floats(min_value=-1e6, max_value=1e6, allow_nan=False)


def root(markup: str) -> ET.Element:
    """Parse a drawing; a drawing that is not well-formed raises."""
    return ET.fromstring(markup)


def shapes(markup: str, css: str) -> list[ET.Element]:
    return [part for part in root(markup).iter() if part.get("class", "").split()[:1] == [css]]


def draw(chart: object) -> str:
    page = engines["django"].from_string("{% draw chart %}")
    return page.render({"chart": chart})


CHARTS = (
    "sparkline",
    "bullet",
    "gap",
    "xmr",
    "flow",
    "availability",
    "ribbon",
    "phases",
    "life",
    "trend",
    "matrix",
)


@pytest.mark.parametrize("language", ["en", "sv"])
@pytest.mark.parametrize("name", CHARTS)
def test_every_drawing_has_a_finding_and_no_style(name: str, language: str) -> None:
    with translation.override(language):
        chart = specimens()[name]
        drawn = root(draw(chart))
    assert drawn.get("aria-label") == str(chart.label)
    assert drawn.get("role") == ("group" if drawn.find(".//a") is not None else "img")
    assert not [part for part in drawn.iter() if part.get("style")]
    assert drawn.get("viewBox") == f"0 0 {drawn.get('width')} {drawn.get('height')}"


@pytest.mark.parametrize("name", CHARTS)
def test_a_label_cannot_become_markup(name: str) -> None:
    chart = replace(specimens()[name], label='"><script>alert(1)</script>')
    assert "<script" not in draw(chart)


def test_sparkline_marks_signals_by_shape_and_never_stands_without_limits() -> None:
    chart = svg.Sparkline(
        points=(Decimal(1), None, Decimal(3)),
        label="x",
        lower=Decimal(0),
        upper=Decimal(4),
        signals={0: "better", 2: "worse"},
    )
    assert [part.tag for part in shapes(svg.sparkline(chart), "s-better")] == ["circle"]
    assert [part.tag for part in shapes(svg.sparkline(chart), "s-worse")] == ["path"]
    assert "<svg" not in svg.sparkline(replace(chart, lower=None))
    assert "<svg" not in svg.sparkline(replace(chart, points=(None,)))


def test_control_chart_says_when_its_limits_are_on_trial() -> None:
    chart = specimens()["xmr"]
    assert not shapes(svg.xmr_chart(chart), "trial")
    trial = svg.xmr_chart(replace(chart, is_trial=True))
    assert "s-limit trial" in trial
    assert "trial limits" in trial
    bare = svg.xmr_chart(replace(chart, lower=None, upper=None, mean=None))
    assert not shapes(bare, "s-limit")
    assert len(shapes(bare, "s-pt")) == 12


def test_control_chart_names_the_newest_day_and_no_two_names_touch() -> None:
    points = tuple(svg.XmrPoint(label=f"{n:02}-15", value=Decimal(n)) for n in range(20))
    chart = replace(specimens()["xmr"], points=points, go_live=None, settling=None, window=None)
    chart = replace(chart, baseline=None)
    shown = re.findall(r'<text x="([\d.]+)" y="352"[^>]*>([^<]+)<', svg.xmr_chart(chart))
    places = [float(x) for x, _ in shown]
    assert shown[0][1] == "19-15"
    assert min(a - b for a, b in pairwise(places)) > 29


def test_control_chart_draws_settling_hollow_and_the_better_blue() -> None:
    drawn = svg.xmr_chart(specimens()["xmr"])
    assert len(shapes(drawn, "s-pt-o")) == 2
    assert len(shapes(drawn, "s-better")) == 8
    assert len(shapes(drawn, "s-infol")) == 1


_AGES = st.lists(st.integers(0, 2000), max_size=30)


@given(_AGES, _AGES, st.none() | st.integers(1, 400))
def test_flow_strip_draws_every_record_once(
    ages: list[int], late: list[int], limit: int | None
) -> None:
    state = svg.FlowState(
        label="Captured", ages=tuple(ages), late_ages=tuple(late), total=60, late=3, limit=limit
    )
    drawn = svg.flow_strip(svg.FlowStrip(states=(state,), label="x"))
    assert len(shapes(drawn, "s-worse")) == len(late)
    assert len(shapes(drawn, "s-pt")) == len(ages)
    assert len(shapes(drawn, "s-ink3")) == (limit is not None)
    for part in shapes(drawn, "s-pt"):
        assert 0 <= float(part.get("cy", "-1")) <= 224


def test_outage_day_is_told_apart_by_form() -> None:
    start = dt.date(2026, 11, 2)
    kinds = ("up", "down", "degraded", "planned", "no_data")
    days = tuple(
        svg.OutageDay(day=start + dt.timedelta(days=i), kind=kind, lost_minutes=60)
        for i, kind in enumerate(kinds)
    )
    drawn = svg.outage_ribbon(svg.OutageRibbon(days=days, label="x"))
    for css in ("s-attok", "s-bad", "s-warn", "s-plan", "s-unk"):
        assert len(shapes(drawn, css)) == 1


def test_a_longer_outage_is_a_taller_bar() -> None:
    def height(minutes: int) -> float:
        day = svg.OutageDay(day=dt.date(2026, 11, 2), kind="down", lost_minutes=minutes)
        drawn = svg.outage_ribbon(svg.OutageRibbon(days=(day,), label="x"))
        return float(shapes(drawn, "s-bad")[0].get("height", "0"))

    assert height(5) < height(60) < height(1440) == height(9999)


def test_attainment_has_a_bar_a_month_and_none_is_not_kept() -> None:
    drawn = svg.attainment([True, False, None], "1 of 2")
    assert [len(shapes(drawn, css)) for css in ("s-attok", "s-bad", "s-gateh")] == [1, 1, 1]


def test_life_rail_rings_the_status_that_is_now_and_fits() -> None:
    drawn = svg.life_rail(specimens()["life"])
    assert len(shapes(drawn, "s-ring3")) == 1
    assert len(shapes(drawn, "s-svcdone")) == 10
    right = max(
        float(part.get("x", "0")) + float(part.get("width", "0"))
        for part in root(drawn).iter("rect")
    )
    assert right <= 1150


def test_phase_rail_ticks_passed_gates_only() -> None:
    drawn = svg.phase_rail(specimens()["phases"])
    assert len(shapes(drawn, "s-tick")) == 2
    assert [len(shapes(drawn, css)) for css in ("s-gate", "s-gateh")] == [1, 1]


def test_gap_line_is_heavy_from_thirty_points_and_waits_for_both() -> None:
    chart = svg.GapLine(project=Decimal(40), service=Decimal(70), label="x")
    assert shapes(svg.gap_line(chart), "s-gap")
    assert not shapes(svg.gap_line(replace(chart, service=Decimal(69))), "s-gap")
    assert not shapes(svg.gap_line(replace(chart, service=None)), "s-project")


def test_trend_leaves_a_gap_where_a_day_is_missing() -> None:
    days = tuple(dt.date(2026, 11, 1) + dt.timedelta(days=i) for i in range(5))
    chart = svg.TrendLines(days=days, counts={"red": (1, 1, None, 2, 2)}, label="x")
    assert len(shapes(svg.trend_lines(chart), "s-badl")) == 2


def test_availability_shows_only_what_is_known() -> None:
    chart = svg.Availability(agreed=None, experienced=Decimal("99.5"), target=None, label="x")
    drawn = svg.availability_line(chart)
    assert not shapes(drawn, "s-ring3")
    assert not shapes(drawn, "s-target")
    assert len(shapes(drawn, "s-exp")) == 1
    assert "99,50" in drawn


@given(finite, finite)
def test_ticks_are_round_and_inside(low: float, high: float) -> None:
    found = ticks(min(low, high), max(low, high))
    slack = max(1e-6, abs(high - low) * 1e-6)
    assert all(min(low, high) - slack <= tick <= max(low, high) + slack for tick in found)
    assert len(found) <= 9


@given(st.lists(st.floats(0, 300), max_size=8), st.floats(1, 20))
def test_spread_keeps_order_and_distance(positions: list[float], apart: float) -> None:
    placed = spread(positions, apart=apart)
    assert all(after >= before for before, after in zip(positions, placed, strict=True))
    ordered = sorted(placed)
    assert all(b - a >= apart - 1e-6 for a, b in pairwise(ordered))


def test_scale_without_width_gives_its_middle() -> None:
    assert Scale(low=5, high=5, start=0, end=10)(5) == 5
    assert [n(value) for value in (1, 1.25, -0.01, Decimal("2.50"))] == ["1", "1.2", "0", "2.5"]


def test_table_twin_is_folded_headed_and_escaped() -> None:
    table = table_twin(["Week", "Hours"], [("<w1>", Decimal("1.5"))])
    assert table.startswith('<details class="b-twin"><summary>Show as table</summary>')
    assert '<th scope="row">&lt;w1&gt;</th><td>1.5</td>' in table
    assert len(re.findall('<th scope="col">', table)) == 2
