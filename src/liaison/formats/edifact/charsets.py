"""Bytes to text: the repertoires of ISO 9735-1, and what carriers send under their names."""

from __future__ import annotations

import re

# Syntax identifiers (data element 0001) beyond ASCII, with the character set of each.
REPERTOIRES = {
    "UNOC": "iso8859-1",
    "UNOD": "iso8859-2",
    "UNOE": "iso8859-5",
    "UNOF": "iso8859-7",
    "UNOG": "iso8859-3",
    "UNOH": "iso8859-4",
    "UNOI": "iso8859-6",
    "UNOJ": "iso8859-8",
    "UNOK": "iso8859-9",
    "UNOW": "utf-8",
    "UNOY": "utf-8",
}
DECLARED = re.compile(rb"(?:UNB|UIB)\s*[^A-Za-z0-9]\s*([A-Z]{4})")
MARK = b"\xef\xbb\xbf"


def decoded(data: bytes) -> tuple[str, str, str]:
    """The text, the character set it was read in, and a doubt in words or nothing. Every bytes can be read."""
    if data.isascii():
        return data.decode("ascii"), "ascii", ""
    found = DECLARED.search(data[:4096])
    name = found[1].decode() if found else ""
    declared = REPERTOIRES.get(name, "")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        charset = declared if declared not in ("", "utf-8") else "iso8859-1"
        text = data.decode(charset, "replace")
        lost = "\ufffd" in text
        same = charset == declared and not lost
        return text, charset, "" if same else _words(name, "Latin-1" if charset == "iso8859-1" else charset)
    only_mark = data.startswith(MARK) and data[3:].isascii()
    return text, "utf-8", "" if declared == "utf-8" or only_mark else _words(name, "UTF-8")


def _words(name: str, read_as: str) -> str:
    says = f"the interchange says {name}" if name else "the interchange names no character set"
    return f"{says} and holds letters beyond it: read as {read_as}"
