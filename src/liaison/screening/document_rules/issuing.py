"""Issuer, nationality, type and number of a document, by what is known of its issuer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import msgspec

from liaison.formats.mrz import Document, states
from liaison.formats.mrz.states import Kind
from liaison.screening.document_rules.catalogue import Finding, found
from liaison.screening.document_rules.validity import Dates

LONGEST = 11  # years that a document may outlive the code of its issuer
PRINTED = {
    "SI": "Slovenia",
    "XCT": "Northern Cyprus",
    "KS": "Kosovo",
    "UK": "the United Kingdom",
}  # seen in the field
CODES = {"TD1": "ACI", "TD2": "ACIP", "TD3": "P", "MRV-A": "V", "MRV-B": "V"}
ONE_CITIZENSHIP = tuple(  # issuers whose passports bear one another's codes
    set(group.split())
    for group in (
        "GBR GIB BMU CYM VGB TCA AIA MSR FLK SHN JEY GGY IMN",
        "USA ASM GUM PRI VIR MNP",
        "CHN HKG MAC TWN",
        "NLD ABW CUW SXM BES ANT",
        "FRA GLP GUF MTQ REU MYT NCL PYF WLF SPM",
        "DNK FRO GRL",
        "NZL COK NIU TKL",
    )
)


class Form(msgspec.Struct, frozen=True):
    """One form of an issuer's numbers."""

    pattern: re.Pattern[str]
    words: str
    source: str
    reading: str


@cache
def forms() -> dict[tuple[str, str], tuple[Form, ...]]:
    """numbers.tsv by state and type."""
    lines = files(__package__).joinpath("numbers.tsv").read_text("utf-8").splitlines()
    table: dict[tuple[str, str], tuple[Form, ...]] = {}
    for line in lines:
        if line and not line.startswith("#"):
            state, kind, pattern, words, source, reading = line.split("\t")
            form = Form(_compiled(pattern), words, source, reading)
            table[state, kind] = (*table.get((state, kind), ()), form)
    return table


def _compiled(pattern: str) -> re.Pattern[str]:
    """L letter, 9 digit, X either, other letters themselves; a pattern with a bracket is a regular expression."""
    if "[" in pattern:
        return re.compile(pattern)
    signs = {"L": "[A-Z]", "9": "[0-9]", "X": "[A-Z0-9]"}
    return re.compile("".join(signs.get(sign, sign) for sign in pattern))


def issuer(document: Document, dates: Dates) -> Iterator[Finding]:
    """Whether the issuer's code is one that issues, and did when the document was issued."""
    state = document.issuer_meaning
    if state.kind is Kind.UNKNOWN and document.issuer in PRINTED:
        yield found(
            "state.printed", f"{document.issuer} is not the code of {PRINTED[document.issuer]}", "issuer"
        )
    elif state.kind is Kind.UNKNOWN:
        yield found(
            "state.unknown", f"nobody is assigned the code {document.issuer or 'of fillers'}", "issuer"
        )
    elif state.kind is Kind.SPECIMEN:
        yield found("state.specimen", f"{state.code} is {state.name}", "issuer")
    elif state.kind is Kind.PERSON and state.code.startswith("XX"):
        yield found("state.no-issuer", f"{state.code} means {state.name}, which issues nothing", "issuer")
    elif state.kind is Kind.RETIRED and dates.expires and dates.expires.year > state.until + LONGEST:
        words = f"{state.code} ({state.name}) was retired in {state.until}, and it expires on {dates.expires}"
        yield found("state.retired", words, "issuer", state.source)


def nationality(document: Document) -> Iterator[Finding]:
    """Whether the nationality is assigned and, in a passport, goes with the issuer."""
    state = states.meaning(document.nationality)
    if state.kind is Kind.UNKNOWN and document.nationality not in PRINTED:
        yield found(
            "nationality.unknown", f"nobody is assigned the code {state.code or 'of fillers'}", "nationality"
        )
    both = state.kind is Kind.STATE and document.issuer_meaning.kind is Kind.STATE
    if both and document.code[:1] == "P" and not _one_citizenship(document.issuer, document.nationality):
        words = f"a passport of {document.issuer_meaning.name} for a national of {state.name}"
        yield found("nationality.issuer", words, "nationality")


def _one_citizenship(one: str, two: str) -> bool:
    return states.same_state(one, two) or any(one in group and two in group for group in ONE_CITIZENSHIP)


def code(document: Document) -> Iterator[Finding]:
    """Whether the document code is one of documents of this size."""
    if document.code[:1] not in CODES[document.layout.name]:
        words = f"{document.code} is no code of a {document.layout.words} ({document.layout.name})"
        yield found("zone.code", words, "code")


def number(document: Document) -> Iterator[Finding]:
    """Whether the number has a form that its issuer's numbers have, where the table knows them."""
    state = {"D": "DEU"}.get(document.issuer, document.issuer)
    known = forms().get((state, document.code[:1]), ())
    if document.code not in ("P", "PP", "PN") or not known:
        return  # service, diplomatic and emergency passports have numbers of their own
    if not any(form.pattern.fullmatch(document.number) for form in known):
        words = " or ".join(form.words for form in known)
        sources = "; ".join(dict.fromkeys(f"{form.source} ({form.reading})" for form in known))
        yield found(
            "number.form", f"numbers of {state} have {words}; this has another form", "number", sources
        )
