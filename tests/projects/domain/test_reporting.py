"""What a status report may say beside what is measured.

Source: projects 4.7: one step at most, with a reason, for thirty days.
"""

import datetime as dt

import pytest

from common.domain.health import Colour
from projects.domain.reporting import Line, expiry, faults, worst

G, A, R, GREY = Colour.GREEN, Colour.AMBER, Colour.RED, Colour.GREY


def line(reported, measured, reason=""):
    return Line(dimension="cost", reported=reported, measured=measured, reason=reason)


@pytest.mark.parametrize(
    ("reported", "measured", "reason", "code"),
    [
        (G, G, "", None),
        (G, A, "", "projects.report_reason_needed"),
        (G, A, "  ", "projects.report_reason_needed"),
        (G, A, "Recovery plan", None),
        (R, A, "", "projects.report_reason_needed"),
        (G, R, "Recovery plan", "projects.report_two_steps"),
        (R, G, "Worse is coming", "projects.report_two_steps"),
        (G, GREY, "", None),
        (GREY, G, "", "projects.report_reason_needed"),
    ],
)
def test_a_difference_is_one_step_and_has_a_reason(reported, measured, reason, code):
    found = [fault.code for fault in faults([line(reported, measured, reason)])]
    assert found == ([code] if code else [])


def test_a_difference_counts_thirty_days():
    on = dt.date(2026, 11, 19)
    assert expiry(line(G, A, "x"), on) == dt.date(2026, 12, 19)
    assert expiry(line(A, A), on) is None


def test_the_whole_is_the_worst_known_line():
    assert worst([line(G, G), line(R, R), line(GREY, GREY)]) is R
    assert worst([line(GREY, GREY)]) is GREY
    assert worst([]) is GREY
