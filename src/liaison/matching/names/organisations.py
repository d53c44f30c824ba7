"""Names of organisations and ships: legal forms, numbers, and the words that many share.

The words stand in `organisations.tsv`: what they do, and the words or phrases, of which `same` gives spellings of one
word, the one that stands for all first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain

from liaison.matching.names.romanise import forms
from liaison.matching.names.split import tokens
from liaison.matching.phonetics import fold

GENERIC_BITS = 4.0  # the most that a generic word can say

_NUMBERS = (
    "one first|two second ii|three third iii|four fourth iv|five fifth v|six sixth vi|seven seventh vii|"
    "eight eighth viii|nine ninth ix|ten tenth x|eleven xi|twelve xii|thirteen xiii|fourteen xiv|fifteen xv"
)
_NUMBER_WORDS = {word: str(n) for n, words in enumerate(_NUMBERS.split("|"), 1) for word in words.split()}
_DIGITS = re.compile(r"\d+")
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """organisations.tsv. legal: kind of legal form by the sounds of its words; same: word -> the one for all."""

    legal: dict[tuple[str, ...], str]
    longest: int  # words of a legal form
    generic: frozenset[str]
    same: dict[str, str]
    small: frozenset[str]
    people: frozenset[str]  # legal forms that people are called too


@cache
def vocabulary() -> Vocabulary:
    """What words do in names of organisations."""
    rows: dict[str, list[list[str]]] = {}
    for line in (files(__package__) / "organisations.tsv").read_text("ascii").splitlines():
        if not line.startswith("#"):
            what, phrases = line.split("\t")
            rows.setdefault(what, []).append(phrases.split("|"))
    legal = {
        tuple(map(_sound, phrase.split())): what.removeprefix("legal ")
        for what, lines in rows.items()
        if what.startswith("legal ")
        for phrase in chain.from_iterable(lines)
    }
    same = {word: words[0] for words in rows["same"] for word in words}
    listed = [
        frozenset(word for words in rows[what] for word in words)
        for what in ("generic", "small", "person too")
    ]
    return Vocabulary(legal, max(map(len, legal)), listed[0], same, *listed[1:])


def is_generic(form: str) -> bool:
    """Whether a word says what kind of thing is named, such as `bank` or `trading`, and not which."""
    return form in vocabulary().generic


def _sound(token: str) -> str:
    """By which a word of a legal form is known: long words by their fold, so that a doubled letter does not matter."""
    form = token if token.isascii() else next(iter(forms(token)), "")
    return fold(form) if len(form) > 8 else form


@dataclass(frozen=True, slots=True)
class Parts:
    """An organisation's name taken apart. tokens: without legal forms and numbers; legal: kinds of legal form."""

    tokens: tuple[str, ...]
    legal: frozenset[str]
    numbers: frozenset[str]
    initials: frozenset[str]  # of every run of three words or more


@lru_cache(maxsize=1 << 14)
def parts(text: str) -> Parts:
    """An organisation's name taken apart. A name of nothing but a legal form keeps its tokens."""
    words = [_one_word(token) for token in tokens(_ORDINAL.sub("", text.casefold()))]
    names, legal = _without_legal(words)
    found = {digits.lstrip("0") or "0" for digits in _DIGITS.findall(text)}
    kept = []
    for at, one in enumerate(_letters_together(names)):
        if one in _NUMBER_WORDS and (len(one) > 1 or at):
            found.add(_NUMBER_WORDS[one])
        else:
            kept.append(one)
    return Parts(tuple(kept or names or words), frozenset(legal), frozenset(found), _initials(words))


def _without_legal(words: list[str]) -> tuple[list[str], set[str]]:
    """(the words that are no legal form, kinds of legal form)."""
    keys = [_sound(one) for one in words]
    kept: list[str] = []
    legal: set[str] = set()
    at = 0
    while at < len(words):
        size, kind = _legal_at(keys, at)
        if kind:
            legal.add(kind)
        else:
            kept.append(words[at])
        at += size
    return kept, legal


def _one_word(token: str) -> str:
    """The token's first form, in the spelling that stands for all of its word."""
    form = next(iter(forms(token)), token)
    same = vocabulary().same
    return same.get(form, form if token.isascii() else token)


def _letters_together(words: list[str]) -> list[str]:
    """Letters that stand alone side by side run together: L.X.C. is `lxc`."""
    out: list[str] = []
    alone = False
    for one in words:
        if len(one) == 1 and alone:
            out[-1] += one
        else:
            out.append(one)
        alone = len(one) == 1
    return out


def _initials(words: list[str]) -> frozenset[str]:
    letters = "".join(w[0] for w in words)
    main = "".join(w[0] for w in words if w not in vocabulary().small)
    return frozenset(x for x in (letters, main) if len(x) > 2)


def _legal_at(keys: list[str], at: int) -> tuple[int, str]:
    """How many tokens from `at` on are a legal form, and its kind; (1, "") for none."""
    known = vocabulary()
    for size in range(min(known.longest, len(keys) - at), 0, -1):
        if kind := known.legal.get(tuple(keys[at : at + size]), ""):
            return size, kind
    return 1, ""


@lru_cache(maxsize=1 << 14)
def looks_like_one(text: str) -> bool:
    """Whether a name is an organisation's or a ship's: a legal form, a digit, or a word that people are not called."""
    words = [_one_word(token) for token in tokens(text)]
    if any(c.isdigit() for c in text) or any(map(_is_telling, words)):
        return True
    dotted = [tuple(abbreviation.lower().split(".")[:-1]) for abbreviation in _DOTTED.findall(text)]
    keys = [_sound(one) for one in words]
    return any(letters in vocabulary().legal for letters in dotted) or any(
        _is_plain_legal(keys, at) for at in range(len(keys))
    )


def _is_plain_legal(keys: list[str], at: int) -> bool:
    size, kind = _legal_at(keys, at)
    phrase = keys[at : at + size]
    return bool(kind) and max(map(len, phrase)) > 1 and not (size == 1 and phrase[0] in vocabulary().people)


_DOTTED = re.compile(r"\b(?:[A-Za-z]\.){2,}")
_PEOPLE_CALLED = frozenset(("power", "steel", "state", "world", "metal"))


def _is_telling(word: str) -> bool:
    """Whether a word is in names of organisations and in none of people."""
    return (len(word) > 4 and is_generic(word) and word not in _PEOPLE_CALLED) or word in ("the", "of", "and")
