"""The originator's notices: signed, kept, sent to every recipient, and followed until each has confirmed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from liaison.ledger.statements import Statement
from liaison.model.categories import OfficerId
from liaison.office import Office, new_id
from liaison.storage.tables.supply import COMPLIANCE, NOTICES, PERMISSIONS, RECIPIENTS, SUPPLIED
from liaison.supply import forgetting, keeping, letters
from liaison.supply.documents import Kind, Notice, Told, Why
from liaison.supply.items import State, digest
from liaison.supply.rules import CHASE_AFTER, Asked
from liaison.supply.signing import Type, signed
from liaison.transport.means import Means

WHAT = "notice-issued"
AFTER = {
    Kind.RECALL: State.RECALLED,
    Kind.ERASE: State.ERASED,
    Kind.RESTRICT: State.RESTRICTED,
    Kind.UNRESTRICT: State.HELD,
}


@dataclass(frozen=True, slots=True)
class Issued:
    """A notice that is on its way, and how many recipients it goes to."""

    notice: str
    item: str
    kind: Kind
    recipients: int


def issue(
    office: Office,
    means: Means,
    connection: Connection,
    row: Row[Any],
    kind: Kind,
    why: Why,
    who: OfficerId,
    replacement: str = "",
) -> Issued:
    """Tell everybody who has one of our items. replacement: the corrected item, signed; the caller keeps it.

    An end destroys our copy of the item too. Raises LedgerUnavailable.
    """
    now, us = office.now(), keeping.origin(connection)
    notice = Notice(
        federation=means.federation,
        id=new_id("notice"),
        originator=us,
        item=row.id,
        number=row.number + 1,
        kind=kind,
        why=why,
        made=now,
        replacement=digest(replacement) if replacement else "",
    )
    document = signed(Type.NOTICE, notice, means.own.document)
    entry = office.log.append(connection, _statement(notice, row, who, now))
    connection.execute(
        insert(NOTICES).values(**notice_row(office, notice, document, replacement, entry.index, who, now))
    )
    values: dict[str, Any] = {"number": notice.number}
    if kind in AFTER:
        values["state"] = AFTER[kind].value
    if kind.ends:
        values |= {"sealed": None}
        keeping.destroy_later(connection, row.id, [row.key])
        drop_replacements(connection, row.id)
        forgetting.forget_sent(connection, row.id)
        void_permissions(connection, row.id, now)
    connection.execute(update(SUPPLIED).where(SUPPLIED.c.id == row.id).values(**values))
    count = follow(connection, notice.id, row.id, now)
    spread(office, means, connection, notice.id, Told(notice=document, chain=(us,), replacement=replacement))
    return Issued(notice.id, row.id, kind, count)


def notice_row(
    office: Office,
    notice: Notice,
    document: str,
    replacement: str,
    entry: int,
    who: str,
    now: dt.datetime,
) -> dict[str, Any]:
    """The row of a notice that asks nothing more of this node; the corrected item is sealed beside it."""
    row: dict[str, Any] = {
        "id": notice.id,
        "item": notice.item,
        "originator": notice.originator,
        "number": notice.number,
        "kind": notice.kind.value,
        "why": notice.why.value,
        "made": notice.made,
        "person": who,
        "document": document,
        "chain": "",
        "taken": now,
        "held": True,
        "done": now,
        "outcome": "",
        "replacing": bool(replacement),
        "key": None,
        "sealed": None,
        "entry": entry,
    }
    if replacement:
        about = keeping.about_item(notice.id)
        (box,) = keeping.sealed(office.keys, [(about, replacement.encode())])
        row |= {"key": box.key, "sealed": box.sealed}
    return row


def follow(connection: Connection, notice: str, item: str, now: dt.datetime) -> int:
    """Expect a confirmation from everybody who is known to have the item; how many they are."""
    chosen = RECIPIENTS.c.item == item
    rows = connection.execute(select(RECIPIENTS).where(chosen).order_by(RECIPIENTS.c.at)).all()
    expected = {row.recipient: row.chain for row in reversed(rows)}
    for node, chain in expected.items():
        expect(connection, notice, node, chain, now)
    return len(expected)


def expect(connection: Connection, notice: str, node: str, chain: str, now: dt.datetime) -> None:
    """Expect a node's confirmation; nothing where it is expected already."""
    chosen = (COMPLIANCE.c.notice == notice) & (COMPLIANCE.c.node == node)
    if connection.execute(select(COMPLIANCE.c.node).where(chosen)).first() is None:
        row = {"notice": notice, "node": node, "chain": chain, "since": now, "outcome": "", "document": ""}
        row["again"] = now + CHASE_AFTER
        connection.execute(insert(COMPLIANCE).values(**row))


def spread(
    office: Office, means: Means, connection: Connection, notice: str, told: Told, *, again: str = ""
) -> int:
    """Post a notice to those who have the item from this node and have not confirmed; `again`: to that one alone."""
    item = connection.execute(select(NOTICES.c.item).where(NOTICES.c.id == notice)).scalar_one()
    chosen = [RECIPIENTS.c.item == item, RECIPIENTS.c.via == ""]
    if again:
        chosen.append(RECIPIENTS.c.recipient == again)
    nodes = list(connection.execute(select(RECIPIENTS.c.recipient).where(*chosen)).scalars())
    return sum(
        letters.post_unless_revoked(office, means, connection, node, letters.NOTICE, told, thread=item)
        for node in nodes
    )


def drop_replacements(connection: Connection, item: str) -> None:
    """Corrected items that were kept beside their notices go with the item."""
    chosen = (NOTICES.c.item == item) & NOTICES.c.sealed.is_not(None)
    keys = list(connection.execute(select(NOTICES.c.key).where(chosen)).scalars())
    connection.execute(update(NOTICES).where(chosen).values(sealed=None))
    keeping.destroy_later(connection, item, keys)


def void_permissions(connection: Connection, item: str, now: dt.datetime) -> None:
    """What was permitted or asked for an item that is no more is void."""
    open_ones = PERMISSIONS.c.state.in_([Asked.ASKED.value, Asked.GRANTED.value])
    values = {"state": Asked.VOID.value, "decided": now}
    connection.execute(update(PERMISSIONS).where(PERMISSIONS.c.item == item, open_ones).values(**values))


def _statement(notice: Notice, row: Row[Any], who: OfficerId, now: dt.datetime) -> Statement:
    return Statement(
        what=WHAT,
        who=who,
        when=now,
        objects=(notice.item, notice.id, row.holding),
        outcome=notice.kind.value,
        detail={"why": notice.why.value, "number": str(notice.number)},
    )
