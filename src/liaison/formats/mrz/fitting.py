"""Pieces of a scan as lines of one width, and signs corrected where the type of their field decides."""

from __future__ import annotations

import re

from liaison.formats.mrz import digits, names, states
from liaison.formats.mrz.document import Document, Doubt
from liaison.formats.mrz.layouts import Layout
from liaison.formats.mrz.scanned import Piece

TO_DIGIT = dict(zip("OQDUILZSGB", "0000112568", strict=True))
TO_LETTER = dict(zip("012568", "OIZSGB", strict=True))
MOST_ADDED = 3  # fillers that a reader lost or doubled within a run
MOST_MISFITS = 6
SHORTEST = 10  # signs of a line whose fillers at the end were lost
LOST_FILLERS = re.compile(
    r"(?:K{3,}|C{3,}|X{3,})$"
)  # how readers of pictures take a row of fillers at the end of a line

Notes = dict[int, tuple[str, str]]


def line_of(piece: Piece, width: int) -> tuple[str, Notes] | None:
    """A piece as one line of this width, with what was done; None where it cannot be one."""
    text, notes = piece.text, piece.notes
    if " " in text:
        text, notes = _without_blanks(text, notes, width)
    if len(text) == width:
        return text, notes
    if len(text) < SHORTEST or ("<" not in text and len(text) < width - MOST_ADDED):
        return None
    missing = width - len(text)
    if missing > 0:
        return _lengthened(text, notes, missing)
    return _shortened(text, notes, -missing)


def _without_blanks(text: str, notes: Notes, width: int) -> tuple[str, Notes]:
    """Blanks are left out, or are fillers where the line has its width with them."""
    if len(text) == width:
        blanks = {at: ("corrected", "a blank was read as <") for at, sign in enumerate(text) if sign == " "}
        return text.replace(" ", "<"), notes | blanks
    kept = [at for at, sign in enumerate(text) if sign != " "]
    moved = {at: notes[old] for at, old in enumerate(kept) if old in notes}
    return "".join(text[at] for at in kept), moved


def _lengthened(text: str, notes: Notes, missing: int) -> tuple[str, Notes] | None:
    """Fillers added at the end of a line that ends in fillers or is of letters alone, else in its longest run."""
    if text[-1] == "<" or not any(sign.isdigit() for sign in text[5:]):
        words = f"{missing} fillers are missing at the end of the line"
        return text + "<" * missing, notes | {len(text): ("filled", words)}
    run = max(re.finditer("<+", text), key=lambda found: len(found[0]), default=None)
    if run is None or len(run[0]) < 2 or missing > MOST_ADDED:
        return None
    at = run.end()
    moved = {place + missing * (place >= at): note for place, note in notes.items()}
    moved[at] = ("filled", f"{missing} fillers are missing in a row of them")
    return text[:at] + "<" * missing + text[at:], moved


def _shortened(text: str, notes: Notes, surplus: int) -> tuple[str, Notes] | None:
    """Fillers left out of the longest run, at the end where it is there."""
    run = max(re.finditer("<+", text), key=lambda found: len(found[0]), default=None)
    if run is None or surplus > MOST_ADDED or len(run[0]) < surplus + 2:
        return None
    at = run.end() - surplus
    kept = {place: note for place, note in notes.items() if not at <= place < run.end()}
    moved = {place - surplus * (place >= at): note for place, note in kept.items()}
    moved[at - 1] = ("filled", f"{surplus} fillers too many stand in a row of them")
    return text[:at] + text[run.end() :], moved


def corrected(layout: Layout, text: str, notes: Notes) -> tuple[str, Notes, int]:
    """Signs put right where the type of their place decides; how many are still of the wrong type."""
    text, notes = _row_of_fillers(layout, text, notes)
    signs, notes, left = list(text), dict(notes), 0
    for at, kind in enumerate(layout.kinds):
        if digits.fits(signs[at], kind):
            continue
        put = _put_right(signs[at], kind)
        if put is None:
            left += 1
            notes.setdefault(at, ("unfit", f"{signs[at]} is not of this field's type"))
            continue
        notes[at] = ("corrected", f"{signs[at]} was read as {put}, as the type of the field says")
        signs[at] = put
    return "".join(signs), notes, left


def _put_right(sign: str, kind: str) -> str | None:
    if kind in "CTO":
        return TO_DIGIT.get(sign)
    if kind in "LA":
        return TO_LETTER.get(sign)
    return "<" if kind == "S" and sign == "X" else None


def _row_of_fillers(layout: Layout, text: str, notes: Notes) -> tuple[str, Notes]:
    """KKKK at the end of the names is a row of fillers."""
    first, end = layout.fields["names"]
    row = LOST_FILLERS.search(text, first, end)
    if row is None:
        return text, notes
    at = row.start()
    words = f"{row[0]} at the end of the names was read as fillers"
    return text[:at] + "<" * len(row[0]) + text[row.end() :], {**notes, at: ("corrected", words)}


def made(layout: Layout, text: str, notes: Notes) -> Document:
    """The document of a corrected zone, with its doubts in the order of their places."""
    bits = digits.verdict(layout, text)
    doubts = [
        Doubt(kind, words, layout.field_at(at), *layout.place(at))
        for at, (kind, words) in sorted(notes.items())
    ]
    return Document(layout, text, bits, tuple(doubts + _of_names(layout, text)))


def _of_names(layout: Layout, text: str) -> list[Doubt]:
    first, end = layout.fields["names"]
    return [
        Doubt("names", words, "names", *layout.place(first + at))
        for at, words in names.faults(text[first:end])
    ]


def likeness(document: Document, left: int) -> int:
    """How much a text is like this zone: to choose among ways of reading it."""
    checks = document.layout.checks
    agreeing = sum(not document.bits >> number & 1 for number in range(len(checks)))
    states_known = sum(
        states.meaning(document.raw(field)).kind is not states.Kind.UNKNOWN
        for field in ("issuer", "nationality")
    )
    return (
        40
        + 10 * agreeing // len(checks) * 4
        + 6 * states_known
        - 5 * left
        - sum(d.kind != "unfit" for d in document.doubts)
    )


def is_a_zone(document: Document, left: int) -> bool:
    """Whether a text is enough like a zone to be called one: its types, and a check digit or state that is right."""
    if left > MOST_MISFITS or not document.raw("code")[0].isalpha() or not document.raw("number").strip("<?"):
        return False
    agreeing = any(not document.bits >> number & 1 for number in range(len(document.layout.checks)))
    return agreeing or not document.doubts or document.issuer_meaning.kind is not states.Kind.UNKNOWN
