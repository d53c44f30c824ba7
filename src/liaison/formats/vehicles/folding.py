"""What was typed or scanned, as Latin capitals and digits. Whatever was changed is said with its place.

Blanks, hyphens, dots and case mean nothing on a mark and go without a word. Cyrillic and Greek letters that look like
Latin ones are what the Vienna Convention on Road Traffic (annex 2) lets states print, so they are read as those.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import msgspec

from liaison.model.errors import BadInput
from liaison.model.text import clean

LONGEST = 64  # characters of a reading, signs between the groups included
BETWEEN = re.compile(r"[\s\-‐-―−./·•:;,_|'’*]")  # what stands between the groups of a mark
CYRILLIC = dict(zip("АВЕКМНОРСТУХІЅЈ", "ABEKMHOPCTYXISJ", strict=True))
GREEK = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX", strict=True))
STROKED = {"Đ": "D", "Ð": "D", "Ł": "L", "Ø": "O"}  # letters that Unicode does not take apart
KEPT = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")


class Doubt(msgspec.Struct, frozen=True):
    """Something that was read otherwise than it stood there, or that cannot be so; `place` is counted from 1 in the
    raw reading, 0 for the whole."""

    kind: str  # "look-alike", "accent", "form", "dropped", "foreign", "unread", "number"
    words: str
    place: int = 0


class Folded(msgspec.Struct, frozen=True):
    """A reading in Latin capitals and digits, and what was changed. A letter that has no Latin twin stays as it is."""

    raw: str
    text: str
    doubts: tuple[Doubt, ...]


def folded(raw: str, field: str) -> Folded:
    """The letters and digits of a reading. Raises BadInput with `field` for what is no text or is too long."""
    try:
        typed = clean(raw)
    except BadInput as error:
        raise BadInput(str(error), field=field, hint=error.hint) from None
    if len(typed) > LONGEST:
        hint = "give one mark or number at a time"
        raise BadInput(
            f"{len(typed)} characters are more than the {LONGEST} that are read", field=field, hint=hint
        )
    signs, doubts = [], []
    for place, sign in enumerate(typed, start=1):
        latin, kind, words = _latin(sign)
        signs.append(latin)
        if kind:
            doubts.append(Doubt(kind, words, place))
    return Folded(typed, "".join(signs), (*doubts, *_scripts(doubts, typed)))


def latin(sign: str) -> str:
    """The Latin capital or digit that one sign is read as; the sign itself where none looks like it, "" for what stands
    between letters and digits."""
    return _latin(sign)[0]


@lru_cache(2048)
def _latin(sign: str) -> tuple[str, str, str]:
    """What a sign is read as; the kind and the words of the doubt, both empty where there is none."""
    capital = sign.upper()
    if capital in KEPT:
        return capital, "", ""
    if BETWEEN.fullmatch(sign):
        return "", "", ""
    if unicodedata.category(sign)[0] not in "LN":
        return "", "dropped", f"{_named(sign)} is no letter and no digit, and was left out"
    for script, twins in (("Cyrillic", CYRILLIC), ("Greek", GREEK)):
        if capital in twins:
            return (
                twins[capital],
                "look-alike",
                f"the {script} letter {sign} was read as the Latin {twins[capital]}",
            )
    plain = STROKED.get(capital) or _bare(capital)
    if plain:
        kind = "form" if unicodedata.decomposition(sign).startswith("<") else "accent"
        return plain, kind, f"{sign} was read as {plain}"
    if sign.isdecimal():
        digit = str(unicodedata.decimal(sign))
        return digit, "form", f"the digit {sign} was read as {digit}"
    return sign, "foreign", f"{_named(sign)} has no Latin letter that looks like it"


def _bare(capital: str) -> str:
    """The one Latin letter or digit under accents and other forms of writing; empty where there is none."""
    parts = unicodedata.normalize("NFKD", capital).upper()
    bare = [part for part in parts if not unicodedata.combining(part)]
    return bare[0] if len(bare) == 1 and bare[0] in KEPT else ""


def _named(sign: str) -> str:
    return sign if sign.isprintable() and not sign.isspace() else f"U+{ord(sign):04X}"


def _scripts(doubts: list[Doubt], typed: str) -> list[Doubt]:
    """That Latin letters stand among look-alikes of another script, which no keyboard types by itself."""
    foreign = any(doubt.kind == "look-alike" for doubt in doubts)
    if foreign and any(sign.isascii() and sign.isalpha() for sign in typed):
        words = "letters of several scripts stand in one mark: it was typed so on purpose, or put together"
        return [Doubt("look-alike", words)]
    return []
