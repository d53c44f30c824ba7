"""What a file that is sent as a picture says of itself: its kind by its first bytes, its size, and whether it is whole.

Nothing is decoded here, so that a picture that is too large costs nothing. Sources: ITU-T T.81 annex B (JPEG), W3C PNG
third edition (PNG), RFC 9649 (WebP). Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from liaison.model.errors import BadInput

MOST_BYTES = 20_000_000
MOST_PIXELS = 40_000_000
LONGEST_SIDE, SHORTEST_SIDE = 30_000, 64  # pixels
MOST_PARTS = 4_000  # segments or chunks of a file
FIELD = "photograph"
KINDS = "send a JPEG, a PNG or a WebP"
AGAIN = "take the picture again, or send it once more"
SMALLER = "let the camera take a smaller picture"
LARGER = "send the picture as the camera took it"
PAGE_ALONE = "take the picture again, smaller and of the page alone"
EMPTY, CUT_OFF, DAMAGED = "the file is empty", "the picture is cut off", "the picture is damaged"
STRANGE, LIMITS = "this is no picture that can be read", "the picture could not be read within its limits"
TWICE, OTHERWISE = "the picture says its size twice", "the picture is of another size than it says"
SAID = (EMPTY, CUT_OFF, DAMAGED, STRANGE, LIMITS, TWICE, OTHERWISE, KINDS, AGAIN, SMALLER, LARGER, PAGE_ALONE)
PNG = b"\x89PNG\r\n\x1a\n"
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # markers of JPEG that say a size
STRANGERS = (
    (re.compile(rb"GIF8[79]a"), "a GIF"),
    (re.compile(rb"BM.{12}[\x0c-\x7f]\0\0\0", re.DOTALL), "a BMP"),
    (re.compile(rb"II\*\0|MM\0\*"), "a TIFF"),
    (re.compile(rb"....ftyp(?:heic|heix|hevc|mif1|msf1)", re.DOTALL), "a HEIC"),
    (re.compile(rb"....ftypavi[fs]", re.DOTALL), "an AVIF"),
    (re.compile(rb"....ftyp", re.DOTALL), "a film"),
    (re.compile(rb"%PDF-"), "a PDF"),
    (re.compile(rb"PK\x03\x04"), "an archive"),
    (re.compile(rb"\s*<(?:\?xml|svg|!doctype|html)", re.IGNORECASE), "a page or a drawing in text"),
)


@dataclass(frozen=True, slots=True)
class Header:
    """What a picture says of itself; sides in pixels, as they are stored and not as they are shown."""

    kind: str
    width: int
    height: int


def header(content: bytes) -> Header:
    """The header of a picture that may be decoded. Raises BadInput, which says why it may not and what to do."""
    if not content:
        raise _bad(EMPTY)
    if len(content) > MOST_BYTES:
        raise _bad(
            f"the file has {len(content) / 1e6:.1f} MB; at most {MOST_BYTES // 1_000_000} are taken",
            SMALLER,
        )
    found = _read(content)
    if found.width * found.height > MOST_PIXELS or max(found.width, found.height) > LONGEST_SIDE:
        raise _bad(
            f"the picture is of {found.width:,} by {found.height:,} pixels; "
            f"at most {MOST_PIXELS // 1_000_000} million are taken",
            SMALLER,
        )
    if min(found.width, found.height) < SHORTEST_SIDE:
        raise _bad(
            f"the picture is of {found.width} by {found.height} pixels: no zone can be read in it",
            LARGER,
        )
    return found


def _read(content: bytes) -> Header:
    if content.startswith(b"\xff\xd8\xff"):
        return _jpeg(content)
    if content.startswith(PNG):
        return _png(content)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return _webp(content)
    named = next((words for form, words in STRANGERS if form.match(content)), "")
    raise _bad(f"this is {named}, which is not read" if named else STRANGE, KINDS)


def _jpeg(content: bytes) -> Header:
    """The size in the first frame; a scan must follow it, and the end of the picture that."""
    at, found = 2, None
    for _ in range(MOST_PARTS):
        while content[at : at + 2] == b"\xff\xff":
            at += 1
        if len(content) < at + 4 or content[at] != 0xFF:
            break
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        if marker in FRAMES and found is None and length >= 8 and len(content) >= at + 9:
            sides = content[at + 5 : at + 9]
            found = Header("jpeg", int.from_bytes(sides[2:], "big"), int.from_bytes(sides[:2], "big"))
        elif marker in FRAMES:
            raise _bad(TWICE)
        if marker == 0xDA:
            if found is None or content.find(b"\xff\xd9", at) < 0:
                break
            return found
        at += 2 + length
    raise _bad(CUT_OFF)


def _png(content: bytes) -> Header:
    """The size in the first chunk; chunks must follow one another up to the last."""
    if content[12:16] != b"IHDR" or len(content) < 33:
        raise _bad(CUT_OFF)
    width, height = int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")
    at = 8
    for _ in range(MOST_PARTS * 10):
        length, name = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        at += 12 + length
        if len(name) < 4 or at > len(content):
            break
        if name == b"IEND":
            return Header("png", width, height)
    raise _bad(CUT_OFF)


def _webp(content: bytes) -> Header:
    """The size in the first chunk, in each of its three forms."""
    if int.from_bytes(content[4:8], "little") + 8 > len(content) or len(content) < 30:
        raise _bad(CUT_OFF)
    name, body = content[12:16], content[20:]
    if name == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
        sides = [int.from_bytes(body[at : at + 2], "little") & 0x3FFF for at in (6, 8)]
    elif name == b"VP8L" and body[0] == 0x2F:
        bits = int.from_bytes(body[1:5], "little")
        sides = [(bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1]
    elif name == b"VP8X":
        sides = [int.from_bytes(body[at : at + 3], "little") + 1 for at in (4, 7)]
    else:
        raise _bad(DAMAGED)
    return Header("webp", *sides)


def _bad(words: str, hint: str = AGAIN) -> BadInput:
    return BadInput(words, field=FIELD, hint=hint)
