"""`liaison manifest read`: what is told of a file, of many, and of those that cannot be read."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

Run = Callable[..., Result]
DATA = Path(__file__).parents[1] / "formats" / "data"


def test_a_message_is_told_in_words(liaison: Run) -> None:
    result = liaison("manifest", "read", DATA / "passengers.edi")
    assert result.exit_code == 0, result.output
    told = result.stdout
    assert "passenger list (PAXLST D:02B)" in told
    assert "Flight LI117" in told
    assert "BRI 2026-03-04 14:00 - LHR 2026-03-04 16:35" in told
    assert "1  O'HARA+LEKA, ANNA MARIA  1984-02-03  F  ALB  P BA1234567 ALB  V V99887 GBR  seat 12A" in told
    assert "passenger in transit" in told
    assert told.endswith("Messages: 1, people: 3, doubts: 0, files that could not be read: 0.\n")


def test_bookings_tell_code_shares_infants_what_was_dropped_and_doubts(liaison: Run) -> None:
    result = liaison("manifest", "read", DATA / "bookings.edi")
    assert result.exit_code == 1
    assert "Flight LI117A, also ZZ4117" in result.stdout
    assert "infant with 1" in result.stdout
    assert "Not kept, as it tells of health or belief: requests, 2" in result.stdout
    assert "Doubt: segment 52, byte 1,684: a traveller stands in the check-in" in result.stdout


def test_a_script_gets_everything_in_one_object(liaison: Run) -> None:
    result = liaison("manifest", "read", DATA / "bookings.edi", "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert (told["passengers"], told["doubts"], told["refused"]) == (7, 1, [])
    [manifest] = told["manifests"]
    assert (manifest["kind"], manifest["message"], manifest["version"]) == ("bookings", "PNRGOV", "13:1")
    assert manifest["flights"][0]["legs"] == [
        {
            "origin": "TIA",
            "destination": "LHR",
            "departs": "2026-03-04T12:20",
            "arrives": "2026-03-04T16:35",
        }
    ]
    anna, besa, *_ = manifest["passengers"]
    assert anna["names"] == [{"surname": "LEKA", "given": "ANNA MARIA"}]
    assert (anna["born"], anna["sex"], anna["nationality"]) == ("1984-02-03", "F", "ALB")
    assert anna["documents"][0] == {
        "code": "P", "number": "BA1234567", "issuer": "ALB", "expires": "2031-01-15",
    }  # fmt: skip
    assert (besa["infant"], besa["infant_of"]) == (True, 0)
    assert manifest["doubts"][0]["offset"] == 1684


def test_standard_input_is_read(liaison: Run) -> None:
    result = liaison("manifest", "read", "-", "--json", stdin=(DATA / "crew.edi").read_bytes())
    assert result.exit_code == 0, result.output
    [manifest] = json.loads(result.stdout)["manifests"]
    assert (manifest["file"], manifest["kind"]) == ("standard input", "crew list")


def test_many_files_go_on_past_bad_ones(liaison: Run, tmp_path: Path) -> None:
    bad = tmp_path / "bad.edi"
    bad.write_text("id;name\n1;Anna\n")
    files = (DATA / "passengers.edi", bad, tmp_path / "none.edi", tmp_path, DATA / "crew.edi")
    result = liaison("manifest", "read", *files)
    assert result.exit_code == 1
    assert "people: 5, doubts: 0, files that could not be read: 3." in result.stdout
    assert f"{bad}: no interchange begins in it" in result.stderr
    assert f"{tmp_path / 'none.edi'}: No such file or directory" in result.stderr
    told = json.loads(liaison("manifest", "read", *files, "--json").stdout)
    assert [Path(each["file"]).name for each in told["refused"]] == ["bad.edi", "none.edi", tmp_path.name]
    assert all(each["hint"] for each in told["refused"])


def test_nothing_but_bad_files_is_status_two(liaison: Run, tmp_path: Path) -> None:
    result = liaison("manifest", "read", tmp_path / "none.edi", "--json")
    assert result.exit_code == 2
    assert len(json.loads(result.stdout)["refused"]) == 1


@pytest.mark.parametrize("turned", [False, True])
def test_parts_in_several_files_are_one_message(liaison: Run, tmp_path: Path, turned: bool) -> None:
    whole = (DATA / "parts.edi").read_bytes()
    first, second = whole.index(b"UNH+1"), whole.index(b"UNH+2")
    one, two = tmp_path / "one.edi", tmp_path / "two.edi"
    one.write_bytes(whole[:second] + b"UNZ+1+1'")
    two.write_bytes(whole[:first] + whole[second:].replace(b"UNZ+2", b"UNZ+1"))
    result = liaison("manifest", "read", *((two, one) if turned else (one, two)), "--json")
    [manifest] = json.loads(result.stdout)["manifests"]
    assert [each["names"][0]["surname"] for each in manifest["passengers"]] == ["GASHI", "SHALA", "RAMA"]
    assert manifest["file"] == f"{one}, {two}"
    [doubt] = manifest["doubts"]
    assert doubt["words"].startswith("somebody stands twice")


def test_a_cut_message_tells_what_was_read_and_where_it_ends(liaison: Run, tmp_path: Path) -> None:
    cut = tmp_path / "cut.edi"
    cut.write_bytes((DATA / "passengers.edi").read_bytes()[:700])
    result = liaison("manifest", "read", cut)
    assert result.exit_code == 1
    assert "O'HARA+LEKA, ANNA MARIA" in result.stdout
    assert "the file ends within the message: it may be cut" in result.stdout
