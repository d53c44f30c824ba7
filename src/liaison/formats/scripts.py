"""Text as it is drawn on paper: Arabic letters in their joined forms, right-to-left words in their order.

A PDF places one glyph after the other from left to right, so that what a screen does by itself is done here. Joined
forms come from Unicode's own tables (presentation forms B), the order from a plain reading of UAX #9: words that are
written from the right are turned round, numbers in them are not.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

FORMS = ("isolated", "final", "initial", "medial")
RIGHT = frozenset({"R", "AL"})
RUN = re.compile(
    r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc](?:[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\s.,:/()-]|\d)*"
)
NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*")
MIRRORED = str.maketrans("()[]<>", ")(][><")


def drawn(text: str) -> str:
    """The signs of a line from left to right."""
    return text if text.isascii() or not has_right_to_left(text) else RUN.sub(_turned, shaped(text))


def has_right_to_left(text: str) -> bool:
    """Whether any of it is written from the right."""
    return any(unicodedata.bidirectional(sign) in RIGHT for sign in text)


def shaped(text: str) -> str:
    """Arabic letters as they join with their neighbours; every other sign as it is."""
    if text.isascii():
        return text
    made = []
    for at, sign in enumerate(text):
        forms = _forms().get(sign)
        if forms is None:
            made.append(sign)
            continue
        before = _joins_on(_neighbour(text, at, -1))
        after = "final" in _forms().get(_neighbour(text, at, 1), {}) and "initial" in forms
        wanted = FORMS[2 * after + before] if "final" in forms else "isolated"
        made.append(forms.get(wanted, forms.get("isolated", sign)))
    return "".join(made)


def _turned(run: re.Match[str]) -> str:
    words = run[0]
    tail = words[len(words.rstrip(" .,:/()-")) :]
    turned = words[: len(words) - len(tail)][::-1].translate(MIRRORED)
    return NUMBER.sub(lambda number: number[0][::-1], turned) + tail


def _joins_on(sign: str) -> bool:
    """Whether a letter joins with the one after it."""
    return "initial" in _forms().get(sign, {})


def _neighbour(text: str, at: int, step: int) -> str:
    """The next letter in a direction; marks upon letters do not part them."""
    at += step
    while 0 <= at < len(text) and unicodedata.category(text[at]) == "Mn":
        at += step
    return text[at] if 0 <= at < len(text) else ""


@cache
def _forms() -> dict[str, dict[str, str]]:
    """Each letter's forms, from the compatibility decompositions of the two blocks of presentation forms."""
    found: dict[str, dict[str, str]] = {}
    for code in (*range(0xFB50, 0xFDFC), *range(0xFE70, 0xFEFD)):
        kind, _, rest = unicodedata.decomposition(chr(code)).partition(" ")
        if kind.strip("<>") in FORMS and rest and " " not in rest:
            found.setdefault(chr(int(rest, 16)), {})[kind.strip("<>")] = chr(code)
    return found
