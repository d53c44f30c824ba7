"""Files that were sent, as the manifests in them: messages of carriers, and tables by the reader that lists use."""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import msgspec

from liaison.formats.edifact.doubts import Doubt
from liaison.formats.manifests import Manifest, rows
from liaison.formats.manifests.model import Named, Passenger, TravelDocument
from liaison.formats.manifests.reading import read_parts
from liaison.holdings import fields
from liaison.holdings.findings import Read
from liaison.holdings.mapping import NoColumns
from liaison.holdings.options import Options
from liaison.holdings.read import read_stream
from liaison.holdings.streams import Stream
from liaison.holdings.words import plain
from liaison.matching.columns import country_name
from liaison.matching.index import SEXES, born
from liaison.model.errors import BadInput, UnusableFile

LARGEST = 256 << 20  # bytes of one file
STARTS = (b"UNA", b"UNB", b"UNG", b"UNH")
# What columns of tables of passengers are called, as `plain` writes it, beside those of every list of people; by field.
HEADERS = {
    "flight": "flight flightno flightnumber vol numerodevol fluturimi",
    "departs": "departs departure departuredate departuretime departureday dateofdeparture date day flightdate "
    "dateofflight traveldate std depart datedevol datededepart nisja dataenisjes dataefluturimit",
    "arrives": "arrives arrival arrivaldate dateofarrival sta arrivee datedarrivee mberritja",
    "origin": "origin from departureairport embark origine nga",
    "destination": "destination to arrivalairport debark destinacioni",
    "seat": "seat seatno seatnumber siege ulesja",
    "locator": "locator recordlocator pnr booking bookingreference",
    "issuer": "issuer issuedby issuingstate issuingcountry documentissuer",
    "expires": "expires expiry expirydate dateofexpiry documentexpiry",
    "document_type": "documenttype doctype",
    "residence": "residence countryofresidence",
}
OTHER_NAMES = "where one of them is needed, give it a header of those that docs/manifests.md lists"
NOT_READ = "it is neither a message of a carrier nor a table of passengers"
EXAMPLE = (
    "a message begins with UNA or UNB; a table has a first row that names its columns, as "
    "flight,date,surname,given,born,nationality,document, and then a row for each passenger: "
    "a column of names (surname and given, or name) or of document numbers is needed, flight and date say which "
    "flight it is, the others help"
)
SHOWN = 60  # characters of a first row that is none
OF_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d).*)?")
OF_TIME = re.compile(r"(\d{1,2}):(\d\d)(?::\d\d)?")
DAYS = ("departs", "arrives", "expires")


@cache
def known() -> Mapping[str, str]:
    """The field that a header means, by the header as `plain` writes it."""
    return {word: field for field, words in HEADERS.items() for word in words.split()}


Further = tuple[list[Named], list[TravelDocument]]


@dataclass(frozen=True, slots=True)
class Sent:
    """One file as it came; or a text that was pasted."""

    name: str
    content: bytes


@dataclass(slots=True)
class Received:
    """What is in the files: the parts of messages, in their order, and why a file could not be read."""

    parts: list[Manifest] = field(default_factory=list)
    refused: list[BadInput] = field(default_factory=list)


def received(files: Iterable[Sent], year: int, flight: str = "", day: str = "") -> Received:
    """What files hold; one that cannot be read is told, and the others go on. `year` is this one; `flight` and `day`
    are those of a table which names none."""
    found = Received()
    for file in files:
        try:
            found.parts += _parts(file, year, flight, day)
        except BadInput as refusal:
            refusal.file = refusal.file or file.name
            found.refused.append(refusal)
    return found


def _parts(file: Sent, year: int, flight: str, day: str) -> list[Manifest]:
    if not file.content.strip():
        raise BadInput("the file is empty", file=file.name, hint="send a message of a carrier, or a table")
    if len(file.content) > LARGEST:
        raise BadInput(f"the file is over {LARGEST >> 20} MiB", file=file.name, hint="send it in parts")
    if is_message(file.content):
        return read_parts(file.content, file.name)
    return list(_of_table(file, year, flight, day))


def is_message(content: bytes) -> bool:
    """Whether bytes are a message of a carrier (UN/EDIFACT), with or without what announces it."""
    head = content[:2000].lstrip(b"\xef\xbb\xbf \r\n\t\x01\x02")
    return head.startswith(STARTS) or (b"UNH" in head and b"'" in head)


