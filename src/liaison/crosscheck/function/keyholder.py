"""The node's side of the process that holds a key: it is started, asked, and started again when it dies.

The secret is fetched when the process starts, handed over and wiped here; the process derives the key from it and never
gives it back. What was asked when the process died is asked again once.
"""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

import numpy as np

from liaison.crosscheck.function import voprf
from liaison.crosscheck.function.eliasfano import Numbers
from liaison.crosscheck.function.frames import BadFrame, What, joined, portions, receive, send
from liaison.model.errors import BadPoint, KeyProcessLost

PATIENCE = 120.0  # seconds for one answer; a batch of 8,192 points takes one
GRACE = 2.0  # seconds that a process has to end by itself
TRIES = 2
LOST = (OSError, EOFError, BadFrame)


class KeyHolder:
    """One key in a process of its own. Threads may share it; they wait for one another."""

    def __init__(self, fetch: Callable[[], bytearray], info: bytes) -> None:
        """`fetch` gives the 32-byte seed whenever the process starts; what it gives is wiped. `info` names the key."""
        self._fetch, self._info = fetch, info
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._link: socket.socket | None = None
        self._public = b""

    def public(self) -> bytes:
        """The public key. Raises KeyProcessLost."""
        with self._lock:
            self._started()
            return self._public

    def evaluate(self, points: bytes) -> voprf.Evaluated:
        """The points under the key, with the proof of the batch. Raises BadPoint, KeyProcessLost."""
        voprf.require_batch(points)
        answer = self._ask(What.EVALUATE, points)
        return voprf.Evaluated(answer[voprf.PROOF :], answer[: voprf.PROOF])

    def heads(self, inputs: Sequence[bytes]) -> Numbers:
        """The first eight bytes of each input's output, for the token set: uint64[n]. Raises KeyProcessLost."""
        answers = [self._ask(What.OUTPUTS, joined(part)) for part in portions(inputs)]
        return np.frombuffer(b"".join(answers), ">u8").astype(np.uint64)

    def _ask(self, what: What, content: bytes) -> bytes:
        with self._lock:
            for _ in range(TRIES):
                link = self._started()
                try:
                    send(link, what, content)
                    said, answer = receive(link)
                except LOST:
                    self._end()
                    continue
                if said is What.REFUSED:
                    raise BadPoint(answer[4:].decode(), row=int.from_bytes(answer[:4], "big"), field="points")
                if said is what:
                    return bytes(answer)
                self._end()
        raise KeyProcessLost("the process that holds the key died twice over one question")

    def _started(self) -> socket.socket:
        """The link to a process that has the key. Raises KeyProcessLost."""
        if self._link is not None and self._process is not None and self._process.poll() is None:
            return self._link
        self._end()
        link, theirs = socket.socketpair()
        with theirs:
            self._process, self._link = _spawned(theirs.fileno()), link
        link.settimeout(PATIENCE)
        try:
            self._hand_over(link)
        except LOST as error:
            self._end()
            raise KeyProcessLost("the process that holds the key did not start") from error
        return link

    def _hand_over(self, link: socket.socket) -> None:
        seed = self._fetch()
        try:
            send(link, What.KEY, seed, self._info)
        finally:
            seed[:] = bytes(len(seed))
        what, public = receive(link)
        if what is not What.KEY or self._public not in (b"", bytes(public)):
            raise BadFrame("the process has another key than before")
        self._public = bytes(public)

    def _end(self) -> None:
        link, process = self._link, self._process
        self._link = self._process = None
        if link is not None:
            link.close()
        if process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(GRACE)
            if process.returncode is None:
                process.kill()
                process.wait()

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _spawned(number: int) -> subprocess.Popen[bytes]:
    """A fresh interpreter with no environment and nothing open but this socket."""
    return subprocess.Popen(
        [sys.executable, "-I", "-m", "liaison.crosscheck.function.keyprocess", str(number)],
        env={},
        pass_fds=[number],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
    )
