"""Whatever a scanner, a keyboard or a reader of pictures typed, as pieces in ICAO's alphabet.

A piece is what stands between two line ends (or tabs, bars and other signs that no zone has). Each sign that was
something else, a Cyrillic or Greek letter, a « for a <, is noted with its position.
"""

from __future__ import annotations

import unicodedata
from functools import cache

import msgspec

from liaison.model.errors import BadInput

LONGEST_TEXT = 4_000  # characters; the longest zone has 90
MOST_PIECES = 40
FILLERS = "«‹＜〈⟨❮◄«˂ᐸ≪≤"
CYRILLIC, AS_CYRILLIC = "АВЕЅІЈКМНОРСТУХԚԜҮаеосрхуіјѕ", "ABESIJKMHOPCTYXQWYAEOCPXYIJS"
GREEK, AS_GREEK = "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοϹ", "ABEZHIKMNOPTYXOC"
LOOK_ALIKES = dict(zip(CYRILLIC + GREEK, AS_CYRILLIC + AS_GREEK, strict=True))
BREAKS = "\r\n\t\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029|"
BLANKS = " \u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
DROPPED = "\ufeff\u200b\u200c\u200d\u2060\u00ad\u200e\u200f"
PLAIN = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<")


class Piece(msgspec.Struct):
    """Signs of one line of the scan; `notes` are by place in `text`, line and columns those of the scan, from 1.

    `text` may hold blanks, which fitting.py leaves out or takes for fillers, and ? for what cannot be read.
    """

    text: str
    line: int
    column: int
    notes: dict[int, tuple[str, str]]  # kind of the doubt, words


def pieces(text: str) -> list[Piece]:
    """The pieces of a text that hold a letter, digit or filler. Raises BadInput for a text that is too long."""
    if not isinstance(text, str):
        raise BadInput("the zone is not text", field="mrz", hint="decode the scan first")
    if len(text) > LONGEST_TEXT:
        hint = "send the zone alone: two or three lines, or a few documents at most"
        raise BadInput(f"the scan has {len(text):,} characters", field="mrz", hint=hint)
    if "&" in text:
        text = text.replace("&lt;", "<").replace("&LT;", "<")
    found = []
    for line, row in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        found += _row(row, line)
        if len(found) > MOST_PIECES:
            hint = "send the zone alone, without the text of the page"
            raise BadInput(f"the scan has more than {MOST_PIECES} lines", field="mrz", hint=hint)
    return found


def _row(row: str, line: int) -> list[Piece]:
    found, signs, notes, column = [], list[str](), dict[int, tuple[str, str]](), 1
    for at, raw in enumerate(row, 1):
        sign, note = _sign(raw)
        if sign == "\n":
            found.append(Piece("".join(signs), line, column, notes))
            signs, notes, column = [], {}, at + 1
            continue
        if note:
            notes[len(signs)] = note
        signs.append(sign)
    found.append(Piece("".join(signs), line, column, notes))
    return [_trimmed(piece) for piece in found if piece.text.strip(" ?")]


def _trimmed(piece: Piece) -> Piece:
    """Without blanks around it."""
    left = len(piece.text) - len(piece.text.lstrip())
    piece.text = piece.text.strip()
    piece.notes = {at - left: note for at, note in piece.notes.items()}
    piece.column += left
    return piece


@cache
def _known() -> dict[str, tuple[str, tuple[str, str] | None]]:
    table: dict[str, tuple[str, tuple[str, str] | None]] = {sign: (sign, None) for sign in PLAIN}
    table |= {sign.lower(): (sign, None) for sign in PLAIN if sign.isalpha()}
    table |= dict.fromkeys(BREAKS, ("\n", None)) | dict.fromkeys(BLANKS, (" ", None))
    table |= dict.fromkeys(DROPPED, ("", None))
    for raw, sign in [*LOOK_ALIKES.items(), *((raw, "<") for raw in FILLERS)]:
        table[raw] = (sign, ("corrected", f"{named(raw)} was read as {sign}"))
    return table


def _sign(raw: str) -> tuple[str, tuple[str, str] | None]:
    """One sign in ICAO's alphabet, blank, line end or ?; and what was done to it."""
    known = _known().get(raw)
    if known is not None:
        return known
    if raw < " " or raw == "\x7f":
        return "\n", None
    plain = unicodedata.normalize("NFKC", raw).upper()
    if raw.isdecimal():
        plain = str(unicodedata.digit(raw))
    if plain in PLAIN:
        return plain, ("corrected", f"{named(raw)} was read as {plain}")
    return "?", ("unreadable", f"{named(raw)} stands in no zone")


def named(sign: str) -> str:
    """A sign so that a person knows which one it is."""
    if sign.isascii() and sign.isprintable():
        return sign
    return f"{sign if sign.isprintable() else '·'} ({unicodedata.name(sign, f'U+{ord(sign):04X}').lower()})"
