"""A notice arrives: what it says holds at once, it goes on to whoever got the item from here, and what takes longer
than a transaction (destroying keys, taking records out) is done right after it by `following`."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from liaison.ledger.statements import Statement
from liaison.model.categories import OfficerId
from liaison.model.errors import BadInput
from liaison.office import Office
from liaison.officers import notices
from liaison.storage.tables.screening import MEMBERS
from liaison.storage.tables.supply import HELD, LINKS, NOTICES, SUPPLIED, WAYS
from liaison.supply import forgetting, issuing, keeping, rules, vouching
from liaison.supply.documents import Kind, Notice, Outcome, Standing, Told, goes_on, read_notice
from liaison.supply.items import Item, digest, read_item
from liaison.supply.receiving import JOB, replace
from liaison.supply.refusing import NotTaken
from liaison.supply.vouching import Signers
from liaison.transport.means import Means

WHAT = "notice-received"


def take_notice(office: Office, means: Means, connection: Connection, sender: str, told: Told) -> str:
    """Take a notice of the originator; the word for what it came to: known, kept for later, or applied.

    Raises NotTaken with its code, LedgerUnavailable.
    """
    now, us = office.now(), keeping.origin(connection)
    notice, who, item = _checked(connection, means.federation, us, sender, told)
    before = connection.execute(select(NOTICES).where(NOTICES.c.id == notice.id)).first()
    if before is not None:
        if before.document != told.notice:
            raise NotTaken("conflict", "the originator signed two notices of one id")
        _owe(connection, notice, told)
        return "known"
    held = connection.execute(select(HELD).where(HELD.c.id == notice.item)).first()
    if held is not None and held.originator != notice.originator:
        raise NotTaken("not-originator", "the item is another node's")
    if held is not None and held.vouched and held.sealed is not None:
        vouching.require_same(who, keeping.kept(office.keys, held.key, held.sealed, held.id).card)
    _require_new_number(connection, notice)
    _keep(office, connection, sender, notice, told, held is not None, now)
    _owe(connection, notice, told)
    if held is None:
        return "kept for later"
    _apply(office, connection, held, notice, told, item, now)
    _tell(connection, notice.item, now)
    issuing.follow(connection, notice.id, notice.item, now)
    further = Told(
        notice=told.notice,
        chain=(*told.chain, us),
        card=_card(connection, who, notice),
        replacement=told.replacement,
    )
    issuing.spread(office, means, connection, notice.id, further)
    return "applied"


def _checked(
    connection: Connection, federation: str, us: str, sender: str, told: Told
) -> tuple[Notice, Signers, Item | None]:
    if not goes_on(told.chain) or told.chain[-1] != sender or us in told.chain:
        raise NotTaken("bad-chain", "the chain is none, does not end at its sender, or has been here before")
    who = vouching.signers(connection, told.chain[0], sender, told.card, federation)
    try:
        notice = read_notice(told.notice, who.keys)
        item = read_item(told.replacement, who.keys) if told.replacement else None
    except BadInput as error:
        raise NotTaken("bad-notice", f"the originator did not sign this: {error}") from error
    if (notice.originator, notice.federation) != (told.chain[0], federation):
        raise NotTaken("bad-notice", "the notice is another originator's, or of another federation")
    if notice.replacement != (digest(told.replacement) if told.replacement else ""):
        raise NotTaken("bad-notice", "the corrected item is not the one that the notice names")
    if item is not None and (item.id, item.originator) != (notice.item, notice.originator):
        raise NotTaken("bad-notice", "the corrected item is another one")
    if connection.execute(select(SUPPLIED.c.id).where(SUPPLIED.c.id == notice.item)).first():
        raise NotTaken("own-item", "the item is this node's own")
    return notice, who, item


def _require_new_number(connection: Connection, notice: Notice) -> None:
    chosen = (NOTICES.c.item == notice.item) & (NOTICES.c.originator == notice.originator)
    same = select(NOTICES.c.id).where(chosen, NOTICES.c.number == notice.number)
    if connection.execute(same).first() is not None:
        raise NotTaken("conflict", "the originator signed two notices of one number")


def _keep(
    office: Office,
    connection: Connection,
    sender: str,
    notice: Notice,
    told: Told,
    held: bool,
    now: dt.datetime,
) -> None:
    outcome = "" if held else Outcome.NEVER_HELD.value
    told_of = Statement(
        what=WHAT,
        who=JOB,
        when=now,
        objects=(notice.item, notice.id),
        outcome=notice.kind.value,
        detail={"originator": notice.originator, "sender": sender, "held": "yes" if held else "no"},
    )
    entry = office.log.append(connection, told_of)
    row = issuing.notice_row(
        office, notice, told.notice, "" if held else told.replacement, entry.index, "", now
    )
    row |= {"chain": keeping.chain_text(told.chain), "held": held, "outcome": outcome}
    row |= {"done": None if held else now, "replacing": bool(told.replacement)}
    connection.execute(insert(NOTICES).values(**row))


def _owe(connection: Connection, notice: Notice, told: Told) -> None:
    """A confirmation is owed along this chain; where it was sent before, the same is sent again."""
    chain = keeping.chain_text(told.chain)
    chosen = (WAYS.c.notice == notice.id) & (WAYS.c.chain == chain)
    again = connection.execute(update(WAYS).where(chosen).values(confirmed=None))
    if not again.rowcount:
        connection.execute(insert(WAYS).values(notice=notice.id, chain=chain, document=""))


def _apply(
    office: Office,
    connection: Connection,
    held: Row[Any],
    notice: Notice,
    told: Told,
    item: Item | None,
    now: dt.datetime,
) -> None:
    """What the notice says, as far as a transaction reaches: no door opens from here on, and the content is out."""
    before = Standing(
        Kind(held.ended) if held.ended else None, held.corrected, held.contested, held.restricted
    )
    after = rules.applied(before, notice)
    if item is not None and rules.replaces(before, notice) and held.sealed is not None:
        replace(office, connection, held, told.replacement, item)
    values: dict[str, Any] = {
        "state": held.state if held.state == "expired" else rules.state_of(after).value,
        "ended": after.ended.value if after.ended else None,
        "corrected": after.corrected,
        "contested": after.contested,
        "restricted": after.restricted,
    }
    if notice.kind.ends:
        values["sealed"] = None
        keeping.destroy_later(connection, held.id, [held.key])
        issuing.drop_replacements(connection, held.id)
        forgetting.forget_received(connection, held.id)
        forgetting.forget_sent(connection, held.id)
        issuing.void_permissions(connection, held.id, now)
    connection.execute(update(HELD).where(HELD.c.id == held.id).values(**values))


def _tell(connection: Connection, item: str, now: dt.datetime) -> None:
    """Tell everybody of the cases whose people may read the item: they may be acting on what it said."""
    linked = select(LINKS.c.case_id).where(LINKS.c.item == item)
    readers = select(MEMBERS.c.person).where(MEMBERS.c.case_id.in_(linked)).distinct()
    for person in connection.execute(readers.order_by(MEMBERS.c.person)).scalars():
        notices.add(connection, OfficerId(person), WHAT, item, now)


def _card(connection: Connection, who: Signers, notice: Notice) -> str:
    return who.card or vouching.card_of(connection, notice.originator)
