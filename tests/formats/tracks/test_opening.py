"""A body in any form is read or refused; whatever bytes come, nothing but the refusal comes out."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.formats.tracks import Report, opening
from liaison.formats.tracks.cot_stream import Refusal
from liaison.formats.tracks.opening import FORMS, Found, read
from liaison.model.errors import BadInput
from tests.formats.tracks.made import NOW, basic, frame, klv, location, pack

EVENT = (
    b'<event version="2.0" uid="d" type="a-f-A-M-H-Q" how="m-g" time="2026-03-04T11:20:20Z" '
    b'start="2026-03-04T11:20:20Z" stale="2026-03-04T11:25:20Z">'
    b'<point lat="42" lon="19" hae="0" ce="5" le="5"/></event>'
)
PEOPLE = {"count": 2, "need": "water", "latitude": 42, "longitude": 19, "time": "2026-03-04T11:20:20Z"}


def reports(body: bytes) -> list[Report]:
    return [each for each in read(body, NOW) if isinstance(each, Report)]


def refusals(body: bytes) -> list[Refusal]:
    return [each for each in read(body, NOW) if isinstance(each, Refusal)]


def test_several_events_are_read_one_by_one_and_a_broken_one_costs_itself() -> None:
    found = read(EVENT + b"<event nonsense></event>" + EVENT, NOW)
    assert [type(each) for each in found] == [Report, Refusal, Report]


def test_a_body_that_ends_inside_an_event_says_so() -> None:
    assert len(reports(EVENT + EVENT[:40])) == 1
    (cut,) = refusals(EVENT + EVENT[:40])
    assert "40 bytes are no whole event" in cut.words


def test_objects_lists_and_lines_of_json_are_one_thing() -> None:
    one = json.dumps(PEOPLE).encode()
    for body in (one, b"[" + one + b"," + one + b"]", one + b"\n" + one):
        assert {each.sightings[0].count for each in reports(body)} == {2}
    assert len(reports(b"[" + one + b"," + one + b"]")) == 2
    assert len(refusals(one + b"\n{broken")) == 1
    with pytest.raises(BadInput, match="1,001 messages"):
        read(b"[" + b",".join([b"{}"] * 1_001) + b"]", NOW)


def test_a_broadcast_of_remote_id_comes_as_a_pack_or_in_its_messages() -> None:
    import base64

    def said(*parts: bytes, **more: object) -> bytes:
        texts = [base64.b64encode(part).decode() for part in parts]
        return json.dumps({"type": "remote-id", "messages": texts} | more).encode()

    whole, single = said(pack(basic(), location())), said(basic(), location())
    for body in (whole, single):
        (report,) = reports(body)
        assert (report.tracks[0].uid, report.tracks[0].latitude) == ("INVENT0000001", 41.312)
    assert reports(said(location(), sender="02:00"))[0].tracks[0].uid == "02:00"
    for wrong in (
        said(),
        said(b"x"),
        said(pack(), operator="somebody"),
        said(whole, sender=7),
        b'{"type":"remote-id"}',
        said(*[basic()] * 10),
        said(basic() * 10),
        b'{"type":"remote-id","messages":"' + b"A" * 24_000 + b'"}',
    ):
        assert len(refusals(wrong)) == 1, wrong


def test_packets_of_misb_say_what_was_looked_at() -> None:
    (report,) = reports(klv(frame()))
    (track,) = report.tracks
    assert track.looked_at is not None
    assert track.looked_at == (pytest.approx(41.32, abs=1e-4), pytest.approx(19.45, abs=1e-4))
    damaged = klv(frame())[:-1] + b"\0"
    assert len(refusals(damaged)) == 1


@pytest.mark.parametrize("body", [b"", b"  ", b"hello", b"\x00", b"PK\x03\x04"])
def test_a_body_of_no_form_is_refused_with_the_forms(body: bytes) -> None:
    with pytest.raises(BadInput) as refused:
        read(body, NOW)
    assert refused.value.hint == FORMS


STARTS = st.sampled_from(
    [b"", b"<event ", b"{", b"[", b"!AIVDM,", b"\\s:", klv(frame())[:30], b"\xbf", EVENT, EVENT[:99]]
)


@given(STARTS, st.binary(max_size=600))
def test_whatever_comes_is_read_or_refused(start: bytes, rest: bytes) -> None:
    found: list[Found] = []
    with suppress(BadInput):
        found = read(start + rest, NOW)
    assert all(isinstance(each, Report) or each.words for each in found)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inside: (
            st.lists(inside, max_size=4)
            | st.dictionaries(
                st.sampled_from([*PEOPLE, "type", "messages", "sender", "received", "x"]), inside, max_size=6
            )
        ),
        max_leaves=20,
    )
)
def test_whatever_json_comes_is_read_or_refused(said: object) -> None:
    body = json.dumps(said).encode()
    if body[:1] in (b"{", b"["):
        assert all(isinstance(each, Report | Refusal) for each in opening.read(body, NOW))
