"""./dev bench crosscheck_keys: recall of the match keys and suspects falsely hit, on sets in plain text.

Tokens are exact, so what the protocol finds is what these sets find; no cryptography is needed here.
usage: python -m bench.crosscheck_keys [people|described|task] RECORDS SEED [before|exact]
`people` and `described` are the mixtures of bench/crosscheck_people.py, `task` is the engine's. `before` is the
prototype's keys, `exact` its keys of a whole name and date alone.
"""

from __future__ import annotations

import csv
import random
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from bench import crosscheck_before
from bench.common import Figures, task
from bench.crosscheck_people import MIXTURES, Made, population
from liaison.crosscheck.likeness import matchkeys
from liaison.crosscheck.likeness.grading import Grade, chance, grade
from liaison.crosscheck.likeness.matchkeys import Known, MatchKey
from liaison.crosscheck.likeness.shares import Shares
from liaison.crosscheck.likeness.things import folded
from liaison.crosscheck.likeness.words import placed

OTHERS = 15_000  # suspects who are not on record
SUSPECTS = 6_000  # of the made people: suspects who are


class Keys(Protocol):
    """What makes keys: a module."""

    def held(self, known: Known, shares: Shares, /) -> Iterator[MatchKey]:
        """Of a record."""

    def asked(self, known: Known, /) -> Iterator[MatchKey]:
        """Of a question."""


@dataclass(slots=True)
class Found:
    """What one run measured."""

    recall: float
    false: float
    keys: float
    queries: float
    seconds: float
    by_error: dict[str, float] = field(default_factory=dict)
    curve: list[tuple[float, float, float]] = field(default_factory=list)  # chance at most, recall, false
    families: dict[str, tuple[float, float, float]] = field(
        default_factory=dict
    )  # found by it alone; false; a record
    expected: float = 0.0  # overlaps by chance of a suspect, as the grades have it


def _known(one: Made) -> Known:
    dates = (one.born,) if one.born else ()
    return Known(((" ".join(one.given), " ".join(one.surname), ""),), dates, placed(one.place))


def _papers(one: Made) -> Iterator[MatchKey]:
    for paper in one.papers:
        kind, _, number = paper.partition("/")
        yield MatchKey("T" if kind == "phone" else "D", folded(number).encode())


def _task(records: int, seed: int) -> tuple[list[Made], list[tuple[Made, int, str]], list[Made]]:
    """The task that the engine is measured on; seed 7 has 2,500,000 passengers, of whom a part is asked about."""
    made = task(records, {7: 2_500_000, 11: 250_000}.get(seed, 20_000), seed)

    def read(row: dict[str, str]) -> Made:
        papers = (f"document/{row['doc']}",) if row["doc"] else ()
        return Made((row["given"],), (row["surname"],), row["dob"], "", papers)

    with (made.folder / "truth.csv").open(newline="") as file:
        truth = {row["pid"]: row for row in csv.DictReader(file)}
    with (made.folder / "watch.csv").open(newline="", encoding="utf8") as file:
        watch = [read(row) for row in csv.DictReader(file)]
    hits, others, rng = [], [], random.Random(5)
    with (made.folder / "pax.csv").open(newline="", encoding="utf8") as file:
        for row in csv.DictReader(file):
            if (true := truth.get(row["pid"])) is not None:
                hits.append((read(row), int(true["wid"]), f"{true['name_pert']}/{true['dob_pert']}"))
            elif rng.random() < OTHERS / (made.passengers - len(truth)):
                others.append(read(row))
    return watch, hits, others


def _digest(key: MatchKey) -> int:
    return hash((key.family, key.text))


def measured(people: str, records: int, seed: int, keys: Keys = matchkeys) -> Found:
    """One run over a mixture of bench/crosscheck_people.py or "task" (../shared/bench/generate.py)."""
    if people in MIXTURES:
        made = population(records, SUSPECTS, OTHERS, seed, MIXTURES[people])
        holder, hits, others = made.records, made.hits, made.others
    else:
        holder, hits, others = _task(records, seed)
    start = time.process_time()
    shares = Shares()
    for one in holder:
        known = _known(one)
        shares.count(known.names, known.dates, known.place)
    table, sizes = set[int](), Counter[str]()
    for one in holder:
        made_of = {_digest(key): key.family for key in (*keys.held(_known(one), shares), *_papers(one))}
        table.update(made_of)
        sizes.update(made_of.values())
    seconds = time.process_time() - start
    true, count_true = _asked((one for one, _, _ in hits), table, len(holder), keys)
    false, count_false = _asked(others, table, len(holder), keys)
    found = Found(_share(true), _share(false), sizes.total() / len(holder),
                  (count_true + count_false) / (len(hits) + len(others)), seconds)  # fmt: skip
    errors = defaultdict[str, list[bool]](list)
    for grade_, (_, _, wrong) in zip(true, hits, strict=True):
        for each in wrong.split("/"):
            errors[each].append(grade_ is not None)
    found.by_error = {wrong: sum(each) / len(each) for wrong, each in sorted(errors.items())}
    for most in (0.0003, 0.001, 0.003, 0.01, 1.0):
        found.curve.append((most, _share(true, most), _share(false, most)))
    found.families = _families(true, false, sizes, len(holder))
    found.expected = statistics.fmean(_expected(one, len(holder)) for one in others)
    return found


