"""The demo is alive, believable, and agrees with itself."""

import datetime as dt
from collections import Counter
from decimal import Decimal

import pytest
from django.contrib.auth import authenticate
from django.db.models import Count, F, Max, Q
from django.test import RequestFactory

from accounts.models import Unit, User
from common import clock
from common.domain.health import Colour, steps_between
from common.models import AuditEvent, ChangeMark
from demo.load import Loaded
from demo.moment import ZONE, Moment
from demo.people import free_days
from exchange.models import ImportBatch
from improvements.models import Decision, Improvement, ImprovementStanding
from portfolio import queries
from portfolio.actions import verify
from portfolio.models import Snapshot, SnapshotDay, StandingChange, UnitTotal
from portfolio.sides import SIDES
from projects.models import Milestone, Project, ProjectStanding, StatusReport, StatusReportLine
from services.models import (
    Incident,
    MeasurePoint,
    Outage,
    Service,
    ServiceDependency,
    ServiceStanding,
    StatusSpan,
)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("nordvik"),
    pytest.mark.xdist_group("demo"),
]
EVERYWHERE = queries.Place()
ROLES = {
    "pmo": "pmo_lead",
    "smo": "smo_lead",
    "pm": "project_manager",
    "owner": "service_owner",
    "benefit": "process_owner",
    "manager": "improvement_manager",
    "executive": "executive",
    "auditor": "auditor",
    "admin": "app_admin",
}


def person(username: str) -> User:
    return User.objects.get(username=username)


def root() -> Unit:
    return Unit.objects.roots().get()


# --- What there is ------------------------------------------------------------------------------


def test_it_has_the_size_of_a_municipality(nordvik: Loaded) -> None:
    assert (nordvik.projects, nordvik.services, nordvik.improvements) == (41, 27, 63)
    assert 14_000 <= nordvik.incidents <= 19_000
    assert Unit.objects.count() >= 20
    assert "invented" in root().name


def test_every_phase_status_and_state_is_there() -> None:
    assert {*Project.objects.values_list("phase", flat=True)} == {
        "initiating", "planning", "executing", "closing", "closed",
    }  # fmt: skip
    assert {*Project.objects.values_list("overlay", flat=True)} == {"", "on_hold", "stopped"}
    assert {*Project.objects.values_list("tier", flat=True)} == {"light", "standard", "heavy"}
    assert {*Service.objects.values_list("status", flat=True)} >= {
        "analysed", "chartered", "designed", "tested", "released", "operational", "retired",
    }  # fmt: skip
    assert Improvement.objects.values("state").distinct().count() == 10
    assert {*Outage.objects.values_list("kind", flat=True)} == {"unplanned", "planned", "degraded"}
    assert ServiceDependency.objects.filter(kind="soft").exists()


@pytest.mark.parametrize(("username", "role"), ROLES.items())
def test_people_log_in_with_their_role_and_no_name(username: str, role: str) -> None:
    request = RequestFactory().post("/account/login/")
    user = authenticate(request, username=username, password="demo")
    assert user == person(username)
    assert [a.role for a in person(username).assignments.filter(unit=root())] == [role]
    assert str(user) == person(username).title
    assert person(username).get_full_name() == ""


def test_others_cannot_log_in() -> None:
    others = User.objects.exclude(username__in=ROLES)
    assert others.count() > 10
    assert not any(other.has_usable_password() for other in others)


def test_the_log_ins_have_something_of_their_own() -> None:
    assert 4 <= person("pm").managed_projects.exclude(phase="closed").count() <= 8
    assert 3 <= person("owner").owned_services.count() <= 5


# --- Time ---------------------------------------------------------------------------------------


def test_nothing_has_happened_after_this_morning() -> None:
    midnight = Moment.now().midnight
    for model, names in (
        (Incident, ("opened_at", "responded_at", "resolved_at", "closed_at")),
        (StatusSpan, ("starts_at", "ends_at")),
        (Outage, ("starts_at", "ends_at")),
        (StatusReport, ("published_at",)),
        (Decision, ("at",)),
        (Improvement, ("captured_at", "state_since")),
    ):
        for name in names:
            assert not model.objects.filter(**{f"{name}__gte": midnight}).exists(), name
    today = Moment.now().today
    assert not MeasurePoint.objects.filter(on__gte=today).exists()
    assert not Milestone.objects.filter(actual_on__gte=today).exists()


