"""What drones, boats and teams send: each fault has an outcome and a count, and the others of the message are taken."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from liaison.formats.tracks import opening
from liaison.model.errors import NotSignedIn
from liaison.sensors import register, rescue, taking, tallies
from liaison.sensors.rules import Fault, FeedKind
from liaison.sensors.tracks import now_of
from tests.formats.tracks.made import basic, frame, klv, location, pack
from tests.node_fixtures import both_databases
from tests.sensors.field import DESK, OTHER, Field, a_field

ENTITY = b'<!DOCTYPE event [<!ENTITY a "b">]><event version="2.0" uid="&a;" type="a-f-A-M-H-Q"></event>'


def faults(field: Field, feed: object, *bodies: bytes) -> list[Fault]:
    return [one.fault for one in field.sends(feed, *bodies).refused]  # type: ignore[arg-type]


@both_databases
def test_places_are_kept_and_one_entry_tells_of_a_hand_over(tmp_path: Path, kind: str) -> None:
    with a_field(tmp_path, kind) as field:
        feed = field.feed()
        taken = field.sends(feed, field.event(), field.event("drone-5", lat=42.5))
        assert (taken.tracks, taken.refused, taken.people) == (2, (), ())
        assert {one.latitude for one in now_of(field.office, OTHER)} == {42.4381, 42.5}
        said = field.said()[-1]
        assert (said.what, said.outcome, said.objects) == ("sensor-messages-taken", "2", (feed.id,))
        assert said.detail == {"people": "0", "refused": "0"}
        field.clock.forward(seconds=30)
        field.sends(feed, field.event(lat=42.44))
        assert len(now_of(field.office, OTHER)) == 2, "the last place of each is kept alone"
        assert tallies.today(field.office, OTHER)[feed.id].tracks == 3


def test_each_fault_of_a_message_is_counted_and_the_others_are_taken(tmp_path: Path) -> None:
    with a_field(tmp_path) as field:
        feed, hour = field.feed(), timedelta(hours=1)
        deep = b"<event uid='a' type='a-f-A'>" + b"<a>" * 30 + b"</a>" * 30 + b"</event>"
        large = field.event(detail="<x>" + "y" * 70_000 + "</x>")
        named = field.people(name="somebody")
        wrong = {
            Fault.BROKEN: [ENTITY, deep, b"<event>"],
            Fault.STALE: [field.event(at=field.now - 2 * hour, stale=field.now - hour)],
            Fault.CLOCK: [field.event(at=field.now + hour), field.people(time=_utc(field, hour))],
            Fault.LARGE: [large],
            Fault.IDENTITY: [named, field.event(detail='<people count="2" need="none" sex="f"/>')],
        }
        for fault, bodies in wrong.items():
            for body in bodies:
                assert faults(field, feed, body, field.event()) == [fault], (fault, body[:60])
        counted = tallies.today(field.office, OTHER)[feed.id]
        assert (counted.broken, counted.stale, counted.clock) == (3, 1, 2)
        assert (counted.large, counted.identity, counted.refused, counted.tracks) == (1, 2, 9, 9)


def _utc(field: Field, ahead: timedelta) -> str:
    return (field.now + ahead).isoformat()


def test_a_feed_that_floods_is_held_back_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "A_MINUTE", 10)
    with a_field(tmp_path) as field:
        one, other = field.feed(), field.feed(name="Drone 5")
        taken = field.sends(one, *(field.event(f"drone-{at}") for at in range(14)))
        assert (taken.tracks, [each.fault for each in taken.refused]) == (10, [Fault.FLOOD] * 4)
        assert taken.floods
        assert not field.sends(other, field.event()).floods
        field.clock.forward(minutes=1)
        assert not field.sends(one, field.event()).floods, "in the next minute it may send again"


def test_a_feed_has_no_more_things_and_sightings_than_it_can_mean(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "MOST_TRACKS", 2)
    monkeypatch.setattr(taking, "MOST_OPEN", 1)
    with a_field(tmp_path) as field:
        feed = field.feed()
        assert faults(field, feed, *(field.event(f"d{at}") for at in range(3))) == [Fault.FLOOD]
        people = (field.people(id="a"), field.people(id="b"), field.people(id="a", count=8))
        taken = field.sends(feed, *people[:2])
        assert (len(taken.people), [one.fault for one in taken.refused]) == (1, [Fault.FLOOD])
        field.clock.forward(seconds=1)
        again = field.sends(feed, field.people(id="a", count=8))
        assert (again.people, again.refused) == (taken.people, ()), "what is known may always be said anew"
        (one,) = rescue.in_need(field.office, OTHER)
        assert one.people == 8


def test_places_that_flood_keep_no_people_in_need_from_rescue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "A_MINUTE", 3)
    with a_field(tmp_path) as field:
        feed = field.feed()
        assert faults(field, feed, *(field.event(f"d{at}") for at in range(5))) == [Fault.FLOOD] * 2
        assert len(field.sends(feed, field.people()).people) == 1
        monkeypatch.setattr(taking, "PEOPLE_A_MINUTE", 2)
        people = (field.people(id="b"), field.people(id="c"))
        assert faults(field, feed, *people) == [Fault.FLOOD], "they have a bound of their own"


def test_one_broadcast_that_is_none_costs_itself_and_no_people_in_need(tmp_path: Path) -> None:
    with a_field(tmp_path) as field:
        feed = field.feed()
        wrong = {"type": "remote-id", "messages": "A" * 24_000}
        taken = field.sends(feed, json.dumps([json.loads(field.people()), wrong]).encode())
        assert (len(taken.people), [one.fault for one in taken.refused]) == (1, [Fault.BROKEN])


def test_a_place_that_is_old_is_stale_whatever_the_sender_says(tmp_path: Path) -> None:
    with a_field(tmp_path) as field:
        feed, fresh = field.feed(), field.now + timedelta(minutes=1)
        old = [field.event(at=field.now - timedelta(days=days), stale=fresh) for days in (1, 900)]
        assert faults(field, feed, *old) == [Fault.STALE] * 2
        assert now_of(field.office, OTHER) == []
        lately = field.event(at=field.now - timedelta(minutes=59), stale=fresh)
        assert field.sends(feed, lately).tracks == 1


def test_who_sends_on_a_certificate_that_was_replaced_is_unknown(tmp_path: Path) -> None:
    with a_field(tmp_path) as field:
        feed = field.feed()
        register.certify(field.office, DESK, feed.id, b"before")
        found = opening.read(field.event(), field.now)
        assert field.intake.take(feed.id, found, b"before").tracks == 1
        register.certify(field.office, DESK, feed.id, b"after")
        with pytest.raises(NotSignedIn):
            field.intake.take(feed.id, found, b"before")
        assert field.intake.take(feed.id, found, b"after").tracks == 1
        assert field.sends(feed, field.event()).tracks == 1, "the secret is not the certificate"


def test_what_receivers_send_is_taken_in_their_form(tmp_path: Path) -> None:
    pytest.importorskip("pyais")
    with a_field(tmp_path) as field:
        feed = field.feed(FeedKind.BOAT, "Harbour receiver")
        ship = b"!AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208CQ,0*4A\r\n"
        assert field.sends(feed, ship).tracks == 1
        sent = {
            "type": "remote-id",
            "sender": "02:00:00:aa:bb:cc",
            "messages": _base64(pack(basic(), location(tenths=0))),
        }
        assert field.sends(feed, json.dumps(sent).encode()).tracks == 1
        parts = [_base64(basic("INVENT0000002")), _base64(location(42.0, 19.9, tenths=0))]
        assert field.sends(feed, json.dumps(sent | {"messages": parts}).encode()).tracks == 1
        flown = frame() | {2: int(field.now.timestamp() * 1e6).to_bytes(8, "big")}
        assert field.sends(feed, klv(flown)).tracks == 1
        assert {one.source for one in now_of(field.office, OTHER)} == {"ais", "remote-id", "misb-0601"}


def _base64(data: bytes) -> str:
    import base64

    return base64.b64encode(data).decode()


def test_a_body_of_no_form_is_refused_with_what_is_read(tmp_path: Path) -> None:
    with a_field(tmp_path) as field:
        for body in (b"", b"hello", b"\x00\x01"):
            with pytest.raises(opening.BadInput) as refused:
                opening.read(body, field.now)
            assert "Cursor on Target" in refused.value.hint
        with pytest.raises(opening.BadInput, match="bytes"):
            opening.read(b"<" * (opening.LARGEST + 1), field.now)
