"""The match index on disk: sealed in pieces under a key of its own, opened into memory that is in no file.

To destroy the key makes every copy of the file unreadable; that is done before an erasure returns. The file is
`index-<id>.sealed`: pieces of AES-256-GCM, each after its length, the first of them a header. A piece is bound to
its place and to the number of pieces, so that none can be left out, doubled or put elsewhere.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from numpy.typing import NDArray
from sqlalchemy import Connection, delete, insert, select

from liaison.matching.index import Index
from liaison.matching.segment import Segment
from liaison.model.errors import DamagedIndex, Erased
from liaison.office import Office, new_id
from liaison.ports import Compartment, KeyId
from liaison.storage.tables.holdings import SNAPSHOTS

PIECE = 1 << 23  # bytes
TAG = 16  # bytes that AES-GCM adds
ALIGN = 64
FORM = 1


class Array(msgspec.Struct, array_like=True):
    """One array: its segment (-1: of no segment), name, type, shape, and place in the whole."""

    segment: int
    name: str
    type: Any
    shape: list[int]
    at: int


class Header(msgspec.Struct):
    """What a snapshot holds."""

    form: int
    cursor: int
    size: int
    pieces: int
    lists: list[list[str]]
    arrays: list[Array]
    things: bytes


HEADER = msgspec.msgpack.Decoder(Header)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An index as it was kept: `things` as they were given, and the place in the order of changes it stands at."""

    index: Index
    things: bytes
    cursor: int


