"""For health checks: `alive web`, `alive worker` or `alive beat` fails when the part does not."""

import datetime as dt
from argparse import ArgumentParser
from typing import Any
from urllib.request import Request, urlopen

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from common import clock
from common.models import Heartbeat

MOST_AGE = dt.timedelta(minutes=3)


class Command(BaseCommand):
    """Ask the web process here, or read the part's heartbeat row."""

    help = "Exit with an error when web does not answer or worker or beat has stood still"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which part."""
        parser.add_argument("part", choices=["web", "worker", "beat"])
        parser.add_argument("--port", type=int, default=8000, help="web: where it listens")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say when it was last alive."""
        if options["part"] == "web":
            self._ask(options["port"])
            return
        row = Heartbeat.objects.filter(name=options["part"]).first()
        if row is None:
            raise CommandError(f"The {options['part']} has never shown life here.")
        age = clock.now() - row.at
        if age > MOST_AGE:
            raise CommandError(f"The {options['part']} last showed life {age} ago.")
        self.stdout.write(f"The {options['part']} was alive {int(age.total_seconds())} s ago.")

    def _ask(self, port: int) -> None:
        """Ask as the proxy would: by a host name that is allowed, over what was HTTPS."""
        host = next(iter(settings.ALLOWED_HOSTS), "").lstrip(".*") or "localhost"
        request = Request(
            f"http://127.0.0.1:{port}/healthz",
            headers={"Host": host, "X-Forwarded-Proto": "https"},
        )
        try:
            with urlopen(request, timeout=3):  # noqa: S310  an address of our own
                self.stdout.write("The web answers.")
        except OSError as fault:
            raise CommandError(f"The web does not answer: {fault}") from fault
