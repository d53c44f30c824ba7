"""Books: the distinct tokens of many names with their forms, flags and variants, laid out as the kernel reads them."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liaison.kernel import address, lib
from liaison.kernel.once import once
from liaison.matching import phonetics
from liaison.matching.columns import Strings
from liaison.matching.names.background import people_bits
from liaison.matching.names.characters import classes
from liaison.matching.names.particles import PARTICLES, TITLES
from liaison.matching.names.romanise import forms
from liaison.matching.names.variants import table
from liaison.matching.weights import SHARES

TOKEN = np.dtype(
    [
        ("at", "u4"),
        ("rarity", "i4"),
        ("groups_at", "u4"),
        ("mask", "u4"),
        ("groups", "u2"),
        ("forms", "u1"),
        ("flags", "u1"),
        ("length", "u1"),
        ("fold_length", "u1"),
        ("group_bits", "u2"),
    ]
)
PARTICLE, TITLE, INITIAL, NOTHING = 1, 2, 4, 8
TOKEN_NUMBER = np.uint32(0x3FFFFFFF)  # a token in a name: its number, and its role in the two bits above
ANY_ROLE, GIVEN, SURNAME = 0, 1, 2


class KernelPhonetics(ctypes.Structure):
    """phonetics.rule_table() for the kernel."""

    _fields_ = [("rules", ctypes.c_void_p), ("first", ctypes.c_void_p), ("classes", ctypes.c_void_p)]


@once
def kernel_phonetics() -> KernelPhonetics:
    """The phonetic tables as the kernel takes them; kept for the life of the process."""
    arrays = phonetics.rule_table()
    held = KernelPhonetics(*(address(array) for array in arrays))
    held.arrays = arrays
    return held


@dataclass(frozen=True, slots=True)
class Names:
    """The tokens of k names. tokens: uint32[t], number | role << 30; ends: int64[k + 1]; words: the distinct tokens."""

    tokens: NDArray[np.uint32]
    ends: NDArray[np.int64]
    words: Strings


def read_names(columns: Sequence[Strings]) -> Names:
    """Split the columns (given, surname, full) of k names into tokens, kept in that order within a name."""
    rows, room = len(columns[0]), sum(int(c.ends[-1]) + len(c) for c in columns) // 2 + 8
    tokens, ends = np.empty(room, np.uint32), np.empty(rows + 1, np.int64)
    vocabulary = ctypes.c_void_p(_vocabulary_new())
    try:
        datas = (ctypes.c_void_p * 3)(*(c.data.ctypes.data for c in columns))
        ended = (ctypes.c_void_p * 3)(*(c.ends.ctypes.data for c in columns))
        made = _tokens(vocabulary, datas, ended, 0, rows, address(classes()), address(tokens), address(ends))
        if made < 0:
            raise MemoryError("no memory for the tokens of the names")
        size = ctypes.c_int64()
        count = _vocabulary_size(vocabulary, ctypes.byref(size))
        data, word_ends = np.empty(size.value, np.uint8), np.empty(count + 1, np.int64)
        lib().lk_vocabulary_copy(vocabulary, address(data), address(word_ends))
    finally:
        lib().lk_vocabulary_free(vocabulary)
    return Names(tokens[:made].copy(), ends, Strings(data, word_ends))


def _vocabulary_new() -> int:
    function = lib().lk_vocabulary_new
    function.restype = ctypes.c_void_p
    made: int | None = function()
    if not made:
        raise MemoryError("no memory for a vocabulary")
    return made


def _vocabulary_size(vocabulary: ctypes.c_void_p, size: object) -> int:
    function = lib().lk_vocabulary_size
    function.restype = ctypes.c_int64
    return int(function(vocabulary, size))


def _tokens(*arguments: object) -> int:
    function = lib().lk_tokens
    function.restype = ctypes.c_int64
    function.argtypes = [ctypes.c_void_p] * 3 + [ctypes.c_int64] * 2 + [ctypes.c_void_p] * 3
    return int(function(*arguments))


def hashes(strings: Strings) -> NDArray[np.uint64]:
    """The kernel's 64-bit hash of every string."""
    out = np.empty(len(strings), np.uint64)
    lib().lk_hash(address(strings.data), address(strings.ends), ctypes.c_int64(len(strings)), address(out))
    return out


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Particles, titles and variants of given names by the hash of their form, sorted."""

    particles: NDArray[np.uint64]
    titles: NDArray[np.uint64]
    varied: NDArray[np.uint64]  # forms that belong to a group
    group_ends: NDArray[np.int64]
    groups: NDArray[np.uint32]
    common: NDArray[np.uint64]  # forms of the background
    shares: NDArray[np.int64]  # and their shares, in parts of weights.SHARES
    mask_ends: NDArray[np.int64]  # by group: the masks of its members
    masks: NDArray[np.uint32]


@once
def lexicon() -> Lexicon:
    """The tables of `names` as arrays."""
    variants = table()
    spelled = sorted(variants)
    codes = hashes(Strings.of(spelled))
    order = np.argsort(codes)
    listed = [variants[spelled[i]] for i in order]
    count = 1 + max((g for groups in listed for g in groups), default=0)
    members: list[set[int]] = [set() for _ in range(count)]
    for form, groups in variants.items():
        for group in groups:
            members[group].add(phonetics.mask(form))
    return Lexicon(
        np.sort(hashes(Strings.of(sorted(PARTICLES)))),
        np.sort(hashes(Strings.of(sorted(TITLES)))),
        codes[order],
        _ends([len(groups) for groups in listed]),
        np.array([g for groups in listed for g in groups], np.uint32),
        *_background(),
        _ends([len(masks) for masks in members]),
        np.array([m for masks in members for m in sorted(masks)], np.uint32),
    )


def _background() -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    forms_of, bits = zip(*sorted(people_bits().items()), strict=True)
    codes = hashes(Strings.of(forms_of))
    order = np.argsort(codes)
    return codes[order], np.maximum(np.rint(SHARES * 2.0 ** -np.array(bits)[order]), 1).astype(np.int64)


def _ends(lengths: Sequence[int] | NDArray[np.integer]) -> NDArray[np.int64]:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(np.asarray(lengths, np.int64))])


def spread(starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """The places start, start + 1, ... of every run, one run after another."""
    ends = _ends(lengths)
    return np.repeat(starts - ends[:-1], lengths) + np.arange(ends[-1])


def first_of_each(codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each distinct code stands first, by rising code; numpy.unique would load the masked arrays first."""
    order = np.argsort(codes, kind="stable")
    new = np.ones(len(codes), bool)
    new[1:] = codes[order[1:]] != codes[order[:-1]]
    return order[new]


