"""The columns of lists: what they read of a row, and how that is shown, exported and sorted."""

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.db.models import Expression
from django.db.models.expressions import Combinable
from django.utils.functional import Promise
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString

from common import formats


def _always(user: Any) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: what it reads of a row, and how that is shown, exported and sorted.

    Rows are named tuples that hold what the shown columns read and no more: two thousand model
    instances with all they join cost a list of a hundred rows more than everything else on it.
    """

    name: str
    label: str | Promise
    #: lookups from the row, or names of the list's `computed`
    reads: tuple[str, ...]
    #: the plain value: what an export holds, typed (Decimal, date, str, int, None); without it
    #: the one thing that the column reads
    value: Callable[[Any], Any] | None = None
    #: the markup from what is read, where it is not the value's text; drawn once a page for each
    show: Callable[..., str | SafeString] | None = None
    #: the markup from the whole row, for cells that differ from row to row
    cell: Callable[[Any], str | SafeString] | None = None
    #: order_by lookups or expressions, ascending; without them it cannot be sorted by
    sort: tuple[str | Expression | Combinable, ...] = ()
    is_numeric: bool = False
    is_shown: bool = True
    allowed: Callable[[Any], bool] = _always

    @property
    def plain(self) -> Callable[[Any], Any]:
        """What gives the plain value of a row."""
        return self.value or attrgetter(self.reads[0])

    def drawer(self) -> Callable[[Any], str]:
        """Return what draws this column's cells of one page, safe to print."""
        if self.cell:
            cell = self.cell
            return lambda row: conditional_escape(cell(row))
        drawn: dict[Any, str] = {}
        key, is_single = attrgetter(*self.reads), len(self.reads) == 1

        def draw(row: Any) -> str:
            read = key(row)
            if read not in drawn:
                if not self.show:
                    html = _text(self.plain(row))
                else:
                    html = self.show(read) if is_single else self.show(*read)
                drawn[read] = conditional_escape(html)
            return drawn[read]

        return draw


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def link(
    name: str,
    label: Any,
    value: Callable[[Any], str],
    url: Callable[[Any], str],
    *,
    meta: Callable[[Any], str] | None = None,
    **more: Any,
) -> Column:
    """A column that leads to the row's page, with an optional second line `meta`."""

    def cell(row: Any) -> SafeString:
        below = f'<span class="b-meta">{escape(meta(row))}</span>' if meta else ""
        address, text = escape(url(row)), escape(value(row))
        return SafeString(f'<a class="b-row-link" href="{address}">{text}</a>{below}')

    return Column(name=name, label=label, value=value, cell=cell, **more)


def day(name: str, label: Any, lookup: str, **more: Any) -> Column:
    """A date column, ISO."""
    return Column(
        name=name,
        label=label,
        **{"reads": (lookup,), "sort": (lookup,), "show": formats.format_date, **more},
        is_numeric=True,
    )


def number(name: str, label: Any, lookup: str, *, decimals: int = 0, **more: Any) -> Column:
    """A number column, right-aligned."""
    return Column(
        name=name,
        label=label,
        **{"reads": (lookup,), "sort": (lookup,), **more},
        show=lambda value: formats.format_number(value, decimals),
        is_numeric=True,
    )


def percentage(
    name: str, label: Any, lookup: str, *, decimals: int = 1, signed: bool = False, **more: Any
) -> Column:
    """A column of figures that are percentages already."""
    return Column(
        name=name,
        label=label,
        reads=(lookup,),
        sort=(lookup,),
        show=lambda value: formats.format_percent(value, decimals, signed=signed),
        is_numeric=True,
        **more,
    )


def money(name: str, label: Any, lookup: str, currency: str, **more: Any) -> Column:
    """An amount column; `currency` is the lookup of the row's own."""
    return Column(
        name=name,
        label=label,
        reads=(lookup, currency),
        sort=(lookup,),
        show=formats.format_money,
        is_numeric=True,
        **more,
    )
