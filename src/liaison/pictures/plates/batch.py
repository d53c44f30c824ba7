"""Pictures of a batch and films, read in processes that can open nothing: the door for programs and the command line.

A process stays for many pictures, as loading the networks costs more than reading one. Each of these has the time
and the processor of one; a process that takes more, or answers otherwise than it should, is killed, its picture is
refused, and the next one gets a new process.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

import msgspec

from liaison.model.errors import BadInput, BadSetting, PartMissing
from liaison.pictures.answers import Refused
from liaison.pictures.headers import LIMITS, MOST_BYTES, header
from liaison.pictures.networks import HINT
from liaison.pictures.plates.answers import LONGEST_ANSWER, Answer, Pass, Seen, Watched, decoded
from liaison.pictures.plates.process import BYTES, MOST_PICTURES, READY, SMALLER, Task
from liaison.pictures.reader import can_read, surroundings

PATIENCE = 40.0  # seconds for one picture, for a process to begin, and between two words about a film
COMMAND = (sys.executable, "-P", "-m", "liaison.pictures.plates.process")
MOST_PROCESSES = 64
STOPPED = "the process that reads plates does not start"
CUT = "the film could not be read to its end within its limits"


@dataclass(frozen=True, slots=True)
class Result:
    """A picture of a batch: what was seen in it, or why it was refused."""

    path: Path
    seen: Seen | None
    refused: BadInput | None


class Batch:
    """Processes that read. To be used in a `with`; then they are gone."""

    def __init__(self, task: Task, processes: int = 1, patience: float = PATIENCE) -> None:
        """Raises PartMissing without the extra, BadSetting for a number of processes that cannot be."""
        if not can_read():
            raise PartMissing("plates cannot be read in pictures here", hint=HINT)
        if not 1 <= processes <= MOST_PROCESSES:
            raise BadSetting(
                f"{processes} processes cannot be started", hint=f"give a number from 1 to {MOST_PROCESSES}"
            )
        self._task, self._processes, self._patience = task, processes, patience
        self._ends = ExitStack()
        self._own = threading.local()

    def __enter__(self) -> Batch:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._ends.close()

    def pictures(self, paths: Iterable[Path]) -> Iterator[Result]:
        """Every picture in its order, refused ones too. Raises BadSetting for own networks that cannot be used."""
        with ThreadPoolExecutor(self._processes) as threads:
            try:
                yield from threads.map(self._read, paths)
            finally:
                threads.shutdown(wait=False, cancel_futures=True)

    def _read(self, path: Path) -> Result:
        try:
            with path.open("rb") as opened:
                content = opened.read(MOST_BYTES + 1)
            header(content)
            return Result(path, self._reader().ask(content), None)
        except BadInput as refusal:
            return Result(path, None, _of(path, refusal))
        except OSError as error:
            words = error.strerror or str(error)
            return Result(path, None, _of(path, BadInput(words, hint="check the name of the file")))

    def _reader(self) -> _Reader:
        """The process of this thread."""
        if not hasattr(self._own, "reader"):
            self._own.reader = _Reader(self._task, self._patience)
            self._ends.callback(self._own.reader.end)
        reader: _Reader = self._own.reader
        return reader

    def film(self, path: Path) -> Iterator[Pass | Watched]:
        """The vehicles that pass in a film, and in between how far it is; at last how it ended.

        Raises BadInput for a film that cannot be read, or no further.
        """
        try:
            opened = path.open("rb")
        except OSError as error:
            words = error.strerror or str(error)
            raise _of(path, BadInput(words, hint="check the name of the file")) from None
        with opened:
            try:
                yield from self._passes(msgspec.structs.replace(self._task, film=opened.fileno()))
            except BadInput as refusal:
                raise _of(path, refusal) from None

    def camera(self, address: str) -> Iterator[Pass | Watched]:
        """The same of a camera at rtsp://..., as long as it sends. Raises BadInput where it does not answer."""
        yield from self._passes(msgspec.structs.replace(self._task, camera=address))

    def _passes(self, task: Task) -> Iterator[Pass | Watched]:
        with _started(task, self._patience) as process:
            yield from _watched(process, self._patience)


class _Reader:
    """One process after another, for pictures one after the other."""

    def __init__(self, task: Task, patience: float) -> None:
        self._task, self._patience = task, patience
        self._held = ExitStack()
        self._process: subprocess.Popen[bytes] | None = None
        self._left = 0

    def ask(self, content: bytes) -> Seen:
        """What is in a picture. Raises BadInput where it cannot be read."""
        if self._process is None or not self._left:
            self.end()
            self._process = self._held.enter_context(_started(self._task, self._patience))
            self._left = MOST_PICTURES
        self._left -= 1
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.write(len(content).to_bytes(BYTES, "big") + content)
            self._process.stdin.flush()
        found = _answer(_said(self._process, self._patience))
        if isinstance(found, Refused):
            raise BadInput(found.words, hint=found.hint)
        if not isinstance(found, Seen):
            self.end()
            raise BadInput(LIMITS, hint=SMALLER)
        return found

    def end(self) -> None:
        """Let the process go."""
        self._process = None
        self._held.close()


@contextmanager
def _started(task: Task, patience: float) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is ready; killed at the end. Raises BadSetting for own networks, PartMissing where none starts."""
    with subprocess.Popen(
        (*COMMAND, msgspec.json.encode(task).decode()),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=surroundings(),
        cwd="/",
        pass_fds=[task.film] if task.film >= 0 else (),
    ) as process:
        try:
            said = _said(process, patience)
            if said != READY:
                refusal = _answer(said)
                if isinstance(refusal, Refused):
                    raise BadSetting(refusal.words, hint=refusal.hint)
                raise PartMissing(STOPPED, hint=HINT)
            yield process
        finally:
            process.kill()
            with suppress(BrokenPipeError):
                process.communicate()


def _watched(process: subprocess.Popen[bytes], patience: float) -> Iterator[Pass | Watched]:
    while True:
        found = _answer(_said(process, patience))
        if isinstance(found, Refused):
            raise BadInput(found.words, field="film", hint=found.hint)
        if not isinstance(found, Pass | Watched):
            raise BadInput(
                CUT, field="film", hint="make the film shorter or smaller; see whether the camera sends"
            )
        yield found
        if isinstance(found, Watched) and found.ended:
            return


def _said(process: subprocess.Popen[bytes], patience: float) -> bytes:
    """The next thing that a process says; nothing where it takes too long, or says too much."""
    assert process.stdout is not None
    clock = threading.Timer(patience, process.kill)
    clock.start()
    try:
        length = int.from_bytes(_exactly(process.stdout, BYTES), "big")
        return _exactly(process.stdout, length) if length <= LONGEST_ANSWER else b""
    finally:
        clock.cancel()


def _exactly(source: IO[bytes], length: int) -> bytes:
    """So many bytes; none where there are fewer."""
    content = source.read(length)
    return content if len(content) == length else b""


def _answer(said: bytes) -> Answer | None:
    """The answer in these bytes, which may be anything: the process had to do with what a stranger sent."""
    with suppress(msgspec.DecodeError, UnicodeDecodeError):
        return decoded(said)
    return None


def _of(path: Path, refusal: BadInput) -> BadInput:
    refusal.file = str(path)
    return refusal
