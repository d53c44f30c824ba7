"""Every rule asked about one document, and what their findings come to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from enum import Enum

from liaison.formats.mrz import Document
from liaison.formats.mrz.digits import MISFIT
from liaison.formats.mrz.document import CheckResult
from liaison.screening.document_rules import issuing, page, personal, sightings, validity
from liaison.screening.document_rules.catalogue import Finding, Severity, found
from liaison.screening.document_rules.page import Page
from liaison.screening.document_rules.sightings import Sighting

NEVER_SAID = (
    "Check digits and rules find slips and contradictions. A document without any is not thereby genuine."
)


SIGN = (
    "a sign is of another type than its field, as a letter where a digit should stand: it was misread, or the document "
    "was altered; read the zone again"
)


class Outcome(Enum):
    """What findings come to, in words; none of them says that a document is genuine."""

    NOTHING_FOUND = "nothing was found against it"
    LOOK_AGAIN = "something is unusual: look again"
    STOP = "it does not hold together: have it examined"


def examined(
    document: Document,
    on: date,
    seen: Page | None = None,
    *,
    now: Sighting | None = None,
    earlier: Iterable[Sighting] = (),
    besides: Iterable[Finding] = (),
) -> tuple[Finding, ...]:
    """What is found against a document on a day, the gravest first.

    `seen` is what the page says, `now` where and when the document is looked at, `earlier` where it was before;
    `besides` are findings that were made elsewhere, as upon traces.
    """
    gathered = [*_zone(document), *issuing.code(document)]
    dates, impossible = validity.dates_of(document, on, seen.issued if seen else None)
    if seen and seen.born and page.same_day(seen.born, document.raw("birth")):
        dates = validity.Dates(on, seen.born, dates.expires, dates.issued)  # the page writes the century
    gathered += [*impossible, *validity.order(dates), *validity.duration(document, dates)]
    gathered += [*issuing.issuer(document, dates), *issuing.nationality(document), *issuing.number(document)]
    gathered += personal.findings(document)
    if seen is not None:
        gathered += page.findings(document, seen)
    if now is not None:
        gathered += sightings.findings(now, earlier)
    gathered += besides
    return tuple(sorted(gathered, key=lambda finding: -list(Severity).index(finding.severity)))


def outcome(findings: Iterable[Finding]) -> Outcome:
    """A contradiction stops; so do two different things that are unusual; one of them asks for a second look."""
    kept = list(findings)
    unusual = {finding.rule for finding in kept if finding.severity is Severity.UNUSUAL}
    if len(unusual) > 1 or any(finding.severity is Severity.CONTRADICTION for finding in kept):
        return Outcome.STOP
    return Outcome.LOOK_AGAIN if unusual else Outcome.NOTHING_FOUND


def _zone(document: Document) -> Iterator[Finding]:
    if not document.consistent:
        for check in document.checks():
            if not check.agrees:
                yield found("zone.check-digit", _disagrees(check), check.field)
    if document.bits & MISFIT:
        yield found("zone.sign", SIGN, "")
    if any(doubt.kind == "names" for doubt in document.doubts):
        yield found("zone.names", "the names break the filler rules", "names")


def _disagrees(check: CheckResult) -> str:
    """Which check digit does not agree, what that means and what to do."""
    whole = "the zone as a whole: " if check.field == "composite_check" else ""
    return (
        f"the check digit over {whole}{check.covers} is {check.stands} and should be {check.computed}; a sign was "
        "misread, or the document was altered: read the zone again"
    )
