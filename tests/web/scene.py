"""Two units of one agency and what belongs to the first: an object of each kind, with whoever it belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from liaison.demo import agency
from liaison.formats.tracks import Need
from liaison.holdings import vehicle_entries
from liaison.holdings.imports import import_file
from liaison.holdings.order import ImportOrder
from liaison.model.categories import CaseId, Category, OfficerId
from liaison.model.grounds import Purpose
from liaison.model.handling import Handling, HandlingCode
from liaison.model.identifiers import Country, Plate
from liaison.model.roles import Role
from liaison.model.subjects import Name, Person, Vehicle
from liaison.model.wanted import ActionCode, Sought, Wanted
from liaison.officers import approvals, break_glass, invitations, notices, passkeys, service, sessions, tokens
from liaison.screening import bulk_orders, cases, grounds, sampling, standing
from liaison.screening import desk as desk_service
from liaison.screening.flights import checking, viewing, watching
from liaison.screening.flights.reading import Sent
from liaison.screening.flights.rules import sought
from liaison.screening.flights.taking import Delivery
from liaison.sensors import contacts, rescue
from liaison.sensors import register as sensors
from liaison.sensors.rules import ContactRole, FeedKind
from liaison.sightings import register
from liaison.sightings.following import service as following
from liaison.web.footing import footing_from
from tests.officers.authenticator import Authenticator
from tests.overseer import train, with_roles
from tests.web.payloads import WHY
from tests.web_fixtures import PASSWORD, Desk, Officer, a_desk

NORTH, SOUTH = "North", "South"
RECORDS = 60
APART = timedelta(minutes=5)  # what the units did, one after the other
KNOWN = "Aleksey Sobolev"
PROTECTED = "Elira Marku"


@dataclass(slots=True)
class Scene:
    """A desk with its people. `owned` has the id of an object of each kind; all of them are the first unit's."""

    desk: Desk
    owners: dict[Role, Officer] = field(default_factory=dict)
    visitors: dict[Role, Officer] = field(default_factory=dict)
    owned: dict[str, str] = field(default_factory=dict)
    held: dict[Role, dict[str, str]] = field(default_factory=dict)
    """What visitors have of their own, by role and kind."""

    def enrol(self, name: str, unit: str, *roles: Role) -> Officer:
        """A new person of this unit, trained, signed in."""
        return enrol(self.desk, name, unit, *roles)


def enrol(desk: Desk, name: str, unit: str, *roles: Role) -> Officer:
    """A new person of this unit and these roles, trained, signed in with a password."""
    by, office, people = desk.actor(desk.administrator), desk.office, desk.node.people
    person = service.create_person(office, by, service.Newcomer(name, unit))
    sign_in = name.replace(" ", ".").casefold()
    made = with_roles(office, by, person, sign_in, frozenset(roles), people)
    opened = invitations.accept_with_password(office, made.invitation.token, PASSWORD, settings=people)
    train(office, by, person, "Judging alerts", office.now() + timedelta(days=365), people)
    return Officer(person, made.account, sign_in, opened.token)


def order(desk: Desk, content: bytes | Path, list_name: str = agency.WANTED, **more: Any) -> ImportOrder:
    """An order to import a list, as a desk officer would fill it in."""
    today = desk.office.now().date()
    told: dict[str, Any] = {
        "owner": "Test police",
        "source": "our own files",
        "handling": Handling(codes=(HandlingCode.H0,)),
        "retention_until": today + timedelta(days=900),
        "review_at": today + timedelta(days=300),
        "case": CaseId("T-1"),
        "reason": "the tests need it",
        "name": "list.csv",
    }
    return ImportOrder(list_name=list_name, content=content, **(told | more))


def with_records(desk: Desk, by: Officer, folder: Path, records: int = RECORDS) -> None:
    """Import the invented agency's lists, and let them be found."""
    folder.mkdir(exist_ok=True)
    lists = agency.make_lists(folder, records, seed=7)
    for path, name in ((lists.wanted, agency.WANTED), (lists.protected, agency.PROTECTED)):
        import_file(desk.office, desk.actor(by), order(desk, path, name))
    desk.node.live.refresh()


def a_case(desk: Desk, by: Officer, reference: str = "T-2026-1") -> tuple[str, str]:
    """A case of this officer's, and grounds of theirs in it."""
    actor, office = desk.actor(by), desk.office
    case = cases.open_case(office, actor, reference=reference, title="Harbour", offence="trafficking-persons")
    given = grounds.give_grounds(
        office, actor, case.id, purpose=Purpose.INVESTIGATION, basis="task", justification=WHY
    )
    return case.id, given


def ask(desk: Desk, by: Officer, given: str, name: str = KNOWN) -> desk_service.Answer:
    """A check by name."""
    question = desk_service.Question(Person(names=(Name(full=name),)), given)
    return desk_service.check(desk.office, desk.node.live, desk.actor(by), question)


