"""The states of a partner, its cards and its agreements, and which letters count under which key. Pure.

Keys count by position and never by date: a letter's own date is its writer's word, a clock may be wrong or set, and
a lane's numbers are in one order for good.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from liaison.model.errors import BadInput, BadNote, Conflict, LiaisonError
from liaison.partners.agreement import Agreement, require_not_downgraded
from liaison.partners.cards import Card, SignedCard

CURRENT = "ask for its current card"
WARN_BEFORE = dt.timedelta(days=30)  # that supervisors are told of a gateway that ends


class PartnerState(Enum):
    """How far a partner has come. CLOSED is never stored: it is what an active one is past its gateway's end."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    CLOSED = "closed"
    REVOKED = "revoked"


class CardState(Enum):
    """Of one generation of keys."""

    CURRENT = "current"
    RETIRED = "retired"
    REVOKED = "revoked"


class AgreementState(Enum):
    """Of one agreement."""

    PROPOSED = "proposed"
    IN_FORCE = "in force"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


class Lane(Enum):
    """The two orders in which letters are numbered."""

    URGENT = "urgent"
    ORDINARY = "ordinary"


class LinkClosed(LiaisonError):
    """The link to a partner is not open: nothing is sent or taken, and what waits is kept."""

    status = 409
    title = "The link to the partner is not open"
    hint = "have the agreement signed or renewed; what waits is kept"


class KeyNotValid(BadNote):
    """A letter under a key that does not count at its place in its lane."""

    title = "The key does not count for this letter"
    hint = "the sender signs it anew with its current key"


@dataclass(frozen=True, slots=True)
class Generation:
    """A card, and the last number in each lane that counts under it; None where none was told yet."""

    signed: SignedCard
    state: CardState
    last_urgent: int | None = None
    last_ordinary: int | None = None

    @property
    def card(self) -> Card:
        """What it says."""
        return self.signed.card

    def last(self, lane: Lane) -> int | None:
        """The last number in a lane that counts under it."""
        return self.last_urgent if lane is Lane.URGENT else self.last_ordinary


def state_at(kept: PartnerState, agreement: Agreement | None, now: dt.datetime) -> PartnerState:
    """How a partner stands: an active one is closed where no agreement is in force or its gateway has ended."""
    if kept is not PartnerState.ACTIVE:
        return kept
    is_open = agreement is not None and agreement.open_at(now)
    return PartnerState.ACTIVE if is_open else PartnerState.CLOSED


def signer_at(generations: Sequence[Generation], document_id: str, lane: Lane, number: int) -> Card:
    """The card whose document key signed the letter of this number. Raises KeyNotValid.

    A retired or revoked key counts up to the number that was told and no further; the next one from there on.
    """
    ordered = sorted(generations, key=lambda each: each.card.generation)
    for place, each in enumerate(ordered):
        if each.card.document_id != document_id:
            continue
        last, before = each.last(lane), ordered[place - 1].last(lane) if place else None
        if last is not None and number > last:
            raise KeyNotValid(
                f"key {document_id} counts up to {last} in the {lane.value} lane, not at {number}"
            )
        if each.state is CardState.REVOKED and last is None:
            raise KeyNotValid(f"key {document_id} was revoked")
        if before is not None and number <= before:
            raise KeyNotValid(f"key {document_id} counts from {before + 1} in the {lane.value} lane")
        return each.card
    raise KeyNotValid(f"no key {document_id} of this partner is known")


def require_next(former: Sequence[Generation], card: Card, agreement: Agreement | None) -> None:
    """Raises Conflict or BadInput unless the card may follow those that are known of its node.

    The identity never changes; a generation has one set of keys; generations follow one another; no key comes back
    in a later one; what was agreed is not given up.
    """
    if not former:
        return
    newest = max(former, key=lambda each: each.card.generation).card
    if (card.ledger, card.witness, card.federation) != (newest.ledger, newest.witness, newest.federation):
        raise Conflict("the card is of another identity", hint="a node that lost its key pairs as a new one")
    if card.generation < newest.generation or card.made <= newest.made:
        raise Conflict("a newer card of this node is known", hint=CURRENT)
    if card.generation == newest.generation and not card.same_keys(newest):
        raise Conflict(
            "this generation was shown with other keys",
            hint="keep both cards: they are evidence; speak to the partner before anything else",
        )
    if card.generation > newest.generation:
        _require_fresh_keys(former, card)
    if agreement is not None:
        if agreement.version not in card.versions:
            raise BadInput(
                "the card no longer speaks the version agreed",
                field="versions",
                hint="ask for its current card",
            )
        require_not_downgraded(agreement, card.capabilities, agreement.version)


def _require_fresh_keys(former: Sequence[Generation], card: Card) -> None:
    used = {key for each in former for key in _keys(each.card)}
    if used & _keys(card):
        raise Conflict("a key of an older card stands in the new one", hint="every generation has new keys")


def _keys(card: Card) -> set[str]:
    return {card.document, card.channel, card.seal, card.certificate}


def require_successor(former: Agreement | None, highest: int, proposed: Agreement) -> None:
    """Raises Conflict or BadInput unless the agreement may come after those before.

    Its number is higher than that of any that was ever known, so that none comes back; it gives up nothing that was
    negotiated in the one in force, which is between the same two.
    """
    if proposed.number <= highest:
        raise Conflict(f"agreement {highest} is known, this is {proposed.number}", hint="propose it anew")
    if former is not None:
        require_not_downgraded(former, proposed.capabilities, proposed.version)


def wins(former: Agreement | None, complete: Agreement) -> bool:
    """Whether an agreement that both signed takes the place of the one in force.

    Where both sides proposed at once and each signed the other's, two of one number are complete: the smaller digest
    wins, so that both sides come to the same one.
    """
    if former is None or complete.number > former.number:
        return True
    return complete.number == former.number and complete.digest < former.digest


def due_to_warn(agreement: Agreement, warned: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether supervisors are to be told now that the gateway ends."""
    expires = agreement.gateway.expires
    return expires is not None and warned is None and now >= expires - WARN_BEFORE
