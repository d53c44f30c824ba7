"""Training: which courses a person took, and until when they count."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, update

from liaison import policy
from liaison.model.errors import BadInput, NotLawful
from liaison.model.roles import Capability
from liaison.office import Office, new_id
from liaison.officers.access import TRAINING, can, load_person, load_training
from liaison.officers.approvals import Request
from liaison.officers.recording import record
from liaison.officers.rules import text_of
from liaison.officers.second import Change, waits_for_other
from liaison.ports import Compartment
from liaison.storage.tables.officers import TRAININGS


def record_training(
    office: Office, actor: policy.Actor, person: str, course: str, until: datetime, *, approval: str = ""
) -> Change:
    """Record that a person was trained, until when it counts. Nobody records their own. A supervisor does it at once;
    an administrator's record waits for an overseer, and nothing counts yet: once they approved, call again with the
    `approval`.

    Raises NotLawful for who is neither administrator nor supervisor and where nobody could approve, NotFound, BadInput,
    Conflict where the approval does not fit.
    """
    _require_trainer(actor, person)
    kept, spare = text_of(course, "course", longest=120), office.keys.create(Compartment.OFFICERS)[0]
    if until.tzinfo is None or until <= office.now():
        raise BadInput("the training would count until a time that has passed", field="until")
    about = {"person": person, "course": kept, "until": until.date().isoformat()}
    request = Request(TRAINING, about, gains=person)

    def work(connection: Connection) -> Change:
        load_person(connection, actor, person)
        if not can(actor, Capability.SUPERVISE):
            waits = waits_for_other(office, connection, actor, request, approval=approval, spare=spare)
            if waits:
                return Change(False, waits)
        _put(office, connection, actor, person, kept, until)
        return Change(True)

    return office.write(work)


def _put(
    office: Office, connection: Connection, actor: policy.Actor, person: str, course: str, until: datetime
) -> None:
    training = new_id("training")
    row = {"id": training, "person": person, "course": course, "until": until}
    connection.execute(insert(TRAININGS).values(**row, recorded=office.now(), recorded_by=actor.person))
    detail = {"until": until.isoformat()}
    record(office, connection, "trained", actor.person, objects=(person, training), detail=detail)


def withdraw_training(office: Office, actor: policy.Actor, training: str) -> None:
    """Let a training record count no longer. Raises NotLawful, NotFound."""

    def work(connection: Connection) -> None:
        row = load_training(connection, actor, training)
        _require_trainer(actor, row.person)
        gone = update(TRAININGS).where(TRAININGS.c.id == training, TRAININGS.c.withdrawn.is_(None))
        connection.execute(gone.values(withdrawn=office.now()))
        record(office, connection, "training-withdrawn", actor.person, objects=(row.person, training))

    office.write(work)


def _require_trainer(actor: policy.Actor, person: str) -> None:
    if not (can(actor, Capability.ADMINISTER_ACCOUNTS) or can(actor, Capability.SUPERVISE)):
        raise NotLawful("training is recorded by an administrator or a supervisor")
    if person == actor.person:
        raise NotLawful("nobody records their own training", hint="another person has to")
