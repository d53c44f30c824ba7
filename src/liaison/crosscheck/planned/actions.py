"""Actions that are planned: entered by an officer on grounds, changed or cancelled, over, and forgotten.

An address, person, vehicle, telephone, account or document where something is about to be done, and when. It stays
here, sealed; partners who agreed on deconfliction can find out that theirs meets it (`actionset`, `probing`), and then
both officers are told that they overlap, and nothing else.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from liaison import policy
from liaison.crosscheck.planned import actionkeys
from liaison.crosscheck.planned.actionkeys import Thing
from liaison.crosscheck.planned.actionlaw import permitted
from liaison.crosscheck.recording import ITSELF, record
from liaison.holdings.shelves import no_orphans
from liaison.model.canonical import decoder, encode
from liaison.model.categories import OfficerId
from liaison.model.errors import BadInput, Conflict, Erased, NotFound
from liaison.model.structs import Value
from liaison.office import Office, new_id
from liaison.ports import Compartment, KeyId
from liaison.screening.access import seen_cases, works_on
from liaison.screening.lookups import footing
from liaison.storage.sealing import seal, unseal
from liaison.storage.tables.deconfliction import ACTIONS, PROBES, WARNINGS
from liaison.supply.following import trusted_time
from liaison.transport.means import Means

WHAT_PLANNED, WHAT_CHANGED, WHAT_CANCELLED = "action-planned", "action-changed", "action-cancelled"
WHAT_OVER, WHAT_FORGOTTEN, WHAT_READ = "action-over", "action-forgotten", "action-read"
WHAT_ACKNOWLEDGED = "action-overlap-acknowledged"
WAKE = "actions-changed"  # the kind of letter, and of our own news, after which there is something to look at
AHEAD = dt.timedelta(days=365)  # that an action may be planned
KEPT = dt.timedelta(days=7)  # after it is over or cancelled
LONGEST_NOTE = 4_000  # characters
SEED = 32  # bytes


class ActionState(Enum):
    """How far an action is."""

    PLANNED = "planned"
    CANCELLED = "cancelled"
    OVER = "over"


class ProbeState(Enum):
    """What is known of an action at one partner."""

    WAITING = "waiting"
    ASKED = "asked"
    CLEAR = "clear"
    OVERLAP = "overlap"
    REFUSED = "refused"


class Plan(Value, frozen=True, kw_only=True):
    """What an officer enters: on which grounds, what it is about, from when to when, and a note that stays here."""

    grounds: str
    thing: Thing
    starts: dt.datetime
    ends: dt.datetime
    note: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.note) > LONGEST_NOTE:
            hint = f"at most {LONGEST_NOTE} characters"
            raise BadInput("the note is too long", field="note", hint=hint)


class Content(Value, frozen=True, kw_only=True):
    """What stands sealed of an action; `seed`, in hex, is where the blinds of its points come from."""

    thing: Thing
    note: str
    seed: str


CONTENT = decoder(Content)


@dataclass(frozen=True, slots=True)
class Probe:
    """What is known of an action at one partner. `code` says why it waits or was refused."""

    partner: str
    state: ProbeState
    code: str
    at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning: this action and one of the partner's overlap. `current` while the action is what it was then."""

    id: str
    action: str
    partner: str
    at: dt.datetime
    acknowledged: dt.datetime | None
    by: str
    current: bool


@dataclass(frozen=True, slots=True)
class Action:
    """One action. `content` is None where it is not shown or was forgotten."""

    id: str
    case: str
    grounds: str
    person: str
    state: ActionState
    starts: dt.datetime
    ends: dt.datetime
    revision: int
    made: dt.datetime
    content: Content | None
    probes: tuple[Probe, ...]
    warnings: tuple[Warned, ...]


