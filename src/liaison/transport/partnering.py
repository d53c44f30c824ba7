"""Cards and agreements over the link: letters of the kinds `card` and `agreement`, rotation with overlap, pairing.

A rotation is told to each partner by the last letter of each lane that the old document key signs, so that no letter
under the new key can overtake it. The channel keeps its old keys towards a partner until that partner has the new
card (`channel_keys`): otherwise nobody could be told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select

from liaison import policy
from liaison.ledger.keys import Signer
from liaison.model import canonical
from liaison.model.errors import BadInput, NotFound
from liaison.model.structs import Value
from liaison.office import Office
from liaison.partners import directory, service, taking
from liaison.partners.access import load_partner, require
from liaison.partners.agreement import SignedAgreement, read_agreement
from liaison.partners.cards import OwnKeys, SignedCard, read_card
from liaison.partners.directory import Partner, PartnerState
from liaison.partners.own import Particulars
from liaison.partners.recording import ITSELF
from liaison.partners.rules import Lane
from liaison.storage.tables.partners import OWN_CARDS, PARTNER_CARDS
from liaison.storage.tables.transport import INBOX, OUTBOX
from liaison.transport import inbox, lanes, outbox
from liaison.transport.inbox import Incoming, Refused
from liaison.transport.means import Means
from liaison.transport.outbox import Outgoing, Posted

CARD, AGREEMENT = "card", "agreement"
MOST_LISTED = 100_000  # letters


class CardLetter(Value, frozen=True, kw_only=True):
    """A new card as a file. With new keys, the last number in each lane that the old document key signs."""

    card: str
    last_urgent: int | None = None
    last_ordinary: int | None = None


class AgreementLetter(Value, frozen=True, kw_only=True):
    """An agreement as a file, with the signatures that it has."""

    agreement: str


class Pairing(Value, frozen=True, kw_only=True):
    """The body of POST /liaison/v1/pairing: the sender's current card, an agreement, or both, as files."""

    card: str = ""
    agreement: str = ""


class Paired(Value, frozen=True, kw_only=True):
    """The answer: what was done with each, in a word."""

    card: str = ""
    agreement: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """One letter sent to a key or received under one.

    `review` where it was taken under a key that was revoked since: whoever had the key may have written it (A14).
    """

    way: str  # sent or received
    id: str
    partner: str
    lane: Lane
    number: int
    kind: str
    thread: str
    at: Any
    entry: int
    state: str
    review: bool = False


@inbox.handles(CARD, CardLetter)
def take_card(office: Office, connection: Connection, means: Means, incoming: Incoming[CardLetter]) -> str:
    """Take a partner's new card; keys before it count up to the numbers it tells. The identity key signed it."""
    body, letter = incoming.body, incoming.letter
    signed = _card_of(incoming.partner, body.card)
    last = _positions(body)
    if last and last[letter.lane] < letter.number:
        raise Refused("positions", "the old key signed this very letter, past the last number it tells")
    partner = directory.by_id(connection, incoming.partner.id)
    done = taking.take_card(office, connection, partner, signed, ITSELF, last)
    if done == "rotated" and not last:
        raise Refused("positions", "new keys came without the last numbers of the old ones")
    return f"card-{done}"


@inbox.handles(AGREEMENT, AgreementLetter)
def take_agreement(
    office: Office, connection: Connection, means: Means, incoming: Incoming[AgreementLetter]
) -> str:
    """Take an agreement that a partner proposes or has signed; a proposal waits for a supervisor."""
    partner = directory.by_id(connection, incoming.partner.id)
    return f"agreement-{_take_agreement(office, connection, partner, incoming.body.agreement)}"


