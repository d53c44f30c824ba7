"""How far a source and its information can be relied on: the 4x4 grades of Regulation (EU) 2016/794, article 29."""

from __future__ import annotations

from enum import Enum

from liaison.model.errors import BadInput
from liaison.model.text import Text, compact


class SourceGrade(Enum):
    """Article 29(1): how reliable the source is."""

    A = "no doubt about its authenticity, trustworthiness and competence, or reliable in every instance so far"
    B = "reliable in most instances"
    C = "unreliable in most instances"
    X = "its reliability cannot be assessed"


class InformationGrade(Enum):
    """Article 29(2): how accurate the information is."""

    KNOWN = 1, "its accuracy is not in doubt"
    FIRST_HAND = 2, "known to the source itself, but not to the official who passes it on"
    CORROBORATED = 3, "not known to the source itself, but other recorded information supports it"
    UNSUPPORTED = 4, "not known to the source itself, and nothing supports it"

    @property
    def number(self) -> int:
        """1 to 4."""
        return self.value[0]

    @property
    def meaning(self) -> str:
        """In words."""
        return self.value[1]


class Grade(Text):
    """Both grades of one statement, as `B2`. A statement that came without one is graded X4."""

    __slots__ = ()

    @classmethod
    def normal(cls, text: str) -> str:
        """A letter and a digit. Raises BadInput."""
        grade = compact(text)
        if len(grade) != 2 or grade[0] not in SourceGrade.__members__ or grade[1] not in "1234":
            raise BadInput(
                f"{text!r} is not a grade",
                hint="write the source A, B, C or X and the information 1 to 4, as B2",
            )
        return grade

    @property
    def source(self) -> SourceGrade:
        """The letter's meaning."""
        return SourceGrade[self.text[0]]

    @property
    def information(self) -> InformationGrade:
        """The digit's meaning."""
        return tuple(InformationGrade)[int(self.text[1]) - 1]


UNGRADED = Grade("X4")
