"""What an ASCII spelling sounds like: its fold, its consonant skeleton and the mask of its consonants.

A *form* is one romanised spelling of a name token, a-z only. Two spellings of one name by two conventions
(`Joukov`, `Zhukov`) differ as strings; their folds differ less, and their skeletons least. The tables here are
the single source: the compiled kernel is handed them by `rule_table` and interprets them exactly as `fold` does.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

# Rewritten left to right, the longest pattern first; `^` matches at the start only, `$` at the end only.
# Sources of the equivalences: ISO 9, BGN/PCGN, DIN 1460, ICAO 9303 part 3 section 6, French press usage.
FOLD: tuple[tuple[str, str], ...] = (
    ("shch", "s"), ("tsch", "c"), ("sch", "s"), ("tch", "c"), ("dzh", "j"), ("sh", "s"), ("sz", "s"),
    ("ch", "c"), ("cz", "c"), ("tz", "z"), ("ts", "z"), ("zh", "z"), ("kh", "h"), ("gh", "g"), ("ph", "f"),
    ("th", "t"), ("dh", "d"), ("xh", "x"), ("dj", "j"), ("gj", "j"), ("ck", "k"), ("qu", "k"), ("q", "k"), ("ks", "x"),
    ("ca", "ka"), ("co", "ko"), ("cu", "ku"), ("cl", "kl"), ("cr", "kr"), ("ct", "kt"), ("cc", "k"),
    ("w", "v"), ("oou", "u"), ("ou", "u"), ("oo", "u"), ("ee", "i"), ("ae", "e"), ("oe", "o"), ("ue", "u"),
    ("aa", "a"), ("ie", "i"), ("iy", "i"), ("ij", "i"), ("ii", "i"), ("y", "i"), ("j", "i"), ("h$", ""),
    ("off$", "ov"), ("eff$", "ev"), ("ff", "f"),
)  # fmt: skip

# One class letter for each letter of a fold; vowels have none.
SKELETON: dict[str, str] = dict(zip("bpdtkgfvlmnrszcxjh", "PPTTKKFFLMNRSSSSSH", strict=True))

MASK_BITS = "PTKFLMNRSH"  # bit i: class i occurs
MASK_TWICE = "TKMNRS"  # bit 10 + i: class i occurs more than once
LONGEST = 63  # letters of a form that are compared: the width of the kernel's bit vectors


@lru_cache(maxsize=1)
def _rules_by_letter() -> dict[str, list[tuple[str, str, bool, bool]]]:
    """First letter -> (pattern, replacement, only at start, only at end), longest pattern first."""
    rules: dict[str, list[tuple[str, str, bool, bool]]] = {}
    for pattern, out in FOLD:
        bare = pattern.strip("^$")
        rules.setdefault(bare[0], []).append((bare, out, pattern[0] == "^", pattern[-1] == "$"))
    for same_letter in rules.values():
        same_letter.sort(key=lambda rule: (-len(rule[0]), not (rule[2] or rule[3])))
    return rules


def _rewrite(form: str) -> str:
    rules, out, i = _rules_by_letter(), [], 0
    while i < len(form):
        for pattern, replacement, at_start, at_end in rules.get(form[i], ()):
            fits = (not at_start or i == 0) and (not at_end or i + len(pattern) == len(form))
            if fits and form.startswith(pattern, i):
                out.append(replacement)
                i += len(pattern)
                break
        else:
            out.append(form[i])
            i += 1
    return "".join(out)


@lru_cache(maxsize=65536)
def fold(form: str) -> str:
    """The form with digraphs, glides and doubled letters brought to one spelling; never empty for a form."""
    rewritten = _rewrite(form)
    return "".join(c for i, c in enumerate(rewritten) if i == 0 or c != rewritten[i - 1]) or form


@lru_cache(maxsize=65536)
def skeleton(form: str) -> str:
    """The consonant classes of a form's fold in order, doubled classes kept once: `zhukov` and `zukoff` -> `SKF`."""
    classes = "".join(SKELETON.get(c, "") for c in fold(form))
    return "".join(c for i, c in enumerate(classes) if i == 0 or c != classes[i - 1])


@lru_cache(maxsize=65536)
def mask(form: str) -> int:
    """32 bits of a form: 16 for its consonant classes, which occur and which more than once; 5 for the vowels of its
    fold; 11 for its first four letters, hashed."""
    classes, vowels = skeleton(form), fold(form[:LONGEST])
    once = sum(1 << i for i, c in enumerate(MASK_BITS) if c in classes)
    twice = sum(1 << (10 + i) for i, c in enumerate(MASK_TWICE) if classes.count(c) > 1)
    open_vowels = sum(1 << (16 + i) for i, c in enumerate("aeiou") if c in vowels)
    return once | twice | open_vowels | beginning(form) << 21


def beginning(form: str) -> int:
    """11 bits of the first four letters of a form (FNV-1a, folded)."""
    code = 0x811C9DC5
    for letter in form[:4].encode():
        code = (code ^ letter) * 0x01000193 & 0xFFFFFFFF
    return (code ^ code >> 11 ^ code >> 22) & 0x7FF


def apart(a: str, b: str) -> int:
    """How many consonant classes and vowels one of two forms has and the other has not."""
    return ((mask(a) ^ mask(b)) & 0x1FFFFF).bit_count()


RULE = np.dtype([("pattern", "S5"), ("length", "u1"), ("flags", "u1"), ("out", "S4"), ("out_length", "u1")])


def rule_table() -> tuple[NDArray[np.void], NDArray[np.int32], NDArray[np.uint8]]:
    """The kernel's copy: rules RULE[r] in the order they are tried, first: int32[27] by first letter,
    classes: uint8[26]."""
    ordered = [rule for letter in range(26) for rule in _rules_by_letter().get(chr(97 + letter), [])]
    counts = [len(_rules_by_letter().get(chr(97 + letter), [])) for letter in range(26)]
    table = np.zeros(len(ordered), RULE)
    for row, (pattern, out, at_start, at_end) in zip(table, ordered, strict=True):
        row["pattern"], row["length"], row["out"], row["out_length"] = (
            pattern.encode(),
            len(pattern),
            out.encode(),
            len(out),
        )
        row["flags"] = at_start | at_end << 1
    classes = np.array([MASK_BITS.find(SKELETON.get(chr(97 + i), "?")) & 255 for i in range(26)], np.uint8)
    return table, np.cumsum([0, *counts]).astype(np.int32), classes
