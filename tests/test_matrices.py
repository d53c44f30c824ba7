"""docs/law.md, docs/threats.md and docs/faults.md: every row once, an honest state, and each named test looked up."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from liaison.policy import rules
from tests.policy.facts import EU
from tests.policy.sides import REFUSES

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "assurance"
LAST = {"law": ("L", 34), "threats": ("A", 34), "faults": ("F", 25)}
STATE = re.compile(r"met|partly: .+|later: .+")
NAMED = re.compile(r"`(tests/[\w/]+\.py)::((?:Test\w+::)?test_\w+)(?:\[([\w/-]+)\])?`")
PAGES = {name: (ROOT / "docs" / f"{name}.md").read_text("utf-8") for name in LAST}
EACH = [
    (page, f"{letter}{number:02}") for page, (letter, last) in LAST.items() for number in range(1, last + 1)
]
each_row = pytest.mark.parametrize(("page", "row"), EACH, ids=[row for _, row in EACH])


def found(text: str, letter: str) -> list[list[str]]:
    """The cells of every row of a page."""
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines()]
    return [row for row in cells if row and re.fullmatch(rf"{letter}\d\d", row[0])]


ROWS = {page: {row[0]: row for row in found(PAGES[page], letter)} for page, (letter, _) in LAST.items()}


@cache
def functions(file: str) -> frozenset[str]:
    """The tests of a file, those of classes as CLASS::TEST; none where there is no such file."""
    path = ROOT / file
    tree = ast.parse(path.read_text("utf-8")) if path.is_file() else ast.Module([], [])
    names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    for held in (node for node in tree.body if isinstance(node, ast.ClassDef)):
        names |= {
            f"{held.name}::{node.name}"
            for node in held.body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }
    return frozenset(names)


def named(page: str, row: str) -> list[tuple[str, str, str]]:
    return NAMED.findall(ROWS[page][row][-1])


@pytest.mark.parametrize("page", LAST)
def test_every_row_stands_once_and_in_order(page: str) -> None:
    expected = [row for of, row in EACH if of == page]
    assert [row[0] for row in found(PAGES[page], LAST[page][0])] == expected


@each_row
def test_a_row_has_its_six_cells_and_a_state(page: str, row: str) -> None:
    assert len(ROWS[page][row]) == 6
    _, told, _, _, state, _ = ROWS[page][row]
    assert told
    assert STATE.fullmatch(state)


@each_row
def test_a_row_that_is_met_names_tests_and_what_it_does(page: str, row: str) -> None:
    _, _, does, _, state, _ = ROWS[page][row]
    if not state.startswith("later"):
        assert named(page, row)
        assert does


@each_row
def test_each_named_test_exists(page: str, row: str) -> None:
    for file, function, rule in named(page, row):
        assert function in functions(file), f"{file}::{function}"
        if rule:
            assert rule in {refused for refused, _, _ in REFUSES}, rule
    assert len(named(page, row)) == ROWS[page][row][-1].count("`") // 2, (
        "a test is not written as it should be"
    )


@each_row
def test_no_test_is_named_twice_in_a_row(page: str, row: str) -> None:
    assert len(set(named(page, row))) == len(named(page, row))


@each_row
def test_each_named_module_exists(page: str, row: str) -> None:
    for place in re.findall(r"`([^`]+)`", ROWS[page][row][3]):
        assert (ROOT / "src" / "liaison" / place).exists(), place


def test_every_rule_of_a_pack_that_serves_a_row_is_named_there() -> None:
    served = {rule.id.partition("/")[0] for rule in rules(EU)} & {*ROWS["law"]}
    assert served
    assert not [row for row in sorted(served) if ROWS["law"][row][4].startswith("later")]


@pytest.mark.parametrize("page", LAST)
def test_the_rows_are_those_of_the_shared_matrix(page: str) -> None:
    shared = SHARED / f"{page}.md"
    if not shared.exists():
        pytest.skip("the shared matrix is not beside the project")
    rows = re.findall(rf"^\| ({LAST[page][0]}\d\d) \|", shared.read_text("utf-8"), re.M)
    assert rows == [row for of, row in EACH if of == page]
