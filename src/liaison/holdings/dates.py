"""Dates of birth as people write them: several formats in one column, day and month in either order, parts unknown."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from liaison.holdings.words import plain, tidy
from liaison.matching.columns import dob_code

FIRST_YEAR = 1850  # the engine takes an earlier year for none
PROOFS = 3  # dates such as 25/12/1980 that settle the order of a column in which none says otherwise
# English, German, French, Spanish, Italian, Dutch, Polish, Romanian, Turkish, Albanian, Russian, Ukrainian; without
# `listopad`, which is October to some and November to others.
_MONTHS = """
jan january januar janvier enero gennaio januari stycznia styczen ianuarie ocak janar января январь січня
feb february februar fevrier febrero febbraio februari lutego luty februarie subat shkurt февраля февраль лютого
mar march marz maerz mars marzo maart marca marzec martie mart марта март березня
apr april avril abril aprile kwietnia kwiecien aprilie nisan prill апреля апрель квітня
may mai mayo maggio mei maja maj mayis мая май травня
jun june juni juin junio giugno czerwca czerwiec iunie haziran qershor июня июнь червня
jul july juli juillet julio luglio lipca lipiec iulie temmuz korrik июля июль липня
aug august aout agosto augustus sierpnia sierpien agustos gusht августа август серпня
sep sept september septembre septiembre settembre wrzesnia wrzesien septembrie eylul shtator сентября сентябрь вересня
oct october okt oktober octobre octubre ottobre pazdziernika pazdziernik octombrie ekim tetor октября октябрь жовтня
nov november novembre noviembre noiembrie kasim nentor ноября ноябрь
dec december dez dezember decembre diciembre dicembre grudnia grudzien decembrie aralik dhjetor декабря декабрь грудня
"""
MONTHS = {
    plain(name): number for number, names in enumerate(_MONTHS.split("\n")[1:-1], 1) for name in names.split()
}
UNKNOWN = frozenset(
    [
        "unknown",
        "unk",
        "na",
        "none",
        "null",
        "nil",
        "notknown",
        "notavailable",
        "notapplicable",
        "notspecified",
        "unspecified",
        "0",
        "00000000",
        "nan",
    ]
)
ABOUT = re.compile(
    r"(?:^|\s)(circa|ca\.?|c\.|approx(?:imately|\.)?|about|around|abt\.?|est(?:imated|\.)?)\s*(?=[\dA-Za-z])|^[~]\s*",
    re.I,
)
TIME = re.compile(r"[T ]\d{1,2}:\d\d(:\d\d(\.\d+)?)?\s*(Z|[AP]M|[+-]\d\d:?\d\d)?$", re.I)
OF = re.compile(r"\s(?:de|del|di)\s", re.I)  # 2 de enero de 1966
YEAR_SIGN = re.compile(r"(?<=\d{4})\s?(?:г|р)\.?(?:\s?р\.?)?$")  # 1966 г.
YEAR_FIRST = re.compile(r"(\d{4})[-/. ](\d{1,2}|XX|xx)(?:[-/. ](\d{1,2}|XX|xx)[.]?)?")
PACKED = re.compile(r"(\d{4})(\d\d)(\d\d)")
YEAR_LAST = re.compile(r"(\d{1,2}|XX|xx)\s?([-/. ])\s?(\d{1,2}|XX|xx)\s?[-/. ]\s?(\d{4})[.]?")
MONTH_YEAR = re.compile(r"(\d{1,2}|XX|xx)[-/.](\d{4})")
YEAR = re.compile(r"(\d{4})[.]?")
NAMED = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th)?[-\s.,/]*)?([^\W\d_]{3,12})\.?[-\s,/]*(?:(\d{1,2})(?:st|nd|rd|th)?[\s,]+)?(\d{4})"
)
YEAR_NAMED = re.compile(r"(\d{4})[-\s/]([^\W\d_]{3,12})(?:[-\s/](\d{1,2}))?")
TWO_DIGITS = re.compile(r"\d{1,2}[-/. ](?:\d{1,2}|[^\W\d_]{3,12})[-/. ]\d{2}|\d{6}")
DATED_RANGE = re.compile(r"(?:between\s+)?(\S.*\d{4})\s+(?:to|and|-|–)\s+(\S.*\d{4})", re.I)
RANGE = re.compile(r"(?:between\s+)?(\d{4})\s*(?:-|–|—|/|to|and|or)\s*(\d{4})", re.I)


class Order(Enum):
    """What a numeric date says about the order of day and month in its column."""

    NOTHING = auto()
    DAY_FIRST = auto()
    MONTH_FIRST = auto()
    EITHER = auto()


@dataclass(frozen=True, slots=True)
class Reading:
    """One date as read. `alt`: the month-first reading of one of EITHER order, or a second date given; 0 none."""

    code: int
    alt: int = 0
    order: Order = Order.NOTHING
    about: bool = False


def readings(text: str, last_year: int) -> list[Reading]:
    """The dates that a value holds: at most two, none where it says so. Raises ValueError with a reason."""
    parts = [
        part for part in re.split(r"\s*[;|]\s*|\s+or\s+", digits(text)) if part and plain(part) not in UNKNOWN
    ]
    if len(parts) > 2:
        raise ValueError("more than two dates; give at most two, separated by a semicolon")
    return [reading(part, last_year) for part in parts if plain(part)]


def digits(text: str) -> str:
    """The text with ASCII's digits and single spaces, without a time of day, `de` or the sign of a year."""
    if not text.isascii():
        text = "".join(str(unicodedata.digit(sign, sign)) for sign in text)
    return YEAR_SIGN.sub("", OF.sub(" ", TIME.sub("", tidy(text))))


