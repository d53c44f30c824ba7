"""An examined document as pages and the API show it: fields, check digits, findings in words with their sources."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

import msgspec

from liaison.formats.mrz import Document
from liaison.formats.mrz.alternatives import numbers
from liaison.formats.mrz.states import meaning
from liaison.holdings.countries import nationalities
from liaison.matching.columns import country_name
from liaison.model.dates import PartialDate
from liaison.model.errors import BadInput
from liaison.screening.document_rules import RULES, Finding, Outcome, Page, Severity
from liaison.screening.document_rules.examining import NEVER_SAID
from liaison.screening.documents import SAID, Examined
from liaison.screening.documents_rules import Listed
from liaison.web.alerts import AlertOut, alert_out
from liaison.web.context import Visit
from liaison.web.language import later

LONGEST = 200  # characters of a name
PRINTED = re.compile(r"(\d{1,2})[./ -](\d{1,2})[./ -](\d{4})", re.ASCII)  # day first: ICAO Doc 9303-3, 4.8
FIELDS = {
    "code": later("Kind of document"),
    "issuer": later("Issued by"),
    "number": later("Number"),
    "names": later("Names"),
    "nationality": later("Nationality"),
    "birth": later("Born"),
    "sex": later("Sex"),
    "expiry": later("Expires"),
    "optional": later("Optional data"),
    "optional_2": later("More optional data"),
}
CHECKS = {
    "number_check": later("Number"),
    "birth_check": later("Born"),
    "expiry_check": later("Expires"),
    "optional_check": later("Optional data"),
    "composite_check": later("All of these together"),
}
LAYOUTS = {
    "TD1": later("card of three lines"),
    "TD2": later("card of two lines"),
    "TD3": later("passport"),
    "MRV-A": later("visa, large"),
    "MRV-B": later("visa, small"),
}
OUTCOMES = {  # words, kind of notice
    Outcome.NOTHING_FOUND: (later("Nothing was found against it"), "info"),
    Outcome.LOOK_AGAIN: (later("Something is unusual: look again"), "warn"),
    Outcome.STOP: (later("It does not hold together: have it examined"), "bad"),
}
NO_MEASURE = later("A finding is a reason to look, and no grounds for a measure.")
NOTHING_MORE = later("No rule found anything")
REPORTED = later("Reported lost, stolen or invalid")
SEVERITIES = {  # words, tone, picture
    Severity.NOTE: (later("to be known"), "info", "notice"),
    Severity.UNUSUAL: (later("look again"), "warn", "warning"),
    Severity.CONTRADICTION: (later("does not fit together"), "bad", "stop"),
}
DIGIT, ALTERED = "zone.check-digit", ("zone.check-digit", "zone.sign")
DISAGREES = later("the check digit does not agree: %(covers)s")
WHOLE = later("the zone as a whole")
MISREAD = later("misread or altered")
STAYS = later("If it stays so, compare it with the page sign by sign, and have the document examined.")
Short = Annotated[str, msgspec.Meta(max_length=80)]
Name = Annotated[str, msgspec.Meta(max_length=LONGEST)]


class PageIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the page of a document says; what was not typed is empty and not compared. Dates as 2031-06-01."""

    surname: Name = ""
    given: Name = ""
    number: Short = ""
    issuer: Short = ""
    nationality: Short = ""
    sex: Annotated[str, msgspec.Meta(max_length=1)] = ""
    born: Short = ""
    issued: Short = ""
    expires: Short = ""


class FieldOut(msgspec.Struct, frozen=True):
    """A field of the zone: as it stands there, what it means, and its place, counted from 1."""

    name: str
    text: str
    meaning: str
    line: int
    column: int


class DigitOut(msgspec.Struct, frozen=True):
    """One check digit, what it covers, and whether it agrees."""

    field: str
    covers: str
    stands: str
    computed: str
    agrees: bool
    line: int
    column: int


class DoubtOut(msgspec.Struct, frozen=True):
    """What was read otherwise than it stood there, or was not as it should be; a line of 0 is the whole zone."""

    kind: str
    words: str
    field: str
    line: int
    column: int


class FindingOut(msgspec.Struct, frozen=True):
    """What a rule found, in words, and its source. `severity` is note, unusual or contradiction."""

    rule: str
    severity: str
    words: str
    source: str
    field: str


class ReportedOut(msgspec.Struct, frozen=True):
    """A hit among lost and stolen documents: the alert that a trained person decides upon, and whom to call."""

    alert: str
    call: str


class ExaminationOut(msgspec.Struct, frozen=True, kw_only=True):
    """What an examination came to. `consistent` is what check digits can tell, and never that a document is genuine.

    `outcome` is nothing-found, look-again or stop. `listed` is hit, no-hit or not-asked; no hit does not show that the
    document was reported nowhere. `alerts` are on people who may be the holder. `entry` is the place in the ledger.
    """

    check: str
    entry: int
    layout: str
    consistent: bool
    number: str
    fields: list[FieldOut]
    digits: list[DigitOut]
    doubts: list[DoubtOut]
    other_numbers: tuple[str, ...]
    findings: list[FindingOut]
    outcome: str
    listed: str
    reported: list[ReportedOut]
    alerts: list[AlertOut]
    cleared: int
    withheld: int
    notices: tuple[str, ...]


