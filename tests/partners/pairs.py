"""Two nodes' offices side by side, with their keys and their people, to pair and to agree."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from liaison import policy
from liaison.ledger.keys import Kind, Signer
from liaison.ledger.log import size
from liaison.model.categories import OfficerId
from liaison.model.grounds import Purpose
from liaison.model.handling import Handling, HandlingCode
from liaison.model.roles import Role
from liaison.office import Office
from liaison.partners import directory, own, service
from liaison.partners.agreement import Cap, Gateway, GatewayKind, SignedAgreement
from liaison.partners.cards import OwnKeys, SignedCard
from liaison.partners.own import Particulars
from liaison.partners.service import Pairing, Terms
from tests.node_fixtures import START, FixedClock, an_office

FEDERATION = "test"
ADMINISTRATOR = policy.Actor(person=OfficerId("person-admin"), roles=frozenset({Role.ADMINISTRATOR}))
SUPERVISOR = policy.Actor(person=OfficerId("person-head"), roles=frozenset({Role.SUPERVISOR}))
INVESTIGATOR = policy.Actor(person=OfficerId("person-inv"), roles=frozenset({Role.INVESTIGATOR}))
GATEWAY = Gateway(kind=GatewayKind.ADEQUACY, reference="Decision 1", expires=START + timedelta(days=90))
TERMS = Terms(
    purposes=(Purpose.INVESTIGATION, Purpose.PROSECUTION),
    offences=("drugs", "laundering"),
    exchanges=("request", "spontaneous"),
    gateway=GATEWAY,
    quota=2000,
    handling=Handling(codes=(HandlingCode.H1,)),
    languages=("en", "fr"),
    caps=(Cap(days=365),),
)


def signer(origin: str, seed: int = 1, kind: Kind = Kind.ED25519) -> Signer:
    return Signer(origin, kind, bytes((seed,)) * 32)


@dataclass
class Side:
    """One node: its office, identity, keys and card."""

    office: Office
    folder: Path
    identity: Signer
    keys: OwnKeys
    told: Particulars
    clock: FixedClock

    @property
    def origin(self) -> str:
        return self.identity.name

    @property
    def vkey(self) -> str:
        return self.identity.verifier.vkey

    def card(self) -> SignedCard:
        return service.own_card(self.office, ADMINISTRATOR, self.identity, self.keys, self.told)

    def tells(self, **changed: object) -> SignedCard:
        """The card after particulars have changed."""
        self.told = replace(self.told, **changed)  # type: ignore[arg-type]
        return self.card()

    def rotates(self) -> SignedCard:
        """The card of new keys."""
        own.make_keys(self.folder, self.keys.generation + 1)
        self.keys = own.load_keys(self.folder, self.keys.generation + 1)
        return self.card()

    def takes(self, card: SignedCard) -> directory.Partner:
        given = Pairing(card.text, card.card.fingerprint)
        return service.pair(self.office, ADMINISTRATOR, self.vkey, self.told.federation, given)

    def knows(self, other: Side) -> directory.Partner:
        return self.office.read(lambda connection: directory.partner(connection, other.origin))

    def proposes(self, other: Side, terms: Terms = TERMS) -> SignedAgreement:
        return service.propose(self.office, SUPERVISOR, self.identity, other.origin, terms, "DPIA-1")

    def receives(self, other: Side, signed: SignedAgreement) -> str:
        return service.receive(self.office, SUPERVISOR, self.vkey, other.origin, signed.text)

    def signs(self, other: Side, signed: SignedAgreement) -> SignedAgreement:
        digest = signed.agreement.digest
        return service.sign(self.office, SUPERVISOR, self.identity, other.origin, digest, "DPIA-1")

    def verbs(self) -> list[str]:
        """What was recorded, in order."""
        log = self.office.log
        return self.office.read(lambda c: [log.statement(c, index).what for index in range(size(c))])


@contextmanager
def a_side(folder: Path, origin: str, seed: int, kind: str = "sqlite") -> Iterator[Side]:
    folder.mkdir()
    clock = FixedClock()
    with an_office(folder, kind, clock) as office:
        witness = signer(origin, seed + 100, Kind.COSIGNATURE)
        told = Particulars(
            FEDERATION,
            f"Agency of {origin}",
            witness.verifier.vkey,
            (f"https://{origin}:8443",),
            ("bulk", "recall"),
        )
        keys = own.own_keys(folder / "keys", office)
        yield Side(office, folder / "keys", signer(origin, seed), keys, told, clock)


@contextmanager
def two_sides(folder: Path, kind: str = "sqlite") -> Iterator[tuple[Side, Side]]:
    """Two nodes that do not know one another yet."""
    with ExitStack() as stack:
        left = stack.enter_context(a_side(folder / "left", "police.example", 1, kind))
        right = stack.enter_context(a_side(folder / "right", "prosecutor.xk.example", 2, kind))
        yield left, right


def pair(left: Side, right: Side) -> None:
    """Each takes the other's card."""
    left_card, right_card = left.card(), right.card()
    left.takes(right_card)
    right.takes(left_card)


def agree(left: Side, right: Side, terms: Terms = TERMS) -> SignedAgreement:
    """Left proposes, right signs, left takes it back."""
    proposed = left.proposes(right, terms)
    right.receives(left, proposed)
    signed = right.signs(left, proposed)
    left.receives(right, signed)
    return signed
