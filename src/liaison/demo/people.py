"""Drawing invented people: region, names, date of birth, document, all from one seeded generator."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liaison.demo.names import NATIONALITIES, SHARES, Name, Region, regions

COMMON = 0.8  # the exponent by which a name's share falls with its rank (Zipf)
FIRST, LIKELIEST, LAST = (np.datetime64(f"{year}-01-01") for year in (1940, 1985, 2008))
JANUARY = 0.03  # dates registered as 1 January
MEN = 0.68
LETTERS = np.array(list("ABCDEFGHJKLMNPRTUVXYZ"))


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person."""

    given: tuple[Name, ...]
    family: tuple[Name, ...]
    born: str
    sex: str
    nationality: str
    document: str


def draw(rng: np.random.Generator, count: int) -> list[Person]:
    """`count` people. Two people may share every name; no two share a document number but by chance."""
    share = np.array(list(SHARES.values()), float)
    region = rng.choice(len(share), count, p=share / share.sum())
    man = rng.random(count) < MEN
    born, papers = dates(rng, count), documents(rng, count)
    found: list[Person | None] = [None] * count
    for number, of_region in enumerate(regions()):
        for sex, pool in (("M", of_region.men), ("F", of_region.women)):
            here = np.flatnonzero((region == number) & (man == (sex == "M")))
            for at, given, family, nation in zip(
                here.tolist(), *_names(rng, of_region, pool, len(here)), strict=True
            ):
                found[at] = Person(given, family, str(born[at]), sex, nation, str(papers[at]))
    return [person for person in found if person]


Pool = list[tuple[Name, ...]]


def _names(
    rng: np.random.Generator, region: Region, pool: tuple[Name, ...], count: int
) -> tuple[Pool, Pool, list[str]]:
    second_given = 0.3 if region.code in ("ARA", "ESP", "FRA", "ROU") else 0.1
    second_family = {"ESP": 0.85, "ARA": 0.3}.get(region.code, 0.05)
    nations = NATIONALITIES.get(region.code, (region.code,))
    chosen = [nations[at] for at in rng.integers(len(nations), size=count)]
    return _tokens(rng, pool, count, second_given), _tokens(rng, region.family, count, second_family), chosen


def _tokens(rng: np.random.Generator, pool: tuple[Name, ...], count: int, second: float) -> Pool:
    share = 1 / (np.arange(len(pool)) + 3) ** COMMON
    drawn = rng.choice(len(pool), (2, count), p=share / share.sum())
    two = (rng.random(count) < second) & (drawn[0] != drawn[1])
    return [
        (pool[a], pool[b]) if both else (pool[a],)
        for a, b, both in zip(*drawn.tolist(), two.tolist(), strict=True)
    ]


def dates(rng: np.random.Generator, count: int) -> NDArray[np.str_]:
    """Dates of birth as text."""
    last = float((LAST - FIRST).astype(int))
    days = rng.triangular(0, float((LIKELIEST - FIRST).astype(int)), last, count).astype(int)
    born = FIRST + days
    years = born.astype("datetime64[Y]").astype("datetime64[D]")
    return np.where(rng.random(count) < JANUARY, years, born).astype(str)


def documents(rng: np.random.Generator, count: int) -> NDArray[np.str_]:
    """Document numbers: a letter and eight digits."""
    digits = np.char.zfill(rng.integers(10**8, size=count).astype(str), 8)
    return np.char.add(LETTERS[rng.integers(len(LETTERS), size=count)], digits)
