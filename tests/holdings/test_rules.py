"""Which compartment a record belongs in, and what columns of a file mean."""

import datetime as dt
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.holdings import fields
from liaison.holdings.indexing import DECODE
from liaison.holdings.rules import is_protected
from liaison.holdings.shelves import DECODER, ENCODER, keyed
from liaison.holdings.streams import Stream
from liaison.holdings.words import plain
from liaison.model.categories import CaseId, Category, Involvement, OfficerId
from liaison.model.dates import PartialDate
from liaison.model.errors import BadInput
from liaison.model.handling import HandlingCode
from liaison.model.holding import Change, Holding, Version
from liaison.model.identifiers import Country, DocumentNumber
from liaison.model.subjects import Document, Name, Person, Sex
from tests.model.test_holding import a_holding
from tests.node_fixtures import START

TODAY = dt.date(2026, 3, 2)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=12).filter(
    str.strip
)


@pytest.mark.parametrize("category", Category)
def test_protected_are_victims_witnesses_and_the_missing(category: Category) -> None:
    involvement = Involvement(
        category=category, case=CaseId("W-1"), reason="listed", reviewer=OfficerId("person-1")
    )
    expected = category in (Category.VICTIM, Category.WITNESS, Category.MISSING)
    assert is_protected(a_holding(involvement=involvement), TODAY) is expected


@given(st.dates(dt.date(1900, 1, 1), dt.date(2026, 3, 1)))
def test_whoever_may_be_under_18_is_protected_whatever_they_did(born: dt.date) -> None:
    subject = Person(names=(Name(full="Ana Gashi"),), born=(PartialDate(born.isoformat()),))
    of_age = (TODAY.year - born.year - ((TODAY.month, TODAY.day) < (born.month, born.day))) >= 18
    assert is_protected(a_holding(subject=subject), TODAY) is not of_age


@pytest.mark.parametrize("category", Category)
def test_every_category_is_read_by_its_own_word(category: Category) -> None:
    assert fields.category(category.value.upper()) is category


@given(st.text(max_size=10))
def test_a_word_that_is_no_category_is_refused(text: str) -> None:
    known = {word for words in fields.CATEGORIES.values() for word in words.split()}
    if plain(text) not in known:
        with pytest.raises(BadInput) as refused:
            fields.category(text)
        assert refused.value.field == "category"


def test_codes_are_read_in_the_ways_they_are_written() -> None:
    assert fields.handling("h1, H2").codes == (HandlingCode.H0, HandlingCode.H1, HandlingCode.H2)
    assert fields.handling("H3", "ask first").restriction == "ask first"
    for text in ("", "H4", "none", "H1 secret"):
        with pytest.raises(BadInput):
            fields.handling(text)
    with pytest.raises(BadInput):
        fields.handling("H3")


def test_a_day_is_one_whole_day() -> None:
    assert fields.day("31.12.2027") == dt.date(2027, 12, 31)
    for text in ("2027", "2027-13-01", "soon", "01/02/2027"):
        with pytest.raises(BadInput):
            fields.day(text)


def test_an_instruction_that_cannot_be_read_is_refused() -> None:
    assert fields.instruction("Seize document").value == "seize-document"
    with pytest.raises(BadInput):
        fields.instruction("arrest")


def test_digests_tell_parts_apart() -> None:
    key = bytes(32)
    assert keyed(key, "ab", "c") != keyed(key, "a", "bc")
    assert keyed(key, "a") != keyed(key, "a", "")
    assert keyed(key, "a") != keyed(bytes([1]) * 32, "a")
    assert keyed(key, "a") == keyed(key, b"a")


@given(
    names=st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=3),
    born=st.lists(st.integers(1900, 2000), max_size=2),
    sex=st.sampled_from([None, *Sex]),
    extra=st.dictionaries(WORDS, WORDS, max_size=2),
)
def test_what_is_sealed_is_what_was_said_and_what_the_index_reads(names, born, sex, extra) -> None:
    subject = Person(
        names=tuple(Name(given=given, surname=surname) for given, surname in names),
        born=tuple(PartialDate(str(year)) for year in born),
        sex=sex,
        nationalities=(Country("ALB"),),
        documents=(Document(number=DocumentNumber("P 123")),),
    )
    holding: Holding = a_holding(subject=subject, extra=extra)
    change = Change(what="import", by=OfficerId("person-1"), at=START)
    sealed = ENCODER.encode(Version(holding=holding, change=change))
    assert DECODER.decode(sealed).holding == holding
    light = DECODE(sealed).holding.subject
    assert [(one.given, one.surname) for one in light.names] == [(n.given, n.surname) for n in subject.names]
    assert light.born == [str(date) for date in subject.born]
    assert light.sex == (sex.value if sex else "")
    assert [paper.number for paper in light.documents] == ["P123"]
    assert msgspec.json.decode(sealed)["holding"]["subject"]["nationalities"] == ["ALB"]


def test_a_stream_is_read_without_a_file(tmp_path: Path) -> None:
    import io

    from liaison.holdings.options import Options
    from liaison.holdings.read import read_stream

    read = read_stream(Stream("x", io.BytesIO(b"id,name,note\n7,Ana,hi\n")), Options("x", 2026, keep=True))
    assert (list(read.kept), list(read.rows), read.people.ids[0]) == ([{"note": "hi"}], [1], "7")
    assert not any(tmp_path.iterdir())
