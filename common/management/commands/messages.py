"""Keep the translation files true, without GNU gettext: `messages [--check | --compile]`.

Each app owns the strings of its code and of its folder under `templates/`; the kernel also owns
the shared templates. Only `.po` files are committed; `.mo` files are built from them.
"""

import io
import re
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation.template import templatize

APPS = [
    "common",
    "accounts",
    "projects",
    "services",
    "improvements",
    "portfolio",
    "exchange",
    "demo",
]
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]")


class Command(BaseCommand):
    """Update, check or compile the translation files."""

    help = (
        "Update the translation files; --check fails on what is untranslated; --compile builds .mo"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Two ways besides updating."""
        parser.add_argument("--check", action="store_true")
        parser.add_argument("--compile", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it for every app."""
        faults: list[str] = []
        for app in APPS:
            path = settings.BASE_DIR / app / "locale" / "sv" / "LC_MESSAGES" / "django.po"
            if options["compile"]:
                compile_file(path)
            elif options["check"]:
                faults += check_file(app, path)
            else:
                update_file(app, path)
        if faults:
            raise CommandError("Swedish is missing or wrong:\n" + "\n".join(faults))


def wanted(app: str) -> Catalog:
    """Return every string of an app that a reader may see."""
    catalog = Catalog(locale="sv", project="Brygga", charset="utf-8")
    for path, line, message, context in _strings(app):
        place = path.relative_to(settings.BASE_DIR).as_posix()
        catalog.add(message, locations=[(place, line)], context=context)
    return catalog


def _strings(app: str) -> Iterator[tuple[Path, int, Any, str | None]]:
    roots = [app, "config"] if app == "common" else [app]
    sources = [path for root in roots for path in sorted((settings.BASE_DIR / root).rglob("*.py"))]
    for path in sources:
        if "migrations" not in path.parts:
            for line, message, _comments, context in extract(
                "python", io.BytesIO(path.read_bytes()), KEYWORDS
            ):
                yield path, line, message, context
    for path in _templates(app):
        # Django turns the template into text with gettext calls in it; what is left over of the
        # markup is blanked out, and leading blanks would look like Python's indentation.
        source = "\n".join(line.lstrip() for line in templatize(path.read_text()).split("\n"))
        for line, message, _comments, context in extract(
            "python", io.BytesIO(source.encode()), KEYWORDS
        ):
            yield path, line, message, context


def _templates(app: str) -> list[Path]:
    root = settings.BASE_DIR / "templates"
    if app != "common":
        return sorted((root / app).rglob("*.html"))
    others = {root / other for other in APPS[1:]}
    # Letters are text.
    found = [*root.rglob("*.html"), *root.rglob("*.txt")]
    return sorted(path for path in found if not others & set(path.parents))


def _known(path: Path) -> Catalog:
    if not path.exists():
        return Catalog(locale="sv", project="Brygga", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale="sv")


def update_file(app: str, path: Path) -> None:
    """Bring a .po file up to the code: new strings empty, gone ones dropped, nothing guessed."""
    known, fresh = _known(path), wanted(app)
    for message in fresh:
        old = known.get(message.id, message.context) if message.id else None
        if old is not None and old.string:
            message.string = old.string
    if not any(message.id for message in fresh):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, fresh, omit_header=False, sort_output=True, width=100, include_lineno=False)
    text = path.read_text()
    # No dates and tool versions: they would change the file without a change of words.
    path.write_text(
        re.sub(
            r'^"(POT-Creation-Date|PO-Revision-Date|Generated-By|Last-Translator|Language-Team)[^\n]*\n',
            "",
            text,
            flags=re.M,
        )
    )


def check_file(app: str, path: Path) -> list[str]:
    """Return what is untranslated, fuzzy, or whose placeholders differ."""
    known = _known(path)
    faults = []
    for message in wanted(app):
        if not message.id:
            continue
        found = known.get(message.id, message.context)
        where = (
            f"{message.locations[0][0]}: {message.id!r}" if message.locations else repr(message.id)
        )
        strings = found.string if found is not None else ""
        forms = list(strings) if isinstance(strings, list | tuple) else [strings]
        originals = list(message.id) if isinstance(message.id, list | tuple) else [message.id]
        if found is None or found.fuzzy or not all(forms):
            faults.append(where)
        elif _placeholders(originals[-1]) != _placeholders(str(forms[-1])):
            faults.append(f"{where} (placeholders differ)")
    return faults


def _placeholders(text: str) -> set[str]:
    return set(_PLACEHOLDER.findall(text))


def compile_file(path: Path) -> None:
    """Build the .mo beside a .po, if it is older."""
    target = path.with_suffix(".mo")
    if not path.exists() or (target.exists() and target.stat().st_mtime >= path.stat().st_mtime):
        return
    built = io.BytesIO()
    write_mo(built, _known(path))
    target.write_bytes(built.getvalue())
