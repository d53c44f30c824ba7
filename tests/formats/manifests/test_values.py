"""Dates, flights, countries, rows, people for the engine, and what is doubtful on a day."""

from datetime import date, timedelta

import pytest

from liaison.formats.manifests import Leg, Passenger, TravelDocument, doubts_on, people, rows
from liaison.formats.manifests.countries import BY_TWO, KNOWN, three_letters
from liaison.formats.manifests.dates import booked, born, expiry, moment
from liaison.formats.manifests.flights import airport, designator
from liaison.formats.manifests.model import Named
from liaison.holdings import countries
from liaison.matching.columns import country_name, dob_code
from liaison.model.errors import BadInput
from liaison.model.subjects import DocumentKind, NameKind, Sex
from tests.formats.manifests.made import FLIGHT, manifest, many


@pytest.mark.parametrize(
    ("text", "year", "found"),
    [
        ("840203", 2026, "1984-02-03"),
        ("260304", 2026, "2026-03-04"),
        ("270101", 2026, "1927-01-01"),
        ("19200506", 2026, "1920-05-06"),
        ("03FEB84", 2026, "1984-02-03"),
        ("03feb1984", 2026, "1984-02-03"),
        ("840000", 2026, "1984"),
        ("840200", 2026, "1984-02"),
        ("00000000", 2026, ""),
        ("840230", 2026, ""),
        ("841301", 2026, ""),
        ("8402", 2026, ""),
        ("03XYZ84", 2026, ""),
        ("٨٤٠٢٠٣", 2026, ""),
        ("", 2026, ""),
    ],
)
def test_dates_of_birth(text: str, year: int, found: str) -> None:
    assert born(text, year) == found


@pytest.mark.parametrize(
    ("text", "year", "found"),
    [("310115", 2026, "2031-01-15"), ("960101", 2026, "2096-01-01"), ("981231", 2026, "1998-12-31"),
     ("610218", 2014, "2061-02-18"), ("15JAN31", 2026, "2031-01-15"), ("050101", 2098, "2105-01-01")],
)  # fmt: skip
def test_ends_of_documents(text: str, year: int, found: str) -> None:
    assert expiry(text, year) == found


def test_moments() -> None:
    assert moment("2603041220") == "2026-03-04T12:20"
    assert moment("202603041220") == "2026-03-04T12:20"
    assert moment("260304") == moment("20260304") == "2026-03-04"
    assert moment("2613041220") == moment("") == moment("noon") == moment("26030412") == ""
    assert booked("040326", "1220") == "2026-03-04T12:20"
    assert booked("040326", "4321") == booked("040326", "") == "2026-03-04"
    assert booked("310226", "1220") == ""


@pytest.mark.parametrize(
    ("text", "carrier", "found"),
    [("UA0989", "UA", "UA989"), ("0989", "UA", "UA989"), ("BAW117", "", "BAW117"), ("3K7", "", "3K7"),
     ("LI 117A", "", "LI117A"),
     ("117", "", None), ("12345", "LI", None), ("", "", None), ("LI117", "ZZ", "LI117")],
)  # fmt: skip
def test_flights(text: str, carrier: str, found: str | None) -> None:
    flight = designator(text, carrier)
    assert (str(flight) if flight else None) == found
    assert airport("tia ") == "TIA"
    assert airport("T1A") == ""


def test_countries_are_those_of_the_lists() -> None:
    table = countries.table()
    assert {two: country_name(table[two.lower()]) for two in BY_TWO} == BY_TWO
    assert {code for code in KNOWN if country_name(table.get(code.lower(), 0)) != code} == set()
    for code in ("D", "RKS", "GBD", "GBS", "ROM"):
        assert three_letters(code) == (country_name(table[code.lower()]), True)
    assert three_letters(3 * "X") == three_letters("") == ("", True)
    assert three_letters("QQQ") == ("QQQ", False)
    assert three_letters("0") == ("", False)


