"""What a letter becomes between its neighbours: learned tables for scripts whose spelling leaves sounds open.

A row of `contexts_SCRIPT.tsv` is a context of three letters (`^` and `$` at the ends, `.` for any) with the spellings
of the middle one, the most frequent first. The longest context that the table knows decides. bench/contexts.py learns
them from pairs of tokens; decision 0010 says from which, and which half of them is kept apart to measure on.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

Spellings = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contexts:
    """By context: (spelling of the first rank, of the second)."""

    table: dict[str, Spellings]

    def spellings(self, token: str) -> tuple[str, ...]:
        """The likeliest spelling of a token, then the one of each letter's second choice; empty without a table."""
        if not self.table:
            return ()
        found = [self._letter(f"^{token}$", at) for at in range(1, len(token) + 1)]
        first = "".join(choices[0] for choices in found)
        return first, "".join(choices[-1] for choices in found)

    def _letter(self, framed: str, at: int) -> Spellings:
        known = self.table.get
        letter, after = framed[at], framed[at + 1]
        return (
            known(framed[at - 1 : at + 2])
            or known(f".{letter}{after}")
            or known(f"{framed[at - 1]}{letter}.")
            or known(f".{letter}.")
            or ("",)
        )


@cache
def context_table(script: str) -> Contexts:
    """The learned table of a script; an empty one where none was learned."""
    path = files(__package__) / f"contexts_{script}.tsv"
    if not path.is_file():
        return Contexts({})
    rows = (row.split("\t") for row in path.read_text("utf8").splitlines() if not row.startswith("#"))
    return Contexts({row[0]: tuple(row[1:]) for row in rows})
