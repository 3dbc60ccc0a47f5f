"""Better counts late: a colour improves when the newest two dated facts agree (projects 4.7)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from common.domain.health import Colour, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """The colour of what was said on a day, with the figure it rests on."""

    colour: Colour
    on: date
    params: Mapping[str, str | int | None]


def held(now: Colour, earlier: Iterable[Earlier]) -> tuple[Colour, Earlier | None]:
    """Return the colour that counts, and the dated fact that holds it below what is true now.

    Worse counts at once. Of two facts that hold it equally, the newer one is named.
    """
    worst = max(earlier, key=lambda fact: fact.colour.severity, default=None)
    if worst is None or worst.colour.severity <= now.severity:
        return now, None
    return worst.colour, worst


def reasons_of_hold(dimension: str, by: Earlier | None) -> Iterator[Reason]:
    """Yield why a colour is worse than today's figures alone would make it."""
    if by is not None:
        yield Reason(
            code=f"projects.held_{dimension}_{by.colour}",
            params={"on": by.on.isoformat(), **by.params},
        )


def shown_percent(percent: Decimal) -> str:
    """Return a percentage as a reason carries it, so that it agrees with its limit.

    One decimal; two or more where one would round it onto another side of a whole percent.
    """
    for places in ("0.1", "0.01", "0.0001"):
        rounded = percent.quantize(Decimal(places))
        if rounded == percent or rounded != rounded.to_integral_value():
            break
    return str(rounded)
