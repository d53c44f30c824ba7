"""Latin letters beyond a-z: how passports, registries and the press write them without their marks.

Sources: ICAO 9303 part 3, section 6 A (recommended transliterations); the national usages named beside the letters.
"""

from __future__ import annotations

from unicodedata import normalize

from liaison.matching.names.scheme import Scheme, distinct, scheme

# Letters that do not come apart into a base letter and a mark, in their plainest spelling.
_PLAIN = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i", "ə": "a",
    "ǝ": "a",
    "ħ": "h", "ŋ": "n", "ĸ": "k", "ŧ": "t", "ĳ": "ij", "ŀ": "l", "ŉ": "n", "ɓ": "b", "ɗ": "d", "ƙ": "k",
    "ƴ": "y", "ɛ": "e",
    "ɔ": "o", "ǀ": "", "ƒ": "f", "ƶ": "z", "ɨ": "i", "ʉ": "u", "ǥ": "g", "ɣ": "gh", "ɖ": "d", "ſ": "s", "ȷ": "j",
}  # fmt: skip

# Letters that come apart: their base letter.
_BARE = {
    chr(code): base
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))
    if "a" <= (base := normalize("NFD", chr(code))[0]) <= "z"
}

STRIPPED = scheme(_BARE | _PLAIN)

# As an English or French reader writes the sound: Albanian, Turkish, Romanian, Czech, Croatian, Lithuanian, Polish.
_SOUND = {
    "ş": "sh", "ș": "sh", "š": "sh", "ś": "s", "ç": "ch", "č": "ch", "ć": "ch", "ž": "zh", "ż": "z",
    "ğ": "gh", "đ": "dj", "ţ": "ts", "ț": "ts", "ñ": "ny", "ď": "d", "ń": "n", "ə": "e", "ř": "rz",
    "ł": "l",
}  # fmt: skip
SOUND = scheme(_BARE | _PLAIN | _SOUND)

# ICAO 9303 and German usage: a second vowel for the mark.
_WIDE = {
    "ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "ð": "dh", "ě": "ie", "ő": "oe", "ű": "ue",
    "ň": "n", "ñ": "n",
}  # fmt: skip
WIDE = scheme(_BARE | _PLAIN | _WIDE)
WIDE_SOUND = scheme(_BARE | _PLAIN | _SOUND | _WIDE)

# Kurdish, Turkish and Azerbaijani letters have sounds that English writes otherwise: c is j, x is kh, j is zh.
_EASTERN_MARKS = frozenset("şêîûğəıç")
_EASTERN = scheme("c j x kh q gh j zh ğ gh", SOUND.letters, before=[("ğ", "gh")])
_EASTERN_X = scheme("x kh ğ g", SOUND.letters)

_LETTERS_LEFT_OUT = scheme("ğ - ë -", SOUND.letters)  # Erdoan, Prparim: a letter that is not heard


def latin(token: str) -> tuple[str, ...]:
    """The forms of a token of Latin letters, case folded and composed; the plainest first."""
    if not token.isascii():
        return distinct(_spellings(token, frozenset(token)))
    return distinct((token,))


def _schemes(marks: frozenset[str]) -> list[Scheme]:
    """Which conventions a token with these letters is written by."""
    made = [STRIPPED, SOUND]
    if marks & frozenset("äöüåøěőűð"):
        made += [WIDE, WIDE_SOUND]
    if marks & _EASTERN_MARKS and marks & frozenset("cxjq"):
        made += [_EASTERN_X, _EASTERN]
    if marks & frozenset("ğë"):
        made.append(_LETTERS_LEFT_OUT)
    return made


def _spellings(token: str, marks: frozenset[str]) -> list[str]:
    return [convention(token) for convention in _schemes(marks)]
