"""Grades of source and information."""

from __future__ import annotations

import pytest

from liaison.model.errors import BadInput
from liaison.model.grading import UNGRADED, Grade, InformationGrade, SourceGrade


def test_the_sixteen_grades_name_their_two_parts() -> None:
    for letter in "ABCX":
        for number in range(1, 5):
            grade = Grade(f"{letter.lower()} {number}")
            assert str(grade) == f"{letter}{number}"
            assert grade.source is SourceGrade[letter]
            assert grade.information.number == number


def test_what_came_without_a_grade_cannot_be_assessed_nor_is_supported() -> None:
    assert UNGRADED.source is SourceGrade.X
    assert UNGRADED.information is InformationGrade.UNSUPPORTED
    assert "nothing supports it" in UNGRADED.information.meaning


@pytest.mark.parametrize("text", ["", "A", "D1", "A5", "A0", "1A", "A11", "A\u0661\u0662"])
def test_another_grade_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="not a grade"):
        Grade(text)
