"""What a mark that was read means beside a wanted one, and which times cannot be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.matching.plates import CONFUSED
from liaison.sightings.rules import (
    CLASS,
    Likeness,
    clock_fault,
    forgotten,
    hour_of,
    likeness,
    one_edit,
    pseudonym,
    read_as,
)

NOW = datetime(2026, 3, 4, 12, 20, tzinfo=UTC)
MARKS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=2, max_size=12)


@pytest.mark.parametrize(
    ("read", "wanted", "candidates", "like"),
    [
        ("AA107OB", "AA107OB", (), Likeness.EXACT),
        ("AA1O7OB", "AA107OB", (), Likeness.CLASS),  # no state has letters there
        ("AA1O70B", "AA107OB", (), Likeness.CLASS),
        ("AA107QB", "AA107OB", (), None),  # another vehicle's own mark
        ("AA107QB", "AA107OB", (("AA107OB", 0.3),), Likeness.CLASS),
        ("AA107QB", "AA107OB", (("AA107OB", 0.05),), None),
        ("AA107QB", "AA107OB", (("AA107OB", None),), Likeness.CLASS),
        ("AA101OB", "AA107OB", (), None),
        ("AA101OB", "AA107OB", (("AA107OB", 0.4),), Likeness.POSSIBLE),
        ("AA107O", "AA107OB", (("AA107OB", 0.4),), Likeness.POSSIBLE),
        ("AA1077OB", "AA107OB", (("AA107OB", 0.4),), Likeness.POSSIBLE),
        ("AA122OB", "AA107OB", (("AA107OB", 0.9),), None),  # two signs differ, whatever the camera says
        ("BB222CC", "AA107OB", (("AA107OB", 0.9),), None),
    ],
)
def test_what_a_read_means_beside_a_wanted_mark(
    read: str, wanted: str, candidates: tuple[tuple[str, float | None], ...], like: Likeness | None
) -> None:
    assert likeness(read, wanted, candidates) is like


def test_a_mark_that_passes_here_as_a_rule_is_its_own_vehicles() -> None:
    assert likeness("AA1070B", "AA107OB", ()) is None, (
        "a Croatian mark has this form, and so may the wanted one be"
    )
    assert likeness("AA1070B", "AA107OB", (), frozenset({"AL"})) is Likeness.CLASS, (
        "Albania gave it out until 2011"
    )
    assert likeness("AA10ZOB", "AA102OB", ()) is Likeness.CLASS
    assert likeness("AA10ZOB", "AA102OB", (), frozenset({"GB"})) is None


@given(MARKS, MARKS)
def test_one_edit_is_what_an_edit_distance_says(one: str, other: str) -> None:
    def distance(a: str, b: str) -> int:
        row = list(range(len(b) + 1))
        for i, x in enumerate(a, 1):
            last, row[0] = row[0], i
            for j, y in enumerate(b, 1):
                last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
        return row[-1]

    assert one_edit(one, other) == (distance(one.translate(CLASS), other.translate(CLASS)) <= 1)


@given(MARKS, st.data())
def test_one_sign_more_less_or_other_is_one_edit(mark: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(mark) - 1))
    assert one_edit(mark, mark[:at] + mark[at + 1 :])
    assert one_edit(mark, mark[:at] + "7" + mark[at + 1 :])
    assert one_edit(mark, mark[:at] + "7" + mark[at:])


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("aa-107 ob", "AA107OB"),
        ("АА107ОВ", "AA107OB"),  # Cyrillic
        ("Ä 12", "A12"),
        ("A", ""),
        ("A" * 13, ""),
        ("", ""),
        ("ﾊ12", ""),
        ("x" * 500, ""),
    ],
)
def test_a_mark_is_its_latin_letters_and_digits(typed: str, text: str) -> None:
    assert read_as(typed) == text


@given(st.text(max_size=80))
def test_whatever_is_sent_is_a_mark_or_none(typed: str) -> None:
    mark = read_as(typed)
    assert mark == "" or (2 <= len(mark) <= 12 and mark.isascii() and mark.isalnum() and mark == mark.upper())


def test_a_time_that_is_to_come_or_a_day_old_cannot_be() -> None:
    two = timedelta(minutes=2)
    second = timedelta(seconds=1)
    assert not clock_fault(NOW + two, NOW, two)
    assert clock_fault(NOW + two + second, NOW, two)
    assert not clock_fault(NOW - timedelta(hours=24), NOW, two)
    assert clock_fault(NOW - timedelta(hours=24) - second, NOW, two)


@given(MARKS, st.binary(min_size=32, max_size=32))
def test_a_pseudonym_is_of_the_class_and_of_the_key(mark: str, key: bytes) -> None:
    name = pseudonym(key, mark)
    assert len(name) == 16
    assert name == pseudonym(key, mark.translate(str.maketrans(CONFUSED)))
    assert name != pseudonym(bytes(32), mark) or key == bytes(32)


def test_an_hour_is_forgotten_a_day_after_it_ended() -> None:
    hour = hour_of(NOW)
    end = NOW.replace(minute=0) + timedelta(hours=1)
    assert not forgotten(hour, end + timedelta(hours=24) - timedelta(seconds=1))
    assert forgotten(hour, end + timedelta(hours=24))
