"""Whom a document is looked up as, and which records report it."""

from __future__ import annotations

from datetime import date

import pytest

from liaison.formats.mrz import read
from liaison.formats.mrz.layouts import TD1, TD3
from liaison.formats.mrz.writing import written
from liaison.model.dates import PartialDate
from liaison.model.errors import BadInput
from liaison.model.identifiers import Country, DocumentNumber
from liaison.model.subjects import Document, DocumentKind, Name, NameKind, Person, Sex
from liaison.screening.document_rules import Page
from liaison.screening.documents_rules import can_be_listed, holder, same_paper

ON = date(2026, 11, 21)
SOUND = {"code": "P", "issuer": "ALB", "nationality": "ALB", "surname": "HOXHA", "given": "ARBEN",
         "number": "BA1234567", "birth": "900315", "sex": "M", "expiry": "310601"}  # fmt: skip
KINDS = DocumentKind


def who(page: Page | None = None, layout: object = TD3, **changes: str) -> Person:
    return holder(read(written(layout, **{**SOUND, **changes})), page, ON)  # type: ignore[arg-type]


def test_the_zone_names_its_holder_and_itself() -> None:
    paper = Document(number=DocumentNumber("BA1234567"), type=KINDS.PASSPORT, issuer=Country("ALB"))
    assert who() == Person(
        names=(Name(surname="HOXHA", given="ARBEN"),),
        born=(PartialDate("1990-03-15"),),
        sex=Sex.MALE,
        nationalities=(Country("ALB"),),
        documents=(paper,),
    )


def test_the_page_gives_the_century_and_letters_and_a_second_reading_where_it_differs() -> None:
    old = who(Page(surname="Hôxha", given="Arbën", born=PartialDate("1926-03-15")), birth="260315")
    assert old.born == (PartialDate("1926-03-15"),)
    assert old.names[1] == Name(surname="Hôxha", given="Arbën", kind=NameKind.NATIVE)
    other = who(Page(born=PartialDate("1984-02-03"), number="BA 7654321"))
    assert other.born == (PartialDate("1984-02-03"), PartialDate("1990-03-15"))
    assert [paper.number.text for paper in other.documents] == ["BA1234567", "BA7654321"]
    assert who(Page(surname="Hoxha", given="Arben", number="BA1234567")) == who()


@pytest.mark.parametrize(
    ("changes", "nation", "issuer"),
    [
        ({"issuer": "D", "nationality": "D"}, "DEU", "DEU"),
        ({"issuer": "RKS", "nationality": "UNK"}, "XKX", "XKX"),
        ({"issuer": "GBD", "nationality": "GBR"}, "GBR", "GBR"),
        ({"issuer": "SI", "nationality": "XXA"}, "XXA", "SVN"),
        ({"issuer": "UK", "nationality": "XX"}, "", "GBR"),
    ],
)
def test_states_are_asked_about_by_the_codes_of_records(
    changes: dict[str, str], nation: str, issuer: str
) -> None:
    found = who(**changes)
    assert "".join(str(one) for one in found.nationalities) == nation
    assert str(found.documents[0].issuer) == issuer


def test_what_cannot_be_read_is_left_out() -> None:
    assert who(birth="901315").born == ()
    assert who(number="A").documents == ()
    assert not can_be_listed(who(number="A"))
    assert not can_be_listed(who(issuer="XX"))
    assert can_be_listed(who())
    assert who(sex="<").sex is None
    with pytest.raises(BadInput) as refused:
        who(number="A", surname="<", given="")
    assert refused.value.field == "mrz"


def test_the_kind_is_that_of_the_code() -> None:
    kinds = {code: who(layout=TD1, code=code).documents[0].type for code in ("ID", "IR", "AR", "AC")}
    assert kinds == {
        "ID": KINDS.IDENTITY_CARD,
        "IR": KINDS.RESIDENCE_PERMIT,
        "AR": KINDS.RESIDENCE_PERMIT,
        "AC": KINDS.IDENTITY_CARD,
    }


def test_cards_and_permits_are_of_one_type_and_british_codes_of_one_state() -> None:
    def paper(kind: DocumentKind, issuer: str = "GBR") -> Document:
        return Document(number=DocumentNumber("123456789"), type=kind, issuer=Country(issuer))

    assert same_paper(paper(KINDS.IDENTITY_CARD), paper(KINDS.RESIDENCE_PERMIT))
    assert same_paper(paper(KINDS.PASSPORT), paper(KINDS.PASSPORT, "GBD"))
    assert same_paper(paper(KINDS.PASSPORT), paper(KINDS.OTHER))
    assert not same_paper(paper(KINDS.PASSPORT), paper(KINDS.IDENTITY_CARD))
    assert not same_paper(paper(KINDS.PASSPORT), paper(KINDS.PASSPORT, "IRL"))
