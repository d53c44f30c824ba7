"""A served node with two partners, a collection for each and one for both, and records of things to publish."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, select

from liaison.holdings import shelves
from liaison.holdings.access import Footing
from liaison.model.categories import CaseId, Category, Involvement, OfficerId
from liaison.model.dates import PartialDate
from liaison.model.grounds import Purpose
from liaison.model.handling import Handling, HandlingCode
from liaison.model.holding import Change, Holding, Version
from liaison.model.identifiers import Country, DocumentNumber, Plate
from liaison.model.roles import Role
from liaison.model.scales import Graded
from liaison.model.subjects import AnySubject, Document, DocumentKind, Name, Person, Vehicle
from liaison.officers import sessions
from liaison.partners import own
from liaison.partners.agreement import Cap, Gateway, GatewayKind
from liaison.partners.own import Particulars
from liaison.partners.service import Terms
from liaison.screening.grounds import one_grounds
from liaison.storage.tables.holdings import HOLDINGS
from liaison.storage.tables.partners import PARTNERS
from liaison.supply import contributions, publishing
from liaison.supply.publishing import Done, Opening, Order
from liaison.web.footing import footing_from
from tests.partners.pairs import FEDERATION, Kind, Side, a_side, agree, pair, signer
from tests.web.scene import a_case, enrol
from tests.web.serving import served
from tests.web_fixtures import Desk, Officer, a_desk

ASSESSMENT = "DPIA-7"
BOAT = {
    "info": "A boat",
    "Attribute": [{"type": "text", "value": "XY 1", "uuid": str(uuid.UUID(int=9, version=4))}],
}
LISTS = {"free": (HandlingCode.H0,), "court": (HandlingCode.H1,), "kept": (HandlingCode.H2,)}


@dataclass
class House:
    """A desk and its partners. `records` are the holdings by list, `readers` the accounts of partners' programs."""

    desk: Desk
    address: str
    clerk: Officer
    head: Officer
    own: Side
    partners: dict[str, Side] = field(default_factory=dict)
    readers: dict[str, Officer] = field(default_factory=dict)
    collections: dict[str, str] = field(default_factory=dict)
    records: dict[str, list[str]] = field(default_factory=dict)

    def furnished(self) -> House:
        """The same with new collections, accounts of partners' programs, and records."""
        fresh = replace(self, readers={}, collections={}, records={})
        for name in self.partners:
            fresh.readers[name] = enrol(self.desk, f"Program {secrets.token_hex(4)} of {name}", "Partners")
        _collections(fresh)
        _records(fresh)
        return fresh

    def token(self, name: str) -> str:
        return self.desk.token(self.readers[name])

    def footing(self, purpose: Purpose = Purpose.INVESTIGATION) -> Footing:
        """Fresh grounds of the clerk's, in a case of theirs."""
        _, given = a_case(self.desk, self.clerk, f"P-{secrets.token_hex(4)}")
        return footing_from(one_grounds(self.desk.office, self.desk.actor(self.clerk), given))

    def publish(self, record: str, collection: str = "both", **more: object) -> Done:
        wanted = Order(collection=self.collections[collection], holding=record, footing=self.footing())
        actor = self.desk.actor(self.clerk)
        return publishing.publish(self.desk.office, actor, replace(wanted, **more))  # type: ignore[arg-type]

    def hold(
        self, subject: AnySubject, codes: tuple[HandlingCode, ...], category: Category = Category.SUSPECT
    ) -> str:
        """A new record of this subject; its id."""
        office, today = self.desk.office, self.desk.clock.time.date()
        holding = Holding(
            list_name="wanted",
            record=shelves.fresh_id(),
            subject=subject,
            owner="Test police",
            source="our own files",
            handling=Handling(codes=codes, restriction="ask us first" if HandlingCode.H3 in codes else ""),
            retention_until=today + timedelta(days=900),
            review_at=today + timedelta(days=300),
            graded=Graded(original="B2"),
            involvement=Involvement(
                category=category, case=CaseId("T-1"), reason="seen", reviewer=OfficerId(self.clerk.person)
            ),
        )
        change = Change(what="made", by=OfficerId(self.clerk.person), at=self.desk.clock.time)
        key, ref = shelves.fresh_id(), secrets.token_bytes(32)
        draft = shelves.Draft(key, 1, Version(holding=holding, change=change), ref, secrets.token_bytes(32))
        rows = shelves.sealed_rows(office.keys, shelves.OPEN, [draft])
        office.write(lambda c: shelves.add(c, shelves.OPEN, rows, shelves.next_change(c)))
        return key

    def correct(self, record: str) -> None:
        """A further version of a record."""
        office = self.desk.office

        def work(connection: Connection) -> None:
            row = connection.execute(select(HOLDINGS).where(HOLDINGS.c.id == record)).one()
            held = shelves.latest(connection, office.keys, shelves.OPEN, row).holding
            change = Change(what="corrected", by=OfficerId(self.clerk.person), at=self.desk.clock.time)
            rows = shelves.sealed_rows(office.keys, shelves.OPEN, [shelves.draft_after(row, held, change)])
            shelves.renew(connection, shelves.OPEN, rows, shelves.next_change(connection))

        office.write(work)

    def verbs(self) -> list[str]:
        return self.own.verbs()


