"""Running a list: matched beside everything else, stopped when it is cancelled, told of only once it is on the ledger.

The people count in the window of whoever asked (threat A21), and spend the approval where one is needed. Nothing is cut
off silently: how many more alerts there are, and the score that was asked for, stand with the check.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Row, select, update

from liaison import policy
from liaison.ledger.statements import Statement
from liaison.matching.columns import People, country_name
from liaison.matching.dates import BIT
from liaison.matching.index import Index
from liaison.matching.search import Hits, Limits, search
from liaison.model.canonical import encode
from liaison.model.errors import Conflict, LiaisonError
from liaison.model.structs import Value
from liaison.office import Office, new_id
from liaison.officers import approvals
from liaison.screening import keeping
from liaison.screening.bulk_orders import (
    KIND,
    Sealed,
    about,
    about_of,
    content_of,
    context_of,
    move,
    own_list,
    read_list,
)
from liaison.screening.disclosure import Disclosed, disclose
from liaison.screening.finding import Pairs, hits_of
from liaison.screening.identity import record_key, subject_key
from liaison.screening.list_rules import MOST_ALERTS, ListState, ListStep, after
from liaison.screening.oneself import list_holds_oneself
from liaison.screening.permission import settle, weigh, write_refusal
from liaison.screening.records import Live
from liaison.screening.running import Notes, Threads
from liaison.screening.seals import seals
from liaison.screening.service import require_lists
from liaison.storage.tables.screening import CLEARED, LISTS

STARTED, FAILED = "list-started", "list-failed"


class _Cancelled(Exception):
    """Somebody stopped the list."""


class ListAsked(Value, frozen=True, kw_only=True):
    """The question of a list's check, as it is sealed: which list, the SHA-256 of its bytes, and its limits."""

    order: str
    name: str
    sha256: str
    subjects: int
    least: int
    lists: tuple[str, ...] = ()


class Runs(Threads):
    """The lists that run in this process."""

    def start(self, office: Office, live: Live, actor: policy.Actor, order: str) -> None:
        """Start a list of the person's own, and come back.

        Raises NotFound; Conflict where it runs or is over, or its approval is not in force; NotLawful; TooMany.
        """
        self.run(order, lambda: partial(finish, office, live, begin(office, actor, order)))


@dataclass(frozen=True, slots=True)
class Begun:
    """A list that has been started: the row, its people and limits, and the facts on which it may run."""

    row: Row[Any]
    people: People
    held: Sealed
    sha256: str
    context: policy.Context
    actor: policy.Actor


def begin(office: Office, actor: policy.Actor, order: str) -> Begun:
    """Decide that a list may run now, and mark it as running. Raises as `Runs.start`."""
    row = office.read(lambda connection: own_list(office, connection, actor, order))
    after(ListState(row.state), ListStep.START)
    now = office.now()
    (opened,) = seals(office).open([(row.key, row.sealed, about(order))])
    held, content = content_of(opened)
    people = read_list(content, held.name, held.columns, now.year).people
    context = office.read(lambda connection: _context(office, connection, actor, row, people))
    settle(office, policy.Action.CHECK_BULK, context, weigh(office, policy.Action.CHECK_BULK, context))

    def work(connection: Connection) -> None:
        office.log.append(connection, _statement(STARTED, row, actor, office))
        move(connection, row, ListState.RUNNING, started=now)

    office.write(work)
    return Begun(row, people, held, hashlib.sha256(content).hexdigest(), context, actor)


def finish(office: Office, live: Live, begun: Begun) -> ListState:
    """Match a list that was begun and write what was found; the state it came to. Nothing is raised: a failure is
    the list's state and an entry of the ledger."""
    try:
        return _run(office, live, begun)
    except _Cancelled:
        return ListState.CANCELLED
    except Exception as error:
        title = error.title if isinstance(error, LiaisonError) else "The program failed"
        _fail(office, begun.row.id, begun.actor, title)
        return ListState.FAILED


def recover(office: Office) -> int:
    """Give up the lists that ran when the node stopped; how many there were. Called once, before any is started."""
    now = office.now()
    running = LISTS.c.state == ListState.RUNNING.value
    given_up = update(LISTS).where(running).values(state=ListState.FAILED.value, ended=now)
    return office.write(lambda connection: connection.execute(given_up).rowcount)


class ClearedPairs:
    """The pairs that people cleared, for `Limits.cleared`; `left_out` counts the hits that were."""

    def __init__(self, held: set[tuple[bytes, bytes]], pairs: Pairs) -> None:
        self._held, self._records = held, {record for _, record in held}
        self._pairs, self.left_out = pairs, 0

    @classmethod
    def read(cls, office: Office, pairs: Pairs) -> ClearedPairs:
        """All of them as they are now."""
        query = select(CLEARED.c.subject, CLEARED.c.record)
        rows = office.read(lambda connection: connection.execute(query).all())
        return cls({(bytes(row.subject), bytes(row.record)) for row in rows}, pairs)

    def __call__(self, index: Index, people: People, hits: Hits) -> NDArray[np.bool_]:
        """bool[hits]: True where the pair was cleared."""
        cleared = np.zeros(len(hits), np.bool_)
        if self._held:
            scoped = self._pairs.scoped(people)
            places = zip(hits.subject.tolist(), hits.record.tolist(), strict=True)
            cleared[:] = [self._is(index, scoped, *place) for place in places]
        self.left_out = int(cleared.sum())
        return cleared

    def _is(self, index: Index, scoped: People, subject: int, record: int) -> bool:
        held = bytes.fromhex(record_key(index, record, self._pairs.salt))
        if held not in self._records:
            return False
        return (bytes.fromhex(subject_key(scoped, subject, self._pairs.salt)), held) in self._held