def save(office: Office, folder: Path, snapshot: Snapshot) -> Path:
    """Write a snapshot and forget those before it. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    id, ((key_id, key),) = new_id("index"), office.keys.create(Compartment.INDEX)
    place = _place(folder, id)
    try:
        _write(place, key, id, snapshot)
    except BaseException:
        office.keys.destroy([key_id])
        place.unlink(missing_ok=True)
        raise

    def keep(connection: Connection) -> list[tuple[str, int]]:
        old = [(row.id, row.key) for row in connection.execute(select(SNAPSHOTS))]
        connection.execute(delete(SNAPSHOTS))
        row = {"id": id, "key": key_id, "cursor": snapshot.cursor, "made": office.now()}
        connection.execute(insert(SNAPSHOTS).values(**row))
        return old

    old = office.write(keep)
    office.keys.destroy(KeyId(key) for _, key in old)
    tidy(office, folder)
    return place


def spoil(office: Office) -> int:
    """Make every snapshot unreadable at once; how many there were. The files are left to `tidy`."""
    keys = office.read(lambda connection: list(connection.execute(select(SNAPSHOTS.c.key)).scalars()))
    if keys:
        office.keys.destroy(KeyId(key) for key in keys)
        gone = delete(SNAPSHOTS).where(SNAPSHOTS.c.key.in_(keys))
        office.write(lambda connection: connection.execute(gone))
    return len(keys)


def tidy(office: Office, folder: Path) -> None:
    """Remove files that no snapshot stands for."""
    known = office.read(lambda connection: set(connection.execute(select(SNAPSHOTS.c.id)).scalars()))
    for place in folder.glob("index-*.sealed"):
        if place.stem not in known:
            place.unlink(missing_ok=True)


def load(office: Office, folder: Path) -> Snapshot | None:
    """The snapshot that is kept; None where there is none that can be opened.

    Raises DamagedIndex where its bytes are not those that were written.
    """
    row = office.read(lambda connection: connection.execute(select(SNAPSHOTS)).first())
    if row is None or not _place(folder, row.id).is_file():
        return None
    try:
        (key,) = office.keys.fetch([KeyId(row.key)])
    except Erased:
        return None
    return _read(_place(folder, row.id), key, row.id)


def _place(folder: Path, id: str) -> Path:
    return folder / f"{id}.sealed"


def _layout(index: Index) -> tuple[list[Array], list[NDArray[Any]], int]:
    """Where each array stands in the whole, the arrays, and the size of the whole."""
    placed: list[Array] = []
    arrays: list[NDArray[Any]] = []
    at = 0
    for number, segment in enumerate(index.segments):
        for name, array in _arrays(segment).items():
            kind = array.dtype.descr if array.dtype.names else array.dtype.str
            placed.append(Array(number, name, kind, list(array.shape), at))
            arrays.append(array)
            at += -(-array.nbytes // ALIGN) * ALIGN
    return placed, arrays, at


def _arrays(segment: Segment) -> Mapping[str, NDArray[Any]]:
    return segment.arrays | {"removed": segment.removed}


def _write(place: Path, key: bytes, id: str, snapshot: Snapshot) -> None:
    placed, arrays, size = _layout(snapshot.index)
    pieces = -(-size // PIECE)
    lists = [list(segment.lists) for segment in snapshot.index.segments]
    header = Header(FORM, snapshot.cursor, size, pieces, lists, placed, snapshot.things)
    cipher = AESGCM(key)
    with open(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        whole = [msgspec.msgpack.encode(header), *_pieces(arrays)]
        for number, piece in enumerate(whole):
            sealed = cipher.encrypt(_nonce(number), piece, _about(id, number, pieces))
            out.write(len(sealed).to_bytes(8, "little") + sealed)
        out.flush()
        os.fsync(out.fileno())


def _pieces(arrays: list[NDArray[Any]]) -> Iterator[bytes]:
    """The arrays one after another, each at a multiple of ALIGN, in pieces of PIECE bytes."""
    held = bytearray()
    for array in arrays:
        raw = (
            np.ascontiguousarray(array).view(np.uint8).reshape(-1) if array.nbytes else np.zeros(0, np.uint8)
        )
        held += raw.tobytes()
        held += bytes(-len(held) % ALIGN)
        while len(held) >= PIECE:
            yield bytes(held[:PIECE])
            del held[:PIECE]
    if held:
        yield bytes(held)


def _read(place: Path, key: bytes, id: str) -> Snapshot:
    cipher = AESGCM(key)
    try:
        with place.open("rb") as file:
            sealed = _next(file)
            header = _header(cipher, sealed, id)
            room = mmap.mmap(-1, max(header.size, 1))
            if hasattr(mmap, "MADV_DONTDUMP"):
                room.madvise(mmap.MADV_DONTDUMP)  # what is in memory stays out of core dumps
            at = 0
            for number in range(1, header.pieces + 1):
                piece = _next(file)
                view = memoryview(room)[at : at + len(piece) - TAG]
                cipher.decrypt_into(_nonce(number), piece, _about(id, number, header.pieces), view)
                at += len(view)
            if at != header.size or file.read(1):
                raise ValueError("another size than was written")
    except (InvalidTag, ValueError, msgspec.MsgspecError) as error:
        raise DamagedIndex(
            f"{place.name} is not what was written", hint="delete it and start again"
        ) from error
    return Snapshot(_index(header, np.frombuffer(room, np.uint8)), header.things, header.cursor)


def _header(cipher: AESGCM, sealed: bytes, id: str) -> Header:
    """The header; how many pieces follow is bound to each of them, and is checked there."""
    header = HEADER.decode(cipher.decrypt(_nonce(0), sealed, _about(id, 0, 0)))
    if header.form != FORM:
        raise ValueError("another form")
    return header


def _next(file: Any) -> bytes:
    size = int.from_bytes(file.read(8), "little")
    if not TAG <= size <= 1 << 32:
        raise ValueError("no piece")
    sealed: bytes = file.read(size)
    return sealed


def _index(header: Header, whole: NDArray[np.uint8]) -> Index:
    parts: list[dict[str, NDArray[Any]]] = [{} for _ in header.lists]
    for one in header.arrays:
        dtype = _dtype(one.type)
        size = dtype.itemsize * int(np.prod(one.shape, dtype=np.int64))
        piece = whole[one.at : one.at + size]
        parts[one.segment][one.name] = (
            piece.view(dtype).reshape(one.shape) if size else np.zeros(one.shape, dtype)
        )
    return Index(
        [
            Segment(part, tuple(lists), part.pop("removed").copy())
            for part, lists in zip(parts, header.lists, strict=True)
        ]
    )


def _dtype(kind: Any) -> np.dtype[Any]:
    if isinstance(kind, str):
        return np.dtype(kind)
    return np.dtype([tuple(tuple(p) if isinstance(p, list) else p for p in field) for field in kind])


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")  # the key seals this snapshot alone, so that a counter never repeats


def _about(id: str, number: int, pieces: int) -> bytes:
    return f"index_snapshots:{id}:{number}:{pieces if number else 0}".encode()
