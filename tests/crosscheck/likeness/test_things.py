"""Keys of things: golden outputs of the normaliser, kind by kind."""

from __future__ import annotations

import pytest

from liaison.crosscheck.likeness.matchkeys import of_question, of_record
from liaison.crosscheck.likeness.shares import Shares
from liaison.crosscheck.likeness.things import folded, mailbox
from liaison.model.identifiers import Country, DocumentNumber, Iban, Imei, PhoneNumber, Plate, Vin
from liaison.model.subjects import Account, AnySubject, Document, Organisation, Person, Phone, Vehicle

ALB = Country("ALB")
VIN = "WVWZZZ1JZ3W386752"
CASES: list[tuple[AnySubject, set[tuple[str, str]]]] = [
    (Document(number=DocumentNumber("BO 123-456")), {("D", "80123456")}),
    (Document(number=DocumentNumber("B0I23456"), issuer=ALB), {("D", "80123456")}),
    (Document(number=DocumentNumber("AB12"), issuer=ALB), {("DC", "ALB|A812")}),
    (Document(number=DocumentNumber("AB12")), set()),
    (Person(documents=(Document(number=DocumentNumber("K1234567")),)), {("D", "K1234567")}),
    (Vehicle(plate=Plate("AA-OIB 5"), registered=ALB), {("P", "AA0185"), ("PC", "ALB|AA0185")}),
    (Vehicle(plate=Plate("СА 1234 ЕЕ")), {("P", "CA1234EE")}),  # in Cyrillic letters
    (Vehicle(plate=Plate("Ж 1234")), {("P", "Ж1234")}),
    (Document(number=DocumentNumber("АБ 123456")), {("D", "AБ123456")}),  # in Cyrillic letters
    (Vehicle(vin=Vin(VIN)), {("V", VIN)}),
    (Phone(number=PhoneNumber("00355 69 123 4567")), {("T", "355691234567")}),
    (Phone(imei=Imei("49-015420-323751-8")), {("I", "49015420323751")}),
    (Account(iban=Iban("DE89 3704 0044 0532 0130 00")), {("B", "DE89370400440532013000")}),
    (Account(number="12-34 56", institution=" Raiffeisen  Bank"), {("A", "raiffeisen bank|123456")}),
    (Account(number="A.Hoxha@Example.com", institution="mail"), {("E", "a.hoxha@example.com")}),
    (Organisation(register_number="HRB 1234", registered=ALB), {("O", "ALB|HR81234")}),
    (Organisation(names=("Siemens AG",)), set()),
]  # fmt: skip


@pytest.mark.parametrize(("subject", "expected"), CASES)
def test_golden(subject: AnySubject, expected: set[tuple[str, str]]) -> None:
    made = {(key.family, key.text.decode()) for key in of_record(subject, Shares())}
    assert made == expected
    assert {(key.family, key.text.decode()) for key in of_question(subject)} == expected


def test_readers_confusions_are_folded() -> None:
    assert folded("o0DqiLbSzG") == "0000118526"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("A.B+x@GMail.com", "ab@gmail.com"),
        ("ab@googlemail.com", "ab@gmail.com"),
        ("A.B+x@example.org", "a.b+x@example.org"),
        ("nobody", ""),
        ("a b@example.org", ""),
        ("@example.org", ""),
        ("a@localhost", ""),
    ],
)
def test_dots_count_but_where_the_provider_says_they_do_not(written: str, kept: str) -> None:
    assert mailbox(written) == kept
