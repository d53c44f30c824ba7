"""What is left of a document that was seen: pseudonyms, the time and the place; enough to know it and its holder again.

Every mark is bound to the document: the same name or birth in two documents has two marks, so that traces tell
nobody who travels together or how often a name comes. Who has not the key of the marks cannot try anything out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

import msgspec

from liaison.formats.mrz import states
from liaison.screening.document_rules.catalogue import Finding
from liaison.screening.document_rules.sightings import Sighting, contradicted

Mark = Callable[[str], bytes]  # a pseudonym of a text: keyed, and the same for the same text
MOST_NAMES, MARK = 8, 16  # names of a holder that are kept; bytes of a mark


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    """A document that was seen, as marks: of number, state and type, of its holder, of its date of expiry."""

    document: bytes
    birth: bytes
    names: tuple[bytes, ...]
    expiry: bytes
    at: datetime
    place: str
    latitude: float = float("nan")
    longitude: float = float("nan")


def trace(sighting: Sighting, mark: Mark) -> Trace:
    """What of a sighting may be kept."""
    seen, names = sighting.document, sighting.document.names
    itself = f"{states.family(seen.issuer)} {seen.code[:1]} {seen.number}"

    def bound(field: str, text: str) -> bytes:
        return mark("\x1f".join(("document", itself, field, text)))

    words = list(dict.fromkeys(f"{names.surname} {names.given}".split()))[:MOST_NAMES]
    return Trace(
        document=bound("", ""),
        birth=bound("birth", seen.raw("birth")),
        names=tuple(bound("name", word) for word in words),
        expiry=bound("expiry", seen.raw("expiry")),
        at=sighting.at,
        place=sighting.place,
        latitude=sighting.latitude,
        longitude=sighting.longitude,
    )


def findings(now: Trace, earlier: Iterable[Trace]) -> Iterator[Finding]:
    """What earlier traces of the same document contradict: the first of each kind."""
    others = [before for before in earlier if before.document == now.document]
    return contradicted(
        now, others, lambda before: _same_person(now, before), lambda before: before.expiry == now.expiry
    )


def _same_person(one: Trace, two: Trace) -> bool:
    """Birth is under a check digit, names are not: one name in common is enough, as the others may be misread."""
    both = one.names and two.names
    return one.birth == two.birth and (not both or bool({*one.names} & {*two.names}))
