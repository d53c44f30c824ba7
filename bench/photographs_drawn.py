"""Pages of invented passports and cards, drawn and then disturbed as a camera disturbs them: nobody is shown on one.

The zone is in OCR-B of the size and at the places of ICAO Doc 9303 parts 3 to 5 (2.54 mm a sign, lines 6.35 mm apart
on passports); portrait, print and the lines behind it are only there to be in the way. Drawn pages are no photographs:
what is measured on them says what the reader cannot do, and little of what it can.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from bench.photographs import PRINTED

Pixels = Any  # uint8[height, width, 3], blue first
WORDS = Path(__file__).resolve().parent.parent / "src" / "liaison" / "formats" / "fonts" / "DejaVuSans.ttf"
PITCH = 2.54  # mm of one sign
INK = (38, 34, 36)


@dataclass(frozen=True, slots=True)
class Form:
    """A page in millimetres: its size, where its zone begins, and how far its lines are apart."""

    width: float
    height: float
    left: float
    first: float  # middle of the first line
    apart: float


FORMS = {
    44: Form(125, 88, 6.2, 71.5, 6.35),
    36: Form(105, 74, 6.0, 57.5, 6.35),
    30: Form(85.6, 54, 4.0, 35.5, 5.6),
}


@cache
def _font(path: Path, size: float) -> Any:
    return ImageFont.truetype(str(path), size)


def _em(scale: float) -> float:
    """The size at which a sign of the font is as wide as the pitch."""
    trial = _font(PRINTED, 100)
    return 100 * PITCH * scale / float(trial.getlength("0"))


def drawn(zone: str, chance: random.Random, scale: float = 8.0, font: Path = PRINTED) -> Pixels:
    """The page of a zone, lines parted by line ends, at `scale` pixels a millimetre."""
    lines = zone.split("\n")
    form = FORMS[len(lines[0])]
    size = round(form.width * scale), round(form.height * scale)
    paper = tuple(chance.randrange(205, 250) for _ in range(3))
    page = Image.new("RGB", size, paper)
    pen = ImageDraw.Draw(page)
    _background(pen, form, scale, chance)
    _print(pen, form, scale, chance)
    sign = _font(font, _em(scale)) if font == PRINTED else _font(font, PITCH * scale * 1.55)
    for row, line in enumerate(lines):
        for column, each in enumerate(line):
            middle = (form.left + (column + 0.5) * PITCH) * scale, (form.first + row * form.apart) * scale
            pen.text(middle, each, font=sign, fill=INK, anchor="mm")
    return np.ascontiguousarray(np.asarray(page)[:, :, ::-1])


def _background(pen: Any, form: Form, scale: float, chance: random.Random) -> None:
    """Fine wavy lines over the whole page."""
    tint = tuple(chance.randrange(150, 205) for _ in range(3))
    phase = chance.random() * 6
    across = np.arange(0, form.width * scale, 4)
    for row in np.arange(2, form.height, 2.2):
        down = (row + 0.9 * np.sin(across / scale / 3.1 + phase + row)) * scale
        pen.line([*zip(across.tolist(), down.tolist(), strict=True)], fill=tint, width=1)


def _print(pen: Any, form: Form, scale: float, chance: random.Random) -> None:
    """A portrait that is nobody's, and words of the page in print."""
    top, bottom = form.first * 0.2, form.first - form.apart
    left, right = form.left, form.left + (bottom - top) * 0.78
    pen.rectangle([left * scale, top * scale, right * scale, bottom * scale], fill=(178, 176, 170))
    grey = chance.randrange(70, 130)
    middle, radius = (left + right) / 2, (right - left) * 0.25
    head = top + (bottom - top) * 0.4
    pen.ellipse(
        [
            (middle - radius) * scale,
            (head - radius * 1.3) * scale,
            (middle + radius) * scale,
            (head + radius * 1.3) * scale,
        ],
        fill=(grey, grey - 10, grey - 20),
    )
    small, large = _font(WORDS, 1.7 * scale), _font(WORDS, 2.8 * scale)
    pen.text(
        (form.left * scale, 2 * scale), "SPECIMEN  ·  INVENTED  ·  UTOPIA", font=large, fill=(60, 60, 90)
    )
    row = top
    for title in ("Surname / Mbiemri", "Given names / Emri", "Nationality", "Date of birth", "Personal No."):
        if row + 6.5 > bottom + 2:
            break
        text = "".join(chance.choices("ABCDEFGHIJKLMNOPRSTUV 0123456789.", k=chance.randrange(7, 18)))
        pen.text(((right + 3) * scale, row * scale), title, font=small, fill=(90, 90, 110))
        pen.text(((right + 3) * scale, (row + 2.4) * scale), text, font=large, fill=INK)
        row += 6.8


