"""Three invented agencies: their nodes, made and paired, each pair with an agreement that both sides signed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from liaison.assistance import desk
from liaison.demo.agency import CENTRE, HOUSES, POLICE, PROSECUTOR, WANTED, House, make_lists
from liaison.demo.making import Say, actor_of, import_list, make_house
from liaison.model.grounds import OFFENCES, Purpose
from liaison.model.handling import Handling, HandlingCode
from liaison.model.roles import Role
from liaison.node import partnership
from liaison.node.wiring import Node, open_node
from liaison.partners import service
from liaison.partners.agreement import CROSSCHECKS, Cap, Comparison, Gateway, GatewayKind
from liaison.policy import Actor

PLACES = {POLICE.origin: "node", PROSECUTOR.origin: "prosecutor", CENTRE.origin: "centre"}
ASSESSMENT = "DPIA-2026-3"
GATEWAY_DAYS = 700
QUOTA = 5_000  # subjects a day
SEED = 1  # what one agency's records differ by from the next one's


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """One of the three, open: its house and its node."""

    house: House
    node: Node
    signed_in: dict[Role, Actor] = field(default_factory=dict)

    def actor(self, role: Role) -> Actor:
        """The officer of this role, who signs in the first time."""
        if role not in self.signed_in:
            self.signed_in[role] = actor_of(self.node, self.house.one(role))
        return self.signed_in[role]


def make_partners(folder: Path, records: int, seed: int, say: Say) -> None:
    """Make the prosecutor's and the centre's nodes beside the police's, and pair all three."""
    for number, house in enumerate((PROSECUTOR, CENTRE), 1):
        place = folder / PLACES[house.origin]
        make_house(place, house, say)
        lists = make_lists(place, records // number, seed + number * SEED)
        with opened(folder, house, work=False) as member:
            say(str(import_list(member.node, house.one(Role.DESK_OFFICER), lists.wanted, WANTED)))
    with ExitStack() as stack:
        members = [stack.enter_context(opened(folder, house, work=False)) for house in HOUSES]
        for one, other in itertools.combinations(members, 2):
            _pair(one, other)
        _name_contacts(members)
    say(
        "Each read its fingerprint to the others; every pair signed an agreement, for a purpose and with an end."
    )


@contextmanager
def three(folder: Path) -> Iterator[list[Member]]:
    """The three nodes, open and at work in this process: police, prosecutor, centre."""
    with ExitStack() as stack:
        yield [stack.enter_context(opened(folder, house, work=True)) for house in HOUSES]


@contextmanager
def opened(folder: Path, house: House, work: bool) -> Iterator[Member]:
    """One of the three, with its background at work or without."""
    with open_node(folder / PLACES[house.origin], work=work) as node:
        yield Member(house, node)


def _pair(one: Member, other: Member) -> None:
    """Cards and fingerprints are exchanged by the administrators, the agreement is signed by the supervisors."""
    cards = {each: partnership.card(each.node, each.actor(Role.ADMINISTRATOR)) for each in (one, other)}
    vkeys = {each: each.node.signers[0].verifier.vkey for each in (one, other)}
    for own, theirs in ((one, other), (other, one)):
        given = service.Pairing(
            cards[theirs].text,
            cards[theirs].card.fingerprint,
            theirs.house.agency,
            f"{theirs.house.one(Role.DESK_OFFICER).name}, duty desk of the {theirs.house.name} (invented)",
        )
        by = own.actor(Role.ADMINISTRATOR)
        service.pair(own.node.office, by, vkeys[own], own.node.settings.federation, given)
    proposed = service.propose(
        one.node.office,
        one.actor(Role.SUPERVISOR),
        one.node.signers[0],
        other.house.origin,
        _terms(one.node),
        ASSESSMENT,
    )
    head = other.actor(Role.SUPERVISOR)
    service.receive(other.node.office, head, vkeys[other], one.house.origin, proposed.text)
    digest = proposed.agreement.digest
    signed = service.sign(
        other.node.office, head, other.node.signers[0], one.house.origin, digest, ASSESSMENT
    )
    service.receive(one.node.office, one.actor(Role.SUPERVISOR), vkeys[one], other.house.origin, signed.text)
    safe = service.View(capital=False, state_of_origin=False)
    for own, theirs in ((one, other), (other, one)):
        supervisor = own.actor(Role.SUPERVISOR)
        service.assess(own.node.office, supervisor, theirs.house.origin, safe, ASSESSMENT)


def _terms(node: Node) -> service.Terms:
    expires = node.office.now() + timedelta(days=GATEWAY_DAYS)
    return service.Terms(
        purposes=(Purpose.INVESTIGATION, Purpose.PROSECUTION, Purpose.EXECUTION),
        offences=tuple(sorted(OFFENCES)),
        exchanges=("assets", "convictions", "publication", "records", "spontaneous", *CROSSCHECKS),
        gateway=Gateway(
            kind=GatewayKind.SAFEGUARDS,
            reference="Treaty of the Seven Rivers, article 9 (invented)",
            expires=expires,
        ),
        quota=QUOTA,
        handling=Handling(codes=(HandlingCode.H0,)),
        languages=("en",),
        caps=(Cap(days=1000),),
        crosscheck=Comparison(points=400_000, case_points=200_000, changes=True, standing_days=30),
    )


def _name_contacts(members: list[Member]) -> None:
    """The police tell the coordination centre of every request that it is to have a copy of."""
    police, _, centre = members
    desk.name_contact(
        police.node.office, police.actor(Role.ADMINISTRATOR), desk.Role.CENTRE, centre.house.origin
    )