def take_pairing(office: Office, partner: Partner, body: bytes) -> bytes:
    """What POST /liaison/v1/pairing answers to a partner whose channel key signed it; open or closed, but not revoked.

    Raises BadInput, BadNote, Conflict for what cannot be taken.
    """
    asked = canonical.decode(body, Pairing)

    def work(connection: Connection) -> Paired:
        card = agreement = ""
        known = directory.by_id(connection, partner.id)
        if asked.card:
            signed = _card_of(known, asked.card)
            card = taking.take_card(office, connection, known, signed, ITSELF)
            known = directory.by_id(connection, partner.id)
        if asked.agreement:
            agreement = _take_agreement(office, connection, known, asked.agreement)
        return Paired(card=card, agreement=agreement)

    return canonical.encode(office.write(work))


def pairing_body(card: SignedCard | None, agreement: SignedAgreement | None) -> bytes:
    """The body with which a card, an agreement or both are offered over the network."""
    return canonical.encode(
        Pairing(card=card.text if card else "", agreement=agreement.text if agreement else "")
    )


def post_agreement(
    office: Office, connection: Connection, means: Means, origin: str, signed: SignedAgreement
) -> Posted:
    """Send an agreement by letter, over a link that is open. Raises LinkClosed, NotFound."""
    directory.require_open(directory.partner(connection, origin), office.now())
    body = AgreementLetter(agreement=signed.text)
    thread = f"agreement-{signed.agreement.number}"
    return outbox.post(office, connection, means, Outgoing(origin, AGREEMENT, thread, body))


def rotate(
    office: Office, means: Means, actor: policy.Actor, identity: Signer, keys: OwnKeys, told: Particulars
) -> SignedCard:
    """Go over to the keys of the next generation: sign the card and tell every partner, in one transaction.

    The new keys sign from the next letter on. Raises NotLawful, and what writing raises; then the old keys stay.
    """
    require(office, actor, policy.Action.PAIR)
    before = means.own

    def work(connection: Connection) -> SignedCard:
        signed = service.card_within(office, connection, actor, identity, keys, told)
        for partner in directory.partners(connection):
            if partner.kept is PartnerState.ACTIVE:
                _tell_rotation(office, connection, means, partner, signed, actor)
        means.own = keys  # within the one writer's turn: no letter can be signed in between
        return signed

    try:
        return office.write(work)
    except BaseException:
        means.own = before
        raise


def tell_card(
    office: Office, connection: Connection, means: Means, signed: SignedCard, actor: policy.Actor
) -> int:
    """Tell every partner of a card with the same keys that says something new, its address for one; how many."""
    told = [each for each in directory.partners(connection) if each.kept is PartnerState.ACTIVE]
    for partner in told:
        body, thread = CardLetter(card=signed.text), _thread(signed)
        outbox.post(
            office, connection, means, Outgoing(partner.origin, CARD, thread, body, True, actor.person)
        )
    return len(told)


def channel_keys(connection: Connection, means: Means, partner_id: str) -> OwnKeys:
    """The keys with which to speak to a partner: those of the newest card that it is known to have taken."""
    letters = select(OUTBOX.c.thread, OUTBOX.c.state).where(
        OUTBOX.c.partner == partner_id, OUTBOX.c.kind == CARD
    )
    known: list[int] = []
    waiting: list[int] = []
    for thread, state in connection.execute(letters):
        (known if state == "delivered" else waiting).append(int(thread.removeprefix("card-")))
    generation = max(known) if known else min(waiting, default=means.own.generation + 1) - 1
    held = {each.generation: each for each in means.own.every}
    return held.get(generation, means.own)


def letters_under(office: Office, actor: policy.Actor, key: str) -> list[Listed]:
    """Everything received under a key or sent to one: a document key or a seal key of a partner's, or an own one.

    A key of one generation stands for the whole of its card. Raises NotLawful; NotFound for a key nobody has.
    """
    require(office, actor, policy.Action.PAIR)

    def work(connection: Connection) -> list[Listed]:
        documents, seals = _keys_of(connection, actor, key)
        received = select(INBOX).where(INBOX.c.document_key.in_(documents))
        sent = select(OUTBOX).where(OUTBOX.c.document_key.in_(documents) | OUTBOX.c.seal_key.in_(seals))
        found = [*_listed(connection, "received", received), *_listed(connection, "sent", sent)]
        service.record_letters_read(office, connection, actor, key, len(found))
        return sorted(found, key=lambda each: (each.at, each.way, each.number))

    return office.write(work)


