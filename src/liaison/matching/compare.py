"""Two names, looked at by themselves: how likely they are names of one person or organisation, and why.

The engine weighs a name against a whole list; here there is only the pair, so rarity comes from background shares.
Tokens are aligned one to one, the strongest evidence first; a pair's evidence is
min(-cost - log2 min(P), -log2 max(P)) bits, P being the share of each token. What is left over on both sides counts
against, on one side hardly: names are shortened more often than changed. The score rises strictly with the evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from math import exp

import numpy as np
from numpy.typing import NDArray

from liaison.matching.columns import Strings, dob_code
from liaison.matching.dates import BIT, LOSS, WORDS, Grade, grade
from liaison.matching.names import organisations
from liaison.matching.names.alignment import PARTICLE, Pairing, pairings, worth
from liaison.matching.names.background import rarity
from liaison.matching.names.particles import is_title
from liaison.matching.names.split import tokens
from liaison.matching.names.words import Word, word

AGREEMENT = 2.5  # bits: a pairing that says something
DATE_BITS = 14.0  # of a full date of birth among people of all ages
ORGANISATION, PERSON, AUTO = "organisation", "person", "auto"


@dataclass(frozen=True, slots=True)
class Account:
    """What a comparison rests on."""

    agreed: float  # bits of the pairings
    share: float  # of the shorter name's bits, those that agree
    strain: float  # doubtful pairings, each up to 2
    conflict: float  # bits of tokens left over on both sides
    extra: float  # bits of tokens left over on one side only
    agreements: int  # pairings that say something
    crossed: int  # pairings against the order of the others
    surnames: bool  # both names say which token is the surname, and those do not agree
    headless: bool = False  # one name is the other without its first given name: a father's perhaps
    numbers: int = 0  # numbers that one of two organisations has and the other has not
    legal: int = 0  # 1 where legal forms are of one kind, -1 where not, 0 where one has none
    date: float = 0.0  # bits of the dates of birth


@dataclass(frozen=True, slots=True)
class Comparison:
    """score: above 0 and below 1, the higher the likelier one name; reasons in words, what is for it first."""

    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """A name's tokens as words, without titles. surname: how many of them stand before a comma."""

    words: tuple[Word, ...]
    surname: int = 0
    parts: organisations.Parts | None = None


@lru_cache(maxsize=1 << 14)
def person(text: str) -> Name:
    """The words of a person's name; titles are left out unless nothing else is there."""
    before, comma, after = text.partition(",")
    surname, words = _spoken(before), _spoken(after)
    bare = [[w for w in part if not is_title(w.forms[0])] for part in (surname, words)]
    if any(bare):
        surname, words = bare
    return Name((*surname, *words), len(surname) if comma and words else 0)


def _spoken(text: str) -> list[Word]:
    return [w for token in tokens(text) if (w := word(token)) is not None]


@lru_cache(maxsize=1 << 14)
def organisation(text: str) -> Name:
    """The words of an organisation's name, weighed as words of organisations."""
    apart = organisations.parts(text)
    return Name(tuple(w for token in apart.tokens if (w := _business_word(token)) is not None), 0, apart)


@lru_cache(maxsize=1 << 14)
def _business_word(token: str) -> Word | None:
    if (found := word(token)) is None:
        return None
    bits = min(rarity(form, organisation=True) for form in found.forms[:3])
    if organisations.is_generic(found.forms[0]):
        bits = min(bits, organisations.GENERIC_BITS)
    return replace(found, bits=bits, particle=False, groups=frozenset())


def account(first: Name, second: Name, date: float = 0.0) -> tuple[Account, list[Pairing]]:
    """What speaks for and against two names being one, and the pairings it rests on."""
    chosen = pairings(first.words, second.words, abbreviated=first.parts is not None)
    left = _left_over(first.words, {i for p in chosen for i in p.first})
    right = _left_over(second.words, {j for p in chosen for j in p.second})
    least = min(sum(map(worth, first.words)), sum(map(worth, second.words)))
    agreed = sum(p.bits for p in chosen)
    telling = [p for p in chosen if p.bits > AGREEMENT]
    made = Account(
        agreed=agreed,
        share=min(max(agreed, 0.0) / max(least, 1.0), 1.0),
        strain=sum(p.doubt for p in chosen),
        conflict=min(left, right) if first.words and second.words else max(left, right),
        extra=abs(left - right),
        agreements=len(telling),
        crossed=_crossings(chosen),
        surnames=_surnames_differ(first.surname, second.surname, telling),
        headless=_headless(first, second, chosen),
        numbers=_numbers(first.parts, second.parts),
        legal=_legal(first.parts, second.parts),
        date=date,
    )
    return made, chosen


