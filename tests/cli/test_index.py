import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

Run = Callable[..., Result]


@pytest.fixture
def index(liaison: Run, held: Path) -> Path:
    path = held.with_name("held.index")
    assert liaison("index", held, "-o", path).exit_code == 0
    return path


def found(liaison: Run, index: Path, name: str) -> list[str]:
    result = liaison("check", "--name", name, "--against", index, "--json")
    return [alert["record_id"] for alert in json.loads(result.stdout)["alerts"]]


def test_it_says_what_it_took_for_what(liaison: Run, held: Path) -> None:
    result = liaison("index", held, "-o", held.with_name("x.index"))
    assert "Indexed 302 records (held)" in result.stdout
    assert "date_of_birth" in result.stdout


def test_the_answer_for_a_script(liaison: Run, held: Path) -> None:
    path = held.with_name("x.index")
    told = json.loads(liaison("index", held, "-o", path, "--json").stdout)
    assert (told["records"], told["lists"], told["bad_rows"]) == (302, ["held"], 0)
    assert told["bytes"] == path.stat().st_size


def test_a_record_can_be_added(liaison: Run, index: Path) -> None:
    more = index.with_name("more.csv")
    more.write_text("id,name,dob\nM1,Xhevdet Qorraj,1991-05-06\n")
    result = liaison("add", more, "--to", index)
    assert result.exit_code == 0, result.output
    assert "now holds 303 records" in result.stdout
    assert found(liaison, index, "Xhevdet Qorraj") == ["M1"]


def test_a_record_can_be_taken_out(liaison: Run, index: Path) -> None:
    assert found(liaison, index, "Gezim Vokshi") == ["R900"]
    result = liaison("remove", "R900", "--list", "held", "--from", index)
    assert result.exit_code == 0, result.output
    assert "301 remain" in result.stdout
    assert found(liaison, index, "Gezim Vokshi") == []


@pytest.mark.parametrize(("record", "name"), [("R999", "held"), ("R900", "none")])
def test_a_record_that_is_not_there_cannot_be_taken_out(
    liaison: Run, index: Path, record: str, name: str
) -> None:
    before = index.read_bytes()
    assert liaison("remove", record, "--list", name, "--from", index).exit_code == 2
    assert index.read_bytes() == before


def test_a_list_is_no_index(liaison: Run, held: Path) -> None:
    result = liaison("remove", "R900", "--list", "held", "--from", held)
    assert result.exit_code == 2
    assert "is not an index" in result.stderr


def test_a_damaged_index_is_refused_by_name(liaison: Run, index: Path) -> None:
    content = bytearray(index.read_bytes())
    content[len(content) // 2] ^= 1
    index.write_bytes(content)
    result = liaison("check", "--name", "Gezim Vokshi", "--against", index)
    assert result.exit_code == 2
    assert "held.index" in result.stderr
    assert "build it again" in result.stderr


def test_a_list_with_bad_rows_is_indexed_with_status_one(liaison: Run, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("id,name,dob\n1,Arta Hoxha,1990-13-45\n2,Besa Leka,1991-01-01\n")
    result = liaison("index", path, "-o", tmp_path / "list.index")
    assert result.exit_code == 1, result.output
    assert (tmp_path / "list.index.errors").read_text().startswith("file,row,field,reason\n")
