"""A cross-check is asked: put to a second person where its size wants one, permitted, blinded, committed to.

Every batch is blinded before the first leaves, and the digest over all of them is in the ledger by then: what is asked
later under it can be nothing else. The legs are worked off by `legs`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, func, select, update

from liaison import policy
from liaison.crosscheck.asker import blinding, keeping, sets
from liaison.crosscheck.asker.access import leg_at, legs_of, load_own, move
from liaison.crosscheck.asker.asked import Entry, entries, secrets_of, subjects_of
from liaison.crosscheck.asker.blinding import Ready
from liaison.crosscheck.asker.states import LegState, SessionState, SessionStep, after
from liaison.crosscheck.countersigning import SIGNATURE, is_signed, people_of
from liaison.crosscheck.function.groups import POINT
from liaison.crosscheck.messages import Kind, permitted
from liaison.crosscheck.recording import record
from liaison.ledger.keys import parse_vkey
from liaison.model.errors import BadInput, BadNote, Conflict
from liaison.office import Office
from liaison.officers import approvals
from liaison.partners import directory
from liaison.partners.agreement import CROSSCHECK, STANDING_CROSSCHECK, Comparison
from liaison.partners.directory import Partner
from liaison.ports import Compartment
from liaison.screening.approved import by_number_alone
from liaison.screening.asked import criteria
from liaison.screening.lookups import context_for, footing, window
from liaison.screening.permission import settle, weigh
from liaison.storage.tables.crosscheck import BATCHES, LEGS, SESSIONS
from liaison.transport.means import Means

SUBMITTED, PREPARED, COUNTERSIGNED, ASKED, CANCELLED, ENDED = (
    "crosscheck-submitted",
    "crosscheck-prepared",
    "crosscheck-countersigned",
    "crosscheck-asked",
    "crosscheck-cancelled",
    "crosscheck-ended",
)
KIND = "crosscheck"  # of an approval
COUNTERSIGN = "countersign"  # why a leg waits: an authority has to sign first


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the law says of a session at each of its partners."""

    context: policy.Context
    decisions: tuple[tuple[policy.Context, policy.Decision], ...]

    @property
    def against(self) -> tuple[policy.Context, policy.Decision] | None:
        """The first refusal that no second person lifts."""
        refused = (each for each in self.decisions if isinstance(each[1], policy.Refuse))
        return next((each for each in refused if not by_number_alone(each[1])), None)

    @property
    def too_many(self) -> bool:
        """Whether a second person has to agree, for the number alone."""
        return any(by_number_alone(decision) for _, decision in self.decisions)


def submit(office: Office, actor: policy.Actor, session: str) -> str:
    """Put a draft to a second person; the approval's id, or "" where the law needs none and it may be started.

    Raises NotFound, Conflict, BadInput, and NotLawful with every reason but the number.
    """
    row, found = office.read(lambda connection: _loaded(office, connection, actor, session))
    after(SessionState(row.state), SessionStep.SUBMIT)
    weighed = office.read(lambda connection: _weighed(office, connection, actor, row, found))
    if weighed.against is not None:
        settle(office, policy.Action.CROSSCHECK, *weighed.against)
    if not weighed.too_many:
        return ""
    key = office.keys.create(Compartment.OFFICERS)[0]

    def work(connection: Connection) -> str:
        again = load_own(office, connection, actor, session)
        following = after(SessionState(again.state), SessionStep.SUBMIT)
        request = approvals.Request(KIND, about(connection, again), again.case_id, again.people)
        approval = approvals.ask_within(office, connection, actor, request, key)
        detail = {"subjects": str(again.subjects)}
        objects = (session, approval)
        record(office, connection, SUBMITTED, actor.person, objects=objects, case=row.case_id, detail=detail)
        move(connection, again, state=following.value, approval_id=approval)
        return approval

    return office.write(work)


def about(connection: Connection, row: Row[Any]) -> dict[str, str]:
    """What a second person reads, and what the approval is good for: this session as it stands."""
    partners = sorted({leg.partner for leg in legs_of(connection, row.id)})
    return {
        "crosscheck": row.id,
        "kind": row.kind,
        "purpose": row.purpose,
        "offence": row.offence,
        "partners": " ".join(partners),
        "subjects": str(row.subjects),
        "grounds": row.grounds_id,
        "until": row.until.isoformat() if row.until else "",
    }


