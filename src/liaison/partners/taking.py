"""Cards and agreements as they come in, by file, by letter or over the network: the same rules for each way.

Every function works in its caller's transaction and records what it did. `who` is the officer who brought the
document, or the node itself for what a partner sent.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sqlalchemy import ColumnElement, Connection, func, insert, or_, select, update

from liaison.model.categories import OfficerId
from liaison.model.errors import BadInput, Conflict
from liaison.office import Office, new_id
from liaison.partners import directory
from liaison.partners.agreement import Agreement, SignedAgreement, negotiated
from liaison.partners.cards import Card, SignedCard
from liaison.partners.directory import Partner
from liaison.partners.recording import record
from liaison.partners.rules import (
    AgreementState,
    CardState,
    Lane,
    PartnerState,
    require_next,
    require_successor,
    wins,
)
from liaison.storage.tables.partners import AGREEMENTS, PARTNER_CARDS, PARTNERS

NO_POSITIONS: Mapping[Lane, int] = {}


def take_card(
    office: Office,
    connection: Connection,
    partner: Partner,
    signed: SignedCard,
    who: OfficerId,
    last: Mapping[Lane, int] = NO_POSITIONS,
) -> str:
    """Take a card of a partner that is known; what happened, in a word: `known`, `renewed` or `rotated`.

    `last` is the last number in each lane that was signed under the keys before: they count up to it. Raises
    Conflict, BadInput, BadNote.
    """
    newest = max(partner.generations, key=lambda each: each.card.generation)
    if signed.content == newest.signed.content:
        _end_former(connection, partner, last, office.now())
        return "known"
    require_next(partner.generations, signed.card, partner.agreement)
    rotated = signed.card.generation > newest.card.generation
    if not rotated and newest.state is CardState.REVOKED:
        raise Conflict("the keys of this generation were revoked", hint="ask for a card of a new generation")
    if rotated:
        _retire(connection, partner, last, office.now())
        add_card(connection, partner.id, signed, office.now())
    else:
        _renew(connection, partner, signed, office.now())
    outcome = "rotated" if rotated else "renewed"
    detail = {"generation": str(signed.card.generation), "key": signed.card.document_id}
    detail |= {f"last-{lane.value}": str(number) for lane, number in last.items()}
    record(
        office, connection, "partner-card-taken", who, objects=(partner.id,), outcome=outcome, detail=detail
    )
    return outcome


def add_card(connection: Connection, partner_id: str, signed: SignedCard, now: dt.datetime) -> None:
    """A new generation of a partner's keys. Raises Conflict for a key of another partner."""
    _require_no_others_key(connection, partner_id, signed.card)
    row = {"id": new_id("card"), "partner": partner_id, "taken": now, **_card_row(signed, now)}
    connection.execute(insert(PARTNER_CARDS).values(**row))


def take_agreement(
    office: Office,
    connection: Connection,
    partner: Partner,
    signed: SignedAgreement,
    own: str,
    who: OfficerId,
) -> str:
    """Take what a partner proposed or signed; what happened, in a word: `known`, `proposed` or `in force`.

    `own` is this node's identity key (vkey). What both signed is in force at once; a proposal waits for a supervisor.
    Raises Conflict for one that is older or between others, BadInput for a downgrade.
    """
    agreement = signed.agreement
    if {*agreement.parties} != {own, partner.vkey}:
        raise Conflict("the agreement is between others", hint="ask for one that names this node's key")
    if agreement.federation != partner.card.federation:
        raise Conflict("the agreement is of another federation", hint="propose it anew")
    if partner.kept is PartnerState.REVOKED:
        raise Conflict(f"{partner.origin} was revoked", hint="take a new card of it first")
    if partner.origin not in signed.signatures:
        raise BadInput("the partner did not sign it", hint="ask for the document that it signed")
    row = connection.execute(select(AGREEMENTS).where(*_this(partner, agreement))).first()
    if row is None:
        return _new_proposal(office, connection, partner, signed, who)
    if row.state == AgreementState.WITHDRAWN.value:
        raise Conflict("this agreement was withdrawn or ended", hint="propose a new one")
    if row.state != AgreementState.PROPOSED.value or not signed.complete:
        return "known"
    return put_in_force(office, connection, partner, signed, who)


def add_agreement(office: Office, connection: Connection, partner: Partner, signed: SignedAgreement) -> str:
    """Keep a proposal; its id."""
    agreement, made = signed.agreement, new_id("agreement")
    ours = {name: given for name, given in signed.signatures.items() if name != partner.origin}
    connection.execute(
        insert(AGREEMENTS).values(
            id=made,
            partner=partner.id,
            number=agreement.number,
            digest=agreement.digest,
            content=agreement.content,
            ours=next(iter(ours.values()), None),
            theirs=signed.signatures.get(partner.origin),
            state=AgreementState.PROPOSED.value,
            expires=agreement.gateway.expires,
            made=agreement.made,
            changed=office.now(),
        )
    )
    return made


