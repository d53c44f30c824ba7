"""Compile the kernel with the machine's C compiler, or with the one in the `ziglang` wheel."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from liaison.model.errors import KernelMissing

HERE = Path(__file__).resolve().parent
FLAGS = ["-march=native", "-O2", "-std=c11", "-fPIC", "-shared", "-fvisibility=hidden", "-Wall", "-Wextra"]


def compiler() -> list[str]:
    """The command that compiles C here: $CC, cc, gcc, clang, or zig's. Raises KernelMissing."""
    for name in (os.environ.get("CC", ""), "cc", "gcc", "clang"):
        if name and shutil.which(name):
            return [name]
    try:
        import ziglang  # noqa: F401
    except ImportError:
        raise KernelMissing("no C compiler (cc, gcc, clang) and no ziglang wheel on this machine") from None
    return [sys.executable, "-m", "ziglang", "cc"]


def library_path() -> Path:
    """The compiled kernel that belongs to these sources, built now if it is not there yet."""
    sources = sorted([*HERE.glob("*.c"), *HERE.glob("*.h")])
    stamp = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:16]
    target = HERE / f"_kernel-{stamp}.so"
    return target if target.exists() else build(target)


def build(target: Path) -> Path:
    """Compile every source into `target`, which appears whole or not at all. Raises KernelMissing."""
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        made = Path(scratch) / "kernel.so"
        command = [*compiler(), *FLAGS, "-o", str(made), *map(str, sorted(HERE.glob("*.c")))]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise KernelMissing(f"the kernel did not compile:\n{done.stderr}")
        os.replace(made, target)
    return target
