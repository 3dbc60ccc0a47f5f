"""Lists: filter, sort, columns and pages, all in the address, and the export of just that.

An app describes a list once (`ListSpec`); the same description makes the page, the fragment, the
CSV and the XLSX, so what is exported is what is on screen. A column that a reader may not see is
not there at all: it can be neither shown, sorted by nor exported.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, OrderBy, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common import clock, formats
from common.errors import Refused
from common.web.exports import csv_response, xlsx_response
from common.web.paging import Pager, page_number

EXPORT_LIMIT = 50_000


def _always(user: Any) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: how a row's value is read, shown and sorted."""

    name: str
    label: str | Promise
    #: the plain value: what an export holds, typed (Decimal, date, str, int, None)
    value: Callable[[Any], Any]
    #: the cell's HTML; without it the value as text
    cell: Callable[[Any], str | SafeString] | None = None
    #: order_by expressions, ascending; without them the column cannot be sorted by
    sort: tuple[str, ...] = ()
    is_numeric: bool = False
    is_shown: bool = True
    allowed: Callable[[Any], bool] = _always

    def html(self, row: Any) -> str | SafeString:
        """Return the cell, safe to print."""
        if self.cell:
            return conditional_escape(self.cell(row))
        value = self.value(row)
        return "" if value is None else conditional_escape(value)


def link(
    name: str, label: Any, value: Callable[[Any], str], url: Callable[[Any], str], **more: Any
) -> Column:
    """A column that leads to the row's page, with an optional second line `meta`."""
    meta: Callable[[Any], str] | None = more.pop("meta", None)

    def cell(row: Any) -> SafeString:
        if meta:
            return format_html(
                '<a class="b-row-link" href="{}">{}</a><span class="b-meta">{}</span>',
                url(row),
                value(row),
                meta(row),
            )
        return format_html('<a class="b-row-link" href="{}">{}</a>', url(row), value(row))

    return Column(name=name, label=label, value=value, cell=cell, **more)


def day(name: str, label: Any, value: Callable[[Any], Any], **more: Any) -> Column:
    """A date column, ISO."""
    return Column(
        name=name,
        label=label,
        value=value,
        cell=lambda row: formats.format_date(value(row)),
        is_numeric=True,
        **more,
    )


def number(
    name: str, label: Any, value: Callable[[Any], Any], *, decimals: int = 0, **more: Any
) -> Column:
    """A number column, right-aligned."""
    return Column(
        name=name,
        label=label,
        value=value,
        cell=lambda row: formats.format_number(value(row), decimals),
        is_numeric=True,
        **more,
    )


