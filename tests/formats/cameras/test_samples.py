"""Each format as its makers describe it: what is kept of a message, and what is told of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest

from liaison.formats.cameras import Box, Candidate, Format, Read, Reads, Vehicle, read, recognise
from liaison.formats.feeds import Moment
from tests.formats.cameras.samples import FORM, JPEG, form, sample, samples

AT = datetime(2026, 3, 4, 11, 20, 11, 250_000, UTC)
LOCAL = AT.astimezone(timezone(timedelta(hours=1)))


def only(name: str) -> Read:
    found = read("", sample(name))
    assert (found.doubts, found.refused, found.ignored) == ((), (), "")
    [one] = found.reads
    return one


def changed(name: str, *path: str | int, to: Any) -> bytes:
    """A sample with one field changed."""
    document = json.loads(sample(name))
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return json.dumps(document).encode()


@pytest.mark.parametrize("name", samples())
def test_every_sample_is_recognised_by_itself(name: str) -> None:
    form_of = {
        "openalpr": Format.OPENALPR,
        "plain": Format.PLAIN,
        "frigate": Format.FRIGATE,
        "blue-iris": Format.BLUE_IRIS,
    }
    form_of |= {"plate-recognizer": Format.PLATE_RECOGNIZER, "hikvision": Format.HIKVISION}
    wanted = next(form for start, form in form_of.items() if name.startswith(start))
    assert recognise("", sample(name)) is wanted
    assert recognise("text/plain; charset=latin-1", b"\xef\xbb\xbf" + sample(name)) is wanted


def test_our_own_json() -> None:
    assert only("plain.json") == Read(
        format=Format.PLAIN,
        plate="ZZ 099 QQ",
        camera="gate-2",
        device="invented-site",
        confidence=0.97,
        candidates=(Candidate("ZZ 099 QO", 0.61), Candidate("ZZ 899 QQ", 0.4)),
        country="ALB",
        region="TR",
        time=Moment("2026-03-04T12:20:11.250+01:00", LOCAL),
        direction="entering",
        lane="2",
        box=Box(410, 322, 118, 31),
        vehicle=Vehicle("van", "white", "Invento"),
        pictures=(0,),
        read_id="gate-2-000017",
    )
    [picture] = read("", sample("plain.json")).pictures
    assert (picture.part, picture.content()[:3]) == ("image", b"\xff\xd8\xff")


def test_an_openalpr_group_is_one_read_in_shares_of_one() -> None:
    assert only("openalpr-group.json") == Read(
        format=Format.OPENALPR,
        plate="ZZ099QQ",
        camera="1700001",
        device="invented-site",
        confidence=0.921,
        candidates=(Candidate("ZZO99QQ", 0.833),),
        country="eu",
        region="eu-al",
        time=Moment("1772623211250", AT),
        direction="215.5",
        box=Box(202, 134, 107, 36),
        vehicle=Vehicle("van-full", "silver-gray", "invento"),
        pictures=(0, 1),
        read_id="invented-cam1700001-1772623211900",
    )


def test_openalpr_results_are_as_many_reads_as_plates_each_with_an_id_of_its_own() -> None:
    found = read("", sample("openalpr-results.json"))
    assert found.doubts == found.refused == ()
    assert [(one.plate, one.confidence, one.read_id, one.place) for one in found.reads] == [
        ("ZZ099QQ", 0.7713, "invented-000018", "results[0]"),
        ("YY098QQ", 0.71, "invented-000018/1", "results[1]"),
    ]
    assert {(one.camera, one.device, one.time) for one in found.reads} == {
        ("1", "invented-site", Moment("1772623211250", AT))
    }
    assert found.reads[0].candidates == (Candidate("ZZ099OQ", 0.755),)
    assert found.reads[1].box is None


def test_the_old_results_without_a_type_in_whole_seconds() -> None:
    document = json.loads(sample("openalpr-results.json"))
    del document["data_type"]
    document["epoch_time"] = 1772623211
    found = read("", json.dumps(document).encode())
    assert found.format is Format.OPENALPR
    time = found.reads[0].time
    assert time is not None
    assert time.at == AT.replace(microsecond=0)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (sample("openalpr-heartbeat.json"), "a heartbeat"),
        (changed("openalpr-group.json", "data_type", to="alpr_alert"), "an alert"),
        (changed("openalpr-group.json", "data_type", to="alpr_other"), "'alpr_other'"),
        (changed("openalpr-group.json", "is_preview", to=True), "a preview"),
        (changed("openalpr-results.json", "results", to=[]), "without a plate"),
        (changed("plate-recognizer.json", "data", "results", to=[]), "without a plate"),
        (changed("frigate-event.json", "after", "recognized_license_plate", to=None), "not read"),
        (changed("frigate-event.json", "after", "false_positive", to=True), "mistake"),
        (changed("frigate-update.json", "type", to="face"), "'face'"),
        (changed("blue-iris.json", "ai_dump", 1, "found", "predictions", to=[]), "without a plate"),
        (changed("blue-iris.json", "ai_dump", 1, "api", to="faces"), "no plate module"),
        (sample("hikvision.xml").replace(b">ANPR<", b">videoloss<"), "'videoloss'"),
        (
            sample("hikvision.xml").replace("ZZ099QÖ".encode(), b"unknown").replace(b"ZZ099QO", b"unknown"),
            "not read",
        ),
        (b"<Plates/>", "without a plate"),
    ],
)
def test_what_holds_no_read_is_told_as_ignored(body: bytes, says: str) -> None:
    found = read("application/json", body)
    assert found.reads == found.refused == ()
    assert says in found.ignored


def test_plate_recognizer_s_small_letters_are_kept_and_capitals_offered() -> None:
    one = only("plate-recognizer.json")
    assert one == Read(
        format=Format.PLATE_RECOGNIZER,
        plate="zz099qq",
        camera="gate-2",
        confidence=0.904,
        candidates=(Candidate("zz0990q", 0.71),),
        region="al",
        time=Moment("2026-03-04 12:20:11.250000+01:00", LOCAL),
        direction="210",
        box=Box(143, 481, 139, 94),
        vehicle=Vehicle("Van", "white", "Invento"),
        read_id="gate-2_screenshots/26-03-04/12-20-11.250.jpg",
        place="data.results[0]",
    )
    assert one.capitals == "ZZ099QQ"


def test_plate_recognizer_s_form_has_its_picture() -> None:
    body = form(("json", "", sample("plate-recognizer.json")), ("upload", "image/jpeg", JPEG))
    found = read(FORM, body)
    assert found.reads[0] == msgspec.structs.replace(only("plate-recognizer.json"), pictures=(0,))
    assert [(picture.part, picture.content()) for picture in found.pictures] == [("upload", JPEG)]


def test_a_vehicle_without_a_plate_is_told_and_the_next_is_read() -> None:
    rows = json.loads(sample("plate-recognizer.json"))["data"]["results"]
    body = changed("plate-recognizer.json", "data", "results", to=[{**rows[0], "plate": None}, *rows])
    found = read("", body)
    assert [one.read_id for one in found.reads] == ["gate-2_screenshots/26-03-04/12-20-11.250.jpg/1"]
    assert [doubt.place for doubt in found.doubts] == ["data.results[0]"]


def test_hikvision_keeps_what_stands_on_the_plate_and_the_device_s_spelling_beside_it() -> None:
    assert only("hikvision.xml") == Read(
        format=Format.HIKVISION,
        plate="ZZ099QÖ",
        camera="Gate 2",
        device="02:00:00:00:00:01",
        confidence=0.97,
        candidates=(Candidate("ZZ099QO"),),
        country="77",
        time=Moment("2026-03-04T12:20:11+01:00", LOCAL.replace(microsecond=0)),
        direction="forward",
        lane="2",
        box=Box(448, 406, 117, 40),
        vehicle=Vehicle("van", "white", "1134"),
        read_id="invented-0000-000019",
        place="ANPR, line 14",
    )


def test_hikvision_s_form_has_its_pictures_whatever_their_order() -> None:
    parts = (
        ("licensePlatePicture.jpg", "image/jpeg", JPEG),
        ("anpr.xml", "application/xml", sample("hikvision.xml")),
        ("detectionPicture.jpg", "application/octet-stream", JPEG),
    )
    for end in (b"\r\n", b"\n"):
        found = read(FORM, form(*parts, end=end))
        assert found.doubts == ()
        assert [picture.part for picture in found.pictures] == [
            "licensePlatePicture.jpg",
            "detectionPicture.jpg",
        ]
        assert {picture.content() for picture in found.pictures} == {JPEG}
        assert found.reads[0].pictures == (0, 1)


def test_hikvision_under_a_prefix_and_without_an_offset() -> None:
    found = read("", sample("hikvision-prefixed.xml"))
    [one] = found.reads
    assert (one.plate, one.confidence, one.lane, one.country, one.direction) == (
        "ZZ099QQ",
        0.885,
        "1",
        "",
        "reverse",
    )
    assert (one.camera, one.device) == ("1", "02:00:00:00:00:02")
    assert one.time == Moment("2026-03-04T12:20:11", None, datetime(2026, 3, 4, 12, 20, 11))
    assert one.time.in_utc(timedelta(hours=1)) == AT.replace(microsecond=0)
    [doubt] = found.doubts
    assert (doubt.place, "no offset" in doubt.words) == ("EventNotificationAlert/dateTime, line 4", True)


def test_hikvision_s_list_of_plates() -> None:
    found = read("", sample("hikvision-list.xml"))
    assert found.doubts == found.refused == ()
    assert [(one.plate, one.lane, one.read_id) for one in found.reads] == [
        ("ZZ099QQ", "1", "202603041220118800"),
        ("YY098QQ", "2", "202603041221118800"),
    ]
    times = [one.time.at for one in found.reads if one.time]
    assert times == [AT.replace(microsecond=0), datetime(2026, 3, 4, 12, 21, 11, tzinfo=UTC)]


@pytest.mark.parametrize("name", ["frigate-event.json", "frigate-update.json"])
def test_frigate_s_read_without_the_name_that_somebody_gave_the_vehicle(name: str) -> None:
    one = only(name)
    assert (one.plate, one.camera, one.read_id) == ("ZZ099QQ", "gate_2", "1772623200.475377-invent")
    assert one.time == Moment("1772623211.25", AT)
    assert b"Invented Neighbour" in sample(name)
    assert b"Neighbour" not in msgspec.json.encode(one)


def test_frigate_s_further_fields() -> None:
    event, update = only("frigate-event.json"), only("frigate-update.json")
    assert (event.confidence, event.direction, event.vehicle) == (0.933451, "180", Vehicle("car"))
    assert (update.confidence, update.box) == (0.95, Box(917, 487, 112, 42))
    body = changed("frigate-event.json", "after", "recognized_license_plate", to=["ZZ099QQ", 0.5])
    assert [one.confidence for one in read("", body).reads] == [0.5]


def test_blue_iris_s_dump_has_a_read_for_each_plate() -> None:
    found = read("", sample("blue-iris.json"))
    assert found.doubts == found.refused == ()
    assert [(one.plate, one.confidence, one.box) for one in found.reads] == [
        ("ZZ099QQ", 0.934, Box(812, 410, 118, 31)),
        ("YY098QQ", 0.7, Box(12, 10, 18, 4)),
    ]
    assert {(one.camera, one.time, one.pictures) for one in found.reads} == {
        ("gate2", Moment("2026-03-04T12:20:11.250+01:00", LOCAL), (0,))
    }
    assert len({one.read_id for one in found.reads}) == 2


def test_blue_iris_s_dump_as_text_and_its_single_plate() -> None:
    dump = json.loads(sample("blue-iris.json"))["ai_dump"]
    assert len(read("", changed("blue-iris.json", "ai_dump", to=json.dumps(dump))).reads) == 2
    body = b'{"plate_number": "zz099qq", "camera": "gate2", "timestamp": "2026-03-04T12:20:11.250+01:00"}'
    [one] = read("", body).reads
    assert (one.plate, one.capitals, one.format) == ("zz099qq", "ZZ099QQ", Format.BLUE_IRIS)


@pytest.mark.parametrize("media", ["application/x-ndjson", "application/json", ""])
def test_reads_one_a_line(media: str) -> None:
    found = read(media, sample("plain.ndjson"))
    assert found.doubts == found.refused == ()
    assert [(one.plate, one.place) for one in found.reads] == [
        ("ZZ 099 QQ", "line 1"),
        ("YY 098 QQ", "line 2"),
        ("XX 097 QQ", "line 3"),
    ]
    assert [one.time.at for one in found.reads if one.time] == [AT.replace(microsecond=0)] * 2 + [AT]


def test_a_list_of_reads_and_one_among_them_that_is_none() -> None:
    rows = [json.loads(line) for line in sample("plain.ndjson").splitlines()]
    del rows[1]["camera"]
    found = read("", json.dumps([*rows, 7]).encode())
    assert [(one.plate, one.place) for one in found.reads] == [("ZZ 099 QQ", "[0]"), ("XX 097 QQ", "[2]")]
    assert [refusal.place for refusal in found.refused] == ["[1].camera", "[3]"]
    assert all(refusal.hint for refusal in found.refused)


def test_a_line_that_is_no_json_is_refused_by_its_number_and_the_others_are_read() -> None:
    body = sample("plain.ndjson").replace(b'{"plate": "YY', b'{"plate" "YY')
    found = read("", body)
    assert [one.place for one in found.reads] == ["line 1", "line 3"]
    assert [refusal.place for refusal in found.refused] == ["line 2"]


def test_a_read_survives_being_written_and_read_again() -> None:
    found = read("", sample("openalpr-group.json"))
    assert msgspec.json.decode(msgspec.json.encode(found), type=Reads) == found
