"""National personal numbers in the optional data: their public check formulas, and the birth and sex they say.

Sources: the states' published rules, as Wikipedia's "National identification number" and python-stdnum describe them
(general knowledge; a formula is tested on numbers that were published as examples). A state need not print its number
in the zone: data of another form are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import msgspec

from liaison.formats.mrz import Document
from liaison.screening.document_rules.catalogue import Finding, found


class Personal(msgspec.Struct, frozen=True):
    """What a personal number says; `firm` where it is renewed when the date of birth is put right."""

    name: str
    agrees: bool
    born: str = ""  # YYMMDD
    sex: str = ""
    firm: bool = True


def findings(document: Document) -> Iterator[Finding]:
    """What the personal number of a document contradicts."""
    reading = READINGS.get({"D": "DEU"}.get(document.issuer, document.issuer))
    if reading is None:
        return
    for field in ("optional", "optional_2"):
        said = reading(document.optional if field == "optional" else document.optional_2)
        if said is None:
            continue
        if not said.agrees:
            yield found("personal.digit", f"the check digit of the {said.name} does not agree", field)
            continue
        if said.born and document.raw("birth").isdecimal() and said.born != document.raw("birth"):
            rule = "personal.birth" if said.firm else "personal.birth-unusual"
            yield found(rule, f"the {said.name} agrees in itself and says another date of birth", field)
        if said.sex and document.sex and said.sex != document.sex:
            yield found("personal.sex", f"the {said.name} says another sex", field)


def _weighted(digits: str, weights: str) -> int:
    """The sum of digits times weights, which are hexadecimal digits."""
    return sum(int(digit) * int(weight, 16) for digit, weight in zip(digits, weights, strict=False))


def _digits(text: str, many: int) -> bool:
    return len(text) == many and text.isascii() and text.isdecimal()


def _sex(digit: str, man_is_odd: bool = True) -> str:
    return "M" if (int(digit) % 2 == 1) == man_is_odd else "F"


def _bulgaria(text: str) -> Personal | None:
    if not _digits(text, 10):
        return None
    born = text[:2] + f"{int(text[2:4]) % 20:02}" + text[4:6]
    agrees = _weighted(text[:9], "2485a9736") % 11 % 10 == int(text[9])
    return Personal("personal number (EGN)", agrees, born, _sex(text[8], man_is_odd=False))


def _poland(text: str) -> Personal | None:
    if not _digits(text, 11):
        return None
    born = text[:2] + f"{int(text[2:4]) % 20:02}" + text[4:6]
    agrees = (_weighted(text[:10], "1379137913") + int(text[10])) % 10 == 0
    return Personal("personal number (PESEL)", agrees, born, _sex(text[9]))


def _romania(text: str) -> Personal | None:
    if not _digits(text, 13):
        return None
    agrees = {10: 1}.get(rest := _weighted(text[:12], "279146358279") % 11, rest) == int(text[12])
    return Personal(
        "personal number (CNP)", agrees, text[1:7], _sex(text[0]) if text[0] in "12345678" else ""
    )


def _baltic(text: str) -> Personal | None:
    if not _digits(text, 11) or text[0] not in "123456":
        return None
    rest = _weighted(text[:10], "1234567891") % 11
    rest = rest if rest < 10 else _weighted(text[:10], "3456789123") % 11 % 10
    return Personal("personal code", rest == int(text[10]), text[1:7], _sex(text[0]))


def _yugoslav(text: str) -> Personal | None:
    """JMBG, EMBG, EMŠO: DDMMYYY, region, number, check digit."""
    if not _digits(text, 13):
        return None
    rest = 11 - _weighted(text[:12], "765432765432") % 11
    born = text[5:7] + text[2:4] + text[:2]
    sex = "M" if int(text[9:12]) < 500 else "F"
    return Personal("personal number (JMBG)", rest % 11 % 10 == int(text[12]) and rest != 10, born, sex)


def _czech(text: str) -> Personal | None:
    if not _digits(text, 10):
        return None
    month = int(text[2:4])
    agrees = int(text) % 11 == 0 or (int(text[:9]) % 11 == 10 and text[9] == "0")
    born = text[:2] + f"{month % 50 % 20 if month % 50 > 20 else month % 50:02}" + text[4:6]
    return Personal("birth number", agrees, born, "F" if month > 50 else "M")


def _turkey(text: str) -> Personal | None:
    if not _digits(text, 11) or text[0] == "0":
        return None
    signs = [int(sign) for sign in text]
    tenth = (7 * sum(signs[0:9:2]) - sum(signs[1:8:2])) % 10
    return Personal("identity number", (tenth, sum(signs[:10]) % 10) == (signs[9], signs[10]))


def _netherlands(text: str) -> Personal | None:
    if not _digits(text, 9):
        return None
    return Personal("citizen service number", (_weighted(text[:8], "98765432") - int(text[8])) % 11 == 0)


def _spain(text: str) -> Personal | None:
    if not re.fullmatch(r"[0-9]{8}[A-Z]", text):
        return None
    return Personal("identity number (DNI)", text[8] == "TRWAGMYFPDXBNJZSQVHLCKE"[int(text[:8]) % 23])


def _belgium(text: str) -> Personal | None:
    if not _digits(text, 11):
        return None
    number, check = int(text[:9]), int(text[9:])
    agrees = check in (97 - number % 97, 97 - (2_000_000_000 + number) % 97)
    return Personal("national number", agrees, text[:6], firm=False)


def _sweden(text: str) -> Personal | None:
    if not _digits(text, 12):
        return None
    doubled = (int(sign) * (2 - at % 2) for at, sign in enumerate(text[2:]))
    agrees = sum(value // 10 + value % 10 for value in doubled) % 10 == 0
    return Personal("personal identity number", agrees, text[2:8], _sex(text[10]), firm=False)


def _finland(text: str) -> Personal | None:
    form = re.fullmatch(r"([0-9]{6})[<A-FU-Y]?([0-9]{3})([0-9A-Z])", text)
    if form is None:
        return None
    day, number, check = form.groups()
    agrees = check == "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(day + number) % 31]
    return Personal(
        "personal identity code", agrees, day[4:] + day[2:4] + day[:2], _sex(number[2]), firm=False
    )


def _albania(text: str) -> Personal | None:
    """A letter for the decade, year, month (51 and more for women), day, number, and a letter that is not computed."""
    form = re.fullmatch(r"[A-M]([0-9])([0-9]{2})([0-9]{2})[0-9]{3}[A-Z]", text)
    if form is None or not 1 <= int(form[2]) % 50 <= 12:
        return None
    decade = (ord(text[0]) - ord("A")) % 10
    born = f"{decade}{form[1]}{int(form[2]) % 50:02}{form[3]}"
    return Personal("personal number", True, born, "F" if int(form[2]) > 50 else "M", firm=False)


READINGS: dict[str, Callable[[str], Personal | None]] = {
    "ALB": _albania, "BEL": _belgium, "BGR": _bulgaria, "BIH": _yugoslav, "CZE": _czech, "ESP": _spain, "EST": _baltic,
    "FIN": _finland, "LTU": _baltic, "MKD": _yugoslav, "MNE": _yugoslav, "NLD": _netherlands, "POL": _poland,
    "ROU": _romania, "SRB": _yugoslav, "SVK": _czech, "SVN": _yugoslav, "SWE": _sweden, "TUR": _turkey,
}  # fmt: skip
