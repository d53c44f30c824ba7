"""The forms under which things and people stand on a copy, and their marks under its key. Pure.

A form is what is left when all is taken away in which two writings of the same thing differ. A browser makes the same
forms of what is scanned: tests/screening/checkpoint/forms.json holds both to it.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import islice, product

from liaison.formats.mrz import states
from liaison.formats.mrz.transliteration import ways
from liaison.formats.vehicles.folding import latin
from liaison.formats.vehicles.vin import LENGTH, NEVER
from liaison.matching.plates import CONFUSED
from liaison.model.dates import PartialDate
from liaison.model.subjects import Name
from liaison.screening.documents_rules import ASKED, PRINTED

DOCUMENT, PLATE, NUMBER, PERSON = "document", "plate", "vehicle-number", "person"
MARK = 12  # bytes
MOST_WAYS = 16  # in which one name may be written in a zone
Form = tuple[str, str]  # the kind, and the form


def mark(key: bytes, kind: str, form: str) -> str:
    """The mark of a form: HMAC-SHA256 (RFC 2104) under the key of a copy, cut to MARK bytes, as base64url."""
    made = hmac.new(key, f"{kind}\n{form}".encode(), sha256).digest()[:MARK]
    return base64.urlsafe_b64encode(made).decode()


def document_form(number: str, issuer: str) -> str:
    """A document by its number and the state that issued it; empty where either is missing."""
    kept, state = _plain(number), state_form(issuer)
    return f"{kept}\n{state}" if kept and state else ""


def state_form(code: str) -> str:
    """The state of a code as records write it: DEU for D, GBR for the codes of British nationals, XKX for RKS."""
    family = states.family(PRINTED.get(code.strip("<"), code))
    found = ASKED.get(family, family).upper()
    return found if len(found) == 3 and found.isascii() and found.isalpha() else ""


def plate_form(plate: str) -> str:
    """A registration mark, with one sign for those that are taken for one another; empty where a letter has no Latin
    twin. It is of the class of matching.plates, so that O and 0 are found alike."""
    return "".join(CONFUSED.get(sign, sign) for sign in _plain(plate))


def number_form(vin: str) -> str:
    """A vehicle identification number, in which I, O and Q cannot stand; empty where it has not 17 signs."""
    kept = "".join(NEVER.get(sign, sign) for sign in _plain(vin))
    return kept if len(kept) == LENGTH else ""


def person_forms(name: Name, born: PartialDate, *, every: bool) -> tuple[str, ...]:
    """A person by surname, first given name and date of birth, as a zone would write them (ICAO Doc 9303-3, section
    6); none without a full date, or with a script that is not known here.

    `every` way in which the name may be written, for a copy; else the first way, for what was scanned. A name that is
    not parted is read with its first word as the given name, and with its last.
    """
    if not born.day:
        return ()
    day = str(born).replace("-", "")
    parts = [part for pair in _parted(name) for part in _written(*pair, MOST_WAYS if every else 1)]
    return tuple(dict.fromkeys(f"{surname}\n{given}\n{day}" for surname, given in parts if surname))


def _plain(text: str) -> str:
    """Latin capitals and digits alone; empty where a letter has no Latin twin."""
    kept = "".join(latin(sign) for sign in text)
    return kept if kept.isascii() else ""


def _parted(name: Name) -> Iterator[tuple[str, str]]:
    """Surname and first given name, in every order that the name leaves open."""
    if not name.full:
        given = name.given.split()
        yield (name.surname, given[0] if given else "") if name.surname else (name.given, "")
        return
    words = name.full.split()
    if len(words) == 1:
        yield words[0], ""
        return
    yield words[-1], words[0]
    yield words[0], words[1]
    if len(words) > 2:
        yield " ".join(words[1:]), words[0]


def _written(surname: str, given: str, most: int) -> Iterator[tuple[str, str]]:
    pairs = product(_ways_of(surname, most), _ways_of(given, most))
    return islice(pairs, most)


def _ways_of(word: str, most: int) -> Sequence[str]:
    """How a zone may write a word, the first of the table first; none where a letter is not known here."""
    found = [""]
    for sign in word:
        known = ways(sign)
        if known is None:
            return []
        found = list(islice((before + way for before in found for way in known or ("",)), most))
    return found
