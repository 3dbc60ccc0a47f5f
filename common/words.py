"""Word packs: an organisation's own labels for phases, roles and the two offices.

A label is written where it stands as ``worded("phase.planning", _("planning"))``: lazy text that is
looked up when it is printed, in the pack of the reader's organisation and in the reader's language.
A pack changes labels, never the state machine; what it has no word for keeps its own.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import get_language

from common.models import Word

Labels = Mapping[str, tuple[str, str]]

_NONE: Labels = MappingProxyType({})
_ACTIVE: ContextVar[Labels] = ContextVar("word_pack", default=_NONE)
_KEPT: dict[tuple[int, int], Labels] = {}


def activate(pack_id: int | None, version: int) -> None:
    """Use a pack for this request; None for none. One statement when this version is new here."""
    if pack_id is None:
        _ACTIVE.set(_NONE)
        return
    if (pack_id, version) not in _KEPT:
        rows = Word.objects.filter(pack_id=pack_id).values_list("key", "en", "sv")
        _KEPT[pack_id, version] = {key: (en, sv) for key, en, sv in rows}
    _ACTIVE.set(_KEPT[pack_id, version])


def label(key: str, own: Any) -> str:
    """Return the pack's word for a key in the reader's language, else the product's own."""
    words = _ACTIVE.get().get(key)
    return (words[1] if get_language() == "sv" else words[0]) if words else str(own)


#: `label` as lazy text, for choices and menu entries
worded = lazy(label, str)
