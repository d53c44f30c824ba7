"""Keys of planned actions: golden outputs, spellings that agree, and times that meet or do not."""

from __future__ import annotations

import datetime as dt
from hashlib import sha256
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.crosscheck.likeness.matchkeys import evaluated as of_records
from liaison.crosscheck.likeness.matchkeys import of_question
from liaison.crosscheck.planned.actionkeys import (
    LONGEST,
    MOST_SLOTS,
    MOST_TEXTS,
    POINTS,
    SLOT,
    VERSION,
    Address,
    Thing,
    evaluated,
    filled,
    house_number,
    of_action,
    slots,
    texts,
    what_of,
)
from liaison.model.dates import PartialDate
from liaison.model.errors import BadInput
from liaison.model.identifiers import Country, DocumentNumber, Iban, PhoneNumber, Plate
from liaison.model.subjects import Account, Document, Name, Person, Phone, Vehicle

ALB, DEU = Country("ALB"), Country("DEU")
NINE = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
# The digest of every key of `THINGS` at NINE. Where it changes, VERSION must change too: add a line for the new one.
GOLDEN = {"liaison-xc-actions/v1": "ffd5aa3a0641fbf1734e5a1a2ac04703c6b53c75210d7e0f8434e9ba0e88171f"}


def at(
    street: str, number: str = "12", *, postcode: str = "1001", town: str = "", country: Country = ALB
) -> Address:
    return Address(country=country, street=street, number=number, postcode=postcode, town=town)


def person(given: str, surname: str, *born: str) -> Person:
    return Person(names=(Name(given=given, surname=surname),), born=tuple(map(PartialDate, born)))


THINGS: list[tuple[Thing, set[tuple[str, str]]]] = [
    (at("Rruga e Kavajës"), {("AP", "ALB|1001|KFS|12")}),
    (at("Hauptstraße", "7", town="München", country=DEU, postcode="80331"),
     {("AP", "DEU|80331|HPT|7"), ("AT", "DEU|MNSN|HPT|7")}),
    (at("Rruga 28 Nëntori", ""), {("AP", "ALB|1001|28.NTR|")}),
    (person("Gëzim", "Vokshi", "1980-02-01"), {("S", "FSH|KSM|19800102"), ("Y", "FSH|KSM|1980")}),
    (person("Gëzim", "Vokshi", "1980"), {("Y", "FSH|KSM|1980")}),
    (Person(documents=(Document(number=DocumentNumber("BO 123-456")),)), {("D", "80123456")}),
    (Document(number=DocumentNumber("B0I23456"), issuer=ALB), {("D", "80123456")}),
    (Vehicle(plate=Plate("AA-OIB 5"), registered=ALB), {("P", "AA0185"), ("PC", "ALB|AA0185")}),
    (Phone(number=PhoneNumber("00355 69 123 4567")), {("T", "355691234567")}),
    (Account(iban=Iban("DE89 3704 0044 0532 0130 00")), {("B", "DE89370400440532013000")}),
]  # fmt: skip


@pytest.mark.parametrize(("thing", "expected"), THINGS)
def test_golden(thing: Thing, expected: set[tuple[str, str]]) -> None:
    assert {*texts(thing)} == expected


def test_no_key_changes_under_the_same_version() -> None:
    whole = sha256()
    for thing, _ in THINGS:
        for each in evaluated("golden", of_action(thing, NINE, NINE + HOUR)):
            whole.update(each)
    assert whole.hexdigest() == GOLDEN[VERSION]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rruga e Kavajës", "rr. Kavajes"),
        ("Hauptstraße", "Haupt Str."),
        ("HAUPTSTRASSE", "Hauptstr."),
        ("улица Ленина", "ul. Lenina"),
        ("вулиця Хрещатик", "vulytsia Khreshchatyk"),
        ("Οδός Ερμού", "Ermou"),
        ("Rue de la Paix", "la Paix"),
        ("Ismail Qemali", "Rruga Qemali Ismail"),
        ("28 Nëntori", "Rruga 028 Nentori"),
    ],
)
def test_spellings_and_scripts_of_one_street_agree(one: str, other: str) -> None:
    assert {*texts(at(one))} & {*texts(at(other))}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (at("Rruga e Kavajës", "12"), at("Rruga e Kavajës", "12a")),
        (at("Rruga e Kavajës", "12"), at("Rruga e Kavajës", "14")),
        (at("Rruga e Kavajës", "1/2"), at("Rruga e Kavajës", "12")),
        (at("Rruga e Kavajës", ""), at("Rruga e Kavajës", "12")),
        (at("Rruga e Kavajës"), at("Rruga e Durrësit")),
        (at("Rruga 28 Nëntori"), at("Rruga 29 Nëntori")),
        (at("Schulweg"), at("Schulgasse")),
        (at("Rruga e Kavajës"), at("Rruga e Kavajës", postcode="1002")),
        (at("Rruga e Kavajës"), at("Rruga e Kavajës", country=DEU)),
        (person("Gëzim", "Vokshi", "1980-02-01"), person("Gëzim", "Vokshi", "1981-02-01")),
    ],
)
def test_what_is_another_does_not_agree(one: Thing, other: Thing) -> None:
    assert not {*texts(one)} & {*texts(other)}