def prepare(office: Office, actor: policy.Actor, session: str) -> None:
    """Blind a session, so that an authority can sign what is to be asked (messages.permitted). Raises NotFound,
    Conflict, BadInput."""
    row, found = office.read(lambda connection: _loaded(office, connection, actor, session))
    after(SessionState(row.state), SessionStep.START)
    ready = _ready(office, row, found)

    def work(connection: Connection) -> None:
        again = load_own(office, connection, actor, session)
        after(SessionState(again.state), SessionStep.START)
        objects = (session, *ready)
        record(office, connection, PREPARED, actor.person, objects=objects, case=row.case_id)
        for leg, blinded in ready.items():
            _commit_leg(connection, leg, blinded)

    office.write(work)


def countersign(
    office: Office, actor: policy.Actor, session: str, partner: str, vkey: str, signature: str
) -> None:
    """Enter the signature (hex) with which an authority permits a session at a partner. A standing one may be given
    it for a new round while it runs.

    Raises NotFound; Conflict for a leg that was not prepared or is over; BadInput for an authority that the agreement
    does not name, BadNote for a signature that does not fit.
    """
    signature = signature.strip().lower()

    def work(connection: Connection) -> None:
        row = load_own(office, connection, actor, session)
        if SessionState(row.state).over:
            raise Conflict(f"the cross-check is {row.state}")
        leg = leg_at(connection, session, partner)
        if not leg.whole:
            raise Conflict("the cross-check is not prepared", hint="prepare it, and have that signed")
        if LegState(leg.state) is not LegState.WAITING or leg.answered:
            raise Conflict("the partner was asked already")
        terms = terms_of(directory.partner(connection, partner))
        require_signed(terms, partner, leg, vkey, signature)
        objects, detail = (session, leg.id), {"partner": partner, "authority": parse_vkey(vkey).name}
        record(
            office, connection, COUNTERSIGNED, actor.person, objects=objects, case=row.case_id, detail=detail
        )
        given = {"authority": vkey, "signature": signature, "code": "", "next": None}
        connection.execute(update(LEGS).where(LEGS.c.id == leg.id).values(**given))

    office.write(work)


def start(office: Office, means: Means, actor: policy.Actor, session: str) -> None:
    """Ask the partners: permitted, blinded, and committed to in the ledger before anything leaves.

    Where a partner's set is at hand, the questions under its key are signed in the same transaction.

    Raises NotFound, Conflict for one that is over or lacks an authority's signature, BadInput, and NotLawful with every
    reason.
    """
    row, found = office.read(lambda connection: _loaded(office, connection, actor, session))
    after(SessionState(row.state), SessionStep.START)
    weighed = office.read(lambda connection: _weighed(office, connection, actor, row, found))
    for context, decision in weighed.decisions:
        settle(office, policy.Action.CROSSCHECK, context, decision)
    ready = _ready(office, row, found)
    names = [context.partner.name for context, _ in weighed.decisions if context.partner is not None]
    told = {name: sets.at_hand(office, name) for name in names}

    def work(connection: Connection) -> None:
        again = load_own(office, connection, actor, session)
        following = after(SessionState(again.state), SessionStep.START)
        for _, decision in _weighed(office, connection, actor, again, found).decisions:
            policy.require(decision)
        if again.approval_id:
            approvals.use(
                office,
                connection,
                actor,
                again.approval_id,
                kind=KIND,
                about=about(connection, again),
                persons=again.people,
            )
        for leg in legs_of(connection, session):
            _require_countersigned(connection, leg, again.subjects, ready[leg.id])
            commit_to(office, connection, again, leg, ready[leg.id], actor)
            if (kept := told.get(leg.partner)) is not None:
                job = keeping.read_job(connection, leg.id)
                keeping.aim_within(office, connection, means, job, kept.published)
        move(connection, again, state=following.value, begun=office.now())

    office.write(work)
    for blinded in ready.values():
        blinding.remember(office, blinded)
    means.arrived(ASKED)


