"""Standing cross-checks: what was asked once is looked up again in each state of a partner's set.

Within an epoch nothing is asked again: the outputs are kept sealed until the end. A new epoch has another key, so all
is asked anew, and counts anew. It ends by its date, by its person, with its case or its grounds, and when the agreement
or the law carries it no more; then the outputs are erased.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, insert, select, update

from liaison import policy
from liaison.crosscheck.asker import blinding, keeping, lines, sets
from liaison.crosscheck.asker.access import by_id
from liaison.crosscheck.asker.asked import entries, secrets_of, subjects_of
from liaison.crosscheck.asker.asking import (
    ASKED,
    COUNTERSIGN,
    commit_to,
    must_be_countersigned,
    over,
    terms_of,
)
from liaison.crosscheck.asker.blinding import Ready
from liaison.crosscheck.asker.drafting import leg_row
from liaison.crosscheck.asker.lawful import still_lawful
from liaison.crosscheck.asker.lines import Refused
from liaison.crosscheck.asker.looking import hits, inputs_of
from liaison.crosscheck.asker.sets import Kept
from liaison.crosscheck.asker.states import LegState, SessionState, SessionStep
from liaison.crosscheck.function import tokens
from liaison.crosscheck.messages import Kind
from liaison.crosscheck.recording import ITSELF, record
from liaison.model.categories import OfficerId
from liaison.model.errors import Conflict, Erased, NotFound
from liaison.office import Office
from liaison.officers import notices
from liaison.officers.states import ApprovalState
from liaison.partners import directory
from liaison.partners.directory import LinkClosed
from liaison.screening.colleagues import actor_of
from liaison.storage.rings import EachRing
from liaison.storage.tables.crosscheck import BATCHES, LEGS, SESSIONS, SETS
from liaison.storage.tables.officers import APPROVALS
from liaison.transport.channel import Unreachable
from liaison.transport.means import Means

EVERY = 60.0  # seconds between two looks
AGAIN = dt.timedelta(hours=1)  # after which a partner who gave no set is asked again
HIT, ENDED = "crosscheck-standing-hit", "crosscheck-ended"
DRAFTS = dt.timedelta(days=3)  # for which sets are renewed for what was not asked yet


# when each partner was asked for its set last, whatever came of it
_TRIED: EachRing[dict[str, dt.datetime]] = EachRing(lambda keys: {})


@dataclass(frozen=True, slots=True)
class Run:
    """What a round came to: sets renewed, new overlaps told, sessions that ended, legs that are asked anew."""

    renewed: int
    told: int
    ended: int
    again: int


def run(office: Office, means: Means) -> Run:
    """One round, to be called again and again. What one partner says holds up no other."""
    _end_refused(office)
    ended = _end_due(office)
    renewed = _renew(office, means)
    told = again = 0
    for session in _standing(office):
        if not _carried(office, session):
            ended += 1
            continue
        for leg in office.read(lambda connection, session=session: _last_legs(connection, session.id)):  # type: ignore[misc]
            one, anew = _look(office, means, session, leg)
            told, again = told + one, again + anew
    if again:
        means.arrived(ASKED)
    return Run(renewed, told, ended, again)


def _end_refused(office: Office) -> None:
    """Take sessions whose second person said no to their end."""
    refused = APPROVALS.c.state == ApprovalState.REFUSED.value
    query = select(SESSIONS).join(APPROVALS, APPROVALS.c.id == SESSIONS.c.approval_id)
    query = query.where(refused, SESSIONS.c.state == SessionState.WAITING.value)
    for row in office.read(lambda connection: connection.execute(query).all()):
        with suppress(Conflict):  # whoever made it cancelled it in the meantime
            office.write(lambda connection, row=row: over(connection, row, SessionStep.REFUSE, office.now()))  # type: ignore[misc]


def _end_due(office: Office) -> int:
    """End what has expired."""
    now = office.now()
    mine = (SESSIONS.c.kind == Kind.STANDING.value) & (SESSIONS.c.state == SessionState.RUNNING.value)
    query = select(SESSIONS).where(mine, SESSIONS.c.until <= now)
    rows = office.read(lambda connection: connection.execute(query).all())
    for row in rows:
        _end(office, row, "expired")
    return len(rows)


def _end(office: Office, row: Row[Any], why: str) -> None:
    def work(connection: Connection) -> None:
        over(connection, by_id(connection, row.id), SessionStep.END, office.now())
        record(office, connection, ENDED, ITSELF, objects=(row.id,), case=row.case_id, outcome=why)
        notices.add(connection, OfficerId(row.person), ENDED, row.id, office.now())

    try:
        office.write(work)
    except Conflict:
        return  # whoever made it ended it in the meantime


def _renew(office: Office, means: Means) -> int:
    """Ask for the newest set of every partner that an open session or a new draft needs, once a day; how many."""
    used = select(LEGS.c.partner).join(SESSIONS, SESSIONS.c.id == LEGS.c.session)
    before = SESSIONS.c.state.in_([SessionState.DRAFT.value, SessionState.WAITING.value])
    new = before & (SESSIONS.c.made > office.now() - DRAFTS)
    used = used.where(new | (SESSIONS.c.state == SessionState.RUNNING.value)).distinct()
    late = select(SETS.c.partner).where(SETS.c.of == "records", SETS.c.fetched > office.now() - sets.DAILY)
    query = used.where(LEGS.c.partner.not_in(late))
    partners: Sequence[str] = office.read(lambda connection: list(connection.execute(query).scalars()))
    tried = _TRIED.of(office.keys)
    done = 0
    for partner in partners:
        if partner in tried and office.now() - tried[partner] < AGAIN:
            continue
        tried[partner] = office.now()
        try:
            sets.fresh(office, lines.line(office, means, partner), within=sets.DAILY)
            done += 1
        except (Unreachable, LinkClosed, Refused):
            continue  # a leg that needs it says so to its officer
        except sets.FAULTS:
            continue  # it is in the ledger
    return done


def _standing(office: Office) -> list[Row[Any]]:
    mine = (SESSIONS.c.kind == Kind.STANDING.value) & (SESSIONS.c.state == SessionState.RUNNING.value)
    query = select(SESSIONS).where(mine).order_by(SESSIONS.c.id)
    return office.read(lambda connection: list(connection.execute(query)))


def _carried(office: Office, session: Row[Any]) -> bool:
    """Whether a session is still carried at one of its partners at least; where it is at none, it ends here."""
    legs = office.read(lambda connection: _last_legs(connection, session.id))
    alive = [leg for leg in legs if LegState(leg.state) not in (LegState.REFUSED, LegState.CANCELLED)]
    for leg in [each for each in alive if not still_lawful(office, session, each.partner)]:
        _drop(office, leg)
        alive.remove(leg)
    if alive:
        return True
    _end(office, session, "no longer lawful")
    return False


def _drop(office: Office, leg: Row[Any]) -> None:
    """A session goes on without this partner; its outputs there are erased."""
    values = {"state": LegState.CANCELLED.value, "code": "not-lawful", "ended": office.now(), "next": None}

    def work(connection: Connection) -> None:
        connection.execute(update(LEGS).where(LEGS.c.id == leg.id).values(**values))
        connection.execute(update(BATCHES).where(BATCHES.c.leg == leg.id).values(sealed=None))

    office.write(work)


def _look(office: Office, means: Means, session: Row[Any], leg: Row[Any]) -> tuple[int, int]:
    """Hold a leg that was answered against a newer state of the set: new overlaps, and whether it is asked anew."""
    if LegState(leg.state) is not LegState.DONE:
        return 0, 0
    try:
        kept = sets.held(office, leg.partner)
        if kept.published.epoch != leg.epoch:
            return 0, _ask_anew(office, session, leg)
        if kept.published.version <= leg.version:
            return 0, 0
        return _look_up(office, session, leg, kept), 0
    except (NotFound, Conflict, Erased):
        return 0, 0  # nothing was fetched, or it was ended or forgotten meanwhile


def _look_up(office: Office, session: Row[Any], leg: Row[Any], kept: Kept) -> int:
    """Look the outputs up that are kept; how many overlaps are new. The officer is told of them."""
    given = secrets_of(office, session)
    held = office.read(lambda connection: entries(connection, given.key, session.id))
    subjects = subjects_of(held)
    asked = inputs_of(leg.partner, subjects, given.seed, leg.id)
    here = (BATCHES.c.leg == leg.id) & BATCHES.c.sealed.is_not(None)
    query = select(BATCHES).where(here).order_by(BATCHES.c.number)
    rows = office.read(lambda connection: connection.execute(query).all())
    heads = [keeping.heads_of(given.key, leg.id, row.number, row.sealed) for row in rows]
    if sum(map(len, heads)) != len(asked.inputs):
        raise Conflict("the outputs are not those of the subjects")
    found = hits(asked, tokens.contains(kept.tokens, np.concatenate(heads)), kept.published.people)

    def work(connection: Connection) -> int:
        if SessionState(by_id(connection, session.id).state) is not SessionState.RUNNING:
            raise Conflict("the standing cross-check has ended")
        now = office.now()
        new = keeping.keep_hits(connection, session.id, leg.partner, found, now)
        version = {"version": kept.published.version}
        connection.execute(update(LEGS).where(LEGS.c.id == leg.id).values(**version))
        if new:
            detail = {"partner": leg.partner, "version": str(kept.published.version)}
            objects, case = (session.id, leg.id), session.case_id
            root, count = kept.published.outline.root.hex(), str(len(new))
            record(
                office,
                connection,
                HIT,
                ITSELF,
                digest=root,
                case=case,
                objects=objects,
                outcome=count,
                detail=detail,
            )
            notices.add(connection, OfficerId(session.person), HIT, session.id, now)
        return len(new)

    return office.write(work)


def _ask_anew(office: Office, session: Row[Any], before: Row[Any]) -> int:
    """A round under the partner's new key: blinded and committed to like the first; 1 where it is to be asked."""
    given = secrets_of(office, session)
    held = office.read(lambda connection: entries(connection, given.key, session.id))
    subjects = subjects_of(held)
    row = leg_row(session.id, before.partner, before.round + 1)
    ready: Ready = blinding.ready(before.partner, row["id"], subjects, given.seed)
    actor: policy.Actor = office.read(lambda connection: actor_of(connection, session.person, office.now()))

    def work(connection: Connection) -> None:
        if SessionState(by_id(connection, session.id).state) is not SessionState.RUNNING:
            raise Conflict("the standing cross-check has ended")
        terms = terms_of(directory.partner(connection, before.partner))
        if must_be_countersigned(terms, session.subjects, ready.points):
            row["code"] = COUNTERSIGN
        connection.execute(insert(LEGS).values(row))
        leg = connection.execute(select(LEGS).where(LEGS.c.id == row["id"])).one()
        commit_to(office, connection, session, leg, ready, actor)
        connection.execute(update(BATCHES).where(BATCHES.c.leg == before.id).values(sealed=None))

    office.write(work)
    return 1


def _last_legs(connection: Connection, session: str) -> list[Row[Any]]:
    """The last round of a session at each partner."""
    query = select(LEGS).where(LEGS.c.session == session).order_by(LEGS.c.round)
    return list({row.partner: row for row in connection.execute(query)}.values())
