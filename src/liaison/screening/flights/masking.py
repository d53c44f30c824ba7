"""Passengers masked after six months, and gone after five years (rule L17).

To mask a manifest is to destroy the key of who they are: in every backup too, for the key stands in none. Before that,
those whose alert a person confirmed are carried into a piece of their own, which opens with an approval alone; their
alert keeps the record's side. Of all other alerts nothing can be read any more. What a run broke off is done by the
next, for a row keeps its sealed piece until the key of it is destroyed.

Law: Directive (EU) 2016/681, article 12; Court of Justice, C-817/19, paragraphs 248 to 262.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, select, update

from liaison import policy
from liaison.ledger.statements import Statement
from liaison.model.categories import OfficerId
from liaison.model.errors import Erased
from liaison.office import Office
from liaison.ports import KeyId
from liaison.screening.alerting import decision_about
from liaison.screening.content import content_of, pack, without_subject
from liaison.screening.flights import content
from liaison.screening.flights.taking import travel_about, who_about
from liaison.screening.keeping import alert_about
from liaison.screening.seals import seals
from liaison.storage.sealing import seal, unseal
from liaison.storage.tables.flights import MANIFESTS, PASSENGERS
from liaison.storage.tables.screening import ALERTS, DECISIONS

WHAT_MASKED, WHAT_GONE = "travel-masked", "travel-erased"
JOB = OfficerId("retention-job")
BATCH = 50  # manifests of one transaction


def run(office: Office) -> tuple[int, int]:
    """Mask and erase what is due; how many manifests of each. Raises LedgerUnavailable, StoreUnavailable: what was done
    before stays so, and the next run goes on."""
    limits, now = policy.limits(office.regimes), office.now()
    _finish(office)
    masked = _each(office, WHAT_MASKED, now, now - timedelta(days=limits.mask_days))
    gone = _each(office, WHAT_GONE, now, now - timedelta(days=limits.gone_days))
    return masked, gone


def _each(office: Office, what: str, now: datetime, before: datetime) -> int:
    """Do it to every manifest that was taken by then, some in each transaction; how many."""
    column = MANIFESTS.c.masked if what == WHAT_MASKED else MANIFESTS.c.gone
    query = select(MANIFESTS).where(column.is_(None), MANIFESTS.c.taken <= before)
    query = query.order_by(MANIFESTS.c.taken, MANIFESTS.c.id).limit(BATCH)
    many = 0

    def work(connection: Connection) -> int:
        rows = connection.execute(query).all()
        if not rows:
            return 0
        carried = sum(_carry(office, connection, row) for row in rows) if what == WHAT_MASKED else 0
        office.log.append(connection, _statement(what, rows, now, carried))
        ids = [row.id for row in rows]
        values = {"masked": now} if what == WHAT_MASKED else {"gone": now}
        connection.execute(update(MANIFESTS).where(MANIFESTS.c.id.in_(ids)).values(values))
        return len(rows)

    while done := office.write(work):
        many += done
        _finish(office)
    return many


def _statement(what: str, rows: Sequence[Row[Any]], now: datetime, carried: int) -> Statement:
    people = sum(row.people for row in rows)
    counts = {"manifests": str(len(rows)), "people": str(people)}
    if what == WHAT_MASKED:
        counts["carried"] = str(carried)
    return Statement(what=what, who=JOB, when=now, objects=tuple(row.id for row in rows), detail=counts)


def _carry(office: Office, connection: Connection, row: Row[Any]) -> int:
    """Carry those whose alert was confirmed into pieces of their own, under keys of their own; how many."""
    confirmed = ALERTS.c.state == policy.AlertState.CONFIRMED.value
    query = (
        select(PASSENGERS.c.place, ALERTS.c.id, ALERTS.c.key, ALERTS.c.sealed)
        .join(ALERTS, ALERTS.c.id == PASSENGERS.c.alert_id)
        .where(PASSENGERS.c.manifest_id == row.id, PASSENGERS.c.sealed.is_(None), confirmed)
    )
    found = connection.execute(query).all()
    if not found:
        return 0
    held = seals(office)
    pieces = [(row.key, row.sealed, travel_about(row.id)), (row.who_key, row.who, who_about(row.id))]
    travel, who = held.open(pieces)
    passengers = content.opened(travel, who)[0].passengers
    for alert in found:
        own, masked = held.take(2)
        piece = content.packed_one(content.who_is(passengers[alert.place]))
        values = {
            "key": own[0],
            "sealed": seal(own[1], piece, passenger_about(alert.id)),
            "old_key": alert.key,
        }
        connection.execute(update(PASSENGERS).where(PASSENGERS.c.alert_id == alert.id).values(values))
        _mask_alert(office, connection, alert, masked)
    return len(found)


def _mask_alert(office: Office, connection: Connection, alert: Any, new: tuple[KeyId, bytes]) -> None:
    """Seal an alert and the reasons of its decisions anew, without the passenger's side."""
    try:
        ((opened),) = seals(office).open([(alert.key, alert.sealed, alert_about(alert.id))])
    except Erased:
        return  # with its record
    old = office.keys.fetch([KeyId(alert.key)])[0]
    masked = without_subject(content_of(opened))
    sealed = seal(new[1], pack(masked), alert_about(alert.id))
    connection.execute(update(ALERTS).where(ALERTS.c.id == alert.id).values(key=new[0], sealed=sealed))
    for row in connection.execute(select(DECISIONS).where(DECISIONS.c.alert_id == alert.id)).all():
        reason = unseal(old, row.sealed, decision_about(row.id))
        again = seal(new[1], reason, decision_about(row.id))
        connection.execute(update(DECISIONS).where(DECISIONS.c.id == row.id).values(sealed=again))


