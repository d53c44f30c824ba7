"""What comes back along the chain: who did what a notice says, and who passed an item on to whom.

Each node keeps what passes through it and hands it on unchanged, so that the originator holds the words of every node
that had its item, signed by that node itself.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from liaison.ledger.statements import Statement
from liaison.model.categories import OfficerId
from liaison.model.errors import BadInput
from liaison.model.roles import Role
from liaison.office import Office
from liaison.officers import notices
from liaison.storage.tables.supply import COMPLIANCE, HELD, NOTICES, RECIPIENTS, SUPPLIED, WAYS
from liaison.supply import issuing, keeping, letters, vouching
from liaison.supply.documents import MOST_PASSED, Confirmation, Outcome, Passage, Report
from liaison.supply.receiving import JOB
from liaison.supply.refusing import NotTaken
from liaison.supply.signing import Type, opened, signed, signer, told
from liaison.transport.means import Means

WHAT_CONFIRMED, WHAT_CONFIRMS, WHAT_PASSED = "notice-confirmed", "confirm-notice", "passage-reported"
TOLD_OF_URGENCY = "passed-on-in-urgency"
FORMS: dict[Type, type[Confirmation | Passage]] = {Type.CONFIRMATION: Confirmation, Type.PASSAGE: Passage}


def confirm(office: Office, means: Means, connection: Connection, notice: Row[Any], way: Row[Any]) -> None:
    """Tell back along one chain what was done here; the bytes are the same however often they are asked for."""
    chain, us, now = keeping.chain_of(way.chain), keeping.origin(connection), office.now()
    document = way.document or signed(
        Type.CONFIRMATION,
        Confirmation(
            federation=means.federation,
            notice=notice.id,
            item=notice.item,
            chain=(*chain, us),
            outcome=Outcome(notice.outcome),
            passed_to=_passed_to(connection, notice.item),
            at=now,
        ),
        means.own.document,
    )
    send_up(office, means, connection, notice.item, document, (*chain, us))
    chosen = (WAYS.c.notice == notice.id) & (WAYS.c.chain == way.chain)
    connection.execute(update(WAYS).where(chosen).values(confirmed=now, document=document))
    _tell(office, connection, WHAT_CONFIRMS, notice.item, notice.id, notice.outcome, {"to": chain[-1]})


def send_up(
    office: Office, means: Means, connection: Connection, item: str, document: str, chain: tuple[str, ...]
) -> None:
    """Post a document of this node to the one before it in the chain."""
    card = vouching.card_of(connection, chain[-1])
    report = Report(document=document, chain=chain, card=card)
    letters.post_unless_revoked(office, means, connection, chain[-2], letters.REPORT, report, thread=item)


def take_report(office: Office, means: Means, connection: Connection, sender: str, report: Report) -> str:
    """Take what came back, keep it, and hand it on to the node before this one. Raises NotTaken."""
    us = keeping.origin(connection)
    said = _checked(connection, means.federation, us, sender, report)
    place = said.chain.index(us)
    if isinstance(said, Confirmation):
        _keep_confirmation(office, connection, said, report)
    else:
        _keep_passage(office, connection, said)
    if place:
        before = said.chain[place - 1]
        letters.post_unless_revoked(
            office, means, connection, before, letters.REPORT, report, thread=said.item
        )
        return "handed on"
    return "taken"


def _checked(
    connection: Connection, federation: str, us: str, sender: str, report: Report
) -> Confirmation | Passage:
    """What a report says, once the node that it names is seen to have signed it, and the way it came is its own."""
    try:
        kind = _kind(report.document)
        node = told(report.document, FORMS[kind]).node
        who = vouching.signers(connection, node, sender, report.card, federation)
        said = opened(kind, report.document, FORMS[kind], who.keys)
    except BadInput as error:
        raise NotTaken("bad-report", f"the node that it names did not sign this: {error}") from error
    chain = said.chain
    if said.federation != federation or us not in chain[:-1] or chain[chain.index(us) + 1] != sender:
        raise NotTaken("bad-chain", "this did not come back the way that it says")
    _require_given(connection, said, us)
    return said


def _kind(document: str) -> Type:
    for kind in FORMS:
        try:
            signer(kind, document)
            return kind
        except BadInput:
            continue
    raise BadInput("this is no confirmation and no passage")


def _require_given(connection: Connection, said: Confirmation | Passage, us: str) -> None:
    """The item went from here to the next node of the chain, and is its first node's own."""
    following = said.chain[said.chain.index(us) + 1]
    chosen = (
        (RECIPIENTS.c.item == said.item) & (RECIPIENTS.c.recipient == following) & (RECIPIENTS.c.via == "")
    )
    given = connection.execute(select(RECIPIENTS.c.item).where(chosen)).first()
    table = SUPPLIED if said.chain[0] == us else HELD
    row = connection.execute(select(table).where(table.c.id == said.item)).first()
    if given is None or row is None or (table is HELD and row.originator != said.chain[0]):
        raise NotTaken("unknown-item", "this item did not go there from here")


