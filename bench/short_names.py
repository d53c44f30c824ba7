"""Write short_names.tsv: short and pet forms of common given names, from a noisy table of variants cleaned by rule.

usage: python -m bench.short_names

The source is hmni (MIT, Copyright 2020 Christopher-Thornton), pairs of variants of which many are wrong. A pair is kept
when the one is a common name and the other is not, so that no two names in use are taken for one; when both begin with
the same three letters; and when the rarer one would belong to at most three common names.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

from liaison.matching.names.background import rarity

NAMES = Path(__file__).resolve().parents[2] / "shared" / "data" / "names"
TARGET = Path(__file__).resolve().parents[1] / "src" / "liaison" / "matching" / "names" / "short_names.tsv"
COMMON = 13.5  # bits: a name in the background table and not at its end
ALIKE = 3  # first letters that agree
MOST_HEADS = 3


def kept(path: Path) -> dict[str, set[str]]:
    """Common name -> its short forms."""
    heads: dict[str, set[str]] = defaultdict(set)
    with path.open(encoding="utf8", newline="") as file:
        for row in csv.reader(file):
            pair = sorted((cell.strip().lower() for cell in row), key=rarity)
            if len(pair) == 2 and all(
                name.isascii() and name.isalpha() and len(name) >= ALIKE for name in pair
            ):
                common, short = pair
                if rarity(common) < COMMON <= rarity(short) and common[:ALIKE] == short[:ALIKE]:
                    heads[short].add(common)
    groups: dict[str, set[str]] = defaultdict(set)
    for short, commons in heads.items():
        for common in commons if len(commons) <= MOST_HEADS else ():
            groups[common].add(short)
    return groups


def main() -> None:
    """Write the table."""
    groups = kept(NAMES / "given_name_variants.txt")
    rows = [" ".join([head, *sorted(shorts)]) for head, shorts in sorted(groups.items())]
    note = "# A common given name and its short forms. From hmni (MIT), cleaned by bench/short_names.py"
    TARGET.write_text("\n".join([note, *rows]) + "\n", "ascii")
    print(len(rows), "names")


if __name__ == "__main__":
    main()
