"""A supervisor opens again what partners were asked about a planned action, and sees whether it was that action.

Every question keeps, sealed, what it was about and the seed of its blinds, also after the action was changed or
cancelled, until it is forgotten: whoever asks about something else than was planned is found out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection, select

from liaison import policy
from liaison.crosscheck.messages import whole_of
from liaison.crosscheck.planned.actionkeys import Thing
from liaison.crosscheck.planned.actions import load
from liaison.crosscheck.planned.probing import ASKED, points_of, question_about
from liaison.crosscheck.recording import record
from liaison.office import Office
from liaison.ports import KeyId
from liaison.storage.sealing import unseal
from liaison.storage.tables.deconfliction import QUESTIONS

WHAT = "action-questions-opened"


@dataclass(frozen=True, slots=True)
class Opened:
    """One question: whom it went to, what it was about and when, and whether the ledger's points are those."""

    partner: str
    thing: Thing
    starts: datetime
    ends: datetime
    at: datetime
    agrees: bool


def reopen(office: Office, actor: policy.Actor, action: str) -> list[Opened]:
    """Every question about an action, opened again, the first one first; that it was done is recorded.

    Raises NotFound, NotLawful for who is no supervisor, Erased for an action that was forgotten.
    """
    office.decide(policy.Action.SUPERVISE, policy.Context(actor=actor, now=office.now()))

    def look(connection: Connection) -> list[Opened]:
        row = load(office, connection, actor, action)
        key = office.keys.fetch([KeyId(row.key)])[0]
        rows = connection.execute(
            select(QUESTIONS).where(QUESTIONS.c.action == action).order_by(QUESTIONS.c.entry)
        ).all()
        found = []
        for each in rows:
            asked = ASKED.decode(unseal(key, each.sealed, question_about(each.session)))
            _, blinded, _ = points_of(each.partner, asked, each.session)
            agrees = whole_of([sha256(blinded.points).hexdigest()]) == each.whole
            told = asked.content.thing, asked.starts, asked.ends
            found.append(
                Opened(each.partner, *told, each.at, agrees and _in_ledger(office, connection, each))
            )
        return found

    opened = office.read(look)

    def tell(connection: Connection) -> None:
        row = load(office, connection, actor, action)
        outcome = "agrees" if all(each.agrees for each in opened) else "differs"
        record(office, connection, WHAT, actor.person, objects=(action,), case=row.case_id, outcome=outcome)

    office.write(tell)
    return opened


def _in_ledger(office: Office, connection: Connection, row: object) -> bool:
    """Whether the entry that was written before the question left commits to the same points."""
    return bool(office.log.statement(connection, row.entry).digest == row.whole)  # type: ignore[attr-defined]
