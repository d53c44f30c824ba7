"""A manifest checked: everybody whom it lists in one go, told of only once it is on the ledger.

Passengers do not count in the window of whoever took a carrier's own list (policy.asking.is_manifest); those of a table
do, as those of every list. Law: Directive (EU) 2016/681, article 6(2), (5) and (6): a hit is verified by a person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, and_, insert, select, update

from liaison import policy
from liaison.formats.manifests import Manifest
from liaison.formats.manifests.model import Passenger
from liaison.ledger.statements import Statement
from liaison.model.canonical import encode
from liaison.model.errors import Conflict, Erased, LiaisonError
from liaison.office import Office, new_id
from liaison.officers import approvals
from liaison.screening import keeping
from liaison.screening.bulk_runs import ClearedPairs, ListAsked
from liaison.screening.disclosure import Disclosed, disclose
from liaison.screening.finding import Pairs
from liaison.screening.flights import columns
from liaison.screening.flights.access import load_own_manifest
from liaison.screening.flights.again import flight_of, opened, renewed
from liaison.screening.flights.finding import Found, find, reported
from liaison.screening.flights.rules import State, Step, after, of_carrier
from liaison.screening.flights.taking import KIND, Delivery, Kept, Taken, about, facts, take
from liaison.screening.list_rules import MOST_ALERTS
from liaison.screening.lookups import context_for, footing
from liaison.screening.oneself import list_holds_oneself
from liaison.screening.permission import settle, weigh, write_refusal
from liaison.screening.records import Live, terms_of
from liaison.screening.running import Notes, Threads
from liaison.screening.seals import seals
from liaison.storage.tables.flights import MANIFESTS, PASSENGERS

CHECKED, WHAT_FAILED = "manifest-checked", "manifest-failed"
NOTHING: Mapping[str, str] = {}
SOON = 5_000  # people that are checked while whoever handed them in waits


@dataclass(frozen=True, slots=True)
class Begun:
    """A check that was decided: the row, what the manifest says, and the facts on which it may run."""

    row: Row[Any]
    manifest: Manifest
    context: policy.Context
    actor: policy.Actor


def take_and_check(
    office: Office, live: Live, actor: policy.Actor, delivery: Delivery, runs: Threads | None = None
) -> Taken:
    """Take what was handed in and check all of it that waits for nobody, also what was known and is not checked; a
    large one beside everything else, where `runs` is given. Raises as `taking.take`; a check that fails is the
    manifest's state."""
    taken = take(office, actor, delivery)
    again = [_again(office, actor, delivery.grounds, one) for one in taken.kept]
    done = tuple(_checked(office, live, actor, one, runs) for one in again)
    return replace(taken, kept=tuple(replace(one, says=None) for one in done))


def _again(office: Office, actor: policy.Actor, grounds: str, one: Kept) -> Kept:
    try:
        return renewed(office, actor, grounds, one)
    except LiaisonError:
        return one  # it is as it was


def _checked(office: Office, live: Live, actor: policy.Actor, one: Kept, runs: Threads | None) -> Kept:
    if one.approval or one.state is not State.WAITING:
        return one
    try:
        state = check(office, live, actor, one.id, runs, one.says)
    except LiaisonError:
        return one  # it waits, and can be checked from its page
    return replace(one, state=state)


def check(
    office: Office,
    live: Live,
    actor: policy.Actor,
    manifest: str,
    runs: Threads | None = None,
    says: Manifest | None = None,
) -> State:
    """Check a manifest that waits; the state it came to, or that it runs. `says` is what it says, where that is known.

    Raises NotFound for another's, Conflict where it runs or is over or its approval is not in force, Erased where it is
    masked, NotLawful with every reason, TooMany.
    """
    begun = begin(office, actor, manifest, says)
    if runs is not None and begun.row.people > SOON:
        try:
            runs.run(manifest, lambda: partial(finish, office, live, begun))
        except LiaisonError:
            _fail(office, begun, "Other lists are being checked")
            raise
        return State.RUNNING
    return finish(office, live, begun)


