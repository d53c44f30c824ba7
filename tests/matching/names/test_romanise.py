"""Every token has the ASCII spellings that are in use for it."""

from __future__ import annotations

import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.matching.names.romanise import MOST_FORMS, forms


@given(st.text(max_size=30))
def test_any_text_has_at_most_six_forms_of_ascii_letters(token: str) -> None:
    found = forms(token)
    assert len(found) <= MOST_FORMS
    assert all(form and set(form) <= set(string.ascii_lowercase) for form in found)
    assert len(set(found)) == len(found)


@given(st.text(st.characters(categories=("Lu", "Ll", "Lt", "Lo")), min_size=1, max_size=12))
def test_a_token_with_a_letter_has_a_form(token: str) -> None:
    assert forms(token)


@given(st.text(max_size=20))
def test_forms_are_the_same_every_time(token: str) -> None:
    first = forms(token)
    forms.cache_clear()
    assert forms(token) == first


@pytest.mark.parametrize(
    ("token", "spellings"),
    [
        ("şükrü", {"sukru", "shukru", "suekrue"}),
        ("çollaku", {"collaku", "chollaku"}),
        ("şêxo", {"sexo", "shexo", "shekho"}),
        ("müller", {"muller", "mueller"}),
        ("søren", {"soren", "soeren"}),
        ("đorđe", {"dorde", "djordje"}),
        ("łukasz", {"lukasz"}),
        ("nguyễn", {"nguyen"}),
        ("țepeș", {"tepes", "tsepesh"}),
        ("əliyev", {"aliyev", "eliyev"}),
        ("erdoğan", {"erdogan", "erdoghan"}),
    ],
)
def test_latin_letters_with_marks(token: str, spellings: set[str]) -> None:
    assert spellings <= set(forms(token))


@pytest.mark.parametrize(
    ("token", "spellings"),
    [
        ("медведев", {"medvedev", "medwedew"}),
        ("дмитрий", {"dmitry", "dmitrii", "dmitri"}),
        ("жуков", {"zhukov", "joukov", "zukov"}),
        ("ющенко", {"yushchenko", "iushchenko"}),
        ("зеленський", {"zelensky", "selenski"}),
        ("сергій", {"serhii", "serhiy"}),
        ("вучић", {"vucic"}),
        ("ђорђевић", {"djordjevic", "dordevic"}),
        ("търново", {"tarnovo", "turnovo"}),
        ("груевски", {"gruevski"}),
    ],
)
def test_cyrillic_letters_in_the_conventions_of_their_languages(token: str, spellings: set[str]) -> None:
    assert spellings <= set(forms(token))


@pytest.mark.parametrize(
    ("token", "spellings"),
    [
        ("γεώργιος", {"georgios", "yoryos"}),
        ("παπανδρέου", {"papandreou"}),
        ("μπακογιάννη", {"bakogianni", "bakoyanni"}),
        ("ντόρα", {"dora"}),
        ("ευθύμιος", {"efthymios", "efthimios"}),
    ],
)
def test_greek_digraphs(token: str, spellings: set[str]) -> None:
    assert spellings <= set(forms(token))


@pytest.mark.parametrize(
    ("token", "spellings"),
    [
        ("محمد", {"mohammed", "muhammad", "mohamed"}),
        ("الراشد", {"rashid", "alrashid"}),
        ("الشامي", {"alshami", "asshami"}),
        ("حسین", {"hossein", "hussain"}),
        ("بارزانی", {"barzani"}),
        ("نێچیرڤان", {"nechirvan"}),
        ("گوران", {"goran", "guran"}),
    ],
)
def test_arabic_script_of_several_languages(token: str, spellings: set[str]) -> None:
    assert spellings & set(forms(token))


@pytest.mark.parametrize(
    ("token", "spelling"),
    [
        ("ברק", "brk"),
        ("דוד", "david"),
        ("ბარაკ", "barak"),
        ("սարգսյան", "sargsyan"),
        ("오바마", "obama"),
        ("정은", "jeongeun"),
        ("オバマ", "obama"),
        ("きょうこ", "kyouko"),
        ("しゃろん", "sharon"),
        ("नरेंद्र", "narendra"),
    ],
)
def test_other_scripts(token: str, spelling: str) -> None:
    assert spelling in forms(token)


def test_the_article_is_left_off_first_since_latin_text_writes_it_apart() -> None:
    assert not forms("الراشد")[0].startswith("al")


def test_equal_han_names_agree_and_different_ones_do_not() -> None:
    assert forms("习近平") == forms("习近平")
    assert set(forms("高市早苗")).isdisjoint(forms("高石早苗"))


def test_a_cyrillic_letter_among_latin_ones_is_read_as_it_looks() -> None:
    assert "anna" in forms("аnna")


def test_letters_decomposed_or_in_capitals_give_the_same_forms() -> None:
    assert forms("ŞÜKRÜ") == forms("şükrü") == forms("s\u0327u\u0308kru\u0308")


def test_a_token_is_romanised_in_microseconds() -> None:
    tokens = [
        a + b
        for a in ("медве", "şahi", "γεωρ", "محم", "חיי", "김")
        for b in ("дев", "noğlu", "γιος", "ود", "ם", "은")
    ] * 20
    distinct = [token + "яا"[i % 2] * (i % 5) for i, token in enumerate(tokens)]
    forms.cache_clear()
    start = time.process_time()
    for token in distinct:
        forms(token)
    assert (time.process_time() - start) / len(distinct) < 60e-6
