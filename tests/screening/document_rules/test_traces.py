"""Traces find what sightings do, and hold nothing that can be read."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from liaison.formats.mrz import Document, read
from liaison.formats.mrz.layouts import TD3
from liaison.formats.mrz.writing import written
from liaison.screening.document_rules import Sighting, trace
from liaison.screening.document_rules import sightings as plain
from liaison.screening.document_rules import traces as marked

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
SOUND = {"code": "P", "issuer": "ALB", "nationality": "ALB", "surname": "HOXHA", "given": "ARBEN",
         "number": "BA1234567", "birth": "900315", "sex": "M", "expiry": "310601"}  # fmt: skip
OTHERS = (
    {},
    {"number": "BA7654321"},
    {"issuer": "SRB"},
    {"code": "V"},
    {"birth": "910315"},
    {"surname": "KRASNIQI", "given": "VALDRIN"},
    {"surname": "HQXHA"},
    {"expiry": "290601"},
)
PLACES = (
    {"place": "Rinas", "latitude": 41.41, "longitude": 19.72},
    {"place": "Dover", "latitude": 51.13, "longitude": 1.31},
    {"place": "Morina"},
    {"place": ""},
)


def mark(text: str) -> bytes:
    return hmac.new(b"a key", text.encode(), "sha256").digest()[:16]


def passport(**changes: str) -> Document:
    fields = {**SOUND, **changes}
    if fields["code"] == "V":
        from liaison.formats.mrz.layouts import MRV_A

        return read(written(MRV_A, **fields))
    return read(written(TD3, **fields))


def sighting(document: Document, at: datetime, place: dict[str, object]) -> Sighting:
    return Sighting(document=document, at=at, **place)  # type: ignore[arg-type]


@pytest.mark.parametrize(("changes", "here", "there"), [*product(OTHERS, PLACES, PLACES)])
def test_a_trace_contradicts_where_the_sighting_itself_would(
    changes: dict[str, str], here: dict[str, object], there: dict[str, object]
) -> None:
    now = sighting(passport(), NOW, here)
    before = sighting(passport(**changes), NOW - timedelta(minutes=40), there)
    found = list(marked.findings(trace(now, mark), [trace(before, mark)]))
    assert found == list(plain.findings(now, [before]))


def test_each_kind_of_contradiction_is_told_once_and_the_place_of_it() -> None:
    here, there = PLACES[:2]
    now = trace(sighting(passport(), NOW, here), mark)
    other = {"birth": "910315", "expiry": "290601"}
    before = [trace(sighting(passport(**other), NOW - timedelta(hours=at), there), mark) for at in (1, 2)]
    found = list(marked.findings(now, before))
    assert [one.rule for one in found] == ["seen.other-person", "seen.other-dates", "seen.elsewhere"]
    assert "Dover" in found[0].words
    assert "1 h 0 min earlier" in found[2].words


def test_a_trace_without_names_is_known_by_its_birth() -> None:
    now = trace(sighting(passport(), NOW, PLACES[0]), mark)
    nameless = trace(sighting(passport(surname="<", given=""), NOW, PLACES[0]), mark)
    assert nameless.names == ()
    assert list(marked.findings(now, [nameless])) == []


def test_every_mark_is_bound_to_its_document_and_its_field() -> None:
    one = trace(sighting(passport(surname="ARBEN", given="ARBEN"), NOW, PLACES[0]), mark)
    two = trace(sighting(passport(number="BA7654321", surname="ARBEN", given=""), NOW, PLACES[0]), mark)
    assert len(one.names) == 1
    marks = [one.document, one.birth, *one.names, one.expiry, two.document, two.birth, *two.names, two.expiry]
    assert len(set(marks)) == len(marks)
