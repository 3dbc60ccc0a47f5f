"""A house of its own for each test: data folder, database, real processes that may be killed."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import environ
import psycopg

ROOT = Path(__file__).resolve().parent.parent.parent
PEOPLE_AND_PROJECTS = """
from tests.factories.accounts import make_organisation, make_person
from accounts.domain.roles import Role
from projects.models import Project, ProjectType
from common import clock, marks
from common.subjects import Subject
root = make_organisation(name="Nordvik")
make_person(unit=root, role=Role.PMO_LEAD, username="pmo")
kind = ProjectType.objects.create(name="Development")
now = clock.now()
rows = Project.objects.bulk_create(
    Project(name="Project %d" % n, unit=root, project_type=kind, phase="executing",
            created_at=now, updated_at=now)
    for n in range({projects})
)
marks.mark(Subject("project", row.pk) for row in rows)
"""


#: the PostgreSQL server that the suite runs on; empty for SQLite
SERVER = os.environ.get("DATABASE_URL", "").rpartition("/")[0]
_NUMBERS = count(1)


class House:
    """A data folder with its database, and the processes started in it.

    On PostgreSQL the database is one of its own, a copy of `like`'s where one is given.
    """

    def __init__(self, folder: Path, like: "House | None" = None, **environment: str) -> None:
        self.folder = folder
        self.started: list[subprocess.Popen[bytes]] = []
        hidden = {"DATABASE_URL", "BROKER_URL", "DJANGO_SETTINGS_MODULE", "EXPECTED_VENDOR"}
        kept = {name: value for name, value in os.environ.items() if name not in hidden}
        self.environment = {**kept, "DATA_DIR": str(folder), "MODE": "local", **environment}
        self.name = f"house_{os.getpid()}_{next(_NUMBERS)}" if SERVER else ""
        if SERVER:
            self.environment["DATABASE_URL"] = f"{SERVER}/{self.name}"
            self.copy_database(like.name if like else "template1")

    def copy_database(self, template: str) -> None:
        """Make the database of PostgreSQL anew, as a copy of another that nobody uses."""
        on_server(f'drop database if exists "{self.name}" with (force)')
        on_server(f'create database "{self.name}" template "{template}"')

    def manage(self, *arguments: str) -> str:
        """Run a command to its end and return what it printed; AssertionError when it fails."""
        done = self._run(*arguments)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def try_to(self, *arguments: str) -> bool:
        """Run a command to its end and return whether it succeeded."""
        return self._run(*arguments).returncode == 0

    def refused(self, *arguments: str) -> str:
        """Run a command that must refuse, and return the sentence it says."""
        done = self._run(*arguments)
        assert done.returncode != 0, done.stdout[-2000:]
        return done.stderr

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )

    def migrate(self) -> None:
        """Make the folders and an empty database."""
        for name in ("messages", "control"):
            (self.folder / "queue" / name).mkdir(parents=True, exist_ok=True)
        self.manage("migrate", "--verbosity", "0")
        self.manage("createcachetable", "--verbosity", "0")

    def build(self, *, projects: int) -> None:
        """Load an organisation whose projects all wait for the roll-up."""
        self.manage("shell", "-v", "0", "-c", PEOPLE_AND_PROJECTS.format(projects=projects))

    def worker(self, **environment: str) -> subprocess.Popen[bytes]:
        """Start a worker with beat inside, as the embedded site does."""
        command = [sys.executable, "-m", "celery", "--quiet", "--app", "config", "worker", "-B"]
        command += ["--pool", "threads", "--concurrency", "2", "--loglevel", "ERROR"]
        number = len(self.started)
        command += ["--hostname", f"w{number}@localhost"]
        command += ["--schedule", str(self.folder / f"beat-{number}")]
        child = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**self.environment, **environment},
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.started.append(child)
        return child

    def kill(self, child: subprocess.Popen[bytes]) -> None:
        """SIGKILL to the process and all it started: no handler runs, nothing is put in order."""
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()

    def end(self) -> None:
        """Kill what still lives, and leave no database behind."""
        for child in self.started:
            if child.poll() is None:
                self.kill(child)
        if SERVER:
            on_server(f'drop database if exists "{self.name}" with (force)')

    def connect(self) -> Any:
        """Return a connection of our own to the database; closed, it has kept what was done."""
        if SERVER:
            return psycopg.connect(**_place(self.name), autocommit=True)
        return sqlite3.connect(self.folder / "brygga.sqlite3", timeout=20, isolation_level=None)

    def tell(self, statement: str) -> None:
        """Carry out a statement, e.g. to let time have passed."""
        with closing(self.connect()) as connection:
            connection.execute(statement)

    def ask(self, statement: str) -> Any:
        """Return the first value of the first row."""
        with closing(self.connect()) as connection:
            return connection.execute(statement).fetchone()[0]


def _place(name: str) -> dict[str, Any]:
    found = environ.Env.db_url_config(f"{SERVER}/{name}")
    wanted = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    return {key: found[key_of] for key, key_of in wanted.items() if found[key_of]} | {
        "dbname": name
    }


def on_server(statement: str) -> None:
    """Carry out a statement that concerns whole databases."""
    with psycopg.connect(**_place("postgres"), autocommit=True) as connection:
        connection.execute(statement)


def free_port() -> str:
    """Return a port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def until(holds: Callable[[], object], seconds: float = 60) -> None:
    """Return as soon as it holds; AssertionError when it never does."""
    give_up = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < give_up, f"not within {seconds} s"
        time.sleep(0.05)
