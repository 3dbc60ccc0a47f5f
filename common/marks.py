"""Change marks: how an upper app follows what a lower one writes, without being known by it.

A consumer says at start which kinds it follows. Whoever writes calls `mark` (through
`audit.record`) in the same transaction. A sweep takes committed marks, handles the distinct
subjects, and clears exactly the ids it read; an edit that lands meanwhile keeps its own mark.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction

from common.db import in_chunks, read_phase, unclaimed
from common.models import ChangeMark
from common.subjects import Subject

_CONSUMERS: dict[str, frozenset[str]] = {}


@dataclass(frozen=True, slots=True)
class Taken:
    """What a consumer has read: the marks to clear and the subjects they speak of."""

    ids: tuple[int, ...]
    subjects: tuple[Subject, ...]


def follow(consumer: str, kinds: Iterable[str]) -> None:
    """Say that a consumer wants to hear of changes to these kinds."""
    _CONSUMERS[consumer] = _CONSUMERS.get(consumer, frozenset()) | frozenset(kinds)


def mark(subjects: Iterable[Subject]) -> None:
    """Leave one mark per subject for every consumer that follows its kind."""
    ChangeMark.objects.bulk_create(
        [
            ChangeMark(consumer=consumer, kind=subject.kind, object_id=subject.id)
            for subject in dict.fromkeys(subjects)
            for consumer, kinds in _CONSUMERS.items()
            if subject.kind in kinds
        ],
        batch_size=1000,
    )


@contextmanager
def handling(consumer: str, limit: int) -> Iterator[Taken]:
    """Give up to `limit` marks of a consumer, oldest first; clear exactly those at the end.

    When the block raises nothing is cleared and the marks come again. On PostgreSQL they are held
    meanwhile and other workers skip them.
    """
    with read_phase():
        taken = _take(consumer, limit)
        yield taken
        with transaction.atomic():
            for ids in in_chunks(taken.ids):
                ChangeMark.objects.filter(pk__in=ids).delete()


def _take(consumer: str, limit: int) -> Taken:
    marks = ChangeMark.objects.filter(consumer=consumer).order_by("id")
    rows = [(row.pk, row.kind, row.object_id) for row in unclaimed(marks)[:limit]]
    return Taken(
        ids=tuple(row[0] for row in rows),
        subjects=tuple(dict.fromkeys(Subject(kind, object_id) for _, kind, object_id in rows)),
    )
