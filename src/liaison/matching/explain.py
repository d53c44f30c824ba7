"""Why: every alert's score as a sum of named contributions, in words."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liaison.kernel import address, lib
from liaison.matching import dates
from liaison.matching.asks import Asks, Question, question
from liaison.matching.book import TOKEN_NUMBER
from liaison.matching.columns import People, Strings
from liaison.matching.dates import BIT
from liaison.matching.index import Index
from liaison.matching.search import Hits
from liaison.matching.segment import Segment
from liaison.matching.similarity import LEVELS
from liaison.matching.weights import chance

PAIRS = 48
PAIR = np.dtype([(name, "i4") for name in ("kind", "i", "j", "level", "weight")])
SUMS = [
    *("score", "grade", "date", "document", "sex", "nation", "order", "unmatched", "dependence", "lost"),
    *("left_over", "pairs"),
]
DOCUMENT = SUMS.index("document")
ACCOUNT = np.dtype([(name, "i4") for name in SUMS] + [("pair", PAIR, PAIRS)])
WORDS = (*LEVELS, "", "", "", "", "initial")  # level 13 is the kernel's GRADES: an initial
CHUNK = 2048
AGREES, ONE_APART = "document number agrees", "document number is one sign apart"


@dataclass(frozen=True, slots=True)
class Contribution:
    """One reason: its kind, in words, and what it is worth in bits."""

    kind: str
    words: str
    bits: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """An alert's score in bits as the exact sum of its contributions, and how many records of this list would reach it
    by chance, at most."""

    score: float
    contributions: tuple[Contribution, ...]
    chance: float


def explain(index: Index, people: People, hits: Hits, at: int) -> Explanation:
    """The reasons of alert `at`. The bits of the contributions sum to the score, both in steps of 0.0001."""
    one = hits.take(np.array([at]))
    _, account, names, same = next(_accounts(index, one))
    parts = tuple(
        Contribution(kind, words, bits / BIT) for kind, words, bits in _parts(account, *names, same)
    )
    return Explanation(int(one.score[0]) / BIT, parts, chance(int(one.score[0]), len(index)))


def reasons(index: Index, people: People, hits: Hits) -> Iterator[str]:
    """One line for each alert, in the order of the alerts: what agreed and what did not, each with its bits."""
    lines = [""] * len(hits)
    for at, account, names, same in _accounts(index, hits):
        parts = _parts(account, *names, same)
        lines[at] = "; ".join(f"{words} {bits / BIT:+.1f}" for _, words, bits in parts)
    return iter(lines)


Words = list[str]


def _accounts(
    index: Index, hits: Hits
) -> Iterator[tuple[int, tuple[int | tuple[int, ...], ...], tuple[Words, Words], bool]]:
    """Place, account, the two names' tokens and whether a document number is the same to the sign, of every hit,
    segment by segment."""
    if hits.asks is None:
        raise ValueError("these hits do not know what was asked")
    for number, segment in enumerate(index.segments):
        places = np.flatnonzero(hits.segment == number)
        asked, held = Spoken(hits.asks), Held(segment)
        put = question(hits.asks, segment, hits.least, np.ones(len(segment.lists), np.uint8))
        for start in range(0, len(places), CHUNK):
            here = places[start : start + CHUNK]
            found = accounts(segment, put, hits.ask[here], hits.row[here])
            for at, account in zip(here.tolist(), _rows(found), strict=True):
                ask, row = int(hits.ask[at]), int(hits.row[at])
                same = bool(account[DOCUMENT]) and _same_number(hits.asks, segment, ask, row)
                yield at, account, (asked.words(ask), held.words(row)), same


def _rows(found: NDArray[np.void]) -> Iterator[tuple[int | tuple[int, ...], ...]]:
    """Every account as a tuple of its sums and, last, its pairs: those it has, of the many it has room for."""
    counts = found["pairs"]
    pairs = found["pair"][np.arange(PAIRS) < counts[:, None]].tolist()
    ends = np.cumsum(counts).tolist()
    for head, end in zip(found[SUMS].tolist(), ends, strict=True):
        yield (*head, pairs[end - head[-1] : end])


def _same_number(asks: Asks, segment: Segment, ask: int, row: int) -> bool:
    """Whether the asked person and that of a row have a document number in common: letters and digits, to the sign."""
    own, held = asks.columns, segment.arrays
    mine, theirs = own["name_person"][own["ask_name"][ask]], held["rows"]["person"][row]
    asked = own["papers_front"][own["paper_ends"][mine] : own["paper_ends"][mine + 1]]
    at = held["paper_at"][held["paper_ends"][theirs] : held["paper_ends"][theirs + 1]]
    numbers = held["papers_front"][at][["high", "low"]].tolist()
    return any(number in numbers for number in asked[["high", "low"]].tolist())


def accounts(
    segment: Segment, asked: Question, ask: NDArray[np.int32], row: NDArray[np.int32]
) -> NDArray[np.void]:
    """The accounts of asks against rows of a segment, one by one: ACCOUNT[n]."""
    out = np.empty(len(ask), ACCOUNT)
    with segment.scratch() as scratch:
        lib().lk_accounts(
            ctypes.byref(segment.kernel),
            ctypes.byref(asked.kernel),
            address(ask),
            address(row),
            ctypes.c_int64(len(ask)),
            scratch.cache,
            address(out),
        )
    return out


class Spelling:
    """The tokens of names as text; each token is decoded once."""

    def __init__(self, words: Strings) -> None:
        self._words, self._known = words, dict[int, str]()

    def of(self, tokens: NDArray[np.uint32]) -> Words:
        """The text of tokens."""
        return [self._known.get(t) or self._read(t) for t in (tokens & TOKEN_NUMBER).tolist()]

    def _read(self, token: int) -> str:
        self._known[token] = self._words[token]
        return self._known[token]


class Spoken:
    """The tokens of the names that were asked about."""

    def __init__(self, asks: Asks) -> None:
        self._names, self._name = asks.names, asks.columns["ask_name"]
        self._spelling = Spelling(asks.names.words)

    def words(self, ask: int) -> Words:
        """The tokens of an ask's name."""
        name = self._name[ask]
        return self._spelling.of(self._names.tokens[self._names.ends[name] : self._names.ends[name + 1]])


