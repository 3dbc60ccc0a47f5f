"""Change marks: how an upper app follows what a lower one writes, without being known by it.

A consumer says at start which kinds it follows. Whoever writes calls `mark` (through
`audit.record`) in the same transaction. A sweep takes committed marks, handles the distinct
subjects, and clears exactly the ids it read; an edit that lands meanwhile keeps its own mark.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from common.db import in_chunks, unclaimed
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


def take(consumer: str, limit: int) -> Taken:
    """Read up to `limit` marks of a consumer, oldest first; on PostgreSQL they are held."""
    rows = list(
        unclaimed(ChangeMark.objects.filter(consumer=consumer).order_by("id"))[:limit].values_list(
            "id", "kind", "object_id"
        )
    )
    return Taken(
        ids=tuple(row[0] for row in rows),
        subjects=tuple(dict.fromkeys(Subject(kind, object_id) for _, kind, object_id in rows)),
    )


def clear(taken: Taken) -> None:
    """Delete exactly the marks that were read."""
    for ids in in_chunks(taken.ids):
        ChangeMark.objects.filter(pk__in=ids).delete()