def _keep_confirmation(office: Office, connection: Connection, said: Confirmation, report: Report) -> None:
    now = office.now()
    notice = connection.execute(
        select(NOTICES).where(NOTICES.c.id == said.notice, NOTICES.c.item == said.item)
    ).first()
    if notice is None:
        raise NotTaken("unknown-notice", "there is no such notice on this item")
    issuing.expect(connection, notice.id, said.node, keeping.chain_text(said.chain), now)
    entry = _tell(
        office,
        connection,
        WHAT_CONFIRMED,
        said.item,
        notice.id,
        said.outcome.value,
        {"node": said.node, "hops": str(len(said.chain) - 1)},
    )
    chosen = (COMPLIANCE.c.notice == notice.id) & (COMPLIANCE.c.node == said.node)
    values = {"confirmed": now, "outcome": said.outcome.value, "document": report.document, "entry": entry}
    connection.execute(update(COMPLIANCE).where(chosen).values(**values))
    for node in said.passed_to:
        if node not in said.chain:
            further = (*said.chain, node)
            issuing.expect(connection, notice.id, node, keeping.chain_text(further), now)
            _recipient(connection, said.item, node, said.node, further, "passed", "", now, entry)


def _keep_passage(office: Office, connection: Connection, said: Passage) -> None:
    now = office.now()
    how = "urgent" if said.urgency else "passed"
    entry = _tell(
        office, connection, WHAT_PASSED, said.item, "", how, {"node": said.node, "recipient": said.recipient}
    )
    further = (*said.chain, said.recipient)
    _recipient(connection, said.item, said.recipient, said.node, further, how, said.consent, now, entry)
    if said.urgency:
        about = f"reason:{said.item}:{said.recipient}"
        (box,) = keeping.sealed(office.keys, [(about, keeping.written(said.urgency))])
        chosen = (RECIPIENTS.c.item == said.item) & (RECIPIENTS.c.recipient == said.recipient)
        values = {"how": how, "key": box.key, "sealed": box.sealed}
        connection.execute(update(RECIPIENTS).where(chosen, RECIPIENTS.c.via == said.node).values(**values))
        notices.add(connection, Role.SUPERVISOR, TOLD_OF_URGENCY, said.item, now)


def _recipient(
    connection: Connection,
    item: str,
    recipient: str,
    via: str,
    chain: tuple[str, ...],
    how: str,
    consent: str,
    now: dt.datetime,
    entry: int,
) -> None:
    chosen = (RECIPIENTS.c.item == item) & (RECIPIENTS.c.recipient == recipient) & (RECIPIENTS.c.via == via)
    if connection.execute(select(RECIPIENTS.c.item).where(chosen)).first() is None:
        row: dict[str, Any] = {
            "item": item,
            "recipient": recipient,
            "via": via,
            "chain": keeping.chain_text(chain),
            "how": how,
            "forgotten": True,
            "person": "",
            "at": now,
            "entry": entry,
            "consent": consent,
        }
        connection.execute(insert(RECIPIENTS).values(**row))


def _passed_to(connection: Connection, item: str) -> tuple[str, ...]:
    chosen = (RECIPIENTS.c.item == item) & (RECIPIENTS.c.via == "")
    query = select(RECIPIENTS.c.recipient).where(chosen).order_by(RECIPIENTS.c.at).limit(MOST_PASSED)
    return tuple(sorted(connection.execute(query).scalars()))  # each was told when it was passed on, too


def _tell(
    office: Office,
    connection: Connection,
    what: str,
    item: str,
    notice: str,
    outcome: str,
    detail: dict[str, str],
    who: OfficerId = JOB,
) -> int:
    told = Statement(
        what=what,
        who=who,
        when=office.now(),
        objects=(item, *([notice] if notice else [])),
        outcome=outcome,
        detail=detail,
    )
    return office.log.append(connection, told).index
