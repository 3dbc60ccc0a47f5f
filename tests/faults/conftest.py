"""A fresh house, and nothing of it left afterwards."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.house import House


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with an empty, migrated database; copied for each test."""
    folder = tmp_path_factory.mktemp("migrated")
    House(folder).migrate()
    return folder


@pytest.fixture
def house(tmp_path: Path, migrated: Path) -> Iterator[House]:
    """A data folder of its own; whatever was started in it is killed at the end."""
    shutil.copytree(migrated, tmp_path, dirs_exist_ok=True)
    made = House(tmp_path)
    yield made
    made.end()
