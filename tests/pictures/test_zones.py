"""Zones in drawn pages of invented documents, turned, blurred, dark, askew, upside down, two in one, and none."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest

from liaison.formats.mrz import read
from liaison.formats.mrz.layouts import TD3
from liaison.formats.mrz.writing import sealed
from liaison.pictures.answers import UNCLEAR
from tests.pictures.specimens import CARD, PASSPORT, needs_extra, page

pytestmark = needs_extra


def found(picture: Any) -> tuple[list[Any], str]:
    from liaison.pictures.zones import zones

    return zones(picture)


def disturbed(how: str, zone: str) -> Any:
    from bench import photographs_drawn as camera

    flat, chance = page(zone), Random(3)
    return {
        "as it is": lambda: flat,
        "turned": lambda: page(zone, degrees=11),
        "from aside": lambda: page(zone, lean=0.08),
        "out of focus": lambda: camera.blurred(flat, 1.6),
        "noisy": lambda: camera.noisy(flat, chance, 25),
        "badly lit": lambda: camera.lit(flat, chance, 0.3, 0.3),
        "from afar": lambda: page(zone, scale=5),
        "upside down": lambda: page(zone, degrees=178),
        "on its side": lambda: page(zone, degrees=91),
        "grey": lambda: np.repeat(flat.mean(2).astype(np.uint8)[..., None], 3, 2),
    }[how]()


@pytest.mark.parametrize("zone", [PASSPORT, CARD], ids=["passport", "card"])
@pytest.mark.parametrize(
    "how",
    [
        "as it is",
        "turned",
        "from aside",
        "out of focus",
        "noisy",
        "badly lit",
        "from afar",
        "upside down",
        "on its side",
        "grey",
    ],
)
def test_a_zone_is_read_however_it_was_photographed(how: str, zone: str) -> None:
    one = found(disturbed(how, zone))[0][0]
    assert one.text == zone
    assert one.consistent


def test_the_lines_are_outlined_where_they_stand() -> None:
    from bench.photographs_drawn import FORMS, PITCH, drawn

    flat = drawn(PASSPORT, Random(1), 8.0)
    ((one),), _ = found(flat)
    form = FORMS[44]
    for row, corners in enumerate(one.corners):
        middle = np.array(corners).mean(0)
        assert abs(middle[0] - (form.left + 22 * PITCH) * 8) < 12
        assert abs(middle[1] - (form.first + row * form.apart) * 8) < 6
        assert abs(corners[1][0] - corners[0][0] - 44 * PITCH * 8) < 40


def test_lines_are_outlined_in_the_order_in_which_they_are_read() -> None:
    ((one),), _ = found(page(degrees=180, lean=0))
    first, second = (np.array(corners) for corners in one.corners)
    assert first.mean(0)[1] > second.mean(0)[1], "upside down, the first line is the lower one"
    assert first[0][0] > first[1][0], "and begins on the right"


def test_two_documents_in_one_picture_are_both_read() -> None:
    one, other = page(PASSPORT), page(CARD)
    wide = max(one.shape[1], other.shape[1])
    both = np.full((one.shape[0] + other.shape[0], wide, 3), 90, np.uint8)
    both[: one.shape[0], : one.shape[1]], both[one.shape[0] :, : other.shape[1]] = one, other
    assert {each.text for each in found(both)[0]} == {PASSPORT, CARD}


def test_a_table_without_a_document_has_no_zone() -> None:
    empty = np.random.default_rng(1).normal(120, 12, (900, 1200, 3)).clip(0, 255).astype(np.uint8)
    assert found(empty) == ([], "none")


def test_a_page_of_print_is_no_zone() -> None:
    import cv2

    sheet = np.full((900, 1200, 3), 235, np.uint8)
    for row in range(10):
        words = "the quick brown fox jumps over the lazy dog and so on"
        cv2.putText(sheet, words, (40, 80 + 80 * row), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (20, 20, 20), 2)
    assert found(sheet) == ([], "unclear")


@pytest.mark.parametrize(("scale", "light", "why"), [(2.2, 1.0, "small"), (8.0, 0.0, "dark")])
def test_why_nothing_was_read_is_said(scale: float, light: float, why: str) -> None:
    picture = (page(scale=scale) * light).astype(np.uint8)
    assert found(picture) == ([], why)


def cropped(zone: str, side: str, signs: float) -> Any:
    """The drawn page, cut so that so many signs, or so much of a line, stand beyond the border on that side."""
    from bench.photographs_drawn import FORMS, PITCH, drawn

    scale, form, width = 8.0, FORMS[len(zone.split("\n")[0])], len(zone.split("\n")[0])
    flat, last = drawn(zone, Random(1), scale), form.first + zone.count("\n") * form.apart
    across = round((form.left + (width - signs if side == "right" else signs) * PITCH) * scale)
    down = round((last + 2 - 1.2 * signs if side == "bottom" else form.first - 2 + signs) * scale)
    return np.ascontiguousarray(
        {"right": flat[:, :across], "left": flat[:, across:], "bottom": flat[:down], "top": flat[down:]}[side]
    )


@pytest.mark.parametrize("signs", [0.5, 1, 2, 4])
@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("zone", [PASSPORT, CARD], ids=["passport", "card"])
def test_a_zone_that_runs_out_of_the_picture_is_not_read(zone: str, side: str, signs: float) -> None:
    assert found(cropped(zone, side, signs)) == ([], "cut")


@pytest.mark.parametrize(
    ("side", "much"), [("top", 0.5), ("top", 1), ("bottom", 0.5), ("bottom", 1), ("bottom", 4)]
)
def test_a_zone_of_which_a_line_is_beyond_the_border_is_not_read(side: str, much: float) -> None:
    assert found(cropped(PASSPORT, side, much)) == ([], "cut")


@pytest.mark.parametrize("side", ["left", "right", "top", "bottom"])
def test_a_zone_with_a_little_room_at_the_border_is_read(side: str) -> None:
    assert [each.text for each in found(cropped(PASSPORT, side, -1))[0]] == [PASSPORT]


def test_a_zone_whose_end_is_covered_is_not_read() -> None:
    from bench.photographs_drawn import FORMS, PITCH, drawn

    flat, form = drawn(PASSPORT, Random(1), 8.0), FORMS[44]
    flat[round((form.first - 4) * 8) :, round((form.left + 39 * PITCH) * 8) :] = (120, 140, 190)
    assert found(flat) == ([], "cut")


def test_what_would_be_guessed_is_not_read() -> None:
    from bench.photographs_drawn import blurred

    assert found(blurred(page(), 4.5)) == ([], "unclear")


def test_a_sign_that_another_crop_reads_otherwise_is_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    from liaison.pictures import zones as module

    plain = module._read

    def otherwise(picture: Any, line: Any, which: int) -> Any:
        read_so = plain(picture, line, which)
        if which != 1 or "SPECIMEN" not in read_so.text:
            return read_so
        return replace(read_so, text=read_so.text.replace("SPECIMEN", "SPFCIMEN"))

    monkeypatch.setattr(module, "_read", otherwise)
    ((one),), _ = found(page())
    marked = [(doubt.line, doubt.column) for doubt in one.doubts if doubt.kind == UNCLEAR]
    assert one.consistent, "names are under no check digit"
    assert marked == [(1, 8)]
    assert not one.sure


def test_a_third_look_is_taken_where_the_digits_do_not_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    from liaison.pictures import zones as module

    plain, looks = module._read, list[int]()

    def spoilt(picture: Any, line: Any, which: int) -> Any:
        looks.append(which)
        read_so = plain(picture, line, which)
        return read_so if which == 2 else replace(read_so, text=read_so.text.replace("7654", "1654"))

    monkeypatch.setattr(module, "_read", spoilt)
    ((one),), _ = found(page())
    assert one.text == PASSPORT
    assert 2 in looks
    assert any(doubt.kind == UNCLEAR and (doubt.line, doubt.column) == (2, 3) for doubt in one.doubts)
    assert not one.sure


def test_a_line_that_lost_a_letter_is_doubtful_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    from liaison.pictures import zones as module

    plain = module._read

    def without(picture: Any, line: Any, which: int) -> Any:
        whole = plain(picture, line, which)
        at = whole.text.find("MARIA") + 4
        if at < 4:
            return whole
        lost = {
            "text": whole.text[:at] + whole.text[at + 1 :],
            "sure": whole.sure[:at] + whole.sure[at + 1 :],
        }
        return replace(whole, **lost, alone=whole.alone[:at] + whole.alone[at + 1 :])

    monkeypatch.setattr(module, "_read", without)
    ((one),), _ = found(page())
    assert "MARI<<<" in one.text
    assert one.consistent, "a name is under no check digit, and fillers are filled up"
    assert not one.sure
    assert any("43 signs of 44: compare all of it" in doubt.words for doubt in one.doubts)


def test_look_alikes_that_together_deceive_a_digit_are_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    from liaison.pictures import zones as module

    plain, zone = module._read, PASSPORT.replace("XK7654321", "BB7654321")
    zone = sealed(TD3, zone)
    other = zone.replace("BB76", "8876")
    assert read(other).consistent, "two letters and two digits count the same here"

    def deceived(picture: Any, line: Any, which: int) -> Any:
        right = plain(picture, line, which)
        at = right.text.find("BB76")
        alone = tuple(0.7 if at <= place < at + 2 else each for place, each in enumerate(right.alone))
        return right if at < 0 else replace(right, text=right.text.replace("BB76", "8876"), alone=alone)

    monkeypatch.setattr(module, "_read", deceived)
    ((one),), _ = found(page(zone))
    assert one.text == other
    assert [(each.line, each.column) for each in one.doubts if each.kind == UNCLEAR] == [(2, 1), (2, 2)]
    assert not one.sure


def test_a_wrong_digit_on_the_page_is_read_as_it_stands() -> None:
    wrong = PASSPORT.replace("XK7654321", "XK7654322")
    ((one),), _ = found(page(wrong))
    assert one.text == wrong
    assert not one.consistent
    assert not read(one.text).consistent
