"""Text that a spreadsheet would run: marked in CSV on the way out, unmarked on the way in."""

import re

# Full-width forms are folded into the ASCII signs by some programs before they look.
SIGNS = "=+\\-@\t\r＝＋－＠"
RISKY = re.compile(rf"[\s']*[{SIGNS}]")
_REAL_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")


def mark(text: str) -> str:
    """Return ``text`` with an apostrophe before it where a spreadsheet may take it for a formula.

    A real number is left alone: ``-5`` is one.
    """
    return f"'{text}" if RISKY.match(text) and not _REAL_NUMBER.fullmatch(text) else text


def unmark(text: str) -> str:
    """Return what :func:`mark` was given."""
    return text[1:] if text.startswith("'") and RISKY.match(text, 1) else text
