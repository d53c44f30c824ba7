"""The names of a zone: primary identifier, two fillers, secondary identifier; one filler is a blank, hyphen or comma.

ICAO Doc 9303 part 3, section 4.6: apostrophes are left out and their parts written together (O'CONNOR is OCONNOR),
names too long are cut. What is there is not turned back into other letters: which ones they were, nobody knows.
"""

from __future__ import annotations

import re

import msgspec

FORM = re.compile(r"[A-Z]+(?:<[A-Z]+)*(?:<<[A-Z]+(?:<[A-Z]+)*)?<*")  # of names that have no faults


class Names(msgspec.Struct, frozen=True):
    """Names as the zone writes them, and whether they may have been cut."""

    surname: str  # the primary identifier
    given: str  # the secondary identifier; empty where the person has but one name
    cut: bool  # the field is full, but for a filler that may stand before the next name


def split(field: str) -> Names:
    """The names of a field."""
    surname, _, given = field.partition("<<")
    return Names(_words(surname), _words(given), bool(field.strip("<")) and field[-2:] != "<<")


def faults(field: str) -> list[tuple[int, str]]:
    """What is against the filler rules: its place in the field (0-based), and words."""
    written = field.rstrip("<")
    if not written:
        return [(0, "no name stands in it")]
    found = []
    if written[0] == "<":
        found.append((0, "the names begin with a filler: the surname is missing or stands elsewhere"))
    third = written.find("<<", written.find("<<", 1) + 2) if written.find("<<", 1) > 0 else -1
    if third > 0:
        found.append((third, "names are parted by two fillers more than once"))
    return found


def _words(part: str) -> str:
    return " ".join(word for word in part.split("<") if word)
