"""Writes to people and roles: one function per use case, audit inside."""

import datetime as dt
from typing import Any

from django.db import transaction

from accounts.domain.roles import Role
from accounts.models import Assignment, Unit, User
from common import audit, clock
from common.errors import Refused
from common.subjects import Subject


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
