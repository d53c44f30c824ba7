"""Contrast after WCAG 2.2, success criteria 1.4.3 and 1.4.11."""

import re

import pytest

from liaison.screening.report_style import STYLE

COLOURS = dict(re.findall(r"--(\w+):(#[0-9a-f]{6})", STYLE)) | {
    "white": "#ffffff",
    "link": "#0b4f8a",
    "zero": "#6b7681",
}


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(COLOURS[one]), luminance(COLOURS[other])), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("text", "ground"),
    [("ink", "white"), ("soft", "white"), ("ink", "tint"), ("ink", "mark"), ("link", "white")],
)
def test_text_stands_out(text: str, ground: str) -> None:
    assert contrast(text, ground) >= 4.5


@pytest.mark.parametrize("drawn", ["for", "against", "ink", "zero"])
def test_bars_stand_out(drawn: str) -> None:
    assert contrast(drawn, "white") >= 3


def test_the_colours_measured_are_those_used() -> None:
    assert all(COLOURS[name] in STYLE for name in ("link", "zero"))


def test_it_has_rules_for_a_telephone_and_for_paper() -> None:
    assert "@media (max-width:40rem)" in STYLE
    assert "@media print" in STYLE
