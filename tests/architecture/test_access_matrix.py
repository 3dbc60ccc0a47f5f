"""Who gets which answer at every address; an address that is not in the table fails."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.domain.roles import Role
from accounts.models import Unit, User
from portfolio import actions
from tests.factories.accounts import make_organisation, make_person, make_unit
from tests.factories.pages import every_page
from tests.factories.world import Records, make_keeper, make_people, make_records

pytestmark = pytest.mark.django_db

COLUMNS = (*(role.value for role in Role), "stranger", "anonymous")
# The project manager manages the project, the service owner owns the service. The stranger leads
# the project office of another organisation. A write is posted empty: 422 is "you may, but".
# Nobody founds an organisation where there is one. Columns: executive, project manager, service
# owner, process owner, improvement manager, project office, service office, auditor,
# administrator, stranger, nobody.
TABLE = """
GET  portfolio:dashboard             200 200 200 200 200 200 200 200 200 200 302
GET  portfolio:weeks                 200 200 200 200 200 200 200 200 200 200 302
GET  portfolio:today                 200 200 200 200 200 200 200 200 200 200 302
GET  portfolio:search                200 200 200 200 200 200 200 200 200 200 302
GET  portfolio:about                 200 200 200 200 200 200 200 200 200 200 302
GET  portfolio:pulse                 200 200 200 200 200 200 200 200 200 200 302
GET  common:healthz                  200 200 200 200 200 200 200 200 200 200 200
GET  common:readyz                   200 200 200 200 200 200 200 200 200 200 200
GET  common:job                      404 404 404 404 404 404 404 404 404 404 302
POST common:stop_job                 404 404 404 404 404 404 404 404 404 404 302
GET  common:resume                   303 303 303 303 303 303 303 303 303 303 302
GET  common:sheet                    200 200 200 200 200 200 200 200 200 200 200
GET  accounts:preferences            200 200 200 200 200 200 200 200 200 200 302
POST accounts:preferences            422 422 422 422 422 422 422 422 422 422 302
POST accounts:set_language           303 303 303 303 303 303 303 303 303 303 302
GET  projects:list                   200 200 200 200 200 200 200 200 200 200 302
GET  projects:create                 403 200 403 403 403 200 403 403 403 200 302
POST projects:create                 403 422 403 403 403 422 403 403 403 422 302
GET  projects:detail                 200 200 200 200 200 200 200 200 404 404 302
GET  projects:edit                   403 200 403 403 403 200 403 403 404 404 302
POST projects:edit                   403 422 403 403 403 422 403 403 404 404 302
GET  projects:move                   200 200 200 200 200 200 200 200 404 404 302
POST projects:move                   422 422 422 422 422 422 422 422 404 404 302
GET  projects:archive                403 200 403 403 403 200 403 403 404 404 302
POST projects:archive                403 422 403 403 403 422 403 403 404 404 302
GET  projects:log                    403 200 200 200 200 200 200 200 404 404 302
GET  projects:milestone_new          403 200 403 403 403 200 403 403 404 404 302
POST projects:milestone_new          403 422 403 403 403 422 403 403 404 404 302
GET  projects:milestone              403 200 403 403 403 200 403 403 404 404 302
POST projects:milestone              403 422 403 403 403 422 403 403 404 404 302
POST projects:milestone_remove       403 303 403 403 403 303 403 403 404 404 302
GET  projects:risks                  200 200 200 200 200 200 200 200 404 404 302
GET  projects:risk_new               403 200 403 403 403 200 403 403 404 404 302
POST projects:risk_new               403 422 403 403 403 422 403 403 404 404 302
GET  projects:risk                   403 200 403 403 403 200 403 403 404 404 302
POST projects:risk                   403 422 403 403 403 422 403 403 404 404 302
POST projects:risk_happened          403 422 403 403 403 422 403 403 404 404 302
GET  projects:issue_new              403 200 403 403 403 200 403 403 404 404 302
POST projects:issue_new              403 422 403 403 403 422 403 403 404 404 302
GET  projects:issue                  403 200 403 403 403 200 403 403 404 404 302
POST projects:issue                  403 422 403 403 403 422 403 403 404 404 302
GET  projects:reports                200 200 200 200 200 200 200 200 404 404 302
GET  projects:report_new             403 200 403 403 403 200 403 403 404 404 302
POST projects:report_new             403 422 403 403 403 422 403 403 404 404 302
POST projects:report_check           403 200 403 403 403 200 403 403 404 404 302
GET  projects:report                 200 200 200 200 200 200 200 200 404 404 302
GET  services:list                   200 200 200 200 200 200 200 200 200 200 302
GET  services:create                 403 403 403 403 403 403 200 403 403 403 302
POST services:create                 403 403 403 403 403 403 422 403 403 403 302
GET  services:detail                 200 200 200 200 200 200 200 200 404 404 302
GET  services:edit                   403 403 200 403 403 403 200 403 404 404 302
POST services:edit                   403 403 422 403 403 403 422 403 404 404 302
GET  services:status                 403 403 200 403 403 403 200 403 404 404 302
POST services:status                 403 403 422 403 403 403 422 403 404 404 302
POST services:archive                403 403 303 403 403 403 303 403 404 404 302
GET  services:history                403 200 200 200 200 200 200 200 404 404 302
GET  services:add_dependency         403 403 200 403 403 403 200 403 404 404 302
POST services:add_dependency         403 403 422 403 403 403 422 403 404 404 302
POST services:remove_dependency      403 403 303 403 403 403 303 403 404 404 302
GET  services:incidents              200 200 200 200 200 200 200 200 404 404 302
GET  services:incident               200 200 200 200 200 200 200 200 404 404 302
GET  services:availability           200 200 200 200 200 200 200 200 404 404 302
GET  services:outages                200 200 200 200 200 200 200 200 404 404 302
GET  services:record_outage          403 403 200 403 403 403 200 403 404 404 302
POST services:record_outage          403 403 422 403 403 403 422 403 404 404 302
GET  services:edit_outage            403 403 200 403 403 403 200 403 404 404 302
POST services:edit_outage            403 403 422 403 403 403 422 403 404 404 302
GET  services:close_outage           403 403 200 403 403 403 200 403 404 404 302
POST services:close_outage           403 403 422 403 403 403 422 403 404 404 302
POST services:withdraw_outage        403 403 303 403 403 403 303 403 404 404 302
POST services:remove_gap             403 403 303 403 403 403 303 403 404 404 302
GET  services:agreements             200 200 200 200 200 200 200 200 404 404 302
GET  services:dependencies           200 200 200 200 200 200 200 200 404 404 302
GET  services:set_agreement          403 403 200 403 403 403 200 403 404 404 302
POST services:set_agreement          403 403 422 403 403 403 422 403 404 404 302
GET  services:end_agreement          403 403 200 403 403 403 200 403 404 404 302
POST services:end_agreement          403 403 422 403 403 403 422 403 404 404 302
GET  services:add_measure            403 403 200 403 403 403 200 403 404 404 302
POST services:add_measure            403 403 422 403 403 403 422 403 404 404 302
GET  services:measure                200 200 200 200 200 200 200 200 404 404 302
POST services:measure                403 403 422 403 403 403 422 403 404 404 302
GET  services:edit_measure           403 403 200 403 403 403 200 403 404 404 302
POST services:edit_measure           403 403 422 403 403 403 422 403 404 404 302
GET  services:add_calendar_entry     403 403 200 403 403 403 200 403 404 404 302
POST services:add_calendar_entry     403 403 422 403 403 403 422 403 404 404 302
POST services:remove_calendar_entry  403 403 303 403 403 403 303 403 404 404 302
GET  improvements:list               200 200 200 200 200 200 200 200 200 200 302
GET  improvements:create             200 200 200 200 200 200 200 403 403 200 302
POST improvements:create             422 422 422 422 422 422 422 403 403 422 302
GET  improvements:backlog            200 200 200 200 200 200 200 200 403 200 302
GET  improvements:decide             403 403 200 403 403 200 200 403 404 404 302
POST improvements:decide             403 403 422 403 403 422 422 403 404 404 302
GET  improvements:detail             200 200 200 200 200 200 200 200 404 404 302
GET  improvements:consider           200 200 200 200 200 200 200 200 404 404 302
GET  improvements:edit               403 403 200 403 200 200 200 403 404 404 302
POST improvements:edit               403 403 422 403 422 422 422 403 404 404 302
GET  improvements:move               403 403 200 403 200 200 200 403 404 404 302
POST improvements:move               403 403 422 403 422 422 422 403 404 404 302
GET  improvements:services           403 403 200 403 200 200 200 403 404 404 302
POST improvements:services           403 403 422 403 422 422 422 403 404 404 302
GET  improvements:projects           403 403 200 403 200 200 200 403 404 404 302
POST improvements:projects           403 403 422 403 422 422 422 403 404 404 302
GET  improvements:start_project      403 403 403 403 403 403 403 403 404 404 302
POST improvements:start_project      403 403 403 403 403 403 403 403 404 404 302
GET  improvements:score              403 200 200 403 403 200 200 403 404 404 302
POST improvements:score              403 422 422 403 403 422 422 403 404 404 302
GET  improvements:methods            200 200 200 200 200 200 200 200 404 404 302
GET  improvements:trail              403 200 200 200 200 200 200 200 404 404 302
GET  improvements:service_panel      200 200 200 200 200 200 200 200 404 404 302
GET  improvements:project_panel      200 200 200 200 200 200 200 200 404 404 302
GET  exchange:list                   404 200 200 200 200 200 200 200 200 200 302
GET  exchange:upload                 404 200 200 200 200 200 200 404 200 200 302
GET  exchange:welcome                404 200 200 200 200 200 200 404 200 200 302
GET  exchange:welcome_panel          204 204 204 204 204 204 204 204 204 200 302
GET  exchange:found                  404 404 404 404 404 404 404 404 404 404 302
GET  exchange:to_fill_in             200 200 200 200 200 200 200 200 200 200 302
GET  exchange:mapping_to_copy        200 200 200 200 200 200 200 200 200 200 302
GET  exchange:detail                 404 200 404 404 404 200 200 200 404 404 302
GET  exchange:refused_rows           404 200 404 404 404 200 200 200 404 404 302
GET  exchange:mapping_used           404 200 404 404 404 200 200 200 404 404 302
GET  exchange:match                  404 200 404 404 404 404 404 404 404 404 302
POST exchange:match                  404 422 404 404 404 404 404 404 404 404 302
POST exchange:upload                 404 422 422 422 422 422 422 404 422 422 302
POST exchange:found                  404 404 404 404 404 404 404 404 404 404 302
POST exchange:confirm                404 303 404 404 404 303 303 403 404 404 302
POST exchange:discard                404 303 404 404 404 303 303 403 404 404 302
POST exchange:undo                   404 303 404 404 404 303 303 403 404 404 302
POST exchange:go_on                  404 303 404 404 404 303 303 403 404 404 302
POST exchange:end                    404 303 404 404 404 303 303 403 404 404 302
"""
OURS = [page for page in every_page() if not page.is_foreign]
#: an account page and what it answers (signed in, nobody)
ACCOUNT = {
    "account_login": (302, 200),
    "account_logout": (200, 302),
    "account_inactive": (200, 200),
    "account_reauthenticate": (200, 302),
    "account_change_password": (200, 302),
    "account_set_password": (302, 302),
    "account_reset_password": (200, 200),
    "account_reset_password_done": (200, 200),
    "account_reset_password_from_key_done": (200, 200),
}


def _rows() -> dict[tuple[str, str], list[int]]:
    rows = {}
    for line in TABLE.strip().splitlines():
        method, name, *statuses = line.split()
        assert len(statuses) == len(COLUMNS), line
        rows[method, name] = [int(status) for status in statuses]
    return rows


@contextmanager
def _undone() -> Iterator[None]:
    """Let every request meet the same world."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def unit(organisation: Unit) -> Unit:
    return make_unit(parent=organisation, name="Digital services")


