"""What flights are, which of them somebody watches, and until when a passenger is named. Pure.

Days and times of flights are those of the airport's own clock; moments of the node are in UTC.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from liaison.formats.manifests.flights import airport, designator
from liaison.formats.manifests.joining import shared
from liaison.formats.manifests.model import Flight, Kind, Manifest, Travelled
from liaison.model.errors import BadInput
from liaison.model.moves import moved

LONGEST_WATCH = timedelta(days=90)
FLIGHT_OFF = "cancelled flight"  # the change that takes the whole flight back
NO_FLIGHT = "the {form} names no flight, so it cannot be kept with one"


class State(Enum):
    """How far a manifest has come."""

    WAITING = "waiting"  # for an approval, or for the check to begin
    RUNNING = "running"
    CHECKED = "checked"
    KEPT = "kept"  # not checked: those whom it names do not fly
    FAILED = "failed"


class Step(Enum):
    """What happens to a manifest; the value is its past form."""

    START = "checked"
    FINISH = "finished"
    FAIL = "given up"


STEPS = {
    (State.WAITING, Step.START): State.RUNNING,
    (State.FAILED, Step.START): State.RUNNING,
    (State.RUNNING, Step.FINISH): State.CHECKED,
    (State.RUNNING, Step.FAIL): State.FAILED,
}


def after(state: State, step: Step) -> State:
    """The state that follows. Raises Conflict where the step cannot be taken from here."""
    return moved(STEPS, "a passenger list", state, step)


@dataclass(frozen=True, slots=True)
class Named:
    """A flight as it is kept: one departure of one flight, from its first airport to its last."""

    carrier: str
    number: str
    suffix: str
    day: str
    origin: str = ""
    destination: str = ""
    departs: str = ""
    arrives: str = ""


def named(manifest: Manifest) -> Named:
    """The flight that a manifest is about: the first that it names. Raises BadInput where it names none."""
    flight = next((each for each in manifest.flights if each.number), None)
    if flight is None:
        hint = "ask the carrier for the message again"
        if not of_carrier(manifest):
            hint = (
                "add a column `flight` and one of the day, or say beside the table which flight and day it is"
            )
        raise BadInput(NO_FLIGHT.format(form=manifest.form), field="flight", file=manifest.file, hint=hint)
    departs = next((leg.departs for leg in flight.legs if leg.departs), "")
    arrives = next((leg.arrives for leg in reversed(flight.legs) if leg.arrives), "")
    return Named(
        flight.carrier,
        flight.number,
        flight.suffix,
        departs[:10],
        flight.legs[0].origin if flight.legs else "",
        flight.legs[-1].destination if flight.legs else "",
        departs,
        arrives,
    )


def flies(manifest: Manifest) -> bool:
    """Whether those whom a manifest names are to fly: not where the flight, their booking or their place was taken
    back."""
    return bool(manifest.passengers) and not manifest.cancelled


def takes_back(manifest: Manifest) -> bool:
    """Whether a manifest says that the flight is not flown."""
    return manifest.cancelled and manifest.change == FLIGHT_OFF


def of_carrier(manifest: Manifest) -> bool:
    """Whether it is a carrier's own message, which lists whom it carries; a table may list anybody."""
    return manifest.kind is not Kind.ROWS


def group(part: Manifest) -> str:
    """What the parts of one message have in common; empty for a message that came whole."""
    return "\n".join(shared(part) or ())


@dataclass(frozen=True, slots=True)
class Sought:
    """Which flights somebody is to be told of: one by its number, or all between two airports, one of them or both."""

    carrier: str = ""
    number: str = ""
    suffix: str = ""
    origin: str = ""
    destination: str = ""

    @property
    def words(self) -> str:
        """As a person reads it: `LI117`, `TIA - LHR`."""
        route = f"{self.origin or '?'} - {self.destination or '?'}" if self.origin or self.destination else ""
        return ", ".join(part for part in (f"{self.carrier}{self.number}{self.suffix}", route) if part)


def sought(flight: str, origin: str, destination: str) -> Sought:
    """What was written of a flight to watch. Raises BadInput with the field."""
    found = designator(flight) if flight.strip() else None
    if flight.strip() and found is None:
        raise BadInput(f"{flight!r} is no flight", field="flight", hint="write carrier and number, as LI117")
    for field, text in (("origin", origin), ("destination", destination)):
        if text.strip() and not airport(text):
            raise BadInput(f"{text!r} is no airport", field=field, hint="write three letters, as TIA")
    if found is None and not origin.strip() and not destination.strip():
        raise BadInput("no flight is named", field="flight", hint="name a flight, an airport, or two")
    flown = found or Travelled("", "")
    return Sought(flown.carrier, flown.number, flown.suffix, airport(origin), airport(destination))


def require_end(until: datetime, now: datetime) -> None:
    """Raises BadInput for an end that has passed, or is more than 90 days away."""
    if not now < until <= now + LONGEST_WATCH:
        hint = f"name a day within {LONGEST_WATCH.days} days; it can be named again then"
        raise BadInput("the flight cannot be watched until then", field="until", hint=hint)


def matches(wanted: Sought, flights: Iterable[Flight]) -> bool:
    """Whether one of these flights is watched: by its number or a code-share's, and on its route if one is said."""
    return any(_numbered(wanted, flight) and _routed(wanted, flight) for flight in flights)


def _numbered(wanted: Sought, flight: Flight) -> bool:
    if not wanted.number:
        return True
    sold = (Travelled(flight.carrier, flight.number, flight.suffix), *flight.code_shares)
    return any(
        (each.carrier, each.number) == (wanted.carrier, wanted.number)
        and (not wanted.suffix or each.suffix == wanted.suffix)
        for each in sold
    )


def _routed(wanted: Sought, flight: Flight) -> bool:
    """Whether somebody can board at the first airport and leave at the second; one that is not said may be any."""
    starts = [at for at, leg in enumerate(flight.legs) if not wanted.origin or leg.origin == wanted.origin]
    ends = [
        at
        for at, leg in enumerate(flight.legs)
        if not wanted.destination or leg.destination == wanted.destination
    ]
    if not (wanted.origin or wanted.destination):
        return True
    return bool(starts and ends) and starts[0] <= ends[-1]


def in_force(until: datetime, ended: datetime | None, now: datetime) -> bool:
    """Whether a watch that nobody ended still stands."""
    return ended is None and now < until


def due(taken: datetime, days: int, now: datetime) -> bool:
    """Whether so many days have passed since a manifest was taken (Directive (EU) 2016/681, article 12: since the
    data were transferred)."""
    return now >= taken + timedelta(days=days)
