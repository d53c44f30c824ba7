"""Document numbers, plates, telephones, accounts, devices, vehicles."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from liaison.model.errors import BadInput
from liaison.model.identifiers import (
    IBAN_LENGTHS,
    Country,
    DocumentNumber,
    Iban,
    Imei,
    PhoneNumber,
    Plate,
    Vin,
    luhn,
)
from liaison.model.text import Text

DIGITS = st.text("0123456789", min_size=14, max_size=14)


@pytest.mark.parametrize(
    ("kind", "written", "kept"),
    [
        (DocumentNumber, "ba 12-34.56<7<<", "BA1234567"),
        (DocumentNumber, "۱۲۳۴", "1234"),
        (DocumentNumber, "НК 123456", "НК123456"),
        (Plate, "AA·123 bb", "AA123BB"),
        (Plate, "В 123 УЕ", "В123УЕ"),
        (PhoneNumber, "+355 (0) 69 123-45.67", "+355691234567"),
        (PhoneNumber, "00355691234567", "+355691234567"),
        (Iban, "al47 2121 1009 0000 0002 3569 8741", "AL47212110090000000235698741"),
        (Iban, "GB29 NWBK 6016 1331 9268 19", "GB29NWBK60161331926819"),
        (Imei, "49-015420-323751-8", "490154203237518"),
        (Imei, "49015420323751", "490154203237518"),
        (Imei, "4901542032375101", "490154203237518"),
        (Vin, "1m8gdm9a xkp042788", "1M8GDM9AXKP042788"),
        (Country, "alb", "ALB"),
        (Country, "D<<", "DEU"),
        (Country, "RKS", "RKS"),
    ],
)
def test_one_normal_form_however_it_is_written(kind: type[Text], written: str, kept: str) -> None:
    assert str(kind(written)) == kept
    assert kind(kept) == kind(written)


@pytest.mark.parametrize(
    ("kind", "written", "says"),
    [
        (DocumentNumber, "12", "not a document number"),
        (DocumentNumber, "1" * 33, "not a document number"),
        (DocumentNumber, "12#4", "not a document number"),
        (Plate, "", "not a registration mark"),
        (Plate, "A" * 13, "not a registration mark"),
        (PhoneNumber, "069 123 4567", "not an international telephone number"),
        (PhoneNumber, "+0691234567", "not an international telephone number"),
        (PhoneNumber, "+1234567890123456", "not an international telephone number"),
        (Iban, "AL47", "not an IBAN"),
        (Iban, "GB29 NWBK 6016 1331 9268 1", "has 21 characters; an IBAN of GB has 22"),
        (Iban, "GB29 NWBK 6016 1331 9268 18", "check digits"),
        (Imei, "490154203237517", "check digit"),
        (Imei, "4901", "not an IMEI"),
        (Vin, "1M8GDM9AXKPO42788", "not a vehicle identification number"),
        (Country, "D1X", "not a three-letter country code"),
        (Country, "AL", "not a three-letter country code"),
    ],
)
def test_what_cannot_be_one_is_refused_with_a_hint(kind: type[Text], written: str, says: str) -> None:
    with pytest.raises(BadInput, match=says) as refused:
        kind(written)
    assert refused.value.hint != BadInput.hint


def test_an_iban_names_its_country() -> None:
    assert Iban("GB29NWBK60161331926819").country == "GB"


def test_the_registry_gives_each_country_one_length_within_the_standard() -> None:
    assert (min(IBAN_LENGTHS.values()), IBAN_LENGTHS["NO"]) == (15, 15)
    assert (max(IBAN_LENGTHS.values()), IBAN_LENGTHS["RU"]) == (33, 33)
    assert all(len(country) == 2 and country.isupper() for country in IBAN_LENGTHS)


@given(st.integers(0, 10**18 - 1), st.integers(0, 21), st.sampled_from("0123456789"))
def test_one_wrong_digit_in_an_iban_is_always_noticed(account: int, place: int, digit: str) -> None:
    basic = f"{account:018d}"
    check = 98 - int(basic + "131400") % 97  # D, E
    good = f"DE{check:02d}{basic}"
    assert str(Iban(good)) == good
    assume(place >= 2 and good[place] != digit)
    with pytest.raises(BadInput):
        Iban(good[:place] + digit + good[place + 1 :])


@given(DIGITS, st.integers(0, 14), st.sampled_from("0123456789"))
def test_one_wrong_digit_in_an_imei_is_always_noticed(digits: str, place: int, digit: str) -> None:
    good = digits + str(luhn(digits))
    assert str(Imei(good)) == good
    assume(good[place] != digit)
    with pytest.raises(BadInput):
        Imei(good[:place] + digit + good[place + 1 :])


def test_the_check_digit_of_a_vin_is_told_but_not_required() -> None:
    assert Vin("1M8GDM9AXKP042788").check_digit_agrees
    assert Vin("11111111111111111").check_digit_agrees
    assert not Vin("WVWZZZ1JZ3W386752").check_digit_agrees
