"""What officers do about partners: pair, agree, renew, end, revoke. Each decides, records and acts in one transaction.

Pairing is an administrator's, who compares the fingerprint with the other side over a way that the network is no part
of; an agreement is a supervisor's, for it says what information may pass (Directive (EU) 2016/680, articles 35 to 39).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection, insert, select, update

from liaison import policy
from liaison.ledger.keys import Signer
from liaison.model import canonical
from liaison.model.errors import BadInput, Conflict, NotFound
from liaison.model.grounds import Purpose
from liaison.model.handling import Handling
from liaison.model.roles import Role
from liaison.office import Office, new_id
from liaison.officers import notices
from liaison.partners import directory, own, taking
from liaison.partners.access import load_partner, require
from liaison.partners.agreement import (
    Agreement,
    Cap,
    Comparison,
    Gateway,
    SignedAgreement,
    negotiated,
    read_agreement,
    sign_agreement,
)
from liaison.partners.cards import OwnKeys, SignedCard, read_card
from liaison.partners.directory import Partner
from liaison.partners.own import Particulars
from liaison.partners.recording import ITSELF, record
from liaison.partners.rules import (
    AgreementState,
    CardState,
    Lane,
    PartnerState,
    due_to_warn,
    require_successor,
)
from liaison.ports import Compartment
from liaison.storage.sealing import seal
from liaison.storage.tables.partners import AGREEMENTS, PARTNER_CARDS, PARTNERS

T = TypeVar("T")
CLOSING = "partner-closing"
LONGEST_NAME = 80  # signs
LONGEST_CONTACT = 500
FINGERPRINT = 64  # hex digits
QR = "liaison-card"  # the first word of what the QR code of a fingerprint says
NOTHING: Mapping[Lane, int] = {}


@dataclass(frozen=True, slots=True)
class Pairing:
    """What an administrator brings: the other's card, the fingerprint that was read to them, what to call it here.

    `contact` is whom to ring up there; it is kept sealed.
    """

    card: str
    fingerprint: str
    name: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a supervisor proposes; the rest of an agreement follows from the two cards."""

    purposes: tuple[Purpose, ...]
    offences: tuple[str, ...]
    exchanges: tuple[str, ...]
    gateway: Gateway
    quota: int
    handling: Handling
    languages: tuple[str, ...]
    caps: tuple[Cap, ...]
    crosscheck: Comparison | None = None


@dataclass(frozen=True, slots=True)
class View:
    """This node's own view of a partner, which it tells nobody: whether the death penalty or torture is to be feared
    there, and whether it may be the state that a person fled from."""

    capital: bool = True
    state_of_origin: bool = True


def own_card(
    office: Office, actor: policy.Actor, identity: Signer, keys: OwnKeys, told: Particulars
) -> SignedCard:
    """This node's card, to be given to others; signed anew where what it tells has changed. Raises NotLawful."""
    require(office, actor, policy.Action.PAIR)

    def work(connection: Connection) -> SignedCard:
        return card_within(office, connection, actor, identity, keys, told)

    return office.write(work)


def card_within(
    office: Office,
    connection: Connection,
    actor: policy.Actor,
    identity: Signer,
    keys: OwnKeys,
    told: Particulars,
) -> SignedCard:
    """As `own_card`, in the caller's transaction; a new generation of keys is one that was rotated to."""
    before = own.current_generation(connection)
    edition = _edition(connection)
    signed = own.sign_own_card(office, connection, keys, identity, told)
    if signed.content != edition:
        what = "own-keys-rotated" if 0 < before < keys.generation else "own-card-signed"
        detail = {"generation": str(keys.generation), "key": keys.document_id, "digest": signed.digest}
        record(office, connection, what, actor.person, detail=detail)
    return signed


