"""A partner that is paired and agreed turns hostile: each of its attacks, against a node that serves.

After each one all tables are as before, but for those that record the attempt, and an honest partner gets through
within a second. The attacks are in tests/hostile_partner.py and tests/hostile_content.py.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import hostile_bytes, hostile_content, hostile_items
from tests.hostile_house import House, Partner
from tests.hostile_partner import ATTACKS, Attack, Scene

assert hostile_bytes
assert hostile_content
assert hostile_items
NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Partner, Path]]:
    """A house with one honest partner."""
    folder = tmp_path_factory.mktemp("street")
    house = House.made(folder / "house")
    with house.opened():
        honest = Partner(folder / "honest", "honest.example", house)
        house.agrees(honest)
        honest.gets_through()
        yield house, honest, folder
        honest.close()


@pytest.fixture
def scene(street: tuple[House, Partner, Path]) -> Iterator[Scene]:
    """The house, its honest partner, and one that is new and hostile."""
    house, honest, folder = street
    name = f"hostile{next(NUMBERS)}"
    hostile = Partner(folder / name, f"{name}.example", house)
    house.agrees(hostile)
    yield Scene(house, honest, hostile, folder)
    hostile.close()


def of(*rows: str) -> Any:
    """The attacks of these rows."""
    chosen = [each for each in ATTACKS if each.row in rows]
    return pytest.mark.parametrize("attack", chosen, ids=[each.name for each in chosen])


@of("A01")
def test_what_is_replayed_counts_once(scene: Scene, attack: Attack) -> None:
    scene.plays(attack)


@of("A02")
def test_two_letters_under_one_name_are_evidence(scene: Scene, attack: Attack) -> None:
    scene.plays(attack)


@of("A03")
def test_disorder_is_put_in_order(scene: Scene, attack: Attack) -> None:
    scene.plays(attack)


@of("A04")
def test_nobody_writes_in_anothers_name(scene: Scene, attack: Attack) -> None:
    scene.plays(attack)


@of("A05")
def test_a_key_serves_its_purpose_alone(scene: Scene, attack: Attack) -> None:
    scene.plays(attack)


@of("A06")
def test_one_spelling_counts(scene: Scene, attack: Attack) -> None:
    scene.plays(attack)


@of("A07")
def test_one_algorithm_counts(scene: Scene, attack: Attack) -> None:
    scene.plays(attack)


@of("A11")
def test_poison_is_put_aside(scene: Scene, attack: Attack) -> None:
    scene.plays(attack)


@of("A12")
def test_no_clock_decides_what_counts(scene: Scene, attack: Attack) -> None:
    scene.plays(attack)


@of("A13", "A14")
def test_a_key_counts_in_its_place_alone(scene: Scene, attack: Attack) -> None:
    scene.plays(attack)


@of("A15")
def test_no_dictionary_is_asked(scene: Scene, attack: Attack) -> None:
    scene.plays(attack)


@of("A17")
def test_what_is_not_agreed_is_refused(scene: Scene, attack: Attack) -> None:
    scene.plays(attack)


@of("A18")
def test_nothing_comes_by_a_way_that_it_does_not_say(scene: Scene, attack: Attack) -> None:
    scene.plays(attack)


@of("A19")
def test_no_condition_is_taken_off(scene: Scene, attack: Attack) -> None:
    scene.plays(attack)


@of("A32")
def test_nobody_disposes_of_what_is_anothers(scene: Scene, attack: Attack) -> None:
    scene.plays(attack)


@of("A34")
def test_nothing_is_negotiated_down(scene: Scene, attack: Attack) -> None:
    scene.plays(attack)
