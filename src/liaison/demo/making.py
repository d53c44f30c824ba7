"""A node of the invented agency: made, staffed, given its lists, ready to be served."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from liaison.demo import agency
from liaison.demo.agency import ADMINISTRATOR, DESK, INVESTIGATOR, OFFICERS, PROTECTED, WANTED, Officer
from liaison.holdings.imports import import_file
from liaison.holdings.order import Imported, ImportOrder
from liaison.model.categories import CaseId
from liaison.model.grounds import Purpose
from liaison.model.handling import Handling, HandlingCode
from liaison.model.subjects import Name, Person
from liaison.node.making import Made, make_node
from liaison.node.settings import Settings
from liaison.node.wiring import Node, open_node
from liaison.officers import invitations, service, sessions
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
    """Make the node in `folder`, which must be empty or absent, with so many records."""
    settings = Settings(
        name=agency.NAME,
        agency=agency.AGENCY,
        origin=agency.ORIGIN,
        regimes=("demo",),
        port=0,
        public_url="",
        demo=True,
    )
    made = make_node(folder, settings, _first)
    say(f"made in {folder}; its fingerprint is {made.fingerprint}")
    with open_node(folder, work=False) as node:
        enrol(node)
        say(f"{len(OFFICERS)} officers can sign in")
        lists = agency.make_lists(folder, records, seed)
        imports = tuple(
            _imported(node, path, name)
            for path, name in ((lists.wanted, WANTED), (lists.protected, PROTECTED))
        )
        for one in imports:
            say(str(one))
        node.live.refresh()
        begin_work(node)
        say("a case is under way, with alerts to decide on and a list that waits for a second person")
        node.publish_now()
    return Demonstration(made, imports)


def enrol(node: Node) -> None:
    """Give every invented officer an account, as an administrator would, and write down how they sign in."""
    by = actor_of(node, ADMINISTRATOR)
    for officer in OFFICERS:
        if officer is not ADMINISTRATOR:
            _enrol(node, by, officer)
    told = [
        {"name": one.name, "role": one.role, "sign_in": one.sign_in, "password": one.password}
        for one in OFFICERS
    ]
    place = node.places.folder / SIGN_INS
    place.write_text(json.dumps(told, ensure_ascii=False, indent=1), "utf-8")
    place.chmod(0o600)


def actor_of(node: Node, officer: Officer) -> Actor:
    """The officer, signed in with their password."""
    opened = sign_in_password(node.office, officer.sign_in, officer.password, settings=node.people)
    return sessions.signed_in(node.office, opened.token, node.people).actor


def _first(node: Node) -> str:
    first = service.first_administrator(
        node.office, ADMINISTRATOR.name, ADMINISTRATOR.sign_in, ADMINISTRATOR.password, node.people
    )
    return str(first.person)


def _enrol(node: Node, by: Actor, officer: Officer) -> None:
    person = service.create_person(node.office, by, service.Newcomer(officer.name, officer.unit))
    made = service.create_account(
        node.office, by, person, officer.sign_in, frozenset(officer.roles), node.people
    )
    invitations.accept_with_password(
        node.office, made.invitation.token, officer.password, settings=node.people
    )
    if officer.trained:
        until = node.office.now() + dt.timedelta(days=TRAINED_DAYS)
        service.record_training(node.office, by, person, "Comparing people and records", until)


def _imported(node: Node, path: Path, name: str) -> Imported:
    today = node.office.now().date()
    order = ImportOrder(
        list_name=name,
        content=path,
        owner=agency.AGENCY,
        source="Invented for the demonstration",
        handling=Handling(codes=(HandlingCode.H0,)),
        retention_until=today + dt.timedelta(days=1000),
        review_at=today + dt.timedelta(days=300),
        case=CaseId("VA-2025-001"),
        reason="invented for the demonstration",
    )
    return import_file(node.office, actor_of(node, DESK), order)


def begin_work(node: Node) -> None:
    """Work under way, so that pages have something to show: a desk officer's case with alerts that nobody has decided
    on, a question that stands, and a list that waits for a second person."""
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
    cases.add_member(office, actor, case.id, actor_of(node, INVESTIGATOR).person, Part.READER)
