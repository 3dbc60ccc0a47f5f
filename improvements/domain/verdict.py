"""Did the measure change after go-live? Seven tests in order; the first that applies decides.

`judge` is the whole engine. It is pure: the same evidence read again after the window's end gives
the same verdict, and before it never "improved", so reading often gains nothing.
Meanings, sources and worked examples: docs/domain/verdict.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from common.domain.figure import Figure, defined, quotient, undefined
from common.domain.health import Reason
from common.domain.refusal import Scalar
from common.domain.xmr import Direction, limits, mean, moving_ranges
from improvements.domain.chart_rules import signals
from improvements.domain.evidence import (
    Confounder,
    ConfounderKind,
    Evidence,
    EvidenceError,
    Hypothesis,
    Levels,
    Outcome,
    Proof,
    TargetReading,
    Verdict,
)
from improvements.domain.rank_test import Exactness, hodges_lehmann, rank_test
from improvements.domain.series import (
    Reading,
    Window,
    has_shift,
    has_trend,
    is_autocorrelated,
    is_finer_than_weekly,
    one_per_period,
    project,
    weekly,
)

VISIBLE_FACTOR = Decimal("3.8")
"""Smallest visible effect in units of sigma x sqrt(1/n + 1/m). The rank test alone would need
1.645 + 0.842 = 2.487 for four chances in five; needing a chart rule too costs half as much again,
as the benchmark of this engine measures."""
_RANGES_TO_SIGMA = Decimal("1.128")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Samples:
    """The points each side of go-live, and what was done to get them."""

    before: tuple[Reading, ...]
    after: tuple[Reading, ...]
    cautions: tuple[str, ...] = ()

    @property
    def old(self) -> list[Decimal]:
        return [point.value for point in self.before]

    @property
    def new(self) -> list[Decimal]:
        return [point.value for point in self.after]


def judge(evidence: Evidence, as_of: date) -> Verdict:
    """Return the verdict as it reads on a day. ``as_of`` is the first day not yet over.

    Outcomes in the order of bridge 6.4; only the first that applies is given. Before the window's
    end tests 5 to 7 are not made. Raises EvidenceError ``baseline_after_go_live``, SeriesError
    ``periods_overlap``.
    """
    hypothesis, live = evidence.hypothesis, evidence.went_live_on
    if hypothesis is None:
        return _not_measured("no_hypothesis", final=True)
    if live is None:
        return _not_measured("not_live", final=False)
    if hypothesis.locked_on > live:
        return _not_measured("locked_after_go_live", final=True)
    if hypothesis.baseline.end > live:
        raise EvidenceError("baseline_after_go_live", live=str(live))
    window = hypothesis.window_after(live)
    samples = _samples(evidence.readings, hypothesis, window, as_of)
    final = as_of >= window.end
    if not samples.before and not samples.after:
        return _not_measured("no_readings", final=final)
    pending = _unready(samples, hypothesis, window, final=final)
    verdict = pending or _read(evidence, hypothesis, window, samples, as_of)
    adjusted = _adjusted(evidence, hypothesis, window, as_of)
    return replace(
        verdict,
        final=final,
        levels=_levels(samples, adjusted),
        cautions=samples.cautions + verdict.cautions,
    )


def _not_measured(code: str, *, final: bool) -> Verdict:
    return Verdict(outcome=Outcome.NOT_MEASURED, final=final, reasons=(_reason(code),))


def _samples(
    readings: Sequence[Reading], hypothesis: Hypothesis, window: Window, as_of: date
) -> _Samples:
    """Sort the readings into baseline and after; re-bucket them where they are not independent."""
    points = one_per_period(readings)
    old = [point for point in points if hypothesis.baseline.holds(point.period)]
    before = tuple(
        p for p in old if not any(p.period.touches(stretch) for stretch in hypothesis.raised_by)
    )
    after = tuple(p for p in points if window.holds(p.period) and p.period.end <= as_of)
    cautions: tuple[str, ...] = ("signal_points_left_out",) if len(before) < len(old) else ()
    samples = _Samples(before=before, after=after, cautions=cautions)
    if not is_autocorrelated(samples.old):
        return samples
    cautions += ("autocorrelated",)
    if not is_finer_than_weekly(before + after):
        return replace(samples, cautions=cautions)
    return _Samples(
        before=weekly(before, hypothesis.baseline, from_end=True),
        after=weekly(after, window, from_end=False),
        cautions=(*cautions, "rebucketed_weekly"),
    )


def _unready(
    samples: _Samples, hypothesis: Hypothesis, window: Window, *, final: bool
) -> Verdict | None:
    """Make tests 2 to 4. The caller sets levels and finality."""
    have, need = len(samples.before), hypothesis.settings.minimum_before
    if have < need:
        reason = _reason("baseline_points", have=have, need=need)
        return Verdict(outcome=Outcome.NOT_ENOUGH_BASELINE, final=final, reasons=(reason,))
    if found := _unstable(samples.old):
        return Verdict(
            outcome=Outcome.BASELINE_NOT_STABLE,
            final=final,
            reasons=found,
            trend=project(samples.before, samples.after),
        )
    have, need = len(samples.after), hypothesis.settings.minimum_after
    if have < need:
        reason = _reason("points_after", have=have, need=need)
        return Verdict(outcome=Outcome.TOO_EARLY, final=final, reasons=(reason,))
    if not final:
        reason = _reason("window_open", have=have, ends_on=str(window.end))
        return Verdict(outcome=Outcome.TOO_EARLY, final=final, reasons=(reason,))
    return None


def _unstable(values: Sequence[Decimal]) -> tuple[Reason, ...]:
    trend = (_reason("baseline_trend"),) if has_trend(values) else ()
    shift = (_reason("baseline_shift"),) if has_shift(values) else ()
    return trend + shift


def _read(
    evidence: Evidence, hypothesis: Hypothesis, window: Window, samples: _Samples, as_of: date
) -> Verdict:
    """Make tests 5 to 7 on samples that are ready for them."""
    disturbed = _confounders(evidence.confounders, hypothesis, window)
    if not disturbed:
        verdict = _decide(samples, hypothesis, adjusted=False)
    else:
        rescued = _adjusted(evidence, hypothesis, window, as_of)
        obstacles = _obstacles(disturbed, rescued, hypothesis)
        listed = tuple(_reason(f.kind.value, key=f.key, on=str(f.on)) for f in disturbed)
        if rescued is None or obstacles:
            return Verdict(outcome=Outcome.CONFOUNDED, final=True, reasons=listed + obstacles)
        verdict = _decide(rescued, hypothesis, adjusted=True)
        verdict = replace(verdict, reasons=verdict.reasons + listed)
    balancing, unjudged = _balancing(evidence, hypothesis, as_of)
    return replace(
        verdict,
        target=_target(samples, hypothesis, verdict.outcome),
        balancing=balancing,
        cautions=verdict.cautions + unjudged,
    )


def _confounders(
    found: Sequence[Confounder], hypothesis: Hypothesis, window: Window
) -> tuple[Confounder, ...]:
    """Return what happened from the baseline's end to the window's end, in order of time.

    A changed definition of the measure counts from the baseline's start: it breaks the
    comparison wherever it falls.
    """

    def disturbs(each: Confounder) -> bool:
        redefined = each.kind is ConfounderKind.DEFINITION_CHANGE
        since = hypothesis.baseline.start if redefined else hypothesis.baseline.end
        return since <= each.on < window.end

    return tuple(sorted(filter(disturbs, found), key=lambda each: (each.on, each.key)))


def _adjusted(
    evidence: Evidence, hypothesis: Hypothesis, window: Window, as_of: date
) -> _Samples | None:
    """Return ours minus the comparison service's, period by period, where both have a reading."""
    theirs = {point.period: point.value for point in one_per_period(evidence.comparison)}
    pairs = [
        replace(point, value=point.value - theirs[point.period])
        for point in one_per_period(evidence.readings)
        if point.period in theirs
    ]
    samples = _samples(pairs, hypothesis, window, as_of)
    return samples if samples.before and samples.after else None


