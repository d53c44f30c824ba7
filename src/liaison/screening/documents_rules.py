"""Whom and what an examined document is looked up as, and whether a record reports that very document. Pure.

A record reports a document where its subject is one of the same number, state and type, and it says that the document
was lost, stolen or made invalid: in a column `status`, or in a fact of that word alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import Enum

from liaison.formats.mrz import Document, states
from liaison.model.dates import PartialDate
from liaison.model.errors import BadInput
from liaison.model.holding import Holding
from liaison.model.identifiers import Country, DocumentNumber
from liaison.model.subjects import Document as Paper
from liaison.model.subjects import DocumentKind, Name, NameKind, Person, Sex
from liaison.screening.document_rules.page import Page, same_day

PRINTED = {
    "SI": "SVN",
    "KS": "XKX",
    "UK": "GBR",
}  # codes in the field that are not the state's own (issuing.PRINTED)
ASKED = {"RKS": "XKX", "UNK": "XKX"}  # as records write them
PERMITS = ("AR", "IR")
CARDS = {
    DocumentKind.IDENTITY_CARD,
    DocumentKind.RESIDENCE_PERMIT,
}  # one size and code: no zone tells them apart
STATUS = frozenset({"status", "document status", "state of the document", "statusi", "statut"})
REPORTED = frozenset(
    {
        *(
            "lost",
            "stolen",
            "stolen blank",
            "missing",
            "misappropriated",
            "revoked",
            "invalid",
            "invalidated",
        ),
        *("cancelled", "canceled", "annulled", "counterfeit", "forged"),
        *(
            "i humbur",
            "e humbur",
            "i vjedhur",
            "e vjedhur",
            "i pavlefshëm",
            "e pavlefshme",
            "i anuluar",
            "e anuluar",
        ),
        *(
            "perdu",
            "volé",
            "volé vierge",
            "révoqué",
            "invalide",
            "invalidé",
            "annulé",
            "détourné",
            "falsifié",
        ),
    }
)


class Listed(Enum):
    """What the look-up among lost and stolen documents came to."""

    HIT = "hit"
    NO_HIT = "no-hit"
    NOT_ASKED = "not-asked"  # no number or no state could be read


def holder(document: Document, page: Page | None, on: date) -> Person:
    """The person whom a document names, with the document: by the zone and, where the page says otherwise, by both.

    Raises BadInput where neither a name nor a number can be read.
    """
    told = page or Page()
    papers = list(_papers(document, told))
    names = list(_names(document, told))
    if not papers and not names:
        hint = "scan it again, or check the person by name"
        raise BadInput("the zone has neither a number nor a name", field="mrz", hint=hint)
    nation = _country(document.nationality)
    return Person(
        names=tuple(names),
        born=tuple(_born(document, told, on)),
        sex=Sex(document.sex) if document.sex in {sex.value for sex in Sex} else None,
        nationalities=(nation,) if nation else (),
        documents=tuple(papers),
    )


def reports(holding: Holding, papers: tuple[Paper, ...]) -> bool:
    """Whether a record says of one of these documents that it was lost, stolen or made invalid."""
    listed = holding.subject
    if not isinstance(listed, Paper) or not any(same_paper(one, listed) for one in papers):
        return False
    columns = (text for name, text in holding.extra.items() if name.strip().casefold() in STATUS)
    said = (*columns, *(fact.text for fact in holding.facts))
    return any(text.strip().casefold() in REPORTED for text in said)


def same_paper(one: Paper, two: Paper) -> bool:
    """Whether number, state and type are the same. A type that is not said may be any; a state has to be said."""
    if one.number != two.number or one.issuer is None or two.issuer is None:
        return False
    kinds = {one.type, two.type}
    alike = len(kinds) == 1 or DocumentKind.OTHER in kinds or kinds == CARDS
    return alike and states.same_state(one.issuer.text, two.issuer.text)


def can_be_listed(person: Person) -> bool:
    """Whether number and state of a document are known, without which there is no look-up."""
    return any(paper.issuer for paper in person.documents)


def _papers(document: Document, page: Page) -> Iterator[Paper]:
    known: set[str] = set()
    for text in (document.number, page.number):
        try:
            number = DocumentNumber(text)
            if number.text not in known:
                yield Paper(number=number, type=_kind(document), issuer=_country(document.issuer))
            known.add(number.text)
        except BadInput:
            continue  # a rule speaks of what is no number


def _kind(document: Document) -> DocumentKind:
    if document.code[:2] in PERMITS:
        return DocumentKind.RESIDENCE_PERMIT
    kinds = {"P": DocumentKind.PASSPORT, "V": DocumentKind.VISA}
    return kinds.get(document.code[:1], DocumentKind.IDENTITY_CARD)


def _names(document: Document, page: Page) -> Iterator[Name]:
    zone = document.names
    if zone.surname or zone.given:
        yield Name(surname=zone.surname, given=zone.given)
    same = (page.surname.casefold(), page.given.casefold()) == (
        zone.surname.casefold(),
        zone.given.casefold(),
    )
    if (page.surname or page.given) and not same:
        yield Name(surname=page.surname, given=page.given, kind=NameKind.NATIVE)


def _born(document: Document, page: Page, on: date) -> Iterator[PartialDate]:
    """The date of the page, which has its century; that of the zone where the page says none, or another."""
    if page.born:
        yield page.born
    if page.born and same_day(page.born, document.raw("birth")):
        return
    try:
        born = document.born(on)
    except BadInput:
        return  # a rule speaks of what is no date
    if born:
        yield born


def _country(code: str) -> Country | None:
    family = states.family(PRINTED.get(code, code))
    try:
        return Country(ASKED.get(family, family))
    except BadInput:
        return None
