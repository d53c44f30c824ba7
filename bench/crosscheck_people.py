"""Synthetic people for the bench of the cross-check: holders' records, and suspects of whom a part is on record.

Names come from Faker's lists of 24 locales and of Arabic and Maghreb names, drawn by Zipf's law; what is wrong with the
suspect's version of a record is one of sixteen classes, 30 % of them none at all. Birthplaces, documents and telephones
are known to one side, to both, or to neither, as the constants say.

Two mixtures, for the notes of the prototype (../shared/crosscheck/design-notes.md, 3.2) leave open what decides:
EQUAL: every error equally often, and one wrong date in ten off by anything. The first design's keys find less on it and
    are falsely hit more than the notes say.
DESCRIBED: what the notes leave open is set by what the prototype found. One pool of Arabic and Maghreb names, not three
    of 27; month and year wrong by the steps that are asked for (the notes found every one); wrong dates and typos RARER
    than the harmless errors, so that the first design's keys find what they found there (.9735 of 100,000).
"""

from __future__ import annotations

import datetime as dt
import importlib
import itertools
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

LOCALES = [
    "bg_BG", "cs_CZ", "da_DK", "de_DE", "el_GR", "en_GB", "es_ES", "et_EE", "fi_FI", "fr_FR", "hr_HR",
    "hu_HU", "it_IT", "lt_LT", "nl_NL", "no_NO", "pl_PL", "pt_PT", "ro_RO", "ru_RU", "sl_SI", "sv_SE",
    "tr_TR", "uk_UA",
]  # fmt: skip
ARABIC = ("ar_AA", "ar_PS", "ar_SA")  # one pool: their lists are short
MAGHREB_GIVEN = [
    "Mohamed", "Ahmed", "Youssef", "Mehdi", "Amine", "Hamza", "Omar", "Ali", "Hassan", "Rachid", "Karim",
    "Said", "Abdelkader", "Abdellah", "Mustapha", "Nabil", "Khalid", "Soufiane", "Ayoub", "Ilyas", "Fatima",
    "Khadija", "Aicha", "Salma", "Zineb", "Nadia", "Samira", "Imane", "Hajar", "Meryem",
]  # fmt: skip
MAGHREB_SURNAME = [
    "Alaoui", "Benali", "Bennani", "Berrada", "Bouazza", "Bouzid", "Chaoui", "Cherkaoui", "Daoudi",
    "ElAmrani", "Fassi", "Haddad", "Hamidi", "Idrissi", "Jabri", "Kabbaj", "Lahlou", "Mansouri", "Naciri",
    "Ouali", "Rahmani", "Saidi", "Tazi", "Tahiri", "Zerouali", "Ziani", "Belkacem", "Boudiaf", "Brahimi",
    "Djebbar", "Gharbi", "Hamdi", "Jebali", "Khelifi", "Mejri", "Trabelsi", "Slimani", "Meziane", "Ouazzani",
    "Benjelloun",
]  # fmt: skip
ERROR_FREE = 0.30
ERRORS = (
    "transliteration", "order swapped", "day and month swapped", "day wrong", "month wrong", "year wrong",
    "date unknown", "middle name dropped", "phonetic, one token", "phonetic, both tokens", "typo in one token",
    "typo and date wrong", "typos in both tokens", "hyphenated or joined", "short name",
)  # fmt: skip
DATE_UNKNOWN = ERRORS[6]  # the record's: see population
SEVERE = (*ERRORS[3:7], *ERRORS[10:13])  # exact keys miss them
RARER = 0.5  # in DESCRIBED, of the harmless ones
PLACE_KNOWN, PLACE_SAME = 0.55, 0.85  # on each side, independently; the same place where both have it
PAPER_HELD, PAPER_SHARED = 0.8, 0.2  # a record's document or telephone; the suspect's is the same one
TWO_GIVEN, TWO_SURNAMES = 0.25, 0.12
YEAR_ONLY = 0.03  # records that give no more of the date of birth; suspects' dates are whole
CITIES = 150  # of each locale, drawn by Zipf's law
PHONETIC = (("ph", "f"), ("ck", "k"), ("sch", "sh"), ("sh", "ch"), ("th", "t"), ("w", "v"), ("y", "i"), ("ou", "u"),
            ("oo", "u"), ("ee", "i"), ("kh", "h"), ("dj", "j"), ("c", "k"), ("ei", "ai"), ("e", "a"), ("o", "u"),
            ("i", "e"), ("a", "e"), ("u", "o"))  # fmt: skip
LETTERS = "aeiourstnlkmdbhgpvz"


