"""The judgement of a service at its limits. Rules: services/domain/health.py and limits.py."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from common.domain.health import Colour
from common.domain.worktime import ALWAYS_OPEN
from services.domain.availability import Outage, OutageKind
from services.domain.facts import Backlog, Inputs, Promise, Tally, TargetFacts, shown_percent
from services.domain.health import assess, judge_service
from services.domain.limits import DEFAULTS, Limits, limits_of
from services.domain.trend import Course

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
TODAY = NOW.date()
LIMITS = limits_of({})
#: 30 whole days, so that allowed downtime is that of A5 in spec services 4.4
WINDOW = NOW - dt.timedelta(days=30)
NOTHING = Inputs(
    service_id=1,
    read_at=NOW,
    window_start=WINDOW,
    month_start=dt.datetime(2026, 10, 1, tzinfo=dt.UTC),
    month_end=dt.datetime(2026, 11, 1, tzinfo=dt.UTC),
    is_live=True,
    has_owner=True,
    hours=ALWAYS_OPEN("UTC"),
    promise=None,
    is_watched=False,
    outages=(),
    gaps=(),
    tallies=(),
    backlog=Backlog(),
    newest_incident=None,
    newest_outage=None,
    primary=None,
    satisfaction=None,
)


def promise(availability=None, shares=()):
    return Promise(
        version_no=1,
        availability=None if availability is None else Decimal(availability),
        degraded_weight=Decimal("0.5"),
        counts_planned=False,
        targets=tuple(
            TargetFacts(priority=priority, measure="resolve", share=Decimal(share))
            for priority, share in shares
        ),
    )


def outage(minutes, *, days_ago=5.0, kind=OutageKind.UNPLANNED, key="1"):
    start = NOW - dt.timedelta(days=days_ago)
    end = None if minutes is None else start + dt.timedelta(minutes=minutes)
    return Outage(key=key, start=start, end=end, kind=kind)


def judged(name, **facts):
    # The same promise held last month, unless a test says otherwise.
    facts.setdefault("month_promise", facts.get("promise"))
    health = judge_service(replace(NOTHING, **facts), LIMITS, TODAY)
    part = next((part for part in health.dimensions if part.name == name), None)
    return None if part is None else (part.colour, [reason.code for reason in part.reasons])


def test_what_is_not_used_is_absent_and_the_whole_is_unknown():
    health = judge_service(NOTHING, LIMITS, TODAY)
    assert health.dimensions == ()
    assert (health.overall, health.hatched, health.drag) == (Colour.GREY, True, None)


class TestAvailability:
    def test_silence_is_not_availability(self):
        colour, codes = judged("availability", promise=promise("99.9"))
        assert (colour, codes) == (Colour.GREY, ["services.availability_not_watched"])

    # 99.9 % of 30 days allows 43.2 min (A5); 75 % of that is 32.4 min.
    @pytest.mark.parametrize(
        ("minutes", "colour", "code"),
        [
            (32, Colour.GREEN, "services.availability_kept"),
            (33, Colour.AMBER, "services.downtime_used"),
            (43, Colour.AMBER, "services.downtime_used"),
            (44, Colour.RED, "services.availability_below"),
        ],
    )
    def test_against_the_promise(self, minutes, colour, code):
        found, codes = judged(
            "availability", promise=promise("99.9"), is_watched=True, outages=(outage(minutes),)
        )
        assert (found, codes[0]) == (colour, code)

    def test_a_kept_promise_below_experience_says_both(self):
        colour, codes = judged(
            "availability",
            promise=promise("99.9"),
            is_watched=True,
            outages=(outage(600, kind=OutageKind.PLANNED),),
        )
        assert colour is Colour.GREEN
        assert codes == ["services.availability_kept", "services.experienced_below"]

    def test_degraded_counts_by_its_weight(self):
        half = outage(86, kind=OutageKind.DEGRADED)
        assert (
            judged("availability", promise=promise("99.9"), is_watched=True, outages=(half,))[0]
            is Colour.AMBER
        )

    def test_down_now_is_red_at_once(self):
        colour, codes = judged(
            "availability",
            promise=promise("90"),
            is_watched=True,
            outages=(outage(None, days_ago=0.01),),
        )
        assert (colour, codes) == (Colour.RED, ["services.down_now"])

    def test_last_month_below_is_amber(self):
        colour, codes = judged(
            "availability",
            promise=promise("99.9"),
            is_watched=True,
            outages=(outage(100, days_ago=40),),
        )
        assert (colour, codes[0]) == (Colour.AMBER, "services.availability_month_below")

    @pytest.mark.parametrize(("days", "known"), [(14, True), (16, False)])
    def test_half_of_the_time_must_be_known(self, days, known):
        gap = (WINDOW, WINDOW + dt.timedelta(days=days))
        colour, _ = judged("availability", promise=promise("99"), is_watched=True, gaps=(gap,))
        assert (colour is Colour.GREEN) is known


class TestServiceLevels:
    # Promise 90 %, margin 5 points, few under 5.
    @pytest.mark.parametrize(
        ("met", "of", "colour"),
        [
            (18, 20, Colour.GREEN),
            (17, 20, Colour.AMBER),
            (16, 20, Colour.RED),
            (0, 4, Colour.AMBER),
            (0, 5, Colour.RED),
        ],
    )
    def test_share_in_time(self, met, of, colour):
        tally = Tally(priority=1, measure="resolve", met=met, judged=of)
        found, codes = judged(
            "service_levels",
            promise=promise(shares=[(1, 90)]),
            tallies=(tally,),
            newest_incident=TODAY,
        )
        assert found is colour
        assert codes == [f"services.resolve_{'kept' if colour is Colour.GREEN else 'missed'}"]

    def test_the_worst_priority_decides_and_stands_first(self):
        tallies = (
            Tally(priority=1, measure="resolve", met=10, judged=10),
            Tally(priority=3, measure="resolve", met=10, judged=20),
        )
        found, codes = judged(
            "service_levels",
            promise=promise(shares=[(1, 90), (3, 90)]),
            tallies=tallies,
            newest_incident=TODAY,
        )
        assert (found, codes) == (
            Colour.RED,
            ["services.resolve_missed", "services.resolve_kept"],
        )

    def test_a_quiet_period_is_green_only_where_incidents_are_known(self):
        quiet = {"promise": promise(shares=[(1, 90)])}
        assert judged("service_levels", **quiet)[0] is Colour.GREY
        assert judged("service_levels", newest_incident=TODAY, **quiet) == (
            Colour.GREEN,
            ["services.no_incidents_in_period"],
        )

    @pytest.mark.parametrize(
        ("values", "colour"),
        [
            ([20, 24] * 4, Colour.GREEN),
            ([20, 40] * 6 + [25], Colour.AMBER),
            ([20, 21] * 6 + [60], Colour.RED),
        ],
    )
    def test_the_leading_measure(self, values, colour):
        assert judged("service_levels", primary=course(values, target=24))[0] is colour

    @pytest.mark.parametrize(("days", "colour"), [(62, Colour.GREEN), (63, Colour.GREY)])
    def test_an_old_reading_says_nothing(self, days, colour):
        old = course([20, 20], target=24, last=TODAY - dt.timedelta(days=days))
        assert judged("service_levels", primary=old)[0] is colour


def course(values, *, target=None, lower=True, last=TODAY):
    return Course(
        measure_id=1,
        name="Hours",
        is_lower_better=lower,
        target=None if target is None else Decimal(target),
        days=tuple(last - dt.timedelta(days=len(values) - 1 - n) for n in range(len(values))),
        values=tuple(Decimal(value) for value in values),
    )


class TestIncidents:
    def test_absent_until_one_is_known(self):
        assert judged("incidents", backlog=Backlog(open=0)) is None

    @pytest.mark.parametrize(
        ("backlog", "colour", "code"),
        [
            (Backlog(), Colour.GREEN, "services.backlog_in_hand"),
            (Backlog(open=1, major=1), Colour.RED, "services.major_open"),
            (Backlog(open=11, late=1), Colour.GREEN, "services.backlog_in_hand"),
            (Backlog(open=10, late=1), Colour.AMBER, "services.backlog_late"),
            (Backlog(open=4, late=2), Colour.AMBER, "services.backlog_late"),
            (Backlog(open=12, late=3), Colour.RED, "services.backlog_late"),
            (
                Backlog(open=10, without_target=10, ages=(0, 0, 8, 2)),
                Colour.AMBER,
                "services.backlog_old",
            ),
            (Backlog(open=9, opened=30, resolved=25), Colour.AMBER, "services.backlog_grows"),
            (Backlog(open=9, opened=29, resolved=25), Colour.GREEN, "services.backlog_in_hand"),
            (Backlog(open=9, opened=60, resolved=55), Colour.GREEN, "services.backlog_in_hand"),
        ],
    )
    def test_backlog(self, backlog, colour, code):
        found, codes = judged("incidents", backlog=backlog, newest_incident=TODAY)
        assert (found, codes[0]) == (colour, code)


class TestSatisfaction:
    @pytest.mark.parametrize(
        ("values", "colour"),
        [
            ([], Colour.GREY),
            (["4"], Colour.GREEN),
            (["3.9"], Colour.AMBER),
            (["3.6"], Colour.RED),
        ],
    )
    def test_against_its_target(self, values, colour):
        survey = course(values, target=4, lower=False)
        assert judged("satisfaction", satisfaction=survey)[0] is colour

    def test_an_old_survey_is_grey(self):
        survey = course([4], target=4, lower=False, last=TODAY - dt.timedelta(days=401))
        assert judged("satisfaction", satisfaction=survey) == (
            Colour.GREY,
            ["services.survey_old"],
        )


def test_the_whole_is_the_worst_known_and_grey_hatches_it():
    facts = replace(
        NOTHING,
        promise=promise("99.9"),
        newest_incident=TODAY,
        backlog=Backlog(open=1, major=1),
    )
    health = judge_service(facts, LIMITS, TODAY)
    assert (health.overall, health.drag, health.hatched) == (Colour.RED, "incidents", True)


def test_confidence_by_its_three_parts():
    # bridge 6.7: 0.5 freshness + 0.3 completeness + 0.2 consistency
    facts = replace(
        NOTHING,
        newest_incident=TODAY - dt.timedelta(days=31),
        backlog=Backlog(reported=10, agrees=5),
    )
    # fresh up to the cadence of 31 days; owner and incidents are two of five; half agree
    health = judge_service(facts, LIMITS, TODAY)
    assert health.confidence == Decimal("0.72")


def test_attainment_is_over_all_priorities():
    tallies = (
        Tally(priority=1, measure="resolve", met=1, judged=2),
        Tally(priority=3, measure="resolve", met=8, judged=8),
        Tally(priority=3, measure="respond", met=0, judged=8),
    )
    assert assess(replace(NOTHING, tallies=tallies), LIMITS, TODAY).figures.attainment == 90


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [("99.996", 2, "99,99"), ("100", 2, "100,00"), ("99.994", 2, "99,99"), ("89.95", 1, "90,0")],
)
def test_a_percentage_is_never_rounded_up_to_the_whole(value, decimals, shown):
    assert shown_percent(Decimal(value), decimals) == shown


def test_limits_come_from_the_rule_set_and_know_no_other_name():
    changed = limits_of({"late_few": 7})
    assert changed.late_few == 7
    assert {name: getattr(changed, name) for name in DEFAULTS} == {
        name: Decimal(value) for name, value in DEFAULTS.items()
    } | {"late_few": Decimal(7)}
    assert set(DEFAULTS) == set(Limits.__dataclass_fields__)
