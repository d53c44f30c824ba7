"""Numbers by which documents, vehicles, telephones and accounts are known, each in one normal form."""

from __future__ import annotations

import re

from liaison.model.errors import BadInput
from liaison.model.text import Text, compact

DOCUMENT_LETTERS = range(3, 33)
PLATE_LETTERS = range(2, 13)
# E.164 (ITU-T, 11/2010) sets 15 digits as the most; the shortest numbers in use have 7 with their country code.
PHONE = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
IBAN = re.compile(r"[A-Z]{2}\d\d[A-Z0-9]{11,30}", re.ASCII)
VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}", re.ASCII)
VIN_VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789", strict=True))
VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
# Lengths from the IBAN registry (ISO 13616); a country not named here may have any length the standard allows.
IBAN_LENGTHS = {
    country: int(length)
    for length, countries in {
        "15": "NO",
        "16": "BE",
        "18": "DK FI FK FO GL NL SD",
        "19": "MK SI",
        "20": "AT BA EE KZ LT LU MN XK",
        "21": "CH HR LI LV",
        "22": "BG BH CR DE GB GE IE ME RS VA",
        "23": "AE GI IL IQ OM SO TL",
        "24": "AD CZ ES MD PK RO SA SE SK TN VG",
        "25": "LY PT ST",
        "26": "IS TR",
        "27": "BI DJ FR GR IT MC MR SM",
        "28": "AL AZ BY CY DO GT HU LB NI PL SV",
        "29": "BR EG PS QA UA",
        "30": "JO KW MU YE",
        "31": "MT SC",
        "32": "LC",
        "33": "RU",
    }.items()
    for country in countries.split()
}


class Country(Text):
    """A state or territory by three letters: ISO 3166 alpha-3, or a code of ICAO 9303 such as XXA (stateless).

    The list is open, so that partners of any status have a code; the `D` of German documents becomes DEU.
    """

    __slots__ = ()

    @classmethod
    def normal(cls, text: str) -> str:
        """Three capitals. Raises BadInput."""
        code = {"D": "DEU"}.get(compact(text), compact(text))
        if len(code) != 3 or not (code.isascii() and code.isalpha()):
            raise BadInput(
                f"{text!r} is not a three-letter country code", hint="write ISO 3166 alpha-3, as ALB"
            )
        return code


class DocumentNumber(Text):
    """The number of a passport, card, permit or licence: letters and digits alone, capitals."""

    __slots__ = ()

    @classmethod
    def normal(cls, text: str) -> str:
        """Capitals and digits. Raises BadInput."""
        return _letters_and_digits(text, DOCUMENT_LETTERS, "document number")


class Plate(Text):
    """A registration mark as it is read, without its spaces, hyphens and dots. O and 0 stay what they are."""

    __slots__ = ()

    @classmethod
    def normal(cls, text: str) -> str:
        """Capitals and digits. Raises BadInput."""
        return _letters_and_digits(text, PLATE_LETTERS, "registration mark")


class PhoneNumber(Text):
    """A telephone number in the international form of E.164: `+355691234567`."""

    __slots__ = ()

    @classmethod
    def normal(cls, text: str) -> str:
        """A plus sign and 7 to 15 digits; `00` for the plus sign and a trunk `(0)` are read. Raises BadInput."""
        number = re.sub(r"[()]", "", compact(text.replace("(0)", "")))
        number = "+" + number[2:] if number.startswith("00") else number
        if not PHONE.fullmatch(number):
            hint = "write it with + and the country code, 7 to 15 digits, as +355691234567"
            raise BadInput(f"{text!r} is not an international telephone number", hint=hint)
        return number


class Iban(Text):
    """An account number by ISO 13616, its check digits held against the rest and its length against the country."""

    __slots__ = ()

    @classmethod
    def normal(cls, text: str) -> str:
        """Without spaces. Raises BadInput, saying whether form, length or check digits are wrong."""
        number = compact(text)
        if not IBAN.fullmatch(number):
            raise BadInput(f"{text!r} is not an IBAN", hint="it starts with two letters and two digits")
        length = IBAN_LENGTHS.get(number[:2], len(number))
        if len(number) != length:
            raise BadInput(
                f"{text!r} has {len(number)} characters; an IBAN of {number[:2]} has {length}",
                hint="look for a missing or doubled character",
            )
        if int("".join(str(int(sign, 36)) for sign in number[4:] + number[:4])) % 97 != 1:
            raise BadInput(f"the check digits of {text!r} do not agree", hint="look for a mistyped character")
        return number

    @property
    def country(self) -> str:
        """The two letters of the country whose bank keeps the account."""
        return self.text[:2]


class Imei(Text):
    """The number of a mobile device (3GPP TS 23.003, 6.2): 15 digits, the last one Luhn's check digit.

    14 digits get theirs; of the 16 of an IMEISV the two of the software version are dropped.
    """

    __slots__ = ()

    @classmethod
    def normal(cls, text: str) -> str:
        """15 digits. Raises BadInput."""
        digits = compact(text)
        if not (digits.isascii() and digits.isdigit() and 14 <= len(digits) <= 16):
            raise BadInput(f"{text!r} is not an IMEI", hint="an IMEI has 15 digits")
        whole = digits[:14] + str(luhn(digits[:14]))
        if len(digits) == 15 and digits != whole:
            raise BadInput(f"the check digit of {text!r} does not agree", hint="look for a mistyped digit")
        return whole


class Vin(Text):
    """A vehicle identification number (ISO 3779): 17 letters and digits without I, O and Q."""

    __slots__ = ()

    @classmethod
    def normal(cls, text: str) -> str:
        """17 capitals and digits. Raises BadInput."""
        number = compact(text)
        if not VIN.fullmatch(number):
            raise BadInput(
                f"{text!r} is not a vehicle identification number",
                hint="it has 17 letters and digits, and never I, O or Q",
            )
        return number

    @property
    def check_digit_agrees(self) -> bool:
        """Whether the ninth character is the check digit that North America and China require (49 CFR 565.15)."""
        values = (int(VIN_VALUES.get(sign, sign)) for sign in self.text)
        remainder = sum(value * weight for value, weight in zip(values, VIN_WEIGHTS, strict=True)) % 11
        return self.text[8] == "0123456789X"[remainder]


def luhn(digits: str) -> int:
    """The digit that makes `digits` followed by it pass Luhn's check (ISO/IEC 7812-1, annex B)."""
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(digits)))
    return -sum(value // 10 + value % 10 for value in doubled) % 10


def _letters_and_digits(text: str, lengths: range, what: str) -> str:
    number = compact(text)
    if not number.isalnum() or len(number) not in lengths:
        raise BadInput(
            f"{text!r} is not a {what}",
            hint=f"it has {lengths.start} to {lengths.stop - 1} letters and digits",
        )
    return number
