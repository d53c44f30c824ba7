"""What the kernel does for the group: public sums alone, and calls of a library in one go."""

from __future__ import annotations

import ast
import contextlib
import ctypes
import threading
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

import liaison
from liaison.crosscheck.function import keyprocess, voprf
from liaison.crosscheck.function.groups import choose, each, public, sodium
from liaison.crosscheck.function.groups.libraries import load
from liaison.crosscheck.function.groups.sodium import Sodium
from liaison.crosscheck.function.suite import Suite
from liaison.model.errors import BadPoint, BadProof, KernelMissing

SOURCES = {path: ast.parse(path.read_text("utf-8")) for path in Path(liaison.__path__[0]).rglob("*.py")}
KEY = voprf.derive_key(bytes(32), b"epoch 1")
INPUTS = [b"liaison " + bytes([number]) for number in range(20)]
BLINDED = voprf.blind(INPUTS, bytes(32))
ANSWER = voprf.evaluate(KEY, BLINDED.points, bytes(32))


def plainly(name: str, monkeypatch: pytest.MonkeyPatch) -> Sodium:
    """The group on a machine without the kernel."""

    def missing() -> ctypes.CDLL:
        raise KernelMissing("none")

    with monkeypatch.context() as patch:
        patch.setattr(public, "lib", missing)
        patch.setattr(each, "lib", missing)
        patch.setattr(sodium, "quickest", each.quickest.__wrapped__)  # type: ignore[attr-defined]
        return Sodium(name, load(name))


def names_in(tree: ast.AST) -> set[str]:
    return {
        getattr(node, field)
        for node in ast.walk(tree)
        for field in ("id", "attr", "name")
        if isinstance(getattr(node, field, None), str)
    }


def test_the_kernels_sum_is_called_from_one_place() -> None:
    using = {name: [] for name in ("lk_public_sum", "public_sum", "weighted_sum")}  # type: ignore[var-annotated]
    for path, tree in SOURCES.items():
        for name in using.keys() & names_in(tree):
            using[name].append(path.name)
    assert using["lk_public_sum"] == using["public_sum"] == ["public.py"]
    importing = [path.name for path, tree in SOURCES.items() if "groups.public" in ast.unparse(tree)]
    assert importing == ["sodium.py"]
    assert sorted(using["weighted_sum"]) == ["__init__.py", "sodium.py", "voprf.py"]


def test_only_what_a_proof_weighs_is_summed() -> None:
    """A sum's time depends on what is summed: it is for both sides' points under weights that both can hash."""
    tree = next(tree for path, tree in SOURCES.items() if path.name == "voprf.py")
    calls = []
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "weighted_sum":
                calls.append((function.name, *map(ast.unparse, node.args)))
        if function.name in ("prove", "verify"):
            assert "weights = _weights(suite, " in ast.unparse(function)
    assert sorted(calls) == [
        ("prove", "points", "weights"),
        ("verify", "evaluated", "weights"),
        ("verify", "points", "weights"),
    ]


@pytest.mark.parametrize("backend", ["libsodium", "wheel"])
def test_without_the_kernel_the_group_is_the_same(backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    quick, plain = choose(backend), plainly(backend, monkeypatch)
    assert quick.sums_quickly
    assert not plain.sums_quickly
    uniform = Random(1).randbytes(64 * 30)
    points, scalars = plain.from_uniform(uniform), plain.reduce(uniform)
    assert (points, scalars) == (quick.from_uniform(uniform), quick.reduce(uniform))
    assert plain.weighted_sum(points, scalars) == quick.weighted_sum(points, scalars)
    assert plain.multiply(points, scalars) == quick.multiply(points, scalars)
    assert plain.inverses(scalars) == quick.inverses(scalars)
    assert plain.inverses(b"") == quick.inverses(b"") == b""
    suite = Suite(plain)
    assert voprf.blind(INPUTS, bytes(32), suite) == BLINDED
    assert voprf.evaluate(KEY, BLINDED.points, bytes(32), suite) == ANSWER
    voprf.verify(KEY.public, BLINDED.points, ANSWER.points, ANSWER.proof, suite)
    for group in (quick, plain):
        with pytest.raises(BadPoint, match="point 3"):
            group.multiply_all(points[:64] + b"\xff" * 32 + points[64:], scalars[:32])
        with pytest.raises(ValueError, match="zero has no inverse"):
            group.inverses(scalars + bytes(32))


def test_a_kernel_that_sums_otherwise_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public, "public_sum", lambda points, scalars: bytes(32))
    assert not Sodium("libsodium", load("libsodium")).sums_quickly