@dataclass(frozen=True, slots=True)
class Made:
    """One version of a person. papers: "document/NUMBER" or "phone/NUMBER"."""

    given: tuple[str, ...]
    surname: tuple[str, ...]
    born: str
    place: str = ""
    papers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Population:
    """A holder's records, suspects on record with their record and what is wrong, and suspects who are not."""

    records: list[Made]
    hits: list[tuple[Made, int, str]]
    others: list[Made]


@dataclass(frozen=True, slots=True)
class Mixture:
    """What is wrong how often. stray: how often a wrong month or year is off by anything."""

    weights: tuple[float, ...]
    stray: float
    pooled: bool


EQUAL = Mixture((1.0,) * len(ERRORS), 0.1, pooled=False)
DESCRIBED = Mixture(tuple(RARER if wrong in SEVERE else 1.0 for wrong in ERRORS), 0.0, pooled=True)
MIXTURES = {"people": EQUAL, "described": DESCRIBED}


@dataclass(slots=True)
class _Pool:
    items: Sequence[str]
    weights: list[float] = field(init=False)

    def __post_init__(self) -> None:
        self.weights = list(itertools.accumulate(1 / (rank + 3) ** 0.8 for rank in range(len(self.items))))

    def draw(self, rng: random.Random) -> str:
        return rng.choices(self.items, cum_weights=self.weights)[0]


def _listed(locale: str, *names: str) -> list[str]:
    provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
    found = itertools.chain.from_iterable(getattr(provider, name, ()) or () for name in names)
    return [
        name
        for name in dict.fromkeys(found)
        if isinstance(name, str) and "{{" not in name and " " not in name
    ]


def _lists(locale: str) -> tuple[list[str], list[str]]:
    return (
        _listed(locale, "first_names", "first_names_male", "first_names_female"),
        _listed(locale, "last_names", "last_names_male", "male_last_names", "unisex_last_names"),
    )


def _pools(rng: random.Random, pooled: bool) -> list[tuple[_Pool, _Pool, _Pool]]:
    maghreb = (MAGHREB_GIVEN.copy(), MAGHREB_SURNAME.copy())
    lists = [_lists(locale) for locale in ARABIC]
    arabic = tuple([name for part in lists for name in part[side]] for side in (0, 1))
    joined = (maghreb[0] + arabic[0], maghreb[1] + arabic[1])
    made = [*map(_lists, LOCALES)]
    made = [*made, joined] if pooled else [maghreb, *made, (arabic[0], arabic[1]), (arabic[0], arabic[1])]
    pools = []
    for number, (given, surname) in enumerate(made):
        rng.shuffle(given)
        rng.shuffle(surname)
        cities = [f"{number}-{city}" for city in range(CITIES)]
        pools.append((_Pool(given), _Pool(surname), _Pool([_city(rng, name) for name in cities])))
    return pools


def _city(rng: random.Random, _: str) -> str:
    return "".join(rng.choice("bdfgklmnprstvz") + rng.choice("aeiou") for _ in range(rng.randint(2, 4)))


def _person(rng: random.Random, pools: Sequence[tuple[_Pool, _Pool, _Pool]]) -> tuple[Made, str]:
    """A person as they are, and their place of birth."""
    given, surname, city = rng.choice(pools)
    first, last = given.draw(rng), surname.draw(rng)
    second = given.draw(rng) if rng.random() < TWO_GIVEN else first
    other = surname.draw(rng) if rng.random() < TWO_SURNAMES else last
    start, end, mode = (dt.date(year, 1, 1).toordinal() for year in (1940, 2007, 1986))
    born = dt.date.fromordinal(int(rng.triangular(start, end, mode))).isoformat()
    names = (tuple(dict.fromkeys((first, second))), tuple(dict.fromkeys((last, other))))
    return Made(*names, born), city.draw(rng)


def _paper(rng: random.Random) -> str:
    if rng.random() < 0.6:
        return "document/" + rng.choice("ABCDEFGHKLMNPRTX") + f"{rng.randrange(10**8):08d}"
    return "phone/+" + rng.choice(("49", "33", "355", "216", "40", "212")) + f"{rng.randrange(10**8, 10**9)}"


def edit(text: str, rng: random.Random) -> str:
    """The text with one letter left out, added, replaced, or changed with its neighbour."""
    at, letter, kind = rng.randrange(len(text)), rng.choice(LETTERS), rng.random()
    if kind < 0.3 and len(text) > 2:
        return text[:at] + text[at + 1 :]
    if kind < 0.55:
        return text[:at] + letter + text[at:]
    if kind < 0.85 or len(text) < 2:
        return text[:at] + letter + text[at + 1 :]
    at = max(at, 1)
    return text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :]


def _phonetic(text: str, rng: random.Random) -> str:
    text = text.lower()
    fits = [pair for pair in PHONETIC if pair[0] in text]
    old, new = rng.choice(fits) if fits else ("", "h")
    return text.replace(old, new, 1) if old else text + new