@contextmanager
def a_scene(folder: Path) -> Iterator[Scene]:
    """Both units, the lists, an object of each kind that belongs to the first unit, and some of the second's own."""
    with a_desk(folder) as made:
        scene = Scene(made)
        scene.owners[Role.ADMINISTRATOR] = scene.visitors[Role.ADMINISTRATOR] = made.administrator
        scene.held[Role.ADMINISTRATOR] = _own(made.administrator)
        for role in Role:
            if role is Role.ADMINISTRATOR:
                continue
            scene.owners[role] = scene.enrol(f"Own {role.name}", NORTH, role)
            scene.visitors[role] = scene.enrol(f"Visiting {role.name}", SOUTH, role)
            scene.held[role] = _own(scene.visitors[role])
        with_records(made, scene.owners[Role.DESK_OFFICER], folder / "lists")
        _visit(scene)
        made.clock.forward(minutes=10)
        _work(scene)
        owned_by_partners(scene.desk, folder, scene.owners[Role.INVESTIGATOR], scene.owned)
        owned_of_requests(scene)
        owned_of_supply(scene, folder)
        owned_of_actions(scene)
        owned_of_crosschecks(scene, folder)
        _mountain(scene)
        made.node.publish_now()
        yield scene


def _own(officer: Officer) -> dict[str, str]:
    return {"person": officer.person, "account": officer.account}


def owned_by_partners(desk: Desk, folder: Path, reader: Officer, owned: dict[str, str]) -> None:
    """What an account reads and sent as a partner's program does: a collection, an object, a contribution, an event."""
    from tests.web.compat.partners import a_partner_reads

    owned |= a_partner_reads(desk, folder / "partner", reader)


def owned_of_requests(scene: Scene) -> None:
    """Requests that the first unit made, and one that a partner made."""
    from tests.web.requested import requests_of

    asker, approver = scene.owners[Role.INVESTIGATOR], scene.owners[Role.APPROVER]
    scene.owned |= requests_of(scene.desk, asker, approver, scene.owned["grounds"], KNOWN)


def owned_of_supply(scene: Scene, folder: Path) -> None:
    """What passed between the first unit and a partner."""
    from tests.web.exchanged import supply_of

    asker, clerk = scene.owners[Role.INVESTIGATOR], scene.owners[Role.DESK_OFFICER]
    keys = folder / "partner" / "other" / "keys"
    scene.owned |= supply_of(scene.desk, keys, asker, clerk, scene.owned)


def owned_of_actions(scene: Scene) -> None:
    """An action that the first unit planned, and a warning about it."""
    from tests.web.acted import actions_of

    scene.owned |= actions_of(scene.desk, scene.owners[Role.INVESTIGATOR], scene.owned)


def owned_of_crosschecks(scene: Scene, folder: Path) -> None:
    """A cross-check that the first unit made, and one that a partner made."""
    from tests.web.crossed import crosschecks_of

    keys = folder / "partner" / "other" / "keys"
    scene.owned |= crosschecks_of(scene.desk, keys, scene.owners[Role.INVESTIGATOR], scene.owned["grounds"])


def _visit(scene: Scene) -> None:
    """What the visitors did before: cases of their own, one check, and a sample of it."""
    made = scene.desk
    for role in (Role.INVESTIGATOR, Role.DESK_OFFICER):
        by = scene.visitors[role]
        case, given = a_case(made, by, f"V-{len(scene.held[role])}")
        scene.held[role] |= {"case": case, "grounds": given}
    by, held = scene.visitors[Role.INVESTIGATOR], scene.held[Role.INVESTIGATOR]
    answer = ask(made, by, held["grounds"], "Luan Hoxha")
    held["check"], held["entry"] = answer.check, str(answer.entry)
    now, auditor = made.office.now(), made.actor(scene.visitors[Role.AUDITOR])
    drawn = sampling.draw(made.office, auditor, now - APART, now + APART, 5)
    scene.held[Role.AUDITOR] |= {"sample": drawn.id, "check": answer.check}


def _work(scene: Scene) -> None:
    """What the first unit did: everything here is nobody else's."""
    made, owned = scene.desk, scene.owned
    investigator = scene.owners[Role.INVESTIGATOR]
    owned |= _own(investigator)
    owned["case"], owned["grounds"] = a_case(made, investigator)
    answer = ask(made, investigator, owned["grounds"])
    owned |= {"check": answer.check, "entry": str(answer.entry)}
    owned |= {"alert": answer.alerts[0].id, "holding": answer.alerts[0].holding}
    _asked(scene, investigator)
    _personal(scene, investigator)
    now = made.office.now()
    auditor = made.actor(scene.owners[Role.AUDITOR])
    span = now - APART, now + APART
    owned["sample"] = sampling.draw(made.office, auditor, *span, 5).id
    clerk = made.actor(scene.owners[Role.DESK_OFFICER])
    content = order(made, b"name\nAna Example\n", "Other")
    job = made.node.imports.start(made.office, made.node.live, clerk, content)
    assert job.over.wait(30)
    owned["import"] = job.id
    owned["vehicle"] = vehicle_entries.write(made.office, clerk, _a_vehicle(made))