LEKA = Passenger(
    names=(Named("LEKA", "ANNA MARIA"), Named("LEKA", "ANNA")),
    born="1984-02",
    sex="F",
    nationality="ALB",
    birthplace="SHKODER",
    documents=(TravelDocument("P", "BA 123-4567", "ALB", "2031-01-15"), TravelDocument("V", "?")),
)


def test_a_passenger_as_a_person() -> None:
    found = people.person(LEKA)
    assert found is not None
    assert [(name.given, name.surname, name.kind) for name in found.names] == [
        ("ANNA MARIA", "LEKA", NameKind.PRIMARY),
        ("ANNA", "LEKA", NameKind.ALIAS),
    ]
    assert (found.born[0].text, found.sex, found.nationalities[0].text) == ("1984-02", Sex.FEMALE, "ALB")
    [document] = found.documents  # `?` is no number
    assert (document.number.text, document.type) == ("BA1234567", DocumentKind.PASSPORT)
    assert people.person(Passenger(reference="LI0001")) is None


def test_passengers_as_columns_in_one_go() -> None:
    made = people.columns([Passenger(reference="only this"), LEKA, *many(2)])
    assert made.passenger == [1, 2, 3]
    assert made.born == [dob_code(1984, 2), dob_code(1930, 1, 1), dob_code(1931, 2, 2)]
    assert (made.surname[:2], made.given[:2]) == (["LEKA", "LEKA"], ["ANNA MARIA", "ANNA"])
    assert (made.person, made.document_person) == ([0, 0, 1, 2], [0, 0, 1, 2])
    assert (made.sex, made.nationality) == (["F", "M", "F"], ["ALB", "ALB", "ALB"])
    assert made.documents[0] == "BA 123-4567"


def test_rows_of_another_reader_in_the_same_model() -> None:
    row = {
        "surname": "LEKA", "given": "ANNA", "born": "1984-02-03", "sex": "female", "nationality": "AL",
        "document": "BA1", "document_type": "p", "issuer": "ALB", "expires": "15JAN31", "flight": "LI 0117",
        "origin": "TIA", "destination": "LHR", "departs": "2026-03-04T12:20",
    }  # fmt: skip
    found = rows.manifest([row, {"name": "RAMA/LUAN", "born": "soon", "sex": "?"}, {"surname": ""}], "x.csv")
    assert [flight.name for flight in found.flights] == ["LI117"]
    assert found.flights[0].legs == (Leg("TIA", "LHR", "2026-03-04T12:20"),)
    anna, luan = found.passengers
    assert (anna.born, anna.sex, anna.nationality) == ("1984-02-03", "F", "ALB")
    assert anna.documents == (TravelDocument("P", "BA1", "ALB", "2031-01-15"),)
    assert luan.names == (Named("RAMA", "LUAN"),)
    assert [(doubt.segment, doubt.words) for doubt in found.doubts] == [
        (2, "the sex '?' is none of M, F, X"),
        (2, "born 'soon' is no date"),
        (3, "the row names nobody and was not read"),
    ]
    with pytest.raises(BadInput, match="no row names a passenger"):
        rows.manifest([{}])


def test_a_flight_that_departed_yesterday_is_a_doubt_for_whoever_gives_the_day() -> None:
    made, day = manifest(many(1)), date(2026, 3, 4)
    assert doubts_on(made, day) == doubts_on(made, day - timedelta(days=300)) == ()
    [gone] = doubts_on(made, day + timedelta(days=1))
    assert gone.words == "LI117 departed on 2026-03-04, before today"
    [ahead] = doubts_on(made, day - timedelta(days=400))
    assert "more than a year ahead" in ahead.words
    undated = manifest(many(1)).__class__(
        kind=made.kind, message="PAXLST", flights=(type(FLIGHT)("LI", "1"),)
    )
    [silent] = doubts_on(undated, day)
    assert "does not say when LI1 departs" in silent.words