def found_in(sorted_codes: NDArray[np.uint64], codes: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Where each code stands in a sorted array; -1 where it does not."""
    if not len(sorted_codes):
        return np.full(len(codes), -1, np.int64)
    at = np.minimum(np.searchsorted(sorted_codes, codes), len(sorted_codes) - 1)
    return np.where(sorted_codes[at] == codes, at, -1).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Book:
    """Distinct tokens as the kernel reads them. tokens: TOKEN[n], pool: uint8, groups: uint32; codes: hash
    of each first form."""

    tokens: NDArray[np.void]
    pool: NDArray[np.uint8]
    groups: NDArray[np.uint32]
    codes: NDArray[np.uint64]

    def classes(self) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """The class keys of every token, and where each token's end: uint64[c], int64[n + 1]."""
        keys, ends = np.empty(8 * len(self.tokens) + 1, np.uint64), np.empty(len(self.tokens) + 1, np.int64)
        function = lib().lk_classes
        function.restype = ctypes.c_int64
        total = function(
            ctypes.byref(self.kernel()), ctypes.c_int64(len(self.tokens)), address(keys), address(ends)
        )
        return keys[:total].copy(), ends

    def kernel(self) -> KernelBook:
        """This book for the kernel; the arrays must outlive it."""
        return KernelBook(address(self.tokens), address(self.pool), address(self.groups))

    def variant_masks(self) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
        """The masks of the variants of every token's name: where each token's end, and the masks."""
        known = lexicon()
        token = np.repeat(np.arange(len(self.tokens)), self.tokens["groups"])
        group = self.groups[: len(token)].astype(np.int64)
        lengths = np.diff(known.mask_ends)[group]
        masks = known.masks[spread(known.mask_ends[:-1][group], lengths)]
        return _ends(np.bincount(np.repeat(token, lengths), minlength=len(self.tokens))), masks


class KernelBook(ctypes.Structure):
    """A Book for the kernel."""

    _fields_ = [("tokens", ctypes.c_void_p), ("pool", ctypes.c_void_p), ("groups", ctypes.c_void_p)]


def write_book(words: Strings) -> Book:
    """The book of distinct tokens; rarities are left 0."""
    spelled, first = _forms_of(words)
    pool = np.empty(2 * int(spelled.ends[-1]) + 48 * len(spelled) + 64, np.uint8)
    tokens = np.zeros(len(words), TOKEN)
    function = lib().lk_write_forms
    function.restype = ctypes.c_int64
    blocks = function(
        ctypes.byref(kernel_phonetics()),
        address(spelled.data),
        address(spelled.ends),
        address(first),
        ctypes.c_int64(len(words)),
        address(pool),
        address(tokens),
    )
    codes = hashes(spelled)
    groups = _mark(tokens, spelled, first, codes)
    return Book(tokens, pool[: 16 * blocks].copy(), groups, codes[first[:-1]])


def _forms_of(words: Strings) -> tuple[Strings, NDArray[np.int64]]:
    """The forms of all tokens, and where each token's begin: an ASCII token is its own only form."""
    foreign_bytes = np.concatenate([[0], np.cumsum(words.data >= 128)])
    foreign = np.flatnonzero(np.diff(foreign_bytes[words.ends]) > 0)
    if not len(foreign):
        return words, np.arange(len(words) + 1, dtype=np.int64)
    made = [forms(words[int(row)]) or ("",) for row in foreign]
    counts = np.ones(len(words), np.int64)
    counts[foreign] = [len(several) for several in made]
    both = Strings.concat([words, Strings.of(form for several in made for form in several)])
    starts = np.arange(len(words), dtype=np.int64)
    starts[foreign] = len(words) + _ends([len(several) for several in made])[:-1]
    return both.take(spread(starts, counts)), _ends(counts)


def _mark(
    tokens: NDArray[np.void], spelled: Strings, first: NDArray[np.int64], codes: NDArray[np.uint64]
) -> NDArray[np.uint32]:
    """Set flags and groups of every token; returns the groups, token after token."""
    known, primary = lexicon(), codes[first[:-1]]
    tokens["flags"] |= np.where(found_in(known.particles, primary) >= 0, PARTICLE, 0).astype(np.uint8)
    tokens["flags"] |= np.where(found_in(known.titles, primary) >= 0, TITLE, 0).astype(np.uint8)
    letters = np.diff(spelled.ends)[first[:-1]]
    tokens["flags"] |= np.where(letters == 1, INITIAL, 0).astype(np.uint8)
    tokens["flags"] |= np.where(letters == 0, NOTHING, 0).astype(np.uint8)
    at = found_in(known.varied, codes)
    owner = np.repeat(np.arange(len(tokens)), np.diff(first))[at >= 0]
    at = at[at >= 0]
    lengths = np.diff(known.group_ends)[at]
    groups = known.groups[spread(known.group_ends[:-1][at], lengths)].astype(np.int64)
    both = np.repeat(owner, lengths) << 32 | groups
    both = both[np.sort(first_of_each(both))]
    pairs = np.stack([both >> 32, both & 0xFFFFFFFF])
    counts = np.bincount(pairs[0], minlength=len(tokens))
    np.bitwise_or.at(tokens["group_bits"], pairs[0], (1 << (pairs[1] & 15)).astype(np.uint16))
    tokens["groups"], tokens["groups_at"] = counts, _ends(counts)[:-1]
    numbers: NDArray[np.uint32] = pairs[1].astype(np.uint32)
    return numbers
