"""Match keys of planned actions: where, whom or what an action is about, joined with each stretch of time it touches.

    family  made of                                                    together with
    AP      an address: country, postcode, street, house number        a slot of SLOT hours, in UTC
    AT      the same with the town in the place of the postcode        the same
    S, Y    two tokens' skeletons and the date, or the year, of birth  the same
    others  documents, vehicles, telephones, accounts: see `things`    the same

An action's time is widened by half a slot on both sides before slots are counted. Two actions about one thing whose
times overlap, or lie at most SLOT apart, so always share a key, and two that lie more than two slots apart never do.

The output is the normaliser VERSION: any change of it is a new version; a digest of its keys is held in
tests/crosscheck/planned/test_actionkeys.py. Pure.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from enum import Enum
from hashlib import sha256
from itertools import product
from unicodedata import decimal, normalize

from liaison.crosscheck.likeness import matchkeys
from liaison.crosscheck.likeness.matchkeys import Known, MatchKey
from liaison.crosscheck.likeness.shares import settled
from liaison.crosscheck.likeness.things import folded, thing_keys
from liaison.crosscheck.likeness.words import OPEN, placed, readings
from liaison.matching.names.particles import is_particle
from liaison.matching.names.romanise import forms
from liaison.matching.names.split import tokens
from liaison.model.errors import BadInput
from liaison.model.identifiers import Country
from liaison.model.subjects import Account, Document, Person, Phone, Subject, Vehicle
from liaison.model.text import compact

VERSION = "liaison-xc-actions/v1"
SLOT = dt.timedelta(hours=6)
LONGEST = dt.timedelta(days=14)
MOST_SLOTS = 58  # of the longest action, widened
MOST_TEXTS = 8  # of one thing
POINTS = (
    512  # that are asked about one action, whatever it is and however long: MOST_TEXTS * MOST_SLOTS fit in
)
MOST_STREETS = 4  # readings of a street's name
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
PADDING = b"\0\0liaison-xc-actions/v1 padding"  # no key begins with a part of no length

# What a street is called besides its name, romanised; squares, avenues and lanes tell streets apart and stay.
_WORDS = """
street str st road rd strasse strase straat straete rruga rr rue r via calle c rua ulica ulitsa ulitza ulitca vulica
vulitsa vulitsya vulitsia vulytsia vul ul utca u gata gatan gade gaten gt katu cesta iela gatve tanav strada odos sokak
sok sokagi cad xiaban xiyaban sharia shari
"""
STREET_WORDS = frozenset(_WORDS.split())
GLUED = ("strasse", "strase", "straat", "gatan", "gaten", "vej", "str")  # written on to the name
DIGITS = re.compile(r"(\d{1,6})")
GLUED_TO = 3  # letters that a name has at least


class What(Enum):
    """What an action is about."""

    ADDRESS = "address"
    PERSON = "person"
    VEHICLE = "vehicle"
    PHONE = "phone"
    ACCOUNT = "account"
    DOCUMENT = "document"


class Address(Subject, frozen=True, kw_only=True, tag="address"):
    """One address; `number` with its suffix, as `12a`. Raises BadInput without street, or postcode and town."""

    country: Country
    street: str
    number: str = ""
    postcode: str = ""
    town: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.needs_one_of("postcode", "town")
        if not _streets(self.street):
            raise BadInput("this address has no street", field="street", hint="give the street's name")


Thing = Address | Person | Vehicle | Phone | Account | Document
_KINDS = {
    Address: What.ADDRESS,
    Person: What.PERSON,
    Vehicle: What.VEHICLE,
    Phone: What.PHONE,
    Account: What.ACCOUNT,
    Document: What.DOCUMENT,
}


def what_of(thing: Thing) -> What:
    """Which of the six it is."""
    return _KINDS[type(thing)]


def texts(thing: Thing) -> list[tuple[str, str]]:
    """(family, text) of each key of a thing without its time; at most MOST_TEXTS. Raises BadInput for none."""
    if isinstance(thing, Address):
        made = list(dict.fromkeys(_address(thing)))
    elif isinstance(thing, Person):
        made = list(dict.fromkeys(_person(thing)))
    else:
        made = list(dict.fromkeys(thing_keys(thing)))
    if not made:
        field, hint = _wanting(thing)
        raise BadInput("too little is known to compare it with anything", field=field, hint=hint)
    return made[:MOST_TEXTS]


def slots(starts: dt.datetime, ends: dt.datetime) -> range:
    """The numbers of the slots that an action touches, half a slot added on both sides.

    Raises BadInput for a time without a zone, an end that is not after the start, and more than LONGEST.
    """
    if starts.tzinfo is None or ends.tzinfo is None:
        raise BadInput("a time has no zone", field="starts", hint="times are in UTC")
    if not starts < ends:
        raise BadInput("the action ends before it begins", field="ends", hint="give an end after the start")
    if ends - starts > LONGEST:
        hint = "enter it in parts, each of 14 days at most"
        raise BadInput("the action is longer than 14 days", field="ends", hint=hint)
    first = (starts - SLOT / 2 - EPOCH) // SLOT
    return range(first, -((EPOCH - ends - SLOT / 2) // SLOT))


def of_action(thing: Thing, starts: dt.datetime, ends: dt.datetime) -> list[MatchKey]:
    """Every key of an action, at most MOST_TEXTS * MOST_SLOTS. Raises BadInput."""
    touched = slots(starts, ends)
    return [MatchKey(family, f"{text}|{slot}".encode()) for family, text in texts(thing) for slot in touched]


def evaluated(holder: str, keys: Sequence[MatchKey]) -> list[bytes]:
    """The inputs of the function under a holder's key: every part after its length in two bytes."""
    return [matchkeys.evaluated(holder, key, VERSION) for key in keys]