class Held:
    """The tokens of the names in a segment."""

    def __init__(self, segment: Segment) -> None:
        self._at, self._count = segment.arrays["rows"]["tokens_at"], segment.arrays["rows"]["tokens"]
        self._tokens = segment.arrays["row_tokens"]
        self._spelling = Spelling(Strings(segment.arrays["words_data"], segment.arrays["words_ends"]))

    def words(self, row: int) -> Words:
        """The tokens of a row's name."""
        at = int(self._at[row])
        return self._spelling.of(self._tokens[at : at + int(self._count[row])])


def _parts(
    account: tuple[object, ...], asked: Words, held: Words, same: bool
) -> Iterator[tuple[str, str, int]]:
    """Kind, words and bits of everything that is not nothing, in the order in which an officer would look.

    same: whether a document number is the same to the sign; otherwise what agrees is one sign apart.
    """
    _, grade, date, document, sex, nation, order, unmatched, dependence, lost, left_over, _, pairs = account
    for pair in pairs:  # type: ignore
        yield "name", _pair_words(pair, asked, held), pair[4]
    if order:
        yield "order", "given name and surname in the other order", order  # type: ignore
    if unmatched:
        yield "unmatched", f"tokens without a partner: {lost} asked, {left_over} held", unmatched  # type: ignore
    if dependence:
        yield "dependence", "names of one origin go together", dependence  # type: ignore
    if date:
        yield "date", dates.WORDS[dates.Grade(grade)], date  # type: ignore
    if document:
        yield "document", AGREES if same else ONE_APART, document  # type: ignore
    if sex:
        yield "sex", "same sex" if sex > 0 else "other sex", sex  # type: ignore
    if nation:
        yield "nationality", "same nationality" if nation > 0 else "other nationality", nation  # type: ignore


def _pair_words(pair: tuple[int, ...], asked: Words, held: Words) -> str:
    kind, i, j, level, _ = pair
    mine = asked[i] + (f" {asked[i + 1]}" if kind == 2 else "")
    theirs = held[j] + (f" {held[j + 1]}" if kind == 1 else "")
    if kind:
        return f"{mine} = {theirs} written together"
    if mine == theirs:
        return f"{mine} = {theirs}"
    return f"{mine} ~ {theirs} ({WORDS[level] if level else 'another form'})"
