"""Every code has its words, in both languages, with parameters that exist."""

import ast
import re
from pathlib import Path

import pytest
from django.utils import translation

from common.wording import knows, say
from projects.domain.inputs import DIMENSIONS
from projects.domain.lifecycle import TABLES, Evidence
from projects.wording import ACTIONS, MOVES, NAMES, SENTENCES
from projects.wording import DIMENSIONS as LABELS

ROOT = Path(__file__).parents[2] / "projects"
#: whole codes; one that ends in a low line is the beginning of several
_CODE = re.compile(r"^projects\.[a-z_]*[a-z]$")
_AUDIT = re.compile(r"^project\.[a-z_]+$")


def literals(pattern):
    """Every string in the app's code that looks like such a code."""
    return sorted(
        {
            node.value
            for path in ROOT.rglob("*.py")
            if "migrations" not in path.parts
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and pattern.match(node.value)
        }
    )


@pytest.mark.parametrize("code", literals(_CODE))
def test_a_code_in_the_source_has_a_sentence(code):
    assert knows(code) or code in ACTIONS


@pytest.mark.parametrize("action", literals(_AUDIT))
def test_an_audit_action_has_a_label(action):
    assert action in ACTIONS


def test_states_evidence_and_dimensions_have_words():
    assert set(DIMENSIONS) == set(LABELS)
    assert {code.value for code in Evidence} <= set(NAMES)
    for table in TABLES:
        assert {state.value for state in table.states} <= set(NAMES)
        for move in table.moves:
            assert (move.source.value, move.target.value) in MOVES


def test_both_languages_ask_for_the_same_parameters():
    asked = re.compile(r"%\((\w+)\)s")
    for code, sentence in SENTENCES.items():
        params = set(asked.findall(str(sentence)))
        with translation.override("sv"):
            assert set(asked.findall(str(sentence))) == params, code
            spoken = say(code, dict.fromkeys(params, "7"))
        assert "%(" not in spoken, code
        assert "%%" not in spoken, code