def _of_table(file: Sent, year: int, flight: str, day: str) -> Iterator[Manifest]:
    """A manifest for each flight of a table, in the order of the rows."""
    found = _people(file, year)
    flights: defaultdict[tuple[str, str], list[tuple[int, dict[str, str]]]] = defaultdict(list)
    more = _further(found)
    for number, row in _rows(found, flight, day):
        flights[row.get("flight", ""), row.get("departs", "")[:10]].append((number, row))
    bad = defaultdict(list)
    for fault in found.bad_rows:
        bad[fault.row].append(f"{fault.field}: {fault.reason}".removeprefix(": "))
    unknown = ", ".join(_unknown(found))
    twofold = sum(1 for other in found.people.dob_alt.tolist() if other)
    for at, ((name, _), held) in enumerate(flights.items()):
        numbers = [0, *(number for number, _ in held)]
        made = rows.manifest((row for _, row in held), file.name)
        own = {
            *numbers,
            *(bad if at == 0 else ()),
        }  # what befell rows that name nobody stands with the first flight
        doubts = [Doubt(row, -1, words, "", file.name) for row in sorted(own) for words in bad.pop(row, ())]
        doubts += [msgspec.structs.replace(doubt, segment=numbers[doubt.segment]) for doubt in made.doubts]
        passengers = [
            _whole(msgspec.structs.replace(one, segment=numbers[one.segment]), more)
            for one in made.passengers
        ]
        if unknown and at == 0:
            doubts.insert(
                0,
                Doubt(0, -1, f"columns that are not known were left out: {unknown}", OTHER_NAMES, file.name),
            )
        if twofold and at == 0:
            words = f"dates of birth that can be read day first or month first: {twofold:,}; the year alone was taken"
            doubts.insert(0, Doubt(0, -1, words, "write them as 1972-05-04", file.name))
        yield msgspec.structs.replace(
            made,
            passengers=tuple(passengers),
            doubts=tuple(sorted(doubts, key=lambda doubt: doubt.segment)),
            reference=name,
        )


def _unknown(found: Read) -> list[str]:
    """The columns of a table that are no field of a person, a journey or a flight."""
    headers = dict.fromkeys(header for row in found.kept for header in row)
    return [header for header in headers if plain(header) not in known()]


def _people(file: Sent, year: int) -> Read:
    """The people of a table. Raises UnusableFile, saying what was expected where no column is known."""
    stream = Stream(file.name, io.BytesIO(file.content), len(file.content))
    try:
        return read_stream(stream, Options(list_name=file.name, last_year=year, keep=True))
    except NoColumns as error:
        first = ", ".join(error.header)
        shown = first if len(first) <= SHOWN else first[:SHOWN] + "…"
        raise UnusableFile(f"{NOT_READ}: it begins with {shown!r}", file=file.name, hint=EXAMPLE) from None


def _rows(found: Read, flight: str, day: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Each person of a table as FIELDS of `formats.manifests.rows`, with the number of the row."""
    people = found.people
    names = _first(people.person.tolist())
    papers = _first(people.document_person.tolist())
    numbers = [int(number) for number in found.rows]
    for at in range(len(people)):
        day_born = born(int(people.dob[at]))
        if people.dob_alt[at]:
            day_born = day_born[:4]  # day first or month first: the year is the same
        row = {"born": day_born, "sex": SEXES[int(people.sex[at]) & 3]}
        row["nationality"] = country_name(int(people.nationality[at]))
        if (name := names.get(at)) is not None:
            row |= {"given": people.given[name], "surname": people.surname[name] or people.full[name]}
        if (paper := papers.get(at)) is not None:
            row["document"] = people.documents[paper]
        row |= _kept(found.kept[at] if found.kept else {})
        row["flight"] = row.get("flight") or flight
        row["departs"] = row.get("departs") or day
        yield numbers[at] if numbers else at + 1, row


def _further(found: Read) -> dict[int, Further]:
    """Whatever names and documents the people of a table have behind their first, by the number of the row."""
    people = found.people
    more: defaultdict[int, Further] = defaultdict(lambda: ([], []))
    numbers = [int(number) for number in found.rows] or list(range(1, len(people) + 1))
    for place, owner in _others(people.person.tolist()):
        name = Named(people.surname[place] or people.full[place], people.given[place])
        more[numbers[owner]][0].append(name)
    for place, owner in _others(people.document_person.tolist()):
        more[numbers[owner]][1].append(TravelDocument("", people.documents[place]))
    return more


def _whole(one: Passenger, more: Mapping[int, Further]) -> Passenger:
    """A passenger of a row with all names and documents that it has."""
    if one.segment not in more:
        return one
    names, papers = more[one.segment]
    return msgspec.structs.replace(one, names=(*one.names, *names), documents=(*one.documents, *papers))


def _first(owners: list[int]) -> dict[int, int]:
    """The place of the first name, or document, of each person."""
    found: dict[int, int] = {}
    for place, owner in enumerate(owners):
        found.setdefault(owner, place)
    return found


def _others(owners: list[int]) -> list[tuple[int, int]]:
    """The places of the other names, or documents, with whose they are."""
    first = _first(owners)
    return [(place, owner) for place, owner in enumerate(owners) if first[owner] != place]


def _kept(row: Mapping[str, str]) -> dict[str, str]:
    """The fields of a flight and a journey that a row says; of days those that can be read in ISO 8601."""
    said: defaultdict[str, list[str]] = defaultdict(list)
    for header, text in row.items():
        if field := known().get(plain(header)):
            said[field].append(text)
    return {field: _moment(texts) if field in DAYS else texts[0] for field, texts in said.items()}


def _moment(texts: Sequence[str]) -> str:
    """The day that is said, with its time where a column has one; the first text as it stands where none is a day."""
    days = [found for text in texts if (found := _day(text))]
    if not days:
        return texts[0]
    times = [f"{int(form[1]):02}:{form[2]}" for text in texts if (form := OF_TIME.fullmatch(text))]
    return "T".join((days[0], *times[:1])) if len(days[0]) == 10 else days[0]


def _day(text: str) -> str:
    """A day in ISO 8601, with its time where it says one; empty where it is not one whole day."""
    if form := OF_DAY.fullmatch(text):
        return "T".join(part for part in form.groups() if part)
    try:
        return fields.day(text).isoformat()
    except BadInput:
        return ""
