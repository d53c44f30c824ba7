"""Who the partners are, as every other part reads it. Nothing here asks what a person may see: services do."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, bindparam, select

from liaison import policy
from liaison.ledger.keys import parse_vkey
from liaison.model import canonical
from liaison.model.errors import NotFound
from liaison.partners.agreement import Agreement, GatewayKind, SignedAgreement
from liaison.partners.cards import Card, SignedCard
from liaison.partners.rules import (
    AgreementState,
    CardState,
    Generation,
    KeyNotValid,
    Lane,
    LinkClosed,
    PartnerState,
    signer_at,
    state_at,
)
from liaison.storage.prepared import Prepared
from liaison.storage.tables.partners import AGREEMENTS, OWN_CARDS, PARTNER_CARDS, PARTNERS

__all__ = [
    "KeyNotValid",
    "Lane",
    "LinkClosed",
    "Partner",
    "PartnerState",
    "by_channel_key",
    "by_id",
    "facts",
    "own_card",
    "partner",
    "partners",
    "require_open",
]
REMEMBERED = 512  # cards and agreements
_NAME: BindParameter[str] = bindparam("name")
_BY_ORIGIN = Prepared(select(PARTNERS).where(PARTNERS.c.origin == _NAME))
_BY_ID = Prepared(select(PARTNERS).where(PARTNERS.c.id == _NAME))
_CARDS = Prepared(
    select(PARTNER_CARDS).where(PARTNER_CARDS.c.partner == _NAME).order_by(PARTNER_CARDS.c.generation.desc())
)
_BY_CHANNEL_KEY = Prepared(
    select(PARTNER_CARDS.c.partner).where(
        PARTNER_CARDS.c.channel_key == _NAME, PARTNER_CARDS.c.state != CardState.REVOKED.value
    )
)
_IN_FORCE = Prepared(
    select(AGREEMENTS.c.content).where(
        AGREEMENTS.c.partner == _NAME, AGREEMENTS.c.state == AgreementState.IN_FORCE.value
    )
)


@dataclass(frozen=True, slots=True)
class Partner:
    """Another agency's node. `kept` is its state without regard to the time; `agreement` the one in force.

    `capital` and `state_of_origin` are this node's own view of it. `generations` are its cards, the newest first.
    """

    id: str
    origin: str
    name: str
    kept: PartnerState
    vkey: str
    generations: tuple[Generation, ...]
    agreement: Agreement | None
    capital: bool
    state_of_origin: bool

    @property
    def card(self) -> Card:
        """The card that counts now; the newest one where all were revoked."""
        current = [each.card for each in self.generations if each.state is CardState.CURRENT]
        return current[0] if current else self.generations[0].card

    @property
    def cards(self) -> tuple[Card, ...]:
        """The cards whose channel and certificate are still good: the current one, then those it replaced."""
        return tuple(each.card for each in self.generations if each.state is not CardState.REVOKED)

    def revoked(self, document_id: str) -> bool:
        """Whether a document key was revoked: letters under it that counted are to be reviewed (threat A14)."""
        return self.kept is PartnerState.REVOKED or any(
            each.card.document_id == document_id and each.state is CardState.REVOKED
            for each in self.generations
        )

    def state_at(self, now: dt.datetime) -> PartnerState:
        """How it stands now: an active one is closed once its gateway has ended."""
        return state_at(self.kept, self.agreement, now)

    def signer_of(self, document_id: str, lane: Lane, number: int) -> Card:
        """The card under which a letter of this number counts. Raises KeyNotValid."""
        return signer_at(self.generations, document_id, lane, number)


def partner(connection: Connection, origin: str) -> Partner:
    """The partner of this name. Raises NotFound."""
    return _one(connection, _BY_ORIGIN, origin)


def by_id(connection: Connection, partner_id: str) -> Partner:
    """The partner of this id. Raises NotFound."""
    return _one(connection, _BY_ID, partner_id)


def by_channel_key(connection: Connection, channel_id: str) -> Partner:
    """The partner whose channel key of this id is still good. Raises NotFound."""
    found = _BY_CHANNEL_KEY.all(connection, {"name": channel_id})
    if len(found) != 1:
        raise NotFound
    return by_id(connection, found[0].partner)


def partners(connection: Connection) -> list[Partner]:
    """Every partner, by name, the revoked ones too."""
    rows = connection.execute(select(PARTNERS).order_by(PARTNERS.c.name, PARTNERS.c.origin)).all()
    return [_of(connection, row) for row in rows]


def facts(partner: Partner, now: dt.datetime, used: int = 0) -> policy.Partner:
    """What the law must know of it; `used` are the subjects that it was asked about today. Its name is its origin."""
    agreement = partner.agreement
    if agreement is None:
        return policy.Partner(name=partner.origin, origin=partner.state_of_origin, capital=partner.capital)
    return policy.Partner(
        name=partner.origin,
        open=partner.state_at(now) is PartnerState.ACTIVE,
        purposes=frozenset(agreement.purposes),
        offences=frozenset(agreement.offences),
        exchanges=frozenset(agreement.exchanges),
        quota_left=max(0, agreement.quota - used),
        within=agreement.gateway.kind is GatewayKind.WITHIN,
        gateway_expires=agreement.gateway.expires,
        origin=partner.state_of_origin,
        capital=partner.capital,
    )


def require_open(partner: Partner, now: dt.datetime) -> Agreement:
    """The agreement in force. Raises LinkClosed where the link is closed, revoked or not yet agreed."""
    state, agreement = partner.state_at(now), partner.agreement
    if state is PartnerState.ACTIVE and agreement is not None:
        return agreement
    if state is PartnerState.CLOSED and agreement is not None:
        raise LinkClosed(
            f"the gateway to {partner.origin} ended on {agreement.gateway.expires:%Y-%m-%d}",
            hint="have the agreement renewed; what waits is kept and goes then",
        )
    if state is PartnerState.REVOKED:
        raise LinkClosed(f"{partner.origin} was revoked", hint="pair with it anew")
    raise LinkClosed(f"no agreement with {partner.origin} is in force", hint="have both sides sign one")


def own_card(connection: Connection) -> SignedCard:
    """This node's current card, as it was last signed. Raises NotFound before the first."""
    current = OWN_CARDS.c.state == CardState.CURRENT.value
    row = connection.execute(select(OWN_CARDS).where(current).order_by(OWN_CARDS.c.generation.desc())).first()
    if row is None:
        raise NotFound
    return _signed(row)


