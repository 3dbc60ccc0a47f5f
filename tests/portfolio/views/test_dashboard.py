"""The first screen: every number leads to exactly the rows it counts, whoever reads it."""

import datetime as dt
import html
import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.domain.roles import Role
from accounts.models import Unit, User
from common import clock, statements
from common.models import RuleSet
from common.subjects import Subject
from improvements.actions import Wish, decide
from improvements.domain.approvals import Deed
from portfolio import actions, queries
from portfolio.models import UnitTotal
from portfolio.views import board, lead
from projects.actions import publish_report
from projects.models import ProjectStanding
from tests.factories.accounts import make_organisation, make_person, make_unit
from tests.factories.improvements import make_improvement, make_shaped
from tests.factories.projects import make_project
from tests.factories.services import make_agreement, make_outage, make_service
from tests.factories.world import make_keeper, make_people, make_records

pytestmark = pytest.mark.django_db

_LINK = re.compile(r'<a[^>]*href="([^"]+)"[^>]*>(.*?)</a>', re.DOTALL)
#: a plan that is not over yet, however long these tests live
LATER = dict.fromkeys(
    ("planned_finish_on", "baseline_finish_on", "forecast_finish_on"), dt.date(2090, 1, 1)
)
_LISTS = ("/projects/?", "/services/?", "/improvements/?")


@pytest.fixture
def people(organisation: Unit) -> dict[str, User]:
    return make_people(organisation)


@pytest.fixture
def town(organisation: Unit, people: dict[str, User]) -> Unit:
    """Two departments with every colour on both sides, some of it hidden, closed or archived."""
    school = make_unit(parent=organisation, name="School")
    care = make_unit(parent=organisation, name="Care")
    keeper = make_keeper(organisation)
    manager, owner = people["project_manager"], people["service_owner"]
    for place in (school, care):
        make_project(unit=place, manager=manager, **LATER)
        late = make_project(unit=place, forecast_cost=Decimal(1_080_000))
        over = make_project(unit=place, forecast_cost=Decimal(1_500_000), manager=manager)
        make_project(unit=place, forecast_cost=Decimal(1_500_000), is_confidential=True)
        make_project(unit=place, phase="closed", forecast_cost=Decimal(1_500_000))
        make_service(unit=place, owner=owner)
        down = make_service(unit=place)
        make_agreement(service=down, availability=Decimal("99.9"))
        make_outage(service=down, hours=None)
        make_service(unit=place, status="retired")
        make_service(unit=place, is_confidential=True)
        make_improvement(by=keeper, unit=place)
        make_shaped(by=keeper, service=down)
        publish_report(late, {"summary": "All is well."}, by=None)
        publish_report(over, {"summary": "It costs more.", "decisions_needed": "Money"}, by=None)
    gone = make_project(unit=school, overlay="")
    type(gone).objects.filter(pk=gone.pk).update(overlay="stopped")
    parked = make_improvement(by=keeper, unit=school)
    type(parked).objects.filter(pk=parked.pk).update(state="declined")
    actions.full()
    # Reported better than measured, by one step and by two; better than measured by the report.
    for pk, reported in zip(
        ProjectStanding.objects.filter(overall="red").values_list("pk", flat=True),
        ["amber", "green", "red"],
        strict=False,
    ):
        ProjectStanding.objects.filter(pk=pk).update(reported=reported)
    return school


def _read(client: Client, url: str) -> Any:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer


def _counted(page: Any) -> list[tuple[str, int]]:
    """Return every link to a list that says a number, and the number."""
    found = []
    for address, inner in _LINK.findall(page.content.decode()):
        words = re.sub(r"<title>.*?</title>|<[^>]+>", " ", inner, flags=re.DOTALL)
        number = re.search(r"\d[\d\s\u00a0\u202f]*", words)
        if html.unescape(address).startswith(_LISTS) and number:
            found.append((html.unescape(address), int(re.sub(r"\D", "", number[0]))))
    return found


@pytest.mark.parametrize("side", ["", "projects", "services"])
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.APP_ADMIN])
def test_every_count_equals_the_list_it_opens(
    town: Unit, people: dict[str, User], role: Role, side: str
) -> None:
    client = Client()
    client.force_login(people[role.value])

    for query in (f"?side={side}", f"?side={side}&unit={town.pk}"):
        counted = _counted(_read(client, f"/{query}"))
        rows = {
            address: _read(client, address).context["list_page"].count for address, _ in counted
        }

        assert len(counted) >= 4
        assert dict(counted) == rows


