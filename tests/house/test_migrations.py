"""The database of the first release is brought to this one, rows and all."""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import datetime as dt
import django

django.setup()
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

FIRST = [
    ("accounts", "0002_links_and_rules"),
    ("common", "0004_shipped_word_packs"),
    ("exchange", "0001_exchange_tables"),
    ("improvements", "0002_default_scoring_model"),
    ("portfolio", "0001_portfolio_tables"),
    ("projects", "0001_projects_tables"),
    ("services", "0001_services_tables"),
]
executor = MigrationExecutor(connection)
executor.migrate(FIRST)
old = executor.loader.project_state(FIRST).apps
at = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)


def made(app, model, **values):
    kind = old.get_model(app, model)
    times = {f.name for f in kind._meta.fields} & {"created_at", "updated_at", "captured_at"}
    return kind.objects.create(**dict.fromkeys(times, at), **values)


person = made("accounts", "User", username="keeper", password="x")
unit = made(
    "accounts", "Unit", name="Nordvik", kind="organisation", path="000001.", currency="SEK",
    zone="Europe/Stockholm",
)
type_ = made("projects", "ProjectType", name="Delivery")
made(
    "projects", "Project", name="Renewal of roofs", unit=unit, project_type=type_,
    phase="executing",
)
service = made(
    "services", "Service", name="Payroll", unit=unit, root=unit, tier=2, status="operational",
    status_on=at.date(),
)
incident = made("services", "Incident", service=service, priority=2, state="new", opened_at=at)
made("services", "StatusSpan", incident=incident, status="new", starts_at=at)
improvement = made(
    "improvements", "Improvement", title="Fewer forms", unit=unit, proposed_by=person,
    state_since=at,
)
made(
    "improvements", "Decision", improvement=improvement, decision="decline", reason="Done",
    by=person, at=at,
    from_state="captured", to_state="declined",
)
made("portfolio", "StandingChange", kind="project", object_id=1, at=at, old="green", new="red")
call_command("migrate", verbosity=0)

from improvements.models import Decision
from portfolio.models import StandingChange
from projects.models import Project
from services.models import StatusSpan

assert Project.objects.get().name == "Renewal of roofs"
assert Decision.objects.get().reason == "Done"
assert StatusSpan.objects.get().starts_at == at
assert StandingChange.objects.get().new == "red"
print("brought here")
"""


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a database of its own, of the kind that the suite runs on."""
    environment = {
        **os.environ,
        "DATA_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    if connection.vendor != "postgresql":
        environment.pop("DATABASE_URL", None)
        yield environment
        return
    known = settings.DATABASES["default"]
    keys = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    place = {key: known[name] for key, name in keys.items() if known.get(name)}
    name = f"brygga_migrates_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(**place, dbname="postgres", autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        base = os.environ["DATABASE_URL"].rpartition("/")[0]
        try:
            yield {**environment, "DATABASE_URL": f"{base}/{name}"}
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_the_first_release_s_rows_are_brought_here(empty: dict[str, str]) -> None:
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, env=empty, capture_output=True, text=True
    )

    assert run.stdout.endswith("brought here\n"), run.stderr[-2000:]
