"""docs/law.md: every row once, an honest state, and each named test looked up."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from liaison.policy import rules
from tests.policy.facts import EU
from tests.policy.sides import REFUSES

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "law.md"
SHARED = ROOT.parent / "shared" / "assurance" / "law.md"
ROW = re.compile(r"\| (L\d\d) \|")
STATE = re.compile(r"met|partly: .+|later: .+")
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)(?:\[([\w/-]+)\])?`")
CELLS = [[cell.strip() for cell in line.split("|")[1:-1]] for line in PAGE.read_text("utf-8").splitlines()]
ROWS = {cells[0]: cells for cells in CELLS if cells and re.fullmatch(r"L\d\d", cells[0])}
ALL = [f"L{number:02}" for number in range(1, 35)]


@cache
def functions(file: str) -> frozenset[str]:
    """The functions of a test file; none where there is no such file."""
    path = ROOT / file
    tree = ast.parse(path.read_text("utf-8")) if path.is_file() else ast.Module([], [])
    return frozenset(
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def named(row: str) -> list[tuple[str, str, str]]:
    return NAMED.findall(ROWS[row][-1])


def test_every_row_stands_once_and_in_order() -> None:
    assert [match[1] for match in map(ROW.match, PAGE.read_text("utf-8").splitlines()) if match] == ALL
    assert list(ROWS) == ALL


@pytest.mark.parametrize("row", ALL)
def test_a_row_has_its_six_cells_and_a_state(row: str) -> None:
    assert len(ROWS[row]) == 6
    _, rule, _, _, state, _ = ROWS[row]
    assert rule
    assert STATE.fullmatch(state)


@pytest.mark.parametrize("row", ALL)
def test_a_row_that_is_met_names_tests_and_what_it_does_where(row: str) -> None:
    _, _, does, where, state, _ = ROWS[row]
    if not state.startswith("later"):
        assert named(row)
        assert does
        assert where


@pytest.mark.parametrize("row", ALL)
def test_each_named_test_exists(row: str) -> None:
    for file, function, rule in named(row):
        assert function in functions(file), f"{file}::{function}"
        if rule:
            assert rule in {refused for refused, _, _ in REFUSES}, rule
    assert len(named(row)) == ROWS[row][-1].count("`") // 2


@pytest.mark.parametrize("row", ALL)
def test_each_named_module_exists(row: str) -> None:
    for place in re.findall(r"`([^`]+)`", ROWS[row][3]):
        assert (ROOT / "src" / "liaison" / place).exists(), place


def test_every_rule_of_a_pack_that_serves_a_row_is_named_there() -> None:
    served = {rule.id.partition("/")[0] for rule in rules(EU)} & {*ALL}
    assert not [row for row in sorted(served) if ROWS[row][4].startswith("later")]


def test_the_rows_are_those_of_the_shared_matrix() -> None:
    if not SHARED.exists():
        pytest.skip("the shared matrix is not beside the project")
    assert re.findall(r"^\| (L\d\d) \|", SHARED.read_text("utf-8"), re.M) == ALL
