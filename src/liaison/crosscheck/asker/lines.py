"""The way to a partner for cross-checks: channels that are kept open, at most so many calls at once.

They are apart from those of the letters, so that a large cross-check delays no letter.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Connection

from liaison.model import canonical
from liaison.model.errors import BadInput, LiaisonError, OverQuota
from liaison.office import Office
from liaison.partners import directory
from liaison.partners.cards import OwnKeys
from liaison.partners.directory import Partner
from liaison.storage.rings import EachRing
from liaison.transport import partnering
from liaison.transport.calls import ROOT, Trouble
from liaison.transport.channel import Channel, Unreachable
from liaison.transport.means import Means

AT_ONCE = 3  # calls to one partner
OCTETS = "application/octet-stream"
PASSING = 500  # statuses from here on say that the partner cannot answer now
UNKNOWN = "unknown"
OVER_QUOTA = "over-quota"  # comes with the status of any call that has to wait


class Refused(LiaisonError):
    """A partner's node would not answer; `code` is its word for why."""

    status = 409
    title = "The partner's node refused the cross-check"
    hint = "read the reason; a supervisor can settle it with the partner"

    def __init__(self, code: str, title: str) -> None:
        super().__init__(title)
        self.code = code


@dataclass(slots=True)
class Line:
    """Calls to one partner. Threads may share it: each call has a channel of its own."""

    office: Office
    means: Means
    origin: str
    _idle: list[tuple[tuple[object, ...], Channel]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _turns: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(AT_ONCE))

    def partner(self) -> Partner:
        """The partner as it is known now. Raises NotFound."""
        return self.office.read(lambda connection: directory.partner(connection, self.origin))

    def ask(self, method: str, path: str, body: bytes = b"", kind: str = OCTETS) -> bytes:
        """What the partner answers to a call below /liaison/v1.

        Raises Unreachable where it cannot be reached or cannot answer now, Refused with its code.
        """
        try:
            with self._turns, self._channel() as channel:
                status, answer, _ = channel.call(method, ROOT + path, body, kind)
        except Unreachable as error:
            if _trouble(error.said).code != OVER_QUOTA:
                raise
            raise Refused(OVER_QUOTA, OverQuota.title) from error
        if status == 200:
            return answer
        told = _trouble(answer)
        if status >= PASSING:
            raise Unreachable(told.code or f"status {status}")
        raise Refused(told.code or UNKNOWN, told.title)

    def close(self) -> None:
        """End the connections that wait."""
        with self._lock:
            idle, self._idle = self._idle, []
        for _, channel in idle:
            channel.close()

    @contextmanager
    def _channel(self) -> Iterator[Channel]:
        """A channel of the keys and cards that count now, which is kept for the next call."""
        partner, keys = self.office.read(self._look)
        made_of = (keys.generation, *(each.made for each in partner.cards))
        channel = self._taken(made_of)
        if channel is None:
            cards = (partner.card, *(each for each in partner.cards if each != partner.card))
            channel = Channel(keys, cards, self.office.now)
        try:
            yield channel
        except BaseException:
            channel.close()
            raise
        with self._lock:
            self._idle.append((made_of, channel))

    def _look(self, connection: Connection) -> tuple[Partner, OwnKeys]:
        partner = directory.partner(connection, self.origin)
        directory.require_open(partner, self.office.now())
        return partner, partnering.channel_keys(connection, self.means, partner.id)

    def _taken(self, made_of: tuple[object, ...]) -> Channel | None:
        with self._lock:
            while self._idle:
                held, channel = self._idle.pop()
                if held == made_of:
                    return channel
                channel.close()
        return None


def _trouble(answer: bytes) -> Trouble:
    try:
        return canonical.decode(answer, Trouble)
    except BadInput:
        return Trouble(title="The partner's node did not say why", status=0)


_LINES: EachRing[dict[str, Line]] = EachRing(lambda keys: {})
_LOCK = threading.Lock()


def line(office: Office, means: Means, origin: str) -> Line:
    """The way to a partner, one for each of this office."""
    with _LOCK:
        held = _LINES.of(office.keys)
        found = held.get(origin)
        if found is None or found.means is not means:
            found = held[origin] = Line(office, means, origin)
        return found


def close(office: Office) -> None:
    """End every connection that waits."""
    with _LOCK:
        held = _LINES.drop(office.keys) or {}
    for each in held.values():
        each.close()
