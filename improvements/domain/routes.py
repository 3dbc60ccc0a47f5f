"""Which way an improvement goes: do-now, service change or project, and why not a lighter one."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from common.domain.figure import require_not_negative
from common.domain.health import Reason
from common.domain.refusal import Refusal


class RouteError(Refusal):
    """``not_a_number``, ``negative``, ``thresholds_reversed``, ``override_without_reason``."""


class Route(StrEnum):
    """How an improvement is delivered, lightest first."""

    DO_NOW = "do_now"
    CHANGE = "change"
    PROJECT = "project"


DECIDES: Mapping[Route, tuple[str, ...]] = MappingProxyType(
    {
        Route.DO_NOW: ("service_owner",),
        Route.CHANGE: ("service_owner", "change_authority"),
        Route.PROJECT: ("sponsor",),
    }
)
"""Who decides on each route (DESIGN section 4); a project goes through the gates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteThresholds:
    """The limits an administrator may set, in person-days; both are inclusive."""

    do_now_days: Decimal = Decimal(5)
    change_days: Decimal = Decimal(20)

    def __post_init__(self) -> None:
        """Refuse limits that are negative or the wrong way round."""
        require_not_negative(RouteError, do_now_days=self.do_now_days, change_days=self.change_days)
        if self.do_now_days > self.change_days:
            raise RouteError("thresholds_reversed")


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteCase:
    """What the rule looks at. ``effort_days`` None: nobody has estimated it yet."""

    effort_days: Decimal | None
    services: int
    needs_outage: bool = False
    spend: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteAdvice:
    """The rule's answer. ``route`` is None when it cannot tell; ``reasons`` say why, or why no
    lighter route would do."""

    route: Route | None
    reasons: tuple[Reason, ...]


def advise(case: RouteCase, thresholds: RouteThresholds | None = None) -> RouteAdvice:
    """Return the lightest route whose conditions all hold, with the conditions that ruled.

    Do-now: at most 5 person-days, one service, no outage, no spend. Change: at most 20
    person-days and one service. Otherwise a project. Without an effort or a service the route
    is unknown (``effort_unknown``, ``service_unknown``), except that several services always
    need a project. Source: bridge section 5. Raises RouteError ``negative``, ``not_a_number``.
    """
    limits = thresholds or RouteThresholds()
    require_not_negative(RouteError, spend=case.spend, services=Decimal(case.services))
    if case.effort_days is not None:
        require_not_negative(RouteError, effort_days=case.effort_days)
    if case.services == 0:
        return RouteAdvice(route=None, reasons=(_reason("service_unknown"),))
    several = _several(case)
    if case.effort_days is None:
        if several:
            return RouteAdvice(route=Route.PROJECT, reasons=several)
        return RouteAdvice(route=None, reasons=(_reason("effort_unknown"),))
    heavy = several + _over("effort_above_change", case.effort_days, limits.change_days)
    if heavy:
        return RouteAdvice(route=Route.PROJECT, reasons=heavy)
    light = _over("effort_above_do_now", case.effort_days, limits.do_now_days) + _burdens(case)
    if light:
        return RouteAdvice(route=Route.CHANGE, reasons=light)
    small = _reason("small_and_safe", days=case.effort_days, limit=limits.do_now_days)
    return RouteAdvice(route=Route.DO_NOW, reasons=(small,))


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteChoice:
    """What was chosen beside what the rule advised; both stay visible."""

    chosen: Route
    advice: RouteAdvice
    overridden: bool
    reason: str


def choose(advice: RouteAdvice, chosen: Route, reason: str = "") -> RouteChoice:
    """Return the choice. Another route than the advised one needs a reason in words.

    Raises RouteError ``override_without_reason``.
    """
    overridden = advice.route is not None and chosen is not advice.route
    if overridden and not reason.strip():
        raise RouteError("override_without_reason", advised=str(advice.route), chosen=str(chosen))
    return RouteChoice(chosen=chosen, advice=advice, overridden=overridden, reason=reason.strip())


def _several(case: RouteCase) -> tuple[Reason, ...]:
    if case.services > 1:
        return (Reason(code="several_services", params={"services": case.services}),)
    return ()


def _over(code: str, days: Decimal, limit: Decimal) -> tuple[Reason, ...]:
    return (_reason(code, days=days, limit=limit),) if days > limit else ()


def _burdens(case: RouteCase) -> tuple[Reason, ...]:
    outage = (_reason("needs_outage"),) if case.needs_outage else ()
    spend = (_reason("needs_spend", spend=case.spend),) if case.spend else ()
    return outage + spend


def _reason(code: str, **params: Decimal) -> Reason:
    return Reason(code=code, params={name: str(value) for name, value in params.items()})