def terms(now_plus_year: object) -> Terms:
    return Terms(
        purposes=(Purpose.INVESTIGATION,),
        offences=("trafficking-persons",),
        exchanges=("publication",),
        gateway=Gateway(kind=GatewayKind.ADEQUACY, reference="Decision 1", expires=now_plus_year),  # type: ignore[arg-type]
        quota=100,
        handling=Handling(codes=(HandlingCode.H0,)),
        languages=("en",),
        caps=(Cap(days=365),),
    )


def side_of(desk: Desk, folder: Path) -> Side:
    """The desk's own node, as one that pairs."""
    witness = signer("node.test.example", 150, Kind.COSIGNATURE)
    told = Particulars(
        FEDERATION, "Test police", witness.verifier.vkey, ("https://node.test.example:8443",), ("bulk",)
    )
    (folder / "own" / "keys").mkdir(parents=True)
    keys = own.own_keys(folder / "own" / "keys", desk.office)
    return Side(desk.office, folder / "own", desk.node.signers[0], keys, told, desk.clock)


@contextmanager
def a_house(folder: Path, gateway_days: int = 365, **settings: str) -> Iterator[House]:
    with ExitStack() as stack:
        desk = stack.enter_context(a_desk(folder, **settings))
        clerk = enrol(desk, "Clerk", "North", Role.DESK_OFFICER)
        head = enrol(desk, "Head", "North", Role.SUPERVISOR)
        house = House(desk, "", clerk, head, side_of(desk, folder))
        for at, name in enumerate(("coast", "court")):
            other = stack.enter_context(a_side(folder / name, f"{name}.example", 60 + at))
            other.clock.time = desk.clock.time
            pair(house.own, other)
            agree(house.own, other, terms(desk.clock.time + timedelta(days=gateway_days)))
            house.partners[name] = other
        _assess(house)
        house = house.furnished()
        house.address = stack.enter_context(served(desk))
        yield house


def _assess(house: House) -> None:
    """What this node thinks of its partners: nothing is to be feared there."""
    values = PARTNERS.update().values(capital=False, state_of_origin=False)
    house.desk.office.write(lambda connection: connection.execute(values))


def _collections(house: House) -> None:
    office, head = house.desk.office, house.desk.actor(house.head)
    for name, members in {"both": ["coast", "court"], "coast": ["coast"], "court": ["court"]}.items():
        opening = Opening(
            title=f"Wanted things: {name}",
            partners=tuple(f"{each}.example" for each in members),
            assessment=ASSESSMENT,
            writable=name == "both",
        )
        key = publishing.open_collection(office, head, opening)
        house.collections[name] = key
        for each in members:
            account = house.readers[each].account
            publishing.admit(office, head, key, account, f"{each}.example", ASSESSMENT)


def _records(house: House) -> None:
    """A vehicle and a document under each handling, and a person."""
    for name, codes in LISTS.items():
        things = (
            Vehicle(plate=Plate(f"{name[:2].upper()} 123 BB"), registered=Country("ALB"), colour="red"),
            Document(number=DocumentNumber(f"X{name}77"), type=DocumentKind.PASSPORT),
        )
        house.records[name] = [house.hold(thing, codes) for thing in things]
    person = Person(
        names=(Name(given="Arta", surname="Beka"),), born=(PartialDate("1980-02-03"),), birthplace="Fier"
    )
    house.records["person"] = [house.hold(person, (HandlingCode.H0,))]


def a_partner_reads(desk: Desk, folder: Path, reader: Officer) -> dict[str, str]:
    """A partner, for whom an account reads and writes one collection: ids of what there is of each kind."""
    folder.mkdir()
    head = enrol(desk, "Head of partners", "North", Role.SUPERVISOR)
    signed = sessions.signed_in(desk.office, reader.session, desk.node.people)
    with a_side(folder / "other", "other.example", 77) as other:
        own_side = side_of(desk, folder)
        other.clock.time = desk.clock.time
        pair(own_side, other)
        agree(own_side, other, terms(desk.clock.time + timedelta(days=365)))
    opening = Opening(title="Things", partners=("other.example",), assessment=ASSESSMENT, writable=True)
    key = publishing.open_collection(desk.office, desk.actor(head), opening)
    publishing.admit(desk.office, desk.actor(head), key, reader.account, "other.example", ASSESSMENT)
    sent = {"type": "note", "spec_version": "2.1", "id": f"note--{uuid.uuid4()}", "content": "Seen"}
    sent |= {
        "created": "2026-03-02T09:00:00.000Z",
        "modified": "2026-03-02T09:00:00.000Z",
        "object_refs": [sent["id"]],
    }
    status = contributions.send_objects(desk.office, signed, key, [sent])
    clerk = enrol(desk, "Clerk of partners", "North", Role.DESK_OFFICER)
    contributions.decide(desk.office, desk.actor(clerk), status.id, True)
    desk.clock.forward(seconds=1)
    event = contributions.send_event(desk.office, signed, key, {"info": "A boat", "uuid": str(uuid.uuid4())})
    desk.clock.forward(seconds=1)
    accepted = contributions.send_event(desk.office, signed, key, BOAT | {"uuid": str(uuid.uuid4())})
    last = contributions.waiting(desk.office, desk.actor(clerk))[-1]
    contributions.decide(desk.office, desk.actor(clerk), last.id, True)
    row = accepted.raw["Attribute"][0]["uuid"]
    return {
        "collection": key,
        "published": str(sent["id"]),
        "contribution": status.id,
        "event": str(event.raw["uuid"]),
        "attribute": row,
    }
