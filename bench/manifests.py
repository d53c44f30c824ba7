"""Passenger messages: PAXLST and PNRGOV read, passengers made columns; pydifact beside, where it is installed."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bench.common import Figures, cpu_seconds

if TYPE_CHECKING:
    from liaison.formats.edifact import Interchange
    from liaison.formats.manifests import Manifest

SURNAMES = (
    "HOXHA",
    "KRASNIQI",
    "GASHI",
    "SHALA",
    "BERISHA",
    "MORINA",
    "RAMA",
    "LEKA",
    "DUKA",
    "BASHA",
    "VAN DER BERG",
)
GIVEN = ("AGIM", "ALBAN", "ARTA", "BESA", "DRITA", "FATMIR", "ILIR", "LUAN", "ANNA MARIA", "PETRIT", "SOKOL")
STATES = ("ALB", "GBR", "ITA", "DEU", "XKX")
ABOARD = 180  # people on a flight


def measure(quick: bool) -> list[Figures]:
    """MB and segments a second from bytes to segments and to passengers, and passengers a second to columns."""
    from liaison.formats.manifests import writing

    flights = 30 if quick else 300
    found = Figures(f"Passenger messages of {flights:,} flights with {ABOARD} people each, one core")
    for title, write, booked in (("PAXLST", writing.paxlst, False), ("PNRGOV", writing.pnrgov, True)):
        sent = [_as_sent(write(_manifest(number, booked)), booked) for number in range(flights)]
        _message(title, sent, found)
        _beside(title, sent, found)
    return [found]


def _message(title: str, sent: list[bytes], found: Figures) -> None:
    from liaison.formats.edifact import messages, split
    from liaison.formats.manifests import people, read

    size = sum(map(len, sent)) / 1e6
    segments = sum(len(split(data).segments) for data in sent)
    seconds, _ = _best(lambda: [list(messages(split(data))) for data in sent])
    found.add(f"{title}: bytes to segments", round(size / seconds, 1), "MB/s", ">= 10")
    seconds, _ = _best(lambda: [_every_element(split(data)) for data in sent])
    found.add(f"{title}: bytes to every element", round(size / seconds, 1), "MB/s", ">= 10")
    seconds, manifests = _best(lambda: [read(data)[0] for data in sent])
    found.add(f"{title}: bytes to passengers", round(size / seconds, 1), "MB/s", ">= 10")
    found.add(f"{title}: segments", round(segments / seconds / 1000), "thousand/s")
    total = sum(len(manifest.passengers) for manifest in manifests)
    found.add(f"{title}: passengers", round(total / seconds / 1000, 1), "thousand/s")
    seconds, _ = _best(lambda: [people.columns(manifest.passengers) for manifest in manifests])
    found.add(f"{title}: passengers to columns", round(total / seconds / 1000), "thousand/s")
    found.notes.append(f"{title}: {size:,.1f} MB, {segments:,} segments, {total:,} passengers")


def _every_element(interchange: Interchange) -> int:
    return sum(len(interchange.elements(at)) for at in range(len(interchange.segments)))


def _best(work: Callable[[], list[Any]]) -> tuple[float, list[Any]]:
    """The least processor seconds of three runs, and what the last one made."""
    least, made = float("inf"), list[Any]()
    for _ in range(3):
        start = cpu_seconds()
        made = work()
        least = min(least, cpu_seconds() - start)
    return least, made


def _beside(title: str, sent: list[bytes], found: Figures) -> None:
    try:
        from pydifact.segmentcollection import RawSegmentCollection
    except ImportError:
        found.notes.append("pydifact is not installed: not measured beside")
        return
    few = sent[: max(1, len(sent) // 30)]

    def cut() -> list[object]:
        return [segment for data in few for segment in RawSegmentCollection.from_str(data.decode()).segments]

    seconds, _ = _best(cut)
    found.add(f"{title}: pydifact, to segments", round(sum(map(len, few)) / 1e6 / seconds, 2), "MB/s")


def _manifest(number: int, booked: bool) -> Manifest:
    """One flight; the same for the same number."""
    from liaison.formats.manifests import Flight, Kind, Leg, Manifest, Passenger, TravelDocument
    from liaison.formats.manifests.model import Named

    chance = random.Random(number)
    day = f"2026-03-{number % 28 + 1:02}"
    flight = Flight("LI", str(100 + number), "", (Leg("TIA", "LHR", f"{day}T12:20", f"{day}T16:35"),))
    aboard = []
    for at in range(ABOARD):
        state = chance.choice(STATES)
        document = TravelDocument(
            "P", f"{chance.randrange(10**9):09}", state, f"20{chance.randrange(27, 36)}-05-0{at % 9 + 1}"
        )
        aboard.append(
            Passenger(
                names=(Named(chance.choice(SURNAMES), chance.choice(GIVEN)),),
                born=f"{chance.randrange(1940, 2024)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}",
                sex=chance.choice("MF"),
                nationality=state,
                residence="" if booked else state,
                documents=(document,),
                locator=f"{number:03}{at // 2:03}",
                reference=str(at % 2 + 1) if booked else f"LI{at:04}",
                seat=f"{at // 6 + 1}{'ABCDEF'[at % 6]}",
                embarks="" if booked else "TIA",
                disembarks="" if booked else "LHR",
                legs=(flight,) if booked else (),
            )
        )  # fmt: skip
    return Manifest(
        kind=Kind.BOOKINGS if booked else Kind.PASSENGERS,
        message="PNRGOV" if booked else "PAXLST",
        sender="LI",
        recipient="XK",
        sent=f"{day}T08:00",
        reference=str(number + 1),
        flights=(flight,),
        passengers=tuple(aboard),
    )


def _as_sent(data: bytes, booked: bool) -> bytes:
    """A booking carries much that is passed over: fares, payment, remarks, addresses."""
    if not booked:
        return data
    passed = (
        b"FTI+LI:1234567:::GOLD'IFT+4:28::LI+CTCE A..NAME//MAIL.EXAMPLE'REF+:123456789'FAR+N+++++YN324N'"
        b"TKT+2201234567890:T:1'MON+B:377.36:EUR+T:400.00:EUR'PTK+NR++150426:1010+LI+006+TIA'"
        b"TXD++2.26:::AY6+3.40:::YQ+4.53:::YC'DAT+710:010226'FOP+CC::400.00:VI:XXXXXXXXXXXX6126:0827'"
    )
    data = data.replace(b"'TVL", b"'" + 2 * passed + b"TVL").replace(2 * passed, b"", 1)
    return re.sub(rb"UNT\+\d+", b"UNT+%d" % (data.count(b"'") - 3), data)
