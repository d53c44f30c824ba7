"""Standing questions: a check whose person wants to be told when a matching record arrives later.

A standing question is made of a check, whose question, grounds and purpose it keeps; it ends by its date, with its
case, by its person, or when the law carries it no more. Answering them is `standing_runs`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from liaison import policy
from liaison.ledger.statements import Statement
from liaison.model.errors import BadInput, Conflict, NotFound
from liaison.office import Office, new_id
from liaison.screening.access import load_check, load_standing, seen_cases
from liaison.screening.asked import criteria
from liaison.screening.content import Asked, asked_of, pack
from liaison.screening.desk import subject_kind
from liaison.screening.keeping import check_about
from liaison.screening.lookups import TRAVELLER, context_for, footing
from liaison.screening.permission import settle, weigh
from liaison.screening.records import Live
from liaison.screening.seals import seals
from liaison.screening.standing_rules import Ended
from liaison.storage.sealing import seal
from liaison.storage.tables.screening import SECRETS, STANDING

KEPT, ENDED = "standing-kept", "standing-ended"
CURSOR = "standing"  # the place in the order of changes up to which all were asked


@dataclass(frozen=True, slots=True)
class Standing:
    """A standing question as lists show it; `why_ended` is empty while it stands."""

    id: str
    person: str
    case: str
    grounds: str
    check: str
    asked: datetime
    expires: datetime
    ended: datetime | None
    why_ended: str


def keep(office: Office, live: Live, actor: policy.Actor, check: str, expires: datetime) -> Standing:
    """Keep asking the question of a check of one's own until `expires`.

    Raises NotFound for another's check; BadInput for the check of a list; Conflict where it stands already, for ended
    grounds and a closed case; NotLawful for an end that the law does not allow.
    """
    now = office.now()
    row = office.read(lambda connection: _own_check(office, connection, actor, check))
    (opened,) = seals(office).open([(row.key, row.sealed, check_about(check))])
    asked = asked_of(opened)
    stand = office.read(lambda connection: footing(office, connection, actor, row.grounds_id, now))
    facts = {"criteria": criteria(asked.subject), "subject": subject_kind(asked.subject)}
    context = context_for(office, actor, stand, now, until=expires, subjects=0, **facts)
    settle(
        office,
        policy.Action.STANDING_QUESTION,
        context,
        weigh(office, policy.Action.STANDING_QUESTION, context),
    )
    kept, cursor = _row(office, row, asked, now, expires), live.cursor

    def work(connection: Connection) -> Row[Any]:
        _require_new(connection, check)
        office.log.append(connection, _statement(KEPT, actor.person, now, kept, expires.isoformat()))
        connection.execute(insert(STANDING).values(kept))
        _begin_cursor(connection, cursor)
        return load_standing(office, connection, actor, kept["id"])

    return _shown(office.write(work))


def withdraw(office: Office, actor: policy.Actor, standing: str) -> Standing:
    """End a standing question of one's own. Raises NotFound, Conflict where it has ended."""
    now = office.now()

    def work(connection: Connection) -> Row[Any]:
        row = load_standing(office, connection, actor, standing)
        if row.person != actor.person:
            raise NotFound
        end(office, connection, row, Ended.WITHDRAWN, now)
        return load_standing(office, connection, actor, standing)

    return _shown(office.write(work))


def standing_of(office: Office, actor: policy.Actor, *, ended: bool = False) -> list[Standing]:
    """The standing questions of the cases that the person sees, those that end first before the others."""

    def work(connection: Connection) -> Sequence[Row[Any]]:
        query = select(STANDING).where(STANDING.c.case_id.in_(seen_cases(office, connection, actor)))
        query = query if ended else query.where(STANDING.c.ended.is_(None))
        return connection.execute(query.order_by(STANDING.c.expires, STANDING.c.id).limit(500)).all()

    return [_shown(row) for row in office.read(work)]


def one_standing(office: Office, actor: policy.Actor, standing: str) -> Standing:
    """One standing question of a case that the person sees. Raises NotFound."""
    return _shown(office.read(lambda connection: load_standing(office, connection, actor, standing)))


def end(office: Office, connection: Connection, row: Row[Any], why: Ended, now: datetime) -> None:
    """End a standing question in this transaction. Raises Conflict where it has ended."""
    office.log.append(connection, _statement(ENDED, row.person, now, row._asdict(), why.value))
    standing = (STANDING.c.id == row.id) & STANDING.c.ended.is_(None)
    done = connection.execute(update(STANDING).where(standing).values(ended=now, why_ended=why.value))
    if done.rowcount != 1:
        raise Conflict("the standing question has ended")


def about(standing: str) -> str:
    """What the seal of a standing question is bound to."""
    return f"screening_standing:{standing}"


def _own_check(office: Office, connection: Connection, actor: policy.Actor, check: str) -> Row[Any]:
    row = load_check(office, connection, actor, check)
    if row.person != actor.person:
        raise NotFound
    if row.kind not in ("one", TRAVELLER):
        raise BadInput("a list cannot be kept as a standing question", field="check", hint="check one person")
    return row


def _require_new(connection: Connection, check: str) -> None:
    same = (STANDING.c.check_id == check) & STANDING.c.ended.is_(None)
    if connection.execute(select(STANDING.c.id).where(same)).first() is not None:
        raise Conflict("this question stands already")


def _begin_cursor(connection: Connection, cursor: int) -> None:
    """What changed before anything stood is asked about by nobody."""
    if connection.execute(select(SECRETS.c.value).where(SECRETS.c.name == CURSOR)).first() is None:
        connection.execute(insert(SECRETS).values(name=CURSOR, value=cursor))


def _row(office: Office, check: Row[Any], asked: Asked, now: datetime, expires: datetime) -> dict[str, Any]:
    standing = new_id("standing")
    ((key_id, key),) = seals(office).take()
    return {
        "id": standing,
        "person": check.person,
        "case_id": check.case_id,
        "grounds_id": check.grounds_id,
        "check_id": check.id,
        "asked": now,
        "expires": expires,
        "ended": None,
        "why_ended": "",
        "key": key_id,
        "sealed": seal(key, pack(asked), about(standing)),
    }


def _statement(what: str, who: str, now: datetime, row: dict[str, Any], outcome: str) -> Statement:
    return Statement(
        what=what,
        who=who,  # type: ignore[arg-type]
        when=now,
        case=row["case_id"],
        grounds=row["grounds_id"],
        objects=(row["id"], row["check_id"]),
        outcome=outcome,
    )


def _shown(row: Row[Any]) -> Standing:
    return Standing(
        row.id,
        row.person,
        row.case_id,
        row.grounds_id,
        row.check_id,
        row.asked,
        row.expires,
        row.ended,
        row.why_ended,
    )
