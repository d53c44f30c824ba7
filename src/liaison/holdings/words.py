"""Words as they are compared: without case, accents and punctuation."""

from __future__ import annotations

import re
import unicodedata

LETTERS = str.maketrans(
    {"đ": "d", "ı": "i", "ł": "l", "ø": "o", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}
)
NO_WORD = re.compile(r"[^a-z0-9]+")


def plain(text: str) -> str:
    """The letters and digits of the text alone, small, without accents."""
    if text.isascii():
        return NO_WORD.sub("", text.lower())
    text = unicodedata.normalize("NFKD", text.casefold().translate(LETTERS))
    return "".join(sign for sign in text if sign.isalnum())


def tidy(text: str) -> str:
    """The text with single spaces and none around it."""
    return re.sub(r"\s+", " ", text).strip()
