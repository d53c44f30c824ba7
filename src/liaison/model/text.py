"""Values that are one text in one normal form: partial dates, grades, document numbers, plates, IBANs."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, NoReturn, TypeVar

from liaison.model.errors import BadInput

T = TypeVar("T", bound="Text")
SEPARATORS = re.compile(r"[\s\-‐-―−./·]+")


class Text:
    """A frozen value that is its normalised text. Two values are equal when type and text are.

    `Iban("de89 3704 ...")` normalises what it is given and raises BadInput for what cannot be one.
    """

    __slots__ = ("text",)
    text: str

    def __init__(self, text: str) -> None:
        object.__setattr__(self, "text", self.normal(clean(text)))

    @classmethod
    def normal(cls, text: str) -> str:
        """The one form in which a value is kept. Raises BadInput."""
        return text

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a {type(self).__name__} cannot be changed")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a {type(self).__name__} cannot be changed")

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.text!r})"

    def __hash__(self) -> int:
        return hash((type(self), self.text))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and type(other) is type(self) and other.text == self.text

    def __lt__(self: T, other: T) -> bool:
        return self.text < other.text if type(other) is type(self) else NotImplemented

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.text,)


def clean(text: str) -> str:
    """The text in Unicode's form C without space around it.

    Raises BadInput for what is not text, and for half a surrogate pair, which no encoding can carry.
    """
    if not isinstance(text, str):
        raise BadInput(f"{text!r} is not text", hint="give it as text")
    if text.isascii():
        return text.strip()
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise BadInput(f"{text!r} holds half a character", hint="read the source again in its own encoding")
    return unicodedata.normalize("NFC", text).strip()


def compact(text: str) -> str:
    """Capitals and ASCII digits without spaces, hyphens, dots or slashes: how numbers on documents compare."""
    joined = SEPARATORS.sub("", text.replace("<", "")).upper()
    digits = "".join(str(unicodedata.digit(sign)) if sign.isdecimal() else sign for sign in joined)
    return unicodedata.normalize("NFC", digits)
