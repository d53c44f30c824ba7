"""From people to the arrays of an index: rows in the order of their dates, postings under the sound of every token.

A *row* is one name of one person with one reading of its date of birth. Rows stand in the order of the date, rows
without one last, so that every question about dates is a range of rows. The arrays are plain numpy; `index` maps them.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liaison.kernel import address, lib
from liaison.matching import weights
from liaison.matching.book import (
    NOTHING,
    PARTICLE,
    TITLE,
    TOKEN_NUMBER,
    KernelBook,
    Names,
    found_in,
    kernel_phonetics,
    lexicon,
    read_names,
    spread,
    write_book,
)
from liaison.matching.columns import People, Strings
from liaison.matching.dates import BIT, CODES, FIRST_YEAR, YEARS, date_bits

ROW = np.dtype(
    [
        ("dob", "i4"),
        ("person", "i4"),
        ("name", "u4"),
        ("tokens_at", "u4"),
        ("nationality", "u2", 2),
        ("list", "u2"),
        ("tokens", "u1"),
        ("sex", "u1"),
    ]
)
PAPER = np.dtype([("high", "u8"), ("low", "u8"), ("person", "i4"), ("bits", "i4")])
BOTH = np.dtype([("tag", "u4"), ("row", "i4")])
SKETCH_BYTES, MOST_TOKENS = 32, 24
UNDATED = 1 << 30  # sorts after every date

Arrays = dict[str, NDArray[Any]]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Statistics:
    """What an index knows of its list as a whole, which its additions share."""

    names: int
    prior: int
    unseen: int
    dependence: int


def build_arrays(
    people: People, progress: Progress | None = None, base: Arrays | None = None
) -> tuple[Arrays, Statistics]:
    """The arrays of an index of `people`; with `base`, weighed by the statistics of that index."""
    steps = ["names", "sounds", "rows", "postings", "documents"]

    def say(step: str) -> None:
        if progress:
            progress(step, steps.index(step), len(steps))

    say("names")
    names = tidy(read_names([people.given, people.surname, people.full]))
    say("sounds")
    book = write_book(names.words)
    names = without_titles(names, book.tokens["flags"])
    arrays: Arrays = {"tokens": book.tokens, "pool": book.pool, "groups": book.groups}
    arrays |= {"words_data": names.words.data, "words_ends": names.words.ends}
    counts = _rarity(arrays, names, book.codes, base)
    say("rows")
    _rows(arrays, people, names)
    say("postings")
    _postings(arrays, *book.classes())
    say("documents")
    arrays["together"] = together(arrays)
    arrays |= papers(people.documents, people.document_person, len(people), held=True)
    _people(arrays, people, base)
    dependence = dependence_of(arrays, counts) if base is None else 0
    return arrays, Statistics(*counts, dependence)


def tidy(names: Names) -> Names:
    """The names without tokens beyond MOST_TOKENS, which no name of a person has; readers report such names."""
    lengths = np.diff(names.ends)
    if not len(lengths) or lengths.max() <= MOST_TOKENS:
        return names
    kept = np.minimum(lengths, MOST_TOKENS)
    return Names(names.tokens[spread(names.ends[:-1], kept)], _ends(kept), names.words)


def without_titles(names: Names, flags: NDArray[np.uint8]) -> Names:
    """The names without titles, save those that hold nothing else, and without what has no letter of any script."""
    flag = flags[names.tokens & TOKEN_NUMBER] & (TITLE | NOTHING)
    marked = np.flatnonzero(flag)
    if not len(marked):
        return names
    owner = np.searchsorted(names.ends, marked, side="right") - 1
    others = np.diff(names.ends) - np.bincount(owner, minlength=len(names.ends) - 1)
    dropped = marked[((flag[marked] & NOTHING) > 0) | (others[owner] > 0)]
    return Names(
        np.delete(names.tokens, dropped), names.ends - np.searchsorted(dropped, names.ends), names.words
    )


def by_date(dob: NDArray[np.int32]) -> NDArray[np.int64]:
    """The rows in the order of non-negative date codes, equal ones as they stood: a radix sort by halves."""
    low = np.argsort((dob & 0xFFFF).astype(np.uint16), kind="stable")
    return low[np.argsort((dob >> 16).astype(np.uint16)[low], kind="stable")]


def _ends(lengths: NDArray[np.integer]) -> NDArray[np.int64]:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths, dtype=np.int64)])


def _rarity(
    arrays: Arrays, names: Names, codes: NDArray[np.uint64], base: Arrays | None
) -> tuple[int, int, int]:
    """Set the rarity of every token by its first form; keep the table by which asked tokens are weighed."""
    if base is None:
        met = np.bincount(names.tokens & TOKEN_NUMBER, minlength=len(codes))
        common = lexicon().common
        known, place = np.unique(np.concatenate([codes, common]), return_inverse=True)
        counts = np.bincount(place[: len(codes)], weights=met, minlength=len(known)).astype(np.int64)
        shares = np.full(len(known), weights.SHARES // weights.UNSEEN_KINDS, np.int64)
        shares[found_in(known, common)] = lexicon().shares
        bits, unseen, prior = weights.rarities(counts, shares, max(len(names.ends) - 1, 1))
        arrays["known"], arrays["known_bits"] = known, bits
        arrays["tokens"]["rarity"] = bits[place[: len(codes)]]
    else:
        arrays["tokens"]["rarity"], prior, unseen = rarity_of(base, codes), 0, 0
        arrays["known"], arrays["known_bits"] = base["known"], base["known_bits"]
    return max(len(names.ends) - 1, 1), prior, unseen


def rarity_of(arrays: Arrays, codes: NDArray[np.uint64]) -> NDArray[np.int32]:
    """The rarity of forms by their hash, that of an unseen one where the index does not hold it."""
    at = found_in(arrays["known"], codes)
    bits = np.full(len(codes), arrays["statistics"][2], np.int32)
    bits[at >= 0] = arrays["known_bits"][at[at >= 0]]
    return bits


def _rows(arrays: Arrays, people: People, names: Names) -> None:
    dob, person, name = readings(people)
    order = by_date(np.where(dob, dob, UNDATED))
    dob, person, name = dob[order], person[order], name[order]
    rows = np.zeros(len(order), ROW)
    lengths = np.diff(names.ends)[name]
    rows["dob"], rows["person"], rows["name"], rows["tokens"] = dob, person, name, lengths
    rows["tokens_at"] = _ends(lengths)[:-1]
    rows["nationality"][:, 0], rows["nationality"][:, 1] = (
        people.nationality[person],
        people.nationality_alt[person],
    )
    rows["list"], rows["sex"] = people.source[person], people.sex[person]
    arrays["rows"] = rows
    arrays["row_tokens"] = names.tokens[spread(names.ends[:-1][name], lengths)]
    codes = np.arange(CODES + 1) + FIRST_YEAR * 512
    arrays["start"] = np.searchsorted(np.where(dob, dob, UNDATED), codes).astype(np.int32)
    arrays["date_bits"] = date_bits(dob)


def readings(people: People) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Date, person and name of every name with every reading of its date; a year out of range counts as none."""
    person = people.person
    name = np.arange(len(person), dtype=np.int32)
    twice = np.flatnonzero(people.dob_alt[person])
    dob = np.concatenate([people.dob[person], people.dob_alt[person[twice]]])
    usable = (dob >= FIRST_YEAR * 512) & (dob < (FIRST_YEAR + YEARS) * 512)
    return (
        np.where(usable, dob, 0).astype(np.int32),
        np.concatenate([person, person[twice]]),
        np.concatenate([name, name[twice]]),
    )


