"""`restore FILE`: put an archive in the place of what stands, after verifying all of it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from common import archive
from common.errors import Refused


class Command(BaseCommand):
    """Verify, then replace, then bring the database up to this version."""

    help = "Replace database and files by those of an archive; stop web, worker and beat first"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where from, and that it is meant."""
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--yes", action="store_true", help="do it; without this the archive is only verified"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse with the reason, or restore and say from when it is."""
        try:
            if not options["yes"]:
                manifest = archive.verify(options["file"])
                self.stdout.write(
                    f"The archive of {manifest['written_at']} is whole. "
                    "Stop web, worker and beat, then run it again with --yes."
                )
                return
            manifest = archive.restore(options["file"])
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        call_command("migrate", interactive=False, verbosity=0)
        self.stdout.write(f"Restored the archive of {manifest['written_at']}.")
