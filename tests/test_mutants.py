"""How the mutants of policy and ledger are counted (tools/mutants.py)."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from pathlib import Path

import pytest

from tools import mutants
from tools.mutants import Tally

DAY = dt.date(2026, 11, 21)


def a_run(folder: Path, **codes: int | None) -> Path:
    kept = folder / "mutants" / "src" / "liaison" / "policy" / "decide.py.meta"
    kept.parent.mkdir(parents=True)
    kept.write_text(json.dumps({"exit_code_by_key": codes}), "utf-8")
    return folder


def test_kills_and_endless_runs_are_noticed_and_nothing_else_is(tmp_path: Path) -> None:
    folder = a_run(tmp_path, killed=1, broken=3, endless=36, survived=0, untested=33, crashed=-11, left=None)
    found = mutants.tally(folder, "policy", 1.0)
    assert (found.noticed, found.total) == (3, 6)
    assert found.unnoticed == ("survived", "untested", "crashed")
    assert found.share == 0.5


def test_a_package_that_was_not_run_has_no_share(tmp_path: Path) -> None:
    assert mutants.tally(tmp_path, "policy", 0.0).share == 0.0


def test_a_section_takes_the_place_of_its_former_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutants, "PAGE", tmp_path / "mutants.md")
    for killed in (80, 95):
        for package in mutants.PACKAGES:
            states = Counter({"killed": killed, "survived": 100 - killed})
            mutants.write(Tally(package, states, (), 1.0), DAY)
    page = mutants.PAGE.read_text("utf-8")
    assert page.count("## policy") == page.count("## ledger") == 1
    assert page.count("95.0% noticed: 95 of 100 mutants, 2026-11-21") == 2
    assert page.startswith("# Mutants")


def test_under_the_least_share_it_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    shares = {"policy": 89, "ledger": 90}
    monkeypatch.setattr(
        mutants,
        "measure",
        lambda package, children: Tally(
            package, Counter({"killed": shares[package], "survived": 100 - shares[package]}), (), 1.0
        ),
    )
    assert mutants.main(["ledger"]) == 0
    assert mutants.main([]) == 1


def test_an_unknown_package_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        mutants.main(["model"])
    assert "policy or ledger" in capsys.readouterr().err


def test_the_tree_is_copied_with_what_tests_read(tmp_path: Path) -> None:
    mutants.copy_tree(tmp_path)
    assert (tmp_path / "src/liaison/policy/decide.py").is_file()
    assert (tmp_path / "tests/ledger/vectors/merkle.json").is_file()
    assert "[tool.mutmut]" in (tmp_path / "pyproject.toml").read_text("utf-8")
