"""What the component sheet shows: one of everything, with invented figures."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import pgettext, pgettext_lazy

from common.web import svg
from common.web.paging import Pager

SURFACES = (
    ("canvas", "surface", "sunken", "line", "line-2", "control", "ink-3", "ink-2", "ink"),
    ("project", "project-tint", "service", "service-tint", "good", "warn", "bad", "info", "hatch"),
    (
        "good-text",
        "warn-text",
        "bad-text",
        "info-text",
        "good-tint",
        "warn-tint",
        "bad-tint",
        "info-tint",
        "chart-band",
    ),
)
# Weekly hours to restore, worked example of the control chart: weeks 26 to 47 of 2026.
WEEKS = (
    *(24, 26, 23, 25, 27, 22, 24, 26, 25, 23, 24, 25),
    *(22, 20, 19, 18, 20, 17, 19, 18, 20, 18),
)


class Specimen(forms.Form):
    """A form with a field of each kind, one of them wrong."""

    target = forms.CharField(
        label=pgettext_lazy("sheet", "Target"),
        help_text=pgettext_lazy("sheet", "Hours, weekly median"),
    )
    window = forms.CharField(label=pgettext_lazy("sheet", "Window, weeks"))
    service = forms.ChoiceField(
        label=pgettext_lazy("sheet", "Comparison service"),
        required=False,
        choices=[
            ("", pgettext_lazy("sheet", "None")),
            ("svc", pgettext_lazy("sheet", "Digital workplace")),
        ],
        help_text=pgettext_lazy("sheet", "Used if the reading is confounded"),
    )
    reason = forms.CharField(
        label=pgettext_lazy("sheet", "Reason"),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )
    is_lower_better = forms.BooleanField(
        label=pgettext_lazy("sheet", "Lower is better"), required=False
    )
    route = forms.ChoiceField(
        label=pgettext_lazy("sheet", "Route"),
        choices=[
            ("change", pgettext_lazy("sheet", "Change")),
            ("project", pgettext_lazy("sheet", "Project")),
        ],
        widget=forms.RadioSelect,
    )

    def clean_window(self) -> str:
        """Refuse a window that could give no verdict."""
        window: str = self.cleaned_data["window"]
        if int(window) < 8:
            raise forms.ValidationError(
                pgettext("sheet", "At least 8 weeks are needed for a verdict.")
            )
        return window


def specimens() -> dict[str, Any]:
    """Return the sheet's context: marks, charts, a form with an error, a pager and a conflict."""
    return {
        "surfaces": SURFACES,
        "colours": ("green", "amber", "red", "grey"),
        "verdicts": (
            "improved",
            "no_detectable_change",
            "worse",
            "confounded",
            "too_early",
            "not_enough_baseline",
            "not_measured",
        ),
        "kinds": ("project", "service", "improvement", "gate", "change"),
        "form": Specimen({"target": "20,0", "window": "6", "service": "svc", "route": "change"}),
        "pager": Pager(number=2, size=100, count=342, urls=("?page=1", "?page=3")),
        "conflict": [
            {
                "field": pgettext("sheet", "Title"),
                "theirs": "Wi\u2011Fi renewal",
                "yours": "Wi\u2011Fi, schools",
            },
            {"field": pgettext("sheet", "Cost"), "theirs": "4 850 000 kr", "yours": "5 026 667 kr"},
        ],
        "counts": {"red": 2, "amber": 3, "green": 3, "grey": 1},
        "sparkline": sparkline(),
        "bullet": svg.Bullet(
            value=Decimal("0.88"),
            target=Decimal(1),
            low=Decimal("0.5"),
            high=Decimal("1.5"),
            tolerated=(Decimal("0.9"), Decimal("1.1")),
            label=pgettext("sheet", "SPI(t) 0,88 against 1"),
        ),
        "gap": svg.GapLine(
            project=Decimal(40),
            service=Decimal(85),
            label=pgettext("sheet", "Project side 40, service side 85"),
        ),
        "kept": svg.attainment(
            [True] * 3 + [False] + [True] * 3 + [False] + [None] * 2 + [True] * 2,
            pgettext("sheet", "8 of 10 months"),
        ),
        "xmr": control_chart(),
        "xmr_heads": (pgettext("sheet", "Week"), pgettext("sheet", "Hours")),
        "xmr_rows": [(26 + index, value) for index, value in enumerate(WEEKS)],
        "flow": flow(),
        "availability": svg.Availability(
            agreed=Decimal("99.93"),
            experienced=Decimal("99.62"),
            target=Decimal("99.90"),
            width=353,
            label=pgettext("sheet", "Agreed 99,93 %, experienced 99,62 %, target 99,90 %"),
        ),
        "ribbon": ribbon(),
        "phases": phases(),
        "life": life(),
        "trend": trend(),
        "matrix": matrix(),
    }


