"""What the compose file, the image, the Makefile and the papers name exists."""

import importlib
import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands

from config.celery import app

ROOT = Path(__file__).resolve().parent.parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
PAPERS = ["README.md", "CONTRIBUTING.md", "docs/operate.md", "docs/import.md"]
OURS = {name: part for name, part in COMPOSE["services"].items() if "build" in part}


def texts_of(part: dict[str, Any]) -> str:
    check = part.get("healthcheck", {}).get("test", [])
    return " ".join([*part.get("command", []), *check])


def management_commands(text: str) -> set[str]:
    return set(re.findall(r"manage\.py (\w+)", text))


def test_every_part_of_the_compose_file_runs_something_that_exists() -> None:
    known = set(get_commands())
    for name, part in OURS.items():
        text = texts_of(part)
        assert text, name
        assert management_commands(text) <= known, name
        for program in re.findall(r"^(gunicorn|celery)", text):
            assert importlib.util.find_spec(program), program


def test_the_site_and_the_celery_app_that_are_named_exist() -> None:
    assert callable(importlib.import_module("config.wsgi").application)
    assert texts_of(OURS["worker"]).startswith("celery --app config worker")
    assert importlib.import_module("config").celery_app is app


def test_compose_has_no_secret_of_its_own() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    for name in ("SECRET_KEY", "DATABASE_PASSWORD", "ALLOWED_HOSTS"):
        values = re.findall(rf"\$\{{{name}([^}}]*)\}}", text)
        assert values, name
        assert all(value.startswith(":?") for value in values), name


def test_every_part_says_whether_it_is_well() -> None:
    image = (ROOT / "Dockerfile").read_text()
    for name, part in COMPOSE["services"].items():
        if name != "prepare":  # it ends by itself
            assert "healthcheck" in part or (name == "web" and "HEALTHCHECK" in image), name


def test_the_image_runs_as_nobody_special_and_installs_by_hash() -> None:
    image = (ROOT / "Dockerfile").read_text()
    assert "--require-hashes" in image
    assert re.search(r"^USER (?!root)", image, re.M)
    assert management_commands(image) <= set(get_commands())


def test_every_target_of_the_makefile_starts_from_a_file_that_exists() -> None:
    text = (ROOT / "Makefile").read_text()
    for path in re.findall(r"(tools/\w+\.py)", text):
        if path != "tools/screens.py":  # kept for those who take the pictures
            assert (ROOT / path).exists(), path
    assert management_commands(text) <= set(get_commands())
    assert importlib.util.find_spec("bench.__main__")


@pytest.mark.parametrize("paper", PAPERS)
def test_every_command_and_file_that_a_paper_names_exists(paper: str) -> None:
    text = (ROOT / paper).read_text()
    assert management_commands(text) <= set(get_commands())
    for link in re.findall(r"\]\(([^)#:]+?)\)", text):
        assert ((ROOT / paper).parent / link).exists(), link
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"`make ([a-z]+)`", text)) <= targets


@pytest.mark.parametrize("paper", ["docs/operate.md", "config/settings.py"])
def test_the_variables_that_a_paper_names_are_read(paper: str) -> None:
    settings = (ROOT / "config" / "settings.py").read_text()
    read = set(re.findall(r"env\.\w+\(\s*[\"\'](\w+)", settings)) | {
        "DATABASE_URL",
        "SECRET_KEY_FILE",
    }
    named = {
        name
        for line in (ROOT / paper).read_text().splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`([A-Z_]{4,})`", line.split("|")[1])
    }
    assert named <= read
