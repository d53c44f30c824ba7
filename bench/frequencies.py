"""Write frequencies.tsv, the background shares of name tokens, from the CC0 name tables and the OFAC list.

usage: python -m bench.frequencies

The name tables rank names by country without counts; rank r is given the share that Zipf's law gives it, and every
country counts the same. OFAC's people count once each; its organisations give the words of organisations.
"""

from __future__ import annotations

import csv
from collections import Counter
from math import log2
from pathlib import Path

from liaison.matching.names.romanise import forms
from liaison.matching.names.split import tokens

NAMES = Path(__file__).resolve().parents[2] / "shared" / "data" / "names"
TARGET = Path(__file__).resolve().parents[1] / "src" / "liaison" / "matching" / "names" / "frequencies.tsv"
RAREST = 14.5  # bits; rarer tokens are left to the share of the unseen


def first_form(token: str) -> str:
    """The form by which a token is counted."""
    return next(iter(forms(token)), "")


def ranked(path: Path, rank: str) -> Counter[str]:
    """Zipf weights of the romanised names of a table by their rank."""
    shares: Counter[str] = Counter()
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            name = row["Romanized Name"] or row["Localized Name"]
            for token in tokens(name):
                shares[first_form(token)] += 1 / (int(row[rank] or 20) + 5)
    return shares


def listed(path: Path) -> tuple[Counter[str], Counter[str]]:
    """Tokens of the people and of the organisations of the OFAC list."""
    people: Counter[str] = Counter()
    others: Counter[str] = Counter()
    with path.open(encoding="utf8", newline="", errors="replace") as file:
        for row in csv.reader(file):
            if len(row) > 2:
                (people if "individual" in row[2] else others).update(map(first_form, tokens(row[1])))
    return people, others


def bits(counts: Counter[str]) -> dict[str, int]:
    """-log2 of every share, in tenths of a bit."""
    total = sum(counts.values())
    return {form: round(-10 * log2(count / total)) for form, count in counts.items() if form and count}


def main() -> None:
    """Write the table."""
    people, organisations = listed(NAMES / "ofac_sdn.csv")
    mixed: Counter[str] = Counter()
    forenames = ranked(NAMES / "common-forenames-by-country.csv", "Index")
    surnames = ranked(NAMES / "common-surnames-by-country.csv", "Rank")
    for counts, share in ((people, 0.5), (forenames, 0.2), (surnames, 0.3)):
        total = sum(counts.values())
        for form, count in counts.items():
            mixed[form] += share * count / total
    of_people, of_organisations = bits(mixed), bits(organisations)
    rows = [
        "# form, people, organisations: -log2 of the share in tenths of a bit; made by bench/frequencies.py"
    ]
    for form in sorted(of_people.keys() | of_organisations.keys()):
        shown = [
            str(n) if n is not None and n <= RAREST * 10 else "-"
            for n in (of_people.get(form), of_organisations.get(form))
        ]
        if shown != ["-", "-"]:
            rows.append("\t".join([form, *shown]))
    TARGET.write_text("\n".join(rows) + "\n", "ascii")
    print(len(rows) - 1, "forms")


if __name__ == "__main__":
    main()
