"""Sightings of people in need as our own JSON: a count and a need, never an identity."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.formats.tracks import Need, Sighting, people
from liaison.formats.tracks.model import Source
from liaison.model.errors import BadInput
from tests.formats.tracks.made import NOW, sample, twelve

SOUND = json.loads(sample("people.json"))


def refused(**fields: object) -> BadInput:
    with pytest.raises(BadInput) as error:
        people.read(json.dumps({**SOUND, **fields}).encode(), NOW)
    assert error.value.hint
    return error.value


def test_a_sighting() -> None:
    assert people.read(sample("people.json"), NOW) == twelve(Source.PEOPLE, "invented-sighting-4")


@pytest.mark.parametrize(
    "field",
    [
        "name",
        "names",
        "age",
        "sex",
        "nationality",
        "photo",
        "face",
        "image",
        "phone",
        "document",
        "remarks",
        "children",
    ],
)
def test_a_field_that_could_say_who_they_are_is_refused_by_its_name(field: str) -> None:
    bad = refused(**{field: "x"})
    assert bad.field == field
    assert field in str(bad)
    assert "nothing that says who they are" in bad.hint


def test_a_sighting_has_no_field_in_which_somebody_could_be_named() -> None:
    assert set(Sighting.__struct_fields__) == {
        *("source", "uid", "count", "needs", "latitude", "longitude", "time", "accuracy", "seen_by"),
    }


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"count": 0}, "count"),
        ({"count": 2.5}, "count"),
        ({"count": True}, "count"),
        ({"count": 100_001}, "count"),
        ({"count": "-1"}, "count"),
        ({"count": None}, "count"),
        ({"need": "asylum"}, "need"),
        ({"need": []}, "need"),
        ({"need": ["none", "water"]}, "need"),
        ({"need": [["water"]]}, "need"),
        ({"need": ["water"] * 5}, "need"),
        ({"latitude": 91}, "latitude"),
        ({"longitude": None}, "latitude"),
        ({"time": "2026-03-04T11:20:11"}, "time"),
        ({"time": None}, "time"),
        ({"type": "person"}, "type"),
    ],
)
def test_what_is_missing_or_wrong_is_refused_by_its_field(fields: dict[str, object], field: str) -> None:
    assert refused(**fields).field == field


def test_needs_are_told_in_one_order_and_once() -> None:
    message = json.dumps({**SOUND, "need": "water; Medical,water"}).encode()
    assert people.read(message, NOW).sightings[0].needs == (Need.MEDICAL, Need.WATER)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for whole in (data, b"{" + data, sample("people.json")[:-3] + data):
        try:
            found = people.read(whole, NOW)
        except BadInput as bad:
            told = bad.hint
        else:
            told = found.sightings[0].uid
        assert told is not None


def test_a_message_is_bounded() -> None:
    with pytest.raises(BadInput, match="at most"):
        people.read(b"{" + b" " * people.LARGEST + b"}", NOW)
    with pytest.raises(BadInput, match="no JSON"):
        people.read(b'{"a":' * 3_000, NOW)