def _a_vehicle(made: Desk) -> vehicle_entries.Said:
    """An entry of an invented vehicle."""
    wanted = Wanted(
        sought=Sought.WANTED,
        action=ActionCode.OBSERVE,
        basis="order 11 of the court (invented)",
        office="Vehicle crime",
        contact="+355 4 555 0100",
    )
    return vehicle_entries.Said(
        vehicle=Vehicle(plate=Plate("AA 500 OB"), registered=Country("ALB")),
        wanted=wanted,
        category=Category.SUSPECT,
        case=CaseId("T-1"),
        reason=WHY,
        until=made.office.now().date() + timedelta(days=30),
        handling=Handling(codes=(HandlingCode.H0,)),
    )


def _asked(scene: Scene, by: Officer) -> None:
    """A standing question, a list that waits for its approval, a broken glass, a request about roles."""
    made, owned, office = scene.desk, scene.owned, scene.desk.office
    actor, expires = made.actor(by), office.now() + timedelta(days=10)
    owned["standing"] = standing.keep(office, made.node.live, actor, owned["check"], expires).id
    pasted = bulk_orders.pasted(owned["grounds"], "\n".join(agency.CREW))
    listed = bulk_orders.order_list(office, actor, pasted)
    owned |= {"list": listed.id, "approval": listed.approval}
    table = b"flight,departs,surname,given\nLI117,2026-03-05,Sobolev,Aleksey\n"
    delivery = Delivery(owned["grounds"], (Sent("table.csv", table),))
    (taken,) = checking.take_and_check(office, made.node.live, actor, delivery).kept
    aboard = viewing.flight_of(office, actor, taken.flight).aboard
    owned |= {"flight": taken.flight, "manifest": taken.id, "passenger": aboard[0].marks[0].alert}
    wanted = sought("LI117", "", "")
    owned["watch"] = watching.watch(office, actor, owned["grounds"], wanted, expires)
    owned |= _roadside(made, by, owned)
    given = footing_from(grounds.one_grounds(office, actor, owned["grounds"])).grounds
    owned["glass"] = break_glass.open(office, actor, "holding", owned["holding"], WHY, grounds=given).id
    owned["role-approval"] = approvals.ask(office, actor, approvals.Request("roles", {"roles": "auditor"}))


def _roadside(made: Desk, by: Officer, owned: dict[str, str]) -> dict[str, str]:
    """A feed, a camera of it, and a vehicle that was followed."""
    office, actor = made.office, made.actor(by)
    feed = register.make_feed(office, actor, owned["case"], "Recorder at the harbour")
    asked = register.Entry(
        feed=feed.id,
        code="gate-1",
        place=register.Place("Harbour gate, inbound", 41.31, 19.45, 90, "AL"),
        authority="PROS 7/26 (invented)",
        assessment="DPIA 3",
        until=office.now() + timedelta(days=10),
    )
    camera = register.register(office, actor, owned["grounds"], asked).id
    now = office.now()
    wanted = following.Wanted("ZZ 099 QQ", owned["grounds"], now - timedelta(hours=1), now)
    return {
        "feed": feed.id,
        "camera": camera,
        "following": following.follow(office, made.node.live, actor, wanted),
    }


def _mountain(scene: Scene) -> None:
    """A drone, two people who are told first, and people in need whom an investigator tells of."""
    office, owned = scene.desk.office, scene.owned
    keeper = scene.desk.actor(scene.owners[Role.DESK_OFFICER])
    until = office.now() + timedelta(days=10)
    entry = sensors.Entry("Drone 4", FeedKind.DRONE, NORTH, "MoI 7/26 (invented)", "DPIA 9", until)
    owned["sensor"] = sensors.register(office, keeper, entry).id
    for role in (Role.DESK_OFFICER, Role.SUPERVISOR):
        told = scene.owners[role].person
        owned["contact"] = contacts.name(office, keeper, told, ContactRole.RESCUE, "channel 3").id
    seen = rescue.Entered(7, frozenset({Need.MEDICAL}), 42.44, 19.9)
    owned["need"] = rescue.enter(office, scene.desk.actor(scene.owners[Role.INVESTIGATOR]), seen)


def _personal(scene: Scene, by: Officer) -> None:
    """A token, a passkey, a training and a notice of one person."""
    made, owned, office, people = scene.desk, scene.owned, scene.desk.office, scene.desk.node.people
    signed, expires = sessions.signed_in(office, by.session, people), office.now() + timedelta(days=10)
    owned["token"] = tokens.create_token(office, signed, "test", expires, people)[0]
    chief, person = made.actor(made.administrator), OfficerId(by.person)
    train(office, chief, person, "More", expires, people)
    trainings = service.show_person(office, chief, person).trainings
    owned["training"] = next(each.id for each in trainings if each.course == "More")
    kind, about = "approval-decided", owned["approval"]
    owned["notice"] = office.write(lambda c: notices.add(c, person, kind, about, office.now()))
    ceremony = passkeys.add_options(office, signed, people)
    answer = Authenticator(origin=people.site.origins[0]).create(ceremony.options)
    passkeys.add_finish(office, signed, ceremony.challenge, answer, "Key", settings=people)
    owned["passkey"] = passkeys.list_passkeys(office, signed)[0].id
