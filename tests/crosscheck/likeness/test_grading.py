"""How strong an overlap is, and what it promises of chance."""

from __future__ import annotations

import pytest

from liaison.crosscheck.likeness.grading import Strength, bits, by_chance, chance, grade
from liaison.crosscheck.likeness.matchkeys import MatchKey, of_question
from liaison.model.dates import PartialDate
from liaison.model.identifiers import DocumentNumber
from liaison.model.subjects import Document, Name, Person

ASKED = of_question(
    Person(
        names=(Name(given="Arben", surname="Hoxha"),),
        born=(PartialDate("1984-02-13"),),
        documents=(Document(number=DocumentNumber("K1234567")),),
    )
)


def one(family: str, says: str = "exact") -> MatchKey:
    return next(key for key in ASKED if key.family == family and key.says == says)


def test_nothing_agreed_is_no_overlap() -> None:
    assert grade([], ASKED, 1000) is None


def test_a_document_is_strong_and_adds_to_a_name() -> None:
    paper, name = grade([one("D")], ASKED, 100_000), grade([one("W1")], ASKED, 100_000)
    both = grade([one("D"), one("W1")], ASKED, 100_000)
    assert paper
    assert name
    assert both
    assert paper.strength is Strength.STRONG
    assert name.strength is not Strength.STRONG
    assert both.bits == pytest.approx(paper.bits + name.bits)
    assert both.chance < paper.chance * name.chance * 1.01


def test_weaker_keys_are_weaker_grades() -> None:
    order = [grade([key], ASKED, 100_000) for key in (one("N"), one("W2"), one("S"), one("N", "year +1"))]
    weights = [each.bits for each in order if each]
    assert weights == sorted(weights, reverse=True)
    strengths = [each.strength for each in order if each]
    assert strengths[0] is Strength.STRONG
    assert strengths[-1] is Strength.POSSIBLE
    weak = grade([one("Y")], ASKED, 10**8)
    assert weak
    assert weak.strength is Strength.WEAK


def test_two_tokens_that_agree_are_more_than_the_one_that_says_most() -> None:
    first, second = (key for key in ASKED if key.family == "W0")
    alone, both = grade([first], ASKED, 100_000), grade([first, second], ASKED, 100_000)
    assert alone
    assert both
    assert both.bits > alone.bits + 3
    assert both.chance < alone.chance / 3
    again = next(key for key in ASKED if key.family == "W1" and _token(key) == _token(first))
    same = grade([first, again], ASKED, 100_000)
    assert same
    assert same.bits == max(bits(first, 100_000), bits(again, 100_000))


def _token(key: MatchKey) -> bytes:
    return key.text.partition(b"|")[0]


def test_what_comes_by_chance_follows_the_holders_limits_from_few_to_many() -> None:
    coarse, fine = one("W0"), one("W2")  # published of few people, and of many
    assert chance(coarse, 100_000) > chance(coarse, 1_000_000)
    assert chance(fine, 100_000) < chance(fine, 1_000_000) == chance(fine, 10_000_000)


def test_chance_grows_with_the_set_up_to_the_holders_promise() -> None:
    key = one("S")
    assert chance(key, 10) < chance(key, 1000) <= chance(key, 10**9) == chance(key, 10**10)
    assert bits(key, 10) > bits(key, 10**9)


def test_the_officer_reads_a_number() -> None:
    found = grade([one("N", "year +1")], ASKED, 1_000_000)
    assert found
    assert by_chance(1700 * found.chance).startswith("about ")
    assert by_chance(1700 * found.chance).endswith(" such overlaps would come by chance")
    paper = grade([one("D")], ASKED, 1000)
    assert paper
    assert by_chance(paper.chance) == "fewer than 0.01 such overlaps would come by chance"