def _postings(arrays: Arrays, keys: NDArray[np.uint64], ends: NDArray[np.int64]) -> None:
    rows, row_tokens = arrays["rows"], arrays["row_tokens"]
    classes, place = np.unique(keys, return_inverse=True)
    of_token: NDArray[np.int32] = place.astype(np.int32)
    posted = np.zeros(len(classes) + 1, np.int64)
    function = lib().lk_post
    function.restype = ctypes.c_int64
    shape = (
        address(rows),
        ctypes.c_int64(len(rows)),
        address(row_tokens),
        address(ends),
        address(of_token),
        ctypes.c_int64(len(classes)),
        address(posted),
    )
    total = function(*shape, None)
    post = np.empty(total, np.int32)
    if function(*shape, address(post)) < 0:
        raise MemoryError("no memory for the postings")
    by_day, day_keys = np.empty(total, np.int32), np.empty(total, np.uint16)
    lib().lk_post_by_day(
        address(rows),
        address(posted),
        ctypes.c_int64(len(classes)),
        address(post),
        address(by_day),
        address(day_keys),
    )
    arrays |= {
        "classes": classes,
        "posted": posted,
        "post": post,
        "post_day": by_day,
        "post_day_key": day_keys,
    }
    arrays["pair_start"], arrays["pairs"] = _pairs(rows, row_tokens, ends, of_token)
    sketches = np.empty((len(rows), SKETCH_BYTES), np.uint8)
    book = KernelBook(address(arrays["tokens"]), address(arrays["pool"]), address(arrays["groups"]))
    lib().lk_sketch(
        ctypes.byref(kernel_phonetics()),
        ctypes.byref(book),
        address(rows),
        ctypes.c_int64(len(rows)),
        address(row_tokens),
        address(sketches),
    )
    arrays["sketches"] = sketches


