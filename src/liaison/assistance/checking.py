"""Every subject that was received is checked against our own records at once, by the engine that officers ask.

It runs beside everything else, in steps that are each durable, so that what a stop interrupts goes on where it was.
What is found is a lead for the desk and is told to nobody; where nothing is found, the answer "nothing held" is
prepared, and a person confirms it (Directive (EU) 2023/977, article 16; rule L09).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log2
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, func, select, update

from liaison.assistance import events
from liaison.assistance.access import by_id
from liaison.assistance.content import Found, FoundHit, Key, entries_of, found_about, sealed
from liaison.assistance.messages import Entry
from liaison.assistance.rules import RUNNING, By, Side, State, SubjectState, SubjectStep, sources
from liaison.matching.dates import BIT
from liaison.matching.search import Limits, search
from liaison.matching.weights import default_least
from liaison.model.roles import Role
from liaison.model.subjects import AnySubject, Person
from liaison.office import Office
from liaison.officers import notices
from liaison.ports import KeyId
from liaison.screening.asked import people_of, person_of
from liaison.screening.content import Asked
from liaison.screening.finding import Hit, Pairs, hits_of
from liaison.screening.finding_things import find_thing
from liaison.screening.records import Live
from liaison.screening.seals import seals
from liaison.storage.tables.assistance import REQUESTS, SUBJECTS

CHECKED, PREPARED = "request-checked", "request-prepared"
STEP = 500  # subjects checked with one commit
SHOWN = 20  # hits kept of one subject
SHARED = 200  # subjects from which on the score asked for rises no more


Seen = Callable[[str, str, Sequence[AnySubject]], None]  # the partner, the request, whom it asks about


def nobody(_partner: str, _request: str, _subjects: Sequence[AnySubject]) -> None:
    """Nobody else looks at whom partners ask about."""


@dataclass(frozen=True, slots=True)
class _Step:
    """Some subjects of one request, as they were read, and what was found of each."""

    rows: Sequence[Row[Any]]
    found: dict[int, Found]


def run_checks(office: Office, live: Live, seen: Seen = nobody) -> int:
    """Check every subject that waits, urgent requests first; how many were checked. `seen` is told of each before."""
    done = 0
    for request in office.read(_waiting):
        while checked := _check_step(office, live, request, seen):
            done += checked
    return done


def least_for(records: int, subjects: int) -> int:
    """The score asked for, in 1/10,000 bit. Of one subject, that at which four records would match by chance; of many
    so much more that about two in a hundred of them have a chance match: four eyes cannot read thousands.
    """
    return default_least(records) + int(log2(min(max(subjects, 1), SHARED)) * BIT)


def find(office: Office, live: Live, entries: Sequence[Entry], case: str, least: int) -> dict[int, Found]:
    """What is found of these subjects, by their places; those of whom nothing is found are left out."""
    pairs = Pairs(seals(office).digest_key(office), (case,))
    found: dict[int, list[Hit]] = defaultdict(list)
    persons = [
        (entry.number, person) for entry in entries if (person := person_of(entry.subject)) is not None
    ]
    if persons:
        _find_persons(live, persons, pairs, least, found)
    for entry in entries:
        if person_of(entry.subject) is None:
            hits = find_thing(live, Asked(subject=entry.subject), pairs.salt).hits
            found[entry.number] += hits
    return {number: _kept(hits) for number, hits in found.items() if hits}


def _find_persons(
    live: Live, persons: Sequence[tuple[int, Person]], pairs: Pairs, least: int, found: dict[int, list[Hit]]
) -> None:
    index = live.index
    if not len(index):
        return
    people = people_of([person for _, person in persons], [str(number) for number, _ in persons])
    hits = search(index, people, Limits(min_score=least / BIT))
    seen = np.zeros(len(persons), np.int64)
    shown = np.zeros(len(hits), np.bool_)
    for place, subject in enumerate(hits.subject.tolist()):
        shown[place] = seen[subject] < SHOWN
        seen[subject] += 1
    subjects = hits.subject[shown].tolist()
    for subject, hit in zip(subjects, hits_of(index, people, hits.take(shown), pairs), strict=True):
        found[persons[subject][0]].append(hit)


def _kept(hits: Sequence[Hit]) -> Found:
    kept = tuple(
        FoundHit(
            holding=hit.holding,
            score=hit.score,
            chance=hit.chance,
            subject=hit.subject,
            record=hit.record,
            reasons=hit.reasons,
        )
        for hit in hits[:SHOWN]
    )
    return Found(hits=kept, more=max(len(hits) - SHOWN, 0))


def _waiting(connection: Connection) -> list[str]:
    """Requests with subjects that wait, those that are due first."""
    waits = select(SUBJECTS.c.request_id).where(SUBJECTS.c.state == SubjectState.WAITING.value).distinct()
    running = [state.value for state in RUNNING]
    query = select(REQUESTS.c.id).where(
        REQUESTS.c.side == Side.RECEIVED.value, REQUESTS.c.state.in_(running), REQUESTS.c.id.in_(waits)
    )
    return list(
        connection.execute(query.order_by(REQUESTS.c.urgent.desc(), REQUESTS.c.due, REQUESTS.c.id)).scalars()
    )


def _check_step(office: Office, live: Live, request: str, seen: Seen) -> int:
    """Check the next subjects of a request; how many there were."""
    row, rows = office.read(lambda connection: (by_id(connection, request), _next(connection, request)))
    if not rows or State(row.state) not in RUNNING:
        return 0
    index_size, entries = len(live.index), entries_of(office, rows)
    seen(row.partner, row.id, [entry.subject for entry in entries])
    found = find(office, live, entries, row.id, least_for(index_size, row.subjects))
    held = office.keys.fetch([KeyId(each.key) for each in rows])
    step = _Step(rows, found)
    made = [(KeyId(each.key), key) for each, key in zip(rows, held, strict=True)]
    office.write(lambda connection: _write(office, connection, request, step, made))
    return len(rows)


def _next(connection: Connection, request: str) -> Sequence[Row[Any]]:
    waits = (SUBJECTS.c.request_id == request) & (SUBJECTS.c.state == SubjectState.WAITING.value)
    return connection.execute(select(SUBJECTS).where(waits).order_by(SUBJECTS.c.number).limit(STEP)).all()


def _write(office: Office, connection: Connection, request: str, step: _Step, made: Sequence[Key]) -> None:
    """Write what was found, unless a subject was corrected or withdrawn meanwhile."""
    row = by_id(connection, request)
    clear, hit = (sources(Side.RECEIVED, each, By.NODE) for each in (SubjectStep.CLEAR, SubjectStep.FIND))
    changed = 0
    for each, key in zip(step.rows, made, strict=True):
        found = step.found.get(each.number)
        following = (hit if found else clear)[SubjectState.WAITING]
        content = sealed(key, found, found_about(request, each.number)) if found else None
        same = (SUBJECTS.c.request_id == request) & (SUBJECTS.c.number == each.number)
        same &= (SUBJECTS.c.state == SubjectState.WAITING.value) & (SUBJECTS.c.revision == each.revision)
        values = {"state": following.value, "hits": len(found.hits) if found else 0, "found": content}
        changed += connection.execute(update(SUBJECTS).where(same).values(**values)).rowcount
    detail = {"hits": str(len(step.found))}
    events.record(office, connection, row, what=CHECKED, who=events.NODE, count=changed, detail=detail)
    if not _left(connection, request):
        events.record(office, connection, row, what=PREPARED, who=events.NODE, count=row.subjects)
        notices.add(connection, Role.DESK_OFFICER, PREPARED, request, office.now())


def _left(connection: Connection, request: str) -> int:
    waits = (SUBJECTS.c.request_id == request) & (SUBJECTS.c.state == SubjectState.WAITING.value)
    return int(connection.execute(select(func.count()).select_from(SUBJECTS).where(waits)).scalar() or 0)
