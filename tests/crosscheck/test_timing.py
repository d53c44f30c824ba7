"""Whether the holder's answers tell by their time or size if an input is in the set: 10,000 pairs, one point a batch.

The default suite asserts no time: this is a campaign.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Sequence
from math import exp, sqrt
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Connection

from liaison.crosscheck.holder import book
from liaison.crosscheck.likeness.matchkeys import MatchKey, evaluated, of_record
from liaison.storage.tables.crosscheck import ANSWERED, SERVED
from tests.crosscheck.holder.test_epochs import subjects
from tests.crosscheck.holders import Batch, Crosscheck, crosscheck, terms
from tests.screening.conftest import crowd

PAIRS = int(os.environ.get("LIAISON_TIMING_PAIRS", "10000"))
LEAST = 0.01
AT_ONCE = 100  # pairs whose questions are made ahead, in random order


def ks(one: Sequence[float], other: Sequence[float]) -> float:
    """p of the two-sample Kolmogorov-Smirnov test, two-sided, asymptotic (Numerical Recipes 14.3, after Stephens)."""
    a, b = np.sort(one), np.sort(other)
    places = np.concatenate([a, b])
    apart = float(
        np.max(
            np.abs(
                np.searchsorted(a, places, "right") / len(a) - np.searchsorted(b, places, "right") / len(b)
            )
        )
    )
    root = sqrt(len(a) * len(b) / (len(a) + len(b)))
    return kolmogorov((root + 0.12 + 0.11 / root) * apart)


def kolmogorov(x: float) -> float:
    """Q(x) = 2 * sum of (-1)^(j-1) exp(-2 j^2 x^2)."""
    if x < 0.2:
        return 1.0
    total = sum((-1) ** (j - 1) * exp(-2 * j * j * x * x) for j in range(1, 101))
    return min(1.0, max(0.0, 2 * total))


def test_the_test_finds_what_differs_and_nothing_else() -> None:
    lots = np.random.default_rng(3)
    alike = [ks(lots.lognormal(size=2_000), lots.lognormal(size=2_000)) for _ in range(200)]
    assert sum(p < 0.05 for p in alike) < 25
    assert ks(lots.normal(size=10_000), lots.normal(0.05, 1, 10_000)) < LEAST
    assert ks([1.0] * 100, [1.0] * 100) == 1.0
    assert ks([1.0] * 100, [2.0] * 100) < 1e-9
    assert kolmogorov(1.3581) == pytest.approx(0.05, abs=1e-3)  # the table's value of 5 %


def _keys(both: Crosscheck) -> list[bytes]:
    """Inputs that are in the holder's set."""
    office, epoch = both.holder.office, both.epoch()
    key = office.keys.fetch([epoch.key])[0]
    shares = book.survey(office, key, epoch).shares
    return [
        evaluated(both.holder.origin, each) for one in subjects(crowd()) for each in of_record(one, shares)
    ]


def _stranger(number: int) -> bytes:
    return MatchKey("S", b"stranger|%d|1931-11-30" % number).text


def _asked(both: Crosscheck, inputs: list[bytes], start: int) -> list[Batch]:
    """A question for each, all of one length."""
    told = both.published()
    return [
        both.batches([each], told=told, session=f"session-{start + place:06}")[0]
        for place, each in enumerate(inputs)
    ]


def _forget(both: Crosscheck) -> None:
    """What was answered so far: nobody has as many sessions in an epoch, and each is counted with every question."""

    def work(connection: Connection) -> None:
        for table in (ANSWERED, SERVED):
            connection.execute(table.delete())

    both.holder.office.write(work)


@pytest.mark.campaign
@pytest.mark.alone
@pytest.mark.timeout(3600)
def test_answers_about_who_is_there_take_as_long_and_are_as_long(tmp_path: Path) -> None:
    """Pairs in random order; every point is a fresh one, and goes the whole way to the signed answer."""
    lots = random.Random(9)
    times: dict[bool, list[float]] = {True: [], False: []}
    sizes: dict[bool, list[float]] = {True: [], False: []}
    agreed = terms(points=1_000_000, case_points=1_000_000)
    with crosscheck(tmp_path, rows=crowd(), agreed=agreed) as both:
        there = _keys(both)
        for start in range(0, PAIRS, AT_ONCE):
            count = min(AT_ONCE, PAIRS - start)
            inputs = [(True, lots.choice(there)) for _ in range(count)]
            inputs += [
                (False, evaluated(both.holder.origin, MatchKey("S", _stranger(start + n))))
                for n in range(count)
            ]
            lots.shuffle(inputs)
            for (held, _), batch in zip(
                inputs, _asked(both, [each for _, each in inputs], 2 * start), strict=True
            ):
                began = time.perf_counter_ns()
                answer = both.evaluate(batch.body)
                times[held].append(float(time.perf_counter_ns() - began))
                sizes[held].append(float(len(answer)))
            _forget(both)
    p_time, p_size = ks(times[True], times[False]), ks(sizes[True], sizes[False])
    found = f"{PAIRS} pairs: p of time {p_time:.3f}, of size {p_size:.3f}; medians"
    sys.stdout.write(
        f"{found} {np.median(times[True]) / 1e6:.2f} and {np.median(times[False]) / 1e6:.2f} ms\n"
    )
    assert p_time > LEAST
    assert p_size > LEAST
    assert {*sizes[True]} == {*sizes[False]}
