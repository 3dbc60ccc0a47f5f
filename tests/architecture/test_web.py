"""What must hold of every view and template."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template
from django.urls import NoReverseMatch, reverse

from common.web import shell
from tests.architecture.test_source import _modules, _name, _tree
from tests.factories.pages import every_page

TEMPLATES = Path(settings.BASE_DIR) / "templates"
FILES = sorted(TEMPLATES.rglob("*.html"))
NAMES = {page.name for page in every_page()}
#: pages that tell nothing and so are open to anybody
PUBLIC = {"common:healthz", "common:readyz", "common:sheet"}


def _where(path: Path) -> str:
    return path.relative_to(TEMPLATES).as_posix()


def test_every_view_wears_a_mark_of_access() -> None:
    ours = [page for page in every_page() if not page.is_foreign]

    assert [
        p.name for p in ours if getattr(p.view, "access", "") not in {"signed_in", "public"}
    ] == []
    assert {p.name for p in ours if p.view.access == "public"} == PUBLIC


def test_every_view_says_which_methods_it_takes() -> None:
    """A page to read must refuse a write, so that nothing is posted past the form's checks."""
    from django.test import RequestFactory

    wrong = []
    for page in every_page():
        if page.is_foreign:
            continue
        request = RequestFactory().generic("DELETE", "/")
        request.user = _Somebody()  # type: ignore[assignment]
        request.htmx = False  # type: ignore[attr-defined]
        request.session = {}  # type: ignore[assignment]
        kwargs = dict.fromkeys(page.parameters, "1")
        try:
            status = page.view(request, **kwargs).status_code
        except Exception as fault:  # noqa: BLE001  whatever it fell over, it came past the method
            status = type(fault).__name__
        if status != 405:
            wrong.append((page.name, status))

    assert wrong == []


class _Somebody:
    """Signed in, and nothing more: a view must look at the method before anything else."""

    is_authenticated = is_active = True
    pk = 1


@pytest.mark.parametrize("path", FILES, ids=_where)
def test_every_template_compiles(path: Path) -> None:
    assert get_template(_where(path))


def test_no_style_and_no_script_stands_in_a_template() -> None:
    inline = re.compile(
        r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=[\"']|javascript:|hx-on|hx-vals=.js:",
        re.I,
    )

    assert [_where(p) for p in FILES if inline.search(p.read_text())] == []


def test_colours_are_named_in_one_file() -> None:
    colour = re.compile(
        r"(?<![\w&/])#(?:[0-9a-fA-F]{8}|[0-9a-fA-F]{6}|[0-9a-fA-F]{3,4})\b(?![\w-])"
    )
    styles = [p for p in (Path(settings.BASE_DIR) / "static" / "css").glob("*.css")
              if p.name not in {"tokens.css"}]  # fmt: skip
    drawn = list((Path(settings.BASE_DIR) / "common" / "web").rglob("*.py"))

    found = {
        path.name: sorted(set(colour.findall(path.read_text())))
        for path in [*styles, *drawn]
        if colour.search(path.read_text())
    }
    assert found == {}
    fills = re.compile(r"(?:fill|stroke|color)=\"#")
    assert [_where(p) for p in FILES if fills.search(p.read_text())] == []


def _partials(path: Path) -> dict[str, str]:
    text = path.read_text()
    return {
        match[1]: text[match.end() : text.index("{% endpartialdef", match.end())]
        for match in re.finditer(r"{%\s*partialdef\s+([\w-]+)", text)
    }


def test_a_partial_replaces_what_it_holds_and_no_more() -> None:
    """A partial that has the target's id must replace the target, one without must fill it."""
    holds = {
        (name, f'id="{name}"' in _with_includes(body))
        for path in FILES
        for name, body in _partials(path).items()
    }
    wrong = []
    for path in FILES:
        for tag in re.findall(r"<\w+[^>]*hx-target=\"#[\w-]+\"[^>]*>", path.read_text()):
            target = re.search(r"hx-target=\"#([\w-]+)\"", tag)
            assert target
            replaces = 'hx-swap="outerHTML' in tag
            if (target[1], not replaces) in holds and target[1] != "dialog-body":
                wrong.append((_where(path), target[1]))

    assert wrong == []


def _with_includes(text: str) -> str:
    """Return the text with what it includes standing in its place."""

    def included(match: re.Match[str]) -> str:
        return _with_includes((TEMPLATES / match[1]).read_text())

    return re.sub(r"{%\s*include\s+\"([^\"]+)\"[^%]*%}", included, text)


def test_every_target_is_an_id_somewhere() -> None:
    ids = {i for p in FILES for i in re.findall(r"\bid=\"([\w-]+)\"", p.read_text())}
    targets = {
        (_where(p), t) for p in FILES for t in re.findall(r"hx-target=\"#([\w-]+)\"", p.read_text())
    }

    assert {(where, target) for where, target in targets if target not in ids} == set()


def test_every_address_that_a_template_or_module_names_exists() -> None:
    named = {
        (_where(path), name)
        for path in FILES
        for name in re.findall(r"{%\s*url\s+'([\w:]+)'", path.read_text())
    }
    for path in _modules():
        for node in ast.walk(_tree(path)):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", "") == "reverse"
                and node.args
            ):
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    named.add((_name(path), str(first.value)))

    assert {(where, name) for where, name in named if name not in NAMES} == set()


def test_every_menu_entry_leads_somewhere_and_is_current_there() -> None:
    lost = []
    for entry in shell._ENTRIES:
        try:
            url = reverse(entry.url_name)
        except NoReverseMatch:
            lost.append(entry.url_name)
            continue
        if not url.startswith(entry.under) or shell._current(url) != entry.under:
            lost.append(entry.url_name)

    assert lost == []


def test_every_form_that_posts_carries_the_token() -> None:
    forms = re.compile(r"<form[^>]*method=\"post\".*?</form>", re.DOTALL | re.IGNORECASE)
    bare = [
        _where(path)
        for path in FILES
        for form in forms.findall(_with_includes(path.read_text()))
        if "csrf_token" not in form
    ]

    assert bare == []
