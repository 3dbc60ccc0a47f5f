"""Backup and restore: whole, verified first, and nothing touched when refused."""

import json
import shutil
import sqlite3
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from tests.faults.house import SERVER, House

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]

MARKS = "select count(*) from common_changemark"
PROJECTS = "select count(*) from projects_project"
DATABASE_ERRORS = (sqlite3.DatabaseError, psycopg.DatabaseError)
MEMBER = "database.sql" if SERVER else "database.sqlite3"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, migrated: House) -> Iterator[House]:
    """A house of three projects and one uploaded file, with an archive of it."""
    folder = tmp_path_factory.mktemp("kept")
    shutil.copytree(migrated.folder, folder, dirs_exist_ok=True)
    made = House(folder, like=migrated)
    made.build(projects=3)
    (folder / "files").mkdir()
    (folder / "files" / "list.csv").write_text("name;start")
    made.manage("backup", str(folder / "kept.zip"))
    yield made
    made.end()


@pytest.fixture
def archive(house: House, kept: House) -> Path:
    """The archive, in a copy of the house it was made of."""
    shutil.copytree(kept.folder, house.folder, dirs_exist_ok=True)
    if house.name:
        house.copy_database(kept.name)
    return house.folder / "kept.zip"


def rewritten(source: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """Return a copy of the archive with some member changed."""
    target = source.with_name("changed.zip")
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return target


def test_what_was_lost_comes_back_with_its_files(house: House, archive: Path) -> None:
    before = house.ask(MARKS)
    house.tell("delete from common_changemark")
    house.tell("create table of_a_newer_version (id integer)")
    (house.folder / "files" / "list.csv").write_text("lost")

    assert "is whole" in house.manage("restore", str(archive))
    assert house.ask(MARKS) == 0, "verifying alone has changed something"
    house.manage("restore", str(archive), "--yes")

    assert house.ask(MARKS) == before
    assert house.ask(PROJECTS) == 3
    assert (house.folder / "files" / "list.csv").read_text() == "name;start"
    with pytest.raises(DATABASE_ERRORS):
        house.ask("select count(*) from of_a_newer_version")
    if not house.name:
        assert (house.folder / "brygga.sqlite3.before-restore").exists()


def test_an_archive_made_while_people_write_is_of_one_moment(house: House, archive: Path) -> None:
    """Every transaction leaves two marks of one number: no number may come back alone."""
    until_backed_up = threading.Event()
    written = []

    def write() -> None:
        with closing(house.connect()) as connection:
            while not until_backed_up.is_set():
                number = 1000 + len(written)
                connection.execute("begin")
                for _ in range(2):
                    connection.execute(
                        "insert into common_changemark (consumer, kind, object_id)"
                        f" values ('test', 'twice', {number})"
                    )
                connection.execute("commit")
                written.append(number)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        house.manage("backup", str(house.folder / "busy.zip"))
    finally:
        until_backed_up.set()
        writer.join()
    house.manage("restore", str(house.folder / "busy.zip"), "--yes")

    alone = "select object_id from common_changemark where kind = 'twice'"
    alone += " group by object_id having count(*) <> 2"
    assert len(written) > 50
    assert house.ask(f"select count(*) from ({alone}) as alone") == 0
    assert house.ask("select count(*) from common_changemark where kind = 'twice'") > 0


@pytest.mark.parametrize(
    ("member", "change", "reason"),
    [
        ("files/list.csv", lambda content: content + b"!", "damaged at files/list.csv"),
        (MEMBER, lambda content: content[:-4096], f"damaged at {MEMBER}"),
        ("manifest.json", lambda content: b"{", "damaged"),
        (
            "manifest.json",
            lambda content: json.dumps(
                {**json.loads(content), "migrations": ["projects.9999_of_the_future"]}
            ).encode(),
            "newer version (projects.9999_of_the_future)",
        ),
        (
            "manifest.json",
            lambda content: json.dumps({**json.loads(content), "database": "oracle"}).encode(),
            "oracle database",
        ),
        (
            "manifest.json",
            lambda content: json.dumps({**json.loads(content), "format": 2}).encode(),
            "newer version (format 2)",
        ),
    ],
)
def test_an_archive_that_does_not_fit_is_refused_with_the_reason(
    house: House, archive: Path, member: str, change: Callable[[bytes], bytes], reason: str
) -> None:
    unfit = rewritten(archive, lambda name, content: change(content) if name == member else content)

    said = house.refused("restore", str(unfit), "--yes")

    assert reason in said
    assert "Traceback" not in said
    assert house.ask(PROJECTS) == 3
    assert not (house.folder / "brygga.sqlite3.before-restore").exists()


def test_what_is_no_archive_or_not_there_is_refused(house: House) -> None:
    (house.folder / "text.zip").write_text("no archive")

    assert "damaged" in house.refused("restore", str(house.folder / "text.zip"), "--yes")
    assert "There is no archive" in house.refused("restore", str(house.folder / "gone.zip"))
    assert "cannot be written" in house.refused("backup", "/proc/kept.zip")


def test_half_an_archive_is_refused_and_changes_nothing(house: House, archive: Path) -> None:
    half = house.folder / "half.zip"
    half.write_bytes(archive.read_bytes()[: archive.stat().st_size // 2])

    assert "damaged" in house.refused("restore", str(half), "--yes")
    assert house.ask(PROJECTS) == 3
