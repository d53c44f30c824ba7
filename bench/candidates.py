"""How much of what scoring every record would find the candidates hold, query by query and in every stratum."""

from __future__ import annotations

import collections
import csv
import ctypes

import numpy as np

from bench.common import Figures, task

PER_STRATUM = {True: 20, False: 20}


def measure(quick: bool) -> list[Figures]:
    """The mean over queries of the share found, on people drawn by a seed of their own; and pair by pair."""
    from liaison.holdings import read_people
    from liaison.matching.index import Index
    from liaison.matching.search import Limits, plan

    made = task(100_000, 250_000, 12) if quick else task(1_000_000, 2_500_000, 8)
    index = Index.build(read_people(made.folder / "watch.csv").people)
    people = read_people(made.folder / "pax.csv").people
    planned = plan(index, people, Limits(alerts_per_1000=22))
    found = Figures(
        f"Candidates against brute force, {made.records:,} records, scores from {planned.least / 10_000:.1f} bits"
    )
    shares: dict[str, list[tuple[int, int]]] = {}
    for stratum, rows in _strata(made.folder, people, PER_STRATUM[quick]).items():
        shares[stratum] = [_share(index, people, row, planned.least) for row in rows]
        asked = [(held, wanted) for held, wanted in shares[stratum] if wanted]
        if asked:
            mean = float(np.mean([held / wanted for held, wanted in asked]))
            pairs = sum(held for held, _ in asked), sum(wanted for _, wanted in asked)
            found.add(stratum, round(mean, 4), f"by query; pairs {pairs[0]} of {pairs[1]}", ">= 0.99")
    every = [(held, wanted) for several in shares.values() for held, wanted in several if wanted]
    found.add(
        "all",
        round(float(np.mean([h / w for h, w in every])), 4),
        f"by query; {len(every)} queries with any",
        ">= 0.99",
    )
    return [found]


def _strata(folder, people, many):  # type: ignore[no-untyped-def]
    """Passengers by what was done to them, and passengers on no list, with a date, without, and with short names."""
    chance, strata = np.random.default_rng(99), collections.defaultdict(list)
    with (folder / "truth.csv").open() as file:
        planted = list(csv.DictReader(file))
    for row in planted:
        strata[f"name {row['name_pert']}"].append(int(row["pid"]))
        strata[f"date {row['dob_pert']}"].append(int(row["pid"]))
    letters = np.diff(people.given.ends) + np.diff(people.surname.ends)
    strata["short names"] = np.flatnonzero(letters <= 8).tolist()
    strata["no date asked"] = np.flatnonzero(people.dob == 0).tolist()
    strata["anybody"] = list(range(len(people)))
    return {name: chance.permutation(rows)[:many].tolist() for name, rows in sorted(strata.items())}


def _share(index, people, row: int, least: int) -> tuple[int, int]:  # type: ignore[no-untyped-def]
    """How many rows candidates find for one person, and how many scoring every row finds."""
    from liaison.kernel import address, lib
    from liaison.matching.asks import prepare, question
    from liaison.matching.search import Limits, search

    person, segment = people.part(row, row + 1), index.segments[0]
    asks = prepare(person, segment)
    put, scores = (
        question(asks, segment, least, np.ones(len(segment.lists), np.uint8)),
        np.empty(len(segment.arrays["rows"]), np.int32),
    )
    with segment.scratch() as scratch:
        lib().lk_exhaust(
            ctypes.byref(segment.kernel),
            ctypes.byref(put.kernel),
            ctypes.c_int64(0),
            scratch.cache,
            address(scores),
        )
    wanted = set(np.flatnonzero(scores >= least).tolist())
    hits = search(index, person, Limits(min_score=least / 10_000, threads=1))
    return len(set(hits.row.tolist()) & wanted), len(wanted)
