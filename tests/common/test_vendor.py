"""What is vendored is what the manifest says, and what templates name is there."""

import hashlib
import json
import re
from pathlib import Path

import pytest

from tools.prune_css import prune

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
MANIFEST = json.loads((STATIC / "vendor/manifest.json").read_text(encoding="utf-8"))
FILES = {path: digest for package in MANIFEST for path, digest in package["sha256"].items()}
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


@pytest.mark.parametrize("path", FILES)
def test_vendored_file_is_unchanged(path: str) -> None:
    assert hashlib.sha256((STATIC / path).read_bytes()).hexdigest() == FILES[path]


def test_no_vendored_file_is_missing_from_the_manifest() -> None:
    here = {
        path.relative_to(STATIC).as_posix()
        for path in (STATIC / "vendor").rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    assert here <= FILES.keys()


def test_every_package_brings_its_licence_and_integrity() -> None:
    for package in MANIFEST:
        assert any(path.endswith("/LICENSE") for path in package["sha256"])
        assert package["integrity"].startswith("sha512-")
        assert package["licence"] in {"MIT", "OFL-1.1"}


def test_stylesheets_name_only_files_that_are_there() -> None:
    # A missing one fails collectstatic in production, where names carry hashes.
    for sheet in STATIC.rglob("*.css"):
        css = sheet.read_text(encoding="utf-8")
        assert "sourceMappingURL" not in css
        for url in re.findall(r"url\(\"?([^)\"]+)\"?\)", css):
            if not url.startswith(("data:", "#")):
                assert (sheet.parent / url).resolve().is_file(), url


def test_every_icon_a_template_names_is_in_the_sprite() -> None:
    sprite = (STATIC / "img/icons.svg").read_text(encoding="utf-8")
    there = set(re.findall(r'<symbol id="([\w-]+)"', sprite))
    for template in TEMPLATES:
        text = template.read_text(encoding="utf-8")
        named = set(re.findall(r"{% icon \"([\w-]+)\"", text))
        named |= set(re.findall(r"<c-(?:button|tag)[^>]* icon=\"([\w-]+)\"", text))
        assert named <= there, template


def test_every_icon_the_menu_names_is_in_the_sprite() -> None:
    sprite = (STATIC / "img/icons.svg").read_text(encoding="utf-8")
    there = set(re.findall(r'<symbol id="([\w-]+)"', sprite))
    apps = ("common", "accounts", "projects", "services", "improvements", "portfolio", "exchange")
    for app in apps:
        for module in (ROOT / app).rglob("*.py"):
            named = set(re.findall(r"\bicon=\"([\w-]+)\"", module.read_text(encoding="utf-8")))
            assert named <= there, module


def test_every_mark_a_template_names_is_drawn() -> None:
    drawn = set(
        re.findall(r'<symbol id="([\w-]+)"', (STATIC / "img/glyphs.svg").read_text("utf-8"))
    )
    for template in TEMPLATES:
        named = set(re.findall(r"{% glyph \"([\w-]+)\"", template.read_text(encoding="utf-8")))
        assert named <= drawn, template


def test_every_class_a_template_names_has_a_rule() -> None:
    sheets = ("css/brygga.css", "vendor/tabler/1.6.1/tabler.css")
    css = "".join((STATIC / sheet).read_text(encoding="utf-8") for sheet in sheets)
    known = set(re.findall(r"\.(-?[A-Za-z_][\w-]*)", css))
    for template in TEMPLATES:
        for named in re.findall(r'\bclass="([^"]*)"', template.read_text(encoding="utf-8")):
            marked = re.sub(r"{[{%].*?[%}]}", "\0", named)
            plain = {word for word in marked.split() if "\0" not in word}
            assert plain <= known, template


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates_keep_the_content_security_policy(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|<style|\shx-on|\son[a-z]+=|javascript:", text)
    for script in re.findall(r"<script\b[^>]*>", text):
        assert "src=" in script, "scripts stand in files"


def test_first_view_is_light() -> None:
    # 200 kB compressed in ten requests; the page itself and htmx (17 kB) come on top of these.
    import gzip

    names = (
        "vendor/tabler/1.6.1/tabler.css",
        "css/tokens.css",
        "css/brygga.css",
        "js/theme.js",
        "js/app.js",
        "img/icons.svg",
        "img/glyphs.svg",
    )
    packed = sum(len(gzip.compress((STATIC / name).read_bytes())) for name in names)
    font = (STATIC / "vendor/inter/5.3.0/inter-latin-wght-normal.woff2").stat().st_size
    assert packed + font < 110_000


def test_pruning_keeps_what_is_used_and_the_variables_it_reads() -> None:
    css = (
        ":root{--a:1px;--b:var(--a);--c:red}"
        ".btn,.card{margin:var(--b)}.card .btn{color:red}"
        "@media (min-width:1px){.row{margin:0}h1{margin:0}}"
        "@keyframes spin{from{opacity:0}to{opacity:1}}"
    )
    assert prune(css) == (
        ":root{--a:1px;--b:var(--a)}.btn{margin:var(--b)}@media (min-width:1px){h1{margin:0}}"
    )


def test_pruning_refuses_a_block_without_end() -> None:
    with pytest.raises(ValueError, match="never closed"):
        prune("h1{margin:0")
