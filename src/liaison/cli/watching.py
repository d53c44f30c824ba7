"""`liaison plates watch`: a camera, a film or a folder is read as vehicles pass, and reads go to a node if wanted."""

from __future__ import annotations

import base64
import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from liaison.cli.sending import Sending, stopped_by_signals
from liaison.model.errors import BadInput, BadSetting
from liaison.pictures.plates.answers import Pass, Plate, Watched
from liaison.pictures.plates.batch import Batch

if TYPE_CHECKING:
    from liaison.pictures.plates.process import Task

LOOK = 1.0  # seconds between two looks into a folder: a file that is the same at both is read
FIRST, LONGEST = 2.0, 60.0  # seconds before a camera that ended is called again
KIND = "application/json"
Mark = tuple[int, int]
Tell = Callable[[Plate, datetime, Pass | None], None]


class Watch:
    """What is watched. `tell` is given each read with its time; of a film the pass it was."""

    def __init__(self, task: Task, films: frozenset[str], pictures: frozenset[str], tell: Tell) -> None:
        self._task, self._films, self._pictures, self._tell = task, films, pictures, tell
        self.refused = 0

    def run(self, source: str, *, again: bool) -> None:
        """Watch until it ends, or a signal. `again`: a camera that ended is called again.

        Raises BadInput for a camera or film that cannot be read.
        """
        place = Path(source)
        with Batch(self._task) as batch, stopped_by_signals():
            try:
                if source.startswith(("rtsp://", "rtsps://")):
                    self._camera(batch, source, again)
                elif place.is_dir():
                    self._folder(batch, place)
                elif place.is_file():
                    self._file(batch, place)
                else:
                    raise BadSetting(
                        f"{source} is no camera, film or folder", hint="give rtsp://HOST/PATH, or a name"
                    )
            except KeyboardInterrupt:
                return

    def _camera(self, batch: Batch, address: str, again: bool) -> None:
        pause = FIRST
        while True:
            try:
                for each in batch.camera(address):
                    if isinstance(each, Pass):
                        pause = FIRST
                        self._tell(each.plate, datetime.now(UTC), each)
                    elif each.ended:
                        _say(f"The camera ended; {each.unsure:,} vehicles were not read surely enough.")
            except BadInput as error:
                if not again or (error.field == "camera" and "address" in str(error)):
                    raise
                _say(f"{error}; it is called again")
            if not again:
                return
            time.sleep(pause)
            pause = min(2 * pause, LONGEST)

    def _folder(self, batch: Batch, folder: Path) -> None:
        """Read each file once, when it has stopped growing, until a signal."""
        before, known = dict[Path, Mark](), set[tuple[Path, Mark]]()
        while True:
            now = _files(folder, self._films | self._pictures)
            for path, mark in sorted(now.items(), key=lambda one: one[1]):
                if before.get(path) == mark and (path, mark) not in known:
                    known.add((path, mark))
                    try:
                        self._file(batch, path)
                    except BadInput as error:
                        self.refused += 1
                        _say(f"{path.name}: {error}\n  What to do: {error.hint}")
            before, known = now, {one for one in known if one[0] in now}
            time.sleep(LOOK)

    def _file(self, batch: Batch, path: Path) -> None:
        """A picture was taken, and a film ended, when its file was last changed."""
        changed = path.stat().st_mtime
        if path.suffix.lower() in self._films:
            self._film(batch.film(path), changed)
            return
        (result,) = batch.pictures([path])
        if result.refused is not None:
            raise result.refused
        assert result.seen is not None
        for plate in result.seen.plates:
            self._tell(plate, datetime.fromtimestamp(changed, UTC), None)

    def _film(self, shown: Iterator[Pass | Watched], ended: float) -> None:
        passes, length, cut = list[Pass](), 0.0, None
        try:
            for each in shown:
                if isinstance(each, Pass):
                    passes.append(each)
                else:
                    length = each.seconds
        except BadInput as error:
            cut = error
        for one in passes:
            at = datetime.fromtimestamp(ended - max(0.0, length - one.last), UTC)
            self._tell(one.plate, at, one)
        if cut is not None:
            raise cut


class Post:
    """Reads of one camera on their way to a node."""

    def __init__(self, sending: Sending, camera: str) -> None:
        self._sending, self._camera = sending, camera
        self._run, self._count = secrets.token_hex(6), 0

    def send(self, plate: Plate, at: datetime) -> None:
        """Let a read wait for its turn. Raises BadSetting once the node has refused the secret."""
        self._count += 1
        self._sending.put(KIND, read_of(plate, at, self._camera, f"{self._run}-{self._count}"))


def read_of(plate: Plate, at: datetime, camera: str, id: str) -> bytes:
    """A read in our own JSON, with the part of the picture that shows it."""
    across, down = [x for x, _ in plate.box], [y for _, y in plate.box]
    others = [{"plate": each.text, "confidence": each.share} for each in plate.candidates]
    read = {
        "id": id,
        "plate": plate.text,
        "time": at.isoformat(timespec="milliseconds"),
        "camera": camera,
        "confidence": plate.confidence,
        "candidates": [each for each in others if each["plate"] != plate.text],
        "box": {
            "x": min(across),
            "y": min(down),
            "width": max(across) - min(across),
            "height": max(down) - min(down),
        },
    }
    if len(plate.states) == 1:
        read["country"] = plate.states[0]
    if plate.crop:
        read["image"] = base64.b64encode(plate.crop).decode()
    return json.dumps(read).encode()


def _files(folder: Path, endings: frozenset[str]) -> dict[Path, Mark]:
    """The files with these endings, each with when it was last changed, in nanoseconds, and its size in bytes."""
    found = {}
    for path in folder.rglob("*"):
        if path.suffix.lower() in endings:
            with suppress(OSError):  # it went away just now
                said = path.stat()
                found[path] = said.st_mtime_ns, said.st_size
    return found


def _say(text: str) -> None:
    typer.echo(text, err=True)
