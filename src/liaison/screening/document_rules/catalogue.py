"""Every rule upon documents: what it looks at, where it comes from, how grave its findings are."""

from __future__ import annotations

from enum import Enum

import msgspec

ICAO = "ICAO Doc 9303"


class Severity(Enum):
    """How grave a finding is."""

    NOTE = "to be known"
    UNUSUAL = "look again"
    CONTRADICTION = "does not fit together"


class Rule(msgspec.Struct, frozen=True):
    """A rule; a finding may name a nearer source, as the row of a table."""

    id: str
    severity: Severity
    words: str
    source: str


class Finding(msgspec.Struct, frozen=True):
    """What a rule found, in words, and its source."""

    rule: str
    severity: Severity
    words: str
    source: str
    field: str = ""


_C, _U, _N = Severity.CONTRADICTION, Severity.UNUSUAL, Severity.NOTE
RULES = {
    rule.id: rule
    for rule in (
        Rule("zone.check-digit", _C, "a check digit does not agree with what it covers", f"{ICAO}-3, 4.9"),
        Rule("zone.sign", _C, "a sign is not of the type of its field", f"{ICAO}-3, 4"),
        Rule("zone.names", _U, "the names break the filler rules", f"{ICAO}-3, 4.6"),
        Rule("zone.code", _U, "the document code is not one of this size of document", f"{ICAO}-4 to -7"),
        Rule("date.birth", _C, "the date of birth is no day of any calendar", f"{ICAO}-3, 4.8"),
        Rule("date.expiry", _C, "the date of expiry is no day of any calendar", f"{ICAO}-3, 4.8"),
        Rule(
            "date.order",
            _C,
            "birth, issue and expiry do not follow one another",
            "they can come in one order only",
        ),
        Rule("date.future", _C, "it was issued, or its holder born, after today", "they lie in the past"),
        Rule(
            "date.age",
            _U,
            "the holder would be older than anybody known",
            "the oldest known person reached 122",
        ),
        Rule("date.expired", _N, "the document has expired", "the date of expiry itself"),
        Rule("validity.longest", _C, "it is valid for longer than any state issues", "validity.tsv"),
        Rule("validity.state", _U, "it is valid for longer than its issuer issues", "validity.tsv"),
        Rule(
            "validity.child", _U, "it is valid for longer than its issuer issues to a child", "validity.tsv"
        ),
        Rule(
            "validity.term",
            _U,
            "it is valid for a time for which passports are seldom issued",
            "validity.py, TERMS",
        ),
        Rule("state.unknown", _C, "nobody is assigned the issuer's code", f"{ICAO}-3, 5"),
        Rule(
            "state.printed",
            _U,
            "the issuer's code is not its own, though some of its documents bear it",
            f"{ICAO}-3, 5",
        ),
        Rule(
            "state.retired", _C, "the issuer's code was no longer assigned when it was issued", "ISO 3166-3"
        ),
        Rule("state.specimen", _C, "the issuer's code is that of specimens", f"{ICAO}-3, 5"),
        Rule(
            "state.no-issuer", _C, "the code is that of a person's status and issues nothing", f"{ICAO}-3, 5"
        ),
        Rule("nationality.unknown", _U, "nobody is assigned the code of nationality", f"{ICAO}-3, 5"),
        Rule("nationality.issuer", _U, "a passport of one state for a national of another", f"{ICAO}-4"),
        Rule("number.form", _U, "the number has not the form that the issuer's numbers have", "numbers.tsv"),
        Rule(
            "personal.digit",
            _U,
            "the check digit of the personal number does not agree",
            "the state's public formula",
        ),
        Rule(
            "personal.birth",
            _C,
            "the personal number says another date of birth",
            "the state's public formula",
        ),
        Rule(
            "personal.birth-unusual",
            _U,
            "the personal number says another date of birth, as some do lawfully",
            "the state's public formula",
        ),
        Rule("personal.sex", _U, "the personal number says another sex", "the state's public formula"),
        Rule(
            "page.number",
            _C,
            "page and zone have different numbers",
            f"{ICAO}-3, 4.1: the zone repeats the page",
        ),
        Rule(
            "page.dates",
            _C,
            "page and zone have different dates",
            f"{ICAO}-3, 4.1: the zone repeats the page",
        ),
        Rule(
            "page.sex", _C, "page and zone have different sexes", f"{ICAO}-3, 4.1: the zone repeats the page"
        ),
        Rule(
            "page.state",
            _C,
            "page and zone name different states",
            f"{ICAO}-3, 4.1: the zone repeats the page",
        ),
        Rule("page.names", _C, "page and zone have different names", f"{ICAO}-3, 6: transliterations"),
        Rule("page.script", _N, "the page's names are in a script that is not compared", f"{ICAO}-3, 6"),
        Rule(
            "seen.other-person",
            _C,
            "a document of this number was seen with another person",
            "earlier sightings",
        ),
        Rule(
            "seen.other-dates", _C, "this document was seen with another date of expiry", "earlier sightings"
        ),
        Rule("seen.elsewhere", _C, "it was seen too far away for the time between", "earlier sightings"),
        Rule("seen.another-place", _N, "it was seen in another place a short time ago", "earlier sightings"),
    )
}


def found(rule: str, words: str, field: str = "", source: str = "") -> Finding:
    """A finding of a rule."""
    kept = RULES[rule]
    return Finding(rule, kept.severity, words, source or kept.source, field)
