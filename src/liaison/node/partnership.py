"""What this node says of itself to partners, and how its keys are renewed."""

from __future__ import annotations

from sqlalchemy import Connection

from liaison import policy
from liaison.model import canonical
from liaison.model.errors import Conflict
from liaison.node.identity import cosigner
from liaison.node.wiring import Node
from liaison.partners import directory, own, service
from liaison.partners.access import require
from liaison.partners.agreement import SignedAgreement
from liaison.partners.cards import OwnKeys, SignedCard
from liaison.partners.own import Particulars
from liaison.partners.recording import ITSELF
from liaison.transport import partnering
from liaison.transport.calls import JSON, PAIRING

CAPABILITIES = ("bulk", "convictions", "onward", "recall")  # what this program can do beyond single requests
VERSIONS = (1,)


def particulars(node: Node) -> Particulars:
    """What the node's card says besides its keys. Raises BadSetting."""
    chosen = node.settings
    witness = cosigner(node.places.keys, chosen.origin).verifier.vkey
    addresses = (chosen.partner_url,) if chosen.partner_url else ()
    languages = tuple(sorted({*chosen.languages}))
    return Particulars(
        chosen.federation, chosen.agency, witness, addresses, CAPABILITIES, languages, VERSIONS
    )


def card(node: Node, actor: policy.Actor) -> SignedCard:
    """The node's card, signed anew where what it says has changed; partners are told of that. Raises NotLawful."""
    require(node.office, actor, policy.Action.PAIR)
    return _signed(node, actor)


def keep_card(node: Node) -> None:
    """Sign the card anew where settings have changed what it says, and tell partners; nothing before the first one."""
    if node.office.read(own.current_generation):
        _signed(node, policy.Actor(person=ITSELF, roles=frozenset()))


def _signed(node: Node, actor: policy.Actor) -> SignedCard:
    told = particulars(node)

    def work(connection: Connection) -> SignedCard:
        before = own.current_generation(connection)
        former = directory.own_card(connection).content if before else b""
        signed = service.card_within(node.office, connection, actor, node.signers[0], node.own, told)
        if before == signed.card.generation and signed.content != former:
            partnering.tell_card(node.office, connection, node.means, signed, actor)
        return signed

    return node.office.write(work)


def next_keys(node: Node) -> OwnKeys:
    """Keys of the next generation, durable in the key folder and used by nobody yet."""
    following = node.own.generation + 1
    own.make_keys(node.places.keys, following)
    return own.load_keys(node.places.keys, following)


def rotate(node: Node, actor: policy.Actor) -> SignedCard:
    """Go over to new keys, and tell every partner. Raises NotLawful."""
    card(node, actor)  # partners compare the next generation with this one
    keys, told = next_keys(node), particulars(node)
    return partnering.rotate(node.office, node.means, actor, node.signers[0], keys, told)


def offer(node: Node, origin: str, agreement: SignedAgreement) -> str:
    """Offer an agreement, and this node's card with it, over the network to a partner that has the card already.

    It works while the link is closed as well. What the partner did, in a word: `known`, `proposed` or `in force`.
    Raises Unreachable, NotFound for no partner, Conflict where the partner refuses it.
    """
    held = node.office.read(directory.own_card)
    body = partnering.pairing_body(held, agreement)
    couriers = node.correspondence.couriers
    status, answer, _ = couriers.call(origin, "POST", PAIRING, body, JSON)
    if status != 200:
        raise Conflict(
            f"{origin} refused it with status {status}", hint="speak to the partner; send it as a file"
        )
    return canonical.decode(answer, partnering.Paired).agreement
