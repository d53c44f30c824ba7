"""Two sides with means to write and take letters, and a kind of letter that leaves a mark each time it is acted on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from liaison.model.structs import Value
from liaison.office import Office, new_id
from liaison.storage.sealing import unseal
from liaison.storage.tables.node import FACTS
from liaison.storage.tables.transport import OUTBOX
from liaison.transport import inbox, outbox
from liaison.transport.inbox import Incoming, Refused
from liaison.transport.letters import Receipt, Type, parts, receipt_of
from liaison.transport.means import Means
from liaison.transport.outbox import Outgoing, Posted, about_out
from tests.partners.pairs import FEDERATION, Side

KIND = "marking"


class Mark(Value, frozen=True, kw_only=True):
    """What is to be marked; some words do harm."""

    word: str


@inbox.handles(KIND, Mark)
def mark(office: Office, connection: Connection, means: Means, incoming: Incoming[Mark]) -> str:
    row = {"fact": new_id("mark"), "value": incoming.body.word, "at": office.now()}
    connection.execute(insert(FACTS).values(**row))
    if incoming.body.word == "poison":
        raise Refused("poison")
    if incoming.body.word == "fault":
        raise ZeroDivisionError
    if incoming.body.word == "twice":
        connection.execute(insert(FACTS).values(**row))
    return "marked"


@dataclass
class Writer:
    """One side with its means."""

    side: Side
    means: Means

    @property
    def office(self) -> Office:
        return self.side.office

    def writes(self, to: Writer, word: str, *, urgent: bool = False, kind: str = KIND) -> Posted:
        going = Outgoing(to.side.origin, kind, "thread", Mark(word=word), urgent)
        return self.office.write(lambda connection: outbox.post(self.office, connection, self.means, going))

    def text(self, letter: str) -> bytes:
        """The final bytes of a letter that this side wrote."""

        def work(connection: Connection) -> bytes:
            row = connection.execute(select(OUTBOX).where(OUTBOX.c.id == letter)).one()
            return unseal(self.office.keys.fetch([row.key])[0], row.sealed, about_out(letter))

        return self.office.read(work)

    def bytes_of(self, to: Writer, word: str, **how: object) -> bytes:
        return self.text(self.writes(to, word, **how).id)  # type: ignore[arg-type]

    def takes(self, sender: Writer, texts: Sequence[bytes]) -> list[bytes]:
        return inbox.take_in(self.office, self.means, self.side.knows(sender.side), texts)

    def marks(self) -> list[str]:
        """What was marked and kept, in the order of the letters' ids of time."""
        query = select(FACTS.c.value).where(FACTS.c.fact.startswith("mark-"))
        return list(self.office.read(lambda connection: connection.execute(query).scalars().all()))


def a_writer(side: Side) -> Writer:
    return Writer(side, Means(FEDERATION, side.origin, side.keys))


def receipt(text: bytes) -> Receipt:
    return receipt_of(parts(Type.RECEIPT, text))
