"""What every schedule format is read into: a plan, what its source says of it, and a ledger.

The ledger (fidelity) tells what of the file was kept, what was translated into our own terms
and what was dropped, as codes with counts and a few examples.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from common.domain.refusal import Refusal, Scalar
from projects.domain.schedule import Plan

EXAMPLES_KEPT = 5


class FormatError(Refusal):
    """A file that is not what it claims, or that we will not open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the ledger: what it concerns, how often, and up to five examples."""

    code: str
    count: int
    params: Mapping[str, Scalar] = field(default_factory=dict)
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fidelity:
    """What became of a file's content."""

    kept: tuple[Finding, ...] = ()
    translated: tuple[Finding, ...] = ()
    dropped: tuple[Finding, ...] = ()


class Ledger:
    """Counts findings while a file is read or written."""

    def __init__(self) -> None:
        self._kept: dict[str, int] = {}
        self._translated: dict[tuple[str, str], list[str]] = {}
        self._dropped: dict[tuple[str, str], list[str]] = {}
        self._counts: dict[tuple[str, str, str], int] = {}

    def keep(self, code: str, count: int) -> None:
        """Note that so many of these were kept as they are."""
        if count:
            self._kept[code] = self._kept.get(code, 0) + count

    def translate(self, code: str, example: str = "", *, of: str = "") -> None:
        """Note that something was expressed in other terms."""
        self._note("translated", self._translated, (code, of), example)

    def drop(self, code: str, example: str = "", *, of: str = "", count: int = 1) -> None:
        """Note that something was left out."""
        self._note("dropped", self._dropped, (code, of), example, count)

    def _note(
        self,
        side: str,
        notes: dict[tuple[str, str], list[str]],
        key: tuple[str, str],
        example: str,
        count: int = 1,
    ) -> None:
        examples = notes.setdefault(key, [])
        if example and len(examples) < EXAMPLES_KEPT:
            examples.append(example)
        self._counts[side, *key] = self._counts.get((side, *key), 0) + count

    def close(self) -> Fidelity:
        """Return the ledger as data."""
        return Fidelity(
            kept=tuple(Finding(code=code, count=count) for code, count in self._kept.items()),
            translated=self._findings("translated", self._translated),
            dropped=self._findings("dropped", self._dropped),
        )

    def _findings(self, side: str, notes: dict[tuple[str, str], list[str]]) -> tuple[Finding, ...]:
        return tuple(
            Finding(
                code=code,
                count=self._counts[side, code, of],
                params={"of": of} if of else {},
                examples=tuple(examples),
            )
            for (code, of), examples in notes.items()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """An earlier agreed version of a task; ``number`` 0 is the first."""

    number: int = 0
    start: datetime | None = None
    finish: datetime | None = None
    duration: int | None = None
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDates:
    """Dates and floats (working minutes) as the source computed them, for comparison only."""

    early_start: datetime | None = None
    early_finish: datetime | None = None
    late_start: datetime | None = None
    late_finish: datetime | None = None
    total_float: int | None = None
    free_float: int | None = None
    is_critical: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskLine:
    """What a file says of a task beyond its network: code, progress, baselines, source dates."""

    uid: str
    code: str = ""
    is_milestone: bool = False
    is_summary: bool = False
    percent_complete: int = 0
    baselines: tuple[Baseline, ...] = ()
    source: SourceDates = field(default_factory=SourceDates)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A person, machine or material; ``calendar`` names one of the plan's."""

    uid: str
    name: str = ""
    calendar: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A resource on a task; ``units`` 1 is full time, ``work`` in minutes."""

    task: str
    resource: str
    units: Decimal | None = None
    work: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleFile:
    """A schedule read from, or ready for, a file. ``lines`` has one entry per plan task."""

    format: str
    title: str
    plan: Plan
    lines: Mapping[str, TaskLine] = field(default_factory=dict)
    resources: tuple[Resource, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    project: SourceDates = field(default_factory=SourceDates)
    fidelity: Fidelity = field(default_factory=Fidelity)
