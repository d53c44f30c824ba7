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
    assert told.endswith("Lists: 1, people: 3, doubts: 0, files that could not be read: 0.\n")


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


def test_a_table_of_passengers_is_read(liaison: Run, tmp_path: Path) -> None:
    table = tmp_path / "LI117.csv"
    table.write_text(
        "flight,departs,surname,given,born,document\nLI117,2026-11-25,Hoxha,Ana,1984-02-03,BA1234567\n"
    )
    result = liaison("manifest", "read", table, "--json")
    assert result.exit_code == 0, result.output
    [manifest] = json.loads(result.stdout)["manifests"]
    assert (manifest["kind"], manifest["flights"][0]["number"]) == ("table", "117")
    assert manifest["passengers"][0]["names"] == [{"surname": "Hoxha", "given": "Ana"}]
    assert "LI117.csv: table\n" in liaison("manifest", "read", table).stdout


def test_a_table_says_its_day_under_date_and_doubts_name_its_rows(liaison: Run, tmp_path: Path) -> None:
    table = tmp_path / "LI117.csv"
    table.write_text(
        "flight,date,std,surname,given,born,document,gate,expires\n"
        "LI117,25.11.2026,6:10,Hoxha,Ana,1984-02-03,BA1234567,A1,01.06.2031\n"
        "LI117,25.11.2026,6:10,Hoxha,Ben,1984-02-03,BA1234568,A1,31/31/2031\n"
        "LI118,31/31/2026,,Hoxha,Cen,1984-02-03,BA1234569,A1,\n"
    )
    result = liaison("manifest", "read", table)
    assert result.exit_code == 1
    assert "  Flight LI117\n    ? 2026-11-25 06:10 - ?" in result.stdout
    assert "  Flight LI118, on no day named\n" in result.stdout
    assert "  Doubt: columns that are not known were left out: gate\n" in result.stdout
    assert "  Doubt: row 2: expires '31/31/2031' is no date" in result.stdout
    assert (
        "  Doubt: row 3: departs '31/31/2026' is no day that can be read; write it as 2026-11-25"
        in result.stdout
    )
    assert "message" not in result.stdout
    first, _ = json.loads(liaison("manifest", "read", table, "--json").stdout)["manifests"]
    assert first["passengers"][0]["documents"][0]["expires"] == "2031-06-01"


@pytest.mark.parametrize("text", ["hello\n", "foo,bar\n1,2\n"], ids=["a word", "a table of something"])
def test_what_is_no_list_is_told_what_one_is(liaison: Run, tmp_path: Path, text: str) -> None:
    file = tmp_path / "file.txt"
    file.write_text(text)
    result = liaison("manifest", "read", file)
    assert result.exit_code == 2
    assert (
        f"neither a message of a carrier nor a table of passengers: it begins with '{text[:3]}"
        in result.stderr
    )
    assert "as flight,date,surname,given,born,nationality,document" in result.stderr
    assert "a message begins with UNA or UNB" in result.stderr


def test_a_table_without_a_flight_says_so(liaison: Run, tmp_path: Path) -> None:
    table = tmp_path / "people.csv"
    table.write_text("surname,given,born\nHoxha,Ana,1984-02-03\n")
    assert "  No flight: the table names none\n" in liaison("manifest", "read", table).stdout


def test_many_files_go_on_past_bad_ones(liaison: Run, tmp_path: Path) -> None:
    bad = tmp_path / "bad.edi"
    bad.write_bytes(b"UNA:+.? 'UNX+1'")
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


LIST = "id,given,surname,dob\nR1,Anna Maria,O'Hara Leka,1984-02-03\nR2,Jan,Novak,1950-01-01\n"
TABLE = """flight,departs,surname,given,dob
LI200,2026-03-04,Novak,Jan,1950-01-01
LI200,2026-03-04,Nobody,Else,1999-09-09
"""


@pytest.fixture
def wanted(tmp_path: Path) -> Path:
    """A list of two invented people, one of whom is on the flight."""
    place = tmp_path / "wanted.csv"
    place.write_text(LIST, "utf-8")
    return place


