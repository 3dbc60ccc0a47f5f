"""A promise beside its results: the rows of an agreement's table."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from common import formats
from common.web.svg import attainment
from services.domain.lengths import show_length


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseRow:
    """A promise with its result of the last complete month and of twelve."""

    label: str
    colour: str
    target: str
    result: str
    bars: Any
    count: str
    url: str
    #: what was promised in the last complete month, where that was something else
    note: str


def target_label(measured: str, priority: int, seconds: int) -> str:
    """Return what is promised for a priority, in words."""
    words = {"priority": priority, "length": show_length(seconds)}
    if measured == "respond":
        return _("P%(priority)s answered within %(length)s") % words
    return _("P%(priority)s restored within %(length)s") % words


def promise_row(
    *,
    label: str,
    target: Decimal,
    decimals: int,
    results: Sequence[Decimal | None],
    promised: Sequence[Decimal | None],
    url: str,
) -> PromiseRow:
    """Return a row of the agreement's table; the colour is the last complete month's.

    Each month is held against what was promised in it; `target` is what is promised now.
    """
    kept = [
        None if result is None or then is None else result >= then
        for result, then in zip(results, promised, strict=True)
    ]
    judged = [month for month in kept if month is not None]
    last = kept[-1]
    count = _("%(kept)s of %(count)s") % {"kept": sum(judged), "count": len(judged)}
    return PromiseRow(
        label=label,
        colour="grey" if last is None else "green" if last else "red",
        target=_share(target),
        result=formats.format_percent(results[-1], decimals),
        bars=attainment(kept, _("%(label)s: kept %(count)s") % {"label": label, "count": count}),
        count=count if judged else _("nothing to judge"),
        url=url,
        note=_then(promised[-1], target),
    )


def _then(promised: Decimal | None, target: Decimal) -> str:
    """Return what was promised in the last complete month, where it was not the same."""
    if promised == target:
        return ""
    if promised is None:
        return _("not promised then")
    return _("%(target)s promised then") % {"target": _share(promised)}


def _share(target: Decimal) -> str:
    return formats.format_percent(target, 2 if target % 1 else 0)
