"""Reads of cameras taken: held against the entries of wanted vehicles the moment they come.

decide (may this camera read here now) -> match -> record what was met, as checks with alerts -> forget the rest. One
entry of the ledger tells of a batch, two of each vehicle that was met. A batch goes on past a read that cannot be
taken.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

import msgspec
from sqlalchemy import Connection, bindparam, case, insert, select, update

from liaison.formats.cameras import Read, Reads
from liaison.holdings.things import Sighted
from liaison.ledger.log import take_turn
from liaison.ledger.statements import Statement
from liaison.matching.dates import BIT
from liaison.model.categories import OfficerId
from liaison.model.errors import BadInput, NotSignedIn
from liaison.model.identifiers import Plate
from liaison.model.subjects import Vehicle
from liaison.office import Office, new_id
from liaison.officers import notices
from liaison.screening import keeping
from liaison.screening.case_rules import Part
from liaison.screening.content import Asked, Why, pack
from liaison.screening.disclosure import Disclosed, disclose
from liaison.screening.finding import Hit
from liaison.screening.finding_things import AGREES, READS_ALIKE, hit
from liaison.screening.seals import seals
from liaison.sightings import passages
from liaison.sightings.content import Candidate, Seen, about, packed
from liaison.sightings.lawful import Reading, lapse, lawful
from liaison.sightings.passages import Passage
from liaison.sightings.register import digest_of, standing
from liaison.sightings.rules import SURE, Fault, Likeness, clock_fault, likeness, read_as
from liaison.sightings.tallies import COUNTED, count
from liaison.storage.prepared import Prepared
from liaison.storage.tables.screening import MEMBERS
from liaison.storage.tables.sightings import CAMERAS, FEEDS, SIGHTINGS

TAKEN, MET = "reads-taken", "sighting"
MOST = 10_000  # reads in one message
A_MINUTE = 3_000  # reads of one camera in a minute; no road carries more
LAWFUL = 5.0  # seconds for which a decision on a camera holds
LARGEST_PICTURE = 400_000  # bytes of a picture that is kept with a sighting
WEIGHT = {Likeness.EXACT: AGREES, Likeness.CLASS: READS_ALIKE, Likeness.POSSIBLE: 5 * BIT}
SAYS = {
    Likeness.EXACT: "registration mark agrees",
    Likeness.CLASS: "registration mark is easily read as the other",
    Likeness.POSSIBLE: "registration mark is among the other readings that the camera offers",
}
FEED = Prepared(select(FEEDS).where(FEEDS.c.secret == bindparam("of_secret"), FEEDS.c.ended.is_(None)))
STANDS = (
    (CAMERAS.c.feed_id == bindparam("of_feed"))
    & CAMERAS.c.ended.is_(None)
    & (CAMERAS.c.until > bindparam("of_now", type_=CAMERAS.c.until.type))
)
CAMERAS_OF = Prepared(select(CAMERAS).where(STANDS))
CAMERA = Prepared(select(CAMERAS).where(STANDS, CAMERAS.c.code == bindparam("of_code")))
FEW = 8  # cameras that are looked up one by one
BEFORE = Prepared(
    select(SIGHTINGS.c.alert_id, SIGHTINGS.c.likeness, SIGHTINGS.c.at, SIGHTINGS.c.last)
    .where(SIGHTINGS.c.camera_id == bindparam("of_camera"), SIGHTINGS.c.holding_id == bindparam("of_holding"))
    .order_by(SIGHTINGS.c.last.desc())
    .limit(1)
)
NOW_LAST = bindparam("now_last", type_=SIGHTINGS.c.last.type)
AGAIN = Prepared(
    update(SIGHTINGS)
    .where(SIGHTINGS.c.alert_id == bindparam("of_alert"))
    .values(
        reads=SIGHTINGS.c.reads + bindparam("more"),
        last=case((SIGHTINGS.c.last < NOW_LAST, NOW_LAST), else_=SIGHTINGS.c.last),
    )
)


@dataclass(frozen=True, slots=True)
class Refused:
    """A read that was not taken: its place in the message, and why."""

    place: str
    fault: Fault


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a message: reads that were taken, alerts that were made, reads that an alert stands for already,
    and each read that was refused."""

    reads: int
    met: tuple[str, ...]
    repeated: int
    refused: tuple[Refused, ...]
    entry: int


