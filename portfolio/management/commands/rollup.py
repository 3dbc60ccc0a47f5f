"""The roll-up from the shell: `rollup [--full] [--date D] [--verify]`."""

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Unit
from common.domain import parsing
from common.errors import Refused
from portfolio import actions


class Command(BaseCommand):
    """Do what the schedule does, now. Without options: what has been marked."""

    help = "Roll up: what is marked, everything (--full), one day's snapshot (--date), or verify"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One deed at a time."""
        deed = parser.add_mutually_exclusive_group()
        deed.add_argument("--full", action="store_true", help="judge everything anew")
        deed.add_argument(
            "--date", metavar="D", help="write the snapshot of an open day, e.g. 2026-11-23"
        )
        deed.add_argument(
            "--verify", action="store_true", help="compare with a judgement from nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and say what came of it; exit code 1 with a sentence when refused."""
        if options["date"]:
            self._day(options["date"])
            return
        run = (
            actions.verify()
            if options["verify"]
            else actions.full()
            if options["full"]
            else actions.sweep()
        )
        if run is None:
            self.stdout.write(
                "Nothing to do." if not options["full"] else "Another full run is going on."
            )
            return
        self.stdout.write(
            f"{run.subjects} judged, {run.changes} changed colour, {len(run.failures)} failed."
        )
        if options["verify"] and run.differences:
            raise CommandError(
                f"{run.differences} differed from a fresh judgement; they are repaired."
            )
        if run.failures:
            raise CommandError(f"Not judged: {run.failures[:5]}. The log has the reason.")

    def _day(self, text: str) -> None:
        try:
            on: dt.date = parsing.parse_date(text)
        except parsing.ParseError as error:
            raise CommandError(
                f"'{text}' is no date ({error.code}). Write it like 2026-11-23."
            ) from error
        roots = Unit.objects.roots().filter(archived_at=None)
        for root in roots:
            try:
                day = actions.write_day(root, on)
            except Refused as refusal:
                raise CommandError(str(refusal)) from refusal
            self.stdout.write(f"{root}: {on} written, {'closed' if day.closed_at else 'open'}.")
