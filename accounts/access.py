"""Who may see and do what in the unit tree: the base of every app's access module.

A person's grants are read once (one statement) and kept on the user object of the request, so
that every later question is answered without the database. Scope is always a path prefix.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, IntegerField, OuterRef, Q, QuerySet, Value

from accounts.domain.roles import Capability, Reach, Role, capabilities
from accounts.models import Assignment, Unit, User
from common import clock
from common.errors import NotAllowed
from common.statements import rows_of


@dataclass(frozen=True, slots=True)
class Grant:
    """One capability over a part of the tree."""

    capability: Capability
    path: str
    reach: Reach
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class Authority:
    """Everything a person may do, worked out once a request."""

    grants: tuple[Grant, ...]
    #: paths of confidential units: rights from above stop there
    boundaries: tuple[str, ...]
    roles: tuple[Role, ...] = field(default=())
    #: name and zone of the organisation the first role is held in
    organisation: str = ""
    zone: str = "UTC"
    #: its word pack and that pack's version
    words: tuple[int | None, int] = (None, 0)

    def paths(self, capability: Capability, reach: Reach = Reach.SCOPE) -> tuple[str, ...]:
        """Return the topmost paths where the capability holds with that reach."""
        found = sorted(
            {
                grant.path
                for grant in self.grants
                if grant.capability == capability
                and (grant.reach == Reach.SCOPE or reach == Reach.OWN)
            }
        )
        return tuple(
            path
            for index, path in enumerate(found)
            if not any(
                path.startswith(upper) and not self._is_cut(upper, path) for upper in found[:index]
            )
        )

    def _is_cut(self, upper: str, lower: str) -> bool:
        """Return whether a confidential unit stands between a grant and a path."""
        return any(
            lower.startswith(boundary) and len(boundary) > len(upper)
            for boundary in self.boundaries
        )

    def holds(self, capability: Capability, path: str, reach: Reach = Reach.SCOPE) -> bool:
        """Return whether the capability holds for a unit with that path."""
        return any(
            path.startswith(grant) and not self._is_cut(grant, path)
            for grant in self.paths(capability, reach)
        )

    def role_for(self, capability: Capability, path: str) -> Role | None:
        """Return the role under which the capability is used in the unit with that path.

        One that reaches the unit comes before one that holds for a person's own records only.
        """
        over = [grant for grant in self.grants if grant.capability == capability]
        for grant in sorted(over, key=lambda grant: grant.reach == Reach.OWN):
            if path.startswith(grant.path) and not self._is_cut(grant.path, path):
                return grant.role
        return over[0].role if over else None

    def has_anywhere(self, capability: Capability) -> bool:
        """Return whether the capability is held at all, with either reach."""
        return any(grant.capability == capability for grant in self.grants)

    def where(self, capability: Capability, unit: str = "unit", reach: Reach = Reach.SCOPE) -> Q:
        """Return the condition "the record's unit is one where the capability holds".

        `unit` is the lookup path to the unit, e.g. ``unit`` or ``project__unit``.
        """
        condition = Q(pk__in=[])
        for path in self.paths(capability, reach):
            within = Q(**{f"{unit}__path__startswith": path})
            for boundary in self.boundaries:
                if boundary.startswith(path) and len(boundary) > len(path):
                    within &= ~Q(**{f"{unit}__path__startswith": boundary})
            condition |= within
        return condition


def authority(user: Any) -> Authority:
    """Return what a person may do today. One statement the first time, none after."""
    kept: Authority | None = getattr(user, "_authority", None)
    if kept is None:
        kept = _read(user)
        user._authority = kept  # noqa: SLF001  kept on the request's own user object
    return kept


_HOME = (
    "unit__root__name",
    "unit__root__zone",
    "unit__root__word_pack_id",
    "unit__root__word_pack__version",
)


def _read(user: Any) -> Authority:
    if not getattr(user, "is_active", False):
        return Authority((), ())
    today = clock.today()
    rows = rows_of(("authority", user.pk, today), lambda: _grants(user.pk, today))
    roles = [(Role(row[0]), row[1], row[2]) for row in rows if row[0]]
    home = next((row for row in rows if row[0]), None)
    return Authority(
        tuple(
            Grant(capability, path, reach, role)
            for role, path, money in roles
            for capability, reach in capabilities(role, with_money=bool(money)).items()
        ),
        tuple(sorted(row[1] for row in rows if not row[0])),
        tuple(dict.fromkeys(role for role, _, _ in roles)),
        organisation=home[3] if home else "",
        zone=home[4] if home else "UTC",
        words=(home[5], home[6] or 0) if home else (None, 0),
    )


def _grants(user_id: int, today: dt.date) -> Any:
    """A person's assignments, and the confidential units: every page pays for this statement."""
    assigned = (
        Assignment.objects.in_force(today)
        .filter(user_id=user_id)
        .order_by()
        .values_list("role", "unit__path", "with_money", *_HOME)
    )
    nothing, nobody = Value(""), Value(None, output_field=IntegerField())
    walls = Unit.objects.filter(is_confidential=True).order_by()
    return assigned.union(
        walls.values_list(nothing, "path", Value(value=False), nothing, nothing, nobody, nobody),
        all=True,
    )