def _context(
    office: Office, connection: Connection, actor: policy.Actor, row: Row[Any], people: People
) -> policy.Context:
    """The facts of running a list now, with its approval where it has one."""
    approval = approvals.approved(office, connection, actor, row.approval_id) if row.approval_id else None
    return context_of(office, connection, actor, row.grounds_id, people, office.now(), approval)


def _run(office: Office, live: Live, begun: Begun) -> ListState:
    index, people, held = live.index, begun.people, begun.held
    pairs = Pairs(seals(office).digest_key(office), (begun.row.case_id,))
    cleared = ClearedPairs.read(office, pairs)
    limits = _limits(held, cleared)
    require_lists(index, limits)
    hits = search(index, people, limits, _progress(office, begun.row.id, len(people.person)))
    shown = hits.take(np.arange(min(len(hits), MOST_ALERTS)))
    found = hits_of(index, people, shown, pairs)
    told = disclose(office, begun.context, found, MOST_ALERTS)
    more = len(hits) - len(shown)
    disclosed = Disclosed(told.told, told.cleared + cleared.left_out, told.withheld + more, told.kept_back)
    weakest = int(hits.score[-1]) if len(hits) else hits.least
    oneself = list_holds_oneself(office, begun.actor, people)
    kept = keeping.ready(office, replace(_look(begun, weakest), oneself=oneself), disclosed)
    return office.write(lambda connection: _keep(office, connection, begun, kept))


def _keep(office: Office, connection: Connection, begun: Begun, kept: keeping.Kept) -> ListState:
    """Write the check and end the list, unless it was cancelled or what was permitted is so no more."""
    actor = begun.actor
    row = own_list(office, connection, actor, begun.row.id)
    if ListState(row.state) is not ListState.RUNNING:
        raise _Cancelled
    context = _context(office, connection, actor, row, begun.people)
    decision = weigh(office, policy.Action.CHECK_BULK, context)
    if isinstance(decision, policy.Refuse):
        write_refusal(office, connection, policy.Action.CHECK_BULK, context, decision)
        move(connection, row, ListState.FAILED, ended=context.now)
        return ListState.FAILED
    if row.approval_id:
        spent = {"kind": KIND, "about": about_of(row._asdict()), "persons": row.subjects}
        approvals.use(office, connection, actor, row.approval_id, **spent)
    keeping.write(office, connection, kept)
    done = {"done": row.total, "check_id": kept.look.id, "ended": context.now}
    move(connection, row, after(ListState.RUNNING, ListStep.FINISH), **done)
    return ListState.DONE


def _look(begun: Begun, least: int) -> keeping.Look:
    row = begun.row
    question = ListAsked(
        order=row.id,
        name=begun.held.name,
        sha256=begun.sha256,
        subjects=row.subjects,
        least=least,
        lists=begun.held.lists,
    )
    return keeping.Look(
        id=new_id("check"),
        kind="list",
        person=row.person,
        grounds_id=row.grounds_id,
        context=begun.context,
        question=encode(question),
        looked_up=row.subjects,
        least=least,
        origins=_origins(begun.people),
    )


def _origins(people: People) -> Mapping[str, int]:
    codes, counts = np.unique(people.nationality, return_counts=True)
    named = zip(map(country_name, codes.tolist()), counts.tolist(), strict=True)
    return Counter(dict(named))


def _limits(held: Sealed, cleared: ClearedPairs) -> Limits:
    return Limits(
        min_score=None if held.least is None else held.least / BIT,
        alerts_per_1000=None if held.per_1000 is None else held.per_1000 / 1000,
        lists=frozenset(held.lists) or None,
        cleared=cleared,
    )


def _progress(office: Office, order: str, total: int) -> Notes:
    """Notes how far a list is, and stops it when it was cancelled."""
    running = (LISTS.c.id == order) & (LISTS.c.state == ListState.RUNNING.value)

    def note(done: int) -> None:
        noted = update(LISTS).where(running).values(done=done)
        if office.write(lambda connection: connection.execute(noted).rowcount) != 1:
            raise _Cancelled

    return Notes(note, total)


def _fail(office: Office, order: str, actor: policy.Actor, title: str) -> None:
    """Write that a list failed, and why in general words; a list that was cancelled meanwhile stays so."""

    def work(connection: Connection) -> None:
        row = own_list(office, connection, actor, order)
        office.log.append(connection, _statement(FAILED, row, actor, office, title))
        move(connection, row, after(ListState(row.state), ListStep.FAIL), ended=office.now())

    try:
        office.write(work)
    except Conflict:
        return


def _statement(what: str, row: Row[Any], actor: policy.Actor, office: Office, outcome: str = "") -> Statement:
    return Statement(
        what=what,
        who=actor.person,
        when=office.now(),
        case=row.case_id,
        grounds=row.grounds_id,
        objects=(row.id,),
        outcome=outcome,
    )
