"""The files of an invented operation: passengers, records, and which passenger is which record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from liaison.demo import ofac
from liaison.demo.mistakes import Spelt, faithful, mistaken
from liaison.demo.people import Person, draw

PASSENGER_COLUMNS = (
    "passenger_id",
    "given_names",
    "surname",
    "date_of_birth",
    "sex",
    "nationality",
    "document",
)
RECORD_COLUMNS = ("record_id", *PASSENGER_COLUMNS[1:])
PLANTED_COLUMNS = ("passenger_id", "record_id", "name_mistake", "date_mistake", "document_mistake")
NATIVE = 0.3  # records held only in their own script, where that is not Latin
DATED, YEAR_ONLY = 0.93, 0.6  # records with a whole date; of the others, those with a year
WITH_DOCUMENT = 0.7


@dataclass(frozen=True, slots=True)
class Size:
    """How large an operation is."""

    passengers: int = 250_000
    records: int = 100_000

    @property
    def planted(self) -> int:
        """How many passengers are somebody in the records."""
        return max(min(self.passengers, self.records) // 100, 1)


@dataclass(frozen=True, slots=True)
class Planted:
    """A passenger who is somebody in the records, and what differs."""

    passenger: str
    record: str
    name_mistake: str
    date_mistake: str
    document_mistake: str


@dataclass(frozen=True, slots=True)
class Operation:
    """Where the files of an operation lie, and the truth about it."""

    passengers: Path
    records: Path
    ofac: Path
    planted: tuple[Planted, ...]


def make(folder: Path, size: Size, seed: int) -> Operation:
    """Write the files of an operation to a folder. The same size and seed make the same files."""
    rng = np.random.default_rng(seed)
    held = draw(rng, size.records)
    _write(folder / "records.csv", RECORD_COLUMNS, _record_rows(rng, held))
    drawn = draw(rng, size.passengers)
    passengers = [faithful(person) for person in drawn]
    who = rng.choice(size.passengers, size.planted, replace=False).tolist()
    whom = rng.choice(size.records, size.planted, replace=False).tolist()
    planted = []
    for passenger, record in sorted(zip(who, whom, strict=True)):
        spelt, drawn[passenger] = mistaken(rng, held[record]), held[record]
        passengers[passenger] = spelt
        planted.append(
            Planted(
                f"P{passenger + 1}",
                f"R{record + 1}",
                spelt.name_mistake,
                spelt.date_mistake,
                spelt.document_mistake,
            )
        )
    _write(
        folder / "passengers.csv",
        PASSENGER_COLUMNS,
        map(_passenger_row, range(size.passengers), drawn, passengers),
    )
    truth = ((p.passenger, p.record, p.name_mistake, p.date_mistake, p.document_mistake) for p in planted)
    _write(folder / "planted.csv", PLANTED_COLUMNS, truth)
    return Operation(folder / "passengers.csv", folder / "records.csv", ofac.unpack(folder), tuple(planted))


def _passenger_row(number: int, person: Person, spelt: Spelt) -> Sequence[str]:
    return (
        f"P{number + 1}",
        spelt.given,
        spelt.family,
        spelt.born,
        person.sex,
        person.nationality,
        spelt.document,
    )


def _record_rows(rng: np.random.Generator, people: list[Person]) -> Iterable[Sequence[str]]:
    chances = rng.random((4, len(people))).tolist()
    for number, (person, native, dated, year, papered) in enumerate(zip(people, *chances, strict=True)):
        own = native < NATIVE
        given, family = (
            " ".join(name.native if own else name.latin[0] for name in names)
            for names in (person.given, person.family)
        )
        born = person.born if dated < DATED else person.born[:4] if year < YEAR_ONLY else ""
        yield (
            f"R{number + 1}",
            given,
            family,
            born,
            person.sex,
            person.nationality,
            person.document if papered < WITH_DOCUMENT else "",
        )


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """No value of ours holds a comma, a quote or a line end, so the lines need no quoting."""
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write(",".join(columns) + "\n")
        out.writelines(",".join(row) + "\n" for row in rows)
