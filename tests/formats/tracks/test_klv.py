"""MISB ST 0601: tags, checksums, damaged packets, and any bytes at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.formats.tracks import Kind, klv
from liaison.formats.tracks.model import Source
from liaison.model.errors import BadInput
from tests.formats.tracks.made import AT, KEY, frame
from tests.formats.tracks.made import klv as made


def test_a_packet() -> None:
    found = klv.read(made(frame()))
    assert found.doubts == ()
    assert (found.time, found.mission, found.tail_number, found.platform) == (
        AT,
        "INVENTED MISSION",
        "ZZ-INVENT",
        "INVENTED ONE",
    )
    assert (found.version, found.passed, found.ground_speed) == (17, 1, 21)
    for name, value, near in (
        ("heading", 159.9744, 0.01),
        ("pitch", -0.43, 0.001),
        ("roll", 3.4, 0.001),
        ("latitude", 41.312, 1e-6),
        ("longitude", 19.445, 1e-6),
        ("above_sea", 1210.5, 0.2),
        ("height", 1250.5, 0.2),
        ("slant_range", 3000, 0.01),
        ("centre_latitude", 41.32, 1e-6),
        ("centre_longitude", 19.45, 1e-6),
        ("centre_above_sea", 5, 0.2),
    ):
        assert getattr(found, name) == pytest.approx(value, abs=near), name
    track = found.track
    assert track is not None
    assert (track.source, track.uid, track.kind, track.time, track.speed) == (
        Source.KLV,
        "ZZ-INVENT",
        Kind.DRONE,
        AT,
        21,
    )
    assert (track.latitude, track.longitude) == (found.latitude, found.longitude)
    assert (track.height, track.above_sea, track.course) == (found.height, found.above_sea, None)


def test_the_standard_s_examples() -> None:
    """ST 0601, the example value of each tag."""
    example = {5: "71c2", 6: "fd3d", 7: "08b8", 13: "5595b66d", 14: "5b5360c4", 15: "c221", 21: "03830926"}
    example |= {23: "f101a229", 24: "14bc082b", 25: "34f3"}
    found = klv.read(made({tag: bytes.fromhex(raw) for tag, raw in example.items()}))
    assert found.heading == pytest.approx(159.974365)
    assert found.pitch == pytest.approx(-0.43153172)
    assert found.roll == pytest.approx(3.40586566)
    assert found.latitude == pytest.approx(60.1768229669783)
    assert found.longitude == pytest.approx(128.426759042045)
    assert found.above_sea == pytest.approx(14190.7195)
    assert found.slant_range == pytest.approx(68590.983298744)
    assert found.centre_latitude == pytest.approx(-10.5423886331461)
    assert found.centre_longitude == pytest.approx(29.157890122923)
    assert found.centre_above_sea == pytest.approx(3216.03723)


def test_a_track_needs_a_time_a_place_and_a_name() -> None:
    for without in (2, 13, 14):
        assert klv.read(made({tag: raw for tag, raw in frame().items() if tag != without}), "s").track is None
    bare = klv.read(made({tag: frame()[tag] for tag in (2, 13, 14)}), "camera-1").track
    assert bare is not None
    assert (bare.uid, bare.height, bare.speed) == ("camera-1", None, None)
    nameless = {tag: raw for tag, raw in frame().items() if tag != 4}
    for tags, sender, uid in (
        (nameless, "camera-1", "camera-1"),
        (nameless, "", "INVENTED ONE"),
        (frame(), "x", "ZZ-INVENT"),
    ):
        track = klv.read(made(tags), sender).track
        assert track is not None
        assert track.uid == uid


def test_the_lowest_number_means_none() -> None:
    found = klv.read(made({**frame(), 13: b"\x80\0\0\0", 6: b"\x80\0"}))
    assert (found.latitude, found.pitch, found.track, found.doubts) == (None, None, None, ())


@pytest.mark.parametrize("at", [16, 20, 30, 60, -1, -2])
def test_a_packet_whose_checksum_does_not_hold_is_refused(at: int) -> None:
    packet = bytearray(made(frame()))
    packet[at] ^= 0x01
    with pytest.raises(BadInput) as refused:
        klv.read(bytes(packet))
    assert refused.value.field.startswith("byte ")


def test_a_packet_without_a_checksum_is_told() -> None:
    assert "no checksum" in klv.read(made(frame(), checksum=False)).doubts[0].words


@pytest.mark.parametrize(
    ("tags", "place"),
    [
        ({5: b"\x01"}, "byte 19"),
        ({2: b"\xff" * 8}, "byte 19"),
        ({3: b"\xff\xfe"}, "byte 19"),
        ({3: b"a\x07"}, "byte 19"),
    ],
)
def test_a_value_that_is_none_is_left_out_and_told(tags: dict[int, bytes], place: str) -> None:
    found = klv.read(made(tags))
    assert [doubt.place for doubt in found.doubts] == [place]
    assert (found.heading, found.time, found.mission) == (None, None, "")


@pytest.mark.parametrize(
    ("packet", "says"),
    [
        (b"", "key"),
        (KEY[:-1] + b"\x01\x00", "key"),
        (KEY, "cut"),
        (KEY + b"\x05\x01", "cut"),
        (KEY + b"\x80", "length is none"),
        (KEY + b"\x85\x00\x00\x00\x00\x01", "length is none"),
        (KEY + b"\x84\xff\xff\xff\xff", "at most"),
        (KEY + b"\x02\x05\x09", "longer than its packet"),
        (KEY + b"\x02\xff\xff", "no end"),
        (KEY + b"\x01\x05", "cut before a length"),
        (KEY + b"\x82\x03\xe8" + b"\x05\x00" * 500, "more than 256 tags"),
    ],
)
def test_what_is_no_packet_is_refused_with_its_place(packet: bytes, says: str) -> None:
    with pytest.raises(BadInput, match=says) as refused:
        klv.read(packet)
    assert refused.value.field
    assert refused.value.hint


def test_packets_of_a_stream_are_read_each_for_itself() -> None:
    sound = made(frame())
    damaged = sound[:-1] + bytes([sound[-1] ^ 1])
    first, second, third = klv.frames(b"\x47noise" + sound + damaged + b"\0\0" + sound)
    assert isinstance(second, BadInput)
    assert first == third == klv.read(sound)


@given(
    st.dictionaries(st.integers(1, 300), st.binary(max_size=10), max_size=12),
    st.binary(max_size=40),
    st.data(),
)
def test_any_bytes_are_read_or_refused(tags: dict[int, bytes], noise: bytes, data: st.DataObject) -> None:
    packet = made({tag: raw for tag, raw in tags.items() if tag != 1})
    assert klv.read(packet).track is None or tags
    at = data.draw(st.integers(0, len(packet)))
    for damaged in (KEY + noise, packet[:at] + noise + packet[at:], packet[:at]):
        for found in klv.frames(damaged):
            assert not isinstance(found, BadInput) or found.hint


@given(st.binary(max_size=300))
def test_the_checksum_is_the_standard_s(head: bytes) -> None:
    total = 0
    for at, byte in enumerate(head):
        total += byte << (8 * ((at + 1) % 2))
    assert klv.checksum(head) == total & 0xFFFF
