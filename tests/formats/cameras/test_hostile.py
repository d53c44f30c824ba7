"""What cameras should not send: it is left out and told, or refused with the place and what to do; nothing breaks."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.formats.cameras import Reads, multipart, opening, read, recognise
from liaison.formats.cameras.gathering import MOST_CANDIDATES, MOST_READS
from liaison.formats.feeds import doubts as feed_doubts
from liaison.formats.feeds import markup
from liaison.formats.feeds.values import legible
from liaison.model.errors import BadInput
from tests.formats.cameras.samples import FORM, JPEG, form, sample, samples

PLAIN = {"plate": "ZZ 099 QQ", "time": "2026-03-04T12:20:11Z", "camera": "gate-2"}


def plain(**fields: object) -> Reads:
    return read("", json.dumps({**PLAIN, **fields}).encode())


def held(found: Reads) -> None:
    """What is true of whatever was read."""
    for one in found.reads:
        assert one.plate == one.plate.strip() != ""
        assert legible(one.plate)
        assert len(one.plate) <= 64
        for sure in (one.confidence, *(other.confidence for other in one.candidates)):
            assert sure is None or 0 <= sure <= 1
        assert all(0 <= at < len(found.pictures) for at in one.pictures)
        assert len(one.candidates) <= MOST_CANDIDATES
        if one.time is not None:
            assert (one.time.at is None) is not (one.time.local is None)
            assert one.time.at is None or one.time.at.utcoffset() is not None
    assert len(found.doubts) <= feed_doubts.MOST + 1
    assert all(doubt.words for doubt in (*found.doubts, *found.refused))
    assert not (found.reads and found.ignored)


def taken(media: str, body: bytes) -> Reads | None:
    """What was read; None where the body was refused, which always says what to do."""
    try:
        found = read(media, body)
    except BadInput as bad:
        refused = bad
    else:
        held(found)
        return found
    assert refused.hint
    assert str(refused)
    return None


@given(st.binary(max_size=300), st.sampled_from(["", "application/json", FORM, "multipart/mixed"]))
def test_any_bytes_are_read_or_refused(body: bytes, media: str) -> None:
    for start in (b"", b"{", b"[{", b"<", b"--invented-boundary\r\n", b'{"plate":'):
        taken(media, start + body)


@given(st.sampled_from(samples()), st.data())
def test_a_damaged_message_is_read_or_refused(name: str, data: st.DataObject) -> None:
    body = bytearray(sample(name))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(body) - 1))
        body[at : at + data.draw(st.integers(0, 6))] = data.draw(st.binary(max_size=6))
    taken("", bytes(body))
    taken(FORM, form(("anpr.xml", "application/xml", bytes(body)), ("a.jpg", "image/jpeg", JPEG)))


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from([name for name in samples() if name.endswith(".json")]), st.data())
def test_a_field_of_any_kind_anywhere_is_read_or_told(name: str, data: st.DataObject) -> None:
    document = json.loads(sample(name))
    places = list(walked(document))
    holder, key = data.draw(st.sampled_from(places))
    holder[key] = data.draw(json_values)
    taken("", json.dumps(document).encode())


def walked(value: object) -> list[tuple[object, object]]:
    """Every place of a document."""
    rows = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, inner in rows for place in ((value, key), *walked(inner))]


@given(
    st.lists(st.tuples(st.text("abc.jpgxml", max_size=8), st.binary(max_size=60)), max_size=5),
    st.binary(max_size=40),
)
def test_parts_of_any_kind_are_split_or_refused(parts: list[tuple[str, bytes]], noise: bytes) -> None:
    body = form(*((name, "application/octet-stream", content) for name, content in parts))
    taken(FORM, body)
    taken(FORM, noise + body)
    taken(FORM, body[: len(body) // 2] + noise)


@given(st.lists(st.binary(max_size=60).filter(lambda raw: b"--" not in raw), min_size=1, max_size=6))
def test_parts_are_those_that_were_put_together(contents: list[bytes]) -> None:
    body = form(*((f"p{at}", "", content) for at, content in enumerate(contents)))
    found, whole = multipart.parts(b"invented-boundary", body)
    assert whole
    assert [body[part.start : part.stop] for part in found] == contents
    assert [part.called for part in found] == [f"p{at}" for at in range(len(contents))]


def test_a_body_that_was_cut_behind_its_read_is_read_and_told() -> None:
    """A hit is not lost because the second picture did not come whole."""
    whole = form(("anpr.xml", "text/xml", sample("hikvision.xml")), ("a.jpg", "", JPEG), ("b.jpg", "", JPEG))
    start = whole.rindex(b"Content-D")
    for cut, pictures in (
        (whole[: start + 9], 1),
        (whole[: start - 2], 1),
        (whole[:-30], 2),
        (whole[:-200], 2),
    ):
        found = read(FORM, cut)
        assert [one.plate for one in found.reads] == ["ZZ099QÖ"]
        assert len(found.pictures) == pictures
        assert ["cut" in doubt.words for doubt in found.doubts] == [True]


def test_a_line_that_begins_as_the_boundary_does_is_none() -> None:
    body = form(("json", "", b'{"plate":\r\n--b2\r\n1}'), boundary="b")
    with pytest.raises(BadInput, match="no JSON"):
        read("multipart/form-data; boundary=b", body)


@pytest.mark.parametrize(
    ("media", "body", "says"),
    [
        ("", b"", "empty"),
        ("", b" \r\n\0", "empty"),
        ("", b"PK\x03\x04", "neither JSON nor XML"),
        ("", b'{"plate": "ZZ', "no JSON"),
        ("", b'{"plate": "\xff"}', "no JSON"),
        ("", b"[" * 200_000, "too many levels"),
        ("", b"7", "neither JSON"),
        ("", b'{"colour": "red", "n": 1}', "its fields: colour, n"),
        ("", b'{"type": "people", "id": "1", "count": 3}', "none that is known"),
        ("", b"<html/>", "'html'"),
        ("", b"<EventNotificationAlert>", "breaks off as XML on line 1"),
        ("multipart/form-data", b"\r\nxx", "names no boundary"),
        (FORM, b"xx", "no line with the boundary"),
        (FORM, form(("a.jpg", "image/jpeg", JPEG)), "no part of the body is JSON or XML"),
        (FORM, form(("json", "", sample("plain.json")))[:-30], "no JSON"),
        (FORM, form(*[("a.jpg", "image/jpeg", JPEG)] * 33), "more than 32 parts"),
    ],
)
def test_what_is_no_message_is_refused_with_the_reason(media: str, body: bytes, says: str) -> None:
    with pytest.raises(BadInput, match=says.replace("'", ".")) as refused:
        recognise(media, body)
    assert refused.value.hint


@pytest.mark.parametrize(
    "type_",
    [
        '<!DOCTYPE a [<!ENTITY b "cc"><!ENTITY d "&b;&b;&b;">]>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE a [<!ENTITY b SYSTEM "http://node.example/b">]>',
        '<!DOCTYPE a [<!ENTITY % b SYSTEM "http://node.example/b"> %b;]>',
        "<!DOCTYPE EventNotificationAlert>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_document_types_are_refused_in_whatever_encoding(type_: str, encoding: str) -> None:
    text = type_ + sample("hikvision.xml").decode().partition("?>")[2].replace("ZZ099QO", "&d;")
    with pytest.raises(BadInput, match="document type"):
        markup.parsed(text.encode(encoding), 1 << 20, "the message")


def test_an_entity_that_nobody_defined_is_refused() -> None:
    with pytest.raises(BadInput, match="undefined entity") as refused:
        read("", sample("hikvision.xml").replace(b"ZZ099QO", b"&plate;"))
    assert refused.value.field == "line 16"


def test_xml_is_bounded_in_size_depth_and_elements() -> None:
    root = b"<EventNotificationAlert>"
    for inside, says in (
        (b"<a>" * markup.DEEPEST, "deep"),
        (b"<a/>" * (markup.MOST_ELEMENTS + 1), "more than 4,000 elements"),
        (b"x" * opening.LARGEST_XML, "bytes; at most"),
    ):
        with pytest.raises(BadInput, match=says):
            read("", root + inside)


def test_as_many_elements_and_levels_as_are_read() -> None:
    inside = b"<a/>" * (markup.MOST_ELEMENTS - 1)
    assert len(markup.parsed(b"<b>" + inside + b"</b>", 1 << 20, "it").children) == markup.MOST_ELEMENTS - 1
    deep = b"<a>" * markup.DEEPEST + b"</a>" * markup.DEEPEST
    assert markup.parsed(deep, len(deep), "it").tag == "a"
    for body in (b"<b>" + inside + b"<a/></b>", b"<a>" + deep + b"</a>"):
        with pytest.raises(BadInput, match="refused"):
            markup.parsed(body, 1 << 20, "it")
    with pytest.raises(BadInput, match="at most"):
        markup.parsed(deep, len(deep) - 1, "it")


def test_bodies_and_batches_are_bounded() -> None:
    with pytest.raises(BadInput, match="at most"):
        read("", b" " * (opening.LARGEST + 1))
    many = [PLAIN] * (opening.MOST_ROWS + 1)
    for body in (json.dumps(many).encode(), b"\n".join(json.dumps(row).encode() for row in many)):
        with pytest.raises(BadInput, match="more than 10,000 reads"):
            read("", body)
    results = json.loads(sample("openalpr-results.json"))
    results["results"] = results["results"][:1] * (MOST_READS + 1)
    found = read("", json.dumps(results).encode())
    assert len(found.reads) == MOST_READS
    assert "101 reads" in found.refused[0].words


def test_candidates_beyond_the_limit_are_told() -> None:
    found = plain(candidates=[[f"ZZ{at:05}", 0.5] for at in range(MOST_CANDIDATES + 1)])
    assert len(found.reads[0].candidates) == MOST_CANDIDATES
    assert [(doubt.place, "51 candidates" in doubt.words) for doubt in found.doubts] == [("candidates", True)]


@pytest.mark.parametrize("plate", ["", " ", None, 7, ["ZZ"], "Z" * 65, "ZZ\u202e99", "ZZ\n99", "\x1b[2J"])
def test_what_is_no_plate_is_refused_by_its_field(plate: object) -> None:
    found = plain(plate=plate)
    assert found.reads == ()
    assert [refusal.place for refusal in found.refused] == ["plate"]
    assert all(refusal.words.isprintable() for refusal in found.refused)


@pytest.mark.parametrize("plate", ["AA\u00a0123", "ab-123 ö", "АА 123 ВВ", "١٢٣", "Z" * 64, "O0O0"])
def test_a_plate_is_kept_as_it_was_sent(plate: str) -> None:
    assert plain(plate=f"  {plate} ").reads[0].plate == plate


@pytest.mark.parametrize("missing", ["camera", "time"])
@pytest.mark.parametrize("value", [None, "", {}, [1], "x" * 201, "\x00"])
def test_our_own_json_needs_camera_and_time(missing: str, value: object) -> None:
    found = plain(**{missing: value})
    assert found.reads == ()
    assert [refusal.place for refusal in found.refused] == [missing]


def test_a_field_that_a_read_does_not_have_is_named() -> None:
    found = plain(driver="somebody", speed=9)
    assert len(found.reads) == 1
    assert {doubt.place for doubt in found.doubts} == {"driver", "speed"}


@pytest.mark.parametrize(
    ("said", "kept", "doubted"),
    [
        (0.5, 0.5, 0),
        (1, 1, 0),
        ("0.25", 0.25, 0),
        (93, 0.93, 1),
        (101, None, 1),
        (-0.1, None, 1),
        (True, None, 1),
        ("high", None, 1),
        (None, None, 0),
        ([0.5], None, 1),
        (10**400, None, 1),
        ("1e400", None, 1),
    ],
)
def test_a_confidence_is_a_share_of_one(said: object, kept: float | None, doubted: int) -> None:
    found = plain(confidence=said)
    assert (found.reads[0].confidence, len(found.doubts)) == (kept, doubted)


@pytest.mark.parametrize(
    ("said", "aware"),
    [
        ("2026-03-04T12:20:11Z", True),
        ("2026-03-04 12:20:11.123456789+01:00", True),
        ("20260304T122011-0330", True),
        ("1772623211", True),
        (1772623211250000, True),
        ("2026-03-04T12:20:11", False),
        ("20260304122011", False),
        ("2026-03-04T12:20:11+23:59", False),
    ],
)
def test_times_are_aware_or_said_to_be_the_camera_s_own(said: object, aware: bool) -> None:
    found = plain(time=said)
    one = found.reads[0].time
    assert one is not None
    assert (one.at is not None, one.local is None, one.sent) == (aware, aware, str(said))
    assert [doubt.place for doubt in found.doubts] == ([] if aware else ["time"])


@pytest.mark.parametrize(
    "said",
    [
        "yesterday",
        "2026-03-04",
        "2026-02-30T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        -1,
        1e20,
        True,
    ],
)
def test_what_is_no_time_is_refused(said: object) -> None:
    assert plain(time=said).reads == ()


def test_a_clock_that_was_never_set_is_told() -> None:
    assert "1970" in plain(time=1000).doubts[0].words


@pytest.mark.parametrize("image", ["no base64!", "data:image/jpeg;base64,%%%", "/9j"])
def test_a_picture_that_is_none_is_told_when_it_is_asked_for(image: str) -> None:
    [picture] = plain(image=image).pictures
    with pytest.raises(BadInput, match="base64") as refused:
        picture.content()
    assert refused.value.field == "image"


def test_a_picture_may_come_as_a_data_url_in_lines() -> None:
    [picture] = plain(image="data:image/jpeg;base64,/9j/\n2wBDAP/Z").pictures
    assert picture.content() == b"\xff\xd8\xff\xdb\x00\x43\x00\xff\xd9"


def test_doubts_are_kept_up_to_a_number_and_counted_beyond() -> None:
    rows = [{**PLAIN, "speed": 1}] * (feed_doubts.MOST + 5)
    found = read("", json.dumps(rows).encode())
    assert len(found.doubts) == feed_doubts.MOST + 1
    assert "5 further doubts" in found.doubts[-1].words


@pytest.mark.parametrize(
    "body",
    [
        b"--invented-boundary\n" * 400_000,
        b"--invented-boundary " * 400_000,
        b"x--invented-boundary" * 400_000,
        b"{" + b"\n" * 4_000_000 + b"}",
        b'{"a":1}' + b"\n" * 20_000_000 + b"{}",
        b'{"a":1}\n' + b"\t" * 20_000_000 + b"{}",
        b"<EventNotificationAlert a='" + b"x" * 200_000,
        b"<EventNotificationAlert>" + b"x&amp;" * 40_000,
    ],
)
def test_large_bodies_take_little_time(body: bytes) -> None:
    start = time.process_time()
    for media in ("", FORM, "application/x-ndjson"):
        taken(media, body)
    assert time.process_time() - start < 5