def sparkline() -> svg.Sparkline:
    """Return a measure with a shift for the worse at its end."""
    points = tuple(Decimal(v) for v in (21, 24, 22, 23, 21, 24, 22, 23, 25, 24, 26, 31))
    return svg.Sparkline(
        points=points,
        lower=Decimal(19),
        upper=Decimal(27),
        mean=Decimal(23),
        target=Decimal(22),
        signals={11: "worse"},
        label=pgettext("sheet", "Access lead time, 12 weeks: above the upper limit"),
    )


def control_chart() -> svg.XmrChart:
    """Return the worked example: go-live in week 38, two weeks of settling, eight measured."""
    points = tuple(
        svg.XmrPoint(
            label=pgettext("sheet", "w%(week)s") % {"week": 26 + index},
            value=Decimal(value),
            is_settling=index in {12, 13},
            signal="better" if index >= 14 else "",
        )
        for index, value in enumerate(WEEKS)
    )
    return svg.XmrChart(
        points=points,
        caption=pgettext("sheet", "Hours to restore, weekly median"),
        mean=Decimal("24.5"),
        lower=Decimal("18.9"),
        upper=Decimal("30.1"),
        target=Decimal("20.0"),
        baseline=svg.Span(first=0, end=12, caption=pgettext("sheet", "Baseline, 12 weeks, frozen")),
        settling=svg.Span(first=12, end=14, caption=pgettext("sheet", "Settling")),
        window=svg.Span(
            first=14, end=22, caption=pgettext("sheet", "Measurement window, 8 of 8 weeks")
        ),
        go_live=12,
        go_live_text=pgettext("sheet", "Go-live 2026\u201109\u201114"),
        after_mean=Decimal("18.6"),
        label=pgettext(
            "sheet", "Time to restore fell from 24,5 to 18,6 hours after go-live in week 38"
        ),
    )


