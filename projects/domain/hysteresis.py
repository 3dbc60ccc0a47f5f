"""Better counts late: a colour improves when the newest two dated facts agree (projects 4.7)."""

from collections.abc import Iterable
from decimal import Decimal

from common.domain.health import Colour, Reason
from common.domain.refusal import Scalar
from projects.domain.inputs import Said

#: a dimension's colour and why
Judged = tuple[Colour, tuple[Reason, ...]]


def held(now: Colour, earlier: Iterable[tuple[Colour, Said]]) -> tuple[Colour, Said | None]:
    """Return the colour that counts, and the dated fact that holds it below what is true now.

    Worse counts at once. Of two facts that hold it equally, the first one is named: they come
    newest first.
    """
    worst, by = now, None
    if worst is Colour.RED:
        return worst, by
    for colour, said in earlier:
        if colour.severity > worst.severity:
            worst, by = colour, said
    return worst, by


def reason_of_hold(dimension: str, colour: Colour, by: Said, **figure: Scalar) -> Reason:
    """Return why a colour is worse than today's figures alone would make it.

    `figure` is what the fact's colour rests on.
    """
    return Reason(
        code=f"projects.held_{dimension}_{colour}", params={"on": by.on.isoformat(), **figure}
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