@dataclass(frozen=True, slots=True)
class _One:
    """A read that is taken: its mark, its time, what it met."""

    read: Read
    camera: Reading
    mark: str
    at: datetime
    candidates: tuple[tuple[str, float | None], ...]

    @property
    def vehicle(self) -> Vehicle:
        """What was seen, as a question of a check."""
        return Vehicle(plate=Plate(self.mark))


@dataclass(frozen=True, slots=True)
class _Met:
    """A read with the entry that it met."""

    one: _One
    hit: Hit
    wanted: str
    likeness: Likeness


@dataclass(slots=True)
class _Ready:
    """What one transaction writes of a vehicle that was met: an alert, with the reads that it stands for."""

    met: _Met
    kept: keeping.Kept
    sealed: bytes
    last: datetime
    reads: int = 1


@dataclass(slots=True)
class _Again:
    """Reads for which an alert stands already."""

    camera: str
    last: datetime
    reads: int = 0


class Marks(Protocol):
    """Where marks are looked up: holdings.live.LiveIndex, or holdings.marks.Marks."""

    def of_marks(self, marks: Sequence[str]) -> list[tuple[int, Sighted]]:
        """The vehicles of many marks at once, each with the mark's place."""
        ...


class Gate:
    """Where the reads of cameras come in. One for a process; threads may share it, and several processes a database.

    That one vehicle makes one alert is decided in the transaction that writes it, behind whoever writes at the time.
    """

    def __init__(self, office: Office, live: Marks) -> None:
        self._office, self._live = office, live
        self._lawful: dict[str, tuple[float, Reading | None]] = {}
        self._minute: tuple[int, Counter[str]] = (0, Counter())
        self._counting = threading.Lock()

    def feed(self, secret: str) -> Any:
        """The row of the feed with this secret. Raises NotSignedIn for a secret of none: before anything of a message
        is read."""
        return self._office.read(lambda connection: _feed(connection, secret))

    def take(self, secret: str, message: Reads) -> Taken:
        """Take a message of the feed with this secret. Raises NotSignedIn for a secret of none, and as `take_of`."""
        return self.take_of(self.feed(secret), message)

    def take_of(self, feed: Any, message: Reads) -> Taken:
        """Take a message of a feed.

        Raises BadInput for more reads than one message may hold; LedgerUnavailable and StoreUnavailable, after which
        nothing was taken.
        """
        office, now = self._office, self._office.now()
        if len(message.reads) > MOST:
            hint = f"send {MOST:,} at most in one message"
            raise BadInput(f"{len(message.reads):,} reads", field="reads", hint=hint)
        codes = {read.camera for read in message.reads}
        rows = office.read(lambda connection: _named(connection, feed.id, codes, now))
        cameras = {row.code: self._camera(row, now) for row in rows if standing(row, now)}
        taken, refused = self._sorted(message.reads, cameras, now)
        keys = passages.prepared(office, {one.at for one in taken if one.camera.row.unmatched_hours})
        return self._written(feed, message, taken, refused, self._met(taken), keys, now)

    def _camera(self, row: Any, now: datetime) -> Reading | None:
        """A camera that may read now; None where the law carries it no more: then its entry ends, and its person is
        told."""
        held = self._lawful.get(row.id)
        if held is not None and held[0] > time.monotonic():
            return held[1]
        camera = lawful(self._office, row, now)
        if camera is None:
            lapse(self._office, row, now)
        self._lawful[row.id] = time.monotonic() + LAWFUL, camera
        return camera

    def _sorted(
        self, reads: Sequence[Read], cameras: dict[str, Reading | None], now: datetime
    ) -> tuple[list[_One], list[tuple[Refused, str]]]:
        """The reads that are taken, and those that are not, each with its camera's id, empty for none."""
        taken: list[_One] = []
        refused: list[tuple[Refused, str]] = []
        for read in reads:
            camera = cameras.get(read.camera)
            found = Fault.CAMERA if camera is None else self._taken(read, camera, now)
            if isinstance(found, Fault):
                refused.append((Refused(read.place, found), camera.row.id if camera else ""))
            else:
                taken.append(found)
        return taken, refused

    def _taken(self, read: Read, camera: Reading, now: datetime) -> _One | Fault:
        row, mark = camera.row, read_as(read.plate)
        if not mark:
            return Fault.PLATE
        at = now if read.time is None else read.time.in_utc(timedelta(minutes=row.offset_minutes))
        error = timedelta(seconds=row.clock_seconds)
        if clock_fault(at, now, error):
            return Fault.CLOCK
        if at + error < row.starts:
            return Fault.BEFORE
        if self._floods(row.id, now):
            return Fault.FLOOD
        others = ((read_as(each.plate), each.confidence) for each in read.candidates)
        sure = tuple((mark, sure) for mark, sure in others if mark and (sure is None or sure >= SURE))
        return _One(read, camera, mark, min(at, now), sure)

    def _floods(self, camera: str, now: datetime) -> bool:
        minute = int(now.timestamp()) // 60
        with self._counting:
            if self._minute[0] != minute:
                self._minute = minute, Counter()
            self._minute[1][camera] += 1
            return self._minute[1][camera] > A_MINUTE

    def _met(self, taken: Sequence[_One]) -> list[_Met]:
        """What these reads met: each entry that a mark, or a candidate beside it, is like."""
        marks = [one.mark for one in taken]
        owners = list(range(len(taken)))
        for number, one in enumerate(taken):
            for mark, _ in one.candidates:
                if mark != one.mark:
                    marks.append(mark)
                    owners.append(number)
        salt = seals(self._office).digest_key(self._office)
        best: dict[tuple[int, str], _Met] = {}
        for place, seen in self._live.of_marks(marks):
            number = owners[place]
            one, wanted = taken[number], read_as(seen.plate)
            like = likeness(one.mark, wanted, one.candidates, one.camera.here)
            if like is not None and (number, seen.holding) not in best:
                reason = Why(kind="plate", words=SAYS[like], worth=WEIGHT[like])
                found = hit(one.vehicle, seen.holding, seen.plate, reason, salt)
                best[number, seen.holding] = _Met(one, found, wanted, like)
        return list(best.values())

    def _written(
        self,
        feed: Any,
        message: Reads,
        taken: Sequence[_One],
        refused: Sequence[tuple[Refused, str]],
        met: Sequence[_Met],
        keys: dict[int, bytes],
        now: datetime,
    ) -> Taken:
        office = self._office
        alerts, again = self._ready(message, met, now)
        hits = {id(each.one) for each in met}
        passing = [
            Passage(one.mark, one.at, one.camera.row.number)
            for one in taken
            if one.camera.row.unmatched_hours and id(one) not in hits
        ]

        def work(connection: Connection) -> tuple[int, list[_Ready], int]:
            passages.keep(connection, keys, passing)  # what takes longest comes before the wait for others
            take_turn(connection)
            made, known = _settled(connection, alerts, again)
            counts = _counts(taken, refused, made, known)
            detail = {"met": str(len(made)), "refused": str(len(refused)), "passed": str(len(passing))}
            said = Statement(
                what=TAKEN,
                who=OfficerId(feed.person),
                when=now,
                case=feed.case_id,
                objects=(feed.id,),
                outcome=str(len(taken)),
                detail=detail,
            )
            entry = office.log.append(connection, said).index
            for each in made:
                _write_alert(office, connection, each, now)
            for alert, other in known.items():
                values = {"of_alert": alert, "more": other.reads, "now_last": other.last}
                AGAIN.change(connection, [values])
            count(connection, counts, now)
            return int(entry), made, sum(counted["repeated"] for counted in counts.values())

        entry, made, repeated = office.write(work)
        met_now = tuple(each.kept.alerts[0]["id"] for each in made)
        return Taken(len(taken), met_now, repeated, tuple(one for one, _ in refused), entry)

    def _ready(
        self, message: Reads, met: Sequence[_Met], now: datetime
    ) -> tuple[list[_Ready], dict[str, _Again]]:
        """The alerts to be made, and by their ids those that stand for these reads already.

        One vehicle at one camera makes one alert in the camera's quiet time, and another where a later read is more
        like the entry; another entry makes its own at any time."""
        fresh: dict[tuple[str, str], _Ready] = {}
        again: dict[str, _Again] = {}
        for one in sorted(met, key=lambda each: each.one.at):
            row = one.one.camera.row
            key = row.id, one.hit.holding
            made = fresh.get(key)
            if made is not None and not _louder(one.likeness, made.met.likeness):
                made.reads += 1
                made.last = max(made.last, one.one.at)
                continue
            asked = {"of_camera": row.id, "of_holding": one.hit.holding}
            before = None if made else self._office.read(lambda c, a=asked: BEFORE.first(c, a))  # type: ignore[misc]
            if before is not None and _stands_for(before, one):
                known = again.setdefault(before.alert_id, _Again(row.id, before.last))
                known.reads += 1
                known.last = max(known.last, one.one.at)
                continue
            ready = self._alert(message, one, now)
            if ready is not None:
                fresh[key] = ready
        return list(fresh.values()), again

    def _alert(self, message: Reads, met: _Met, now: datetime) -> _Ready | None:
        """An alert on one read, sealed; None where the law keeps the record from whoever keeps the camera, or it is no
        entry of a wanted vehicle."""
        office, camera = self._office, met.one.camera
        disclosed = disclose(office, camera.context, [met.hit], 1)
        told = tuple(one for one in disclosed.told if one.content.wanted is not None)
        if not told:
            return None
        look = keeping.Look(
            id=new_id("check"),
            kind="sighting",
            person=camera.row.person,
            grounds_id=camera.grounds,
            context=msgspec.structs.replace(camera.context, now=now),
            question=pack(Asked(subject=met.one.vehicle)),
            looked_up=0,
            least=0,
            origins={},
        )
        kept = keeping.ready(office, look, Disclosed(told, disclosed.cleared, 0, disclosed.kept_back))
        alert = kept.alerts[0]
        sealed = seals(office).add(alert["key"], packed(_seen(message, met)), about(alert["id"]))
        return _Ready(met, kept, sealed, met.one.at)


