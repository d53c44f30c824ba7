"""The visual zone, as a person or a reader typed it from the page, held against the machine readable one."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from liaison.formats.mrz import Document, states
from liaison.formats.mrz.transliteration import agrees
from liaison.model.dates import PartialDate
from liaison.model.text import compact
from liaison.screening.document_rules.catalogue import Finding, found

LONGEST_NAME = 200  # characters that are compared


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """What the page says; what was not typed is empty and not compared."""

    surname: str = ""
    given: str = ""
    number: str = ""
    issuer: str = ""
    nationality: str = ""
    sex: str = ""  # M, F or X
    born: PartialDate | None = None
    issued: PartialDate | None = None
    expires: PartialDate | None = None


def findings(document: Document, page: Page) -> Iterator[Finding]:
    """Where page and zone differ."""
    if page.number and compact(page.number) != document.number:
        words = f"the page has the number {page.number}, the zone {document.number}"
        yield found("page.number", words, "number")
    for field, words, day in (
        ("birth", "date of birth", page.born),
        ("expiry", "date of expiry", page.expires),
    ):
        if day and not same_day(day, document.raw(field)):
            yield found(
                "page.dates", f"the page has the {words} {day}, the zone {document.raw(field)}", field
            )
    if page.sex in ("M", "F") and document.sex and page.sex != document.sex:
        yield found("page.sex", f"the page has {page.sex}, the zone {document.sex}", "sex")
    for field, code in (("issuer", page.issuer), ("nationality", page.nationality)):
        if code and not states.same_state(code.upper(), document.raw(field)):
            yield found(
                "page.state", f"the page names {code}, the zone {document.raw(field).rstrip('<')}", field
            )
    yield from _names(document, page)


def same_day(day: PartialDate, raw: str) -> bool:
    """Whether a day may be the one of six digits of a zone; what either does not know fits."""
    parts = (f"{day.year % 100:02}", day.month and f"{day.month:02}", day.day and f"{day.day:02}")
    return all(
        not part or "<" in said or said == part
        for part, said in zip(parts, (raw[:2], raw[2:4], raw[4:]), strict=True)
    )


def _names(document: Document, page: Page) -> Iterator[Finding]:
    zone = document.names
    surname, given = page.surname[:LONGEST_NAME], page.given[:LONGEST_NAME]
    if not surname and not given:
        return
    apart = _both(agrees(surname, zone.surname, zone.cut and not zone.given) if surname else True,
                  agrees(given, zone.given, zone.cut) if given else True)  # fmt: skip
    if apart is None:
        yield found("page.script", "the names are in a script that is not compared with the zone", "names")
    elif not apart and not agrees(f"{surname} {given}", f"{zone.surname} {zone.given}", zone.cut):
        words = f"the page has {surname}, {given}; the zone {zone.surname}, {zone.given}"
        yield found("page.names", words.replace(", ;", ";").rstrip(", "), "names")


def _both(one: bool | None, two: bool | None) -> bool | None:
    return None if one is None or two is None else one and two
