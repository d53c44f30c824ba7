"""A document on paper: a request and its answer, or a record that was supplied. The same bytes for the same document.

Every page carries a mark that says who took it, when, and the entry of the ledger. The file's own metadata names
nobody. Fonts are embedded as subsets; a sign that they lack is written as its code point, never left out.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
from reportlab.lib.units import mm  # type: ignore[import-untyped]
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
from reportlab.pdfbase.ttfonts import TTFont  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from liaison.formats import handling_marks, scripts
from liaison.model.handling import Handling

FONTS = Path(__file__).parent / "fonts"
PLAIN, BOLD = "LiaisonSans", "LiaisonSansBold"
FILES = {PLAIN: "DejaVuSans.ttf", BOLD: "DejaVuSans-Bold.ttf"}
WIDTH, HEIGHT = A4
MARGIN, FOOT = 20 * mm, 24 * mm
ACROSS = 310 * mm  # of the mark across a page, from edge to edge
LABELS = 48 * mm  # of the column with the names of fields
SIZE, LEADING = 9.5, 13.5  # points


@dataclass(frozen=True, slots=True)
class Mark:
    """Who took the document, when (UTC), for which case, and under which entry of the ledger. `who` and `case` are ids,
    never names."""

    who: str
    at: dt.datetime
    entry: int
    case: str = ""

    @property
    def text(self) -> str:
        """As it stands on every page."""
        case = f" · {self.case}" if self.case else ""
        return (
            f"{self.who} · {self.at.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC{case} · ledger entry {self.entry}"
        )


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a document: a heading, and pairs of a field's name and text; a pair without a name is a paragraph."""

    heading: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """A document: a title that says what it is and names nobody, its conditions, its parts."""

    title: str
    handling: Handling
    sections: tuple[Section, ...]


def document(paper: Paper, mark: Mark) -> bytes:
    """The document as a PDF."""
    _fonts()
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1, pageCompression=1)
    canvas.setTitle("Document")
    canvas.setAuthor("")
    canvas.setCreator("Liaison")
    canvas.setProducer("Liaison")
    canvas.setSubject("")
    sheet = _Sheet(canvas, paper, mark)
    sheet.write()
    canvas.save()
    return out.getvalue()


class _Sheet:
    """Where on the page the next line goes."""

    def __init__(self, canvas: Any, paper: Paper, mark: Mark) -> None:
        self.canvas, self.paper, self.mark = canvas, paper, mark
        self.page, self.y = 0, 0.0

    def write(self) -> None:
        """Every page."""
        self._begin()
        for line in wrapped(self.paper.title, BOLD, 15, WIDTH - 2 * MARGIN):
            self._line(line, MARGIN, BOLD, 15, 20)
        for words in handling_marks.words(self.paper.handling):
            self._paragraph(words, PLAIN)
        for section in self.paper.sections:
            self.y -= LEADING / 2
            self._need(3 * LEADING)
            self._paragraph(section.heading, BOLD, 11)
            for name, text in section.rows:
                self._row(name, text)
        self._end()

    def _row(self, name: str, text: str) -> None:
        if not name:
            self._paragraph(text, PLAIN)
            return
        names = list(wrapped(name, PLAIN, SIZE, LABELS - 4 * mm))
        lines = list(wrapped(text, PLAIN, SIZE, WIDTH - 2 * MARGIN - LABELS))
        for at in range(max(len(names), len(lines))):
            self._need(LEADING)
            if at < len(names):
                self._draw(names[at], MARGIN, PLAIN, SIZE, grey=0.35)
            if at < len(lines):
                self._draw(lines[at], MARGIN + LABELS, PLAIN, SIZE)
            self.y -= LEADING

    def _paragraph(self, text: str, font: str, size: float = SIZE) -> None:
        for line in wrapped(text, font, size, WIDTH - 2 * MARGIN):
            self._line(line, MARGIN, font, size, size + 4)

    def _line(self, line: str, x: float, font: str, size: float, leading: float) -> None:
        self._need(leading)
        self._draw(line, x, font, size)
        self.y -= leading

    def _draw(self, line: str, x: float, font: str, size: float, grey: float = 0.0) -> None:
        self.canvas.setFillGray(grey)
        self.canvas.setFont(font, size)
        self.canvas.drawString(x, self.y, line)

    def _need(self, height: float) -> None:
        if self.y - height < FOOT:
            self._end()
            self._begin()

    def _begin(self) -> None:
        self.page += 1
        self.y = HEIGHT - MARGIN - 6 * mm
        self.canvas.setFillGray(0.35)
        self.canvas.setFont(PLAIN, 7.5)
        self.canvas.drawString(MARGIN, HEIGHT - MARGIN + 2 * mm, self._codes())

    def _end(self) -> None:
        """The mark at the foot, and once more across the page, so that a part of it is still marked."""
        self.canvas.setFillGray(0.35)
        self.canvas.setFont(PLAIN, 7.5)
        self.canvas.drawString(MARGIN, FOOT - 8 * mm, known(self.mark.text, PLAIN))
        self.canvas.drawRightString(WIDTH - MARGIN, FOOT - 8 * mm, str(self.page))
        self.canvas.saveState()
        self.canvas.setFillGray(0.5, alpha=0.13)
        self.canvas.translate(WIDTH / 2, HEIGHT / 2)
        self.canvas.rotate(52)
        across = known(self.mark.text, PLAIN)
        self.canvas.setFont(PLAIN, min(15, 15 * ACROSS / max(1.0, _width(across, PLAIN, 15))))
        self.canvas.drawCentredString(0, 0, across)
        self.canvas.restoreState()
        self.canvas.showPage()

    def _codes(self) -> str:
        return " ".join(code.value for code in self.paper.handling.codes)


def wrapped(text: str, font: str, size: float, width: float) -> Iterator[str]:
    """The lines of a text that fit into a width in points, as they are drawn; a word that is too long is cut."""
    _fonts()
    for part in text.splitlines() or [""]:
        line = ""
        for word in _pieces(part.split(), font, size, width):
            longer = f"{line} {word}" if line else word
            if line and _width(longer, font, size) > width:
                yield known(scripts.drawn(line), font)
                longer = word
            line = longer
        yield known(scripts.drawn(line), font)


def known(text: str, font: str) -> str:
    """The text with each sign that the font lacks as its code point."""
    if text.isascii() and text.isprintable():
        return text
    glyphs = _fonts()[font]
    return "".join(sign if ord(sign) in glyphs else f"[U+{ord(sign):04X}]" for sign in text)


def _pieces(words: Iterable[str], font: str, size: float, width: float) -> Iterator[str]:
    for word in words:
        piece = ""
        for sign in word:
            if piece and _width(piece + sign, font, size) > width:
                yield piece
                piece = ""
            piece += sign
        yield piece


def _width(text: str, font: str, size: float) -> float:
    return float(pdfmetrics.stringWidth(known(scripts.shaped(text), font), font, size))


@cache
def _fonts() -> dict[str, frozenset[int]]:
    """The code points of each font, once they are known to the renderer."""
    found = {}
    for name, file in FILES.items():
        font = TTFont(name, str(FONTS / file))
        pdfmetrics.registerFont(font)
        found[name] = frozenset(font.face.charToGlyph)
    return found
