"""`backup FILE`: the whole installation in one archive, consistent while people work."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common import archive
from common.errors import Refused


class Command(BaseCommand):
    """Write the archive."""

    help = "Write database and files into one archive, with versions and checksums"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it and say what is in it."""
        target: Path = options["file"]
        try:
            manifest = archive.write(target)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        size = target.stat().st_size / 1e6
        self.stdout.write(
            f"{target}: {size:.1f} MB, database and {len(manifest['sha256']) - 1} files."
        )
