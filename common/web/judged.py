"""Lists of judged records: order by status, figures of the standing, a column per dimension."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Case, IntegerField, Value, When
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from common.web.columns import Column
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
    """A dimension's mark, sorted by severity; empty where it is not used."""
    return Column(
        name=name,
        label=label,
        reads=(f"standing__{name}",),
        show=lambda colour: health_cell(colour, str(label)) if colour else "",
        sort=(ranked(f"standing__{name}"),),
        **more,
    )


def measured(*ties: str) -> Column:
    """The whole's mark, hatched where data is thin; equal ones are ordered by `ties`."""
    label = _("Measured")

    def show(colour: str | None, hatched: bool | None) -> SafeString:  # noqa: FBT001  as it is read
        return health_cell(colour or "grey", str(label), is_hatched=hatched is not False)

    return Column(
        name="measured",
        label=label,
        reads=("standing__overall", "standing__hatched"),
        value=lambda row: row.standing__overall or "grey",
        show=show,
        sort=(ranked("standing__overall"), *ties),
    )
