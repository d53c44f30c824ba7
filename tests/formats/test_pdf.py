from __future__ import annotations

import base64
import datetime as dt
import hashlib
import re
import zlib

import pytest

from liaison.formats import pdf, scripts
from liaison.formats.pdf import FONTS, PLAIN, Mark, Paper, Section, known, wrapped
from liaison.model.handling import Handling, HandlingCode

AT = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
MARK = Mark("officer-7", AT, 41)
HANDLING = Handling(codes=(HandlingCode.H1, HandlingCode.H3), restriction="ask us first")
NAMES = "Zoë Ćosić · Алексей Соболев · Ἑλένη · ანა · Աննա · אברהם · محمد · 中文"


def paper(rows: int = 4, name: str = NAMES) -> Paper:
    section = Section("Subjects", tuple((f"Name {at}", name) for at in range(rows)))
    return Paper("Request and answer", HANDLING, (section,))


def streams(content: bytes) -> list[bytes]:
    """What stands in the streams of a file, unpacked: base 85 and deflate, as the renderer writes them."""
    found = []
    for raw in re.findall(rb"stream\r?\n(.*?)endstream", content, re.S):
        text = raw.strip()
        if text.endswith(b"~>"):
            text = base64.a85decode(text[:-2])
        found.append(zlib.decompress(text) if text[:1] == b"\x78" else text)
    return found


def test_the_same_document_has_the_same_bytes() -> None:
    first = pdf.document(paper(), MARK)
    assert first == pdf.document(paper(), MARK)
    assert first != pdf.document(paper(), Mark("officer-8", AT, 41))
    assert first.startswith(b"%PDF-")


def test_every_page_is_marked_with_who_when_and_the_entry() -> None:
    content = pdf.document(paper(150), MARK)
    pages = len(re.findall(rb"/Type /Page\b", content))
    assert pages > 2
    drawn = [each for each in streams(content) if b" Tf" in each]
    assert len(drawn) == pages
    turned = [each for each in drawn if re.search(rb"\.615\d+ \.788\d+ -0?\.788\d+ \.615\d+", each)]
    assert len(turned) == pages, "the mark across the page"
    assert MARK.text == "officer-7 · 2026-03-02 09:00 UTC · ledger entry 41"


def test_the_file_itself_names_nobody() -> None:
    content = pdf.document(paper(name="Arta Beka"), MARK)
    info = b"".join(re.findall(rb"/(?:Title|Author|Subject|Creator|Producer|Keywords) \([^)]*\)", content))
    assert b"Beka" not in content
    assert b"officer-7" not in info
    assert b"/Author ()" in info or b"/Author" not in info
    assert b"2026" not in b"".join(re.findall(rb"/(?:CreationDate|ModDate) \([^)]*\)", content))


def test_fonts_are_embedded_as_subsets() -> None:
    content = pdf.document(paper(), MARK)
    assert re.search(rb"/FontName /[A-Z]{6}\+DejaVuSans\b", content)
    assert b"/FontFile2" in content
    assert len(content) < 150_000


def test_the_fonts_are_those_that_were_fetched() -> None:
    for line in (FONTS / "SHA256SUMS").read_text("ascii").splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((FONTS / name).read_bytes()).hexdigest() == digest
    assert {path.name for path in FONTS.iterdir()} == {
        "DejaVuSans.ttf",
        "DejaVuSans-Bold.ttf",
        "LICENSE",
        "SHA256SUMS",
    }


def test_a_sign_that_the_font_lacks_is_written_as_its_code_point() -> None:
    assert known("Čaušević 中", PLAIN) == "Čaušević [U+4E2D]"
    assert "".join(wrapped("中", PLAIN, 9, 200)) == "[U+4E2D]"


def test_a_word_that_is_too_long_is_cut_and_nothing_is_lost() -> None:
    text = "x" * 500 + " end"
    lines = list(wrapped(text, PLAIN, 9, 200))
    assert len(lines) > 3
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("Ana Gashi", "Ana Gashi"),
        ("אבג", "גבא"),
        ("אב 12", "12 בא"),
        ("Name: אבג, 7", "Name: 7 ,גבא"),
        ("محمد", "ﺪﻤﺤﻣ"),
        ("دار", "ﺭﺍﺩ"),
        ("(אב)", "(בא)"),
    ],
)
def test_what_is_written_from_the_right_is_drawn_in_its_order(text: str, drawn: str) -> None:
    assert scripts.drawn(text) == drawn
