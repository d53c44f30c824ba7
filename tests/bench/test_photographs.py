"""What the benchmark counts a page for: right, marked, or accepted though it is wrong."""

from collections import Counter

from bench.photographs import _judged
from liaison.formats.mrz import Doubt
from liaison.pictures.answers import UNCLEAR, Found
from tests.pictures.specimens import PASSPORT

WRONG = PASSPORT.replace("NOBODY", "NOBOBY")
MARK = Doubt(UNCLEAR, "B was not read surely: compare it", "names", 1, 20)


def one(text: str, *doubts: Doubt, consistent: bool = True) -> list[Found]:
    return [Found(text, consistent, doubts, ())]


def test_a_wrong_page_without_a_doubt_is_accepted_and_never_right() -> None:
    assert _judged(PASSPORT, one(WRONG)) == Counter(accepted=1)


def test_a_wrong_sign_is_marked_where_a_doubt_stands_on_it_or_on_its_line() -> None:
    assert _judged(PASSPORT, one(WRONG, MARK)) == Counter(marked=1, consistent=1)
    whole = Doubt(UNCLEAR, "line 1 was read with 43 signs of 44: compare all of it", "", 1)
    assert _judged(PASSPORT, one(WRONG, whole)) == Counter(marked=1, consistent=1)
    aside = Doubt(UNCLEAR, "K was not read surely: compare it", "number", 2, 2)
    assert _judged(PASSPORT, one(WRONG, aside)) == Counter(marked=1, consistent=1, unmarked=1)


def test_a_right_page_is_exact_where_nothing_was_corrected() -> None:
    assert _judged(PASSPORT, one(PASSPORT)) == Counter(right=1, sure=1, exact=1)
    corrected = Doubt("corrected", "0 was read as O, as the type of the field says", "names", 1, 17)
    assert _judged(PASSPORT, one(PASSPORT, corrected)) == Counter(right=1, sure=1)


def test_a_second_zone_that_is_not_there_is_a_wrong_page() -> None:
    assert _judged(PASSPORT, one(PASSPORT) * 2) == Counter(accepted=1)
    assert _judged(PASSPORT, []) == Counter(unread=1)
