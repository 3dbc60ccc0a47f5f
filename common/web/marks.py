"""Our own marks as markup: status, verdict, signal, object and collision.

A mark is drawn thousands of times on a list page, so each one is made once per language and kept.
Its name for assistive technology is part of it: nothing is told by colour alone.
"""

from functools import lru_cache

from django.templatetags.static import static
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy

#: colour -> glyph, size in px, colour word, meaning word
_STATUS: dict[str, tuple[str, int, str | Promise, str | Promise]] = {
    "green": ("g", 15, gettext_lazy("Green"), gettext_lazy("on track")),
    "amber": ("a", 18, gettext_lazy("Amber"), gettext_lazy("at risk")),
    "red": ("r", 18, gettext_lazy("Red"), gettext_lazy("off track")),
    "grey": ("u", 15, gettext_lazy("Unknown"), ""),
}
_LEGEND: dict[str, str | Promise] = {
    "green": pgettext_lazy("legend", "on track"),
    "amber": pgettext_lazy("legend", "at risk"),
    "red": pgettext_lazy("legend", "off track"),
    "grey": pgettext_lazy("legend", "unknown"),
}
_OBJECTS: dict[str, tuple[str, int, str | Promise]] = {
    "project": ("project", 14, gettext_lazy("Project")),
    "service": ("service", 14, gettext_lazy("Service")),
    "improvement": ("improvement", 18, gettext_lazy("Improvement")),
    "gate": ("gate", 14, gettext_lazy("Gate")),
    "change": ("change", 14, gettext_lazy("Change")),
}
_VERDICTS: dict[str, tuple[str, str | Promise]] = {
    "improved": ("improved", gettext_lazy("Improved")),
    "improved_with_side_effects": ("improved", gettext_lazy("Improved with side effects")),
    "no_detectable_change": ("no_change", gettext_lazy("No detectable change")),
    "worse": ("worse", gettext_lazy("Worse")),
    "confounded": ("confounded", gettext_lazy("Confounded")),
    "too_early": ("too_early", gettext_lazy("Too early")),
    "not_enough_baseline": ("u", gettext_lazy("Not enough baseline")),
    "baseline_not_stable": ("u", gettext_lazy("Baseline not stable")),
    "not_measured": ("u", gettext_lazy("Not measured")),
}
_SIGNALS: dict[str, tuple[str, str | Promise]] = {
    "better_up": ("better_up", gettext_lazy("Signal for the better")),
    "better_down": ("better_down", gettext_lazy("Signal for the better")),
    "worse_up": ("worse_up", gettext_lazy("Signal for the worse")),
    "worse_down": ("worse_down", gettext_lazy("Signal for the worse")),
    "ordinary": ("ordinary", gettext_lazy("Ordinary variation")),
}
_COLLISIONS: dict[str, str | Promise] = {
    "hard": gettext_lazy("Hard collision"),
    "evidence": gettext_lazy("Evidence collision"),
    "soft": gettext_lazy("Soft collision"),
}


def health_mark(
    colour: str | None, dimension_label: str | Promise | None = None, *, size: int = 0
) -> SafeString:
    """Return the mark of a status: letter, shape, colour and a text name.

    `colour` is green, amber, red or grey; None and anything else is unknown, never green. With a
    dimension the name reads "Risk: Red, off track". `size` in px overrides the mark's own.
    """
    return _health_mark(str(colour), _said(dimension_label), size, get_language())


def _said(label: str | Promise | None) -> str:
    """Return a label in words; asked but once, since words of the reader's are looked up."""
    return "" if label is None else str(label)


@lru_cache(maxsize=2048)
def _health_mark(colour: str, dimension: str, size: int, language: str | None) -> SafeString:
    glyph, own, *_words = _STATUS.get(colour, _STATUS["grey"])
    name = status_name(colour)
    return _mark(glyph, size or own, f"{dimension}: {name}" if dimension else name)


def status_name(colour: str | None) -> str:
    """Return a status in words: "Red, off track"; "Unknown" for grey and for anything else."""
    _glyph, _size, word, meaning = _STATUS.get(str(colour), _STATUS["grey"])
    return f"{word}, {meaning}" if meaning else str(word)


def health_cell(
    colour: str | None, dimension_label: str | Promise | None = None, *, is_hatched: bool = False
) -> SafeString:
    """Return a heat-map cell: amber and red stand on their tint, hatched where data is thin."""
    thin = "lo" if is_hatched else ""
    return _health_cell(str(colour), _said(dimension_label), thin, get_language())


@lru_cache(maxsize=2048)
def _health_cell(colour: str, dimension: str, thin: str, language: str | None) -> SafeString:
    tint = colour if colour in {"amber", "red"} else ""
    css = " ".join(part for part in ("b-cell", tint, thin) if part)
    return SafeString(f'<span class="{css}">{health_mark(colour, dimension)}</span>')


def health_change(old: str | None, new: str | None) -> SafeString:
    """Return the old mark, an arrow and the new mark."""
    return SafeString(
        f'<span class="b-move">{health_mark(old, size=16)}{icon("arrow-right", css="b-i-sm")}'
        f"{health_mark(new, size=16)}</span>"
    )


