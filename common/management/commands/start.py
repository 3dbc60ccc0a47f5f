"""A running site from nothing: build, migrate, load the demo if empty, start all parts."""

import hashlib
import os
import socket
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError


class Command(BaseCommand):
    """`manage.py start`: web, worker and beat in one terminal."""

    help = "Prepare the data folder and run web, worker and beat until Ctrl-C"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The port may come from the environment."""
        parser.add_argument("--port", default=os.environ.get("PORT", "8000"))
        parser.add_argument("--prepare-only", action="store_true", help="do everything but start")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare, then become the supervisor."""
        port = checked_port(options["port"])
        prepare_folder(settings.DATA_DIR)
        self.build()
        self.fill()
        if options["prepare_only"]:
            return
        sys.stdout.flush()
        script = settings.BASE_DIR / "config" / "supervise.py"
        environment = {**os.environ, "DATA_DIR": str(settings.DATA_DIR)}
        os.chdir(settings.BASE_DIR)
        # Becoming it, instead of waiting for it, leaves no Django in the watching process.
        os.execve(  # noqa: S606  our own interpreter and script
            sys.executable, [sys.executable, str(script), port, *sentences(port)], environment
        )

    def build(self) -> None:
        """Build translations and static files; what is unchanged is not built again."""
        stamp, wanted = settings.DATA_DIR / "static.stamp", static_hash()
        try:
            call_command("messages", compile=True)
            if not stamp.exists() or stamp.read_text() != wanted:
                self.stdout.write("Building static files…")
                call_command("collectstatic", interactive=False, verbosity=0, clear=True)
                stamp.write_text(wanted)
        except OSError as error:
            raise CommandError(
                f"{error.filename or settings.DATA_DIR} cannot be written: {error.strerror}. "
                "Free some space or give yourself the right, then run the command again."
            ) from error

    def fill(self) -> None:
        """Bring the database up to date and load the demo organisation into an empty one."""
        try:
            call_command("check", fail_level="WARNING", verbosity=0)
            call_command("migrate", interactive=False, verbosity=0)
            call_command("createcachetable", verbosity=0)
            if settings.DEMO:
                call_command("demo", "load", if_empty=True)
        except DatabaseError as error:
            raise CommandError(
                f"The database cannot be used: {error}\n"
                "Check DATABASE_URL, or that the folder's disk is not full."
            ) from error


def checked_port(text: str) -> str:
    """Return the port if it can be listened on; a sentence otherwise."""
    if not (text.isascii() and text.isdigit()) or not 0 < int(text) < 65536:
        raise CommandError(
            f"PORT is '{text}'; it must be a number from 1 to 65535, e.g. PORT=8000."
        )
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", int(text)))  # noqa: S104  the address that gunicorn will take
        except PermissionError as error:
            raise CommandError(
                f"Port {text} needs administrator rights. Choose one above 1023: PORT=8080 make run"
            ) from error
        except OSError as error:
            raise CommandError(
                f"Port {text} is taken by another program. "
                f"Choose another: PORT={int(text) + 1} make run"
            ) from error
    return text


def prepare_folder(folder: Path) -> None:
    """Make the data and queue folders; old messages are purged, the database remembers."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".write-test").write_text("")
        (folder / ".write-test").unlink()
    except OSError as error:
        raise CommandError(
            f"The folder {folder} cannot be written to. Set DATA_DIR to one that can."
        ) from error
    for name in ("messages", "control"):
        # Emptied, not removed: a worker that still runs here goes on looking into it.
        (settings.QUEUE_DIR / name).mkdir(parents=True, exist_ok=True)
        for message in (settings.QUEUE_DIR / name).iterdir():
            message.unlink(missing_ok=True)
    for leftover in folder.glob("beat-schedule*"):
        leftover.unlink(missing_ok=True)


def static_hash() -> str:
    """Return a hash over the static files and their libraries' lock."""
    digest = hashlib.sha256((settings.BASE_DIR / "requirements" / "base.txt").read_bytes())
    for path in sorted((settings.BASE_DIR / "static").rglob("*")):
        if path.is_file():
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def sentences(port: str) -> list[str]:
    """Return what a new user needs to know: the address and, for the demo, who may log in."""
    lines = ["", f"Brygga is running at http://localhost:{port}/"]
    if settings.DEMO:
        lines += [
            f"Log in as {', '.join(settings.DEMO_PEOPLE)}.",
            f"The password is {settings.DEMO_PASSWORD}.",
            "Everything in it is invented.",
        ]
    return [*lines, "Stop with Ctrl-C.", ""]
