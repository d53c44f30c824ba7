"""Which characters separate: as announced where that is so, else as they are used."""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice

import msgspec

from liaison.model.errors import UnusableFile

LOOKED_AT = 65_536  # characters from the beginning, in which the separators show themselves
ENDINGS = 40  # of segments, of which most have the terminator
BLANK = " \t\r\n"  # not \s: to Python the separators of level B are white space too
SIGN = rf"[^A-Za-z0-9{BLANK}]"
FIRST = re.compile(
    rf"(?<![A-Z])(?:UNA(?=[^A-Za-z0-9]{{4,15}}U[NI][BGH])|"
    rf"(?:UNB|UNG|UNH|UIB|UIH)(?=[{BLANK}]{{0,9}}{SIGN}))"
)
SERVICE = re.compile(r"U[NI][BGH]")
MESSAGE = re.compile(
    rf"(?:UNH|UIH)[{BLANK}]{{0,9}}({SIGN})[^'\x1c]{{0,80}}?(?<![A-Z])[A-Z]{{6}}({SIGN})\w{{1,3}}\2"
)
SYNTAX = re.compile(rf"(?:UNB|UIB)[{BLANK}]{{0,9}}({SIGN})[A-Z]{{4}}({SIGN})\d")
# The segments of a message of passengers before which a terminator must stand.
OPENING = "UNG|UNH|UIH|BGM|MSG|ORG|TVL|NAD|TDT|LOC|DTM|ATT|DOC|NAT|RFF|SRC|RCI|TIF|SSR|EQN|UNT|UNZ"
RELEASES = "?\\"


class Separators(msgspec.Struct, frozen=True):
    """The service characters of an interchange; no release character where it is empty."""

    component: str = ":"
    element: str = "+"
    release: str = "?"
    terminator: str = "'"

    def announced(self) -> str:
        """The service string advice (UNA) that announces them."""
        return f"UNA{self.component}{self.element}.{self.release or ' '} {self.terminator}"


LEVEL_A = Separators()
LEVEL_B = Separators("\x1f", "\x1d", "", "\x1c")  # ISO 9735, UNOB: not meant to be printed


def found(text: str) -> tuple[Separators, int, list[str]]:
    """The separators, where the first segment begins, and doubts in words. Raises UnusableFile where there is none."""
    first = FIRST.search(text, 0, LOOKED_AT)
    if first is None:
        raise UnusableFile(
            "no interchange begins in it: neither UNB nor UNH was found",
            hint="send the file as the carrier sent it, PAXLST or PNRGOV, from its first line on",
        )
    doubts = []
    start, said = first.start(), ""
    if before := len(text[:start].strip(f"{BLANK}\ufeff\x01\x02\x03")):
        doubts.append(f"{before:,} characters stand before the interchange and were not read")
    if first[0] == "UNA":
        said = text[start + 3 : start + 9]
        service = SERVICE.search(text, start + 3)
        start = service.start() if service else start
    used = _used(text, start)
    announced = Separators(said[0], said[1], said[3].strip(BLANK), said[5]) if len(said) == 6 else None
    if announced and _agree(announced, used):
        return announced, start, doubts
    release = next((sign for sign in (said or RELEASES) if sign in RELEASES), "")
    release = "" if release in (used.component, used.element, used.terminator) else release
    best = Separators(used.component, used.element, release, used.terminator)
    if said:
        doubts.append(f"announced are the separators {said!r}, used are {_shown(best)}")
    elif _agree(LEVEL_A, used):
        return LEVEL_A, start, doubts
    elif _agree(LEVEL_B, used):
        return LEVEL_B, start, doubts
    else:
        doubts.append(f"the separators {_shown(best)} are used and not announced")
    return best, start, doubts


def _used(text: str, start: int) -> Separators:
    """What stands where a separator must; the standard's own where the text shows none."""
    seen = text[start : start + LOOKED_AT]
    shown = MESSAGE.search(seen) or SYNTAX.search(seen)
    element = shown[1] if shown else next((c for c in seen[3:12] if c not in BLANK and not c.isalnum()), "+")
    component = shown[2] if shown else ":"
    before = re.compile(rf"(.)[{BLANK}]{{0,9}}(?:{OPENING}) ?{re.escape(element)}", re.DOTALL)
    ends = Counter(_ending(match) for match in islice(before.finditer(seen, 3), ENDINGS))
    for sign in (component, element, ""):
        ends.pop(sign, None)
    terminator = ends.most_common(1)[0][0] if ends else "'" if "'" in seen or element != "\x1d" else "\x1c"
    return Separators(component, element, "", terminator)


def _ending(match: re.Match[str]) -> str:
    """The terminator that this match shows: a line's end where nothing else does."""
    sign = match[1]
    if sign.isalnum():
        return "\n" if "\n" in match[0] else "\r" if "\r" in match[0] else ""
    return sign if sign not in BLANK else ""


def _agree(one: Separators, used: Separators) -> bool:
    return (one.component, one.element, one.terminator) == (used.component, used.element, used.terminator)


def _shown(separators: Separators) -> str:
    signs = (separators.component, separators.element, separators.terminator)
    return " ".join(repr(sign) if sign.isspace() or not sign.isprintable() else sign for sign in signs)
