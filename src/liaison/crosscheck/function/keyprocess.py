"""The process that holds a key and only evaluates under it. Started by `keyholder`, never by a person.

It has no environment and, once the key is there, can open no file and no connection: the number of its open files may
not grow. It answers frames on one socket and ends when that closes, which it does when the node is gone. It never
sends the secret.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import socket
import sys
import threading
from collections.abc import Callable

from liaison.crosscheck.function import voprf
from liaison.crosscheck.function.accelerated import Accelerated, accelerated
from liaison.crosscheck.function.frames import BadFrame, What, parted, receive, send
from liaison.crosscheck.function.suite import standard
from liaison.crosscheck.function.tokens import heads
from liaison.model.errors import BadPoint

NOT_DUMPABLE = 4, 0  # prctl(PR_SET_DUMPABLE, 0): no core, and no other process of this user reads its memory
STACK = 1 << 20  # bytes of each thread that helps to multiply: they stay in memory as well
ALL_PAGES = 3  # mlockall(MCL_CURRENT | MCL_FUTURE): nothing of it goes to swap


def harden() -> None:
    """Take away what the process does not need. What the system does not offer is left out."""
    os.umask(0o077)
    threading.stack_size(STACK)
    with contextlib.suppress(ImportError, OSError, AttributeError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, AttributeError):
        system = ctypes.CDLL(None)
        system.prctl(*NOT_DUMPABLE, 0, 0, 0)
        system.mlockall(ALL_PAGES)


def close_in() -> None:
    """Let no further file or connection be opened, and no file grow."""
    with contextlib.suppress(ImportError, OSError, AttributeError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


class Evaluator:
    """One key, by the quicker way for each kind of question."""

    def __init__(self, content: bytearray) -> None:
        if len(content) < voprf.SEED:
            raise BadFrame("a key is a seed and its words")
        suite = standard()
        self.proves_quickly = suite.group.sums_quickly
        seed, info = bytes(content[: voprf.SEED]), bytes(content[voprf.SEED :])
        self.key = voprf.derive_key(seed, info, suite)
        self.fast: Accelerated | None = accelerated(seed, info, suite)
        content[:] = bytes(len(content))

    def evaluate(self, content: bytes) -> list[bytes]:
        """The proof and the points. Raises BadPoint."""
        if self.fast and not self.proves_quickly:
            answer = self.fast.evaluate(content)
        else:
            answer = voprf.evaluate(self.key, content, os.urandom(voprf.SEED))
        return [answer.proof, answer.points]

    def outputs(self, content: bytes) -> list[bytes]:
        """The first eight bytes of each input's output. Raises BadFrame."""
        inputs = parted(content)
        found = self.fast.outputs(inputs) if self.fast else voprf.outputs(self.key, inputs)
        return [heads(found).astype(">u8").tobytes()]


def serve(link: socket.socket) -> None:
    """Take a key, then answer until the other side is gone. Raises BadFrame, after which the process ends."""
    standard()  # libraries are looked for, and a kernel is made where there is none, before the key is here
    what, content = receive(link)
    if what is not What.KEY:
        raise BadFrame("the first frame is the key")
    evaluator = Evaluator(content)
    close_in()
    send(link, What.KEY, evaluator.key.public)
    answers: dict[What, Callable[[bytes], list[bytes]]] = {
        What.EVALUATE: evaluator.evaluate,
        What.OUTPUTS: evaluator.outputs,
    }
    try:
        while True:
            what, content = receive(link)
            if what not in answers:
                raise BadFrame(f"a frame of kind {what} cannot be answered")
            _answer(link, what, answers[what], bytes(content))
    finally:
        evaluator.key.wipe()


def _answer(link: socket.socket, what: What, answer: Callable[[bytes], list[bytes]], content: bytes) -> None:
    try:
        found = answer(content)
    except BadPoint as error:
        send(link, What.REFUSED, error.row.to_bytes(4, "big"), str(error).encode())
    else:
        send(link, what, *found)


def main(arguments: list[str]) -> int:
    """Serve on the socket whose number is given. 0 when the node is gone, 1 for what is no frame."""
    harden()
    with socket.socket(fileno=int(arguments[0])) as link:
        try:
            serve(link)
        except (EOFError, OSError):
            return 0
        except BadFrame:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
