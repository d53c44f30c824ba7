"""Letters on their way: written in the caller's transaction, in their final bytes, kept until the receipt is here."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert

from liaison.ledger.statements import Statement
from liaison.model import canonical
from liaison.model.categories import OfficerId
from liaison.model.structs import Value
from liaison.office import Office, new_id
from liaison.partners import directory
from liaison.partners.cards import OwnKeys
from liaison.partners.directory import Partner
from liaison.partners.rules import Lane, LinkClosed, PartnerState
from liaison.storage.prepared import Prepared
from liaison.storage.sealing import seal
from liaison.storage.tables.transport import OUTBOX
from liaison.transport.lanes import take_number
from liaison.transport.letters import SALT, VERSION, Letter, Type, digest_of, seal_body, sign
from liaison.transport.means import Means

NEW_LETTER = Prepared(insert(OUTBOX))
WHAT_SENT = "letter-sent"
NODE = OfficerId("node")  # who did what no person did


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A letter to write: to the partner of this origin, in the urgent lane or the ordinary one, in which thread.

    `least` are the bytes that its body is filled up to at least, where its length would tell what it says (threat A15).
    """

    partner: str
    kind: str
    thread: str
    body: Value
    urgent: bool = False
    by: OfficerId = NODE
    least: int = 0

    @property
    def lane(self) -> Lane:
        """The order that it is numbered in."""
        return Lane.URGENT if self.urgent else Lane.ORDINARY


@dataclass(frozen=True, slots=True)
class Posted:
    """A letter that waits for its delivery; `entry` is the ledger's."""

    id: str
    lane: Lane
    number: int
    digest: str
    entry: int


def post(office: Office, connection: Connection, means: Means, outgoing: Outgoing) -> Posted:
    """Write a letter within the caller's transaction, with its entry in the ledger: all of it is kept, or nothing.

    It is delivered while the link is open, and waits while it is closed. Whether it may be sent, the caller decided.
    Raises NotFound for no partner, LinkClosed for a revoked one, BadInput for a body that is too long,
    LedgerUnavailable.
    """
    partner = directory.partner(connection, outgoing.partner)
    if partner.kept is PartnerState.REVOKED:
        raise LinkClosed(f"{partner.origin} was revoked", hint="pair with it anew")
    lane = outgoing.lane
    number, now = take_number(connection, partner.id, lane), office.now()
    letter, written = write(means, means.own, partner, outgoing, number, now)
    digest = digest_of(written)
    entry = record(office, connection, partner, letter, digest, outgoing.by)
    key_id, key = means.keys(office)[0]
    row = {
        "id": letter.id,
        "partner": partner.id,
        "lane": lane.value,
        "number": number,
        "kind": outgoing.kind,
        "thread": outgoing.thread,
        "document_key": means.own.document_id,
        "seal_key": letter.seal_key,
        "digest": digest,
        "key": key_id,
        "sealed": seal(key, written, about_out(letter.id)),
        "made": now,
        "entry": entry,
        "state": "waiting",
        "code": "",
        "receipt": None,
        "done": None,
    }
    NEW_LETTER.change(connection, [row])
    means.wake(partner.origin)
    return Posted(letter.id, lane, number, digest, entry)


def write(
    means: Means, own: OwnKeys, partner: Partner, outgoing: Outgoing, number: int, now: datetime
) -> tuple[Letter, bytes]:
    """A letter of this number with its final bytes, signed by these keys. Raises BadInput for one that is too long."""

    def made(digest: str, sealed: str) -> Letter:
        return Letter(
            federation=means.federation,
            version=VERSION,
            id=new_id("letter"),
            kind=outgoing.kind,
            sender=means.origin,
            recipient=partner.origin,
            lane=outgoing.lane,
            number=number,
            thread=outgoing.thread,
            made=now,
            seal_key=partner.card.seal_id,
            digest=digest,
            sealed=sealed,
        )

    body = canonical.encode(outgoing.body)
    letter = seal_body(body, secrets.token_bytes(SALT), partner.card.seal_key, made, outgoing.least)
    return letter, sign(Type.LETTER, letter, own.document)


def record(
    office: Office, connection: Connection, partner: Partner, letter: Letter, digest: str, by: OfficerId
) -> int:
    """The ledger's entry of a letter; its number."""
    statement = Statement(
        what=WHAT_SENT,
        who=by,
        when=letter.made,
        objects=(letter.id, partner.id, letter.thread),
        digest=digest,
        outcome=letter.kind,
        detail={"lane": letter.lane.value, "number": str(letter.number)},
    )
    return office.log.append(connection, statement).index


def about_out(letter: str) -> str:
    """What a letter on its way is sealed for at rest."""
    return f"letters_out:{letter}"