def _finish(office: Office) -> None:
    """Destroy the keys of what was masked or erased, and let go of the pieces that they sealed."""
    for gone in (False, True):
        manifests = office.read(partial(_unfinished, gone))
        if manifests:
            office.keys.destroy(office.read(partial(_keys, manifests, gone)))
            office.write(partial(_let_go, manifests, gone))


def _unfinished(gone: bool, connection: Connection) -> list[str]:
    """Manifests that were masked, or erased, whose sealed piece is still there."""
    done, piece = (MANIFESTS.c.gone, MANIFESTS.c.sealed) if gone else (MANIFESTS.c.masked, MANIFESTS.c.who)
    query = select(MANIFESTS.c.id).where(done.is_not(None), piece.is_not(None))
    return list(connection.execute(query).scalars())


def _keys(manifests: Sequence[str], gone: bool, connection: Connection) -> list[KeyId]:
    """The keys to destroy: of who they are and of every alert that was not carried over; of all where all goes."""
    keys: list[int] = []
    for row in connection.execute(select(MANIFESTS).where(MANIFESTS.c.id.in_(manifests))):
        keys += [row.who_key, *([row.key] if gone else [])]
    query = (
        select(PASSENGERS.c.key.label("own"), PASSENGERS.c.old_key, ALERTS.c.key)
        .join(ALERTS, ALERTS.c.id == PASSENGERS.c.alert_id)
        .where(PASSENGERS.c.manifest_id.in_(manifests))
    )
    for row in connection.execute(query):
        keys.append(row.old_key)
        if gone or not row.own:
            keys += [row.own, row.key]
    return [KeyId(key) for key in keys if key]


def _let_go(manifests: Sequence[str], gone: bool, connection: Connection) -> None:
    """Empty what no key opens any more."""
    values: dict[str, Any] = {"who": None} | ({"sealed": None} if gone else {})
    connection.execute(update(MANIFESTS).where(MANIFESTS.c.id.in_(manifests)).values(values))
    if gone:
        erased = update(PASSENGERS).where(PASSENGERS.c.manifest_id.in_(manifests)).values(sealed=None)
        connection.execute(erased)


def passenger_about(alert: str) -> str:
    """What the seal of a carried passenger is bound to."""
    return f"flight_passengers:{alert}"
