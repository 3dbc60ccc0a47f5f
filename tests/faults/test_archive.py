"""Backup and restore: whole, verified first, and nothing touched when refused."""

import json
import shutil
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.house import House

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]

MARKS = "select count(*) from common_changemark"
PROJECTS = "select count(*) from projects_project"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Path:
    """A data folder of three projects and one uploaded file, with an archive of it."""
    folder = tmp_path_factory.mktemp("kept")
    shutil.copytree(migrated, folder, dirs_exist_ok=True)
    house = House(folder)
    house.build(projects=3)
    (folder / "files").mkdir()
    (folder / "files" / "list.csv").write_text("name;start")
    house.manage("backup", str(folder / "kept.zip"))
    return folder


@pytest.fixture
def archive(house: House, kept: Path) -> Path:
    """The archive, in a copy of the folder it was made of."""
    shutil.copytree(kept, house.folder, dirs_exist_ok=True)
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
    with sqlite3.connect(house.folder / "brygga.sqlite3") as database:
        database.execute("delete from common_changemark")
    assert house.ask(MARKS) == 0
    (house.folder / "files" / "list.csv").write_text("lost")

    assert "is whole" in house.manage("restore", str(archive))
    assert house.ask(MARKS) == 0, "verifying alone has changed something"
    house.manage("restore", str(archive), "--yes")

    assert house.ask(MARKS) == before
    assert (house.folder / "files" / "list.csv").read_text() == "name;start"
    assert (house.folder / "brygga.sqlite3.before-restore").exists()


@pytest.mark.parametrize(
    ("member", "change", "reason"),
    [
        ("files/list.csv", lambda content: content + b"!", "damaged at files/list.csv"),
        ("database.sqlite3", lambda content: content[:-4096], "damaged at database.sqlite3"),
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
            lambda content: json.dumps({**json.loads(content), "database": "postgresql"}).encode(),
            "postgresql database",
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
