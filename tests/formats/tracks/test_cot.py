"""Cursor on Target: what is kept of an event, what is refused, and events as a connection brings them."""

from __future__ import annotations

import time
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.formats.feeds import markup
from liaison.formats.tracks import Kind, Need, Report, Sighting, Track, cot, cot_stream, cot_writing
from liaison.formats.tracks.cot_stream import Refusal, Stream
from liaison.formats.tracks.model import Source
from liaison.model.errors import BadInput
from tests.formats.tracks.made import AT, NOW, sample, twelve

DRONE, TEAM, PEOPLE = sample("drone.cot.xml"), sample("team.cot.xml"), sample("people.cot.xml")
ALIKE = [DRONE, TEAM, PEOPLE, sample("people.json")]


def track(event: bytes) -> Track:
    found = cot.read(event, NOW)
    assert found.doubts == ()
    [one] = found.tracks
    return one


def test_a_drone_s_event() -> None:
    assert track(DRONE) == Track(
        source=Source.COT,
        uid="invented-drone-1",
        kind=Kind.DRONE,
        latitude=41.312,
        longitude=19.445,
        time=AT.replace(microsecond=250_000),
        stale=AT.replace(minute=21, microsecond=250_000),
        height=83.5,
        accuracy=4.2,
        course=271.5,
        speed=12.25,
        callsign="INVENT 1",
        type="a-f-A-M-H-Q",
    )


def test_a_team_keeps_no_callsign_and_nothing_of_its_user() -> None:
    """A client gives the name that its user chose."""
    one = track(TEAM)
    assert (one.kind, one.callsign, one.speed, one.course) == (Kind.TEAM, "", None, 181)
    kept = msgspec.json.encode(one)
    assert not any(word in kept for word in (b"ELIRA", b"355", b"INVENTED", b"192.0.2.7", b"Cyan"))


@pytest.mark.parametrize(
    ("type_", "kind"),
    [
        ("a-f-A-M-F-Q", Kind.DRONE),
        ("a-u-A-C-F", Kind.AIRCRAFT),
        ("a-n-S-X-L", Kind.BOAT),
        ("a-h-U", Kind.BOAT),
        ("a-f-G-U-C-I", Kind.TEAM),
        ("a-u-G-E-V-C", Kind.VEHICLE),
        ("a-u-G", Kind.UNKNOWN),
        ("a-u-P", Kind.UNKNOWN),
        ("b-a-o-tbl", Kind.UNKNOWN),
    ],
)
def test_kinds(type_: str, kind: Kind) -> None:
    one = track(DRONE.replace(b"a-f-A-M-H-Q", type_.encode()))
    assert (one.kind, one.type, one.distress) == (kind, type_, type_.startswith("b-a-o"))
    assert bool(one.callsign) is (kind not in (Kind.TEAM, Kind.UNKNOWN))


@pytest.mark.parametrize(
    ("type_", "says"),
    [
        ("t-x-d-d", "ask by it"),
        ("t-x-c-t", "ask by it"),
        ("b-t-f", "no thing that moves"),
        ("u-d-f", "drawing"),
        ("b-a-o-can", "taken back"),
    ],
)
def test_pings_messages_and_drawings_are_ignored(type_: str, says: str) -> None:
    found = cot.read(DRONE.replace(b"a-f-A-M-H-Q", type_.encode()), NOW)
    assert (found.tracks, found.sightings) == ((), ())
    assert says in found.ignored


def test_a_ping_needs_no_times_that_hold() -> None:
    assert cot.read(DRONE.replace(b"a-f-A-M-H-Q", b"t-x-d-d"), NOW + timedelta(days=9)).ignored


