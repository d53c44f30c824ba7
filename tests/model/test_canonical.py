"""One value, one sequence of bytes."""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.model.canonical import LARGEST, decode, encode
from liaison.model.categories import CaseId, Category, Involvement, OfficerId
from liaison.model.dates import PartialDate
from liaison.model.errors import BadInput
from liaison.model.grading import Grade
from liaison.model.handling import Handling, HandlingCode
from liaison.model.identifiers import Country, DocumentNumber, PhoneNumber, Plate
from liaison.model.structs import Value
from liaison.model.subjects import (
    AnySubject,
    Document,
    Name,
    NameKind,
    Organisation,
    Person,
    Phone,
    Sex,
    Vehicle,
)

TEXT = st.text(max_size=20).filter(lambda text: bool(text.strip()))
NORMAL = st.text(max_size=20).map(lambda text: unicodedata.normalize("NFC", text))
KEYS = st.text(st.characters(max_codepoint=127), max_size=5)
WHOLE = st.integers(-LARGEST, LARGEST)
PLAIN = st.recursive(
    st.none() | st.booleans() | WHOLE | NORMAL,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
)
DATES = st.dates().map(lambda day: PartialDate(day.isoformat())) | st.dates().map(
    lambda day: PartialDate.of(day.year)
)
NUMBERS = st.from_regex(r"[A-Z0-9]{3,12}", fullmatch=True)
COUNTRIES = st.from_regex(r"[A-Z]{3}", fullmatch=True).map(Country)
NAMES = st.builds(lambda full, kind: Name(full=full, kind=kind), TEXT, st.sampled_from(NameKind)) | st.builds(
    lambda given, surname: Name(given=given, surname=surname), TEXT, TEXT
)
DOCUMENTS = st.builds(
    Document, number=NUMBERS.map(DocumentNumber), issuer=COUNTRIES | st.none(), expires=DATES
)
SUBJECTS = st.one_of(
    DOCUMENTS,
    st.builds(
        Person,
        names=st.lists(NAMES, min_size=1, max_size=3).map(tuple),
        born=st.lists(DATES, max_size=2).map(tuple),
        sex=st.sampled_from(Sex) | st.none(),
        nationalities=st.lists(COUNTRIES, max_size=2).map(tuple),
        documents=st.lists(DOCUMENTS, max_size=2).map(tuple),
    ),
    st.builds(Vehicle, plate=NUMBERS.map(Plate), registered=COUNTRIES | st.none()),
    st.builds(Phone, number=st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True).map(PhoneNumber)),
    st.builds(Organisation, names=st.lists(TEXT, min_size=1, max_size=2).map(tuple)),
)


class Sent(Value, frozen=True, kw_only=True):
    """A value with a time."""

    at: dt.datetime
    on: dt.date | None = None


@given(SUBJECTS)
def test_every_subject_comes_back_as_it_was(subject: AnySubject) -> None:
    assert decode(encode(subject), AnySubject) == subject


@given(SUBJECTS, SUBJECTS)
def test_equal_values_and_they_alone_have_equal_bytes(one: AnySubject, other: AnySubject) -> None:
    assert (one == other) == (encode(one) == encode(other))
    twin = msgspec.structs.replace(one)
    assert twin is not one
    assert encode(twin) == encode(one)


@given(PLAIN)
def test_plain_values_come_back_and_have_the_bytes_that_the_standard_library_writes(value: Any) -> None:
    written = encode(value)
    assert written == json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    assert decode(written) == value


@given(st.dictionaries(KEYS, WHOLE, min_size=2))
def test_the_order_in_which_a_value_was_put_together_does_not_show(value: dict[str, int]) -> None:
    assert encode(dict(reversed(value.items()))) == encode(value)


