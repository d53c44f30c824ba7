"""The wire between two offices for cross-checks: signed on both ways as the channel does it, only TLS is left out."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NoReturn

import liaison.crosscheck.holder.background
import liaison.crosscheck.planned.telling  # noqa: F401  so that calls and letters are understood
from liaison.crosscheck.asker import lines
from liaison.model import canonical
from liaison.model.errors import NotFound
from liaison.partners.cards import OwnKeys
from liaison.transport.calls import ROOT, Call, Desk, Trouble
from liaison.transport.channel import Unreachable
from liaison.transport.messages import Message, Reply, sign_request, verify_response
from tests.two_offices import Agency


@dataclass
class Wire:
    """Calls of one agency to the other; `down` while the other is not reached. It keeps every byte that passed."""

    caller: Agency
    callee: Agency
    down: bool = False
    calls: list[tuple[str, bytes, bytes]] = field(default_factory=list)  # method and path, body, answer
    changed: Callable[[str, bytes], bytes] | None = None  # what becomes of an answer on the way
    _desk: Desk | None = None

    def __call__(self, origin: str, method: str, path: str, body: bytes) -> bytes:
        assert origin == self.callee.origin
        if self.down:
            raise Unreachable("it is down")
        status, answer = self._call(method, path, body)
        self.calls.append((f"{method} {path}", body, answer))
        if status != 200:
            told = canonical.decode(answer, Trouble)
            raise lines.Refused(told.code, told.title)
        return self.changed(path, answer) if self.changed else answer

    def _call(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        keys: OwnKeys = self.caller.side.keys
        now = self.caller.office.now()
        message = Message(method, f"https://{self.callee.origin}:8443{ROOT}{path}", body, {})
        sign_request(message, keys.channel, keys.channel_id, now, secrets.token_urlsafe(16))
        card = self.callee.side.knows(self.caller.side).card
        answered = self.desk.answer(Call(message, card.tls))
        reply = Reply(answered.status, message, answered.body, dict(answered.headers))
        verify_response(reply, self.caller.side.knows(self.callee.side).card.channel_key, now)
        return answered.status, answered.body

    @property
    def desk(self) -> Desk:
        if self._desk is None:
            self._desk = Desk(self.callee.office, self.callee.means, _none, _none)
        return self._desk


def _none() -> NoReturn:
    raise NotFound