def test_colours_of_both_sides_are_there_to_be_counted(town: Unit, people: dict[str, User]) -> None:
    """Else the test above could pass on noughts."""
    counts = queries.board_counts(people["pmo_lead"], queries.Place())

    assert counts["project"].by_colour["red"] >= 2
    assert counts["project"].by_colour["green"] >= 2
    assert counts["service"].by_colour["red"] == 2
    assert sum(counts["project"].better.values()) >= 1


@pytest.mark.parametrize("role", list(Role))
def test_flow_states_lead_to_as_many_rows(town: Unit, people: dict[str, User], role: Role) -> None:
    person = people[role.value]
    client = Client()
    client.force_login(person)
    place = queries.Place()

    for waiting in queries.flow(person, place, board.FLOW_STATES):
        address = board.rows_url("improvements", place, state=waiting.state)
        assert _read(client, address).context["list_page"].count == waiting.count


def test_the_decisions_named_first_are_those_of_today(town: Unit, people: dict[str, User]) -> None:
    client = Client()
    client.force_login(people["improvement_manager"])

    (link,) = _read(client, "/").context["lede"][0].links
    today = _read(client, "/today/").context["decisions"]

    assert link.url == "/today/"
    assert int(re.sub(r"\D", "", link.text)) == len(today) == 2


def test_money_shares_count_only_what_one_may_see(
    organisation: Unit, people: dict[str, User]
) -> None:
    mine = make_project(
        unit=organisation, manager=people["project_manager"],
        current_budget=Decimal(100), forecast_cost=Decimal(100),
    )  # fmt: skip
    make_project(unit=organisation, current_budget=Decimal(900))
    actions.full()

    def money(role: str) -> Decimal:
        counts = queries.board_counts(people[role], queries.Place())
        return sum(counts["project"].money.values(), Decimal(0))

    assert mine.manager == people["project_manager"]
    assert (money("project_manager"), money("pmo_lead"), money("auditor")) == (100, 1000, 1000)
    # Sums are an executive's, single amounts are not; of two projects not even a share is told.
    assert (money("executive"), money("improvement_manager")) == (1000, 0)
    assert (
        queries.board_counts(people["executive"], queries.Place())["project"].share_of_red is None
    )


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("url", "statements"), [("/", 12), ("/today/", 10), ("/search/?q=o", 5)])
def test_statements_do_not_grow_with_rows(
    organisation: Unit, pmo: User, rows: int, url: str, statements: int,
    django_assert_num_queries: Any,
) -> None:  # fmt: skip
    keeper = make_keeper(organisation)
    for number in range(rows):
        make_records(unit=organisation, word=f"No {number}", by=keeper, manager=pmo, owner=pmo)
    actions.full()
    actions.write_day(organisation, dt.datetime.now(dt.UTC).date())
    client = Client()
    client.force_login(pmo)
    client.get(url)  # the visit is noted once

    with django_assert_num_queries(statements):
        client.get(url)


@pytest.mark.parametrize("role", ["pmo_lead", "executive", "project_manager", "service_owner"])
def test_however_few_are_shown_they_are_the_worst(
    town: Unit, people: dict[str, User], role: str
) -> None:
    make_project(unit=town, name="not judged yet")
    make_service(unit=town, name="not judged yet")
    reader, everywhere = people[role], queries.Place()
    counts = queries.board_counts(reader, everywhere)

    for kind, rows in (("project", queries.project_rows), ("service", queries.service_rows)):
        whole = rows(reader, everywhere, counts[kind], 99)
        colours = [row.standing.overall if row.standing else "grey" for row in whole]
        shown = [rows(reader, everywhere, counts[kind], n) for n in range(1, len(whole) + 1)]

        assert len(whole) == counts[kind].total
        assert colours == sorted(colours, key=["red", "amber", "grey", "green"].index)
        assert shown == [whole[:n] for n in range(1, len(whole) + 1)]


def test_the_dearest_comes_first_and_what_has_no_budget_last(organisation: Unit, pmo: User) -> None:
    for budget in (None, Decimal(9), Decimal(10)):
        make_project(unit=organisation, name=f"{budget}", current_budget=budget)
    everywhere = queries.Place()
    counts = queries.board_counts(pmo, everywhere)["project"]

    shown = queries.project_rows(pmo, everywhere, counts, 3)

    assert [row.name for row in shown] == ["10", "9", "None"]