def _pairs(
    rows: NDArray[np.void], row_tokens: NDArray[np.uint32], ends: NDArray[np.int64], place: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.void]]:
    """Where each bucket of pairs begins: int64[2^k + 1], and the pairs: BOTH[p]."""
    bits = max(len(rows).bit_length(), 4)
    start = np.zeros((1 << bits) + 1, np.int64)
    function = lib().lk_pairs
    function.restype = ctypes.c_int64
    shape = (
        address(rows),
        ctypes.c_int64(len(rows)),
        address(row_tokens),
        address(ends),
        address(place),
        ctypes.c_int(bits),
        address(start),
    )
    pairs = np.empty(function(*shape, None), BOTH)
    if function(*shape, address(pairs)) < 0:
        raise MemoryError("no memory for the pairs")
    return start, pairs


def papers(documents: Strings, owner: NDArray[np.int32], people: int, *, held: bool) -> Arrays:
    """Document numbers packed and, when `held`, sorted both ways with their directories. owner does not fall."""
    front, back = np.zeros(len(documents), PAPER), np.zeros(len(documents), PAPER)
    lib().lk_pack_papers(
        address(documents.data),
        address(documents.ends),
        ctypes.c_int64(len(documents)),
        ctypes.c_int32(weights.DOCUMENT_SHARED),
        address(front),
        address(back),
    )
    front["person"] = back["person"] = owner
    used = (front["low"] & np.uint64(255)) > 0
    if not used.all():
        front, back, owner = front[used], back[used], owner[used]
    ends = _ends(np.bincount(owner, minlength=people))
    if not held:
        return {"paper_ends": ends, "papers_front": front, "papers_back": back}
    order = np.lexsort((front["low"], front["high"]))
    at = np.empty(len(front), np.int32)
    at[order] = np.arange(len(front), dtype=np.int32)
    front, back = front[order], back[np.lexsort((back["low"], back["high"]))]
    _common_numbers(front)
    return {
        "paper_ends": ends,
        "paper_at": at,
        "papers_front": front,
        "papers_back": back,
        "front_start": _buckets(front),
        "back_start": _buckets(back),
    }


def _common_numbers(front: NDArray[np.void]) -> None:
    """A number that many people hold says less: at most -log2 of the share of the others who hold it."""
    if not len(front):
        return
    change = (np.diff(front["high"]) != 0) | (np.diff(front["low"]) != 0)
    group = np.concatenate([[0], np.cumsum(change)])
    others = np.bincount(group)[group] - 1
    cap = np.rint(np.log2(len(front) / np.maximum(others, 1)) * BIT) - weights.DOCUMENT_SHARED
    front["bits"] = np.where(others > 0, np.minimum(front["bits"], np.maximum(cap, 0)), front["bits"])


def paper_letters(count: int) -> int:
    """By how many of their first characters this many document numbers are found."""
    return 2 if count < 10_000 else 3 if count < 200_000 else 4