def put_in_force(
    office: Office, connection: Connection, partner: Partner, signed: SignedAgreement, who: OfficerId
) -> str:
    """What both signed takes the place of the one before, and the link is open as long as its gateway is.

    `in force`; `known` where both sides signed another of the same number that goes before it.
    """
    agreement, now = signed.agreement, office.now()
    ours = next(given for name, given in signed.signatures.items() if name != partner.origin)
    held = {"ours": ours, "theirs": signed.signatures[partner.origin], "changed": now}
    this = update(AGREEMENTS).where(*_this(partner, agreement))
    if not wins(partner.agreement, agreement):
        connection.execute(this.values(state=AgreementState.REPLACED.value, **held))
        return "known"
    mine = AGREEMENTS.c.partner == partner.id
    before = mine, AGREEMENTS.c.state == AgreementState.IN_FORCE.value
    replaced = {"state": AgreementState.REPLACED.value, "changed": now}
    connection.execute(update(AGREEMENTS).where(*before).values(**replaced))
    older = mine, AGREEMENTS.c.state == AgreementState.PROPOSED.value, AGREEMENTS.c.number < agreement.number
    withdrawn = {"state": AgreementState.WITHDRAWN.value, "changed": now}
    connection.execute(update(AGREEMENTS).where(*older).values(**withdrawn))
    connection.execute(this.values(state=AgreementState.IN_FORCE.value, **held))
    active = {"state": PartnerState.ACTIVE.value, "changed": now}
    connection.execute(update(PARTNERS).where(PARTNERS.c.id == partner.id).values(**active))
    _told(office, connection, "agreement-in-force", who, partner, agreement)
    return "in force"


def highest_number(connection: Connection, partner_id: str) -> int:
    """The highest number of an agreement that was ever known with a partner; 0 where there was none."""
    query = select(func.max(AGREEMENTS.c.number)).where(AGREEMENTS.c.partner == partner_id)
    return connection.execute(query).scalar() or 0


def _new_proposal(
    office: Office, connection: Connection, partner: Partner, signed: SignedAgreement, who: OfficerId
) -> str:
    agreement, in_force = signed.agreement, partner.agreement
    proposed = AGREEMENTS.c.partner == partner.id, AGREEMENTS.c.state == AgreementState.PROPOSED.value
    ours = connection.execute(select(AGREEMENTS.c.number).where(*proposed, AGREEMENTS.c.theirs.is_(None)))
    # a proposal of our own that crosses theirs stands in nobody's way
    crossing = max(ours.scalars(), default=0)
    highest = highest_number(connection, partner.id)
    require_successor(in_force, highest - 1 if highest == crossing else highest, agreement)
    if not agreement.open_at(office.now()):
        raise Conflict("the gateway of this agreement has ended", hint="ask for a proposal with a later end")
    could = negotiated(directory.own_card(connection).card, partner.card)
    if (agreement.capabilities, agreement.version) != could:
        raise BadInput(
            "the proposal does not name what both nodes can do",
            field="capabilities",
            hint="exchange the current cards and propose it anew: nothing is negotiated down",
        )
    add_agreement(office, connection, partner, signed)
    _told(office, connection, "agreement-received", who, partner, agreement)
    if signed.complete:
        return put_in_force(office, connection, partner, signed, who)
    return "proposed"


def _this(partner: Partner, agreement: Agreement) -> tuple[ColumnElement[bool], ...]:
    return AGREEMENTS.c.partner == partner.id, AGREEMENTS.c.digest == agreement.digest


def _told(
    office: Office, connection: Connection, what: str, who: OfficerId, partner: Partner, agreement: Agreement
) -> None:
    detail = {"number": str(agreement.number), "digest": agreement.digest}
    record(office, connection, what, who, objects=(partner.id,), detail=detail)


def _retire(connection: Connection, partner: Partner, last: Mapping[Lane, int], now: dt.datetime) -> None:
    current = PARTNER_CARDS.c.partner == partner.id, PARTNER_CARDS.c.state == CardState.CURRENT.value
    values = {"state": CardState.RETIRED.value, "changed": now}
    positions = {"last_urgent": last.get(Lane.URGENT), "last_ordinary": last.get(Lane.ORDINARY)}
    connection.execute(update(PARTNER_CARDS).where(*current).values(**values, **positions))


def _end_former(connection: Connection, partner: Partner, last: Mapping[Lane, int], now: dt.datetime) -> None:
    """The positions of keys whose successor came by file, without them."""
    untold = PARTNER_CARDS.c.last_urgent.is_(None), PARTNER_CARDS.c.last_ordinary.is_(None)
    former = PARTNER_CARDS.c.partner == partner.id, PARTNER_CARDS.c.state == CardState.RETIRED.value
    if last:
        told = {"last_urgent": last[Lane.URGENT], "last_ordinary": last[Lane.ORDINARY], "changed": now}
        connection.execute(update(PARTNER_CARDS).where(*former, *untold).values(**told))


def _renew(connection: Connection, partner: Partner, signed: SignedCard, now: dt.datetime) -> None:
    this = PARTNER_CARDS.c.partner == partner.id, PARTNER_CARDS.c.generation == signed.card.generation
    connection.execute(update(PARTNER_CARDS).where(*this).values(**_card_row(signed, now)))


def _require_no_others_key(connection: Connection, partner_id: str, card: Card) -> None:
    """A card does not prove that its sender holds the keys it names: another's would shut the other one out."""
    ids = PARTNER_CARDS.c.document_key, PARTNER_CARDS.c.channel_key, PARTNER_CARDS.c.seal_key
    named = card.document_id, card.channel_id, card.seal_id
    held = or_(*(column == name for column, name in zip(ids, named, strict=True)))
    query = select(PARTNER_CARDS.c.id).where(PARTNER_CARDS.c.partner != partner_id, held).limit(1)
    if connection.execute(query).first() is not None:
        raise Conflict("the card names a key of another partner", hint="ask for a card with keys of its own")


def _card_row(signed: SignedCard, now: dt.datetime) -> dict[str, object]:
    card = signed.card
    return {
        "generation": card.generation,
        "content": signed.content,
        "signature": signed.signature,
        "document_key": card.document_id,
        "channel_key": card.channel_id,
        "seal_key": card.seal_id,
        "state": CardState.CURRENT.value,
        "changed": now,
    }
