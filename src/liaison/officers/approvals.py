"""Four eyes: what one person asks, another person decides (threat A22, rule L10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from liaison import policy
from liaison.model.categories import CaseId, OfficerId
from liaison.model.errors import BadInput, Conflict, NotFound, NotLawful
from liaison.model.roles import Role
from liaison.office import Office, new_id
from liaison.officers import notices
from liaison.officers.access import (
    ABOUT_PEOPLE,
    decidable,
    load_approval,
    require,
    second_roles,
    visible_approvals,
)
from liaison.officers.recording import record
from liaison.officers.rules import OVERSEERS, text_of
from liaison.officers.secrecy import opened, sealed_texts
from liaison.officers.states import ApprovalState, Step, approval_after, approval_now
from liaison.ports import Compartment, KeyId
from liaison.storage.tables.officers import APPROVALS

MOST = 500  # shown at once
Key = tuple[KeyId, bytes]


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for. `about` says it in few texts that whoever decides reads; `cap` is the most persons.

    `expires` is cut to the hours that the node's law gives; None takes all of them. `gains` is the person to whom it
    would give something: they do not decide it.
    """

    kind: str
    about: Mapping[str, str]
    case: str = ""
    cap: int = 0
    expires: datetime | None = None
    gains: str = ""


@dataclass(frozen=True, slots=True)
class Approval:
    """A request and how it stands now. `about` and `reason` are empty in lists, where nothing is opened."""

    id: str
    kind: str
    case: str
    cap: int
    spent: int
    state: ApprovalState
    asked_by: OfficerId
    asked: datetime
    expires: datetime
    decided_by: OfficerId | None
    decided: datetime | None
    about: Mapping[str, str]
    reason: str = ""
    gains: str = ""


def ask(office: Office, actor: policy.Actor, request: Request) -> str:
    """Ask for a second pair of eyes; the approval's id. Those who may decide are told. Raises BadInput."""
    key = office.keys.create(Compartment.OFFICERS)[0]
    return office.write(lambda connection: ask_within(office, connection, actor, request, key))


def ask_within(
    office: Office, connection: Connection, actor: policy.Actor, request: Request, key: Key
) -> str:
    """As `ask`, in the caller's transaction, with a key that was made before it."""
    approval, now = new_id("approval"), office.now()
    kind, limits = text_of(request.kind, "kind", longest=40), policy.limits(office.regimes)
    latest = now + timedelta(hours=limits.approval_hours)
    expires = min(request.expires or latest, latest)
    if expires <= now or request.cap < 0:
        raise BadInput(
            "the request would be over before it begins", field="expires", hint="give a later time"
        )
    connection.execute(
        insert(APPROVALS).values(
            id=approval,
            kind=kind,
            key=key[0],
            about=sealed_texts(key[1], f"approvals:{approval}", dict(request.about)),
            case=request.case,
            cap=request.cap,
            spent=0,
            state=ApprovalState.ASKED.value,
            asked_by=actor.person,
            gains=request.gains,
            asked=now,
            expires=expires,
            decided_as="",
        )
    )
    deciders = limits.approval_roles
    if kind in ABOUT_PEOPLE:
        deciders = second_roles(connection, kind, actor.person)
    for role in sorted(deciders, key=lambda role: role.value):
        notices.add(connection, role, "approval-asked", approval, now)
    detail = {"kind": kind, "cap": str(request.cap)}
    record(
        office,
        connection,
        "approval-asked",
        actor.person,
        objects=(approval,),
        case=request.case,
        detail=detail,
    )
    return approval


def decide(office: Office, actor: policy.Actor, approval: str, approve: bool, reason: str) -> Approval:
    """Approve or refuse what another person asked.

    Raises NotFound where this person may not see it, NotLawful for one's own request and for a role that the node's
    law does not accept, Conflict where it was decided or has expired, BadInput without a reason.
    """
    given = text_of(reason, "reason", shortest=3)

    def work(connection: Connection) -> Approval:
        row = load_approval(connection, office, actor, approval)
        _require_other(office, actor, row)
        state = approval_after(_state(row, office.now()), Step.APPROVE if approve else Step.REFUSE)
        sealed = sealed_texts(
            office.keys.fetch([KeyId(row.key)])[0], f"reasons:{approval}", {"reason": given}
        )
        _change(
            connection,
            row,
            state,
            decided_by=actor.person,
            decided=office.now(),
            decided_as="|".join(sorted(role.value for role in actor.roles)),
            reason=sealed,
        )
        record(
            office,
            connection,
            "approval-decided",
            actor.person,
            objects=(approval,),
            case=row.case,
            outcome=state.value,
            detail={"asked-by": row.asked_by},
        )
        notices.add(connection, OfficerId(row.asked_by), "approval-decided", approval, office.now())
        return _shown(office, load_approval(connection, office, actor, approval), opens=True)

    return office.write(work)


def approved(office: Office, connection: Connection, actor: policy.Actor, approval: str) -> policy.Approval:
    """What was approved, as the rules are given it. Raises NotFound, and Conflict where it is not in force."""
    row = _own(connection, office, actor, approval)
    if _state(row, office.now()) is not ApprovalState.APPROVED:
        raise Conflict(
            f"the request is {_state(row, office.now()).value}", hint="ask again, or wait for a decision"
        )
    return policy.Approval(
        person=OfficerId(row.decided_by),
        roles=frozenset(Role(role) for role in row.decided_as.split("|")),
        case=CaseId(row.case),
        persons=row.cap,
        used=row.spent,
        given=row.decided,
        expires=row.expires,
    )


