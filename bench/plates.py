"""Number plates: looked up among 100,000 wanted ones, and read by the forms of every state."""

from __future__ import annotations

import random

from bench.common import Figures, cpu_seconds

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _plate(chance: random.Random) -> str:
    a, b, c, d = chance.choices(LETTERS, k=4)
    return f"{a}{b} {chance.randrange(1000):03} {c}{d}"


def measure(quick: bool) -> list[Figures]:
    """Exact and confusable-class look-ups a second, one read in twenty of a wanted vehicle; then plates read."""
    from liaison.matching.columns import Strings
    from liaison.matching.plates import CONFUSED, Plates

    chance, many = random.Random(5), 300_000 if quick else 3_000_000
    wanted = [_plate(chance) for _ in range(100_000)]
    misread = {right: wrong for wrong, right in CONFUSED.items()}
    reads = [chance.choice(wanted) if chance.random() < 0.05 else _plate(chance) for _ in range(many)]
    blurred = ["".join(misread.get(c, c) if chance.random() < 0.1 else c for c in plate) for plate in reads]
    plates, found = Plates(wanted), Figures("Plates: look-ups among 100,000 entries")
    for title, column, confusable, target in (
        ("exact", Strings.of(reads), False, ">= 5"), ("confusable class", Strings.of(blurred), True, ">= 2"),
    ):  # fmt: skip
        start = cpu_seconds()
        hits = len(plates.find(column, confusable=confusable)[0])
        found.add(title, round(many / (cpu_seconds() - start) / 1e6, 1), "M/s, one core", target)
        found.notes.append(f"{title}: {hits:,} agreements")
    return [found, _read(reads[: many // 100], blurred[: many // 100])]


def _read(clean: list[str], blurred: list[str]) -> Figures:
    """Plates read a second, by the forms of all states."""
    from liaison.formats.vehicles import plates

    found = Figures("Plates: read by the forms of every state, CPU time of one core")
    plates.read(clean[0])  # makes the table
    for title, texts in (("as they stand", clean), ("one sign in ten taken for another", blurred)):
        start = cpu_seconds()
        fits = sum(bool(plates.read(text).fits) for text in texts)
        found.add(title, round(len(texts) / (cpu_seconds() - start) / 1e3, 1), "k/s", ">= 5")
        found.notes.append(f"{title}: {fits / len(texts):.1%} fit a form")
    return found
