"""Flights as the API tells them: in counts, and one with those on board."""

from __future__ import annotations

from datetime import datetime

import msgspec

from liaison.screening.flights.rules import State
from liaison.screening.flights.taking import Taken
from liaison.screening.flights.viewing import Aboard, Listed, Shown


class ManifestOut(msgspec.Struct, frozen=True):
    """A passenger list that is kept; `new` where it was not known before, `approval` what it waits for, if anything."""

    id: str
    flight: str
    name: str
    day: str
    people: int
    doubts: int
    state: State
    approval: str
    new: bool


class RefusedOut(msgspec.Struct, frozen=True):
    """A file that could not be taken, and what to do."""

    file: str
    field: str
    reason: str
    hint: str


class TakenOut(msgspec.Struct, frozen=True):
    """What became of what was handed in."""

    manifests: list[ManifestOut]
    refused: list[RefusedOut]


class FlightOut(msgspec.Struct, frozen=True, kw_only=True):
    """A flight without anybody's name. Days and times are of the airport's own clock; alerts are counted by state."""

    id: str
    case: str
    name: str
    day: str
    origin: str
    destination: str
    departs: str
    reported: datetime
    cancelled: bool
    reports: int
    people: int
    candidates: int
    confirmed: int
    rejected: int
    state: State
    masked: bool
    gone: bool


class PaperOut(msgspec.Struct, frozen=True):
    """A document as the carrier sent it."""

    code: str
    number: str
    issuer: str
    expires: str


class MarkOut(msgspec.Struct, frozen=True):
    """An alert on a passenger; `listed` where the record reports the document as lost, stolen or invalid."""

    alert: str
    state: str
    listed: bool


class AboardOut(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody on board: the place in the list from 1. Nobody has a name once the flight is masked."""

    place: int
    names: list[str]
    born: str
    sex: str
    nationality: str
    documents: list[PaperOut]
    role: str
    infant: bool
    infant_of: int | None
    seat: str
    locator: str
    embarks: str
    disembarks: str
    alerts: list[MarkOut]
    findings: list[str]


class DoubtOut(msgspec.Struct, frozen=True):
    """What is doubtful of a list: the segment or row, and the byte, 0 and -1 where it stands at no one place."""

    segment: int
    offset: int
    words: str
    hint: str
    file: str


class OneFlightOut(msgspec.Struct, frozen=True, kw_only=True):
    """One flight with a page of those on board: `found` people of the report, `page` of `pages`."""

    flight: FlightOut
    reports: list[str]
    report: str
    code_shares: list[str]
    legs: list[tuple[str, str, str, str]]
    found: int
    page: int
    pages: int
    aboard: list[AboardOut]
    doubts: list[DoubtOut]


def taken_out(taken: Taken) -> TakenOut:
    """What became of what was handed in."""
    manifests = [
        ManifestOut(
            one.id, one.flight, one.name, one.day, one.people, one.doubts, one.state, one.approval, one.new
        )
        for one in taken.kept
    ]
    refused = [RefusedOut(each.file, each.field, str(each), each.hint) for each in taken.refused]
    return TakenOut(manifests, refused)


def flight_out(one: Listed) -> FlightOut:
    """A flight as the API lists it."""
    return FlightOut(**{name: getattr(one, name) for name in FlightOut.__struct_fields__})


def one_out(shown: Shown) -> OneFlightOut:
    """One flight as the API shows it."""
    flown = shown.manifest.flights if shown.manifest else ()
    return OneFlightOut(
        flight=flight_out(shown.listed),
        reports=[each.id for each in shown.reports],
        report=shown.report.id if shown.report else "",
        code_shares=[str(each) for one in flown for each in one.code_shares],
        legs=[(leg.origin, leg.destination, leg.departs, leg.arrives) for one in flown for leg in one.legs],
        found=shown.found,
        page=shown.page,
        pages=shown.pages,
        aboard=[_aboard_out(each) for each in shown.aboard],
        doubts=[
            DoubtOut(each.segment, each.offset, each.words, each.hint, each.file) for each in shown.doubts
        ],
    )


def _aboard_out(each: Aboard) -> AboardOut:
    one = each.one
    return AboardOut(
        place=each.place + 1,
        names=[f"{name.given} {name.surname}".strip() for name in one.names],
        born=one.born,
        sex=one.sex,
        nationality=one.nationality,
        documents=[
            PaperOut(paper.code, paper.number, paper.issuer, paper.expires) for paper in one.documents
        ],
        role=one.role.value,
        infant=one.infant,
        infant_of=None if each.adult is None else each.adult + 1,
        seat=one.seat,
        locator=one.locator,
        embarks=one.embarks,
        disembarks=one.disembarks,
        alerts=[MarkOut(mark.alert, mark.state.value, mark.reported) for mark in each.marks],
        findings=[finding.words for finding in each.findings],
    )
