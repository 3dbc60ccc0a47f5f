"""The first steps of an empty organisation, and whether they are still to be taken."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.access import can_configure
from accounts.models import Unit, User
from exchange import access
from exchange.domain.kinds import Kind
from exchange.wording import KIND_LABELS
from projects.models import Project
from services.models import Incident, Service


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One list that a step can be taken with."""

    label: str | Promise
    template_url: str
    import_url: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: what it is for, and the lists that fill it."""

    title: str | Promise
    why: str | Promise
    offers: tuple[Offer, ...]

    @property
    def is_done(self) -> bool:
        """Whether anything is there already."""
        return any(offer.count for offer in self.offers)


_STEPS: tuple[tuple[str | Promise, str | Promise, tuple[Kind, ...]], ...] = (
    (
        _("Units and people"),
        _("Where things belong and who answers for them. A list from your directory will do."),
        (Kind.UNITS, Kind.PEOPLE),
    ),
    (
        _("Projects"),
        _(
            "Your project list as it is. Only the name is needed; with dates and amounts more is "
            "measured."
        ),
        (Kind.PROJECTS,),
    ),
    (
        _("Services or tickets"),
        _("A list of services, or an export from your ticket tool: what it names becomes visible."),
        (Kind.SERVICES, Kind.TICKETS),
    ),
)


def may_found(user: Any) -> bool:
    """Return whether there is no organisation yet, and this person may found it."""
    return can_configure(user) and not Unit.objects.roots().exists()


def steps_for(user: Any) -> list[Step]:
    """Return the steps with what is there already; five statements."""
    roots = access.organisations_for(user)
    counts = {
        Kind.UNITS: Unit.objects.filter(root__in=roots).exclude(parent=None).count(),
        Kind.PEOPLE: User.objects.filter(unit__root__in=roots).exclude(pk=user.pk).count(),
        Kind.PROJECTS: Project.objects.filter(unit__root__in=roots).count(),
        Kind.SERVICES: Service.objects.filter(root__in=roots, is_unassigned=False).count(),
        Kind.TICKETS: Incident.objects.filter(service__root__in=roots).count(),
    }
    return [
        Step(
            title=title,
            why=why,
            offers=tuple(
                Offer(
                    label=KIND_LABELS[kind.value],
                    template_url=reverse("exchange:to_fill_in", args=[kind.value]),
                    import_url=f"{reverse('exchange:upload')}?kind={kind.value}",
                    count=counts[kind],
                )
                for kind in kinds
            ),
        )
        for title, why, kinds in _STEPS
    ]


def is_empty(user: Any) -> bool:
    """Return whether the reader's organisations hold no project, service or ticket.

    At most three statements; false for those who could not change it.
    """
    if may_found(user):
        return True
    if not access.can_import(user):
        return False
    roots = access.organisations_for(user)
    return not (
        Project.objects.filter(unit__root__in=roots).exists()
        or Service.objects.filter(root__in=roots, is_unassigned=False).exists()
        or Incident.objects.filter(service__root__in=roots).exists()
    )
