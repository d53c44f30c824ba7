"""Sexes, countries and headers as lists write them."""

from __future__ import annotations

import pytest

from liaison.holdings.countries import kernel_codes, nationalities, table
from liaison.holdings.mapping import FIELDS, guess
from liaison.holdings.placeholders import named
from liaison.holdings.sexes import sex
from liaison.matching.columns import country_code, country_name


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("M", 1),
        ("male", 1),
        ("Mann", 1),
        ("1", 1),
        ("F", 2),
        ("Female", 2),
        ("ж", 2),
        ("w", 2),
        ("2", 2),
        ("X", 3),
        ("divers", 3),
        ("", 0),
        ("unknown", 0),
        ("U", 0),
        ("0", 0),
        ("-", 0),
    ],
)
def test_a_sex_in_words(text: str, code: int) -> None:
    assert sex(text) == code


def test_a_word_that_is_no_sex_is_refused() -> None:
    with pytest.raises(ValueError, match="write M, F or X"):
        sex("yes please")


@pytest.mark.parametrize(
    ("text", "iso3"),
    [
        ("ALB", "ALB"),
        ("al", "ALB"),
        ("Albania", "ALB"),
        ("Albanian", "ALB"),
        ("D", "DEU"),
        ("GER", "DEU"),
        ("RKS", "XKX"),
        ("Kosovo", "XKX"),
        ("Iran (Islamic Republic of)", "IRN"),
        ("IRAN, ISLAMIC REPUBLIC OF", "IRN"),
        ("Russian Federation", "RUS"),
        ("UK", "GBR"),
        ("U.S.A.", "USA"),
        ("Cote d'Ivoire", "CIV"),
        ("Türkiye", "TUR"),
        ("Turkey", "TUR"),
        ("Bosnia and Herzegovina", "BIH"),
        ("stateless", "XXA"),
        ("GBD", "GBR"),
        ("Congo, Democratic Republic of the", "COD"),
        ("Viet Nam", "VNM"),
        ("Palestine", "PSE"),
        ("Syrian Arab Republic", "SYR"),
    ],
)
def test_a_country_by_code_or_name(text: str, iso3: str) -> None:
    assert nationalities(text) == [country_code(iso3)]


def test_an_unspecified_nationality_is_none_and_an_unknown_word_is_refused() -> None:
    assert nationalities("XXX") == []
    with pytest.raises(ValueError, match="not a country"):
        nationalities("Atlantis")


def test_the_kernel_has_the_codes_of_the_table() -> None:
    codes = kernel_codes()
    for name, code in table().items():
        if len(name) == 3 and name.isascii() and name.isalpha():
            assert codes[676 + country_code(name.upper()) - 1] == code
    assert {country_name(int(code)) for code in codes} <= {country_name(code) for code in table().values()}


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("wid,given,surname,dob,sex,nat,doc,native", "id given surname dob sex nationality document"),
        ("Name;Vorname;Geburtsdatum", "given surname dob"),
        ("Nom,Prénom,Date de naissance", "given surname dob"),
        ("id,nome,cognome", "id given surname"),
        ("id,nome,data di nascita", "id name dob"),
        ("full_name,gender", "name sex"),
        ("ПІБ,дата народження", "name dob"),
        ("Soyadı,Adı,Doğum tarihi", "given surname dob"),
        ("Last Name,First Name,Middle Name", "given middle surname"),
        ("mbiemri,emri,datëlindja,gjinia", "given surname dob sex"),
        ("Passport No.,Nationality", "nationality document"),
    ],
)
def test_headers_are_understood_in_several_languages(header: str, expected: str) -> None:
    found = guess(header.replace(";", ",").split(","), {})
    assert " ".join(field for field in FIELDS if found[field]) == expected


def test_what_is_said_goes_before_what_is_guessed() -> None:
    found = guess(["id", "ref", "name"], {"id": "ref"})
    assert found["id"] == (1,)
    assert found.unused() == ["id"]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("FNU AHMED", "AHMED"),
        ("Ahmed LNU", "Ahmed"),
        ("fnu", ""),
        ("N/A", ""),
        ("XXX", ""),
        ("Xxxx Li", "Li"),
        ("Unknown", ""),
        ("неизвестно", ""),
        ("Null", ""),
        ("Ann Null", "Ann Null"),
        ("Fnunu", "Fnunu"),
        ("-", ""),
        ("Na", "Na"),
        ("No Name", ""),
        ("مجهول", ""),
    ],
)
def test_placeholders_go_and_names_stay(name: str, kept: str) -> None:
    assert named(name) == kept
