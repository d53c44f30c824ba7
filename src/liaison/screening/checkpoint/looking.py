"""A scan at a checkpoint: recognised, checked as what it is, and told at once.

Each scan is a check like every other, with its entries of the ledger (screening.desk, screening.documents). That it was
taken is written in the transaction of its check: one that is sent again is told what it came to and not checked again.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zlib import crc32

from msgspec.structs import replace
from sqlalchemy import Connection

from liaison import policy
from liaison.model.errors import BadInput, LiaisonError
from liaison.model.holding import Holding
from liaison.model.subjects import Document, Vehicle
from liaison.office import Office
from liaison.screening import desk, documents
from liaison.screening.alerting import Alert
from liaison.screening.checkpoint import kept
from liaison.screening.checkpoint.recognising import Kind, Recognised, recognised
from liaison.screening.checkpoint.rules import place_of
from liaison.screening.checkpoint.verdicts import (
    TELLING,
    Order,
    Verdict,
    called,
    has_paper,
    is_quiet,
    of_document,
    of_person,
    of_thing,
    orders_of,
    worst,
)
from liaison.screening.documents_rules import holder
from liaison.screening.records import Live, terms_of

WAYS = 64  # locks that keep two requests with one scan apart; a scan has always the same


@dataclass(frozen=True, slots=True)
class Scan:
    """What a browser sends of a scan. `made` and `said` are of one that was made without the node: when, and what the
    device said. `taken` says what the text is to be taken for."""

    id: str
    text: str
    grounds: str
    place: str = ""
    taken: Kind | None = None
    made: datetime | None = None
    said: Verdict | None = None
    copy: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What a scan came to. `orders` and `call` are what is told with a match that nobody confirmed yet; `vehicles` are
    those that the records describe, to be held against the one that stands there.

    A scan that was sent before is told in outline: `doubled`, with kind, verdict, entry and whether it is quiet alone.
    `refusal` is why a further part of a scan was not checked.
    """

    kind: Kind
    verdict: Verdict
    entry: int
    recognised: Recognised | None = None
    examined: documents.Examined | None = None
    alerts: tuple[Alert, ...] = ()
    orders: tuple[Order, ...] = ()
    quiet: bool = False
    call: tuple[str, ...] = ()
    vehicles: tuple[Vehicle, ...] = ()
    doubled: bool = False
    refusal: LiaisonError | None = None


def look(office: Office, live: Live, actor: policy.Actor, scan: Scan, window: timedelta) -> tuple[Told, ...]:
    """Check what was scanned: one answer, and more where the text holds several zones or can be read in several ways.
    `window` as for documents.

    Raises BadInput with the field; NotFound for grounds that are not the person's own; Conflict, NotLawful with every
    reason; LedgerUnavailable and StoreUnavailable, after which nothing was told.
    """
    place = place_of(scan.place)
    with _alone(actor.person, scan.id):
        before = office.read(lambda connection: kept.known(connection, actor.person, scan.id))
        outlines = {row.part: _outline(row) for row in before}
        try:
            found = _readings(scan, office.now().date())
        except BadInput:
            if not outlines:
                raise
            return tuple(outlines.values())
        told = list[Told]()
        for part, one in enumerate(found):
            if part in outlines:
                told.append(outlines[part])
                continue
            try:
                told.append(_Part(office, live, actor, scan, place, part, one).told(window))
            except LiaisonError as error:
                if part == 0:
                    raise
                told.append(Told(one.kind, Verdict.LOOK, 0, one, refusal=error))
        return tuple(told)


def _readings(scan: Scan, today: date) -> tuple[Recognised, ...]:
    """What a text holds, and where nobody said what it is, all that it could be as well: a mark of no known form is
    told from a document's number by nothing, and a match must not hang on the guess. Raises BadInput."""
    found = recognised(scan.text, today, scan.taken)
    if scan.taken is not None:
        return found
    others = [each for one in found for kind in one.otherwise for each in recognised(scan.text, today, kind)]
    return tuple(replace(one, otherwise=()) for one in (*found, *others))


