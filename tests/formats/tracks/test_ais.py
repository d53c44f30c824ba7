"""AIS by pyais: positions, names, beacons, sentences in several parts. Vessels are invented."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.formats.tracks import Kind, ais
from liaison.formats.tracks.ais import Heard, Receiver, Vessel
from liaison.formats.tracks.model import Source
from liaison.model.errors import BadInput, PartMissing
from tests.formats.tracks.made import AT, NOW

MMSI = 201_999_999


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ais, "_decode", lambda: None)
    assert not ais.installed()
    with pytest.raises(PartMissing) as missing:
        Receiver()
    assert "liaison[boats]" in missing.value.hint


@pytest.fixture(name="encode")
def encoder() -> Any:
    found = pytest.importorskip("pyais.encode", reason="pyais is not installed: pip install 'liaison[boats]'")
    return lambda **fields: [
        line.encode() for line in found.encode_dict({"mmsi": MMSI, "msg_type": fields.get("type"), **fields})
    ]


def heard(*lines: bytes) -> Heard:
    return Receiver().read(b"\r\n".join(lines), NOW)


POSITION = {
    "type": 1,
    "lat": 41.312,
    "lon": 19.445,
    "course": 271.5,
    "speed": 10.0,
    "second": 11,
    "accuracy": 1,
}


@pytest.mark.parametrize("type_", [1, 2, 3, 18, 19])
def test_positions_of_ships_and_small_craft(encode: Any, type_: int) -> None:
    found = heard(*encode(**{**POSITION, "type": type_}))
    assert found.doubts == ()
    [track] = found.tracks
    assert (track.source, track.uid, track.kind, track.type) == (Source.AIS, str(MMSI), Kind.BOAT, str(type_))
    assert (track.latitude, track.longitude) == (41.312, 19.445)
    assert (track.course, track.accuracy, track.time) == (271.5, 10, AT)
    assert track.speed == pytest.approx(5.144, abs=0.001)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"course": 360.0}, ("course", None)),
        ({"speed": 102.3}, ("speed", None)),
        ({"second": 60}, ("time", NOW)),
        ({"accuracy": 0}, ("accuracy", None)),
        ({"second": 59}, ("time", NOW - timedelta(seconds=31))),
        ({"second": 34}, ("time", NOW + timedelta(seconds=4))),
        ({"second": 36}, ("time", NOW - timedelta(seconds=54))),
    ],
)
def test_what_is_unknown_is_none(encode: Any, fields: dict[str, Any], told: tuple[str, object]) -> None:
    [track] = heard(*encode(**{**POSITION, **fields})).tracks
    assert getattr(track, told[0]) == told[1]


def test_a_ship_that_does_not_know_where_it_is_has_no_track(encode: Any) -> None:
    found = heard(*encode(**{**POSITION, "lat": 91.0, "lon": 181.0}))
    assert (found.tracks, found.doubts) == ((), ())


@pytest.mark.parametrize(
    ("mmsi", "kind", "distress"),
    [
        (970_000_001, Kind.UNKNOWN, True),
        (972_000_001, Kind.UNKNOWN, True),
        (974_000_001, Kind.UNKNOWN, True),
        (201_000_001, Kind.BOAT, False),
    ],
)
def test_beacons_say_that_somebody_is_in_distress(encode: Any, mmsi: int, kind: Kind, distress: bool) -> None:
    [track] = heard(*encode(**{**POSITION, "mmsi": mmsi})).tracks
    assert (track.kind, track.distress) == (kind, distress)


def test_names_are_the_vessel_s_own(encode: Any) -> None:
    lines = encode(type=5, shipname="INVENTED STAR", callsign="ZZ999", ship_type=70, destination="NOWHERE")
    assert len(lines) == 2
    assert heard(*lines).vessels == (Vessel(str(MMSI), "INVENTED STAR", "ZZ999", 70),)
    assert heard(*encode(type=24, partno=0, shipname="INVENTED RIB")).vessels == (
        Vessel(str(MMSI), "INVENTED RIB"),
    )
    part_b = heard(*encode(type=24, partno=1, callsign="ZZ998", ship_type=36)).vessels
    assert part_b == (Vessel(str(MMSI), "", "ZZ998", 36),)


def test_sentences_of_one_message_may_come_apart_and_mixed(encode: Any) -> None:
    first, second = encode(type=5, shipname="INVENTED STAR", seq_id=3)
    [position] = encode(**POSITION)
    receiver = Receiver()
    assert receiver.read(first + b"\n" + position, NOW).vessels == ()
    assert len(receiver.read(second, NOW).vessels) == 1
    assert receiver.read(second, NOW).vessels == ()


def test_messages_that_never_end_are_given_up(encode: Any) -> None:
    first = encode(type=5, shipname="INVENTED STAR", seq_id=1)[0]
    receiver = Receiver()
    for number in range(3 * ais.MOST_PENDING):
        receiver.read(first.replace(b",2,1,0,", f",2,1,{number},".encode()), NOW)
    assert len(receiver._pending) == ais.MOST_PENDING


def test_other_kinds_are_counted_and_other_sentences_passed_over(encode: Any) -> None:
    found = heard(*encode(type=4, lat=1, lon=1, year=2026), b"$GPGGA,1", b"# a comment", b"")
    assert (found.tracks, found.passed, found.doubts) == ((), 1, ())


@pytest.mark.usefixtures("encode")
@pytest.mark.parametrize(
    "line",
    [
        b"nonsense",
        b"!AIVDM,1,1,,B,15M67FC000G?ufbE`FepT@3n00Sa,0*00",
        b"!AIVDM,1,1,,B,1,0*50",
        b"!AIVDM,1,1,,B,,0*26",
        b"!AIVDM,9,9,,B,1,0*50",
        b"!AIVDM,2,3,,B,1,0*50",
        b"!AIVDM," + b"9" * 500,
        b"!AIVDM,\xb2,1,,B,1,0*50",
    ],
)
def test_what_is_no_sentence_is_told_by_its_line_and_the_next_is_read(line: bytes) -> None:
    found = heard(b"", line, b"!AIVDM,1,1,,B,15M67FC000G?ufbE`FepT@3n00Sa,0*5C")
    assert [doubt.place for doubt in found.doubts] == ["line 2"]
    assert found.doubts[0].words.isprintable()
    assert len(found.tracks) == 1


@pytest.mark.usefixtures("encode")
def test_no_more_is_read_at_once_than_the_limit() -> None:
    with pytest.raises(BadInput, match="at most"):
        heard(b"\n" * (ais.LARGEST + 1))


@given(
    st.lists(
        st.binary(max_size=90)
        | st.from_regex(rb"!AIVDM,[0-9]?,[0-9]?,[0-9]?,[AB]?,[0-w]{0,60},[0-6]\*[0-9A-F]{2}", fullmatch=True),
        max_size=6,
    )
)
def test_any_bytes_are_read_or_told(lines: list[bytes]) -> None:
    if not ais.installed():
        pytest.skip("pyais is not installed: pip install 'liaison[boats]'")
    receiver = Receiver()
    found = receiver.read(b"\n".join(lines), NOW)
    assert len(receiver._pending) <= ais.MOST_PENDING
    assert all(abs(track.latitude) <= 90 and abs(track.longitude) <= 180 for track in found.tracks)
