"""What is used to leave rows out is a true bound, and what is left out does not reach the score asked for."""

from __future__ import annotations

import ctypes

import numpy as np
import pytest

from liaison.kernel import lib
from liaison.matching.asks import prepare, question
from liaison.matching.index import Index
from liaison.matching.search import Limits, search
from tests.matching.people import crowd, damaged, people


def exhaust(index: Index, asked: object, ask: int, least: int) -> dict[int, int]:
    """Row -> score of every row that reaches `least`, by scoring all of them."""
    segment = index.segments[0]
    scores = np.empty(len(segment.arrays["rows"]), np.int32)
    put = question(asked, segment, least, np.ones(1, np.uint8))  # type: ignore[arg-type]
    with segment.scratch() as scratch:
        lib().lk_exhaust(
            ctypes.byref(segment.kernel),
            ctypes.byref(put.kernel),
            ctypes.c_int64(ask),
            scratch.cache,
            scores.ctypes.data_as(ctypes.c_void_p),
        )
    return {int(row): int(scores[row]) for row in np.flatnonzero(scores >= least)}


def test_the_bound_on_names_is_never_below_what_the_names_are_worth() -> None:
    chance = np.random.default_rng(3)
    rows = crowd(600, seed=2)
    index, segment = (made := Index.build(people(rows))), made.segments[0]
    asks = prepare(people([damaged(row, chance) for row in rows[:200]]), segment)
    put = question(asks, segment, 0, np.ones(1, np.uint8))
    bounds, names = (
        np.empty(len(segment.arrays["rows"]), np.int32),
        np.empty(len(segment.arrays["rows"]), np.int32),
    )
    assert len(index) == 600
    for ask in range(len(asks.order)):
        with segment.scratch() as scratch:
            lib().lk_bounds(
                ctypes.byref(segment.kernel),
                ctypes.byref(put.kernel),
                ctypes.byref(phonetics()),
                ctypes.c_int64(ask),
                scratch.cache,
                bounds.ctypes.data_as(ctypes.c_void_p),
                names.ctypes.data_as(ctypes.c_void_p),
            )
        assert (bounds >= names).all()


def phonetics() -> ctypes.Structure:
    from liaison.matching.book import kernel_phonetics

    return kernel_phonetics()


@pytest.mark.parametrize("bits", [6.0, 10.0, 14.0, 18.0])
def test_candidates_hold_what_brute_force_finds(bits: float) -> None:
    chance = np.random.default_rng(int(bits))
    rows = crowd(1500, seed=4)
    asked = people([damaged(row, chance) for row in rows[:300]])
    index = Index.build(people(rows))
    asks = prepare(asked, index.segments[0])
    hits = search(index, asked, Limits(min_score=bits))
    found = {(int(a), int(r)): int(s) for a, r, s in zip(hits.ask, hits.row, hits.score, strict=True)}
    wanted = {
        (ask, row): score
        for ask in range(300)
        for row, score in exhaust(index, asks, ask, round(bits * 10_000)).items()
    }
    assert set(found) <= set(wanted)
    assert all(wanted[pair] == score for pair, score in found.items())
    assert len(found) >= 0.99 * len(wanted)


def test_rows_of_the_same_date_are_all_found_whatever_the_name_lost() -> None:
    """Rows with the asked date are read whole: no key of any name stands between them and the bound."""
    chance = np.random.default_rng(9)
    rows = [row for row in crowd(1500, seed=6) if len(str(row["born"])) == 10]
    asked = people([damaged(row, chance) | {"born": row["born"]} for row in rows[:300]])
    index = Index.build(people(rows))
    asks, hits = prepare(asked, index.segments[0]), search(index, asked, Limits(min_score=9))
    found = {(int(a), int(r)) for a, r in zip(hits.ask, hits.row, strict=True)}
    dates = index.segments[0].arrays["rows"]["dob"]
    for ask in range(300):
        same = {row for row in exhaust(index, asks, ask, 90_000) if dates[row] == asked.dob[ask]}
        assert {(ask, row) for row in same} <= found