def _feed(connection: Connection, secret: str) -> Any:
    feed = FEED.first(connection, {"of_secret": digest_of(secret)})
    if feed is None:
        hint = "give the secret that was told when the feed was made, or make another feed"
        raise NotSignedIn("this secret is of no feed of cameras", hint=hint)
    return feed


def _named(connection: Connection, feed: str, codes: Set[str], now: datetime) -> list[Any]:
    """The cameras of a feed that have not ended: those that a message names, or all where it names many."""
    same = {"of_feed": feed, "of_now": now}
    if len(codes) > FEW:
        return CAMERAS_OF.all(connection, same)
    return [row for code in codes for row in CAMERA.all(connection, same | {"of_code": code})]


def _settled(
    connection: Connection, alerts: Sequence[_Ready], again: Mapping[str, _Again]
) -> tuple[list[_Ready], dict[str, _Again]]:
    """What is still to be made now that nobody else writes: an alert that another message, perhaps of another process,
    has made meanwhile stands for these reads as well."""
    made, known = [], {alert: replace(each) for alert, each in again.items()}
    for each in alerts:
        camera = each.met.one.camera.row.id
        before = BEFORE.first(connection, {"of_camera": camera, "of_holding": each.met.hit.holding})
        if before is None or not _stands_for(before, each.met):
            made.append(each)
            continue
        other = known.setdefault(before.alert_id, _Again(camera, before.last))
        other.reads += each.reads
        other.last = max(other.last, each.last)
    return made, known


