"""Candidates: national forms help where the picture leaves it open, and never where it does not."""

from __future__ import annotations

import re
import string

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liaison.formats.vehicles import plates
from liaison.pictures.plates import candidates, grammar
from liaison.pictures.plates.candidates import KEPT, Candidate, ranked
from liaison.pictures.plates.lattice import SIGNS, greedy
from liaison.pictures.plates.rules import is_plate, is_sure, share
from tests.pictures.plates.test_lattice import lattice

ALBANIAN = st.from_regex(re.compile(r"[A-Z]{2}[0-9]{3}[A-Z]{2}", re.ASCII), fullmatch=True)
NONE = frozenset[str]()


def unsure(text: str, place: int, other: str, part: float) -> np.ndarray:
    """The lattice of a text of which one sign is another one with the probability `part`."""
    shown = lattice(text, 0.97)
    shown[2 * place, 1 + SIGNS.index(text[place])] -= part
    shown[2 * place, 1 + SIGNS.index(other)] += part
    return shown


def test_a_form_decides_between_signs_that_look_alike() -> None:
    shown = unsure("AB1Z3CD", 3, "2", 0.3)
    assert ranked([shown])[0].text == "AB123CD"


def test_a_form_does_not_outweigh_what_is_seen_clearly() -> None:
    """`1291164` was overridden by `1Z91164` in another reader because a template fitted."""
    shown = lattice("VW4X4WP", 0.999)
    assert grammar.worth("VW4X4WP") == 0
    assert ranked([shown])[0].text == "VW4X4WP"


def test_a_coat_of_arms_that_was_read_as_a_sign_is_left_out() -> None:
    shown = lattice("4B389376", 0.97)
    row = 2 * 3
    shown[row] *= 0.55
    shown[row, 0] = 0.44
    assert greedy(shown) == "4B389376"
    found = ranked([shown])
    assert found[0].text == "4B39376"
    assert "4B389376" in [each.text for each in found]


def test_a_state_that_the_camera_expects_decides_and_another_does_not() -> None:
    shown = unsure("BA2681M", 5, "I", 0.25)
    shown[8, 1 + SIGNS.index("8")] = 0.97
    assert ranked([shown])[0].text == "BA2681M"
    assert ranked([shown], frozenset({"SK"}))[0].text == "BA268IM"
    assert ranked([shown], frozenset({"HR"}))[0].text == "BA2681M"


def test_two_crops_are_both_heard() -> None:
    one, other = unsure("AB123CD", 0, "H", 0.6), lattice("AB123CD", 0.97)
    assert ranked([one])[0].text == "HB123CD"
    assert ranked([one, other])[0].text == "AB123CD"


@settings(deadline=None, max_examples=60)
@given(ALBANIAN)
def test_a_clear_mark_is_its_own_first_candidate_and_no_more_than_ten_are_kept(text: str) -> None:
    found = ranked([lattice(text, 0.97)])
    assert found[0].text == text
    assert len(found) <= KEPT
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
    assert sum(share(found, at) for at in range(len(found))) == pytest.approx(1)


@settings(deadline=None, max_examples=150)
@given(st.text(string.ascii_uppercase + string.digits, min_size=3, max_size=9))
def test_the_grammar_is_that_of_the_table(text: str) -> None:
    """The states are those that the reader of typed marks says, and what is fitted fits."""
    assert grammar.states(text) == plates.read(text).states
    assert (grammar.worth(text) > 0) == bool(grammar.states(text))
    for other in grammar.fitted(text):
        assert grammar.states(other)
        changed = [(sign, each) for sign, each in zip(text, other, strict=True) if sign != each]
        assert len(changed) <= grammar.MOST_CHANGED
        assert all(each in grammar.TAKEN[sign] for sign, each in changed)


def test_forms_of_today_are_worth_more_and_those_expected_still_more() -> None:
    assert grammar.worth("AA123BB") == grammar.ORDINARY
    assert grammar.worth("ABC123D") == grammar.ANY  # of the United Kingdom until 1983
    assert grammar.worth("AA123BB", frozenset({"AL"})) == grammar.ORDINARY + grammar.EXPECTED
    assert grammar.worth("AA123BB", frozenset({"GB"})) == grammar.ORDINARY
    assert grammar.worth("TOOLONGFORAPLATE") == 0


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("C00D", "the rings of an Audi: too few signs, and of no form"),
        ("A180", "a model's badge: of a form of marks, and too short"),
        ("LOTOS", "lettering without a digit"),
        ("2012", "digits alone"),
        ("112233", "digits alone, though a state's police has such marks"),
    ],
)
def test_badges_and_lettering_are_no_plates(text: str, why: str) -> None:
    found = ranked([lattice(text, 0.999)])
    assert found[0].text == text
    assert not is_plate(found, 200, 50, NONE), why


def test_a_short_mark_is_read_where_the_camera_expects_its_state() -> None:
    found = ranked([lattice("MA12", 0.999)], frozenset({"DE"}))
    assert not is_plate(found, 200, 50, NONE)
    assert is_plate(found, 200, 50, frozenset({"DE"}))


def test_a_plate_has_proportions_and_is_legible() -> None:
    clear = ranked([lattice("AA123BB", 0.99)])
    assert is_plate(clear, 230, 50, NONE)
    assert not is_plate(clear, 60, 50, NONE)
    assert not is_plate(clear, 600, 50, NONE)
    smear = [Candidate("AA123BB", -6.0, 3.0)]
    assert not is_plate(smear, 230, 50, NONE)
    torn = [Candidate(f"AA12{at}BB", -1.0, 3.0) for at in range(5)]
    assert not is_plate(torn, 230, 50, NONE)


def test_what_fits_no_form_has_to_be_seen_surely() -> None:
    assert is_plate([Candidate("VW4X4WP", -0.1, 0.0)], 230, 50, NONE)
    assert not is_plate([Candidate("VW4X4WP", -0.5, 0.0)], 230, 50, NONE)
    assert is_plate([Candidate("AA123BB", -0.5, 3.0)], 230, 50, NONE)


def test_sure_is_what_is_seen_and_has_no_rival() -> None:
    assert is_sure([Candidate("AA123BB", -0.1, 3.0), Candidate("AA128BB", -5.0, 3.0)])
    assert not is_sure([Candidate("AA123BB", -0.1, 3.0), Candidate("AA128BB", -1.0, 3.0)])
    assert not is_sure([Candidate("AA123BB", -0.9, 3.0)])
    assert not is_sure([Candidate("VW4X4WP", -0.3, 0.0)])


def test_the_raw_reading_is_a_candidate_though_others_are_likelier(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five ways to leave a digit out fit a form, and the raw reading fits none."""
    monkeypatch.setattr(candidates, "KEPT", 3)
    shown = lattice("AB12345CD", 0.97)
    shown[::2] *= 0.5
    shown[::2, 0] = 0.45
    assert greedy(shown) == "AB12345CD"
    found = ranked([shown])
    assert [grammar.states(each.text) != () for each in found] == [True, True, False]
    assert found[-1].text == "AB12345CD"
