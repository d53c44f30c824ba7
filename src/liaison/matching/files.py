"""Named arrays in one file: written whole or not at all, memory-mapped, checksummed.

Layout: 8 bytes of magic, the header's length (uint64, little endian), a JSON header, then each array at a multiple
of 64 bytes. The header names the format's version and, for every array, its type, shape, place and checksum.
"""

from __future__ import annotations

import ctypes
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from liaison.kernel import address, lib
from liaison.model.errors import DamagedIndex

MAGIC = b"LIAISON\x01"
VERSION = 1
ALIGN = 64
LONGEST_HEADER = 1 << 20


def checksum(array: NDArray[np.generic]) -> str:
    """The kernel's checksum of an array's bytes, in hexadecimal."""
    function = lib().lk_checksum
    function.restype = ctypes.c_uint64
    return f"{function(address(np.ascontiguousarray(array)), ctypes.c_int64(array.nbytes)):016x}"


def save(path: Path, arrays: Mapping[str, NDArray[np.generic]], about: Mapping[str, object]) -> None:
    """Write the arrays and what there is to say about them; the file at `path` is replaced in one step."""
    places, at = {}, 0
    for name, array in arrays.items():
        places[name] = {"type": _type(array), "shape": list(array.shape), "at": at, "sum": checksum(array)}
        at += -(-array.nbytes // ALIGN) * ALIGN
    header = json.dumps({"version": VERSION, "about": dict(about), "arrays": places}).encode()
    start = -(-(len(MAGIC) + 8 + len(header)) // ALIGN) * ALIGN
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.name, delete=False) as out:
        try:
            out.write((MAGIC + len(header).to_bytes(8, "little") + header).ljust(start, b"\0"))
            for array in arrays.values():
                out.write(np.ascontiguousarray(array).data)
                out.write(b"\0" * (-array.nbytes % ALIGN))
            out.flush()
            os.fsync(out.fileno())
            os.replace(out.name, path)
        except BaseException:
            os.unlink(out.name)
            raise


def _type(array: NDArray[np.generic]) -> object:
    return array.dtype.descr if array.dtype.names else array.dtype.str


def _dtype(stored: object) -> np.dtype[np.generic]:
    if isinstance(stored, str):
        return np.dtype(stored)
    return np.dtype([tuple(tuple(p) if isinstance(p, list) else p for p in field) for field in stored])  # type: ignore


def load(path: Path) -> tuple[dict[str, NDArray[np.generic]], dict[str, object]]:
    """The arrays of a file, mapped and checked, and what was said about them. Raises DamagedIndex with the file's name."""
    try:
        with path.open("rb") as file:
            head = file.read(len(MAGIC) + 8)
            if head[:7] != MAGIC[:7] or len(head) < len(MAGIC) + 8:
                raise DamagedIndex(f"{path} is not an index", hint="give a file that `liaison index` wrote")
            length = int.from_bytes(head[len(MAGIC) :], "little")
            if head[: len(MAGIC)] != MAGIC or length > LONGEST_HEADER:
                raise DamagedIndex(f"{path} was written by another version")
            header = json.loads(file.read(length))
        return _map(path, header, -(-(len(MAGIC) + 8 + length) // ALIGN) * ALIGN), header["about"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedIndex(f"{path} is damaged: its header cannot be read") from error


def _map(path: Path, header: dict[str, dict[str, dict[str, object]]], start: int) -> dict[str, NDArray[np.generic]]:
    if header["version"] != VERSION:
        raise DamagedIndex(f"{path} was written in format {header['version']}, this program reads {VERSION}")
    whole, arrays = np.memmap(path, np.uint8, "r"), {}
    for name, place in header["arrays"].items():
        dtype, shape = _dtype(place["type"]), tuple(place["shape"])  # type: ignore
        first = start + int(place["at"])  # type: ignore
        piece = whole[first : first + dtype.itemsize * int(np.prod(shape, dtype=np.int64))]
        if checksum(piece) != place["sum"]:
            raise DamagedIndex(f"{path} is damaged: its part {name!r} is not what was written")
        arrays[name] = np.frombuffer(piece, dtype).reshape(shape) if len(piece) else np.zeros(shape, dtype)
    return arrays
