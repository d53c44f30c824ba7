"""Passenger lists taken: read, held against what is known of the flight, and kept sealed, each in one transaction.

A batch goes on past a file that cannot be read. What came before changes nothing, whatever it is called now.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from liaison import policy
from liaison.formats.manifests import Manifest, join
from liaison.formats.manifests.model import Kind
from liaison.ledger.statements import Statement
from liaison.model.errors import BadInput, NotLawful
from liaison.model.grounds import Purpose
from liaison.office import Office, new_id
from liaison.officers import approvals
from liaison.ports import Compartment, KeyId
from liaison.screening.approved import by_number_alone
from liaison.screening.flights import columns, content, watching
from liaison.screening.flights.reading import Sent, received
from liaison.screening.flights.rules import Named, State, flies, group, named, of_carrier, takes_back
from liaison.screening.lookups import context_for, footing
from liaison.screening.permission import settle, weigh
from liaison.screening.seals import digest, seals
from liaison.storage.sealing import seal
from liaison.storage.tables.flights import FLIGHTS, MANIFESTS

TAKEN = "manifest-taken"
KIND = "check-manifest"  # of an approval
Key = tuple[KeyId, bytes]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is handed in: files, or texts, on which grounds. `flight` and `day` are those of a table that names none."""

    grounds: str
    files: tuple[Sent, ...]
    flight: str = ""
    day: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """A manifest that is kept. `people` are those whom it lists; `approval` is what it waits for, if anything; `new`
    where it was not known before; `says` is what it says, where it is new."""

    id: str
    flight: str
    name: str
    day: str
    people: int
    doubts: int
    state: State
    approval: str = ""
    new: bool = True
    says: Manifest | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a delivery: manifests that are kept, known before or new, and files that were refused."""

    kept: tuple[Kept, ...]
    refused: tuple[BadInput, ...]


@dataclass(frozen=True, slots=True)
class Fresh:
    """What is new of a message: its parts, their digests, all of them together, the flight, and the message's mark."""

    parts: tuple[Manifest, ...]
    digests: tuple[str, ...]
    whole: Manifest
    flight: Named
    report: str


def take(office: Office, actor: policy.Actor, delivery: Delivery) -> Taken:
    """Read what was handed in and keep it; ask for an approval where the law wants one.

    What is refused among several is told with the rest. Raises BadInput where nothing could be kept, NotFound for
    grounds that are not the person's own, Conflict for those that ended, and NotLawful for every reason but the number,
    which an approval answers.
    """
    case = office.read(lambda c: footing(office, c, actor, delivery.grounds, office.now())).row.case_id
    found = received(delivery.files, office.now().year, delivery.flight, delivery.day)
    refused, unlawful, kept = list(found.refused), list[NotLawful](), list[Kept]()
    for parts in _messages(found.parts):
        try:
            kept += _take(office, actor, delivery.grounds, case, parts)
        except BadInput as refusal:
            refused.append(refusal)
        except NotLawful as reason:
            unlawful.append(reason)
            refused.append(BadInput(str(reason), field="grounds", file=parts[0].file, hint=reason.hint))
    if unlawful and not kept:
        raise unlawful[0]
    if refused and not kept:
        raise refused[0]
    if not kept:
        raise BadInput("nothing was handed in", field="file", hint="send a file, or paste a message")
    return Taken(tuple(kept), tuple(refused))


def _messages(parts: Sequence[Manifest]) -> list[tuple[Manifest, ...]]:
    """The parts of each message, in the order in which the messages began."""
    groups: dict[object, list[Manifest]] = {}
    for number, part in enumerate(parts):
        groups.setdefault(group(part) or number, []).append(part)
    return [tuple(each) for each in groups.values()]


