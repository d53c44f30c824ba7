from itertools import count

import pytest

from liaison.node.remembered import Remembered


def test_an_answer_is_found_anew_once_it_is_old() -> None:
    asked, kept = count(1), Remembered[int]()
    moments = [
        0.0,
        0.5,
        0.99,
        1.0,
        1.5,
        2.0,
        1.9,
    ]  # the last is before the one before it: a clock that was set
    assert [kept.within(1.0, now, lambda: next(asked)) for now in moments] == [1, 1, 1, 2, 2, 3, 4]


def test_what_fails_is_asked_again() -> None:
    kept = Remembered[int]()
    with pytest.raises(ZeroDivisionError):
        kept.within(1.0, 0.0, lambda: 1 // 0)
    assert kept.within(1.0, 0.0, lambda: 7) == 7
