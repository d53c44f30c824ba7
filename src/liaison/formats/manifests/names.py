"""Names as carriers write them: without spaces, with titles glued on, cut at the end of a line."""

from __future__ import annotations

import re
from functools import lru_cache

from liaison.formats.manifests.model import Named

APART = re.compile(r"[ .](?:MSTR|MISS|MRS|MR|MS|DR|PROF|CHD|INF)\.?$", re.IGNORECASE)
GLUED = re.compile(r"(?<=.{2})(?:MSTR|MISS|MRS|MR|MS)$", re.IGNORECASE)


@lru_cache(65536)
def letters(text: str) -> str:
    """The letters of a name alone, in capitals, by which two ways of writing it are compared."""
    return "".join(sign for sign in text.upper() if sign.isalnum())


def untitled(given: str) -> str:
    """Given names without a title that stands apart: `CHARLOTTE MS`."""
    given = given.strip()
    return APART.sub("", given) or given if " " in given or "." in given else given


def unglued(given: str, sex: str = "") -> str:
    """Given names without a title that is glued on (`JOHNMR`), unless the sex speaks against it."""
    if given[-1:] not in "RSrs":
        return given
    bare = GLUED.sub("", given)
    title = given[len(bare) :].upper()
    if (
        not title
        or (sex == "F" and title in ("MR", "MSTR"))
        or (sex == "M" and title in ("MRS", "MISS", "MS"))
    ):
        return given
    return bare.rstrip()


def agree(one: Named, other: Named) -> bool:
    """Whether two names may be one person's: the surnames are one, and one's given names begin the other's."""
    if letters(one.surname) != letters(other.surname):
        return False
    first, second = letters(unglued(one.given)), letters(unglued(other.given))
    return first.startswith(second) or second.startswith(first)


def both(booking: Named, document: Named | None, sex: str) -> tuple[Named, ...]:
    """The names of a traveller: the document's first, then the booking's where it differs by more than spaces.

    A title glued to the given name of a booking is taken off; where no document confirms that, both forms are kept.
    """
    bare = Named(booking.surname, unglued(untitled(booking.given), sex))
    if document is None:
        glued = letters(bare.given) != letters(untitled(booking.given))
        return (bare, Named(booking.surname, untitled(booking.given))) if glued else (bare,)
    given = document.given
    if letters(bare.given) != letters(untitled(booking.given)):
        first, _, more = given.partition(" ")
        if letters(first) == letters(untitled(booking.given)):
            # The document has it too: glued on there as well, or no title at all.
            return Named(document.surname, f"{bare.given} {more}".strip()), document
    named = Named(document.surname, untitled(given))
    if _written(named) == _written(bare):
        # A line's end leaves a blank in the middle of a name of the document. A booking that sets its title apart, or
        # has blanks itself, knows where they belong; one that glues everything does not.
        knows = " " in booking.given.strip() or "." in booking.given
        return (bare,) if knows else tuple(dict.fromkeys((named, bare)))
    fuller = letters(named.surname) == letters(bare.surname) and _begins(bare.given, named.given)
    return (named,) if fuller else (named, bare)


def _begins(given: str, more: str) -> bool:
    """Whether given names are the first of others, word by word."""
    words = given.upper().split()
    return more.upper().split()[: len(words)] == words


def _written(name: Named) -> tuple[str, str]:
    return letters(name.surname), letters(name.given)