def pair(office: Office, actor: policy.Actor, own_vkey: str, federation: str, given: Pairing) -> Partner:
    """Take another node's card; it is a partner to be agreed with, or a known one with a newer card.

    Raises NotLawful, BadInput where the fingerprint is another's, BadNote for an unsafe key or a wrong signature,
    Conflict for the node's own card, another federation's, or one that cannot follow those that are known.
    """
    require(office, actor, policy.Action.PAIR)
    signed = read_card(given.card)
    _require_fingerprint(signed, given.fingerprint)
    card = signed.card
    if card.ledger == own_vkey:
        raise Conflict("this is the node's own card", hint="give the card that the partner wrote")
    if card.federation != federation:
        raise Conflict(
            f"the card is of the federation {card.federation}, this node of {federation}",
            hint="both nodes set the same `federation`",
        )
    name, contact = given.name.strip() or card.agency, given.contact.strip()
    if len(name) > LONGEST_NAME * 2 or len(contact) > LONGEST_CONTACT:
        raise BadInput("the name or the contact is too long", field="name", hint="shorten it")
    spare = office.keys.create(Compartment.PARTNERS)[0] if contact else None

    def work(connection: Connection) -> Partner:
        try:
            known = directory.partner(connection, card.origin)
        except NotFound:
            _introduce(office, connection, actor, signed, name)
            known = directory.partner(connection, card.origin)
        else:
            taking.take_card(office, connection, known, signed, actor.person)
            _bring_back(office, connection, known)
        if spare is not None:
            sealed = seal(spare[1], contact.encode(), f"partners:{known.id}")
            _set(office, connection, known, key=spare[0], sealed=sealed)
        return directory.by_id(connection, known.id)

    return office.write(work)


def assess(office: Office, actor: policy.Actor, origin: str, view: View, assessment: str = "") -> None:
    """Set this node's own view of a partner; a milder one names the impact assessment. Raises NotLawful, NotFound."""
    milder = not (view.capital and view.state_of_origin)
    require(office, actor, policy.Action.AGREE, widens=milder, assessment=assessment)

    def work(connection: Connection, partner: Partner) -> None:
        _set(office, connection, partner, capital=view.capital, state_of_origin=view.state_of_origin)
        detail = {"capital": str(view.capital).lower(), "origin": str(view.state_of_origin).lower()}
        detail |= {"assessment": assessment} if assessment else {}
        record(office, connection, "partner-assessed", actor.person, objects=(partner.id,), detail=detail)

    _agreeing(office, actor, origin, work)


def propose(
    office: Office, actor: policy.Actor, identity: Signer, origin: str, terms: Terms, assessment: str
) -> SignedAgreement:
    """A proposal signed by this side, for a first agreement or for one that renews it; the one before stays in force
    until the partner has signed. `assessment` is the version of the impact assessment that covers it.

    Raises NotLawful, NotFound, Conflict, BadInput for what would be a downgrade.
    """
    require(office, actor, policy.Action.AGREE, widens=True, assessment=assessment)

    def work(connection: Connection, partner: Partner) -> SignedAgreement:
        _require_not_revoked(partner)
        capabilities, version = negotiated(directory.own_card(connection).card, partner.card)
        highest = taking.highest_number(connection, partner.id)
        agreement = Agreement(
            federation=partner.card.federation,
            parties=_parties(identity.verifier.vkey, partner.vkey),
            number=highest + 1,
            capabilities=capabilities,
            version=version,
            made=office.now(),
            **{name: getattr(terms, name) for name in Terms.__slots__},
        )
        require_successor(partner.agreement, highest, agreement)
        _require_open(agreement, office.now())
        signed = SignedAgreement(agreement, {identity.name: sign_agreement(agreement, identity)})
        taking.add_agreement(office, connection, partner, signed)
        detail = {"number": str(agreement.number), "digest": agreement.digest, "assessment": assessment}
        record(office, connection, "agreement-proposed", actor.person, objects=(partner.id,), detail=detail)
        return signed

    return _agreeing(office, actor, origin, work)


def receive(office: Office, actor: policy.Actor, own_vkey: str, origin: str, document: str) -> str:
    """Take an agreement that the partner proposed or signed, from a file; what happened (see taking.take_agreement).

    Raises NotLawful, NotFound, BadInput, BadNote, Conflict.
    """
    signed = read_agreement(document)

    def work(connection: Connection, partner: Partner) -> str:
        return taking.take_agreement(office, connection, partner, signed, own_vkey, actor.person)

    return _agreeing(office, actor, origin, work)


