"""The rows of the table: what was measured, the floor beside it, and the target."""

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


def from_engine(area: str, rows: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Return the rows of an engine's own `run()`.

    Rates hold their floor as the least; shares say by `kind` how to read it; times carry the bare
    work as floor and their target in the name, so they are shown and judged by `target`.
    """
    found = []
    for row in rows:
        unit, kind = str(row["unit"]), str(row.get("kind", ""))
        is_rate = unit == "per second" or kind == "at_least"
        target = row.get("target", row["floor"] if is_rate or kind == "at_most" else None)
        in_multiples = row.get("target_unit") == "×"
        found.append(
            Row(
                area=area,
                name=str(row["name"]),
                value=float(row["ratio"] if in_multiples else row["value"]),
                unit="×" if in_multiples else unit,
                floor="" if is_rate or kind else f"bare: {float(row['floor']):,.3f} {unit}",
                target=None if target is None else float(target),
                at_least=is_rate,
            )
        )
    return found


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