@pytest.mark.parametrize(
    ("old", "new", "field", "says"),
    [
        (b'lat="41.3120000"', b'lat="91"', "point", "no place"),
        (b'lat="41.3120000"', b'lat="nan"', "point", "no place"),
        (b'lon="19.4450000"', b'lon="-180.1"', "point", "no place"),
        (b'lon="19.4450000"', b"", "point", "no place"),
        (b"<point", b"<spot", "event/point", "no point"),
        (b'uid="invented-drone-1"', b'uid=""', "event/uid", "no uid"),
        (b'uid="invented-drone-1"', b'uid="' + b"x" * 129 + b'"', "event/uid", "no uid"),
        (b'type="a-f-A-M-H-Q"', b"", "event/type", "no type"),
        (b'type="a-f-A-M-H-Q"', b'type="a-f A"', "event/type", "no type"),
        (b'stale="2026-03-04T11:21:11.250Z"', b"", "event/stale", "no time"),
        (b'stale="2026-03-04T11:21:11.250Z"', b'stale="2026-03-04T11:21:11"', "event/stale", "no time"),
        (
            b'stale="2026-03-04T11:21:11.250Z"',
            b'stale="2026-03-04T11:20:11Z"',
            "event/stale",
            "before it was made",
        ),
        (
            b'stale="2026-03-04T11:21:11.250Z"',
            b'stale="2026-03-04T11:20:29Z"',
            "event/stale",
            "has been stale since",
        ),
        (b'time="2026-03-04T11:20:11.250Z"', b'time="soon"', "event/time", "no time"),
        (b"<event", b"<happening", "", "no event|mismatched"),
    ],
)
def test_what_cannot_be_relied_on_is_refused_by_its_place(
    old: bytes, new: bytes, field: str, says: str
) -> None:
    event = DRONE.replace(old, new)
    assert event != DRONE
    if old in (b"<point", b"<event"):
        event = event.replace(b"</event", b"</happening") if old == b"<event" else event
    with pytest.raises(BadInput, match=says) as refused:
        cot.read(event, NOW)
    assert refused.value.field == field
    assert refused.value.hint


def test_an_unknown_fix_is_refused_and_an_odd_one_told() -> None:
    nowhere = DRONE.replace(b'lat="41.3120000" lon="19.4450000"', b'lat="0.0" lon="0.0"')
    assert [doubt.place for doubt in cot.read(nowhere, NOW).doubts] == ["point"]
    with pytest.raises(BadInput, match="does not know where it is"):
        cot.read(nowhere.replace(b'ce="4.2"', b'ce="9999999.0"'), NOW)


def test_unknown_heights_accuracies_and_wild_values() -> None:
    one = track(DRONE.replace(b'hae="83.5" ce="4.2"', b'hae="9999999.0" ce="9999999.0"'))
    assert (one.height, one.accuracy) == (None, None)
    found = cot.read(
        DRONE.replace(b'speed="12.25"', b'speed="fast"').replace(b'course="271.5"', b'course="361"'), NOW
    )
    assert [doubt.place for doubt in found.doubts] == ["track/course", "track/speed"]
    assert (found.tracks[0].course, found.tracks[0].speed) == (None, None)


def test_a_clock_ahead_of_ours_is_told() -> None:
    [doubt] = cot.read(DRONE, NOW - timedelta(hours=1)).doubts
    assert doubt.place == "event/time"
    assert "3,581 seconds ahead" in doubt.words


@pytest.mark.parametrize(
    "type_", ['<!DOCTYPE event [<!ENTITY a "b">]>', '<!DOCTYPE event SYSTEM "http://node.example/a">']
)
def test_document_types_are_refused(type_: str) -> None:
    event = DRONE.partition(b"?>\n")[2]
    with pytest.raises(BadInput, match="document type"):
        cot.read(type_.encode() + event, NOW)


def test_events_are_bounded() -> None:
    with pytest.raises(BadInput, match="at most 65,536"):
        cot.read(DRONE.replace(b"<remarks/>", b"<remarks>" + b"x" * cot.LARGEST + b"</remarks>"), NOW)
    with pytest.raises(BadInput, match="deep"):
        cot.read(DRONE.replace(b"<remarks/>", b"<a>" * markup.DEEPEST + b"</a>" * markup.DEEPEST), NOW)


def test_protobuf_is_not_taken_and_the_client_s_setting_is_told() -> None:
    with pytest.raises(BadInput, match="protobuf") as refused:
        cot.read(b"\xbf\x01\xbf\x0a\x00", NOW)
    assert "TAK_PROTO=0" in refused.value.hint


