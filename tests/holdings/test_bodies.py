"""Organisations of published lists are imported as what they are, and found by their names and register numbers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sqlalchemy import select

from liaison.holdings import read_people
from liaison.holdings.findings import Findings
from liaison.holdings.incoming import from_bodies
from liaison.holdings.live import LiveIndex
from liaison.holdings.opening import incoming_rows
from liaison.model.categories import Category
from liaison.model.identifiers import Country
from liaison.model.subjects import Organisation, Person
from liaison.office import Office
from liaison.storage.tables.holdings import HOLDINGS
from tests.holdings.offices import an_order, imported
from tests.holdings.test_published_lists import ALT, COUNCIL, SDN
from tests.node_fixtures import an_office, both_databases

BANK = {
    "id": "B1",
    "schema": "Company",
    "properties": {
        "name": ["Ocean Bank"],
        "alias": ["Okean Bank"],
        "jurisdiction": ["al"],
        "registrationNumber": ["L-42"],
        "topics": ["sanction"],
    },
}
ANA = {"id": "P1", "schema": "Person", "properties": {"name": ["Ana Gashi"], "birthDate": ["1984-02-03"]}}
SHIP = {"id": "V1", "schema": "Vessel", "properties": {"name": ["OCEAN STAR"]}}


def lines(*entities: dict[str, Any]) -> bytes:
    return "\n".join(json.dumps(one) for one in entities).encode()


def subjects(content: bytes | Path, name: str) -> tuple[list[Any], Findings]:
    """The subjects of a file in its order, and what was told of it."""
    findings = Findings(name)
    with incoming_rows(an_order(content, name=name), findings) as (incoming, count):
        found = [each.subject for each in incoming]
    assert count == len(found)
    return found, findings


def test_a_company_of_followthemoney_is_an_organisation() -> None:
    found, findings = subjects(lines(BANK, ANA, SHIP), "list.json")
    assert [type(one) for one in found] == [Organisation, Person]
    assert found[0] == Organisation(
        names=("Ocean Bank", "Okean Bank"), registered=Country("ALB"), register_number="L-42"
    )
    assert [note for note in findings.notes if "not read" in note] == [
        "list.json: not read: 1 of schema Vessel"
    ]


def test_a_file_of_organisations_alone_is_read() -> None:
    assert len(subjects(lines(BANK), "list.json")[0]) == 1


def test_what_cannot_be_read_of_an_organisation_is_kept_and_told() -> None:
    odd = {
        "id": "B2",
        "schema": "Company",
        "properties": {"name": ["Atlantic"], "jurisdiction": ["Atlantis"]},
    }
    nameless = {"id": "B3", "schema": "Company", "properties": {"topics": ["sanction"]}}
    findings = Findings("list.json")
    with incoming_rows(an_order(lines(odd, nameless), name="list.json"), findings) as (incoming, _):
        (kept,) = list(incoming)
    assert (kept.subject, kept.told) == (Organisation(names=("Atlantic",)), {"country": "Atlantis"})
    assert [(bad.row, "left out" in bad.reason) for bad in findings.bad_rows] == [(2, True)]


def test_an_entity_of_the_security_council_is_an_organisation() -> None:
    found, _ = subjects(COUNCIL.encode(), "list.xml")
    assert [one.names for one in found if isinstance(one, Organisation)] == [("OCEAN BANK", "OB")]
    assert sum(isinstance(one, Person) for one in found) == 2


def test_an_entity_of_ofac_is_an_organisation(tmp_path: Path) -> None:
    sdn, alt = tmp_path / "ofac_sdn.csv", tmp_path / "ofac_alt.csv"
    sdn.write_text(SDN)
    alt.write_text(ALT)
    found, findings = subjects(sdn, "ofac_sdn.csv")
    assert [one.names for one in found if isinstance(one, Organisation)] == [
        ("AEROCARIBBEAN AIRLINES", "AERO-CARIBBEAN")
    ]
    assert not any("of type entity" in note for note in findings.notes)


def test_a_list_to_compare_with_takes_no_organisation(tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    path.write_bytes(lines(BANK, ANA))
    read = read_people(path)
    assert read.bodies == []
    assert list(from_bodies(read, Findings("list.json"))) == []
    assert "list.json: not read: 1 of schema Company" in read.notes


def find(office: Office, kind: str, number: str) -> list[str]:
    live = LiveIndex(office)
    live.refresh()
    return list(live.exact(kind, number))


@both_databases
def test_an_imported_organisation_is_found_and_stands_at_the_second_import(tmp_path: Path, kind: str) -> None:
    with an_office(tmp_path, kind) as office:
        told = {"name": "list.json", "category": Category.SUSPECT}
        assert imported(office, lines(BANK, ANA), **told).new == 2
        held = office.read(
            lambda connection: list(connection.execute(select(HOLDINGS.c.id, HOLDINGS.c.list)))
        )
        assert len(held) == 2
        (by_name,) = find(office, "organisation", "ocean bank")
        assert find(office, "register", "L-42") == [by_name]
        again = imported(office, lines(BANK, ANA), **told)
        assert (again.new, again.changed, again.unchanged) == (0, 0, 2)


def test_an_organisation_without_a_category_is_refused_too(tmp_path: Path) -> None:
    with an_office(tmp_path, "sqlite") as office:
        result = imported(office, lines(BANK), name="list.json")
        assert (result.new, result.refused) == (0, 1)
