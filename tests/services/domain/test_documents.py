"""The examples in the documents of the engines give what the documents say."""

import doctest
from pathlib import Path

import pytest

DOCUMENTS = Path(__file__).parents[3] / "docs" / "domain"


@pytest.mark.parametrize(
    "name",
    [
        "worktime",
        "health",
        "clock",
        "availability",
        "compound",
        "budget",
        "promises",
        "collisions",
        "cost",
    ],
)
def test_the_examples_of_a_document_run(name):
    result = doctest.testfile(str(DOCUMENTS / f"{name}.md"), module_relative=False)

    assert result.attempted > 1
    assert result.failed == 0
