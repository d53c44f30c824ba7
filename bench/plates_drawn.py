"""Invented registration marks, drawn on plates and then disturbed as a road camera disturbs them. No real vehicle was
photographed, and no mark was taken from one: what is measured on them says little of what a camera will bring.

Letters are those of DejaVu Sans Bold, as no state's own type may be taken along.
"""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from bench.photographs_drawn import blurred, lit, noisy, shaken

Pixels = Any  # uint8[height, width, 3], blue first
FONT = (
    Path(__file__).resolve().parent.parent / "src" / "liaison" / "formats" / "fonts" / "DejaVuSans-Bold.ttf"
)
PLATE = (520, 112)  # mm
PICTURE = (640, 480)  # pixels of a frame
BAND = 44  # mm
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
# state: groups of the mark (@ a letter, # a digit), and what is printed on the band
MARKS = {
    "AL": ("@@ ### @@", "AL"), "XK": ("0% ### @@", "RKS"), "GB": ("@@## @@@", "UK"), "FR": ("@@-###-@@", "F"),
    "DE": ("@@-@@ ####", "D"), "IT": ("@@ ###@@", "I"), "PL": ("@@ #####", "PL"), "NL": ("##-@@@-#", "NL"),
    "ES": ("#### @@@", "E"), "MK": ("@@ #### @@", "NMK"),
}  # fmt: skip
FORBIDDEN = {"GB": "IQ", "FR": "IOU", "IT": "IOQU", "ES": "AEIOUQ", "NL": "ACEIOQU", "PL": "BDIOQZ"}


def mark(state: str, chance: random.Random) -> str:
    """An invented mark of a state's form, as it is printed."""
    letters = "".join(sign for sign in LETTERS if sign not in FORBIDDEN.get(state, ""))
    signs = {"@": letters, "#": "0123456789", "%": "1234567"}
    text = "".join(chance.choice(signs[sign]) if sign in signs else sign for sign in MARKS[state][0])
    return f"01 {chance.randrange(101, 1000)} {text[-2:]}" if state == "XK" and text[3] == "0" else text


def bare(text: str) -> str:
    """The letters and digits of a mark."""
    return "".join(sign for sign in text if sign.isalnum())


@cache
def _font(size: int) -> Any:
    return ImageFont.truetype(str(FONT), size)


def drawn(text: str, state: str = "AL", scale: float = 1.0) -> Pixels:
    """The plate of a mark, `scale` pixels a millimetre."""
    size = round(PLATE[0] * scale), round(PLATE[1] * scale)
    ground = (250, 205, 40) if state in ("GB", "NL") else (244, 244, 240)
    plate = Image.new("RGB", size, ground)
    pen = ImageDraw.Draw(plate)
    pen.rectangle([0, 0, size[0] - 1, size[1] - 1], outline=(20, 20, 20), width=max(1, round(4 * scale)))
    edge = 4 * scale
    pen.rectangle([edge, edge, BAND * scale, size[1] - edge], fill=(20, 50, 150))
    small = _font(max(6, round(22 * scale)))
    pen.text(
        (BAND * scale / 2, size[1] * 0.78),
        MARKS[state][1] if state in MARKS else "",
        font=small,
        fill="white",
        anchor="mm",
    )
    height = round(96 * scale)
    line = Image.new("L", (round(_font(height).getlength(text)) + 4, round(height * 1.2)), 0)
    ImageDraw.Draw(line).text((2, height * 0.6), text, font=_font(height), fill=255, anchor="lm")
    room = round((PLATE[0] - BAND - 26) * scale)
    line = line.crop(line.getbbox()).resize(
        (min(room, round(room)), round(76 * scale)), Image.Resampling.LANCZOS
    )
    ink = Image.new("RGB", line.size, (18, 18, 22))
    plate.paste(ink, (round((BAND + 12) * scale), (size[1] - line.size[1]) // 2), line)
    return np.ascontiguousarray(np.asarray(plate)[:, :, ::-1])


def road(chance: random.Random, picture: tuple[int, int] = PICTURE) -> Pixels:
    """The back of a grey something on a road; nothing is written on it."""
    width, height = picture
    shades = sorted(chance.randrange(30, 200) for _ in range(2))
    slope = np.linspace(*shades, height)[:, None, None] * np.ones((1, width, 3))
    paint = [chance.randrange(20, 210) for _ in range(3)]
    top, bottom, left, right = (
        round(height * 0.15),
        round(height * 0.9),
        round(width * 0.08),
        round(width * 0.92),
    )
    slope[top:bottom, left:right] = paint
    slope[round(height * 0.2) : round(height * 0.42), round(width * 0.16) : round(width * 0.84)] = 45
    for lamp in (0.12, 0.8):
        at = round(width * lamp)
        slope[round(height * 0.5) : round(height * 0.6), at : at + round(width * 0.09)] = (30, 30, 170)
    return np.ascontiguousarray(slope.astype(np.uint8))


def placed(
    plate: Pixels, ground: Pixels, width: float, middle: tuple[float, float], degrees: float, lean: float
) -> Pixels:
    """The plate on the ground, `width` pixels wide, turned by `degrees`, its far side smaller by the share `lean`."""
    height = width * plate.shape[0] / plate.shape[1]
    flat = np.array([[-width, -height], [width, -height], [width, height], [-width, height]]) / 2
    flat[1:3] *= [1.0, 1 - lean]
    turn = np.deg2rad(degrees)
    spun = flat @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) + middle
    smaller = cv2.resize(
        plate, (max(8, round(width * 2)), max(4, round(height * 2))), interpolation=cv2.INTER_AREA
    )
    sides = np.array(
        [[0, 0], [smaller.shape[1], 0], [*smaller.shape[1::-1]], [0, smaller.shape[0]]], np.float32
    )
    change = cv2.getPerspectiveTransform(sides, spun.astype(np.float32))
    result = ground.copy()
    cv2.warpPerspective(
        smaller,
        change,
        ground.shape[1::-1],
        dst=result,
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_TRANSPARENT,
    )
    return result


def frames(text: str, state: str, chance: random.Random, many: int, hard: float = 1.0) -> list[Pixels]:
    """Looks at one vehicle that comes nearer, each blurred, shaken, lit and noisy in its own way; `hard` times so."""
    plate, ground = drawn(text, state), road(chance)
    width, degrees = chance.uniform(85, 140), chance.uniform(-8, 8)
    lean, middle = chance.uniform(0, 0.2), [chance.uniform(240, 400), chance.uniform(320, 400)]
    light, found = chance.uniform(0.35, 1.0), []
    for _ in range(many):
        look = placed(plate, ground, width, (middle[0], middle[1]), degrees, lean)
        look = lit(look, chance, light)
        look = blurred(look, hard * chance.uniform(0.4, 1.5))
        if chance.random() < 0.3 * hard:
            look = shaken(look, chance.randrange(3, 3 + round(4 * hard)), chance.uniform(0, 180))
        found.append(noisy(look, chance, hard * chance.uniform(4, 16)))
        width, middle = width * 1.05, [middle[0] + chance.uniform(-4, 4), middle[1] + 5]
    return found