def _left_over(words: Sequence[Word], used: set[int]) -> float:
    return sum(worth(w) for i, w in enumerate(words) if i not in used)


def _crossings(chosen: Sequence[Pairing]) -> int:
    """Pairings against the order of the one before."""
    order = [p.second[0] for p in sorted(chosen, key=lambda p: p.first) if p.bits > PARTICLE]
    return sum(a > b for a, b in pairwise(order))


def _surnames_differ(first: int, second: int, telling: Sequence[Pairing]) -> bool:
    return bool(first and second) and not any(p.first[0] < first and p.second[0] < second for p in telling)


def _headless(first: Name, second: Name, chosen: Sequence[Pairing]) -> bool:
    mine = _head(first) in {i for p in chosen for i in p.first}
    theirs = _head(second) in {j for p in chosen for j in p.second}
    return mine != theirs


def _head(name: Name) -> int:
    """The place of the first given name: after the surname where a comma says which that is, else the first."""
    return next((i for i, w in enumerate(name.words) if i >= name.surname and not w.particle), 0)


def _numbers(first: organisations.Parts | None, second: organisations.Parts | None) -> int:
    return len(first.numbers ^ second.numbers) if first and second else 0


def _legal(first: organisations.Parts | None, second: organisations.Parts | None) -> int:
    if first is None or second is None or not (first.legal and second.legal):
        return 0
    return 1 if first.legal & second.legal else -1


# What each part of an account weighs in the log-odds of one name. Fitted with every sign held, on the development
# halves of the sets of bench/pairs.py, each set weighing the same, and rounded; decision 0011 has the figures.
_BEGIN, _AGREED, _SHARE, _STRAIN, _CONFLICT = 1.9, 2.0, 0.5, 0.6, 0.02
_EXTRA, _CROSSED, _SURNAMES, _THIN, _NOTHING, _CONTRADICTED = 0.02, 0.4, 0.45, 1.2, 1.3, 4.0
_DATE, _HEADLESS = 0.4, 0.8
FULL, CONTRADICTION = (
    20.0,
    5.0,
)  # bits: agreement counts less and less beyond; conflict that is a contradiction


def _odds_of_people(a: Account) -> float:
    """Log-odds that two names are one person's."""
    thin = _THIN * (a.agreements < 2) + _NOTHING * (a.agreements < 1)
    against = (
        _STRAIN * a.strain + _CONFLICT * a.conflict + _EXTRA * a.extra + _CROSSED * min(a.crossed, 2) + thin
    )
    against += (
        _CONTRADICTED * min(a.conflict / CONTRADICTION, 1.0) + _SURNAMES * a.surnames + _HEADLESS * a.headless
    )
    return _BEGIN + _AGREED * _saturating(a.agreed) + _SHARE * a.share - against + _DATE * a.date


# The same for organisations: what is added to a name matters, numbers matter, legal forms hardly.
_BEGIN_O, _AGREED_O, _SHARE_O, _STRAIN_O, _CONFLICT_O, _EXTRA_O = -0.2, 1.5, 3.0, 0.8, 0.06, 0.1
_NUMBERS_O, _LEGAL_O, _CONTRADICTED_O = 0.8, 0.6, 2.5


def _odds_of_organisations(a: Account) -> float:
    """Log-odds that two names are one organisation's."""
    against = _STRAIN_O * a.strain + _CONFLICT_O * a.conflict + _EXTRA_O * a.extra + _NUMBERS_O * a.numbers
    against += _CONTRADICTED_O * min(a.conflict / CONTRADICTION, 1.0)
    return (
        _BEGIN_O
        + _AGREED_O * _saturating(a.agreed)
        + _SHARE_O * a.share
        - against
        + _LEGAL_O * (a.legal if a.legal >= 0 else 3 * a.legal)
    )


def _saturating(bits: float) -> float:
    """0 for nothing, 1 for much; falls on below nothing."""
    return 1.0 - exp(-bits / FULL) if bits > 0 else bits / FULL


ACRONYM = Pairing((0,), (0,), "its initials", 10.0, 3.0)


