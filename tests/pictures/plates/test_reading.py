"""Drawn plates are read; what is no plate is not; a further look is taken only where the first one is not sure."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from liaison.pictures.plates import reading
from liaison.pictures.plates.reading import Wanted, read
from tests.pictures.plates.drawings import empty, lettering, needs_networks, picture

pytestmark = needs_networks


@pytest.mark.parametrize(
    ("text", "state"),
    [("AB 123 CD", "AL"), ("02 345 EF", "XK"), ("AB12 CDE", "GB"), ("AB-123-CD", "FR"), ("B-EF 1234", "DE")],
)
def test_a_drawn_plate_is_read_with_its_place_and_states(text: str, state: str) -> None:
    found = read(picture(text, state), Wanted())
    assert found[0].text == text.replace(" ", "").replace("-", "")
    assert found[0].confidence > 0.7
    assert state in found[0].states
    assert found[0].candidates[0].text == found[0].text
    left, top = np.min(found[0].box, 0)
    assert 100 < left < 500
    assert 200 < top < 460


def test_a_mark_alone_does_not_tell_its_state() -> None:
    states = read(picture("AB 123 CD", "AL"), Wanted())[0].states
    assert {"AL", "FR", "IT", "SK"} <= set(states)


@pytest.mark.parametrize("text", ["", "C00D", "TRANSPORT", "0800 555 111", "A180"])
def test_no_plate_is_told_where_there_is_none(text: str) -> None:
    assert read(lettering(text) if text else empty(), Wanted()) == []


def test_two_vehicles_are_both_read() -> None:
    both = np.concatenate([picture("AB 123 CD", "AL"), picture("02 345 EF", "XK", 4)], 1)
    assert {each.text for each in read(both, Wanted())} == {"AB123CD", "02345EF"}


def test_a_second_step_is_taken_only_where_the_first_is_not_sure(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = list[int]()
    found = reading.finder(Wanted().models)

    def finder(_models: Any) -> Any:
        def at(shown: Any, longest: int) -> Any:
            steps.append(longest)
            return found(shown, longest)

        return at

    monkeypatch.setattr(reading, "finder", finder)
    read(picture(hard=0.2), Wanted())
    assert steps == [448]
    read(empty(), Wanted((320, 640)))
    assert steps == [448, 320, 640]