@given(st.binary(max_size=40) | PLAIN.map(lambda value: json.dumps(value).encode()))
def test_whatever_is_read_has_exactly_these_bytes(data: bytes) -> None:
    try:
        value = decode(data)
    except BadInput:
        return
    assert encode(value) == data


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":1}',
        b'{"a":1,"a":2}',
        b'{"b":1,"a":2}',
        b'{"a": 1}',
        b'{"a":1}\n',
        b"NaN",
        b"Infinity",
        b"1.0",
        b"1e3",
        b"-0",
        b"01",
        b"9007199254740992",
        b'"\\ud800"',
        b'"\\u0041"',
        b'"\\/"',
        b'"\xed\xa0\x80"',
        b'"e\xcc\x81"',
        b'"\xff"',
        b'{"\xc3\xa9":1}',
        b"\xef\xbb\xbf1",
        b"",
        b"[" * 100_000,
        b"[" * 3_000 + b"]" * 3_000,
    ],
)
def test_bytes_in_another_form_are_refused(data: bytes) -> None:
    with pytest.raises(BadInput):
        decode(data)


@pytest.mark.parametrize(
    "value",
    [
        *(1.0, float("nan"), float("inf"), 2**53, -(2**53), Decimal("1.0"), b"x", {1, 2.5}),
        *("\ud800", "e\u0301", {"\u00e9": 1}, {1: 1}, object(), dt.timedelta(1), dt.time(1), 1j),
        *(dt.datetime(2026, 1, 2), [[{"a": 0.5}]]),
    ],
)
def test_values_that_invite_doubt_are_refused(value: object) -> None:
    with pytest.raises(BadInput):
        encode(value)


def test_a_refusal_names_the_field() -> None:
    with pytest.raises(BadInput) as refused:
        encode({"a": [1, {"b": 0.5}]})
    assert refused.value.field == "$.a[1].b"
    with pytest.raises(BadInput, match="day 30") as refused:
        decode(b'{"born":["1984-02-30"],"kind":"person","names":[{"full":"A B"}]}', Person)
    assert refused.value.field == "$.born[0]"
    assert refused.value.hint == "correct the day"
    with pytest.raises(BadInput, match="unknown field"):
        decode(b'{"full":"A B","religion":"x"}', Name)


def test_a_value_that_is_not_in_normal_form_is_refused_though_it_could_be_read() -> None:
    with pytest.raises(BadInput, match="not in canonical form from byte 26"):
        decode(b'{"kind":"phone","number":"00355691234567"}', Phone)
    with pytest.raises(BadInput, match="canonical"):
        decode(b'{"codes":["H1"]}', Handling)
    with pytest.raises(BadInput, match="canonical"):
        decode(b'{"full":"A B","kind":"primary"}', Name)
    with pytest.raises(BadInput):
        decode(b'{"kind":"phone","number":355691234567}', Phone)


def test_the_bytes_are_these() -> None:
    person = Person(
        names=(Name(given="Ana", surname="Çela"),), born=(PartialDate("1984-02"),), sex=Sex.FEMALE
    )
    assert encode(person).decode() == (
        '{"born":["1984-02"],"kind":"person","names":[{"given":"Ana","surname":"Çela"}],"sex":"F"}'
    )
    role = Involvement(category=Category.VICTIM, case=CaseId("C-1"), reason="named", reviewer=OfficerId("o"))
    assert encode(role) == b'{"case":"C-1","category":"victim","reason":"named","reviewer":"o"}'
    assert encode([Grade("B2"), Handling(codes=(HandlingCode.H1,))]) == b'["B2",{"codes":["H0","H1"]}]'


def test_one_moment_has_one_form() -> None:
    noon = dt.datetime(2026, 1, 2, 12, tzinfo=dt.UTC)
    there = noon.astimezone(dt.timezone(dt.timedelta(hours=1)))
    assert encode(Sent(at=noon)) == encode(Sent(at=there)) == b'{"at":"2026-01-02T12:00:00Z"}'
    with_day = Sent(at=noon.replace(microsecond=5), on=dt.date(2026, 1, 2))
    assert encode(with_day) == b'{"at":"2026-01-02T12:00:00.000005Z","on":"2026-01-02"}'
    assert decode(encode(with_day), Sent) == with_day


def test_what_is_nested_too_deeply_is_refused() -> None:
    value: list[Any] = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(BadInput, match="nested too deeply"):
        encode(value)
    while value:
        value = value.pop()
