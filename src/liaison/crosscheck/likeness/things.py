"""Match keys of documents, vehicles, telephones, accounts, organisations and e-mail addresses.

    family  made of
    D       number of a document, six letters or more, characters that readers take for one another folded
    DC      the same, shorter, with its issuing country
    P, PC   registration mark in Latin letters, folded; with its country
    V       vehicle identification number (ISO 3779 has none of the letters that are misread)
    T       telephone number (E.164)
    I       IMEI without its check digit
    B       IBAN, whose check digits were held against the rest when it was read
    A, E    account number with its institution; an e-mail address in small letters
    O       register number of an organisation with its country

Names of organisations and addresses are not compared. Kinds of document are not part of a key: sources name them
differently, and a number of six letters and more is telling without.
"""

from __future__ import annotations

from collections.abc import Iterator
from unicodedata import normalize

from liaison.formats.vehicles import folding
from liaison.matching.plates import CONFUSED
from liaison.model.subjects import Account, AnySubject, Document, Organisation, Phone, Vehicle
from liaison.model.text import compact

LONG_ENOUGH = 6  # letters of a document's number that stand alone
MOST_SIGNS = 4_096  # that are remembered
# Providers that say themselves that dots in the local part, and what follows a plus sign, do not count.
DOTLESS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}


class _Fold(dict[int, str]):
    """A sign, by its number, as it is compared; learned as signs are met."""

    def __missing__(self, number: int) -> str:
        sign = folding.latin(chr(number))
        kept = CONFUSED.get(sign, sign)
        if len(self) < MOST_SIGNS:
            self[number] = kept
        return kept


FOLD = _Fold()


def folded(text: str) -> str:
    """Capitals and digits with those that readers take for one another folded: `O1-lB` -> `0118`.

    Letters of other scripts are those of the Latin that look the same; one that has no such twin stays as it is.
    """
    return text.upper().translate(FOLD)


def mailbox(text: str) -> str:
    """An e-mail address as it is compared, or "" for what is none."""
    local, at, domain = normalize("NFKC", text).strip().casefold().rpartition("@")
    if not (at and local and "." in domain) or " " in local + domain:
        return ""
    if domain in DOTLESS:
        return f"{local.partition('+')[0].replace('.', '')}@{DOTLESS[domain]}"
    return f"{local}@{domain}"


def thing_keys(thing: AnySubject) -> Iterator[tuple[str, str]]:
    """(family, text) of every key of a thing."""
    if isinstance(thing, Document):
        yield from _document(thing)
    elif isinstance(thing, Vehicle):
        yield from _vehicle(thing)
    elif isinstance(thing, Phone):
        if thing.number:
            yield "T", thing.number.text.removeprefix("+")
        if thing.imei:
            yield "I", thing.imei.text[:14]
    elif isinstance(thing, Account):
        yield from _account(thing)
    elif isinstance(thing, Organisation) and thing.register_number:
        country = thing.registered.text if thing.registered else ""
        yield "O", f"{country}|{folded(thing.register_number)}"


def _document(document: Document) -> Iterator[tuple[str, str]]:
    return document_keys(document.number.text, document.issuer.text if document.issuer else "")


def document_keys(number: str, issuer: str) -> Iterator[tuple[str, str]]:
    """(family, text) of the key of a document by its number and, where it is known, the country that issued it."""
    kept = folded(number) or compact(number)
    if len(kept) >= LONG_ENOUGH:
        yield "D", kept
    elif issuer:
        yield "DC", f"{issuer}|{kept}"


def _vehicle(vehicle: Vehicle) -> Iterator[tuple[str, str]]:
    if vehicle.plate:
        mark = folded(vehicle.plate.text)
        yield "P", mark
        if vehicle.registered:
            yield "PC", f"{vehicle.registered.text}|{mark}"
    if vehicle.vin:
        yield "V", vehicle.vin.text


def _account(account: Account) -> Iterator[tuple[str, str]]:
    if account.iban:
        yield "B", account.iban.text
    if address := mailbox(account.number):
        yield "E", address
    elif account.number:
        yield "A", f"{' '.join(account.institution.casefold().split())}|{folded(account.number)}"
