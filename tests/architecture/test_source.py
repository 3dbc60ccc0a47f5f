"""What must hold of every source file: names, sizes, directions that import-linter cannot see."""

import ast
import importlib
import pkgutil
import re
import subprocess
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest
from django.conf import settings

from common.domain.transitions import StateTable

ROOT = Path(settings.BASE_DIR)
APPS = (
    "config", "common", "accounts", "projects", "services", "improvements", "portfolio",
    "exchange", "demo",
)  # fmt: skip
MOST_LINES = 400
MOST_TEMPLATE_LINES = 150


def _modules(*apps: str) -> Iterator[Path]:
    for app in apps or APPS:
        yield from (p for p in sorted((ROOT / app).rglob("*.py")) if "migrations" not in p.parts)


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def test_no_file_is_named_after_nothing() -> None:
    nothing = {"utils", "helpers", "misc", "util", "helper", "services", "managers", "base"}

    # `services` is also the field's word for a thing; what is refused is a layer of that name.
    named = [
        _name(path)
        for path in _modules()
        if path.stem in nothing
        and (path.parent.name in APPS or path.parent.name == "domain")
        and path.parent.name != "demo"
    ]

    assert named == []


def test_no_module_is_longer_than_one_reading() -> None:
    long = {_name(p): n for p in _modules() if (n := len(p.read_text().splitlines())) > MOST_LINES}

    assert long == {}


def test_no_template_is_longer_than_one_reading() -> None:
    long = {
        _name(path): lines
        for path in (ROOT / "templates").rglob("*.html")
        if (lines := len(path.read_text().splitlines())) > MOST_TEMPLATE_LINES
    }

    assert long == {}


#: what an action, a query or an access check must never know of: the web
_WEB = (
    "django.shortcuts",
    "django.contrib.messages",
    "django.views",
    "django_htmx",
    "django.forms",
)


def test_actions_queries_and_access_know_no_http() -> None:
    seen = []
    for path in _modules():
        if not {"actions", "queries", "access"} & {path.stem, path.parent.name}:
            continue
        if path.parts[-2:] == ("web", "access.py"):
            continue
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.ImportFrom) and node.module:
                names = {alias.name for alias in node.names}
                # An unseen record is not there: that is the one answer access gives by itself.
                if node.module.startswith("django.http") and names - {"Http404"}:
                    seen.append(f"{_name(path)}: {sorted(names)}")
                if node.module.startswith(_WEB) or node.module.startswith("common.web"):
                    seen.append(f"{_name(path)}: {node.module}")
            if isinstance(node, ast.arg) and node.arg == "request":
                seen.append(f"{_name(path)}: request")

    assert seen == []


def test_no_signals_and_no_generic_keys_between_our_apps() -> None:
    forbidden = re.compile(r"\b(post_save|pre_save|post_delete|m2m_changed|GenericForeignKey)\b")

    assert [_name(p) for p in _modules() if forbidden.search(p.read_text())] == []


def test_migrations_are_named_and_stand_in_one_line() -> None:
    for app in APPS:
        folder = ROOT / app / "migrations"
        files = sorted(p.stem for p in folder.glob("[0-9]*.py"))
        assert not [name for name in files if re.search(r"auto|initial|merge|alter_|add_", name)]
        numbers = [name[:4] for name in files]
        assert numbers == [f"{n + 1:04}" for n in range(len(files))], files


def _tables() -> Iterator[StateTable]:
    for app in ("projects", "services", "improvements"):
        module = importlib.import_module(f"{app}.domain.lifecycle")
        yield from (value for value in vars(module).values() if isinstance(value, StateTable))


@pytest.mark.parametrize("states", {table.states for table in _tables()}, ids=lambda s: s.__name__)
def test_every_state_can_be_reached(states: type[StrEnum]) -> None:
    tables = [table for table in _tables() if table.states is states]
    waiting = {table.initial.value for table in tables}
    reached: set[str] = set()
    while waiting - reached:
        state = (waiting - reached).pop()
        reached.add(state)
        waiting |= {move.target.value for table in tables for move in table.moves_from(state)}

    assert reached == {state.value for state in states}


def test_every_state_move_names_a_capability_that_exists() -> None:
    from accounts.domain.roles import Capability

    known = {capability.value for capability in Capability}
    unknown = {
        (table.name, move.by)
        for table in _tables()
        for move in table.moves
        if move.by not in known and not move.by.startswith("seats_")
    }

    assert unknown == set()


def _committed() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_committed_files_name_no_machine_and_no_package_registry() -> None:
    named = re.compile(
        r"(?:^|[\s\"'(=:])/(?:work|root|home/\w+|Users)/|https?://[\w.-]*(?:pypi|npmjs|python"
        # Joined, so that this file itself holds no such address.
        r"hosted)"
        r"|--(?:extra-)?index-url|trusted-host",
        re.MULTILINE,
    )
    found = {}
    for path in _committed():
        if path == Path(__file__) or path.suffix in {".woff2", ".png", ".xlsx", ".mo"}:
            continue
        match = named.search(path.read_bytes().decode(errors="replace"))
        if match:
            found[_name(path)] = match[0]

    assert found == {}


@pytest.mark.parametrize("name", ["base", "dev"])
def test_every_locked_requirement_is_pinned_and_hashed(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]

    assert len(lines) > 10
    assert [line for line in lines if "==" not in line or "--hash=sha256:" not in line] == []


def test_every_module_can_be_imported() -> None:
    """A module that nothing imports yet must not wait with its fault for a user."""
    for app in APPS:
        package = importlib.import_module(app)
        for found in pkgutil.walk_packages(package.__path__, f"{app}."):
            if not found.name.startswith(("config.settings", "config.supervise")):
                importlib.import_module(found.name)