def begin(office: Office, actor: policy.Actor, manifest: str, says: Manifest | None = None) -> Begun:
    """Decide that a manifest may be checked now, and mark it as running. Raises as `check`."""
    row = office.read(lambda connection: load_own_manifest(office, connection, actor, manifest))
    after(State(row.state), Step.START)
    says = says or opened(office, row)
    context = office.read(lambda connection: _context(office, connection, actor, row, says))
    settle(office, policy.Action.CHECK_BULK, context, weigh(office, policy.Action.CHECK_BULK, context))
    office.write(lambda connection: _move(connection, row, State.RUNNING, done=0))
    return Begun(row, says, context, actor)


def finish(office: Office, live: Live, begun: Begun) -> State:
    """Look up everybody and write what was found; the state it came to. Nothing is raised: a failure is the manifest's
    state and an entry of the ledger."""
    try:
        return _run(office, live, begun)
    except Exception as error:
        title = error.title if isinstance(error, LiaisonError) else "The program failed"
        _fail(office, begun, title)
        return State.FAILED


def recover(office: Office) -> int:
    """Give up the checks that ran when the node stopped; how many there were. They can be begun again."""
    running = MANIFESTS.c.state == State.RUNNING.value
    given_up = update(MANIFESTS).where(running).values(state=State.FAILED.value, ended=office.now())
    return office.write(lambda connection: connection.execute(given_up).rowcount)


def _context(
    office: Office, connection: Connection, actor: policy.Actor, row: Row[Any], says: Manifest
) -> policy.Context:
    """The facts of checking a manifest now, with its approval where it has one."""
    now = office.now()
    stand = footing(office, connection, actor, row.grounds_id, now)
    approval = approvals.approved(office, connection, actor, row.approval_id) if row.approval_id else None
    return context_for(office, actor, stand, now, approval=approval, **facts(says))


def _run(office: Office, live: Live, begun: Begun) -> State:
    passengers, row = begun.manifest.passengers, begun.row
    pairs = Pairs(seals(office).digest_key(office), (row.case_id,))
    cleared = {name: ClearedPairs.read(office, pairs) for name in ("name", "document")}
    named = columns.by_name(passengers)
    found = find(live.index, passengers, named, pairs, cleared, _progress(office, row))
    told = disclose(office, begun.context, found.hits, MOST_ALERTS)
    disclosed = Disclosed(told.told, told.cleared + found.cleared, told.withheld + found.more, told.kept_back)
    look = _look(begun, found, list_holds_oneself(office, begun.actor, named))
    kept = keeping.ready(office, look, disclosed)
    return office.write(lambda connection: _keep(office, connection, begun, kept, passengers))


def _look(begun: Begun, found: Found, oneself: bool) -> keeping.Look:
    row, passengers = begun.row, begun.manifest.passengers
    flight = begun.manifest.flights[0].name if begun.manifest.flights else ""
    question = ListAsked(
        order=row.id, name=flight, sha256=row.digests.split()[0], subjects=row.people, least=found.least
    )
    return keeping.Look(
        id=new_id("check"),
        kind="manifest" if of_carrier(begun.manifest) else "list",
        person=row.person,
        grounds_id=row.grounds_id,
        context=begun.context,
        question=encode(question),
        looked_up=row.people,
        least=found.least,
        origins=columns.origins(passengers),
        oneself=oneself,
    )


def _progress(office: Office, row: Row[Any]) -> Notes:
    """Notes how many of the names were looked up."""
    manifest = update(MANIFESTS).where(MANIFESTS.c.id == row.id)

    def note(done: int) -> None:
        office.write(lambda connection: connection.execute(manifest.values(done=done)))

    return Notes(note, row.total)


