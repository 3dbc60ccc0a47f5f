"""The measured health of a service: one pure function from gathered facts to colours.

The same function judges on a live page, in the sweep and in the full run. A dimension that a
service does not use is absent; one that it uses but that nobody has fed is grey, never green.
Rules and default limits: ``docs/domain/service_health.md``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from common.domain.health import (
    Colour,
    Dimension,
    Health,
    Reason,
    confidence,
    freshness,
    judge,
    share,
)
from common.domain.worktime import WorkCalendar
from services.domain.availability import (
    Availability,
    AvailabilityPolicy,
    OutageKind,
    Treatment,
    measure,
)
from services.domain.facts import (
    HUNDRED,
    Backlog,
    Inputs,
    Promise,
    Tally,
    TargetFacts,
    shown_number,
    shown_percent,
)
from services.domain.findings import grey, known, newest, percent, reason, worst
from services.domain.limits import Limits
from services.domain.trend import Course, Trend, trend

__all__ = [
    "Assessment",
    "Figures",
    "assess",
    "judge_service",
    "policy_of",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was computed on the way, in percent where a share; None where nothing is known."""

    availability_agreed: Decimal | None
    availability_experienced: Decimal | None
    attainment: Decimal | None
    trend: Trend | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The judgement with its figures."""

    health: Health
    figures: Figures


def judge_service(inputs: Inputs, limits: Limits, as_of: date) -> Health:
    """Return the health of a service on a day."""
    return assess(inputs, limits, as_of).health


def assess(inputs: Inputs, limits: Limits, as_of: date) -> Assessment:
    """Return the health of a service on a day with the figures behind it."""
    window = (
        _availability(inputs, inputs.promise, inputs.hours, inputs.window_start, inputs.read_at)
        if inputs.is_watched
        else None
    )
    course = trend(inputs.primary) if inputs.primary and inputs.primary.values else None
    parts = (
        _judge_availability(inputs, limits, window),
        _judge_levels(inputs, limits, course, as_of),
        _judge_incidents(inputs, limits),
        _judge_satisfaction(inputs, limits, as_of),
    )
    dimensions = [part for part in parts if part is not None]
    return Assessment(
        health=judge(dimensions, confidence=_confidence(inputs, limits, as_of)),
        figures=Figures(
            availability_agreed=percent(window.agreed.availability.value) if window else None,
            availability_experienced=percent(window.experienced.availability.value)
            if window
            else None,
            attainment=_attainment(inputs.tallies),
            trend=course,
        ),
    )


# --- Availability ---------------------------------------------------------------------------------


def policy_of(promise: Promise | None, hours: WorkCalendar) -> AvailabilityPolicy:
    """Return how an agreement counts outages; without one, planned work is excused."""
    if promise is None:
        return AvailabilityPolicy(hours=hours)
    planned = Treatment.COUNT if promise.counts_planned else Treatment.EXCUSE
    return AvailabilityPolicy(
        hours=hours,
        by_kind={OutageKind.PLANNED: planned},
        degraded_weight=promise.degraded_weight,
    )


def _availability(
    inputs: Inputs, promise: Promise | None, hours: WorkCalendar, start: datetime, end: datetime
) -> Availability:
    return measure(
        inputs.outages,
        policy=policy_of(promise, hours),
        start=start,
        end=end,
        as_of=inputs.read_at,
        unknown=inputs.gaps,
    )


def _judge_availability(
    inputs: Inputs, limits: Limits, window: Availability | None
) -> Dimension | None:
    target = inputs.promise.availability if inputs.promise else None
    if target is None:
        return None
    if window is None:
        return grey("availability", "services.availability_not_watched", None)
    down = _down_now(inputs)
    if down:
        return known("availability", Colour.RED, [down], inputs.read_at.date())
    coverage = percent(window.coverage.value)
    agreed = percent(window.agreed.availability.value)
    if agreed is None or coverage is None or coverage < limits.coverage_needed:
        shown = shown_percent(coverage or Decimal(0), 0)
        return grey(
            "availability", "services.coverage_too_low", inputs.newest_outage, coverage=shown
        )
    found = [*_against_target(inputs, limits, agreed, target)]
    experienced = percent(window.experienced.availability.value)
    if agreed >= target and experienced is not None and experienced < target:
        # Both truths: the promise is kept, yet users got less than its figure.
        found.append(
            (
                Colour.GREEN,
                reason(
                    "services.experienced_below",
                    experienced=shown_percent(experienced, 2),
                    target=shown_percent(target, 2),
                ),
            )
        )
    return worst("availability", found, inputs.read_at.date())


def _down_now(inputs: Inputs) -> Reason | None:
    for outage in inputs.outages:
        if outage.end is None and outage.kind is OutageKind.UNPLANNED:
            minutes = int((inputs.read_at - outage.start).total_seconds()) // 60
            return reason("services.down_now", minutes=max(0, minutes))
    return None


def _against_target(
    inputs: Inputs, limits: Limits, agreed: Decimal, target: Decimal
) -> Iterable[tuple[Colour, Reason]]:
    shown = {"agreed": shown_percent(agreed, 2), "target": shown_percent(target, 2)}
    if agreed < target:
        yield Colour.RED, reason("services.availability_below", **shown)
        return
    below = _month_below(inputs)
    if below is not None:
        yield Colour.AMBER, below
    allowed = HUNDRED - target
    used = (HUNDRED - agreed) * HUNDRED / allowed if allowed else Decimal(0)
    if used >= limits.downtime_used_amber:
        yield (
            Colour.AMBER,
            reason("services.downtime_used", used=shown_percent(used, 0), **shown),
        )
    elif below is None:
        yield Colour.GREEN, reason("services.availability_kept", **shown)


def _month_below(inputs: Inputs) -> Reason | None:
    """Return why the last complete month fell short of what was promised at its end."""
    promise = inputs.month_promise
    if promise is None or promise.availability is None:
        return None
    hours = inputs.month_hours or inputs.hours
    month = _availability(inputs, promise, hours, inputs.month_start, inputs.month_end)
    found = percent(month.agreed.availability.value)
    if found is None or found >= promise.availability:
        return None
    return reason(
        "services.availability_month_below",
        agreed=shown_percent(found, 2),
        target=shown_percent(promise.availability, 2),
    )


# --- Service levels -------------------------------------------------------------------------------


def _judge_levels(
    inputs: Inputs, limits: Limits, course: Trend | None, as_of: date
) -> Dimension | None:
    targets = inputs.promise.targets if inputs.promise else ()
    watches_measure = inputs.primary is not None and inputs.primary.target is not None
    if not targets and not watches_measure:
        return None
    found = [*_promises_kept(inputs, limits, targets)]
    measured_on: date | None = None
    if course is not None and inputs.primary is not None:
        measured_on = course.days[-1]
        if (as_of - measured_on).days <= limits.reading_days:
            found += _measure_kept(inputs.primary, course)
    if not found:
        code = "services.no_incidents_known" if targets else "services.no_recent_reading"
        return grey("service_levels", code, measured_on or inputs.newest_incident)
    return worst("service_levels", found, newest(inputs.newest_incident, measured_on))


def _promises_kept(
    inputs: Inputs, limits: Limits, targets: Sequence[TargetFacts]
) -> Iterable[tuple[Colour, Reason]]:
    if not targets or inputs.newest_incident is None:
        return
    tallies = {(tally.priority, tally.measure): tally for tally in inputs.tallies}
    quiet = True
    for target in targets:
        tally = tallies.get((target.priority, target.measure))
        if tally is None or not tally.judged:
            continue
        quiet = False
        share = HUNDRED * tally.met / tally.judged
        params: dict[str, str | int] = {
            "priority": target.priority,
            "share": shown_percent(share, 1),
            "target": shown_percent(target.share, 0),
            "missed": tally.judged - tally.met,
            "of": tally.judged,
            "since": inputs.month_on.isoformat() if inputs.month_on else "",
        }
        colour = _colour_of_share(share, tally.judged, target.share, limits)
        word = "kept" if colour is Colour.GREEN else "missed"
        yield colour, reason(f"services.{target.measure}_{word}", **params)
    if quiet:
        yield Colour.GREEN, reason("services.no_incidents_in_period")


def _colour_of_share(share: Decimal, n: int, target: Decimal, limits: Limits) -> Colour:
    if share >= target:
        return Colour.GREEN
    if share >= target - limits.attainment_margin or n < limits.attainment_few:
        return Colour.AMBER
    return Colour.RED


def _measure_kept(course: Course, found: Trend) -> list[tuple[Colour, Reason]]:
    last = found.last
    if last is None:
        return []
    params = {"name": course.name, "value": shown_number(last)}
    both = found.last_misses_target and found.last_is_worse
    reasons: list[tuple[Colour, Reason]] = []
    if found.last_misses_target and course.target is not None:
        reasons.append(
            (
                Colour.RED if both else Colour.AMBER,
                reason(
                    "services.measure_misses_target", target=shown_number(course.target), **params
                ),
            )
        )
    if found.last_is_worse:
        reasons.append((Colour.AMBER, reason("services.measure_outside_limits", **params)))
    if not reasons and course.target is not None:
        reasons.append(
            (
                Colour.GREEN,
                reason("services.measure_kept", target=shown_number(course.target), **params),
            )
        )
    return reasons


# --- Incidents ------------------------------------------------------------------------------------


def _judge_incidents(inputs: Inputs, limits: Limits) -> Dimension | None:
    if inputs.newest_incident is None:
        return None
    backlog = inputs.backlog
    found: list[tuple[Colour, Reason]] = []
    if backlog.major:
        found.append((Colour.RED, reason("services.major_open", count=backlog.major)))
    found += _lateness(backlog, limits)
    excess = backlog.opened - backlog.resolved
    if (
        excess >= limits.inflow_few
        and backlog.opened * HUNDRED >= backlog.resolved * limits.inflow_amber
    ):
        found.append(
            (
                Colour.AMBER,
                reason("services.backlog_grows", opened=backlog.opened, resolved=backlog.resolved),
            )
        )
    if not found:
        found.append((Colour.GREEN, reason("services.backlog_in_hand", count=backlog.open)))
    return worst("incidents", found, inputs.newest_incident)


def _lateness(backlog: Backlog, limits: Limits) -> list[tuple[Colour, Reason]]:
    if not backlog.open:
        return []
    # Where nothing is promised, age alone must do.
    unpromised = backlog.without_target == backlog.open
    count = backlog.old if unpromised else backlog.late
    code = "services.backlog_old" if unpromised else "services.backlog_late"
    share = HUNDRED * count / backlog.open
    if share < limits.late_amber or not count:
        return []
    is_red = share >= limits.late_red and count >= limits.late_few
    why = reason(code, count=count, of=backlog.open, days=int(limits.old_days))
    return [(Colour.RED if is_red else Colour.AMBER, why)]


# --- Satisfaction ---------------------------------------------------------------------------------


def _judge_satisfaction(inputs: Inputs, limits: Limits, as_of: date) -> Dimension | None:
    course = inputs.satisfaction
    if course is None:
        return None
    if not course.values:
        return grey("satisfaction", "services.no_survey", None)
    last, on = course.values[-1], course.days[-1]
    if (as_of - on).days > limits.survey_days:
        return grey("satisfaction", "services.survey_old", on, day=on.isoformat())
    if course.target is None:
        return grey("satisfaction", "services.survey_without_target", on)
    params = {"value": shown_number(last), "target": shown_number(course.target)}
    shortfall = last - course.target if course.is_lower_better else course.target - last
    if shortfall <= 0:
        colour, code = Colour.GREEN, "services.satisfaction_kept"
    else:
        far = shortfall * HUNDRED >= abs(course.target) * limits.satisfaction_red
        colour, code = (Colour.RED if far else Colour.AMBER), "services.satisfaction_below"
    return known("satisfaction", colour, [reason(code, **params)], on)


# --- Confidence and small parts -------------------------------------------------------------------


def _confidence(inputs: Inputs, limits: Limits, as_of: date) -> Decimal:
    """Freshness of the newest fact, what the record lacks, and whether two results agree."""
    days = [inputs.newest_incident, inputs.newest_outage]
    days += [
        course.days[-1]
        for course in (inputs.primary, inputs.satisfaction)
        if course and course.days
    ]
    last = newest(*days)
    age = max(0, (as_of - last).days) if last else None
    there = [
        inputs.has_owner,
        inputs.promise is not None,
        inputs.is_watched,
        inputs.newest_incident is not None,
        inputs.primary is not None,
    ]
    backlog = inputs.backlog
    return confidence(
        freshness(age, limits.cadence_days),
        share(sum(there), len(there)),
        share(backlog.agrees, backlog.reported),
    ).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def _attainment(tallies: Sequence[Tally]) -> Decimal | None:
    restored = [tally for tally in tallies if tally.measure == "resolve"]
    judged = sum(tally.judged for tally in restored)
    return HUNDRED * sum(tally.met for tally in restored) / judged if judged else None
