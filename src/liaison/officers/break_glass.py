"""Breaking the glass: access in need, for a reason, seen by others, reviewed by another person (threat A20).

Nothing here deletes: a broken glass ends by itself, and stays with those who review it until one of them, who is
another person, closes it with a finding.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from liaison import policy
from liaison.model.categories import OfficerId
from liaison.model.errors import Conflict
from liaison.model.grounds import Grounds
from liaison.model.roles import Capability, Role
from liaison.office import Office, new_id
from liaison.officers import notices
from liaison.officers.access import can, load_glass, visible_glasses
from liaison.officers.recording import record
from liaison.officers.rules import text_of
from liaison.officers.secrecy import opened, sealed_texts
from liaison.officers.states import GlassState, GlassStep, glass_after, glass_now
from liaison.ports import Compartment, KeyId
from liaison.storage.tables.officers import GLASSES

MOST = 500  # shown at once
TOLD = (Role.SUPERVISOR, Role.DATA_PROTECTION_OFFICER)


@dataclass(frozen=True, slots=True)
class Glass:
    """One broken glass. `reason` and `finding` are empty in lists, where nothing is opened."""

    id: str
    person: OfficerId
    object_kind: str
    object: str
    opened: datetime
    until: datetime
    review_by: datetime
    state: GlassState
    reviewer: OfficerId | None
    reviewed: datetime | None
    reason: str = ""
    finding: str = ""


def open(
    office: Office,
    actor: policy.Actor,
    object_kind: str,
    object: str,
    reason: str,
    *,
    grounds: Grounds | None = None,
    hours: int = 0,
) -> Glass:
    """Break the glass before one object, for as many hours as asked for or, with 0, as the node's law gives.

    Supervisors and the data-protection officer are told in the same transaction. Raises NotLawful with every
    reason against it, BadInput.
    """
    terms, now = policy.limits(office.regimes), office.now()
    until = now + timedelta(hours=hours or terms.glass_hours)
    given = text_of(reason, "reason", shortest=15)
    facts = policy.Context(actor=actor, now=now, grounds=grounds, reason=given, until=until)
    office.decide(policy.Action.BREAK_GLASS, facts)
    glass, (key_id, key) = new_id("glass"), office.keys.create(Compartment.OFFICERS)[0]
    row: dict[str, Any] = {
        "id": glass,
        "person": actor.person,
        "object_kind": text_of(object_kind, "object_kind", longest=40),
        "object": text_of(object, "object", longest=200),
        "key": key_id,
        "reason": sealed_texts(key, f"broken_glasses:{glass}", {"reason": given}),
        "opened": now,
        "until": until,
        "review_by": now + timedelta(hours=terms.glass_review_hours),
        "state": GlassState.OPEN.value,
    }

    def work(connection: Connection) -> Glass:
        connection.execute(insert(GLASSES).values(**row))
        case = grounds.case if grounds else ""
        objects = (glass, row["object"])
        record(office, connection, "glass-broken", actor.person, objects=objects, case=case)
        for role in TOLD:
            notices.add(connection, role, "glass-broken", glass, now)
        return _shown(office, load_glass(connection, actor, glass))

    return office.write(work)


def open_until(connection: Connection, actor: policy.Actor, object: str, now: datetime) -> datetime | None:
    """Until when this person's broken glass before this object is open; None where none is."""
    mine = GLASSES.c.person == actor.person, GLASSES.c.object == object
    live = GLASSES.c.state == GlassState.OPEN.value, GLASSES.c.until > now
    latest: datetime | None = connection.execute(
        select(func.max(GLASSES.c.until)).where(*mine, *live)
    ).scalar()
    return latest


def show(office: Office, actor: policy.Actor, glass: str) -> Glass:
    """A broken glass with its reason, to whoever broke it or reviews it; the look is recorded. Raises NotFound."""

    def work(connection: Connection) -> Glass:
        row = load_glass(connection, actor, glass)
        record(office, connection, "glass-read", actor.person, objects=(glass,))
        return _shown(office, row, opens=True)

    return office.write(work)


def review(office: Office, actor: policy.Actor, glass: str, finding: str) -> Glass:
    """Close a review with a finding; where access was still open, it ends.

    Raises NotFound, NotLawful for one's own and without the role, Conflict where it was reviewed, BadInput.
    """
    found = text_of(finding, "finding", shortest=15)

    def work(connection: Connection) -> Glass:
        row, now = load_glass(connection, actor, glass), office.now()
        facts = policy.Context(actor=actor, now=now, requester=OfficerId(row.person))
        office.decide(policy.Action.REVIEW_BREAK_GLASS, facts)
        state = glass_after(_state(row, now), GlassStep.REVIEW)
        key = office.keys.fetch([KeyId(row.key)])[0]
        change = update(GLASSES).where(GLASSES.c.id == glass, GLASSES.c.state == row.state)
        changed = connection.execute(
            change.values(
                state=state.value,
                reviewer=actor.person,
                reviewed=now,
                until=min(row.until, now),
                finding=sealed_texts(key, f"findings:{glass}", {"finding": found}),
            )
        )
        if changed.rowcount != 1:
            raise Conflict("somebody else was quicker")
        record(office, connection, "glass-reviewed", actor.person, objects=(glass, row.person))
        notices.add(connection, OfficerId(row.person), "glass-reviewed", glass, now)
        return _shown(office, load_glass(connection, actor, glass), opens=True)

    return office.write(work)


def to_review(office: Office, actor: policy.Actor) -> list[Glass]:
    """The reviews that are open and that this person may close, the oldest first: never one of their own."""
    if not can(actor, Capability.REVIEW_BREAK_GLASS):
        return []
    others = GLASSES.c.person != actor.person, GLASSES.c.state != GlassState.REVIEWED.value
    return _listed(office, *others)


def glasses_of(office: Office, actor: policy.Actor) -> list[Glass]:
    """Every broken glass this person may see, whatever became of it; the oldest first."""
    return _listed(office, visible_glasses(actor))


def _listed(office: Office, *chosen: Any) -> list[Glass]:
    query = select(GLASSES).where(*chosen).order_by(GLASSES.c.opened, GLASSES.c.id).limit(MOST)
    return [_shown(office, row) for row in office.read(lambda connection: list(connection.execute(query)))]


def _state(row: Row[Any], now: datetime) -> GlassState:
    return glass_now(GlassState(row.state), row.until, now)


def _shown(office: Office, row: Row[Any], *, opens: bool = False) -> Glass:
    reason = finding = ""
    if opens:
        key = KeyId(row.key)
        reason = opened(office.keys, key, row.reason, f"broken_glasses:{row.id}")["reason"]
        if row.finding is not None:
            finding = opened(office.keys, key, row.finding, f"findings:{row.id}")["finding"]
    return Glass(
        row.id,
        OfficerId(row.person),
        row.object_kind,
        row.object,
        row.opened,
        row.until,
        row.review_by,
        _state(row, office.now()),
        OfficerId(row.reviewer) if row.reviewer else None,
        row.reviewed,
        reason,
        finding,
    )
