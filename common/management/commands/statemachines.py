"""Write the state diagrams of docs/reference from the tables; `--check` fails when one is stale."""

import importlib
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from common.domain.transitions import StateTable

#: page of docs/reference -> its heading, and the module whose tables it draws
PAGES = {
    "project_states": ("States of a project", "projects.domain.lifecycle"),
    "service_states": ("States of a service", "services.domain.lifecycle"),
    "gate_states": ("States of a gate", "projects.domain.gate_states"),
    "improvement_states": ("States of an improvement", "improvements.domain.lifecycle"),
}


def page(heading: str, module: str) -> str:
    """Return the page of a module's tables, and of its `reference()`, as they are now."""
    parts = [f"# {heading}\n\nGenerated from `{module}` by `manage.py statemachines`.\n"]
    named = vars(importlib.import_module(module))
    for table in named.values():
        if isinstance(table, StateTable):
            said = f"{table.undrawn}\n\n" if table.undrawn else ""
            parts.append(
                f"## {table.name.capitalize()}\n\n{said}```mermaid\n{table.diagram()}```\n"
            )
    if "reference" in named:
        parts.append(named["reference"]())
    return "\n".join(parts)


class Command(BaseCommand):
    """Generate docs/reference/<things>_states.md."""

    help = "Write the state diagrams of docs/reference; --check fails when one is stale"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Only one way besides writing."""
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write or compare every page."""
        stale = []
        for name, (heading, module) in PAGES.items():
            path, text = (
                settings.BASE_DIR / "docs" / "reference" / f"{name}.md",
                page(heading, module),
            )
            if not options["check"]:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            elif not path.exists() or path.read_text(encoding="utf-8") != text:
                stale.append(path.name)
        if stale:
            raise CommandError(f"Stale: {', '.join(stale)}. Run: python manage.py statemachines")