def use(
    office: Office,
    connection: Connection,
    actor: policy.Actor,
    approval: str,
    *,
    kind: str,
    about: Mapping[str, str] | None = None,
    persons: int = 0,
) -> None:
    """Use what was approved, in the transaction of what it permits; it is used up when its cap is reached.

    Raises NotFound for anyone but who asked, Conflict where it is not in force, is of another kind, was asked for
    something else (`about`), or has fewer persons left.
    """
    row = _own(connection, office, actor, approval)
    following = approval_after(_state(row, office.now()), Step.USE)
    if row.kind != kind or (about is not None and dict(about) != about_of(office, row)):
        raise Conflict("the approval is for something else", hint="ask for what you now want to do")
    spent = row.spent + persons
    if persons < 0 or spent > row.cap:
        raise Conflict(f"{row.cap - row.spent} persons are left of the approval", hint="ask for more")
    if spent < row.cap:
        following = ApprovalState.APPROVED
    _change(connection, row, following, spent=spent, used=office.now())
    detail = {"persons": str(persons), "left": str(row.cap - spent)}
    record(
        office, connection, "approval-used", actor.person, objects=(approval,), case=row.case, detail=detail
    )


def show(office: Office, actor: policy.Actor, approval: str) -> Approval:
    """A request with what it is about, to whoever asked or may decide; the look is recorded. Raises NotFound."""

    def work(connection: Connection) -> Approval:
        row = load_approval(connection, office, actor, approval)
        record(office, connection, "approval-read", actor.person, objects=(approval,), case=row.case)
        return _shown(office, row, opens=True)

    return office.write(work)


def to_decide(office: Office, actor: policy.Actor) -> list[Approval]:
    """The requests that wait for this person's decision, the oldest first; without what they are about."""
    waits = decidable(office, actor), APPROVALS.c.state == ApprovalState.ASKED.value
    return [one for one in _listed(office, *waits) if one.state is ApprovalState.ASKED]


def requests_of(office: Office, actor: policy.Actor) -> list[Approval]:
    """What this person asked for, and what they may decide, whatever became of it; the oldest first."""
    return _listed(office, visible_approvals(office, actor))


def about_person(office: Office, actor: policy.Actor, person: str) -> list[Approval]:
    """What waits for a decision, or was approved and is not done, of what would give this person more; with what it is
    about. To whoever asked or may decide; the look is recorded."""
    states = ApprovalState.ASKED.value, ApprovalState.APPROVED.value
    chosen = APPROVALS.c.gains == person, APPROVALS.c.state.in_(states), visible_approvals(office, actor)
    query = select(APPROVALS).where(*chosen).order_by(APPROVALS.c.asked, APPROVALS.c.id).limit(MOST)

    def work(connection: Connection) -> list[Approval]:
        rows = [row for row in connection.execute(query) if _state(row, office.now()).value == row.state]
        if rows:
            objects = tuple(row.id for row in rows)
            record(office, connection, "approval-read", actor.person, objects=objects)
        return [_shown(office, row, opens=True) for row in rows]

    return office.write(work) if person else []


def _listed(office: Office, *chosen: Any) -> list[Approval]:
    query = select(APPROVALS).where(*chosen).order_by(APPROVALS.c.asked, APPROVALS.c.id).limit(MOST)
    return [_shown(office, row) for row in office.read(lambda connection: list(connection.execute(query)))]


def _require_other(office: Office, actor: policy.Actor, row: Row[Any]) -> None:
    if row.asked_by == actor.person:
        raise NotLawful("nobody decides what they asked for", hint="another person has to look at it")
    if row.kind in ABOUT_PEOPLE:
        if not actor.roles & OVERSEERS:  # they see such a request only where it is theirs to decide
            require(office, actor, policy.Action.ADMINISTER_ACCOUNTS)
        return
    facts = policy.Context(actor=actor, now=office.now(), requester=OfficerId(row.asked_by))
    office.decide(policy.Action.APPROVE, facts)


def _own(connection: Connection, office: Office, actor: policy.Actor, approval: str) -> Row[Any]:
    row = load_approval(connection, office, actor, approval)
    if row.asked_by != actor.person:
        raise NotFound
    return row


def _change(connection: Connection, row: Row[Any], state: ApprovalState, **values: Any) -> None:
    """Move on from the state that was read; on PostgreSQL another process may have been quicker."""
    held = APPROVALS.c.id == row.id, APPROVALS.c.state == row.state, APPROVALS.c.spent == row.spent
    changed = connection.execute(update(APPROVALS).where(*held).values(state=state.value, **values))
    if changed.rowcount != 1:
        raise Conflict("somebody else was quicker")


def _state(row: Row[Any], now: datetime) -> ApprovalState:
    return approval_now(ApprovalState(row.state), row.expires, now)


def about_of(office: Office, row: Row[Any]) -> dict[str, str]:
    """What a request is about, of its row. Raises Erased."""
    return opened(office.keys, KeyId(row.key), row.about, f"approvals:{row.id}")


def _shown(office: Office, row: Row[Any], *, opens: bool = False) -> Approval:
    reason = ""
    if opens and row.reason is not None:
        reason = opened(office.keys, KeyId(row.key), row.reason, f"reasons:{row.id}")["reason"]
    return Approval(
        row.id,
        row.kind,
        row.case,
        row.cap,
        row.spent,
        _state(row, office.now()),
        OfficerId(row.asked_by),
        row.asked,
        row.expires,
        OfficerId(row.decided_by) if row.decided_by else None,
        row.decided,
        about_of(office, row) if opens else {},
        reason,
        row.gains,
    )
