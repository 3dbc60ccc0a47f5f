"""Plain text and yes/no."""

import re
import unicodedata

from common.domain.parsing.errors import ParseError

_TRUE = frozenset({"true", "yes", "y", "t", "1", "ja", "j", "sant", "sann"})
_FALSE = frozenset({"false", "no", "n", "f", "0", "nej", "falskt", "falsk"})

# Control characters except tab and newline, and the byte order mark; none can be typed on purpose.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufeff]")


def parse_bool(text: str) -> bool:
    """Return the truth value of an English or Swedish yes/no word, or of ``1``/``0``.

    Raises ``ParseError`` (``empty``, ``not_a_boolean``). A bare ``x`` is not accepted: which of the
    two it means is for a value table to say.
    """
    word = text.strip().casefold()
    if not word:
        raise ParseError("empty", text=text, example="yes")
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise ParseError("not_a_boolean", text=text, example="yes", alternative="no")


def parse_text(text: str, *, limit: int | None = None) -> str:
    """Return ``text`` trimmed, composed (NFC), with line ends as ``\\n`` and no control characters.

    Letters, emoji and direction marks are kept as they are. Raises ``ParseError``
    (``text_too_long``) above ``limit`` characters: text is refused rather than silently cut.
    """
    if text.isascii() and text.isprintable():
        cleaned = text.strip()
    else:
        unified = text.replace("\r\n", "\n").replace("\r", "\n")
        cleaned = unicodedata.normalize("NFC", _UNWANTED.sub("", unified)).strip()
    if limit is not None and len(cleaned) > limit:
        raise ParseError(
            "text_too_long",
            text=cleaned,
            example=cleaned[:20],
            limit=str(limit),
            length=str(len(cleaned)),
        )
    return cleaned
