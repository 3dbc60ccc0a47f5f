"""One file that holds an installation: its database, its files, and what both must be.

A zip with `manifest.json` (format, product and migration versions, a SHA-256 for every member),
`database.sqlite3` or `database.sql`, and `files/…`. Nothing of an installation is touched before
every member has been read and found to be what the manifest says.
"""

import hashlib
import json
import shutil
import sqlite3
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from common import clock
from common.db import SWEDISH, is_postgres
from common.errors import Refused
from common.swedish import swedish_sort_key

FORMAT = 1
MANIFEST = "manifest.json"
#: member of the archive that holds the database, by vendor
DATABASE = {"sqlite": "database.sqlite3", "postgresql": "database.sql"}


def write(target: Path) -> dict[str, Any]:
    """Write the archive, consistent while people work; return its manifest.

    The file appears under its name only when it is whole. Raises Refused when the folder cannot
    be written to or the database's own tool fails.
    """
    partial = target.with_name(f"{target.name}.partial")
    try:
        with _workplace() as place, zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
            members = {DATABASE[connection.vendor]: _dump(place)}
            members |= {f"files/{path}": settings.MEDIA_ROOT / path for path in _files()}
            manifest = _manifest({name: _sum(path) for name, path in members.items()})
            archive.writestr(MANIFEST, json.dumps(manifest, indent=2))
            for name, path in members.items():
                archive.write(path, name)
        partial.replace(target)
    except OSError as fault:
        raise Refused("common.backup_unwritable", path=str(target), error=str(fault)) from fault
    finally:
        partial.unlink(missing_ok=True)
    return manifest


def verify(source: Path) -> dict[str, Any]:
    """Return the manifest of an archive that is whole and fits; Refused otherwise."""
    with _workplace() as place:
        manifest = _verified(source, place)
        if not is_postgres():
            _check_sqlite(place / DATABASE["sqlite"])
    return manifest


def restore(source: Path) -> dict[str, Any]:
    """Verify the archive whole, then put its database and files in place; return its manifest.

    Raises Refused when it is damaged, of another database, or of a newer version; nothing has
    been touched then. What stood before is kept beside as `….before-restore`.
    """
    with _workplace() as place:
        manifest = _verified(source, place)
        database = place / DATABASE[connection.vendor]
        if is_postgres():
            _load_sql(database)
        else:
            _check_sqlite(database)
            connection.close()
            _swap(database, Path(str(connection.settings_dict["NAME"])))
        files = place / "files"
        files.mkdir(exist_ok=True)
        _swap(files, settings.MEDIA_ROOT)
    return manifest


@contextmanager
def _workplace() -> Iterator[Path]:
    # Beside the data, so that the last step is a rename and not a copy that may stop half-way.
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="archive-", dir=settings.DATA_DIR) as name:
        yield Path(name)


def _files() -> list[str]:
    root: Path = settings.MEDIA_ROOT
    return sorted(p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file())


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _manifest(sums: dict[str, str]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "written_at": clock.now().isoformat(),
        "database": connection.vendor,
        "migrations": sorted(
            f"{app}.{name}" for app, name in MigrationLoader(connection).applied_migrations
        ),
        "sha256": sums,
    }


def _dump(place: Path) -> Path:
    target = place / DATABASE[connection.vendor]
    if is_postgres():
        _run(
            "pg_dump", "--no-owner", "--no-privileges", "--clean", "--if-exists", f"--file={target}"
        )
        return target
    # SQLite's own online copy: readers and writers go on meanwhile.
    with (
        closing(sqlite3.connect(str(connection.settings_dict["NAME"]))) as live,
        closing(sqlite3.connect(target)) as copy,
    ):
        live.backup(copy)
    return target


def _verified(source: Path, place: Path) -> dict[str, Any]:
    """Unpack into `place`, comparing every member with the manifest."""
    try:
        with zipfile.ZipFile(source) as archive:
            manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
            _refuse_unfit(manifest)
            for name, expected in manifest["sha256"].items():
                target = (place / name).resolve()
                if not target.is_relative_to(place.resolve()):
                    raise Refused("common.backup_damaged", member=name)
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(name) as packed, target.open("wb") as unpacked:
                    shutil.copyfileobj(packed, unpacked)
                if _sum(target) != expected:
                    raise Refused("common.backup_damaged", member=name)
    except FileNotFoundError as fault:
        raise Refused("common.backup_missing", path=str(source)) from fault
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError, AttributeError) as fault:
        raise Refused("common.backup_damaged", member=str(fault)) from fault
    return manifest


def _refuse_unfit(manifest: dict[str, Any]) -> None:
    if manifest["format"] > FORMAT:
        raise Refused("common.backup_newer", what=f"format {manifest['format']}")
    if manifest["database"] != connection.vendor:
        raise Refused("common.backup_other_database", database=manifest["database"])
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    newer = sorted(set(manifest["migrations"]) - known)
    if newer:
        raise Refused("common.backup_newer", what=newer[0])
    if DATABASE[connection.vendor] not in manifest["sha256"]:
        raise Refused("common.backup_damaged", member=DATABASE[connection.vendor])


def _compare(left: str, right: str) -> int:
    one, other = swedish_sort_key(left), swedish_sort_key(right)
    return (one > other) - (one < other)


def _check_sqlite(database: Path) -> None:
    with closing(sqlite3.connect(database)) as copy:
        copy.create_collation(SWEDISH, _compare)  # its indexes are in that order
        try:
            found = copy.execute("PRAGMA quick_check").fetchone()[0]
        except sqlite3.DatabaseError as fault:
            raise Refused("common.backup_damaged", member=database.name) from fault
    if found != "ok":
        raise Refused("common.backup_damaged", member=database.name)


def _swap(fresh: Path, target: Path) -> None:
    """Put `fresh` where `target` is; what was there is kept beside it."""
    kept = target.with_name(f"{target.name}.before-restore")
    for leftover in (kept, *(Path(f"{target}{tail}") for tail in ("-wal", "-shm"))):
        if leftover.is_dir():
            shutil.rmtree(leftover)
        else:
            leftover.unlink(missing_ok=True)
    if target.exists():
        target.rename(kept)
    fresh.rename(target)


#: the script drops what the archive knows; this drops what a newer version has made since
_EMPTY = """DO $$ DECLARE name text; BEGIN
FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LOOP
EXECUTE format('DROP TABLE %I CASCADE', name); END LOOP; END $$"""


def _load_sql(script: Path) -> None:
    # One transaction: it is all in, or nothing has happened.
    fixed = ("--quiet", "--no-psqlrc", "--single-transaction", "--set=ON_ERROR_STOP=1")
    _run("psql", *fixed, f"--command={_EMPTY}", f"--file={script}")


def _run(tool: str, *arguments: str) -> None:
    place = connection.settings_dict
    given = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    environment = {name: str(place[key]) for name, key in given.items() if place.get(key)}
    program = shutil.which(tool)
    if program is None:
        raise Refused("common.backup_tool_missing", tool=tool)
    done = subprocess.run(  # noqa: S603  a fixed program, no shell
        [program, *arguments, f"--dbname={place['NAME']}"],
        env={"PATH": str(Path(program).parent), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise Refused("common.backup_tool_failed", tool=tool, error=done.stderr.strip()[:300])
