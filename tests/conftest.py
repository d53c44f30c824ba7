"""Settings that every test shares, and how the suite is spread over its processes."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

# How the program was called is no matter of a test, unless it says so.
os.environ.pop("LIAISON_CALLED", None)

# Two shared processors make a deadline for one example a matter of luck; the test's own timeout stands.
settings.register_profile("default", deadline=None)
settings.register_profile("campaign", deadline=None, max_examples=20_000)
settings.load_profile("default")

# Every write of a node waits for its disk. Where memory has room the folders of tests stand there, and nothing waits.
MEMORY, ROOM = Path("/dev/shm"), 4 << 30
if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))

# A file's tests run in one process, one after another. Those that take longest begin, so that none is left for last.
LONGEST = (
    "tests/web/test_sweep.py",
    "tests/browser/test_pages.py",
    "tests/browser/test_payloads.py",
    "tests/browser/test_sign_in.py",
    "tests/crosscheck/",
    "tests/browser/",
    "tests/cli/",
    "tests/web/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that take longest first."""

    def turn(item: pytest.Item) -> int:
        return next((at for at, name in enumerate(LONGEST) if item.nodeid.startswith(name)), len(LONGEST))

    items.sort(key=turn)