def compare(name1: str, name2: str, dob1: str = "", dob2: str = "", kind: str = AUTO) -> Comparison:
    """How likely two names, with dates of birth where known (`1984-02-03`, `1984-02`, `1984`), are one's, and why.

    kind: `person`, `organisation`, or `auto`, which looks for legal forms and words of trade. Symmetric.
    Raises ValueError for another kind, or a date that is not one.
    """
    date, words = _dates(born(dob1), born(dob2))
    return _compare(name1, name2, kind, date, words)


def _compare(name1: str, name2: str, kind: str, date: float, words: str) -> Comparison:
    if name2 < name1:
        name1, name2 = name2, name1
    organised = _is_organisation(name1, name2, kind)
    first, second = (
        (organisation(name1), organisation(name2)) if organised else (person(name1), person(name2))
    )
    made, chosen = account(first, second, date)
    if organised and (short := _acronym(first, second)):
        made, chosen = (
            replace(made, agreed=ACRONYM.bits, share=0.7, strain=0.5, conflict=0.0),
            [short],
        )
    odds = _odds_of_organisations(made) if organised else _odds_of_people(made)
    return Comparison(
        1.0 / (1.0 + exp(-min(odds, 30.0))), tuple(_reasons(made, chosen, first, second, words))
    )


def _is_organisation(name1: str, name2: str, kind: str) -> bool:
    if kind not in (AUTO, PERSON, ORGANISATION):
        raise ValueError(f"{kind!r} is not a kind of name: {AUTO}, {PERSON} or {ORGANISATION}")
    return kind == ORGANISATION or (kind == AUTO and any(map(organisations.looks_like_one, (name1, name2))))


def _acronym(first: Name, second: Name) -> Pairing | None:
    """A word of one organisation that is the initials of the other."""
    for a, b in ((first, second), (second, first)):
        if a.parts and b.parts and any(w.text in b.parts.initials for w in a.words):
            return ACRONYM
    return None


def born(date: str) -> int:
    """The date code of `1984-02-03`, `1984-02` or `1984`; 0 for an empty text. Raises ValueError for anything else."""
    if not date.strip():
        return 0
    match = _DATE_TEXT.fullmatch(date.strip())
    if match is None:
        raise ValueError(f"{date!r} is not a date of birth: write 1984-02-03, 1984-02 or 1984")
    year, month, day = (int(part or 0) for part in match.groups())
    return dob_code(year, month, day)


_DATE_TEXT = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


def _dates(first: int, second: int) -> tuple[float, str]:
    """(bits, words) of two dates of birth."""
    agreement = grade(first, second)
    if agreement == Grade.MISSING:
        return 0.0, ""
    if agreement == Grade.DIFFERENT:
        return -LOSS[agreement] / BIT, WORDS[agreement]
    known = DATE_BITS if agreement not in (Grade.YEAR_KNOWN, Grade.YEAR_NEAR) else DATE_BITS - 8.5
    return max(known - LOSS[agreement] / BIT, -LOSS[Grade.DIFFERENT] / BIT), WORDS[agreement]


def _reasons(made: Account, chosen: Sequence[Pairing], first: Name, second: Name, date: str) -> Iterator[str]:
    for p in sorted(chosen, key=lambda p: -p.bits):
        mine, theirs = (
            " ".join(side[i].text for i in places)
            for side, places in ((first.words, p.first), (second.words, p.second))
        )
        yield f"{mine} = {theirs} ({p.how}) {p.bits:+.1f}" if mine != theirs else f"{mine} {p.bits:+.1f}"
    for words, used in (
        (first.words, {i for p in chosen for i in p.first}),
        (second.words, {j for p in chosen for j in p.second}),
    ):
        if rest := [w.text for i, w in enumerate(words) if i not in used]:
            yield f"only in one: {' '.join(rest)}"
    if made.crossed:
        yield "in another order"
    if made.surnames:
        yield "surnames differ"
    if made.numbers:
        yield "numbers differ"
    if made.legal:
        yield "legal forms of one kind" if made.legal > 0 else "legal forms of another kind"
    if date:
        yield f"{date} {made.date:+.1f}"


def scores(
    first: Strings,
    second: Strings,
    born1: NDArray[np.int32] | None = None,
    born2: NDArray[np.int32] | None = None,
    kind: str = AUTO,
) -> NDArray[np.float64]:
    """The score of every pair of two columns of names, with columns of date codes where given: float64[n]."""
    out = np.empty(len(first), np.float64)
    for row, (a, b) in enumerate(zip(first, second, strict=True)):
        date, words = (
            _dates(int(born1[row]), int(born2[row])) if born1 is not None and born2 is not None else (0.0, "")
        )
        out[row] = _compare(a, b, kind, date, words).score
    return out