def sign(
    office: Office, actor: policy.Actor, identity: Signer, origin: str, digest: str, assessment: str
) -> SignedAgreement:
    """Sign what the partner proposed, by the digest that was read: it is in force, and goes back to the partner.

    `assessment` is the version of the impact assessment that covers it. Raises NotLawful, NotFound where no such
    proposal waits, Conflict where its gateway has ended or it is too late.
    """
    require(office, actor, policy.Action.AGREE, widens=True, assessment=assessment)

    def work(connection: Connection, partner: Partner) -> SignedAgreement:
        _require_not_revoked(partner)
        waiting = AGREEMENTS.c.state == AgreementState.PROPOSED.value, AGREEMENTS.c.theirs.is_not(None)
        this = AGREEMENTS.c.partner == partner.id, AGREEMENTS.c.digest == digest
        row = connection.execute(select(AGREEMENTS).where(*this, *waiting)).first()
        if row is None:
            raise NotFound
        offered = directory.signed_of(row, partner.origin)
        _require_open(offered.agreement, office.now())
        in_force = partner.agreement.number if partner.agreement else 0
        require_successor(partner.agreement, in_force, offered.agreement)
        given = {**offered.signatures, identity.name: sign_agreement(offered.agreement, identity)}
        signed = SignedAgreement(offered.agreement, given)
        detail = {"number": str(offered.agreement.number), "digest": digest, "assessment": assessment}
        record(office, connection, "agreement-signed", actor.person, objects=(partner.id,), detail=detail)
        taking.put_in_force(office, connection, partner, signed, actor.person)
        return signed

    return _agreeing(office, actor, origin, work)


def end(office: Office, actor: policy.Actor, origin: str) -> None:
    """End the agreement with a partner and every proposal: the link is closed until a new one is signed.

    Raises NotLawful, NotFound.
    """

    def work(connection: Connection, partner: Partner) -> None:
        _end_all(office, connection, partner)
        if partner.kept is PartnerState.ACTIVE:
            _set(office, connection, partner, state=PartnerState.PROPOSED.value)
        record(office, connection, "agreement-ended", actor.person, objects=(partner.id,))

    _agreeing(office, actor, origin, work)


def revoke_card(
    office: Office,
    actor: policy.Actor,
    origin: str,
    generation: int,
    last: Mapping[Lane, int] = NOTHING,
    reason: str = "",
) -> None:
    """Let a generation of a partner's keys count for nothing after these numbers; in a lane not named, for nothing.

    Its channel is cut at once. reason: in the person's words, for the ledger. Raises NotLawful, NotFound
    where there is no such generation.
    """

    def work(connection: Connection, partner: Partner) -> None:
        this = PARTNER_CARDS.c.partner == partner.id, PARTNER_CARDS.c.generation == generation
        values = {
            "state": CardState.REVOKED.value,
            "last_urgent": last.get(Lane.URGENT, 0),
            "last_ordinary": last.get(Lane.ORDINARY, 0),
            "changed": office.now(),
        }
        held = [each for each in partner.generations if each.card.generation == generation]
        if not held or connection.execute(update(PARTNER_CARDS).where(*this).values(**values)).rowcount != 1:
            raise NotFound
        detail = {"generation": str(generation), "key": held[0].card.document_id}
        detail |= {f"last-{lane.value}": str(last.get(lane, 0)) for lane in Lane}
        detail |= {"reason": reason} if reason else {}
        record(office, connection, "partner-card-revoked", actor.person, objects=(partner.id,), detail=detail)

    _pairing(office, actor, origin, work)


def revoke(office: Office, actor: policy.Actor, origin: str, reason: str = "") -> None:
    """Be done with a partner: every key of it counts for nothing more, and no agreement with it is in force.

    What was received stays. reason: in the person's words, for the ledger. Raises NotLawful, NotFound.
    """

    def work(connection: Connection, partner: Partner) -> None:
        cards = PARTNER_CARDS.c.partner == partner.id, PARTNER_CARDS.c.state != CardState.REVOKED.value
        revoked = {"state": CardState.REVOKED.value, "changed": office.now()}
        connection.execute(update(PARTNER_CARDS).where(*cards).values(**revoked))
        _end_all(office, connection, partner)
        _set(office, connection, partner, state=PartnerState.REVOKED.value)
        detail = {"reason": reason} if reason else {}
        record(office, connection, "partner-revoked", actor.person, objects=(partner.id,), detail=detail)

    _pairing(office, actor, origin, work)


def warn(office: Office) -> int:
    """Tell the supervisors of every gateway that ends soon, once; how many there were."""

    def work(connection: Connection) -> int:
        in_force = AGREEMENTS.c.state == AgreementState.IN_FORCE.value, AGREEMENTS.c.warned.is_(None)
        told, now = 0, office.now()
        for row in connection.execute(select(AGREEMENTS).where(*in_force)).all():
            if not due_to_warn(canonical.decode(row.content, Agreement), row.warned, now):
                continue
            notices.add(connection, Role.SUPERVISOR, CLOSING, row.partner, now)
            record(office, connection, CLOSING, ITSELF, objects=(row.partner,))
            connection.execute(update(AGREEMENTS).where(AGREEMENTS.c.id == row.id).values(warned=now))
            told += 1
        return told

    return office.write(work)


