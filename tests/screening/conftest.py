"""People and lists small enough to read."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from liaison.matching.columns import People, Strings, country_code, dob_code
from liaison.matching.index import Index

Row = tuple[str, str, str, str]  # id, given, surname, born

SURNAMES = (
    "Hoxha", "Krasniqi", "Gashi", "Shala", "Berisha", "Thaci", "Kelmendi", "Morina", "Rama", "Leka", "Duka",
    "Basha", "Zogaj", "Syla", "Ukaj",
)  # fmt: skip
GIVEN = (
    "Agim", "Alban", "Arben", "Arta", "Besa", "Drita", "Fatmir", "Ilir", "Jeton", "Luan", "Merita", "Petrit", "Sokol",
    "Teuta", "Valon", "Yllka",
)  # fmt: skip


def people(rows: Sequence[Row], name: str = "held", document: str = "") -> People:
    """People of these rows; everyone is a man from Albania. `document` is the number of the last of them."""
    count, born = len(rows), [[int(part) for part in row[3].split("-")] if row[3] else [0] for row in rows]
    papers = [document] if document else []
    return People(
        ids=Strings.of(row[0] for row in rows),
        person=np.arange(count, dtype=np.int32),
        given=Strings.of(row[1] for row in rows),
        surname=Strings.of(row[2] for row in rows),
        full=Strings.empty(count),
        dob=np.array([dob_code(*parts) for parts in born], np.int32),
        dob_alt=np.zeros(count, np.int32),
        sex=np.ones(count, np.uint8),
        nationality=np.full(count, country_code("ALB"), np.uint16),
        nationality_alt=np.zeros(count, np.uint16),
        documents=Strings.of(papers),
        document_person=np.full(len(papers), count - 1, np.int32),
        source=np.zeros(count, np.uint16),
        lists=(name,),
    )


def crowd() -> list[Row]:
    """240 people with every given name and surname."""
    return [
        (
            f"R{15 * k + n}",
            given,
            surname,
            f"{1950 + (7 * k + 3 * n) % 50}-{1 + (k + n) % 12:02}-{1 + (5 * k + n) % 28:02}",
        )
        for k, given in enumerate(GIVEN)
        for n, surname in enumerate(SURNAMES)
    ]


@pytest.fixture(name="crowd", scope="session")
def crowd_of_records() -> list[Row]:
    return crowd()


@pytest.fixture(name="people", scope="session")
def people_of_rows() -> Callable[..., People]:
    return people


@pytest.fixture(scope="session")
def index(crowd: list[Row]) -> Index:
    return Index.build(people([*crowd, ("R900", "Gëzim", "Vokshi", "1984-02-03")]))
