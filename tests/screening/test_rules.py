import pytest

from liaison.screening.rules import bits, by_chance, inert


@pytest.mark.parametrize(
    "text", ["=cmd|' /C calc'!A0", "+SUM(A1)", "-2+3", "@SUM(A1)", "\tx", "\rx", "=1", "+31 6 1234 5678"]
)
def test_a_formula_is_made_harmless(text: str) -> None:
    assert inert(text) == "'" + text


@pytest.mark.parametrize("text", ["17", "-17", "+17", "-1.5", "", "O'Neill", "Ana-Maria", "a=b"])
def test_text_and_numbers_stay_as_they_are(text: str) -> None:
    assert inert(text) == text


@pytest.mark.parametrize(
    ("score", "text"),
    [(0, "0.0000"), (1, "0.0001"), (123456, "12.3456"), (-5, "-0.0005"), (-123456, "-12.3456")],
)
def test_a_score_is_written_exactly(score: int, text: str) -> None:
    assert bits(score) == text


def test_a_rare_match_is_told_for_one_person_and_for_the_whole_file() -> None:
    assert by_chance(1 / 4096) == "By chance alone at most one person in 4,100 would match this list so well."
    assert by_chance(1 / 4096, 250_000).endswith("up to 61 of the 250,000 checked here.")
    assert by_chance(1e-8, 250_000).endswith("fewer than one of the 250,000 checked here.")


def test_a_weak_match_is_told_as_a_crowd() -> None:
    assert (
        by_chance(17.3) == "By chance alone up to 17 records on this list would match one person this well."
    )


def test_a_chance_of_nothing_does_not_divide_by_it() -> None:
    assert "thousand million" in by_chance(0.0)
