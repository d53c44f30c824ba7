"""The token set is exact, of the size it should be, and never read where it is damaged."""

from __future__ import annotations

from dataclasses import replace
from math import exp
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liaison.crosscheck.function import eliasfano, tokens
from liaison.crosscheck.function.eliasfano import Numbers
from liaison.ledger.tree import leaf_hash, root_of
from liaison.model.errors import DamagedSet

CHANCE = bytes(32)
MANY = st.lists(st.integers(0, 2**64 - 1), max_size=300)


def array(values: object) -> Numbers:
    return np.array(values, np.uint64)


def drawn(count: int, seed: int = 1) -> Numbers:
    return np.random.default_rng(seed).integers(0, 2**64, count, dtype=np.uint64)


SET = tokens.build(drawn(4000), CHANCE)
SMALL = tokens.build(drawn(300), CHANCE)
GROWN = tokens.amended(SMALL, drawn(20, 2), drawn(300)[:5], tokens.padding_of(SMALL, drawn(300)), CHANCE)
CHANGE = tokens.delta(SMALL, GROWN)


@given(
    st.integers(1, 64).flatmap(
        lambda w: st.tuples(st.just(w), st.sets(st.integers(0, 2**w - 1), max_size=200))
    )
)
def test_a_list_comes_back_as_it_went(given: tuple[int, set[int]]) -> None:
    width, numbers = given
    written = eliasfano.encode(array(sorted(numbers)), width)
    found, said = eliasfano.decode(written)
    assert (found.tolist(), said) == (sorted(numbers), width)
    assert len(written) == eliasfano.length(len(numbers), width)
    assert (
        len(written)
        <= eliasfano.HEADER + 2 + len(numbers) * (3 + eliasfano.low_bits(len(numbers), width)) / 8
    )


@given(st.sets(st.integers(0, 40)), st.sets(st.integers(0, 40)))
def test_two_lists_are_told_apart(one: set[int], other: set[int]) -> None:
    first, second = tokens._apart(array(sorted(one)), array(sorted(other)))
    assert (first.tolist(), second.tolist()) == (sorted(one - other), sorted(other - one))
    assert tokens._without(array(sorted(one)), array(sorted(other))).tolist() == sorted(one - other)


def test_the_widest_tokens_are_cut_into_shards() -> None:
    """2**64 does not fit in the numbers that shards are cut at."""
    drawn_ones = np.sort(drawn(5000))
    cut = tokens.sharded(np.append(drawn_ones, np.uint64(2**64 - 1)), 64, 4)
    assert cut.tokens().tolist() == [*drawn_ones.tolist(), 2**64 - 1]


@given(st.binary(max_size=200))
def test_there_is_one_way_to_write_a_list(given: bytes) -> None:
    try:
        numbers, width = eliasfano.decode(given)
    except DamagedSet:
        return
    assert eliasfano.encode(numbers, width) == given


@given(st.sets(st.integers(0, 2**20 - 1), max_size=60), st.data())
def test_a_damaged_list_is_refused_or_another_list(numbers: set[int], data: st.DataObject) -> None:
    written = bytearray(eliasfano.encode(array(sorted(numbers)), 20))
    for _ in range(data.draw(st.integers(1, 4))):
        written[data.draw(st.integers(0, len(written) - 1))] ^= data.draw(st.integers(1, 255))
    test_there_is_one_way_to_write_a_list.hypothesis.inner_test(bytes(written))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (b"\0\0\0", "no header"),
        (b"\0\0\0\1\0\0", "no header"),
        (b"\0\0\0\1\x41\0", "no header"),
        (b"\xff\xff\xff\xff\x40", "no header"),  # four thousand million of them
        (b"\0\x40\0\0\x40", "bytes long"),
        (eliasfano.encode(array([1, 2, 3]), 20) + b"\0", "bytes long"),
        (eliasfano.encode(array([1, 2, 3]), 20)[:-1] + b"\0", "another number"),
        (eliasfano.encode(array([1]), 4)[:-1] + bytes([0b10100000]), "another number"),
        (eliasfano.encode(array([1]), 4)[:-1] + bytes([0b00010000]), "another number"),
        (eliasfano.encode(array([1]), 4)[:5] + bytes([0b00010001]) + bytes([0b10000000]), "more bits"),
    ],
)
def test_what_no_list_is_like_is_refused(given: bytes, says: str) -> None:
    with pytest.raises(DamagedSet, match=says):
        eliasfano.decode(given)


