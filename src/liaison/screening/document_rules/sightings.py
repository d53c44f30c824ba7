"""A document against where, when and with whom it was seen before; the caller says what was seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from math import asin, cos, hypot, isnan, radians, sin, sqrt

import msgspec

from liaison.formats.mrz import Document, states
from liaison.screening.document_rules.catalogue import Finding, found

FASTEST = 1000.0  # km/h; airliners do 900
NEAR = 100.0  # km; within it nothing is said
CLOCKS = timedelta(minutes=10)  # by which clocks of two places may differ
ALIKE = 0.7  # share of signs in common from which names may be misreadings of one another
EARTH = 6371.0  # km


class Sighting(msgspec.Struct, frozen=True, kw_only=True):
    """A document that was seen: zone, time (UTC) and place; degrees are NaN where the place has none."""

    document: Document
    at: datetime
    place: str
    latitude: float = float("nan")
    longitude: float = float("nan")


def same_document(one: Document, two: Document) -> bool:
    """Whether state, type and number are the same, so that there is one such document."""
    return (
        one.number == two.number
        and one.code[:1] == two.code[:1]
        and states.same_state(one.issuer, two.issuer)
    )


def findings(now: Sighting, earlier: Iterable[Sighting]) -> Iterator[Finding]:
    """What earlier sightings of the same document contradict: the first of each kind."""
    others = [before for before in earlier if same_document(now.document, before.document)]
    person = next((before for before in others if not _same_person(now.document, before.document)), None)
    if person is not None:
        words = f"this document was seen with another person: {person.place}, {person.at:%d %B %Y}"
        yield found("seen.other-person", words, "number")
    dates = next(
        (before for before in others if before.document.raw("expiry") != now.document.raw("expiry")), None
    )
    if dates is not None:
        words = f"it was seen with another date of expiry: {dates.place}, {dates.at:%d %B %Y}"
        yield found("seen.other-dates", words, "expiry")
    for before in others:
        hours = (abs(now.at - before.at) + CLOCKS).total_seconds() / 3600
        far = _kilometres(now, before)
        if far > NEAR and far / hours > FASTEST:
            words = f"it was seen in {before.place}, {far:,.0f} km from here, {_apart(now.at, before.at)}"
            yield found("seen.elsewhere", words, "number")
            return


def _same_person(one: Document, two: Document) -> bool:
    """Birth is under a check digit, names are not: those may be misread, but not become others."""
    if one.raw("birth") != two.raw("birth"):
        return False
    names = (one.raw("names").strip("<"), two.raw("names").strip("<"))
    return names[0] == names[1] or SequenceMatcher(None, *names, autojunk=False).ratio() >= ALIKE


def _apart(now: datetime, before: datetime) -> str:
    minutes = round(abs(now - before).total_seconds() / 60)
    return f"{minutes // 60} h {minutes % 60} min {'earlier' if before <= now else 'later'}"


def _kilometres(one: Sighting, two: Sighting) -> float:
    """The distance on a sphere; 0 where a place has no degrees."""
    if isnan(one.latitude + one.longitude + two.latitude + two.longitude):
        return 0.0
    a, b = radians(one.latitude), radians(two.latitude)
    up, across = sin((b - a) / 2), sin(radians(two.longitude - one.longitude) / 2)
    return 2 * EARTH * asin(min(1.0, hypot(up, sqrt(max(cos(a) * cos(b), 0.0)) * across)))