def record_where(
    user: Any, capability: Capability, *, named: Iterable[str], unit: str = "unit"
) -> Q:
    """Return the condition for records a person may see or work on by that capability.

    Either the capability reaches the record's unit and the record is not confidential, or the
    person is named on it (`named` are lookups to users) and holds the capability at least as OWN.
    """
    rights = authority(user)
    condition = rights.where(capability, unit) & Q(is_confidential=False)
    if rights.has_anywhere(capability):
        for lookup in named:
            condition |= Q(**{lookup: user.pk})
    return condition


def may(user: Any, capability: Capability, *, path: str, is_named: bool = False) -> bool:
    """Return whether a person may do something to a record in the unit with that path."""
    rights = authority(user)
    return rights.holds(capability, path) or (is_named and rights.has_anywhere(capability))


def check(
    user: Any, capability: Capability, *, path: str, is_named: bool = False, who: str
) -> None:
    """Raise NotAllowed with whom to ask when `may` says no; `who` names a role, in words."""
    if not may(user, capability, path=path, is_named=is_named):
        raise NotAllowed("common.not_your_role", who=who)


def may_read_log(user: Any, *, path: str, is_named: bool) -> bool:
    """Return whether a person may read what has been done to a record they can open.

    The one rule for all three kinds: everything in the scope of one's role, and for an executive
    the records that name them.
    """
    return may(user, Capability.VIEW_AUDIT, path=path, is_named=is_named)


def check_may_read_log(user: Any, *, path: str, is_named: bool) -> None:
    """Raise NotAllowed, with who reads it, when `may_read_log` says no."""
    if not may_read_log(user, path=path, is_named=is_named):
        raise NotAllowed("accounts.log_not_yours")


def can_configure(user: Any) -> bool:
    """Return whether a person may open Django admin: app admins and superusers."""
    return bool(user.is_superuser) or authority(user).has_anywhere(Capability.CONFIGURE)


def units_administered(user: Any) -> QuerySet[Unit]:
    """Return the units an administrator answers for, confidential ones too; a superuser all."""
    if user.is_superuser:
        return Unit.objects.all()
    condition = Q(pk__in=[])
    for grant in authority(user).grants:
        if grant.capability == Capability.CONFIGURE:
            condition |= Q(path__startswith=grant.path)
    return Unit.objects.filter(condition)


def people_administered(user: Any) -> QuerySet[User]:
    """Return the people an administrator finds: those of the units, and those of nowhere yet.

    Never a superuser: whoever could set that password would be one.
    """
    if user.is_superuser:
        return User.objects.all()
    units = units_administered(user).values("pk")
    nowhere = Q(unit=None) & ~Exists(Assignment.objects.filter(user=OuterRef("pk")))
    here = Q(unit__in=units) | Exists(
        Assignment.objects.filter(user=OuterRef("pk"), unit__in=units)
    )
    return User.objects.filter(here | nowhere, is_superuser=False)


def administers(user: Any, person: User) -> bool:
    """Return whether a person's log-in is an administrator's alone: no role or unit elsewhere."""
    units = units_administered(user).values("pk")
    if not people_administered(user).filter(pk=person.pk).exists():
        return False
    elsewhere = Assignment.objects.filter(user=person).exclude(unit__in=units).exists()
    at_home = person.unit_id is None or units.filter(pk=person.unit_id).exists()
    return at_home and not elsewhere


def units_for(user: Any, *capabilities: Capability) -> Any:
    """Return the units where a person holds one of them over the whole scope, by path."""
    condition = Q(pk__in=[])
    rights = authority(user)
    for unit in dict.fromkeys(path for each in capabilities for path in rights.paths(each)):
        within = Q(path__startswith=unit)
        for boundary in rights.boundaries:
            if boundary.startswith(unit) and len(boundary) > len(unit):
                within &= ~Q(path__startswith=boundary)
        condition |= within
    return Unit.objects.filter(condition, archived_at=None).order_by("path")


def units_offered(user: Any, *capabilities: Capability) -> list[tuple[Any, ...]]:
    """Return key, path and name of what `units_for` returns. One statement."""
    return rows_of(
        ("units", user.pk, authority(user), capabilities),
        lambda: units_for(user, *capabilities).values_list("pk", "path", "name"),
    )


def people_for(user: Any) -> Any:
    """Return the people a person may choose among: active ones who share an organisation."""
    roots = {grant.path[:7] for grant in authority(user).grants}
    condition = Q(pk=user.pk)
    for root in roots:
        condition |= Q(unit__path__startswith=root) | Q(assignments__unit__path__startswith=root)
    return (
        User.objects.filter(condition, is_active=True).distinct().order_by("last_name", "username")
    )
