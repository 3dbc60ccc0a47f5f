"""Lists of judged records: order by status, figures of the standing, a column per dimension."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Case, IntegerField, Value, When
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from common.web.lists import Column
from common.web.marks import health_cell

#: the order of statuses, worst last; unknown stands below green, and nothing below that
SEVERITY: Mapping[str, int] = {"red": 3, "amber": 2, "green": 1, "grey": 0}


def ranked(lookup: str, ranks: Mapping[str, int] = SEVERITY) -> Case:
    """Return an order of words that is not their alphabet; a word without a place comes first."""
    return Case(
        *(When(**{lookup: word}, then=Value(rank)) for word, rank in ranks.items()),
        default=Value(-1),
        output_field=IntegerField(),
    )


def stood(record: Any, name: str) -> Any:
    """Return a figure of a record's standing; None before it has been judged."""
    standing = getattr(record, "standing", None)
    return getattr(standing, name) if standing else None


def dimension(name: str, label: str | Promise, **more: Any) -> Column:
    """A dimension's mark, sorted by `<name>_rank`; empty where it is not used."""

    def cell(record: Any) -> SafeString | str:
        colour = stood(record, name)
        return health_cell(colour, str(label)) if colour else ""

    return Column(
        name=name,
        label=label,
        value=lambda record: stood(record, name),
        cell=cell,
        sort=(f"{name}_rank",),
        **more,
    )


def measured(*ties: str) -> Column:
    """The whole's mark, hatched where data is thin; equal ones are ordered by `ties`."""
    label = _("Measured")
    return Column(
        name="measured",
        label=label,
        value=lambda record: stood(record, "overall") or "grey",
        cell=lambda record: health_cell(
            stood(record, "overall") or "grey",
            str(label),
            is_hatched=stood(record, "hatched") is not False,
        ),
        sort=("overall_rank", *ties),
    )