@pytest.mark.parametrize("backend", ["libsodium", "wheel"])
@pytest.mark.parametrize("scalar", [0, 2**252 + 27742317777372353535851937790883648493])
def test_a_weight_of_nothing_and_the_identity_are_refused_as_before(backend: str, scalar: int) -> None:
    group, points = choose(backend), BLINDED.points
    weights = BLINDED.blinds[:32] + scalar.to_bytes(32, "little")
    with pytest.raises(BadPoint, match="point 2"):
        group.weighted_sum(points[:64], weights)
    with pytest.raises(BadPoint, match="point 2"):
        group.weighted_sum(points[:32] + bytes(32), BLINDED.blinds[:64])
    with pytest.raises(ValueError, match="one scalar"):
        group.weighted_sum(points[:64], BLINDED.blinds[:32])
    with pytest.raises(BadPoint, match="whole number"):
        group.weighted_sum(points[:33], BLINDED.blinds[:33])


@pytest.mark.parametrize("backend", ["libsodium", "wheel"])
def test_weights_near_the_order_are_summed_all_the_same(backend: str) -> None:
    group, order = choose(backend), 2**252 + 27742317777372353535851937790883648493
    for weight in (1, 2**252 - 1, 2**252, order - 1, order + 5):
        doubled = group.reduce((2 * weight).to_bytes(64, "little"))
        summed = group.weighted_sum(BLINDED.points[:32] * 2, weight.to_bytes(32, "little") * 2)
        assert summed == group.multiply(BLINDED.points[:32], doubled)


