"""The roll-up from the shell: `rollup [--full] [--date D [--reopen WHY --by WHO]] [--verify]`."""

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Unit, User
from common.domain import parsing
from common.errors import Refused
from common.locks import Busy
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

        parser.add_argument("--unit", type=int, metavar="N", help="--date: this organisation only")
        parser.add_argument("--reopen", metavar="WHY", help="--date: a closed day, as a revision")
        parser.add_argument("--by", metavar="USER", help="who reopens it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and say what came of it; exit code 1 with a sentence when refused."""
        if options["date"]:
            self._day(options)
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

    def _day(self, options: dict[str, Any]) -> None:
        on = self._parsed(options["date"])
        roots = Unit.objects.roots().filter(archived_at=None)
        if options["unit"]:
            roots = roots.filter(pk=options["unit"])
        by = self._person(options["by"]) if options["reopen"] is not None else None
        refused = []
        for root in roots:
            try:
                if by is not None:
                    actions.reopen_day(root, on, by=by, reason=options["reopen"])
                day = actions.write_day(root, on)
            except Refused as refusal:
                refused.append(f"{root}: {refusal}")
                continue
            except Busy:
                refused.append(f"{root}: a worker is writing days. Run the command again.")
                continue
            self.stdout.write(f"{root}: {on} written, {'closed' if day.closed_at else 'open'}.")
        if refused:
            raise CommandError("\n".join(refused))

    def _parsed(self, text: str) -> dt.date:
        try:
            return parsing.parse_date(text)
        except parsing.ParseError as error:
            raise CommandError(
                f"'{text}' is no date ({error.code}). Write it like 2026-11-23."
            ) from error

    def _person(self, username: str | None) -> User:
        person = User.objects.filter(username=username, is_active=True).first()
        if person is None:
            raise CommandError(f"There is nobody called '{username}'. Say who reopens with --by.")
        return person
