"""The process that decodes one picture and reads it. Started by `reader`, never by a person.

It has no environment. Once the networks are loaded and the picture is in its memory it can open no file and no
connection, start no process, and has so much memory and processor time and no more. It writes one answer and ends.
"""

from __future__ import annotations

import os
import sys
from typing import BinaryIO

import numpy as np

from liaison.formats.mrz import read_all
from liaison.model.errors import BadInput
from liaison.pictures import headers
from liaison.pictures.answers import Answer, Reading, Refused, encoded
from liaison.pictures.decoding import decoded, shown
from liaison.pictures.limits import close_in
from liaison.pictures.networks import signs
from liaison.pictures.zones import zones

SECONDS = 20  # of the processor
BLANK = (96, 480, 3)
# of nobody, with a letter for a digit in its dates: all tables are read once
SPOILT = "P<UTOSPECIMEN<<NOBODY<<<<<<<<<<<<<<<<<<<<<<<\nX000000000UTO8OO101<<3OO101<<<<<<<<<<<<<<<<<<"


def warm() -> None:
    """Load all that is loaded late: nothing can be opened afterwards."""
    import cv2

    cv2.setNumThreads(0)
    blank = np.full(BLANK, 200, np.uint8)
    cv2.putText(blank, "P<UTO", (20, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (0, 0, 0), 2)
    for kind in (".png", ".jpg", ".webp"):
        decoded(bytes(cv2.imencode(kind, blank)[1].tobytes()))
    zones(blank)
    signs(blank)
    read_all(SPOILT)
    shown(blank)


def answer(content: bytes) -> Answer:
    """What is in the picture, or why it cannot be read."""
    try:
        picture = decoded(content)
        found, why = zones(picture)
        return Reading(picture.shape[1], picture.shape[0], tuple(found), why, shown(picture))
    except BadInput as error:
        return Refused(str(error), error.hint)
    except MemoryError:
        return Refused(headers.LIMITS, headers.PAGE_ALONE)
    except Exception as error:  # what a library says of a damaged picture; nothing of it is told
        return Refused(headers.DAMAGED, headers.AGAIN, type(error).__name__)


def main(source: BinaryIO, sink: BinaryIO) -> int:
    """Read one picture from `source`, and write the answer to `sink`."""
    os.umask(0o077)
    warm()
    content = source.read(headers.MOST_BYTES + 1)
    close_in(SECONDS)
    sink.write(encoded(answer(content)))
    sink.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.stdin.buffer, sys.stdout.buffer))
