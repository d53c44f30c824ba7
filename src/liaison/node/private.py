"""A process that works on a node makes no file that others can read."""

from __future__ import annotations

import os

MASK = 0o077


def keep_private() -> None:
    """From now on every file of this process is its owner's alone (0600), and every folder (0700).

    It holds for the whole process, since SQLite, the index and the ledger make files of their own in many threads.
    """
    os.umask(MASK)
