"""A wanted vehicle's entry is withdrawn: how soon it matches no more, here and at the partners that have it.

Three nodes with their background work, over TLS on loopback, in this one process: what they take from one another's
time is in the figures. Two partners have the entry; every node is looked at each millisecond.
"""

from __future__ import annotations

import datetime as dt
import os
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.common import Figures
from liaison.assistance import spontaneous
from liaison.assistance.spontaneous import Giving
from liaison.cli.node_demo import NODE
from liaison.demo.agency import POLICE
from liaison.demo.federation import Member, make_partners, three
from liaison.demo.making import make_house
from liaison.demo.waiting import until
from liaison.holdings import corrections, vehicle_entries
from liaison.holdings.vehicle_entries import Said
from liaison.model.categories import CaseId, Category
from liaison.model.grounds import Purpose
from liaison.model.handling import Handling, HandlingCode
from liaison.model.identifiers import Country, Plate
from liaison.model.roles import Role
from liaison.model.subjects import Vehicle
from liaison.model.wanted import ActionCode, Sought, Wanted
from liaison.node import logs
from liaison.screening import cases, grounds
from liaison.supply import taking
from liaison.web.footing import footing_from

TIMES = 20
LOOK = 0.001  # seconds between two looks
WAIT = 60.0  # seconds after which a withdrawal counts as lost
WHY = "The car was found, and its owner has it back."


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk officer of one node, with a case and grounds of their own."""

    member: Member
    grounds: str

    def found(self, plate: str) -> bool:
        """Whether a check of this moment would find the vehicle."""
        return bool(self.member.node.live.vehicles(plate))


def measure(quick: bool) -> list[Figures]:
    """Seconds from the withdrawal, here until it returns, at a partner until no check finds the vehicle."""
    times = 5 if quick else TIMES
    with tempfile.TemporaryDirectory() as aside, Path(os.devnull).open("w") as log, logs.written_to(log):
        folder = Path(aside)
        make_house(folder / NODE, POLICE, _silent)
        make_partners(folder, 200, 1, _silent)
        with three(folder) as members:
            owner, *partners = [desk_of(member) for member in members]
            taken = [_one(owner, partners, number) for number in range(times)]
    figures = Figures(f"An entry withdrawn {times} times, at a node and two partners that have it")
    for place, what, target in ((0, "here", "<= 1"), (1, "at the later of two partners", "<= 5")):
        spent = [each[place] for each in taken]
        figures.add(f"matches no more {what}: median", round(median(spent), 3), "s", target)
        figures.add(f"matches no more {what}: longest", round(max(spent), 3), "s", target)
    figures.notes.append(
        "three nodes in one process; from the call that withdraws until no look finds the plate"
    )
    return [figures]


def _one(owner: Desk, partners: list[Desk], number: int) -> tuple[float, float]:
    """Seconds until one entry, which two partners took in, is found no more: here, and at both."""
    plate = f"VA {100 + number} LD"  # an invented mark
    entry = written(owner, plate)
    for partner in partners:
        supplied(owner, partner, entry)
    assert all(desk.found(plate) for desk in (owner, *partners))
    began = time.perf_counter()
    gone: dict[int, float] = {}
    watches = [
        threading.Thread(target=_watch, args=(desk, plate, began, gone, place))
        for place, desk in enumerate((owner, *partners))
    ]
    for watch in watches:
        watch.start()
    corrections.withdraw(owner.member.node.office, owner.member.actor(Role.DESK_OFFICER), entry, WHY)
    for watch in watches:
        watch.join()
    return gone[0], max(gone[place] for place in range(1, len(watches)))


def _watch(desk: Desk, plate: str, began: float, gone: dict[int, float], place: int) -> None:
    """Look until the vehicle is found no more, and write down when that was."""
    while desk.found(plate) and time.perf_counter() - began < WAIT:
        time.sleep(LOOK)
    gone[place] = time.perf_counter() - began


def written(owner: Desk, plate: str) -> str:
    """The id of a new entry of a wanted vehicle with this plate."""
    office = owner.member.node.office
    said = Said(
        vehicle=Vehicle(plate=Plate(plate), registered=Country("ALB")),
        wanted=Wanted(
            sought=Sought.WANTED,
            action=ActionCode.CHECK_DISCREETLY,
            basis="order 12 (invented)",
            office="Vehicle crime",
            contact="+355 4 555 0100",
        ),
        category=Category.SUSPECT,
        case=CaseId("BENCH-1"),
        reason="Seen at the river by night.",
        until=office.now().date() + dt.timedelta(days=30),
        handling=Handling(codes=(HandlingCode.H0,)),
    )
    return vehicle_entries.write(office, owner.member.actor(Role.DESK_OFFICER), said)


def supplied(owner: Desk, partner: Desk, entry: str) -> None:
    """Supply the entry unasked, and take it into the partner's records once it is there."""
    clerk, theirs = (desk.member.actor(Role.DESK_OFFICER) for desk in (owner, partner))
    office = partner.member.node.office
    before = {each.id for each in spontaneous.listed(office, theirs)}
    giving = Giving(
        partner=partner.member.house.origin,
        holdings=(entry,),
        grounds=owner.grounds,
        reason="It may be on your side.",
        urgent=True,
    )
    spontaneous.give(owner.member.node.office, owner.member.node.means, clerk, giving)
    come = until(
        lambda: next((each for each in spontaneous.listed(office, theirs) if each.id not in before), None)
    )
    spontaneous.into_case(office, theirs, come.id, partner.grounds)
    stands = footing_from(grounds.one_grounds(office, theirs, partner.grounds))
    taking.take_in(office, theirs, come.items[0], stands)


def desk_of(member: Member) -> Desk:
    """The desk officer of a node, with a case and grounds."""
    office, clerk = member.node.office, member.actor(Role.DESK_OFFICER)
    case = cases.open_case(office, clerk, reference="BENCH-1", title="Bench", offence="trafficking-persons")
    given = grounds.give_grounds(
        office,
        clerk,
        case.id,
        purpose=Purpose.INVESTIGATION,
        basis="task",
        justification="A car that was seen at the river by night.",
    )
    return Desk(member, given)


def _silent(_: str) -> None:
    """Nobody is told."""
