"""What a person types where a record's key is meant."""

import pytest

from common import subjects


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("SVC-7", 7),
        (" svc-7 ", 7),
        ("7", 7),
        ("PRJ-7", None),
        ("the seventh", None),
        ("-7", None),
        ("\u0667", None),
        ("", None),
        ("9" * 18, 10**18 - 1),
        ("9" * 19, None),
    ],
)
def test_a_key_or_a_bare_number_is_read_and_nothing_else(text, number):
    assert subjects.number_of(text, "service") == number