def _stands_for(before: Any, met: _Met) -> bool:
    """Whether the last sighting at a camera stands for this read too: it is within the quiet time, and as like."""
    quiet = timedelta(seconds=met.one.camera.row.quiet_seconds)
    near = abs(met.one.at - before.last) < quiet
    return near and not _louder(met.likeness, Likeness(before.likeness))


def _louder(likeness: Likeness, than: Likeness) -> bool:
    return WEIGHT[likeness] > WEIGHT[than]


def _seen(message: Reads, met: _Met) -> Seen:
    read = met.one.read
    words = (read.vehicle.colour, read.vehicle.make, read.vehicle.kind)
    return Seen(
        raw=read.plate,
        wanted=met.hit.record.name,
        sure=read.confidence,
        candidates=tuple(Candidate(mark=each.plate, sure=each.confidence) for each in read.candidates),
        country=read.country,
        direction=read.direction,
        lane=read.lane,
        vehicle=" ".join(word for word in words if word),
        picture=_picture(message, read),
    )


def _picture(message: Reads, read: Read) -> bytes:
    """The smallest picture that came with a read: the crop of its plate, as a rule. Empty for none that may be kept."""
    found = []
    for place in read.pictures:
        try:
            found.append(message.pictures[place].content())
        except BadInput:
            continue
    return min((one for one in found if 0 < len(one) <= LARGEST_PICTURE), key=len, default=b"")


