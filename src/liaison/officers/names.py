"""Names to sign in with: one canonical form each, and none that looks like another.

Pure. The form is Unicode's NFKC with case folded (UAX #15, and the UsernameCaseMapped profile of RFC 8265), so that
a limit counted on it is not escaped by capitals, full-width letters or composed accents.
"""

from __future__ import annotations

import unicodedata

from liaison.model.errors import BadInput
from liaison.model.text import clean

SHORTEST, LONGEST = 2, 64  # characters
SIGNS = frozenset(".-_@+'")
HINT = "use letters of one script, digits and . - _ @ + '"
# Letters that a person takes for the one of another script or for a digit; after Unicode's confusables (UTS #39)
_TWINS = {
    "a": "аαɑ", "b": "ьβ", "c": "сϲ", "d": "ԁ", "e": "еҽε", "g": "ɡց", "h": "һհ", "i": "іιıї", "j": "јϳ",
    "k": "кκ", "l": "1ӏ|", "m": "м", "n": "пηո", "o": "0оοօσ", "p": "рρ", "q": "ԛզ", "r": "гꭇ", "s": "ѕꜱ",
    "t": "тτ", "u": "υսц", "v": "νѵ", "w": "ѡԝш", "x": "хχ", "y": "уγүу", "z": "ᴢ",
}  # fmt: skip
LOOKS = str.maketrans({twin: letter for letter, twins in _TWINS.items() for twin in twins})


def canonical(name: str) -> str:
    """The one form of a sign-in name. Raises BadInput for one that is too short or long or mixes scripts."""
    folded = _folded(clean(name))
    if not SHORTEST <= len(folded) <= LONGEST:
        raise BadInput(f"a sign-in name has {SHORTEST} to {LONGEST} characters", field="sign_in", hint=HINT)
    if any(not _allowed(sign) for sign in folded):
        raise BadInput("the sign-in name holds a character it cannot", field="sign_in", hint=HINT)
    if len(scripts(folded)) > 1:
        raise BadInput("the sign-in name mixes scripts", field="sign_in", hint=HINT)
    return folded


def scripts(name: str) -> frozenset[str]:
    """The scripts of its letters, by the first word of their Unicode names; marks belong to their letter."""
    return frozenset(
        unicodedata.name(sign, "?").split(" ")[0] for sign in name if unicodedata.category(sign)[0] == "L"
    )


def lookalike(name: str) -> str:
    """What a canonical name looks like: two names of which a person takes one for the other have this in common."""
    bare = "".join(sign for sign in unicodedata.normalize("NFD", name) if not unicodedata.combining(sign))
    return bare.translate(LOOKS).replace("rn", "m").replace("vv", "w")


def _folded(name: str) -> str:
    """NFKC_Casefold, as far as it can be made of Python's parts: folding may undo the form, so both run twice."""
    for _ in range(2):
        name = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return name


def _allowed(sign: str) -> bool:
    return sign in SIGNS or unicodedata.category(sign) in ("Ll", "Lo", "Lm", "Nd", "Mn", "Mc")
