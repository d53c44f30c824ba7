"""What drones, boats and teams send, taken: places are kept until they are stale, people in need are told to rescue.

One entry of the ledger tells of a hand-over. A message that cannot be taken is counted by its fault, and the others of
the hand-over are taken. Nothing of a message is logged.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select

from liaison import policy
from liaison.formats.tracks import Sighting, Track
from liaison.formats.tracks.cot_stream import Refusal
from liaison.formats.tracks.opening import Found
from liaison.ledger.statements import Statement
from liaison.model.categories import OfficerId
from liaison.model.errors import NotSignedIn
from liaison.office import Office
from liaison.sensors import patrols, rescue, tracks
from liaison.sensors.register import digest_of, standing
from liaison.sensors.rules import (
    A_MINUTE,
    MOST_OPEN,
    MOST_TRACKS,
    PEOPLE_A_MINUTE,
    Fault,
    counts_until,
    fault_of,
    need_fault,
)
from liaison.sensors.tallies import count
from liaison.storage.tables.sensors import FEEDS

TAKEN = "sensor-messages-taken"


@dataclass(frozen=True, slots=True)
class NotTaken:
    """A message that was not taken: its number in the hand-over from 1, why, and what the reader says of it."""

    number: int
    fault: Fault
    words: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a hand-over: places, sightings of people (their ids), messages that are neither, and what was
    refused."""

    tracks: int
    people: tuple[str, ...]
    ignored: int
    refused: tuple[NotTaken, ...]
    entry: int

    @property
    def floods(self) -> bool:
        """Whether the feed sends too much."""
        return any(one.fault is Fault.FLOOD for one in self.refused)


@dataclass(slots=True)
class _Sorted:
    placed: list[tuple[Track, datetime]] = field(default_factory=list)
    seen: list[tuple[int, Sighting]] = field(default_factory=list)
    refused: list[NotTaken] = field(default_factory=list)
    ignored: int = 0


class Intake:
    """Where messages come in. One for a node; threads may share it."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._minute: tuple[int, Counter[tuple[str, bool]]] = (0, Counter())
        self._lock = threading.Lock()  # of what is counted in a minute

    def by_secret(self, secret: str) -> str:
        """The feed of a secret. Raises NotSignedIn for one of none that stands."""
        return self._feed(FEEDS.c.secret == digest_of(secret))

    def by_certificate(self, digest: bytes) -> str:
        """The feed of a certificate, by its SHA-256. Raises NotSignedIn for one of none that stands."""
        return self._feed(FEEDS.c.certificate == digest)

    def take(self, feed: str, found: Sequence[Found], certificate: bytes | None = None) -> Taken:
        """Take a hand-over of a feed, over a connection that stands on this `certificate`. Raises NotSignedIn where its
        entry stands no more, or another certificate was made since; LedgerUnavailable and StoreUnavailable, after
        which nothing was taken."""
        office, now = self._office, self._office.now()
        kept = self._sorted(feed, found, now)

        def work(connection: Connection) -> Taken:
            row = connection.execute(select(FEEDS).where(FEEDS.c.id == feed)).first()
            if row is None or not standing(row, now) or certificate not in (None, row.certificate):
                raise _unknown()
            return self._written(connection, row, kept, now)

        return office.write(work)

    def _written(self, connection: Connection, feed: Row[Any], kept: _Sorted, now: datetime) -> Taken:
        office, refused = self._office, list(kept.refused)
        seen, over = tracks.keep(connection, feed.id, kept.placed, now, MOST_TRACKS)
        patrols.keep(connection, seen)
        refused += [NotTaken(0, Fault.FLOOD)] * over
        told = list[str]()
        for number, sighting in kept.seen:
            wanted = rescue.tell(office, connection, feed, sighting, now, MOST_OPEN)
            if wanted is None:
                refused.append(NotTaken(number, Fault.FLOOD))
            else:
                told.append(wanted)
        counted = Counter({"tracks": len(kept.placed) - over, "people": len(told), "ignored": kept.ignored})
        counted.update(one.fault.value for one in refused)
        counted["refused"] = len(refused)
        detail = {"people": str(len(told)), "refused": str(len(refused))}
        said = Statement(
            what=TAKEN,
            who=OfficerId(feed.person),
            when=now,
            objects=(feed.id,),
            outcome=str(counted["tracks"]),
            detail=detail,
        )
        entry = office.log.append(connection, said).index
        count(connection, feed.id, counted, now)
        return Taken(counted["tracks"], tuple(told), kept.ignored, tuple(refused), int(entry))

    def _sorted(self, feed: str, found: Sequence[Found], now: datetime) -> _Sorted:
        kept, most = _Sorted(), timedelta(minutes=policy.limits(self._office.regimes).track_minutes)
        for number, each in enumerate(found, 1):
            if self._floods(feed, each, now):
                kept.refused.append(NotTaken(number, Fault.FLOOD))
            elif isinstance(each, Refusal):
                kept.refused.append(NotTaken(number, fault_of(each), each.words, each.hint))
            else:
                _sort(kept, number, each, now, most)
        return kept

    def _floods(self, feed: str, each: Found, now: datetime) -> bool:
        """Whether a feed has sent too much in this minute. People in need have a bound of their own: no number of
        places keeps rescue from hearing of them."""
        people = 0 if isinstance(each, Refusal) else len(each.sightings)
        messages = people or (1 if isinstance(each, Refusal) else max(1, len(each.tracks)))
        minute, counted = int(now.timestamp()) // 60, (feed, people > 0)
        with self._lock:
            if self._minute[0] != minute:
                self._minute = minute, Counter()
            self._minute[1][counted] += messages
            return self._minute[1][counted] > (PEOPLE_A_MINUTE if people else A_MINUTE)

    def _feed(self, chosen: ColumnElement[bool]) -> str:
        row = self._office.read(lambda connection: connection.execute(select(FEEDS).where(chosen)).first())
        if row is None or not standing(row, self._office.now()):
            raise _unknown()
        return str(row.id)


def _sort(kept: _Sorted, number: int, report: Any, now: datetime, most: timedelta) -> None:
    for track in report.tracks:
        until = counts_until(track, now, most)
        if isinstance(until, Fault):
            kept.refused.append(NotTaken(number, until))
        else:
            kept.placed.append((track, until))
    for sighting in report.sightings:
        if fault := need_fault(sighting.time, now):
            kept.refused.append(NotTaken(number, fault))
        else:
            kept.seen.append((number, sighting))
    kept.ignored += not (report.tracks or report.sightings)


def _unknown() -> NotSignedIn:
    hint = "register it, or have its entry renewed; a secret and a certificate are those that were told last"
    return NotSignedIn("this is of no drone, boat or team whose entry stands", hint=hint)