def enter(office: Office, means: Means, actor: policy.Actor, plan: Plan) -> str:
    """Enter an action; its id. Partners are asked soon, each only where the law and its agreement let it be.

    Raises BadInput, NotFound for grounds of others, Conflict where no partner agreed, NotLawful with every reason.
    """
    _require_ahead(office, plan)
    asked = permitted(office, actor, plan.grounds)
    key_id, key = office.keys.create(Compartment.CROSSCHECK)[0]
    action = new_id("action")

    def work(connection: Connection) -> None:
        stand = footing(office, connection, actor, plan.grounds, office.now())
        row = _written(plan, key_id, key, action) | {
            "id": action,
            "state": ActionState.PLANNED.value,
            "person": actor.person,
            "case_id": stand.row.case_id,
            "revision": 1,
            "made": office.now(),
        }
        told = {"partners": str(len(asked))}
        case = stand.row.case_id
        record(office, connection, WHAT_PLANNED, actor.person, objects=(action,), case=case, detail=told)
        connection.execute(insert(ACTIONS).values(row))
        _to_be_asked(connection, action, 1, asked)

    with no_orphans(office.keys, [key_id]):
        office.write(work)
    means.arrived(WAKE)
    return action


def change(office: Office, means: Means, actor: policy.Actor, action: str, plan: Plan) -> None:
    """Change an action before it starts: every partner is asked anew, and warnings of before count no more.

    Raises as `enter`, and Conflict once it has started.
    """
    _require_ahead(office, plan)
    before = office.read(lambda connection: _own(office, connection, actor, action))
    asked = permitted(office, actor, plan.grounds)
    key = office.keys.fetch([KeyId(before.key)])[0]

    def work(connection: Connection) -> None:
        row = _own(office, connection, actor, action)
        if office.now() >= row.starts:
            raise Conflict("the action has started", hint="cancel it, and enter what is new")
        stand = footing(office, connection, actor, plan.grounds, office.now())
        if stand.row.case_id != row.case_id:
            hint = "cancel it, and enter it in the other case"
            raise BadInput("these grounds are of another case", field="grounds", hint=hint)
        revision = row.revision + 1
        told = {"revision": str(revision)}
        record(
            office, connection, WHAT_CHANGED, actor.person, objects=(action,), case=row.case_id, detail=told
        )
        values = _written(plan, KeyId(row.key), key, action) | {"revision": revision}
        _change(connection, row, **values)
        connection.execute(delete(PROBES).where(PROBES.c.action == action))
        _to_be_asked(connection, action, revision, asked)

    office.write(work)
    means.arrived(WAKE)


def cancel(office: Office, means: Means, actor: policy.Actor, action: str) -> None:
    """Cancel an action: it warns nobody any more. Raises NotFound, Conflict where it is over."""

    def work(connection: Connection) -> None:
        row = _own(office, connection, actor, action)
        _end(office, connection, row, ActionState.CANCELLED, WHAT_CANCELLED, actor.person)

    office.write(work)
    means.arrived(WAKE)


def actions_of(office: Office, actor: policy.Actor, *, ended: bool = False) -> list[Action]:
    """The actions of the cases that the person sees, without what they are about, those that start first before the
    others; with `ended` those too that were cancelled or are over."""

    def work(connection: Connection) -> list[Action]:
        states = [each.value for each in ActionState if ended or each is ActionState.PLANNED]
        mine = ACTIONS.c.case_id.in_(seen_cases(office, connection, actor))
        query = (
            select(ACTIONS).where(mine, ACTIONS.c.state.in_(states)).order_by(ACTIONS.c.starts, ACTIONS.c.id)
        )
        return [_shown(connection, row, None) for row in connection.execute(query).all()]

    return office.read(work)


def action_of(office: Office, actor: policy.Actor, action: str) -> Action:
    """One action with what it is about; the look is recorded. Raises NotFound."""

    def work(connection: Connection) -> Action:
        row = load(office, connection, actor, action)
        record(office, connection, WHAT_READ, actor.person, objects=(action,), case=row.case_id)
        return _shown(connection, row, _content_or_none(office, row))

    return office.write(work)