def reading(text: str, last_year: int) -> Reading:
    """One date. Raises ValueError with a reason that does not repeat the value."""
    bare = ABOUT.sub("", text).strip()
    if bare != text:
        found = reading(bare, last_year)
        return Reading(found.code >> 9 << 9, found.alt >> 9 << 9, about=True)
    for form in (_year_first, _year_last, _named, _span):
        if one := form(bare, last_year):
            return one
    if TWO_DIGITS.fullmatch(bare):
        raise ValueError("a year of two digits; write all four")
    raise ValueError("not a date; write it as 1984-02-03, 1984-02 or 1984")


def _year_first(text: str, last_year: int) -> Reading | None:
    form = PACKED.fullmatch(text) or YEAR_FIRST.fullmatch(text) or YEAR.fullmatch(text)
    if form is None:
        return None
    year, month, day = (*form.groups(), None, None)[:3]
    return Reading(code_of(int(year or 0), _part(month), _part(day), last_year))


def _year_last(text: str, last_year: int) -> Reading | None:
    short = MONTH_YEAR.fullmatch(text)
    if short:
        return Reading(code_of(int(short[2]), _part(short[1]), 0, last_year))
    form = YEAR_LAST.fullmatch(text)
    if form is None:
        return None
    first, second, year = _part(form[1]), _part(form[3]), int(form[4])
    if first > 12 or not first or not second:
        return Reading(
            code_of(year, second, first, last_year), order=Order.DAY_FIRST if first > 12 else Order.NOTHING
        )
    if second > 12:
        return Reading(code_of(year, first, second, last_year), order=Order.MONTH_FIRST)
    day_first = code_of(year, second, first, last_year)
    if form[2] == "." or first == second:  # points stand in dates that begin with the day
        return Reading(day_first)
    return Reading(day_first, code_of(year, first, second, last_year), Order.EITHER)


def _named(text: str, last_year: int) -> Reading | None:
    form = NAMED.fullmatch(text)
    year, month, day = (form[4], form[2], form[1] or form[3]) if form else (None, None, None)
    if form is None and (form := YEAR_NAMED.fullmatch(text)):
        year, month, day = form.groups()
    if form is None or year is None or month is None:
        return None
    number = MONTHS.get(plain(month))
    if number is None:
        raise ValueError("not a month's English name")
    return Reading(code_of(int(year), number, int(day or 0), last_year))


def _span(text: str, last_year: int) -> Reading | None:
    form = RANGE.fullmatch(text) or DATED_RANGE.fullmatch(text)
    if form is None:
        return None
    first, last = (reading(part, last_year).code for part in form.groups())
    years = (last >> 9) - (first >> 9)
    if years == 0:
        same_month = first >> 5 == last >> 5 and first & 31 == 1 and last & 31 >= 28
        return Reading(first >> 5 << 5 if same_month else first >> 9 << 9)
    if years == 1:
        return Reading(first >> 9 << 9, last >> 9 << 9, about=True)
    if years == 2:  # the engine gives a year one off its due
        return Reading(dob_code((first >> 9) + 1), about=True)
    raise ValueError("a range of more than three years, of which no date can be made")


def _part(text: str | None) -> int:
    return 0 if not text or text in ("XX", "xx") else int(text)


def code_of(year: int, month: int, day: int, last_year: int) -> int:
    """The dob_code of a date that a calendar has; a day without a month is dropped. Raises ValueError with a reason."""
    if not FIRST_YEAR <= year <= last_year:
        raise ValueError("a year in the future" if year > last_year else f"a year before {FIRST_YEAR}")
    if month > 12:
        raise ValueError("no such month")
    if month and day > monthrange(year, month)[1]:
        raise ValueError("no such day in that month")
    return dob_code(year, month, day if month else 0)


@dataclass(frozen=True, slots=True)
class Settled:
    """The order of day and month in a column. NOTHING: not settled."""

    order: Order
    ambiguous: int  # values that could be read either way


def settle(orders: Iterator[tuple[Order, int]]) -> Settled:
    """What the dates of a column, each with how often it stands there, say about their order."""
    counts = dict.fromkeys(Order, 0)
    for order, times in orders:
        counts[order] += times
    day, month = counts[Order.DAY_FIRST], counts[Order.MONTH_FIRST]
    order = Order.NOTHING
    if day >= PROOFS and not month:
        order = Order.DAY_FIRST
    if month >= PROOFS and not day:
        order = Order.MONTH_FIRST
    return Settled(order, counts[Order.EITHER])


def both(found: Sequence[Reading], order: Order) -> tuple[int, int]:
    """The date and its other reading, once the order of the column is settled or is known not to be."""
    codes: list[int] = []
    for one in found:
        if one.order is Order.EITHER and order is not Order.NOTHING:
            codes.append(one.code if order is Order.DAY_FIRST else one.alt)
        else:
            codes += [one.code, one.alt]
    kept = [code for code in dict.fromkeys(codes) if code]
    return (*kept, 0, 0)[:2]  # type: ignore[return-value]