def _obstacles(
    disturbed: Sequence[Confounder], rescued: _Samples | None, hypothesis: Hypothesis
) -> tuple[Reason, ...]:
    """Return why the comparison cannot rescue the reading; empty when it can."""
    if rescued is None:
        return (_reason("no_comparison"),)
    if any(not each.reaches_comparison for each in disturbed):
        return (_reason("comparison_untouched"),)
    needs = hypothesis.settings
    if len(rescued.before) < needs.minimum_before or len(rescued.after) < needs.minimum_after:
        return (_reason("comparison_too_short"),)
    return (_reason("comparison_not_stable"),) if _unstable(rescued.old) else ()


def _decide(samples: _Samples, hypothesis: Hypothesis, *, adjusted: bool) -> Verdict:
    """Make tests 6 and 7: a chart rule, the rank test and the agreed minimum must all agree."""
    proof = _proof(samples, hypothesis, adjusted=adjusted)
    better = hypothesis.measure.direction
    outcome = Outcome.NO_DETECTABLE_CHANGE
    if _holds(proof, better, hypothesis):
        outcome = Outcome.IMPROVED
    elif _holds(proof, better.opposite, hypothesis):
        outcome = Outcome.WORSE
    unproven = outcome is Outcome.NO_DETECTABLE_CHANGE
    return Verdict(
        outcome=outcome,
        final=True,
        reasons=(_reason(outcome.value, shift=str(proof.shift), p=str(proof.better.p)),),
        proof=proof,
        smallest_visible_effect=_visible(samples, hypothesis) if unproven else None,
        cautions=("approximate_p",) if proof.better.exactness is Exactness.NORMAL else (),
    )


