"""The rows of the table: what was measured, the floor beside it, and the target."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measurement. `target` is the most that `value` may be; None where none was set."""

    area: str
    name: str
    value: float
    unit: str
    #: the floor of the same run, in words with its figure
    floor: str = ""
    target: float | None = None
    #: whether more is better, as for rates
    at_least: bool = False

    @property
    def holds(self) -> bool | None:
        """Whether the target is met; None without one."""
        if self.target is None:
            return None
        return self.value >= self.target if self.at_least else self.value <= self.target


def ratio(area: str, name: str, value: float, floor: float, target: float | None, what: str) -> Row:
    """Return a time as a multiple of its floor; both in seconds."""
    return Row(
        area=area,
        name=f"{name} ({value * 1000:,.0f} ms)",
        value=value / floor,
        unit="×",
        floor=f"{what}: {floor * 1000:,.1f} ms",
        target=target,
    )


_NAMED = re.compile(r" \(target ([0-9.]+) (s|x); floor: ([^)]*)\)")


def from_engine(area: str, rows: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Return the rows of an engine's own `run()`.

    Rates hold their floor as the least, memory as the most; shares say by `kind` how to read
    theirs; times name their target and have the bare work as floor.
    """
    return [_from_engine(area, row) for row in rows]


def _from_engine(area: str, row: Mapping[str, Any]) -> Row:
    name, unit, value, floor = str(row["name"]), str(row["unit"]), row["value"], float(row["floor"])
    named = _NAMED.search(name)
    if named:
        target, sort, bare = float(named[1]), named[2], f"{named[3]}: {floor:,.3f} s"
        name = name.replace(named[0], "")
        if sort == "x":
            return Row(
                area=area, name=name, value=row["ratio"], unit="×", floor=bare, target=target
            )
        return Row(area=area, name=name, value=value, unit=unit, floor=bare, target=target)
    kind = str(row.get("kind", ""))
    is_rate = unit in {"per second", "rows/s"} or kind == "at_least"
    wanted = is_rate or kind == "at_most" or unit == "MB"
    return Row(
        area=area,
        name=name,
        value=value,
        unit=unit,
        target=floor if wanted else None,
        at_least=is_rate,
    )


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def lines(rows: Iterable[Row]) -> list[str]:
    """Return the table in Markdown."""
    text = ["| | Measured | Target | Floor of the same run |", "|---|---|---|---|"]
    area = ""
    for row in rows:
        if row.area != area:
            area = row.area
            text.append(f"| **{area}** | | | |")
        sign = "≥" if row.at_least else "≤"
        target = "" if row.target is None else f"{sign} {_figure(row.target)}"
        missed = " **missed**" if row.holds is False else ""
        text.append(
            f"| {row.name} | {_figure(row.value)} {row.unit}{missed} | {target} | {row.floor} |"
        )
    return text
