"""Dates of a document: whether they can be, how they follow one another, and for how long it may be valid."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

import msgspec

from liaison.formats.mrz import Document
from liaison.model.dates import PartialDate
from liaison.model.errors import BadInput
from liaison.screening.document_rules.catalogue import Finding, found

OLDEST = 123  # years
EXTRA = timedelta(days=280)  # what the United Kingdom added to ten years until September 2018, and some days
SLACK = timedelta(days=31)  # states count from the application, the issue or the collection
TERMS = (1, 2, 3, 5, 6, 7, 10)  # years for which passports are issued (general knowledge)
WITHOUT_END = {
    "990101",
    "991231",
}  # how identity cards without an end are written (Spain, from 70 years of age)
AGED = 70  # Regulation (EU) 2019/1157, article 4(2)(b): longer than ten years from this age


class Validity(msgspec.Struct, frozen=True):
    """For how long an issuer's documents are valid at most."""

    years: int
    child_years: int
    child_below: int  # years of age at issue; 0 where nothing is said of children
    source: str
    reading: str


@cache
def validities() -> dict[tuple[str, str], Validity]:
    """validity.tsv by state and type."""
    lines = files(__package__).joinpath("validity.tsv").read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {
        (state, kind): Validity(int(years), int(child), int(below), source, reading)
        for state, kind, years, child, below, source, reading in rows
    }


class Dates(msgspec.Struct, frozen=True):
    """The dates of a document as of a day; `issued` is known from the page alone."""

    on: date
    born: PartialDate | None
    expires: PartialDate | None
    issued: PartialDate | None = None


def dates_of(document: Document, on: date, issued: PartialDate | None) -> tuple[Dates, list[Finding]]:
    """The dates, and findings for those that are none."""
    findings, known = [], dict[str, PartialDate | None]()
    for field, read in (("birth", document.born), ("expiry", document.expires)):
        try:
            known[field] = read(on)
        except BadInput as error:
            known[field] = None
            findings.append(found(f"date.{field}", f"{error}", field))
    expires = None if _without_end(document) else known["expiry"]
    return Dates(on, known["birth"], expires, issued), findings


def order(dates: Dates) -> Iterator[Finding]:
    """Birth, issue, expiry and today in the order they must have."""
    born, issued, expires = dates.born, dates.issued, dates.expires
    if issued and issued.earliest > dates.on:
        yield found("date.future", f"it was issued on {issued}, after today", "issued")
    if born and issued and issued.latest < born.earliest:
        yield found("date.order", f"it was issued on {issued}, before its holder was born ({born})", "issued")
    if issued and expires and expires.latest <= issued.earliest:
        yield found("date.order", f"it expires on {expires}, not after its issue on {issued}", "expiry")
    elif born and expires and expires.latest < born.earliest:
        yield found("date.order", f"it expired on {expires}, before its holder was born ({born})", "expiry")
    if born and dates.on.year - born.year > OLDEST:
        yield found("date.age", f"the holder would be {dates.on.year - born.year} years old", "birth")
    if expires and expires.latest < dates.on:
        yield found("date.expired", f"it expired on {expires}", "expiry")


def duration(document: Document, dates: Dates) -> Iterator[Finding]:
    """Whether it is valid for longer than documents are, by state, type and age."""
    kind = document.code[:1]
    if dates.expires is None or kind not in "PI":
        return
    state = {"D": "DEU"}.get(document.issuer, document.issuer)
    every = validities()["*", kind]
    own = validities().get((state, kind), every)
    # a document that expires too far from today would have been issued after today
    since, said = dates.on, "from today"
    if dates.issued:
        since, said = dates.issued.earliest, f"from its issue on {dates.issued}"
    aged = dates.born is not None and since.year - dates.born.year >= AGED - 1
    if kind == "I" and aged:
        return
    if dates.expires.earliest > _after(since, every.years) + EXTRA:
        words = f"it expires on {dates.expires}, more than {every.years} years {said}"
        yield found("validity.longest" if kind == "P" else "validity.state", words, "expiry", every.source)
    elif own is not every and dates.expires.earliest > _after(since, own.years) + _slack(
        state, dates.expires
    ):
        words = f"it expires on {dates.expires}, more than {own.years} years {said}, the most of {state}"
        yield found("validity.state", words, "expiry", f"{own.source} ({own.reading})")
    else:
        yield from _of_child(own, state, since, said, dates)
        yield from _term(kind, state, dates)


def _of_child(own: Validity, state: str, since: date, said: str, dates: Dates) -> Iterator[Finding]:
    """Without a date of issue a holder who is a child today was one when it was issued."""
    if dates.born is None or dates.expires is None or not own.child_below:
        return
    child = dates.born.earliest > _after(since, -own.child_below) + SLACK
    if child and dates.expires.earliest > _after(since, own.child_years) + _slack(state, dates.expires):
        words = (
            f"it expires on {dates.expires}, more than {own.child_years} years {said}, and its holder was below"
            f" {own.child_below} when {state} issued it"
        )
        yield found("validity.child", words, "expiry", f"{own.source} ({own.reading})")


def _term(kind: str, state: str, dates: Dates) -> Iterator[Finding]:
    """Passports of a year and more are valid for whole years, some numbers of them; the British carried months."""
    issued, expires = dates.issued, dates.expires
    if kind != "P" or state == "GBR" or not (issued and expires and issued.day and expires.day):
        return
    days = expires.earliest - issued.earliest
    years = round((days.days - 10) / 365.25)
    ends = _after(issued.earliest, years) if years > 0 else issued.earliest
    usual = ends - timedelta(days=5) <= expires.earliest <= ends + SLACK and years in TERMS
    if years >= 1 and not usual:
        words = f"it is valid from {issued} to {expires}, and passports are seldom issued for such a time"
        yield found("validity.term", words, "expiry")


def _slack(state: str, expires: PartialDate) -> timedelta:
    return EXTRA if state == "GBR" and expires.year < 2030 else SLACK


def _without_end(document: Document) -> bool:
    return document.code[:1] == "I" and document.raw("expiry") in WITHOUT_END


def _after(day: date, years: int) -> date:
    """The same day so many years on; 1 March for 29 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
