"""Learn the context tables of `liaison.matching.names` from the half of the token pairs that is not measured on.

usage: python -m bench.tables [--names ../shared/data/names]

A pair of tokens, native and Latin, is aligned letter by letter: every native letter stands for nothing or up to three
Latin letters, by expectation over the best alignment (Viterbi training, four rounds, begun from the letters' base
spellings). What a letter stands for is then counted in its context and kept where it differs from the shorter context.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from hashlib import sha256
from math import log
from pathlib import Path

NAMES = Path(__file__).resolve().parents[2] / "shared" / "data" / "names"
TARGET = Path(__file__).resolve().parents[1] / "src" / "liaison" / "matching" / "names"
LONGEST = 3  # Latin letters that one native letter may stand for
ROUNDS = 4
LEAST = 6  # times that a context must be met
Pairs = list[tuple[str, str, int]]  # native, Latin, weight


def kept_apart(text: str) -> bool:
    """Whether a token or pair belongs to the half that nothing is learned from: by the first bit of its SHA-256."""
    return sha256(text.encode()).digest()[0] < 128


def wikidata(path: Path) -> Iterator[tuple[str, str, int]]:
    """Native token, Latin token, times met, of the pairs mined from Wikidata (NETransliteration-COLING2018, MIT)."""
    for line in path.read_text("utf8").splitlines():
        latin, native, *count = line.split("\t")
        if latin.isascii() and latin.isalpha():
            yield native.replace(" ", ""), latin.lower(), int(count[0]) if count else 1


def google(path: Path) -> Iterator[tuple[str, str, int]]:
    """The same of google/transliteration (Apache-2.0)."""
    for line in path.read_text("utf8").splitlines():
        native, latin = line.split("\t")[:2]
        if latin.isascii() and latin.isalpha():
            yield native, latin.lower(), 1


def learn(pairs: Pairs) -> dict[str, list[str]]:
    """Context -> spellings of its middle letter, the most frequent first."""
    odds: dict[str, Counter[str]] = {}
    aligned: list[tuple[str, list[str], int]] = []
    for _ in range(ROUNDS):
        aligned = [(n, parts, w) for n, latin, w in pairs if (parts := _align(n, latin, odds))]
        odds = defaultdict(Counter)
        for native, parts, weight in aligned:
            for letter, part in zip(native, parts, strict=True):
                odds[letter][part] += weight
    return _contexts(aligned)


def _align(native: str, latin: str, odds: dict[str, Counter[str]]) -> list[str]:
    """The best parts of `latin` for the letters of `native`; empty when there is none."""
    costs = [{0: (0.0, "")}]
    for at, letter in enumerate(native):
        row: dict[int, tuple[float, str]] = {}
        counts = odds.get(letter)
        total = sum(counts.values()) + 50 if counts else 0
        for end, (cost, _) in costs[at].items():
            for size in range(min(LONGEST, len(latin) - end) + 1):
                part = latin[end : end + size]
                if counts:
                    step = -log((counts[part] + 0.05) / total)
                else:
                    step = (
                        abs(size - len(latin) / len(native)) + abs(end - at * len(latin) / len(native)) * 0.5
                    )
                if (found := cost + step) < row.get(end + size, (1e9, ""))[0]:
                    row[end + size] = (found, part)
        costs.append(row)
    return _trace(costs, len(latin))


def _trace(costs: list[dict[int, tuple[float, str]]], end: int) -> list[str]:
    parts: list[str] = []
    for row in reversed(costs[1:]):
        if end not in row:
            return []
        part = row[end][1]
        parts.append(part)
        end -= len(part)
    return parts[::-1]


def _contexts(aligned: Iterable[tuple[str, list[str], int]]) -> dict[str, list[str]]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for native, parts, weight in aligned:
        framed = f"^{native}$"
        for at, part in enumerate(parts, 1):
            before, letter, after = framed[at - 1], framed[at], framed[at + 1]
            for context in (
                f".{letter}.",
                f"{before}{letter}.",
                f".{letter}{after}",
                f"{before}{letter}{after}",
            ):
                counts[context][part] += weight
    chosen = {
        c: _choices(n) for c, n in counts.items() if sum(n.values()) >= (1 if c[::2] == ".." else LEAST)
    }
    return {context: spelled for context, spelled in chosen.items() if _adds(context, spelled, chosen)}


def _choices(counts: Counter[str]) -> list[str]:
    """The commonest spelling, and the second where it is met at least a seventh as often."""
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [part for part, count in ranked[:2] if count * 7 >= ranked[0][1]]


def _adds(context: str, spelled: list[str], chosen: dict[str, list[str]]) -> bool:
    """Whether a context says other than the next shorter one that would be asked."""
    before, letter, after = context
    for shorter in (f".{letter}{after}", f"{before}{letter}.", f".{letter}."):
        if shorter != context and shorter in chosen and (context.count(".") == 0 or shorter == f".{letter}."):
            return chosen[shorter] != spelled
    return True


def write(script: str, pairs: Pairs, source: str) -> int:
    """Write contexts_SCRIPT.tsv; returns how many contexts it has."""
    table = learn([(n, latin, min(w, 5)) for n, latin, w in pairs if 2 <= len(n) <= 14 and not kept_apart(n)])
    rows = "".join("\t".join([context, *spelled]) + "\n" for context, spelled in sorted(table.items()))
    (TARGET / f"contexts_{script}.tsv").write_text(
        f"# Learned by bench/tables.py from {source}\n{rows}", "utf8"
    )
    return len(table)


def main() -> None:
    """Write the tables and say how large they are."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--names", type=Path, default=NAMES)
    names = parser.parse_args().names
    coling = "NETransliteration-COLING2018 (MIT, Copyright 2018 Amazon.com)"
    arabic = [
        *wikidata(names / "wikidata_arabic_latin_tokens.tsv"),
        *google(names / "arabic_latin_tokens.txt"),
    ]
    print("arabic", write("arabic", arabic, f"{coling} and google/transliteration (Apache-2.0)"))


if __name__ == "__main__":
    main()
