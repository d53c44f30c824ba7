"""A document against where, when and with whom it was seen before; the caller says what was seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from math import asin, cos, hypot, isnan, radians, sin, sqrt
from typing import Protocol, TypeVar

import msgspec

from liaison.formats.mrz import Document, states
from liaison.screening.document_rules.catalogue import Finding, found

FASTEST = 1000.0  # km/h; airliners do 900
NEAR = 100.0  # km; within it nothing is said
CLOCKS = timedelta(minutes=10)  # by which clocks of two places may differ
ALIKE = 0.7  # share of signs in common from which names may be misreadings of one another
EARTH = 6371.0  # km


class Where(Protocol):
    """When and where a document was seen: UTC, the name of the place, degrees that are NaN where it has none."""

    @property
    def at(self) -> datetime:
        """When."""
        ...

    @property
    def place(self) -> str:
        """What the place is called; empty where nobody said."""
        ...

    @property
    def latitude(self) -> float:
        """Degrees north."""
        ...

    @property
    def longitude(self) -> float:
        """Degrees east."""
        ...


Seen = TypeVar("Seen", bound=Where)


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
    expiry = now.document.raw("expiry")
    return contradicted(
        now,
        others,
        lambda before: _same_person(now.document, before.document),
        lambda before: before.document.raw("expiry") == expiry,
    )


def contradicted(
    now: Seen, others: Sequence[Seen], same_person: Callable[[Seen], bool], same_dates: Callable[[Seen], bool]
) -> Iterator[Finding]:
    """What sightings of one document contradict, the first of each kind: two people, two dates, two places."""
    person = next((before for before in others if not same_person(before)), None)
    if person is not None:
        yield found(
            "seen.other-person", f"this document was seen with another person: {_where(person)}", "number"
        )
    dates = next((before for before in others if not same_dates(before)), None)
    if dates is not None:
        yield found("seen.other-dates", f"it was seen with another date of expiry: {_where(dates)}", "expiry")
    yield from _elsewhere(now, others)


def _elsewhere(now: Seen, others: Sequence[Seen]) -> Iterator[Finding]:
    """Too far away for the time between; without degrees of both places, that it was in another one at all."""
    for before in others:
        hours = (abs(now.at - before.at) + CLOCKS).total_seconds() / 3600
        far = _kilometres(now, before)
        if far is not None and far > NEAR and far / hours > FASTEST:
            words = f"it was seen in {before.place or 'a place'}, {far:,.0f} km from here, {_apart(now.at, before.at)}"
            yield found("seen.elsewhere", words, "number")
            return
    for before in others:
        named = now.place and before.place and now.place.casefold() != before.place.casefold()
        if named and _kilometres(now, before) is None:
            words = (
                f"it was seen in {before.place}, {_apart(now.at, before.at)}; ask how its holder came here"
            )
            yield found("seen.another-place", words, "number")
            return


def _where(before: Where) -> str:
    return f"{before.place}, {before.at:%d %B %Y}" if before.place else f"{before.at:%d %B %Y}"


def _same_person(one: Document, two: Document) -> bool:
    """Birth is under a check digit, names are not: those may be misread, but not become others."""
    if one.raw("birth") != two.raw("birth"):
        return False
    names = (one.raw("names").strip("<"), two.raw("names").strip("<"))
    return names[0] == names[1] or SequenceMatcher(None, *names, autojunk=False).ratio() >= ALIKE


def _apart(now: datetime, before: datetime) -> str:
    minutes = round(abs(now - before).total_seconds() / 60)
    return f"{minutes // 60} h {minutes % 60} min {'earlier' if before <= now else 'later'}"


def _kilometres(one: Where, two: Where) -> float | None:
    """The distance on a sphere; None where a place has no degrees."""
    if isnan(one.latitude + one.longitude + two.latitude + two.longitude):
        return None
    a, b = radians(one.latitude), radians(two.latitude)
    up, across = sin((b - a) / 2), sin(radians(two.longitude - one.longitude) / 2)
    return 2 * EARTH * asin(min(1.0, hypot(up, sqrt(max(cos(a) * cos(b), 0.0)) * across)))
