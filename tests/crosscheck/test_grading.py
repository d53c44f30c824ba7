"""How strong an overlap is, and what it promises of chance."""

from __future__ import annotations

import pytest

from liaison.crosscheck.grading import Strength, bits, chance, grade
from liaison.crosscheck.matchkeys import MatchKey, of_question
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
    order = [grade([key], ASKED, 100_000) for key in (one("D"), one("S"), one("W1"), one("Y"))]
    weights = [each.bits for each in order if each]
    assert weights == sorted(weights, reverse=True)
    strengths = [each.strength for each in order if each]
    assert strengths[0] is Strength.STRONG
    assert strengths[-1] is Strength.WEAK


def test_chance_grows_with_the_set_up_to_the_holders_promise() -> None:
    key = one("S")
    assert chance(key, 10) < chance(key, 1000) <= chance(key, 10**9) == chance(key, 10**10)
    assert bits(key, 10) > bits(key, 10**9)


def test_the_officer_reads_a_number() -> None:
    found = grade([one("S", "year +1")], ASKED, 1_000_000)
    assert found
    assert found.among(1700) == pytest.approx(1700 * found.chance)
    assert found.sentence(1700).startswith("about ")
    assert found.sentence(1700).endswith(" such overlaps would come by chance")
    paper = grade([one("D")], ASKED, 1000)
    assert paper
    assert paper.sentence(1) == "fewer than 0.01 such overlaps would come by chance"
