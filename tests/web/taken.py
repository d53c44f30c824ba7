"""What the tests of copies stand on: two agencies, a request of one to the other, and on its first subject a record
under each set of handling codes, as the other side signed it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select, update

from liaison.model.categories import Category, OfficerId
from liaison.model.dates import PartialDate
from liaison.model.grounds import Purpose
from liaison.model.handling import Handling, HandlingCode
from liaison.model.holding import Fact
from liaison.model.identifiers import Plate
from liaison.model.roles import Role
from liaison.model.scales import Graded
from liaison.model.subjects import AnySubject, Name, Person, Vehicle
from liaison.model.wanted import Wanted
from liaison.screening.cases import open_case
from liaison.screening.grounds import give_grounds
from liaison.storage.tables.assistance import SUBJECTS
from liaison.storage.tables.assistance import SUPPLIED as OF_REQUEST
from liaison.storage.tables.supply import SUPPLIED
from liaison.supply import keeping, receiving
from liaison.supply.items import Item, Supplied, digest, sign_item
from liaison.supply.keeping import Kept
from liaison.supply.receiving import Where, link
from tests.web.test_requests_pages import DESK, arrived, browsers
from tests.web.two_desks import WHY, House, Houses, two_desks

H1, H2, H3 = HandlingCode.H1, HandlingCode.H2, HandlingCode.H3
SETS = [frozenset(some) for count in range(4) for some in combinations((H1, H2, H3), count)]
FORMULA = '=HYPERLINK("http://evil.example")'


@dataclass
class Ground:
    """Both agencies. `ours` and `theirs` are the request's places at either side, `people` and `things` the items by
    their codes, `clerk` the grounds of the asking side's desk officer, to prosecute."""

    houses: Houses
    ours: str
    theirs: str
    people: dict[frozenset[HandlingCode], str]
    things: dict[frozenset[HandlingCode], str]
    clerk: str

    @property
    def grounds(self) -> str:
        """Those of the investigator, of the request's case."""
        return self.houses.asking.agency.grounds

    @property
    def items(self) -> list[str]:
        return [*self.people.values(), *self.things.values()]


@contextmanager
def a_ground(folder: Path) -> Iterator[Ground]:
    """Both agencies with their records."""
    with two_desks(folder) as houses:
        with browsers(houses.asked, DESK) as (desk,):
            ours, theirs = arrived(houses, desk)
        people, things = {}, {}
        for number, codes in enumerate(SETS):
            person = Person(names=(Name(full=FORMULA), Name(full=f"Arta Gashi {number}")), birthplace="Fier")
            people[codes] = supply(houses, ours, theirs, f"p{number}", person, codes)
            plate = Plate(f"AA {100 + number} BB")
            things[codes] = supply(houses, ours, theirs, f"t{number}", Vehicle(plate=plate), codes)
        _answered(houses.asking, ours)
        clerk = _clerk(houses.asking, [*people.values(), *things.values()])
        yield Ground(houses, ours, theirs, people, things, clerk)


def handling(codes: frozenset[HandlingCode]) -> Handling:
    held = (HandlingCode.H0, *sorted(codes, key=lambda code: code.value))
    return Handling(codes=held, restriction="ask us first" if H3 in codes else "")


def supply(
    houses: Houses,
    ours: str,
    theirs: str,
    key: str,
    subject: AnySubject,
    codes: frozenset[HandlingCode],
    wanted: Wanted | None = None,
) -> str:
    """A record of the asked side on the request's first subject, at both sides."""
    asking, asked = houses.asking, houses.asked
    today = asked.desk.clock.time.date()
    item = Item(
        federation=asked.desk.node.means.federation,
        id="item-" + key.rjust(26, "a"),
        originator=asked.origin,
        revision=1,
        subject=subject,
        category=Category.SUSPECT,
        source="Agency",
        graded=Graded(original="B2"),
        facts=(Fact(text="Seen at the port", graded=Graded(original="A1"), dated=PartialDate("2026-02-01")),),
        handling=handling(codes),
        wanted=wanted,
        purpose=Purpose.INVESTIGATION,
        offence="drugs",
        law=("demo",),
        retention_until=today + timedelta(days=150),
        review_at=today + timedelta(days=100),
        made=asked.desk.clock.time,
    )
    text = sign_item(item, asked.desk.node.own.document)
    request = ours.rpartition("/")[2]
    where = Where(sender=asked.origin, request=request, case=asking.agency.case)
    given = Supplied(item=text, chain=(asked.origin,))
    office, means = asking.desk.office, asking.desk.node.means

    def take(connection: Connection) -> None:
        receiving.receive(office, means, connection, where, [given])
        connection.execute(insert(OF_REQUEST).values(_of_request(request, item.id, "", office.now())))

    office.write(take)
    _ours(asked, theirs.rpartition("/")[2], item, text)
    return item.id


def _of_request(request: str, item: str, holding: str, at: Any) -> dict[str, Any]:
    return {"request_id": request, "number": 1, "item": item, "holding_id": holding, "at": at}


def _ours(asked: House, request: str, item: Item, text: str) -> None:
    """The same item at the side that supplied it, as sending keeps it."""
    office, person = asked.desk.office, asked.officers[DESK].person
    (box,) = keeping.sealed(office.keys, [(keeping.about_item(item.id), keeping.written(Kept(item=text)))])
    row = {
        "id": item.id,
        "holding": next(iter(asked.agency.ids.values())),
        "version": 1,
        "record_state": "live",
        "revision": 1,
        "number": 0,
        "state": "held",
        "handling": keeping.codes_text(item.handling),
        "purpose": item.purpose.value,
        "offence": item.offence,
        "request": request,
        "person": person,
        "made": office.now(),
        "retention": office.now() + timedelta(days=150),
        "digest": digest(text),
        "key": box.key,
        "sealed": box.sealed,
        "entry": 0,
    }

    def work(connection: Connection) -> None:
        connection.execute(insert(SUPPLIED).values(**row))
        connection.execute(
            insert(OF_REQUEST).values(_of_request(request, item.id, row["holding"], office.now()))
        )

    office.write(work)


def _answered(house: House, ours: str) -> None:
    mine = (SUBJECTS.c.request_id == ours.rpartition("/")[2]) & (SUBJECTS.c.number == 1)
    values = {"state": "full", "answered": house.desk.office.now(), "answered_by": "other"}
    house.desk.office.write(lambda c: c.execute(update(SUBJECTS).where(mine).values(**values)))


def _clerk(house: House, items: list[str]) -> str:
    """Grounds of the desk officer, who may use records in court, in a case that the items were supplied for."""
    office, actor = house.desk.office, house.desk.actor(house.officers[DESK])
    case = open_case(office, actor, reference="2026/2", title="Court", offence="drugs")
    grounds = give_grounds(
        office, actor, case.id, purpose=Purpose.PROSECUTION, basis="task", justification=WHY
    )

    def work(connection: Connection) -> None:
        for item in items:
            link(connection, item, case.id, OfficerId("test"), office.now())

    office.write(work)
    return grounds


__all__ = ["FORMULA", "SETS", "Ground", "Role", "a_ground", "handling", "select", "supply"]