def warnings_of(office: Office, actor: policy.Actor) -> list[Warned]:
    """The warnings about actions of the cases that the person sees which nobody acknowledged, the newest first."""

    def work(connection: Connection) -> list[Warned]:
        mine = ACTIONS.c.case_id.in_(seen_cases(office, connection, actor))
        live = (ACTIONS.c.state == ActionState.PLANNED.value) & (ACTIONS.c.revision == WARNINGS.c.revision)
        query = select(WARNINGS).join(ACTIONS, ACTIONS.c.id == WARNINGS.c.action)
        query = query.where(mine, live, WARNINGS.c.acknowledged.is_(None))
        rows = connection.execute(query.order_by(WARNINGS.c.at.desc(), WARNINGS.c.id))
        return [_warned(row, row.revision) for row in rows]

    return office.read(work)


def acknowledge(office: Office, actor: policy.Actor, warning: str) -> None:
    """Say that a warning was seen and acted on. Raises NotFound, Conflict where somebody did before."""

    def work(connection: Connection) -> None:
        held = connection.execute(select(WARNINGS).where(WARNINGS.c.id == warning)).first()
        if held is None:
            raise NotFound
        row = load(office, connection, actor, held.action)
        if held.acknowledged is not None:
            raise Conflict("somebody acknowledged this warning", hint="look at the action again")
        objects = (held.action, warning)
        record(office, connection, WHAT_ACKNOWLEDGED, actor.person, objects=objects, case=row.case_id)
        values = {"acknowledged": office.now(), "by": actor.person}
        connection.execute(update(WARNINGS).where(WARNINGS.c.id == warning).values(**values))

    office.write(work)


# --- for the rest of deconfliction --------------------------------------------------------------------------------


def load(office: Office, connection: Connection, actor: policy.Actor, action: str) -> Row[Any]:
    """An action of a case that the person sees. Raises NotFound."""
    mine = ACTIONS.c.case_id.in_(seen_cases(office, connection, actor))
    row = connection.execute(select(ACTIONS).where(ACTIONS.c.id == action, mine)).first()
    if row is None:
        raise NotFound
    return row


def planned(connection: Connection) -> Sequence[Row[Any]]:
    """The actions that are planned, for work that the node does by itself."""
    state = ACTIONS.c.state == ActionState.PLANNED.value
    return connection.execute(select(ACTIONS).where(state).order_by(ACTIONS.c.id)).all()


def content_of(office: Office, row: Row[Any]) -> Content:
    """What an action is about. Raises Erased."""
    return CONTENT.decode(unseal(office.keys.fetch([KeyId(row.key)])[0], row.sealed, about(row.id)))


def end_and_forget(office: Office) -> int:
    """End the actions that are over, and destroy the keys of those that ended some days ago; how many of both."""
    now = office.now()
    over = [row for row in office.read(planned) if row.ends <= now]
    for row in over:
        office.write(
            lambda connection, row=row: _end(  # type: ignore[misc]
                office, connection, row, ActionState.OVER, WHAT_OVER, ITSELF
            )
        )
    trusted = office.read(trusted_time)
    if trusted is None:
        return len(over)
    past = (ACTIONS.c.ended <= min(trusted, now) - KEPT) & ACTIONS.c.forgotten.is_(None)
    rows = office.read(lambda connection: connection.execute(select(ACTIONS).where(past)).all())
    for row in rows:
        # the key goes first: what a stop leaves unwritten is found again
        office.keys.destroy([KeyId(row.key)])
        office.write(lambda connection, row=row: _forget(office, connection, row))  # type: ignore[misc]
    return len(over) + len(rows)


def about(action: str) -> str:
    """What an action's seal is bound to."""
    return f"deconfliction_actions:{action}"


def _require_ahead(office: Office, plan: Plan) -> None:
    """Raises BadInput for an action that is over, too far ahead or too long, and for what nothing is compared of."""
    actionkeys.of_action(plan.thing, plan.starts, plan.ends)
    now = office.now()
    if plan.ends <= now:
        raise BadInput("the action is over", field="ends", hint="name a time to come")
    if plan.starts > now + AHEAD:
        raise BadInput("the action is more than a year ahead", field="starts", hint="enter it later")


