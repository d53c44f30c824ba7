"""./dev bench pairs: how well `compare` tells names of one person from names of two.

Every set is cut in two halves by a hash of the pair (of the native token, for names in two scripts). Weights and tables
were made with the development half in sight; the kept half is what counts.
"""

from __future__ import annotations

import csv
import random
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.common import SHARED, Absent, Figures
from bench.tables import kept_apart, wikidata
from liaison.matching.compare import compare

NAMES = SHARED / "data" / "names"
Pair = tuple[str, str, bool]  # two names, and whether they are one's
Measures = dict[str, float]
POSITIVES, NEGATIVES, SEED = 1000, 700, 20


def measures(scored: Sequence[tuple[float, bool]]) -> Measures:
    """pairs, auc, best_f1, recall at 5 % and 1 % false positives: as ../shared/bench/score_pairs.py has them."""
    groups: dict[float, list[int]] = {}
    for score, same in scored:
        groups.setdefault(score, [0, 0])[not same] += 1
    positive = sum(same for _, same in scored)
    negative = len(scored) - positive
    hits = alarms = 0
    auc = f1 = at5 = at1 = 0.0
    for score in sorted(groups, reverse=True):
        true, false = groups[score]
        auc += false * (hits + true / 2)
        hits, alarms = hits + true, alarms + false
        f1 = max(f1, 2 * hits / (hits + alarms + positive))
        at5 = max(at5, hits / positive) if alarms <= 0.05 * negative else at5
        at1 = max(at1, hits / positive) if alarms <= 0.01 * negative else at1
    return {
        "pairs": len(scored), "auc": auc / max(positive * negative, 1), "best_f1": f1,
        "recall_at_5pct_fpr": at5, "recall_at_1pct_fpr": at1,
    }  # fmt: skip


def labelled(people_only: bool = False) -> list[Pair]:
    """labelled_name_pairs.csv of opensanctions/nomenklatura (MIT)."""
    with (NAMES / "labelled_name_pairs.csv").open(encoding="utf8", newline="") as file:
        return [
            (row["name1"], row["name2"], row["is_match"] == "true")
            for row in csv.DictReader(file)
            if row["schema"] == "Person" or not people_only
        ]


def ofac_pairs() -> list[Pair]:
    """1,000 a.k.a. pairs of the OFAC list, and 700 names each with the most alike other name of the list.

    Alike: the share of pairs of neighbouring letters that two names have in common (Dice). A name that the list itself
    gives as an a.k.a. is no negative.
    """
    rng = random.Random(SEED)
    with (NAMES / "ofac_aka_pairs.csv").open(encoding="utf8", newline="") as file:
        rows = list(csv.DictReader(file))
    known = {(row["primary"], row["aka"]) for row in rows}
    primaries = sorted({row["primary"] for row in rows} | _individuals())
    asked = rng.sample(range(len(primaries)), NEGATIVES)
    positives = [(row["primary"], row["aka"], True) for row in rng.sample(rows, POSITIVES)]
    negatives = [
        (primaries[i], primaries[j], False) for i, j in zip(asked, _nearest(primaries, asked), strict=True)
    ]
    return positives + [
        pair for pair in negatives if pair[:2] not in known and (pair[1], pair[0]) not in known
    ]


def _individuals() -> set[str]:
    with (NAMES / "ofac_sdn.csv").open(encoding="utf8", newline="", errors="replace") as file:
        return {row[1] for row in csv.reader(file) if len(row) > 2 and row[2] == "individual"}


def _nearest(names: Sequence[str], asked: Sequence[int]) -> list[int]:
    """The place of the name most alike to each asked one, but for itself."""
    pairs = [{f"{word}_"[i : i + 2] for word in _words(name) for i in range(len(word))} for name in names]
    place = {pair: n for n, pair in enumerate(sorted(set().union(*pairs)))}
    table = np.zeros((len(names), len(place)), np.float32)
    for row, own in enumerate(pairs):
        table[row, [place[pair] for pair in own]] = 1
    sizes = table.sum(axis=1)
    shared = table[list(asked)] @ table.T
    dice: NDArray[np.float32] = 2 * shared / (sizes[list(asked)][:, None] + sizes[None, :])
    dice[np.arange(len(asked)), list(asked)] = -1
    return [int(at) for at in dice.argmax(axis=1)]


def _words(name: str) -> list[str]:
    return name.lower().replace(",", " ").replace("-", " ").replace("'", "").split()


