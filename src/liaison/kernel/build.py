"""Compile the kernel with the machine's C compiler, or with the one in the `ziglang` wheel.

Run as `python -m liaison.kernel.build` it prints where the kernel stands; with `--portable` it makes the one
that a released wheel carries, which runs on every processor of the architecture.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from liaison.model.errors import KernelMissing

HERE = Path(__file__).resolve().parent
FLAGS = ("-O2", "-std=c11", "-fPIC", "-shared", "-fvisibility=hidden", "-Wall", "-Wextra")
NATIVE = ("-march=native",)
CPUINFO = Path("/proc/cpuinfo")


def compilers() -> Iterator[list[str]]:
    """The commands that may compile C here, in order of preference: $CC, cc, gcc, clang, zig's."""
    for command in (shlex.split(os.environ.get("CC", "")), ["cc"], ["gcc"], ["clang"]):
        if command and shutil.which(command[0]):
            yield command
    if importlib.util.find_spec("ziglang"):
        yield [sys.executable, "-m", "ziglang", "cc"]


def sources() -> list[Path]:
    """The C files and their headers, in order."""
    return sorted([*HERE.glob("*.c"), *HERE.glob("*.h")])


def processor() -> bytes:
    """What tells this machine's processor from one on which a kernel made for this one could fail."""
    try:
        with CPUINFO.open("rb") as text:
            lines = text.read(16_384).split(b"\n")
    except OSError:
        return platform.processor().encode()
    return b"\n".join(
        sorted({line for line in lines if line.startswith((b"flags", b"Features", b"CPU part"))})
    )


def file_name(native: bool) -> str:
    """The kernel's file name, which differs with sources, flags and, for a native one, the processor."""
    digest = hashlib.sha256(" ".join(FLAGS + NATIVE if native else FLAGS).encode())
    for path in sources():
        digest.update(b"\0" + path.read_bytes())
    if native:
        digest.update(b"\0" + processor())
    return f"_kernel-{platform.machine().lower()}-{digest.hexdigest()[:16]}.so"


def folders() -> tuple[Path, Path]:
    """Where a kernel may stand: beside its sources, or in the user's cache where that is not writable."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return HERE, Path(cache) / "liaison"


def writable(folder: Path) -> bool:
    """Whether this user may put a file there."""
    return os.access(folder, os.W_OK)


def library_path() -> Path:
    """The compiled kernel of these sources, built now if it is not there yet. Raises KernelMissing."""
    native = file_name(native=True)
    for name in (native, file_name(native=False)):
        for folder in folders():
            if (folder / name).exists():
                return folder / name
    beside, cache = folders()
    if writable(beside):
        return build(beside / native)
    cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    return build(cache / native)


def build(target: Path, native: bool = True) -> Path:
    """Compile every source into `target`, which appears whole or not at all. Raises KernelMissing.

    A compiler that fails is followed by the next one, and each is tried without `-march=native` as well.
    """
    failures = []
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        made = Path(scratch) / "kernel.so"
        for compiler in compilers():
            for extra in (NATIVE, ()) if native else ((),):
                failure = compile_into(made, compiler, extra)
                if failure is None:
                    os.replace(made, target)
                    return target
                failures.append(failure)
    if not failures:
        raise KernelMissing("no C compiler (cc, gcc, clang) and no ziglang wheel on this machine")
    raise KernelMissing("the kernel did not compile:\n" + "\n".join(failures))


def compile_into(made: Path, compiler: list[str], extra: tuple[str, ...]) -> str | None:
    """Run one compiler; None where it worked, else its words."""
    if not extra and "ziglang" in compiler:
        extra = ("-mcpu=baseline",)  # zig makes native code unless told otherwise
    command = [*compiler, *FLAGS, *extra, "-o", str(made), *map(str, sorted(HERE.glob("*.c")))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0 and made.exists():
        return None
    return f"{' '.join(command)}\n{done.stderr.strip() or f'exit status {done.returncode}'}"


def main(arguments: list[str]) -> int:
    """Print the kernel's path; 1 and the reason on standard error where there is none."""
    try:
        portable = "--portable" in arguments
        path = build(HERE / file_name(native=False), native=False) if portable else library_path()
    except KernelMissing as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
