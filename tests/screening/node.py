"""An office with people, an open case, grounds and records that may be found: what the tests of the desk stand on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, func, select

from liaison import policy
from liaison.ledger.statements import Statement
from liaison.matching.index import Index
from liaison.matching.one import Checker
from liaison.model.categories import Category, OfficerId
from liaison.model.dates import PartialDate
from liaison.model.errors import NotFound
from liaison.model.grounds import Purpose
from liaison.model.handling import HandlingCode
from liaison.model.identifiers import Country, DocumentNumber
from liaison.model.roles import Role
from liaison.model.subjects import Document, Name, Person, Sex
from liaison.office import Office
from liaison.screening.cases import Case, open_case
from liaison.screening.grounds import give_grounds
from liaison.screening.records import Terms
from liaison.storage.tables.ledger import ENTRIES
from tests.node_fixtures import START, FixedClock, an_office
from tests.screening.conftest import crowd, people

BASIS = "task"
WHY = "Named by a witness as the driver of the van on 1 March"
REASON = "Same name, date and passport number as in the file"


def actor(name: str, *roles: Role, trained: bool = True) -> policy.Actor:
    """A person of these roles; an investigator where none is named."""
    held = frozenset(roles or (Role.INVESTIGATOR,))
    return policy.Actor(person=OfficerId(f"person-{name}"), roles=held, trained=trained)


ANA, BEN = actor("ana"), actor("ben")


def facts(**changes: object) -> policy.RecordFacts:
    """The conditions of an ordinary record of a suspect."""
    given: dict[str, object] = {
        "category": Category.SUSPECT,
        "graded": True,
        "handling": frozenset({HandlingCode.H0}),
        "own": True,
        "collected_for": Purpose.INVESTIGATION,
        "review_at": START + timedelta(days=200),
        "expires_at": START + timedelta(days=400),
    }
    return policy.RecordFacts(**(given | changes))  # type: ignore[arg-type]


@dataclass
class Held:
    """Records in memory, with the conditions that a test gives them."""

    index: Index
    special: dict[str, Terms] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    ordinary: Terms = field(default_factory=lambda: Terms(facts(), instruction="call", grade="B2"))

    def checker(self) -> Checker:
        return Checker(self.index)

    def holding_id(self, list_name: str, record_id: str) -> str:
        if record_id in self.gone:
            raise NotFound
        return f"holding-{list_name}-{record_id}"

    def terms(self, connection: Connection, holdings: Sequence[str]) -> Mapping[str, Terms]:
        ids = {holding: holding.rpartition("-")[2] for holding in holdings}
        return {
            holding: self.special.get(own, self.ordinary)
            for holding, own in ids.items()
            if own not in self.gone
        }


@dataclass
class Desk:
    """One office in the middle of its work."""

    office: Office
    clock: FixedClock
    live: Held
    case: Case
    grounds: str

    def said(self) -> list[Statement]:
        """Everything that the ledger states, in order."""

        def work(connection: Connection) -> list[Statement]:
            size = connection.execute(select(func.count()).select_from(ENTRIES)).scalar_one()
            return [self.office.log.statement(connection, index) for index in range(size)]

        return self.office.read(work)

    def verbs(self) -> list[str]:
        """What was done, in order."""
        return [statement.what for statement in self.said()]


def gezim(**changes: object) -> Person:
    """The one person of the list who is not of the crowd."""
    given: dict[str, object] = {
        "names": (Name(given="Gëzim", surname="Vokshi"),),
        "born": (PartialDate("1984-02-03"),),
        "sex": Sex.MALE,
        "nationalities": (Country("ALB"),),
    }
    return Person(**(given | changes))  # type: ignore[arg-type]


def nobody() -> Person:
    """Somebody whom no list holds."""
    return Person(names=(Name(given="Wolfgang", surname="Obermüller"),), born=(PartialDate("1931-11-30"),))


def passport(number: str = "BA1234567") -> Document:
    """A document that the last record of the list has."""
    return Document(number=DocumentNumber(number))


def records() -> Held:
    """240 people of a crowd, and one more with a passport."""
    return Held(
        Index.build(people([*crowd(), ("R900", "Gëzim", "Vokshi", "1984-02-03")], document="BA1234567"))
    )


@contextmanager
def a_desk(folder: Path, kind: str = "sqlite") -> Iterator[Desk]:
    """An open case of Ana's with grounds for an investigation, on either database."""
    clock = FixedClock()
    with an_office(folder, kind, clock) as office:
        case = open_case(office, ANA, reference="2026/114", title="Van at the border", offence="drugs")
        grounds = give_grounds(
            office, ANA, case.id, purpose=Purpose.INVESTIGATION, basis=BASIS, justification=WHY
        )
        yield Desk(office, clock, records(), case, grounds)
