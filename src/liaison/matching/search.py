"""Checking people against an index: alerts in strict order of strength."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from math import ceil

import numpy as np
from numpy.typing import NDArray

from liaison.kernel import address, lib
from liaison.matching.asks import Asks, KernelAsks, prepare, question, read_asks, weigh
from liaison.matching.book import first_of_each, kernel_phonetics
from liaison.matching.columns import People
from liaison.matching.dates import BIT
from liaison.matching.index import Index
from liaison.matching.segment import Segment
from liaison.matching.weights import default_least

HIT = np.dtype([("ask", "i4"), ("row", "i4"), ("score", "i4")])
PIECE = 4096  # asks that a thread takes at a time
PILOT = 10_000  # people by whom the score that keeps within a budget is found
MARGIN = BIT // 5  # by which the pilot's score is lowered, so that the budget is reached
FEW = 1000  # people below whom a budget of alerts says nothing
PER_1000 = 20.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What an alert needs. With neither bound set, 20 alerts per 1,000 people, or for fewer than 1,000 people the
    score at which at most four records would match by chance."""

    min_score: float | None = None  # bits
    alerts_per_1000: float | None = None
    lists: frozenset[str] | None = None  # the lists that may be asked; None: all
    threads: int = 2
    cleared: Callable[[Index, People, Hits], NDArray[np.bool_]] | None = (
        None  # True where a hit was cleared before
    )


@dataclass(frozen=True, slots=True)
class Hits:
    """Alerts, strongest first, in strict order; arrays of one length."""

    subject: NDArray[np.int32]  # who was asked about
    record: NDArray[np.int32]  # who matches, in the index
    name: NDArray[np.int32]  # which name of the record
    subject_name: NDArray[np.int32]  # which name of the subject
    score: NDArray[np.int32]  # 1/10,000 bit
    ask: NDArray[np.int32] = field(repr=False)
    row: NDArray[np.int32] = field(repr=False)
    segment: NDArray[np.int32] = field(repr=False)
    least: int = 0  # the score that was asked for, 1/10,000 bit
    asks: Asks | None = field(default=None, repr=False)

    def __len__(self) -> int:
        return len(self.score)

    def take(self, rows: NDArray[np.integer] | NDArray[np.bool_]) -> Hits:
        """The hits of these rows."""
        names = ("subject", "record", "name", "subject_name", "score", "ask", "row", "segment")
        return replace(self, **{name: getattr(self, name)[rows] for name in names})


@dataclass(frozen=True, slots=True)
class Plan:
    """A search before it is done: the questions, the score that an alert needs, and how many alerts are
    wanted at most."""

    asks: Asks
    least: int
    budget: int | None


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some of the people of a plan, to be answered anywhere: what a worker is sent."""

    people: People
    first_person: int
    least: int
    lists: frozenset[str] | None


def plan(index: Index, people: People, limits: Limits = Limits(), asked: Asks | None = None) -> Plan:
    """Read the names, unless `asked` holds them read, and settle the score that an alert needs."""
    asks, budget = weigh(asked or read_asks(people), index.segments[0]), _budget(len(people), limits)
    least = default_least(len(index)) if limits.min_score is None else round(limits.min_score * BIT)
    if budget is not None:
        least = _pilot(index, asks, limits, least, budget)
    return Plan(asks, least, budget)


def search(
    index: Index,
    people: People,
    limits: Limits = Limits(),
    progress: Callable[[int, int], None] | None = None,
    asked: Asks | None = None,
) -> Hits:
    """Every alert that the limits let through. progress(done, total) is called with the number of names checked;
    `asked` is `read_asks(people)` where that was done before."""
    planned = plan(index, people, limits, asked)
    return finish(
        index, people, planned, limits, lambda least: _found(index, planned.asks, limits, least, progress)
    )


def finish(
    index: Index,
    people: People,
    planned: Plan,
    limits: Limits,
    found: Callable[[int], list[NDArray[np.void]]],
) -> Hits:
    """The alerts of a plan. found(least) is the hits of every segment that reach a score; it is asked again with a
    lower one when the people of the pilot had more alerts than the others."""
    least, floor = planned.least, default_least(len(index))
    hits = _rank(index, planned.asks, found(least), least)
    while planned.budget is not None and len(hits) < planned.budget and least > floor:
        least = max(least - 2 * BIT, floor)
        hits = _rank(index, planned.asks, found(least), least)
    if limits.cleared is not None:
        hits = hits.take(~limits.cleared(index, people, hits))
    return hits if planned.budget is None else hits.take(np.arange(min(planned.budget, len(hits))))


def chunks(people: People, planned: Plan, limits: Limits, size: int, least: int) -> Iterator[Chunk]:
    """The people of a plan, `size` at a time."""
    for start in range(0, len(people), size):
        yield Chunk(people.part(start, min(start + size, len(people))), start, least, limits.lists)


def answer_chunk(index: Index, chunk: Chunk) -> list[NDArray[np.void]]:
    """The hits of a chunk in every segment, by the chunk's own count of asks."""
    limits = Limits(lists=chunk.lists, threads=1)
    return _found(index, prepare(chunk.people, index.segments[0]), limits, chunk.least, None)