def test_people_in_an_event() -> None:
    assert cot.read(PEOPLE, NOW) == twelve(Source.COT, "invented-sighting-3")


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        (b'count="12"', b'count="12" names="A, B"', "people/names"),
        (b'count="12"', b'count="12" nationality="X"', "people/nationality"),
        (b"<remarks/>", b"<remarks>a woman in red</remarks>", "detail/remarks"),
        (b"<remarks/>", b'<fileshare filename="face.jpg"/>', "detail/fileshare"),
        (b"<remarks/>", b'<person name="Somebody"/>', "detail/person"),
        (b'medical"/>', b'medical"><name>Somebody</name></people>', "people"),
        (b'medical"/>', b'medical">Somebody</people>', "people"),
        (b'count="12"', b'count="0"', "count"),
        (b'count="12"', b'count="many"', "count"),
        (b'count="12"', b'count="1e5"', "count"),
        (b'count="12"', b"", "count"),
        (b'need="water, medical"', b'need="water asylum"', "need"),
        (b'need="water, medical"', b'need="none water"', "need"),
        (b'need="water, medical"', b"", "need"),
    ],
)
def test_what_could_say_who_people_are_is_refused_by_its_name(old: bytes, new: bytes, field: str) -> None:
    event = PEOPLE.replace(old, new)
    assert event != PEOPLE
    with pytest.raises(BadInput) as refused:
        cot.read(event, NOW)
    assert refused.value.field == field
    assert refused.value.hint


# -- as a connection brings them


def fed(data: bytes, size: int) -> list[Report | Refusal]:
    stream = Stream()
    return [told for at in range(0, len(data), size) for told in stream.feed(data[at : at + size], NOW)]


@given(
    st.lists(st.sampled_from([DRONE, TEAM, PEOPLE]), min_size=1, max_size=6), st.integers(1, 400), st.data()
)
def test_events_are_the_same_however_they_are_cut(
    events: list[bytes], size: int, data: st.DataObject
) -> None:
    blanks = st.sampled_from([b"", b"\n", b" \r\n", b"\0"])
    joined = b"".join(data.draw(blanks) + event.strip() for event in events)
    assert fed(joined, size) == [cot.read(event, NOW) for event in events]


def test_an_event_that_is_broken_is_told_with_its_place_and_the_next_is_read() -> None:
    broken = DRONE.replace(b"<detail>", b"<detail><a>").strip()
    told = fed(DRONE.strip() + broken + TEAM, 50)
    assert [type(one) for one in told] == [Report, Refusal, Report]
    assert isinstance(told[1], Refusal)
    assert told[1].at == len(DRONE.strip())
    assert "mismatched tag" in told[1].words


def test_what_is_no_event_before_one_is_told_and_the_event_is_read() -> None:
    told = fed(b"GET / HTTP/1.1\r\n\r\n" + TEAM + b"<event uid='a'/>" + DRONE, 4096)
    assert [type(one) for one in told] == [Refusal, Report, Refusal, Report]
    assert isinstance(told[0], Refusal)
    assert "18 bytes before an event" in told[0].words


def test_the_end_of_an_event_in_a_comment_costs_this_event_alone() -> None:
    told = fed(DRONE.replace(b"<remarks/>", b"<!-- </event> -->") + TEAM, 4096)
    assert isinstance(told[0], Refusal)
    assert told[-1] == cot.read(TEAM, NOW)


def test_an_event_without_an_end_is_dropped_at_the_limit_and_the_next_is_read() -> None:
    stream = Stream()
    told: list[Report | Refusal] = []
    for _ in range(40):
        told += stream.feed(b"<event><detail>" + b"x" * 4096, NOW)
    assert all(isinstance(one, Refusal) and "no end of an event" in one.words for one in told)
    assert 1 <= len(told) <= 3
    told = stream.feed(b"</event>" + TEAM, NOW)
    assert told[-1] == cot.read(TEAM, NOW)


def test_protobuf_ends_a_connection_once() -> None:
    stream = Stream()
    [told] = stream.feed(b" \xbf\x10binary", NOW)
    assert isinstance(told, Refusal)
    assert "TAK_PROTO=0" in told.hint
    assert stream.over
    assert stream.feed(DRONE, NOW) == []


