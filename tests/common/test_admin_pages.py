"""Every page of Django admin opened and saved; nothing saved over, nothing of others found."""

import datetime as dt
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts.actions import assign_role
from accounts.domain.roles import Role
from accounts.models import Unit, User
from common.admin import AuditedAdmin
from common.models import AuditEvent, CalendarException, ChangeMark, RuleSet, WordPack, WorkCalendar
from improvements.models import ScoringModel
from portfolio import actions
from portfolio.models import ReportingPeriod
from projects.models import ProjectType
from services.models import ServiceStanding
from tests.factories.accounts import make_organisation, make_person, make_unit
from tests.factories.services import make_service

pytestmark = pytest.mark.django_db

EDITED = [
    name for name, options in ((m._meta.label, o) for m, o in admin.site._registry.items())
    if isinstance(options, AuditedAdmin) and name != "common.RuleSet"
]  # fmt: skip


@pytest.fixture
def inside(organisation: Unit) -> Client:
    client = Client()
    client.force_login(make_person(unit=organisation, role=Role.APP_ADMIN, username="admin"))
    return client


@pytest.fixture
def rows(organisation: Unit, pmo: User) -> dict[str, Any]:
    day = dt.date(2026, 1, 1)
    return {
        "accounts.User": pmo,
        "accounts.Unit": make_unit(parent=organisation),
        "common.WorkCalendar": WorkCalendar.objects.get(pk=organisation.calendar_id),
        "common.WordPack": WordPack.objects.first(),
        "portfolio.ReportingPeriod": ReportingPeriod.objects.create(
            root=organisation, kind="month", starts_on=day, ends_on=day.replace(month=2),
            cutoff_on=day.replace(month=2, day=5),
        ),
        "projects.ProjectType": ProjectType.objects.create(name="Development"),
        "improvements.ScoringModel": ScoringModel.objects.first(),
    }  # fmt: skip


def url_of(row: Any) -> str:
    name = f"{row._meta.app_label}_{row._meta.model_name}"
    return reverse(f"admin:{name}_change", args=[row.pk])


def filled_in(page: Any) -> dict[str, Any]:
    """Return what a browser would post from the page as it stands."""
    found: dict[str, Any] = {}
    forms = [page.context["adminform"].form]
    for inline in page.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    for form in forms:
        for bound in form:
            value = bound.value()
            if value is True:
                value = "on"
            if value is not None and value is not False:
                found[bound.html_name] = getattr(value, "pk", value)
    return found


def test_every_page_that_changes_something_is_tried_here(rows: dict[str, Any]) -> None:
    assert set(rows) == set(EDITED)
    assert all(rows.values())


@pytest.mark.parametrize("label", EDITED)
def test_a_page_opens_and_is_saved_and_told(
    inside: Client, rows: dict[str, Any], label: str
) -> None:
    row = rows[label]
    page = inside.get(url_of(row))
    form = filled_in(page)
    before = AuditEvent.objects.count()

    answer = inside.post(url_of(row), form)

    assert answer.status_code == 302, answer.context["errors"]
    assert form["seen"]
    assert AuditEvent.objects.count() > before
    again = filled_in(inside.get(url_of(row)))
    assert {k: v for k, v in again.items() if k != "seen"} == {
        k: v for k, v in form.items() if k != "seen"
    }


@pytest.mark.parametrize(
    "label", [label for label in EDITED if label != "portfolio.ReportingPeriod"]
)
def test_nobody_saves_over_what_somebody_else_has_saved(
    inside: Client, rows: dict[str, Any], label: str
) -> None:
    row = rows[label]
    name = "title" if label == "accounts.User" else "name"
    mine = {**filled_in(inside.get(url_of(row))), name: "Mine"}
    type(row).objects.filter(pk=row.pk).update(**{name: "Theirs"})

    answer = inside.post(url_of(row), mine)

    row.refresh_from_db()
    assert answer.status_code == 409
    assert getattr(row, name) == "Theirs"
    assert "Somebody else has saved this" in answer.content.decode()
    kept = filled_in(answer)
    assert kept[name] == "Mine"
    assert inside.post(url_of(row), kept).status_code == 302
    row.refresh_from_db()
    assert getattr(row, name) == "Mine"


def test_a_changed_row_inside_counts_as_saved_by_somebody_else(
    inside: Client, rows: dict[str, Any]
) -> None:
    calendar = rows["common.WorkCalendar"]
    mine = filled_in(inside.get(url_of(calendar)))
    CalendarException.objects.create(calendar=calendar, on=dt.date(2026, 12, 24))

    assert inside.post(url_of(calendar), mine).status_code == 409