def _take(
    office: Office, actor: policy.Actor, grounds: str, case: str, parts: tuple[Manifest, ...]
) -> Iterator[Kept]:
    """Keep what is new of a message, and name what is known of it."""
    key = seals(office).digest_key(office)
    flight = named(join(parts)[0])
    digests = [digest(key, content.told(part)) for part in parts]
    known = office.read(lambda connection: _known(connection, case, flight))
    fresh = {mark: part for mark, part in zip(digests, parts, strict=True) if mark not in known}
    for row in {known[mark].id: known[mark] for mark in digests if mark in known}.values():
        yield _kept(row, flight)
    if fresh:
        mark = group(parts[0])
        report = digest(key, f"{case}\n{mark}\n{flight.day}".encode()) if mark else ""
        news = Fresh(tuple(fresh.values()), tuple(fresh), join(fresh.values())[0], flight, report)
        written = _write(office, actor, grounds, news)
        if written is not None:
            yield written
        else:  # somebody kept some of it meanwhile: what is left of it now
            yield from _take(office, actor, grounds, case, news.parts)


def _known(connection: Connection, case: str, flight: Named) -> dict[str, Row[Any]]:
    """What is kept of a flight in a case, by the digest of each part."""
    query = select(MANIFESTS).join(FLIGHTS, FLIGHTS.c.id == MANIFESTS.c.flight_id).where(_same(case, flight))
    return {mark: row for row in connection.execute(query) for mark in row.digests.split()}


def _same(case: str, flight: Named) -> Any:
    return (
        (FLIGHTS.c.case_id == case)
        & (FLIGHTS.c.carrier == flight.carrier)
        & (FLIGHTS.c.number == flight.number)
        & (FLIGHTS.c.suffix == flight.suffix)
        & (FLIGHTS.c.day == flight.day)
    )


def _write(office: Office, actor: policy.Actor, grounds: str, fresh: Fresh) -> Kept | None:
    """Decide, and keep what is new in one transaction; None where somebody else kept any of it meanwhile."""
    now = office.now()
    stand = office.read(lambda connection: footing(office, connection, actor, grounds, now))
    context = context_for(office, actor, stand, now, **facts(fresh.whole))
    needs = needs_second(office, context, fresh.whole)
    travel, who = seals(office).take(2)
    pieces = content.packed(fresh.whole, tuple(part.part for part in fresh.parts if part.part))
    row = _row(context, grounds, fresh, (travel, who), pieces)
    key = office.keys.create(Compartment.OFFICERS)[0] if needs else None

    def work(connection: Connection) -> Kept | None:
        known = _known(connection, row["case_id"], fresh.flight)
        if any(mark in known for mark in fresh.digests):
            return None
        flight = _flight(connection, row, fresh, now)
        approval = ""
        if key is not None:
            request = approvals.Request(KIND, about(row, fresh.flight), row["case_id"], row["people"])
            approval = approvals.ask_within(office, connection, actor, request, key)
        entry = _statement(context, row, flight, fresh)
        office.log.append(connection, entry)
        connection.execute(insert(MANIFESTS).values(row | {"flight_id": flight, "approval_id": approval}))
        watching.tell(office, connection, flight, fresh.whole.flights)
        return _new(row | {"approval_id": approval}, flight, fresh)

    return office.write(work)


def facts(manifest: Manifest) -> dict[str, Any]:
    """What a decision must know of a manifest: how many, by which fields, and whether a carrier lists them."""
    fields = columns.fields(manifest.passengers) or frozenset({"name"})
    return {"subjects": len(manifest.passengers), "criteria": fields, "manifest": of_carrier(manifest)}


def needs_second(office: Office, context: policy.Context, manifest: Manifest) -> bool:
    """Whether a second person has to agree. Raises NotLawful for every other reason."""
    grounds = context.grounds
    if manifest.kind is Kind.BOOKINGS and grounds and grounds.purpose is Purpose.BORDER_CHECK:
        raise NotLawful(
            "bookings serve no border check (Directive (EU) 2016/681, article 1(2))",
            hint="give grounds for a serious offence, or take the carrier's passenger list (PAXLST)",
        )
    decision = weigh(office, policy.Action.CHECK_BULK, context)
    if not by_number_alone(decision):
        settle(office, policy.Action.CHECK_BULK, context, decision)
    return isinstance(decision, policy.Refuse) and flies(manifest)