@given(
    st.lists(
        st.binary(max_size=40) | st.sampled_from([*ALIKE, b"<event>", b"</event>", b"<event ", b"<!--"]),
        max_size=8,
    )
)
def test_any_bytes_on_a_connection_are_told_or_wait(pieces: list[bytes]) -> None:
    stream = Stream()
    for piece in pieces:
        for told in stream.feed(piece, NOW):
            assert isinstance(told, Report) or (told.words and told.hint and told.at >= 0)


@given(st.sampled_from([DRONE, TEAM, PEOPLE]), st.data())
def test_a_damaged_event_is_read_or_refused(event: bytes, data: st.DataObject) -> None:
    raw = bytearray(event)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    for told in Stream().feed(bytes(raw) + b"</event>", NOW):
        if isinstance(told, Report):
            assert all(-90 <= one.latitude <= 90 and -180 <= one.longitude <= 180 for one in told.tracks)
            assert all(one.uid and one.time.tzinfo for one in told.tracks)


def test_bytes_one_at_a_time_take_little_time() -> None:
    data = b"<event a='" + b">" * 60_000 + b"'></event>" + DRONE
    start = time.process_time()
    told = fed(data, 1)
    assert time.process_time() - start < 5
    assert told[-1] == cot.read(DRONE, NOW)


# -- what we send


def test_what_we_send_of_a_hit_is_read_again() -> None:
    hit = cot_writing.hit(track(DRONE), "Call & ask", "Call duty desk <1>", NOW + timedelta(hours=1))
    root = markup.parsed(hit, cot.LARGEST, "the event")
    detail = root.child("detail")
    assert detail is not None
    contact = detail.child("contact")
    assert contact is not None
    assert (contact.attributes["callsign"], detail.said("remarks")) == ("Call & ask", "Call duty desk <1>")
    again = track(hit.replace(b'type="b-m-p-s-m"', b'type="a-u-G-E-V"'))
    assert (again.uid, again.latitude, again.longitude, again.height) == (
        "invented-drone-1",
        41.312,
        19.445,
        83.5,
    )
    assert (again.accuracy, again.course, again.speed) == (4.2, 271.5, 12.25)
    assert cot.read(hit, NOW).ignored


@pytest.mark.parametrize(("course", "speed"), [(None, 3.5), (0.0, None), (None, None)])
def test_what_is_not_known_of_a_hit_is_not_sent(course: float | None, speed: float | None) -> None:
    known = msgspec.structs.replace(track(DRONE), course=course, speed=speed, height=None, accuracy=None)
    again = track(
        cot_writing.hit(known, "Call", "Call us", NOW).replace(b'type="b-m-p-s-m"', b'type="a-u-G-E-V"')
    )
    assert (again.course, again.speed, again.height, again.accuracy) == (course, speed, None, None)


@given(
    st.integers(1, 100_000),
    st.sets(st.sampled_from(list(Need)[1:]), min_size=1),
    st.floats(-90, 90),
    st.floats(-180, 180),
    st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20),
)
def test_what_we_send_of_people_is_read_again(
    count: int, needs: set[Need], north: float, east: float, uid: str
) -> None:
    told = tuple(need for need in Need if need in needs)
    seen = Sighting(
        source=Source.COT,
        uid=uid,
        count=count,
        needs=told,
        latitude=north,
        longitude=east,
        time=AT,
        accuracy=5,
        seen_by=uid,
    )
    [again] = cot.read(cot_writing.sighting(seen, "People in need", NOW), NOW).sightings
    assert abs(again.latitude - north) < 1e-6
    assert abs(again.longitude - east) < 1e-6
    assert msgspec.structs.replace(again, latitude=north, longitude=east) == seen


@pytest.mark.parametrize("label", ["", "x" * 201, "a\nb", "\x00"])
def test_what_cannot_be_sent_is_refused(label: str) -> None:
    with pytest.raises(BadInput) as refused:
        cot_writing.hit(track(DRONE), label, "Call us", NOW)
    assert refused.value.field == "label"
    with pytest.raises(BadInput, match="stale"):
        cot_writing.hit(track(DRONE), "a", "b", AT)


def test_the_limit_of_a_connection_is_that_of_an_event() -> None:
    assert cot_stream.LARGEST == cot.LARGEST
