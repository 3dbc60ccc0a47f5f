"""Who may bring files in, and whose imports they may look at."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from accounts.access import authority, can_configure, may
from accounts.domain.roles import Capability, Reach
from accounts.models import Unit
from common import clock
from common.errors import NotAllowed
from common.imports import ImportContext, ImportedRecord
from exchange.domain.kinds import UNASSIGNED, Kind
from exchange.models import ImportBatch, Upload
from exchange.wording import WHO
from services.models import Service

#: kinds that make people, units and rights: for administrators and leads of a whole organisation
HOUSE = frozenset({Kind.PEOPLE, Kind.UNITS})
_OF_SERVICES = frozenset({Kind.SERVICES, Kind.TICKETS, Kind.OUTAGES, Kind.MEASURES})
_ROOT_STEP = 7


def can_import(user: Any) -> bool:
    """Return whether a person may bring in anything at all."""
    return can_configure(user) or authority(user).has_anywhere(Capability.IMPORT)


def check_can_import(user: Any, kind: Kind, root: Unit) -> None:
    """Raise NotAllowed unless a person may bring that kind of record into that organisation."""
    if kind not in kinds_for(user, root):
        raise NotAllowed("common.not_your_role", who=str(WHO[kind in HOUSE]))


def kinds_for(user: Any, root: Unit) -> list[Kind]:
    """Return what a person may bring into an organisation, in the order it is best brought in."""
    rights = authority(user)
    admin = bool(user.is_superuser) or rights.holds(Capability.CONFIGURE, root.path)
    whole = rights.holds(Capability.IMPORT, root.path)
    some = any(
        grant.capability == Capability.IMPORT and grant.path.startswith(root.path)
        for grant in rights.grants
    )
    return [kind for kind in Kind if (admin or whole if kind in HOUSE else some)]


def organisations_for(user: Any) -> QuerySet[Unit]:
    """Return the organisations a person may bring files into."""
    roots = Unit.objects.roots().filter(archived_at=None).order_by("name")
    if user.is_superuser:
        return roots
    paths = {
        grant.path[:_ROOT_STEP]
        for grant in authority(user).grants
        if grant.capability in {Capability.IMPORT, Capability.CONFIGURE}
    }
    return roots.filter(path__in=paths)


def visible_to(user: Any) -> QuerySet[ImportBatch]:
    """Return the imports a person may see: their own, and all where their role reads imports."""
    return ImportBatch.objects.filter(
        Q(by=user.pk) | authority(user).where(Capability.VIEW_IMPORTS, "root")
    )


def get_import_for(user: Any, pk: int) -> ImportBatch:
    """Return an import that a person may see; 404 for any other."""
    batch = visible_to(user).select_related("root", "by", "job").filter(pk=pk).first()
    if batch is None:
        raise Http404
    return batch


def get_upload_for(user: Any, key: UUID) -> Upload:
    """Return a waiting file of a person's own, without its bytes; 404 for any other."""
    waiting = Upload.objects.waiting(clock.now()).filter(by=user.pk, pk=key)
    upload = waiting.select_related("root", "batch").defer("content").first()
    if upload is None or Kind(upload.kind) not in kinds_for(user, upload.root):
        raise Http404
    return upload


def find_upload_for(user: Any, key: str | None) -> Upload | None:
    """Return a waiting file of a person's own by what a form says of it; None without one."""
    try:
        return get_upload_for(user, UUID(key or ""))
    except (ValueError, Http404):
        return None


def can_undo(user: Any, batch: ImportBatch) -> bool:
    """Return whether a person may undo an import: who may bring it in may take it back."""
    return Kind(batch.kind) in kinds_for(user, batch.root)


def check_can_undo(user: Any, batch: ImportBatch) -> None:
    """Raise NotAllowed unless `can_undo`."""
    check_can_import(user, Kind(batch.kind), batch.root)


def reaches_all(context: ImportContext) -> bool:
    """Return whether the importer reaches the whole organisation; the machinery does."""
    return context.by is None or authority(context.by).holds(
        Capability.IMPORT, context.root.path, Reach.SCOPE
    )


def beyond_reach(kind: Kind, records: Sequence[ImportedRecord], context: ImportContext) -> set[int]:
    """Return the rows about services that are not the importer's. At most three statements.

    Who imports for a part of the organisation, or only for what they own, changes nothing else and
    creates nothing elsewhere. Projects and improvements judge this themselves.
    """
    if kind not in _OF_SERVICES or reaches_all(context):
        return set()
    allowed: set[str] = set()
    rows = Service.objects.filter(root=context.root, archived_at=None).select_related("unit")
    for service in rows.prefetch_related("deputies"):
        people = {service.owner_id, *(deputy.pk for deputy in service.deputies.all())}
        named = context.by.pk in people
        if may(context.by, Capability.IMPORT, path=service.unit.path, is_named=named):
            allowed |= {_folded(service.name), _folded(service.external_id or service.name)}
    name = "name" if kind is Kind.SERVICES else "service"
    return {
        record.row
        for record in records
        if _folded(str(record.fields.get(name) or UNASSIGNED)) not in allowed
    }


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