def gather(people: People, done: Iterable[tuple[Chunk, list[NDArray[np.void]]]]) -> list[NDArray[np.void]]:
    """The hits of all chunks in every segment, by the plan's count of asks: first every name, then second readings."""
    twice = np.concatenate([[0], np.cumsum(people.dob_alt[people.person] != 0)])
    segments: list[list[NDArray[np.void]]] = []
    for chunk, found in done:
        first = int(np.searchsorted(people.person, chunk.first_person))
        names = len(chunk.people.person)
        for number, hits in enumerate(found):
            moved = hits.copy()
            moved["ask"] += np.where(
                hits["ask"] < names, first, len(people.person) + int(twice[first]) - names
            ).astype(np.int32)
            if number == len(segments):
                segments.append([])
            segments[number].append(moved)
    return [np.concatenate(parts) for parts in segments]


def _budget(people: int, limits: Limits) -> int | None:
    if limits.alerts_per_1000 is not None:
        return max(ceil(limits.alerts_per_1000 * people / 1000), 1)
    return ceil(PER_1000 * people / 1000) if limits.min_score is None and people >= FEW else None


def _pilot(index: Index, asks: Asks, limits: Limits, least: int, budget: int) -> int:
    """The score that about `budget` alerts reach, judged by every n-th ask; `least` if fewer do."""
    if len(asks.order) < 2 * PILOT:
        return least
    step = len(asks.order) // PILOT
    sample = replace(asks, order=asks.order[step // 2 :: step].copy())
    score = _rank(index, sample, _found(index, sample, limits, least, None), least).score
    rank = int(budget * len(sample.order) / len(asks.order))
    return max(int(score[rank]) - MARGIN, least) if rank < len(score) else least


def _found(
    index: Index, asks: Asks, limits: Limits, least: int, progress: Callable[[int, int], None] | None
) -> list[NDArray[np.void]]:
    return [_search_segment(segment, asks, limits, least, progress) for segment in index.segments]


def _search_segment(
    segment: Segment, asks: Asks, limits: Limits, least: int, progress: Callable[[int, int], None] | None
) -> NDArray[np.void]:
    opened = np.array([limits.lists is None or name in limits.lists for name in segment.lists], np.uint8)
    asked = question(asks, segment, least, opened)
    total, done = len(asks.order), 0
    pieces = [(at, min(at + PIECE, total)) for at in range(0, total, PIECE)]

    def answer(piece: tuple[int, int]) -> NDArray[np.void]:
        nonlocal done
        with segment.scratch() as scratch:
            hits = list(_answer(segment, asked.kernel, asks.order, *piece, scratch.cache, scratch.seen))
        done += piece[1] - piece[0]
        if progress:
            progress(done, total)
        return np.concatenate(hits)

    if len(pieces) <= 1 or limits.threads <= 1:
        parts = [answer(piece) for piece in pieces]
    else:
        with ThreadPoolExecutor(limits.threads) as pool:
            parts = list(pool.map(answer, pieces))
    return np.concatenate(parts) if parts else np.zeros(0, HIT)


def _answer(
    segment: Segment,
    asked: KernelAsks,
    order: NDArray[np.int32],
    start: int,
    end: int,
    cache: ctypes.Array[ctypes.c_char],
    seen: NDArray[np.uint32],
) -> Iterator[NDArray[np.void]]:
    """The hits of asks order[start:end], in as many calls as the room for hits asks for."""
    room, counts = max(64, (end - start) * 2), np.zeros(3, np.int64)
    function = lib().lk_search
    function.restype = ctypes.c_int64
    while start < end:
        out = np.empty(room, HIT)
        done = function(
            ctypes.byref(segment.kernel),
            ctypes.byref(asked),
            ctypes.byref(kernel_phonetics()),
            address(order),
            ctypes.c_int64(start),
            ctypes.c_int64(end),
            address(out),
            ctypes.c_int64(room),
            cache,
            address(seen),
            address(counts),
        )
        yield out[: counts[0]]
        start += done
        room *= 2


def _rank(index: Index, asks: Asks, found: list[NDArray[np.void]], least: int) -> Hits:
    """One alert for each pair of people, the strongest; ordered by score, then by who."""
    ask, row, score = (np.concatenate([hits[key] for hits in found]) for key in ("ask", "row", "score"))
    segment = np.repeat(np.arange(len(found), dtype=np.int32), [len(hits) for hits in found])
    subject_name = asks.columns["ask_name"][ask]
    subject = asks.columns["name_person"][subject_name]
    record, name = index.locate(segment, row)
    order = np.lexsort((name, subject_name, record, subject, -score))
    pair = subject[order].astype(np.int64) << 32 | record[order]
    order = order[np.sort(first_of_each(pair))]
    return Hits(
        subject[order],
        record[order],
        name[order],
        subject_name[order],
        score[order],
        ask[order],
        row[order],
        segment[order],
        least,
        asks,
    )
