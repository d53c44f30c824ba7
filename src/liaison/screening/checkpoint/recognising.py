"""What a text is that a scanner or a person typed: zones of documents, a registration mark, a vehicle's number, the
number of a document, or a name with a date of birth. Pure.

A zone has fillers and a name has a date, so that these are told apart. A mark and a number can look alike: then it is
said what the text was taken for and what else it could be, and whoever typed it may say which.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from enum import Enum

import msgspec

from liaison.formats import mrz
from liaison.formats.mrz import states
from liaison.formats.mrz.scanned import FILLERS, LONGEST_TEXT
from liaison.formats.vehicles import forms as vehicle_forms
from liaison.formats.vehicles import plates, vin
from liaison.formats.vehicles.folding import LONGEST, folded
from liaison.model.dates import PartialDate
from liaison.model.errors import BadInput
from liaison.model.identifiers import Country, DocumentNumber, Plate, Vin
from liaison.model.subjects import AnySubject, Document, Name, Person, Vehicle
from liaison.screening.checkpoint.forms import (
    DOCUMENT,
    NUMBER,
    PERSON,
    PLATE,
    Form,
    document_form,
    number_form,
    person_forms,
    plate_form,
    state_form,
)
from liaison.screening.documents_rules import holder

HINT = (
    "scan the zone, or type a registration mark, a vehicle's number, a document's number with its state as"
    " ALB BA1234567, or a name with a date of birth as Arben Hoxha 1984-03-02"
)
YEAR_FIRST = re.compile(r"(?<![\w])(\d{4})[-./ ](\d{1,2})[-./ ](\d{1,2})(?![\w])", re.ASCII)
DAY_FIRST = re.compile(
    r"(?<![\w])(\d{1,2})[-./ ](\d{1,2})[-./ ](\d{4})(?![\w])", re.ASCII
)  # ICAO 9303-3, 4.8
SHORT_YEAR = re.compile(r"(?<![\w])\d{1,2}[-./]\d{1,2}[-./]\d{2}(?![\w])", re.ASCII)
BETWEEN = re.compile(r"[\s/,;:]+")
IN_NAMES = frozenset(" '’`´-‐.,·")
LONGEST_NAME = 200  # characters
NUMBER_SIGNS = range(6, 21)  # of a document's number, where nothing else says that it is one
NUMBER_DIGITS = 4  # at least


class Kind(Enum):
    """What a scan is."""

    DOCUMENT = "document"
    PLATE = "plate"
    VEHICLE_NUMBER = "vehicle-number"
    PERSON = "person"
    NUMBER = "number"  # of a document, without its zone


class Recognised(msgspec.Struct, frozen=True):
    """One scan. `zone` is there for a document, which is examined; else `subject` is what is checked.

    `read` are what was understood, by what it is; `doubts` what was read otherwise than it stood there; `otherwise`
    what the text could be as well.
    """

    kind: Kind
    zone: mrz.Document | None = None
    subject: AnySubject | None = None
    read: tuple[tuple[str, str], ...] = ()
    doubts: tuple[str, ...] = ()
    otherwise: tuple[Kind, ...] = ()


def recognised(text: str, on: date, taken: Kind | None = None) -> tuple[Recognised, ...]:
    """What a text holds, on a day from which centuries are inferred; several only where it holds several zones.

    `taken` is what it shall be taken for. Raises BadInput with field `text` for what is nothing of these.
    """
    if len(text) > LONGEST_TEXT:
        hint = "scan one document at a time"
        raise BadInput(f"the scan has {len(text):,} characters", field="text", hint=hint)
    try:
        return _recognised(text, on, taken)
    except BadInput as error:
        raise BadInput(str(error), field="text", hint=error.hint) from error


def forms_of(found: Recognised, on: date) -> tuple[Form, ...]:
    """The forms under which a scan is looked up on a copy; none for a number without its state."""
    if found.zone is not None:
        return _forms_of_zone(found.zone, on)
    match found.subject:
        case Vehicle(vin=Vin() as number):
            said = [(NUMBER, number_form(str(number)))]
        case Vehicle(plate=Plate() as mark):
            said = [(PLATE, plate_form(str(mark)))]
        case Document(number=number, issuer=issuer):
            said = [(DOCUMENT, document_form(str(number), str(issuer or "")))]
        case Person() as person:
            said = _forms_of_person(person)
        case _:
            said = []
    return tuple((kind, form) for kind, form in said if form)


def _forms_of_zone(zone: mrz.Document, on: date) -> tuple[Form, ...]:
    said = [(DOCUMENT, document_form(zone.number, zone.issuer))]
    person = _holder(zone, on)
    if person is not None:
        said += _forms_of_person(person)
    return tuple((kind, form) for kind, form in said if form)


def _forms_of_person(person: Person) -> list[Form]:
    pairs = [(name, day) for name in person.names for day in person.born]
    return [(PERSON, form) for pair in pairs for form in person_forms(*pair, every=False)]


def _holder(zone: mrz.Document, on: date) -> Person | None:
    try:
        return holder(zone, None, on)
    except BadInput:
        return None


def _recognised(text: str, on: date, taken: Kind | None) -> tuple[Recognised, ...]:
    if taken is Kind.DOCUMENT or (taken is None and _has_fillers(text)):
        return tuple(Recognised(Kind.DOCUMENT, each) for each in mrz.read_all(text))
    line = " ".join(unicodedata.normalize("NFC", text).split())
    if not line:
        raise BadInput("the scan is empty", hint=HINT)
    if taken is not None:
        return (_AS[taken](line, on),)
    person = _person(line, on)
    if person is not None:
        return (person,)
    if len(line) > LONGEST:
        raise BadInput("this is no zone, no mark and no number", hint=HINT)
    words = [word for word in BETWEEN.split(line) if word]
    _require_one(words[1:], _several(words[1:]))  # a state may stand before or behind
    _require_one(words[:-1], _several(words[:-1]))
    stated = _stated(line)
    if stated is not None:
        return (stated,)
    _require_one(words, _several(words) or (len(words) > 1 and any(map(_by_itself, words))))
    return (_one(line, on),)


def _require_one(words: list[str], several: bool) -> None:
    """Raises BadInput for several marks or numbers, or one beside something else, where the whole is no mark: run
    together they would be the number of no document, and found nowhere."""
    if several and not _fits(" ".join(words)):
        hint = "scan one at a time, and write a document's number without spaces"
        raise BadInput("this holds more than one mark or number", hint=hint)


def _several(words: list[str]) -> bool:
    """Whether the words, in their order, are two or more whole marks or numbers, each of one word or of several."""
    for at in range(1, len(words)):
        first, rest = " ".join(words[:at]), words[at:]
        if _whole(first) and (_whole(" ".join(rest)) or _several(rest)):
            return True
    return False


def _whole(text: str) -> bool:
    """Whether a text is a mark, a vehicle's number or a document's number."""
    signs = folded(text, "text").text
    digits = sum(sign.isdigit() for sign in signs)
    return _by_itself(text) or (len(signs) in NUMBER_SIGNS and digits >= NUMBER_DIGITS)


def _by_itself(word: str) -> bool:
    signs = folded(word, "text").text
    mixed = any(sign.isdigit() for sign in signs) and any(sign.isalpha() for sign in signs)
    return mixed and (len(signs) == vin.LENGTH or _fits(word))


def _fits(line: str) -> bool:
    """Whether the whole is a mark of a known form."""
    return len(folded(line, "text").text) in plates.LETTERS and bool(plates.read(line).fits)


def _has_fillers(text: str) -> bool:
    return "&lt;" in text or any(sign in text for sign in ("<", *FILLERS))


def _one(line: str, on: date) -> Recognised:
    """A mark or a number that stands alone."""
    signs = folded(line, "text").text
    digits = sum(sign.isdigit() for sign in signs)
    if not digits:
        words = "a name needs a date of birth" if signs.isalpha() else "this is nothing that can be looked up"
        raise BadInput(words, hint=HINT)
    if len(signs) == vin.LENGTH:
        return _vin(line, on)
    like_number = len(signs) in NUMBER_SIGNS and digits >= NUMBER_DIGITS
    if len(signs) not in plates.LETTERS:
        if not like_number:
            raise BadInput("this is no zone, no mark and no number", hint=HINT)
        return _number(line, on)
    mark = _plate(line, on)
    known = bool(plates.read(line).fits)
    if like_number and (not known or digits == len(signs)):
        return msgspec.structs.replace(_number(line, on), otherwise=(Kind.PLATE,))
    return msgspec.structs.replace(mark, otherwise=(Kind.NUMBER,) if like_number else ())


def _stated(line: str) -> Recognised | None:
    """A number or mark before or behind which its state stands."""
    words = [word for word in BETWEEN.split(line) if word]
    if len(words) < 2:
        return None
    for state, rest in ((words[0], words[1:]), (words[-1], words[:-1])):
        found = _number_of(state.upper(), "".join(rest)) or _plate_of(state, " ".join(rest), line)
        if found is not None:
            return found
    return None


def _number_of(state: str, rest: str) -> Recognised | None:
    signs = folded(rest, "text").text
    digits = sum(sign.isdigit() for sign in signs)
    issuer = state_form(state)
    if len(state) != 3 or not issuer or states.meaning(state).kind is states.Kind.UNKNOWN:
        return None
    if len(signs) not in NUMBER_SIGNS or digits < NUMBER_DIGITS or not signs.isascii():
        return None
    paper = Document(number=DocumentNumber(signs), issuer=Country(issuer))
    return Recognised(Kind.NUMBER, None, paper, (("number", signs), ("state", issuer)))


def _plate_of(state: str, rest: str, line: str) -> Recognised | None:
    """A mark with the state that is named before it, where the whole is no mark by itself."""
    try:
        seen = plates.read(rest, state)
        whole = plates.read(line).fits if len(folded(line, "text").text) in plates.LETTERS else ()
    except BadInput:
        return None
    if not seen.fits or whole or not seen.text.isascii():
        return None
    return _mark(seen, vehicle_forms.states()[seen.state].three)


def _plate(line: str, _on: date) -> Recognised:
    return _mark(plates.read(line))


def _mark(seen: plates.Plate, state: str = "") -> Recognised:
    subject = Vehicle(plate=Plate(seen.text), registered=Country(state) if state else None)
    read = [("mark", seen.text)]
    if seen.states:
        read.append(("states", " ".join(seen.states)))
    if seen.otherwise:
        read.append(("other-readings", " ".join(other.text for other in seen.otherwise)))
    doubts = tuple(doubt.words for doubt in seen.doubts)
    return Recognised(Kind.PLATE, None, subject, tuple(read), doubts)


def _vin(line: str, _on: date) -> Recognised:
    """A vehicle's number, without the letters that none has."""
    seen = vin.read(line)
    number = "".join(vin.NEVER.get(sign, sign) for sign in seen.text)
    doubts = tuple(doubt.words for doubt in seen.doubts)
    read = [("vehicle-number", number)]
    if seen.otherwise:
        read.append(("other-readings", " ".join(seen.otherwise)))
    return Recognised(Kind.VEHICLE_NUMBER, None, Vehicle(vin=Vin(number)), tuple(read), doubts)


