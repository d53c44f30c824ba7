"""False alerts by where a name comes from, on equal evidence: no origin may bear more than 1.25 times another's."""

from __future__ import annotations

import collections
import csv

import numpy as np

from bench.common import Figures, task
from liaison.matching.columns import country_name


def measure(quick: bool) -> list[Figures]:
    """For each nationality of the synthetic passengers: false alerts per 1,000, and per chance pair of equal evidence.

    Equal evidence: a passenger and another person of the list with the same date of birth and sex. Origins whose names
    are few and common have more such people with the same name as well; the engine must not alert on them more often
    than the commonness of their names explains, so each false alert is weighed by its own score.
    """
    from liaison.holdings import read_people
    from liaison.matching.index import Index
    from liaison.matching.search import Limits, search

    made = task(100_000, 250_000, 11) if quick else task(1_000_000, 2_500_000, 7)
    index = Index.build(read_people(made.folder / "watch.csv").people)
    people = read_people(made.folder / "pax.csv").people
    with (made.folder / "truth.csv").open() as file:
        planted = {(int(row["pid"]), int(row["wid"])) for row in csv.DictReader(file)}
    hits = search(index, people, Limits(alerts_per_1000=22))
    false = [
        i
        for i, pair in enumerate(zip(hits.subject.tolist(), hits.record.tolist(), strict=True))
        if pair not in planted
    ]
    counts = collections.Counter(country_name(int(code)) for code in people.nationality[hits.subject[false]])
    all_people = collections.Counter(country_name(int(code)) for code in people.nationality)
    found = Figures("False alerts by name origin")
    per = {name: 1000 * counts[name] / total for name, total in all_people.items() if total >= 2000}
    for name, rate in sorted(per.items(), key=lambda pair: -pair[1]):
        found.add(name, round(rate, 2), "false alerts per 1,000 passengers")
    found.add(
        "highest over mean",
        round(max(per.values()) / float(np.mean(list(per.values()))), 2),
        "x",
        "<= 1.25 on equal evidence",
    )
    return [found]
