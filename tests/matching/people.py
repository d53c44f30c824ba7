"""People for tests, written as rows."""

from __future__ import annotations

import numpy as np

from liaison.matching.columns import People, Strings, country_code, dob_code

SEX = {"": 0, "M": 1, "F": 2, "X": 3}


def code(born: str) -> int:
    """1984-02-03, 1984-02, 1984 or nothing as a date code."""
    return dob_code(*(int(part) for part in born.split("-"))) if born else 0


def people(rows: list[dict[str, object]], lists: tuple[str, ...] = ("list",)) -> People:
    """People of rows with any of id, name, names, given, surname, born, or_born, sex, nat, nat2, doc, docs, list."""
    names = [
        row.get("names") or [(row.get("given", ""), row.get("surname", ""), row.get("name", ""))]
        for row in rows
    ]
    names = [[name if isinstance(name, tuple) else ("", "", name) for name in several] for several in names]
    flat = [name for several in names for name in several]
    papers = [row.get("docs") or ([row["doc"]] if row.get("doc") else []) for row in rows]
    countries = [
        [country_code(str(row[key])) if row.get(key) else 0 for key in ("nat", "nat2")] for row in rows
    ]
    nationality = np.array(countries, np.uint16).reshape(-1, 2)
    return People(
        Strings.of(str(row.get("id", place)) for place, row in enumerate(rows)),
        np.repeat(np.arange(len(rows), dtype=np.int32), [len(several) for several in names]),
        *(Strings.of(str(name[part]) for name in flat) for part in range(3)),
        np.array([code(str(row.get("born", ""))) for row in rows], np.int32),
        np.array([code(str(row.get("or_born", ""))) for row in rows], np.int32),
        np.array([SEX[str(row.get("sex", ""))] for row in rows], np.uint8),
        nationality[:, 0].copy(),
        nationality[:, 1].copy(),
        Strings.of(str(paper) for several in papers for paper in several),
        np.repeat(np.arange(len(rows), dtype=np.int32), [len(several) for several in papers]),
        np.array([row.get("list", 0) for row in rows], np.uint16),
        lists,
    )


GIVEN = [
    *(
        "Arben",
        "Besnik",
        "Ilir",
        "Drita",
        "Olga",
        "Ivan",
        "Maria",
        "Jose",
        "Mehmet",
        "Ayse",
        "Karim",
        "Layla",
    ),
    *("Georgios", "Anna", "Petr", "Vera", "Luan", "Teuta"),
]
SURNAME = [
    *(
        "Hoxha",
        "Shehu",
        "Gashi",
        "Krasniqi",
        "Ivanov",
        "Petrov",
        "Zhukov",
        "Garcia",
        "Lopez",
        "Yilmaz",
        "Demir",
    ),
    *(
        "Haddad",
        "Papadopoulos",
        "Novak",
        "Horvat",
        "Kowalski",
        "Schroeder",
        "Schneider",
        "Popescu",
        "Ionescu",
    ),
    *("Berisha", "Kelmendi", "Rashid", "Mansour", "Kazlauskas", "Jankauskas"),
]


def crowd(size: int, seed: int = 1) -> list[dict[str, object]]:
    """Rows of invented people, some with two surnames, some without a date, sex, country or document."""
    chance = np.random.default_rng(seed)
    rows: list[dict[str, object]] = []
    for place in range(size):
        given, surname = chance.choice(GIVEN), chance.choice(SURNAME)
        if chance.random() < 0.2:
            surname = f"{surname} {chance.choice(SURNAME)}"
        year, month, day = chance.integers(1950, 2000), chance.integers(1, 13), chance.integers(1, 29)
        born = (
            f"{year}-{month:02}-{day:02}"
            if chance.random() < 0.85
            else f"{year}"
            if chance.random() < 0.5
            else ""
        )
        rows.append(
            {
                "id": f"r{place}",
                "given": given,
                "surname": surname,
                "born": born,
                "sex": chance.choice(["M", "F", ""]),
                "nat": chance.choice(["ALB", "TUR", "GRC", ""]),
                "doc": f"{chance.choice(list('ABC'))}{chance.integers(10**6, 10**7)}"
                if chance.random() < 0.6
                else "",
            }
        )
    return rows


def damaged(row: dict[str, object], chance: np.random.Generator) -> dict[str, object]:
    """The row as somebody else may have recorded the person."""
    given, surname, born = str(row["given"]), str(row["surname"]), str(row["born"])
    kind = chance.integers(0, 8)
    if kind == 0:
        given, surname = surname, given
    elif kind == 1:
        place = int(chance.integers(0, len(surname)))
        surname = surname[:place] + chr(97 + int(chance.integers(0, 26))) + surname[place + 1 :]
    elif kind == 2:
        given = given[0]
    elif kind == 3:
        surname = surname.replace(" ", "")
    elif kind == 4 and len(born) == 10:
        born = f"{born[:5]}{born[8:]}-{born[5:7]}" if int(born[8:]) <= 12 else born
    elif kind == 5 and born:
        born = f"{int(born[:4]) + 1}{born[4:]}"
    elif kind == 6:
        surname = f"Al {surname} {given}"
    return row | {"given": given, "surname": surname, "born": born}