def test_a_newcomers_next_page_builds_no_statement(
    pmo: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client()
    client.force_login(pmo)
    _read(client, "/")

    monkeypatch.setattr(statements, "_compiled", None)

    assert _read(client, "/").status_code == 200


def test_only_the_board_is_drawn_when_htmx_asks_for_it(town: Unit, people: dict[str, User]) -> None:
    client = Client()
    client.force_login(people["pmo_lead"])

    part = client.get("/", headers={"HX-Request": "true", "HX-Target": "board"}).content.decode()
    restored = client.get(
        "/",
        headers={
            "HX-Request": "true",
            "HX-Target": "board",
            "HX-History-Restore-Request": "true",
        },
    ).content.decode()

    assert part.lstrip().startswith('<div id="board"')
    assert restored.lstrip().lower().startswith("<!doctype html>")


def test_a_unit_of_others_is_no_filter(town: Unit, stranger: User) -> None:
    client = Client()
    client.force_login(stranger)

    page = _read(client, f"/?unit={town.pk}")

    assert page.context["place"].unit is None
    assert page.context["counts"]["project"].total == 0


def test_an_empty_organisation_is_greeted_and_nothing_falls(organisation: Unit, pmo: User) -> None:
    client = Client()
    client.force_login(pmo)

    for url in ("/", "/today/", "/about/", "/search/?q=x", "/search/"):
        assert _read(client, url)


def test_a_change_of_colour_stands_on_the_screen_until_the_next_visit(
    organisation: Unit, pmo: User
) -> None:
    project = make_project(unit=organisation, name="Wi-Fi renewal")
    actions.full()
    ProjectStanding.objects.update(overall="green", input_hash="")
    client = Client()
    client.force_login(pmo)
    _read(client, "/")
    type(project).objects.update(forecast_cost=Decimal(1_500_000))
    actions.full()

    moved = _read(client, "/").context["changes"]

    assert [(row["title"], row["old"], row["new"]) for row in moved] == [
        ("Wi-Fi renewal", "green", "red")
    ]
    assert moved[0]["text"]


def test_the_trend_says_how_many_one_cannot_open(organisation: Unit, people: Any) -> None:
    make_project(unit=organisation)
    for _ in range(2):
        make_project(unit=organisation, is_confidential=True)
    actions.full()
    actions.write_day(organisation, dt.datetime.now(dt.UTC).date())
    client = Client()
    client.force_login(people["executive"])

    page = _read(client, "/")

    assert UnitTotal.objects.get(kind="project").subjects == 3
    assert page.context["trend"]["hidden"] == 2
    assert "Includes 2 that you cannot open" in page.content.decode()


def test_no_roll_up_of_a_unit_without_the_right_to_it(organisation: Unit) -> None:
    school = make_unit(parent=organisation)
    make_project(unit=organisation)
    actions.full()
    actions.write_day(organisation, dt.datetime.now(dt.UTC).date())
    teacher = make_person(unit=school, role=Role.EXECUTIVE)
    as_of = dt.datetime.now(dt.UTC).date()

    above = queries.trend(teacher, queries.Place(unit=organisation), "project", as_of)
    own = queries.trend(teacher, queries.Place(unit=school), "project", as_of)

    assert above is None
    assert own is None or own.total == 0


def test_two_organisations_are_never_added_together(organisation: Unit, stranger: User) -> None:
    make_project(unit=organisation, current_budget=Decimal(500))
    make_project(unit=make_organisation(), current_budget=Decimal(700))
    actions.full()

    counts = queries.board_counts(stranger, queries.Place())

    assert counts["project"].total == 0


def test_a_decision_taken_is_a_decision_no_longer_needed(
    organisation: Unit, people: dict[str, User]
) -> None:
    chair = people["improvement_manager"]
    row = make_improvement(by=make_keeper(organisation), unit=organisation)
    before = queries.decisions(chair, queries.Place(), 9)

    decide(row, Wish(deed=Deed.DECLINE, reason="Done already"), by=chair, expected=row.version)

    assert [d.subject.id for d in before if d.is_mine] == [row.pk]
    assert queries.decisions(chair, queries.Place(), 9) == []


def test_the_flow_counts_all_even_where_it_draws_a_sample() -> None:
    from portfolio.queries import Place
    from portfolio.queries.board import Waiting
    from portfolio.views.board import flow_chart

    ages = tuple(range(500))
    many = Waiting(state="shaped", ages=ages, late_ages=ages[100:], limit=99)

    found = flow_chart([many], Place())

    (column,) = found["chart"].states
    assert (column.total, column.late, column.median, found["total"]) == (500, 400, 249, 500)
    assert (len(column.ages), len(column.late_ages)) == (12, 48)
    assert max(column.ages) <= 99 < min(column.late_ages)
    assert max(column.late_ages) == 499


def test_the_flow_draws_the_limits_in_force_and_what_is_past_them(organisation: Unit) -> None:
    keeper = make_keeper(organisation)
    old, new = (make_improvement(by=keeper, unit=organisation) for _ in range(2))
    long_ago = clock.now() - dt.timedelta(days=20)
    type(old).objects.filter(pk=old.pk).update(state_since=long_ago, respond_by=None)
    type(new).objects.filter(pk=new.pk).update(respond_by=None)
    RuleSet.objects.create(
        area="improvements", version=1, values={"captured_days": 19}, created_at=clock.now()
    )
    actions.full()

    captured = queries.flow(keeper, queries.Place(), board.FLOW_STATES)[0]

    assert (captured.limit, captured.ages, captured.late_ages) == (19, (0, 20), (20,))


def _decision(**values: Any) -> queries.Decision:
    given = {"deed": "answer", "on": dt.date(2026, 11, 20), "is_late": False, "is_mine": True}
    subject = Subject("improvement", 1)
    return queries.Decision(subject=subject, title="", text="", **given | values)


@pytest.mark.parametrize(
    ("deed", "on", "is_late", "said"),
    [
        ("answer", dt.date(2026, 11, 25), False, ("in 2 days", False)),
        ("answer", dt.date(2026, 11, 23), False, ("today", False)),
        ("answer", dt.date(2026, 11, 22), False, ("1 day late", True)),
        ("decide", dt.date(2026, 11, 14), False, ("waited 9 days", False)),
        ("decide", dt.date(2026, 10, 4), True, ("waited 50 days", True)),
        ("asked", None, False, ("", False)),
    ],
)
def test_a_decision_says_how_far_off_its_day_is(
    deed: str, on: dt.date | None, is_late: bool, said: tuple[str, bool]
) -> None:
    decision = _decision(deed=deed, on=on, is_late=is_late)

    (row,) = lead.decision_rows([decision], dt.date(2026, 11, 23))

    assert (row["when"], row["is_late"]) == said


def test_no_more_is_counted_than_was_read() -> None:
    rows, day = [_decision()] * 3, dt.date(2026, 11, 23)
    counts = {kind: queries.Counts(by_colour={"red": 0, "grey": 0}, money={}, better={})
              for kind in ("project", "service")}  # fmt: skip

    cut, whole = (
        lead.lede(lead.waiting(rows, day, n), counts, queries.Place(), "")[0] for n in (3, 4)
    )

    assert (cut.links[0].text, whole.links[0].text) == ("3 or more decisions", "3 decisions")
    assert whole.text == "wait for you, 3 of them late"


def test_an_answered_proposal_waits_for_its_proposer_not_for_the_offices(
    organisation: Unit, people: dict[str, User]
) -> None:
    chair = people["improvement_manager"]
    row = make_improvement(by=make_keeper(organisation), unit=organisation)

    decide(row, Wish(deed=Deed.ASK, reason="How often?"), by=chair, expected=row.version)

    (asked,) = queries.decisions(chair, queries.Place(), 9)
    assert (asked.deed, asked.is_mine) == ("more", False)


def test_the_newest_changes_are_shown_and_the_rest_one_click_away(
    organisation: Unit, pmo: User
) -> None:
    projects = [make_project(unit=organisation) for _ in range(7)]
    actions.full()
    ProjectStanding.objects.update(overall="green", input_hash="")
    client = Client()
    client.force_login(pmo)
    _read(client, "/")
    type(projects[0]).objects.update(forecast_cost=Decimal(1_500_000))
    actions.full()

    page = _read(client, "/").context
    whole = _read(client, page["all_changes_url"].removesuffix("#changes-h").replace("?", "/?"))

    assert (len(page["changes"]), page["more_changes"], page["are_all_counted"]) == (5, 2, True)
    assert (len(whole.context["changes"]), whole.context["more_changes"]) == (7, 0)


@pytest.mark.parametrize(
    ("colours", "said"),
    [
        ({}, []),
        ({"green": 2}, ["Nothing is off track"]),
        ({"green": 2, "grey": 1}, ["Nothing is known to be off track", "is unknown"]),
        ({"red": 2, "grey": 1}, ["are off track"]),
    ],
)
def test_the_unknown_is_never_told_as_fine(colours: dict[str, int], said: list[str]) -> None:
    by_colour = dict.fromkeys(("red", "amber", "green", "grey"), 0)
    none = queries.Counts(by_colour=by_colour, money={}, better={})
    some = queries.Counts(by_colour=by_colour | colours, money={}, better={})

    _, *rest = lead.lede(
        lead.waiting([], clock.today(), 9), {"project": some, "service": none}, queries.Place(), ""
    )

    assert [sentence.text for sentence in rest] == said


@pytest.mark.parametrize("role", list(Role))
def test_nobody_is_led_to_a_page_that_refuses_them(
    organisation: Unit, people: dict[str, User], role: Role
) -> None:
    client = Client()
    client.force_login(people[role.value])

    for url in ("/", "/today/"):
        main = _read(client, url).content.decode().partition("<main")[2]
        for address in set(re.findall(r'href="(/[^"#]*)"', main)):
            assert client.get(html.unescape(address)).status_code < 400, address
