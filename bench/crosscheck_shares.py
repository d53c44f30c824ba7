"""Write crosscheck/likeness/shares.tsv: how common consonant skeletons are, from the engine's shares of name tokens.

usage: python -m bench.crosscheck_shares

The engine's table (bench/frequencies.py) comes from the CC0 name tables by country and the OFAC list. What a version of
the match keys says must not change when that table is renewed, so it has a copy of its own; renew both together with a
new version.
"""

from __future__ import annotations

from collections import Counter
from math import log2
from pathlib import Path

from liaison.crosscheck.likeness.shares import BEGINS
from liaison.crosscheck.likeness.words import readings
from liaison.matching.names.background import people_bits

TARGET = Path(__file__).resolve().parents[1] / "src" / "liaison" / "crosscheck" / "shares.tsv"
RAREST = 145  # tenths of a bit


def rows() -> list[str]:
    """The lines of the table."""
    kinds: dict[str, Counter[str]] = {"bones": Counter(), "begins": Counter(), "starts": Counter()}
    for form, bits in people_bits().items():
        word, share = readings(form)[0], 2.0**-bits
        kinds["bones"][word.bones] += share
        for length in BEGINS:
            kinds["begins"][f"{length}{word.bones[:length]}"] += share
        kinds["starts"][word.start] += share
    lines = [
        "# kind, key, -log2 of its share among tokens of people's names in tenths of a bit; bench/crosscheck_shares.py"
    ]
    for kind, counts in kinds.items():
        total = counts.total()
        found = {key: round(-10 * log2(count / total)) for key, count in counts.items()}
        lines += [f"{kind}\t{key}\t{bits}" for key, bits in sorted(found.items()) if bits <= RAREST]
    return lines


def main() -> None:
    """Write the table."""
    TARGET.write_text("\n".join(rows()) + "\n", "ascii")


if __name__ == "__main__":
    main()
