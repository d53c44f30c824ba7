"""One person, one date, as an officer types them."""

from __future__ import annotations

import pytest

from liaison.holdings import read_date, read_person
from liaison.matching.columns import country_code, dob_code
from liaison.model.errors import BadInput


def test_one_person() -> None:
    people = read_person(
        "Ana Gashi", born="3 Feb 1984", sex="f", nationality="Albania", documents=["P1", "P2"]
    )
    assert (people.ids[0], people.full[0], people.lists) == ("1", "Ana Gashi", ("asked",))
    assert (people.dob[0], people.sex[0], people.nationality[0]) == (
        dob_code(1984, 2, 3),
        2,
        country_code("ALB"),
    )
    assert list(people.documents) == ["P1", "P2"]


def test_a_comma_tells_the_surname_from_the_given_name() -> None:
    people = read_person("GASHI, Ana Luljeta")
    assert (people.given[0], people.surname[0], people.full[0]) == ("Ana Luljeta", "GASHI", "")


@pytest.mark.parametrize(
    ("said", "field"),
    [({"born": "31.02.1984"}, "born"), ({"sex": "yes"}, "sex"), ({"nationality": "Atlantis"}, "nationality")],
)
def test_a_value_that_cannot_be_read_is_refused_with_its_field(said: dict[str, str], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_person("Ana Gashi", **said)  # type: ignore[arg-type]
    assert refused.value.field == field
    assert "row" not in str(refused.value)


@pytest.mark.parametrize("name", ["", "FNU LNU", " , "])
def test_no_name_and_no_number_is_refused(name: str) -> None:
    with pytest.raises(BadInput, match="no usable name") as refused:
        read_person(name)
    assert refused.value.field == "name"


def test_a_number_alone_is_enough() -> None:
    assert list(read_person("", documents=["P1"]).documents) == ["P1"]


def test_one_date() -> None:
    assert read_date("03/04/1984") == (dob_code(1984, 4, 3), dob_code(1984, 3, 4))
    assert read_date("") == (0, 0)
    with pytest.raises(BadInput) as refused:
        read_date("soon")
    assert (refused.value.field, str(refused.value)) == (
        "born",
        "not a date; write it as 1984-02-03, 1984-02 or 1984",
    )
