"""The private cross-check's cryptography: making a token set, a batch online, its opening again, a change of a day."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np

from bench.common import Figures, cpu_seconds
from liaison.crosscheck.function import tokens, voprf
from liaison.crosscheck.function.groups import choose
from liaison.crosscheck.function.keyholder import KeyHolder
from liaison.crosscheck.function.suite import Suite

TOKENS = 5_200_000  # of a million records
SUSPECTS, POINTS = 1700, 61_300  # one question of a caseload
BATCH = 7663  # points: eight batches of a size
SEED, CHANCE, INFO = bytes(32), bytes(range(32)), b"bench epoch"
AT_ONCE = 3  # batches in flight, so that both cores have work
T = TypeVar("T")


def measure(quick: bool) -> list[Figures]:
    """Set-up, one question of 1,700 suspects, a day's change, and OpenMined PSI beside them."""
    points = 4000 if quick else POINTS
    return [
        _making(20_000 if quick else 200_000),
        _online(points),
        _backends(1000 if quick else BATCH),
        _set(TOKENS // 10 if quick else TOKENS),
        _openmined(10_000 if quick else 1_000_000),
    ]


def _inputs(count: int, start: int = 0) -> list[bytes]:
    return [
        b"\0\x0dliaison-xc/v1\0\x10holder.example/1S%032d" % number for number in range(start, start + count)
    ]


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _starting() -> float:
    """Processor seconds of a key process that does nothing."""
    others = _children()
    with KeyHolder(lambda: bytearray(SEED), INFO) as holder:
        holder.public()
    return _children() - others


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    start = cpu_seconds()
    return work(), cpu_seconds() - start


def _making(count: int) -> Figures:
    found = Figures(f"Evaluation of the holder's own keys, {count:,} measured, through the key process")
    inputs, starting = _inputs(count), _starting()
    own, others = cpu_seconds(), _children()
    with KeyHolder(lambda: bytearray(SEED), INFO) as holder:
        heads = holder.heads(inputs)
    spent = cpu_seconds() - own + _children() - others - starting
    assert len(heads) == count
    each = spent / count
    found.add("a token, both processes", round(each * 1e6, 1), "CPU-us", "<= 38")
    found.add(f"{TOKENS:,} tokens, from that", round(each * TOKENS), "CPU-s", "<= 200")
    return found


def _online(count: int) -> Figures:
    found = Figures(f"{count:,} points ({SUSPECTS:,} suspects are {POINTS:,}), {AT_ONCE} batches at once")
    inputs = _inputs(count)
    batches = [inputs[start : start + BATCH] for start in range(0, count, BATCH)]
    starting = _starting()
    others, own = _children(), cpu_seconds()
    with KeyHolder(lambda: bytearray(SEED), INFO) as holder, ThreadPoolExecutor(AT_ONCE) as threads:
        public = holder.public()
        start = time.perf_counter()

        def one(batch: list[bytes]) -> list[bytes]:
            blinded = voprf.blind(batch, CHANCE)
            return voprf.finalize(public, batch, blinded, holder.evaluate(blinded.points))

        outputs = [each for part in threads.map(one, batches) for each in part]
        wall = time.perf_counter() - start
    asker, answerer = cpu_seconds() - own, _children() - others - starting
    assert len(set(outputs)) == count
    share = POINTS / count
    found.add("blind, verify, finalize", round(asker * share, 1), "CPU-s")
    found.add("evaluate and prove, the key process", round(answerer * share, 1), "CPU-s")
    found.add("both, on the clock", round(wall * share, 1), "s", "<= 8, two idle cores")
    found.add("both, over two cores", round((asker + answerer) * share / 2, 1), "s", "<= 8")
    found.add("points up", round(POINTS * 32 / 1e6, 2), "MB")
    found.add("points and proofs down", round((POINTS * 32 + 8 * voprf.PROOF) / 1e6, 2), "MB", "<= 4 both")
    _, spent = _timed(lambda: [voprf.blind(batch, CHANCE) for batch in batches])
    found.add("opening the batches again from their seeds", round(spent * share, 1), "CPU-s", "<= 10")
    return found


def _backends(count: int) -> Figures:
    found = Figures(f"Each step by backend, a batch of {count:,}, CPU-us a point")
    inputs = _inputs(count)
    for name in ("libsodium", "wheel"):
        for what, spent in _steps(inputs, Suite(choose(name))).items():
            found.add(f"{name}: {what}", round(spent / count * 1e6, 1), "us")
    return found


def _steps(inputs: list[bytes], suite: Suite) -> dict[str, float]:
    key = voprf.derive_key(SEED, INFO, suite)
    blinded, blinding = _timed(lambda: voprf.blind(inputs, SEED, suite))
    answer, proving = _timed(lambda: voprf.evaluate(key, blinded.points, CHANCE, suite))
    _, checking = _timed(lambda: voprf.verify(key.public, blinded.points, answer.points, answer.proof, suite))
    _, opening = _timed(lambda: voprf.unblind(inputs, blinded.blinds, answer.points, suite))
    return {
        "blind": blinding,
        "evaluate and prove": proving,
        "verify": checking,
        "unblind and hash": opening,
    }


def _set(count: int) -> Figures:
    found = Figures(f"A set of {count:,} tokens")
    drawn = np.random.default_rng(1).integers(0, 2**64, count + 5200, dtype=np.uint64)
    heads, fresh = drawn[:count], drawn[count:]
    held, spent = _timed(lambda: tokens.build(heads, CHANCE))
    size = sum(map(len, held.shards))
    found.add("sorting, padding, writing", round(spent, 2), "CPU-s")
    found.add("size", round(size / 1e6, 2), "MB", "<= 17 for 1 M records")
    found.add("bits of a token, padding apart", round(size * 8 / held.count, 2))
    found.add("a stranger is found", f"{held.outline.chance_overlap:.1e}", "of questions")
    asked = np.concatenate([heads[:1000], fresh, drawn[: POINTS - 6200] ^ np.uint64(1 << 63)])
    _, spent = _timed(lambda: tokens.contains(held, asked))
    found.add(f"looking up {len(asked):,}", round(spent, 2), "CPU-s")
    _, spent = _timed(lambda: tokens.opened(held.outline, held.shards))
    found.add("checking all shards", round(spent, 2), "CPU-s")
    padding = tokens.padding_of(held, heads)
    new, making = _timed(lambda: tokens.amended(held, fresh, heads[:0], padding, CHANCE))
    change, writing = _timed(lambda: tokens.delta(held, new))
    _, taking = _timed(lambda: tokens.changed(held, change))
    found.add("a change of 1,000 records: making it", round(making + writing, 2), "CPU-s", "<= 1")
    found.add("a change of 1,000 records: taking it over", round(taking, 2), "CPU-s", "<= 1")
    found.add("a change of 1,000 records", round(len(change) / 1000, 1), "KB", "<= 30")
    return found


def _openmined(count: int) -> Figures:
    found = Figures(f"OpenMined PSI beside it: exact match alone, {SUSPECTS:,} against {count:,}")
    try:
        from private_set_intersection import python as psi  # type: ignore[import-not-found]
    except ImportError:
        found.add("not measured", "skipped")
        found.notes.append("its wheel is not installed here: pip install openmined_psi")
        return found
    holding, asked = [str(n) for n in range(count)], [str(n) for n in range(-1530, 170)]
    server, client = psi.server.CreateWithNewKey(True), psi.client.CreateWithNewKey(True)
    setup, making = _timed(
        lambda: server.CreateSetupMessage(1e-6, SUSPECTS, holding, psi.DataStructure.GCS).SerializeToString()
    )
    start = cpu_seconds()
    request = client.CreateRequest(asked)
    response = server.ProcessRequest(request)
    message = psi.ServerSetup()
    message.ParseFromString(setup)
    met = client.GetIntersection(message, response)
    found.add("set-up", round(making, 1), "CPU-s")
    found.add("its bytes", round(len(setup) / 1e6, 2), "MB")
    found.add("online, both sides", round(cpu_seconds() - start, 2), "CPU-s")
    found.add("found, of 170", len(met))
    found.notes.append("no proof of the key, no near match, no change of a set, no key that lasts an epoch")
    return found