def commit_to(
    office: Office,
    connection: Connection,
    session: Row[Any],
    leg: Row[Any],
    ready: Ready,
    actor: policy.Actor,
) -> None:
    """Write into the ledger what a leg is going to ask, and its batches; in the transaction that lets it be asked.

    Raises Conflict where it was prepared and is not what was prepared.
    """
    if leg.whole and leg.whole != ready.whole:
        raise Conflict("the subjects are not those that were prepared", hint="make a new cross-check")
    detail = {"partner": leg.partner, "points": str(ready.points), "kind": session.kind}
    objects = (session.id, leg.id)
    entry = record(
        office,
        connection,
        ASKED,
        actor.person,
        digest=ready.whole,
        case=session.case_id,
        objects=objects,
        detail=detail,
    )
    _commit_leg(connection, leg.id, ready, entry=entry)
    rows = [
        {
            "leg": leg.id,
            "session": session.id,
            "number": number,
            "points": len(batch.points) // POINT,
            "digest": digest,
            "question": "",
            "answer": "",
            "at": office.now(),
        }
        for number, (batch, digest) in enumerate(zip(ready.batches, ready.digests, strict=True), 1)
    ]
    connection.execute(BATCHES.insert(), rows)


def cancel(office: Office, actor: policy.Actor, session: str) -> None:
    """Stop a session: what was not asked yet is not asked, and nothing more is looked up. By whoever made it.

    Raises NotFound, Conflict where it is over.
    """
    _end(office, actor, session, SessionStep.CANCEL, CANCELLED)


def end_standing(office: Office, actor: policy.Actor, session: str) -> None:
    """End a standing cross-check before its time; its outputs are erased. Raises NotFound, Conflict."""
    _end(office, actor, session, SessionStep.END, ENDED)


def over(connection: Connection, row: Row[Any], step: SessionStep, now: dt.datetime) -> None:
    """Take a session and its open legs to their end, and erase the outputs that were kept. Raises Conflict."""
    following = after(SessionState(row.state), step)
    mine = LEGS.c.session == row.id
    opened = mine & LEGS.c.state.in_([LegState.WAITING.value, LegState.RUNNING.value])
    connection.execute(
        update(LEGS).where(opened).values(state=LegState.CANCELLED.value, ended=now, next=None)
    )
    connection.execute(update(BATCHES).where(BATCHES.c.session == row.id).values(sealed=None))
    move(connection, row, state=following.value, ended=now)


def must_be_countersigned(terms: Comparison | None, subjects: int, points: int) -> bool:
    """Whether an authority has to sign: for the people said, or for as many as the points could be of."""
    return terms is not None and people_of(subjects, points) > terms.countersigned_above


def terms_of(partner: Partner) -> Comparison | None:
    """What was agreed with a partner on cross-checks."""
    return partner.agreement.crosscheck if partner.agreement else None


def require_signed(terms: Comparison | None, partner: str, leg: Row[Any], vkey: str, signature: str) -> None:
    """Raises BadInput for an authority that is not named, BadNote for a signature that does not fit."""
    if terms is None or vkey not in terms.authorities:
        hint = "give the verifier key of an authority that the agreement names"
        raise BadInput("the agreement does not name this authority", field="vkey", hint=hint)
    if not SIGNATURE.fullmatch(signature):
        raise BadInput("a signature is 128 digits in hex", field="signature")
    if not is_signed(terms.authorities, vkey, signature, permitted(partner, leg.id, leg.whole)):
        raise BadNote("the signature does not fit", hint="have this very text signed, then try again")


def context_of(
    office: Office,
    connection: Connection,
    actor: policy.Actor,
    row: Row[Any],
    grounds: str,
    fields: frozenset[str] = frozenset(),
) -> policy.Context:
    """The facts of cross-checking a session's subjects now, but for the partner.

    Raises NotFound for grounds that are not the person's own, Conflict for ended ones and a closed case.
    """
    now = office.now()
    stand = footing(office, connection, actor, grounds, now)
    in_case, in_all = _asked_of_late(office, connection, row, now)
    facts = {"subjects": row.people, "criteria": fields, "until": row.until}
    context = context_for(office, actor, stand, now, **facts)
    return msgspec.structs.replace(
        context,
        exchange=exchange_of(row),
        recent=context.recent + in_case,
        recent_all_cases=context.recent_all_cases + in_all,
    )


