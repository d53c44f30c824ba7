"""The protocol refuses what is wrong, opens a batch again from its seed, and never falls over hostile bytes."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.crosscheck.function import voprf
from liaison.crosscheck.function.groups import ORDER, choose
from liaison.crosscheck.function.groups.libraries import load
from liaison.crosscheck.function.groups.sodium import Sodium
from liaison.crosscheck.function.suite import HASH, Suite
from liaison.model.errors import BadPoint, BadProof, BadSetting, GroupMissing

BACKENDS = ("libsodium", "wheel")
SEED, CHANCE = bytes(range(32)), bytes(range(32, 64))
KEY = voprf.derive_key(bytes(32), b"epoch 1")
OTHER = voprf.derive_key(bytes(32), b"epoch 2")
INPUTS = [b"liaison " + bytes([number]) for number in range(5)]
BLINDED = voprf.blind(INPUTS, SEED)
ANSWER = voprf.evaluate(KEY, BLINDED.points, CHANCE)
FIELD = 2**255 - 19
NOT_CANONICAL = [
    (FIELD + 0).to_bytes(32, "little"),  # zero, written otherwise
    (FIELD + 1).to_bytes(32, "little"),
    (2**255 - 1).to_bytes(32, "little"),
    bytes.fromhex("01" + "00" * 31),  # negative field element: RFC 9496 appendix A.2
    bytes.fromhex("ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20"),
    bytes.fromhex("26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371"),  # no square
    bytes.fromhex("4eac077a713c57b4f4397629a4145982c661f48044dd3f96427d40b147d9742f"),
    bytes.fromhex("3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e"),  # negative xy
    bytes.fromhex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),  # s = -1, y = 0
    KEY.public[:31] + bytes([KEY.public[31] | 128]),  # the top bit, which libsodium 1.0.18 does not look at
    bytes(31) + b"\x80",
]


def test_both_sides_come_to_the_same_outputs() -> None:
    found = voprf.finalize(KEY.public, INPUTS, BLINDED, ANSWER)
    assert b"".join(found) == voprf.outputs(KEY, INPUTS)
    assert len(set(found)) == len(INPUTS)
    assert {len(each) for each in found} == {HASH}


@pytest.mark.parametrize("backend", BACKENDS)
def test_both_backends_give_the_same_bytes(backend: str) -> None:
    suite = Suite(choose(backend))
    assert voprf.blind(INPUTS, SEED, suite) == BLINDED
    assert voprf.evaluate(KEY, BLINDED.points, CHANCE, suite) == ANSWER


def test_a_batch_is_opened_again_from_its_seed() -> None:
    assert voprf.blind(INPUTS, SEED) == BLINDED
    assert voprf.blind([*INPUTS[:4], b"another"], SEED).points[:128] == BLINDED.points[:128]
    assert voprf.blind([*INPUTS[:4], b"another"], SEED).points[128:] != BLINDED.points[128:]
    assert voprf.blind(INPUTS, CHANCE).points != BLINDED.points


def test_one_input_twice_is_blinded_twice() -> None:
    twice = voprf.blind([b"x", b"x"], SEED)
    assert twice.points[:32] != twice.points[32:]
    found = voprf.finalize(KEY.public, [b"x", b"x"], twice, voprf.evaluate(KEY, twice.points, CHANCE))
    assert found[0] == found[1]


def test_the_proof_of_another_key_is_refused() -> None:
    answer = voprf.evaluate(OTHER, BLINDED.points, CHANCE)
    with pytest.raises(BadProof) as caught:
        voprf.finalize(KEY.public, INPUTS, BLINDED, answer)
    assert "another key" in caught.value.hint


def test_one_point_under_another_key_is_refused() -> None:
    other = voprf.evaluate(OTHER, BLINDED.points, CHANCE).points
    mixed = ANSWER.points[:64] + other[64:96] + ANSWER.points[96:]
    honest = voprf.prove(KEY, BLINDED.points, mixed, Suite(choose()).scalar(b"r"))
    for proof in (ANSWER.proof, honest):
        with pytest.raises(BadProof):
            voprf.finalize(KEY.public, INPUTS, BLINDED, voprf.Evaluated(mixed, proof))


def test_points_that_changed_places_are_refused() -> None:
    swapped = ANSWER.points[32:64] + ANSWER.points[:32] + ANSWER.points[64:]
    with pytest.raises(BadProof):
        voprf.verify(KEY.public, BLINDED.points, swapped, ANSWER.proof)


@given(st.integers(0, 511))
def test_a_proof_with_one_bit_changed_is_refused(bit: int) -> None:
    changed = bytearray(ANSWER.proof)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(BadProof):
        voprf.verify(KEY.public, BLINDED.points, ANSWER.points, bytes(changed))


@pytest.mark.parametrize("half", [0, 1])
def test_a_scalar_written_otherwise_is_refused(half: int) -> None:
    start = 32 * half
    more = int.from_bytes(ANSWER.proof[start : start + 32], "little") + ORDER
    proof = ANSWER.proof[:start] + more.to_bytes(32, "little") + ANSWER.proof[start + 32 :]
    with pytest.raises(BadProof, match="two scalars"):
        voprf.verify(KEY.public, BLINDED.points, ANSWER.points, proof)


@pytest.mark.parametrize("proof", [b"", bytes(63), bytes(65), bytes(64), ANSWER.proof[:32] + bytes(32)])
def test_what_is_no_proof_is_refused(proof: bytes) -> None:
    with pytest.raises(BadProof):
        voprf.verify(KEY.public, BLINDED.points, ANSWER.points, proof)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("bad", [bytes(32), *NOT_CANONICAL], ids=lambda bad: bad.hex()[:8])
def test_what_is_no_point_of_use_is_refused(backend: str, bad: bytes) -> None:
    suite = Suite(choose(backend))
    batch = BLINDED.points[:64] + bad
    with pytest.raises(BadPoint, match="point 3") as caught:
        voprf.evaluate(KEY, batch, CHANCE, suite)
    assert caught.value.row == 3
    with pytest.raises(BadPoint):
        suite.group.require_points(batch)
    answered = ANSWER.points[:64] + bad + ANSWER.points[96:]
    with pytest.raises(BadPoint, match="point 3"):
        voprf.verify(KEY.public, BLINDED.points, answered, ANSWER.proof, suite)
    with pytest.raises(BadPoint):
        voprf.verify(bad, BLINDED.points, ANSWER.points, ANSWER.proof, suite)
    with pytest.raises(BadPoint):
        suite.group.add(bad if bad != bytes(32) else b"\xff" * 32, KEY.public)


@pytest.mark.parametrize("backend", BACKENDS)
def test_random_bytes_are_refused_and_crash_nothing(backend: str) -> None:
    suite = Suite(choose(backend))

    @given(st.binary(min_size=32, max_size=32), st.binary(max_size=80))
    def hostile(point: bytes, proof: bytes) -> None:
        try:
            answer = voprf.evaluate(KEY, point, CHANCE, suite)
            voprf.verify(KEY.public, point, answer.points, answer.proof, suite)
        except BadPoint:
            answer = ANSWER
        with pytest.raises((BadPoint, BadProof)):
            voprf.verify(point, BLINDED.points, ANSWER.points, proof, suite)

    hostile()


@pytest.mark.parametrize("points", [b"", bytes(31), BLINDED.points[:33], BLINDED.points[:32] * 8193])
def test_a_batch_of_no_size_is_refused(points: bytes) -> None:
    with pytest.raises(BadPoint, match="1 to 8192"):
        voprf.evaluate(KEY, points, CHANCE)


def test_an_answer_of_another_length_is_refused() -> None:
    with pytest.raises(BadPoint, match="4 came back"):
        voprf.verify(KEY.public, BLINDED.points, ANSWER.points[:-32], ANSWER.proof)


def test_chance_that_repeats_does_not_repeat_the_proofs_scalar() -> None:
    """Two proofs with one random scalar r give the key away: s = r - c * k, twice, is solved for k."""

    def guess(first: bytes, second: bytes) -> int:
        (c1, s1), (c2, s2) = [
            (int.from_bytes(each[:32], "little"), int.from_bytes(each[32:], "little"))
            for each in (first, second)
        ]
        return (s1 - s2) * pow(c2 - c1, -1, ORDER) % ORDER

    secret = int.from_bytes(KEY.secret, "little")
    fixed = Suite(choose()).scalar(b"fixed")
    halves = BLINDED.points[:64], BLINDED.points[64:128]
    answers = [voprf.evaluate(KEY, half, CHANCE) for half in halves]
    same = [voprf.prove(KEY, half, each.points, fixed) for half, each in zip(halves, answers, strict=True)]
    assert guess(same[0], same[1]) == secret
    assert guess(answers[0].proof, answers[1].proof) != secret


def test_a_key_is_wiped_and_never_printed() -> None:
    key = voprf.derive_key(bytes(32), b"epoch 1")
    assert key.secret.hex() not in repr(key)
    key.wipe()
    assert key.secret == bytes(32)
    with pytest.raises(BadPoint):
        voprf.evaluate(key, BLINDED.points, CHANCE)


def test_what_the_caller_gets_wrong_is_said() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        voprf.derive_key(b"short", b"")
    with pytest.raises(ValueError, match="32 bytes"):
        voprf.blind(INPUTS, b"short")
    with pytest.raises(ValueError, match="chance"):
        voprf.evaluate(KEY, BLINDED.points, b"short")
    with pytest.raises(ValueError, match="one blinded point"):
        voprf.finalize(KEY.public, INPUTS[:4], BLINDED, ANSWER)
    with pytest.raises(ValueError, match="65535"):
        voprf.outputs(KEY, [bytes(65_536)])


def test_the_group_refuses_shapes_that_cannot_be() -> None:
    group = choose()
    with pytest.raises(ValueError, match="one scalar for each"):
        group.multiply(bytes(64), bytes(32))
    with pytest.raises(ValueError, match="zero"):
        group.inverses(bytes(32))
    for call in (group.product, group.difference, group.add):
        with pytest.raises(ValueError, match="32 bytes"):
            call(bytes(31), bytes(32))
    with pytest.raises(ValueError, match="whole number"):
        group.from_uniform(bytes(63))
    with pytest.raises(ValueError, match="32 bytes"):
        group.multiply_all(bytes(32), bytes(64))
    with pytest.raises(BadPoint, match="33 bytes"):
        group.require_points(bytes(33))
    with pytest.raises(BadPoint, match="33 bytes"):
        group.multiply_all(bytes(33), bytes(32))


@given(st.lists(st.integers(1, ORDER - 1), min_size=1, max_size=20))
def test_inverses_are_inverses(numbers: list[int]) -> None:
    scalars = b"".join(number.to_bytes(32, "little") for number in numbers)
    expected = b"".join(pow(number, -1, ORDER).to_bytes(32, "little") for number in numbers)
    assert choose().inverses(scalars) == expected


def test_there_are_two_backends_and_no_third() -> None:
    assert choose().name == "libsodium"
    assert [choose(name).name for name in BACKENDS] == list(BACKENDS)
    with pytest.raises(BadSetting, match="'gmp'"):
        choose("gmp")


def test_a_library_that_computes_otherwise_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("liaison.crosscheck.function.groups.sodium.KNOWN_POINT", sha256(b"").digest())
    with pytest.raises(GroupMissing, match="as RFC 9497 says"):
        Sodium("other", load("libsodium"))


def test_sodium_is_a_group() -> None:
    assert isinstance(choose("wheel"), Sodium)
