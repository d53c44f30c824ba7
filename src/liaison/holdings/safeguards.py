"""Answers from the safeguarding compartment: given to a named officer, for a safeguarding purpose, one by one.

Nothing is kept in memory between two questions: the compartment's records are opened to answer one, and closed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, select

from liaison.holdings import access, erasure, indexing, live, shelves
from liaison.holdings.access import Footing
from liaison.holdings.consult import record_of
from liaison.holdings.erasure import Cause, Receipt
from liaison.holdings.indexing import Gathered
from liaison.holdings.rules import facts, is_protected
from liaison.holdings.safeguarding import SHELF
from liaison.holdings.shelves import OPEN, Draft
from liaison.holdings.shredding import bury, shred
from liaison.ledger.statements import Statement
from liaison.matching.index import Index
from liaison.matching.one import Checker
from liaison.matching.one import Person as Wanted
from liaison.model.categories import Involvement
from liaison.model.errors import Conflict, Erased, NotFound
from liaison.model.holding import Change, Record, State, Version
from liaison.office import Office
from liaison.policy import Action, Actor, Context, RecordFacts
from liaison.storage.tables.holdings import SAFEGUARDED, SAFEGUARDED_VERSIONS

WHAT_ASKED, WHAT_SHOWN, WHAT_RELEASED = "ask-safeguarding", "answer-safeguarding", "release-from-safeguarding"
MOST = 20  # answers to one question


def find(office: Office, actor: Actor, footing: Footing, wanted: Wanted) -> list[Record]:
    """The protected records that may be of this person, the likeliest first; at most 20.

    Raises NotLawful, LedgerUnavailable.
    """
    office.write(lambda connection: _ask(office, connection, actor, footing))
    gathered = Gathered([], [])
    rows = office.read(_rows)
    indexing.take(office.keys, rows, gathered, SHELF)
    if not gathered.people:
        return []
    index = Index.build(indexing.columns(gathered.people))
    found = Checker(index).check(wanted)[:MOST]
    return [show(office, actor, index.people.record_id(one.record), footing) for one in found]


def show(office: Office, actor: Actor, holding: str, footing: Footing) -> Record:
    """A protected record. Raises NotFound, also for everyone who is not a named officer; NotLawful, Erased."""

    def work(connection: Connection) -> Record:
        row = load(connection, actor, holding)
        version = shelves.latest(connection, office.keys, SHELF, row)
        _decide(office, connection, actor, footing, facts(version.holding, office.now().date()))
        _tell(office, connection, actor, WHAT_SHOWN, footing, (holding,))
        return record_of(row, row.version, version)

    return office.write(work)


def release(office: Office, actor: Actor, holding: str, footing: Footing, involvement: Involvement) -> str:
    """Move a record out, since its person stands in another capacity; the id it has from now on.

    Coming of age moves nobody by itself: this is how. Raises Conflict for a person who is still protected by the
    capacity given or by age, and as `show`.
    """

    def work(connection: Connection) -> str:
        now = office.now()
        row = load(connection, actor, holding)
        version = shelves.latest(connection, office.keys, SHELF, row)
        _decide(office, connection, actor, footing, facts(version.holding, now.date()))
        after = msgspec.structs.replace(version.holding, involvement=involvement)
        if is_protected(after, now.date()):
            raise Conflict("the person is protected in this capacity, or by age")
        change = Change(what=WHAT_RELEASED, by=actor.person, at=now, reason=involvement.reason)
        ref = shelves.keyed(key, after.list_name, after.record)
        moved = Draft(shelves.fresh_id(), 1, Version(holding=after, change=change), ref, row.digest)
        rows = shelves.sealed_rows(office.keys, OPEN, [moved])
        with shelves.no_orphans(office.keys, rows.keys):
            place = shelves.next_change(connection)
            shelves.add(connection, OPEN, rows, place)
            entry = _tell(office, connection, actor, WHAT_RELEASED, footing, (holding,))
            bury(connection, SHELF, {holding: entry}, place, forget=True)
        return moved.id

    key = shelves.digest_key(office, OPEN)
    moved = office.write(work)
    shred(office, SHELF, [holding])
    live.changed(office)
    return moved


def erase(office: Office, actor: Actor, holding: str, cause: Cause, reference: str) -> Receipt:
    """Erase a protected record. Raises NotFound, Erased, NotLawful, LedgerUnavailable."""

    def work(connection: Connection) -> Receipt:
        now = office.now()
        row = load(connection, actor, holding)
        known = facts(shelves.latest(connection, office.keys, SHELF, row).holding, now.date())
        reason = f"{cause.meaning}: {reference}"
        office.decide(Action.ERASE, Context(actor=actor, now=now, record=known, reason=reason))
        named = [(row.id, row.list)]
        return erasure.buried(office, connection, actor.person, SHELF, named, cause, reference)[0]

    receipt = office.write(work)
    erasure.finish(office, SHELF, [holding])
    return receipt


def load(connection: Connection, actor: Actor, holding: str) -> Row[Any]:
    """A protected record's row, for a named officer. Raises NotFound for everyone else, and Erased."""
    row = None
    if actor.safeguards:
        row = connection.execute(select(SAFEGUARDED).where(SAFEGUARDED.c.id == holding)).first()
    if row is None:
        raise NotFound
    if row.state == State.ERASED.value:
        raise Erased("the record was erased")
    return row


def _ask(office: Office, connection: Connection, actor: Actor, footing: Footing) -> None:
    """Decide on the question as such, before anything is opened, and record it."""
    _decide(office, connection, actor, footing, RecordFacts(graded=True, own=True))
    _tell(office, connection, actor, WHAT_ASKED, footing, ())


def _decide(
    office: Office, connection: Connection, actor: Actor, footing: Footing, known: RecordFacts
) -> None:
    context = Context(
        actor=actor,
        now=office.now(),
        grounds=footing.grounds,
        on_case=access.on_case(connection, actor, footing.grounds.case),
        authority=footing.authority,
        record=known,
    )
    office.decide(Action.ANSWER_SAFEGUARDING, context)


def _tell(
    office: Office,
    connection: Connection,
    actor: Actor,
    what: str,
    footing: Footing,
    objects: tuple[str, ...],
) -> int:
    told = Statement(
        what=what,
        who=actor.person,
        when=office.now(),
        case=footing.grounds.case,
        purpose=footing.grounds.purpose.value,
        grounds=footing.grounds_id,
        objects=objects,
    )
    return office.log.append(connection, told).index


def _rows(connection: Connection) -> Sequence[Row[Any]]:
    table, held = SAFEGUARDED, SAFEGUARDED_VERSIONS
    latest = (held.c.holding == table.c.id) & (held.c.version == table.c.version)
    columns = (table.c.id, table.c.list, held.c.version, held.c.key, held.c.sealed)
    query = select(*columns).join(held, latest).where(table.c.state == State.LIVE.value)
    return list(connection.execute(query.order_by(table.c.id)))
