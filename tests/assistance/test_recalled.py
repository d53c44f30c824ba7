"""What a partner called back is nowhere here: not in what was supplied unasked, not in an answer to a request."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from liaison.assistance import answering, spontaneous
from liaison.assistance.answering import Reply
from liaison.model.dates import PartialDate
from liaison.model.errors import Erased
from liaison.model.grounds import Purpose
from liaison.model.holding import Fact
from liaison.model.scales import Graded
from liaison.node.sealed import SEALED
from liaison.ports import KeyId
from liaison.screening.grounds import give_grounds
from liaison.storage import migrate
from liaison.storage.sealing import unseal
from liaison.storage.tables.screening import MEMBERS
from liaison.storage.tables.supply import SUPPLIED
from liaison.supply import following, inbound, recalls
from liaison.supply.documents import Why
from liaison.transport.letters import Type, letter_of, open_body, parts
from tests.assistance.requests import arrived, states
from tests.two_offices import DESK, Agency, Pair, two_offices

assert inbound
TABLES = migrate.every_table().tables  # before an office of the tests makes its tables
BECAUSE = "Name, date of birth and passport number agree"
SEEN = "seen with the van"
PACKED = re.compile(rb"[\w-]{40,}")


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    with two_offices(tmp_path) as both:
        yield both


def everything_sealed(agency: Agency) -> bytes:
    """All that can still be opened, of every sealed column; what is signed or sealed in letters is read too."""
    office = agency.office

    def work(connection: Connection) -> list[bytes]:
        found = []
        for each in SEALED:
            table = TABLES[each.table]
            owner = TABLES[each.via[1]] if each.via else table
            query = select(table, owner.c.key.label("_key")).where(table.c[each.column].is_not(None))
            if each.via:
                query = query.join(owner, owner.c.id == table.c[each.via[0]])
            for row in connection.execute(query).mappings():
                try:
                    (key,) = office.keys.fetch([KeyId(row["_key"])])
                except Erased:
                    continue
                content = unseal(key, row[each.column], each.about.format(**row))
                if each.table == "letters_in":
                    content = open_body(letter_of(parts(Type.LETTER, content)), agency.means.own.seal)
                found.append(read(content))
        return found

    return b"\n".join(office.read(work))


def read(content: bytes) -> bytes:
    """Content, and what stands in it in base64url, as signed documents do."""
    inner = [urlsafe_b64decode(text + b"=" * (-len(text) % 4)) for text in PACKED.findall(content)]
    return b"\n".join([content, *map(read, inner)])


def grounds_of_the_desk(agency: Agency) -> str:
    part = {"part": "member", "since": agency.clock.now(), "added_by": "x"}
    row = {"case_id": agency.case, "person": DESK.person} | part
    agency.office.write(lambda connection: connection.execute(MEMBERS.insert().values(**row)))
    said = {"basis": "agreement", "justification": BECAUSE}
    return give_grounds(agency.office, DESK, agency.case, purpose=Purpose.INVESTIGATION, **said)


def call_back(pair: Pair) -> None:
    """Recall all that was supplied, and let it be carried out."""
    giver = pair.asked
    query = select(SUPPLIED.c.id)
    for item in giver.office.read(lambda connection: connection.execute(query).scalars().all()):
        recalls.recall(giver.office, giver.means, DESK, item, Why.WRONG, "The record was of another person.")
    for _ in range(2):
        pair.carry()
        for agency in (pair.asking, pair.asked):
            following.run(agency.office, agency.means)
    assert pair.refused == []


def test_what_was_given_unasked_is_nowhere_once_it_was_called_back(pair: Pair) -> None:
    giver, there = pair.asked, pair.asking
    grounds, records = grounds_of_the_desk(giver), (giver.ids["R900"],)
    reason = "He was seen on the way to you"
    giving = spontaneous.Giving(partner=pair.asking.origin, holdings=records, grounds=grounds, reason=reason)
    spontaneous.give(giver.office, giver.means, DESK, giving)
    pair.carry()
    assert b"Vokshi" in everything_sealed(there)
    call_back(pair)
    left = everything_sealed(there)
    assert reason.encode() in left
    assert b"Vokshi" not in left


def test_what_was_given_in_an_answer_is_nowhere_once_it_was_called_back(pair: Pair) -> None:
    graded, dated = Graded.read("B2"), PartialDate("2026-02-01")
    fact = Fact(text=SEEN, graded=graded, dated=dated, source="patrol")
    giver = pair.asked
    giver.arrive(("R901", "Drilon", "Maloku", "1990-05-06"), facts=(fact,))
    ours, at_theirs = arrived(pair, ["Drilon Maloku;1990-05-06;;"])
    reply = Reply((giver.ids["R901"],), BECAUSE)
    answering.answer(giver.office, giver.means, DESK, at_theirs, 1, reply)
    pair.carry()
    assert SEEN.encode() in everything_sealed(pair.asking)
    call_back(pair)
    assert states(pair.asking, ours) == {1: "full"}
    assert SEEN.encode() not in everything_sealed(pair.asking)
