"""Match keys: what two agencies' versions of one person or thing have in common, as bytes that agree or do not.

    family  made of                                                                    made by
    S       two tokens' skeletons and the date of birth                                both
    N       two tokens as they are written, nearly, and the date                       both; around the date the asker
    YS, Y   two tokens' skeletons, or all their sounds, and the year                   holder, for records without a day
    W0-W3   one token, nearly, the beginning of another (0 to 3 sounds), the date      both
    WE, WP  one token, nearly, the end of another, or the place of birth; the date     both
    L       two skeletons, the year and the place of birth                             holder, where N is not
    the families of things: see `things`

"Nearly" as written is a long skeleton, or all sounds of a token whose skeleton is short (`words.Word.near`).
The holder makes of the leading pair N, and for each token of it the first of W0 to W3, WE where that says more than
this one, WP where this one is fine; of every pair S, unless a W is met wherever S is. Each where a stranger meets
it less often than its limit, by the holder's own `Shares`. The asker does not know those: it asks for all of them, and
around the date for the errors that dates of birth have, under N alone.

The output is the normaliser VERSION: any change of it is a new version. Two nodes of different versions refuse one
another; tests/crosscheck/likeness/test_matchkeys.py holds a digest of thousands of keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from itertools import chain
from typing import NamedTuple

from liaison.crosscheck.likeness.shares import END, Shares, public_share, settled
from liaison.crosscheck.likeness.things import thing_keys
from liaison.crosscheck.likeness.words import Pair, Word, leading, pairs, placed
from liaison.model.subjects import AnySubject, Person

VERSION = "liaison-xc/v1"
MOST_KEYS = 64  # of a record; of a question four times as many
MOST_DATES, MOST_NAMES = 3, 12


@dataclass(frozen=True, slots=True)
class Limit:
    """Chance overlaps to expect of one key in the holder's whole set; above it a key says too little to be published.

    most: for up to FEW people; with more it falls by this power, so that all keys of a suspect together meet strangers
    about as seldom in a large set as in a small one."""

    most: float
    falls: float = 0.0

    def at(self, people: int) -> float:
        """The limit of a holder of so many."""
        return float(self.most * (max(people, FEW) / FEW) ** -self.falls)


@lru_cache(maxsize=16)
def _limits(people: int) -> dict[str, float]:
    return {family: limit.at(people) for family, limit in LIMITS.items()}


# Chosen on seeds 12 and 13 of bench/crosscheck_keys.py, at 100,000 and 1,000,000 people.
FEW = 100_000
LIMITS = {
    "S": Limit(0.5, 0.9), "N": Limit(0.03, 1.5), "Y": Limit(0.1, 1.6), "YS": Limit(0.03, 1.5), "L": Limit(0.01, 0.15),
    "W0": Limit(0.008, 1.6), "W1": Limit(0.3, 1.4), "W2": Limit(0.02, 0.12), "W3": Limit(0.02, 0.0),
    "WE": Limit(0.03, 1.43), "WP": Limit(0.005, 0.0),
}  # fmt: skip
GRADES = range(4)  # sounds of the other token in W
TOKEN = tuple(f"W{grade}" for grade in GRADES)

DAYS = (1, 2, 3, 9, 10, 20)  # by which a day is off: neighbours, digits misread or changed for one another
MONTHS, YEARS = (1, 2, 10), (1, 2, 10)
EXACT = "exact"


class MatchKey(NamedTuple):
    """A family and a text; `says` how far what is asked for stands from what the asker has."""

    family: str
    text: bytes
    says: str = EXACT


def evaluated(holder: str, key: MatchKey, version: str = VERSION) -> bytes:
    """The input of the VOPRF: every part after its length (two bytes), so that no two keys give the same bytes."""
    return _before(version, holder, key.family) + len(key.text).to_bytes(2, "big") + key.text


@lru_cache(maxsize=1 << 10)
def _before(version: str, holder: str, family: str) -> bytes:
    """What stands before the text of every key of a holder and family."""
    parts = (version.encode(), holder.encode(), family.encode())
    return b"".join(len(part).to_bytes(2, "big") + part for part in parts)


def no_keys(mark: bytes, link: bytes, count: int) -> list[bytes]:
    """So many inputs that no record has: a mark, and 32 bytes of which each is the hash of the one before."""
    found = []
    for _ in range(count):
        found.append(mark + link)
        link = sha256(link).digest()
    return found


class Known(NamedTuple):
    """A person as keys are made of: names as (given, surname, full), dates as ISO 8601, the place of birth `placed`."""

    names: tuple[tuple[str, str, str], ...]
    dates: tuple[str, ...] = ()
    place: str = ""

    @classmethod
    def of(cls, person: Person) -> Known:
        """The same of a subject."""
        names = tuple((name.given, name.surname, name.full) for name in person.names[:MOST_NAMES])
        return cls(names, tuple(map(str, person.born[:MOST_DATES])), placed(person.birthplace))

    def pairs(self) -> list[Pair]:
        """Every pair of tokens of every name, once."""
        if len(self.names) == 1:
            return pairs(*self.names[0])
        return list(dict.fromkeys(pair for name in self.names for pair in pairs(*name)))

    def leading(self) -> list[Pair]:
        """The leading pairs of every name, once."""
        if len(self.names) == 1:
            return leading(*self.names[0])
        return list(dict.fromkeys(pair for name in self.names for pair in leading(*name)))


def survey(subjects: Iterable[AnySubject]) -> Shares:
    """What a holder's publishable records say of how common names and dates are: the first of its two passes."""
    shares = Shares()
    for subject in subjects:
        if isinstance(subject, Person):
            known = Known.of(subject)
            shares.count(known.names, known.dates, known.place)
    return shares


