"""`__among` finds what `__in` finds, on keys and foreign keys, however many there are."""

import pytest

from accounts.models import Unit, User
from tests.factories.accounts import make_organisation, make_person, make_unit

pytestmark = pytest.mark.django_db


def test_it_finds_the_rows_of_those_keys() -> None:
    root = make_organisation()
    units = [make_unit(parent=root) for _ in range(3)]

    found = Unit.objects.filter(pk__among=[units[0].pk, units[2].pk, 999_999]).order_by("pk")

    assert list(found) == [units[0], units[2]]


def test_it_goes_by_foreign_key_and_takes_more_than_a_statement_could_hold() -> None:
    root = make_organisation()
    inside, outside = make_person(unit=root), make_person(unit=make_organisation())

    found = User.objects.filter(unit_id__among=[root.pk, *range(10**6, 10**6 + 40_000)])

    assert inside in found
    assert outside not in found


def test_of_no_keys_there_are_no_rows() -> None:
    make_organisation()

    assert not Unit.objects.filter(pk__among=[]).exists()