def _number(line: str, _on: date) -> Recognised:
    """A document's number; with its state, where a state stands beside it."""
    stated = _stated(line)
    if stated is not None and stated.kind is Kind.NUMBER:
        return stated
    seen = folded(line, "text")
    paper = Document(number=DocumentNumber(seen.text))
    doubts = (*(doubt.words for doubt in seen.doubts), "no state was given: a record of any state is found")
    return Recognised(Kind.NUMBER, None, paper, (("number", seen.text),), doubts)


def _person_said(line: str, on: date) -> Recognised:
    found = _person(line, on)
    if found is None:
        raise BadInput("a name needs a date of birth", hint=HINT)
    return found


def _person(line: str, on: date) -> Recognised | None:
    """A name with a date of birth; None where the text is not that. Raises BadInput for a date that cannot be."""
    digits = "".join(str(unicodedata.digit(sign)) if sign.isdecimal() else sign for sign in line)
    dated = YEAR_FIRST.search(digits)
    found = dated or DAY_FIRST.search(digits)
    if found is None:
        if SHORT_YEAR.search(digits) and _is_name(SHORT_YEAR.sub(" ", digits, count=1)):
            raise BadInput("the year of birth has two digits", hint="write it with four, as 1984-03-02")
        return None
    words = " ".join((line[: found.start()] + " " + line[found.end() :]).split()).strip(" ,.-")
    if not _is_name(words):
        return None
    year, month, day = (int(part) for part in (found.groups() if dated else reversed(found.groups())))
    born = PartialDate.of(year, month, day)
    if born.earliest > on:
        raise BadInput(f"nobody was born on {born} yet", hint="correct the date of birth")
    name = _name(words)
    return Recognised(
        Kind.PERSON, None, Person(names=(name,), born=(born,)), (("name", words), ("born", str(born)))
    )


def _is_name(words: str) -> bool:
    letters = sum(sign.isalpha() for sign in words)
    known = all(sign.isalpha() or sign in IN_NAMES or unicodedata.combining(sign) for sign in words.strip())
    return letters >= 2 and known and len(words) <= LONGEST_NAME


def _name(words: str) -> Name:
    """HOXHA, Arben is surname and given name; without a comma nobody knows which word is which."""
    surname, comma, given = words.partition(",")
    if comma and surname.strip() and given.strip():
        return Name(surname=surname.strip(), given=given.replace(",", " ").strip())
    return Name(full=words.replace(",", " ").strip())


_AS = {
    Kind.PLATE: _plate,
    Kind.VEHICLE_NUMBER: _vin,
    Kind.NUMBER: _number,
    Kind.PERSON: _person_said,
}
