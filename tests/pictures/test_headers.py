"""What may be decoded at all is told by the first bytes: kind, size, and whether the file is whole."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from liaison.model.errors import BadInput
from liaison.pictures.headers import MOST_BYTES, Header, header

KINDS = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP"}


def picture(kind: str, width: int = 320, height: int = 200, **options: object) -> bytes:
    file = io.BytesIO()
    Image.effect_noise((width, height), 60).convert("RGB").save(file, KINDS[kind], **options)
    return file.getvalue()


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that is so large once it is decoded: every pixel is 0."""
    rows = zlib.compressobj(9)
    packed = b"".join(rows.compress(bytes(1 + 3 * width)) for _ in range(min(height, 3_000))) + rows.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", KINDS)
def test_kind_and_size_are_read_from_the_header(kind: str) -> None:
    assert header(picture(kind)) == Header(kind, 320, 200)


@pytest.mark.parametrize(
    "options",
    [{"lossless": True}, {"lossless": False, "quality": 40}, {"exif": b"Exif\0\0MM\0*\0\0\0\x08\0\0"}],
)
def test_a_webp_says_its_size_in_three_ways(options: dict[str, object]) -> None:
    assert header(picture("webp", 301, 199, **options)) == Header("webp", 301, 199)


def test_a_picture_of_100_megapixels_is_refused_by_its_header() -> None:
    head = picture("jpeg")
    at = head.index(b"\xff\xc0") + 5
    large = head[:at] + struct.pack(">HH", 10_000, 10_000) + head[at + 4 :]
    with pytest.raises(BadInput, match="10,000 by 10,000 pixels; at most 40 million") as refusal:
        header(large)
    assert refusal.value.field == "photograph"


@pytest.mark.parametrize("sides", [(20_000, 20_000), (65_000, 65_000), (60_000, 100)])
def test_a_bomb_is_refused_before_it_is_unpacked(sides: tuple[int, int]) -> None:
    small = bomb(*sides)
    assert len(small) < 1_000_000
    with pytest.raises(BadInput, match="at most 40 million"):
        header(small)


def test_a_file_that_is_too_long_is_refused_by_its_length() -> None:
    with pytest.raises(BadInput, match=r"20\.0 MB; at most 20"):
        header(picture("jpeg") + bytes(MOST_BYTES))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.02, 0.3, 0.9, 0.999])
def test_a_picture_that_was_cut_off_is_refused(kind: str, share: float) -> None:
    whole = picture(kind)
    with pytest.raises(BadInput, match=r"cut off|no picture"):
        header(whole[: max(12, int(len(whole) * share))])


def test_a_small_picture_in_the_head_does_not_hide_that_the_rest_is_missing() -> None:
    small, whole = picture("jpeg", 64, 64), picture("jpeg")
    shown = b"\xff\xe1" + struct.pack(">H", len(small) + 2) + small
    assert header(whole[:2] + shown + whole[2:]) == Header("jpeg", 320, 200)
    with pytest.raises(BadInput, match="cut off"):
        header(whole[:2] + shown + whole[2:-200])


def test_a_size_that_is_said_twice_is_refused() -> None:
    whole = picture("jpeg")
    at = whole.index(b"\xff\xc0")
    frame = whole[at : at + 2 + struct.unpack(">H", whole[at + 2 : at + 4])[0]]
    with pytest.raises(BadInput, match="says its size twice"):
        header(whole[:at] + frame + whole[at:])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"GIF89a" + bytes(50), "a GIF"),
        (b"%PDF-1.7" + bytes(50), "a PDF"),
        (b"PK\x03\x04" + bytes(50), "an archive"),
        (b"<svg xmlns='x'><script>alert(1)</script></svg>" + bytes(50), "a drawing in text"),
        (b"<!DOCTYPE html><html>", "a page"),
        (b"II*\0" + bytes(50), "a TIFF"),
        (b"\0\0\0\x18ftypheic" + bytes(50), "a HEIC"),
        (b"\0\0\0\x18ftypmp42" + bytes(50), "a film"),
        (b"BM" + struct.pack("<IHHIIiiHH", 99, 0, 0, 54, 40, 9, 9, 1, 24), "a BMP"),
        (b"P<ALBHOXHA<<ARBEN", "no picture"),
        (b"\xff\xd8\xff\xe0", "cut off"),
    ],
)
def test_what_is_no_picture_of_the_three_kinds_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words) as refusal:
        header(content)
    assert refusal.value.hint


def test_a_name_for_another_kind_in_front_of_a_picture_is_believed() -> None:
    with pytest.raises(BadInput, match="a PDF"):
        header(b"%PDF-1.4\n" + picture("jpeg"))


@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x40\0\0\0WEBPVP8 "]),
)
def test_any_bytes_are_a_picture_or_refused_with_what_to_do(content: bytes, start: bytes) -> None:
    try:
        found = header(start + content)
    except BadInput as refusal:
        hint = refusal.hint
    else:
        hint = "read it" if found.width * found.height <= 40_000_000 else ""
    assert hint
