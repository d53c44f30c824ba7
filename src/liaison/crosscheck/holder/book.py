"""The book of a set: which heads came of which record, so that a record can be taken out again.

It is kept in sealed pieces. Piece 0 holds the shares by which keys were chosen and what of the records was surveyed;
each other one some records: marks uint64[n], counts uint8[n], heads uint64[sum of counts]. A mark is the first eight
bytes of a record's id's SHA-256.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from hashlib import sha256
from typing import Any

import msgspec
import numpy as np
from sqlalchemy import Connection, delete, insert, select

from liaison.crosscheck.function.eliasfano import Numbers
from liaison.crosscheck.holder.epochs import Epoch
from liaison.crosscheck.likeness.shares import Shares
from liaison.office import Office
from liaison.storage.sealing import seal, unseal
from liaison.storage.tables.crosscheck import BOOK

EIGHT = 8  # bytes of a mark or a head
SURVEY = 0  # the number of the piece with the shares


class _Piece(msgspec.Struct):
    """A piece as it is sealed; `last` is the id of its last record."""

    last: str
    marks: bytes
    counts: bytes
    heads: bytes


class _Survey(msgspec.Struct):
    """What was surveyed, as it is sealed; `canaries` are heads."""

    last: str
    whole: bool
    shares: dict[str, Any]
    canaries: bytes


PIECE, SURVEYED = msgspec.msgpack.Decoder(_Piece), msgspec.msgpack.Decoder(_Survey)
NOTHING: Numbers = np.zeros(0, np.uint64)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some records and their heads."""

    last: str
    marks: Numbers
    counts: Any  # uint8[n]
    heads: Numbers

    def parted(self, marks: Numbers) -> tuple[Piece, Numbers] | None:
        """The same but for these records, and the heads that they had; None where it has none of them."""
        kept = ~np.isin(self.marks, marks)
        if kept.all():
            return None
        each = np.repeat(kept, self.counts)
        rest = replace(self, marks=self.marks[kept], counts=self.counts[kept], heads=self.heads[each])
        return rest, self.heads[~each]


@dataclass(frozen=True, slots=True)
class Survey:
    """What the first pass over the records gave so far: up to which record, and whether it was all of them."""

    last: str = ""
    whole: bool = False
    shares: Shares = field(default_factory=Shares)
    canaries: Numbers = field(default_factory=lambda: NOTHING)  # heads of invented people


def mark_of(record: str) -> int:
    """By what a record stands in the book."""
    return int.from_bytes(sha256(record.encode()).digest()[:EIGHT], "big")


def marks_of(records: Iterable[str]) -> Numbers:
    """uint64[n]."""
    return np.fromiter(map(mark_of, records), np.uint64)


def piece_of(last: str, records: Sequence[str], counts: Sequence[int], heads: Numbers) -> Piece:
    """A piece of records, each with so many of the heads, in order."""
    return Piece(last, marks_of(records), np.array(counts, np.uint8), heads)


def about(epoch: str, number: int) -> str:
    """What a piece is bound to."""
    return f"crosscheck_book:{epoch}:{number}"


def sealed(key: bytes, epoch: str, number: int, content: Piece | Survey) -> dict[str, object]:
    """A row of the book."""
    if isinstance(content, Piece):
        written = msgspec.msgpack.encode(
            _Piece(content.last, content.marks.tobytes(), content.counts.tobytes(), content.heads.tobytes())
        )
    else:
        shares = {each.name: getattr(content.shares, each.name) for each in fields(Shares)}
        written = msgspec.msgpack.encode(
            _Survey(content.last, content.whole, shares, content.canaries.tobytes())
        )
    return {"epoch": epoch, "number": number, "sealed": seal(key, written, about(epoch, number))}


def put(connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    """Write pieces, each in the place of the one of its number."""
    for row in rows:
        here = (BOOK.c.epoch == row["epoch"]) & (BOOK.c.number == row["number"])
        connection.execute(delete(BOOK).where(here))
    if rows:
        connection.execute(insert(BOOK), list(rows))


def survey(office: Office, key: bytes, epoch: Epoch) -> Survey:
    """What was surveyed so far."""
    content = _content(office, key, epoch.id, SURVEY)
    if content is None:
        return Survey()
    held = SURVEYED.decode(content)
    given: dict[str, Any] = {
        name: Counter(one) if isinstance(one, dict) else one for name, one in held.shares.items()
    }
    return Survey(held.last, held.whole, Shares(**given), np.frombuffer(held.canaries, np.uint64))


def last_piece(office: Office, key: bytes, epoch: Epoch) -> tuple[int, str]:
    """The number of the last piece, and the id of its last record; 0 and "" where there is none."""
    query = select(BOOK.c.number).where(BOOK.c.epoch == epoch.id).order_by(BOOK.c.number.desc()).limit(1)
    number = office.read(lambda connection: connection.execute(query).scalar()) or 0
    content = _content(office, key, epoch.id, number) if number else None
    return number, PIECE.decode(content).last if content is not None else ""


def pieces(office: Office, key: bytes, epoch: Epoch) -> dict[int, Piece]:
    """Every piece of records, by its number."""
    numbers = select(BOOK.c.number).where(BOOK.c.epoch == epoch.id, BOOK.c.number > SURVEY)
    found: dict[int, Piece] = {}
    for number in office.read(lambda connection: list(connection.execute(numbers).scalars())):
        content = _content(office, key, epoch.id, number)
        if content is not None:
            found[number] = _piece(PIECE.decode(content))
    return found


def heads_of(held: Iterable[Piece]) -> Numbers:
    """The heads of pieces, in no order."""
    return np.concatenate([NOTHING, *(each.heads for each in held)])


def records_of(held: Iterable[Piece]) -> int:
    """How many records pieces hold."""
    return sum(len(each.marks) for each in held)


def _piece(held: _Piece) -> Piece:
    counts = np.frombuffer(held.counts, np.uint8)
    return Piece(
        held.last, np.frombuffer(held.marks, np.uint64), counts, np.frombuffer(held.heads, np.uint64)
    )


def _content(office: Office, key: bytes, epoch: str, number: int) -> bytes | None:
    query = select(BOOK.c.sealed).where(BOOK.c.epoch == epoch, BOOK.c.number == number)
    held = office.read(lambda connection: connection.execute(query).scalar())
    return None if held is None else unseal(key, held, about(epoch, number))
