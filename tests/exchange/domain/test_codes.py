"""The lists of reasons are whole: none is raised that is not listed, none is listed for nothing."""

import ast
from pathlib import Path

import pytest

from common.domain.parsing import errors as parsing
from common.tabular import errors as tabular
from exchange.domain import errors as mapping

ROOT = Path(__file__).parents[3]


def trees(folder):
    return [
        ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted((ROOT / folder).rglob("*.py"))
        if path.name != "errors.py"
    ]


def raised(folder, *names):
    """Return the literal codes that calls of the named errors are given."""
    codes = set()
    for tree in trees(folder):
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") in names):
                continue
            stated = [*node.args[:1], *(word.value for word in node.keywords if word.arg == "code")]
            codes |= {
                part.value
                for part in stated
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
            }
    return codes


def literals(*folders):
    return {
        node.value
        for folder in folders
        for tree in trees(folder)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


@pytest.mark.parametrize(
    ("folders", "names", "codes"),
    [
        (["common/domain/parsing"], ["ParseError"], parsing.CODES),
        (["common/tabular"], ["TabularError"], tabular.CODES),
        (["exchange/domain", "exchange/mappings"], ["MappingError"], mapping.MAPPING_CODES),
        (
            ["exchange/domain"],
            ["CellError", "ParseError"],
            (*mapping.CELL_CODES, *parsing.CODES),
        ),
    ],
)
def test_every_raised_code_is_listed(folders, names, codes):
    found = set().union(*(raised(folder, *names) for folder in folders))
    assert found
    assert found <= set(codes)


@pytest.mark.parametrize(
    ("folders", "codes"),
    [
        (["common/domain/parsing"], parsing.CODES),
        (["common/tabular"], tabular.CODES),
        (["exchange/domain", "exchange/mappings"], (*mapping.MAPPING_CODES, *mapping.CELL_CODES)),
    ],
)
def test_every_listed_code_is_listed_once_and_used(folders, codes):
    assert len(set(codes)) == len(codes)
    assert set(codes) <= literals(*folders)