@pytest.mark.parametrize(
    ("written", "kept"),
    [("12a", "12A"), ("012 А", "12A"), ("12/A", "12A"), ("12-14", "12-14"), ("12 / 14", "12-14"), ("No. 12", "12"),
     ("12 bis", "12BIS"), ("١٢", "12"), ("", "")],
)  # fmt: skip
def test_house_numbers(written: str, kept: str) -> None:
    assert house_number(written) == kept


def test_a_town_stands_in_for_a_postcode_that_one_side_does_not_know() -> None:
    with_both, town_alone = at("Rruga e Kavajës", town="Tiranë"), at("Kavajës", town="Tirana", postcode="")
    assert {*texts(with_both)} & {*texts(town_alone)}


def test_the_country_before_a_postcode_is_no_part_of_it() -> None:
    assert texts(at("Kavajës", postcode="AL-1001")) == texts(at("Kavajës", postcode="1001"))


times = st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2027, 1, 1), timezones=st.just(dt.UTC))
lengths = st.timedeltas(dt.timedelta(minutes=1), LONGEST)
THING = st.sampled_from([thing for thing, _ in THINGS])


@given(THING, times, lengths, st.floats(0, 1), lengths)
def test_overlapping_times_share_a_key(
    thing: Thing, starts: dt.datetime, lasts: dt.timedelta, place: float, other: dt.timedelta
) -> None:
    second = starts + lasts * place * 0.999
    ours, theirs = of_action(thing, starts, starts + lasts), of_action(thing, second, second + other)
    assert {*ours} & {*theirs}


@given(THING, times, lengths, lengths, st.timedeltas(dt.timedelta(0), SLOT))
def test_times_at_most_a_slot_apart_share_a_key(
    thing: Thing, starts: dt.datetime, lasts: dt.timedelta, other: dt.timedelta, apart: dt.timedelta
) -> None:
    second = starts + lasts + apart * 0.999
    assert {*of_action(thing, starts, starts + lasts)} & {*of_action(thing, second, second + other)}


@given(THING, times, lengths, lengths, st.timedeltas(2 * SLOT, dt.timedelta(days=60)))
def test_times_further_apart_than_two_slots_share_none(
    thing: Thing, starts: dt.datetime, lasts: dt.timedelta, other: dt.timedelta, apart: dt.timedelta
) -> None:
    second = starts + lasts + apart
    assert not {*of_action(thing, starts, starts + lasts)} & {*of_action(thing, second, second + other)}


@given(times, lengths)
def test_slots_and_points_are_bounded(starts: dt.datetime, lasts: dt.timedelta) -> None:
    assert 1 <= len(slots(starts, starts + lasts)) <= MOST_SLOTS
    many = Person(
        names=tuple(
            Name(given=a, surname=b) for a, b in product(("Ardit", "Besnik", "Gëzim"), ("Hoxha", "Vokshi"))
        ),
        born=(PartialDate("1980-02-01"), PartialDate("1981-02-01")),
    )
    assert len(texts(many)) == MOST_TEXTS
    assert len(of_action(many, starts, starts + lasts)) <= POINTS


def test_every_action_is_asked_about_in_as_many_points() -> None:
    for thing, _ in THINGS:
        for lasts in (HOUR, LONGEST):
            inputs = evaluated("b.example", of_action(thing, NINE, NINE + lasts))
            whole = filled(inputs, b"\x01" * 32)
            assert len(whole) == len({*whole}) == POINTS
            assert whole[: len(inputs)] == inputs
            assert whole == filled(inputs, b"\x01" * 32)
            assert not {*whole[len(inputs) :]} & {*filled(inputs, b"\x02" * 32)}


def test_an_input_is_of_one_holder_and_of_no_cross_check() -> None:
    thing = Phone(number=PhoneNumber("00355 69 123 4567"))
    keys = of_action(thing, NINE, NINE + HOUR)
    assert not {*evaluated("a.example", keys)} & {*evaluated("b.example", keys)}
    assert not {*evaluated("a.example", keys)} & {of_records("a.example", key) for key in of_question(thing)}


@pytest.mark.parametrize(
    ("starts", "ends", "field"),
    [
        (NINE, NINE, "ends"),
        (NINE, NINE - HOUR, "ends"),
        (NINE, NINE + LONGEST + HOUR, "ends"),
        (NINE.replace(tzinfo=None), NINE, "starts"),
    ],
)
def test_refused_times(starts: dt.datetime, ends: dt.datetime, field: str) -> None:
    with pytest.raises(BadInput) as caught:
        slots(starts, ends)
    assert caught.value.field == field
    assert caught.value.hint


@pytest.mark.parametrize(
    ("thing", "field"),
    [
        (person("Gëzim", "Vokshi"), "born"),
        (Document(number=DocumentNumber("AB12")), "issuer"),
    ],
)
def test_what_says_too_little_is_refused(thing: Thing, field: str) -> None:
    with pytest.raises(BadInput) as caught:
        texts(thing)
    assert caught.value.field == field


def test_an_address_needs_a_street_and_a_place() -> None:
    with pytest.raises(BadInput):
        at("Kavajës", postcode="", town="")
    with pytest.raises(BadInput):
        at("...")


def test_each_thing_is_of_one_kind() -> None:
    assert [what_of(thing).value for thing, _ in THINGS[:4]] == ["address", "address", "address", "person"]