def _keep(
    office: Office,
    connection: Connection,
    begun: Begun,
    kept: keeping.Kept,
    passengers: Sequence[Passenger],
) -> State:
    """Write the check and whose alerts there are, unless what was permitted is so no more."""
    row, actor = begun.row, begun.actor
    _require_named(connection, row)
    context = _context(office, connection, actor, row, begun.manifest)
    decision = weigh(office, policy.Action.CHECK_BULK, context)
    if isinstance(decision, policy.Refuse):
        write_refusal(office, connection, policy.Action.CHECK_BULK, context, decision)
        _move(connection, row, State.FAILED, before=State.RUNNING, ended=context.now)
        return State.FAILED
    if row.approval_id:
        spent = about(row._asdict(), flight_of(connection, row))
        approvals.use(office, connection, actor, row.approval_id, kind=KIND, about=spent, persons=row.people)
    keeping.write(office, connection, kept)
    marks = _passengers(office, connection, row, kept, passengers)
    if marks:
        connection.execute(insert(PASSENGERS), marks)
    office.log.append(connection, _statement(CHECKED, begun, context, kept, marks))
    done = {"done": row.total, "check_id": kept.look.id, "ended": context.now}
    _move(connection, row, State.CHECKED, before=State.RUNNING, **done)
    return State.CHECKED


def _require_named(connection: Connection, row: Row[Any]) -> None:
    """Raises Erased where the manifest was masked while it was checked: what was found would name them again."""
    query = select(MANIFESTS.c.masked).where(MANIFESTS.c.id == row.id)
    if connection.execute(query).scalar() is not None:
        raise Erased("the passengers were masked meanwhile")


def _passengers(
    office: Office,
    connection: Connection,
    row: Row[Any],
    kept: keeping.Kept,
    passengers: Sequence[Passenger],
) -> list[dict[str, Any]]:
    """Whose each alert is."""
    terms = (
        terms_of(office, connection, [alert["holding_id"] for alert in kept.alerts]) if kept.alerts else {}
    )
    places = [int(told.hit.subject.id) - 1 for told in kept.disclosed.told]
    return [
        {
            "alert_id": alert["id"],
            "manifest_id": row.id,
            "place": place,
            "reported": reported(passengers[place], terms.get(alert["holding_id"])),
            "old_key": 0,
            "key": 0,
            "sealed": None,
        }
        for alert, place in zip(kept.alerts, places, strict=True)
    ]


def _move(
    connection: Connection, row: Row[Any], following: State, before: State | None = None, **values: Any
) -> None:
    """Change the state, if it is still what was read. Raises Conflict."""
    state = before.value if before else row.state
    same = and_(MANIFESTS.c.id == row.id, MANIFESTS.c.state == state)
    changed = connection.execute(update(MANIFESTS).where(same).values(state=following.value, **values))
    if changed.rowcount != 1:
        raise Conflict("the passenger list was changed by someone else meanwhile")


def _fail(office: Office, begun: Begun, title: str) -> None:
    """Write that a check failed, and why in general words."""

    def work(connection: Connection) -> None:
        office.log.append(connection, _entry(WHAT_FAILED, begun, office.now(), title))
        _move(connection, begun.row, State.FAILED, before=State.RUNNING, ended=office.now())

    try:
        office.write(work)
    except Conflict:
        return


def _statement(
    what: str,
    begun: Begun,
    context: policy.Context,
    kept: keeping.Kept,
    marks: Sequence[dict[str, Any]],
) -> Statement:
    people = len({mark["place"] for mark in marks})
    listed = sum(mark["reported"] for mark in marks)
    counts = {"people": str(begun.row.people), "with-alert": str(people), "listed": str(listed)}
    return _entry(what, begun, context.now, "", (kept.look.id,), counts)


def _entry(
    what: str,
    begun: Begun,
    when: datetime,
    outcome: str,
    objects: tuple[str, ...] = (),
    detail: Mapping[str, str] = NOTHING,
) -> Statement:
    row = begun.row
    return Statement(
        what=what,
        who=begun.actor.person,
        when=when,
        case=row.case_id,
        grounds=row.grounds_id,
        objects=(row.id, row.flight_id, *objects),
        outcome=outcome,
        detail=dict(detail),
    )
