"""Vehicles that pass in a film: its frames, which of them are looked at, and one reading for each pass.

`frames` gives the pictures of a file that is open, or of a camera's address; the passes of them are made the same way.
A file is read through the descriptor that it was given as, so that a process that can open nothing reads it.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from liaison.model.errors import BadInput
from liaison.pictures.headers import LONGEST_SIDE, MOST_PIXELS
from liaison.pictures.networks import Pixels
from liaison.pictures.plates.answers import Pass, Watched
from liaison.pictures.plates.fusion import Tracks, passed
from liaison.pictures.plates.reading import Wanted, looks

EVERY = 0.1  # seconds: no frame is looked at sooner after another
SMALL = (160, 90)  # pixels of the picture in which motion is looked for
CHANGED, SHARE = 14.0, 0.002  # of 255, and of the places: what is motion
SAID = 10  # frames, after which it is said how far it is
LONGEST_GAP = 3600.0  # seconds between two frames: a clock that jumps further is not believed
WHOLE = 0.9  # of the frames that a film says: it may count them by its length
MOST_FRAMES = 1e9  # a stream says any number
CAMERA = re.compile(r"rtsps?://[^\s/][^\s]*")
SPEAKS = "protocol_whitelist;rtsp,rtp,tcp,tls,crypto|rtsp_transport;tcp"
FIELD = "film"
NO_FILM = "no frame of this film can be read", FIELD, "send a film as MP4, MOV, MKV, AVI or WebM"
SILENT = (
    "the camera sends nothing that can be read",
    "camera",
    "check its address, its password, and that this machine reaches it",
)


class _Opened(io.BufferedIOBase):
    """A file that is read and moved in, and not closed by whoever decodes it."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source

    def read(self, size: int | None = -1, /) -> bytes:
        return self._source.read(-1 if size is None else size)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return self._source.seek(offset, whence)


def frames(source: str | BinaryIO) -> Iterator[tuple[float, Pixels]]:
    """The frames of an open file, or of a camera at rtsp://...; each with its seconds from the beginning.

    Raises BadInput for what cannot be decoded. A stream ends where the camera does. This alone of what reads pictures
    makes a connection, and to a camera's address alone.
    """
    import cv2

    one_thread = [cv2.CAP_PROP_N_THREADS, 1]
    if isinstance(source, str):
        _may_speak(source)
        yield from _decoded(cv2.VideoCapture(source, cv2.CAP_FFMPEG, one_thread), SILENT)
        return
    try:
        film: Any = cv2.VideoCapture(cast(Any, _Opened(source)), cv2.CAP_FFMPEG, one_thread)
    except cv2.error:
        raise _refused(NO_FILM) from None
    yield from _decoded(
        film, NO_FILM
    )  # no release(): OpenCV 4.14 lets go of the file there without Python's lock


def _may_speak(address: str) -> None:
    """Let FFmpeg speak to a camera and to nothing else. Raises BadInput for another address."""
    if not CAMERA.fullmatch(address):
        raise BadInput(
            f"{address!r} is no address of a camera", field="camera", hint="give one as rtsp://HOST/PATH"
        )
    os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = SPEAKS


def _refused(said: tuple[str, str, str]) -> BadInput:
    words, field_, hint = said
    return BadInput(words, field=field_, hint=hint)


def _decoded(film: Any, nothing: tuple[str, str, str]) -> Iterator[tuple[float, Pixels]]:
    import cv2

    width, height = film.get(cv2.CAP_PROP_FRAME_WIDTH), film.get(cv2.CAP_PROP_FRAME_HEIGHT)
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        raise BadInput(
            f"its frames are of {width:.0f} by {height:.0f} pixels", field=FIELD, hint="send a smaller film"
        )
    rate = film.get(cv2.CAP_PROP_FPS)
    step = 1 / rate if 1 <= rate <= 1000 else 0.04
    count, seconds = 0, 0.0
    while film.isOpened():
        there, picture = film.read()
        if not there:
            break
        said = film.get(cv2.CAP_PROP_POS_MSEC) / 1000
        believed = 0 < said - seconds < LONGEST_GAP
        seconds = said if believed or not count else seconds + step
        count += 1
        yield seconds, np.asarray(picture, np.uint8)
    if not count:
        raise _refused(nothing)
    whole = film.get(cv2.CAP_PROP_FRAME_COUNT)
    if count < WHOLE * whole and whole < MOST_FRAMES:
        raise BadInput(
            f"the film says {whole:,.0f} frames and only {count:,} of them can be read",
            field=FIELD,
            hint="it is cut off or damaged: what was read until there is told; send it once more",
        )


class Gate:
    """Lets a picture through where something moved since the last one that was let through."""

    def __init__(self) -> None:
        self._last: NDArray[np.int16] | None = None

    def moved(self, picture: Pixels) -> bool:
        """Whether this picture is another one; the first one is."""
        import cv2

        small = cv2.cvtColor(cv2.resize(picture, SMALL, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
        now = cv2.GaussianBlur(small, (0, 0), 1).astype(np.int16)
        before, self._last = self._last, now if self._last is None else self._last
        if before is not None and float((np.abs(now - before) > CHANGED).mean()) < SHARE:
            return False
        self._last = now
        return True


@dataclass(slots=True)
class _Watching:
    """A film that is watched: who is in sight, and how far it is."""

    wanted: Wanted
    tracks: Tracks = field(default_factory=Tracks)
    gate: Gate = field(default_factory=Gate)
    seconds: float = 0.0
    frames: int = 0
    looked_at: int = 0
    unsure: int = 0
    last: float = float("-inf")  # seconds: when a frame was looked at

    def see(self, seconds: float, picture: Pixels) -> None:
        """One more frame."""
        self.seconds, self.frames = seconds, self.frames + 1
        if seconds - self.last >= EVERY and self.gate.moved(picture):
            self.last, self.looked_at = seconds, self.looked_at + 1
            self.tracks.add(looks(picture, self.wanted), seconds)

    def passed(self, until: float) -> Iterator[Pass]:
        """Who has passed by then."""
        for track in self.tracks.ended(until):
            found = passed(track, self.wanted.expected)
            if found is not None:
                yield found
            self.unsure += found is None

    def told(self, ended: bool) -> Watched:
        """How far it is."""
        return Watched(round(self.seconds, 3), self.frames, self.looked_at, self.unsure, ended)


def passes(shown: Iterable[tuple[float, Pixels]], wanted: Wanted) -> Iterator[Pass | Watched]:
    """One Pass for each vehicle, when it has passed; in between, and at the end, how far it is.

    Raises BadInput as `frames` does; who was in sight until there is told first.
    """
    watching, refusal = _Watching(wanted), list[BadInput]()
    try:
        for seconds, picture in shown:
            watching.see(seconds, picture)
            yield from watching.passed(seconds)
            if watching.frames % SAID == 0:
                yield watching.told(False)
    except BadInput as error:
        refusal.append(error)
    yield from watching.passed(float("inf"))
    yield watching.told(not refusal)
    if refusal:
        raise refusal[0]
