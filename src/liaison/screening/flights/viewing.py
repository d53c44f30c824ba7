"""Flights as they are shown: a list without anybody's name, and one flight with those on board, which is an entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select

from liaison import policy
from liaison.formats.edifact.doubts import Doubt
from liaison.formats.edifact.envelope import Part
from liaison.formats.manifests import Manifest, doubts_on
from liaison.formats.manifests.model import Passenger
from liaison.holdings.words import plain
from liaison.ledger.statements import Statement
from liaison.model.errors import BadInput, Erased, NotFound
from liaison.office import Office
from liaison.screening.access import seen_cases
from liaison.screening.document_rules.catalogue import Finding
from liaison.screening.flights import content, papers
from liaison.screening.flights.access import load_flight, load_manifest
from liaison.screening.flights.rules import State, due
from liaison.screening.flights.taking import travel_about, who_about
from liaison.screening.seals import seals
from liaison.storage.tables.flights import FLIGHTS, MANIFESTS, PASSENGERS
from liaison.storage.tables.screening import ALERTS, CASES

READ = "flight-read"
PAGE = 100  # people of a page
LISTED = 100  # flights of a page
OF_PARTS = "of the message "  # how doubts about parts that did not come begin
Marks = Mapping[tuple[str, int], tuple["Mark", ...]]


@dataclass(frozen=True, slots=True)
class Listed:
    """A flight in a list. `people` are those of its largest report; alerts are counted by state."""

    id: str
    case: str
    reference: str
    name: str
    day: str
    origin: str
    destination: str
    departs: str
    reported: datetime
    cancelled: bool
    reports: int
    people: int
    candidates: int
    confirmed: int
    rejected: int
    state: State
    masked: bool
    gone: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """An alert on a passenger; `reported` where the record reports a document as lost, stolen or invalid."""

    alert: str
    state: policy.AlertState
    reported: bool
    carried: bool  # can be named again with an approval


@dataclass(frozen=True, slots=True)
class Aboard:
    """Somebody on a list: the place in it from 0, who it is (nobody once masked), what is found and of whom there are
    alerts; `adult` and `adult_name` are with whom an infant travels."""

    place: int
    one: Passenger
    marks: tuple[Mark, ...] = ()
    findings: tuple[Finding, ...] = ()
    adult: int | None = None
    adult_name: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """One manifest of a flight, without those whom it lists."""

    id: str
    flight: str
    kind: str
    taken: datetime
    person: str
    people: int
    doubts: int
    state: State
    done: int
    total: int
    approval: str
    check: str
    grounds: str
    message: bool
    masked: bool
    gone: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """One flight with one of its reports. `aboard` is a page of `found` people of the report that the search finds."""

    listed: Listed
    reports: tuple[Report, ...]
    report: Report | None
    manifest: Manifest | None
    aboard: tuple[Aboard, ...] = ()
    found: int = 0
    page: int = 1
    pages: int = 1
    doubts: tuple[Doubt, ...] = ()
    with_alert: int = 0


def flights_of(
    office: Office, actor: policy.Actor, *, day: str = "", number: str = "", page: int = 1
) -> tuple[list[Listed], int]:
    """The flights of the cases that the person sees, the last to depart first, and how many there are in all; of a day
    (2026-03-04) and of a number (117, LI117) where they are given."""
    wanted: list[ColumnElement[bool]] = []
    if day:
        wanted.append(FLIGHTS.c.day == day)
    if number.strip():
        text = number.upper().replace(" ", "")
        whole = FLIGHTS.c.carrier + FLIGHTS.c.number + FLIGHTS.c.suffix
        wanted.append(or_(whole == text, FLIGHTS.c.number == text.lstrip("0"), FLIGHTS.c.carrier == text))

    def work(connection: Connection) -> tuple[list[Listed], int]:
        seen = and_(FLIGHTS.c.case_id.in_(seen_cases(office, connection, actor)), *wanted)
        total = connection.execute(select(func.count()).select_from(FLIGHTS).where(seen)).scalar_one()
        newest = FLIGHTS.c.day.desc(), FLIGHTS.c.departs.desc(), FLIGHTS.c.id
        query = select(FLIGHTS).where(seen).order_by(*newest).limit(LISTED).offset((page - 1) * LISTED)
        return _listed(office, connection, connection.execute(query).all()), int(total)

    return office.read(work)


def flight_of(
    office: Office, actor: policy.Actor, flight: str, *, report: str = "", search: str = "", page: int = 1
) -> Shown:
    """One flight with those on board by one of its reports, the last where none is named; a look that is an entry of
    the ledger. `search` is in names, numbers of documents, seats and bookings. Raises NotFound, BadInput."""
    if page < 1:
        raise BadInput("pages are counted from 1", field="page", hint="begin with page 1")

    def work(connection: Connection) -> tuple[Sequence[Row[Any]], Listed, Marks]:
        row = load_flight(office, connection, actor, flight)
        rows = _manifests(connection, flight)
        chosen = _chosen(rows, report)
        told = Statement(
            what=READ,
            who=actor.person,
            when=office.now(),
            case=row.case_id,
            objects=(flight, *(one.id for one in chosen)),
        )
        office.log.append(connection, told)
        return rows, _listed(office, connection, [row])[0], _marks(connection, [one.id for one in chosen])

    rows, listed, marks = office.write(work)
    chosen = _chosen(rows, report)
    reports = tuple(_report(office, row) for row in rows)
    if not chosen:
        return Shown(listed, reports, None, None)
    told = _report(office, chosen[0])
    gathered = None if told.gone else _gathered(office, chosen, marks)
    if gathered is None:
        return Shown(listed, reports, told, None)
    return _page(office, listed, reports, told, gathered, search, page)


def progress_of(office: Office, actor: policy.Actor, manifest: str) -> Report:
    """How far a manifest is, without whom it lists. Raises NotFound."""
    row = office.read(lambda connection: load_manifest(office, connection, actor, manifest))
    return _report(office, row)


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that came of one message, also in several deliveries: the manifest, and the alerts by place."""

    manifest: Manifest
    marks: Mapping[int, tuple[Mark, ...]]


