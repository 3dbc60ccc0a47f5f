"""Which services an improvement is about and which projects deliver it."""

from typing import Any

from django.db import transaction

from common import audit, clock
from common.db import save_version
from common.errors import Refused
from common.subjects import Subject
from improvements.access import check_can_edit_improvement, forget_links
from improvements.models import Improvement, ImprovementProject, ImprovementService
from projects.access import visible_to as projects_visible_to
from projects.models import Project
from services.access import visible_to as services_visible_to
from services.models import Service


@transaction.atomic
def link_service(
    improvement: Improvement, service: Service, *, by: Any, expected: int, is_primary: bool = False
) -> None:
    """Link a service the person may see; the first one is the primary, whose owner decides do-now.

    Linking a service again only moves the primary mark.
    """
    check_can_edit_improvement(by, improvement)
    save_version(improvement, expected=expected, fields=[], at=clock.now())
    add_service(improvement, service, by=by, is_primary=is_primary)
    _record(improvement, by, "improvement.service_linked", after={"service": service.pk})


@transaction.atomic
def unlink_service(improvement: Improvement, service: Service, *, by: Any, expected: int) -> None:
    """Take a service away; when it was the primary, the one linked first takes its place.

    Refused for the last one of an improvement that is past capture: a decision needs a service.
    """
    check_can_edit_improvement(by, improvement)
    link = ImprovementService.objects.filter(improvement=improvement, service=service).first()
    if link is None:
        raise Refused("improvements.not_linked")
    others = ImprovementService.objects.filter(improvement=improvement).exclude(pk=link.pk)
    if not others.exists() and improvement.state != "captured":
        raise Refused("improvements.last_service")
    save_version(improvement, expected=expected, fields=[], at=clock.now())
    link.delete()
    forget_links(improvement)
    heir = others.order_by("pk").first() if link.is_primary else None
    if heir:
        heir.is_primary = True
        heir.save(update_fields=["is_primary"])
    _record(improvement, by, "improvement.service_unlinked", before={"service": service.pk})


@transaction.atomic
def link_project(improvement: Improvement, project: Project, *, by: Any, expected: int) -> None:
    """Link a project the person may see; linking it again changes nothing."""
    check_can_edit_improvement(by, improvement)
    save_version(improvement, expected=expected, fields=[], at=clock.now())
    add_project(improvement, project, by=by)
    _record(improvement, by, "improvement.project_linked", after={"project": project.pk})


@transaction.atomic
def unlink_project(improvement: Improvement, project: Project, *, by: Any, expected: int) -> None:
    """Take a project away."""
    check_can_edit_improvement(by, improvement)
    link = ImprovementProject.objects.filter(improvement=improvement, project=project).first()
    if link is None:
        raise Refused("improvements.not_linked")
    save_version(improvement, expected=expected, fields=[], at=clock.now())
    link.delete()
    _record(improvement, by, "improvement.project_unlinked", before={"project": project.pk})


def add_service(
    improvement: Improvement, service: Service, *, by: Any, is_primary: bool = False
) -> None:
    """Write the link of a service; the caller has checked who writes and holds the transaction."""
    _same_organisation(improvement, service)
    if not services_visible_to(by).filter(pk=service.pk, archived_at=None).exists():
        raise Refused("improvements.service_unknown", field="service")
    links = ImprovementService.objects.filter(improvement=improvement)
    primary = is_primary or not links.filter(is_primary=True).exists()
    if primary:
        links.filter(is_primary=True).update(is_primary=False)
    forget_links(improvement)
    ImprovementService.objects.update_or_create(
        improvement=improvement,
        service=service,
        defaults={"is_primary": True} if primary else {},
        create_defaults={"is_primary": primary},
    )


def add_project(improvement: Improvement, project: Project, *, by: Any) -> None:
    """Write the link of a project; the caller has checked who writes and holds the transaction."""
    _same_organisation(improvement, project)
    if not projects_visible_to(by).filter(pk=project.pk, archived_at=None).exists():
        raise Refused("improvements.project_unknown", field="project")
    ImprovementProject.objects.get_or_create(improvement=improvement, project=project)


def _same_organisation(improvement: Improvement, other: Service | Project) -> None:
    if other.unit.root_id != improvement.unit.root_id:
        raise Refused("improvements.other_organisation")


def _record(
    improvement: Improvement,
    by: Any,
    action: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    audit.record(action, Subject("improvement", improvement.pk), by=by, before=before, after=after)