@pytest.fixture
def people(organisation: Unit) -> dict[str, User]:
    return make_people(organisation)


@pytest.fixture
def records(unit: Unit, people: dict[str, User]) -> Records:
    made = make_records(
        unit=unit, word="Open", by=make_keeper(unit),
        manager=people["project_manager"], owner=people["service_owner"],
        imported_by=people["project_manager"],
    )  # fmt: skip
    actions.full()
    return made


@pytest.fixture
def clients(people: dict[str, User]) -> dict[str, Client]:
    stranger = make_person(unit=make_organisation(), role=Role.PMO_LEAD)
    found = {}
    for name, person in {**people, "stranger": stranger, "anonymous": None}.items():
        found[name] = Client(raise_request_exception=False)
        if person:
            found[name].force_login(person)
    return found


def _ask(client: Client, method: str, url: str) -> int:
    with _undone():
        return int(getattr(client, method.lower())(url).status_code)


def _counts() -> dict[str, int]:
    return {m._meta.label: m._base_manager.count() for m in apps.get_models()}


def test_every_address_is_in_the_table() -> None:
    listed = {name for _method, name in _rows()}

    assert {page.name for page in OURS} == listed


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_everybody_gets_the_answer_of_the_table(
    records: Records, clients: dict[str, Client], method: str
) -> None:
    wrong = {}
    for page in OURS:
        expected = _rows().get((method, page.name))
        got = [_ask(clients[who], method, page.url(records)) for who in COLUMNS]
        if expected is None:
            # Nobody is told more of an address than that it takes the other method.
            expected = [405] * (len(COLUMNS) - 1) + [405 if page.view.access == "public" else 302]
        if got != expected:
            wrong[f"{method} {page.name}"] = " ".join(map(str, got))

    assert wrong == {}