def test_no_duration_is_negative_and_spans_join() -> None:
    assert not Incident.objects.filter(resolved_at__lt=F("opened_at")).exists()
    assert not Incident.objects.filter(closed_at__lt=F("resolved_at")).exists()
    assert not StatusSpan.objects.filter(ends_at__lt=F("starts_at")).exists()
    last = None
    for span in StatusSpan.objects.order_by("incident", "starts_at", "id")[:3000]:
        if last is not None and last.incident_id == span.incident_id:
            assert last.ends_at == span.starts_at
        last = span
    open_ended = Incident.objects.annotate(n=Count("spans", filter=Q(spans__ends_at=None)))
    assert not open_ended.exclude(n=1).exists()


def test_incidents_follow_the_working_week_and_the_summer() -> None:
    opened = list(Incident.objects.values_list("opened_at", flat=True))
    weekdays = Counter(at.weekday() for at in opened)
    months = Counter(at.month for at in opened)
    assert weekdays[0] > weekdays[4] > 4 * weekdays[6]
    assert months[9] > 1.5 * months[7]


def test_clocks_are_those_of_the_agreements() -> None:
    judged = Incident.objects.exclude(met=None)
    assert judged.count() > 12_000
    in_time = judged.filter(met=True).count() / judged.count()
    assert 0.9 < in_time < 0.98
    assert not judged.filter(met=True, resolved_at__gt=F("due_at")).exists()
    assert not judged.filter(met=False, resolved_at__lte=F("due_at")).exists()


def test_swedish_holidays_are_free_two_years_either_side() -> None:
    days = dict(free_days(2026))
    assert {day.year for day in days} == {2024, 2025, 2026, 2027, 2028}
    # Midsommarafton 2026 is 19 June, Kristi himmelsfärdsdag 14 May (Swedish Public Holidays Act;
    # the eve is free by custom).
    assert dt.date(2026, 6, 19) in days
    assert dt.date(2026, 5, 14) in days
    assert dt.date(2026, 5, 15) not in days


# --- Life on the screens ------------------------------------------------------------------------


def test_the_heat_map_has_every_colour_and_both_distances() -> None:
    open_projects = ProjectStanding.objects.exclude(project__phase="closed").exclude(
        project__overlay="stopped"
    )
    assert {*open_projects.values_list("overall", flat=True)} == {c.value for c in Colour}
    steps = Counter(
        steps_between(Colour(said), Colour(measured))
        for said, measured in open_projects.exclude(reported=None).values_list(
            "reported", "overall"
        )
    )
    assert steps[1] >= 1
    assert steps[2] >= 1
    assert {*ServiceStanding.objects.values_list("overall", flat=True)} == {c.value for c in Colour}


def test_what_is_thin_or_stale_is_seen() -> None:
    standings = ProjectStanding.objects.exclude(project__phase="closed")
    assert standings.filter(confidence__lt=Decimal("0.6")).exists()
    assert standings.filter(overall__in=["red", "amber"], hatched=True).exists()
    assert standings.filter(overall="grey", reported__isnull=False).exists()


def test_something_of_every_kind_is_late() -> None:
    late = ImprovementStanding.objects.filter(is_late=True)
    assert {*late.values_list("improvement__state", flat=True)} >= {
        "captured", "shaped", "approved", "delivering", "measuring",
    }  # fmt: skip
    assert Milestone.objects.filter(actual_on=None, planned_on__lt=Moment.now().today).exists()
    assert Incident.objects.filter(resolved_at=None, due_at__lt=Moment.now().midnight).exists()


def test_an_import_has_come_in_and_two_of_its_rows_have_not() -> None:
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.new, batch.refused) == ("done", 14, 2)


def test_optimistic_reports_say_why() -> None:
    differing = StatusReportLine.objects.exclude(measured="grey").exclude(reported=F("measured"))
    assert differing.count() > 20
    assert not differing.filter(reason="").exists()


