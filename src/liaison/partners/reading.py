"""Partners as pages and the command line show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from liaison import policy
from liaison.model.errors import Erased
from liaison.office import Office
from liaison.partners import directory
from liaison.partners.access import load_partner, load_partners
from liaison.partners.agreement import Agreement
from liaison.partners.directory import Partner
from liaison.partners.recording import record
from liaison.partners.rules import AgreementState, CardState, Generation, PartnerState
from liaison.ports import KeyId
from liaison.storage.sealing import unseal
from liaison.storage.tables.partners import PARTNERS


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """One partner in a list. `expires` is the end of its gateway, `waiting` the proposals that wait for us."""

    origin: str
    name: str
    agency: str
    state: PartnerState
    expires: datetime | None
    fingerprint: str
    waiting: int


@dataclass(frozen=True, slots=True)
class CardView:
    """One generation of a partner's keys; the last number in each lane that counts, None where none was told."""

    generation: int
    state: CardState
    document_id: str
    channel_id: str
    seal_id: str
    made: datetime
    last_urgent: int | None
    last_ordinary: int | None


@dataclass(frozen=True, slots=True)
class AgreementView:
    """One agreement, who signed it, whether it waits for this side, and its file."""

    agreement: Agreement
    state: AgreementState
    signed_by: tuple[str, ...]
    waits_for_us: bool
    text: str


@dataclass(frozen=True, slots=True)
class PartnerView:
    """Everything of one partner but the letters."""

    row: PartnerRow
    partner: Partner
    addresses: tuple[str, ...]
    capabilities: tuple[str, ...]
    languages: tuple[str, ...]
    cards: tuple[CardView, ...]
    agreements: tuple[AgreementView, ...]
    contact: str


def listed(office: Office, actor: policy.Actor) -> list[PartnerRow]:
    """Every partner, by name, to whoever's work has to do with them."""
    now = office.now()

    def work(connection: Connection) -> list[PartnerRow]:
        return [_row(connection, each, now) for each in load_partners(connection, actor)]

    return office.read(work)


def origin_of(office: Office, actor: policy.Actor, partner_id: str) -> str:
    """The name of the node of a partner that is known by its id, as notices name it. Raises NotFound."""

    def work(connection: Connection) -> str:
        return load_partner(connection, actor, directory.by_id(connection, partner_id).origin).origin

    return office.read(work)


def shown(office: Office, actor: policy.Actor, origin: str) -> PartnerView:
    """One partner with its cards and agreements; the look is recorded, for it shows whom to ring up.

    Raises NotFound.
    """

    def work(connection: Connection) -> PartnerView:
        partner = load_partner(connection, actor, origin)
        record(office, connection, "partner-read", actor.person, objects=(partner.id,))
        card = partner.card
        return PartnerView(
            _row(connection, partner, office.now()),
            partner,
            card.addresses,
            card.capabilities,
            card.languages,
            tuple(_card(each) for each in partner.generations),
            _agreements(connection, partner),
            _contact(office, connection, partner),
        )

    return office.write(work)


def _row(connection: Connection, partner: Partner, now: datetime) -> PartnerRow:
    waiting = sum(each.waits_for_us for each in _agreements(connection, partner))
    expires = partner.agreement.gateway.expires if partner.agreement else None
    card, state = partner.card, partner.state_at(now)
    return PartnerRow(partner.origin, partner.name, card.agency, state, expires, card.fingerprint, waiting)


def _card(each: Generation) -> CardView:
    card = each.card
    names = card.document_id, card.channel_id, card.seal_id
    return CardView(card.generation, each.state, *names, card.made, each.last_urgent, each.last_ordinary)


def _agreements(connection: Connection, partner: Partner) -> tuple[AgreementView, ...]:
    found = []
    in_force = partner.agreement.number if partner.agreement else 0
    for _, state, signed in directory.agreements(connection, partner.id):
        theirs_alone = {*signed.signatures} == {partner.origin}
        waits = state is AgreementState.PROPOSED and theirs_alone and signed.agreement.number > in_force
        found.append(
            AgreementView(signed.agreement, state, tuple(sorted(signed.signatures)), waits, signed.text)
        )
    return tuple(found)


def _contact(office: Office, connection: Connection, partner: Partner) -> str:
    row = connection.execute(select(PARTNERS).where(PARTNERS.c.id == partner.id)).one()
    if row.sealed is None:
        return ""
    try:
        return unseal(office.keys.fetch([KeyId(row.key)])[0], row.sealed, f"partners:{row.id}").decode()
    except Erased:
        return ""
