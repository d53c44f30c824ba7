"""Figures that tell nothing of a person: a number so small that it could be one person is not given. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

FEWEST = 5  # counts from 1 to below this are held back


@dataclass(frozen=True, slots=True)
class Count:
    """A number, or None where it is from 1 to 4 and held back."""

    number: int | None

    def __str__(self) -> str:
        return f"{self.number:,}" if self.number is not None else f"under {FEWEST}"


def count(number: int) -> Count:
    """The number as it may be told."""
    return Count(number if number <= 0 or number >= FEWEST else None)


def counts(numbers: Mapping[str, int]) -> dict[str, Count]:
    """Numbers as they may be told, the larger first.

    Where one alone is held back, the total would give it away: then the next smallest is held back too.
    """
    ordered = sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
    told = {name: count(number) for name, number in ordered}
    hidden = [name for name, shown in told.items() if shown.number is None]
    if len(hidden) == 1:
        others = [name for name, number in ordered if number > 0 and name not in hidden]
        if others:
            told[others[-1]] = Count(None)
    return told