def _written(plan: Plan, key_id: KeyId, key: bytes, action: str) -> dict[str, Any]:
    content = Content(thing=plan.thing, note=plan.note, seed=secrets.token_hex(SEED))
    return {
        "grounds_id": plan.grounds,
        "starts": plan.starts,
        "ends": plan.ends,
        "key": key_id,
        "sealed": seal(key, encode(content), about(action)),
    }


def _to_be_asked(
    connection: Connection, action: str, revision: int, asked: Sequence[tuple[str, bool]]
) -> None:
    for origin, lawful in asked:
        connection.execute(insert(PROBES).values(fresh_probe(action, origin, revision, lawful=lawful)))


def fresh_probe(action: str, origin: str, revision: int, *, lawful: bool) -> dict[str, Any]:
    """The row of a partner that is to be asked about an action, or must not be."""
    state, code = (ProbeState.WAITING, "") if lawful else (ProbeState.REFUSED, "not-lawful")
    row: dict[str, Any] = dict.fromkeys(("epoch", "public", "session", "question", "answer"), "")
    row |= {"action": action, "partner": origin, "state": state.value, "code": code, "revision": revision}
    return row | {"version": 0, "sealed": None, "at": None}


def _own(office: Office, connection: Connection, actor: policy.Actor, action: str) -> Row[Any]:
    """A planned action that the person may change. Raises NotFound, Conflict."""
    row = load(office, connection, actor, action)
    if row.person != actor.person and not works_on(connection, actor.person, row.case_id):
        raise NotFound
    if row.state != ActionState.PLANNED.value:
        raise Conflict(f"the action is {row.state}", hint="enter a new one")
    return row


def _change(connection: Connection, row: Row[Any], **values: Any) -> None:
    """Change an action, if it is still what was read. Raises Conflict."""
    same = (ACTIONS.c.id == row.id) & (ACTIONS.c.state == row.state) & (ACTIONS.c.revision == row.revision)
    if connection.execute(update(ACTIONS).where(same).values(**values)).rowcount != 1:
        raise Conflict("the action was changed by someone else meanwhile", hint="look at it again")


def _end(
    office: Office, connection: Connection, row: Row[Any], state: ActionState, what: str, who: OfficerId
) -> None:
    """End an action: what partners answered goes at once, its part of our sets with the next version."""
    record(office, connection, what, who, objects=(row.id,), case=row.case_id)
    _change(connection, row, state=state.value, ended=office.now())
    connection.execute(update(PROBES).where(PROBES.c.action == row.id).values(sealed=None))


def _forget(office: Office, connection: Connection, row: Row[Any]) -> None:
    record(office, connection, WHAT_FORGOTTEN, ITSELF, objects=(row.id,), case=row.case_id)
    connection.execute(update(ACTIONS).where(ACTIONS.c.id == row.id).values(forgotten=office.now()))


def _shown(connection: Connection, row: Row[Any], content: Content | None) -> Action:
    of = select(PROBES).where(PROBES.c.action == row.id).order_by(PROBES.c.partner)
    warned = select(WARNINGS).where(WARNINGS.c.action == row.id).order_by(WARNINGS.c.at.desc())
    state = ActionState(row.state)
    return Action(
        row.id,
        row.case_id,
        row.grounds_id,
        row.person,
        state,
        row.starts,
        row.ends,
        row.revision,
        row.made,
        content,
        tuple(
            Probe(each.partner, ProbeState(each.state), each.code, each.at) for each in connection.execute(of)
        ),
        tuple(
            _warned(each, row.revision if state is ActionState.PLANNED else 0)
            for each in connection.execute(warned)
        ),
    )


def _warned(row: Row[Any], revision: int) -> Warned:
    current = row.revision == revision
    return Warned(row.id, row.action, row.partner, row.at, row.acknowledged, row.by, current)


def _content_or_none(office: Office, row: Row[Any]) -> Content | None:
    try:
        return content_of(office, row)
    except Erased:
        return None
