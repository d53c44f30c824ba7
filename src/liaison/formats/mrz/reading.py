"""Reading zones from text: at once where it is clean, else by the likeliest way to part it into documents.

Lines may be swapped or run together, or two scans typed as one; what was done is among the doubts of each document.
Every sign of the scan belongs to a document, or to a piece that was left aside and is named in a doubt.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

import msgspec

from liaison.formats.mrz import digits, fitting, names
from liaison.formats.mrz.document import Document, Doubt
from liaison.formats.mrz.layouts import LAYOUTS, Layout, layout_of
from liaison.formats.mrz.scanned import Piece, pieces
from liaison.model.errors import BadInput

SIZES = sorted({layout.size for layout in LAYOUTS})  # 72, 88, 90
LONGEST_CLEAN = SIZES[-1] + 4  # a zone with its line ends
MOST_DOCUMENTS = 8
JOINED = 6  # pieces that may be parts of what is run together
WASTE = 2  # what a sign that is left aside costs
EXAMPLE = "P<UTOSPECIMEN<<NOBODY<<<<<<<<<<<<<<<<<<<<<<<"  # the first line of a passport that is nobody's
HINT = f"scan the zone again, or type its two or three lines as they are printed; a passport's first is like {EXAMPLE}"


class _Way(msgspec.Struct):
    """One way to read the pieces from some place on."""

    worth: int
    documents: tuple[Document, ...]
    aside: tuple[Piece, ...] = ()


def read(text: str) -> Document:
    """The one document that a text holds; one scanned twice is one. Raises BadInput where it holds none, or several."""
    clean = _clean(text)
    if clean is not None:
        return clean
    found = read_all(text)
    if len(found) > 1:
        words = f"the scan holds {len(found)} documents"
        raise BadInput(words, field="mrz", hint="read them one at a time, or have all of them read")
    return found[0]


def read_all(text: str) -> tuple[Document, ...]:
    """Every document that a text holds, in its order. Raises BadInput where it holds none, or what is no document."""
    clean = _clean(text)
    if clean is not None:
        return (clean,)
    found = pieces(text)
    if not found:
        raise BadInput("the scan is empty", field="mrz", hint=HINT)
    way = _best(found)
    if not way.documents:
        raise _refused(found)
    if len(way.documents) > MOST_DOCUMENTS:
        hint = f"read at most {MOST_DOCUMENTS} at a time"
        raise BadInput(f"the scan holds {len(way.documents)} documents", field="mrz", hint=hint)
    lost = [piece for piece in way.aside if _like_a_line(piece)]
    if lost:
        words = f"line {lost[0].line} of the scan belongs to no whole document"
        raise BadInput(words, field="mrz", hint=_lengths(lost) + "; " + HINT)
    return _once(way)


def _clean(text: str) -> Document | None:
    """A text that is a zone as it is printed, with or without line ends, and in which all agrees."""
    if not isinstance(text, str) or len(text) > LONGEST_CLEAN:
        return None
    zone = text if len(text) in SIZES else text.replace("\n", "")
    layout = layout_of(zone) if zone.isascii() else None
    if layout is None:
        return None
    bits = digits.verdict(layout, zone)
    if bits & digits.FAULTS:
        return None
    first, end = layout.fields["names"]
    if not names.FORM.fullmatch(zone, first, end) or fitting.LOST_FILLERS.search(zone, end - 3, end):
        return None
    return Document(layout, zone, bits)


def _best(found: list[Piece]) -> _Way:
    ways: list[_Way] = [_Way(0, ())]
    for at in reversed(range(len(found))):
        after = ways[0]
        best = _Way(after.worth - WASTE * len(found[at].text), after.documents, (found[at], *after.aside))
        for taken, worth, documents in _from(found[at:]):
            rest = ways[taken - 1]
            if worth + rest.worth > best.worth:
                best = _Way(worth + rest.worth, (*documents, *rest.documents), rest.aside)
        ways.insert(0, best)
    return ways[0]


def _from(found: list[Piece]) -> Iterator[tuple[int, int, tuple[Document, ...]]]:
    """Ways to read the first pieces: how many they take, what they are worth, the documents."""
    for layout in LAYOUTS:
        if len(found) >= layout.lines:
            best = max(_by_lines(layout, found[: layout.lines]), key=lambda pair: pair[0], default=None)
            if best is not None:
                yield layout.lines, best[0], (best[1],)
    for many in range(1, min(JOINED, len(found)) + 1):
        joined = _joined(found[:many])
        run = _run_together(joined, MOST_DOCUMENTS + 1) if len(joined.text) >= SIZES[0] else None
        if run is not None and run[1]:
            yield many, run[0] - many, run[1]


def _by_lines(layout: Layout, found: list[Piece]) -> Iterator[tuple[int, Document]]:
    """The document whose lines these pieces are, in every order."""
    lines = [fitting.line_of(piece, layout.width) for piece in found]
    for order in permutations(range(len(lines))):
        text, notes = "", dict[int, tuple[str, str]]()
        for which in order:
            line = lines[which]
            if line is None:
                return
            notes |= {len(text) + at: note for at, note in line[1].items()}
            text += line[0]
        made = _made(layout, text, notes)
        if made is not None and order == tuple(sorted(order)):
            yield made
        elif made is not None:
            swapped = Doubt("swapped", "the lines of the zone stood in another order")
            yield made[0] - 2, msgspec.structs.replace(made[1], doubts=(swapped, *made[1].doubts))


def _joined(found: list[Piece]) -> Piece:
    """Pieces as one, blanks left out."""
    text, notes = "", dict[int, tuple[str, str]]()
    for piece in found:
        kept = [at for at, sign in enumerate(piece.text) if sign != " "]
        notes |= {len(text) + at: piece.notes[old] for at, old in enumerate(kept) if old in piece.notes}
        text += "".join(piece.text[at] for at in kept)
    return Piece(text, found[0].line, found[0].column, notes)


def _run_together(piece: Piece, most: int) -> tuple[int, tuple[Document, ...]] | None:
    """The best way to part text without line ends into whole documents; None where its length is not theirs."""
    text, notes = piece.text, piece.notes
    best: dict[int, tuple[int, tuple[Document, ...]]] = {len(text): (0, ())}
    for at in sorted(_starts(len(text), most), reverse=True):
        for layout in LAYOUTS:
            rest = best.get(at + layout.size)
            if rest is None:
                continue
            part = {place - at: note for place, note in notes.items() if at <= place < at + layout.size}
            made = _made(layout, text[at : at + layout.size], part)
            if made is not None and (at not in best or made[0] + rest[0] > best[at][0]):
                best[at] = (made[0] + rest[0], (made[1], *rest[1]))
    return best.get(0)


def _starts(length: int, most: int) -> set[int]:
    """Where documents can begin in a text of this length that holds nothing else."""
    found, edge = {0}, {0}
    for _ in range(most):
        edge = {at + size for at in edge for size in SIZES if at + size < length}
        found |= edge
    return found


def _made(layout: Layout, text: str, notes: dict[int, tuple[str, str]]) -> tuple[int, Document] | None:
    text, notes, left = fitting.corrected(layout, text, notes)
    if left > fitting.MOST_MISFITS or (text[0] == "V") != layout.visa:
        return None
    document = fitting.made(layout, text, notes)
    if not fitting.is_a_zone(document, left):
        return None
    return fitting.likeness(document, left), document


def _once(way: _Way) -> tuple[Document, ...]:
    """Without a document that was scanned twice; what was left aside is a doubt of the first."""
    kept: dict[str, Document] = {}
    for document in way.documents:
        before = kept.get(document.text)
        twice = Doubt("twice", "the same zone stands in the scan more than once")
        kept[document.text] = _doubting(before, twice) if before else document
    found = list(kept.values())
    for piece in way.aside:
        words = "this text of the scan is not of the zone and was left aside"
        found[0] = _doubting(found[0], Doubt("aside", words, "", piece.line, piece.column))
    return tuple(found)


def _doubting(document: Document, doubt: Doubt) -> Document:
    known = document.doubts
    return document if doubt in known else msgspec.structs.replace(document, doubts=(*known, doubt))


def _like_a_line(piece: Piece) -> bool:
    """Whether what was left aside looks like a line of a zone: then a document is not whole."""
    text = piece.text.replace(" ", "")
    return "<<" in text and len(text) >= 20


def _refused(found: list[Piece]) -> BadInput:
    if len(found) == 1 and len(found[0].text) in {30, 36, 44}:
        return BadInput("one line of a zone stands there, and the others are missing", field="mrz", hint=HINT)
    return BadInput("no machine readable zone was found", field="mrz", hint=_lengths(found) + "; " + HINT)


def _lengths(found: list[Piece]) -> str:
    counted = ", ".join(str(len(piece.text.replace(" ", ""))) for piece in found[:4])
    lines = "line has" if len(found) == 1 else "lines have"
    more = ", …" if len(found) > 4 else ""
    return f"a zone has 2 lines of 44 or 36 signs, or 3 of 30; the {lines} {counted}{more} here"
