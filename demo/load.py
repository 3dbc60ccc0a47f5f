"""Everything in its order, in one transaction: the demo is there whole, or not at all."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from accounts.models import Unit
from common import audit
from common.models import ChangeMark
from common.subjects import Subject
from demo import history, imports, improvements, people, projects, services, tickets
from demo.moment import Moment
from demo.people import House
from demo.refusal import DemoRefused

#: the demo's people were last here so many days ago: what has changed since is worth reading
LAST_VISIT, VISIT_BEFORE = 7, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """How much has come in."""

    projects: int
    services: int
    improvements: int
    incidents: int


def is_loaded() -> bool:
    """Return whether the demo organisation is there."""
    return Unit.objects.filter(source=people.SOURCE, external_id=people.SOURCE).exists()


def is_empty() -> bool:
    """Return whether there is no organisation at all yet."""
    return not Unit.objects.exists()


@transaction.atomic
def load(moment: Moment | None = None) -> Loaded:
    """Load the demo organisation as of a day, today if none is given.

    The same day gives the same data. Refused when it is there already.
    """
    if is_loaded():
        raise DemoRefused(
            "The demo organisation is loaded already. "
            "Run `manage.py demo unload` first to begin it anew."
        )
    house = people.build(moment or Moment.now())
    shelf = services.build(house)
    incidents = tickets.build(shelf, house)
    imports.build(house)
    pasts = projects.build(house)
    walks = improvements.build(shelf, pasts, house)
    history.build(house, shelf, pasts, walks)
    _forget_marks(house)
    _leave_a_week_ago(house)
    return Loaded(
        projects=len(pasts),
        services=len(shelf.rows),
        improvements=len(walks),
        incidents=incidents,
    )


def _forget_marks(house: House) -> None:
    """Record the end, and drop the marks of this transaction: the full run has met them all."""
    audit.record("demo.loaded", Subject("unit", house.root.pk), by=None)
    ChangeMark.objects.all().delete()


def _leave_a_week_ago(house: House) -> None:
    for person in house.people.values():
        midnight = house.moment.midnight
        person.visit_at = midnight - dt.timedelta(days=LAST_VISIT, hours=-9)
        person.previous_visit_at = midnight - dt.timedelta(days=VISIT_BEFORE, hours=-9)
        person.save(update_fields=["visit_at", "previous_visit_at"])