def numbers_taken(office: Office, actor: policy.Actor, origin: str) -> dict[Lane, int]:
    """The last number in each lane that was taken from a partner; 0 where none was. Raises NotFound."""

    def work(connection: Connection) -> dict[Lane, int]:
        partner = load_partner(connection, actor, origin)
        return {lane: lanes.place(connection, partner.id, lane).next_in - 1 for lane in Lane}

    return office.read(work)


def _tell_rotation(
    office: Office,
    connection: Connection,
    means: Means,
    partner: Partner,
    signed: SignedCard,
    actor: policy.Actor,
) -> None:
    """The last letter of each lane under the old key says that it is the last."""
    numbers = {lane: lanes.place(connection, partner.id, lane).next_out for lane in Lane}
    body = CardLetter(
        card=signed.text, last_urgent=numbers[Lane.URGENT], last_ordinary=numbers[Lane.ORDINARY]
    )
    for lane in Lane:
        going = Outgoing(partner.origin, CARD, _thread(signed), body, lane is Lane.URGENT, actor.person)
        posted = outbox.post(office, connection, means, going)
        if posted.number != numbers[lane]:
            raise RuntimeError("the lane moved under the rotation")


def _thread(signed: SignedCard) -> str:
    return f"card-{signed.card.generation}"


def _positions(body: CardLetter) -> dict[Lane, int]:
    """The numbers that were told: both, or none. Raises Refused."""
    told = {Lane.URGENT: body.last_urgent, Lane.ORDINARY: body.last_ordinary}
    found = {lane: number for lane, number in told.items() if number is not None and number >= 0}
    if len(found) not in (0, len(Lane)):
        raise Refused("positions", "the last number of one lane is missing")
    return found


def _card_of(partner: Partner, text: str) -> SignedCard:
    """The card of a partner that tells it itself. Raises BadInput for another's."""
    signed = read_card(text)
    if signed.card.ledger != partner.vkey:
        raise BadInput("the card is not the sender's own", hint="a node tells its own card alone")
    return signed


def _take_agreement(office: Office, connection: Connection, partner: Partner, text: str) -> str:
    own = directory.own_card(connection).card.ledger
    return taking.take_agreement(office, connection, partner, read_agreement(text), own, ITSELF)


def _keys_of(connection: Connection, actor: policy.Actor, key: str) -> tuple[list[str], list[str]]:
    """The document keys and the seal keys of the cards that have this key in any use. Raises NotFound."""
    columns = PARTNER_CARDS.c.document_key, PARTNER_CARDS.c.channel_key, PARTNER_CARDS.c.seal_key
    anywhere: ColumnElement[bool] = columns[0] == key
    for column in columns[1:]:
        anywhere = anywhere | (column == key)
    rows = connection.execute(select(PARTNER_CARDS).where(anywhere)).all()
    for row in rows:
        load_partner(connection, actor, directory.by_id(connection, row.partner).origin)
    own = connection.execute(
        select(OWN_CARDS.c.document_key).where(OWN_CARDS.c.document_key == key)
    ).scalars()
    documents = [row.document_key for row in rows] + list(own)
    if not documents:
        raise NotFound
    return documents, [row.seal_key for row in rows]


def _listed(connection: Connection, way: str, query: Select[Any]) -> Iterator[Listed]:
    for row in connection.execute(query.limit(MOST_LISTED)):
        received = way == "received"
        partner = directory.by_id(connection, row.partner)
        yield Listed(
            way,
            row.id,
            partner.origin,
            Lane(row.lane),
            row.number,
            row.kind,
            row.thread,
            row.received if received else row.made,
            row.entry,
            row.state,
            received and partner.revoked(row.document_key),
        )
