# ruff: noqa: N999  the command has the name that people type
"""Import a file: `import KIND FILE --mapping M [--as-of D] [--dry-run] [--json]`.

Exit codes: 0 every row came in, 3 rows were refused, wholly or in part, 2 the file or the mapping
was refused, with a sentence on stderr.
"""

import datetime as dt
import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from accounts.models import Unit, User
from common.domain.parsing import ParseError, parse_date
from common.errors import Refused
from common.jobs import run_to_end
from common.wording import say
from exchange.actions import Until, begin, confirm, discard, prepare
from exchange.domain.errors import MappingError
from exchange.domain.kinds import Kind
from exchange.mappings import mapping_text
from exchange.models import ImportBatch
from exchange.queries import faulty_rows, mapping_of
from exchange.reporting import columns_by_field, reasons_of

REFUSED_FILE, REFUSED_ROWS = 2, 3
SHOWN = 20
COUNTS = ("new", "changed", "same", "refused", "partly", "skipped")


class Command(BaseCommand):
    """Import a file, or say what an import would do."""

    help = "Import a file with a mapping; docs/import.md is the manual."
    requires_migrations_checks = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What the manual lists."""
        parser.add_argument("kind", help=", ".join(Kind))
        parser.add_argument("file", help="CSV, XLSX or JSON lines; may be packed with gzip")
        parser.add_argument("--mapping", required=True, help="a shipped name, or a path")
        parser.add_argument("--as-of", dest="as_of", help="the day the file speaks of; today")
        parser.add_argument("--dry-run", action="store_true", help="judge all, write nothing")
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
        parser.add_argument("--organisation", help="needed when there are several")
        parser.add_argument("--by", help="user name of the person who imports")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, print the summary, end with the code."""
        try:
            batch = self._import(options)
        except Refused as refusal:
            self.stderr.write(str(refusal))
            sys.exit(REFUSED_FILE)
        if batch.job is not None and batch.job.state != "done":
            error = batch.job.error
            self.stderr.write(say(error.get("code", "common.job_failed"), error.get("params")))
            sys.exit(1)
        self._tell(batch, is_dry=options["dry_run"], as_json=options["json"])
        if batch.refused or batch.partly:
            sys.exit(REFUSED_ROWS)

    def _import(self, options: dict[str, Any]) -> ImportBatch:
        """Return the import, done or only judged."""
        kind = _kind(options["kind"])
        path = Path(options["file"])
        mapping = _mapping(options["mapping"])
        root, by, as_of = _root(options["organisation"]), _person(options["by"]), _day(options)
        try:
            with path.open("rb") as file:
                batch = begin(
                    file,
                    kind=kind,
                    mapping=mapping,
                    root=root,
                    by=by,
                    file_name=path.name,
                    as_of=as_of,
                )
        except OSError as error:
            raise Refused("exchange.file_not_found", file=str(path)) from error
        prepare(batch, Until(), source=path, compares=options["dry_run"])
        if options["dry_run"]:
            return discard(batch, by=by)
        run_to_end(confirm(batch, by=by))
        return ImportBatch.objects.select_related("job").get(pk=batch.pk)

    def _tell(self, batch: ImportBatch, *, is_dry: bool, as_json: bool) -> None:
        counts = {name: getattr(batch, name) for name in COUNTS}
        columns = columns_by_field(mapping_of(batch))
        faults = [
            {"row": row.row, "key": row.external_id, "told": " ".join(reasons_of(row, columns))}
            for row, _number in zip(faulty_rows(batch), range(SHOWN), strict=False)
        ]
        if as_json:
            summary = {
                "import": batch.pk,
                "kind": batch.kind,
                "file": batch.file_name,
                "sha256": batch.file_hash,
                "mapping": batch.mapping,
                "as_of": batch.as_of.isoformat(),
                "dry_run": is_dry,
                "rows": batch.rows,
                **counts,
                "first_refused": faults,
            }
            self.stdout.write(json.dumps(summary, ensure_ascii=False))
            return
        told = ", ".join(f"{name} {count}" for name, count in counts.items())
        self.stdout.write(f"{batch.file_name}: rows {batch.rows}: {told}")
        for fault in faults:
            self.stderr.write(f"row {fault['row']}: {fault['told']}")
        if batch.refused + batch.partly > SHOWN:
            self.stderr.write(f"… and {batch.refused + batch.partly - SHOWN} more")
        if is_dry:
            self.stdout.write("Nothing was written.")


def _kind(text: str) -> Kind:
    try:
        return Kind(text)
    except ValueError as error:
        raise Refused("exchange.kind_unknown", kind=text, known=", ".join(Kind)) from error


def _mapping(name: str) -> tuple[str, str]:
    try:
        return mapping_text(name)
    except MappingError as error:
        raise Refused(f"exchange.mapping.{error.code}", **error.params) from error


def _root(name: str | None) -> Unit:
    """Return the organisation of that name; without one the only one there is."""
    roots = list(Unit.objects.roots().filter(archived_at=None).order_by("name"))
    known = ", ".join(root.name for root in roots)
    if not roots:
        raise Refused("exchange.organisation_missing")
    if name is None and len(roots) > 1:
        raise Refused("exchange.organisation_needed", known=known)
    found = [root for root in roots if name is None or root.name.casefold() == name.casefold()]
    if not found:
        raise Refused("exchange.organisation_unknown", name=name or "", known=known)
    return found[0]


def _person(username: str | None) -> User | None:
    if username is None:
        return None
    person = User.objects.filter(username__iexact=username).first()
    if person is None:
        raise Refused("exchange.person_unknown", username=username)
    return person


def _day(options: dict[str, Any]) -> dt.date | None:
    text = options["as_of"]
    try:
        return parse_date(text) if text else None
    except ParseError as error:
        raise Refused("exchange.day_unreadable", text=text) from error
