"""One check at a time, building an index, opening one, and what a record takes."""

from __future__ import annotations

import csv
import itertools
import statistics
import tempfile
import time
from pathlib import Path

from bench.common import Figures, cpu_seconds, liaison, run, task

MANY = 20_000


def measure(quick: bool) -> list[Figures]:
    """Latency of one check through Python, build time, bytes a record, and a check from the shell."""
    from liaison.holdings import read_people
    from liaison.matching.index import Index

    made = task(100_000, 250_000, 11) if quick else task(1_000_000, 2_500_000, 7)
    held = read_people(made.folder / "watch.csv").people
    start, cpu = time.perf_counter(), cpu_seconds()
    index = Index.build(held)
    built, used = time.perf_counter() - start, cpu_seconds() - cpu
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.index"
        index.save(path)
        found = Figures(f"Index of {made.records:,} records")
        found.add("build", round(built, 2), "s", "" if quick else "<= 6")
        found.add("build", round(used, 2), "CPU-s")
        found.add(
            "size of the file",
            round(path.stat().st_size / made.records),
            "bytes a record",
            "" if quick else "<= 600",
        )
        command = [
            *liaison(),
            "check",
            "--name",
            "Arben Hoxha",
            "--born",
            "1984-02-03",
            "--against",
            str(path),
            "--json",
        ]
        shell = [run(command).wall for _ in range(5)]
        found.add(
            "open it and answer one check from the shell, median of 5",
            round(statistics.median(shell), 2),
            "s",
            "< 0.7",
        )
        return [found, _latency(Index.open(path), made.folder / "pax.csv")]


def _latency(index: object, passengers: Path) -> Figures:
    from liaison.matching.columns import country_code, dob_code
    from liaison.matching.one import Checker, Person

    people = []
    with passengers.open(encoding="utf-8", newline="") as file:
        for row in itertools.islice(csv.DictReader(file), MANY):
            born = dob_code(*map(int, row["dob"].split("-"))) if row["dob"] else 0
            sex, nation = {"M": 1, "F": 2}.get(row["sex"], 0), country_code(row["nat"])
            people.append(Person(row["given"], row["surname"], "", born, sex, nation, row["doc"]))
    checker, took = Checker(index), []  # type: ignore[arg-type]
    for person in people[:500]:
        checker.check(person)
    for person in people:
        start = time.perf_counter()
        checker.check(person)
        took.append((time.perf_counter() - start) * 1e6)
    found = Figures(f"One check against {len(index):,} records, in process, one core, normalising included")  # type: ignore[arg-type]
    cuts = statistics.quantiles(took, n=100)
    found.add("p50", round(cuts[49]), "us", "< 150")
    found.add("p99", round(cuts[98]), "us", "< 1,000")
    found.add("checks a second", round(1e6 / statistics.fmean(took)), "", ">= 6,000")
    return found