def test_what_a_person_may_not_see_is_not_there_whatever_they_do(
    unit: Unit, people: dict[str, User], clients: dict[str, Client]
) -> None:
    hidden = make_records(unit=unit, word="Hidden", by=make_keeper(unit), is_confidential=True)

    told = {
        (method, page.name, who): status
        for page in OURS
        if "key" in page.parameters
        for method in ("GET", "POST")
        for who in ("pmo_lead", "smo_lead", "improvement_manager", "auditor")
        if (status := _ask(clients[who], method, page.url(hidden))) not in {404, 405}
    }

    assert told == {}


def test_reading_never_writes(records: Records, clients: dict[str, Client]) -> None:
    before = _counts()
    for who in ("pmo_lead", "smo_lead", "improvement_manager"):
        for page in OURS:
            clients[who].get(page.url(records))

    assert _counts() == before


def test_a_post_from_elsewhere_is_refused(records: Records, people: dict[str, User]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(people["pmo_lead"])
    taken = {}
    before = _counts()

    for page in OURS:
        status = client.post(page.url(records)).status_code
        if ("POST", page.name) in _rows() and status != 403:
            taken[page.name] = status

    assert taken == {}
    assert _counts() == before


@pytest.mark.parametrize("key", ["PRJ-0", "prj", "SVC-1", "PRJ-99999999999999999999", "IMP-1"])
def test_a_key_of_another_kind_or_of_nothing_is_not_there(
    clients: dict[str, Client], key: str
) -> None:
    assert clients["pmo_lead"].get(f"/projects/{key}/").status_code == 404


def test_a_refusal_by_role_changes_nothing(records: Records, clients: dict[str, Client]) -> None:
    """A complete form of somebody without the right: refused with a reason, nothing written."""
    project, service, improvement = records.subjects
    posts = [
        ("projects:move", [project.key],
         {"target": "closing", "reason": "Done", "version": project.version}),
        ("improvements:decide", [improvement.key, "decline"],
         {"reason": "No", "version": improvement.version}),
        ("services:status", [service.key],
         {"target": "retired", "reason": "Old", "version": service.version}),
    ]  # fmt: skip
    before = _counts()

    for name, args, form in posts:
        for who in ("executive", "auditor"):
            answer = clients[who].post(reverse(name, args=args), form)
            assert answer.status_code in {403, 422}, (name, who)

    assert _counts() == before


def test_account_pages_open_for_nobody_else(clients: dict[str, Client]) -> None:
    inside, outside = clients["executive"], clients["anonymous"]
    answers = {
        name: (_ask(inside, "get", reverse(name)), _ask(outside, "get", reverse(name)))
        for name in ACCOUNT
    }

    assert answers == ACCOUNT


def test_admin_opens_for_the_administrator_alone(
    records: Records, clients: dict[str, Client]
) -> None:
    names = ["admin:index", "admin:password_change", "admin:autocomplete"]
    for model in admin.site._registry:
        place = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        names += [f"{place}_changelist", f"{place}_add"]

    let_in = {
        (who, name): status
        for who in ("pmo_lead", "smo_lead", "auditor", "anonymous")
        for name in names
        if (status := clients[who].get(reverse(name)).status_code) != 302
    }

    assert let_in == {}
    assert clients["app_admin"].get(reverse("admin:index")).status_code == 200


@pytest.mark.parametrize("who", ["pmo_lead", "anonymous"])
def test_headers_stand_on_every_answer(
    records: Records, clients: dict[str, Client], who: str
) -> None:
    urls = ["/", "/projects/", "/projects/PRJ-0/", "/services/new/", "/healthz", "/account/login/"]
    statuses = set()
    for url in urls:
        answer = clients[who].get(url)
        statuses.add(answer.status_code)
        policy = answer["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "style-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["X-Frame-Options"] == "DENY"

    assert statuses == ({200, 403, 404, 302} if who == "pmo_lead" else {200, 302})
