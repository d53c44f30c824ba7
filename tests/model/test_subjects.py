"""Persons, documents, vehicles, phones, accounts, organisations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from liaison.model.dates import PartialDate
from liaison.model.errors import BadInput
from liaison.model.identifiers import DocumentNumber, Iban, Imei, PhoneNumber, Plate, Vin
from liaison.model.subjects import (
    Account,
    AnySubject,
    Document,
    Name,
    Organisation,
    Person,
    Phone,
    Subject,
    Vehicle,
)


def test_a_person_may_have_several_names_and_dates_of_birth() -> None:
    person = Person(
        names=(Name(given="Arben", surname="Hoxha"), Name(full="Ben H.")),
        born=(PartialDate("1984"), PartialDate("1985-02-03")),
    )
    assert [str(name) for name in person.names] == ["Arben Hoxha", "Ben H."]
    assert person.sex is None


def test_a_surname_alone_is_a_name() -> None:
    assert str(Name(surname="Hoxha")) == "Hoxha"


@pytest.mark.parametrize("parts", [{}, {"full": "  "}, {"full": "A B", "surname": "B"}])
def test_a_name_is_given_in_one_way(parts: dict[str, str]) -> None:
    with pytest.raises(BadInput, match="either full"):
        Name(**parts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: Person(birthplace="Durrës"), "names"),
        (lambda: Vehicle(make="Fiat"), "plate"),
        (lambda: Phone(), "number"),
        (lambda: Account(institution="Bank"), "iban"),
        (lambda: Account(number="123"), "institution"),
        (lambda: Organisation(), "names"),
        (lambda: Organisation(names=("Acme", " ")), "names"),
    ],
)
def test_a_subject_by_which_nothing_can_be_found_is_refused(make: Callable[[], Subject], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        make()
    assert refused.value.field == field
    assert refused.value.hint != BadInput.hint


def test_one_way_of_finding_a_subject_is_enough() -> None:
    found: list[AnySubject] = [
        Person(documents=(Document(number=DocumentNumber("BA1234567")),)),
        Vehicle(vin=Vin("1M8GDM9AXKP042788")),
        Vehicle(plate=Plate("AA123BB")),
        Phone(imei=Imei("490154203237518")),
        Phone(number=PhoneNumber("+355691234567")),
        Account(iban=Iban("GB29NWBK60161331926819")),
        Account(number="123", institution="Bank"),
        Organisation(register_number="K123"),
    ]
    assert len(set(found)) == 8


def test_names_are_kept_in_one_unicode_form() -> None:
    assert Name(full="Jose\u0301 ") == Name(full="Jos\u00e9")
    assert Organisation(names=("Cafe\u0301",)) == Organisation(names=("Caf\u00e9",))


def test_a_subject_cannot_be_changed() -> None:
    person: Any = Person(names=(Name(full="A B"),))
    with pytest.raises(AttributeError):
        person.birthplace = "X"


def test_special_categories_have_no_field() -> None:
    fields = {field for kind in Subject.__subclasses__() for field in kind.__struct_fields__}
    assert not fields & {
        "ethnicity",
        "race",
        "religion",
        "health",
        "orientation",
        "biometrics",
        "dna",
        "face",
    }


def test_each_kind_is_told_on_the_wire() -> None:
    ours = [kind for kind in Subject.__subclasses__() if kind.__module__ == Subject.__module__]
    kinds = [msgspec.inspect.type_info(kind).tag for kind in ours]  # type: ignore[attr-defined]
    assert sorted(kinds) == ["account", "document", "organisation", "person", "phone", "vehicle"]