def test_services_have_signals_in_both_directions() -> None:
    signals = [
        signal
        for spark in ServiceStanding.objects.values_list("spark", flat=True)
        for signal in (spark.get("signals") or {}).values()
    ]
    assert {*signals} == {"better", "worse"}
    sparks = ServiceStanding.objects.values_list("spark", flat=True)
    now = {spark.get("variation", "").partition("_")[0] for spark in sparks}
    assert now >= {"better", "worse", "ordinary"}


@pytest.mark.parametrize("username", ["pmo", "smo", "owner", "manager"])
def test_decisions_wait(username: str) -> None:
    assert any(d.is_mine for d in queries.decisions(person(username), EVERYWHERE, 50))


@pytest.mark.parametrize("username", ["pmo", "smo", "pm", "owner", "executive"])
def test_something_has_changed_since_the_last_visit(username: str) -> None:
    reader = person(username)
    assert reader.previous_visit_at is not None
    assert reader.visit_at is not None
    changes, _ = queries.changes_since(reader, EVERYWHERE, reader.visit_at, 20)
    assert changes
    assert all(change.old != change.new for change in changes)


def test_today_has_a_look_for_manager_and_owner() -> None:
    mine = queries.mine(person("pm"), 50)
    assert {row.colour for row in mine} >= {"red", "amber", "green"}
    assert any(row.owes_reports for row in mine)
    assert len(queries.mine(person("owner"), 50)) >= 4


def test_the_offices_differ_widely_on_some() -> None:
    gaps = [
        abs(row.project_score - row.service_score)
        for row in ImprovementStanding.objects.exclude(score=None)
        if row.project_score is not None and row.service_score is not None
    ]
    assert sum(gap >= Decimal(30) for gap in gaps) >= 3
    assert ImprovementStanding.objects.filter(
        has_service_score=True, has_project_score=False
    ).exists()


# --- History ------------------------------------------------------------------------------------


def test_nothing_differs_from_a_fresh_judgement() -> None:
    assert verify().differences == 0


def test_history_ends_in_the_present() -> None:
    for kind, side in SIDES.items():
        newest = dict(
            StandingChange.objects.filter(kind=kind)
            .order_by("at", "id")
            .values_list("object_id", "new")
        )
        stands = dict(side.standing.objects.values_list("pk", "overall"))
        assert newest == stands


def test_each_change_begins_where_the_one_before_it_ended() -> None:
    last: dict[tuple[str, int], str] = {}
    for change in StandingChange.objects.order_by("at", "id"):
        key = (change.kind, change.object_id)
        assert change.old == last.get(key)
        assert change.old != change.new
        last[key] = change.new


def test_the_last_totals_are_what_the_dashboard_counts() -> None:
    today = clock.today(ZONE)
    counts = queries.board_counts(person("pmo"), EVERYWHERE)
    for kind, found in counts.items():
        total = UnitTotal.objects.get(unit=root(), kind=kind, on=today)
        assert {colour: getattr(total, colour) for colour in found.by_colour} == found.by_colour


def test_totals_are_daily_of_late_and_weekly_before() -> None:
    today = clock.today(ZONE)
    days = {*UnitTotal.objects.values_list("on", flat=True)}
    assert {today - dt.timedelta(days=ago) for ago in range(121)} <= days
    assert min(days) < today - dt.timedelta(days=640)
    assert {day.weekday() for day in days if day < today - dt.timedelta(days=121)} == {6}
    closed = SnapshotDay.objects.exclude(closed_at=None)
    assert closed.aggregate(last=Max("on"))["last"] == today - dt.timedelta(days=1)
    assert Snapshot.objects.values("on").distinct().count() > 95


def test_bulk_is_told_in_the_log_and_no_mark_is_left() -> None:
    told = AuditEvent.objects.filter(action__startswith="demo.").order_by("id")
    assert {*told.values_list("action", flat=True)} == {
        "demo.outages_written",
        "demo.readings_written",
        "demo.incidents_written",
        "demo.reports_written",
        "demo.loaded",
    }
    assert told.get(action="demo.incidents_written").after["incidents"] == Incident.objects.count()
    assert not ChangeMark.objects.exists()
