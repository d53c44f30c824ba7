"""How common names and dates are: what decides how much a match key must hold before it is worth publishing.

A holder counts its own publishable records, blends the counts with the public shares that come with the normaliser
(`shares.tsv`, from the engine's CC0 and public-domain tables), and publishes of each record the coarsest key that a
stranger would meet by chance less often than `matchkeys` allows. The counts stay with the holder: an asker asks for
every grade of a key, and sees only which one there is. The asker uses the public shares alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from liaison.crosscheck.likeness.words import Word, words

BEGINS = (2, 3)  # lengths of the beginnings of a skeleton that may stand for a token
END = 2  # and of its end
LITTLE = 300  # records that outweigh the public shares
UNSEEN = 0.35  # of the public shares: given to skeletons that the table does not hold, by their sounds
PER_PERSON = 2.4  # tokens of a name
TOGETHER, NEAR = 5.7, 2.8  # how much likelier two tokens, a token and a beginning are in one name than apart
ALIKE = 0.3  # of the bearers of a skeleton, the public share of who have the same sounds
REMEMBERED = 1 << 17  # tokens whose weights are
PLACES = 100  # over which places that nothing is known of are spread
SPREAD = 100_000  # dates that outweigh an even spread over the days of a year
YEARS, DAYS = 70, 366  # over which dates that nothing is known of are spread


@dataclass(frozen=True, slots=True)
class Public:
    """Shares of tokens: by skeleton, by its beginning, by first sound, by the skeleton's end."""

    bones: dict[str, float]
    begins: dict[str, float]
    starts: dict[str, float]
    ends: dict[str, float]


@cache
def public() -> Public:
    """The table that comes with the normaliser: a kind, a key, and -log2 of its share in tenths of a bit."""
    found: dict[str, dict[str, float]] = {"bones": {}, "begins": {}, "starts": {}}
    for line in (files(__package__) / "shares.tsv").read_text("ascii").splitlines():
        if not line.startswith("#"):
            kind, key, bits = line.split("\t")
            found[kind][key] = 2 ** (-int(bits) / 10)
    ends: dict[str, float] = {}
    for bones, share in found["bones"].items():
        ends[bones[-END:]] = ends.get(bones[-END:], 0.0) + share
    return Public(**found, ends=ends)


@lru_cache(maxsize=1 << 16)
def public_share(bones: str) -> float:
    """The share of a skeleton among tokens; of one that is not in the table, by its length."""
    unseen = UNSEEN * 0.2 * 0.15 ** len(bones) / 0.15
    return (1 - UNSEEN) * public().bones.get(bones, 0.0) + unseen


def _begin_share(begin: str) -> float:
    return public().begins.get(begin, 0.0) + 0.0005


def _end_share(end: str) -> float:
    return public().ends.get(end, 0.0) + 0.0005


def _start_share(start: str) -> float:
    return public().starts.get(start, 0.0) + 0.0005


class Weight(NamedTuple):
    """What is known of one token, as shares of people: who has one of its skeleton, and one that is written like it;
    and of the bearers of another token those who have besides it one that begins like this, by how many sounds of it
    are read, and one that ends like this."""

    bones: float
    near: float
    begins: tuple[float, ...]
    end: float


