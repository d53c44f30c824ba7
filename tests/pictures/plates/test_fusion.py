"""Several looks at one vehicle: what they agree on is told, one look alone is not, two vehicles stay two."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from liaison.pictures.lines import Line
from liaison.pictures.plates.candidates import ranked
from liaison.pictures.plates.fusion import (
    GAP,
    MOST_LOOKS,
    TRACKS,
    Track,
    Tracks,
    continues,
    edits,
    fused,
    passed,
)
from liaison.pictures.plates.reading import Look
from tests.pictures.plates.test_candidates import unsure
from tests.pictures.plates.test_lattice import lattice

WORDS = st.text("AB1", max_size=6)


def look(*shown: np.ndarray, left: float = 100.0, length: float = 120.0) -> Look:
    box = np.array([[left, 50], [left + length, 50], [left + length, 80], [left, 80]], float)
    return Look(Line(box), list(shown), ranked(shown))


def track(*looks: Look) -> Track:
    found = Track(0.0, 0.0)
    for at, each in enumerate(looks):
        found.add(each, at / 10)
    return found


def test_looks_that_err_in_different_places_make_the_right_reading() -> None:
    looks = [
        look(unsure("AB123CD", 0, "H", 0.55)),
        look(unsure("AB123CD", 5, "G", 0.55)),
        look(unsure("AB123CD", 6, "P", 0.55)),
        look(lattice("AB123CD")),
        look(lattice("AB123CD")),
    ]
    assert [each.found[0].text for each in looks[:3]] == ["HB123CD", "AB123GD", "AB123CP"]
    told = passed(track(*looks))
    assert told is not None
    assert (told.plate.text, told.frames, told.agreeing) == ("AB123CD", 5, 2)
    assert (told.first, told.last) == (0.0, 0.4)


def test_the_text_of_the_sum_need_not_be_in_each_look() -> None:
    looks = [look(lattice("AB123CD")), look(unsure("AB123CD", 0, "H", 0.9)), look(lattice("AB123CD"))]
    assert fused(looks)[0].text == "AB123CD"


def test_one_look_alone_is_not_told() -> None:
    assert passed(track(look(lattice("AB123CD")))) is None


def test_looks_that_do_not_agree_are_not_told() -> None:
    assert passed(track(look(lattice("AB123CD")), look(lattice("XY987ZW")))) is None


def test_what_two_looks_read_and_the_others_contradict_is_not_told() -> None:
    """A box that was cut off twice: the text of the sum, and hardly seen in the other looks."""
    whole, short = lattice("PV709SJ", 0.6), lattice("PV709S", 0.99)
    found = track(look(short), look(short), look(whole), look(whole))
    assert fused(found.looks)[0].text == "PV709S"
    assert passed(found) is None
    assert passed(track(*found.looks, look(short))) is not None


def test_the_raw_reading_stays_beside_what_is_told() -> None:
    best = look(unsure("AB1Z3CD", 3, "2", 0.35))
    told = passed(track(best, best))
    assert told is not None
    assert told.plate.raw == "AB1Z3CD"
    assert told.plate.text == "AB123CD"
    assert told.plate.corrected
    assert "AB1Z3CD" in [each.text for each in told.plate.candidates]


def test_a_vehicle_goes_on_where_it_is_near_and_read_alike() -> None:
    here = look(lattice("AB123CD"))
    assert continues(here, look(lattice("AB128CD"), left=140))
    assert not continues(here, look(lattice("AB123CD"), left=900))
    assert not continues(here, look(lattice("XY987ZW"), left=110))


def test_two_vehicles_in_one_frame_and_one_behind_the_other_are_two() -> None:
    tracks = Tracks()
    for at in range(3):
        tracks.add([look(lattice("AB123CD")), look(lattice("XY987ZW"), left=400)], at / 10)
    for at in range(3):
        tracks.add([look(lattice("EF456GH"))], 0.5 + at / 10)
    texts = {told.plate.text for each in tracks.ended(99.0) if (told := passed(each)) is not None}
    assert texts == {"AB123CD", "XY987ZW", "EF456GH"}
    assert len(tracks) == 0


def test_a_vehicle_has_passed_only_after_a_while() -> None:
    tracks = Tracks()
    tracks.add([look(lattice("AB123CD"))], 1.0)
    assert tracks.ended(1.0 + GAP) == []
    assert len(tracks.ended(1.1 + GAP)) == 1


def test_a_parked_car_and_a_crowd_take_no_more_memory() -> None:
    parked = track(*[look(lattice("AB123CD"))] * 40)
    assert (parked.frames, len(parked.looks)) == (40, MOST_LOOKS)
    tracks = Tracks()
    tracks.add([look(lattice("AB123CD"), left=1000.0 * at) for at in range(TRACKS + 5)], 0.0)
    assert len(tracks) == TRACKS


@settings(deadline=None)
@given(WORDS, WORDS, WORDS)
def test_edits_are_a_distance(one: str, other: str, third: str) -> None:
    assert (edits(one, other) == 0) == (one == other)
    assert edits(one, other) == edits(other, one)
    assert edits(one, third) <= edits(one, other) + edits(other, third)
    assert abs(len(one) - len(other)) <= edits(one, other) <= max(len(one), len(other))
