"""What a verdict is computed from, and what it says: hypothesis, evidence, verdict.

The computation is in `verdict`. Meanings and sources: docs/domain/verdict.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from common.domain.figure import Figure, require_finite, require_not_negative
from common.domain.health import Reason
from common.domain.refusal import Refusal
from common.domain.xmr import Direction, Limits
from improvements.domain.chart_rules import LEVEL_RULES, Rule, Signal
from improvements.domain.rank_test import RankTest
from improvements.domain.series import Reading, Trend, Window


class EvidenceError(Refusal):
    """``not_a_number``, ``negative``, ``settings_out_of_range``, ``baseline_after_go_live``,
    ``override_without_reason``, ``override_changes_nothing``, ``not_final``."""


class Outcome(StrEnum):
    """The eight things a verdict can say."""

    NOT_MEASURED = "not_measured"
    NOT_ENOUGH_BASELINE = "not_enough_baseline"
    BASELINE_NOT_STABLE = "baseline_not_stable"
    TOO_EARLY = "too_early"
    CONFOUNDED = "confounded"
    IMPROVED = "improved"
    WORSE = "worse"
    NO_DETECTABLE_CHANGE = "no_detectable_change"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The test settings locked with a hypothesis; the defaults are those that were simulated."""

    minimum_before: int = 12
    minimum_after: int = 8
    alpha: Decimal = Decimal("0.05")
    rules: tuple[Rule, ...] = LEVEL_RULES

    def __post_init__(self) -> None:
        """Refuse fewer than five baseline points (no limits), none after, or a silly alpha."""
        require_finite(EvidenceError, alpha=self.alpha)
        if self.minimum_before < 5 or self.minimum_after < 1 or not 0 < self.alpha < 1:
            raise EvidenceError("settings_out_of_range")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A measure, which way is better, and the smallest shift worth calling one.

    ``minimum_shift`` is an amount in the measure's unit, not a percentage.
    """

    key: str
    direction: Direction
    minimum_shift: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        """Refuse a minimum that is negative or not a number."""
        require_not_negative(EvidenceError, minimum_shift=self.minimum_shift)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypothesis:
    """The expected effect, as locked before go-live.

    ``raised_by``: the stretches whose points raised the signal. They are the reason for looking,
    so they never belong to the baseline: a measure that was just unusually bad gets better by
    itself. ``settle_days``: after go-live, not judged. ``window_days``: judged, after settling.
    """

    measure: Measure
    locked_on: date
    baseline: Window
    settle_days: int
    window_days: int
    target: Decimal | None = None
    raised_by: tuple[Window, ...] = ()
    balancing: tuple[Measure, ...] = ()
    settings: Settings = field(default_factory=Settings)

    def __post_init__(self) -> None:
        """Refuse negative lengths and a target that is not a number."""
        require_not_negative(
            EvidenceError,
            settle_days=Decimal(self.settle_days),
            window_days=Decimal(self.window_days),
        )
        if self.target is not None:
            require_finite(EvidenceError, target=self.target)

    def window_after(self, went_live_on: date) -> Window:
        """Return the measurement window of a go-live on that day."""
        start = went_live_on + timedelta(days=self.settle_days)
        return Window(start=start, end=start + timedelta(days=self.window_days))


class ConfounderKind(StrEnum):
    """What else may have moved the measure."""

    GO_LIVE = "go_live"
    MAJOR_CHANGE = "major_change"
    FREEZE_BREAK = "freeze_break"
    DEFINITION_CHANGE = "definition_change"


@dataclass(frozen=True, slots=True, kw_only=True)
class Confounder:
    """Something else that happened to the service or to one it depends on.

    ``reaches_comparison``: it happened to the comparison service just as much, so comparing the
    two takes it out of the figures. What touched only our own service cannot be taken out.
    """

    kind: ConfounderKind
    key: str
    on: date
    reaches_comparison: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything the verdict looks at. ``comparison``: the same measure on a sister service that
    the improvement did not touch. ``balancing``: readings of the balancing measures by key."""

    hypothesis: Hypothesis | None
    went_live_on: date | None
    readings: tuple[Reading, ...] = ()
    confounders: tuple[Confounder, ...] = ()
    comparison: tuple[Reading, ...] = ()
    balancing: Mapping[str, tuple[Reading, ...]] = field(default_factory=dict)


class TargetReading(StrEnum):
    """How the level reached compares with the target.

    ``INSIDE_NOISE``: the mean is at the target, but no change can be told from chance.
    """

    MET = "met"
    NOT_MET = "not_met"
    INSIDE_NOISE = "inside_noise"


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """Where the measure stood before and after. Shown at any time; they prove nothing alone.

    ``percent`` is the mean shift as a share of the baseline mean, undefined when that is 0.
    ``adjusted_shift``: the difference of differences against the comparison service.
    """

    before_points: int
    after_points: int
    before_mean: Decimal | None
    after_mean: Decimal | None
    shift: Decimal | None
    percent: Figure
    adjusted_shift: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The numbers behind outcomes 6 and 7. ``shift`` is Hodges and Lehmann's; ``adjusted`` says
    that the comparison service's values were subtracted first."""

    limits: Limits
    signals: tuple[Signal, ...]
    better: RankTest
    worse: RankTest
    shift: Decimal
    shift_percent: Figure
    adjusted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What can be said about an improvement's effect: "changed after", never "caused by".

    ``final``: the window has ended, so the reading is the one that counts; until then the
    outcome is never better than "too early". ``cautions``: ``autocorrelated``,
    ``rebucketed_weekly``, ``signal_points_left_out``, ``approximate_p``,
    ``balancing_not_judged``.
    """

    outcome: Outcome
    final: bool
    reasons: tuple[Reason, ...]
    levels: Levels | None = None
    proof: Proof | None = None
    trend: Trend | None = None
    target: TargetReading | None = None
    smallest_visible_effect: Figure | None = None
    balancing: Mapping[str, Outcome] = field(default_factory=dict)
    cautions: tuple[str, ...] = ()

    @property
    def side_effects(self) -> tuple[str, ...]:
        """The balancing measures that got worse."""
        return tuple(key for key, seen in self.balancing.items() if seen is Outcome.WORSE)

    @property
    def code(self) -> str:
        """The outcome's code for wording: ``improved_with_side_effects`` where it applies."""
        if self.outcome is Outcome.IMPROVED and self.side_effects:
            return "improved_with_side_effects"
        return self.outcome.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A person's reading beside the computed one; both stay visible for ever."""

    computed: Verdict
    chosen: Outcome
    reason: str


def override(computed: Verdict, chosen: Outcome, reason: str) -> Override:
    """Return the override of a final verdict.

    Raises EvidenceError ``not_final``, ``override_changes_nothing``, ``override_without_reason``.
    """
    if not computed.final:
        raise EvidenceError("not_final")
    if chosen is computed.outcome:
        raise EvidenceError("override_changes_nothing", outcome=str(chosen))
    if not reason.strip():
        raise EvidenceError("override_without_reason", outcome=str(chosen))
    return Override(computed=computed, chosen=chosen, reason=reason.strip())
