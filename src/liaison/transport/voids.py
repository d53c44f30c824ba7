"""Letters in the place of those whose bytes were destroyed: a partner that was restored asks for their numbers again.

Such a letter says nothing. It has the number of the one that is gone, an id of its own and the kind `void`, is signed
by the keys that the number was given under, and is the same bytes each time it is asked for.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select, update

from liaison.model.errors import Erased
from liaison.model.structs import Value
from liaison.office import Office
from liaison.partners.directory import Partner
from liaison.partners.rules import Lane
from liaison.ports import KeyId
from liaison.storage.sealing import seal
from liaison.storage.tables.transport import OUTBOX
from liaison.transport.inbox import Incoming, handles
from liaison.transport.letters import digest_of
from liaison.transport.means import Means
from liaison.transport.outbox import NODE, Outgoing, about_out, record, write

VOID = "void"


class Void(Value, frozen=True, kw_only=True):
    """What a letter says whose content was destroyed."""


@handles(VOID, Void)
def take(office: Office, connection: Connection, means: Means, incoming: Incoming[Void]) -> str:
    """Nothing is done: the number is taken, and the letter is on the ledger."""
    return VOID


def fill(office: Office, means: Means, partner: Partner, lane: Lane, first: int, most: int) -> int:
    """Write letters for those among the next `most` from a number on whose keys are destroyed; how many there were.

    The row keeps the place on the ledger, the digest and the receipt of the letter that was sent. Raises BadInput,
    LedgerUnavailable, StoreUnavailable.
    """
    here = (OUTBOX.c.partner == partner.id) & (OUTBOX.c.lane == lane.value) & (OUTBOX.c.number >= first)
    query = select(OUTBOX).where(here).order_by(OUTBOX.c.number).limit(most)
    rows = office.read(lambda connection: connection.execute(query).all())
    gone = [row for row in rows if _gone(office, row.key)]

    def work(connection: Connection) -> None:
        for row in gone:
            _replace(office, connection, means, partner, row)

    if gone:
        office.write(work)
    return len(gone)


def _gone(office: Office, key: int) -> bool:
    try:
        office.keys.fetch([KeyId(key)])
    except Erased:
        return True
    return False


def _replace(office: Office, connection: Connection, means: Means, partner: Partner, row: Row[Any]) -> None:
    own = next((each for each in means.own.every if each.document_id == row.document_key), means.own)
    outgoing = Outgoing(partner.origin, VOID, row.thread, Void(), urgent=row.lane == Lane.URGENT.value)
    letter, written = write(means, own, partner, outgoing, row.number, office.now())
    record(office, connection, partner, letter, digest_of(written), NODE)
    key_id, key = means.keys(office)[0]
    values = {"kind": VOID, "seal_key": letter.seal_key, "document_key": own.document_id, "key": key_id}
    values["sealed"] = seal(key, written, about_out(row.id))
    connection.execute(update(OUTBOX).where(OUTBOX.c.id == row.id).values(**values))
