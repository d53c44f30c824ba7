import csv
import io
import json
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from liaison.screening.rules import COLUMNS, NOTICE

Run = Callable[..., Result]


def alerts(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_people_are_found_in_a_list(liaison: Run, asked: Path, held: Path, tmp_path: Path) -> None:
    out = tmp_path / "alerts.csv"
    result = liaison("check", asked, "--against", held, "-o", out)
    assert result.exit_code == 0, result.output
    found = {(row["subject_id"], row["record_id"]) for row in alerts(out.read_text("utf-8"))}
    assert {("P1", "R900"), ("P2", "R901")} <= found
    assert not any(subject == "P3" for subject, _ in found)
    assert NOTICE in result.output
    assert "Checked 3 people against 302 records" in result.output


def test_a_saved_index_gives_the_same_alerts(liaison: Run, asked: Path, held: Path, tmp_path: Path) -> None:
    liaison("check", asked, "--against", held, "-o", tmp_path / "a.csv")
    assert liaison("index", held, "-o", tmp_path / "held.index").exit_code == 0
    liaison("check", asked, "--against", tmp_path / "held.index", "-o", tmp_path / "b.csv")
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_several_lists_at_once_and_one_of_them_alone(
    liaison: Run, asked: Path, held: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.csv"
    other.write_text("id,name,dob\nO1,Gezim Vokshi,1984\n")
    both = liaison("check", asked, "--against", held, "--against", other, "-o", "-")
    assert {row["list"] for row in alerts(both.stdout)} == {"held", "other"}
    one = liaison("check", asked, "--against", held, "--against", other, "-o", "-", "--lists", "other")
    assert {row["list"] for row in alerts(one.stdout)} == {"other"}


def test_standard_input_to_standard_output(liaison: Run, asked: Path, held: Path) -> None:
    result = liaison("check", "-", "--against", held, "-o", "-", stdin=asked.read_text("utf-8"))
    assert result.exit_code == 0, result.output
    rows = alerts(result.stdout)
    assert tuple(rows[0]) == COLUMNS
    assert {"P1", "P2"} <= {row["subject_id"] for row in rows}


def test_bad_rows_give_status_one_and_are_listed(liaison: Run, held: Path, tmp_path: Path) -> None:
    asked = tmp_path / "asked.csv"
    asked.write_text("id,name,dob\nP1,Gezim Vokshi,31.02.1984\nP2,,1990-01-01\nP3,Arta Hoxha,1990-01-01\n")
    out = tmp_path / "alerts.csv"
    result = liaison("check", asked, "--against", held, "-o", out)
    assert result.exit_code == 1, result.output
    bad = alerts((tmp_path / "alerts.csv.errors").read_text("utf-8"))
    assert {row["row"] for row in bad} == {"1", "2"}
    assert all(row["file"] and row["reason"] for row in bad)
    assert "P1" in {row["subject_id"] for row in alerts(out.read_text("utf-8"))}
    assert "alerts.csv.errors" in result.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["asked.csv", "-o", "x.csv"], "nothing to check against"),
        (["asked.csv", "--against", "held.csv"], "no place for the alerts"),
        (["--against", "held.csv", "-o", "x.csv"], "no people to check"),
        (["none.csv", "--against", "held.csv", "-o", "x.csv"], "none.csv"),
        (["asked.csv", "--against", "none.csv", "-o", "x.csv"], "none.csv"),
        (["asked.csv", "--against", "held.csv", "-o", "none/x.csv"], "no folder"),
        (
            [
                "asked.csv",
                "--against",
                "held.csv",
                "-o",
                "x.csv",
                "--min-score",
                "9",
                "--alerts-per-1000",
                "9",
            ],
            "exclude",
        ),
        (["asked.csv", "--against", "held.csv", "-o", "x.csv", "--alerts-per-1000", "0"], "above 0"),
        (["asked.csv", "--against", "held.csv", "-o", "x.csv", "--min-score", "0"], "between 1 and 1000"),
        (["asked.csv", "--against", "held.csv", "-o", "x.csv", "--lists", "none"], "no list 'none'"),
        (["asked.csv", "--against", "held.csv", "-o", "x.csv", "--map", "surname"], "FIELD=COLUMN"),
        (["asked.csv", "--against", "held.csv", "-o", "x.csv", "--born", "1984"], "--name"),
        (["asked.csv", "--against", "held.csv", "-o", "x.csv", "--name", "A"], "exclude"),
        (
            ["--name", "Gezim Vokshi", "--born", "31.02.1984", "--against", "held.csv"],
            "no such day in that month",
        ),
        (["--name", "A", "--against", "held.csv", "-o", "x.csv"], "for a file of people"),
        (["asked.csv", "--against", "empty.csv", "-o", "x.csv"], "empty.csv"),
        (["asked.csv", "--against", "held.csv", "-o", "held.csv"], "is read"),
        (["asked.csv", "--against", "held.csv", "-o", "./asked.csv"], "is read"),
        (["asked.csv", "--against", "held.csv", "-o", "x.csv", "--report", "x.csv"], "twice"),
        (["asked.csv", "--against", "held.csv", "-o", "."], "is a folder"),
        (["asked.csv", "--against", "held.csv", "-o", "-", "--report", "-"], "standard output"),
        (["asked.csv", "--against", "held.csv", "-o", "x.csv", "--jobs", "many"], "many"),
    ],
)
def test_what_cannot_be_done_is_said_with_status_two(
    liaison: Run,
    asked: Path,
    held: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("empty.csv").write_text("")
    result = liaison("check", *words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "What to do: " in result.stderr
    assert not Path("x.csv").exists()
    as_json = liaison("check", *words, "--json")
    assert as_json.exit_code == 2
    error = json.loads(as_json.stdout)["error"]
    assert said in error["message"] or said in error["hint"]
    assert error["title"]


def test_the_summary_is_json_for_a_script(liaison: Run, asked: Path, held: Path, tmp_path: Path) -> None:
    result = liaison("check", asked, "--against", held, "-o", tmp_path / "alerts.csv", "--json")
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert (told["people"], told["records"], told["lists"], told["bad_rows"]) == (3, 302, ["held"], 0)
    assert told["alerts"] == len(alerts((tmp_path / "alerts.csv").read_text("utf-8")))
    assert told["notice"] == NOTICE
    assert result.stderr == ""


def test_a_report_is_written_beside_the_alerts(liaison: Run, asked: Path, held: Path, tmp_path: Path) -> None:
    result = liaison(
        "check", asked, "--against", held, "-o", tmp_path / "a.csv", "--report", tmp_path / "a.html"
    )
    assert result.exit_code == 0
    text = (tmp_path / "a.html").read_text("utf-8")
    assert "<script" not in text
    assert "Gëzim" in text
    assert "Check of asked.csv" in text


def test_columns_can_be_named(liaison: Run, held: Path, tmp_path: Path) -> None:
    asked = tmp_path / "asked.csv"
    asked.write_text("kennung;wer;wann\n7;Gezim Vokshi;1984-02-03\n")
    words = ("--map", "id=kennung", "--map", "name=wer", "--map", "dob=wann")
    result = liaison("check", asked, "--against", held, "-o", "-", *words)
    assert result.exit_code == 0, result.output
    assert ("7", "R900") in {(row["subject_id"], row["record_id"]) for row in alerts(result.stdout)}


def test_several_processes_give_the_same_bytes(liaison: Run, asked: Path, held: Path, tmp_path: Path) -> None:
    liaison("check", asked, "--against", held, "-o", tmp_path / "one.csv")
    result = liaison("check", asked, "--against", held, "-o", tmp_path / "two.csv", "--jobs", "2")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "two.csv").read_bytes() == (tmp_path / "one.csv").read_bytes()


def test_one_person_is_shown_with_reasons(liaison: Run, held: Path) -> None:
    result = liaison(
        "check", "--name", "Gezim Vokshi", "--born", "1984-02-03", "--sex", "M", "--against", held
    )
    assert result.exit_code == 0, result.output
    for text in (
        "Gëzim Vokshi",
        "record R900 in held",
        "same date of birth",
        "█",
        "the sum",
        "By chance alone",
        NOTICE,
    ):
        assert text in result.stdout


def test_one_person_for_a_script_has_reasons_that_sum(liaison: Run, held: Path) -> None:
    result = liaison("check", "--name", "Gezim Vokshi", "--born", "1984-02-03", "--against", held, "--json")
    alert = json.loads(result.stdout)["alerts"][0]
    assert alert["record_id"] == "R900"
    assert round(sum(part["bits"] for part in alert["contributions"]), 4) == alert["score"]
    assert alert["record"]["born"] == "1984-02-03"


def test_a_document_number_finds_a_person_of_another_name(liaison: Run, held: Path) -> None:
    result = liaison(
        "check", "--name", "Zbigniew Nowak", "--document", "X12345678", "--against", held, "--json"
    )
    assert [alert["record_id"] for alert in json.loads(result.stdout)["alerts"]] == ["R900"]


def test_nobody_is_not_called_proof(liaison: Run, held: Path) -> None:
    result = liaison("check", "--name", "Zbigniew Nowak", "--against", held)
    assert result.exit_code == 0
    assert "No alert for Zbigniew Nowak among 302 records" in result.stdout
    assert "does not show that the person is on no list" in result.stdout


def test_markup_in_a_name_is_shown_as_it_is(liaison: Run, held: Path) -> None:
    result = liaison("check", "--name", "[red]Nowak[/red] :smile:", "--against", held)
    assert result.exit_code == 0
    assert "[red]Nowak[/red] :smile:" in result.stdout


def test_a_reader_that_stops_early_is_no_error(asked: Path, held: Path) -> None:
    words = [sys.executable, "-m", "liaison.cli", "check", str(asked), "--against", str(held), "-o", "-"]
    command = f"{shlex.join([*words, '--min-score', '1'])} 2>/dev/null | head -n 1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("subject_id,")


def test_as_a_command_of_its_own(asked: Path, held: Path, tmp_path: Path) -> None:
    words = [
        sys.executable,
        "-m",
        "liaison.cli",
        "check",
        str(asked),
        "--against",
        str(held),
        "-o",
        str(tmp_path / "a.csv"),
    ]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Checked 3 people" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_list_of_bad_rows_takes_no_inputs_place(asked: Path, held: Path, tmp_path: Path) -> None:
    wanted = tmp_path / "alerts.csv.errors"
    wanted.write_bytes(asked.read_bytes())
    words = [
        "-m",
        "liaison.cli",
        "check",
        str(wanted),
        "--against",
        str(held),
        "-o",
        str(tmp_path / "alerts.csv"),
    ]
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False)
    assert (done.returncode, wanted.read_bytes()) == (2, asked.read_bytes())


