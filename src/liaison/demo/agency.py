"""An invented agency: its officers, and lists of people who do not exist. The same seed makes the same lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from liaison.demo.people import Person, draw
from liaison.model.roles import Role

NAME, AGENCY, ORIGIN = "Valdria node", "Criminal Police of Valdria (invented)", "valdria.liaison.example"
UNIT = "Organised crime"
WANTED, PROTECTED = "Wanted persons", "Protected persons"
COLUMNS = (
    "record_id",
    "given_names",
    "surname",
    "date_of_birth",
    "sex",
    "nationality",
    "document",
    "category",
    "case",
    "reason",
    "grade",
    "handling",
    "instruction",
    "station",
)
OFFENCES = (
    "trafficking in persons",
    "trafficking in drugs",
    "armed robbery",
    "laundering",
    "forged documents",
)
STATIONS = ("Port of Sella", "Nord Bridge", "Airport", "Old Town", "")
INSTRUCTIONS = ("call", "call", "discreet", "seize-document", "do-not-alert")
CONVICTED = 0.4  # of the records


NOTEBOOK = ("Alexei Sobol", "Маркус Вебер", "Elira Marku")  # the third is protected: no check finds her
CREW = (
    "Weber, Lukas 1984-02-03",
    "Papadopoulos, Nikos 1979-11-30",
    "Rossi, Chiara 1990-05-17",
    "Hoxha, Arben 1986-08-08",
    "Yilmaz, Mehmet 1975-01-19",
    "Popescu, Ion 1982-06-25",
    "Ivanov, Georgi 1969-12-12",
    "García López, María 1993-04-02",
    "Kowalski, Jan 1988-09-21",
    "Haddad, Samir 1980-07-07",
    "Jovanović, Milan 1977-03-14",
    "Sobolev, Aleksey 1972-04-12",
)


@dataclass(frozen=True, slots=True)
class Officer:
    """An invented officer with the password that the demonstration gives them."""

    name: str
    sign_in: str
    roles: tuple[Role, ...]
    trained: bool = False
    unit: str = UNIT

    @property
    def password(self) -> str:
        """Known to everyone who runs the demonstration: it protects nothing."""
        return f"valdria has seven bridges {self.sign_in}"

    @property
    def role(self) -> str:
        """The roles in words."""
        return ", ".join(role.label for role in self.roles)


ADMINISTRATOR = Officer("Sam Reed", "sam", (Role.ADMINISTRATOR,), unit="Administration")
INVESTIGATOR = Officer("Ana Dema", "ana", (Role.INVESTIGATOR,), trained=True)
DESK = Officer("Tomas Lind", "tomas", (Role.DESK_OFFICER,), trained=True)
BORDER = Officer("Vera Lund", "vera", (Role.DESK_OFFICER,), trained=True, unit="Border, Nord Bridge")
APPROVER = Officer("Ilir Prenga", "ilir", (Role.APPROVER,))
SUPERVISOR = Officer("Maria Costa", "maria", (Role.SUPERVISOR,))
PROTECTION = Officer("Jon Arber", "jon", (Role.DATA_PROTECTION_OFFICER,), unit="Data protection")
AUDITOR = Officer("Eva Holm", "eva", (Role.AUDITOR,), unit="Supervisory authority")
OFFICERS = (INVESTIGATOR, DESK, BORDER, APPROVER, SUPERVISOR, PROTECTION, AUDITOR, ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class House:
    """An invented agency: what its node is called, who runs it, and who works there."""

    name: str
    agency: str
    origin: str
    officers: tuple[Officer, ...]

    def one(self, role: Role) -> Officer:
        """The officer of this role."""
        return next(each for each in self.officers if role in each.roles)


POLICE = House(NAME, AGENCY, ORIGIN, OFFICERS)
PROSECUTOR = House(
    "Morvenia node",
    "Prosecutor's Office of Morvenia (invented)",
    "morvenia.liaison.example",
    (
        Officer("Petra Novak", "petra", (Role.DESK_OFFICER,), trained=True, unit="International requests"),
        Officer("Emil Sandor", "emil", (Role.SUPERVISOR,), unit="International requests"),
        Officer("Oda Berg", "oda", (Role.ADMINISTRATOR,), unit="Administration"),
    ),
)
CENTRE = House(
    "Rivers node",
    "Coordination Centre of the Seven Rivers (invented)",
    "rivers.liaison.example",
    (
        Officer("Lena Moser", "lena", (Role.DESK_OFFICER,), trained=True, unit="Operations"),
        Officer("Karim Azzi", "karim", (Role.SUPERVISOR,), unit="Operations"),
        Officer("Nils Dahl", "nils", (Role.ADMINISTRATOR,), unit="Administration"),
    ),
)
HOUSES = (POLICE, PROSECUTOR, CENTRE)


@dataclass(frozen=True, slots=True)
class Lists:
    """Files of records, and one changed copy of the first, as a new edition of the list would be."""

    wanted: Path
    protected: Path


def make_lists(folder: Path, records: int, seed: int) -> Lists:
    """Write the agency's lists to a folder."""
    rng = np.random.default_rng(seed)
    wanted, protected = folder / "wanted.csv", folder / "protected.csv"
    people = draw(rng, records)
    _write(wanted, [*_told(), *(_row(rng, number, person) for number, person in enumerate(people, 1))])
    _write(protected, _protected())
    return Lists(wanted, protected)


