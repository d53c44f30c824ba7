"""Messages of a manifest: PAXLST and PNRGOV as the guides word them, for demonstrations, benchmarks and tests.

What is written depends on the manifest alone: no clock and no chance. What the form cannot carry is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from liaison.formats.edifact.separators import LEVEL_A, Separators
from liaison.formats.manifests import dates
from liaison.formats.manifests.dates import MONTHS
from liaison.formats.manifests.model import Flight, Kind, Manifest, Passenger, Role
from liaison.model.errors import BadInput

BGM = {
    Kind.PASSENGERS: "745",
    Kind.CREW: "250",
    Kind.MASTER_CREW: "336",
    Kind.CLOSED: "266",
    Kind.GATE_PASSES: "655",
}
NAD = {
    Role.PASSENGER: "FL",
    Role.CREW: "FM",
    Role.CREW_IN_TRANSIT: "DDT",
    Role.PASSENGER_IN_TRANSIT: "DDU",
}
NAMES = {number: name for name, number in MONTHS.items()}


@dataclass(frozen=True, slots=True)
class Form:
    """How a message is written. `per_part`: people in one part of a message that is sent in several; 0 for one."""

    separators: Separators = LEVEL_A
    announced: bool = True
    lines: bool = False  # each segment in a line of its own
    per_part: int = 0


def paxlst(manifest: Manifest, form: Form = Form()) -> bytes:
    """The manifest as PAXLST D.02B, a message for each part. Raises BadInput where a text cannot be sent."""
    parts = _parts(manifest, form)
    written = []
    body: list[list[object]]
    for number, people in enumerate(parts, start=1):
        body = [
            ["BGM", BGM.get(manifest.kind, "745")],
            *(segment for flight in manifest.flights for segment in _flight(flight)),
            *(segment for person in people for segment in _person(person, int(manifest.sent[:4] or 0))),
            ["CNT", ["41" if manifest.kind is Kind.CREW else "42", str(len(people))]],
        ]
        written.append((["PAXLST", "D", "02B", "UN", "IATA"], number, body))
    return _interchange(manifest, form, written, len(parts))


def pnrgov(manifest: Manifest, form: Form = Form()) -> bytes:
    """The manifest as PNRGOV 13.1, each locator one booking. Raises BadInput where a text cannot be sent."""
    bookings = [list(people) for _, people in groupby(manifest.passengers, key=lambda one: one.locator)]
    flight = manifest.flights[0]
    body: list[list[object]] = [["MSG", ["", "22"]], ["ORG", flight.carrier]]
    body += [_leg(one, leg_of=False) for one in manifest.flights]
    body.append(["EQN", str(len(bookings))])
    for people in bookings:
        body += _booking(manifest, people)
    return _interchange(manifest, form, [(["PNRGOV", "13", "1", "IA"], 1, body)], 1)


def _parts(manifest: Manifest, form: Form) -> list[Sequence[Passenger]]:
    people = manifest.passengers
    size = form.per_part or len(people) or 1
    return [people[at : at + size] for at in range(0, len(people), size)] or [()]


def _interchange(
    manifest: Manifest, form: Form, written: Iterable[tuple[list[str], int, list[list[object]]]], parts: int
) -> bytes:
    day, _, clock = manifest.sent.partition("T")
    sent = [day.replace("-", "")[2:], clock.replace(":", "")]
    reference = manifest.reference or "1"
    segments: list[list[object]] = []
    for version, number, body in written:
        head: list[object] = ["UNH", reference, version]
        if parts > 1:
            mark = "C" if number == 1 else "F" if number == parts else ""
            head += [reference, [f"{number:02}", mark]]
        segments += [head, *body, ["UNT", str(len(body) + 2), reference]]
    segments.append(["UNZ", str(parts), "1"])
    cut = _Cut(form)
    text = "".join(cut.segment(segment) for segment in segments)
    syntax = ["UNOA" if text.isascii() else "UNOY", "4"]
    text = cut.segment(["UNB", syntax, manifest.sender, manifest.recipient, sent, "1"]) + text
    return ((form.separators.announced() if form.announced else "") + text).encode("utf-8")


class _Cut:
    """Segments as text, with the signs of one form."""

    def __init__(self, form: Form) -> None:
        signs = form.separators
        self.signs = signs
        self.end = signs.terminator + ("\r\n" if form.lines else "")
        released = (signs.component, signs.element, signs.terminator, signs.release)
        self.releases = {ord(sign): signs.release + sign for sign in released if sign}

    def segment(self, elements: Sequence[object]) -> str:
        """One segment. Empty elements at its end are left out."""
        return self.signs.element.join(_without_end([self.element(each) for each in elements])) + self.end

    def element(self, element: object) -> str:
        """An element: a text, or a list of components."""
        if not isinstance(element, list):
            return self.value(str(element))
        return self.signs.component.join(_without_end([self.value(each) for each in element]))

    def value(self, text: str) -> str:
        """A component; separators in it are released. Raises BadInput where they cannot be."""
        if text.isalnum():
            return text
        if "\r" in text or "\n" in text:
            raise BadInput(f"{text!r} has a line's end in it", hint="write it in one line")
        released = text.translate(self.releases)
        if released != text and not self.signs.release:
            raise BadInput(
                f"{text!r} holds a separator", hint="write it in a form that has a release character"
            )
        return released


def _without_end(texts: list[str]) -> list[str]:
    """Without the empty ones at the end, which nobody sends."""
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _flight(flight: Flight) -> Iterator[list[object]]:
    for leg in flight.legs:
        yield ["TDT", "20", flight.name, "", "", flight.carrier]
        yield ["LOC", "125", leg.origin]
        if leg.departs:
            yield ["DTM", ["189", *_moment(leg.departs)]]
        yield ["LOC", "87", leg.destination]
        if leg.arrives:
            yield ["DTM", ["232", *_moment(leg.arrives)]]
    if not flight.legs:
        yield ["TDT", "20", flight.name, "", "", flight.carrier]


def _moment(text: str) -> list[str]:
    digits = text.replace("-", "").replace("T", "").replace(":", "")[2:]
    return [digits, "201" if len(digits) == 10 else "101"]


def _person(one: Passenger, year: int) -> Iterator[list[object]]:
    name = [one.names[0].surname, one.names[0].given] if one.names else [""]
    yield ["NAD", NAD[one.role], "", "", name]
    if one.sex:
        yield ["ATT", "2", "", one.sex + ("I" if one.infant and not one.born else "")]
    if one.born:
        short = one.born.replace("-", "")
        two = (
            short[2:] if len(short) == 8 and dates.born(short[2:], year or dates.UNDATED) == one.born else ""
        )
        yield ["DTM", ["329", two or f"{short:0<8}"]]
    for what, place in (("178", one.embarks), ("179", one.disembarks), ("174", one.residence)):
        if place:
            yield ["LOC", what, place]
    if one.birthplace:
        yield ["LOC", "180", ["", "", "", one.birthplace]]
    if one.bags is not None:
        yield ["MEA", "CT", "", ["", str(one.bags)]]
    if one.nationality:
        yield ["NAT", "2", one.nationality]
    for what, text in (("AVF", one.locator), ("ABO", one.reference), ("SEA", one.seat)):
        if text:
            yield ["RFF", [what, text]]
    for document in one.documents:
        yield ["DOC", [document.code, "110", "111"], document.number]
        if document.expires:
            short = document.expires.replace("-", "")
            two = short[2:] if dates.expiry(short[2:], year or dates.UNDATED) == document.expires else ""
            yield ["DTM", ["36", two or f"{short:0<8}"]]
        if document.issuer:
            yield ["LOC", "91", document.issuer]


def _leg(flight: Flight, leg_of: bool) -> list[object]:
    """A TVL: of the flight that is reported, or of a journey, where the carrier that flies it stands beside."""
    leg = flight.legs[0]
    times = [part for text in (leg.departs, leg.arrives) for part in _day_and_clock(text)]
    carriers = (
        [flight.carrier, *(share.carrier for share in flight.code_shares[:1])] if leg_of else [flight.carrier]
    )
    return ["TVL", times, leg.origin, leg.destination, carriers, flight.number + flight.suffix]


def _day_and_clock(text: str) -> tuple[str, str]:
    day, _, clock = text.partition("T")
    return day[8:] + day[5:7] + day[2:4], clock.replace(":", "")


def _booking(manifest: Manifest, people: Sequence[Passenger]) -> Iterator[list[object]]:
    carrier, year = manifest.flights[0].carrier, int(manifest.sent[:4] or 0)
    yield ["SRC"]
    yield ["RCI", [carrier, people[0].locator]]
    marks = {id(one): one.reference or str(number) for number, one in enumerate(people, start=1)}
    for one in people:
        if one.infant and not one.reference and one.infant_of is not None:
            adult = marks[id(manifest.passengers[one.infant_of])]
            yield _request(carrier, "INFT", f"{_slashed(one)}/{_spelt(one.born, year)}", adult)
            yield from _documents(carrier, one, adult, year)
            continue
        kind = "IN" if one.infant else "A"
        yield ["TIF", one.names[-1].surname, [one.names[-1].given, kind, marks[id(one)]]]
        yield from _documents(carrier, one, marks[id(one)], year)
    for flight in people[0].legs:
        yield _leg(flight, leg_of=True)
        if any(flight.legs[0] == leg for own in manifest.flights for leg in own.legs):
            yield from _check_in(people, marks)


def _check_in(people: Sequence[Passenger], marks: dict[int, str]) -> Iterator[list[object]]:
    for one in people:
        if one.seat or one.bags is not None:
            yield ["TIF", one.names[-1].surname, [one.names[-1].given, "A", marks[id(one)]]]
            if one.seat:
                yield ["SSD", one.seat]
            if one.bags is not None:
                yield ["TBD", "", [str(one.bags)]]


def _documents(carrier: str, one: Passenger, mark: str, year: int) -> Iterator[list[object]]:
    sex = f"{one.sex or 'U'}I" if one.infant and not one.reference else one.sex
    for document in one.documents or (None,):
        if document is None and not (one.born or one.sex or one.nationality):
            return
        code, number, issuer, expires = (
            (document.code, document.number, document.issuer, document.expires)
            if document
            else ("", "", "", "")
        )
        ends = _spelt(expires, year, ends=True)
        born = _spelt(one.born, year)
        said = (code, issuer, number, one.nationality, born, sex, ends, _slashed(one))
        yield _request(carrier, "DOCS", f"/{'/'.join(said)}", mark)
    for address in one.addresses:
        text, _, country = address.rpartition(", ")
        yield _request(carrier, "DOCA", f"/D/{country}/{text.replace(', ', '/')}", mark)


def _request(carrier: str, code: str, text: str, mark: str) -> list[object]:
    return ["SSR", [code, "HK", "1", carrier, "", "", "", "", text], ["", "", mark]]


def _slashed(one: Passenger) -> str:
    name = one.names[0]
    return "/".join(part.replace("/", " ") for part in (name.surname, name.given))


def _spelt(day: str, year: int, ends: bool = False) -> str:
    """DDMMMYY, or DDMMMYYYY where two digits would be read as another century; empty for a date that is not whole."""
    if len(day) != 10:
        return ""
    long = f"{day[8:]}{NAMES[int(day[5:7])]}{day[:4]}"
    short = long[:5] + long[7:]
    read = (dates.expiry if ends else dates.born)(short, year or dates.UNDATED)
    return short if read == day else long
