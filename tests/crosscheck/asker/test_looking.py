from __future__ import annotations

import numpy as np
import pytest

from liaison.crosscheck.asker import blinding, looking
from liaison.crosscheck.asker.looking import (
    BATCH,
    PADDING,
    cut,
    hits,
    inputs_of,
    padded,
    points_of,
)
from liaison.crosscheck.function import voprf
from liaison.crosscheck.likeness.grading import Strength, chance, grade
from liaison.crosscheck.likeness.matchkeys import evaluated, of_question
from liaison.crosscheck.messages import BUCKET
from liaison.model.dates import PartialDate
from liaison.model.errors import BadInput
from liaison.model.identifiers import PhoneNumber
from liaison.model.subjects import Name, Organisation, Person, Phone

HOLDER, SEED = "holder.example", bytes(range(32))


def person(given: str, surname: str, born: str = "1984-02-03") -> Person:
    return Person(names=(Name(given=given, surname=surname),), born=(PartialDate(born),))


GEZIM, WOLF = person("Gëzim", "Vokshi"), person("Wolfgang", "Obermüller", "1931-11-30")


def places(asked: looking.Inputs, number: int) -> list[int]:
    return [place for place, _ in asked.owners[number]]


def test_every_key_of_every_subject_is_asked_once_and_filled_up_to_a_bucket():
    asked = inputs_of(HOLDER, {1: GEZIM, 2: WOLF, 3: GEZIM}, SEED, "leg-1")
    keys = {evaluated(HOLDER, key) for one in (GEZIM, WOLF) for key in of_question(one)}
    assert set(asked.inputs[: asked.keys]) == keys
    assert asked.keys == len(keys)
    assert len(asked.inputs) == padded(len(keys)) == BUCKET
    assert asked.padding == BUCKET - len(keys)
    assert places(asked, 1) == places(asked, 3)


def test_leg_has_the_same_number_of_points_whoever_it_is_about():
    counts = {len(inputs_of(HOLDER, {1: one}, SEED, "leg-1").inputs) for one in (GEZIM, WOLF)}
    assert counts == {BUCKET}
    assert points_of([GEZIM, WOLF]) == BUCKET
    assert points_of(1700) % BUCKET == 0
    assert points_of(1700) > points_of(100)


def test_padding_is_of_the_seed_and_leg_and_can_be_no_key():
    filled = looking.padding(SEED, "leg-1", 3)
    assert filled == looking.padding(SEED, "leg-1", 3)
    assert not {*filled} & {*looking.padding(SEED, "leg-2", 3), *looking.padding(bytes(32), "leg-1", 3)}
    assert all(each.startswith(PADDING) for each in filled)
    assert len({*filled}) == 3
    assert not any(evaluated(HOLDER, key).startswith(PADDING[:1]) for key in of_question(GEZIM))


def test_each_batch_has_a_seed_of_its_own():
    seeds = {
        voprf.batch_seed(seed, leg, n) for seed in (SEED, bytes(32)) for leg in ("a", "b") for n in (1, 2)
    }
    assert len(seeds) == 8


def test_batches_follow_each_other_and_hold_everything():
    inputs = [b"%d" % n for n in range(BATCH + 3)]
    parts = cut(inputs)
    assert [len(part) for part in parts] == [BATCH, 3]
    assert [each for part in parts for each in part] == inputs


def test_whole_batches_are_told_of_while_the_rest_is_made(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(looking, "BATCH", 16)
    told: list[tuple[bytes, ...]] = []
    asked = inputs_of(HOLDER, {1: GEZIM, 2: WOLF}, SEED, "leg-1", lambda batch: told.append(tuple(batch)))
    assert told == cut(asked.inputs)[: asked.keys // 16]
    assert len(told) > 2
    assert asked == inputs_of(HOLDER, {1: GEZIM, 2: WOLF}, SEED, "leg-1")


def test_batches_that_are_blinded_early_are_those_of_the_leg(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(looking, "BATCH", 16)
    found = blinding.ready(HOLDER, "leg-1", {1: GEZIM, 2: WOLF}, SEED)
    again = [
        voprf.blind(part, voprf.batch_seed(SEED, "leg-1", number))
        for number, part in enumerate(cut(found.asked.inputs), 1)
    ]
    assert list(found.batches) == again


def test_a_subject_of_whom_nothing_is_compared_cannot_be_asked_about():
    with pytest.raises(BadInput) as error:
        inputs_of(HOLDER, {1: Organisation(names=(Name(full="Anything Ltd"),))}, SEED, "leg-1")
    assert error.value.field == "subjects"


def test_hit_is_graded_over_all_keys_of_its_subject_and_padding_hits_nobody():
    asked = inputs_of(HOLDER, {1: WOLF, 2: GEZIM}, SEED, "leg-1")
    found = np.zeros(len(asked.inputs), np.bool_)
    found[asked.keys :] = True
    assert hits(asked, found, 1000) == []
    place, key = asked.owners[2][0]
    found[place] = True
    (hit,) = hits(asked, found, 1000)
    wanted = grade([key], of_question(GEZIM), 1000)
    assert wanted is not None
    assert (hit.number, hit.strength, hit.chance) == (2, wanted.strength, wanted.chance)
    assert hit.agreed == (f"{key.family} {key.says}",)


def test_expected_chance_grows_with_the_holder_and_a_number_is_strong():
    phone = Phone(number=PhoneNumber("+355691234567"))
    asked = inputs_of(HOLDER, {1: phone}, SEED, "leg-1")
    found = np.zeros(len(asked.inputs), np.bool_)
    found[0] = True
    (small,), (large,) = hits(asked, found, 1_000), hits(asked, found, 1_000_000)
    assert small.strength is large.strength is Strength.STRONG
    assert 0 < small.chance < large.chance
    assert small.chance == chance(asked.owners[1][0][1], 1_000)