def _buckets(sorted_papers: NDArray[np.void]) -> NDArray[np.int32]:
    letters, bucket = paper_letters(len(sorted_papers)), np.zeros(len(sorted_papers), np.int64)
    for place in range(letters):
        bucket = bucket * 37 + (sorted_papers["high"] >> np.uint64(58 - 6 * place) & np.uint64(63)).astype(
            np.int64
        )
    return _ends(np.bincount(bucket, minlength=37**letters)).astype(np.int32)


def _people(arrays: Arrays, people: People, base: Arrays | None) -> None:
    rows = arrays["rows"]
    order = np.argsort(rows["person"], kind="stable")
    arrays["person_rows"] = order.astype(np.int32)
    arrays["person_ends"] = _ends(np.bincount(rows["person"], minlength=len(people)))
    arrays["sex_same"] = weights.sex_weights(people.sex) if base is None else base["sex_same"]
    if base is not None:
        arrays["date_bits"] = base["date_bits"]
    for name, column in (
        ("ids", people.ids),
        ("given", people.given),
        ("surname", people.surname),
        ("full", people.full),
    ):
        arrays[f"{name}_data"], arrays[f"{name}_ends"] = column.data, column.ends
    arrays |= {
        "name_person": people.person,
        "dob": people.dob,
        "dob_alt": people.dob_alt,
        "sex": people.sex,
        "nationality": people.nationality,
        "nationality_alt": people.nationality_alt,
        "source": people.source,
    }


def together(arrays: Arrays) -> NDArray[np.uint16]:
    """For every token of a row, how much it shares with the token before it in the same part of the name:
    hundredths of a
    bit of pointwise mutual information, 0 where fewer than three names of the list hold both."""
    tokens, rows = arrays["row_tokens"], arrays["rows"]
    number, role = (tokens & TOKEN_NUMBER).astype(np.int64), tokens >> np.uint32(30)
    follows = np.zeros(len(tokens), bool)
    follows[1:] = role[1:] == role[:-1]
    follows[rows["tokens_at"][rows["tokens"] > 0]] = False
    particle = (arrays["tokens"]["flags"][number] & PARTICLE) > 0
    follows[1:] &= ~(particle[1:] | particle[:-1])  # a particle says next to nothing by itself
    second = np.flatnonzero(follows)
    counts = np.bincount(number, minlength=len(arrays["tokens"]))
    _, place, met = np.unique(
        number[second - 1] << 32 | number[second], return_inverse=True, return_counts=True
    )
    both, alone = met[place], counts[number[second - 1]].astype(float) * counts[number[second]]
    bits = np.log2((both - 1).clip(1) * len(rows) / alone)
    out = np.zeros(len(tokens), np.uint16)
    out[second] = np.where(both >= 3, np.rint(bits.clip(0, 30) * 100), 0)
    return out


SAMPLE, LEAST_PAIRS = 200_000, 200


def dependence_of(arrays: Arrays, statistics: tuple[int, int, int]) -> int:
    """How much less a second matching token says because names of one origin go together, in 1/10,000 bit.

    log2 of how much oftener two rows share a pair of tokens than the tokens' shares alone would make them, over a
    sample of rows, at most eight bits; two bits where the list is too small to tell.
    """
    rows, tokens = arrays["rows"], arrays["row_tokens"] & TOKEN_NUMBER
    step = max(len(rows) // SAMPLE, 1)
    sample = rows[::step][rows["tokens"][::step] >= 2]
    first, last = (
        tokens[sample["tokens_at"]].astype(np.int64),
        tokens[sample["tokens_at"] + sample["tokens"] - 1].astype(np.int64),
    )
    pairs = np.unique(first * len(arrays["tokens"]) + last, return_counts=True)[1].astype(float)
    shared = float((pairs * (pairs - 1)).sum())
    if shared < LEAST_PAIRS:
        return 2 * BIT
    alone = [
        float((c * (c - 1)).sum())
        for c in (np.bincount(first).astype(float), np.bincount(last).astype(float))
    ]
    expected = alone[0] * alone[1] / max(len(sample), 1) / max(len(sample) - 1, 1)
    return int(np.clip(np.rint(np.log2(shared / expected) * BIT), 0, 8 * BIT))
