"""States and territories by the codes and English names that lists use: ISO 3166, ICAO 9303 and a few that ended."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from liaison.holdings.words import plain
from liaison.matching.columns import country_code

# ICAO 9303-3, section 5: a nationality not known to the state that issued the document.
UNSPECIFIED = 3 * "X"


@cache
def table() -> dict[str, int]:
    """country_code by code or name as `plain` writes it. 0 for the code that means `unspecified`."""
    known: dict[str, int] = {}
    for line in files(__package__).joinpath("countries.tsv").read_text("utf-8").splitlines():
        iso3, iso2, names = line.split("\t")
        code = 0 if iso3 == UNSPECIFIED else country_code(iso3)
        for name in (iso3, iso2, *names.split("|")):
            if name:
                known.setdefault(plain(name), code)
    return known


@cache
def _two_letters() -> dict[str, str]:
    lines = files(__package__).joinpath("countries.tsv").read_text("utf-8").splitlines()
    return {iso3: iso2.lower() for iso3, iso2, _ in (line.split("\t") for line in lines) if iso2}


def two_letters(iso3: str) -> str:
    """The two small letters of ISO 3166 for three; the three, small, where there are no two."""
    return _two_letters().get(iso3, iso3.lower())


@cache
def kernel_codes() -> NDArray[np.uint16]:
    """country_code by two letters and, from 676 on, by three; 0 where the letters are no code: uint16[676 + 17576]."""
    codes = np.zeros(676 + 17576, np.uint16)
    for name, code in table().items():
        if name.isascii() and name.isalpha() and len(name) in (2, 3):
            letters = [ord(letter) - 97 for letter in name]
            place = letters[0] * 26 + letters[1]
            codes[place if len(name) == 2 else 676 + place * 26 + letters[2]] = code
    return codes


def nationalities(text: str) -> list[int]:
    """The country codes that a value names, in its order. Raises ValueError with a reason."""
    whole = table().get(plain(text), table().get(plain(" ".join(reversed(text.split(", "))))))
    if whole is not None:
        return [whole] if whole else []
    parts = [part for part in re.split(r"[;|/,]| and ", text) if part.strip()]
    codes = [table().get(plain(part)) for part in parts]
    if not parts or None in codes:
        raise ValueError("not a country that is known by this name or code; write ISO 3166 alpha-3, as ALB")
    return [code for code in dict.fromkeys(codes) if code]
