"""Lists: filter, sort, columns and pages, all in the address, and the export of just that.

An app describes a list once (`ListSpec`); the same description makes the page, the fragment, the
CSV and the XLSX, so what is exported is what is on screen. A column that a reader may not see is
not there at all: it can be neither shown, sorted by nor exported.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db.models import Count, F, OrderBy, QuerySet, Window
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common import clock, formats
from common.db import keys
from common.errors import Refused
from common.statements import rows_among
from common.web.columns import Column
from common.web.exports import csv_response, xlsx_response
from common.web.paging import Pager, asked_page, last_page

EXPORT_LIMIT = 50_000
#: a head's word of more letters does not fit a narrow column
_LONG_WORD = 10


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
    #: what columns read that is no field of a row, made for a reader: name -> expression; only
    #: what a page shows or sorts by reaches the database
    computed: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Heading:
    """A column head as the page draws it."""

    name: str
    label: str
    sort_url: str | None
    sorted: str
    numeric: bool

    @property
    def css(self) -> str:
        """Classes of the head: figures stand right, and a long word may break on paper."""
        longest = max(map(len, self.label.split()), default=0)
        names = ("b-num" if self.numeric else "", "b-longword" if longest > _LONG_WORD else "")
        return " ".join(name for name in names if name)


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
        size = self.spec.page_size
        number, count, found = self._turn_to(asked_page(self.request.GET.get("page")))
        self.pager = Pager(
            number=number,
            size=size,
            count=count,
            urls=(
                self.address(page=str(number - 1)) if number > 1 else None,
                self.address(page=str(number + 1)) if number * size < count else None,
            ),
        )
        self.records = self._read(found) if found else []

    def _turn_to(self, number: int) -> tuple[int, int, list[int]]:
        """Return the page's number, how many rows there are in all, and the page's keys in order.

        One statement, unless the page lies past the end: then the last one is read.
        """
        found = self.found.annotate(in_all=Window(Count("*"))).values_list("pk", "in_all")
        size = self.spec.page_size
        rows = list(found[(number - 1) * size : number * size])
        if not rows and number > 1:
            count = self.found.count()
            return self._turn_to(last_page(count, size))
        return number, rows[0][1] if rows else 0, [key for key, _ in rows]

    def _read(self, found: list[int]) -> list[Any]:
        """Return the rows of these keys in their order.

        Apart from the keys, because sorting ten thousand keys costs a quarter of sorting as many
        rows with all they join. The keys have just been found under the reader's rights, so what
        is read hangs on the columns alone, and its text is kept.
        """
        reads = self._reads()
        made = self._computed(reads)
        model: Any = self.queryset.model
        row = _row_of(reads)
        rows = rows_among(
            ("list", self.spec.name, reads, tuple(made.items())),
            lambda these: (
                model.objects.filter(pk__among=these).annotate(**made).values_list("pk", *reads)
            ),
            keys(found),
        )
        by_key = {values[0]: row(values) for values in rows}
        return [by_key[key] for key in found if key in by_key]

    def _rows(self, found: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows as named tuples of what the shown columns read."""
        reads = self._reads()
        return found.annotate(**self._computed(reads)).values_list("pk", *reads, named=True)

    def _reads(self) -> tuple[str, ...]:
        """Return what the shown columns read of a row beside its key."""
        reads = dict.fromkeys(name for column in self._shown for name in column.reads)
        reads.pop("pk", None)
        return tuple(reads)

    def _computed(self, names: Iterable[Any]) -> dict[str, Any]:
        """Return those of the names that are computed, as expressions for this reader."""
        computed = self.spec.computed
        return {name: computed[name](self.request.user) for name in names if name in computed}

    @property
    def found(self) -> QuerySet[Any]:
        """The filtered and sorted rows; an invalid filter finds nothing rather than everything."""
        rows = self.filters.qs if self.filters.form.is_valid() else self.queryset.none()
        name, descending = self._sort()
        column = next(c for c in self.spec.columns if c.name == name)
        order = [_order(expression, is_flipped=descending) for expression in column.sort]
        made = self._computed(s.removeprefix("-") for s in column.sort if isinstance(s, str))
        return rows.alias(**made).order_by(*order, "-pk" if descending else "pk")

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
    def rows(self) -> list[SafeString]:
        """Rows as the markup of table rows.

        Joined here, because a template turn per cell costs more than reading the rows: every cell
        is safe markup or has been escaped by its drawer.
        """
        opened = [
            ('<td class="b-num">' if column.is_numeric else "<td>", column.drawer())
            for column in self._shown
        ]
        return [
            SafeString(
                "<tr>" + "".join([f"{start}{draw(row)}</td>" for start, draw in opened]) + "</tr>"
            )
            for row in self.records
        ]

    @property
    def body(self) -> SafeString:
        """All rows of the page."""
        return SafeString("".join(self.rows))

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
        header = [str(c.label) for c in self._shown]
        plain = [c.plain for c in self._shown]
        rows = self._rows(self.found).iterator(chunk_size=1000)
        body: Iterable[list[Any]] = ([value(row) for value in plain] for row in rows)
        name = f"{self.spec.name}-{clock.today().isoformat()}"
        make = xlsx_response if kind == "xlsx" else csv_response
        return make(name, header, body)


@lru_cache(maxsize=256)
def _row_of(reads: tuple[str, ...]) -> Callable[[Iterable[Any]], Any]:
    """Return what makes a row of a key and what is read beside it."""
    made: Any = namedtuple("Row", ("pk", *reads))  # type: ignore[misc]  # known to the list alone
    make: Callable[[Iterable[Any]], Any] = made._make
    return make


def _order(wanted: Any, *, is_flipped: bool) -> OrderBy:
    """Return an order_by expression; what is empty comes last either way, on both databases."""
    if isinstance(wanted, str):
        is_flipped = is_flipped != wanted.startswith("-")
        wanted = F(wanted.removeprefix("-"))
    return wanted.desc(nulls_last=True) if is_flipped else wanted.asc(nulls_last=True)


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