def test_a_saved_calendar_has_what_runs_by_it_judged_anew(
    inside: Client, organisation: Unit
) -> None:
    service = make_service(unit=organisation)
    actions.sweep()
    ServiceStanding.objects.filter(service=service).update(overall="red", input_hash="old")
    calendar = WorkCalendar.objects.get(pk=organisation.calendar_id)

    answer = inside.post(url_of(calendar), filled_in(inside.get(url_of(calendar))))

    assert answer.status_code == 302
    assert ChangeMark.objects.filter(kind="calendar").exists()
    actions.sweep()
    assert ServiceStanding.objects.get(service=service).overall == "grey"


def test_the_administration_is_entered_by_the_one_log_in_there_is(
    organisation: Unit, pmo: User, client: Client
) -> None:
    admin_person = make_person(unit=organisation, role=Role.APP_ADMIN, username="admin")
    admin_person.set_password("Hamnen-vid-bron-42")
    admin_person.save()
    wanted = "/admin/accounts/user/"
    door = client.get(wanted, follow=True)

    answer = client.post(
        door.request["PATH_INFO"],
        {"login": "admin", "password": "Hamnen-vid-bron-42", "next": wanted},
    )

    assert door.request["PATH_INFO"] == reverse("account_login")
    assert f'value="{wanted}"' in door.content.decode()
    assert answer.headers["Location"] == wanted
    own = client.get("/admin/password_change/").headers["Location"]
    assert own == reverse("account_change_password")
    client.force_login(pmo)
    assert client.get(wanted, follow=True).status_code == 403


# --- one organisation's administrator ----------------------------------------------------------


@pytest.fixture
def elsewhere(db: None) -> Unit:
    return make_organisation(name="Elsewhere")


def test_an_administrator_finds_the_people_and_units_of_the_own_organisation_only(
    inside: Client, elsewhere: Unit, pmo: User
) -> None:
    theirs = make_person(unit=elsewhere, role=Role.PMO_LEAD, username="theirs")
    root = User.objects.create_superuser("root", password="Hamnen-vid-bron-42")

    people = inside.get(reverse("admin:accounts_user_changelist")).content.decode()
    units = inside.get(reverse("admin:accounts_unit_changelist")).content.decode()

    assert "pmo" in people
    assert "theirs" not in people
    assert "Elsewhere" not in units
    for row in (theirs, root, elsewhere):
        assert inside.get(url_of(row)).status_code == 302
    secret = {"usable_password": "true", "password1": "Bron-vid-hamnen-42",
              "password2": "Bron-vid-hamnen-42"}  # fmt: skip
    for person in (theirs, root):
        answer = inside.post(reverse("admin:auth_user_password_change", args=[person.pk]), secret)
        assert answer.status_code in {302, 403, 404}
        assert not User.objects.get(pk=person.pk).check_password("Bron-vid-hamnen-42")
    log = inside.get(reverse("admin:common_auditevent_changelist")).content.decode()
    assert "theirs" not in log


def test_a_person_who_also_works_elsewhere_is_seen_and_not_taken_over(
    inside: Client, organisation: Unit, elsewhere: Unit
) -> None:
    shared = make_person(unit=organisation, role=Role.EXECUTIVE, username="shared")
    assign_role(shared, Role.PMO_LEAD, elsewhere, by=None)

    page = inside.get(url_of(shared))

    assert page.status_code == 200
    assert "Elsewhere" not in page.content.decode()
    assert inside.post(url_of(shared), {"username": "mine"}).status_code == 403


def test_no_role_is_given_and_no_unit_put_in_another_organisation(
    inside: Client, organisation: Unit, elsewhere: Unit, pmo: User
) -> None:
    form = filled_in(inside.get(url_of(pmo)))
    role = {"assignments-TOTAL_FORMS": 2, "assignments-1-role": "pmo_lead",
            "assignments-1-unit": elsewhere.pk, "assignments-1-user": pmo.pk}  # fmt: skip
    unit = {"name": "School", "kind": "department", "fiscal_start_month": 1}
    add = reverse("admin:accounts_unit_add")

    assert inside.post(url_of(pmo), {**form, **role}).status_code == 200
    assert inside.post(add, {**unit, "parent": elsewhere.pk}).status_code == 200
    assert inside.post(add, {**unit, "currency": "SEK", "zone": "UTC"}).status_code == 200

    assert not pmo.assignments.filter(unit=elsewhere).exists()
    assert not Unit.objects.filter(name="School").exists()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("zone", "Europe/Nowhere", "There is no zone"),
        ("zone", "UTC", "can no longer be changed"),
        ("currency", "kr", "is no currency"),
        ("currency", "NOK", "can no longer be changed"),
        ("fiscal_start_month", "5", "can no longer be changed"),
    ],
)
def test_what_figures_were_counted_by_is_fixed_once_there_are_any(
    inside: Client, organisation: Unit, field: str, value: str, sentence: str
) -> None:
    make_service(unit=organisation)
    form = {**filled_in(inside.get(url_of(organisation))), field: value}

    answer = inside.post(url_of(organisation), form)

    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert RuleSet.objects.count() == 0
