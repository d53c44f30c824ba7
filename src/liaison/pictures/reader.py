"""Reading a picture in a process of its own, one at a time: the door for pages, programs and the command line.

The picture goes there by a pipe and what was read comes back by one; neither is written to any disk. What takes too
long, too much memory or answers otherwise than it should is killed, and the picture refused.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache

import msgspec

from liaison.model.errors import BadInput, PartMissing, TooMany
from liaison.pictures.answers import LONGEST_ANSWER, Reading, Refused, decoded
from liaison.pictures.headers import AGAIN, DAMAGED, FIELD, LIMITS, PAGE_ALONE, header
from liaison.pictures.networks import HINT, installed

PATIENCE = 40.0  # seconds for one picture, loading the networks included
WAITING = 3  # pictures that wait for the one that is read
RETRY = 5  # seconds
COMMAND = (sys.executable, "-P", "-m", "liaison.pictures.process")
JPEG = b"\xff\xd8\xff"


@cache
def can_read() -> bool:
    """Whether this installation reads pictures."""
    return installed()


class Reader:
    """Reads pictures, each in a process of its own. Threads may share it: one is served, a few wait, more are told
    to come back."""

    def __init__(self, patience: float = PATIENCE, waiting: int = WAITING) -> None:
        self.patience = patience
        self._places = threading.BoundedSemaphore(1 + waiting)
        self._turn = threading.Lock()

    def read(self, content: bytes) -> Reading:
        """What is in a picture. Raises PartMissing, BadInput with what to do, TooMany where too many wait."""
        if not can_read():
            raise PartMissing("photographs cannot be read here", hint=HINT)
        header(content)
        with self._place():
            found = _asked(content, self.patience)
        if isinstance(found, Refused):
            raise BadInput(found.words, field=FIELD, hint=found.hint)
        return found

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise TooMany(
                "other pictures are being read", retry_after=RETRY, hint="wait a moment, then send it again"
            )
        try:
            with self._turn:
                yield
        finally:
            self._places.release()


def _asked(content: bytes, patience: float) -> Reading | Refused:
    """The answer of a process that is started for this picture. Raises BadInput for one that gives none."""
    with subprocess.Popen(
        COMMAND,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=surroundings(),
        cwd="/",
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        clock = threading.Timer(patience, process.kill)
        clock.start()
        try:
            with suppress(BrokenPipeError):
                process.stdin.write(content)
                process.stdin.close()
            said = process.stdout.read(LONGEST_ANSWER + 1)
        finally:
            clock.cancel()
            process.kill()
    return _answer(said)


def _answer(said: bytes) -> Reading | Refused:
    """The answer in these bytes, which may be anything: the process had to do with what a stranger sent."""
    try:
        found = decoded(said)
    except (msgspec.DecodeError, UnicodeDecodeError):
        found = None
    if found is None or len(said) > LONGEST_ANSWER:
        raise BadInput(LIMITS, field=FIELD, hint=PAGE_ALONE)
    if isinstance(found, Reading) and not found.shown.startswith(JPEG):
        raise BadInput(DAMAGED, field=FIELD, hint=AGAIN)
    return found


def surroundings() -> dict[str, str]:
    """The environment of a process that reads: where modules are, and nothing else."""
    return {"PYTHONPATH": ":".join(path for path in sys.path if path), "PYTHONDONTWRITEBYTECODE": "1"}