def examination_out(done: Examined, on: date) -> ExaminationOut:
    """An examination as the API tells it."""
    document, answer = done.document, done.answer
    return ExaminationOut(
        check=answer.check,
        entry=done.entry,
        layout=document.layout.name,
        consistent=document.consistent,
        number=document.number,
        fields=fields_of(document, on),
        digits=[
            DigitOut(one.field, one.covers, one.stands, one.computed, one.agrees, one.line, one.column)
            for one in document.checks()
        ],
        doubts=[DoubtOut(one.kind, one.words, one.field, one.line, one.column) for one in document.doubts],
        other_numbers=numbers(document),
        findings=[
            FindingOut(one.rule, one.severity.name.lower(), one.words, one.source, one.field)
            for one in done.findings
        ],
        outcome=SAID[done.outcome],
        listed=done.listed.value,
        reported=[
            ReportedOut(alert.id, alert.content.owner if alert.content else "") for alert in done.reported
        ],
        alerts=[alert_out(alert) for alert in done.others],
        cleared=answer.cleared,
        withheld=answer.withheld,
        notices=answer.notices,
    )


def said_of(visit: Visit, done: Examined) -> tuple[str, str, str, str]:
    """The heading of the answer; title, kind and text of the notice below it. A hit goes before all rules."""
    words, kind = OUTCOMES[done.outcome]
    sound = done.outcome is Outcome.NOTHING_FOUND
    text = visit.say(NEVER_SAID if sound else NO_MEASURE)
    if done.listed is Listed.HIT:
        return visit.say(REPORTED), visit.say(NOTHING_MORE if sound else words), kind, text
    return visit.say(words), "", kind, text


def fields_of(document: Document, on: date) -> list[FieldOut]:
    """The fields of a zone but for its check digits, with what each means as of a day."""
    return [
        FieldOut(one.name, one.text, _means(document, one.name, on), one.line, one.column)
        for one in document.fields()
        if one.name in FIELDS
    ]


def field_rows(visit: Visit, document: Document, on: date) -> list[tuple[str, str, str]]:
    """The fields as a page shows them: label, as it stands in the zone without fillers at its end, what it means."""
    return [
        (visit.say(FIELDS[one.name]), one.text.rstrip("<"), one.meaning) for one in fields_of(document, on)
    ]


def check_rows(visit: Visit, document: Document) -> list[tuple[str, str, str, bool]]:
    """The check digits as a page shows them: what each covers, what stands, what should (a filler may stand for 0),
    whether they agree."""
    return [
        (visit.say(CHECKS[one.field]), one.stands, one.stands if one.agrees else one.computed, one.agrees)
        for one in document.checks()
    ]


def finding_rows(visit: Visit, findings: tuple[Finding, ...]) -> list[dict[str, str]]:
    """The findings as a page shows them, each by its rule in the reader's language and as it was found; with what to
    do where a sign was misread or altered."""
    rows = []
    for one in findings:
        words, tone, picture = SEVERITIES[one.severity]
        altered = one.rule in ALTERED
        rows.append(
            {
                "rule": _rule(visit, one),
                "words": one.words,
                "source": one.source,
                "advice": visit.say(STAYS) if altered else "",
                "severity": visit.say(MISREAD if altered else words),
                "tone": tone,
                "picture": picture,
            }
        )
    return rows


def _rule(visit: Visit, one: Finding) -> str:
    """The rule of a finding; of a check digit also what it covers."""
    if one.rule != DIGIT:
        return visit.say(RULES[one.rule].words)
    covers = WHOLE if one.field == "composite_check" else CHECKS[one.field]
    return visit.say(DISAGREES, covers=visit.say(covers))


def page_of(told: PageIn, prefix: str = "") -> Page | None:
    """What the page says, as the rules take it; None where nothing was typed. Raises BadInput with the field, which
    begins with `prefix`."""
    if told == PageIn():
        return None
    sex = told.sex.upper()
    if sex not in ("", "M", "F", "X"):
        raise BadInput(f"{told.sex!r} is no sex", field=f"{prefix}sex", hint="send M, F or X, or nothing")
    return Page(
        surname=told.surname,
        given=told.given,
        number=told.number,
        issuer=_state(told.issuer, f"{prefix}issuer"),
        nationality=_state(told.nationality, f"{prefix}nationality"),
        sex=sex,
        born=_day(told.born, f"{prefix}born"),
        issued=_day(told.issued, f"{prefix}issued"),
        expires=_day(told.expires, f"{prefix}expires"),
    )


def _state(text: str, field: str) -> str:
    """A code as it is printed, or the code of a country by its name. Raises BadInput."""
    if len(text) <= 3 and text.isascii() and text.replace(" ", "").isalpha():
        return text.upper()
    try:
        return next((country_name(code) for code in nationalities(text) if code), "") if text else ""
    except ValueError as error:
        raise BadInput(str(error), field=field, hint="write the code that is printed, as ALB") from error


def _day(text: str, field: str) -> PartialDate | None:
    """A date as people write it or as a page prints it, day first. Raises BadInput."""
    if not text:
        return None
    printed = PRINTED.fullmatch(text)
    try:
        if printed:
            return PartialDate.of(int(printed[3]), int(printed[2]), int(printed[1]))
        return PartialDate(text)
    except BadInput as error:
        raise BadInput(str(error), field=field, hint="write it as 2031-06-01 or 01.06.2031") from error


def _means(document: Document, field: str, on: date) -> str:
    names = document.names
    try:
        known = {
            "code": document.code,
            "issuer": meaning(document.issuer).name,
            "number": document.number,
            "names": ", ".join(part for part in (names.surname, names.given) if part),
            "nationality": meaning(document.nationality).name,
            "birth": str(document.born(on) or "") if field == "birth" else "",
            "sex": document.sex,
            "expiry": str(document.expires(on) or "") if field == "expiry" else "",
            "optional": document.optional,
            "optional_2": document.optional_2,
        }
    except BadInput:
        return ""  # a date that is none: a rule speaks of it
    return known[field]
