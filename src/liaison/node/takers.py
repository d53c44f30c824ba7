"""Processes beside the node that take reads of cameras: they share one door, one database and the node's keys.

Each is a fresh interpreter with the listening socket and a pipe by which it borrows keys (`lending`); one that dies is
started again. What they decide together, they decide in the database (`sightings.taking`). Decision 0068.
"""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any

from liaison.node.lending import lend
from liaison.node.logs import log
from liaison.ports import Keys

SPAWN = multiprocessing.get_context("spawn")  # a fork would copy threads' locks in whatever state they are
PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds before one that died is started again
SETTLED = 60.0  # seconds after which one that runs counts as well started
LOOK = 0.2  # seconds between two looks for a stop
WORK = "camera-process"
Life = Callable[[Any, Connection], None]


class Takers:
    """`count` processes, each running `life(listening, pipe)`; the first is a socket that listens already.

    `failed(name)` is called for each that dies.
    """

    def __init__(
        self,
        count: int,
        life: Life,
        listening: Any,
        keys: Keys,
        failed: Callable[[str], None],
        drain: float,
    ) -> None:
        self._life, self._listening, self._keys = life, listening, keys
        self._failed, self._drain = failed, drain
        self._stop = threading.Event()
        self._running: list[SpawnProcess | None] = [None] * count
        self._threads = [
            threading.Thread(target=self._kept, args=(place,), name=WORK, daemon=True)
            for place in range(count)
        ]

    @property
    def running(self) -> list[int]:
        """The process ids of those that run now."""
        return [one.pid for one in self._running if one is not None and one.is_alive() and one.pid]

    def start(self) -> None:
        """Start them all."""
        for each in self._threads:
            each.start()

    def stop(self) -> None:
        """Let each finish what it does, and end it."""
        self._stop.set()
        for each in self._threads:
            each.join()
        self._listening.close()

    def _kept(self, place: int) -> None:
        """Keep one running until the stop."""
        pause = PAUSE
        while not self._stop.is_set():
            began = time.monotonic()
            self._one(place)
            if self._stop.is_set():
                return
            self._failed(WORK)
            log().error("process-ended", work=WORK)
            pause = PAUSE if time.monotonic() - began > SETTLED else min(2 * pause, LONGEST_PAUSE)
            self._stop.wait(pause)

    def _one(self, place: int) -> None:
        """One process, from its start to its end."""
        ours, theirs = SPAWN.Pipe()
        process = SPAWN.Process(target=self._life, args=(self._listening, theirs), name=WORK, daemon=True)
        process.start()
        theirs.close()
        self._running[place] = process
        lending = threading.Thread(target=lend, args=(ours, self._keys), name="lending", daemon=True)
        lending.start()
        while not wait([process.sentinel], LOOK):
            if self._stop.is_set():
                process.terminate()
                process.join(self._drain)
                process.kill()
                break
        process.join()
        lending.join()
        ours.close()


def until_orphaned(stop: Callable[[], None]) -> None:
    """Call `stop` once the process that started this one is gone."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        sentinel = parent.sentinel

        def watch() -> None:
            wait([sentinel])
            stop()

        threading.Thread(target=watch, name="parent", daemon=True).start()
