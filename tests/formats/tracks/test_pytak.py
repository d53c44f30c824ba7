"""A foreign peer: what pytak's own functions make is read, one by one and as its clients write it to a connection."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import pytest

from liaison.formats.tracks import Kind, Need, Report, cot
from liaison.formats.tracks.cot_stream import Stream

with warnings.catch_warnings():  # it warns of its own optional parts
    warnings.simplefilter("ignore")
    pytak = pytest.importorskip("pytak", reason="pytak is not installed: pip install pytak")

PLACE = {"lat": 41.3125, "lon": 19.4455, "ce": 9.5, "hae": 80.5, "le": 20}


def made(**fields: Any) -> bytes:
    event = pytak.cot_event(**{**PLACE, "uid": "invented-7", "cot_type": "a-f-A-M-H-Q", **fields})
    return bytes(pytak.serialize_cot(event))


def now() -> datetime:
    return datetime.now(UTC)


@pytest.mark.parametrize(
    ("type_", "kind"),
    [
        ("a-f-A-M-H-Q", Kind.DRONE),
        ("a-f-G-U-C", Kind.TEAM),
        ("a-n-S-X-M", Kind.BOAT),
        ("a-u-G", Kind.UNKNOWN),
    ],
)
def test_its_events_are_read(type_: str, kind: Kind) -> None:
    found = cot.read(made(cot_type=type_, callsign="INVENT 7"), now())
    assert found.doubts == ()
    [track] = found.tracks
    assert (track.uid, track.kind, track.latitude, track.longitude) == ("invented-7", kind, 41.3125, 19.4455)
    assert (track.accuracy, track.height) == (9.5, 80.5)
    assert track.callsign == ("INVENT 7" if kind in (Kind.DRONE, Kind.BOAT) else "")
    assert track.stale is not None
    assert (track.stale - track.time).total_seconds() == pytest.approx(120, abs=1)


def test_its_older_generators_are_read() -> None:
    old = pytak.gen_cot(**PLACE, uid="invented-8", stale=60, cot_type="a-f-A-M-H-Q", callsign="INVENT 8")
    assert old is not None
    [track] = cot.read(old, now()).tracks
    assert track.uid == "invented-8"


def test_its_pings_are_ignored() -> None:
    for ping in (pytak.hello_event(), pytak.functions.tak_pong()):
        assert cot.read(ping, now()).ignored


def test_what_its_client_writes_to_a_connection_is_read_in_any_pieces() -> None:
    written = pytak.hello_event() + b"".join(made(uid=f"invented-{at}") for at in range(50))
    stream, told = Stream(), []
    for at in range(0, len(written), 700):
        told += stream.feed(written[at : at + 700], now())
    assert all(isinstance(one, Report) for one in told)
    assert [one.tracks[0].uid for one in told[1:] if isinstance(one, Report)] == [
        f"invented-{at}" for at in range(50)
    ]


def test_people_in_its_events_are_counted() -> None:
    seen = ElementTree.Element("people", count="3", need="exposure")
    [sighting] = cot.read(made(cot_type="b-m-p-s-m", detail=pytak.cot_detail(seen)), now()).sightings
    assert (sighting.count, sighting.needs) == (3, (Need.EXPOSURE,))
