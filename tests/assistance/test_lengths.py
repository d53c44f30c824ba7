"""A15: who sees letters pass, sealed as they are, cannot tell by their length whether anything is held of a person."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from liaison.assistance import answering, triage
from liaison.assistance.answering import Reply
from liaison.assistance.messages import Access
from liaison.storage.sealing import unseal
from liaison.storage.tables.transport import OUTBOX
from liaison.transport.letters import Type, letter_of, parts
from liaison.transport.outbox import about_out
from tests.assistance.requests import arrived
from tests.two_offices import DESK, Agency, Pair, two_offices

BECAUSE = "Name, date of birth and passport number agree"
GROUND = "not-available"


def answered(pair: Pair, how: str) -> int:
    """The length of the sealed part of the letter that answers so."""
    asked = pair.asked
    _, request = arrived(pair)
    triage.sort(asked.office, asked.means, DESK, request, Access.DIRECT)
    if how == "held":
        answering.answer(asked.office, asked.means, DESK, request, 1, Reply((asked.ids["R900"],), BECAUSE))
    elif how == "nothing after all":
        answering.nothing_after_all(asked.office, asked.means, DESK, request, 1, BECAUSE)
    elif how == "refused":
        answering.refuse(asked.office, asked.means, DESK, request, GROUND)
    else:
        answering.confirm_nothing(asked.office, asked.means, DESK, request)
    (length,) = lengths(asked, "answers")
    return length


def lengths(agency: Agency, kind: str) -> list[int]:
    """The lengths of what was sealed in the letters of a kind."""
    rows = agency.office.read(lambda c: list(c.execute(select(OUTBOX).where(OUTBOX.c.kind == kind))))
    found = []
    for row in rows:
        text = unseal(agency.office.keys.fetch([row.key])[0], row.sealed, about_out(row.id))
        found.append(len(letter_of(parts(Type.LETTER, text)).sealed))
    return found


def test_a15_every_answer_about_a_person_is_of_one_length(tmp_path: Path) -> None:
    found = {}
    for how in ("held", "nothing held", "nothing after all", "refused"):
        (tmp_path / how).mkdir()
        with two_offices(tmp_path / how) as pair:
            found[how] = answered(pair, how)
    assert len({*found.values()}) == 1, found