def agreements(connection: Connection, partner_id: str) -> list[tuple[str, AgreementState, SignedAgreement]]:
    """Every agreement with a partner, the newest first: id, state, document. Signatures are by the node's name."""
    query = select(AGREEMENTS).where(AGREEMENTS.c.partner == partner_id).order_by(AGREEMENTS.c.number.desc())
    theirs = by_id(connection, partner_id).origin
    return [(row.id, AgreementState(row.state), signed_of(row, theirs)) for row in connection.execute(query)]


def signed_of(row: Row[Any], theirs: str) -> SignedAgreement:
    """The document of a row; `theirs` is the partner's origin."""
    agreement = _agreement(row.content)
    (ours,) = {parse_vkey(each).name for each in agreement.parties} - {theirs}
    given = {ours: row.ours, theirs: row.theirs}
    return SignedAgreement(agreement, {name: each for name, each in given.items() if each is not None})


def _one(connection: Connection, question: Prepared, name: str) -> Partner:
    row = question.first(connection, {"name": name})
    if row is None:
        raise NotFound
    return _of(connection, row)


def _of(connection: Connection, row: Row[Any]) -> Partner:
    held = _CARDS.all(connection, {"name": row.id})
    agreed = _IN_FORCE.first(connection, {"name": row.id})
    return Partner(
        row.id,
        row.origin,
        row.name,
        PartnerState(row.state),
        row.vkey,
        tuple(_generation(each) for each in held),
        None if agreed is None else _agreement(agreed.content),
        row.capital,
        row.state_of_origin,
    )


def _generation(row: Row[Any]) -> Generation:
    return Generation(_signed(row), CardState(row.state), row.last_urgent, row.last_ordinary)


def _signed(row: Row[Any]) -> SignedCard:
    return SignedCard(_card(row.content), row.content, row.signature)


@lru_cache(maxsize=REMEMBERED)  # every letter asks for its partner; the bytes say the same for good
def _card(content: bytes) -> Card:
    return canonical.decode(content, Card)


@lru_cache(maxsize=REMEMBERED)
def _agreement(content: bytes) -> Agreement:
    return canonical.decode(content, Agreement)
