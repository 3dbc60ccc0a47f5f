"""The demo organisation from the shell: `demo load [--if-empty]` and `demo unload`."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from demo.load import is_empty, load
from demo.refusal import DemoRefused
from demo.unload import unload


class Command(BaseCommand):
    """Loads or unloads the invented municipality; refused outside demo mode."""

    help = "Load or unload the demo organisation, an invented municipality"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One deed at a time."""
        parser.add_argument("deed", choices=["load", "unload"])
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing when there is data already"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and say so in one line; exit code 1 with a sentence when refused."""
        if not settings.DEMO:
            raise CommandError(
                "This is not a demo: its log-ins have a public password. "
                "Set DEMO=1 on a machine that holds nothing else."
            )
        try:
            self.stdout.write(self._load(options) if options["deed"] == "load" else self._unload())
        except DemoRefused as refusal:
            raise CommandError(str(refusal)) from refusal

    def _load(self, options: dict[str, Any]) -> str:
        if options["if_empty"] and not is_empty():
            return "There is data already; the demo organisation is left as it is."
        found = load()
        return (
            f"Loaded the demo organisation: {found.projects} projects, {found.services} services, "
            f"{found.improvements} improvements, {found.incidents} incidents."
        )

    def _unload(self) -> str:
        unload()
        return "Unloaded the demo organisation; its people can no longer log in."
