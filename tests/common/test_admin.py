"""Django admin: our roles open it, every save is audited, ledgers are read-only."""

import datetime as dt
import json

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts.domain.roles import Role
from accounts.models import Unit, User
from common.admin import add_holidays
from common.models import AuditEvent, ChangeMark, RuleSet, WorkCalendar
from portfolio.models import RollupRun
from tests.factories.accounts import make_person
from tests.factories.projects import make_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def inside(organisation: Unit) -> Client:
    client = Client()
    client.force_login(make_person(unit=organisation, role=Role.APP_ADMIN, username="admin"))
    return client


@pytest.mark.parametrize("role", [role for role in Role if role != Role.APP_ADMIN])
def test_other_roles_are_not_let_in(organisation: Unit, role: Role) -> None:
    client = Client()
    client.force_login(make_person(unit=organisation, role=role))

    assert client.get(reverse("admin:index")).status_code == 302


def test_every_list_and_form_opens(inside: Client) -> None:
    for model, options in admin.site._registry.items():
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        assert inside.get(reverse(f"admin:{name}_changelist")).status_code == 200, name
        adds = options.has_add_permission(None)  # type: ignore[arg-type]
        assert inside.get(reverse(f"admin:{name}_add")).status_code == (200 if adds else 403), name


def test_a_new_unit_gets_its_path_and_an_event(inside: Client, organisation: Unit) -> None:
    form = {
        "name": "School",
        "kind": "department",
        "parent": organisation.pk,
        "fiscal_start_month": 1,
    }

    assert inside.post(reverse("admin:accounts_unit_add"), form).status_code == 302

    unit = Unit.objects.get(name="School")
    assert unit.path == f"{organisation.path}{unit.pk:06d}."
    assert AuditEvent.objects.about("unit", unit.pk).get().action == "unit.created"


def test_a_unit_cannot_go_below_itself(inside: Client, organisation: Unit) -> None:
    from tests.factories.accounts import make_unit

    school = make_unit(parent=organisation, name="School")
    below = make_unit(parent=school, name="Class")
    form = {"name": "School", "kind": "department", "parent": below.pk, "fiscal_start_month": 1}

    answer = inside.post(reverse("admin:accounts_unit_change", args=[school.pk]), form)

    assert "already below it" in answer.content.decode()


def test_thresholds_are_versions_and_have_everything_judged_anew(
    inside: Client, organisation: Unit
) -> None:
    from portfolio import actions
    from projects.domain.limits import CODE_VERSION, DEFAULTS
    from projects.models import ProjectStanding

    make_project(unit=organisation, approved_budget=100, forecast_cost=108)
    actions.sweep()
    before = ProjectStanding.objects.get()
    values = {f"value_{name}": value for name, value in DEFAULTS.items()} | {
        "value_cost_green_percent": "9"
    }

    answer = inside.post(
        reverse("admin:common_ruleset_add"), {"area": "projects", "note": "Looser", **values}
    )

    assert answer.status_code == 302, answer.content
    assert RuleSet.objects.get().values["cost_green_percent"] == 9
    assert ChangeMark.objects.filter(kind="rules").exists()
    actions.sweep()
    after = ProjectStanding.objects.get()
    assert (before.cost, after.cost) == ("amber", "green")
    assert (before.rule_version, after.rule_version) == (f"{CODE_VERSION}.0", f"{CODE_VERSION}.1")
    assert (
        inside.post(
            reverse("admin:common_ruleset_change", args=[RuleSet.objects.get().pk]), {}
        ).status_code
        == 403
    )


def test_a_changed_calendar_counts_its_version_up(inside: Client, organisation: Unit) -> None:
    calendar = WorkCalendar.objects.get(pk=organisation.calendar_id)
    url = reverse("admin:common_workcalendar_change", args=[calendar.pk])
    rows = {
        "segments-TOTAL_FORMS": 1,
        "segments-INITIAL_FORMS": 0,
        "exceptions-TOTAL_FORMS": 0,
        "exceptions-INITIAL_FORMS": 0,
    }
    segment = {
        "segments-0-weekday": 6,
        "segments-0-start_minute": "10:00",
        "segments-0-end_minute": "12:00",
        "segments-0-calendar": calendar.pk,
    }

    answer = inside.post(url, {"name": calendar.name, "zone": calendar.zone, **rows, **segment})

    assert answer.status_code == 302, answer.content
    calendar.refresh_from_db()
    assert calendar.version == 2
    assert calendar.segments.filter(weekday=6).exists()


def test_public_holidays_are_added_once(organisation: Unit, pmo: User) -> None:
    calendar = WorkCalendar.objects.get(pk=organisation.calendar_id)

    first = add_holidays(calendar, country="SE", year=2026, by=pmo)
    second = add_holidays(calendar, country="SE", year=2026, by=pmo)

    assert first >= 10
    assert second == 0
    assert calendar.exceptions.filter(on="2026-06-20").exists()  # Midsummer Day
    assert json.dumps(AuditEvent.objects.about("calendar", calendar.pk).first().after)  # type: ignore[union-attr]