def _row(
    context: policy.Context, grounds: str, fresh: Fresh, keys: tuple[Key, Key], pieces: tuple[bytes, bytes]
) -> dict[str, Any]:
    """The row of a manifest, sealed, but for its flight and approval."""
    assert context.grounds is not None
    manifest, whole = new_id("manifest"), fresh.whole
    (key, travel), (who_key, who) = keys
    return {
        "id": manifest,
        "case_id": context.grounds.case,
        "person": context.actor.person,
        "grounds_id": grounds,
        "taken": context.now,
        "kind": whole.kind.value,
        "message": of_carrier(whole),
        "report": fresh.report or manifest,
        "digests": " ".join(fresh.digests),
        "people": len(whole.passengers),
        "doubts": len(whole.doubts),
        "state": (State.WAITING if flies(whole) else State.KEPT).value,
        "done": 0,
        "total": sum(len(one.names) for one in whole.passengers),
        "check_id": "",
        "key": key,
        "sealed": seal(travel, pieces[0], travel_about(manifest)),
        "who_key": who_key,
        "who": seal(who, pieces[1], who_about(manifest)),
    }


def _flight(connection: Connection, row: dict[str, Any], fresh: Fresh, now: Any) -> str:
    """The flight's id; it is entered where it is new, and told that it is cancelled, or is flown after all."""
    flight = fresh.flight
    held = connection.execute(select(FLIGHTS).where(_same(row["case_id"], flight))).first()
    cancelled = now if takes_back(fresh.whole) else None
    if held is None:
        flight_id = new_id("flight")
        said = {name: getattr(flight, name) for name in Named.__slots__}
        said |= {"id": flight_id, "case_id": row["case_id"], "reported": now, "cancelled": cancelled}
        connection.execute(insert(FLIGHTS).values(said))
        return flight_id
    news: dict[str, Any] = {"reported": now, "cancelled": cancelled}
    for name in ("origin", "destination", "departs", "arrives"):
        if said := getattr(flight, name):
            news[name] = said
    connection.execute(update(FLIGHTS).where(FLIGHTS.c.id == held.id).values(news))
    return str(held.id)


def about(row: dict[str, Any], flight: Named) -> dict[str, str]:
    """What an approver reads of a manifest, and what the approval is good for: this one alone."""
    return {
        "manifest": row["id"],
        "flight": f"{flight.carrier}{flight.number}{flight.suffix} {flight.day}".strip(),
        "people": str(row["people"]),
        "grounds": row["grounds_id"],
    }


def travel_about(manifest: str) -> str:
    """What the seal of how people travel is bound to."""
    return f"flight_manifests:{manifest}"


def who_about(manifest: str) -> str:
    """What the seal of who they are is bound to."""
    return f"flight_manifests.who:{manifest}"


def _statement(context: policy.Context, row: dict[str, Any], flight: str, fresh: Fresh) -> Statement:
    assert context.grounds is not None
    named_, whole = fresh.flight, fresh.whole
    return Statement(
        what=TAKEN,
        who=context.actor.person,
        when=context.now,
        case=row["case_id"],
        purpose=context.grounds.purpose.value,
        grounds=row["grounds_id"],
        objects=(row["id"], flight),
        digest=fresh.digests[0],
        outcome=whole.change,
        detail={
            "flight": f"{named_.carrier}{named_.number}{named_.suffix}",
            "day": named_.day,
            "kind": whole.kind.value,
            "people": str(row["people"]),
            "doubts": str(row["doubts"]),
        },
    )


def _kept(row: Row[Any], flight: Named) -> Kept:
    name = f"{flight.carrier}{flight.number}{flight.suffix}"
    state = State(row.state)
    return Kept(
        row.id, row.flight_id, name, flight.day, row.people, row.doubts, state, row.approval_id, new=False
    )


def _new(row: dict[str, Any], flight: str, fresh: Fresh) -> Kept:
    named_ = fresh.flight
    name = f"{named_.carrier}{named_.number}{named_.suffix}"
    state, approval = State(row["state"]), row["approval_id"]
    return Kept(
        row["id"], flight, name, named_.day, row["people"], row["doubts"], state, approval, says=fresh.whole
    )
