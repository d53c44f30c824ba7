"""Questions back, and their answers. The clock stands still only where the instrument lets it, for its coded reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from liaison import policy
from liaison.assistance import events, timing
from liaison.assistance.access import load, load_own, load_received
from liaison.assistance.clocks import instrument
from liaison.assistance.content import Words, keys, read_as, sealed
from liaison.assistance.messages import Clarified, Clarify
from liaison.assistance.receiving import known_thread
from liaison.assistance.rules import Side, State, require_running
from liaison.assistance.triage import tell
from liaison.assistance.ways import Means, post
from liaison.model.categories import OfficerId
from liaison.model.errors import BadInput, Conflict, NotFound
from liaison.model.roles import Role
from liaison.office import Office, new_id
from liaison.officers import notices
from liaison.ports import KeyId
from liaison.storage.sealing import unseal
from liaison.storage.tables.assistance import PAUSES, TALKS
from liaison.supply.refusing import NotTaken

ASKED, GIVEN, READ = "clarification-asked", "clarification-given", "clarification-read"
REASONS = ("clarification", "identification")  # codes of instruments that a question back may use


@dataclass(frozen=True, slots=True)
class Talk:
    """A question back as it is shown; `answer` is empty until it is given."""

    id: str
    asked_by: str
    asked: datetime
    question: str
    given: datetime | None
    answer: str


def ask(
    office: Office,
    means: Means,
    actor: policy.Actor,
    request: str,
    question: str,
    *,
    pauses: bool = True,
    subjects: tuple[int, ...] = (),
) -> str:
    """Ask the other side about its request; the question's id. With `pauses` the clock stands still until the answer,
    where the instrument has a reason for it. Raises NotFound, Conflict, BadInput, NotLawful.
    """
    talk, now = new_id("talk"), office.now()
    (key,) = keys(office)

    def work(connection: Connection) -> str:
        row = load_received(office, connection, actor, request)
        require_running(State(row.state))
        office.decide(policy.Action.ANSWER_PARTNER, timing.facts(office, connection, actor, row))
        reason = (
            next((code for code in REASONS if code in instrument(row.instrument).pauses), "")
            if pauses
            else ""
        )
        body = Clarify(request=row.thread, id=talk, question=question, subjects=subjects, pauses=reason)
        events.record(
            office,
            connection,
            row,
            what=ASKED,
            who=actor.person,
            count=len(subjects),
            code=reason,
            objects=(talk,),
        )
        _insert(
            connection,
            row.id,
            talk,
            actor.person,
            now,
            key[0],
            sealed(key, Words(text=question), _about(talk)),
        )
        post(office, connection, means, row.partner, row.thread, body, urgent=row.urgent)
        if reason:
            timing.begin(office, connection, row, actor.person, reason, talk, None)
            tell(office, connection, means, timing.keep(office, connection, row))
        return talk

    return office.write(work)


def give(office: Office, means: Means, actor: policy.Actor, talk: str, answer: str) -> None:
    """Answer a question that the other side asked about our request. Raises NotFound, Conflict, BadInput."""
    if not answer.strip():
        raise BadInput("the answer is empty", field="answer", hint="say what they asked for")

    def work(connection: Connection) -> None:
        found = _found(connection, talk)
        row = load_own(office, connection, actor, found.request_id)
        _require_unanswered(found)
        (key,) = office.keys.fetch([KeyId(found.key)])
        content = sealed((KeyId(found.key), key), Words(text=answer), _answer_about(talk))
        connection.execute(update(TALKS).where(TALKS.c.id == talk).values(given=office.now(), answer=content))
        events.record(office, connection, row, what=GIVEN, who=actor.person, objects=(talk,))
        body = Clarified(request=row.thread, id=talk, answer=answer)
        post(office, connection, means, row.partner, row.thread, body, urgent=row.urgent)

    office.write(work)


def take_question(office: Office, connection: Connection, means: Means, partner: str, body: Clarify) -> str:
    """A question back about a request of ours; whoever asked is told. Raises NotTaken."""
    row = known_thread(connection, partner, Side.ASKED, body.request)
    if body.pauses and body.pauses not in instrument(row.instrument).pauses:
        raise NotTaken("unknown-code", "the instrument does not stop its clock for this")
    (key,) = keys(office)
    if connection.execute(select(TALKS.c.id).where(TALKS.c.id == body.id)).first():
        raise NotTaken("question-known", "a question of this id was received before")
    content = sealed(key, Words(text=body.question), _about(body.id))
    _insert(connection, row.id, body.id, partner, office.now(), key[0], content)
    events.record(
        office, connection, row, what=ASKED, who=partner, count=len(body.subjects), code=body.pauses
    )
    notices.add(connection, OfficerId(row.person), ASKED, row.id, office.now())
    return ASKED


def take_answer(office: Office, connection: Connection, means: Means, partner: str, body: Clarified) -> str:
    """The answer to a question of ours: the clock runs on. Raises NotTaken."""
    row = known_thread(connection, partner, Side.RECEIVED, body.request)
    try:
        found = _found(connection, body.id)
    except NotFound:
        raise NotTaken("unknown-question", "no such question was asked") from None
    if found.request_id != row.id or found.given is not None:
        raise NotTaken("unknown-question", "no such question waits for an answer")
    (key,) = office.keys.fetch([KeyId(found.key)])
    content = sealed((KeyId(found.key), key), Words(text=body.answer), _answer_about(body.id))
    connection.execute(update(TALKS).where(TALKS.c.id == body.id).values(given=office.now(), answer=content))
    events.record(office, connection, row, what=GIVEN, who=partner, objects=(body.id,))
    stood = (PAUSES.c.request_id == row.id) & PAUSES.c.ended.is_(None) & PAUSES.c.reason.in_(REASONS)
    stood &= PAUSES.c.source.like(f"%; {body.id}")
    for pause in connection.execute(select(PAUSES.c.id).where(stood)).scalars().all():
        timing.end(office, connection, row, partner, pause)
    kept = timing.keep(office, connection, row)
    if kept.due != row.due:
        tell(office, connection, means, kept)
    notices.add(
        connection, OfficerId(row.person) if row.person else Role.DESK_OFFICER, GIVEN, row.id, office.now()
    )
    return GIVEN


def talks_of(office: Office, actor: policy.Actor, request: str) -> list[Talk]:
    """The questions back about a request, with their answers; the look is an entry of the ledger. Raises NotFound."""

    def work(connection: Connection) -> list[Any]:
        row = load(office, connection, actor, request)
        events.look(office, connection, row, who=actor.person, what=READ)
        query = select(TALKS).where(TALKS.c.request_id == request).order_by(TALKS.c.asked)
        return list(connection.execute(query))

    return [_shown(office, row) for row in office.write(work)]


def _shown(office: Office, row: Any) -> Talk:
    (key,) = office.keys.fetch([KeyId(row.key)])
    question = read_as(unseal(key, row.sealed, _about(row.id)), Words).text
    answer = "" if row.answer is None else read_as(unseal(key, row.answer, _answer_about(row.id)), Words).text
    return Talk(row.id, row.asked_by, row.asked, question, row.given, answer)


def _found(connection: Connection, talk: str) -> Any:
    row = connection.execute(select(TALKS).where(TALKS.c.id == talk)).first()
    if row is None:
        raise NotFound
    return row


def _insert(
    connection: Connection, request: str, talk: str, who: str, at: datetime, key: int, content: bytes
) -> None:
    values = {"id": talk, "request_id": request, "asked_by": who, "asked": at, "key": key, "sealed": content}
    connection.execute(insert(TALKS).values(**values))


def _require_unanswered(found: Any) -> None:
    if found.given is not None:
        raise Conflict("the question was answered")


def _about(talk: str) -> str:
    return f"assistance_talks:{talk}"


def _answer_about(talk: str) -> str:
    return f"assistance_talks.answer:{talk}"
