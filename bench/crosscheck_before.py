"""The first design's match keys, as ../shared/crosscheck/design-notes.md (3.1) has them: to measure on the same people.

Every pair of tokens with the date, each token with the other's first sound and the date, and the year where the record
has no day; the asker also asks around the date, for every pair.
"""

from __future__ import annotations

from collections.abc import Iterator

from liaison.crosscheck.likeness.matchkeys import Known, MatchKey, around
from liaison.crosscheck.likeness.shares import Shares, settled


def held(known: Known, _: Shares) -> Iterator[MatchKey]:
    """The keys of a record."""
    for date in known.dates:
        for a, b in known.pairs():
            if len(date) == 10:
                yield from _dated(known, settled(date))
            else:
                yield _pair("Y", a.bones, b.bones, date[:4])


def asked(known: Known) -> Iterator[MatchKey]:
    """The keys that are asked for."""
    for date in known.dates:
        for a, b in known.pairs():
            yield _pair("Y", a.bones, b.bones, date[:4])
            if len(date) == 10:
                yield from (_pair("S", a.bones, b.bones, day, says) for day, says in around(date))
        if len(date) == 10:
            yield from _dated(known, settled(date))


def _dated(known: Known, day: str) -> Iterator[MatchKey]:
    for a, b in known.pairs():
        yield _pair("S", a.bones, b.bones, day)
        yield MatchKey("W1", f"{a.bones}|{b.start}|{day}".encode())
        yield MatchKey("W1", f"{b.bones}|{a.start}|{day}".encode())


def _pair(family: str, one: str, two: str, date: str, says: str = "exact") -> MatchKey:
    return MatchKey(family, "|".join((*sorted((one, two)), date)).encode(), says)


class Exact:
    """The first design's baseline: whole names with the date as they are, documents and telephones."""

    def held(self, known: Known, _: Shares, /) -> Iterator[MatchKey]:
        """The keys of a record."""
        return self.asked(known)

    def asked(self, known: Known, /) -> Iterator[MatchKey]:
        """The keys that are asked for."""
        for date in known.dates:
            for a, b in known.pairs():
                yield _pair("S", a.bones, b.bones, settled(date) if len(date) == 10 else date)
