"""A fresh house, and nothing of it left afterwards."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.house import House


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house with an empty, migrated database; copied for each test."""
    made = House(tmp_path_factory.mktemp("migrated"))
    made.migrate()
    yield made
    made.end()


@pytest.fixture
def house(tmp_path: Path, migrated: House) -> Iterator[House]:
    """A house of its own; whatever was started in it is killed at the end."""
    shutil.copytree(migrated.folder, tmp_path, dirs_exist_ok=True)
    made = House(tmp_path, like=migrated)
    yield made
    made.end()
