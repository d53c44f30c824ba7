"""Which tokens of two names are taken for one another.

Every pair of tokens has its evidence, min(-cost - log2 min(P), -log2 max(P)) bits, P being the share of each token
among names; a token may also stand for two or three neighbours written as one, or for their initials. The strongest is
chosen first, and no token twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from liaison.matching.names.words import NO_LIKENESS, Word, likeness, word

CONFLICT = 8.0  # bits: from here down two tokens are not taken for one
INITIALS, INITIAL, OTHER_INITIAL = 2.0, 1.5, 4.0
PARTICLE, PARTICLE_COST = 0.5, 8.0  # bits: the most that al, de, von can say; the most they may differ by
JOINED, JOINED_WORST = 1.0, 14.0  # bits of writing tokens as one; the most they may differ besides
STRAINED = 11.0  # bits of a cost that makes a pairing half as doubtful as a contradiction
USUAL = 7  # letters of a token


@dataclass(frozen=True, slots=True)
class Pairing:
    """Tokens of the two names taken for one: their places, how, the evidence, and what difference cost of it (bits)."""

    first: tuple[int, ...]
    second: tuple[int, ...]
    how: str
    bits: float
    lost: float
    doubt: float = 0.0  # 0 none, 2 as good as another name: the loss, heavier on short tokens


def pairings(first: Sequence[Word], second: Sequence[Word], abbreviated: bool = False) -> list[Pairing]:
    """Which tokens are taken for one another, the strongest evidence first; no token twice."""
    found = [*_single(first, second), *_joined(first, second), *map(_turned, _joined(second, first))]
    if abbreviated:
        found += [*_initials_of(first, second), *map(_turned, _initials_of(second, first))]
    found.sort(key=lambda p: (-p.bits, p.lost, p.first, p.second))
    left, right, chosen = set[int](), set[int](), []
    for pairing in found:
        if left.isdisjoint(pairing.first) and right.isdisjoint(pairing.second):
            left.update(pairing.first)
            right.update(pairing.second)
            chosen.append(pairing)
    return chosen


def _turned(pairing: Pairing) -> Pairing:
    return replace(pairing, first=pairing.second, second=pairing.first)


def _single(first: Sequence[Word], second: Sequence[Word]) -> list[Pairing]:
    found = []
    for i, a in enumerate(first):
        for j, b in enumerate(second):
            how, bits, lost = _evidence(a, b)
            if bits > -CONFLICT:
                found.append(Pairing((i,), (j,), how, bits, lost, _doubt(lost, a, b)))
    return found


def _evidence(a: Word, b: Word) -> tuple[str, float, float]:
    """(how, evidence, bits lost) of two tokens taken for one; -CONFLICT where they are not one name."""
    if a.initial or b.initial:
        if a.forms[0][0] != b.forms[0][0]:
            return "", -CONFLICT, 0.0
        return "initial", INITIALS if a.initial and b.initial else INITIAL, 0.0
    how, cost = likeness(a, b)
    if cost >= NO_LIKENESS:
        return "", -CONFLICT, 0.0
    bits = min(max(a.bits, b.bits) - cost, min(a.bits, b.bits))
    if a.particle or b.particle:
        bits = min(bits, PARTICLE) if cost < PARTICLE_COST else -CONFLICT
    return how, bits, cost


def _joined(whole: Sequence[Word], split: Sequence[Word]) -> list[Pairing]:
    """Tokens of `whole` that are two or three tokens of `split` written as one."""
    found = []
    for i, a in enumerate(whole):
        if len(a.forms[0]) < 5:
            continue
        starts = {form[0] for form in a.forms}
        for size in (2, 3):
            for j in range(len(split) - size + 1):
                run = split[j : j + size]
                if starts.isdisjoint({form[0] for form in run[0].forms}):
                    continue
                if (lost := _joining_cost(a, run)) < NO_LIKENESS:
                    bits = min(sum(w.bits for w in run), a.bits + 2.0)
                    found.append(
                        Pairing((i,), tuple(range(j, j + size)), "written together", bits - lost, lost)
                    )
    return found


def _initials_of(whole: Sequence[Word], split: Sequence[Word]) -> list[Pairing]:
    """Tokens of `whole` that are the initials of neighbours in `split`: PLA, People's Liberation Army."""
    letters = "".join(w.forms[0][0] for w in split)
    found = []
    for i, a in enumerate(whole):
        size, at = len(a.forms[0]), letters.find(a.forms[0])
        if 2 <= size <= 6 and at >= 0:
            bits = min(sum(w.bits for w in split[at : at + size]), a.bits, 2.0 + 3.0 * size)
            found.append(Pairing((i,), tuple(range(at, at + size)), "its initials", bits, 4.0, 0.3))
    return found


def _joining_cost(a: Word, run: Sequence[Word]) -> float:
    lengths = sum(len(w.forms[0]) for w in run)
    if not (lengths * 3 <= len(a.forms[0]) * 4 and len(a.forms[0]) * 3 <= lengths * 4):
        return NO_LIKENESS
    cost = min(
        (likeness(a, made)[1] for text in _run_together(a, run) if (made := word(text))), default=NO_LIKENESS
    )
    return JOINED + cost if cost <= JOINED_WORST else NO_LIKENESS


def _run_together(a: Word, run: Sequence[Word]) -> Iterator[str]:
    """The run as one token; the article within it as it is written, then taking on the sound that follows it."""
    texts = [w.text if a.native or w.native is a.native else w.forms[0] for w in run]
    yield "".join(texts)
    if len(run) == 3 and texts[1] in _ARTICLES:
        yield f"{texts[0]}u{texts[2][0]}{texts[2]}"


_ARTICLES = frozenset(("al", "el", "ul"))


def _doubt(lost: float, a: Word, b: Word) -> float:
    length = max(len(a.forms[0]), len(b.forms[0]))
    return (
        0.0
        if a.particle or b.particle
        else min((lost / STRAINED) ** 2 * min(max(USUAL / length, 0.5), 1.5), 2.0)
    )


def worth(w: Word) -> float:
    """Bits of a token that is left over."""
    return PARTICLE if w.particle else OTHER_INITIAL if w.initial else w.bits
