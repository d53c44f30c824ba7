"""The process that reads pictures of a batch one after the other, or a film. Started by `batch`, never by a person.

It has no environment. Once the networks are loaded it can open no file and no connection, start no process, and has
so much memory and, for each picture, so much processor time and no more. Pictures come by a pipe, each behind its
length; a film is the descriptor that it was started with. It ends with its pipe.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO

import msgspec
import numpy as np

from liaison.model.errors import BadInput, BadSetting
from liaison.pictures import headers
from liaison.pictures.answers import Refused
from liaison.pictures.decoding import decoded
from liaison.pictures.limits import close_in, more_time
from liaison.pictures.plates import film, grammar
from liaison.pictures.plates.answers import Answer, Seen, encoded
from liaison.pictures.plates.models import Models
from liaison.pictures.plates.reading import Wanted, read

SECONDS = 20  # of the processor, for one picture
MOST_PICTURES = 500  # of one process
SECONDS_OF_FILM = 4 * 3600  # of the processor, for a film
BYTES = 4  # of a length
BLANK = (96, 480, 3)
READY = b"ready"
SMALLER = "let the camera take a smaller picture"


class Task(msgspec.Struct, frozen=True):
    """What a process is started for: how to look; a film's descriptor, or -1; a camera's address, or nothing. Without
    either, pictures come."""

    sides: tuple[int, ...]
    expected: tuple[str, ...]
    models: Models
    film: int = -1
    camera: str = ""
    crops: bool = False

    def wanted(self) -> Wanted:
        """How to look."""
        return Wanted(self.sides, frozenset(self.expected), self.models, self.crops)


_TASK = msgspec.json.Decoder(Task)


def warm(wanted: Wanted) -> None:
    """Load all that is loaded late: nothing can be opened afterwards. Raises BadSetting for own networks."""
    import cv2

    cv2.setNumThreads(0)
    blank = np.full(BLANK, 235, np.uint8)
    cv2.putText(blank, "AA 000 AA", (60, 66), cv2.FONT_HERSHEY_SIMPLEX, 1.8, (0, 0, 0), 4)
    for kind in (".png", ".jpg", ".webp"):
        read(decoded(bytes(cv2.imencode(kind, blank)[1].tobytes())), wanted)
    for length in grammar.LENGTHS:
        grammar.fitted("A" * length)
    with suppress(BadInput):
        list(film.frames(_empty()))


def _empty() -> BinaryIO:
    import io

    return io.BytesIO(bytes(64))


def answer(content: bytes, wanted: Wanted) -> Seen | Refused:
    """The plates in a picture, or why it cannot be read."""
    try:
        start = time.process_time()
        picture = decoded(content)
        found = read(picture, wanted)
        took = round(1000 * (time.process_time() - start), 1)
        return Seen(picture.shape[1], picture.shape[0], tuple(found), took)
    except Exception as error:
        return _refusal(error)


def _refusal(error: Exception) -> Refused:
    """What is told of an error: nothing of what a library says of a damaged file."""
    if isinstance(error, BadInput):
        return Refused(str(error), error.hint)
    if isinstance(error, MemoryError):
        return Refused(headers.LIMITS, SMALLER)
    return Refused(headers.DAMAGED, headers.AGAIN, type(error).__name__)


def watched(source: str | BinaryIO, wanted: Wanted) -> Iterator[Answer]:
    """The passes of a film and how far it is; a refusal where it cannot be read, or no further."""
    try:
        yield from film.passes(film.frames(source), wanted)
    except Exception as error:
        yield _refusal(error)


def pictures(source: BinaryIO) -> Iterator[bytes]:
    """The pictures that come, each behind its length; no more than one process reads."""
    for _ in range(MOST_PICTURES):
        length = int.from_bytes(source.read(BYTES), "big")
        if not 0 < length <= headers.MOST_BYTES:
            return
        yield source.read(length)


def say(sink: BinaryIO, content: bytes) -> None:
    """Write something behind its length."""
    sink.write(len(content).to_bytes(BYTES, "big") + content)
    sink.flush()


def main(task: Task, source: BinaryIO, sink: BinaryIO) -> int:
    """Read what comes until nothing comes."""
    os.umask(0o077)
    wanted = task.wanted()
    try:
        warm(wanted)
    except BadSetting as error:
        say(sink, encoded(Refused(str(error), error.hint)))
        return 2
    shown = os.fdopen(task.film, "rb") if task.film >= 0 else task.camera
    close_in(SECONDS_OF_FILM if shown else MOST_PICTURES * SECONDS, connected=bool(task.camera))
    say(sink, READY)
    if shown:
        for each in watched(shown, wanted):
            say(sink, encoded(each))
        return 0
    for content in pictures(source):
        more_time(SECONDS)
        say(sink, encoded(answer(content, wanted)))
    return 0


if __name__ == "__main__":
    sys.exit(main(_TASK.decode(sys.argv[1]), sys.stdin.buffer, sys.stdout.buffer))