def record_letters_read(
    office: Office, connection: Connection, actor: policy.Actor, key: str, count: int
) -> None:
    """That somebody listed the letters under a key, in the transaction of the look."""
    record(
        office, connection, "partner-letters-listed", actor.person, outcome=str(count), detail={"key": key}
    )


def qr_text(card: SignedCard) -> str:
    """What the QR code of a card says: which node, and the fingerprint of its identity."""
    return f"{QR}:1:{card.card.origin}:{card.card.fingerprint.replace(' ', '')}"


def _require_fingerprint(signed: SignedCard, told: str) -> None:
    """Raises BadInput unless the fingerprint that was read aloud or scanned is that of the card's identity."""
    first, *rest = told.strip().split(":")
    if first == QR and len(rest) == 3 and rest[1] != signed.card.origin:
        raise BadInput("the code is another node's", field="fingerprint", hint="scan the code of this card")
    digits = (rest[-1] if first == QR and rest else told).lower()
    digits = "".join(sign for sign in digits if sign not in " :-\t\n\xa0")
    expected = signed.card.fingerprint.replace(" ", "")
    if len(digits) != FINGERPRINT or digits != expected:
        raise BadInput(
            "the fingerprint is not that of this card",
            field="fingerprint",
            hint="have its owner read it aloud, all 16 groups; if it still differs, the card is somebody else's",
        )


def _introduce(
    office: Office, connection: Connection, actor: policy.Actor, signed: SignedCard, name: str
) -> None:
    """A partner that was not known. What is not said of it permits least."""
    card, now, made = signed.card, office.now(), new_id("partner")
    row = {
        "id": made,
        "origin": card.origin,
        "vkey": card.ledger,
        "name": name,
        "created": now,
        "changed": now,
    }
    view = {"state": PartnerState.PROPOSED.value, "capital": True, "state_of_origin": True}
    connection.execute(insert(PARTNERS).values(**row, **view))
    taking.add_card(connection, made, signed, now)
    detail = {"generation": str(card.generation), "key": card.document_id, "digest": signed.digest}
    record(office, connection, "partner-paired", actor.person, objects=(made,), detail=detail)


def _bring_back(office: Office, connection: Connection, known: Partner) -> None:
    """A revoked partner that is paired with anew waits for an agreement."""
    held = directory.by_id(connection, known.id)
    if known.kept is PartnerState.REVOKED:
        if not held.cards:
            raise Conflict(
                "this node was revoked, and its card is of revoked keys", hint="ask for a card of new keys"
            )
        _set(office, connection, known, state=PartnerState.PROPOSED.value)


def _agreeing(
    office: Office, actor: policy.Actor, origin: str, work: Callable[[Connection, Partner], T]
) -> T:
    require(office, actor, policy.Action.AGREE)
    return office.write(lambda connection: work(connection, load_partner(connection, actor, origin)))


def _pairing(office: Office, actor: policy.Actor, origin: str, work: Callable[[Connection, Partner], T]) -> T:
    require(office, actor, policy.Action.PAIR)
    return office.write(lambda connection: work(connection, load_partner(connection, actor, origin)))


def _set(office: Office, connection: Connection, partner: Partner, **values: object) -> None:
    this = update(PARTNERS).where(PARTNERS.c.id == partner.id)
    connection.execute(this.values(**values, changed=office.now()))


def _end_all(office: Office, connection: Connection, partner: Partner) -> None:
    going = AgreementState.IN_FORCE.value, AgreementState.PROPOSED.value
    these = AGREEMENTS.c.partner == partner.id, AGREEMENTS.c.state.in_(going)
    ended = {"state": AgreementState.WITHDRAWN.value, "changed": office.now()}
    connection.execute(update(AGREEMENTS).where(*these).values(**ended))


def _edition(connection: Connection) -> bytes:
    try:
        return directory.own_card(connection).content
    except NotFound:
        return b""


def _parties(one: str, other: str) -> tuple[str, str]:
    first, second = sorted((one, other), key=lambda vkey: vkey.partition("+")[0])
    return first, second


def _require_not_revoked(partner: Partner) -> None:
    if partner.kept is PartnerState.REVOKED:
        raise Conflict(f"{partner.origin} was revoked", hint="take a new card of it first")


def _require_open(agreement: Agreement, now: dt.datetime) -> None:
    if not agreement.open_at(now):
        raise Conflict("the gateway has ended by now", hint="name one that ends later")
