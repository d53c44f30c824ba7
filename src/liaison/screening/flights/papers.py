"""What is unusual about a passenger's documents, by those rules upon documents that need no zone. Pure.

A carrier sends number, state and expiry, and no check digit: what is found is a reason to look, and nothing more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from liaison.formats.manifests.model import Passenger, TravelDocument
from liaison.formats.mrz import states
from liaison.formats.mrz.states import Kind
from liaison.model.errors import BadInput
from liaison.model.identifiers import DocumentNumber
from liaison.screening.document_rules.catalogue import Finding, found
from liaison.screening.document_rules.issuing import forms

Twice = Mapping[tuple[str, str, str], frozenset[int]]


def findings(
    documents: Iterable[TravelDocument], day: str, place: int = -1, twice: Twice | None = None
) -> tuple[Finding, ...]:
    """What is found of somebody's documents on the day of the flight; `twice` are those of several passengers, and
    `place` is whose these are."""
    return tuple(one for document in documents for one in _findings(document, day, place, twice or {}))


def shared(passengers: Iterable[Passenger]) -> Twice:
    """The documents that several passengers travel with, by kind, number and state: the places of those passengers."""
    holders: defaultdict[tuple[str, str, str], set[int]] = defaultdict(set)
    for place, one in enumerate(passengers):
        for document in one.documents:
            if document.number and document.issuer:
                holders[_same(document)].add(place)
    return {key: frozenset(places) for key, places in holders.items() if len(places) > 1}


def _same(document: TravelDocument) -> tuple[str, str, str]:
    return (document.code[:1], _number(document.number), document.issuer)


def _findings(document: TravelDocument, day: str, place: int, twice: Twice) -> Iterator[Finding]:
    if document.expires and day and document.expires < day[: len(document.expires)]:
        yield found(
            "date.expired", f"it expired on {document.expires}, before the flight on {day}", "expires"
        )
    yield from _issuer(document)
    yield from _form(document)
    others = twice.get(_same(document), frozenset()) - {place}
    if others:
        rows = ", ".join(str(each + 1) for each in sorted(others)[:5])
        yield found("seen.other-person", f"passenger {rows} of this list travels with it too", "number")


def _issuer(document: TravelDocument) -> Iterator[Finding]:
    if not document.issuer:
        return
    state = states.meaning(document.issuer)
    if state.kind is Kind.UNKNOWN:
        yield found("state.unknown", f"nobody is assigned the code {document.issuer}", "issuer")
    elif state.kind is Kind.SPECIMEN:
        yield found("state.specimen", f"{state.code} is {state.name}", "issuer")


def _form(document: TravelDocument) -> Iterator[Finding]:
    known = forms().get((document.issuer, "P"), ()) if document.code in ("P", "PP", "PN") else ()
    number = _number(document.number)
    if known and number and not any(form.pattern.fullmatch(number) for form in known):
        words = " or ".join(form.words for form in known)
        sources = "; ".join(dict.fromkeys(f"{form.source} ({form.reading})" for form in known))
        yield found(
            "number.form",
            f"numbers of {document.issuer} have {words}; this has another form",
            "number",
            sources,
        )


def _number(text: str) -> str:
    try:
        return DocumentNumber(text).text
    except BadInput:
        return ""