@given(st.sampled_from(["points", "evaluated", "key"]), st.data())
def test_one_bit_changed_is_refused(what: str, data: st.DataObject) -> None:
    given = {"points": BLINDED.points, "evaluated": ANSWER.points, "key": KEY.public}
    changed = bytearray(given[what])
    bit = data.draw(st.integers(0, 8 * len(changed) - 1))
    changed[bit // 8] ^= 1 << bit % 8
    given[what] = bytes(changed)
    with pytest.raises((BadPoint, BadProof)):
        voprf.verify(given["key"], given["points"], given["evaluated"], ANSWER.proof)


@pytest.mark.parametrize("quick", [True, False])
def test_the_key_process_proves_by_the_quicker_way(quick: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    evaluator = keyprocess.Evaluator(bytearray(bytes(32) + b"epoch 1"))
    assert evaluator.proves_quickly
    evaluator.proves_quickly = quick
    calls: list[bytes] = []
    monkeypatch.setattr(
        keyprocess.voprf, "evaluate", lambda key, points, chance: calls.append(chance) or ANSWER
    )
    proof, points = evaluator.evaluate(BLINDED.points)
    assert points == ANSWER.points
    voprf.verify(KEY.public, BLINDED.points, points, proof)
    assert len(calls) == quick


CALLED = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
SILENT = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)


@given(
    st.integers(0, 6),
    st.integers(-1, 6),
    st.lists(st.integers(-64, 64), min_size=3, max_size=3),
    st.booleans(),
)
def test_many_calls_in_one_are_those_one_by_one(count: int, bad: int, steps: list[int], silent: bool) -> None:
    def met(way: each.Each) -> tuple[int, list[tuple[int | None, ...]]]:
        calls: list[tuple[int | None, ...]] = []

        def record(*places: int | None) -> int:
            calls.append(places)
            return int(len(calls) == bad + 1)

        called = SILENT(record) if silent else CALLED(record)
        places = [(1000 * number, step) for number, step in enumerate(steps, 1)][: 3 if silent else 2]
        return way(called, count, *places), calls

    ways = [met(way) for way in (each.one_by_one, each.in_one_call)]
    assert ways[0] == ways[1]
    assert ways[0][0] == (bad if not silent and 0 <= bad < count else -1)


@given(st.integers(0, 60), st.sets(st.integers(0, 60)), st.booleans(), st.booleans())
def test_calls_side_by_side_are_those_one_by_one(
    count: int, bad: set[int], silent: bool, helped: bool
) -> None:
    """In any order; of those that are refused the first is told, whichever thread came upon it."""
    calls: list[tuple[int | None, ...]] = []

    def record(*places: int | None) -> int:
        calls.append(places)
        return int((places[0] or 0) // 32 - 1 in bad)

    given = [(32, 32), (64_000, 0), (9_000_032, -32)][: 3 if silent else 2]
    called = SILENT(record) if silent else CALLED(record)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("CORES", 3), ("LEAST", 4), ("PIECE", 7)):
            patch.setattr(each, name, value)
        if not helped:
            patch.setattr(each, "_HELPERS", NoThreads())
        found = each.side_by_side(called, count, *given)
    there = {number for number in bad if number < count}
    assert found == (-1 if silent else min(there, default=-1))
    if silent or not there:
        assert sorted(calls, key=str) == sorted(
            (tuple(start + step * number for start, step in given) for number in range(count)), key=str
        )


def test_what_fails_in_one_piece_is_raised_once_all_are_done(monkeypatch: pytest.MonkeyPatch) -> None:
    lengths: list[int] = []

    def fails(function: object, count: int, *places: object) -> int:
        lengths.append(count)
        if count < each.LEAST:
            raise KernelMissing("gone")
        return -1

    monkeypatch.setattr(each, "in_one_call", fails)
    monkeypatch.setattr(each, "PIECE", each.LEAST)
    with pytest.raises(KernelMissing):
        each.side_by_side(CALLED(lambda *places: 0), 3 * each.LEAST + 1, (0, 32), (0, 32))
    assert sum(lengths) == 3 * each.LEAST + 1


class NoThreads:
    """A system that gives no more of them."""

    def submit(self, work: object) -> None:
        raise RuntimeError("can't start new thread")


def test_two_cores_work_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(each, "CORES", 2)
    met, together = threading.Barrier(2, timeout=30), list[int]()

    def meet(*places: int | None) -> int:
        if (places[0] or 0) % (32 * each.LEAST) == 32:  # the first of each piece waits for the other's
            with contextlib.suppress(threading.BrokenBarrierError):
                together.append(met.wait())
        return 0

    assert each.side_by_side(CALLED(meet), 2 * each.LEAST, (32, 32), (32, 32)) == -1
    assert sorted(together) == [0, 1]


@pytest.mark.parametrize("backend", ["libsodium", "wheel"])
def test_many_points_are_multiplied_as_few_are(backend: str) -> None:
    group, uniform = choose(backend), Random(2).randbytes(64 * 700)
    points, scalars = group.from_uniform(uniform), group.reduce(uniform)
    few = range(0, len(points), 320)
    assert points == b"".join(group.from_uniform(uniform[2 * at : 2 * at + 640]) for at in few)
    products = b"".join(group.multiply(points[at : at + 320], scalars[at : at + 320]) for at in few)
    assert group.multiply(points, scalars) == products
    with pytest.raises(BadPoint, match="point 601 "):
        group.multiply_all(points[: 32 * 600] + b"\xff" * 31 + b"\x7f" + points[32 * 600 :], scalars[:32])