def money(
    name: str, label: Any, value: Callable[[Any], Any], currency: Callable[[Any], str], **more: Any
) -> Column:
    """An amount column in the row's own currency."""
    return Column(
        name=name,
        label=label,
        value=value,
        cell=lambda row: formats.format_money(value(row), currency(row)),
        is_numeric=True,
        **more,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSpec:
    """What a list is made of."""

    name: str
    columns: tuple[Column, ...]
    filterset: Any
    default_sort: str
    empty_text: str | Promise
    empty_action: str | Promise = ""
    empty_url: Callable[[], str] | None = None
    page_size: int = 100


@dataclass(frozen=True, slots=True)
class Heading:
    """A column head as the page draws it."""

    name: str
    label: str
    sort_url: str | None
    sorted: str
    numeric: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force, with the address that takes it away."""

    label: str
    remove_url: str


@dataclass(slots=True)
class ListPage:
    """One page of a list for one reader: everything the template prints."""

    spec: ListSpec
    request: HttpRequest
    queryset: QuerySet[Any]
    _shown: list[Column] = field(init=False)
    _allowed: list[Column] = field(init=False)
    filters: Any = field(init=False)
    pager: Pager = field(init=False)
    records: list[Any] = field(init=False)

    def __post_init__(self) -> None:
        self._allowed = [c for c in self.spec.columns if c.allowed(self.request.user)]
        self.filters = self.spec.filterset(
            self.request.GET, queryset=self.queryset, request=self.request
        )
        self._shown = self._choose_columns()
        found = self.found
        count = found.count()
        number = page_number(self.request.GET.get("page"), count, self.spec.page_size)
        size = self.spec.page_size
        last = max(1, -(-count // size))
        self.pager = Pager(
            number=number,
            size=size,
            count=count,
            urls=(
                self.address(page=str(number - 1)) if number > 1 else None,
                self.address(page=str(number + 1)) if number < last else None,
            ),
        )
        start = self.pager.start
        self.records = self._read(found, slice(start, start + size)) if count else []

    def _read(self, found: QuerySet[Any], page: slice) -> list[Any]:
        """Read a page in two statements: its keys in order, then their rows.

        Sorting ten thousand keys costs a quarter of sorting as many rows with all they join.
        """
        keys = list(found.values_list("pk", flat=True)[page])
        rows = {row.pk: row for row in self.queryset.filter(pk__in=keys)}
        return [rows[key] for key in keys if key in rows]

    @property
    def found(self) -> QuerySet[Any]:
        """The filtered and sorted rows; an invalid filter finds nothing rather than everything."""
        rows = self.filters.qs if self.filters.form.is_valid() else self.queryset.none()
        name, descending = self._sort()
        column = next(c for c in self.spec.columns if c.name == name)
        order = [_order(expression, is_flipped=descending) for expression in column.sort]
        return rows.order_by(*order, "-pk" if descending else "pk")

    def _sort(self) -> tuple[str, bool]:
        asked = self.request.GET.get("sort") or self.spec.default_sort
        name = asked.removeprefix("-")
        if any(c.name == name and c.sort for c in self._allowed):
            return name, asked.startswith("-")
        return self.spec.default_sort.removeprefix("-"), self.spec.default_sort.startswith("-")

    def _choose_columns(self) -> list[Column]:
        asked = self.request.GET.getlist("columns")
        names = [name for text in asked for name in text.split(",")]
        chosen = [c for c in self._allowed if c.name in names]
        return chosen or [c for c in self._allowed if c.is_shown]

    def address(self, **changes: str | None) -> str:
        """Return this list's address with some parameters changed; None takes one away."""
        query: QueryDict = self.request.GET.copy()
        query.pop("format", None)
        if "page" not in changes:
            query.pop("page", None)
        for name, value in changes.items():
            if value is None:
                query.pop(name, None)
            else:
                query[name] = value
        text = query.urlencode(safe=",")
        return f"{self.request.path}?{text}" if text else self.request.path

    @property
    def columns(self) -> list[Heading]:
        """Column heads; one that can be sorted by leads to its other direction."""
        name, descending = self._sort()
        return [
            Heading(
                name=c.name,
                label=str(c.label),
                sort_url=self.address(
                    sort=f"-{c.name}" if c.name == name and not descending else c.name
                )
                if c.sort
                else None,
                sorted=("desc" if descending else "asc") if c.name == name else "",
                numeric=c.is_numeric,
            )
            for c in self._shown
        ]

    @property
    def rows(self) -> Iterator[SafeString]:
        """Rows as the cells of a table row.

        Joined here, because a template turn per cell costs more than reading the rows: every cell
        is safe markup or has been escaped by `Column.html`.
        """
        opened = [
            (column, '<td class="b-num">' if column.is_numeric else "<td>")
            for column in self._shown
        ]
        for record in self.records:
            yield SafeString(
                "".join(f"{start}{column.html(record)}</td>" for column, start in opened)
            )

    @property
    def count(self) -> int:
        """How many rows the filters let through."""
        return self.pager.count

    @property
    def count_text(self) -> str:
        """How many, in words; announced to screen readers when the list changes."""
        return ngettext("%(count)s row", "%(count)s rows", self.count) % {
            "count": formats.format_number(self.count, 0)
        }

    @property
    def page(self) -> Pager:
        """The pager."""
        return self.pager

    @property
    def filter_form(self) -> Any:
        """The filter form, bound to the address."""
        return self.filters.form

    @property
    def chips(self) -> list[Chip]:
        """The filters in force, in words."""
        form = self.filters.form
        if not form.is_valid():
            return []
        chips = []
        for name, value in form.cleaned_data.items():
            if value in (None, "", [], ()) or (hasattr(value, "exists") and not value):
                continue
            bound = form[name]
            chips.append(
                Chip(
                    f"{bound.label}: {_shown_value(form.fields[name], value)}",
                    self.address(**{name: None}),
                )
            )
        return chips

    @property
    def clear_url(self) -> str:
        """The address without any filter; sort and columns stay."""
        return self.address(**dict.fromkeys(self.filters.form.fields, None))

    @property
    def column_choices(self) -> list[dict[str, Any]]:
        """Every column this reader may have, and whether it is shown."""
        shown = {c.name for c in self._shown}
        return [
            {"name": c.name, "label": str(c.label), "shown": c.name in shown} for c in self._allowed
        ]

    @property
    def reset_columns_url(self) -> str:
        """The address with the list's own choice of columns."""
        return self.address(columns=None)

    @property
    def hidden_inputs(self) -> list[tuple[str, str]]:
        """Parameters that the filter form must carry along: sort and columns."""
        return [(n, v) for n in ("sort", "columns") for v in self.request.GET.getlist(n)]

    @property
    def export_urls(self) -> dict[str, str]:
        """Addresses of the same rows and columns as files."""
        return {kind: self.address(format=kind) for kind in ("csv", "xlsx")}

    @property
    def empty_text(self) -> str:
        """Why the list is empty: nothing there yet, or nothing that passes the filters."""
        return _("Nothing matches these filters.") if self.chips else str(self.spec.empty_text)

    @property
    def empty_action(self) -> str:
        """The word of the link that fills an empty list."""
        return _("Clear the filters") if self.chips else str(self.spec.empty_action)

    @property
    def empty_url(self) -> str:
        """Where that link leads."""
        if self.chips:
            return self.clear_url
        return self.spec.empty_url() if self.spec.empty_url else ""

    def export(self, kind: str) -> HttpResponse:
        """Return exactly the filtered rows and shown columns as CSV or XLSX."""
        if self.count > EXPORT_LIMIT:
            raise Refused("common.export_too_large", limit=formats.format_number(EXPORT_LIMIT, 0))
        columns = self._shown
        header = [str(c.label) for c in columns]
        body: Iterable[list[Any]] = (
            [c.value(record) for c in columns] for record in self.found.iterator(chunk_size=1000)
        )
        name = f"{self.spec.name}-{clock.today().isoformat()}"
        make = xlsx_response if kind == "xlsx" else csv_response
        return make(name, header, body)


def _order(expression: str, *, is_flipped: bool) -> OrderBy:
    """Return an order_by expression; what is empty comes last either way, on both databases."""
    field = F(expression.removeprefix("-"))
    if expression.startswith("-") != is_flipped:
        return field.desc(nulls_last=True)
    return field.asc(nulls_last=True)


def _shown_value(form_field: Any, value: Any) -> str:
    """Return a filter's value as a person chose it."""
    choices = (
        {str(key): str(text) for key, text in getattr(form_field, "choices", ())}
        if hasattr(form_field, "choices") and not hasattr(form_field, "queryset")
        else {}
    )
    if isinstance(value, list | tuple | set):
        return ", ".join(choices.get(str(item), str(item)) for item in value)
    if hasattr(value, "all"):
        return ", ".join(str(item) for item in value)
    return choices.get(str(value), str(value))
