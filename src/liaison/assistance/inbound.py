"""The letters about requests as they come in: each kind to what takes it, in the transaction of its receipt.

Imported once by whoever puts a node together.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from liaison.assistance import (
    changing,
    clarifying,
    convictions,
    copies,
    messages,
    receiving,
    spontaneous,
    taking,
)
from liaison.assistance.ways import Means
from liaison.model.structs import Value
from liaison.office import Office
from liaison.supply.refusing import NotTaken
from liaison.transport.inbox import Incoming, Refused, handles

Take = Callable[[Office, Connection, Means, str, Any], str]


def take_part(office: Office, connection: Connection, means: Means, incoming: Incoming[messages.Part]) -> str:
    """A part is kept with the letter that it came in."""
    origin, letter = incoming.partner.origin, incoming.letter.id
    return _refused(lambda: receiving.take_part(office, connection, means, origin, incoming.body, letter))


def take_copy(office: Office, connection: Connection, means: Means, incoming: Incoming[messages.Copy]) -> str:
    """A copy stands in the thread of its request."""
    origin, thread = incoming.partner.origin, incoming.letter.thread
    return copies.take_copy(office, connection, origin, thread, incoming.body)


TAKERS: dict[str, Take] = {
    "request": receiving.take_opening,
    "request-received": taking.take_acknowledged,
    "request-triaged": taking.take_triaged,
    "answers": taking.take_answers,
    "clarification-asked": clarifying.take_question,
    "clarification-given": clarifying.take_answer,
    "request-withdrawn": changing.take_withdrawn,
    "request-corrected": changing.take_corrected,
    "request-closed": changing.take_closed,
    "spontaneous": spontaneous.take,
    "convictions-asked": convictions.take_asked,
    "convictions": convictions.take,
}


def _taker(take: Take) -> Callable[[Office, Connection, Means, Incoming[Any]], str]:
    def taken(office: Office, connection: Connection, means: Means, incoming: Incoming[Value]) -> str:
        origin = incoming.partner.origin
        return _refused(lambda: take(office, connection, means, origin, incoming.body))

    return taken


def _refused(take: Callable[[], str]) -> str:
    """What was taken. Raises Refused, with the code for the receipt."""
    try:
        return take()
    except NotTaken as error:
        raise Refused(error.code, error.words) from error


for _kind, _take in TAKERS.items():
    handles(_kind, messages.KINDS[_kind])(_taker(_take))
handles("request-part", messages.Part)(take_part)
handles("request-copy", messages.Copy)(take_copy)
