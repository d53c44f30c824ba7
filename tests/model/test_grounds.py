"""Grounds: purpose, offence, case, legal basis, a person's words."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from liaison.model.canonical import decode, encode
from liaison.model.errors import BadInput
from liaison.model.grounds import OFFENCES, Grounds, Offence, OffenceFlag, Purpose, offence

NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


def grounds(**changed: Any) -> Grounds:
    given: dict[str, Any] = {
        "purpose": Purpose.INVESTIGATION,
        "offence": "drugs",
        "case": "2026-117",
        "basis": "art-8",
        "justification": "Named by a witness as the driver",
        "officer": "o-1",
        "given": NOON,
    }
    return Grounds(**{**given, **changed})


@pytest.mark.parametrize("field", ["case", "basis", "officer"])
def test_an_empty_field_is_refused_by_its_name(field: str) -> None:
    with pytest.raises(BadInput, match=f"the {field} is empty") as caught:
        grounds(**{field: "  "})
    assert caught.value.field == field
    assert field in caught.value.hint


@pytest.mark.parametrize("field", ["case", "basis", "officer"])
def test_a_field_is_no_place_for_prose(field: str) -> None:
    assert grounds(**{field: "x" * 80})
    with pytest.raises(BadInput) as caught:
        grounds(**{field: "x" * 81})
    assert caught.value.field == field


@pytest.mark.parametrize("purpose", [p for p in Purpose if p.needs_offence])
def test_a_purpose_about_an_offence_names_it(purpose: Purpose) -> None:
    with pytest.raises(BadInput) as caught:
        grounds(purpose=purpose, offence="")
    assert caught.value.field == "offence"


@pytest.mark.parametrize("purpose", [p for p in Purpose if not p.needs_offence])
def test_other_purposes_need_no_offence(purpose: Purpose) -> None:
    assert grounds(purpose=purpose, offence="").offence == ""


def test_an_offence_is_on_the_list_whatever_the_purpose() -> None:
    for purpose in Purpose:
        with pytest.raises(BadInput) as caught:
            grounds(purpose=purpose, offence="being-a-nuisance")
        assert caught.value.field == "offence"


@pytest.mark.parametrize(
    "words",
    ["", "x", "because I say", "because because because because", "12345 67890 12345 67890", "." * 40],
)
def test_a_justification_that_says_too_little_is_refused(words: str) -> None:
    with pytest.raises(BadInput, match="too little") as caught:
        grounds(justification=words)
    assert caught.value.field == "justification"


def test_a_justification_has_its_bounds() -> None:
    assert grounds(justification="seen by the car")  # 15 characters, 4 words
    with pytest.raises(BadInput):
        grounds(justification="seen by the ca")
    assert grounds(justification="seen there twice")  # 3 different words
    with pytest.raises(BadInput):
        grounds(justification="suspicious suspect")
    long = "three words and " + "x" * 2000
    assert grounds(justification=long[:2000])
    with pytest.raises(BadInput, match="2001 characters"):
        grounds(justification=long[:2001])


def test_any_script_is_a_persons_words() -> None:
    assert grounds(justification="Видели рядом с машиной вчера")


def test_a_time_has_a_zone() -> None:
    with pytest.raises(BadInput) as caught:
        grounds(given=dt.datetime(2026, 11, 20, 12))
    assert caught.value.field == "given"


def test_grounds_come_back_from_their_canonical_bytes() -> None:
    assert decode(encode(grounds()), Grounds) == grounds()


def test_protection_is_a_kind_of_its_own() -> None:
    assert {p for p in Purpose if p.protects} == {Purpose.MISSING_PERSON, Purpose.SAFEGUARDING}
    assert not any(p.protects and p.needs_offence for p in Purpose)
    assert Purpose.BORDER_CHECK.label == "Border check"


def test_offences_of_a_political_military_or_religious_character_are_flagged() -> None:
    assert {code for code, kind in OFFENCES.items() if kind.excluded} == {
        "treason",
        "sedition",
        "unlawful-association",
        "desertion",
        "blasphemy",
    }
    for flag in (OffenceFlag.POLITICAL, OffenceFlag.MILITARY, OffenceFlag.RELIGIOUS):
        assert Offence(code="x", label="X", flags=(flag,)).excluded
    assert not Offence(code="x", label="X", flags=(OffenceFlag.CAPITAL,)).excluded


def test_offences_with_a_capital_risk_are_flagged() -> None:
    assert OFFENCES["homicide"].capital
    assert OFFENCES["drugs"].capital
    assert OFFENCES["desertion"].capital
    assert not OFFENCES["fraud"].capital


def test_the_list_holds_the_32_categories_and_more_under_codes_that_agree() -> None:
    assert len(OFFENCES) >= 32
    assert all(code == kind.code and kind.label for code, kind in OFFENCES.items())
    assert offence("fraud") is OFFENCES["fraud"]
