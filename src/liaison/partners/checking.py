"""What is kept of partners, verified again from the signed bytes: for `liaison verify`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select

from liaison.ledger.keys import parse_vkey
from liaison.model import canonical
from liaison.model.errors import BadInput
from liaison.partners.agreement import Agreement, checked_agreement
from liaison.partners.cards import checked_card
from liaison.partners.rules import AgreementState
from liaison.storage.tables.partners import AGREEMENTS, PARTNER_CARDS, PARTNERS


def faults(connection: Connection, own: str) -> tuple[int, list[str]]:
    """How many cards and agreements of partners were looked at, and what is wrong. `own` is this node's origin."""
    known = {row.id: row for row in connection.execute(select(PARTNERS))}
    cards = connection.execute(select(PARTNER_CARDS).order_by(PARTNER_CARDS.c.id)).all()
    agreements = connection.execute(select(AGREEMENTS).order_by(AGREEMENTS.c.id)).all()
    found = [_card_fault(row, known[row.partner]) for row in cards]
    found += [_agreement_fault(row, known[row.partner], own) for row in agreements]
    return len(found), [each for each in found if each]


def _card_fault(row: Row[Any], partner: Row[Any]) -> str:
    place = f"card {row.generation} of {partner.origin}"
    try:
        card = checked_card(row.content, row.signature).card
    except BadInput as error:
        return f"{place}: {error}"
    fits = (card.ledger, card.generation) == (partner.vkey, row.generation)
    named = (card.document_id, card.channel_id, card.seal_id)
    same = named == (row.document_key, row.channel_key, row.seal_key)
    return "" if fits and same else f"{place} is not the one that was taken"


def _agreement_fault(row: Row[Any], partner: Row[Any], own: str) -> str:
    place = f"agreement {row.number} with {partner.origin}"
    try:
        agreement = canonical.decode(row.content, Agreement)
        parties = {parse_vkey(each).name: each for each in agreement.parties}
        if parties.get(partner.origin) != partner.vkey or own not in parties:
            return f"{place} is between others"
        given = {own: row.ours, partner.origin: row.theirs}
        kept = checked_agreement(agreement, {name: each for name, each in given.items() if each is not None})
    except BadInput as error:
        return f"{place}: {error}"
    signed = kept.complete or row.state not in (AgreementState.IN_FORCE.value, AgreementState.REPLACED.value)
    same = (agreement.digest, agreement.number, agreement.gateway.expires) == (
        row.digest,
        row.number,
        row.expires,
    )
    return "" if signed and same else f"{place} is not the one that both signed"