def _page(
    office: Office,
    listed: Listed,
    reports: tuple[Report, ...],
    told: Report,
    gathered: Gathered,
    search: str,
    page: int,
) -> Shown:
    manifest, marks = gathered.manifest, gathered.marks
    passengers = manifest.passengers
    places = _found(passengers, search) if search.strip() else _in_order(len(passengers), marks)
    pages = max(-(-len(places) // PAGE), 1)
    page = min(page, pages)
    twice = papers.shared(passengers)
    aboard = tuple(
        _aboard(passengers, place, marks.get(place, ()), listed.day, twice)
        for place in places[(page - 1) * PAGE : page * PAGE]
    )
    doubts = (*doubts_on(manifest, office.now().date()), *manifest.doubts)
    return Shown(listed, reports, told, manifest, aboard, len(places), page, pages, doubts, len(marks))


def _gathered(office: Office, rows: Sequence[Row[Any]], marks: Marks) -> Gathered | None:
    """What deliveries of one message say together; None where the keys of one are gone. Places count on from one
    delivery to the next, as alerts were made for each."""
    masked = any(_report(office, row).masked for row in rows)
    opened = [_opened(office, row, masked) for row in rows]
    if any(parts is None for parts in opened):
        return None
    deliveries = [parts for parts in opened if parts]
    passengers: list[Passenger] = []
    shifted: dict[int, tuple[Mark, ...]] = {}
    doubts: list[Doubt] = []
    for row, (own, _) in zip(rows, deliveries, strict=True):
        start = len(passengers)
        shifted |= {start + place: found for (manifest, place), found in marks.items() if manifest == row.id}
        passengers += [_moved(one, start) for one in own.passengers]
        doubts += [doubt for doubt in own.doubts if doubt.words not in {one.words for one in doubts}]
    first, parts = deliveries[0][0], tuple(part for _, own in deliveries for part in own)
    if len(deliveries) > 1:
        doubts = [doubt for doubt in doubts if not doubt.words.startswith(OF_PARTS)]
        doubts += content.missing(first, parts)
    return Gathered(
        msgspec.structs.replace(first, passengers=tuple(passengers), doubts=tuple(doubts)), shifted
    )


def _moved(one: Passenger, by: int) -> Passenger:
    if not by or one.infant_of is None:
        return one
    return msgspec.structs.replace(one, infant_of=one.infant_of + by)


def _in_order(count: int, marks: Mapping[int, tuple[Mark, ...]]) -> list[int]:
    """Those with alerts first, then everybody in the order of the list."""
    return [*sorted(marks), *(place for place in range(count) if place not in marks)]


def _found(passengers: Sequence[Passenger], search: str) -> list[int]:
    """The places of those in whose name, document, seat or booking every word of the search stands."""
    words = [plain(word) for word in search.split() if plain(word)]
    return [
        place
        for place, one in enumerate(passengers)
        if all(word in text for text in [_text(one)] for word in words)
    ]


def _text(one: Passenger) -> str:
    names = (f"{name.given} {name.surname}" for name in one.names)
    numbers = (paper.number for paper in one.documents)
    return " ".join(plain(part) for part in (*names, *numbers, one.seat, one.locator) if part)


def _aboard(
    passengers: Sequence[Passenger], place: int, marks: tuple[Mark, ...], day: str, twice: papers.Twice
) -> Aboard:
    one = passengers[place]
    adult = one.infant_of if one.infant_of is not None and one.infant_of < len(passengers) else None
    name = passengers[adult].names[0] if adult is not None and passengers[adult].names else None
    found = papers.findings(one.documents, day, place, twice)
    return Aboard(place, one, marks, found, adult, f"{name.given} {name.surname}".strip() if name else "")


def _opened(office: Office, row: Row[Any], masked: bool) -> tuple[Manifest, tuple[Part, ...]] | None:
    """A manifest and its parts: with nobody's name where it is masked; None where the keys are gone."""
    pieces = [(row.key, row.sealed, travel_about(row.id))]
    if not masked:
        pieces.append((row.who_key, row.who, who_about(row.id)))
    try:
        opened = seals(office).open(pieces)
    except Erased:
        return None
    return content.opened(opened[0], None if masked else opened[1])


def _manifests(connection: Connection, flight: str) -> Sequence[Row[Any]]:
    query = select(MANIFESTS).where(MANIFESTS.c.flight_id == flight)
    return connection.execute(query.order_by(MANIFESTS.c.taken.desc(), MANIFESTS.c.id)).all()


def _chosen(rows: Sequence[Row[Any]], report: str) -> list[Row[Any]]:
    """The report that is asked for, else the last that lists anybody: all that came of its message, in the order in
    which it came. Raises NotFound."""
    found = next((row for row in rows if row.id == report), None)
    if report and found is None:
        raise NotFound
    found = found or next((row for row in rows if row.people), rows[0] if rows else None)
    return [row for row in reversed(rows) if found is not None and row.report == found.report]


def _marks(connection: Connection, manifests: Sequence[str]) -> Marks:
    """The alerts on each passenger, by manifest and place."""
    query = (
        select(PASSENGERS, ALERTS.c.state)
        .join(ALERTS, ALERTS.c.id == PASSENGERS.c.alert_id)
        .where(PASSENGERS.c.manifest_id.in_(manifests))
        .order_by(ALERTS.c.rank)
    )
    found: dict[tuple[str, int], tuple[Mark, ...]] = {}
    for row in connection.execute(query):
        mark = Mark(row.alert_id, policy.AlertState(row.state), row.reported, row.sealed is not None)
        key = (row.manifest_id, row.place)
        found[key] = (*found.get(key, ()), mark)
    return found


def _report(office: Office, row: Row[Any]) -> Report:
    limits, now = policy.limits(office.regimes), office.now()
    return Report(
        row.id,
        row.flight_id,
        row.kind,
        row.taken,
        row.person,
        row.people,
        row.doubts,
        State(row.state),
        row.done,
        row.total,
        row.approval_id,
        row.check_id,
        row.grounds_id,
        row.message,
        row.masked is not None or due(row.taken, limits.mask_days, now),
        row.gone is not None or due(row.taken, limits.gone_days, now),
    )


def _listed(office: Office, connection: Connection, rows: Sequence[Row[Any]]) -> list[Listed]:
    """Flights with what is counted of each."""
    ids = [row.id for row in rows]
    manifests: dict[str, list[Report]] = {flight: [] for flight in ids}
    for row in connection.execute(select(MANIFESTS).where(MANIFESTS.c.flight_id.in_(ids))):
        manifests[row.flight_id].append(_report(office, row))
    counts = _alerts(connection, ids)
    cases = select(CASES.c.id, CASES.c.reference).where(CASES.c.id.in_({row.case_id for row in rows}))
    references = {row.id: row.reference for row in connection.execute(cases)}
    return [
        _one(row, manifests[row.id], counts.get(row.id, {}), references.get(row.case_id, "")) for row in rows
    ]


def _alerts(connection: Connection, flights: Sequence[str]) -> dict[str, dict[str, int]]:
    """How many alerts in which state each flight has."""
    query = (
        select(MANIFESTS.c.flight_id, ALERTS.c.state, func.count())
        .join(PASSENGERS, PASSENGERS.c.manifest_id == MANIFESTS.c.id)
        .join(ALERTS, ALERTS.c.id == PASSENGERS.c.alert_id)
        .where(MANIFESTS.c.flight_id.in_(flights))
        .group_by(MANIFESTS.c.flight_id, ALERTS.c.state)
    )
    found: dict[str, dict[str, int]] = {}
    for flight, state, count in connection.execute(query):
        found.setdefault(flight, {})[state] = count
    return found


ORDER = (State.RUNNING, State.WAITING, State.FAILED, State.CHECKED, State.KEPT)


def _one(row: Row[Any], reports: Sequence[Report], alerts: Mapping[str, int], reference: str) -> Listed:
    states = {each.state for each in reports}
    return Listed(
        row.id,
        row.case_id,
        reference,
        f"{row.carrier}{row.number}{row.suffix}",
        row.day,
        row.origin,
        row.destination,
        row.departs,
        row.reported,
        row.cancelled is not None,
        len(reports),
        max((each.people for each in reports), default=0),
        alerts.get(policy.AlertState.CANDIDATE.value, 0),
        alerts.get(policy.AlertState.CONFIRMED.value, 0),
        alerts.get(policy.AlertState.REJECTED.value, 0),
        next((state for state in ORDER if state in states), State.KEPT),
        bool(reports) and all(each.masked for each in reports),
        bool(reports) and all(each.gone for each in reports),
    )
