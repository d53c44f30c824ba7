"""FollowTheMoney, the Security Council's list, OFAC's list and Parquet."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from liaison.holdings import lists_of, read_people
from liaison.matching.columns import country_code, dob_code
from liaison.model.errors import UnusableFile

PUBLISHED = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "names"

PERSON = {
    "id": "Q1",
    "schema": "Person",
    "properties": {
        "name": ["Ana Gashi"],
        "alias": ["Hana"],
        "firstName": ["Ana"],
        "lastName": ["Gashi"],
        "birthDate": ["1984-02-03", "1984"],
        "nationality": ["al"],
        "gender": ["female"],
        "passportNumber": ["P1"],
    },
}
VESSEL = {"id": "V1", "schema": "Vessel", "properties": {"name": ["OCEAN STAR"]}}


def entities(path: Path, *lines: object) -> Path:
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines) + "\n")
    return path


def test_followthemoney_people(tmp_path: Path) -> None:
    read = read_people(entities(tmp_path / "list.json", PERSON, VESSEL))
    people = read.people
    assert list(people.ids) == ["Q1"]
    assert [(a, b, c) for a, b, c in zip(people.given, people.surname, people.full, strict=True)] == [
        ("Ana", "Gashi", ""),
        ("", "", "Hana"),
    ]
    assert (people.dob[0], people.dob_alt[0]) == (dob_code(1984, 2, 3), dob_code(1984))
    assert (people.sex[0], people.nationality[0], people.documents[0]) == (2, country_code("ALB"), "P1")
    assert "list.json: not read: 1 of schema Vessel" in read.notes


def test_followthemoney_organisations_when_asked(tmp_path: Path) -> None:
    assert list(
        read_people(entities(tmp_path / "list.json", PERSON, VESSEL), organisations=True).people.ids
    ) == ["Q1", "V1"]


def test_a_broken_line_of_json_costs_that_line_alone(tmp_path: Path) -> None:
    read = read_people(
        entities(tmp_path / "list.json", PERSON, '{"id": "Q2", "schema":', '{"id": 7}', PERSON | {"id": "Q3"})
    )
    assert list(read.people.ids) == ["Q1", "Q3"]
    assert [(bad.row, bad.reason) for bad in read.bad_rows] == [
        (row, "not an entity in JSON with id, schema and properties: left out") for row in (2, 3)
    ]


COUNCIL = """<?xml version="1.0" encoding="utf-8"?>
<CONSOLIDATED_LIST dateGenerated="2026-01-01"><INDIVIDUALS><INDIVIDUAL><DATAID>1</DATAID><FIRST_NAME>ANA</FIRST_NAME>
<SECOND_NAME>GASHI</SECOND_NAME><REFERENCE_NUMBER>QDi.001</REFERENCE_NUMBER><NAME_ORIGINAL_SCRIPT>أنا</NAME_ORIGINAL_SCRIPT>
<NATIONALITY><VALUE>Iran (Islamic Republic of)</VALUE><VALUE>Iraq</VALUE></NATIONALITY><GENDER>Female</GENDER>
<INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>Hana G.</ALIAS_NAME></INDIVIDUAL_ALIAS>
<INDIVIDUAL_ALIAS><QUALITY/><ALIAS_NAME/></INDIVIDUAL_ALIAS>
<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>BETWEEN</TYPE_OF_DATE><FROM_YEAR>1984</FROM_YEAR><TO_YEAR>1985</TO_YEAR></INDIVIDUAL_DATE_OF_BIRTH>
<INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>Passport</TYPE_OF_DOCUMENT><NUMBER>P1</NUMBER></INDIVIDUAL_DOCUMENT>
</INDIVIDUAL><INDIVIDUAL><DATAID>2</DATAID><FIRST_NAME>BO</FIRST_NAME>
<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>EXACT</TYPE_OF_DATE>
<DATE>1990-05-06</DATE></INDIVIDUAL_DATE_OF_BIRTH></INDIVIDUAL></INDIVIDUALS><ENTITIES><ENTITY><DATAID>3</DATAID>
<FIRST_NAME>OCEAN BANK</FIRST_NAME><ENTITY_ALIAS><ALIAS_NAME>OB</ALIAS_NAME></ENTITY_ALIAS>
</ENTITY></ENTITIES></CONSOLIDATED_LIST>"""


def test_the_security_councils_list(tmp_path: Path) -> None:
    path = tmp_path / "consolidated.xml"
    path.write_text(COUNCIL, "utf-8")
    read = read_people(path)
    people = read.people
    assert list(people.ids) == ["QDi.001", "2"]
    assert list(people.full) == ["ANA GASHI", "أنا", "Hana G.", "BO"]
    assert people.dob.tolist() == [dob_code(1984), dob_code(1990, 5, 6)]
    assert people.dob_alt.tolist() == [dob_code(1985), 0]
    assert (people.nationality[0], people.nationality_alt[0]) == (country_code("IRN"), country_code("IRQ"))
    assert people.sex.tolist() == [2, 0]
    assert list(people.documents) == ["P1"]
    assert read.bad_rows == []
    assert "consolidated.xml: 1 entity not read" in read.notes
    assert list(read_people(path, organisations=True).people.ids) == ["QDi.001", "2", "3"]


BOMB = """<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>
<l><INDIVIDUAL><FIRST_NAME>&b;</FIRST_NAME></INDIVIDUAL></l>"""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (BOMB, "a document type"),
        ("<a>" * 40, "deep"),
        (COUNCIL[:700], "breaks off as XML on line"),
        ("<html><body/></html>", "no INDIVIDUAL"),
        ("<l><INDIVIDUAL><FIRST_NAME>" + "A" * (2 << 20), "a record of more than"),
    ],
)
def test_xml_that_is_not_the_list_is_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "list.xml"
    path.write_text(text, "utf-8")
    with pytest.raises(UnusableFile, match=words):
        read_people(path)


SDN = """36,"AEROCARIBBEAN AIRLINES",-0- ,"CUBA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0-\x20
2674,"ABBAS, Abu","individual","SDGT",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"DOB 10 Dec 1948; alt. DOB 1949; POB Safed; \
nationality Iraq; Gender Male; Passport A 12 issued 08 Nov 2012; National ID No. 77-1 (Iraq); a.k.a. 'ABU X'."
"""
ALT = '2674,1,"aka","ZAYDAN, Muhammad",-0- \n36,12,"aka","AERO-CARIBBEAN",-0- \n'


@pytest.fixture
def ofac(tmp_path: Path) -> tuple[Path, Path]:
    sdn, alt = tmp_path / "ofac_sdn.csv", tmp_path / "ofac_alt.csv"
    sdn.write_text(SDN)
    alt.write_text(ALT)
    return sdn, alt


@pytest.mark.parametrize("which", [0, 1])
def test_either_of_ofacs_two_files_finds_the_other(ofac: tuple[Path, Path], which: int) -> None:
    read = read_people(ofac[which])
    people = read.people
    assert list(people.ids) == ["2674"]
    assert people.lists == ("ofac_sdn",)
    assert list(people.given) == ["Abu", "Muhammad", ""]
    assert list(people.surname) == ["ABBAS", "ZAYDAN", ""]
    assert list(people.full) == ["", "", "ABU X"]
    assert (people.dob[0], people.dob_alt[0]) == (dob_code(1948, 12, 10), dob_code(1949))
    assert (people.sex[0], people.nationality[0]) == (1, country_code("IRQ"))
    assert list(people.documents) == ["A 12", "77-1"]
    assert "ofac_sdn.csv: not read: 1 of type entity" in read.notes


def test_ofacs_organisations_when_asked_and_the_pair_is_read_once(ofac: tuple[Path, Path]) -> None:
    assert list(read_people(ofac[0], organisations=True).people.full) == [
        "AEROCARIBBEAN AIRLINES",
        "AERO-CARIBBEAN",
        "",
        "",
        "ABU X",
    ]
    assert lists_of(ofac) == [ofac[0]]
    assert lists_of(ofac[1:]) == [ofac[1]]


def test_ofacs_other_names_alone_are_refused_and_its_list_alone_is_read(ofac: tuple[Path, Path]) -> None:
    ofac[0].rename(ofac[0].with_name("moved"))
    with pytest.raises(UnusableFile, match="other names alone"):
        read_people(ofac[1])
    ofac[1].unlink()
    assert len(read_people(ofac[0].with_name("moved")).people) == 1


@pytest.mark.skipif(not PUBLISHED.is_dir(), reason="../shared/data is not here")
def test_ofacs_list_as_published() -> None:
    read = read_people(PUBLISHED / "ofac_sdn.csv")
    assert len(read.people) == 4620
    assert len(read.people.person) > 12_000
    assert (read.people.dob > 0).mean() > 0.8
    assert not [bad for bad in read.bad_rows if "not a " in bad.reason]


def test_parquet(tmp_path: Path) -> None:
    from datetime import date

    polars = pytest.importorskip("polars")
    pytest.importorskip("pyarrow")
    polars.DataFrame(
        {"id": [1, 2], "name": ["Ana, Gashi", "Bo"], "dob": [date(1984, 2, 3), None]}
    ).write_parquet(tmp_path / "list.parquet")
    read = read_people(tmp_path / "list.parquet")
    assert list(read.people.ids) == ["1", "2"]
    assert read.people.full[0] == "Ana, Gashi"
    assert read.people.dob.tolist() == [dob_code(1984, 2, 3), 0]


def test_parquet_without_a_library_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from liaison.holdings import tables

    (tmp_path / "list.parquet").write_bytes(b"PAR1 and more")
    # polars alone will not do: it unpacks a file of any size at once
    monkeypatch.setattr(tables, "find_spec", lambda name: None if name == "pyarrow" else tables)
    with pytest.raises(UnusableFile) as refused:
        read_people(tmp_path / "list.parquet")
    assert "`tables`" in refused.value.hint


def test_parquet_that_is_none_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    (tmp_path / "list.parquet").write_bytes(b"PAR1 and more")
    with pytest.raises(UnusableFile, match="cannot be read as Parquet"):
        read_people(tmp_path / "list.parquet")


@pytest.mark.parametrize("kind", ["gztar", "zip"])
def test_packed_files_are_refused_with_what_to_do(tmp_path: Path, kind: str) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "list.csv").write_text("id,name\n1,Ana\n")
    packed = Path(shutil.make_archive(str(tmp_path / "out"), kind, tmp_path / "in")).rename(
        tmp_path / "list.csv"
    )
    with pytest.raises(UnusableFile, match=r"gzip|zip archive") as refused:
        read_people(packed)
    assert "unzip" in refused.value.hint


def test_a_folder_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableFile, match="is a folder"):
        read_people(tmp_path)
    with pytest.raises(UnusableFile, match="cannot be opened: No such file"):
        read_people(tmp_path / "nothing.csv")


def test_one_json_array_is_refused(tmp_path: Path) -> None:
    (tmp_path / "list.json").write_text("[{}]")
    with pytest.raises(UnusableFile, match="one JSON array"):
        read_people(tmp_path / "list.json")


def test_standard_input_is_a_list(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "piped").write_text("id,name\n1,Ana\n")
    with (tmp_path / "piped").open() as piped:
        monkeypatch.setattr(sys, "stdin", piped)
        read = read_people(Path("-"))
    assert read.people.full[0] == "Ana"
    assert read.people.lists == ("standard input",)
    assert read.notes[0].startswith("standard input: UTF-8")
