import json
from collections.abc import Callable
from pathlib import Path

from typer.testing import Result

Run = Callable[..., Result]


def test_a_cleared_pair_does_not_come_back_until_it_is_undone(
    liaison: Run, asked: Path, held: Path, tmp_path: Path
) -> None:
    file, out = tmp_path / "cleared.jsonl", tmp_path / "a.csv"
    decide = (
        "clear",
        "P1",
        "R900",
        "--subjects",
        asked,
        "--against",
        held,
        "--cleared",
        file,
        "--who",
        "DI Berg",
        "--why",
        "not he",
    )
    check = ("check", asked, "--against", held, "-o", out, "--cleared", file)

    liaison(*check[:-2])
    assert "P1,R900," in out.read_text("utf-8")
    result = liaison(*decide)
    assert result.exit_code == 0, result.output
    assert "will not come back" in result.stdout
    assert "cleared before: 1 pair." in liaison(*check).stdout
    assert "P1,R900," not in out.read_text("utf-8")
    assert "DI Berg: not he" in liaison("cleared", file).stdout

    assert liaison(*decide, "--undo").exit_code == 0
    liaison(*check)
    assert "P1,R900," in out.read_text("utf-8")
    assert "No pair is cleared." in liaison("cleared", file).stdout
    history = json.loads(liaison("cleared", file, "--history", "--json").stdout)["lines"]
    assert [line["verb"] for line in history] == ["clear", "undo"]


def test_a_clearing_needs_a_name_and_a_reason(liaison: Run, asked: Path, held: Path, tmp_path: Path) -> None:
    words = ("clear", "P1", "R900", "--subjects", asked, "--against", held, "--cleared", tmp_path / "c.jsonl")
    assert liaison(*words).exit_code == 2
    assert liaison(*words, "--who", "DI Berg", "--why", " ").exit_code == 2
    assert not (tmp_path / "c.jsonl").exists()


def test_a_file_that_is_not_there_is_said(liaison: Run, tmp_path: Path) -> None:
    result = liaison("cleared", tmp_path / "none.jsonl")
    assert result.exit_code == 2
    assert "none.jsonl" in result.stderr
