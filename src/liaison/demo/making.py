"""A node of the invented agency: made, staffed, given its lists, ready to be served."""

from __future__ import annotations

import datetime as dt
import json
import socket
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from liaison.demo import agency
from liaison.demo.agency import DESK, INVESTIGATOR, POLICE, PROTECTED, WANTED, House, Officer
from liaison.demo.flights import fly
from liaison.holdings import vehicle_entries
from liaison.holdings.imports import import_file
from liaison.holdings.order import Imported, ImportOrder
from liaison.model.categories import CaseId, Category, OfficerId
from liaison.model.grounds import Purpose
from liaison.model.handling import Handling, HandlingCode
from liaison.model.identifiers import Country, Plate
from liaison.model.roles import Role
from liaison.model.subjects import Name, Person, Vehicle
from liaison.model.wanted import ActionCode, Sought, Wanted
from liaison.node.making import Made, make_node
from liaison.node.settings import Settings
from liaison.node.wiring import Node, open_node
from liaison.officers import approvals, invitations, service, sessions
from liaison.officers.sign_in import sign_in_password
from liaison.policy import Actor
from liaison.screening import bulk_orders, cases, desk, grounds, standing
from liaison.screening.case_rules import Part

SIGN_INS = "demo-sign-ins.json"
TRAINED_DAYS, STANDING_DAYS = 365, 28
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Demonstration:
    """A node that was made for trying out, and what its imports came to."""

    made: Made
    imports: tuple[Imported, ...]


def make(folder: Path, records: int, seed: int, say: Say) -> Demonstration:
    """Make the police's node in `folder`, which must be empty or absent, with so many records."""
    made = make_house(folder, POLICE, say)
    with open_node(folder, work=False) as node:
        lists = agency.make_lists(folder, records, seed)
        imports = tuple(
            import_list(node, DESK, path, name)
            for path, name in ((lists.wanted, WANTED), (lists.protected, PROTECTED))
        )
        for one in imports:
            say(str(one))
        node.live.refresh()
        begin_work(node, seed)
        say("a case is under way, with alerts to decide on and a list that waits for a second person")
        node.publish_now()
    return Demonstration(made, imports)


def make_house(folder: Path, house: House, say: Say) -> Made:
    """Make an agency's node with its officers, and a place where its partners can call it."""
    port, partner_port = _free_ports(2)
    settings = Settings(
        name=house.name,
        agency=house.agency,
        origin=house.origin,
        regimes=("demo",),
        port=port,
        public_url="",
        partner_port=partner_port,
        partner_url=f"https://127.0.0.1:{partner_port}",
        sensor_port=0 if house is POLICE else -1,
        federation="demo",
        demo=True,
    )
    administrator = house.one(Role.ADMINISTRATOR)
    made = make_node(folder, settings, lambda node: _first(node, administrator))
    say(f"{house.agency}: made in {folder}, with {len(house.officers)} officers.")
    say(f"Its fingerprint is {made.fingerprint}")
    with open_node(folder, work=False) as node:
        enrol(node, house)
    return made


def enrol(node: Node, house: House) -> None:
    """Give every invented officer an account, as an administrator would, and write down how they sign in.

    The supervisor is the first, whom the administrator makes alone, and approves the others.
    """
    administrator, supervisor = house.one(Role.ADMINISTRATOR), house.one(Role.SUPERVISOR)
    by = actor_of(node, administrator)
    _account(node, by, supervisor)
    second = actor_of(node, supervisor)
    for officer in house.officers:
        if officer not in (administrator, supervisor):
            _enrol(node, by, second, officer)
    told = [
        {"name": one.name, "role": one.role, "sign_in": one.sign_in, "password": one.password}
        for one in house.officers
    ]
    place = node.places.folder / SIGN_INS
    place.write_text(json.dumps(told, ensure_ascii=False, indent=1), "utf-8")
    place.chmod(0o600)


def actor_of(node: Node, officer: Officer) -> Actor:
    """The officer, signed in with their password."""
    opened = sign_in_password(node.office, officer.sign_in, officer.password, settings=node.people)
    return sessions.signed_in(node.office, opened.token, node.people).actor