def test_a_list_out_of_order_is_refused() -> None:
    same = eliasfano.encode(array([4, 5]), 3)
    assert eliasfano.low_bits(2, 3) == 2
    with pytest.raises(DamagedSet, match="in order"):  # 4 and 4
        eliasfano.decode(same[:5] + bytes([0]) + same[6:])


@given(MANY, MANY)
def test_the_set_holds_what_a_plain_set_holds(inside: list[int], asked: list[int]) -> None:
    held = tokens.build(array(inside), CHANCE)
    cut = {value >> 64 - held.width for value in inside}
    padding = set(tokens.padding_of(held, array(inside)).tolist())
    assert set(held.tokens().tolist()) == cut | padding
    assert not cut & padding
    found = tokens.contains(held, array(inside + asked))
    assert found.tolist() == [value >> 64 - held.width in cut | padding for value in inside + asked]
    assert tokens.opened(held.outline, held.shards) == held


@given(st.integers(0, 10**7))
def test_sizes_stand_on_a_ladder_of_five_percent(count: int) -> None:
    size = tokens.padded(count)
    assert size >= count
    assert size == 256 or size <= 1.05 * count + 1
    assert tokens.padded(size) == size


def test_the_number_of_records_is_hidden_up_to_the_next_step() -> None:
    sizes = {tokens.build(drawn(count), CHANCE).count for count in range(3830, 3990, 20)}
    assert len(sizes) == 1
    assert SET.count == tokens.padded(4000)


def test_padding_is_of_the_chance_that_is_passed() -> None:
    assert tokens.build(drawn(300), CHANCE) == SMALL
    assert tokens.build(drawn(300), bytes([1]) * 32) != SMALL
    with pytest.raises(ValueError, match="32 bytes"):
        tokens.build(drawn(300), b"")


def test_strangers_are_found_as_seldom_as_computed() -> None:
    """Tokens cut short on purpose, for the true rate is too small to be seen: the rate is count / 2**width."""
    narrow = tokens.sharded(tokens._distinct(drawn(4000) >> np.uint64(44)), 20, 4)
    expected = narrow.outline.chance_overlap * 200_000
    found = int(tokens.contains(narrow, drawn(200_000, 7)).sum())
    assert abs(found - expected) < 5 * expected**0.5
    assert SET.outline.chance_overlap <= 2**-22
    assert 1 - exp(-61_300 * SET.outline.chance_overlap) < 0.015


@pytest.mark.parametrize("count", [300, 5000, 60_000, 400_000])
def test_tokens_take_less_than_26_bits_each(count: int) -> None:
    held = tokens.build(drawn(count), CHANCE)
    assert sum(map(len, held.shards)) * 8 < 26 * held.count + 60 * len(held.shards)


def test_a_million_records_fit_in_17_megabytes() -> None:
    held = tokens.build(drawn(5_200_000), CHANCE)
    assert sum(map(len, held.shards)) <= 17_000_000
    assert (len(held.shards), held.width) == (1024, 45)


def test_the_root_is_that_of_the_tree_over_the_shards() -> None:
    assert SET.outline.digests == tuple(map(leaf_hash, SET.shards))
    assert SET.outline.root == root_of(SET.outline.digests)


@given(st.data())
def test_a_damaged_set_is_never_opened(data: st.DataObject) -> None:
    shards = list(SMALL.shards)
    number = data.draw(st.integers(0, len(shards) - 1))
    hurt = bytearray(shards[number])
    match data.draw(st.sampled_from(["flip", "cut", "more", "swap", "gone"])):
        case "flip":
            hurt[data.draw(st.integers(0, len(hurt) - 1))] ^= data.draw(st.integers(1, 255))
        case "cut":
            del hurt[data.draw(st.integers(0, len(hurt) - 1)) :]
        case "more":
            hurt += data.draw(st.binary(min_size=1, max_size=9))
        case "swap":
            shards[number - 1], hurt = bytes(hurt), bytearray(shards[number - 1])
        case _:
            shards.pop()
            number = 0
            hurt = bytearray(shards[0])
    shards[number] = bytes(hurt)
    with pytest.raises(DamagedSet):
        tokens.opened(SMALL.outline, shards)


