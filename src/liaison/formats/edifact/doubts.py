"""What a reader is not sure of: each doubt says where, what and what to do; the reading goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

MOST = 1000  # doubts that are kept of one interchange; of the rest the number is said
ALIKE = 20  # of these, with the same words


class Doubt(msgspec.Struct, frozen=True, gc=False):
    """One thing that is not as it should be: the segment's number from 1, and its offset in bytes from 0.

    0 and -1 where it stands at no one place. `file` is said where several files were read together.
    """

    segment: int
    offset: int
    words: str
    hint: str = ""
    file: str = ""


@dataclass(slots=True)
class Doubts:
    """Doubts as they are met. Places are worked out at the end, since a sound interchange needs none."""

    met: list[tuple[int, str, str]] = field(default_factory=list)
    total: int = 0  # met so far, listed or not
    more: int = 0
    alike: dict[str, int] = field(default_factory=dict)

    def add(self, segment: int, words: str, hint: str = "") -> None:
        """One more, at a segment counted from 0; -1 for the interchange as a whole."""
        self.total += 1
        known = self.alike.get(words, 0)
        if len(self.met) < MOST and known < ALIKE:
            self.alike[words] = known + 1
            self.met.append((segment, words, hint))
        else:
            self.more += 1

    def placed(self, offsets: Callable[[], list[int]]) -> tuple[Doubt, ...]:
        """Each with its number and offset, in the order of the interchange. `offsets`: bytes, one a segment."""
        if not self.met:
            return ()
        places = offsets()
        told = [
            Doubt(at + 1, places[at], words, hint) if 0 <= at < len(places) else Doubt(0, -1, words, hint)
            for at, words, hint in sorted(self.met, key=lambda met: met[0])
        ]
        if self.more:
            told.append(
                Doubt(
                    0,
                    -1,
                    f"{self.more:,} further doubts, of the same kinds or behind these",
                    "see those first",
                )
            )
        return tuple(told)
