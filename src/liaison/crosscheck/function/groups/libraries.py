"""Where libsodium comes from: the system, or the wheel `rbcl`, which carries one for machines without.

The wheel keeps the library as a line of hexadecimal digits in a module that, when it is imported, writes them to a
temporary file and leaves it there. Here the module is read and not run, and the library is loaded from memory.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import importlib.util
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from liaison.model.errors import GroupMissing

SYSTEM = ("libsodium.so.26", "libsodium.so.23", "libsodium.dylib")  # 1.0.20 and later; 1.0.18; macOS
NEEDED = "crypto_scalarmult_ristretto255"  # from 1.0.18 on
DIGITS = re.compile(rb"'([0-9a-f]{20000,})'")


def _system() -> ctypes.CDLL:
    for name in _system_names():
        try:
            library = ctypes.CDLL(name)
        except OSError:
            continue
        if hasattr(library, NEEDED):
            return library
    raise GroupMissing("no libsodium of 1.0.18 or later is on this system")


def _system_names() -> Iterator[str]:
    yield from SYSTEM
    if found := ctypes.util.find_library("sodium"):
        yield found


def _wheel() -> ctypes.CDLL:
    spec = importlib.util.find_spec("rbcl")
    if spec is None or not spec.submodule_search_locations:
        raise GroupMissing("the wheel rbcl is not installed")
    module = Path(spec.submodule_search_locations[0]) / "_sodium.py"
    try:
        digits = DIGITS.search(module.read_bytes())
        if digits is None:
            raise GroupMissing("the wheel rbcl holds no library where one is expected")
        return _from_memory(bytes.fromhex(digits[1].decode("ascii")))
    except OSError as error:
        raise GroupMissing(f"the library in the wheel rbcl cannot be loaded: {error}") from error


def _from_memory(content: bytes) -> ctypes.CDLL:
    """A library loaded from a file that has no name, or whose name is gone once it is loaded. Raises OSError.

    The file without a name stays open: the system's loader knows libraries by path, and would take another file that
    got the same number for this one.
    """
    if hasattr(os, "memfd_create"):
        file = os.memfd_create("libsodium", os.MFD_CLOEXEC)
        with os.fdopen(file, "wb", closefd=False) as out:
            out.write(content)
        return ctypes.CDLL(f"/proc/self/fd/{file}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "libsodium"
        path.write_bytes(content)
        return ctypes.CDLL(str(path))


BACKENDS = {"libsodium": _system, "wheel": _wheel}


def load(name: str) -> ctypes.CDLL:
    """The library of one of BACKENDS, not yet initialised. Raises GroupMissing."""
    return BACKENDS[name]()