def filled(inputs: Sequence[bytes], seed: bytes) -> list[bytes]:
    """Inputs made up to POINTS with some that are no keys, which the seed leads to again."""
    left = POINTS - len(inputs)
    return [*inputs, *matchkeys.no_keys(PADDING, sha256(PADDING + seed).digest(), left)]


def house_number(text: str) -> str:
    """A house number as it is compared: digits without leading zeros, letters in capitals: `012 а` -> `12A`."""
    parts: list[str] = []
    for letter in normalize("NFKC", text):
        digit = decimal(letter, None)
        written = str(digit) if digit is not None else (forms(letter) or ("",))[0].upper() or " "
        if parts and parts[-1].isdigit() == written.isdigit() and parts[-1].strip() and written.strip():
            parts[-1] += written
        else:
            parts.append(written)
    first = next((place for place, part in enumerate(parts) if part.isdigit()), 0)  # after `No.`, `br.`
    told = [part.lstrip("0") or "0" if part.isdigit() else part for part in parts[first:]]
    return "".join(
        "-" if not part.strip() and _between_digits(told, place) else part.strip()
        for place, part in enumerate(told)
    )


def _between_digits(parts: Sequence[str], place: int) -> bool:
    before = next((each for each in reversed(parts[:place]) if each.strip()), "")
    after = parts[place + 1] if place + 1 < len(parts) else ""
    return before.isdigit() and after.isdigit()


def _address(address: Address) -> Iterator[tuple[str, str]]:
    number, country = house_number(address.number), address.country.text
    postcode, town = _postcode(address.postcode), placed(address.town)
    for street in _streets(address.street):
        if postcode:
            yield "AP", f"{country}|{postcode}|{street}|{number}"
        if town:
            yield "AT", f"{country}|{town}|{street}|{number}"


def _postcode(text: str) -> str:
    """A postcode in one form; the country's letters that stand before some are no part of it (`AL-1001`)."""
    letters, dash, rest = normalize("NFKC", text).strip().partition("-")
    bare = rest if dash and letters.isalpha() and rest.isdigit() else text
    return folded(bare) or compact(bare)


def _streets(text: str) -> list[str]:
    """The readings of a street's name without the words for street, the likeliest first: skeletons in order."""
    parts = [each for part in DIGITS.split(text) for each in ([part] if part.isdecimal() else tokens(part))]
    telling = [found for each in parts if (found := _bones(each))]
    telling = telling or [forms(each)[:1] for each in parts if forms(each)]
    every = (".".join(sorted(each)) for each in product(*telling[:6])) if telling else iter(())
    return list(dict.fromkeys(every))[:MOST_STREETS]


def _bones(token: str) -> tuple[str, ...]:
    """The skeletons of a token of a street's name; nothing for what tells of no street."""
    if token.isdecimal():
        return (str(int(token)),)
    spelled = forms(token)
    if any(form in STREET_WORDS or is_particle(form) for form in spelled):
        return ()
    bare = next((spelled[0].removesuffix(end) for end in GLUED if _glued(spelled[0], end)), token)
    return tuple(each.bones for each in readings(bare) if each.bones != OPEN)


def _glued(form: str, end: str) -> bool:
    return form.endswith(end) and len(form) >= len(end) + GLUED_TO


def _person(person: Person) -> Iterator[tuple[str, str]]:
    for document in person.documents:
        yield from thing_keys(document)
    known = Known.of(person)
    pairs = [tuple(sorted((a.bones, b.bones))) for a, b in known.pairs()]
    for date in known.dates:
        for one, two in pairs:
            if len(date) == 10:
                yield "S", f"{one}|{two}|{settled(date)}"
            yield "Y", f"{one}|{two}|{date[:4]}"


def _wanting(thing: Thing) -> tuple[str, str]:
    if isinstance(thing, Person):
        return "born", "give the year of birth and two names, or a document"
    if isinstance(thing, Document):
        return "issuer", "give the country that issued it"
    return "number", "give its whole number"