def of_record(subject: AnySubject, shares: Shares) -> list[MatchKey]:
    """The keys of a holder's record, each once. Only for records that `rules.unpublished` lets through."""
    return made_of(_texts(subject), Known.of(subject) if isinstance(subject, Person) else None, shares)


def made_of(texts: Iterable[tuple[str, str]], known: Known | None, shares: Shares) -> list[MatchKey]:
    """The keys of a holder's record of which the things' (family, text) are known, and who the person is."""
    found = dict.fromkeys(MatchKey(family, text.encode()) for family, text in texts)
    if known is not None:
        found |= dict.fromkeys(held(known, shares))
    return list(found)[:MOST_KEYS]


def of_question(subject: AnySubject) -> list[MatchKey]:
    """The keys that an asker asks for: each text once, the likelier reading of it first."""
    found: dict[tuple[str, bytes], MatchKey] = {}
    keys = [MatchKey(family, text.encode()) for family, text in _texts(subject)]
    if isinstance(subject, Person):
        keys += asked(Known.of(subject))
    for key in keys:
        found.setdefault((key.family, key.text), key)
    return list(found.values())[: 4 * MOST_KEYS]


def _texts(subject: AnySubject) -> Iterator[tuple[str, str]]:
    """(family, text) of the keys of a thing, or of a person's documents."""
    things: Sequence[AnySubject] = subject.documents if isinstance(subject, Person) else (subject,)
    return chain.from_iterable(map(thing_keys, things))


def held(known: Known, shares: Shares) -> Iterator[MatchKey]:
    """The keys of a person on record; some more than once."""
    for date in known.dates:
        if len(date) < 10 or date.endswith("-01-01"):
            yield from _of_year(known, date[:4], shares)
        if len(date) == 10:
            yield from _of_day(known, settled(date), shares)


def _of_year(known: Known, year: str, shares: Shares) -> Iterator[MatchKey]:
    strangers, limits = shares.undated * shares.of_year(year), _limits(shares.people)
    for a, b in known.pairs():
        if strangers * _apart(a, b, shares) <= limits["YS"]:
            yield _key("YS", a.bones, b.bones, year)
        elif strangers * shares.of_both(shares.of_sounds(a), shares.of_sounds(b)) <= limits["Y"]:
            yield _key("Y", a.sounds, b.sounds, year)


class _Day(NamedTuple):
    """What keys of one day are chosen by: the day, `settled`; how many people on record were born on it."""

    day: str
    strangers: float
    place: str
    shares: Shares
    limits: dict[str, float]


def _of_day(known: Known, day: str, shares: Shares) -> Iterator[MatchKey]:
    strangers = shares.people * shares.of_day(day)
    on = _Day(day, strangers, known.place, shares, _limits(shares.people))
    alone, said = set[Word](), set[Pair]()
    for a, b in known.leading():
        yield from _of_both(a, b, on)
        for whole, other in ((a, b), (b, a)):
            met = strangers * shares.weight(whole).near
            grade = _grade(met, other, on)
            yield from _of_token(whole, met, other, grade, on)
            if whole.near == whole.bones and _absorbs(grade, other):
                said.add((a, b))
                alone.update((whole,) if grade == 0 else ())
    for a, b in known.pairs():
        needed = (a, b) not in said and alone.isdisjoint((a, b))
        if needed and strangers * _apart(a, b, shares) <= on.limits["S"]:
            yield _key("S", a.bones, b.bones, day)


def _of_token(whole: Word, met: float, other: Word, grade: int | None, on: _Day) -> list[MatchKey]:
    """The keys of one token, which `met` people of that day have, and something of the other: its beginning, its end,
    or the place of birth instead."""
    found = [] if grade is None else [_token_key(whole, other, TOKEN[grade], on.day)]
    if not _ends_within(grade, other) and met * on.shares.weight(other).end <= on.limits["WE"]:
        found.append(_token_key(whole, other, "WE", on.day))
    if on.place and (grade is None or grade > 1) and met * on.shares.of_place(on.place) <= on.limits["WP"]:
        found.append(_placed_key(whole, on.place, on.day))
    return found


