"""False alerts by where a name comes from: no origin may bear more than 1.25 times another's on equal evidence."""

from __future__ import annotations

import collections
import csv
from collections.abc import Iterable

import numpy as np

from bench.common import Figures, task

ENOUGH = 100  # alerts of an origin in a band of scores, below which a share says nothing
BANDS = (
    (0.3, 2.0),
    (2.0, 20.0),
)  # false alerts per 1,000 passengers at which a band of scores begins and ends


def measure(quick: bool) -> list[Figures]:
    """The share of alerts that are false, by nationality of the synthetic passengers, among alerts of equal score.

    A score is a weight of evidence; calibrated, alerts of one score are false equally often whatever the name. Beside
    it the plain rate, which differs where the names of an origin are fewer and commoner.
    """
    from liaison.holdings import read_people
    from liaison.matching.columns import country_name
    from liaison.matching.index import Index
    from liaison.matching.search import Limits, search

    made = task(100_000, 250_000, 11) if quick else task(1_000_000, 2_500_000, 7)
    people = read_people(made.folder / "pax.csv").people
    index = Index.build(read_people(made.folder / "watch.csv").people)
    hits = search(index, people, Limits(alerts_per_1000=22))
    with (made.folder / "truth.csv").open() as file:
        planted = {(int(row["pid"]), int(row["wid"])) for row in csv.DictReader(file)}
    pairs = zip(hits.subject.tolist(), hits.record.tolist(), strict=True)
    false = np.array([pair not in planted for pair in pairs])
    origin = np.array([country_name(int(code)) for code in people.nationality[hits.subject]])
    passengers = collections.Counter(country_name(int(code)) for code in people.nationality)
    return [*_bands(origin, false, len(people)), _rates(origin[false], passengers)]


def _bands(origin: np.ndarray, false: np.ndarray, people: int) -> Iterable[Figures]:
    so_far = np.cumsum(false) * 1000 / people
    for low, high in BANDS:
        band = (so_far > low) & (so_far <= high)
        found = Figures(
            f"Share of alerts that are false, scores between {low} and {high} false alerts per 1,000"
        )
        shares = {}
        for name in sorted(set(origin[band])):
            here = false[band & (origin == name)]
            if len(here) >= ENOUGH:
                shares[name] = float(here.mean())
                found.add(str(name), round(shares[name], 3), f"of {len(here):,}")
        if len(shares) > 1:
            found.add(
                "highest over lowest", round(max(shares.values()) / min(shares.values()), 2), "x", "<= 1.25"
            )
        yield found


def _rates(origin: np.ndarray, passengers: collections.Counter[str]) -> Figures:
    found = Figures("False alerts per 1,000 passengers, whatever the evidence")
    counts = collections.Counter(origin.tolist())
    for name, total in sorted(passengers.items(), key=lambda pair: -counts[pair[0]] / pair[1]):
        if total >= 1000:
            found.add(name, round(1000 * counts[name] / total, 1))
    return found
