"""Contrast of the tokens, computed from tokens.css by the WCAG 2.1 formula."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parents[2] / "static/css/tokens.css"
PAIR = re.compile(r"--b-([\w-]+):\s*light-dark\((#[0-9A-F]{6}),\s*(#[0-9A-F]{6})\)", re.IGNORECASE)
SINGLE = re.compile(r"--b-([\w-]+):\s*(#[0-9A-F]{6});", re.IGNORECASE)
ALIAS = re.compile(r"--b-([\w-]+):\s*var\(--b-([\w-]+)\);")
LIGHT, DARK = 0, 1

TEXT = ("ink", "ink-2", "ink-3", "accent", "project", "service")
STATUS_TEXT = ("good-text", "warn-text", "bad-text", "info-text")


def tokens() -> dict[str, tuple[str, str]]:
    """Return every colour token with its light and its dark value."""
    css = TOKENS.read_text(encoding="utf-8")
    found = {name: (light, dark) for name, light, dark in PAIR.findall(css)}
    found |= {name: (value, value) for name, value in SINGLE.findall(css)}
    for name, other in ALIAS.findall(css):
        if other in found:
            found[name] = found[other]
    return found


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.1."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """Contrast ratio, WCAG 2.1."""
    one, other = sorted((luminance(first), luminance(second)), reverse=True)
    return (one + 0.05) / (other + 0.05)


def of(name: str, ground: str, side: int) -> float:
    known = tokens()
    return contrast(known[name][side], known[ground][side])


@pytest.mark.parametrize("side", [LIGHT, DARK])
@pytest.mark.parametrize("ground", ["surface", "canvas", "raised", "hover"])
@pytest.mark.parametrize("name", [*TEXT, *STATUS_TEXT])
def test_text_can_be_read_on_every_ground(name: str, ground: str, side: int) -> None:
    assert of(name, ground, side) >= 4.5


@pytest.mark.parametrize("side", [LIGHT, DARK])
@pytest.mark.parametrize(
    ("name", "ground"),
    [
        ("ink", "sunken"),
        ("ink-2", "sunken"),
        ("accent-ink", "accent"),
        ("accent", "accent-tint"),
        ("on-status", "good"),
        ("on-status", "warn"),
        ("on-status", "bad"),
        ("on-info", "info"),
        ("good-text", "good-tint"),
        ("warn-text", "warn-tint"),
        ("bad-text", "bad-tint"),
        ("info-text", "info-tint"),
        ("ink", "bad-tint"),
        ("ink", "warn-tint"),
        ("ink", "info-tint"),
    ],
)
def test_text_can_be_read_on_its_own_ground(name: str, ground: str, side: int) -> None:
    assert of(name, ground, side) >= 4.5


@pytest.mark.parametrize("side", [LIGHT, DARK])
@pytest.mark.parametrize("ground", ["surface", "canvas"])
@pytest.mark.parametrize("name", ["control", "good", "bad", "info", "warn-text", "chart-point"])
def test_shapes_and_edges_can_be_seen(name: str, ground: str, side: int) -> None:
    # Amber itself is under 3:1 on white; its outline in warn-text is what is seen.
    assert of(name, ground, side) >= 3.0


@pytest.mark.parametrize(
    ("name", "ground", "light", "dark"),
    [
        # Worked figures: visual language, sections 2.1 to 2.3.
        ("ink", "surface", 17.23, 15.02),
        ("ink-2", "surface", 7.75, 8.93),
        ("ink-3", "canvas", 4.94, 6.26),
        ("control", "surface", 3.26, 3.75),
        ("accent", "surface", 7.08, 7.39),
        ("accent-ink", "accent", 7.08, 7.69),
        ("service", "canvas", 5.56, 9.22),
        ("good", "surface", 3.42, 5.10),
        ("warn", "surface", 2.25, 7.75),
        ("on-status", "warn", 8.58, 8.58),
        ("bad-text", "bad-tint", 5.15, 7.27),
        ("info-text", "info-tint", 6.38, 7.33),
    ],
)
def test_figures_are_those_of_the_visual_language(
    name: str, ground: str, light: float, dark: float
) -> None:
    assert of(name, ground, LIGHT) == pytest.approx(light, abs=0.02)
    assert of(name, ground, DARK) == pytest.approx(dark, abs=0.02)


def test_no_colour_stands_outside_the_tokens() -> None:
    css = (TOKENS.parent / "brygga.css").read_text(encoding="utf-8")
    assert re.findall(r"#[0-9A-Fa-f]{3,8}\b(?=[;\s,)])", css) == []