def _write_alert(office: Office, connection: Connection, ready: _Ready, now: datetime) -> None:
    """Write the check and its alert, the ledger first, and tell everybody who works on the case."""
    row, alert = ready.met.one.camera.row, ready.kept.alerts[0]
    keeping.write(office, connection, ready.kept)
    connection.execute(
        insert(SIGHTINGS).values(
            alert_id=alert["id"],
            camera_id=row.id,
            case_id=row.case_id,
            holding_id=ready.met.hit.holding,
            likeness=ready.met.likeness.value,
            at=ready.met.one.at,
            received=now,
            last=ready.last,
            reads=ready.reads,
            sealed=ready.sealed,
        )
    )
    working = [part.value for part in Part if part.works]
    people = select(MEMBERS.c.person).where(MEMBERS.c.case_id == row.case_id, MEMBERS.c.part.in_(working))
    for person in connection.execute(people).scalars():
        notices.add(connection, OfficerId(person), MET, alert["id"], now)


def _counts(
    taken: Sequence[_One],
    refused: Sequence[tuple[Refused, str]],
    alerts: Sequence[_Ready],
    again: dict[str, _Again],
) -> dict[str, Counter[str]]:
    """What is counted of each camera."""
    counts: dict[str, Counter[str]] = {}

    def of(camera: str) -> Counter[str]:
        return counts.setdefault(camera, Counter())

    for one in taken:
        of(one.camera.row.id)["reads"] += 1
    for ready in alerts:
        mine = of(ready.met.one.camera.row.id)
        mine["met"] += 1
        mine["repeated"] += ready.reads - 1
    for known in again.values():
        of(known.camera)["repeated"] += known.reads
    for fault, camera in ((each.fault, camera) for each, camera in refused if camera):
        of(camera)["refused"] += 1
        if fault.value in COUNTED:
            of(camera)[fault.value] += 1
    return counts
