"""Change marks lose nothing: what lands while a consumer works keeps its own mark."""

import pytest
from django.db import transaction

from common import marks
from common.models import ChangeMark
from common.subjects import Subject

pytestmark = pytest.mark.django_db
ONE, TWO = Subject("project", 1), Subject("project", 2)


def _marks() -> list[tuple[str, int]]:
    return list(ChangeMark.objects.order_by("id").values_list("kind", "object_id"))


def test_a_subject_marked_twice_is_handled_once_and_both_marks_are_cleared() -> None:
    marks.mark([ONE])
    marks.mark([ONE, TWO])

    with marks.handling("standing", 10) as taken:
        assert taken.subjects == (ONE, TWO)

    assert _marks() == []


def test_an_edit_during_the_work_keeps_its_mark() -> None:
    marks.mark([ONE])

    with marks.handling("standing", 10):
        marks.mark([ONE])

    assert _marks() == [("project", 1)]


def test_work_that_fails_leaves_the_marks() -> None:
    marks.mark([ONE])

    with pytest.raises(RuntimeError), transaction.atomic(), marks.handling("standing", 10):
        raise RuntimeError

    assert _marks() == [("project", 1)]


def test_a_deed_that_is_rolled_back_leaves_no_mark() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():  # noqa: PT012  the deed and its fall are one
        marks.mark([ONE])
        raise RuntimeError

    assert _marks() == []


def test_only_kinds_that_a_consumer_follows_are_marked() -> None:
    marks.mark([Subject("person", 1)])

    assert _marks() == []


def test_the_oldest_marks_come_first_and_the_limit_holds() -> None:
    marks.mark([TWO])
    marks.mark([ONE])

    with marks.handling("standing", 1) as taken:
        assert taken.subjects == (TWO,)

    assert _marks() == [("project", 1)]
