"""`liaison manifest check`: what is told of passengers whom a record on a list is like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from liaison.cli.errors import described
from liaison.cli.manifest import doubt_line, named_passenger
from liaison.screening.rules import NOTICE, bits, counted

if TYPE_CHECKING:
    from liaison.formats.manifests import Manifest
    from liaison.model.errors import BadInput
    from liaison.screening.flights.offline import Checked, Led

MOST_DOUBTS = 20  # of one list, told beside its alerts


def told(checked: Sequence[Checked], refused: Sequence[BadInput], records: int) -> dict[str, Any]:
    """What checks came to, for a script."""
    import msgspec

    return {
        "people": sum(len(each.manifest.passengers) for each in checked),
        "records": records,
        "alerts": sum(len(each.alerts) for each in checked),
        "flights": [
            {
                "file": each.manifest.file,
                "kind": each.manifest.kind.value,
                "flights": [flight.name for flight in each.manifest.flights],
                "legs": [msgspec.to_builtins(flight.legs) for flight in each.manifest.flights],
                "people": len(each.manifest.passengers),
                "people_with_alert": each.with_alert,
                "doubts": [msgspec.to_builtins(doubt) for doubt in each.manifest.doubts],
                "alerts": [_alert(each, led) for led in each.alerts],
            }
            for each in checked
        ],
        "refused": [described(error) for error in refused],
        "notice": NOTICE,
    }


def _alert(checked: Checked, led: Led) -> dict[str, Any]:
    import msgspec

    found = led.lead
    return {
        "place": led.place + 1,
        "passenger": msgspec.to_builtins(checked.manifest.passengers[led.place]),
        "score": float(bits(found.score)),
        "list": found.list,
        "record_id": found.record.id,
        "record_name": found.record.name,
        "record_born": found.record.born,
        "reasons": [part.words for part in found.explanation.contributions],
    }


def lines(checked: Sequence[Checked], records: int) -> Iterator[str]:
    """What checks came to, flight by flight, in lines to read."""
    for each in checked:
        flights = ", ".join(flight.name for flight in each.manifest.flights) or "no flight named"
        day = next(
            (leg.departs[:10] for flight in each.manifest.flights for leg in flight.legs if leg.departs), ""
        )
        people = counted(len(each.manifest.passengers), "person", "people")
        yield (
            f"{each.manifest.file}: {flights} {day}".rstrip()
            + f", {people}, doubts: {len(each.manifest.doubts):,}"
        )
        for led in each.alerts:
            yield from _led(each, led)
        if not each.alerts:
            yield "  No alerts. This does not show that nobody on board is on the lists."
        yield from _doubts(each.manifest)
    people = counted(sum(len(each.manifest.passengers) for each in checked), "person", "people")
    alerts = counted(sum(len(each.alerts) for each in checked), "alert", "alerts")
    yield f"Checked {people} against {counted(records, 'record', 'records')}: {alerts}."
    yield NOTICE


def _doubts(manifest: Manifest) -> Iterator[str]:
    """The doubts of one list with their places; how many more there are, and where every one is told."""
    for doubt in manifest.doubts[:MOST_DOUBTS]:
        yield f"  Doubt: {doubt_line(manifest, doubt)}"
    if (more := len(manifest.doubts) - MOST_DOUBTS) > 0:
        told = counted(more, "more doubt", "more doubts")
        yield f"  and {told}: `liaison manifest read` tells every one, and so does --json"


def _led(checked: Checked, led: Led) -> Iterator[str]:
    found = led.lead
    passenger = named_passenger(checked.manifest.passengers[led.place])
    yield f"  {led.place + 1:>5}  {passenger}"
    record = "  ".join(part for part in (found.record.name, found.record.born) if part)
    yield f"         {bits(found.score)} bits: {found.list} {found.record.id}  {record}"
    yield f"         {'; '.join(part.words for part in found.explanation.contributions)}"
