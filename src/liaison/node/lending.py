"""Keys for another process of this node, over a pipe: the key ring stays with the process that serves the node.

The ring is a file that one process alone may write (see `storage.engines.hold`). Who borrows has no master key, and can
make and fetch keys for as long as the pipe stands; it destroys none.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Sequence
from multiprocessing.connection import Connection

import msgspec

from liaison.model.errors import Erased, StoreUnavailable
from liaison.ports import Compartment, KeyId, Keys

MADE = frozenset({Compartment.SCREENING, Compartment.LEDGER})  # what keys may be made for
LENT = frozenset({Compartment.HOLDINGS, *MADE})  # whose keys are lent at all
MOST = 10_000  # keys in one question
GONE = "the process that keeps the keys does not answer"


class Asked(msgspec.Struct, frozen=True):
    """Keys that are wanted: `count` new ones of a compartment, or those of `ids`."""

    compartment: str = ""
    count: int = 0
    ids: tuple[int, ...] = ()


class Told(msgspec.Struct, frozen=True):
    """Keys in the order in which they were asked for; `refused` says why there are none."""

    ids: tuple[int, ...] = ()
    keys: tuple[bytes, ...] = ()
    refused: str = ""
    erased: bool = False


ENCODER = msgspec.msgpack.Encoder()
ASKED, TOLD = msgspec.msgpack.Decoder(Asked), msgspec.msgpack.Decoder(Told)


def lend(pipe: Connection, keys: Keys) -> None:
    """Answer until the other side ends."""
    while True:
        try:
            said = pipe.recv_bytes()
            pipe.send_bytes(ENCODER.encode(_answer(said, keys)))
        except (EOFError, OSError):
            return


def _answer(said: bytes, keys: Keys) -> Told:
    try:
        asked = ASKED.decode(said)
        if asked.count:
            compartment = Compartment(asked.compartment)
            if compartment not in MADE or not 0 < asked.count <= MOST:
                return Told(refused="such keys are not lent")
            made = keys.create(compartment, asked.count)
            return Told(tuple(id for id, _ in made), tuple(key for _, key in made))
        if len(asked.ids) > MOST:
            return Told(refused="so many keys are not lent at once")
        return Told(asked.ids, tuple(keys.fetch([KeyId(id) for id in asked.ids], LENT)))
    except Erased as error:
        return Told(refused=str(error), erased=True)
    except StoreUnavailable as error:
        return Told(refused=str(error))
    except (msgspec.DecodeError, ValueError, OverflowError):
        return Told(refused="this is no question about keys")


class Lent:
    """The key ring of the process at the other end of a pipe. Threads share it; each waits for its turn."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe, self._lock = pipe, threading.Lock()

    def create(self, compartment: Compartment, count: int = 1) -> list[tuple[KeyId, bytes]]:
        """New keys, durable before they are given out. Raises StoreUnavailable."""
        told = self._ask(Asked(compartment.value, count))
        return [(KeyId(id), key) for id, key in zip(told.ids, told.keys, strict=True)]

    def fetch(self, ids: Sequence[KeyId], of: Collection[Compartment] = LENT) -> list[bytes]:
        """The keys of these ids, in order, whatever `of` says of those that are lent. Raises Erased where one was
        destroyed, or is not lent; StoreUnavailable."""
        found: list[bytes] = []
        for start in range(0, len(ids), MOST):
            found += self._ask(Asked(ids=tuple(ids[start : start + MOST]))).keys
        return found

    def destroy(self, ids: Iterable[KeyId]) -> int:
        """Raises StoreUnavailable: who borrows keys destroys none."""
        raise StoreUnavailable("a process that borrows keys destroys none")

    def _ask(self, asked: Asked) -> Told:
        try:
            with self._lock:
                self._pipe.send_bytes(ENCODER.encode(asked))
                told = TOLD.decode(self._pipe.recv_bytes())
        except (EOFError, OSError, msgspec.DecodeError) as error:
            raise StoreUnavailable(GONE) from error
        if told.refused:
            raise Erased(told.refused) if told.erased else StoreUnavailable(told.refused)
        return told