def test_a_password_never_stands_in_the_log(inside: Client, pmo: User) -> None:
    url = reverse("admin:accounts_user_change", args=[pmo.pk])
    rows = {"assignments-TOTAL_FORMS": 0, "assignments-INITIAL_FORMS": 0}

    inside.post(
        url, {"username": "pmo", "title": "Lead", "language": "sv", "is_active": "on", **rows}
    )

    event = AuditEvent.objects.about("person", pmo.pk).first()
    assert event is not None
    assert event.after.get("title") == "Lead"
    assert "password" not in json.dumps([event.before, event.after])


def _calendar_form(calendar: WorkCalendar, **more: object) -> dict[str, object]:
    rows = {
        f"{name}-{count}_FORMS": 0
        for name in ("segments", "exceptions")
        for count in ("TOTAL", "INITIAL")
    }
    return {"name": calendar.name, "zone": calendar.zone, **rows, **more}


def test_an_administrator_adds_a_country_s_holidays_to_a_calendar(
    inside: Client, organisation: Unit
) -> None:
    calendar = WorkCalendar.objects.get(pk=organisation.calendar_id)
    url = reverse("admin:common_workcalendar_change", args=[calendar.pk])

    answer = inside.post(
        url, _calendar_form(calendar, holidays_country="se", holidays_year="2026"), follow=True
    )

    assert "holidays added" in answer.content.decode()
    assert calendar.exceptions.filter(on="2026-06-20").exists()  # Midsummer Day
    assert not calendar.exceptions.filter(name="Söndag").exists()
    assert ChangeMark.objects.filter(kind="calendar", object_id=calendar.pk).exists()
    assert AuditEvent.objects.about("calendar", calendar.pk).first().actor.username == "admin"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"holidays_country": "XX", "holidays_year": "2026"}, "No holidays are known"),
        ({"holidays_country": "SE"}, "Give both the country and the year"),
        ({"holidays_year": "2026"}, "Give both the country and the year"),
        ({"zone": "Europe/Nowhere"}, "There is no such zone"),
    ],
)
def test_a_calendar_nobody_can_keep_is_refused(
    inside: Client, organisation: Unit, more: dict[str, object], sentence: str
) -> None:
    calendar = WorkCalendar.objects.get(pk=organisation.calendar_id)
    url = reverse("admin:common_workcalendar_change", args=[calendar.pk])

    answer = inside.post(url, _calendar_form(calendar, **more))

    assert (answer.status_code, WorkCalendar.objects.get(pk=calendar.pk).version) == (200, 1)
    assert sentence in answer.content.decode()


def test_the_way_to_administration_is_for_administrators(
    inside: Client, pmo: User, client: Client
) -> None:
    client.force_login(pmo)

    assert 'href="/admin/"' in inside.get("/today/").content.decode()
    assert 'href="/admin/"' not in client.get("/today/").content.decode()


def test_nothing_is_deleted_in_bulk_and_ledgers_not_at_all(inside: Client) -> None:
    for model, options in admin.site._registry.items():
        assert "delete_selected" not in options.get_actions(_request(inside)), model
        assert not options.has_delete_permission(_request(inside)), model


def _request(client: Client) -> object:
    from django.test import RequestFactory

    request = RequestFactory().get("/admin/")
    request.user = User.objects.get(username="admin")
    return request


def test_the_administrator_s_log_holds_no_business_and_no_money(
    inside: Client, organisation: Unit
) -> None:
    make_project(unit=organisation, name="Zebra", current_budget=1234567)

    page = inside.get(reverse("admin:common_auditevent_changelist")).content.decode()
    event = AuditEvent.objects.filter(kind="project").first()
    assert event is not None
    one = inside.get(reverse("admin:common_auditevent_change", args=[event.pk]))

    assert "Unit created" in page
    assert "project." not in page
    assert one.status_code == 302
    assert "1234567" not in page


def test_a_password_that_an_administrator_sets_opens_the_door(inside: Client, pmo: User) -> None:
    url = reverse("admin:auth_user_password_change", args=[pmo.pk])
    secret = "Hamnen-vid-bron-42"

    answer = inside.post(url, {"usable_password": "true", "password1": secret, "password2": secret})

    assert answer.status_code == 302, answer.content
    assert User.objects.get(pk=pmo.pk).check_password(secret)
    assert AuditEvent.objects.about("person", pmo.pk).first().action == "person.password_set"  # type: ignore[union-attr]
    assert secret not in json.dumps(list(AuditEvent.objects.values_list("after", flat=True)))


@pytest.mark.parametrize("language", ["en", "sv"])
def test_days_and_times_are_written_as_on_every_other_page(
    inside: Client, organisation: Unit, language: str
) -> None:
    User.objects.filter(username="admin").update(language=language)
    at = dt.datetime(2026, 3, 5, 13, 7, tzinfo=dt.UTC)
    run = RollupRun.objects.create(
        mode="day_end", state="done", on=at.date(), started_at=at, heartbeat_at=at, ended_at=at
    )

    shown = inside.get(reverse("admin:portfolio_rolluprun_changelist")).content.decode()

    assert str(run.on) in shown
    assert "2026-03-05 14:07" in shown
