"""By which cameras a person followed a mark of late: many questions at few cameras are no way around a limit."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, select

from liaison import policy
from liaison.model.subjects import Vehicle
from liaison.office import Office
from liaison.screening.content import asked_of
from liaison.screening.keeping import check_about
from liaison.screening.seals import seals
from liaison.sightings.following.content import about, found_of
from liaison.sightings.rules import alike
from liaison.storage.tables.screening import CHECKS
from liaison.storage.tables.sightings import FOLLOWINGS

WITHIN = timedelta(hours=24)


def lately(office: Office, connection: Connection, actor: policy.Actor, mark: str) -> set[int]:
    """The numbers of the cameras by which this person, alone, followed a mark within the last day, in any case.

    Marks that share a pseudonym are one. What a second person approved is not counted, nor what is erased."""
    recent = (CHECKS.c.person == actor.person) & (CHECKS.c.at > office.now() - WITHIN)
    query = select(FOLLOWINGS.c.check_id, CHECKS.c.key, CHECKS.c.sealed, FOLLOWINGS.c.sealed.label("found"))
    query = query.join(CHECKS, CHECKS.c.id == FOLLOWINGS.c.check_id).where(recent)
    rows = connection.execute(query.where(FOLLOWINGS.c.approval_id == "")).all()
    questions = seals(office).open_each([(row.key, row.sealed, check_about(row.check_id)) for row in rows])
    same = [
        (row.key, row.found, about(row.check_id))
        for row, question in zip(rows, questions, strict=True)
        if question is not None and alike(_mark(question), mark)
    ]
    found = [found_of(content) for content in seals(office).open_each(same) if content is not None]
    return {number for one in found for number in one.asked}


def _mark(question: bytes) -> str:
    subject = asked_of(question).subject
    return subject.plate.text if isinstance(subject, Vehicle) and subject.plate else ""
