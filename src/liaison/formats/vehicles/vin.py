"""Vehicle identification numbers: 17 letters and digits (ISO 3779), of which I, O and Q are none.

The ninth is a check digit where 49 CFR 565.15 (c) applies: vehicles for the United States and Canada, in practice every
maker of North America. Elsewhere a maker may use the place for anything, so that one that does not agree says nothing.
Regions by ISO 3780, as copies of the article on vehicle identification numbers give them; model years by 49 CFR 565.15.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

import msgspec

from liaison.formats.vehicles.folding import Doubt, folded
from liaison.model.errors import BadInput
from liaison.model.identifiers import Vin

LENGTH = 17
NEVER = {"I": "1", "O": "0", "Q": "0"}
ALIKE = {"S": "5", "B": "8", "Z": "2", "G": "6", "5": "S", "8": "B", "2": "Z", "6": "G"}
MOST_OTHERS = 8
REGIONS = {
    "ABCDEFGH": "Africa (H: of late also Asia)",
    "JKLMNPR": "Asia",
    "STUVWXYZ": "Europe",
    "12345": "North America",
    "6": "Oceania",
    "7": "Oceania, of late also North America",
    "890": "South America",
}
CHECKED = frozenset("12345")  # first signs of makers who must set the check digit
YEARS = "ABCDEFGHJKLMNPRSTVWXY123456789"  # the tenth sign from 1980, and again from 2010
FIRST_YEAR, CYCLE = 1980, 30
SEVENTH, YEAR = 6, 9  # places from 0
DISAGREES = (
    "the check digit does not agree, and makers of North America must set it: a sign was misread or changed"
)


class Check(Enum):
    """What the ninth sign comes to."""

    AGREES = "agrees"
    DISAGREES = "does not agree"
    NOT_USED = "the maker may not use it"


class VinReading(msgspec.Struct, frozen=True):
    """A number that was read: `raw` as it was given, `text` in Latin capitals and digits.

    `years` are the model years that the tenth sign can mean, the earlier first; none where it means none. `otherwise`
    are other readings whose signs, and whose check digit where it must be set, are as they should be.
    """

    raw: str
    text: str
    maker: str
    region: str
    check: Check
    years: tuple[int, ...]
    otherwise: tuple[str, ...]
    doubts: tuple[Doubt, ...]

    @property
    def model_year(self) -> str:
        """What the tenth sign says of the model year, in words; it never says it alone. Empty where it says nothing."""
        if not self.years:
            return ""
        either = f"{self.years[0]} or {self.years[1]}"
        if self.text[0] not in CHECKED:
            return f"{either}, if the maker says one at all"
        return (
            f"{either}; {self.years[self.text[SEVENTH].isalpha()]} if it is a car or light lorry, by place 7"
        )


def read(text: str) -> VinReading:
    """A vehicle identification number. Raises BadInput for what has not 17 letters and digits."""
    seen = folded(text, "vin")
    if len(seen.text) != LENGTH:
        raise BadInput(
            f"{text!r} has {len(seen.text)} letters and digits; a vehicle identification number has {LENGTH}",
            field="vin",
            hint="look for a missing or doubled sign; vehicles made before 1981 may have a shorter number",
        )
    number = seen.text
    doubts = [*seen.doubts, *_never(number)]
    check = _check(number)
    if check is Check.DISAGREES:
        doubts.append(Doubt("number", DISAGREES))
    if number[0] in CHECKED and not _years(number) and number[YEAR] not in NEVER:
        doubts.append(Doubt("number", f"{number[YEAR]} at place 10 is no model year"))
    return VinReading(
        seen.raw,
        number,
        number[:3],
        _region(number),
        check,
        _years(number),
        tuple(_otherwise(number, check)),
        tuple(doubts),
    )


def _region(number: str) -> str:
    return next((name for signs, name in REGIONS.items() if number[0] in signs), "")


def _check(number: str) -> Check:
    """Agrees, where it does; where it does not, or a sign is none of a number, whether it should."""
    sound = not any(sign in NEVER for sign in number) and number.isascii()
    if sound and Vin(number).check_digit_agrees:
        return Check.AGREES
    return Check.DISAGREES if number[0] in CHECKED else Check.NOT_USED


def _never(number: str) -> Iterator[Doubt]:
    for place, sign in enumerate(number, start=1):
        if sign in NEVER:
            yield Doubt("number", f"{sign} stands at place {place}: no such number has I, O or Q")


def _years(number: str) -> tuple[int, ...]:
    at = YEARS.find(number[YEAR])
    return () if at < 0 else (FIRST_YEAR + at, FIRST_YEAR + CYCLE + at)


def _otherwise(number: str, check: Check) -> list[str]:
    """Readings without I, O and Q; where the check digit must agree and does not, one sign read otherwise."""
    without = "".join(NEVER.get(sign, sign) for sign in number)
    tries = [without] if without != number else []
    if check is Check.DISAGREES:
        tries += [
            without[:at] + ALIKE[sign] + without[at + 1 :] for at, sign in enumerate(without) if sign in ALIKE
        ]
        tries = [one for one in tries if _check(one) is Check.AGREES]
    return tries[:MOST_OTHERS]
