"""What waits for somebody among the improvements, and whether that somebody is this reader."""

import datetime as dt
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from accounts.access import authority, record_where
from accounts.domain.roles import Capability
from improvements.access import owned_services
from improvements.domain.approvals import Deed, Seat
from improvements.domain.lifecycle import State
from improvements.domain.routes import Route
from improvements.models import Decision, ImprovementService

#: a first answer is owed | the proposer is asked for more | facts are missing for the approval |
#: an approval is awaited | the day it was parked until has passed
ANSWER, MORE, COMPLETE, DECIDE, RETURN = "answer", "more", "complete", "decide", "return"


def waiting(rows: QuerySet[Any], user: Any, today: dt.date) -> QuerySet[Any]:
    """Return the rows that wait for somebody: `waits_for` says for what, `waits_for_me` for whom.

    No row is read; the same rules as `access` and `domain.approvals`, as conditions.
    """
    newest = Decision.objects.filter(improvement=OuterRef("pk")).order_by("-pk")
    captured, shaped, parked = (
        Q(state=state) for state in (State.CAPTURED, State.SHAPED, State.PARKED)
    )
    is_asked = _is_asked()
    is_ready = (Q(owner__isnull=False) | Q(owner_name__gt="")) & Q(route__gt="")
    # By state and not by `waits_for`: the database would work that out again in each of them.
    # What is cheap to tell comes first: the database asks in the order that stands here.
    mine = (
        captured & Q(proposed_by=user.pk) & is_asked
        | captured & ~Q(proposed_by=user.pk) & ~is_asked & _works_on(user)
        | (parked | shaped & ~is_ready) & _works_on(user)
        | shaped & is_ready & _may_approve(user)
    )
    found = rows.filter(captured | shaped | parked & Q(parked_until__lt=today))
    told: QuerySet[Any] = found.annotate(
        waits_for=Case(
            When(parked, then=Value(RETURN)),
            When(shaped & is_ready, then=Value(DECIDE)),
            When(shaped, then=Value(COMPLETE)),
            When(is_asked, then=Value(MORE)),
            default=Value(ANSWER),
            output_field=CharField(),
        ),
        waits_for_me=Case(
            When(mine, then=Value(value=True)),
            default=Value(value=False),
            output_field=BooleanField(),
        ),
        question=Coalesce(
            Case(When(captured & is_asked, then=Subquery(newest.values("reason")[:1]))),
            Value("", output_field=TextField()),
        ),
        waits_since=Case(
            When(first_response_at__isnull=True, then=F("respond_by")), default=F("state_since")
        ),
    )
    return told


def _is_asked() -> Q:
    """Those whose newest decision asks the proposer for more, unanswered.

    What the proposer has changed since is the answer to the question. Found from the questions,
    once: few wait for their answer.
    """
    later = Decision.objects.filter(improvement=OuterRef("improvement_id"), pk__gt=OuterRef("pk"))
    asking = Decision.objects.filter(
        ~Exists(later), decision=Deed.ASK.value, at__gte=F("improvement__updated_at")
    )
    return Q(first_response_at__isnull=False) & Q(pk__in=asking.values("improvement"))


def _works_on(user: Any) -> Q:
    """Those the person may shape, park and decline: in their scope, or by being named on them."""
    found = record_where(user, Capability.TRIAGE, named=("owner", "benefit_owner"))
    if authority(user).has_anywhere(Capability.TRIAGE):
        found |= Q(Exists(_services(service__in=owned_services(user))))
    return found


def _may_approve(user: Any) -> Q:
    """Those where a seat is awaited that the person holds, and may take."""
    rights = authority(user)
    project_office = rights.where(Capability.APPROVE_PROJECT_SIDE)
    service_office = rights.where(Capability.APPROVE_SERVICE_SIDE)
    is_small = Q(unit__root__is_small=True) | Q(unit__is_small=True)
    is_owners_own = ~is_small & _primary(service__owner=OuterRef("proposed_by"))
    by_owner = Q(route__in=[Route.DO_NOW, Route.CHANGE]) & ~is_owners_own
    owner_seat = service_office & ~_primary(service__owner__isnull=False)
    if rights.has_anywhere(Capability.TRIAGE):
        owner_seat |= _primary(service__in=owned_services(user))
    seats = (
        Q(route=Route.PROJECT) & project_office & ~_given(seat=Seat.PROJECT_SIDE.value)
        | (Q(route__in=[Route.PROJECT, Route.CHANGE]) | is_owners_own)
        & service_office
        & ~_given(seat=Seat.SERVICE_SIDE.value)
        | by_owner & owner_seat & ~_given(seat=Seat.SERVICE_OWNER.value)
    )
    return seats & (is_small | ~Q(proposed_by=user.pk) & ~_given(by=user.pk))


def _services(**those: Any) -> QuerySet[Any]:
    return ImprovementService.objects.filter(improvement=OuterRef("pk"), **those)


def _primary(**those: Any) -> Q:
    """Whether the primary service is such a one."""
    return Q(Exists(_services(is_primary=True, **those)))


def _given(**those: Any) -> Q:
    """Those where an approval of the chosen route stands: no other decision came after it.

    Found from the approvals, once: they are few beside what waits.
    """
    later = Decision.objects.filter(
        improvement=OuterRef("improvement_id"), pk__gt=OuterRef("pk")
    ).exclude(decision=Deed.APPROVE.value)
    standing = Decision.objects.filter(
        ~Exists(later),
        decision=Deed.APPROVE.value,
        route=F("improvement__route"),
        **those,
    )
    return Q(pk__in=standing.values("improvement"))
