"""The examples in the formula pages are run as they stand."""

import doctest
from pathlib import Path

import pytest

PAGES = Path(__file__).resolve().parents[3] / "docs" / "domain"


@pytest.mark.parametrize("page", ["schedule.md", "simulation.md"])
def test_examples_of_the_page_give_what_they_show(page):
    result = doctest.testfile(str(PAGES / page), module_relative=False)

    assert result.attempted
    assert result.failed == 0
