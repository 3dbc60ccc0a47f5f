"""Who may see and change projects: the only way from a person to a project."""

from typing import Any

from django.db.models import Case, F, Q, QuerySet, When
from django.http import Http404

from accounts.access import (
    authority,
    check,
    check_may_read_log,
    may,
    may_read_log,
    people_for,
    record_where,
    units_for,
)
from accounts.domain.roles import Capability, Reach
from accounts.models import Unit
from common import subjects
from common.errors import NotAllowed
from projects.models import Project
from projects.models.project import ProjectQuerySet
from projects.wording import OFFICE_LEAD

#: people named on a project: whoever holds a capability over their own records holds it there
NAMED = ("manager", "sponsor")


def visible_to(user: Any) -> ProjectQuerySet:
    """Return the projects a person may open, archived ones included; lists take `.current()`."""
    return Project.objects.filter(record_where(user, Capability.VIEW_PROJECTS, named=NAMED))


def sees_projects(user: Any) -> bool:
    """Return whether the list of projects is anything to the person: whether the menu has it."""
    return authority(user).has_anywhere(Capability.VIEW_PROJECTS)


def get_project_for(user: Any, key: str) -> Project:
    """Return the project of a key with its unit, people and standing; 404 when unseen."""
    subject = subjects.parse(key, kind="project")
    project = (
        visible_to(user)
        .select_related("unit__root__calendar", "project_type", "sponsor", "manager", "standing")
        .filter(pk=subject.id)
        .first()
    )
    if project is None:
        raise Http404(key)
    return project


def is_named(user: Any, project: Project) -> bool:
    """Return whether the person is the project's manager or sponsor."""
    return user.pk is not None and user.pk in {project.manager_id, project.sponsor_id}


def can_edit_project(user: Any, project: Project) -> bool:
    """Return whether a person may change the project's facts, risks, milestones and reports."""
    return project.archived_at is None and _edits(user, project.unit, project.manager_id)


def check_can_edit_project(user: Any, project: Project) -> None:
    """Raise NotAllowed, with whom to ask or why, when the person may not change the project."""
    if project.archived_at is not None:
        raise NotAllowed("projects.archived")
    if not _edits(user, project.unit, project.manager_id):
        raise NotAllowed("projects.edit_not_yours")


def can_restore_project(user: Any, project: Project) -> bool:
    """Return whether a person may put an archived project back into the lists."""
    return project.archived_at is not None and _edits(user, project.unit, project.manager_id)


def check_can_place_project(user: Any, unit: Unit, manager_id: int | None) -> None:
    """Raise NotAllowed when the person may not have a project with that manager in that unit."""
    rights = authority(user)
    if rights.holds(Capability.EDIT_PROJECTS, unit.path):
        return
    if not rights.holds(Capability.EDIT_PROJECTS, unit.path, Reach.OWN):
        raise NotAllowed("projects.unit_not_yours", field="unit", unit=unit.name)
    if manager_id != user.pk:
        raise NotAllowed("projects.manager_must_be_you", field="manager")


def can_create_project(user: Any) -> bool:
    """Return whether a person may create a project somewhere."""
    return authority(user).has_anywhere(Capability.EDIT_PROJECTS)


def check_can_create_project(user: Any) -> None:
    """Raise NotAllowed when the person may create no project anywhere."""
    if not can_create_project(user):
        raise NotAllowed("projects.create_not_yours")


def check_can_decide(user: Any, capability: str, project: Project) -> None:
    """Raise NotAllowed when the person may not make the move that needs this capability.

    Whoever manages the project prepares and never decides, unless the organisation is small.
    """
    if capability == Capability.EDIT_PROJECTS:
        check_can_edit_project(user, project)
        return
    check(user, Capability(capability), path=project.unit.path, who=str(OFFICE_LEAD))
    if is_self_approval(user, capability, project) and not _is_small(project):
        raise NotAllowed("projects.author_decides")


def is_self_approval(user: Any, capability: str, project: Project) -> bool:
    """Return whether the person would approve what they prepared themselves."""
    return capability != Capability.EDIT_PROJECTS and project.manager_id == user.pk


