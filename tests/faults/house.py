"""A house of its own for each test: data folder, SQLite file, real processes that may be killed."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

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


class House:
    """A data folder with its database, and the processes started in it."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.started: list[subprocess.Popen[bytes]] = []
        hidden = {"DATABASE_URL", "BROKER_URL", "DJANGO_SETTINGS_MODULE", "EXPECTED_VENDOR"}
        kept = {name: value for name, value in os.environ.items() if name not in hidden}
        self.environment = {**kept, "DATA_DIR": str(folder), "MODE": "local", **environment}

    def manage(self, *arguments: str) -> str:
        """Run a command to its end and return what it printed; AssertionError when it fails."""
        done = self._run(*arguments)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

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
        """Kill what still lives."""
        for child in self.started:
            if child.poll() is None:
                self.kill(child)

    def tell(self, statement: str) -> None:
        """Carry out a statement, e.g. to let time have passed."""
        connection = sqlite3.connect(self.folder / "brygga.sqlite3", timeout=20)
        try:
            with connection:
                connection.execute(statement)
        finally:
            connection.close()

    def ask(self, statement: str) -> Any:
        """Return the first value of the first row."""
        connection = sqlite3.connect(self.folder / "brygga.sqlite3", timeout=20)
        try:
            return connection.execute(statement).fetchone()[0]
        finally:
            connection.close()


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