def laid(
    page: Pixels, chance: random.Random, degrees: float = 0.0, lean: float = 0.0, room: float = 0.12
) -> Pixels:
    """The page on a table, turned by `degrees` and seen from aside: corners move by up to `lean` of the side."""
    height, width = page.shape[:2]
    around = round(max(width, height) * room) + 8
    turn = np.deg2rad(degrees)
    beside, below = abs(np.cos(turn)), abs(np.sin(turn))
    high, wide = height * beside + width * below, width * beside + height * below  # of the page as it lies
    size = max(height + 2 * around, round(high) + 16), max(width + 2 * around, round(wide) + 16)
    table = np.full((*size, 3), 0, np.uint8)
    table[:] = [chance.randrange(40, 120) for _ in range(3)]
    grain = np.random.default_rng(chance.randrange(1 << 30)).normal(0, 6, table.shape)
    table = np.clip(table + grain, 0, 255).astype(np.uint8)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    moved = corners + np.array(
        [[chance.uniform(0, lean) * width, chance.uniform(0, lean) * height] for _ in range(4)]
    )
    spun = (moved - [width / 2, height / 2]) @ np.array(
        [[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]
    )
    spun += np.array([table.shape[1] / 2, table.shape[0] / 2])
    change = cv2.getPerspectiveTransform(corners, spun.astype(np.float32))
    cv2.warpPerspective(
        page, change, size[::-1], dst=table, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_TRANSPARENT
    )
    return table


def blurred(picture: Pixels, sigma: float) -> Pixels:
    """As of a lens that is not in focus, in pixels."""
    return cv2.GaussianBlur(picture, (0, 0), sigma)


def shaken(picture: Pixels, length: int, degrees: float) -> Pixels:
    """As of a hand that moved by so many pixels."""
    line = np.zeros((length, length), np.float32)
    line[length // 2] = 1
    turn = cv2.getRotationMatrix2D((length / 2 - 0.5, length / 2 - 0.5), degrees, 1)
    line = cv2.warpAffine(line, turn, (length, length))
    return cv2.filter2D(picture, -1, line / line.sum())


def noisy(picture: Pixels, chance: random.Random, sigma: float) -> Pixels:
    """As of a sensor in the dark."""
    grain = np.random.default_rng(chance.randrange(1 << 30)).normal(0, sigma, picture.shape)
    return np.clip(picture + grain, 0, 255).astype(np.uint8)


def lit(picture: Pixels, chance: random.Random, least: float = 0.35, glare: float = 0.0) -> Pixels:
    """Lit from one side, down to `least` of the light on the other; `glare` is how bright a reflection is."""
    height, width = picture.shape[:2]
    down, across = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    turn = chance.random() * 2 * np.pi
    slope = (np.cos(turn) * (across - 0.5) + np.sin(turn) * (down - 0.5)) + 0.5
    light = (least + (1 - least) * np.clip(slope, 0, 1))[..., None]
    spot = np.exp(
        -(((across - chance.random()) / 0.16) ** 2 + ((down - chance.uniform(0.1, 0.9)) / 0.12) ** 2)
    )
    return np.clip(picture * light + glare * 255 * spot[..., None], 0, 255).astype(np.uint8)


def sent(picture: Pixels, quality: int = 88, kind: str = ".jpg") -> bytes:
    """The picture as a file."""
    options = {".jpg": [cv2.IMWRITE_JPEG_QUALITY, quality], ".webp": [cv2.IMWRITE_WEBP_QUALITY, quality]}
    return bytes(cv2.imencode(kind, picture, options.get(kind, []))[1].tobytes())