def flow() -> svg.FlowStrip:
    """Return a queue of improvements."""
    rows = (
        (pgettext("sheet", "Captured"), (1, 3, 4, 4, 5, 6, 7, 7, 9, 10, 12, 12, 16, 22), 7),
        (pgettext("sheet", "Shaped"), (6, 8, 9, 11, 12, 19), 14),
        (pgettext("sheet", "Approved"), (5, 7, 10, 13), 14),
        (pgettext("sheet", "Delivering"), (15, 22, 30, 38, 44, 52, 61, 80, 118), 90),
        (pgettext("sheet", "Early life"), (8, 13, 21), 28),
        (pgettext("sheet", "Measuring"), (12, 22, 38, 41, 55, 60, 70), 84),
    )
    states = tuple(
        svg.FlowState(
            label=name,
            ages=tuple(age for age in ages if age <= limit),
            late_ages=tuple(age for age in ages if age > limit),
            total=len(ages),
            late=sum(1 for age in ages if age > limit),
            limit=limit,
            median=ages[(len(ages) - 1) // 2],
        )
        for name, ages, limit in rows
    )
    return svg.FlowStrip(
        states=states,
        label=pgettext("sheet", "43 open improvements; captured ones wait longest for their limit"),
    )


def ribbon() -> svg.OutageRibbon:
    """Return 13 weeks with three breaks."""
    start = dt.date(2026, 8, 24)
    found = {
        6: ("planned", 120, ""),
        13: ("down", 47, pgettext("sheet", "Sign-in down 47 min")),
        14: ("degraded", 20, ""),
        37: ("down", 112, pgettext("sheet", "Directory full, 1 h 52 min")),
        52: ("degraded", 25, ""),
        69: ("planned", 120, ""),
        80: ("no_data", 1, ""),
    }
    days = []
    for index in range(91):
        kind, minutes, caption = found.get(index, ("up", 0, ""))
        day = start + dt.timedelta(days=index)
        days.append(svg.OutageDay(day=day, kind=kind, lost_minutes=minutes, caption=caption))
    return svg.OutageRibbon(
        days=tuple(days), label=pgettext("sheet", "Two breaks and 2 h 39 min lost in 13 weeks")
    )


def phases() -> svg.PhaseRail:
    """Return a project that executes."""
    rows = (
        (pgettext("sheet", "Initiating"), "done", "G1", "2025\u201109\u201124", "passed"),
        (pgettext("sheet", "Planning"), "done", "G2", "2026\u201101\u201114", "passed"),
        (pgettext("sheet", "Executing"), "now", "G3", "2026\u201112\u201115", "next"),
        (pgettext("sheet", "Closing"), "next", "G4", "2027\u201102\u201102", "later"),
    )
    drawn = tuple(
        svg.Phase(
            label=name,
            state=state,
            gate=gate,
            gate_note=day,
            gate_state=gate_state,
            progress=0.8 if state == "now" else 0.0,
            note=pgettext("sheet", "from 2026\u201101\u201119") if state == "now" else "",
        )
        for name, state, gate, day, gate_state in rows
    )
    return svg.PhaseRail(
        phases=drawn, label=pgettext("sheet", "Executing; next gate G3 2026\u201112\u201115")
    )


def life() -> svg.LifeRail:
    """Return an operational service."""
    groups = (
        (
            pgettext("sheet", "Strategy"),
            "2018",
            (
                pgettext("sheet", "Requirements"),
                pgettext("sheet", "Defined"),
                pgettext("sheet", "Analysed"),
                pgettext("sheet", "Approved"),
                pgettext("sheet", "Chartered"),
            ),
        ),
        (pgettext("sheet", "Design"), "2019", (pgettext("sheet", "Designed"),)),
        (
            pgettext("sheet", "Transition"),
            "2019",
            (
                pgettext("sheet", "Developed"),
                pgettext("sheet", "Built"),
                pgettext("sheet", "Tested"),
                pgettext("sheet", "Released"),
            ),
        ),
        (
            pgettext("sheet", "Operation"),
            "2019\u201108\u201126",
            (pgettext("sheet", "Operational"),),
        ),
        (pgettext("sheet", "Retirement"), "", (pgettext("sheet", "Retired"),)),
    )
    current, after = pgettext("sheet", "Operational"), pgettext("sheet", "Retired")
    drawn = tuple(
        svg.LifeGroup(
            label=name,
            note=note,
            steps=tuple(
                svg.LifeStep(
                    label=step,
                    state="now" if step == current else "next" if step == after else "done",
                )
                for step in steps
            ),
        )
        for name, note, steps in groups
    )
    return svg.LifeRail(
        groups=drawn, label=pgettext("sheet", "Operational since 2019\u201108\u201126")
    )


def trend() -> svg.TrendLines:
    """Return eight weeks of counts with one missed day."""
    days = tuple(dt.date(2026, 9, 28) + dt.timedelta(days=index) for index in range(56))
    counts: dict[str, tuple[int | None, ...]] = {
        "red": tuple(1 + index // 28 for index in range(56)),
        "amber": tuple(4 - index // 40 for index in range(56)),
        "green": tuple(None if index == 30 else 4 - index // 50 for index in range(56)),
        "grey": tuple(index // 45 for index in range(56)),
    }
    return svg.TrendLines(
        days=days,
        counts=counts,
        label=pgettext("sheet", "Red rose from 1 to 2 projects in eight weeks"),
    )


def matrix() -> svg.ValueEffort:
    """Return six improvements by value and effort."""
    rows = ((1, 90, 34, True), (2, 74, 14, False), (3, 60, 9, False), (4, 55, 4, False))
    more = ((5, 48, 3, False), (6, 66, 48, True))
    bubbles = tuple(
        svg.Bubble(
            number=number,
            value=Decimal(value),
            effort=Decimal(effort),
            title=pgettext("sheet", "Improvement"),
            url=f"#improvement-{number}",
            is_gap_wide=wide,
            is_selected=number == 1,
        )
        for number, value, effort, wide in (*rows, *more)
    )
    return svg.ValueEffort(
        bubbles=bubbles,
        do_now_up_to=Decimal(5),
        change_up_to=Decimal(20),
        label=pgettext("sheet", "Six improvements; number 1 gives most"),
    )
