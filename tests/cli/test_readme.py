"""The five minutes of the README, word for word."""

import csv
import io
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

ROOT = Path(__file__).parents[2]
TOUR = (ROOT / "README.md").read_text("utf-8").partition("## Five minutes with it")[2].partition("\n## ")[0]


def commands() -> list[str]:
    """The lines of the tour that are commands, joined where they are broken."""
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", TOUR, re.DOTALL)).replace("\\\n", " ")
    return [line for line in blocks.splitlines() if line.strip()]


def test_every_command_of_the_tour_works(
    liaison: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert liaison("demo").exit_code == 0
    told: dict[str, str] = {}
    for line in commands():
        typed, _, piped = line.rpartition(" | ")
        words = shlex.split(piped)
        assert words[0] == "liaison"
        stdin = shlex.split(typed)[1].replace("\\n", "\n") if typed else None
        result = liaison(*words[1:], stdin=stdin)
        assert result.exit_code in (0, 1), f"{line}\n{result.output}"
        told[" ".join(words[1:3])] = result.stdout

    assert "Алексей Соболев" in told["check --name"]
    assert "day and month swapped" in told["check --name"]
    assert "cleared before: 1 pair." in told["check demo-output/passengers.csv"]
    scores = [float(row["score"]) for row in csv.DictReader(io.StringIO(told["compare -"]))]
    assert scores[0] > 0.5 > scores[1]
    assert Path("alerts.html").is_file()
