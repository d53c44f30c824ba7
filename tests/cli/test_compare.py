import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

Run = Callable[..., Result]
PAIRS = (
    "case,name1,name2,dob1,dob2,note\n"
    'a,Mohammed al-Masri,محمد المصري,,,"kept, as it was"\n'
    "b,Anna Nowak,Jan Kowalski,1980-01-01,1991-07-09,=1+1\n"
    "c,Gezim Hoxha,HOXHA Gëzim,1984-02-03,1984-02-03,\n"
)


def scored(text: str) -> dict[str, dict[str, str]]:
    return {row["case"]: row for row in csv.DictReader(io.StringIO(text))}


def test_scores_are_added_and_the_rest_is_copied(liaison: Run, tmp_path: Path) -> None:
    pairs, out = tmp_path / "pairs.csv", tmp_path / "scored.csv"
    pairs.write_text(PAIRS, encoding="utf-8")
    result = liaison("compare", pairs, "-o", out)
    assert result.exit_code == 0, result.output
    rows = scored(out.read_text("utf-8"))
    assert list(rows["a"]) == ["case", "name1", "name2", "dob1", "dob2", "note", "score"]
    assert rows["a"]["note"] == "kept, as it was"
    assert rows["b"]["note"] == "=1+1"
    scores = {case: float(row["score"]) for case, row in rows.items()}
    assert all(0 <= score <= 1 for score in scores.values())
    assert min(scores["a"], scores["c"]) > scores["b"]


def test_standard_input_to_standard_output(liaison: Run) -> None:
    result = liaison("compare", "-", "-o", "-", stdin=PAIRS)
    assert result.exit_code == 0, result.output
    assert set(scored(result.stdout)) == {"a", "b", "c"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_other_encodings_and_delimiters_are_read(liaison: Run, tmp_path: Path, encoding: str) -> None:
    pairs = tmp_path / "pairs.csv"
    pairs.write_bytes("case;name1;name2\r\na;Gëzim Hoxha;Gezim Hoxha\r\n".encode(encoding))
    row = scored(liaison("compare", pairs, "-o", "-").stdout)["a"]
    assert row["name1"] == "Gëzim Hoxha"
    assert float(row["score"]) > 0.5


def test_bad_rows_are_listed_with_status_one(liaison: Run, tmp_path: Path) -> None:
    pairs, out = tmp_path / "pairs.csv", tmp_path / "scored.csv"
    pairs.write_text(
        "case,name1,name2,dob1,dob2\na,Anna Nowak,,,\nb,A B,A B,31.02.1980,\nc,short\nd,A B,A B,1980,1980\n"
    )
    result = liaison("compare", pairs, "-o", out, "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert told["pairs"] == 4
    listed = list(csv.DictReader(io.StringIO((tmp_path / "scored.csv.errors").read_text())))
    assert {(row["row"], row["field"]) for row in listed} >= {("1", "name2"), ("2", "dob1"), ("3", "")}
    assert told["bad_rows"] == len(listed)
    assert len(scored(out.read_text())) == 4


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("a,b\n1,2\n", "no column 'name1'"),
        ("name1,b\n1,2\n", "no column 'name2'"),
        ("name1,name2,score\n", "already"),
    ],
)
def test_a_file_without_pairs_is_refused(liaison: Run, tmp_path: Path, text: str, said: str) -> None:
    pairs = tmp_path / "pairs.csv"
    pairs.write_text(text)
    result = liaison("compare", pairs, "-o", tmp_path / "x.csv")
    assert result.exit_code == 2
    assert said in result.stderr
    assert not (tmp_path / "x.csv").exists()
