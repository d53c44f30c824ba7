"""What a reader of messages is not sure of: each doubt says where, what and what to do; the reading goes on."""

from __future__ import annotations

import msgspec

MOST = 200  # doubts that are kept of one message or batch; of the rest the number is said


class Doubt(msgspec.Struct, frozen=True, gc=False):
    """One thing that is not as it should be. `place`: a field (`results[2].score`), an element with its line
    (`ANPR/line, line 12`), a `line 3` of a batch or a `byte 14`; empty for the whole."""

    place: str
    words: str
    hint: str = ""


class Doubts:
    """Doubts as they are met, no more than MOST of them."""

    __slots__ = ("met", "more")

    def __init__(self) -> None:
        self.met: list[Doubt] = []
        self.more = 0

    def add(self, place: str, words: str, hint: str = "") -> None:
        """One more."""
        if len(self.met) < MOST:
            self.met.append(Doubt(place, words, hint))
        else:
            self.more += 1

    def told(self) -> tuple[Doubt, ...]:
        """Each, in the order in which they were met; last the number of those that were not kept."""
        if not self.more:
            return tuple(self.met)
        return (*self.met, Doubt("", f"{self.more:,} further doubts behind these", "see those first"))


def shown(value: object, longest: int = 40) -> str:
    """A value as a message names it: short, and without signs that a terminal or a page would act on."""
    text = (
        value
        if isinstance(value, str)
        else str(value)[: longest + 1]
        if _small(value)
        else type(value).__name__
    )
    safe = "".join(sign if sign.isprintable() else "\ufffd" for sign in text[:longest])
    return f"{safe}..." if len(text) > longest else safe


def _small(value: object) -> bool:
    return (
        value is None
        or isinstance(value, (bool, float))
        or (isinstance(value, int) and value.bit_length() < 200)
    )
