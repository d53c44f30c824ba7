"""A name as its tokens: the readable twin of the kernel's `lk_tokens`."""

from __future__ import annotations

from functools import cache
from unicodedata import normalize

from liaison.matching.names.characters import JOINER, SEPARATOR, runs


@cache
def _rewriting() -> dict[int, str | None]:
    """For str.translate: separators become a space, joiners nothing."""
    table: dict[int, str | None] = {}
    for start, end, kind in runs():
        if kind == SEPARATOR:
            table.update(dict.fromkeys(range(start, end), " "))
        elif kind == JOINER:
            table.update(dict.fromkeys(range(start, end)))
    return table


def tokens(text: str) -> list[str]:
    """The tokens of a name in order, case folded, in Unicode form C. Joining them with spaces gives them again."""
    if not text.isascii():
        text = normalize("NFD", text).casefold()
    return normalize("NFC", text.lower().translate(_rewriting())).split()
