"""A fingerprint as a QR code, to be scanned instead of read aloud: SVG without script or style."""

from __future__ import annotations

from io import BytesIO

import segno

from liaison.partners.cards import SignedCard
from liaison.partners.service import qr_text

SCALE = 4  # pixels of a module
BORDER = 4  # modules of quiet zone (ISO/IEC 18004)


def qr_svg(card: SignedCard) -> str:
    """The QR code of a card's fingerprint as an SVG element for a page."""
    written = BytesIO()
    code = segno.make(qr_text(card), error="m", micro=False)
    code.save(
        written,
        kind="svg",
        scale=SCALE,
        border=BORDER,
        light="#fff",
        xmldecl=False,
        svgclass=None,
        lineclass=None,
    )
    return written.getvalue().decode()


def qr_terminal(card: SignedCard) -> str:
    """The same for a terminal, two modules in a character."""
    rows = [
        [bool(module) for module in row]
        for row in segno.make(qr_text(card), error="m", micro=False).matrix_iter(border=2)
    ]
    rows += [[False] * len(rows[0])] * (len(rows) % 2)
    pairs = zip(rows[::2], rows[1::2], strict=True)
    signs = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}
    return "\n".join("".join(signs[pair] for pair in zip(*two, strict=True)) for two in pairs)
