"""Grounds: given once by a person for a case and a purpose, kept, and named by every check that rests on them.

They are the person's own: another member of the case gives theirs, in their own words. Grounds given again for the same
purpose take the place of those before, which stay as what earlier checks rest on.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, insert, select, update

from liaison import policy
from liaison.ledger.statements import Statement
from liaison.model.canonical import encode
from liaison.model.categories import CaseId, OfficerId
from liaison.model.errors import BadInput, Conflict, NotFound
from liaison.model.grounds import LONGEST_CODE, Grounds, Purpose
from liaison.model.roles import Capability, capabilities
from liaison.model.structs import Value
from liaison.office import Office, new_id
from liaison.officers.access import load_approval
from liaison.officers.approvals import about_of
from liaison.screening.access import load_case, load_grounds
from liaison.screening.case_rules import require_open
from liaison.screening.permission import settle, weigh
from liaison.screening.seals import Sealed, seals
from liaison.storage.tables.screening import GROUNDS

GIVEN, READ = "grounds-given", "grounds-read"
BY_ROLE = "P01/check"  # the rule that a role does what it is for
REMEMBERED = 4096  # grounds kept opened in memory; they never change


@dataclass(frozen=True, slots=True)
class Given:
    """Grounds as they were given. `justification` is None where it was erased; `ended` when others took their place."""

    id: str
    case: str
    person: str
    purpose: Purpose
    offence: str
    basis: str
    justification: str | None
    authority: str
    given: datetime
    ended: datetime | None


class Words(Value, frozen=True, kw_only=True):
    """What is sealed of grounds: why the person asks, and the reference of a court's or prosecutor's order."""

    justification: str
    authority: str = ""


WORDS = msgspec.json.Decoder(Words)  # made here: a type that threads meet first, and at once, crashes msgspec


@dataclass(frozen=True, slots=True)
class Opened:
    """Grounds as a decision takes them, and the order that they refer to."""

    grounds: Grounds
    authority: str


def give_grounds(
    office: Office,
    actor: policy.Actor,
    case: str,
    *,
    purpose: Purpose,
    basis: str,
    justification: str,
    offence: str = "",
    authority: str = "",
) -> str:
    """Give grounds for the questions of a case; their id. The offence is the case's where none is named; `authority`
    is the reference of an order, where the basis takes one.

    Raises NotFound, BadInput with the field, Conflict for a closed case, NotLawful where no check could rest on them.
    """
    held = office.read(lambda connection: load_case(office, connection, actor, case))
    require_open(held.state)
    now, named = office.now(), offence or (held.row.offence if purpose.needs_offence else "")
    grounds = Grounds(
        purpose=purpose,
        case=CaseId(case),
        basis=basis,
        justification=justification,
        officer=actor.person,
        given=now,
        offence=named,
    )
    words = Words(justification=grounds.justification, authority=_authority(authority))
    _require_use(office, actor, Opened(grounds, words.authority), held.works)
    grounds_id = new_id("grounds")
    sealed = seals(office).seal(encode(words), grounds_about(grounds_id))
    office.write(lambda connection: _write(office, connection, grounds_id, grounds, sealed))
    return grounds_id


def grounds_of(office: Office, actor: policy.Actor, case: str) -> list[Given]:
    """All grounds given in a case, newest first; to show them is an entry of the ledger. Raises NotFound."""

    def work(connection: Connection) -> Sequence[Row[Any]]:
        load_case(office, connection, actor, case)
        _log_read(office, connection, actor, case)
        return _given_in(connection, GROUNDS.c.case_id == case)

    return _opened(office, office.write(work))


def own_grounds(office: Office, actor: policy.Actor, case: str) -> list[Given]:
    """The person's own grounds in force in a case: what a screen offers so that they are asked for once."""

    def work(connection: Connection) -> Sequence[Row[Any]]:
        load_case(office, connection, actor, case)
        mine = (GROUNDS.c.case_id == case) & (GROUNDS.c.person == actor.person) & GROUNDS.c.ended.is_(None)
        return _given_in(connection, mine)

    return _opened(office, office.read(work))


def _given_in(connection: Connection, chosen: ColumnElement[bool]) -> Sequence[Row[Any]]:
    query = select(GROUNDS).where(chosen)
    return connection.execute(query.order_by(GROUNDS.c.given.desc(), GROUNDS.c.id)).all()


def _opened(office: Office, rows: Sequence[Row[Any]]) -> list[Given]:
    texts = seals(office).open_each([(row.key, row.sealed, grounds_about(row.id)) for row in rows])
    return [_shown(row, text) for row, text in zip(rows, texts, strict=True)]


def _log_read(
    office: Office, connection: Connection, actor: policy.Actor, case: str, grounds: str = ""
) -> None:
    """Write down who was shown why colleagues ask."""
    told = Statement(
        what=READ, who=actor.person, when=office.now(), case=case, grounds=grounds, objects=(grounds or case,)
    )
    office.log.append(connection, told)


def one_grounds(office: Office, actor: policy.Actor, grounds: str) -> Given:
    """Grounds by their id; to show another person's is an entry of the ledger. Raises NotFound."""

    def work(connection: Connection) -> Row[Any]:
        row = load_grounds(office, connection, actor, grounds)
        if row.person != actor.person:
            _log_read(office, connection, actor, row.case_id, grounds)
        return row

    row = office.write(work)
    (text,) = seals(office).open_each([(row.key, row.sealed, grounds_about(row.id))])
    return _shown(row, text)