def role_of(user: Any, capability: str, project: Project) -> str:
    """Return the code of the role under which a person uses a capability on the project."""
    return authority(user).role_for(Capability(capability), project.unit.path) or ""


def can_fix_original(user: Any, project: Project) -> bool:
    """Return whether a person may enter the original approval: approved finish and budget."""
    try:
        check_can_decide(user, Capability.APPROVE_BUDGET, project)
    except NotAllowed:
        return False
    return True


def can_see_audit(user: Any, project: Project) -> bool:
    """Return whether a person may read what has been done to the project."""
    return may_read_log(user, path=project.unit.path, is_named=is_named(user, project))


def check_can_see_audit(user: Any, project: Project) -> None:
    """Raise NotAllowed unless `can_see_audit`."""
    check_may_read_log(user, path=project.unit.path, is_named=is_named(user, project))


def can_change_budget(user: Any, project: Project) -> bool:
    """Return whether a person may set the budget in force.

    Its manager proposes it until one is approved; after that the project office grants it.
    """
    return project.approved_budget is None or can_fix_original(user, project)


def can_see_money(user: Any, project: Project) -> bool:
    """Return whether a person may see the project's amounts."""
    return may(
        user,
        Capability.VIEW_MONEY,
        path=project.unit.path,
        is_named=is_named(user, project),
    )


def sees_money_anywhere(user: Any) -> bool:
    """Return whether any project's amounts may be seen: whether a list has money columns."""
    return authority(user).has_anywhere(Capability.VIEW_MONEY)


def money_where(user: Any) -> Q:
    """Return the condition for projects whose amounts the person may see."""
    return record_where(user, Capability.VIEW_MONEY, named=NAMED)


def seen_amount(user: Any, name: str) -> F | Case:
    """Return an amount as an expression: null where the person may not see it.

    So neither order nor filter can tell it. Who may see the amounts of all they see, as most
    leads may, is asked nothing row by row.
    """
    return F(name) if _sees_every_amount(user) else Case(When(money_where(user), then=F(name)))


def summed_amount(user: Any, name: str) -> F | Case:
    """Return an amount for sums over what a person sees: null where even a sum may not hold it.

    The right to sums reaches further than the one to single amounts: executives have it.
    """
    if _sees_every_amount(user):
        return F(name)
    in_sums = authority(user).where(Capability.VIEW_MONEY_ROLLUP) & Q(is_confidential=False)
    return Case(When(money_where(user) | in_sums, then=F(name)))


def _sees_every_amount(user: Any) -> bool:
    return money_where(user) == record_where(user, Capability.VIEW_PROJECTS, named=NAMED)


def units_to_view(user: Any) -> QuerySet[Unit]:
    """Return the units whose projects a person may see, by path: what a list filters by."""
    found: QuerySet[Unit] = units_for(user, Capability.VIEW_PROJECTS)
    return found


def units_to_place(user: Any) -> QuerySet[Unit]:
    """Return the units where a person may have a project of theirs, by path."""
    rights = authority(user)
    condition = Q(pk__in=[])
    for path in rights.paths(Capability.EDIT_PROJECTS, Reach.OWN):
        condition |= _within(path, rights.boundaries)
    return Unit.objects.filter(condition, archived_at=None).order_by("path")


def people_to_name(user: Any) -> QuerySet[Any]:
    """Return the people who may be named on a project."""
    found: QuerySet[Any] = people_for(user)
    return found


def _edits(user: Any, unit: Unit, manager_id: int | None) -> bool:
    return may(
        user,
        Capability.EDIT_PROJECTS,
        path=unit.path,
        is_named=user.pk is not None and manager_id == user.pk,
    )


def _is_small(project: Project) -> bool:
    root = project.unit.root
    return bool(root and root.is_small)


def _within(path: str, boundaries: tuple[str, ...]) -> Q:
    condition = Q(path__startswith=path)
    for boundary in boundaries:
        if boundary.startswith(path) and len(boundary) > len(path):
            condition &= ~Q(path__startswith=boundary)
    return condition
