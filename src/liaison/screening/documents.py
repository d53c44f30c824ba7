"""A travel document examined at the desk: its zone read, its holder checked, the lists of lost documents asked.

In order: the check of the holder with the document decides, finds and records as every check does (screening.desk);
then the document is held against the rules and against where it was seen before; that is recorded too, and only then
is anything told. The zone and the page are not kept: what stays is the check, its alerts, and a trace for some hours.

Law: a finding is a reason to look, a hit a lead (Directive (EU) 2016/680, article 11; ICAO Doc 9303, parts 3 to 7).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import isfinite, nan
from typing import Protocol

from sqlalchemy import Connection

from liaison import policy
from liaison.formats.mrz import Document, read
from liaison.ledger.statements import Statement
from liaison.model.errors import BadInput
from liaison.model.subjects import Person
from liaison.office import Office
from liaison.screening import desk, documents_seen
from liaison.screening.access import load_check
from liaison.screening.alerting import Alert
from liaison.screening.document_rules import Finding, Outcome, Page, Sighting, Trace, examined, outcome, trace
from liaison.screening.document_rules.traces import findings as contradictions
from liaison.screening.documents_rules import Listed, can_be_listed, holder, reports
from liaison.screening.records import Live, terms_of
from liaison.screening.seals import digest, seals

EXAMINED = "document-examined"
LONGEST_PLACE = 80  # characters
SAID = {Outcome.NOTHING_FOUND: "nothing-found", Outcome.LOOK_AGAIN: "look-again", Outcome.STOP: "stop"}


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown to an officer: the zone as it was scanned or typed, what the page says, where that is, and the
    grounds. Degrees are NaN where the place has none; `at` is when it was, None for now."""

    zone: str
    grounds: str
    page: Page | None = None
    place: str = ""
    latitude: float = nan
    longitude: float = nan
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Examined:
    """What an examination came to. `owners` are whom to call about a hit, `reported` the alerts that it made,
    `others` the alerts on people; `entry` is the ledger's. Nothing here says that a document is genuine."""

    document: Document
    findings: tuple[Finding, ...]
    outcome: Outcome
    listed: Listed
    owners: tuple[str, ...]
    reported: tuple[Alert, ...]
    others: tuple[Alert, ...]
    answer: desk.Answer
    entry: int


class Beside(Protocol):
    """What is written in the transactions of an examination: with the check, and with what the rules found."""

    def checked(self, connection: Connection, answer: desk.Answer) -> None:
        """Write with the check of the holder."""
        ...

    def examined(self, connection: Connection, done: Examined) -> None:
        """Write with the examination."""
        ...


def examine(
    office: Office,
    live: Live,
    actor: policy.Actor,
    shown: Shown,
    window: timedelta,
    beside: Beside | None = None,
) -> Examined:
    """Examine a document and check its holder; traces are kept and asked for within `window`, none where it is 0.
    `beside` is written with it.

    Raises BadInput with the field, NotFound for grounds that are not the person's own, Conflict, NotLawful with every
    reason, LedgerUnavailable and StoreUnavailable, after which nothing was told.
    """
    document, place = read(shown.zone), _place(shown)
    person = holder(document, shown.page, office.now().date())
    question = desk.Question(person, shown.grounds, apart=True)
    answer = desk.check(office, live, actor, question, beside.checked if beside else None)
    reported = _reported(office, person, answer)
    now = Sighting(
        document=document,
        at=min(shown.at or office.now(), office.now()),
        place=place,
        latitude=shown.latitude,
        longitude=shown.longitude,
    )
    seen = (
        trace(now, documents_seen.marker(office))
        if window and document.consistent and document.number
        else None
    )

    listed = Listed.HIT if reported else Listed.NO_HIT if can_be_listed(person) else Listed.NOT_ASKED

    def work(connection: Connection) -> Examined:
        found = _findings(connection, shown, now, seen, window)
        entry = office.log.append(
            connection, _statement(office, connection, actor, document, found, answer, listed)
        )
        if seen is not None:
            documents_seen.keep(connection, seen)
        done = Examined(
            document=document,
            findings=found,
            outcome=outcome(found),
            listed=listed,
            owners=tuple(dict.fromkeys(alert.content.owner for alert in reported if alert.content)),
            reported=reported,
            others=tuple(alert for alert in answer.alerts if alert not in reported),
            answer=answer,
            entry=entry.index,
        )
        if beside is not None:
            beside.examined(connection, done)
        return done

    return office.write(work)


def _place(shown: Shown) -> str:
    """The name of the place. Raises BadInput for one that is too long, and for degrees that no place has."""
    place = " ".join(shown.place.split())
    if len(place) > LONGEST_PLACE:
        raise BadInput(f"this has {len(place)} characters; at most {LONGEST_PLACE} are taken", field="place")
    for field, degrees, most in (("latitude", shown.latitude, 90), ("longitude", shown.longitude, 180)):
        other = shown.longitude if field == "latitude" else shown.latitude
        if isfinite(degrees) and not -most <= degrees <= most:
            raise BadInput(f"{degrees} degrees", field=field, hint=f"write -{most} to {most}")
        if isfinite(other) and not isfinite(degrees):
            raise BadInput("one number of degrees is no place", field=field, hint="give both, or none")
    return place


def _reported(office: Office, person: Person, answer: desk.Answer) -> tuple[Alert, ...]:
    """The alerts on records that report one of the documents as lost, stolen or invalid: what may be told of was
    decided when the alerts were made."""
    if not answer.alerts:
        return ()
    ids = [alert.holding for alert in answer.alerts]
    terms = office.read(lambda connection: terms_of(office, connection, ids))
    return tuple(
        alert
        for alert in answer.alerts
        if (own := terms.get(alert.holding)) and reports(own.holding, person.documents)
    )


def _findings(
    connection: Connection, shown: Shown, now: Sighting, seen: Trace | None, window: timedelta
) -> tuple[Finding, ...]:
    besides: tuple[Finding, ...] = ()
    if seen is not None:
        before = documents_seen.earlier(connection, seen.document, now.at - window)
        besides = tuple(contradictions(seen, before))
    return examined(now.document, now.at.date(), shown.page, besides=besides)


def _statement(
    office: Office,
    connection: Connection,
    actor: policy.Actor,
    document: Document,
    found: tuple[Finding, ...],
    answer: desk.Answer,
    listed: Listed,
) -> Statement:
    """What was examined, committed to by its digest, and what it came to: rules and counts, and nothing of the zone."""
    check = load_check(office, connection, actor, answer.check)
    rules = dict.fromkeys(finding.rule for finding in found)
    return Statement(
        what=EXAMINED,
        who=actor.person,
        when=office.now(),
        case=check.case_id,
        purpose=check.purpose,
        grounds=check.grounds_id,
        objects=(answer.check,),
        digest=digest(seals(office).digest_key(office), document.text.encode()),
        outcome=SAID[outcome(found)],
        detail={
            "digits": "consistent" if document.consistent else "not-consistent",
            "listed": listed.value,
            "rules": " ".join(rules),
        },
    )
