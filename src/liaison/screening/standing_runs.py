"""Answering standing questions: what arrived since the last time is held against all of them, as a check would be.

The questions are searched in the live index and only hits on records that have changed are kept (docs/decisions/0030):
an alert has the score and the reasons that a check would give it. A run that is broken off is done again; a pair that
was told once, or that the first check told, is not told twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import numpy as np
from sqlalchemy import Connection, Row, or_, select, update

from liaison import policy
from liaison.holdings.indexing import changed_ids
from liaison.matching.dates import BIT
from liaison.matching.search import Limits, search
from liaison.matching.weights import default_least
from liaison.model.categories import OfficerId
from liaison.model.errors import Conflict, Erased, NotFound
from liaison.model.subjects import Person
from liaison.office import Office, new_id
from liaison.officers import notices
from liaison.screening import keeping
from liaison.screening.asked import criteria, people_of, person_of
from liaison.screening.colleagues import actor_of
from liaison.screening.content import Asked, asked_of, pack
from liaison.screening.desk import subject_kind
from liaison.screening.disclosure import Disclosed, disclose
from liaison.screening.finding import Hit, Pairs, hits_of
from liaison.screening.finding_things import find_thing
from liaison.screening.lookups import Footing, context_for, footing, latest_grounds
from liaison.screening.permission import weigh, write_refusal
from liaison.screening.records import Live
from liaison.screening.seals import seals
from liaison.screening.standing import CURSOR, about, end
from liaison.screening.standing_rules import Ended, due
from liaison.storage.tables.screening import ALERTS, SECRETS, STANDING

TOLD, OVER = "standing-alert", "standing-ended"  # notices


@dataclass(frozen=True, slots=True)
class Open:
    """A standing question that was opened."""

    row: Row[Any]
    asked: Asked


@dataclass(frozen=True, slots=True)
class Run:
    """What a run came to: changed records, questions asked, alerts made, questions that ended."""

    changed: int
    asked: int
    alerts: int
    ended: int


def run_standing(office: Office, live: Live) -> Run:
    """Hold what has arrived since the last run against every standing question. One run at a time.

    `live` has taken in the changes before. Raises LedgerUnavailable, StoreUnavailable; the next run does it again.
    """
    now, upto = office.now(), live.cursor
    ended = _end_due(office, now)
    since = office.read(_cursor)
    standing = _opened(office)
    changed = office.read(lambda connection: {id for id, _ in changed_ids(connection, since or 0)})
    alerts = 0
    if standing and changed and since is not None:
        for question, hits in _matches(office, live, standing, changed):
            made, over = _tell(office, question, hits, now)
            alerts, ended = alerts + made, ended + over
    if since is not None and since != upto:
        move = update(SECRETS).where(SECRETS.c.name == CURSOR).values(value=upto)
        office.write(lambda connection: connection.execute(move))
    return Run(len(changed), len(standing), alerts, ended)


def _cursor(connection: Connection) -> int | None:
    return connection.execute(select(SECRETS.c.value).where(SECRETS.c.name == CURSOR)).scalar()


def _end_due(office: Office, now: datetime) -> int:
    """End what has expired, and tell whoever asked."""
    query = select(STANDING).where(STANDING.c.ended.is_(None), STANDING.c.expires <= now)
    rows = office.read(lambda connection: connection.execute(query).all())
    for row in rows:
        _end(office, row, Ended.EXPIRED, now)
    return len(rows)


def _end(office: Office, row: Row[Any], why: Ended, now: datetime) -> None:
    def work(connection: Connection) -> None:
        end(office, connection, row, why, now)
        notices.add(connection, OfficerId(row.person), OVER, row.id, now)

    try:
        office.write(work)
    except Conflict:
        return  # whoever asked withdrew it in the meantime


def _opened(office: Office) -> list[Open]:
    """Every question that stands; one whose content was erased asks for nobody."""
    query = select(STANDING).where(STANDING.c.ended.is_(None)).order_by(STANDING.c.id)
    rows = office.read(lambda connection: connection.execute(query).all())
    contents = seals(office).open_each([(row.key, row.sealed, about(row.id)) for row in rows])
    return [Open(row, asked_of(text)) for row, text in zip(rows, contents, strict=True) if text is not None]


def _matches(
    office: Office, live: Live, standing: Sequence[Open], changed: set[str]
) -> Iterator[tuple[Open, list[Hit]]]:
    """The questions that a changed record answers, with those records."""
    salt = seals(office).digest_key(office)
    persons = [(one, person) for one in standing if (person := person_of(one.asked.subject)) is not None]
    yield from _person_matches(live, persons, changed, salt)
    for one in standing:
        if person_of(one.asked.subject) is None:
            hits = [hit for hit in find_thing(live, one.asked, salt).hits if hit.holding in changed]
            if hits:
                yield one, hits


def _person_matches(
    live: Live, persons: Sequence[tuple[Open, Person]], changed: set[str], salt: bytes
) -> Iterator[tuple[Open, list[Hit]]]:
    """All questions about persons at once; the reasons are worked out for hits on changed records alone."""
    if not persons:
        return
    index = live.index
    usual = default_least(len(index))
    leasts = np.array([usual if one.asked.least is None else one.asked.least for one, _ in persons])
    people = people_of([person for _, person in persons], ["1"] * len(persons))
    hits = search(index, people, Limits(min_score=int(leasts.min()) / BIT))
    shown = index.people
    records, place = np.unique(hits.record, return_inverse=True)
    fresh = np.array([shown.record_id(int(record)) in changed for record in records], np.bool_)
    if not len(records):
        return
    kept = hits.take(fresh[place] & (hits.score >= leasts[hits.subject]))
    pairs = Pairs(salt, tuple(one.row.case_id for one, _ in persons))
    found = hits_of(index, people, kept, pairs)
    for number, (one, _) in enumerate(persons):
        own = [hit for hit, at in zip(found, kept.subject.tolist(), strict=True) if at == number]
        own = [hit for hit in own if not one.asked.lists or hit.list in one.asked.lists]
        if own:
            yield one, own


def _tell(office: Office, question: Open, hits: Sequence[Hit], now: datetime) -> tuple[int, int]:
    """Make the alerts of one question, if the law still carries it: how many, and whether it ended."""
    row, asked = question.row, question.asked
    try:
        grounds, context = office.read(lambda connection: _context(office, connection, question, now))
    except (NotFound, Conflict, Erased):
        _end(office, row, Ended.NOT_LAWFUL, now)
        return 0, 1
    decision = weigh(office, policy.Action.STANDING_QUESTION, context)
    if isinstance(decision, policy.Refuse):
        refusal, action = decision, policy.Action.STANDING_QUESTION
        office.write(lambda connection: write_refusal(office, connection, action, context, refusal))
        _end(office, row, Ended.NOT_LAWFUL, now)
        return 0, 1
    disclosed = _new(office, row, disclose(office, context, hits, asked.most))
    if not disclosed.told:
        return 0, 0
    kept = keeping.ready(office, _look(question, grounds, context), disclosed)

    def work(connection: Connection) -> None:
        _require_standing(connection, row, now)
        keeping.write(office, connection, kept)
        notices.add(connection, OfficerId(row.person), TOLD, kept.look.id, now)

    try:
        office.write(work)
    except Conflict:
        return 0, 0
    return len(disclosed.told), 0


def _context(
    office: Office, connection: Connection, question: Open, now: datetime
) -> tuple[str, policy.Context]:
    """The grounds that carry the question now, and its facts. Raises NotFound, Conflict, Erased."""
    row, subject = question.row, question.asked.subject
    actor = actor_of(connection, row.person, now)
    grounds = latest_grounds(connection, row.grounds_id)
    stand: Footing = footing(office, connection, actor, grounds, now)
    facts = {"criteria": criteria(subject), "subject": subject_kind(subject), "until": row.expires}
    context = context_for(office, actor, stand, now, subjects=0, **facts)
    return grounds, msgspec.structs.replace(context, recent=0, recent_all_cases=0)


def _new(office: Office, row: Row[Any], disclosed: Disclosed) -> Disclosed:
    """What was not told before: by this question, or by the check it was made of."""
    records = {told.hit.record_digest for told in disclosed.told}
    family = or_(ALERTS.c.standing_id == row.id, ALERTS.c.check_id == row.check_id)
    query = select(ALERTS.c.record_digest).where(family)
    before = office.read(lambda connection: {bytes(held) for held in connection.execute(query).scalars()})
    if not records & before:
        return disclosed
    told = tuple(one for one in disclosed.told if one.hit.record_digest not in before)
    return Disclosed(told, disclosed.cleared, disclosed.withheld, disclosed.kept_back)


def _look(question: Open, grounds: str, context: policy.Context) -> keeping.Look:
    asked = question.asked
    return keeping.Look(
        id=new_id("check"),
        kind="standing",
        person=question.row.person,
        grounds_id=grounds,
        context=context,
        question=pack(asked),
        looked_up=0,
        least=asked.least or 0,
        origins={},
        standing=question.row.id,
    )


def _require_standing(connection: Connection, row: Row[Any], now: datetime) -> None:
    """Raises Conflict where the question stands no more."""
    query = select(STANDING.c.ended, STANDING.c.expires).where(STANDING.c.id == row.id)
    held = connection.execute(query).one()
    if held.ended is not None or due(now, held.expires):
        raise Conflict("the standing question has ended")
