"""The processes that hold the keys of this node's epochs: one for each epoch that is in use, started when it is."""

from __future__ import annotations

import datetime as dt
import threading

from liaison.crosscheck.function.keyholder import KeyHolder
from liaison.crosscheck.function.suite import lengthened
from liaison.model.errors import KeyProcessLost, WrongKey
from liaison.office import Office
from liaison.ports import KeyId, Keys
from liaison.storage.rings import EachRing


def key_words(holder: str, sharing: str, epoch: str) -> bytes:
    """The public words that, with the seed, lead to the key: whose it is, of which class, of which epoch."""
    return b"".join(lengthened(part.encode()) for part in (holder, sharing, epoch))


class Processes:
    """Those of one key ring. Threads may share it."""

    def __init__(self) -> None:
        self._held: dict[str, KeyHolder] = {}
        self._lock = threading.Lock()
        self.stopping = threading.Event()  # set while the node stops: what makes sets looks at it
        self.looked: dict[str, dt.datetime] = {}  # when a set was last held against the records, by epoch

    def take(self, keys: Keys, epoch: str, seed: KeyId, words: bytes, public: str) -> KeyHolder:
        """The process with this epoch's key; `public` in hex, or empty before it is known.

        Raises WrongKey where the seed leads to another key, Erased where it was destroyed, KeyProcessLost.
        """
        with self._lock:
            if self.stopping.is_set():
                raise KeyProcessLost("the node stops", hint="ask again when it is back")
            held = self._held.get(epoch)
            if held is None:
                held = self._held[epoch] = KeyHolder(lambda: bytearray(keys.fetch([seed])[0]), words)
        if public and held.public().hex() != public:
            self.end(epoch)
            raise WrongKey("the key of this epoch is not the one that was published")
        return held

    def end(self, epoch: str) -> None:
        """End the process of an epoch, where there is one."""
        with self._lock:
            held = self._held.pop(epoch, None)
            self.looked.pop(epoch, None)
        if held is not None:
            held.close()

    def end_all(self) -> None:
        """End every process; the next question starts one anew."""
        with self._lock:
            held, self._held = list(self._held.values()), {}
        for each in held:
            each.close()


_ALL = EachRing(lambda keys: Processes())


def of(office: Office) -> Processes:
    """The processes of this office: one set of them for each key ring."""
    return _ALL.of(office.keys)


def stop(office: Office) -> None:
    """End what works with keys, for good: the node stops."""
    held = of(office)
    held.stopping.set()
    held.end_all()


def forget(office: Office) -> None:
    """Let a node begin anew after it stopped."""
    _ALL.drop(office.keys)
