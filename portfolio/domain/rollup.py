"""From subjects to the totals of every unit above them. Parts add up to the whole, always."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

COLOURS = ("green", "amber", "red", "grey")
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What a total needs of a subject."""

    kind: str
    #: ids of the units from the root down, each six digits and a full stop
    unit_path: str
    colour: str
    money: Decimal | None
    confidence: Decimal


@dataclass(slots=True, kw_only=True)
class Total:
    """Counts and money per colour. `mean_confidence` is weighted by money, by count without any."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COLOURS, 0))
    amounts: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(COLOURS, Decimal(0)))
    least_confidence: Decimal = Decimal(1)
    _weighted: Decimal = Decimal(0)
    _summed: Decimal = Decimal(0)

    def add(self, item: Item) -> None:
        """Count one subject in."""
        money = item.money or Decimal(0)
        self.counts[item.colour] += 1
        self.amounts[item.colour] += money
        self.least_confidence = min(self.least_confidence, item.confidence)
        self._weighted += item.confidence * money
        self._summed += item.confidence

    @property
    def subjects(self) -> int:
        """How many subjects."""
        return sum(self.counts.values())

    @property
    def money(self) -> Decimal:
        """Their money in all."""
        return sum(self.amounts.values(), Decimal(0))

    @property
    def mean_confidence(self) -> Decimal:
        """Mean data confidence, two decimals; 0 for an empty total."""
        if self.money:
            return (self._weighted / self.money).quantize(_CENT)
        return (self._summed / self.subjects).quantize(_CENT) if self.subjects else Decimal(0)


def ancestors(unit_path: str) -> Iterator[int]:
    """Yield the unit ids of a path from the root down, e.g. ``000001.000012.`` gives 1, 12."""
    return (int(part) for part in unit_path.split(".") if part)


def totals(items: Iterable[Item]) -> dict[tuple[int, str], Total]:
    """Return the total of every (unit, kind), each subject counted once in every unit above it."""
    found: dict[tuple[int, str], Total] = {}
    for item in items:
        for unit in ancestors(item.unit_path):
            found.setdefault((unit, item.kind), Total()).add(item)
    return found