def _expected(one: Made, size: int) -> float:
    """Chance overlaps of every key that is asked for about a suspect, by the grades' own account."""
    keys = {_digest(key): key for key in (*matchkeys.asked(_known(one)), *_papers(one))}
    return sum(chance(key, size) for key in keys.values())


def _asked(people: Iterable[Made], table: set[int], size: int, made: Keys) -> tuple[list[Grade | None], int]:
    grades, count = list[Grade | None](), 0
    for one in people:
        keys = list(
            {_digest(key): key for key in reversed([*made.asked(_known(one)), *_papers(one)])}.values()
        )
        count += len(keys)
        grades.append(grade([key for key in keys if _digest(key) in table], keys, size))
    return grades, count


def _share(grades: list[Grade | None], most: float = 1.0) -> float:
    return sum(each is not None and each.chance <= most for each in grades) / len(grades)


def _families(
    true: list[Grade | None], false: list[Grade | None], sizes: Counter[str], records: int
) -> dict[str, tuple[float, float, float]]:
    alone, wrong = Counter[str](), Counter[str]()
    for each in true:
        kinds = {_kind(key) for key in each.agreed} if each else set()
        if len(kinds) == 1:
            alone.update(kinds)
    for each in false:
        wrong.update({_kind(key) for key in each.agreed} if each else ())
    every = sorted(alone.keys() | wrong.keys() | sizes.keys())
    return {
        kind: (alone[kind] / len(true), wrong[kind] / len(false), sizes[kind] / records) for kind in every
    }


def _kind(key: MatchKey) -> str:
    return key.family if key.says == "exact" else key.says.split()[0]


RUNS = tuple((made, *run) for made in (*MIXTURES, "task") for run in ((100_000, 11), (1_000_000, 7)))
TITLES = {"people": "people, errors equally often", "described": "people as the notes describe them",
          "task": "the engine's task"}  # fmt: skip


def measure(quick: bool) -> list[Figures]:
    """Recall and false hits of the made people and of the engine's task."""
    runs = [run for run in RUNS if run[1] == 100_000] if quick else RUNS
    return [_figures(*run, measured(*run)) for run in runs]


def _figures(people: str, records: int, seed: int, found: Found) -> Figures:
    figures = Figures(f"Match keys, {records:,} records, {TITLES[people]}, seed {seed}")
    aimed = people in MIXTURES
    figures.add(
        "recall", round(found.recall, 4), "", (">= .97" if records <= 100_000 else ">= .93") if aimed else ""
    )
    figures.add("suspects falsely hit", round(found.false, 4), "", "<= .01" if aimed else "")
    figures.add("overlaps by chance that the grades expect of a suspect", round(found.expected, 4))
    figures.add("keys a record", round(found.keys, 2), "", "<= 5.3")
    figures.add("queries a suspect", round(found.queries, 1), "", "<= 37")
    figures.add("making the keys of 1,000,000 records", round(found.seconds / records * 1e6, 1), "CPU-s")
    figures.notes = [
        "recall / falsely hit where at most so many overlaps are expected by chance: "
        + ", ".join(f"{most:g}: {recall:.4f} / {false:.4f}" for most, recall, false in found.curve),
        "by error: " + ", ".join(f"{wrong} {share:.3f}" for wrong, share in found.by_error.items()),
        "by family, found by it alone, falsely hit, keys a record: "
        + ", ".join(f"{kind} {a:.4f} {b:.4f} {c:.2f}" for kind, (a, b, c) in found.families.items()),
    ]
    return figures


if __name__ == "__main__":
    which, records, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    makers: dict[str, Keys] = {"": matchkeys, "before": crosscheck_before, "exact": crosscheck_before.Exact()}
    made_by = makers[(sys.argv[4:] or [""])[0]]
    result = _figures(which, records, seed, measured(which, records, seed, made_by))
    print(result.title, *(f"{each.what}: {each.value}" for each in result.figures), *result.notes, sep="\n  ")
