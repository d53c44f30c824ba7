"""Greek letters, modern pronunciation first.

Sources: ELOT 743 (Greek passports; ICAO 9303 follows it), ISO 843, and the older spellings by letter
(Demetrios, Euthymios) and by ear (Yorgos, Bakoyannis).
"""

from __future__ import annotations

import re
from unicodedata import normalize

from liaison.matching.names.scheme import distinct, letter_table, scheme

_BASE = letter_table(
    "α a β v γ g δ d ε e ζ z η i θ th ι i κ k λ l μ m ν n ξ x ο o "
    "π p ρ r σ s ς s τ t υ y φ f χ ch ψ ps ω o ϊ i ϋ y ϐ v ϑ th ϕ f"
)
_VOICED = r"(?=[αεηιουωβγδζλμνρ])"
_DIPHTHONGS = [("ου", "ou"), (f"αυ{_VOICED}", "av"), ("αυ", "af"), (f"ευ{_VOICED}", "ev"), ("ευ", "ef")]
_NASALS = [("γγ", "ng"), ("γξ", "nx"), ("γχ", "nch"), ("^μπ", "b"), ("^ντ", "d")]
_ELOT = scheme("", _BASE, before=[*_DIPHTHONGS, *_NASALS])
_PRESS = scheme(
    "χ h υ i", _BASE, before=[*_DIPHTHONGS, *_NASALS, ("μπ", "b"), ("^γκ", "g"), ("γκ", "ng"), ("ντ", "nt")]
)
_BY_EAR = scheme("χ h υ i", _BASE, before=[("ου", "u"), *_DIPHTHONGS[1:], *_NASALS, ("μπ", "b"), ("γκ", "g"),
("ντ", "d"),
                                           ("γ[ιε](?=[αοωυ])", "y"), ("γ(?=[ειηυ])", "y"), ("οι", "i"), ("ει",
                                           "i"), ("αι", "e")])  # fmt: skip
_BY_LETTER = scheme("β b η e υ u φ ph χ ch", _BASE, before=[("ου", "ou"), ("γγ", "ng")])
_CLASSICAL = scheme(
    "β b η e υ y φ ph χ ch κ c",
    _BASE,
    before=[("ου", "u"), ("ος$", "us"), ("αι", "ae"), ("γγ", "ng"), ("αυ", "au"), ("ευ", "eu")],
)
_SHORTENED = scheme(
    "χ h υ i",
    _BASE,
    before=[
        *_DIPHTHONGS,
        *_NASALS,
        ("μπ", "b"),
        ("γκ", "g"),
        ("ντ", "d"),
        ("γεω", "gio"),
        ("γι(?=[αο])", "y"),
        ("ου$", "os"),
    ],
)
_MARKS = re.compile("[\u0300-\u0307\u0309-\u036f]")


def greek(token: str) -> tuple[str, ...]:
    """The forms of a Greek token, case folded."""
    bare = normalize("NFC", _MARKS.sub("", normalize("NFD", token)))
    return distinct(
        convention(bare) for convention in (_ELOT, _PRESS, _BY_EAR, _BY_LETTER, _SHORTENED, _CLASSICAL)
    )