def _told() -> Iterable[Sequence[str]]:
    """The records of the story that the demonstration tells, and two rows that cannot be used as they are."""
    reason = "trafficking in persons"
    known = ("B2", "H1", "call", "Port of Sella")
    yield (
        "W-1",
        "Алексей",
        "Соболев",
        "1972-12-04",
        "M",
        "RUS",
        "N40271183",
        "convicted",
        "VA-2019-031",
        reason,
        *known,
    )
    yield (
        "W-2",
        "Aleksei",
        "Sobol",
        "1991-03-17",
        "M",
        "UKR",
        "",
        "suspect",
        "VA-2024-118",
        reason,
        "C3",
        "H0",
        "",
        "Airport",
    )
    yield (
        "W-3",
        "Marta",
        "Kovács",
        "1988-06-30",
        "F",
        "HUN",
        "K77120934",
        "",
        "VA-2025-007",
        reason,
        "B2",
        "H0",
        "",
        "",
    )
    yield (
        "W-4",
        "Luan",
        "Hoxha",
        "1979-02-31",
        "M",
        "ALB",
        "",
        "suspect",
        "VA-2025-009",
        reason,
        "B2",
        "H0",
        "discreet",
        "",
    )


def _protected() -> Iterable[Sequence[str]]:
    """People whom no check finds: a victim, a witness, and a child who went missing."""
    reason = "trafficking in persons"
    yield (
        "P-1",
        "Elira",
        "Marku",
        "1996-09-14",
        "F",
        "ALB",
        "",
        "victim",
        "VA-2019-031",
        reason,
        "A1",
        "H2",
        "",
        "",
    )
    yield (
        "P-2",
        "Petar",
        "Ilić",
        "1964-01-22",
        "M",
        "SRB",
        "",
        "witness",
        "VA-2019-031",
        reason,
        "A1",
        "H2",
        "",
        "",
    )
    yield (
        "P-3",
        "Noor",
        "Haddad",
        "2014-05-02",
        "F",
        "SYR",
        "",
        "missing",
        "VA-2025-040",
        "missing child",
        "A1",
        "H2",
        "",
        "",
    )


def _row(rng: np.random.Generator, number: int, person: Person) -> Sequence[str]:
    native = bool(rng.random() < 0.3)
    given, surname = (
        " ".join(name.native if native else name.latin[0] for name in names)
        for names in (person.given, person.family)
    )
    convicted = bool(rng.random() < CONVICTED)
    picks = rng.integers(5, size=4).tolist()
    return (
        f"W-{100 + number}",
        given,
        surname,
        person.born,
        person.sex,
        person.nationality,
        person.document if picks[0] else "",
        "convicted" if convicted else "suspect",
        f"VA-{2015 + number % 11}-{number % 997:03}",
        OFFENCES[picks[1]],
        ("A1", "B2", "B3", "C3", "X4")[picks[2]],
        "H0" if picks[3] else "H1",
        INSTRUCTIONS[picks[2]] if convicted else "",
        STATIONS[picks[3]],
    )


def _write(path: Path, rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        for row in (COLUMNS, *rows):
            out.write(",".join(row) + "\n")
