"""Match keys: what two agencies' versions of one person or thing have in common, as bytes that agree or do not.

    family  made of                                                                    made by
    S, C    two tokens' skeletons and the date of birth; C where the pair is common    both
    Y       two skeletons and the year                                                 holder, for records without a day
    W0-W3   one skeleton, the beginning of another (0 to 3 sounds), the date           both
    L       two skeletons, the year and the place of birth                             holder, where S is C
    the families of things: see `things`

The holder makes one key of S or C for every pair of tokens, and for each token of a pair the first of W0 to W3 that a
stranger meets less often than LIMITS, by the holder's own `Shares`. The asker does not know those: it asks for all of
them, and around the date for the errors that dates of birth have, under S alone.

The output is the normaliser VERSION: any change of it is a new version. Two nodes of different versions refuse one
another; tests/crosscheck/test_matchkeys.py holds a digest of thousands of keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from liaison.crosscheck.shares import NEAR, Shares, public_share, settled
from liaison.crosscheck.things import thing_keys
from liaison.crosscheck.words import Word, pairs, placed
from liaison.model.subjects import AnySubject, Person

VERSION = "liaison-xc/v1"
MOST_KEYS = 64  # of a record; of a question four times as many
MOST_DATES, MOST_NAMES = 3, 12

# Chance overlaps to expect of one key in the holder's whole set; above it a key says too little to be published, or,
# for S, to be asked for around the date. Chosen on seed 12 of bench/crosscheck_keys.py.
LIMIT_AROUND, LIMIT_YEAR, LIMIT_PLACE = 0.0025, 0.02, 0.003
LIMIT_TOKEN = (0.002, 0.008, 0.012, 0.012)  # by the sounds of the other token in W
GRADES = range(len(LIMIT_TOKEN))

DAYS = (1, 2, 3, 9, 10, 20)  # by which a day is off: neighbours, digits misread or changed for one another
MONTHS, YEARS = (1, 2, 10), (1, 2, 10)
EXACT = "exact"


@dataclass(frozen=True, slots=True)
class MatchKey:
    """A family and a text; `says` how far what is asked for stands from what the asker has."""

    family: str
    text: bytes
    says: str = EXACT


def evaluated(holder: str, key: MatchKey) -> bytes:
    """The input of the VOPRF: every part after its length (two bytes), so that no two keys give the same bytes."""
    parts = (VERSION.encode(), holder.encode(), key.family.encode(), key.text)
    return b"".join(len(part).to_bytes(2, "big") + part for part in parts)


@dataclass(frozen=True, slots=True)
class Known:
    """A person as keys are made of: names as (given, surname, full), dates as ISO 8601, the place of birth `placed`."""

    names: tuple[tuple[str, str, str], ...]
    dates: tuple[str, ...] = ()
    place: str = ""

    @classmethod
    def of(cls, person: Person) -> Known:
        """The same of a subject."""
        names = tuple((name.given, name.surname, name.full) for name in person.names[:MOST_NAMES])
        return cls(names, tuple(map(str, person.born[:MOST_DATES])), placed(person.birthplace))

    def pairs(self) -> list[tuple[Word, Word]]:
        """Every pair of tokens of every name, once."""
        return list(dict.fromkeys(pair for name in self.names for pair in pairs(*name)))


def survey(subjects: Iterable[AnySubject]) -> Shares:
    """What a holder's publishable records say of how common names and dates are: the first of its two passes."""
    shares = Shares()
    for subject in subjects:
        if isinstance(subject, Person):
            known = Known.of(subject)
            shares.count(known.names, known.dates, known.place)
    return shares


def of_record(subject: AnySubject, shares: Shares) -> list[MatchKey]:
    """The keys of a holder's record, each once. Only for records that `rules.publishable` lets through."""
    found: dict[MatchKey, None] = {}
    found.update(dict.fromkeys(_of_things(subject)))
    if isinstance(subject, Person):
        found.update(dict.fromkeys(held(Known.of(subject), shares)))
    return list(found)[:MOST_KEYS]


