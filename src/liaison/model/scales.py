"""Grades as their source wrote them, on its own scale, and what they come to on the 4x4 scale of model.grading.

The original is always kept: a mapping loses, and whoever reads the record must see what the source said. Where two
scales do not meet, the mapping takes the grade that relies on less.
"""

from __future__ import annotations

import re
from enum import Enum

import msgspec

from liaison.model.errors import BadInput
from liaison.model.grading import UNGRADED, Grade
from liaison.model.structs import Value
from liaison.model.text import clean, compact


class Scale(Enum):
    """The scales in use among police services of Europe."""

    FOUR = "4x4"  # Regulation (EU) 2016/794, article 29: source A, B, C, X; information 1 to 4
    FIVE = "5x5x5"  # United Kingdom, National Intelligence Model, to 2016: source, intelligence, handling
    THREE = "3x5x2"  # United Kingdom, College of Policing, since 2016: source, intelligence, handling


FORMS = {
    Scale.FOUR: re.compile(r"[ABCX][1-4]"),
    Scale.FIVE: re.compile(r"[A-E][1-5][1-5]?"),
    Scale.THREE: re.compile(r"[1-3][A-E][PC]?"),
}
HINTS = {
    Scale.FOUR: "write the source A, B, C or X and the information 1 to 4, as B2",
    Scale.FIVE: "write the source A to E, the intelligence 1 to 5 and the handling 1 to 5, as B24",
    Scale.THREE: "write the source 1 to 3, the intelligence A to E and the handling P or C, as 1AP",
}
# For each place of the grade: sign -> what it means, and the sign of the 4x4 scale that relies on no more than it.
SOURCES = {
    Scale.FIVE: {
        "A": ("always reliable", "A"),
        "B": ("mostly reliable", "B"),
        "C": ("sometimes reliable", "C"),
        "D": ("unreliable", "C"),
        "E": ("an untested source", "X"),
    },
    Scale.THREE: {
        "1": ("reliable", "B"),
        "2": ("untested", "X"),
        "3": ("not reliable", "C"),
    },
}
INFORMATION = {
    Scale.FIVE: {
        "1": ("known to be true without reservation", "1"),
        "2": ("known personally to the source, but not to the person who reports it", "2"),
        "3": ("not known personally to the source, but corroborated", "3"),
        "4": ("cannot be judged", "4"),
        "5": ("suspected to be false", "4"),
    },
    Scale.THREE: {
        "A": ("known directly to the source", "2"),
        "B": ("known indirectly to the source, but corroborated", "3"),
        "C": ("known indirectly to the source", "4"),
        "D": ("not known", "4"),
        "E": ("suspected to be false", "4"),
    },
}
HANDLING = {
    Scale.FIVE: {
        "1": "may be passed to police and other law-enforcement bodies",
        "2": "may be passed to bodies of the country that do not prosecute",
        "3": "may be passed to law enforcement of other countries",
        "4": "not to leave the originating agency",
        "5": "may be passed on under the conditions stated",
    },
    Scale.THREE: {
        "P": "lawful sharing permitted",
        "C": "lawful sharing permitted under conditions",
    },
}
SUSPECTED_FALSE = {Scale.FIVE: "5", Scale.THREE: "E"}


class Graded(Value, frozen=True, kw_only=True):
    """A grade on its own scale. Raises BadInput for a text that the scale does not know.

    A source that gives no grade is X4, as `Graded()` is.
    """

    original: str = str(UNGRADED)
    scale: Scale = Scale.FOUR

    def __post_init__(self) -> None:
        original = compact(clean(self.original))
        if not FORMS[self.scale].fullmatch(original):
            raise BadInput(
                f"{self.original!r} is not a grade of {self.scale.value}",
                field="grade",
                hint=HINTS[self.scale],
            )
        msgspec.structs.force_setattr(self, "original", original)

    @classmethod
    def read(cls, text: str) -> Graded:
        """The grade of a text whose form says its scale: B2 is 4x4, B24 is 5x5x5, 1A or 1AP is 3x5x2.

        Two signs such as E4 that are no 4x4 grade are read as 5x5x5. Raises BadInput.
        """
        original = compact(clean(text))
        for scale, form in FORMS.items():
            if form.fullmatch(original):
                return cls(original=original, scale=scale)
        raise BadInput(f"{text!r} is not a grade", field="grade", hint=HINTS[Scale.FOUR])

    @property
    def grade(self) -> Grade:
        """The grade as 4x4, which relies on no more than the original does."""
        if self.scale is Scale.FOUR:
            return Grade(self.original)
        source, information = self.original[0], self.original[1]
        return Grade(SOURCES[self.scale][source][1] + INFORMATION[self.scale][information][1])

    @property
    def meanings(self) -> tuple[str, ...]:
        """In words: the source, the information and, where the scale grades it, the handling."""
        if self.scale is Scale.FOUR:
            return self.grade.source.value, self.grade.information.meaning
        held = (SOURCES[self.scale], INFORMATION[self.scale])
        words = tuple(signs[sign][0] for signs, sign in zip(held, self.original, strict=False))
        return words + tuple(HANDLING[self.scale][sign] for sign in self.original[2:])

    @property
    def doubted(self) -> bool:
        """Whether the source suspects it to be false, for which 4x4 has no sign."""
        return SUSPECTED_FALSE.get(self.scale) == self.original[1]
