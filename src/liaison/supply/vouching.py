"""Whose key an item or a notice takes: the originator's as we know it, or as the sender vouches for it (threat A04)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection

from liaison.model.errors import BadInput, NotFound
from liaison.partners import directory
from liaison.partners.cards import read_card
from liaison.supply.refusing import NotTaken
from liaison.supply.signing import keys_of


@dataclass(frozen=True, slots=True)
class Signers:
    """The document keys of a node, and the fingerprint of its identity. `vouched` where that was never compared here;
    `card` is then its card."""

    keys: Mapping[str, Ed25519PublicKey]
    fingerprint: str
    vouched: bool
    card: str = ""


def signers(connection: Connection, origin: str, sender: str, card: str, federation: str) -> Signers:
    """The keys of a node that a letter names: a partner's as we know them, this node's own, or those of the card.

    A partner's keys are never taken from a card that came with a letter. Raises NotTaken where nobody vouches.
    """
    try:
        known = directory.partner(connection, origin)
        return Signers(keys_of(known.cards), known.card.fingerprint, False)
    except NotFound:
        pass
    ours = directory.own_card(connection).card
    if origin == ours.origin:
        return Signers(keys_of([ours]), ours.fingerprint, False)
    if origin == sender or not card:
        raise NotTaken("unknown-originator", "the originator's card is not known, and did not come along")
    try:
        shown = read_card(card).card
    except BadInput as error:
        raise NotTaken("bad-card", f"the originator's card cannot be taken: {error}") from error
    if (shown.origin, shown.federation) != (origin, federation):
        raise NotTaken("bad-card", "the card that came along is of another node or federation")
    return Signers(keys_of([shown]), shown.fingerprint, True, card)


def require_same(who: Signers, card: str) -> None:
    """Raises NotTaken unless these keys are of the node whose card came with what is held: whoever takes an unknown
    originator's name gets nothing of what that one supplied. `card` is empty where its fingerprint was compared."""
    if card and fingerprint_of(card) != who.fingerprint:
        raise NotTaken("other-originator", "what is held came under another identity of this name")


def fingerprint_of(card: str) -> str:
    """What is shown of a card that was only vouched for: the fingerprint, to be compared before it is relied on."""
    return read_card(card).card.fingerprint if card else ""


def card_of(connection: Connection, origin: str, kid: str = "") -> str:
    """The card of a partner, or of this node, as it is shown to others: the one of this document key, or the newest.

    Raises NotFound.
    """
    ours = directory.own_card(connection)
    if origin == ours.card.origin:
        return ours.text
    generations = directory.partner(connection, origin).generations
    fitting = [each for each in generations if each.card.document_id == kid] or list(generations)
    return fitting[0].signed.text