def test_a_report_takes_no_place_of_the_bad_rows(asked: Path, held: Path, tmp_path: Path) -> None:
    out, report = tmp_path / "alerts.csv", tmp_path / "alerts.csv.errors"
    words = [
        "-m",
        "liaison.cli",
        "check",
        str(asked),
        "--against",
        str(held),
        "-o",
        str(out),
        "--report",
        str(report),
    ]
    assert subprocess.run([sys.executable, *words], capture_output=True, check=False).returncode == 2


def test_closed_standard_input_is_said(held: Path, tmp_path: Path) -> None:
    command = shlex.join(
        [sys.executable, "-m", "liaison.cli", "check", "-", "--against", str(held), "-o", "x.csv"]
    )
    done = subprocess.run(
        ["sh", "-c", f"{command} <&-"], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 2
    assert "standard input is closed" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_file_of_cleared_pairs_is_refused(asked: Path, held: Path, tmp_path: Path) -> None:
    words = [
        "check",
        str(asked),
        "--against",
        str(held),
        "-o",
        str(tmp_path / "a.csv"),
        "--cleared",
        str(tmp_path / "no"),
    ]
    done = subprocess.run(
        [sys.executable, "-m", "liaison.cli", *words], capture_output=True, text=True, check=False
    )
    assert (done.returncode, "there is no file" in done.stderr) == (2, True)
