"""Other readings of a document number in which a letter and a digit may have been taken for one another.

The type of a number's field decides nothing, so that nothing is corrected: a reading with which the check digits
agree is shown, and a person looks at the page. 6 and G count the same, so that no check digit tells one from the other.
"""

from __future__ import annotations

from itertools import combinations

from liaison.formats.mrz import digits
from liaison.formats.mrz.document import Document

TAKEN_FOR = {
    "O": "0",
    "0": "O",
    "I": "1",
    "1": "I",
    "B": "8",
    "8": "B",
    "S": "5",
    "5": "S",
    "Z": "2",
    "2": "Z",
}
SAME_VALUE = {"6": "G", "G": "6"}
MOST_CHANGED, MOST_SHOWN = 2, 8


def numbers(document: Document) -> tuple[str, ...]:
    """Numbers with one or two signs read otherwise, with which every check digit agrees; none where all agree now."""
    first, end = document.layout.fields["number"]
    if not document.bits & 1:
        return ()
    places = [at for at in range(first, end) if document.text[at] in TAKEN_FOR]
    found: list[str] = []
    for many in range(1, MOST_CHANGED + 1):
        for chosen in combinations(places, many):
            signs = list(document.text)
            for at in chosen:
                signs[at] = TAKEN_FOR[signs[at]]
            if not digits.verdict(document.layout, "".join(signs)) & digits.FAULTS:
                found.append("".join(signs[first:end]).replace("<", ""))
        if found:
            break
    return tuple(found[:MOST_SHOWN])


def same_digits(document: Document) -> tuple[int, ...]:
    """Places (1-based) in the number where a 6 could be a G, or a G a 6, without any check digit telling."""
    number = document.raw("number")
    return tuple(at for at, sign in enumerate(number, 1) if sign in SAME_VALUE)
