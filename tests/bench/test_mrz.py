"""The invented documents that the rules are measured on are what they are called."""

from __future__ import annotations

import random

import pytest

from bench.mrz import outcomes, rates
from bench.papers_forged import COMPUTED, KINDS, forged
from bench.papers_made import sound
from liaison.formats.mrz import states
from liaison.screening.document_rules import Outcome


def test_sound_documents_are_consistent_of_many_states_and_seldom_stopped() -> None:
    chance = random.Random(7)
    papers = [sound(chance) for _ in range(600)]
    documents = [paper.document for paper in papers]
    assert all(document.consistent for document in documents)
    assert len({document.issuer for document in documents}) > 25
    assert all(document.issuer_meaning.kind is states.Kind.STATE for document in documents)
    assert {document.layout.name for document in documents} == {"TD1", "TD3"}
    stopped = [paper for paper in papers if outcomes(paper, zone_alone=False) is Outcome.STOP]
    assert len(stopped) <= 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_forgery_is_of_its_kind(kind: int) -> None:
    chance = random.Random(kind)
    papers = [forged(kind, chance) for _ in range(40)]
    consistent = sum(paper.document.consistent for paper in papers)
    assert consistent == 40 if kind in COMPUTED else consistent < 25
    assert all(paper.kind == kind for paper in papers)


def test_what_check_digits_cannot_find_is_found_by_the_page() -> None:
    chance = random.Random(11)
    found = rates([forged(5, chance) for _ in range(60)])
    assert found["check digits"] == 0
    assert found["stopped"] > 0.9
    assert found["stopped, zone alone"] < found["stopped"]