def _first(node: Node, officer: Officer) -> str:
    first = service.first_administrator(
        node.office, officer.name, officer.sign_in, officer.password, node.people
    )
    return str(first.person)


def _free_ports(count: int) -> list[int]:
    """Ports that nobody has, no two alike."""
    with ExitStack() as held:
        servers = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [int(server.getsockname()[1]) for server in servers]


def _enrol(node: Node, by: Actor, second: Actor, officer: Officer) -> None:
    """What the administrator asks, the supervisor approves; courses are recorded by the supervisor."""
    person, made = _account(node, by, officer)
    approvals.decide(node.office, second, made.roles.approval, True, "works in the unit")
    service.set_roles(node.office, by, made.account, frozenset(officer.roles), approval=made.roles.approval)
    if officer.trained:
        until = node.office.now() + dt.timedelta(days=TRAINED_DAYS)
        service.record_training(node.office, second, person, "Comparing people and records", until)


def _account(node: Node, by: Actor, officer: Officer) -> tuple[OfficerId, service.Created]:
    person = service.create_person(node.office, by, service.Newcomer(officer.name, officer.unit))
    made = service.create_account(
        node.office, by, person, officer.sign_in, frozenset(officer.roles), node.people
    )
    invitations.accept_with_password(
        node.office, made.invitation.token, officer.password, settings=node.people
    )
    return person, made


def import_list(node: Node, officer: Officer, path: Path, name: str) -> Imported:
    """Import an invented list as a desk officer does."""
    today = node.office.now().date()
    order = ImportOrder(
        list_name=name,
        content=path,
        owner=node.settings.agency,
        source="Invented for the demonstration",
        handling=Handling(codes=(HandlingCode.H0,)),
        retention_until=today + dt.timedelta(days=1000),
        review_at=today + dt.timedelta(days=300),
        case=CaseId("VA-2025-001"),
        reason="invented for the demonstration",
    )
    return import_file(node.office, actor_of(node, officer), order)


def begin_work(node: Node, seed: int) -> None:
    """Work under way, so that pages have something to show: a desk officer's case with alerts that nobody has decided
    on, a question that stands, a list that waits for a second person, and a flight that was watched and has come."""
    actor, office = actor_of(node, DESK), node.office
    case = cases.open_case(
        office, actor, reference="OP-2026-009", title="Nord Bridge", offence="trafficking-persons"
    )
    given = grounds.give_grounds(
        office,
        actor,
        case.id,
        purpose=Purpose.INVESTIGATION,
        basis="task",
        justification="Names from the notebook that was seized at Nord Bridge on 11 February.",
    )
    for name in agency.NOTEBOOK:
        desk.check(office, node.live, actor, desk.Question(Person(names=(Name(full=name),)), given))
    asked = desk.check(
        office, node.live, actor, desk.Question(Person(names=(Name(surname="Rossi", given="Chiara"),)), given)
    )
    standing.keep(office, node.live, actor, asked.check, office.now() + dt.timedelta(days=STANDING_DAYS))
    bulk_orders.order_list(office, actor, bulk_orders.pasted(given, "\n".join(agency.CREW)))
    fly(node, actor, given, seed)
    cases.add_member(office, actor, case.id, actor_of(node, INVESTIGATOR).person, Part.READER)
    vehicle_entries.write(office, actor, _sought(office.now().date() + dt.timedelta(days=STANDING_DAYS)))


def _sought(until: dt.date) -> vehicle_entries.Said:
    """An entry of a vehicle that does not exist."""
    wanted = Wanted(
        sought=Sought.WANTED,
        action=ActionCode.CHECK_DISCREETLY,
        basis="Order 12 of the district court of Sella (invented)",
        office="Organised crime, duty desk",
        contact="+000 4 555 0100",
        risk="The driver may be armed.",
    )
    return vehicle_entries.Said(
        vehicle=Vehicle(
            plate=Plate("AA 107 OB"), registered=Country("ALB"), make="Skoda Octavia", colour="red"
        ),
        wanted=wanted,
        category=Category.SUSPECT,
        case=CaseId("VA-2025-007"),
        reason="Seen three times at the landing place at Nord Bridge, by night.",
        until=until,
        handling=Handling(codes=(HandlingCode.H0,)),
    )
