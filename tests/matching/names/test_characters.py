"""The committed table of characters is what its generator makes, and says what names need."""

from __future__ import annotations

import unicodedata
from importlib.resources import files

import numpy as np
import pytest

from liaison.matching.names import characters
from liaison.matching.names.characters import JOINER, LETTER, SEPARATOR, UNASSIGNED, class_of, classes


def test_the_table_equals_its_generator_for_every_character_that_it_knows() -> None:
    for start, end, kind in characters.runs():
        if kind != UNASSIGNED:
            assert {class_of(code) for code in range(start, end)} == {kind}


@pytest.mark.skipif(unicodedata.unidata_version != "14.0.0", reason="the table was made with Unicode 14.0")
def test_the_table_is_what_this_python_would_write() -> None:
    assert (files(characters.__package__) / "characters.tsv").read_text("ascii") == characters.table_text()


def test_the_kernel_gets_one_byte_for_each_code_point_of_the_basic_plane() -> None:
    table = classes()
    assert table.shape == (65536,)
    assert table.dtype == np.uint8
    assert set(np.unique(table)) == {SEPARATOR, LETTER, JOINER}


@pytest.mark.parametrize("text", ["'", "’", "ʼ", "ʾ", "ʿ", "`", "ـ", "\u200c", "\u064e", "\u00ad"])
def test_what_vanishes_inside_a_token(text: str) -> None:
    assert classes()[ord(text)] == JOINER


@pytest.mark.parametrize("text", [" ", "-", ".", ",", "·", "・", "/", "&", "7", "٣", "־", "(", "\t", "\x00"])
def test_what_stands_between_tokens(text: str) -> None:
    assert classes()[ord(text)] == SEPARATOR


@pytest.mark.parametrize("text", ["a", "Ş", "я", "ş", "ا", "ח", "中", "ー", "\u0301", "க", "한"])
def test_what_a_token_is_made_of(text: str) -> None:
    assert classes()[ord(text)] == LETTER
