"""The examples on the engines' pages are run as they stand there."""

import doctest
from pathlib import Path

import pytest

PAGES = Path(__file__).parents[3] / "docs" / "domain"
ENGINES = [
    "benefits",
    "business_case",
    "capacity",
    "control_chart",
    "earned_value",
    "gates",
    "objectives",
    "risk",
    "routes",
    "scoring",
    "selection",
    "verdict",
]


@pytest.mark.parametrize("engine", ENGINES)
def test_the_examples_on_the_page_give_what_it_says(engine):
    failed, tried = doctest.testfile(
        str(PAGES / f"{engine}.md"), module_relative=False, optionflags=doctest.REPORT_NDIFF
    )

    assert tried >= 4
    assert failed == 0