def grounds_of_approval(office: Office, actor: policy.Actor, approval: str) -> Given | None:
    """The grounds of what a second person is asked to agree to, to whoever may decide; None where it names none.

    Whoever decides need not be in the case: to show them another's grounds is an entry of the ledger. Raises NotFound.
    """

    def work(connection: Connection) -> Row[Any] | None:
        row = load_approval(connection, office, actor, approval)
        named = about_of(office, row).get("grounds", "")
        asked = (GROUNDS.c.id == named, GROUNDS.c.case_id == row.case, GROUNDS.c.person == row.asked_by)
        found = connection.execute(select(GROUNDS).where(*asked)).one_or_none()
        if found is not None and found.person != actor.person:
            _log_read(office, connection, actor, found.case_id, named)
        return found

    row = office.write(work)
    if row is None:
        return None
    (text,) = seals(office).open_each([(row.key, row.sealed, grounds_about(row.id))])
    return _shown(row, text)


class Book:
    """Grounds by their id, read from the database once: they are never changed, only ended."""

    def __init__(self) -> None:
        self._held: dict[str, Opened] = {}
        self._lock = threading.Lock()

    def read(self, office: Office, row: Row[Any]) -> Opened:
        """The grounds of a row of GROUNDS. Raises Erased where the justification was."""
        found = self._held.get(row.id)
        if found is None:
            (text,) = seals(office).open([(row.key, row.sealed, grounds_about(row.id))])
            words = WORDS.decode(text)
            found = Opened(_grounds(row, words.justification), words.authority)
            with self._lock:
                if len(self._held) >= REMEMBERED:
                    self._held.clear()
                self._held[row.id] = found
        return found


BOOK = Book()


def require_in_force(ended: datetime | None) -> None:
    """Raises Conflict for grounds that others have taken the place of."""
    if ended is not None:
        raise Conflict("these grounds have ended", hint="use the grounds given last, or give new ones")


def own(row: Row[Any] | None, actor: policy.Actor) -> Row[Any]:
    """The row, where it is the person's own. Raises NotFound: whose grounds they are is nobody's to learn."""
    if row is None or row.person != actor.person:
        raise NotFound
    return row


def _grounds(row: Row[Any], justification: str) -> Grounds:
    """The grounds that a row of GROUNDS and its unsealed text are."""
    return Grounds(
        purpose=Purpose(row.purpose),
        case=CaseId(row.case_id),
        basis=row.basis,
        justification=justification,
        officer=OfficerId(row.person),
        given=row.given,
        offence=row.offence,
    )


def _authority(text: str) -> str:
    """The reference of an order, in one line. Raises BadInput for one that is too long."""
    kept = " ".join(text.split())
    if len(kept) > LONGEST_CODE:
        raise BadInput("the order's reference is too long", field="authority", hint=f"at most {LONGEST_CODE}")
    return kept


def _require_use(office: Office, actor: policy.Actor, given: Opened, works: bool) -> None:
    """Raises NotLawful where not even one check by name could rest on the grounds: better said now than later."""
    grounds = given.grounds
    action = policy.Action.ASK_SAFEGUARDING if grounds.purpose.protects else policy.Action.CHECK
    context = policy.Context(
        actor=actor,
        now=grounds.given,
        grounds=grounds,
        authority=given.authority,
        on_case=works,
        criteria=frozenset({"name"}),
    )
    decision = weigh(office, action, context)
    if not _reads_alone(actor, decision):
        settle(office, action, context, decision)


def _reads_alone(actor: policy.Actor, decision: policy.Decision) -> bool:
    """Whether nothing is against the grounds but that the person asks no questions, and they may read records on
    grounds: a supervisor who works on the case."""
    held = capabilities(actor.roles, trained=actor.trained)
    reads = Capability.READ_HOLDING in held and Capability.CHECK not in held
    return reads and isinstance(decision, policy.Refuse) and {r.rule for r in decision.reasons} == {BY_ROLE}


def _write(office: Office, connection: Connection, grounds_id: str, grounds: Grounds, sealed: Sealed) -> None:
    office.log.append(
        connection,
        Statement(
            what=GIVEN,
            who=grounds.officer,
            when=grounds.given,
            case=grounds.case,
            purpose=grounds.purpose.value,
            grounds=grounds_id,
            detail={"offence": grounds.offence, "basis": grounds.basis},
        ),
    )
    before = (GROUNDS.c.case_id == grounds.case) & (GROUNDS.c.person == grounds.officer)
    before &= (GROUNDS.c.purpose == grounds.purpose.value) & GROUNDS.c.ended.is_(None)
    connection.execute(update(GROUNDS).where(before).values(ended=grounds.given))
    row: dict[str, Any] = {
        "id": grounds_id,
        "case_id": grounds.case,
        "person": grounds.officer,
        "ended": None,
    }
    row |= {"purpose": grounds.purpose.value, "offence": grounds.offence, "basis": grounds.basis}
    row |= {"given": grounds.given, "key": sealed.key, "sealed": sealed.sealed}
    connection.execute(insert(GROUNDS).values(row))


def _shown(row: Row[Any], text: bytes | None) -> Given:
    words = None if text is None else WORDS.decode(text)
    return Given(
        row.id,
        row.case_id,
        row.person,
        Purpose(row.purpose),
        row.offence,
        row.basis,
        words.justification if words else None,
        words.authority if words else "",
        row.given,
        row.ended,
    )


def grounds_about(grounds: str) -> str:
    """What the seal of grounds is bound to."""
    return f"screening_grounds:{grounds}"
