"""The rules in words."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from liaison.model.roles import Capability
from liaison.policy import Explained, Pack, explain, numbers, page, rules
from tests.policy.facts import ALBANIA, EU, PACKS, UK

PAGE = Path(__file__).parents[2] / "docs" / "policy.md"


def test_the_page_is_what_the_rules_say() -> None:
    assert PAGE.read_text("utf-8") == page(PACKS), "write it again: python -m liaison.policy > docs/policy.md"


def test_the_page_is_written_by_a_command() -> None:
    done = subprocess.run([sys.executable, "-m", "liaison.policy"], capture_output=True, check=True)
    assert done.stdout.decode() == page(PACKS)
    assert done.stderr == b""


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.name)
def test_every_rule_is_explained_with_its_source(pack: Pack) -> None:
    rows = explain(pack)
    assert [row.rule for row in rows] == [rule.id for rule in rules(pack)]
    assert all(row.actions or row.rule == "P01/approve" for row in rows)
    assert all(row.asks and row.source and row.read in ("text", "summary", "general") for row in rows)
    assert not any("{" in row.asks for row in rows)


def test_an_officer_reads_the_rule_with_its_numbers_and_source() -> None:
    found = {row.rule: row for row in explain(UK)}
    assert found["L10/most"] == Explained(
        rule="L10/most",
        actions=("check", "check bulk", "standing question", "follow", "ask safeguarding", "crosscheck"),
        asks="one search asks about at most 250,000 persons, whoever approves",
        source="Data Protection Act 2018, section 37",
        read="general",
    )
    assert found["P02/roles"].actions == ("everything",)
    assert "at most 40 persons in one case within 24 hours" in found["L10/bulk"].asks
    assert found[f"P01/{Capability.CHECK.value}"].asks == "the person's role lets them check"


def test_one_pack_makes_a_page_too() -> None:
    assert f"## `{UK.name}`: {UK.title}" in page((UK,))
    assert EU.name not in page((UK,))


def test_numbers_are_told_as_they_are_set() -> None:
    told = numbers(ALBANIA)
    assert told["persons one officer asks about alone, in a case"] == "25"
    assert told["a standing question ends within"] == "90 days"
    assert set(told) == set(numbers(EU))


def test_the_page_is_one_of_sound_tables() -> None:
    widths = None
    for line in page(PACKS).splitlines():
        cells = line.count("|") if line.startswith("|") else None
        assert cells is None or widths is None or cells == widths, line
        widths = cells