@dataclass
class Shares:
    """What a holder's own records say, blended with the public shares. All that are asked for are shares of people.

    Weights of tokens and days are remembered until more is counted."""

    people: int = 0
    tokens: int = 0
    dated: int = 0  # people of whom the year is known, and the day
    settled: int = 0
    vague: int = 0  # born on 1 January of some year, as far as is recorded
    bones: Counter[str] = field(default_factory=Counter)
    begins: Counter[str] = field(default_factory=Counter)
    starts: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    sounds: Counter[str] = field(default_factory=Counter)
    years: Counter[str] = field(default_factory=Counter)
    days: Counter[str] = field(default_factory=Counter)
    places: Counter[str] = field(default_factory=Counter)
    placed: int = 0  # people of whom the place of birth is known

    def __post_init__(self) -> None:
        self._weights: dict[Word, Weight] = {}
        self._days: dict[str, float] = {}

    def count(self, names: Iterable[tuple[str, str, str]], dates: Iterable[str], place: str = "") -> None:
        """One more person: names as (given, surname, full), dates as ISO 8601 as far as they are known."""
        self._weights.clear()
        self._days.clear()
        self.people += 1
        for parts in names:
            for token in (token for part in parts for token in words(part)):
                self._count_word(token[0])
        if place:
            self.placed += 1
            self.places[place] += 1
        for date in dates:
            self.dated += 1
            self.years[date[:4]] += 1
            if len(date) == 10:
                self.settled += 1
                self.vague += date.endswith("-01-01")
                self.days[settled(date)] += 1

    def _count_word(self, word: Word) -> None:
        self.tokens += 1
        self.bones[word.bones] += 1
        self.starts[word.start] += 1
        self.ends[word.bones[-END:]] += 1
        self.sounds[word.sounds] += 1
        for length in BEGINS:
            self.begins[f"{length}{word.bones[:length]}"] += 1

    def weight(self, word: Word) -> Weight:
        """What is known of a token."""
        found = self._weights.get(word)
        if found is None:
            if len(self._weights) == REMEMBERED:
                self._weights.clear()
            found = self._weights[word] = self._weighed(word)
        return found

    def _weighed(self, word: Word) -> Weight:
        longer = (self.of_begin(word.bones, length) for length in BEGINS[: 2 if len(word.bones) > 2 else 1])
        begins = (min(share * NEAR, 1.0) for share in (self.of_start(word.start), *longer))
        end = min(self.of_end(word.bones) * NEAR, 1.0)
        return Weight(self.of_bones(word.bones), self.of_near(word), (1.0, *begins), end)

    def _blend(self, key: str, counts: Counter[str], common: float) -> float:
        prior = LITTLE * PER_PERSON
        return (counts.get(key, 0) + prior * common) / (self.tokens + prior) * PER_PERSON

    def of_bones(self, bones: str) -> float:
        """Of people with a token of this skeleton in their name."""
        return self._blend(bones, self.bones, public_share(bones))

    def of_sounds(self, word: Word) -> float:
        """Of people with a token of the same sounds."""
        return self._blend(word.sounds, self.sounds, ALIKE * public_share(word.bones))

    def of_near(self, word: Word) -> float:
        """Of people with a token that is written like this one."""
        return self.of_bones(word.bones) if word.near == word.bones else self.of_sounds(word)

    def of_begin(self, bones: str, length: int) -> float:
        """Of people with a token whose skeleton begins like this one's, for so many consonants."""
        begin = f"{length}{bones[:length]}"
        return self._blend(begin, self.begins, _begin_share(begin))

    def of_end(self, bones: str) -> float:
        """Of people with a token whose skeleton ends like this one's."""
        return self._blend(bones[-END:], self.ends, _end_share(bones[-END:]))

    def of_start(self, start: str) -> float:
        """Of people with a token of this first sound."""
        return self._blend(start, self.starts, _start_share(start))

    @staticmethod
    def of_both(one: float, two: float) -> float:
        """Of people with both of two tokens, by their shares: names of one origin go together."""
        return min(0.6 * TOGETHER * one * two, 1.0)

    def of_year(self, year: str) -> float:
        """Of people born in this year."""
        return (self.years[year] + LITTLE / YEARS) / (self.dated + LITTLE)

    def of_day(self, day: str) -> float:
        """Of people born on this settled day; 1 January of a year may be many people's."""
        found = self._days.get(day)
        if found is None:
            even = self.of_year(day[:4]) / DAYS * (2.0 if day[6:] <= "12" and day[4:6] != day[6:] else 1.0)
            found = self._days[day] = (self.days[day] + SPREAD * even) / (self.settled + SPREAD)
        return found

    def of_place(self, place: str) -> float:
        """Of people born in this place, who have it on record."""
        return (self.places[place] + LITTLE / PLACES) / (self.placed + LITTLE)

    @property
    def undated(self) -> int:
        """Records whose day of birth is not known, or is 1 January: how many."""
        return max(self.people - self.settled, 0) + self.vague


@lru_cache(maxsize=1 << 15)
def settled(date: str) -> str:
    """A whole date as YYYYMMDD, the lesser of month and day first where either may be the month: a date with both
    changed for one another reads the same."""
    year, month, day = date.split("-")
    first, second = (month, day) if day > "12" or month <= day else (day, month)
    return f"{year}{first}{second}"
