"""Every code that the source can say has a sentence, and every deed a label, in both languages."""

import ast
import importlib
import re
from collections.abc import Iterator
from typing import Any

from django.core.management import call_command
from django.utils import translation

from common import wording
from tests.architecture.test_source import APPS, _modules, _name, _tree

#: callables whose first argument, or `code=`, is the code of a sentence
SAYERS = {"Refused", "NotAllowed", "Reason", "say", "Verdict", "_grey", "_known"}


def _callee(node: ast.Call) -> str:
    function: Any = node.func
    return str(getattr(function, "attr", getattr(function, "id", "")))


def _literal(node: Any) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _codes() -> Iterator[tuple[str, str]]:
    for path in _modules(*APPS):
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.Call) and _callee(node) in SAYERS:
                values = [*node.args[:1], *(k.value for k in node.keywords if k.arg == "code")]
                for value in values:
                    if "." in _literal(value):
                        yield _name(path), _literal(value)


def test_the_walk_finds_codes() -> None:
    """Else the next test could pass on nothing."""
    assert len({code for _path, code in _codes()}) > 80


def test_every_code_has_a_sentence() -> None:
    silent = sorted({(path, code) for path, code in _codes() if not wording.knows(code)})

    assert silent == []


def test_every_dotted_code_in_the_domains_has_a_sentence() -> None:
    """Codes in tables and constants, which no call names: whatever looks like one of ours."""
    prefixes = tuple(f"{app}." for app in APPS)
    silent = set()
    for path in _modules("projects", "services", "improvements", "portfolio"):
        if "domain" not in path.parts or path.stem not in {"health", "lifecycle"}:
            continue
        for node in ast.walk(_tree(path)):
            text = _literal(node)
            # Ends that are put on later, as in f"projects.cost_{direction}", are not whole codes.
            is_whole = text.startswith(prefixes) and text[-1].isalnum() and " " not in text
            if is_whole and not wording.knows(text):
                silent.add((_name(path), text))

    assert silent == set()


def _actions() -> set[str]:
    found = set()
    for path in _modules(*APPS):
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.Call) and _callee(node) in {
                "record",
                "_record",
                "record_batch",
            }:
                found |= {_literal(a) for a in node.args[:3] if "." in _literal(a)}
    return found


def test_every_deed_in_the_log_has_a_label() -> None:
    labels: set[str] = set()
    for app in APPS:
        try:
            labels |= set(getattr(importlib.import_module(f"{app}.wording"), "ACTIONS", {}))
        except ModuleNotFoundError:
            continue

    # These stand in no log that people read in words.
    unread = {action for action in _actions() if action.startswith(("calendar.", "demo."))}
    assert len(labels) > 20
    assert sorted(_actions() - labels - unread) == []


def test_every_sentence_takes_the_parameters_of_its_english_in_swedish() -> None:
    wrong = []
    for code, sentence in wording._SENTENCES.items():
        params = dict.fromkeys(_parameters(str(sentence)), "7")
        with translation.override("sv"):
            said = wording.say(code, params)
        if "%(" in said or (len(str(sentence)) > 12 and said == str(sentence) % params):
            wrong.append(code)

    assert wrong == []


def _parameters(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)", text))


def test_swedish_is_complete() -> None:
    call_command("messages", check=True)


def test_state_diagrams_are_those_of_the_tables() -> None:
    call_command("statemachines", check=True)
