"""The text of a PDF as a reader sees it: from the strings that are drawn, by each font's own table of signs."""

from __future__ import annotations

import base64
import re
import zlib

STREAM = re.compile(rb"(\d+) 0 obj\s*<<((?:(?!endobj).)*?)>>\s*stream\r?\n(.*?)endstream", re.S)
OBJECT = re.compile(rb"(\d+) 0 obj\s*<<(.*?)>>\s*(?:stream|endobj)", re.S)
PAIR = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
STRING = re.compile(rb"\((?:\\.|[^\\()])*\)\s*Tj|/(F\d+(?:\+\d+)?) [\d.]+ Tf", re.S)
ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def text_of(content: bytes) -> list[str]:
    """The lines of each page, in the order in which they are drawn."""
    streams = {int(number): _unpacked(raw) for number, _, raw in STREAM.findall(content)}
    bodies = {int(number): body for number, body in OBJECT.findall(content)}
    fonts: dict[bytes, dict[int, str]] = {}
    for body in bodies.values():
        signs = re.search(rb"/ToUnicode (\d+) 0 R", body)
        name = re.search(rb"/Name /(F[\d+]+)", body)
        if signs and name:
            fonts[name[1]] = _table(streams[int(signs[1])])
    pages = [bodies[number] for number in sorted(bodies) if re.search(rb"/Type /Page\b", bodies[number])]
    found = []
    for body in pages:
        drawn = re.search(rb"/Contents (\d+) 0 R", body)
        assert drawn is not None
        found.append(_drawn(streams[int(drawn[1])], fonts))
    return found


def _drawn(stream: bytes, fonts: dict[bytes, dict[int, str]]) -> str:
    lines, font = [], b""
    for match in STRING.finditer(stream):
        if match[1]:
            font = match[1]
            continue
        raw = match[0][1 : match[0].rindex(b")")]
        plain = re.sub(rb"\\([0-7]{3}|.)", _escaped, raw, flags=re.S)
        signs = fonts.get(font, {})
        lines.append("".join(signs.get(byte, chr(byte)) for byte in plain))
    return "\n".join(lines)


def _escaped(match: re.Match[bytes]) -> bytes:
    code = match[1]
    return bytes([int(code, 8)]) if len(code) == 3 else ESCAPES.get(code, code)


def _table(stream: bytes) -> dict[int, str]:
    found: dict[int, str] = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", stream, re.S):
        for code, sign in PAIR.findall(block):
            found[int(code, 16)] = bytes.fromhex(sign.decode()).decode("utf-16-be")
    for first, last, signs in re.findall(
        rb"<(\w+)>\s*<(\w+)>\s*\[(.*?)\]",
        b"".join(re.findall(rb"beginbfrange(.*?)endbfrange", stream, re.S)),
        re.S,
    ):
        every = re.findall(rb"<(\w+)>", signs)
        for code, sign in zip(range(int(first, 16), int(last, 16) + 1), every, strict=False):
            found[code] = bytes.fromhex(sign.decode()).decode("utf-16-be")
    return found


def _unpacked(raw: bytes) -> bytes:
    text = raw.strip()
    if text.endswith(b"~>"):
        text = base64.a85decode(text[:-2])
    return zlib.decompress(text) if text[:1] == b"\x78" else text
