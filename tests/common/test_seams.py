"""The small seams: rules, requirements, subjects, calendars, the clock."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.http import Http404

from accounts.models import User
from common import calendars, clock, requirements, rules, subjects
from common.models import CalendarException, Requirement, RuleSet
from common.subjects import Subject
from tests.factories.accounts import make_calendar

ONE = Subject("project", 1)
DAY = dt.date(2026, 11, 23)


@pytest.mark.django_db
class TestRules:
    """The newest version in force counts, and names the code does not know are left out."""

    def test_without_a_version_the_defaults_hold(self) -> None:
        found = rules.current("projects", {"limit": 5}, 2)

        assert (found.values, found.version) == ({"limit": 5}, "2.0")

    def test_the_newest_version_of_the_area_overrides(self) -> None:
        for version, limit in [(1, 6), (2, 7)]:
            self._add("projects", version, {"limit": limit, "gone": 1})
        self._add("services", 9, {"limit": 99})

        found = rules.current("projects", {"limit": 5, "other": 3}, 2)

        assert (found.values, found.version) == ({"limit": 7, "other": 3}, "2.2")

    def test_it_is_one_statement(self, django_assert_num_queries: object) -> None:
        with django_assert_num_queries(1):  # type: ignore[operator]
            rules.current("projects", {}, 1)

    @staticmethod
    def _add(area: str, version: int, values: dict[str, int]) -> None:
        RuleSet.objects.create(
            area=area, version=version, values=values, created_at=clock.now()
        )  # fmt: skip


@pytest.mark.django_db
class TestRequirements:
    """A required key without a row is not met, and a waiver ends with its day."""

    def _post(self, key: str, state: str, until: dt.date | None = None) -> None:
        requirements.post(
            ONE, gate="G1", key=key, state=state, code="x.y", posted_by="improvements",
            waived_until=until,
        )  # fmt: skip

    def test_what_is_not_met_is_named(self) -> None:
        self._post("hypothesis", "met")
        self._post("owner", "not_met")

        required = frozenset({"hypothesis", "owner", "service"})

        assert requirements.unmet(ONE, gate="G1", required=required, as_of=DAY) == [
            "owner",
            "service",
        ]

    @pytest.mark.parametrize(("until", "unmet"), [(0, []), (5, []), (-1, ["owner"])])
    def test_a_waiver_holds_through_its_last_day(self, until: int, unmet: list[str]) -> None:
        self._post("owner", "waived", DAY + dt.timedelta(days=until))

        assert requirements.unmet(ONE, gate="G1", required=frozenset({"owner"}), as_of=DAY) == unmet

    def test_posting_again_replaces_and_other_gates_do_not_count(self) -> None:
        self._post("owner", "not_met")
        self._post("owner", "met")

        assert Requirement.objects.count() == 1
        assert requirements.unmet(ONE, gate="G1", required=frozenset({"owner"}), as_of=DAY) == []
        assert requirements.unmet(ONE, gate="G2", required=frozenset({"owner"}), as_of=DAY) == [
            "owner"
        ]


class TestSubjects:
    """Keys are read generously and never wrongly."""

    @pytest.mark.parametrize("text", ["PRJ-12", "prj-12", " Prj-12 "])
    def test_a_key_is_read_in_any_case(self, text: str) -> None:
        assert subjects.parse(text) == Subject("project", 12)

    @pytest.mark.parametrize(
        "text",
        ["", "PRJ", "PRJ-", "PRJ-0", "PRJ-01", "PRJ--1", "PRJ-1.5", "ABC-1", "PRJ-1 2", "PRJ-١",
         "12", "PRJ-" + "9" * 19, "PRJ-1\x00"],
    )  # fmt: skip
    def test_what_is_no_key_is_not_there(self, text: str) -> None:
        with pytest.raises(Http404):
            subjects.parse(text)

    def test_a_key_of_another_kind_is_not_there(self) -> None:
        with pytest.raises(Http404):
            subjects.parse("PRJ-1", kind="service")

    def test_key_and_address_go_back_and_forth(self) -> None:
        for kind in subjects.kinds():
            subject = Subject(kind.code, 7)
            assert subjects.parse(subjects.key(subject)) == subject
            assert subjects.key(subject) in subjects.url(subject)

    def test_a_prefix_is_taken_once(self) -> None:
        with pytest.raises(ValueError, match="taken"):
            subjects.register(subjects.kind("project"))


@pytest.mark.django_db
class TestCalendars:
    """Rows become opening hours, kept by version."""

    def test_an_edited_calendar_is_read_anew(self) -> None:
        row = make_calendar()
        before = calendars.hours({row.pk: row.version})[row.pk]
        CalendarException.objects.create(calendar=row, on=DAY, name="Closed")
        type(row).objects.filter(pk=row.pk).update(version=2)

        kept = calendars.hours({row.pk: 1})[row.pk]
        after = calendars.hours({row.pk: 2})[row.pk]

        assert kept is before
        assert DAY not in before.exceptions
        assert after.exceptions[DAY] == ()

    def test_a_one_off_opening_has_its_minutes(self) -> None:
        row = make_calendar()
        sunday = dt.date(2026, 11, 22)
        for start in (600, 780):
            CalendarException.objects.create(
                calendar=row, on=sunday, start_minute=start, end_minute=start + 60
            )

        opened = calendars.hours({row.pk: row.version})[row.pk].exceptions[sunday]

        assert [(s.start_minute, s.end_minute) for s in opened] == [(600, 660), (780, 840)]

    def test_many_calendars_are_a_constant_number_of_statements(
        self, django_assert_num_queries: object
    ) -> None:
        asked = {row.pk: row.version for row in (make_calendar(), make_calendar())}

        with django_assert_num_queries(3):  # type: ignore[operator]
            calendars.hours(asked)
        with django_assert_num_queries(0):  # type: ignore[operator]
            calendars.hours(asked)

    def test_a_calendar_that_is_gone_is_left_out(self) -> None:
        assert calendars.hours({987654: 1}) == {}


class TestClock:
    """One module asks what time it is."""

    @pytest.fixture(autouse=True)
    def _new_year(self) -> Iterator[None]:
        with time_machine.travel("2026-12-31T23:30:00+00:00", tick=False):
            yield

    def test_now_is_aware_and_in_utc(self) -> None:
        assert clock.now() == dt.datetime(2026, 12, 31, 23, 30, tzinfo=dt.UTC)

    @pytest.mark.parametrize(
        ("zone", "day"),
        [("UTC", "2026-12-31"), ("Europe/Stockholm", "2027-01-01"),
         ("Pacific/Auckland", "2027-01-01"), ("America/New_York", "2026-12-31")],
    )  # fmt: skip
    def test_today_is_the_local_day(self, zone: str, day: str) -> None:
        assert clock.today(zone).isoformat() == day

    def test_history_is_entered_at_its_own_instant(self) -> None:
        then = dt.datetime(2025, 3, 1, 8, tzinfo=dt.UTC)

        with clock.standing_at(then):
            assert clock.now() == then
        assert clock.now().year == 2026


@pytest.mark.django_db
def test_only_visible_subjects_are_given(pmo: User, stranger: User) -> None:
    from tests.factories.projects import make_project

    project = make_project(unit=pmo.unit)  # type: ignore[arg-type]
    subject = Subject("project", project.pk)

    assert subjects.visible({subject}, pmo) == {subject: project}
    assert subjects.visible({subject}, stranger) == {}
