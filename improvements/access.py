"""Who may see, propose, work on and decide improvements. Views get objects only from here."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from accounts.access import (
    authority,
    check_may_read_log,
    may_read_log,
    record_where,
    units_for,
)
from accounts.domain.roles import Capability, Reach
from accounts.models import Unit
from common import subjects
from common.errors import NotAllowed
from improvements.domain.approvals import Deed, Office, Seat, seats_of
from improvements.domain.lifecycle import BACKLOG, OPEN, State
from improvements.domain.routes import Route
from improvements.models import Improvement, ImprovementProject, ImprovementService
from projects.access import can_create_project, check_can_create_project
from projects.access import visible_to as projects_visible_to
from projects.models import Project
from services.access import visible_to as services_visible_to
from services.models import Service


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLink:
    """A service of an improvement; `service` is None for one the person may not see."""

    id: int
    is_primary: bool
    is_mine: bool
    #: of the service; None where it has none
    owner_id: int | None
    service: Service | None

    @property
    def has_owner(self) -> bool:
        """Whether somebody owns the service."""
        return self.owner_id is not None


#: people named on an improvement: a capability over their own records holds for them here
NAMED = ("proposed_by", "owner", "benefit_owner")


def visible_to(user: Any) -> QuerySet[Improvement]:
    """Return the improvements a person may open, archived ones too."""
    return Improvement.objects.filter(record_where(user, Capability.VIEW_IMPROVEMENTS, named=NAMED))


def get_improvement_for(user: Any, key: str) -> Improvement:
    """Return the improvement of a key with its unit, people and standing; 404 when unseen."""
    subject = subjects.parse(key, kind="improvement")
    improvement = (
        visible_to(user)
        .select_related(
            "unit__root__calendar",
            "owner",
            "benefit_owner",
            "proposed_by",
            "standing",
            "merged_into",
        )
        .filter(pk=subject.id)
        .first()
    )
    if improvement is None:
        raise Http404(key)
    return improvement


def owned_services(user: Any) -> QuerySet[Any]:
    """Return the ids of the services a person owns or deputises for, as a subquery."""
    deputised = Service.deputies.through.objects.filter(user_id=user.pk).values("service_id")
    return Service.objects.filter(Q(owner=user.pk) | Q(pk__in=deputised)).values("pk")


def service_links(user: Any, improvement: Improvement) -> list[ServiceLink]:
    """Return the services of an improvement, the primary first, and what they are to a person.

    One statement, kept with the improvement for the request. Links to services the person may
    not see are among them, without their name: rules count them, pages leave them out.
    """
    kept: dict[int, list[ServiceLink]] = improvement.__dict__.setdefault("_service_links", {})
    if user.pk not in kept:
        rows = (
            ImprovementService.objects.filter(improvement_id=improvement.pk)
            .annotate(
                is_mine=Exists(owned_services(user).filter(pk=OuterRef("service_id"))),
                is_seen=Exists(services_visible_to(user).filter(pk=OuterRef("service_id"))),
            )
            .select_related("service__owner")
            .order_by("-is_primary", "pk")
        )
        kept[user.pk] = [
            ServiceLink(
                id=row.service_id,
                is_primary=row.is_primary,
                is_mine=row.is_mine,
                owner_id=row.service.owner_id,
                service=row.service if row.is_seen else None,
            )
            for row in rows
        ]
    return kept[user.pk]


def projects_of(user: Any, improvement: Improvement) -> QuerySet[Project]:
    """Return the projects that deliver an improvement, as far as the person may see them."""
    links = ImprovementProject.objects.filter(improvement=improvement)
    return projects_visible_to(user).filter(pk__in=links.values("project_id")).order_by("pk")


def forget_links(improvement: Improvement) -> None:
    """Forget what `service_links` kept, after the links have changed."""
    improvement.__dict__.pop("_service_links", None)


def is_named(user: Any, improvement: Improvement) -> bool:
    """Return whether the person owns the improvement, its benefit or one of its services."""
    if user.pk in {improvement.owner_id, improvement.benefit_owner_id}:
        return True
    return any(link.is_mine for link in service_links(user, improvement))


def can_propose(user: Any) -> bool:
    """Return whether a person may capture an improvement somewhere."""
    return authority(user).has_anywhere(Capability.PROPOSE)


def check_can_propose(user: Any, unit: Unit | None = None) -> None:
    """Raise NotAllowed unless the person may capture improvements, in that unit if one is given."""
    rights = authority(user)
    allowed = (
        rights.holds(Capability.PROPOSE, unit.path)
        if unit
        else rights.has_anywhere(Capability.PROPOSE)
    )
    if not allowed:
        raise NotAllowed("improvements.propose_not_yours", field="unit" if unit else None)


def units_to_propose(user: Any) -> QuerySet[Unit]:
    """Return the units a person may capture improvements for, by path."""
    found: QuerySet[Unit] = units_for(user, Capability.PROPOSE)
    return found


def units_to_view(user: Any) -> QuerySet[Unit]:
    """Return the units whose improvements a person may see, by path."""
    found: QuerySet[Unit] = units_for(user, Capability.VIEW_IMPROVEMENTS)
    return found


def can_triage(user: Any, improvement: Improvement) -> bool:
    """Return whether a person may park, decline, merge and move the improvement.

    A role gives it: to the offices and improvement managers in their part, to owners of services
    and of processes on what is theirs. Owning the improvement alone does not.
    """
    rights = authority(user)
    if improvement.archived_at is not None or not rights.has_anywhere(Capability.TRIAGE):
        return False
    return rights.holds(Capability.TRIAGE, improvement.unit.path) or is_named(user, improvement)


def check_can_triage(user: Any, improvement: Improvement) -> None:
    """Raise NotAllowed, with whom to ask, unless the person may work on the improvement."""
    if improvement.archived_at is not None:
        raise NotAllowed("improvements.archived")
    if not can_triage(user, improvement):
        raise NotAllowed("improvements.triage_not_yours")


def can_edit_improvement(user: Any, improvement: Improvement) -> bool:
    """Return whether a person may change its text and links.

    The proposer may until it has been shaped, and its owner until it is closed. Where it goes and
    whether it is done, neither says by that: `can_triage`.
    """
    is_fresh_own = improvement.state == State.CAPTURED and improvement.proposed_by_id == user.pk
    is_owned = improvement.state in OPEN and improvement.owner_id == user.pk
    if improvement.archived_at is None and (is_fresh_own or is_owned) and can_propose(user):
        return True
    return can_triage(user, improvement)


def can_start_project(user: Any, improvement: Improvement) -> bool:
    """Return whether a person may make the project that delivers it: one on the project route."""
    return (
        improvement.route == Route.PROJECT
        and improvement.state in {State.SHAPED, State.APPROVED, State.DELIVERING}
        and can_edit_improvement(user, improvement)
        and can_create_project(user)
    )


def check_can_start_project(user: Any, improvement: Improvement) -> None:
    """Raise NotAllowed, with why, unless the person may make the project that delivers it."""
    check_can_edit_improvement(user, improvement)
    check_can_create_project(user)
    if not can_start_project(user, improvement):
        raise NotAllowed("improvements.no_project_route")


def check_can_edit_improvement(user: Any, improvement: Improvement) -> None:
    """Raise NotAllowed unless the person may change the improvement's text and links."""
    if improvement.archived_at is not None:
        raise NotAllowed("improvements.archived")
    if not can_edit_improvement(user, improvement):
        raise NotAllowed("improvements.edit_not_yours")


