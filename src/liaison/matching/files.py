"""Named arrays in one file: written whole or not at all, memory-mapped, checksummed.

Layout: 8 bytes of magic, the header's length (uint64, little endian), the first 16 bytes of the header's SHA-256, a
JSON header, then each array at a multiple of 64 bytes. The header names the format's version and, for every array, its
type, shape, place and checksum.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liaison.kernel import address, lib
from liaison.model.errors import DamagedIndex

MAGIC = b"LIAISON\x01"
VERSION = 1
ALIGN = 64
LONGEST_HEADER = 1 << 20
HEAD = len(MAGIC) + 8 + 16


def _head(header: bytes) -> bytes:
    return MAGIC + len(header).to_bytes(8, "little") + hashlib.sha256(header).digest()[:16]


def _first_array(header: int) -> int:
    return -(-(HEAD + header) // ALIGN) * ALIGN


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
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.name, delete=False) as out:
        try:
            out.write((_head(header) + header).ljust(_first_array(len(header)), b"\0"))
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


def load(path: Path) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """The arrays of a file, mapped and checked, and what was said about them. Raises DamagedIndex with the
    file's name."""
    with path.open("rb") as file:
        head = file.read(HEAD)
        if head[: len(MAGIC) - 1] != MAGIC[:-1]:
            raise DamagedIndex(f"{path} is not an index", hint="give a file that `liaison index` wrote")
        if head[: len(MAGIC)] != MAGIC:
            raise DamagedIndex(f"{path} was written in another format of the program")
        text = file.read(min(int.from_bytes(head[len(MAGIC) : len(MAGIC) + 8], "little"), LONGEST_HEADER))
    if _head(text) != head:
        raise DamagedIndex(f"{path} is damaged: its header is not what was written")
    header = json.loads(text)
    return _map(path, header, _first_array(len(text))), header["about"]


def _map(path: Path, header: dict[str, Any], start: int) -> dict[str, NDArray[Any]]:
    if header["version"] != VERSION:
        raise DamagedIndex(f"{path} was written in format {header['version']}, this program reads {VERSION}")
    whole, arrays = np.memmap(path, np.uint8, "r"), {}
    for name, place in header["arrays"].items():
        dtype, shape = _dtype(place["type"]), tuple(place["shape"])
        first = start + int(place["at"])
        piece = whole[first : first + dtype.itemsize * int(np.prod(shape, dtype=np.int64))]
        if checksum(piece) != place["sum"]:
            raise DamagedIndex(f"{path} is damaged: its part {name!r} is not what was written")
        arrays[name] = np.frombuffer(piece, dtype).reshape(shape) if len(piece) else np.zeros(shape, dtype)
    return arrays
