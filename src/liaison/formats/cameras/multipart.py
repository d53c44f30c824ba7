"""Bodies in several parts (RFC 2046, RFC 7578), as cameras make them: bounded in parts, headers and sizes."""

from __future__ import annotations

import re
from contextlib import suppress

import msgspec

from liaison.model.errors import BadInput

MOST_PARTS = 32
LARGEST_HEADER = 4_096  # bytes of one part's header
BOUNDARY = re.compile(r'boundary\s*=\s*(?:"([^"\r\n]{1,200})"|([^\s";,]{1,200}))', re.IGNORECASE)
ENDS = re.compile(rb"--|[ \t]{0,100}(?:\r?\n|\Z)")  # what may stand behind a boundary
FIRST_LINE = re.compile(rb"\s*--([^\s\"]{1,200})[ \t]*\r?\n")
PARAMETER = re.compile(r'\b(name|filename)\s*=\s*(?:"([^"\r\n]*)"|([^\s";]+))', re.IGNORECASE)
AGAIN = "send the parts as RFC 7578 has them"


class Part(msgspec.Struct, frozen=True, gc=False):
    """One part: its name, file name and media type as sent, and where its content stands in the body."""

    name: str
    file: str
    media: str
    start: int
    stop: int

    @property
    def called(self) -> str:
        """The file's name, else the part's."""
        return self.file or self.name


def boundary_of(content_type: str, body: bytes) -> bytes:
    """The boundary that the content type names, else that of the first line; empty where there is none."""
    found = BOUNDARY.search(content_type)
    if found:
        return (found[1] or found[2]).encode("utf-8", "replace")
    first = FIRST_LINE.match(body, 0, 400)
    return first[1] if first else b""


def parts(boundary: bytes, body: bytes) -> tuple[list[Part], bool]:
    """The parts of a body, in order, and whether it is whole: the last part of one that was cut has no boundary behind.

    Raises BadInput for a body that is not so made, or has too many parts.
    """
    line = b"--" + boundary
    at = _line(body, line, 0)
    if at < 0:
        raise BadInput("the body has no line with the boundary that its type names", hint=AGAIN)
    found: list[Part] = []
    while not body.startswith(b"--", at):
        start = body.find(b"\n", at) + 1
        if not start:
            return found, False
        if len(found) == MOST_PARTS:
            raise BadInput(f"the body has more than {MOST_PARTS} parts", hint="send one read in a message")
        stop = _line(body, line, start)
        if stop < 0:
            with suppress(BadInput):  # it was cut in its header
                found.append(_part(body, start, len(body), len(found) + 1))
            return found, False
        end = stop - len(line)
        end -= 2 if body[end - 2 : end] == b"\r\n" else 1  # the line end before a boundary belongs to it
        found.append(_part(body, start, end, len(found) + 1))
        at = stop
    return found, True


def _line(body: bytes, line: bytes, start: int) -> int:
    """Behind the next boundary that has a line to itself, from `start`; -1 where there is none."""
    at = body.find(line, start)
    while at >= 0:
        behind = at + len(line)
        if (at == 0 or body[at - 1] == 0x0A) and ENDS.match(body, behind):
            return behind
        at = body.find(line, behind)
    return -1


def _part(body: bytes, start: int, stop: int, number: int) -> Part:
    """A part that stands between two places."""
    ends = [
        (at, len(end))
        for end in (b"\r\n\r\n", b"\n\n")
        if (at := body.find(end, start, start + LARGEST_HEADER)) >= 0
    ]
    if body.startswith((b"\r\n", b"\n"), start):
        head, behind = start, start + (2 if body[start] == 0x0D else 1)
    elif not ends:
        raise BadInput(
            f"part {number} of the body has no header, or one of over {LARGEST_HEADER:,} bytes", hint=AGAIN
        )
    else:
        head, length = min(ends)
        behind = head + length
    header = body[start:head].decode("utf-8", "replace")
    named = {
        found[1].lower(): found[2] or found[3] or ""
        for found in PARAMETER.finditer(_value(header, "content-disposition"))
    }
    media = _value(header, "content-type").partition(";")[0].strip().lower()
    return Part(named.get("name", ""), named.get("filename", ""), media, behind, max(behind, stop))


def _value(header: str, name: str) -> str:
    for row in header.splitlines():
        key, _, value = row.partition(":")
        if key.strip().lower() == name:
            return value.strip()
    return ""
