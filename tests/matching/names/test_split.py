"""Names come apart into tokens."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.matching.book import read_names
from liaison.matching.columns import Strings
from liaison.matching.names.split import tokens


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("O'NEILL", ["oneill"]),
        ("Al-Rashid, Khalid", ["al", "rashid", "khalid"]),
        ("J.R.R. Tolkien", ["j", "r", "r", "tolkien"]),
        ("علی‌رضا", ["علیرضا"]),
        ("مُحَمَّد", ["محمد"]),
        ("バラク・オバマ", ["バラク", "オバマ"]),
        ("Jean–Pierre", ["jean", "pierre"]),
        ("Straße", ["strasse"]),
        ("Agent 007", ["agent"]),
        (" \t-- ", []),
        ("", []),
    ],
)
def test_a_name_as_its_tokens(name: str, expected: list[str]) -> None:
    assert tokens(name) == expected


@given(st.text())
def test_joining_tokens_with_spaces_gives_them_again(name: str) -> None:
    once = tokens(name)
    assert tokens(" ".join(once)) == once


@given(st.text())
def test_composed_and_decomposed_text_have_the_same_tokens(name: str) -> None:
    from unicodedata import normalize

    assert tokens(normalize("NFD", name)) == tokens(normalize("NFC", name))


@given(st.text(st.characters(codec="ascii"), max_size=60))
def test_the_kernel_splits_ascii_alike(name: str) -> None:
    names = read_names([Strings.of([""]), Strings.of([""]), Strings.of([name])])
    assert [names.words[int(token)] for token in names.tokens & 0x3FFFFFFF] == tokens(name)


def test_the_module_does_no_work_when_it_is_imported() -> None:
    program = (
        "import numpy, importlib.resources, time; start = time.process_time();"
        "import liaison.matching.names.split; print(time.process_time() - start)"
    )
    took = float(
        subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True).stdout
    )
    assert took < 0.05
