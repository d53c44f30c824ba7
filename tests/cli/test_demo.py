import json
from collections.abc import Callable
from pathlib import Path

from typer.testing import Result

from liaison.screening.rules import NOTICE

Run = Callable[..., Result]
SMALL = ("--passengers", 4000, "--records", 2000)


def test_it_tells_what_it_found_and_where_the_report_lies(liaison: Run, tmp_path: Path) -> None:
    result = liaison("demo", "-o", tmp_path / "out put", *SMALL)
    assert result.exit_code == 0, result.output
    for text in (
        "Of the 20 passengers who are somebody in the records",
        "The 5 strongest alerts",
        "another romanisation",
        NOTICE,
    ):
        assert text in result.stdout
    report = tmp_path / "out put" / "report.html"
    assert str(report) in result.stdout
    assert report.read_text("utf-8").startswith("<!DOCTYPE html>")


def test_most_of_the_planted_are_found(liaison: Run, tmp_path: Path) -> None:
    result = liaison("demo", "-o", tmp_path, *SMALL, "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["planted"] == 20
    assert len(told["missed"]) <= 6
    assert told["alerts"] == 80