def differs_mark(steps: int | None) -> SafeString:
    """Return ≠ with the number of steps a report differs from the measure; empty for none.

    Positive is better than measured, as in `common.domain.health.steps_between`.
    """
    if not steps:
        return SafeString("")
    count = abs(steps)
    said = (
        ngettext(
            "Reported %(count)s step better than measured",
            "Reported %(count)s steps better than measured",
            count,
        )
        if steps > 0
        else ngettext(
            "Reported %(count)s step worse than measured",
            "Reported %(count)s steps worse than measured",
            count,
        )
    ) % {"count": count}
    return SafeString(
        f'<span class="b-differs" role="img" aria-label="{escape(said)}" title="{escape(said)}">'
        f"≠\u00a0{count}</span>"
    )


def object_mark(kind: str, *, size: int = 0) -> SafeString:
    """Return the mark of a project, service, improvement, gate or change; else nothing."""
    return _object_mark(kind, size, get_language())


@lru_cache(maxsize=256)
def _object_mark(kind: str, size: int, language: str | None) -> SafeString:
    if kind not in _OBJECTS:
        return SafeString("")
    glyph, own, word = _OBJECTS[kind]
    return _mark(glyph, size or own, str(word))


def verdict_mark(code: str, *, size: int = 15) -> SafeString:
    """Return the mark of a verdict with its name; an unknown code reads "Not measured"."""
    glyph, word = _VERDICTS.get(code, _VERDICTS["not_measured"])
    return _mark(glyph, size, str(word))


def verdict_name(code: str) -> str:
    """Return a verdict in words; an unknown code reads "Not measured"."""
    return str(_VERDICTS.get(code, _VERDICTS["not_measured"])[1])


def variation_mark(signal: str, *, size: int = 16) -> SafeString:
    """Return the variation icon: better_up, better_down, worse_up, worse_down or ordinary.

    The step follows the data's direction; colour and shape say whether that is good.
    """
    glyph, word = _SIGNALS.get(signal, _SIGNALS["ordinary"])
    return _mark(glyph, size, str(word))


def collision_mark(kind: str, number: int) -> SafeString:
    """Return a numbered collision mark: hard (octagon), evidence (circle) or soft (triangle)."""
    word = _COLLISIONS.get(kind, _COLLISIONS["soft"])
    low = "14" if kind == "soft" else "12.7"
    href = f"{static('img/glyphs.svg')}#{kind}"
    return SafeString(
        f'<svg width="18" height="18" viewBox="0 0 18 18" role="img" '
        f'aria-label="{escape(f"{word} {number}")}"><use href="{escape(href)}"/>'
        f'<text x="9" y="{low}" class="s-cn s-mid {escape(kind)}">{int(number)}</text></svg>'
    )


def count_keys(counts: dict[str, int]) -> SafeString:
    """Return the counts per colour, worst first, each with its mark; without those of none."""
    parts = (
        f'<span class="b-key">{health_mark(colour, size=15)}{counts[colour]}</span>'
        for colour in ("red", "amber", "green", "grey")
        if counts.get(colour)
    )
    return SafeString("".join(parts))


@lru_cache(maxsize=128)
def glyph(name: str, width: int, height: int) -> SafeString:
    """Return one of our marks as decoration, where words beside it say the same."""
    href = f"{static('img/glyphs.svg')}#{name}"
    return SafeString(
        f'<svg width="{width}" height="{height}" aria-hidden="true">'
        f'<use href="{escape(href)}"/></svg>'
    )


def _mark(glyph: str, size: int, name: str) -> SafeString:
    wide = 18 if glyph == "improvement" else size
    high = 14 if glyph == "improvement" else size
    href = f"{static('img/glyphs.svg')}#{glyph}"
    return SafeString(
        f'<svg width="{wide}" height="{high}" role="img" aria-label="{escape(name)}">'
        f'<use href="{escape(href)}"/></svg>'
    )


@lru_cache(maxsize=512)
def icon(name: str, *, css: str = "b-i") -> SafeString:
    """Return a Tabler icon; decorative, since the word beside it is its name."""
    href = f"{static('img/icons.svg')}#{name}"
    return SafeString(
        f'<svg class="{escape(css)}" aria-hidden="true"><use href="{escape(href)}"/></svg>'
    )


def variation_legend() -> SafeString:
    """Return the legend of the variation icons: for the better, for the worse, ordinary."""
    parts = (
        f"<span>{glyph(_SIGNALS[code][0], 16, 16)}{escape(str(word))}</span>"
        for code, word in (
            ("better_up", pgettext_lazy("legend", "signal for the better")),
            ("worse_up", pgettext_lazy("legend", "for the worse")),
            ("ordinary", pgettext_lazy("legend", "ordinary")),
        )
    )
    return SafeString("".join(parts))


def legend() -> SafeString:
    """Return the legend of the four statuses: in Swedish G Grönt, A Avvikelse, R Rött, ? Okänt."""
    parts = (
        f"<span>{health_mark(colour, size=16)}{escape(_LEGEND[colour])}</span>"
        for colour in _LEGEND
    )
    return SafeString("".join(parts))
