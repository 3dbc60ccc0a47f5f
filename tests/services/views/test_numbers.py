"""A number on one page is the same on the page it opens to, and on the standing."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.domain.roles import Role
from common import clock
from common.domain.periods import PeriodKind, period_of
from services.actions import record_gap
from services.actions.clocks import recompute
from services.actions.standing import restand
from services.models import ServiceStanding
from tests.factories.accounts import make_calendar, make_organisation, make_person
from tests.factories.services import make_agreement, make_incident, make_outage, make_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def root():
    return make_organisation()


@pytest.fixture
def lead(root, client):
    person = make_person(unit=root, role=Role.SMO_LEAD)
    client.force_login(person)
    return person


@pytest.fixture
def month():
    """The last complete month."""
    return period_of(PeriodKind.MONTH, clock.today("Europe/Stockholm")).previous()


def day_of(day, hour=10):
    return dt.datetime.combine(day, dt.time(hour), dt.UTC)


def stand(service):
    now = clock.now()
    restand([service.pk], as_of=now.date(), now=now)
    return ServiceStanding.objects.get(service=service)


def page(client, service, name="detail", query=""):
    url = reverse(f"services:{name}", args=[service.key])
    return client.get(url + query).content.decode()


def whole_day(service, on, **values):
    """An outage of the nine open hours of a working day."""
    weekday = on + dt.timedelta(days=-on.weekday() % 7)
    return make_outage(service=service, starts_at=day_of(weekday, 0), hours=23, **values)


def test_a_month_is_held_against_what_was_promised_in_it(root, lead, client, month):
    service = make_service(unit=root)
    make_agreement(service=service, availability=Decimal(90), hours={})
    make_agreement(service=service, availability=Decimal(99), hours={}, starts_on=month.end)
    whole_day(service, month.start)
    standing = stand(service)
    # One day of some 22 is about 95 %: kept by 90 %, missed by the 99 % promised since.
    overview = page(client, service)
    assert "90 % promised then" in overview.replace("\u00a0", " ")
    opened = page(client, service, "availability", f"?month={month.start:%Y-%m}")
    assert "agreement version 1" in opened
    assert "agreement version 2" in page(client, service, "availability", "?window=30")
    codes = [code for code, _params in standing.reasons["availability"]]
    assert "services.availability_month_below" not in codes


def test_terms_that_begin_with_a_month_do_not_rule_the_one_before(root, lead, client, month):
    service = make_service(unit=root)
    make_agreement(service=service, availability=Decimal(99), hours={})
    always = make_calendar(from_hour=0, to_hour=24)
    make_agreement(
        service=service, availability=Decimal(99), hours={}, starts_on=month.end, calendar=always
    )
    whole_day(service, month.start)
    opened = page(client, service, "availability", f"?month={month.start:%Y-%m}")
    assert always.name not in opened
    assert always.name in page(client, service, "availability", "?window=30")


def test_the_figure_of_30_days_opens_to_its_pieces(root, lead, client):
    service = make_service(unit=root)
    make_agreement(service=service)
    record_gap(
        service,
        by=None,
        starts_at=clock.now() - dt.timedelta(days=90),
        ends_at=clock.now() - dt.timedelta(days=89),
    )
    for days in (4, 5, 6):
        make_outage(service=service, starts_at=clock.now() - dt.timedelta(days=days), hours=24)
    standing = stand(service)
    shown = f"{standing.availability_agreed:.3f}".replace(".", ",")
    opened = page(client, service, "availability", "?window=30")
    assert f"{shown}\u00a0%" in opened
    assert "Sign-in down" in opened
    assert "availability/?window=30" in page(client, service)


def test_nobody_looked_before_the_first_that_was_recorded(root, lead, client, month):
    service = make_service(unit=root)
    make_agreement(service=service)
    empty = page(client, service, "availability")
    assert "100,000" not in empty
    whole_day(service, month.start)
    before = month.previous()
    assert "100,000" not in page(client, service, "availability", f"?month={before.start:%Y-%m}")
    # Of twelve months only the last is known, and it was missed.
    assert "0 of 1" in page(client, service)


def test_a_share_in_time_opens_to_the_incidents_behind_it(root, lead, client):
    service = make_service(unit=root)
    make_agreement(service=service)
    now = clock.now()
    rows = [
        make_incident(
            service=service,
            opened_at=now - dt.timedelta(days=days + length),
            resolved_at=now - dt.timedelta(days=days),
        )
        for days, length in [(1, 0.01), (2, 12), (3, 12), (100, 12)]
    ]
    recompute([row.pk for row in rows])
    ((code, params),) = stand(service).reasons["service_levels"]
    assert (code, params["missed"], params["of"]) == ("services.resolve_missed", 2, 3)
    assert params["since"] == f"{(now.date().replace(day=1) - dt.timedelta(days=1)):%Y-%m}-01"
    assert "3 rows" in page(client, service, "incidents", "?month=recent")
    assert "2 rows" in page(client, service, "incidents", "?month=recent&state=missed")