@given(st.data())
def test_damage_that_was_signed_is_refused_too(data: st.DataObject) -> None:
    """A hostile holder signs what it likes: what is opened is then a set, or is refused."""
    shards = list(SMALL.shards)
    number = data.draw(st.integers(0, len(shards) - 1))
    shards[number] = data.draw(st.binary(max_size=80))
    outline = replace(
        SMALL.outline,
        digests=tuple(map(leaf_hash, shards)),
        count=data.draw(st.integers(-1, 400)),
        width=data.draw(st.integers(0, 70)),
    )
    with pytest.raises(DamagedSet):
        tokens.opened(outline, shards)


@pytest.mark.parametrize("count", [0, 1, 15, 17, 2**14])
def test_a_set_of_another_number_of_shards_is_refused(count: int) -> None:
    empty = eliasfano.encode(array([]), 20)
    outline = tokens.Outline(24, 0, (leaf_hash(empty),) * count)
    with pytest.raises(DamagedSet, match="shards"):
        tokens.opened(outline, [empty] * count)


def test_shards_of_another_width_or_count_are_refused() -> None:
    with pytest.raises(DamagedSet, match="bits and not"):
        tokens.opened(replace(SMALL.outline, width=SMALL.width + 1), SMALL.shards)
    with pytest.raises(DamagedSet, match="tokens and not"):
        tokens.opened(replace(SMALL.outline, count=SMALL.count + 1), SMALL.shards)


@given(MANY, MANY, st.integers(0, 300))
@settings(max_examples=50)
def test_a_change_leads_from_one_set_to_the_next(inside: list[int], added: list[int], cut: int) -> None:
    old = tokens.build(array(inside), CHANCE)
    gone = sorted(set(inside) - set(added))[:cut]
    padding = tokens.padding_of(old, array(inside))
    new = tokens.amended(old, array(added), array(gone), padding, CHANCE)
    assert tokens.changed(old, tokens.delta(old, new)) == new
    kept = {value >> 64 - old.width for value in [*inside, *added]} - {
        value >> 64 - old.width for value in gone
    }
    assert kept <= set(new.tokens().tolist())
    assert not {value >> 64 - old.width for value in gone} & set(new.tokens().tolist())


def test_small_changes_are_of_one_size() -> None:
    held = tokens.build(drawn(40_000), CHANCE)
    padding = tokens.padding_of(held, drawn(40_000))
    sizes = {
        len(tokens.delta(held, tokens.amended(held, drawn(more, 3), drawn(40_000)[:less], padding, CHANCE)))
        for more, less in [(0, 0), (1, 0), (5, 5), (900, 700)]
    }
    assert len(sizes) == 1


def test_a_change_of_a_thousand_records_is_small() -> None:
    held = tokens.build(drawn(1_000_000), CHANCE)
    wide = replace(held, width=45, shards=tokens.sharded(drawn(0), 45, 7).shards, count=0)
    new = tokens.sharded(np.sort(drawn(tokens.padded(5200, 1000), 9) >> np.uint64(19)), 45, 7)
    assert len(tokens.delta(wide, new)) <= 30_000 - eliasfano.length(1000, 45)


@given(st.data())
def test_a_damaged_change_is_refused(data: st.DataObject) -> None:
    hurt = bytearray(CHANGE)
    if data.draw(st.booleans()):
        hurt[data.draw(st.integers(0, len(hurt) - 1))] ^= data.draw(st.integers(1, 255))
    else:
        del hurt[data.draw(st.integers(0, len(hurt) - 1)) :]
    with pytest.raises(DamagedSet):
        tokens.changed(SMALL, bytes(hurt))


def test_a_change_of_another_set_is_refused() -> None:
    with pytest.raises(DamagedSet, match="another set"):
        tokens.changed(GROWN, CHANGE)
    with pytest.raises(DamagedSet, match="of no use"):
        tokens.changed(SET, CHANGE)
    with pytest.raises(ValueError, match="cut differently"):
        tokens.delta(SMALL, SET)


def test_a_change_that_adds_what_is_there_is_refused() -> None:
    lists = len(tokens.CHANGE) + 64
    come, go = (eliasfano.encode(each, SMALL.width) for each in (SMALL.tokens()[:3], SMALL.tokens()[:0]))
    forged = CHANGE[:lists] + len(come).to_bytes(4, "big") + come + go
    with pytest.raises(DamagedSet, match="adds what is there"):
        tokens.changed(SMALL, forged)


def test_heads_are_the_first_eight_bytes() -> None:
    outputs = Random(1).randbytes(128)
    assert tokens.heads(outputs).tolist() == [int.from_bytes(outputs[at : at + 8], "big") for at in (0, 64)]
    assert tokens.heads(b"").tolist() == []
