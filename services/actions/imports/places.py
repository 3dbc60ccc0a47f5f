"""Where an imported record belongs: services and units found by what a file calls them."""

from collections.abc import Iterable
from typing import Any

from common.imports import ImportContext, Outcome, folded
from services.actions.services import create_service, unassigned
from services.domain.lifecycle import Status
from services.models import UNASSIGNED, Service


class Services:
    """The services of an organisation by name, source number and key; two statements at most.

    `find` answers None for an unknown one; `place` makes it where the file may, else gives the
    organisation's service "Unassigned". Nothing is written before `place` is called.
    """

    def __init__(self, context: ImportContext, names: Iterable[str]) -> None:
        self.context = context
        wanted = {folded(name) for name in names if name}
        self._found: dict[str, Service] = {}
        rows = Service.objects.filter(root=context.root, archived_at=None).order_by("-pk")
        for row in rows:
            # Of two with one name the older wins; a number beats a name.
            for name in (row.name, row.key, row.external_id or ""):
                if name and folded(name) in wanted:
                    self._found[folded(name)] = row
        self._unassigned: Service | None = None
        self.made: list[Service] = []

    def find(self, name: str) -> Service | None:
        """Return the service a file calls by that name."""
        return self._found.get(folded(name))

    def will_be_made(self, name: str) -> bool:
        """Return whether `place` would make a service of that name."""
        return bool(name) and name != UNASSIGNED and self.context.creates_parents

    def made_none(self, name: str) -> bool:
        """Return whether a name stands for no service and will not be made one."""
        return self.find(name) is None and not self.will_be_made(name)

    def place(self, name: str) -> Service:
        """Return the service for a record that names it so, made now if need be."""
        found = self.find(name)
        if found is not None:
            return found
        if not self.will_be_made(name):
            if self._unassigned is None:
                self._unassigned = unassigned(self.context.root)
            return self._unassigned
        made = create_service(
            by=None,
            name=name,
            unit=self.context.root,
            status=Status.OPERATIONAL,
            source=self.context.source,
        )
        self._found[folded(name)] = made
        self.made.append(made)
        return made


def is_untouched(row: Any, told: Outcome) -> bool:
    """Return whether what an import wrote still stands as it left it."""
    return row is not None and row.version == told.version and told.state in {"new", "changed"}
