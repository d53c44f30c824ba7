"""One check, in well under a millisecond: the same index, the same scores, no arrays made on the way."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from liaison.kernel import address, lib
from liaison.matching import weights
from liaison.matching.book import ANY_ROLE, GIVEN, SURNAME, kernel_phonetics, lexicon
from liaison.matching.build import MOST_TOKENS, PAPER
from liaison.matching.columns import Strings
from liaison.matching.index import Index
from liaison.matching.names.romanise import forms
from liaison.matching.names.split import tokens
from liaison.matching.search import HIT
from liaison.matching.segment import Segment


@dataclass(frozen=True, slots=True)
class Person:
    """Who is asked about. `born` is a dob_code; `nationality` a country_code; `sex` 0 unknown, 1 male, 2 female."""

    given: str = ""
    surname: str = ""
    full: str = ""
    born: int = 0
    sex: int = 0
    nationality: int = 0
    document: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A record that matches: its number in the index, the name that matched, and the score in 1/10,000 bit."""

    record: int
    name: int
    score: int


class KernelTables(ctypes.Structure):
    """The kernel's `Tables`."""

    _fields_ = [
        *((name, ctypes.c_void_p) for name in ("particles", "titles", "varied", "known", "classes")),
        *((f"{name}_count", ctypes.c_int64) for name in ("particle", "title", "varied", "known", "class")),
        *((name, ctypes.c_void_p) for name in ("group_ends", "mask_ends", "groups", "masks", "known_bits")),
        ("unseen", ctypes.c_int32),
    ]


class KernelOne(ctypes.Structure):
    """The kernel's `One`."""

    _fields_ = [
        ("name", ctypes.c_char_p),
        ("length", ctypes.c_int64),
        ("dob", ctypes.c_int32),
        ("nationality", ctypes.c_uint16 * 2),
        ("sex", ctypes.c_uint8),
        ("papers", ctypes.c_void_p * 2),
        ("paper_count", ctypes.c_int64),
        ("list_open", ctypes.c_void_p),
        ("least", ctypes.c_int32),
    ]


@lru_cache(maxsize=65536)
def _spelled(token: str, role: int) -> bytes:
    """A token as the kernel reads it: its role, how many forms, and each form after its length."""
    spelled = [form.encode()[:255] for form in forms(token)]
    return bytes([role, len(spelled)]) + b"".join(bytes([len(form)]) + form for form in spelled)


class Checker:
    """Checks one person at a time against an index; for one thread."""

    def __init__(self, index: Index, lists: frozenset[str] | None = None) -> None:
        self._index, self._lists = index, lists
        self._function = lib().lk_check
        self._function.restype = ctypes.c_int64
        self._function.argtypes = [ctypes.c_void_p] * 5 + [ctypes.c_int64] + [ctypes.c_void_p] * 2
        self._hits, self._papers = np.empty(256, HIT), np.zeros((2, 1), PAPER)
        self._segments = [_Prepared(segment, lists) for segment in index.segments]

    def check(self, person: Person, least: int | None = None) -> list[Found]:
        """Who matches, strongest first. `least`: the score an alert needs, by default that at which at most four
        records would match by chance."""
        if len(self._segments) != len(self._index.segments):
            self._segments = [_Prepared(segment, self._lists) for segment in self._index.segments]
        one = self._question(person, weights.default_least(len(self._index)) if least is None else least)
        best: dict[int, Found] = {}
        for number, prepared in enumerate(self._segments):
            one.list_open = prepared.list_open.ctypes.data
            for _, row, score in self._hits[: self._run(prepared, one)].tolist():
                record, name = self._index.place(number, row)
                if record not in best or (score, -name) > (best[record].score, -best[record].name):
                    best[record] = Found(record, name, score)
        return sorted(best.values(), key=lambda found: (-found.score, found.record))

    def _question(self, person: Person, least: int) -> KernelOne:
        parts = ((person.given, GIVEN), (person.surname, SURNAME), (person.full, ANY_ROLE))
        name = b"".join(
            [_spelled(token, role) for text, role in parts if text for token in tokens(text)][:MOST_TOKENS]
        )
        one = KernelOne(name, len(name), person.born, (person.nationality, 0), person.sex)
        one.least = least
        if person.document:
            column = Strings.of([person.document])
            lib().lk_pack_papers(
                address(column.data),
                address(column.ends),
                ctypes.c_int64(1),
                ctypes.c_int32(weights.DOCUMENT_SHARED),
                address(self._papers[0]),
                address(self._papers[1]),
            )
            one.paper_count = int(self._papers[0]["low"][0] & np.uint64(255)) > 0
            one.papers = (self._papers[0].ctypes.data, self._papers[1].ctypes.data)
        return one

    def _run(self, prepared: _Prepared, one: KernelOne) -> int:
        with prepared.segment.scratch() as scratch:
            while True:
                made = self._function(
                    prepared.index,
                    prepared.phonetics,
                    prepared.tables,
                    ctypes.byref(one),
                    self._hits.ctypes.data,
                    len(self._hits),
                    scratch.cache,
                    scratch.seen.ctypes.data,
                )
                if made != -2:
                    return max(int(made), 0)
                self._hits = np.empty(2 * len(self._hits), HIT)


class _Prepared:
    """What the kernel needs of a segment, looked up once."""

    def __init__(self, segment: Segment, lists: frozenset[str] | None) -> None:
        known, a = lexicon(), segment.arrays
        self.segment = segment
        self.index, self.phonetics = ctypes.byref(segment.kernel), ctypes.byref(kernel_phonetics())
        self.list_open = np.array([lists is None or name in lists for name in segment.lists], np.uint8)
        arrays = (known.particles, known.titles, known.varied, a["known"], a["classes"])
        self.known = known  # its arrays are read as long as this is
        self.held = KernelTables(
            *(address(array) for array in arrays),
            *(len(array) for array in arrays),
            *(
                address(array)
                for array in (known.group_ends, known.mask_ends, known.groups, known.masks, a["known_bits"])
            ),
            int(a["statistics"][2]),
        )
        self.tables = ctypes.byref(self.held)