def _one(names: tuple[str, ...], change: Callable[[str], str]) -> tuple[str, ...]:
    return (change(names[0]), *names[1:])


def _spelled(names: Iterable[str], rng: random.Random) -> tuple[str, ...]:
    from liaison.matching.names.romanise import forms

    return tuple(rng.choice(forms(name.lower()) or (name,)) for name in names)


def _date(born: str, wrong: str, rng: random.Random, stray: float) -> str:
    """The date with one part wrong: a neighbour, or one digit misread; now and then anything (a day, one in ten)."""
    year, month, day = (int(part) for part in born.split("-"))
    if wrong == "day and month swapped":
        return f"{year}-{day:02d}-{month:02d}" if day <= 12 else born
    steps = {"day wrong": (1, 1, 2, 3, 9, 10, 20), "month wrong": (1, 2, 10), "year wrong": (1, 1, 2, 10)}[
        wrong
    ]
    anything = 0.1 if wrong == "day wrong" else stray
    while True:
        by = rng.choice(steps) if rng.random() >= anything else rng.randint(1, 28)
        by *= rng.choice((-1, 1))
        try:
            return dt.date(
                year + by * (wrong == "year wrong"),
                month + by * (wrong == "month wrong"),
                day + by * (wrong == "day wrong"),
            ).isoformat()
        except ValueError:
            anything = max(anything, 0.1)  # 29 February is in no year near its own


def damaged(one: Made, wrong: str, rng: random.Random, stray: float) -> Made:
    """The person as another agency has them, with this class of error."""
    given, surname, born = one.given, one.surname, one.born
    if wrong in ("none", DATE_UNKNOWN):
        return one
    if wrong in ERRORS[2:6]:
        return replace(one, born=_date(born, wrong, rng, stray))
    if wrong == "transliteration":
        return replace(one, given=_spelled(given, rng), surname=_spelled(surname, rng))
    if wrong == "order swapped":
        return replace(one, given=surname, surname=given)
    if wrong == "middle name dropped":
        return replace(one, given=given[:1], surname=surname[:1])
    if wrong == "hyphenated or joined":
        return replace(one, given=("".join(given),), surname=("-".join(surname),))
    if wrong == "short name":
        return replace(one, given=(given[0][: max(3, len(given[0]) * 2 // 3)],))
    if wrong.startswith("phonetic"):
        changed = _one(given, lambda text: _phonetic(text, rng)) if "both" in wrong else given
        return replace(one, surname=_one(surname, lambda text: _phonetic(text, rng)), given=changed)
    if wrong == "typos in both tokens":
        return replace(
            one, given=_one(given, lambda t: edit(t, rng)), surname=_one(surname, lambda t: edit(t, rng))
        )
    if rng.random() < 0.5:
        typed = replace(one, given=_one(given, lambda text: edit(text, rng)))
    else:
        typed = replace(one, surname=_one(surname, lambda text: edit(text, rng)))
    kind = rng.choice(ERRORS[3:6])
    return replace(typed, born=_date(born, kind, rng, stray)) if wrong == "typo and date wrong" else typed


def population(records: int, hits: int, others: int, seed: int, mixture: Mixture = EQUAL) -> Population:
    """Records and suspects, the same for the same seed."""
    rng = random.Random(seed)
    pools = _pools(rng, mixture.pooled)
    people = [_person(rng, pools) for _ in range(records)]
    held = []
    for made, place in people:
        papers = (_paper(rng),) if rng.random() < PAPER_HELD else ()
        known = place if rng.random() < PLACE_KNOWN else ""
        born = made.born[:4] if rng.random() < YEAR_ONLY else made.born
        held.append(replace(made, place=known, papers=papers, born=born))
    found = []
    for number in rng.sample(range(records), hits):
        made, place = people[number]
        wrong = "none" if rng.random() < ERROR_FREE else rng.choices(ERRORS, mixture.weights)[0]
        same = held[number].papers if rng.random() < PAPER_SHARED else ()
        if wrong == DATE_UNKNOWN:
            held[number] = replace(held[number], born=made.born[:4])
        asked = replace(
            damaged(made, wrong, rng, mixture.stray),
            papers=same or (_paper(rng),),
            place=_place(rng, place, pools),
        )
        found.append((asked, number, wrong))
    strangers = []
    for _ in range(others):
        made, place = _person(rng, pools)
        strangers.append(replace(made, papers=(_paper(rng),), place=_place(rng, place, pools)))
    return Population(held, found, strangers)


def _place(rng: random.Random, place: str, pools: Sequence[tuple[_Pool, _Pool, _Pool]]) -> str:
    if rng.random() >= PLACE_KNOWN:
        return ""
    return place if rng.random() < PLACE_SAME else rng.choice(pools)[2].draw(rng)
