"""A list handed in again that nobody has checked: it becomes that of whoever hands it in now, on their grounds.

Else nobody could check it once its approval lapsed, its grounds ended, or whoever took it is not there any more.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, select, update

from liaison import policy
from liaison.formats.manifests import Manifest
from liaison.ledger.statements import Statement
from liaison.model.errors import Conflict, Erased
from liaison.office import Office
from liaison.officers import approvals
from liaison.officers.states import ApprovalState, approval_now
from liaison.ports import Compartment
from liaison.screening.flights import content
from liaison.screening.flights.access import load_manifest
from liaison.screening.flights.rules import Named, State, due
from liaison.screening.flights.taking import (
    KIND,
    TAKEN,
    Kept,
    about,
    facts,
    needs_second,
    travel_about,
    who_about,
)
from liaison.screening.lookups import context_for, footing
from liaison.screening.seals import seals
from liaison.storage.tables.flights import FLIGHTS, MANIFESTS
from liaison.storage.tables.officers import APPROVALS

AGAIN = "handed in again"  # the outcome of the entry
UNCHECKED = frozenset({State.WAITING, State.FAILED})
AWAITED = frozenset({ApprovalState.ASKED, ApprovalState.APPROVED})


def renewed(office: Office, actor: policy.Actor, grounds: str, one: Kept) -> Kept:
    """A known list that was not checked, as that of whoever hands it in now; every other as it is.

    While a second person may still decide on it, or agreed, it stays with whoever asked. Raises NotFound, Conflict,
    NotLawful for every reason but the number, and Erased where it is masked.
    """
    if one.new or one.state not in UNCHECKED:
        return one
    row = office.read(lambda connection: load_manifest(office, connection, actor, one.id))
    if office.read(lambda connection: _is_awaited(office, connection, row.approval_id)):
        return one
    says, now = opened(office, row), office.now()
    flight = office.read(lambda connection: flight_of(connection, row))
    stand = office.read(lambda connection: footing(office, connection, actor, grounds, now))
    context = context_for(office, actor, stand, now, **facts(says))
    needs = needs_second(office, context, says)
    key = office.keys.create(Compartment.OFFICERS)[0] if needs else None
    values = {"person": actor.person, "grounds_id": grounds, "state": State.WAITING.value, "ended": None}

    def work(connection: Connection) -> Kept:
        approval = ""
        if key is not None:
            told = about(row._asdict() | values, flight)
            request = approvals.Request(KIND, told, row.case_id, row.people)
            approval = approvals.ask_within(office, connection, actor, request, key)
        office.log.append(connection, _statement(context, row, flight, grounds))
        same = [MANIFESTS.c[name] == getattr(row, name) for name in ("id", "state", "person", "approval_id")]
        change = update(MANIFESTS).where(*same, MANIFESTS.c.masked.is_(None))
        if connection.execute(change.values(values | {"approval_id": approval})).rowcount != 1:
            raise Conflict("the passenger list was changed by someone else meanwhile")
        return replace(one, state=State.WAITING, approval=approval)

    return office.write(work)


def opened(office: Office, row: Row[Any]) -> Manifest:
    """What a manifest says. Raises Erased once it is masked."""
    days = policy.limits(office.regimes).mask_days
    if row.masked is not None or due(row.taken, days, office.now()):
        raise Erased("the passengers are masked", hint="what was found before stands with its alerts")
    pieces = [(row.key, row.sealed, travel_about(row.id)), (row.who_key, row.who, who_about(row.id))]
    travel, who = seals(office).open(pieces)
    return content.opened(travel, who)[0]


def flight_of(connection: Connection, row: Row[Any]) -> Named:
    """The flight of a manifest's row."""
    held = connection.execute(select(FLIGHTS).where(FLIGHTS.c.id == row.flight_id)).one()
    return Named(**{name: getattr(held, name) for name in Named.__slots__})


def _is_awaited(office: Office, connection: Connection, approval: str) -> bool:
    """Whether a second person may still decide on a list, or agreed to its check."""
    query = select(APPROVALS.c.state, APPROVALS.c.expires).where(APPROVALS.c.id == approval)
    held = connection.execute(query).first() if approval else None
    return held is not None and approval_now(ApprovalState(held.state), held.expires, office.now()) in AWAITED


def _statement(context: policy.Context, row: Row[Any], flight: Named, grounds: str) -> Statement:
    assert context.grounds is not None
    return Statement(
        what=TAKEN,
        who=context.actor.person,
        when=context.now,
        case=row.case_id,
        purpose=context.grounds.purpose.value,
        grounds=grounds,
        objects=(row.id, row.flight_id),
        digest=row.digests.split()[0],
        outcome=AGAIN,
        detail={
            "flight": f"{flight.carrier}{flight.number}{flight.suffix}",
            "day": flight.day,
            "kind": row.kind,
            "people": str(row.people),
            "doubts": str(row.doubts),
        },
    )