def offices_of(user: Any, improvement: Improvement) -> tuple[Office, ...]:
    """Return the offices a person may score for: those whose records they may work on here."""
    rights, path = authority(user), improvement.unit.path
    work = {
        Office.PROJECT: Capability.EDIT_PROJECTS,
        Office.SERVICE: Capability.EDIT_SERVICES,
    }
    return tuple(
        office for office, capability in work.items() if rights.holds(capability, path, Reach.OWN)
    )


def can_score(user: Any, improvement: Improvement) -> bool:
    """Return whether a person may rate the improvement now, for some office."""
    return improvement.state in BACKLOG and bool(offices_of(user, improvement))


def check_can_score(user: Any, improvement: Improvement, office: Office) -> None:
    """Raise NotAllowed unless the person works in that office and the backlog still holds it."""
    if office not in offices_of(user, improvement):
        raise NotAllowed("improvements.office_not_yours", field="office")
    if improvement.state not in BACKLOG:
        raise NotAllowed("improvements.scoring_is_over")


def seats_held(user: Any, improvement: Improvement) -> frozenset[Seat]:
    """Return the seats a person could approve from.

    The service owner's seat is that of the primary service's owner and deputies. Where that
    service has no owner, the service office takes it, so that nothing is left without a decider.
    """
    rights, path = authority(user), improvement.unit.path
    held = set()
    if rights.holds(Capability.APPROVE_PROJECT_SIDE, path):
        held.add(Seat.PROJECT_SIDE)
    if rights.holds(Capability.APPROVE_SERVICE_SIDE, path):
        held.add(Seat.SERVICE_SIDE)
        if not any(link.is_primary and link.has_owner for link in service_links(user, improvement)):
            held.add(Seat.SERVICE_OWNER)
    if rights.has_anywhere(Capability.TRIAGE) and any(
        link.is_primary and link.is_mine for link in service_links(user, improvement)
    ):
        held.add(Seat.SERVICE_OWNER)
    return frozenset(held)


