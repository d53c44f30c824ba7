"""A list of records and a file of people, as a user has them on the disk."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from liaison.cli.app import app

HEADER = "id,given_names,surname,date_of_birth,sex,nationality,document\n"
GIVEN = (
    "Agim",
    "Alban",
    "Arben",
    "Arta",
    "Besa",
    "Drita",
    "Fatmir",
    "Ilir",
    "Jeton",
    "Luan",
    "Merita",
    "Petrit",
    "Sokol",
)
SURNAMES = (
    "Hoxha",
    "Krasniqi",
    "Gashi",
    "Shala",
    "Berisha",
    "Kelmendi",
    "Morina",
    "Rama",
    "Leka",
    "Duka",
    "Basha",
    "Zogaj",
)

Run = Callable[..., Result]


@pytest.fixture
def liaison() -> Run:
    """Runs the command line: `liaison("check", ...)`."""
    runner = CliRunner()

    def run(*words: object, stdin: str | bytes | None = None) -> Result:
        return runner.invoke(app, [str(word) for word in words], input=stdin)

    return run


@pytest.fixture
def held(tmp_path: Path) -> Path:
    """300 records, and two who are found."""
    rng = random.Random(4)
    path = tmp_path / "held.csv"
    names = [(rng.choice(GIVEN), rng.choice(SURNAMES)) for _ in range(300)]
    dates = [f"{rng.randint(1950, 1999)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}" for _ in names]
    rows = [f"R{row},{given},{surname},{dates[row]},M,ALB,\n" for row, (given, surname) in enumerate(names)]
    rows += ["R900,Gëzim,Vokshi,1984-02-03,M,ALB,X12345678\n", "R901,Юрий,Шевченко,1979-11-30,M,UKR,\n"]
    path.write_text(HEADER + "".join(rows), encoding="utf-8")
    return path


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    """Three people: two who are in the records, one who is not."""
    path = tmp_path / "asked.csv"
    path.write_text(
        HEADER
        + "P1,GEZIM,VOKSHI,1984-03-02,M,ALB,\n"
        + "P2,IURII,SHEVCHENKO,1979-11-30,M,UKR,\n"
        + "P3,XHEVDET,QORRAJ,1991-05-06,M,ALB,\n",
        encoding="utf-8",
    )
    return path
