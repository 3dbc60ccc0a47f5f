"""For health checks: `alive worker` or `alive beat` fails when the part stands still."""

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common import clock
from common.models import Heartbeat

MOST_AGE = dt.timedelta(minutes=3)


class Command(BaseCommand):
    """Read the part's heartbeat row."""

    help = "Exit with an error when worker or beat has stood still for three minutes"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which part."""
        parser.add_argument("part", choices=["worker", "beat"])

    def handle(self, *args: Any, **options: Any) -> None:
        """Say when it was last alive."""
        row = Heartbeat.objects.filter(name=options["part"]).first()
        if row is None:
            raise CommandError(f"The {options['part']} has never shown life here.")
        age = clock.now() - row.at
        if age > MOST_AGE:
            raise CommandError(f"The {options['part']} last showed life {age} ago.")
        self.stdout.write(f"The {options['part']} was alive {int(age.total_seconds())} s ago.")
