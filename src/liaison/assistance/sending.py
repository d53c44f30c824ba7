"""A request leaves: put to another person, authorised by them, and sent in parts with its copies.

The opening and the use of the approval are one transaction. The parts follow in transactions of their own, so that a
request about 100,000 subjects holds nobody up; what a stop interrupts is gone on with by `send_rest`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, insert, select

from liaison import policy
from liaison.assistance import events
from liaison.assistance.access import by_id, change, load, load_own
from liaison.assistance.content import Key, entries_of, keys, opening_of, request_about, sealed
from liaison.assistance.copies import copy_opening, copy_part
from liaison.assistance.desk import point_of_contact, require_centre
from liaison.assistance.drafting import Draft, require_listed, text_of
from liaison.assistance.messages import (
    PART,
    Copied,
    Entry,
    Opening,
    Part,
    part_digest,
    parts_of,
    whole_digest,
)
from liaison.assistance.rules import By, Side, State, Step, after
from liaison.assistance.timing import used_today
from liaison.assistance.ways import Means, post
from liaison.model.errors import BadInput
from liaison.model.grounds import Purpose
from liaison.office import Office
from liaison.officers import approvals
from liaison.officers.states import ApprovalState
from liaison.partners import directory
from liaison.ports import Compartment
from liaison.screening.lookups import context_for, footing
from liaison.screening.permission import settle, weigh
from liaison.storage.tables.assistance import PARTS, REQUESTS, SUBJECTS
from liaison.storage.tables.officers import APPROVALS
from liaison.supply.reasons import assurance

SUBMITTED, AUTHORISED, SENT, PART_SENT = (
    "request-submitted",
    "request-authorised",
    "request-sent",
    "request-part-sent",
)
KIND = "partner-request"
NEEDS = "L10/authorised"  # the rule that an approval answers
AT_ONCE = 4  # parts in one transaction


def submit(office: Office, actor: policy.Actor, request: str) -> str:
    """Put a draft to another person; the approval's id. Raises NotFound, Conflict for a list that was not taken in
    whole, BadInput, LinkClosed, and NotLawful with every reason but that nobody authorised it yet.
    """
    key = office.keys.create(Compartment.OFFICERS)[0]
    context, decision = office.read(lambda connection: _weigh(office, connection, actor, request))
    against = besides_authorising(decision)
    if against is not None:
        settle(office, policy.Action.ASK_PARTNER, context, against)

    def work(connection: Connection) -> str:
        row = _ready(office, connection, actor, request)
        following = after(Side.ASKED, State(row.state), Step.SUBMIT, By.PERSON)
        wanted = approvals.Request(KIND, about(row), row.case_id, row.subjects)
        approval = approvals.ask_within(office, connection, actor, wanted, key)
        events.record(
            office, connection, row, what=SUBMITTED, who=actor.person, count=row.subjects, objects=(approval,)
        )
        change(connection, row, state=following.value, approval_id=approval)
        return approval

    return office.write(work)


def authorise(office: Office, actor: policy.Actor, request: str, approve: bool, reason: str) -> State:
    """Authorise a request or decline it, as another person than who asks; the state it came to.

    Raises NotFound, NotLawful for one's own request and for a role that does not approve, Conflict, BadInput.
    """
    row = office.read(lambda connection: load(office, connection, actor, request))
    step = Step.AUTHORISE if approve else Step.DECLINE
    following = after(Side.ASKED, State(row.state), step, By.PERSON)
    approvals.decide(office, actor, row.approval_id, approve, reason)

    def work(connection: Connection) -> State:
        _decided(office, connection, by_id(connection, request), following, actor.person)
        return following

    return office.write(work)


def send(office: Office, means: Means, actor: policy.Actor, request: str) -> None:
    """Send a request that was authorised: its opening, its parts, and the copies.

    Raises NotFound, Conflict, LinkClosed, BadInput, and NotLawful with every reason.
    """
    row, draft = office.read(lambda connection: _own_text(office, connection, actor, request))
    digests = _digests(office, row)
    (key,) = keys(office)
    context, decision = office.read(lambda connection: _weigh(office, connection, actor, request))
    settle(office, policy.Action.ASK_PARTNER, context, decision)
    opening = _opening(office, row, draft, digests)

    def work(connection: Connection) -> None:
        _, again = _weigh(office, connection, actor, request)
        policy.require(again)
        now_row = _synced(office, connection, actor, request)
        following = after(Side.ASKED, State(now_row.state), Step.SEND, By.PERSON)
        approvals.use(
            office,
            connection,
            actor,
            now_row.approval_id,
            kind=KIND,
            about=about(now_row),
            persons=now_row.subjects,
        )
        events.record(
            office,
            connection,
            now_row,
            what=SENT,
            who=actor.person,
            count=row.subjects,
            digest=opening.digest,
        )
        values = {
            "state": following.value,
            "sent": office.now(),
            "parts": opening.parts,
            "digest": opening.digest,
        }
        content = sealed(key, opening, request_about(request))
        sent_row = change(connection, now_row, **values, key=key[0], sealed=content)
        post(office, connection, means, row.partner, request, opening, urgent=row.urgent)
        copy_opening(office, connection, means, sent_row, opening)

    office.write(work)
    office.keys.destroy([row.key])
    _send_parts(office, means, request)


def send_rest(office: Office, means: Means) -> int:
    """Post the parts that a stop left behind; of how many requests. For the background, and at every start."""
    left = (REQUESTS.c.side == Side.ASKED.value) & (REQUESTS.c.state == State.SENT.value)
    left &= REQUESTS.c.parts_there < REQUESTS.c.parts
    found = office.read(
        lambda connection: list(connection.execute(select(REQUESTS.c.id).where(left)).scalars())
    )
    for request in found:
        _send_parts(office, means, request)
    return len(found)


def about(row: Any) -> dict[str, str]:
    """What whoever authorises reads, and what the approval is good for: this request as it stands."""
    return {
        "request": row.id,
        "partner": row.partner,
        "subjects": str(row.subjects),
        "purpose": row.purpose,
        "offence": row.offence,
        "grounds": row.grounds_id,
        "urgent": "yes" if row.urgent else "no",
    }


def _ready(office: Office, connection: Connection, actor: policy.Actor, request: str) -> Row[Any]:
    """A request of ours that can be put to somebody. Raises Conflict, BadInput, LinkClosed, NotFound."""
    row = load_own(office, connection, actor, request)
    require_listed(connection, row)
    partner = directory.partner(connection, row.partner)
    directory.require_open(partner, office.now())
    if row.centre:
        require_centre(connection, row.centre)
    point = point_of_contact(connection)
    if row.copied and not point:
        raise BadInput(
            "no single point of contact is named, and none has a copy",
            field="exception",
            hint="have it named, or give the code of the exception",
        )
    return row


def _weigh(
    office: Office, connection: Connection, actor: policy.Actor, request: str
) -> tuple[policy.Context, policy.Decision]:
    """What the law says to this request now, with its approval where that is in force."""
    row, now = _ready(office, connection, actor, request), office.now()
    stand = footing(office, connection, actor, row.grounds_id, now)
    partner = directory.partner(connection, row.partner)
    used = used_today(connection, row.partner, Side.ASKED.value, now)
    approval = None
    if row.approval_id and _approval_state(connection, row) is ApprovalState.APPROVED:
        approval = approvals.approved(office, connection, actor, row.approval_id)
    context = context_for(
        office,
        actor,
        stand,
        now,
        subjects=row.subjects,
        partner=directory.facts(partner, now, used),
        exchange=row.exchange,
        approval=approval,
        assurance=assurance(office, connection, row.partner, row.offence),
    )
    return context, weigh(office, policy.Action.ASK_PARTNER, context)


def _approval_state(connection: Connection, row: Any) -> ApprovalState:
    query = select(APPROVALS.c.state).where(APPROVALS.c.id == row.approval_id)
    return ApprovalState(connection.execute(query).scalar() or ApprovalState.ASKED.value)


def _synced(office: Office, connection: Connection, actor: policy.Actor, request: str) -> Row[Any]:
    """The request, its state brought up to what was decided on it among the approvals."""
    row = load_own(office, connection, actor, request)
    if State(row.state) is State.SUBMITTED and _approval_state(connection, row) is ApprovalState.APPROVED:
        approval = approvals.approved(office, connection, actor, row.approval_id)
        return _decided(office, connection, row, State.AUTHORISED, approval.person)
    return row


def _decided(office: Office, connection: Connection, row: Any, following: State, person: str) -> Row[Any]:
    who = person if following is State.AUTHORISED else ""
    events.record(office, connection, row, what=AUTHORISED, who=person, code=following.value)
    return change(connection, row, state=following.value, authorised_by=who)


def _own_text(
    office: Office, connection: Connection, actor: policy.Actor, request: str
) -> tuple[Row[Any], Draft]:
    row = load_own(office, connection, actor, request)
    if State(row.state) not in (State.SUBMITTED, State.AUTHORISED):
        after(Side.ASKED, State(row.state), Step.SEND, By.PERSON)
    return row, text_of(office, row)


def _digests(office: Office, row: Any) -> list[str]:
    """The digest of each part, in order."""
    return [
        part_digest(_part_entries(office, row.id, number)) for number in range(1, parts_of(row.subjects) + 1)
    ]


def _part_entries(office: Office, request: str, number: int) -> list[Entry]:
    rows = office.read(lambda connection: _part_rows(connection, request, number))
    return entries_of(office, rows)


def _part_rows(connection: Connection, request: str, number: int) -> Sequence[Row[Any]]:
    first = (number - 1) * PART
    chosen = (
        (SUBJECTS.c.request_id == request) & (SUBJECTS.c.number > first) & (SUBJECTS.c.number <= first + PART)
    )
    return connection.execute(select(SUBJECTS).where(chosen).order_by(SUBJECTS.c.number)).all()


def _opening(office: Office, row: Any, draft: Draft, digests: Sequence[str]) -> Opening:
    given = msgspec.structs.asdict(draft)
    kept = {name: value for name, value in given.items() if name in Opening.__struct_fields__}
    return Opening(
        **kept,
        id=row.id,
        authority=office.name,
        purpose=Purpose(row.purpose),
        offence=row.offence,
        urgent=row.urgent,
        copied=Copied(copied=row.copied, exception=row.exception),
        subjects=row.subjects,
        parts=len(digests),
        digest=whole_digest(digests),
        made=office.now(),
    )


def _send_parts(office: Office, means: Means, request: str) -> None:
    """Post every part that was not posted yet, in order."""
    row = office.read(lambda connection: by_id(connection, request))
    opening = opening_of(office, row)
    for start in range(row.parts_there + 1, row.parts + 1, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, row.parts + 1))
        parts = [
            Part(request=row.thread, number=number, subjects=tuple(_part_entries(office, request, number)))
            for number in numbers
        ]
        held = keys(office, 2 * len(parts))
        office.write(
            lambda connection, parts=parts, held=held: _post_parts(  # type: ignore[misc]
                office, connection, means, request, opening, parts, held
            )
        )


def _post_parts(
    office: Office,
    connection: Connection,
    means: Means,
    request: str,
    opening: Opening,
    parts: Sequence[Part],
    held: list[Key],
) -> None:
    row = by_id(connection, request)
    if State(row.state) is not State.SENT or row.parts_there != parts[0].number - 1:
        return  # withdrawn, or posted by another process meanwhile
    for part in parts:
        digest = part_digest(part.subjects)
        letter = post(office, connection, means, row.partner, row.thread, part, urgent=row.urgent)
        values = {
            "request_id": row.id,
            "number": part.number,
            "subjects": len(part.subjects),
            "digest": digest,
        }
        connection.execute(insert(PARTS).values(**values, letter=letter, at=office.now()))
        copy_part(office, connection, means, row, opening, part, held)
    change(connection, row, parts_there=parts[-1].number)
    count = sum(len(part.subjects) for part in parts)
    events.record(
        office, connection, row, what=PART_SENT, who=events.NODE, count=count, code=str(parts[-1].number)
    )


def besides_authorising(decision: policy.Decision) -> policy.Refuse | None:
    """What refuses a request besides that nobody authorised it yet; None where nothing does."""
    reasons = decision.reasons if isinstance(decision, policy.Refuse) else ()
    others = tuple(one for one in reasons if one.rule != NEEDS)
    return policy.Refuse(reasons=others) if others else None
