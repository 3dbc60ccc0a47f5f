"""Write the state diagrams of docs/reference from the tables; `--check` fails when one is stale."""

import importlib
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from common.domain.transitions import StateTable

MODULES = [
    "projects.domain.lifecycle",
    "services.domain.lifecycle",
    "improvements.domain.lifecycle",
]


class Command(BaseCommand):
    """Generate docs/reference/<table>.md."""

    help = "Write the state diagrams of docs/reference; --check fails when one is stale"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Only one way besides writing."""
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write or compare every table that a lifecycle module holds."""
        stale = []
        for name in MODULES:
            for table in vars(importlib.import_module(name)).values():
                if isinstance(table, StateTable):
                    path = settings.BASE_DIR / "docs" / "reference" / f"{table.name}.md"
                    head = f"# {table.name}\n\nGenerated from `{name}`; do not edit.\n\n"
                    text = f"{head}```mermaid\n{table.diagram()}```\n"
                    if options["check"]:
                        if not path.exists() or path.read_text() != text:
                            stale.append(path.name)
                    else:
                        path.parent.mkdir(parents=True, exist_ok=True)
                        path.write_text(text)
        if stale:
            raise CommandError(f"Stale: {', '.join(stale)}. Run: python manage.py statemachines")
