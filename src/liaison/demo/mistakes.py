"""What happens to a name, a date and a document number between two offices: the mistakes that planted people bear."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from liaison.demo.names import Name, plain
from liaison.demo.people import Person, documents

NAME_MISTAKES = {  # of 100 planted people
    "none": 18, "another romanisation": 22, "one letter wrong": 16, "two letters wrong": 8,
    "names in the other order": 9,
    "second name left out": 11, "names written together": 6, "surname cut off": 5, "only an initial": 5,
}  # fmt: skip
DATE_MISTAKES = {
    "none": 74, "missing": 5, "day and month swapped": 6, "year off by one": 5, "1 January": 5, "another day": 5,
}  # fmt: skip
DOCUMENT_MISTAKES = {"another document": 75, "none": 20, "one digit wrong": 5}
ALPHABET = "aeiourstnlkmdbh"


@dataclass(frozen=True, slots=True)
class Spelt:
    """A passenger as a carrier's system writes one, and what went wrong on the way."""

    given: str
    family: str
    born: str
    document: str
    name_mistake: str = ""
    date_mistake: str = ""
    document_mistake: str = ""


def faithful(person: Person) -> Spelt:
    """The person as a passenger without any mistake: the usual spelling, without accents."""
    return Spelt(
        _written(_usual(person.given)), _written(_usual(person.family)), person.born, person.document
    )


def mistaken(rng: np.random.Generator, person: Person) -> Spelt:
    """The person as a passenger with mistakes, each drawn by its share."""
    name, given, family = _name_mistake(rng, person)
    date, born = _date_mistake(rng, person.born)
    paper, document = _document_mistake(rng, person.document)
    return Spelt(_written(given), _written(family), born, document, name, date, paper)


def _usual(names: tuple[Name, ...]) -> list[str]:
    return [name.latin[0] for name in names]


def _written(words: list[str]) -> str:
    return plain(" ".join(words)).upper()


def _pick(rng: np.random.Generator, shares: dict[str, int]) -> str:
    share = np.array(list(shares.values()), float)
    return str(rng.choice(list(shares), p=share / share.sum()))


def _name_mistake(rng: np.random.Generator, person: Person) -> tuple[str, list[str], list[str]]:
    kind, given, family = _pick(rng, NAME_MISTAKES), _usual(person.given), _usual(person.family)
    if kind == "second name left out" and len(given) == len(family) == 1:
        kind = "one letter wrong"  # there is no second name to leave out
    if kind == "another romanisation":
        given, family = (
            [name.latin[rng.integers(len(name.latin))] for name in names]
            for names in (person.given, person.family)
        )
        kind = kind if (given, family) != (_usual(person.given), _usual(person.family)) else "none"
    elif kind in ("one letter wrong", "two letters wrong"):
        for _ in range(1 + kind.startswith("two")):
            words = family if rng.random() < 0.55 else given
            at = int(rng.integers(len(words)))
            words[at] = wrong_letter(rng, words[at])
    elif kind == "names in the other order":
        given, family = family, given
    elif kind == "second name left out":
        given, family = (given[:1], family) if len(given) > 1 else (given, family[:1])
    elif kind == "names written together":
        given, family = ["".join(given)], ["".join(" ".join(family).split())]
    elif kind == "surname cut off":
        family = [" ".join(family)[: max(5, len(" ".join(family)) - 3)]]
    elif kind == "only an initial":
        given = [given[0][0], *given[1:]]
    return kind, given, family


def wrong_letter(rng: np.random.Generator, word: str) -> str:
    """The word with one letter left out, put in, replaced, or changed with its neighbour."""
    at, letter = int(rng.integers(len(word))), ALPHABET[rng.integers(len(ALPHABET))]
    changed = (
        word[:at] + word[at + 1 :],
        word[:at] + letter + word[at:],
        word[:at] + letter + word[at + 1 :],
        word[: max(at - 1, 0)] + word[at] + word[max(at - 1, 0) : at] + word[at + 1 :],
    )[rng.integers(4)]
    return changed or word + letter


def _date_mistake(rng: np.random.Generator, born: str) -> tuple[str, str]:
    kind, (year, month, day) = _pick(rng, DATE_MISTAKES), born.split("-")
    if kind == "day and month swapped" and (int(day) > 12 or day == month):
        kind = "none"
    changed = {
        "none": born, "missing": "", "day and month swapped": f"{year}-{day}-{month}", "1 January": f"{year}-01-01",
        "year off by one": f"{int(year) + int(rng.choice((-1, 1)))}-{month}-{day if month + day != '0229' else '28'}",
        "another day": f"{year}-{month}-{int(rng.integers(1, 29)):02}",
    }  # fmt: skip
    return kind, changed[kind]


def _document_mistake(rng: np.random.Generator, document: str) -> tuple[str, str]:
    kind = _pick(rng, DOCUMENT_MISTAKES)
    if kind == "one digit wrong":
        at = int(rng.integers(1, len(document)))
        document = f"{document[:at]}{(int(document[at]) + 1 + int(rng.integers(9))) % 10}{document[at + 1 :]}"
    elif kind == "another document":
        document = str(documents(rng, 1)[0])
    return kind, document
