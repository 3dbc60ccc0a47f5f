"""The lists of Django admin say what a row is, in a constant number of statements."""

import datetime as dt
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions import assign_role
from accounts.domain.roles import Role
from accounts.models import Assignment, Unit, User
from common import audit, clock
from common.models import (
    AuditEvent,
    CalendarException,
    Job,
    RuleSet,
    WordPack,
    WorkCalendar,
    WorkSegment,
)
from common.subjects import Subject
from improvements.models import ScoringModel
from portfolio.admin import DEFAULTS
from portfolio.models import ReportingPeriod, RollupRun, Unjudged
from portfolio.wording import AREAS, LIMITS
from projects.models import ProjectType
from tests.factories.accounts import make_organisation, make_person, make_unit

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 11, 24, 11, 0, tzinfo=dt.UTC)


@pytest.fixture
def inside(organisation: Unit) -> Client:
    person = make_person(unit=organisation, role=Role.APP_ADMIN, username="admin")
    person.language = "sv"
    person.save()
    client = Client()
    client.force_login(person)
    return client


def list_of(model: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def add_row(model: Any, root: Unit, number: int) -> None:
    """Add a row with all that its list shows."""
    if model in {User, Assignment}:
        person = make_person(unit=make_unit(parent=root), role=Role.PMO_LEAD)
        assign_role(person, Role.EXECUTIVE, make_unit(parent=root), by=None)
    elif model is Unit:
        make_person(unit=make_unit(parent=root), role=Role.PMO_LEAD)
    elif model is WorkCalendar:
        calendar = WorkCalendar.objects.create(name=f"Hours {number}")
        WorkSegment.objects.create(calendar=calendar, weekday=0, start_minute=480, end_minute=960)
        CalendarException.objects.create(calendar=calendar, on=dt.date(2026, 12, 24))
    elif model is WordPack:
        WordPack.objects.create(name=f"Pack {number}", code=f"pack-{number}").words.create(
            key="gate.G1", en="G1", sv="BP1"
        )
    elif model is RuleSet:
        by = make_person(unit=root, role=Role.APP_ADMIN)
        RuleSet.objects.create(area="projects", version=number, created_at=NOON, created_by=by)
    elif model is ScoringModel:
        ScoringModel.objects.create(name=f"Model {number}").criteria.create(
            key="value", label_en="Value", label_sv="Värde", weight=2
        )
    elif model is ProjectType:
        ProjectType.objects.create(name=f"Type {number}")
    elif model is ReportingPeriod:
        day = dt.date(2026, number, 1)
        ReportingPeriod.objects.create(
            root=root, kind="month", starts_on=day, ends_on=day.replace(day=28), cutoff_on=day
        )
    elif model is Job:
        by = make_person(unit=root, role=Role.PMO_LEAD)
        Job.objects.create(work="import", created_by=by, created_at=NOON)
    elif model is RollupRun:
        RollupRun.objects.create(mode="full", started_at=NOON, heartbeat_at=NOON)
    elif model is Unjudged:
        Unjudged.objects.create(kind="project", object_id=number, fault="ValueError", first_at=NOON)
    elif model is AuditEvent:
        by = make_person(unit=root, role=Role.PMO_LEAD)
        audit.record("unit.changed", Subject("unit", root.pk), by=by, after={"name": "x"})
    else:
        pytest.fail(f"no row for the list of {model.__name__}")


@pytest.mark.parametrize("model", list(admin.site._registry), ids=lambda model: model.__name__)
def test_a_list_asks_no_more_for_more_rows(inside: Client, organisation: Unit, model: Any) -> None:
    counts, lengths = [], []
    for more in (1, 2):
        for _row in range(more):
            add_row(model, organisation, sum(lengths) + _row + 7)
        inside.get(list_of(model))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            page = inside.get(list_of(model))
        counts.append(len(asked))
        lengths.append(page.context["cl"].result_count)

    assert lengths[1] >= lengths[0] + 2
    assert counts[0] == counts[1]
    assert counts[1] <= 12


def shown(client: Client, model: Any, query: str = "") -> str:
    return client.get(list_of(model) + query).content.decode()


def test_a_person_is_told_by_name_unit_and_the_roles_of_today(
    inside: Client, organisation: Unit
) -> None:
    unit = make_unit(parent=organisation, name="Digital services")
    anna = make_person(unit=unit, role=Role.PMO_LEAD, username="anna")
    assign_role(anna, Role.AUDITOR, unit, by=None, ends_on=clock.today() - dt.timedelta(days=1))
    assign_role(anna, Role.EXECUTIVE, make_organisation(name="Elsewhere"), by=None)
    anna.set_unusable_password()
    anna.save()

    page = shown(inside, User, "?q=anna")

    assert str(anna) in page
    assert "Ledare för projektkontoret, Digital services" in page
    assert "Revisor, Digital services" not in page
    assert "Elsewhere" not in page
    assert "har ingen inloggning" in page


def test_people_are_found_by_a_role_they_hold_today(inside: Client, organisation: Unit) -> None:
    anna = make_person(unit=organisation, role=Role.PMO_LEAD, username="anna")
    bo = make_person(unit=organisation, role=Role.AUDITOR, username="bosse")
    assign_role(bo, Role.PMO_LEAD, organisation, by=None, ends_on=dt.date(2026, 1, 31))

    page = shown(inside, User, "?role=pmo_lead")

    assert anna.username in page
    assert bo.username not in page


def test_who_has_which_role_where_is_a_list_of_the_own_organisation(
    inside: Client, organisation: Unit
) -> None:
    anna = make_person(unit=organisation, role=Role.PMO_LEAD, username="anna")
    assign_role(anna, Role.AUDITOR, organisation, by=None, ends_on=dt.date(2026, 1, 31))
    theirs = make_person(unit=make_organisation(name="Elsewhere"), role=Role.PMO_LEAD)

    page, ended = shown(inside, Assignment), shown(inside, Assignment, "?in_force=no")

    assert reverse("admin:accounts_user_change", args=[anna.pk]) in page
    assert "2026-01-31" in page
    assert "inte längre" in page
    assert str(theirs) not in page
    assert "Revisor" in ended
    assert '<td class="field-role">Ledare för projektkontoret' not in ended


def test_a_calendar_is_told_by_its_week_and_how_far_its_days_off_are_known(
    inside: Client, organisation: Unit
) -> None:
    calendar = WorkCalendar.objects.create(name="Counter")
    for day in (0, 1, 2, 4):
        WorkSegment.objects.create(calendar=calendar, weekday=day, start_minute=480, end_minute=990)
    WorkSegment.objects.create(calendar=calendar, weekday=5, start_minute=600, end_minute=1440)
    CalendarException.objects.create(calendar=calendar, on=dt.date(2026, 12, 24))

    page = shown(inside, WorkCalendar)

    week = "Måndag–Onsdag 08:00–16:30; Fredag 08:00–16:30; Lördag 10:00–24:00"
    assert week.lower() in page.lower()
    assert "2026-12-24" in page


@pytest.mark.parametrize(
    ("typed", "sentence"), [("soon", "Skriv ett klockslag"), ("25:00", "Skriv ett klockslag")]
)
def test_hours_are_times_of_day(
    inside: Client, organisation: Unit, typed: str, sentence: str
) -> None:
    calendar = WorkCalendar.objects.create(name="Counter")
    form = {
        "name": "Counter", "zone": "UTC", "segments-TOTAL_FORMS": 1, "segments-INITIAL_FORMS": 0,
        "exceptions-TOTAL_FORMS": 1, "exceptions-INITIAL_FORMS": 0, "segments-0-weekday": 0,
        "segments-0-start_minute": "8.30", "segments-0-end_minute": typed,
        "segments-0-calendar": calendar.pk, "exceptions-0-on": "2026-12-24",
        "exceptions-0-calendar": calendar.pk,
    }  # fmt: skip
    url = reverse("admin:common_workcalendar_change", args=[calendar.pk])

    assert sentence in inside.post(url, form).content.decode()
    assert inside.post(url, {**form, "segments-0-end_minute": "24:00"}).status_code == 302

    row = calendar.segments.get()
    assert (row.start_minute, row.end_minute) == (510, 1440)
    assert calendar.exceptions.get().start_minute is None
    assert 'value="08:30"' in inside.get(url).content.decode()


def test_thresholds_say_which_version_counts_and_are_named_in_words(
    inside: Client, organisation: Unit
) -> None:
    by = User.objects.get(username="admin")
    for version in (1, 2):
        row = RuleSet.objects.create(
            area="projects", version=version, created_at=NOON, created_by=by,
            values={**DEFAULTS["projects"], "cost_green_percent": "7.5"},
        )  # fmt: skip

    page = shown(inside, RuleSet)
    one = inside.get(reverse("admin:common_ruleset_change", args=[row.pk])).content.decode()
    add = inside.get(reverse("admin:common_ruleset_add")).content.decode()

    assert "inte längre" in page
    assert "Kostnad: grönt upp till, % över beslutat: <b>7,5</b>" in one
    assert "Tidplan: gult upp till, arbetsdagar sent" in add


def test_every_limit_has_its_words() -> None:
    assert set(AREAS) == set(LIMITS) == set(DEFAULTS)
    assert {area: set(words) for area, words in LIMITS.items()} == {
        area: set(values) for area, values in DEFAULTS.items()
    }


def test_a_run_says_how_long_it_took_and_names_what_fell(inside: Client) -> None:
    run = RollupRun.objects.create(
        mode="full", state="done", started_at=NOON, heartbeat_at=NOON,
        ended_at=NOON + dt.timedelta(seconds=0.31), subjects=131, changes=4,
        failures=[["project", 12, "ValueError"]],
    )  # fmt: skip

    page = shown(inside, RollupRun)
    one = inside.get(reverse("admin:portfolio_rolluprun_change", args=[run.pk])).content.decode()

    assert "0,31\u00a0s" in page
    assert "full körning" in page
    assert "PRJ-12: ValueError" in one


def test_long_work_says_what_it_is_and_how_old(inside: Client, organisation: Unit) -> None:
    by = make_person(unit=organisation, role=Role.PMO_LEAD)
    job = Job.objects.create(
        work="import", state="failed", created_by=by, done=14, total=1400, created_at=NOON,
        ended_at=NOON + dt.timedelta(minutes=3),
        error={"code": "common.job_failed", "params": {"error": "ValueError"}},
    )  # fmt: skip

    page = shown(inside, Job)
    one = inside.get(reverse("admin:common_job_change", args=[job.pk])).content.decode()

    assert "14 av 1\u00a0400" in page
    assert "3\u00a0min" in page
    assert "misslyckades" in page
    assert "ValueError" in one


def test_an_event_says_in_words_what_was_done_to_what(inside: Client, organisation: Unit) -> None:
    person = make_person(unit=organisation, role=Role.PMO_LEAD)
    audit.record(
        "person.password_set", Subject("person", person.pk),
        by=User.objects.get(username="admin"), before={"title": "Old"}, after={"title": "New"},
    )  # fmt: skip
    event = AuditEvent.objects.get(action="person.password_set")

    page = shown(inside, AuditEvent)
    one = inside.get(reverse("admin:common_auditevent_change", args=[event.pk])).content.decode()

    assert f">person {person.pk}<" in page
    assert "Lösenord satt" in page
    assert "titel: Old → New" in one


def test_the_history_of_a_row_is_its_part_of_the_log(inside: Client, organisation: Unit) -> None:
    audit.record("unit.moved", Subject("unit", organisation.pk), by=None)
    other = make_unit(parent=organisation)
    audit.record("unit.changed", Subject("unit", other.pk), by=None)

    answer = inside.get(
        reverse("admin:accounts_unit_history", args=[organisation.pk]), follow=True
    ).content.decode()

    assert "Enhet flyttad" in answer
    assert "Enhet ändrad" not in answer
