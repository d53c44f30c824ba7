"""`liaison vehicle read`: what is told of marks, of numbers, and of what is neither."""

import json
from collections.abc import Callable

import pytest
from typer.testing import Result

Run = Callable[..., Result]
VIN = "1M8GDM9AXKP042788"


def test_a_mark_is_told_with_every_state_whose_form_it_has(liaison: Run) -> None:
    result = liaison("vehicle", "read", "AA 123 BB")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("AA 123 BB: registration mark AA123BB\n")
    assert "can be of Albania (AL): car, 2011 to now (documented)" in result.stdout
    assert "can be of Italy (IT)" in result.stdout


def test_a_state_that_is_known_leaves_the_others_out(liaison: Run) -> None:
    result = liaison("vehicle", "read", "AA0OOAA", "--state", "AL")
    assert result.exit_code == 1
    assert "may be read as AA000AA (sign 4, 5): AL" in result.stdout
    assert "Doubt: the mark has no form of Albania" in result.stdout
    assert "Italy" not in liaison("vehicle", "read", "AA 123 BB", "--state", "ALB").stdout


def test_seventeen_signs_are_a_vehicle_identification_number(liaison: Run) -> None:
    result = liaison("vehicle", "read", VIN, "WVWZZZ-1JZ3W386752")
    assert result.exit_code == 0, result.output
    assert "check digit: agrees" in result.stdout
    assert "check digit: the maker may not use it" in result.stdout
    assert "model year: 1989 or 2019" in result.stdout


def test_look_alikes_are_told_with_their_place(liaison: Run) -> None:
    result = liaison("vehicle", "read", "СА 1234 ЕЕ")
    assert result.exit_code == 1
    assert "Doubt: sign 9: the Cyrillic letter Е was read as the Latin E" in result.stdout


def test_a_script_gets_everything_in_one_object(liaison: Run) -> None:
    result = liaison("vehicle", "read", "AA123BB", VIN, "?", "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    (plate,), (number,), (refused,) = told["plates"], told["vins"], told["refused"]
    assert (plate["text"], plate["fits"][0]["state"], plate["fits"][0]["reading"]) == (
        "AA123BB",
        "AL",
        "documented",
    )
    assert plate["fits"][0]["source"]
    assert (number["check"], number["years"], number["region"]) == ("agrees", [1989, 2019], "North America")
    assert refused["field"] == "plate"


@pytest.mark.parametrize("given", [("?",), ("AA123BB", "--state", "QQ")])
def test_what_cannot_be_read_is_told_with_what_to_do(liaison: Run, given: tuple[str, ...]) -> None:
    result = liaison("vehicle", "read", *given)
    assert result.exit_code == 2
    assert "What to do:" in result.stderr
