"""How common tokens are where no list says so: background shares from the CC0 name tables and the OFAC list.

`frequencies.tsv`: a form, -log2 of its share in tenths of a bit among the tokens of people, and the same among the
tokens of organisations; `-` where it is rarer than the table goes. Made by bench/frequencies.py.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

UNSEEN = 15.0  # bits of a token that the table does not hold


@cache
def _tables() -> tuple[dict[str, float], dict[str, float]]:
    people: dict[str, float] = {}
    organisations: dict[str, float] = {}
    for line in (files(__package__) / "frequencies.tsv").read_text("ascii").splitlines():
        if line.startswith("#"):
            continue
        form, of_people, of_organisations = line.split("\t")
        if of_people != "-":
            people[form] = int(of_people) / 10
        if of_organisations != "-":
            organisations[form] = int(of_organisations) / 10
    return people, organisations


def people_bits() -> dict[str, float]:
    """-log2 of the share of every form that the table holds among the tokens of people's names."""
    return _tables()[0]


def rarity(form: str, organisation: bool = False) -> float:
    """-log2 of the share of a form among the tokens of people's names, or of organisations'."""
    return _tables()[organisation].get(form, UNSEEN)
