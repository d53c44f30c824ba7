import csv
import gzip
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from liaison.demo.mistakes import (
    DATE_MISTAKES,
    DOCUMENT_MISTAKES,
    NAME_MISTAKES,
    faithful,
    mistaken,
    wrong_letter,
)
from liaison.demo.names import SHARES, plain, regions, spellings
from liaison.demo.operation import Operation, Size, make
from liaison.demo.people import draw

SIZE = Size(3000, 2000)


@pytest.fixture(scope="module")
def operation(tmp_path_factory: pytest.TempPathFactory) -> Operation:
    return make(tmp_path_factory.mktemp("operation"), SIZE, seed=5)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_it_has_the_size_asked_for(operation: Operation) -> None:
    assert len(rows(operation.passengers)) == SIZE.passengers
    assert len(rows(operation.records)) == SIZE.records
    assert len(operation.planted) == SIZE.planted == 20


def test_the_same_seed_makes_the_same_files(operation: Operation, tmp_path: Path) -> None:
    again = make(tmp_path, SIZE, seed=5)
    assert again.passengers.read_bytes() == operation.passengers.read_bytes()
    assert again.records.read_bytes() == operation.records.read_bytes()
    other = tmp_path / "other"
    other.mkdir()
    assert make(other, SIZE, seed=6).passengers.read_bytes() != operation.passengers.read_bytes()


def test_a_planted_passenger_is_the_record_but_for_the_mistakes_named(operation: Operation) -> None:
    passengers = {row["passenger_id"]: row for row in rows(operation.passengers)}
    records = {row["record_id"]: row for row in rows(operation.records)}
    for planted in operation.planted:
        passenger, record = passengers[planted.passenger], records[planted.record]
        assert passenger["sex"] == record["sex"]
        assert passenger["nationality"] == record["nationality"]
        if planted.date_mistake == "none" and len(record["date_of_birth"]) == 10:
            assert passenger["date_of_birth"] == record["date_of_birth"]
        if planted.document_mistake == "none" and record["document"]:
            assert passenger["document"] == record["document"]


def test_passengers_are_written_as_a_carrier_writes_them(operation: Operation) -> None:
    for row in rows(operation.passengers):
        name = row["given_names"] + row["surname"]
        assert name == name.upper()
        assert name.isascii(), name


def test_some_records_are_held_in_another_script_alone(operation: Operation) -> None:
    native = sum(
        not row["surname"].isascii() and plain(row["surname"]) > "\u0370" for row in rows(operation.records)
    )
    assert native > SIZE.records * 0.05


@pytest.mark.parametrize("shares", [NAME_MISTAKES, DATE_MISTAKES, DOCUMENT_MISTAKES, SHARES])
def test_shares_are_of_a_hundred(shares: dict[str, int]) -> None:
    assert sum(shares.values()) == 100


def test_every_kind_of_mistake_is_made() -> None:
    rng = np.random.default_rng(1)
    people = draw(rng, 2000)
    made = [mistaken(rng, person) for person in people]
    assert {spelt.name_mistake for spelt in made} == set(NAME_MISTAKES)
    assert {spelt.date_mistake for spelt in made} == set(DATE_MISTAKES)
    assert {spelt.document_mistake for spelt in made} == set(DOCUMENT_MISTAKES)


def test_a_mistake_is_a_mistake() -> None:
    rng = np.random.default_rng(2)
    for person in draw(rng, 2000):
        spelt, right = mistaken(rng, person), faithful(person)
        if spelt.name_mistake == "none":
            assert (spelt.given, spelt.family) == (right.given, right.family)
        if spelt.name_mistake == "names in the other order":
            assert (spelt.given, spelt.family) == (right.family, right.given)
        if spelt.date_mistake == "day and month swapped":
            assert spelt.born != right.born
        assert spelt.given
        assert spelt.family


def test_a_wrong_letter_never_empties_a_word() -> None:
    rng = np.random.default_rng(3)
    assert all(wrong_letter(rng, "a") for _ in range(200))


@pytest.mark.parametrize(
    ("native", "latin"),
    [
        ("Юрий", "iurii"),
        ("Юрий", "yuriy"),
        ("Шевчук", "shevchuk"),
        ("Шевчук", "chevtchouk"),
        ("Γεώργιος", "georgios"),
        ("Çela", "chela"),
    ],
)
def test_names_are_spelt_as_offices_spell_them(native: str, latin: str) -> None:
    assert latin in spellings(native)


def test_every_region_has_names_of_every_kind() -> None:
    assert [region.code for region in regions()] == list(SHARES)
    for region in regions():
        assert min(len(region.men), len(region.women), len(region.family)) >= 10
        assert all(
            name.latin and all(plain(spelling).isascii() for spelling in name.latin) for name in region.family
        ), region.code


def test_the_public_list_holds_individuals_with_what_is_compared() -> None:
    packed = (files("liaison.demo") / "sdn.csv.gz").read_bytes()
    people = list(csv.reader(gzip.decompress(packed).decode("utf-8").splitlines()))
    assert len(people) == 4620
    assert {row[2] for row in people} == {"individual"}
    assert sum("DOB" in row[11] for row in people) > 4000
    assert not any("Linked To" in row[11] for row in people)


def test_the_public_list_is_unpacked_beside_the_operation(operation: Operation) -> None:
    assert operation.ofac.name == "ofac_sdn.csv"
    assert operation.ofac.with_name("ofac_alt.csv").is_file()
