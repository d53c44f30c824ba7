"""Names of organisations come apart into words, legal forms and numbers."""

from __future__ import annotations

import pytest

from liaison.matching.names.organisations import looks_like_one, parts


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Siemens AG", "Siemens Aktiengesellschaft"),
        ("ООО Ромашка", "Romashka LLC"),
        ("Murom Plant JSC", "Murom Plant Open Joint Stock Company"),
        ("Banco Azul S.A. de C.V.", "Banco Azul Sociedad Anonima"),
        ("Dako Obshchestvo s ogranichennoi otvetstvennostiu", "Dako GmbH"),
    ],
)
def test_legal_forms_of_one_kind(one: str, other: str) -> None:
    assert parts(one).legal & parts(other).legal


def test_a_doubled_letter_in_a_long_legal_form_does_not_matter() -> None:
    assert parts("Siemens Aktiengeselschaft") == parts("Siemens AG") or parts(
        "Siemens Aktiengeselschaft"
    ).tokens == ("siemens",)


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("Victory 3", {"3"}),
        ("Asian Fund III L.P.", {"3"}),
        ("1st Bank", {"1"}),
        ("First Bank", {"1"}),
        ("Trust 2004-01", {"2004", "1"}),
    ],
)
def test_numbers_in_figures_words_and_roman(name: str, numbers: set[str]) -> None:
    assert parts(name).numbers == numbers


def test_letters_that_stand_alone_run_together() -> None:
    assert parts("L.X.C Aviation").tokens == parts("LXC Aviation").tokens


def test_a_name_of_nothing_but_a_legal_form_keeps_its_tokens() -> None:
    assert parts("Limited").tokens == ("limited",)


@pytest.mark.parametrize(
    "name",
    [
        "Siemens AG GmbH",
        "Banco Santander, S.A.",
        "ООО Байкал",
        "China Trading Company",
        "Snow Storm 1",
        "The Puffin Trust",
    ],
)
def test_organisations_are_known_by_their_words(name: str) -> None:
    assert looks_like_one(name)


@pytest.mark.parametrize(
    "name", ["Olaf Scholz", "J. R. Smith", "AL-RAWI, Umar", "Sa Nguyen", "محمد علي", "Ag Haji", ""]
)
def test_people_are_not_taken_for_organisations(name: str) -> None:
    assert not looks_like_one(name)