def of_question(subject: AnySubject) -> list[MatchKey]:
    """The keys that an asker asks for: each text once, the likelier reading of it first."""
    found: dict[tuple[str, bytes], MatchKey] = {}
    keys = list(_of_things(subject))
    if isinstance(subject, Person):
        keys += asked(Known.of(subject))
    for key in keys:
        found.setdefault((key.family, key.text), key)
    return list(found.values())[: 4 * MOST_KEYS]


def _of_things(subject: AnySubject) -> Iterator[MatchKey]:
    things: Sequence[AnySubject] = subject.documents if isinstance(subject, Person) else (subject,)
    for thing in things:
        if not isinstance(thing, Person):
            yield from (MatchKey(family, text.encode()) for family, text in thing_keys(thing))


def held(known: Known, shares: Shares) -> Iterator[MatchKey]:
    """The keys of a person on record; some more than once."""
    read = known.pairs()
    for date in known.dates:
        year = date[:4]
        vague = len(date) < 10 or date.endswith("-01-01")
        for a, b in read:
            apart = shares.of_pair(a.bones, b.bones)
            if vague and shares.undated * apart * shares.of_year(year) <= LIMIT_YEAR:
                yield _key("Y", a.bones, b.bones, year)
            if len(date) == 10:
                yield from _of_dated(a, b, settled(date), apart, known.place, shares)


def _of_dated(a: Word, b: Word, day: str, apart: float, place: str, shares: Shares) -> Iterator[MatchKey]:
    strangers = shares.people * shares.of_day(day)  # born on that day
    common = strangers * apart > LIMIT_AROUND
    yield _key("C" if common else "S", a.bones, b.bones, day)
    for whole, other in ((a, b), (b, a)):
        grade = _grade(whole, other, strangers, shares)
        if grade is not None:
            yield _token_key(whole, other, grade, day)
    if (
        common
        and place
        and shares.people * apart * shares.of_year(day[:4]) * shares.of_place(place) <= LIMIT_PLACE
    ):
        yield _key("L", a.bones, b.bones, day[:4], place)


def _grade(whole: Word, other: Word, strangers: float, shares: Shares) -> int | None:
    """The fewest sounds of the other token with which the first is telling enough; None where none are."""
    met = strangers * shares.of_bones(whole.bones)
    for grade in GRADES:
        if grade > 2 and len(other.bones) < grade:
            return None
        share = (
            1.0
            if grade == 0
            else shares.of_start(other.start)
            if grade == 1
            else shares.of_begin(other.bones, grade)
        )
        if met * min(share * (NEAR if grade else 1.0), 1.0) <= LIMIT_TOKEN[grade]:
            return grade
    return None


def _beginning(other: Word, grade: int, shares: Shares) -> float:
    """The share of bearers of one token who have another that begins like this one."""
    if grade == 0:
        return 1.0
    share = shares.of_start(other.start) if grade == 1 else shares.of_begin(other.bones, grade)
    return min(share * NEAR, 1.0)


def asked(known: Known) -> Iterator[MatchKey]:
    """The keys that are asked for about a person; some more than once."""
    read = known.pairs()
    for date in known.dates:
        for a, b in read:
            yield _key("Y", a.bones, b.bones, date[:4])
            if len(date) == 10:
                day = settled(date)
                yield _key("S", a.bones, b.bones, day)
                yield _key("C", a.bones, b.bones, day)
                for whole, other in ((a, b), (b, a)):
                    grades = [grade for grade in GRADES if grade < 3 or len(other.bones) >= grade]
                    yield from (_token_key(whole, other, grade, day) for grade in grades)
            if known.place:
                yield _key("L", a.bones, b.bones, date[:4], known.place)
        if (
            len(date) == 10 and read
        ):  # around the date under the rarest pair alone: the others would add little
            a, b = min(
                read, key=lambda pair: (public_share(pair[0].bones) * public_share(pair[1].bones), pair)
            )
            yield from (_key("S", a.bones, b.bones, day, says=says) for day, says in around(date))


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


def _token_key(whole: Word, other: Word, grade: int, day: str) -> MatchKey:
    beside = "" if grade == 0 else other.start if grade == 1 else other.bones[:grade]
    return MatchKey(f"W{grade}", f"{whole.bones}|{beside}|{day}".encode())
