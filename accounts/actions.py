"""Writes to people, units and roles: one function per use case, audit inside."""

import datetime as dt
from typing import Any

from django.db import transaction

from accounts.domain.roles import Role
from accounts.models import Assignment, Unit, User
from common import audit, clock
from common.errors import Refused
from common.models import WorkCalendar
from common.subjects import Subject


def _step(pk: int) -> str:
    return f"{pk:06d}."


@transaction.atomic
def create_unit(  # noqa: PLR0913  one keyword per column of a unit
    name: str,
    *,
    by: Any,
    parent: Unit | None = None,
    kind: str = "department",
    currency: str = "",
    zone: str = "",
    calendar: WorkCalendar | None = None,
    is_confidential: bool = False,
    fiscal_start_month: int = 1,
    source: str = "",
    external_id: str | None = None,
) -> Unit:
    """Create a unit under its parent; without one an organisation, with currency and zone."""
    if not name.strip():
        raise Refused("accounts.unit_name_needed", field="name")
    if parent is None and not (currency and zone):
        raise Refused("accounts.organisation_needs_currency_and_zone", field="currency")
    unit = Unit(
        name=name.strip(),
        kind="organisation" if parent is None else kind,
        parent=parent,
        currency="" if parent else currency,
        zone="" if parent else zone,
        calendar=None if parent else calendar,
        is_confidential=is_confidential,
        fiscal_start_month=fiscal_start_month,
        source=source,
        external_id=external_id,
        path=f"new-{clock.now().timestamp()}-{name[:40]}",
    )
    unit.save()
    unit.path = (parent.path if parent else "") + _step(unit.pk)
    unit.root_id = parent.root_id if parent else unit.pk
    unit.save(update_fields=["path", "root"])
    audit.record(
        "unit.created",
        Subject("unit", unit.pk),
        by=by,
        after=audit.snapshot(
            unit, ["name", "kind", "parent", "currency", "zone", "is_confidential"]
        ),
    )
    return unit


@transaction.atomic
def move_unit(unit: Unit, *, parent: Unit, by: Any) -> Unit:
    """Move a unit and all below it; refused into itself, or out of its organisation."""
    if parent.path.startswith(unit.path):
        raise Refused("accounts.unit_cycle", field="parent", unit=unit.name, parent=parent.name)
    if unit.parent_id is None or parent.root_id != unit.root_id:
        raise Refused("accounts.unit_stays_in_organisation", field="parent", unit=unit.name)
    before = {"parent": unit.parent_id}
    old, new = unit.path, parent.path + _step(unit.pk)
    for row in Unit.objects.below(old):
        Unit.objects.filter(pk=row.pk).update(path=new + row.path[len(old) :])
    unit.parent, unit.path = parent, new
    Unit.objects.filter(pk=unit.pk).update(parent=parent)
    audit.record(
        "unit.moved", Subject("unit", unit.pk), by=by, before=before, after={"parent": parent.pk}
    )
    return unit


@transaction.atomic
def create_person(
    username: str,
    *,
    by: Any,
    name: str = "",
    email: str = "",
    title: str = "",
    unit: Unit | None = None,
    password: str | None = None,
    language: str = "en",
) -> User:
    """Create a person; without a password one who cannot log in but can own things."""
    if User.objects.filter(username__iexact=username).exists():
        raise Refused("accounts.username_taken", field="username", username=username)
    first, _, last = name.rpartition(" ")
    user = User(
        username=username,
        first_name=first,
        last_name=last,
        email=email,
        title=title,
        unit=unit,
        language=language,
    )
    user.set_password(password)
    user.save()
    audit.record(
        "person.created",
        Subject("person", user.pk),
        by=by,
        after=audit.snapshot(
            user, ["username", "first_name", "last_name", "email", "title", "unit"]
        ),
    )
    return user


@transaction.atomic
def assign_role(
    user: User,
    role: Role,
    unit: Unit,
    *,
    by: Any,
    with_money: bool = False,
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
) -> Assignment:
    """Give a person a role in a unit and below."""
    if starts_on and ends_on and ends_on < starts_on:
        raise Refused("accounts.assignment_backwards", field="ends_on")
    assignment = Assignment.objects.create(
        user=user,
        role=role.value,
        unit=unit,
        with_money=with_money,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    audit.record(
        "person.role_assigned",
        Subject("person", user.pk),
        by=by,
        after={
            "role": role.value,
            "unit": unit.pk,
            "with_money": with_money,
            "from": starts_on,
            "to": ends_on,
        },
    )
    return assignment


@transaction.atomic
def set_preferences(user: User, *, language: str, is_roomy: bool, has_shortcuts: bool) -> User:
    """Keep how a person wants to read; not audited, it is nobody else's business."""
    user.language, user.is_roomy, user.has_shortcuts = language, is_roomy, has_shortcuts
    user.save(update_fields=["language", "is_roomy", "has_shortcuts"])
    return user


VISIT_PAUSE = dt.timedelta(minutes=30)


def note_visit(user: User) -> None:
    """Begin a new visit when the last sign of life is older than half an hour; at most one write.

    `previous_visit_at` then says what "since your last visit" counts from.
    """
    now = clock.now()
    if user.visit_at and now - user.visit_at < VISIT_PAUSE:
        return
    user.previous_visit_at, user.visit_at = user.visit_at, now
    user.save(update_fields=["visit_at", "previous_visit_at"])
