"""PSPLIB single-mode instances (``.sm``) in, for proof of the network computation.

Kolisch and Sprecher (1997), EJOR 96, 205-216. Successors are finish-to-start without lag; a
period becomes one day of a calendar that never closes. ``MPM-Time`` is the critical-path length.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from common.domain.worktime import Segment
from exchange.formats.schedule_file import Fidelity, FormatError, Ledger
from projects.domain.schedule import Link, Plan, PlanCalendar, Task

PERIOD_MINUTES = 1440
START = datetime(2000, 1, 1)  # noqa: DTZ001  plan time has no zone
_CALENDAR = "always"
_LONGEST_LINE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PsplibFile:
    """An instance: its plan, the length it claims, and its renewable resources."""

    plan: Plan
    critical_path_length: int
    horizon: int
    capacities: tuple[int, ...]
    demands: Mapping[str, tuple[int, ...]]
    fidelity: Fidelity


@dataclass(slots=True, kw_only=True)
class _Rows:
    """Numbers by section, with the line each row stands on."""

    project: list[tuple[int, list[int]]] = field(default_factory=list)
    successors: list[tuple[int, list[int]]] = field(default_factory=list)
    durations: list[tuple[int, list[int]]] = field(default_factory=list)
    capacities: list[tuple[int, list[int]]] = field(default_factory=list)
    horizon: int = 0


_SECTIONS = {
    "PROJECT INFORMATION:": "project",
    "PRECEDENCE RELATIONS:": "successors",
    "REQUESTS/DURATIONS:": "durations",
    "RESOURCEAVAILABILITIES:": "capacities",
}


def read(source: BinaryIO) -> PsplibFile:
    """Return the instance in a file.

    Raises FormatError ``not_psplib``, ``psplib_truncated``, ``psplib_broken`` (with the line)
    or ``psplib_several_modes``.
    """
    rows = _rows(_lines(source))
    if not (rows.project and rows.successors and rows.durations and rows.capacities):
        raise FormatError("psplib_truncated")
    durations, demands = _durations(rows)
    links = tuple(_links(rows, durations))
    claimed = rows.project[0]
    if len(claimed[1]) < 6:
        raise FormatError("psplib_broken", line=claimed[0])
    ledger = Ledger()
    ledger.keep("tasks", len(durations))
    ledger.keep("links", len(links))
    ledger.drop("resource_capacities_unused", count=len(rows.capacities[0][1]))
    return PsplibFile(
        plan=Plan(
            start=START,
            calendar=_CALENDAR,
            calendars={_CALENDAR: PlanCalendar(week=dict.fromkeys(range(7), (Segment(0, 1440),)))},
            tasks=tuple(
                Task(uid=uid, duration=periods * PERIOD_MINUTES)
                for uid, periods in durations.items()
            ),
            links=links,
        ),
        critical_path_length=claimed[1][5],
        horizon=rows.horizon,
        capacities=tuple(rows.capacities[0][1]),
        demands=demands,
        fidelity=ledger.close(),
    )


def periods_between(start: datetime, finish: datetime) -> int:
    """Return whole periods between two instants of a PSPLIB plan."""
    return int((finish - start).total_seconds()) // (PERIOD_MINUTES * 60)


def _lines(source: BinaryIO) -> Iterator[tuple[int, str]]:
    for number, raw in enumerate(source, start=1):
        if len(raw) > _LONGEST_LINE:
            raise FormatError("psplib_broken", line=number)
        yield number, raw.decode("ascii", errors="replace").strip()


def _rows(lines: Iterator[tuple[int, str]]) -> _Rows:
    rows = _Rows()
    section: list[tuple[int, list[int]]] | None = None
    seen = False
    for number, line in lines:
        if line in _SECTIONS:
            section, seen = getattr(rows, _SECTIONS[line]), True
        elif line.startswith("***"):
            section = None
        elif section is not None and line[:1].isdigit():
            section.append((number, _numbers(number, line)))
        elif line.startswith("horizon"):
            rows.horizon = _numbers(number, line.rpartition(":")[2])[0]
    if not seen:
        raise FormatError("not_psplib")
    return rows


def _numbers(number: int, line: str) -> list[int]:
    words = line.split()
    if not words or not all(word.isdecimal() and len(word) < 10 for word in words):
        raise FormatError("psplib_broken", line=number)
    return [int(word) for word in words]


def _durations(rows: _Rows) -> tuple[dict[str, int], dict[str, tuple[int, ...]]]:
    durations: dict[str, int] = {}
    demands: dict[str, tuple[int, ...]] = {}
    for number, row in rows.durations:
        if len(row) < 3:
            raise FormatError("psplib_broken", line=number)
        job, mode, periods, *wanted = row
        if mode != 1 or str(job) in durations:
            raise FormatError("psplib_several_modes", line=number)
        durations[str(job)], demands[str(job)] = periods, tuple(wanted)
    return durations, demands


def _links(rows: _Rows, durations: Mapping[str, int]) -> Iterator[Link]:
    for number, row in rows.successors:
        if len(row) < 3 or len(row) != 3 + row[2]:
            raise FormatError("psplib_broken", line=number)
        for after in row[3:]:
            if str(row[0]) not in durations or str(after) not in durations:
                raise FormatError("psplib_broken", line=number)
            yield Link(predecessor=str(row[0]), successor=str(after))
