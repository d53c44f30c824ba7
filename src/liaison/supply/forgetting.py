"""What letters still hold of an item goes with the item: their copies at rest, once they were taken or delivered.

The letter of an item is the next one of that partner on the ledger: both are written in one transaction. A letter that
carried several items is forgotten with the first of them; what it said of the others is kept as items. One that is not
delivered yet still goes, and is forgotten then; the notice, in the urgent lane, is there before it.
"""

from __future__ import annotations

from sqlalchemy import Connection, or_, select, update

from liaison.partners import directory
from liaison.storage.tables.supply import HELD, PATHS, RECIPIENTS, SUPPLIED
from liaison.storage.tables.transport import INBOX, OUTBOX
from liaison.supply import keeping, letters
from liaison.supply.items import State
from liaison.transport.voids import VOID

OVER = tuple(state.value for state in State if state.over)
FOLLOW = (letters.NOTICE, letters.REPORT)  # letters that carry no item
MOST = 200  # items of one transaction


def forget_received(connection: Connection, item: str) -> None:
    """Have the keys of the letters that brought an item destroyed once this transaction is durable."""
    mine = (PATHS.c.item == item) & ~PATHS.c.forgotten
    for path in connection.execute(select(PATHS).where(mine)).all():
        partner = directory.partner(connection, path.sender)
        chosen = (INBOX.c.partner == partner.id) & (INBOX.c.entry >= path.entry) & INBOX.c.kind.not_in(FOLLOW)
        key = connection.execute(select(INBOX.c.key).where(chosen).order_by(INBOX.c.entry).limit(1)).scalar()
        keeping.destroy_later(connection, item, [key])
        done = mine & (PATHS.c.sender == path.sender)
        connection.execute(update(PATHS).where(done).values(forgotten=key is not None))


def forget_sent(connection: Connection, item: str) -> None:
    """As above, of the letters that carried it from here, where they were delivered."""
    mine = (RECIPIENTS.c.item == item) & (RECIPIENTS.c.via == "") & ~RECIPIENTS.c.forgotten
    for row in connection.execute(select(RECIPIENTS).where(mine)).all():
        partner = directory.partner(connection, row.recipient)
        chosen = (
            (OUTBOX.c.partner == partner.id) & (OUTBOX.c.entry > row.entry) & OUTBOX.c.kind.not_in(FOLLOW)
        )
        letter = connection.execute(select(OUTBOX).where(chosen).order_by(OUTBOX.c.entry).limit(1)).first()
        if letter is not None and letter.state == "waiting":
            continue
        if letter is not None and letter.kind != VOID:
            keeping.destroy_later(connection, item, [letter.key])
        done = mine & (RECIPIENTS.c.recipient == row.recipient)
        connection.execute(update(RECIPIENTS).where(done).values(forgotten=True))


def forget_late(connection: Connection) -> None:
    """Forget the letters that were delivered, or came, after their item was called back."""
    held = select(HELD.c.id).where(HELD.c.state.in_(OVER))
    own = select(SUPPLIED.c.id).where(SUPPLIED.c.state.in_(OVER))
    came = select(PATHS.c.item).where(~PATHS.c.forgotten, PATHS.c.item.in_(held)).limit(MOST)
    went = select(RECIPIENTS.c.item).where(
        ~RECIPIENTS.c.forgotten, or_(RECIPIENTS.c.item.in_(own), RECIPIENTS.c.item.in_(held))
    )
    for query, forget in ((came, forget_received), (went.limit(MOST), forget_sent)):
        for item in {*connection.execute(query).scalars()}:
            forget(connection, item)