def _proof(samples: _Samples, hypothesis: Hypothesis, *, adjusted: bool) -> Proof:
    old, new = samples.old, samples.new
    frozen = limits(old)
    if frozen is None:  # the settings refuse a minimum under five
        raise EvidenceError("settings_out_of_range", baseline=len(old))
    better = hypothesis.measure.direction
    shift = hodges_lehmann(old, new)
    return Proof(
        limits=frozen,
        signals=signals(new, frozen, hypothesis.settings.rules),
        better=rank_test(old, new, better),
        worse=rank_test(old, new, better.opposite),
        shift=shift,
        # A percentage of a difference between two services would mean nothing.
        shift_percent=undefined("adjusted")
        if adjusted
        else quotient(100 * shift, frozen.centre, "baseline_mean_zero"),
        adjusted=adjusted,
    )


def _holds(proof: Proof, way: Direction, hypothesis: Hypothesis) -> bool:
    """Return whether chart, rank test and minimum all say that the measure went this way."""
    moved = way.sign * proof.shift
    test = proof.better if way is hypothesis.measure.direction else proof.worse
    return (
        any(signal.favours(way) for signal in proof.signals)
        and test.p < hypothesis.settings.alpha
        and moved > 0
        and moved >= hypothesis.measure.minimum_shift
    )


def _visible(samples: _Samples, hypothesis: Hypothesis) -> Figure:
    """Return the smallest shift that four of five such series would have shown.

    3.8 x sigma x sqrt(1/n + 1/m), sigma = mean moving range / 1.128, and never less than the
    agreed minimum. Undefined ``constant_series`` where the baseline never varied.
    """
    sigma = mean(moving_ranges(samples.old)) / _RANGES_TO_SIGMA
    n, m = Decimal(len(samples.before)), Decimal(len(samples.after))
    if not sigma:
        return undefined("constant_series", before=n, after=m)
    smallest = VISIBLE_FACTOR * sigma * (1 / n + 1 / m).sqrt()
    return defined(max(smallest, hypothesis.measure.minimum_shift), sigma=sigma, before=n, after=m)


def _target(samples: _Samples, hypothesis: Hypothesis, outcome: Outcome) -> TargetReading | None:
    if hypothesis.target is None:
        return None
    sign = hypothesis.measure.direction.sign
    reached = sign * mean(samples.new) >= sign * hypothesis.target
    was_there = sign * mean(samples.old) >= sign * hypothesis.target
    if not reached:
        return TargetReading.NOT_MET
    if was_there or outcome is Outcome.IMPROVED:
        return TargetReading.MET
    return TargetReading.INSIDE_NOISE


def _balancing(
    evidence: Evidence, hypothesis: Hypothesis, as_of: date
) -> tuple[Mapping[str, Outcome], tuple[str, ...]]:
    """Judge each balancing measure over the same windows, with the same tests."""
    outcomes = {
        each.key: judge(
            replace(
                evidence,
                hypothesis=replace(hypothesis, measure=each, target=None, balancing=()),
                readings=evidence.balancing.get(each.key, ()),
                confounders=(),
                comparison=(),
            ),
            as_of,
        ).outcome
        for each in hypothesis.balancing
    }
    judged = {Outcome.IMPROVED, Outcome.WORSE, Outcome.NO_DETECTABLE_CHANGE}
    unjudged = any(outcome not in judged for outcome in outcomes.values())
    return MappingProxyType(outcomes), ("balancing_not_judged",) if unjudged else ()


def _levels(samples: _Samples, adjusted: _Samples | None) -> Levels:
    old = mean(samples.old) if samples.before else None
    new = mean(samples.new) if samples.after else None
    shift = None if old is None or new is None else new - old
    percent = undefined("no_points")
    if shift is not None and old is not None:
        percent = quotient(100 * shift, old, "baseline_mean_zero", shift=shift, before=old)
    return Levels(
        before_points=len(samples.before),
        after_points=len(samples.after),
        before_mean=old,
        after_mean=new,
        shift=shift,
        percent=percent,
        adjusted_shift=mean(adjusted.new) - mean(adjusted.old) if adjusted else None,
    )


def _reason(code: str, **params: Scalar) -> Reason:
    return Reason(code=code, params=params)