def _absorbs(grade: int | None, other: Word) -> bool:
    """Whether this grade of W is met wherever S is."""
    return grade is not None and (grade != 1 or other.bones.startswith(other.start))


def _ends_within(grade: int | None, other: Word) -> bool:
    """Whether this grade of W is met wherever the token's end is."""
    return grade == 0 or (grade == 2 and len(other.bones) <= END)


def _of_both(a: Word, b: Word, on: _Day) -> list[MatchKey]:
    """The key of both tokens as they are written, or where they are too common, by skeletons, year and place."""
    shares, year = on.shares, on.day[:4]
    if on.strangers * _together(a, b, shares) <= on.limits["N"]:
        return [_key("N", a.near, b.near, on.day)]
    if on.place:
        met = shares.people * _apart(a, b, shares) * shares.of_year(year) * shares.of_place(on.place)
        if met <= on.limits["L"]:
            return [_key("L", a.bones, b.bones, year, on.place)]
    return []


def _apart(a: Word, b: Word, shares: Shares) -> float:
    return shares.of_both(shares.weight(a).bones, shares.weight(b).bones)


def _together(a: Word, b: Word, shares: Shares) -> float:
    return shares.of_both(shares.weight(a).near, shares.weight(b).near)


def _grade(met: float, other: Word, on: _Day) -> int | None:
    """The fewest sounds of the other token with which one that so many have is telling enough; None where none are."""
    for grade, beginning in enumerate(on.shares.weight(other).begins):
        if met * beginning <= on.limits[TOKEN[grade]]:
            return grade
    return None


def _grades(other: Word) -> Iterable[int]:
    """How many sounds of a token may stand for it."""
    return GRADES if len(other.bones) > 2 else GRADES[:3]


def asked(known: Known) -> Iterator[MatchKey]:
    """The keys that are asked for about a person; some more than once."""
    read, first = known.pairs(), known.leading()
    for date in known.dates:
        for a, b in read:
            if len(date) == 10:
                yield _key("S", a.bones, b.bones, settled(date))
            yield _key("YS", a.bones, b.bones, date[:4])
            yield _key("Y", a.sounds, b.sounds, date[:4])
        for a, b in first:
            if len(date) == 10:
                day = settled(date)
                yield _key("N", a.near, b.near, day)
                for whole, other in ((a, b), (b, a)):
                    yield from (_token_key(whole, other, TOKEN[grade], day) for grade in _grades(other))
                    yield _token_key(whole, other, "WE", day)
                    if known.place:
                        yield _placed_key(whole, known.place, day)
            if known.place:
                yield _key("L", a.bones, b.bones, date[:4], known.place)
        if len(date) == 10 and first:  # around the date under the rarest pair alone: others would add little
            a, b = min(first, key=_seldom)
            yield from (_key("N", a.near, b.near, day, says=says) for day, says in around(date))


def _seldom(pair: tuple[Word, Word]) -> tuple[float, tuple[Word, Word]]:
    return public_share(pair[0].bones) * public_share(pair[1].bones), pair


def around(date: str) -> Iterator[tuple[str, str]]:
    """(settled day, what is off) of the dates that a person of this one may be recorded under by mistake."""
    year, month, day = (int(part) for part in date.split("-"))
    for says, steps in (("year", YEARS), ("month", MONTHS), ("day", DAYS)):
        for step in steps:
            for by in (-step, step):
                y, m, d = (
                    year + by * (says == "year"),
                    month + by * (says == "month"),
                    day + by * (says == "day"),
                )
                if 0 < m < 13 and 0 < d < 32:
                    yield settled(f"{y:04d}-{m:02d}-{d:02d}"), f"{says} {by:+d}"


def _key(family: str, one: str, two: str, *rest: str, says: str = EXACT) -> MatchKey:
    first, second = (one, two) if one <= two else (two, one)
    return MatchKey(family, "|".join((first, second, *rest)).encode(), says)


def _token_key(whole: Word, other: Word, family: str, day: str) -> MatchKey:
    return MatchKey(family, f"{whole.near}|{_beside(other, family)}|{day}".encode())


def _beside(other: Word, family: str) -> str:
    """What of the other token stands in a key of this family."""
    if family == "W1":
        return other.start
    return other.bones[-END:] if family == "WE" else other.bones[: int(family[1])]


def _placed_key(whole: Word, place: str, day: str) -> MatchKey:
    return MatchKey("WP", f"{whole.near}|{place}|{day}".encode())