def is_owners_own(user: Any, improvement: Improvement) -> bool:
    """Return whether the owner of the primary service has proposed it.

    A small organisation has no need of the rule: there an author may approve.
    """
    author = improvement.proposed_by_id
    if author is None or is_small(improvement):
        return False
    return any(
        link.is_primary and link.owner_id == author for link in service_links(user, improvement)
    )


def role_of(user: Any, improvement: Improvement, seat: Seat | None = None) -> str:
    """Return the code of the role under which a person decides, from a seat or by working on it."""
    rights, path = authority(user), improvement.unit.path
    used = {
        Seat.PROJECT_SIDE: Capability.APPROVE_PROJECT_SIDE,
        Seat.SERVICE_SIDE: Capability.APPROVE_SERVICE_SIDE,
    }
    capability = used.get(seat, Capability.TRIAGE) if seat else Capability.TRIAGE
    return rights.role_for(capability, path) or ""


def check_can_decide(user: Any, improvement: Improvement, deed: Deed) -> None:
    """Raise NotAllowed unless the person could take that decision about the improvement.

    Whether its seat has been taken already, and by whom, the decision itself finds out.
    """
    if deed is not Deed.APPROVE:
        check_can_triage(user, improvement)
        return
    wanted: tuple[Seat, ...] = tuple(Seat)
    if improvement.route:
        own = is_owners_own(user, improvement)
        wanted = seats_of(Route(improvement.route), is_owners_own=own)
    if not seats_held(user, improvement) & set(wanted):
        raise NotAllowed("improvements.not_your_seat")


def can_review(user: Any) -> bool:
    """Return whether the joint review has something for a person: to decide or to score."""
    does = (Capability.TRIAGE, Capability.EDIT_PROJECTS, Capability.EDIT_SERVICES)
    return any(authority(user).has_anywhere(each) for each in does)


def can_see_improvements(user: Any) -> bool:
    """Return whether a person may see improvements somewhere."""
    return authority(user).has_anywhere(Capability.VIEW_IMPROVEMENTS)


def can_see_audit(user: Any, improvement: Improvement) -> bool:
    """Return whether a person may read what has been done to the improvement."""
    named = _is_own(user, improvement)
    return may_read_log(user, path=improvement.unit.path, is_named=named)


def check_can_see_audit(user: Any, improvement: Improvement) -> None:
    """Raise NotAllowed unless `can_see_audit`."""
    named = _is_own(user, improvement)
    check_may_read_log(user, path=improvement.unit.path, is_named=named)


def _is_own(user: Any, improvement: Improvement) -> bool:
    return improvement.proposed_by_id == user.pk or is_named(user, improvement)


def can_export(user: Any) -> bool:
    """Return whether a person may take lists away as files."""
    return authority(user).has_anywhere(Capability.EXPORT)


def is_small(improvement: Improvement) -> bool:
    """Return whether its organisation lets one person both propose and approve."""
    root = improvement.unit.root
    return bool(root and root.is_small)
