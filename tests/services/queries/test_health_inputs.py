"""What is gathered for the judgement, against rows that were counted by hand."""

import datetime as dt

import pytest

from services.domain.facts import Tally
from services.queries import health_inputs
from tests.factories.accounts import make_calendar, make_organisation, make_unit
from tests.factories.services import (
    make_agreement,
    make_incident,
    make_measure,
    make_outage,
    make_service,
)

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 23, 6, 2, tzinfo=dt.UTC)


def ago(**length):
    return NOW - dt.timedelta(**length)


@pytest.fixture
def service():
    root = make_organisation(calendar=make_calendar())
    return make_service(unit=make_unit(parent=root))


def gather(*services):
    return health_inputs([service.pk for service in services] or None, now=NOW)


def test_the_instants_are_local(service):
    (inputs,) = gather(service)
    # 30 local days before the 23rd, and October in Stockholm: summer time until the 25th
    assert inputs.window_start == dt.datetime(2026, 10, 23, 22, tzinfo=dt.UTC)
    assert inputs.month_start == dt.datetime(2026, 9, 30, 22, tzinfo=dt.UTC)
    assert inputs.month_end == dt.datetime(2026, 10, 31, 23, tzinfo=dt.UTC)


def test_an_empty_service_has_nothing(service):
    (inputs,) = gather(service)
    assert (inputs.promise, inputs.is_watched, inputs.tallies, inputs.primary) == (
        None,
        False,
        (),
        None,
    )
    assert inputs.newest_incident is None


def test_results_since_the_last_complete_month_began(service):
    for hours, met in ((1, True), (2, True), (3, False)):
        make_incident(
            service=service,
            opened_at=ago(days=5),
            resolved_at=ago(days=4, hours=hours),
            met=met,
        )
    # too old, without a result, without a priority: none of them counts
    make_incident(service=service, opened_at=ago(days=99), resolved_at=ago(days=98), met=False)
    make_incident(service=service, opened_at=ago(days=5), resolved_at=ago(days=4))
    make_incident(
        service=service, opened_at=ago(days=5), resolved_at=ago(days=4), met=True, priority=None
    )
    (inputs,) = gather(service)
    assert inputs.tallies == (Tally(priority=3, measure="resolve", met=2, judged=3),)


def test_the_backlog_with_its_ages_and_flow(service):
    for days in (0.5, 3, 20, 40, 50):
        make_incident(service=service, opened_at=ago(days=days), due_at=ago(days=1))
    make_incident(service=service, opened_at=ago(days=2), due_at=ago(days=1), state="on_hold")
    make_incident(service=service, opened_at=ago(days=2), is_major=True)
    make_incident(
        service=service,
        opened_at=ago(days=2),
        resolved_at=ago(days=1),
        met=True,
        made_sla_reported=False,
    )
    (inputs,) = gather(service)
    backlog = inputs.backlog
    assert (backlog.open, backlog.late, backlog.major, backlog.without_target) == (7, 5, 1, 1)
    assert backlog.ages == (1, 3, 1, 2)
    assert (backlog.opened, backlog.resolved) == (6, 1)
    assert (backlog.reported, backlog.agrees) == (1, 0)


def test_the_promise_in_force_and_its_hours(service):
    make_agreement(service=service, starts_on=dt.date(2025, 1, 1))
    make_agreement(service=service, starts_on=dt.date(2026, 1, 1), hours={2: 8})
    make_agreement(service=service, starts_on=dt.date(2027, 1, 1), hours={5: 8})
    (inputs,) = gather(service)
    assert inputs.promise.version_no == 2
    assert [(fact.priority, fact.share) for fact in inputs.promise.targets] == [(2, 90)]
    assert not inputs.hours.is_open(dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC))


def test_outages_that_reach_into_the_window(service):
    make_outage(service=service, starts_at=ago(days=200))
    make_outage(service=service, starts_at=ago(days=3))
    make_outage(service=service, starts_at=ago(days=100), hours=None)
    (inputs,) = gather(service)
    assert len(inputs.outages) == 2
    assert (inputs.is_watched, inputs.newest_outage) == (True, ago(days=3).date())


def test_the_last_readings_of_leading_measure_and_survey(service):
    make_measure(service=service, values=list(range(30)))
    make_measure(service=service, name="Survey", values=[4], is_satisfaction=True)
    make_measure(service=service, name="Other", values=[1, 2])
    (inputs,) = gather(service)
    assert [int(value) for value in inputs.primary.values] == list(range(10, 30))
    assert [int(value) for value in inputs.satisfaction.values] == [4]


def test_a_part_gives_what_the_whole_gives(service):
    other = make_service()
    for each in (service, other):
        make_agreement(service=each)
        make_incident(service=each, opened_at=ago(days=2))
    whole = {inputs.service_id: inputs for inputs in gather()}
    assert gather(service) == [whole[service.pk]]
    assert gather(other) == [whole[other.pk]]


@pytest.mark.parametrize("count", [1, 4])
def test_statements_do_not_grow(service, count, django_assert_num_queries):
    services = [service, *(make_service(unit=service.unit) for _ in range(count - 1))]
    for each in services:
        make_agreement(service=each)
        make_measure(service=each)
        make_incident(service=each, opened_at=ago(days=2))
    gather(*services)
    with django_assert_num_queries(11):
        gather(*services)