class _Part:
    """One scan of a text: its check, and the row that says that it was taken."""

    def __init__(
        self,
        office: Office,
        live: Live,
        actor: policy.Actor,
        scan: Scan,
        place: str,
        part: int,
        one: Recognised,
    ) -> None:
        self.office, self.live, self.actor = office, live, actor
        self.scan, self.place, self.part, self.one = scan, place, part, one
        self.ordered = Ordered()
        self.same = frozenset[str]()  # records that have the very document

    def told(self, window: timedelta) -> Told:
        """Check it. Raises what screening.desk.check and screening.documents.examine raise."""
        zone, subject = self.one.zone, self.one.subject
        if zone is not None:
            shown = documents.Shown(zone.text, self.scan.grounds, place=self.place, at=self.scan.made)
            done = documents.examine(self.office, self.live, self.actor, shown, window, self)
            return self._told(self.verdict_examined(done), done.entry, (*done.reported, *done.others), done)
        assert subject is not None
        question = desk.Question(subject, self.scan.grounds, apart=True)
        answer = desk.check(self.office, self.live, self.actor, question, self.checked)
        return self._told(self.verdict(answer), answer.entry, answer.alerts, None)

    def checked(self, connection: Connection, answer: desk.Answer) -> None:
        """Keep that the scan was taken, in the transaction of its check."""
        scan, settled = self.scan, self.one.zone is None
        held = _held(self.office, connection, answer.alerts)
        self.ordered = _ordered(self.office, held)
        papers = self._papers()
        self.same = frozenset(id for id, holding in held.items() if has_paper(holding, papers))
        row = kept.row_of(
            self.actor.person,
            scan.id,
            self.part,
            at=answer.at,
            place=self.place,
            kind=self.one.kind.value,
            verdict=self.verdict(answer).value if settled else "",
            check=answer.check,
            quiet=self.ordered.quiet,
            entry=answer.entry,
            copy=scan.copy,
            made=scan.made,
            said=scan.said.value if scan.said else "",
        )
        kept.keep(connection, row)

    def examined(self, connection: Connection, done: documents.Examined) -> None:
        """Keep what the rules of documents found."""
        verdict = self.verdict_examined(done).value
        kept.settle(connection, self.actor.person, self.scan.id, self.part, verdict, done.entry)

    def verdict(self, answer: desk.Answer) -> Verdict:
        """What a check came to."""
        if self.one.kind in (Kind.PLATE, Kind.VEHICLE_NUMBER):
            return of_thing(alert.score for alert in answer.alerts)
        return of_person(
            (alert.content.reasons, alert.holding in self.same) for alert in answer.alerts if alert.content
        )

    def verdict_examined(self, done: documents.Examined) -> Verdict:
        """What an examination came to."""
        rules = [finding.rule for finding in done.findings]
        return of_document(done.outcome, rules, bool(done.reported), self.verdict(done.answer))

    def _papers(self) -> tuple[Document, ...]:
        """The documents that are asked about."""
        if self.one.zone is not None:
            return holder(self.one.zone, None, self.office.now().date()).documents
        return (self.one.subject,) if isinstance(self.one.subject, Document) else ()

    def _told(
        self,
        verdict: Verdict,
        entry: int,
        alerts: tuple[Alert, ...],
        done: documents.Examined | None,
    ) -> Told:
        said = self.ordered
        return Told(
            self.one.kind,
            verdict,
            entry,
            self.one,
            done,
            alerts,
            said.orders,
            said.quiet,
            said.call,
            said.vehicles,
        )


@dataclass(frozen=True, slots=True)
class Ordered:
    """What is told with matches that nobody confirmed yet, whether nothing may show, whom to call, and which vehicles
    the records describe."""

    orders: tuple[Order, ...] = ()
    quiet: bool = False
    call: tuple[str, ...] = ()
    vehicles: tuple[Vehicle, ...] = ()


def _held(office: Office, connection: Connection, alerts: Sequence[Alert]) -> dict[str, Holding]:
    """The records that match, as they are now, by their ids."""
    if not alerts:
        return {}
    ids = list(dict.fromkeys(alert.holding for alert in alerts))
    terms = terms_of(office, connection, ids)
    return {one: terms[one].holding for one in ids if one in terms}


def _ordered(office: Office, held: Mapping[str, Holding]) -> Ordered:
    """What is told with these matches. That the records may be told of was decided when the alerts were made."""
    allowed = policy.limits(office.regimes).instructions
    orders = {order for one in held.values() for order in orders_of(one, allowed)}
    return Ordered(
        tuple(sorted(orders, key=TELLING.index)),
        any(is_quiet(one) for one in held.values()),
        tuple(dict.fromkeys(called(one) for one in held.values())),
        tuple(one.subject for one in held.values() if isinstance(one.subject, Vehicle)),
    )


def _outline(row: Any) -> Told:
    """What is left of a scan that was sent before. One whose rules never spoke is looked at again by the officer."""
    verdict = Verdict(row.verdict) if row.verdict else Verdict.LOOK
    kind, entry = Kind(row.kind), int(row.entry)
    return Told(kind, verdict, entry, quiet=bool(row.quiet), doubled=True)


def summed(told: Sequence[Told]) -> Verdict:
    """The verdict on the whole of a scan."""
    return worst(one.verdict for one in told)


_LOCKS = [threading.Lock() for _ in range(WAYS)]


@contextmanager
def _alone(person: str, scan: str) -> Iterator[None]:
    """While one request works on a scan, another with the same waits; a node is one process (node.lock)."""
    with _LOCKS[crc32(f"{person}\n{scan}".encode()) % WAYS]:
        yield
