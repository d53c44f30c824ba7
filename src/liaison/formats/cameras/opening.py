"""Bodies as cameras post them, opened: JSON, JSON one a line, XML, or several parts with pictures.

The bytes decide; the content type is needed for a boundary alone, since cameras are often wrong about the rest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import msgspec

from liaison.formats.cameras.model import Picture
from liaison.formats.cameras.multipart import Part, boundary_of, parts
from liaison.formats.feeds import Doubt, Doubts
from liaison.formats.feeds.doubts import shown
from liaison.formats.feeds.markup import Node, parsed
from liaison.model.errors import BadInput

LARGEST = 24 << 20  # bytes of a body
LARGEST_XML = 256 << 10  # bytes
MOST_ROWS = 10_000  # reads of one batch
LINES = ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines")
PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")
LINE = re.compile(rb"[^\s\0][^\n]*")  # that is not blank, from its first sign
MARK = b"\xef\xbb\xbf"
BLANK = b" \t\r\n\0"
DECODER = msgspec.json.Decoder()
SPLIT = "send fewer reads in a message"


@dataclass(slots=True)
class Opened:
    """A body: an XML root, or rows of JSON with their places; a single document is one row without a place."""

    root: Node | None = None
    rows: list[tuple[str, object]] = field(default_factory=list)
    batch: bool = False
    pictures: list[Picture] = field(default_factory=list)
    doubts: Doubts = field(default_factory=Doubts)
    refused: list[Doubt] = field(default_factory=list)


def opened(content_type: str, body: bytes) -> Opened:
    """What is in a body. Raises BadInput for one that is too large, is cut, or is none of the forms."""
    if len(body) > LARGEST:
        raise BadInput(f"the body has {len(body):,} bytes; at most {LARGEST:,} are read", hint=SPLIT)
    body = body.removeprefix(MARK)
    said = content_type.strip().lower()
    first = body.lstrip(BLANK)[:2]
    if said.startswith("multipart/") or first == b"--":
        return _parts(content_type, body)
    if not first:
        raise BadInput("the body is empty", hint="send what the camera read")
    found = Opened()
    if first[:1] == b"<":
        found.root = parsed(body.strip(BLANK), LARGEST_XML, "the message")
    elif first[:1] in (b"{", b"["):
        _json(found, body, lines=said.startswith(LINES))
    else:
        known = "what cameras send begins with {, [, < or a boundary"
        raise BadInput(
            f"the body begins with {shown(first.decode('latin-1'))!r}: it is neither JSON nor XML", hint=known
        )
    return found


def _json(found: Opened, body: bytes, *, lines: bool) -> None:
    if not lines:
        try:
            document = decoded(body, "the body")
        except BadInput:
            if not _one_a_line(body):
                raise
        else:
            _rows(found, document)
            return
    found.batch = True
    at, counted = 1, 0
    for line in LINE.finditer(body):
        at += body.count(b"\n", counted, line.start())
        counted = line.start()
        _counted(len(found.rows) + len(found.refused))
        try:
            found.rows.append((f"line {at}", decoded(line[0].rstrip(BLANK), f"line {at}")))
        except BadInput as bad:
            found.refused.append(Doubt(f"line {at}", str(bad), bad.hint))


def _one_a_line(body: bytes) -> bool:
    """Whether a body that is no JSON as a whole is so by its first line."""
    first = body.strip(BLANK).partition(b"\n")[0].strip(BLANK)
    return first[:1] == b"{" and first[-1:] == b"}" and b"\n" in body.strip(BLANK)


def _rows(found: Opened, document: object) -> None:
    if not isinstance(document, list):
        found.rows.append(("", document))
        return
    _counted(len(document) - 1)
    found.batch = True
    found.rows = [(f"[{at}]", row) for at, row in enumerate(document)]


def _counted(rows: int) -> None:
    if rows >= MOST_ROWS:
        raise BadInput(f"the batch has more than {MOST_ROWS:,} reads", hint=SPLIT)


def decoded(text: bytes | str, what: str) -> object:
    """A JSON value. Raises BadInput, which says at which byte it is none."""
    try:
        return DECODER.decode(text)
    except (msgspec.MsgspecError, UnicodeError, ValueError) as error:
        raise BadInput(f"{what} is no JSON: {error}", hint="send JSON in UTF-8") from None
    except RecursionError:
        raise BadInput(f"{what} is JSON of too many levels", hint="send it as the camera makes it") from None


def _parts(content_type: str, body: bytes) -> Opened:
    boundary = boundary_of(content_type, body)
    if not boundary:
        raise BadInput("the body has several parts and its type names no boundary", hint="send the boundary")
    found, documents = Opened(), 0
    split, whole = parts(boundary, body)
    if not whole:
        found.doubts.add(f"part {len(split)}", "has no end: the body may be cut", "send it again")
    for part in split:
        content = body[part.start : part.stop]
        if part.media.startswith("image/") or content.startswith(PICTURES):
            found.pictures.append(Picture(part.called, content))
        elif _is_document(part, content) and not documents:
            documents = 1
            _document(found, part, content)
        elif content.strip(BLANK):
            found.doubts.add(
                f"part {shown(part.called)}", "is no picture and not the read, and was not taken"
            )
    if not documents:
        raise BadInput("no part of the body is JSON or XML", hint="send the read itself with its pictures")
    return found


def _is_document(part: Part, content: bytes) -> bool:
    named = part.media.endswith(("json", "xml")) or part.called.lower().endswith(("json", ".xml"))
    return content.lstrip(BLANK)[:1] in (b"{", b"<") or (named and bool(content.strip(BLANK)))


def _document(found: Opened, part: Part, content: bytes) -> None:
    inside = content.removeprefix(MARK).strip(BLANK)
    if inside[:1] == b"<":
        found.root = parsed(inside, LARGEST_XML, f"part {shown(part.called)}")
    else:
        _rows(found, decoded(inside, f"part {shown(part.called)}"))
