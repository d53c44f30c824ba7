"""Particles, titles and patronymics."""

from __future__ import annotations

import pytest

from liaison.matching.names.particles import PARTICLES, TITLES, is_particle, is_patronymic, is_title


@pytest.mark.parametrize(
    "form", ["al", "bin", "ibn", "von", "der", "de", "la", "ould", "oglu", "abu", "haji"]
)
def test_words_that_tell_little(form: str) -> None:
    assert is_particle(form)


@pytest.mark.parametrize("form", ["mr", "dr", "colonel", "general"])
def test_titles(form: str) -> None:
    assert is_title(form)


@pytest.mark.parametrize("form", ["ali", "khan", "kim", "pasha", "emir", "said", "li", "an", "ha", "le"])
def test_names_that_people_bear_are_no_titles(form: str) -> None:
    assert not is_title(form)


def test_no_word_is_both() -> None:
    assert PARTICLES.isdisjoint(TITLES)


@pytest.mark.parametrize("form", ["ivanovich", "petrovna", "viktorovych", "akhmatovich"])
def test_patronymics(form: str) -> None:
    assert is_patronymic(form)


@pytest.mark.parametrize("form", ["putin", "ovna", "novak"])
def test_other_names_are_no_patronymics(form: str) -> None:
    assert not is_patronymic(form)
