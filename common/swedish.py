"""Texts in the order and with the letters a Swede expects, where the database does not know them.

SQLite is taught these by `common.db`; PostgreSQL has ICU's own.
"""

import unicodedata

# A brace comes after every letter, so these come last.
_LETTERS = {"å": "{1", "ä": "{2", "æ": "{2", "ö": "{3", "ø": "{3"}


def swedish_sort_key(text: str) -> tuple[str, str]:
    """Return a key that sorts as a Swede expects: å ä ö last, other accents folded, case ignored.

    The text itself comes second, so that only equal texts compare as equal.
    """
    folded = [
        _LETTERS.get(letter) or unicodedata.normalize("NFKD", letter)[0]
        for letter in unicodedata.normalize("NFC", text).casefold()
    ]
    return "".join(folded), text


def compare(left: str, right: str) -> int:
    if left == right:
        return 0
    return 1 if swedish_sort_key(left) > swedish_sort_key(right) else -1


def like(pattern: str | None, text: str | None, escape: str | None = None) -> bool | None:
    """SQL LIKE that folds case in every alphabet; SQLite's own knows ASCII only."""
    if pattern is None or text is None:
        return None
    return _match(str(pattern).casefold(), str(text).casefold(), escape)


def _match(pattern: str, text: str, escape: str | None) -> bool:
    # Nearly every pattern Django writes is '%text%', 'text%' or plain text: no regex is needed.
    body = pattern
    if escape and escape in body:
        body = (
            body.replace(escape + "%", "\0").replace(escape + "_", "\1").replace(escape * 2, escape)
        )
    if "_" not in body:
        parts = [part.replace("\0", "%").replace("\1", "_") for part in body.split("%")]
        if not text.startswith(parts[0]):
            return False
        at = len(parts[0])
        for part in parts[1:-1]:
            found = text.find(part, at)
            if found < 0:
                return False
            at = found + len(part)
        if len(parts) == 1:
            return text == parts[0]
        return len(text) - at >= len(parts[-1]) and text.endswith(parts[-1])
    return _match_slowly(body, text)


def _match_slowly(body: str, text: str) -> bool:
    reachable = {0}
    for sign in body:
        if sign == "%":
            reachable = set(range(min(reachable), len(text) + 1)) if reachable else set()
        else:
            literal = {"\0": "%", "\1": "_"}.get(sign, sign)
            reachable = {
                at + 1
                for at in reachable
                if at < len(text) and (sign == "_" or text[at] == literal)
            }
    return len(text) in reachable
