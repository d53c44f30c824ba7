import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.screening.differences import marked, same_spelling, script


@given(st.text(), st.text())
def test_the_pieces_make_up_the_name_again(name: str, other: str) -> None:
    assert "".join(text for text, _ in marked(name, other)) == name


def test_one_other_letter_is_marked() -> None:
    assert marked("HOXHA", "HODHA") == [("HO", False), ("X", True), ("HA", False)]


def test_a_word_without_a_counterpart_is_marked_whole() -> None:
    assert marked("GEZIM PERPARIM HOXHA", "Gëzim Hoxha") == [
        ("GEZIM ", False),
        ("PERPARIM", True),
        (" HOXHA", False),
    ]


def test_accents_case_and_order_are_not_marked() -> None:
    assert marked("HOXHA GEZIM", "Gëzim Hoxha") == [("HOXHA GEZIM", False)]
    assert same_spelling("HOXHA GEZIM", "Gëzim Hoxha")


def test_everything_is_marked_beside_an_empty_name() -> None:
    assert marked("Ana", "") == [("Ana", True)]


@pytest.mark.parametrize(
    ("name", "found"), [("Gëzim", "LATIN"), ("Дмитрий", "CYRILLIC"), ("محمد", "ARABIC"), ("12", "")]
)
def test_the_script_of_a_name(name: str, found: str) -> None:
    assert script(name) == found