def two_scripts(file: str, kept: bool) -> list[Pair]:
    """1,000 names of two tokens in native and Latin script, and as many with the same first, another second token.

    Only tokens of the asked half. Tokens of three letters or more; each name's tokens are drawn at random.
    """
    rng = random.Random(SEED)
    tokens = sorted(
        {
            (n, latin)
            for n, latin, _ in wikidata(NAMES / file)
            if len(n) > 2 and len(latin) > 2 and kept_apart(n) == kept
        }
    )
    drawn = [(rng.choice(tokens), rng.choice(tokens), rng.choice(tokens)) for _ in range(POSITIVES)]
    positives = [(f"{a[0]} {b[0]}", f"{a[1]} {b[1]}".title(), True) for a, b, _ in drawn]
    return positives + [
        (f"{a[0]} {b[0]}", f"{a[1]} {c[1]}".title(), False) for a, b, c in drawn if c[1] != b[1]
    ]


def united_nations() -> list[Pair]:
    """People of the UN list under their own name with the order turned, and each with its most alike neighbour."""
    with (NAMES / "un_list_people.csv").open(encoding="utf8", newline="") as file:
        names = sorted({row["full_name"] for row in csv.DictReader(file)})
    turned = [(name, " ".join(reversed(name.split())).title(), True) for name in names]
    asked = range(len(names))
    return turned + [(names[i], names[j], False) for i, j in zip(asked, _nearest(names, asked), strict=True)]


def scored(pairs: Iterable[Pair], kind: str = "auto") -> list[tuple[float, bool]]:
    """Every pair with its score."""
    return [(compare(a, b, kind=kind).score, same) for a, b, same in pairs]


def half(pairs: Sequence[Pair], kept: bool) -> list[Pair]:
    """The development half of the pairs, or the kept one."""
    return [pair for pair in pairs if kept_apart(f"{pair[0]}|{pair[1]}") == kept]


Draw = Callable[[bool], list[Pair]]  # from whether it is the kept half
SETS: dict[str, Draw] = {
    "labelled pairs, all": lambda kept: half(labelled(), kept),
    "labelled pairs, people": lambda kept: half(labelled(True), kept),
    "OFAC a.k.a. pairs": lambda kept: half(ofac_pairs(), kept),
    "Cyrillic and Latin": lambda kept: two_scripts("wikidata_cyrillic_latin_tokens.tsv", kept),
    "Arabic and Latin": lambda kept: two_scripts("wikidata_arabic_latin_tokens.tsv", kept),
    "UN list, order turned": lambda kept: half(united_nations(), kept),
}
F1, AT5, AT1 = "best_f1", "recall_at_5pct_fpr", "recall_at_1pct_fpr"
TARGETS: tuple[tuple[str, str, str], ...] = (
    ("labelled pairs, all", F1, "> .80"),
    ("labelled pairs, all", AT5, "> .63"),
    ("labelled pairs, people", F1, "> .75"),
    ("labelled pairs, people", AT5, "> .58"),
    ("OFAC a.k.a. pairs", AT5, ">= .58"),
    ("Cyrillic and Latin", AT1, ">= .85"),
    ("Arabic and Latin", AT1, ">= .50"),
    ("UN list, order turned", AT1, "smoke test"),
)


def run(quick: bool = False) -> dict[str, dict[str, Measures]]:
    """{set: {"kept" or "development": measures}}; quick: the kept halves only."""
    if not NAMES.is_dir():
        raise Absent(f"there is no {NAMES}")
    wanted = {"kept": True} if quick else {"kept": True, "development": False}
    return {
        name: {which: measures(scored(pairs(kept))) for which, kept in wanted.items()}
        for name, pairs in SETS.items()
    }


def measure(quick: bool) -> list[Figures]:
    """The figures of the pairs, each half beside the target."""
    if not NAMES.is_dir():
        raise Absent(f"there is no {NAMES}")
    pairs = labelled() + ofac_pairs()
    start = time.process_time()
    scored(pairs)
    rate = round(len(pairs) / (time.process_time() - start))
    found = run(quick)
    figures = Figures("names compared two by two")
    for name, key, target in TARGETS:
        for which, values in found[name].items():
            title = f"{name}: {key}, {which} half ({values['pairs']:.0f})"
            figures.add(title, round(values[key], 3), "", target)
    figures.add("pairs compared, none seen before", rate, "pairs/s, one core", ">= 3,000")
    figures.notes.append(
        "Tables learned from token pairs, and weights, saw the development half only; see docs/decisions/0010 and 0011."
    )
    return [figures]


def show(path: Path | None = None) -> dict[str, dict[str, Measures]]:
    """Print every measure of every set, and return them."""
    found = run()
    for name, halves in found.items():
        for which, values in halves.items():
            print(f"{name:<24} {which:<12}", "  ".join(f"{key} {value:.3f}" for key, value in values.items()))
    return found


if __name__ == "__main__":
    show()
