"""An office with people, an open case, grounds and records that may be found: what the tests of the desk stand on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, func, insert, select

from liaison import policy
from liaison.holdings.live import LiveIndex
from liaison.holdings.shelves import OPEN, Draft, add, fresh_id, next_change, renew, sealed_rows
from liaison.ledger.statements import Statement
from liaison.model.categories import CaseId, Category, Involvement, OfficerId
from liaison.model.dates import PartialDate
from liaison.model.errors import NotLawful
from liaison.model.grounds import Purpose
from liaison.model.handling import Handling, HandlingCode
from liaison.model.holding import Change, Holding, Instruction, Version
from liaison.model.identifiers import Country, DocumentNumber
from liaison.model.roles import Role
from liaison.model.scales import Graded
from liaison.model.subjects import Document, Name, Person, Sex
from liaison.office import Office
from liaison.officers.secrecy import sealed_texts
from liaison.ports import Compartment
from liaison.screening.cases import Case, open_case
from liaison.screening.grounds import give_grounds
from liaison.storage.tables.ledger import ENTRIES
from liaison.storage.tables.officers import ACCOUNT_ROLES, ACCOUNTS, PEOPLE
from tests.node_fixtures import START, FixedClock, an_office
from tests.screening.conftest import Row, crowd

BASIS = "task"
PASSPORT = "BA1234567"
VOKSHI: Row = ("R900", "Gëzim", "Vokshi", "1984-02-03")
WHY = "Named by a witness as the driver of the van on 1 March"
REASON = "Same name, date and passport number as in the file"


def actor(name: str, *roles: Role, trained: bool = True) -> policy.Actor:
    """A person of these roles; an investigator where none is named."""
    held = frozenset(roles or (Role.INVESTIGATOR,))
    return policy.Actor(person=OfficerId(f"person-{name}"), roles=held, trained=trained)


ANA, BEN = actor("ana"), actor("ben")


def rules_of(error: NotLawful) -> set[str]:
    """The rules that refuse."""
    return {reason.rule for reason in error.reasons}  # type: ignore[attr-defined]


def enter(office: Office, *actors: policy.Actor, unit: str = "Unit 1") -> None:
    """Enter people among the people of the office."""
    ((key, secret),) = office.keys.create(Compartment.OFFICERS)
    for one in actors:
        texts = {"name": one.person, "unit": unit, "email": ""}
        sealed = sealed_texts(secret, f"people:{one.person}", texts)
        row = {"id": one.person, "key": key, "sealed": sealed, "safeguards": False, "created": START}
        account = {"id": f"account-{one.person}", "person": one.person, "created": START}
        account |= {"sealed": sealed_texts(secret, f"accounts:{account['id']}", texts)}
        account |= {"lookup": one.person, "lookalike": one.person, "state": "active"}
        account |= {"language": "en", "theme": "auto", "shortcuts": True}
        roles = [{"account": account["id"], "role": role.value} for role in one.roles]

        def work(connection: Connection, row=row, account=account, roles=roles) -> None:  # type: ignore[no-untyped-def]
            connection.execute(insert(PEOPLE).values(row))
            connection.execute(insert(ACCOUNTS).values(account))
            connection.execute(insert(ACCOUNT_ROLES), roles)

        office.write(work)


def holding(row: Row, *, document: str = "", **changes: object) -> Holding:
    """An ordinary record of a suspect, as its list has it."""
    record, given, surname, born = row
    born = str(changes.pop("born", born))
    category = changes.pop("category", Category.SUSPECT)
    papers = (passport(document),) if document else ()
    person = Person(names=(Name(given=given, surname=surname),), born=(PartialDate(born),), documents=papers)
    said: dict[str, object] = {
        "list_name": "held",
        "record": record,
        "subject": person,
        "owner": "Demo agency",
        "source": "patrol reports",
        "handling": Handling(codes=(HandlingCode.H0,)),
        "retention_until": (START + timedelta(days=400)).date(),
        "review_at": (START + timedelta(days=200)).date(),
        "involvement": Involvement(
            category=category, case=CaseId("2025/3"), reason="named in a report", reviewer=ANA.person
        ),
        "graded": Graded.read("B2"),
        "instruction": Instruction.CALL,
    }
    return Holding(**(said | changes))  # type: ignore[arg-type]


@dataclass
class Desk:
    """One office in the middle of its work."""

    office: Office
    clock: FixedClock
    live: LiveIndex
    ids: dict[str, str]  # the list's own ids of records, and ours
    case: Case
    grounds: str

    def said(self) -> list[Statement]:
        """Everything that the ledger states, in order."""

        def work(connection: Connection) -> list[Statement]:
            size = connection.execute(select(func.count()).select_from(ENTRIES)).scalar_one()
            return [self.office.log.statement(connection, index) for index in range(size)]

        return self.office.read(work)

    def change(self, row: Row, **changes: object) -> None:
        """Let a record say something else."""
        said = holding(row, **changes)
        version = Version(holding=said, change=Change(what="corrected", by=ANA.person, at=START))
        rows = sealed_rows(self.office.keys, OPEN, [Draft(self.ids[row[0]], 2, version, None, None)])
        self.office.write(lambda connection: renew(connection, OPEN, rows, next_change(connection)))

    def arrive(self, *rows: Row, **changes: object) -> None:
        """Let more records come in."""
        self.ids |= records(self.office, rows, **changes)
        self.live.refresh()

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


def passport(number: str = PASSPORT) -> Document:
    """A document that the last record of the list has."""
    return Document(number=DocumentNumber(number))


def records(office: Office, rows: Sequence[Row], **changes: object) -> dict[str, str]:
    """Keep these as records of the office; their ids by the list's own."""
    ids = {row[0]: fresh_id() for row in rows}
    change = Change(what="imported", by=ANA.person, at=START)
    drafts = [
        Draft(ids[row[0]], 1, Version(holding=holding(row, **changes), change=change), None, None)
        for row in rows
    ]
    written = sealed_rows(office.keys, OPEN, drafts)
    office.write(lambda connection: add(connection, OPEN, written, next_change(connection)))
    return ids


@contextmanager
def a_desk(folder: Path, kind: str = "sqlite", clock: FixedClock | None = None) -> Iterator[Desk]:
    """An open case of Ana's with grounds for an investigation, on either database."""
    clock = clock or FixedClock()
    with an_office(folder, kind, clock) as office:
        enter(office, ANA)
        case = open_case(office, ANA, reference="2026/114", title="Van at the border", offence="drugs")
        grounds = give_grounds(
            office, ANA, case.id, purpose=Purpose.INVESTIGATION, basis=BASIS, justification=WHY
        )
        ids = records(office, crowd()) | records(office, [VOKSHI], document=PASSPORT)
        yield Desk(office, clock, LiveIndex(office), ids, case, grounds)
