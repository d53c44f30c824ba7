"""What may stand in a file of alerts, and how a score is written: pure."""

from __future__ import annotations

import re

from liaison.matching.dates import BIT

REQUIRED = ("subject_id", "record_id", "score", "rank", "list", "matched_name", "reasons")
COLUMNS = (*REQUIRED, "subject_name", "subject_born", "record_born")
BAD_ROW_COLUMNS = ("file", "row", "field", "reason")
NOTICE = "Every alert is a lead for a trained person to verify. It is never grounds for a measure by itself."

# what a spreadsheet takes for a formula: CWE-1236
_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?\Z")


def inert(text: str) -> str:
    """The text as a spreadsheet shows it without computing it: an apostrophe before =, +, -, @, tab and return.

    A plain number, signed or not, stays as it is.
    """
    return "'" + text if _FORMULA.match(text) and not _NUMBER.match(text) else text


def counted(number: int, one: str, many: str) -> str:
    """A number and its noun: 1 alert, 1,204 alerts."""
    return f"{number:,} {one if number == 1 else many}"


def bits(score: int) -> str:
    """A score in 1/10,000 bit as bits with four decimals, exactly: 123456 -> 12.3456."""
    whole, part = divmod(abs(score), BIT)
    return f"{'-' if score < 0 else ''}{whole}.{part:04}"


def by_chance(chance: float, people: int = 1) -> str:
    """What it means to expect at most `chance` records to match one person by chance, when `people` are checked."""
    if chance >= 0.95:
        return f"By chance alone up to {_rounded(chance):,} records on this list would match one person this well."
    one_in = 1 / max(chance, 1e-12)
    if one_in >= 1e9:
        return "By chance alone fewer than one person in a thousand million would match this list so well."
    said = f"By chance alone at most one person in {_rounded(one_in):,} would match this list so well"
    expected = chance * people
    if people < 2:
        return f"{said}."
    crowd = f"up to {_rounded(expected):,}" if expected >= 0.95 else "fewer than one"
    return f"{said}: {crowd} of the {people:,} checked here."


def _rounded(value: float) -> int:
    """To two leading digits, so that a rough estimate does not look exact."""
    step = 10.0 ** max(len(str(int(value))) - 2, 0)
    return max(round(round(value / step) * step), 1)