def exchange_of(row: Row[Any]) -> str:
    """The kind of exchange that a session is, as agreements name it."""
    return STANDING_CROSSCHECK if Kind(row.kind) is Kind.STANDING else CROSSCHECK


def _end(office: Office, actor: policy.Actor, session: str, step: SessionStep, what: str) -> None:
    def work(connection: Connection) -> None:
        row = load_own(office, connection, actor, session)
        if step is SessionStep.END and Kind(row.kind) is not Kind.STANDING:
            raise Conflict("this is no standing cross-check", hint="cancel it instead")
        over(connection, row, step, office.now())
        record(office, connection, what, actor.person, objects=(session,), case=row.case_id)

    office.write(work)


def _loaded(
    office: Office, connection: Connection, actor: policy.Actor, session: str
) -> tuple[Row[Any], dict[int, Entry]]:
    """A session of one's own with its subjects. Raises NotFound, Conflict for one whose list is not whole, Erased."""
    row = load_own(office, connection, actor, session)
    found = entries(connection, secrets_of(office, row).key, session)
    if not found or len(found) != row.subjects:
        raise Conflict("the list was not taken in whole", hint="discard it and give the list again")
    return row, found


def _weighed(
    office: Office,
    connection: Connection,
    actor: policy.Actor,
    row: Row[Any],
    found: Mapping[int, Entry],
) -> Weighed:
    """What the law says of asking each partner now, with the approval where one is in force.

    Raises Conflict for an approval that is not in force.
    """
    fields = frozenset().union(*(criteria(entry.subject) for entry in found.values()))
    context = context_of(office, connection, actor, row, row.grounds_id, fields)
    if row.approval_id:
        approval = approvals.approved(office, connection, actor, row.approval_id)
        context = msgspec.structs.replace(context, approval=approval)
    decisions = []
    for origin in sorted({leg.partner for leg in legs_of(connection, row.id)}):
        told = directory.facts(directory.partner(connection, origin), context.now)
        at = msgspec.structs.replace(context, partner=told)
        decisions.append((at, weigh(office, policy.Action.CROSSCHECK, at)))
    return Weighed(context, tuple(decisions))


def _asked_of_late(
    office: Office, connection: Connection, row: Row[Any], now: dt.datetime
) -> tuple[int, int]:
    """People of the person's other cross-checks within the window: of this case, and of all."""
    mine = (SESSIONS.c.person == row.person) & (SESSIONS.c.begun > now - window(office.regimes))
    query = select(func.coalesce(func.sum(SESSIONS.c.people), 0)).where(mine, SESSIONS.c.id != row.id)
    every = connection.execute(query).scalar_one()
    in_case = connection.execute(query.where(SESSIONS.c.case_id == row.case_id)).scalar_one()
    return int(in_case), int(every)


def _ready(office: Office, row: Row[Any], found: Mapping[int, Entry]) -> dict[str, Ready]:
    """Every leg of a session, blinded; by its id."""
    legs: Sequence[Row[Any]] = office.read(lambda connection: legs_of(connection, row.id))
    seed = secrets_of(office, row).seed
    subjects = subjects_of(found)
    return {leg.id: blinding.ready(leg.partner, leg.id, subjects, seed) for leg in legs}


def _commit_leg(connection: Connection, leg: str, ready: Ready, **values: Any) -> None:
    told = {"whole": ready.whole, "points": ready.points, "batches": len(ready.batches), **values}
    connection.execute(update(LEGS).where(LEGS.c.id == leg).values(**told))


def _require_countersigned(connection: Connection, leg: Row[Any], subjects: int, ready: Ready) -> None:
    """Raises Conflict where an authority has to sign and has not."""
    terms = terms_of(directory.partner(connection, leg.partner))
    if must_be_countersigned(terms, subjects, ready.points) and not leg.signature:
        hint = "prepare it, have that signed, and enter the signature"
        raise Conflict(f"for {leg.partner} an authority has to sign first", hint=hint)
