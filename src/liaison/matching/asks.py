"""The people to check, as the kernel takes them: tokens, classes, variants, document numbers."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liaison.kernel import address
from liaison.matching.book import Book, KernelBook, Names, found_in, read_names, write_book
from liaison.matching.build import Arrays, by_date, papers, rarity_of, readings, tidy, without_titles
from liaison.matching.columns import People
from liaison.matching.segment import Segment


class KernelAsks(ctypes.Structure):
    """The kernel's `Asks`."""

    _fields_ = [
        ("book", KernelBook),
        ("name_ends", ctypes.c_void_p),
        ("name_tokens", ctypes.c_void_p),
        ("class_ends", ctypes.c_void_p),
        ("classes", ctypes.c_void_p),
        ("variant_ends", ctypes.c_void_p),
        ("variant_masks", ctypes.c_void_p),
        ("ask_name", ctypes.c_void_p),
        ("ask_dob", ctypes.c_void_p),
        ("name_person", ctypes.c_void_p),
        ("sex", ctypes.c_void_p),
        ("nationality", ctypes.c_void_p),
        ("paper_ends", ctypes.c_void_p),
        ("papers", ctypes.c_void_p * 2),
        ("list_open", ctypes.c_void_p),
        ("least", ctypes.c_int32),
    ]


@dataclass(frozen=True, slots=True)
class Asks:
    """n people as questions. An ask is one name with one reading of the date of birth; `order` puts near
    dates together."""

    book: Book
    names: Names
    class_keys: NDArray[np.uint64]
    columns: Arrays
    order: NDArray[np.int32]


def prepare(people: People, base: Segment) -> Asks:
    """The questions, weighed by the statistics of the base segment."""
    return weigh(read_asks(people), base)


def weigh(asks: Asks, base: Segment) -> Asks:
    """The questions with the rarity of their tokens in the base segment; the same object."""
    asks.book.tokens["rarity"] = rarity_of(base.arrays, asks.book.codes)
    return asks


def read_asks(people: People) -> Asks:
    """The questions before any list is known, so that they can be read while an index is built."""
    names = tidy(read_names([people.given, people.surname, people.full]))
    book = write_book(names.words)
    names = without_titles(names, book.tokens["flags"])
    keys, class_ends = book.classes()
    dob, _, name = readings(people)
    variant_ends, variant_masks = book.variant_masks()
    nationality = np.stack([people.nationality, people.nationality_alt], axis=1)
    known: Arrays = {
        "ask_dob": dob,
        "ask_name": name,
        "class_ends": class_ends,
        "variant_ends": variant_ends,
        "variant_masks": variant_masks,
        "name_person": np.ascontiguousarray(people.person),
        "sex": np.ascontiguousarray(people.sex),
        "nationality": np.ascontiguousarray(nationality),
    }
    columns = known | papers(people.documents, people.document_person, len(people), held=False)
    return Asks(book, names, keys, columns, by_date(dob).astype(np.int32))


@dataclass(frozen=True, slots=True)
class Question:
    """The asks as one segment's kernel takes them; holds the arrays that the kernel reads."""

    kernel: KernelAsks
    arrays: tuple[NDArray[np.generic], ...]


def question(asks: Asks, segment: Segment, least: int, list_open: NDArray[np.uint8]) -> Question:
    """The asks against one segment, for scores of at least `least`, among the lists that are open."""
    classes, c = found_in(segment.arrays["classes"], asks.class_keys).astype(np.int32), asks.columns
    kernel = KernelAsks(
        asks.book.kernel(),
        address(asks.names.ends),
        address(asks.names.tokens),
        address(c["class_ends"]),
        address(classes),
        address(c["variant_ends"]),
        address(c["variant_masks"]),
        address(c["ask_name"]),
        address(c["ask_dob"]),
        address(c["name_person"]),
        address(c["sex"]),
        address(c["nationality"]),
        address(c["paper_ends"]),
        (ctypes.c_void_p * 2)(address(c["papers_front"]), address(c["papers_back"])),
        address(list_open),
        least,
    )
    return Question(kernel, (classes, list_open))
