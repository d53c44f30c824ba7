"""People, lists, cases and grounds that the tests of records begin with."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert

from liaison.holdings.access import Footing
from liaison.holdings.imports import import_file
from liaison.holdings.order import Imported, ImportOrder
from liaison.model.categories import CaseId, OfficerId
from liaison.model.grounds import Grounds, Purpose
from liaison.model.handling import Handling, HandlingCode
from liaison.model.roles import Role
from liaison.office import Office
from liaison.policy import Actor
from liaison.storage.tables import metadata
from liaison.storage.tables.holdings import HOLDINGS
from liaison.storage.tables.screening import CASES, MEMBERS
from tests.node_fixtures import START

DESK = Actor(person=OfficerId("person-desk"), roles=frozenset({Role.DESK_OFFICER}), trained=True)
NAMED = Actor(
    person=OfficerId("person-named"), roles=frozenset({Role.DESK_OFFICER}), trained=True, safeguards=True
)
INVESTIGATOR = Actor(person=OfficerId("person-inv"), roles=frozenset({Role.INVESTIGATOR}), trained=True)
OTHER = Actor(person=OfficerId("person-other"), roles=frozenset({Role.INVESTIGATOR}), trained=True)
PROTECTION = Actor(person=OfficerId("person-dpo"), roles=frozenset({Role.DATA_PROTECTION_OFFICER}))
ADMINISTRATOR = Actor(person=OfficerId("person-admin"), roles=frozenset({Role.ADMINISTRATOR}))
AUDITOR = Actor(person=OfficerId("person-audit"), roles=frozenset({Role.AUDITOR}))
CASE = CaseId("case-1")
ROWS = (
    b"id,given,surname,dob,category,Note\n"
    b"1,Ana,Gashi,1984-02-03,suspect,seen in Vlor\xc3\xab\n"
    b"2,Ben,Hoxha,1990-05-06,convicted,\n"
    b"3,Cara,Shehu,1971-08-09,contact,\n"
)


def an_order(content: bytes | Path = ROWS, **said: Any) -> ImportOrder:
    values: dict[str, Any] = {
        "list_name": "wanted",
        "content": content,
        "name": "wanted.csv",
        "owner": "Agency",
        "source": "district court",
        "handling": Handling(codes=(HandlingCode.H0,)),
        "retention_until": dt.date(2028, 1, 1),
        "review_at": dt.date(2026, 12, 1),
        "case": CaseId("W-1"),
        "reason": "national warrant list",
    }
    return ImportOrder(**(values | said))


def imported(office: Office, content: bytes = ROWS, **said: Any) -> Imported:
    return import_file(office, DESK, an_order(content, **said))


def ids(office: Office, list_name: str = "wanted") -> list[str]:
    """Ids of the list's records, as they were imported."""

    def work(connection: Connection) -> list[str]:
        query = HOLDINGS.select().where(HOLDINGS.c.list == list_name)
        return [row.id for row in connection.execute(query)]

    return office.read(work)


def a_case(office: Office, *people: Actor, case: CaseId = CASE) -> None:
    def work(connection: Connection) -> None:
        row = {"id": case, "reference": "R-1", "offence": "fraud", "unit": "", "state": "open", "key": 1}
        row |= {"opened": START, "opened_by": "person-inv", "sealed": b""}
        connection.execute(insert(CASES).values(**row))
        for person in people:
            row = {"case_id": case, "person": person.person, "part": "member", "since": START}
            connection.execute(insert(MEMBERS).values(**row, added_by="person-inv"))

    office.write(work)


def footing(actor: Actor, purpose: Purpose = Purpose.INVESTIGATION, case: CaseId = CASE) -> Footing:
    offence = "fraud" if purpose.needs_offence else ""
    grounds = Grounds(
        purpose=purpose,
        case=case,
        basis="vital-interest" if purpose.protects else "task",
        justification="The suspect was named by the bank.",
        officer=actor.person,
        given=START,
        offence=offence,
    )
    return Footing("grounds-1", grounds)


def said_in_ledger(office: Office) -> list[str]:
    """The verbs of every entry, in order."""
    from liaison.ledger.log import size

    def work(connection: Connection) -> list[str]:
        return [office.log.statement(connection, index).what for index in range(size(connection))]

    return office.read(work)


def everything_stored(office: Office) -> bytes:
    """Every value of every row of every table, as bytes one after another."""
    parts: list[bytes] = []

    def work(connection: Connection) -> None:
        for table in metadata.sorted_tables:
            for row in connection.execute(table.select()):
                parts.extend(v if isinstance(v, bytes) else str(v).encode() for v in row)

    office.read(work)
    return b"\n".join(parts)
