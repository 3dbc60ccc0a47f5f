"""Django admin: our roles open it, every save is audited, ledgers are read-only."""

import json

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts.domain.roles import Role
from accounts.models import Unit, User
from common.admin import add_holidays
from common.models import AuditEvent, ChangeMark, RuleSet, WorkCalendar
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
    from projects.domain.limits import DEFAULTS
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
    assert (before.rule_version, after.rule_version) == ("1.0", "1.1")
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
        "segments-0-start_minute": 600,
        "segments-0-end_minute": 720,
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
