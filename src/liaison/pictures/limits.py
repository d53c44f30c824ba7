"""What a process that decodes what strangers sent takes away from itself."""

from __future__ import annotations

import contextlib
import os
import time

MEMORY = 1 << 30  # bytes of address space beyond what is taken once the networks are there


def close_in(seconds: int, connected: bool = False) -> None:
    """Take away what decoding and reading do not need, for good: files and connections, processes, and more than so
    many seconds of the processor. What the system does not offer is left out.

    `connected`: for a camera's stream, which is a connection and has no end, files and time are left.
    """
    with contextlib.suppress(ImportError, OSError, AttributeError, ValueError):
        import resource

        most = int(time.process_time()) + 1 + seconds
        limits = {"CORE": 0, "FSIZE": 0, "NOFILE": 0, "NPROC": 0, "CPU": most, "AS": _taken() + MEMORY}
        if connected:
            del limits["NOFILE"], limits["CPU"]
        for name, limit in limits.items():
            with contextlib.suppress(OSError, AttributeError, ValueError):
                resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (limit, limit))


def more_time(seconds: int) -> None:
    """From now on so many seconds of the processor and no more, within what there was for good."""
    with contextlib.suppress(ImportError, OSError, AttributeError, ValueError):
        import resource

        most = resource.getrlimit(resource.RLIMIT_CPU)[1]
        soft = int(time.process_time()) + 1 + seconds
        resource.setrlimit(resource.RLIMIT_CPU, (soft if most < 0 else min(soft, most), most))


def _taken() -> int:
    """Bytes of address space that this process has; a guess where the system does not tell."""
    with contextlib.suppress(OSError, ValueError, IndexError), open("/proc/self/statm", "rb") as pages:
        return int(pages.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    return MEMORY
