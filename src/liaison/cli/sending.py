"""Reads of cameras on their way to a node: they wait in memory, bounded, and are sent again until the node has them.

Nothing is written to the disk, where a mark would lie in the clear; what waits when the program ends is told as lost.
No mark, no address and no answer's text is ever said: counts, and what to do.
"""

from __future__ import annotations

import signal
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import msgspec

from liaison.cli.reconcile import address_of
from liaison.model.errors import BadSetting

PATH = "/api/v1/cameras/reads"
MESSAGES, BYTES = 10_000, 64_000_000  # that may wait
FIRST, LONGEST = 0.5, 30.0  # seconds between two tries
PATIENCE = 20.0  # seconds for one answer
LAST = 10.0  # seconds at the end for what still waits
SAID = 60.0  # seconds between two words about the same trouble
TRIES = 8  # of a message at which the node itself fails
AGAIN = frozenset({408, 429, 500, 502, 503, 504})
WRONG = "the node knows no feed with this secret"
MAKE = "make a feed on the page Cameras, and put its secret into the file"


class Answer(msgspec.Struct, frozen=True):
    """What a node says of a message."""

    taken: int = 0
    refused: int = 0


DECODER = msgspec.json.Decoder(Answer)


@dataclass(slots=True)
class Sent:
    """What became of reads: taken or refused by the node, in messages that it could not read, lost on this side."""

    taken: int = 0
    refused: int = 0
    unread: int = 0
    lost: int = 0

    def __str__(self) -> str:
        parts = [f"{self.taken:,} reads taken by the node"]
        if self.refused:
            parts.append(f"{self.refused:,} refused (camera, time or mark: see the page of the camera)")
        if self.unread:
            parts.append(f"{self.unread:,} messages that the node could not read")
        if self.lost:
            parts.append(f"{self.lost:,} messages lost: the node did not take them in time")
        return "; ".join(parts)


class Sending:
    """A node's door for reads, and what waits before it. `say` is told of trouble, now and then.

    To be used in a `with`; at its end what waits is sent for a few seconds more.
    """

    def __init__(
        self,
        node: str,
        secret: str,
        authorities: Path | None = None,
        say: Callable[[str], None] = lambda text: None,
        most: tuple[int, int] = (MESSAGES, BYTES),
        last: float = LAST,
    ) -> None:
        """Raises BadSetting for an address that is none, or by which the secret would travel in the clear."""
        self.sent = Sent()
        self.fault: BadSetting | None = None  # after which nothing is sent any more
        self._say, self._most, self._last = say, most, last
        self._waiting: deque[tuple[str, bytes]] = deque()
        self._size, self._ending = 0, False
        self._changed = threading.Condition()
        self._said: dict[str, float] = {}
        self._client = httpx.Client(
            base_url=address_of(node),
            headers={"Authorization": f"Bearer {secret}"},
            timeout=PATIENCE,
            trust_env=False,
            verify=_trusting(authorities),
        )
        self._thread = threading.Thread(target=self._send_all, name="sending", daemon=True)

    def put(self, kind: str, body: bytes) -> None:
        """Let a message wait for its turn. Where too many wait, the oldest is lost: the newest vehicle is the nearest.

        Raises BadSetting once the node has refused the secret.
        """
        with self._changed:
            if self.fault is not None:
                raise self.fault
            self._waiting.append((kind, body))
            self._size += len(body)
            while len(self._waiting) > self._most[0] or self._size > self._most[1]:
                self._size -= len(self._waiting.popleft()[1])
                self.sent.lost += 1
                self._tell("full", "too many reads wait: the oldest are lost until the node answers")
            self._changed.notify()

    def __enter__(self) -> Sending:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._ending = True
            self._changed.notify()
        self._thread.join(self._last)
        with self._changed:
            self.sent.lost += len(self._waiting)
            self._waiting.clear()

    def _send_all(self) -> None:
        with self._client:
            self._send_each()

    def _send_each(self) -> None:
        pause, failed = FIRST, 0
        while (message := self._next()) is not None:
            wait = self._send(*message, failed=failed)
            if self.fault is not None:
                return
            if wait is None:
                pause, failed = FIRST, 0
                self._done(message)
                continue
            failed += 1
            with self._changed:
                self._changed.wait_for(lambda: self._ending, max(wait, pause))
            if self._ending:
                time.sleep(FIRST)
            pause = min(2 * pause, LONGEST)

    def _next(self) -> tuple[str, bytes] | None:
        """The oldest that waits; None at the end, when nothing does."""
        with self._changed:
            self._changed.wait_for(lambda: self._ending or bool(self._waiting))
            return self._waiting[0] if self._waiting else None

    def _done(self, message: tuple[str, bytes]) -> None:
        """Let go of a message, unless it was lost meanwhile for want of room."""
        with self._changed:
            if self._waiting and self._waiting[0] is message:
                self._waiting.popleft()
                self._size -= len(message[1])

    def _send(self, kind: str, body: bytes, failed: int = 0) -> float | None:
        """Send it once; None where that is settled, else how many seconds to wait at least. One at which the node
        fails again and again, as often as `TRIES`, keeps no other waiting."""
        try:
            answer = self._client.post(PATH, content=body, headers={"Content-Type": kind})
        except httpx.HTTPError:
            self._tell("gone", "the node does not answer; it is tried again")
            return 0.0
        if answer.status_code in AGAIN and not (answer.status_code == 500 and failed >= TRIES):
            self._tell("later", "the node takes nothing now; it is tried again")
            return waiting(answer.headers.get("retry-after", ""))
        if answer.status_code == 401:
            with self._changed:
                self.fault = BadSetting(WRONG, hint=MAKE)
            return None
        found = _read(answer) if answer.status_code == 200 else None
        if found is None:
            self.sent.unread += 1
            self._tell("unread", f"the node could not read a message (status {answer.status_code})")
            return None
        self.sent.taken += found.taken
        self.sent.refused += found.refused
        if found.refused:
            self._tell(
                "refused", "the node refuses reads: see whether the camera is registered, and its clock"
            )
        return None

    def _tell(self, what: str, words: str) -> None:
        now = time.monotonic()
        if now - self._said.get(what, float("-inf")) >= SAID:
            self._said[what] = now
            self._say(words)


def waiting(told: str) -> float:
    """For how many seconds a node asks to wait, LONGEST at most; 0 where it says no number."""
    known = told.isascii() and told.isdigit() and len(told) < 6
    return min(float(told), LONGEST) if known else 0.0


def secret_of(file: Path, what: str) -> str:
    """What a file holds: a secret or a password. Raises BadSetting where it holds none, or others may read it."""
    try:
        if file.stat().st_mode & 0o077:
            raise BadSetting(f"others may read {file}", hint=f"chmod 600 {file}")
        said = file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting(f"{file} cannot be read", hint=f"save {what} in it, and nothing else") from error
    if not said or not said.isprintable():
        raise BadSetting(f"{file} holds no text", hint=f"save {what} in it, and nothing else")
    return said


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """SIGTERM ends this as Ctrl+C does."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _trusting(authorities: Path | None) -> ssl.SSLContext | bool:
    """Whose certificates of nodes count: those of a file, or the usual ones. Raises BadSetting."""
    if authorities is None:
        return True
    try:
        return ssl.create_default_context(cafile=str(authorities))
    except (OSError, ssl.SSLError) as error:
        raise BadSetting(f"{authorities} holds no certificates", hint="give a PEM file") from error


def _read(answer: httpx.Response) -> Answer | None:
    try:
        return DECODER.decode(answer.content)
    except msgspec.DecodeError:
        return None