def test_everybody_on_board_is_checked_and_alerts_are_told_flight_by_flight(
    liaison: Run, wanted: Path, tmp_path: Path
) -> None:
    table = tmp_path / "table.csv"
    table.write_text(TABLE, "utf-8")
    result = liaison("manifest", "check", DATA / "passengers.edi", table, "--against", wanted)
    assert result.exit_code == 0, result.output
    first, second = result.stdout.split("table.csv: ")
    assert "LI117 2026-03-04, 3 people, doubts: 0" in first
    assert "1  O'HARA+LEKA, ANNA MARIA  1984-02-03" in first
    assert "bits: wanted R1" in first
    assert "Novak" not in first
    assert second.startswith("LI200 2026-03-04, 2 people, doubts: 0")
    assert "bits: wanted R2  Jan Novak  1950-01-01" in second
    assert "Nobody" not in second
    assert "Checked 5 people against 2 records: 2 alerts." in second
    assert "lead for a trained person" in second


def test_a_script_gets_the_alerts_of_each_flight(liaison: Run, wanted: Path) -> None:
    result = liaison("manifest", "check", DATA / "passengers.edi", "-a", wanted, "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert (told["people"], told["records"], told["alerts"], told["refused"]) == (3, 2, 1, [])
    (flight,) = told["flights"]
    (alert,) = flight["alerts"]
    assert (alert["place"], alert["record_id"], alert["list"]) == (1, "R1", "wanted")
    assert alert["score"] > 15
    assert alert["passenger"]["seat"] == "12A"
    assert alert["reasons"]


def test_nobody_on_a_list_is_no_alert(liaison: Run, wanted: Path) -> None:
    wanted.write_text("id,given,surname,dob\nR2,Jan,Novak,1950-01-01\n", "utf-8")
    result = liaison("manifest", "check", DATA / "passengers.edi", "-a", wanted)
    assert result.exit_code == 0
    assert "No alerts. This does not show" in result.stdout


def test_a_file_that_cannot_be_read_stops_no_other_check(liaison: Run, wanted: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.edi"
    bad.write_bytes(b"UNB+UNOA:4+A+B+260304:1200+1'UNZ+0+1'")
    result = liaison("manifest", "check", bad, DATA / "passengers.edi", "-a", wanted)
    assert result.exit_code == 1
    assert "bad.edi" in result.stderr
    assert "1 alert" in result.stdout
    alone = liaison("manifest", "check", bad, tmp_path / "absent.edi", "-a", wanted)
    assert alone.exit_code == 2
    assert "absent.edi" in alone.stderr


def test_a_check_of_passengers_needs_something_to_check_against(liaison: Run, wanted: Path) -> None:
    assert liaison("manifest", "check", DATA / "passengers.edi").exit_code == 2
    unknown = liaison("manifest", "check", DATA / "passengers.edi", "-a", wanted, "--lists", "other")
    assert unknown.exit_code == 2


def test_a_check_tells_doubts_with_their_rows_and_how_many_more_there_are(
    liaison: Run, wanted: Path, tmp_path: Path
) -> None:
    table = tmp_path / "table.csv"
    rows = [f"LI200,2026-03-04,Nobody{chr(97 + at)},Else,1999-09-09,no day" for at in range(25)]
    table.write_text("\n".join(("flight,date,surname,given,dob,expires", *rows)), "utf-8")
    result = liaison("manifest", "check", table, "-a", wanted)
    assert result.exit_code == 1
    told = [line for line in result.stdout.splitlines() if line.startswith("  Doubt: ")]
    assert (told[0], len(told)) == ("  Doubt: row 1: expires 'no day' is no date", 20)
    assert "  and 5 more doubts: `liaison manifest read` tells every one" in result.stdout
    every = liaison("manifest", "read", table).stdout
    assert sum(line.startswith("  Doubt: ") for line in every.splitlines()) == 25
