"""People of a file: made without a log-in, found again by address, else by name."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import ProtectedError, Q

from accounts.access import authority
from accounts.actions.imports.plans import items_of, make_units, moved_on, units_by_name
from accounts.domain.roles import Capability, Role
from accounts.models import Assignment, Unit, User
from accounts.models.assignment import ROLES
from common import audit
from common.imports import (
    ImportContext,
    ImportedRecord,
    Outcome,
    Plan,
    folded,
    kept,
    undone,
)
from common.subjects import Subject

#: roles that a lead may give; every other one is for administrators
_GIVEN_BY = {
    Role.PROJECT_MANAGER: Capability.ASSIGN_PROJECT_SIDE,
    Role.SERVICE_OWNER: Capability.ASSIGN_SERVICE_SIDE,
}
#: words of registers beside our own codes and labels; Swedish ones by the glossary
_WORDS = {
    "manager": Role.PROJECT_MANAGER,
    "projektledare": Role.PROJECT_MANAGER,
    "tjänsteägare": Role.SERVICE_OWNER,
    "processägare": Role.PROCESS_OWNER,
    "effektägare": Role.PROCESS_OWNER,
    "benefit owner": Role.PROCESS_OWNER,
    "förbättringsledare": Role.IMPROVEMENT_MANAGER,
    "projektkontorschef": Role.PMO_LEAD,
    "tjänstekontorschef": Role.SMO_LEAD,
    "revisor": Role.AUDITOR,
    "ledning": Role.EXECUTIVE,
    "administratör": Role.APP_ADMIN,
}
_ROLES = {
    **{folded(code): Role(code) for code, _label in ROLES},
    **{folded(code.replace("_", " ")): Role(code) for code, _label in ROLES},
    **_WORDS,
}
_PERSON = ("first_name", "last_name", "email")


def compare_people(records: Sequence[ImportedRecord], context: ImportContext) -> list[Outcome]:
    """Return what would become of each record. Reads only; four statements."""
    units = units_by_name(context.root)
    return [plan.outcome("person") for plan in _plans(records, units, context)]


def apply_people(records: Sequence[ImportedRecord], context: ImportContext) -> list[Outcome]:
    """Write at most 500 people with their roles, in a constant number of statements.

    Three more for each unit that the file may make and nobody knows.
    They cannot log in until an administrator gives them a password. An older file than the newest
    import adds people and changes none.
    """
    units = units_by_name(context.root)
    plans = _plans(records, units, context)
    for plan, unit in make_units(plans, units, context):
        plan.row.unit = unit
        plan.after |= {"unit": unit.pk} | ({"role_in": unit.pk} if "role" in plan.after else {})
    fresh = [plan for plan in plans if plan.state == "new"]
    changed = [plan for plan in plans if plan.state == "changed"]
    _name_users([plan.row for plan in fresh])
    User.objects.bulk_create([plan.row for plan in fresh], batch_size=500)
    User.objects.bulk_update([plan.row for plan in changed], [*_PERSON, "unit"], batch_size=250)
    Assignment.objects.bulk_create(
        [
            Assignment(user=plan.row, role=plan.after["role"], unit_id=plan.after["role_in"])
            for plan in [*fresh, *changed]
            if "role" in plan.after
        ]
    )
    if fresh or changed:
        audit.record_batch(
            "people.imported",
            by=context.by,
            batch=context.batch,
            items=[
                ("person.imported", Subject("person", plan.row.pk), plan.before, plan.after)
                for plan in [*fresh, *changed]
            ],
        )
    return [plan.outcome("person") for plan in plans]


def undo_people(outcomes: Sequence[Outcome], context: ImportContext) -> list[Outcome]:
    """Take back imported people who are as the import left them; a new one goes without history."""
    rows = User.objects.in_bulk([told.subject.id for told in outcomes if told.subject])
    answers, back = [], []
    for told in outcomes:
        row = rows.get(told.subject.id) if told.subject else None
        if row is None or moved_on(told, _now(row)) or row.last_login is not None:
            answers.append(kept(told, "accounts.import_moved_on"))
        elif told.state == "new" and not _removed(row):
            answers.append(kept(told, "accounts.import_has_history"))
        else:
            if told.state != "new":
                _restore(row, told)
            back.append(told)
            answers.append(undone(told))
    audit.record_batch(
        "people.import_undone",
        by=context.by,
        batch=context.batch,
        items=items_of("person.import_undone", back),
    )
    return answers


def _now(user: User) -> dict[str, Any]:
    return {**{name: getattr(user, name) for name in _PERSON}, "unit": user.unit_id}


def _removed(user: User) -> bool:
    try:
        with transaction.atomic():
            user.delete()
    except ProtectedError:
        return False
    return True


def _restore(user: User, told: Outcome) -> None:
    before = dict(told.before)
    if "unit" in before:
        before["unit_id"] = before.pop("unit")
    if before:
        User.objects.filter(pk=user.pk).update(**before)
    if "role" in told.after:
        Assignment.objects.filter(
            user=user, role=told.after["role"], unit=told.after["role_in"]
        ).delete()


def _plans(
    records: Sequence[ImportedRecord], units: dict[str, Unit], context: ImportContext
) -> list[Plan]:
    by_email, by_name = _known(records, context)
    held = set(
        Assignment.objects.filter(unit__root=context.root).values_list("user", "role", "unit")
    )
    plans, told = [], set()
    for record in records:
        email = folded(record.fields.get("email"))
        name = folded(" ".join(_parts(str(record.fields.get("name") or ""))))
        row = by_email.get(email) if email else by_name.get(name)
        plan = Plan(record=record, row=row or User(), is_new=row is None)
        if not name:
            plan.refuse("name", "accounts.person_name_needed")
        elif (email or name) in told:
            plan.refuse("email" if email else "name", "accounts.import_twice", name=email or name)
        elif row is not None and row.unit and row.unit.root_id != context.root.pk:
            plan.refuse("email", "accounts.person_elsewhere", name=record.fields["name"])
        else:
            _fill(plan, units, held, context)
        told.add(email or name)
        plans.append(plan)
    return plans


def _known(
    records: Sequence[ImportedRecord], context: ImportContext
) -> tuple[dict[str, User], dict[str, User]]:
    """Return people by address, anywhere, and by name in this organisation; one statement."""
    emails = {folded(record.fields.get("email")) for record in records} - {""}
    within = Q(unit__path__startswith=context.root.path)
    rows = User.objects.filter(within | Q(email__in=emails)).select_related("unit").order_by("-pk")
    people = list(rows)
    return (
        {folded(user.email): user for user in people if user.email},
        {
            folded(user.get_full_name()): user
            for user in people
            if user.unit and user.unit.root_id == context.root.pk
        },
    )


def _fill(
    plan: Plan, units: dict[str, Unit], held: set[tuple[Any, ...]], context: ImportContext
) -> None:
    """Set what the record changes on its person; refused for an unknown unit or role."""
    fields, row = plan.record.fields, plan.row
    stated = folded(fields.get("unit"))
    unit = units.get(stated) if stated else None
    if stated and unit is None and not context.creates_parents:
        plan.refuse("unit", "accounts.unit_unknown", unit=str(fields["unit"]))
        return
    if not _take_role(plan, unit or context.root, held, context):
        return
    if not (plan.is_new or context.is_newest):
        plan.before, plan.after = {}, {}
        return
    if stated and unit is None:  # made when the file is taken in
        plan.before |= {} if plan.is_new else {"unit": row.unit_id}
        plan.after["unit"] = str(fields["unit"]).strip()
    elif unit is None and plan.is_new:
        unit = context.root
    for name, value in _values(fields, unit).items():
        if getattr(row, name) != value:
            label = name.removesuffix("_id")
            plan.before |= {} if plan.is_new else {label: getattr(row, name)}
            plan.after[label] = value
            setattr(row, name, value)


def _values(fields: Mapping[str, Any], unit: Unit | None) -> dict[str, Any]:
    """Return the columns of a person that a record fills."""
    first, last = _parts(str(fields["name"]))
    values: dict[str, Any] = {"first_name": first[:150], "last_name": last[:150]}
    if fields.get("email"):
        values["email"] = fields["email"]
    if unit is not None:
        values["unit_id"] = unit.pk
    return values


def _parts(name: str) -> tuple[str, str]:
    """Return first and last name; directories also write the last one first, with a comma."""
    tidy = " ".join(name.split())
    last, comma, first = tidy.partition(", ")
    if comma and first and "," not in first:
        return first, last
    first, _space, last = tidy.rpartition(" ")
    return first, last


def _take_role(plan: Plan, unit: Unit, held: set[tuple[Any, ...]], context: ImportContext) -> bool:
    """Plan the role a record names; False, and refused, when it is unknown or not theirs."""
    word = str(plan.record.fields.get("role") or "").strip()
    if not word:
        return True
    role = _ROLES.get(folded(word)) or _ROLES.get(folded(word).replace("-", " "))
    if role is None:
        known = ", ".join(code for code, _label in ROLES)
        plan.refuse("role", "accounts.role_unknown", role=word, known=known)
        return False
    if not _may_give(context.by, role, unit):
        plan.refuse("role", "accounts.role_not_yours", role=word)
        return False
    if (plan.row.pk, role.value, unit.pk) not in held:
        plan.after |= {"role": role.value, "role_in": unit.pk}
    return True


def _may_give(by: Any, role: Role, unit: Unit) -> bool:
    if by is None or by.is_superuser:
        return True
    rights = authority(by)
    given_by = _GIVEN_BY.get(role)
    return rights.holds(Capability.CONFIGURE, unit.path) or (
        given_by is not None and rights.holds(given_by, unit.path)
    )


def _name_users(users: Sequence[User]) -> None:
    """Give new people user names from their address or name, and no password; one statement."""
    wanted = [_user_name(user) for user in users]
    taken = {
        name.casefold()
        for name in User.objects.filter(
            username__iregex=r"^("
            + "|".join({re.escape(name) for name in wanted} or {"-"})
            + r")\d*$"
        ).values_list("username", flat=True)
    }
    password = make_password(None)
    for user, name in zip(users, wanted, strict=True):
        chosen, number = name, 1
        while chosen.casefold() in taken:
            number += 1
            chosen = f"{name}{number}"
        taken.add(chosen.casefold())
        user.username, user.password = chosen, password


def _user_name(user: User) -> str:
    text = user.email.partition("@")[0] or f"{user.first_name}.{user.last_name}"
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9._+-]+", ".", plain).strip(".")[:100] or "person"
