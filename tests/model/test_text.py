"""What all one-text values have in common."""

from __future__ import annotations

import pickle

import pytest

from liaison.model.errors import BadInput
from liaison.model.identifiers import DocumentNumber, Plate
from liaison.model.text import Text


def test_a_value_cannot_be_changed() -> None:
    plate = Plate("AA 123 BB")
    with pytest.raises(AttributeError):
        plate.text = "x"
    with pytest.raises(AttributeError):
        del plate.text
    assert plate.text == "AA123BB"


def test_a_plate_is_not_a_document_number_of_the_same_letters() -> None:
    assert Plate("AA123") != DocumentNumber("AA123")
    assert Plate("AA123") != "AA123"
    assert len({Plate("AA123"), DocumentNumber("AA123"), Plate("aa-123")}) == 2


def test_values_of_one_type_sort_by_their_text() -> None:
    assert sorted([Plate("BB1"), Plate("AA2")]) == [Plate("AA2"), Plate("BB1")]
    with pytest.raises(TypeError):
        sorted([Plate("BB1"), DocumentNumber("AA2")])


def test_a_value_survives_pickling_and_shows_itself() -> None:
    plate = Plate("AA 123 BB")
    assert pickle.loads(pickle.dumps(plate)) == plate
    assert repr(plate) == "Plate('AA123BB')"


def test_letters_and_their_accents_are_put_together() -> None:
    assert Text("e\u0301").text == "\u00e9"


def test_half_a_character_is_refused() -> None:
    with pytest.raises(BadInput, match="half a character"):
        Text("a\ud800")


def test_a_number_is_not_text() -> None:
    with pytest.raises(BadInput, match="not text"):
        Text(7)  # type: ignore[arg-type]
