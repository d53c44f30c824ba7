"""How the handling codes are written in other programs' forms, and read from them: marks that say the condition.

A mark binds nobody by itself; it says in words what the originator asks. What comes without a mark is held under every
code, since nobody said how it may be used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from liaison.model.errors import BadInput
from liaison.model.handling import UNSTATED, Handling, HandlingCode
from liaison.model.scales import Graded

EXTENSION = "extension-definition--6f0f8f2c-7d0b-4c0e-9a51-8b3b3f0f7d11"
TAG = re.compile(r'liaison:(handling|restriction)="([^"]*)"')
MARKS = {  # the marking-definitions of the codes that have one text for good
    HandlingCode.H0: "marking-definition--0b7c1a54-2f6e-4b53-8f4a-1d2a5b6c7e00",
    HandlingCode.H1: "marking-definition--0b7c1a54-2f6e-4b53-8f4a-1d2a5b6c7e01",
    HandlingCode.H2: "marking-definition--0b7c1a54-2f6e-4b53-8f4a-1d2a5b6c7e02",
}
LARGEST = 2_000  # signs of a restriction
ADMIRALTY = {"A": "a", "B": "b", "C": "d", "X": "f"}  # the letters of the admiralty scale's taxonomy
CREDIBILITY = {"1": "1", "2": "2", "3": "3", "4": "6"}


def words(handling: Handling) -> tuple[str, ...]:
    """Each condition as a person reads it, H3 with the originator's own text."""
    return tuple(
        f"{code.value}: {handling.restriction if code is HandlingCode.H3 else code.meaning}"
        for code in handling.codes
    )


def statement(code: HandlingCode, restriction: str = "") -> str:
    """The text of one mark."""
    return f"{code.value}: {restriction or code.meaning}"


def code_of(mark: Mapping[str, Any]) -> tuple[HandlingCode, str] | None:
    """The code and the restriction of a marking-definition; None for one that is none of these."""
    own = {known: code for code, known in MARKS.items()}
    if mark.get("id") in own:
        return own[str(mark["id"])], ""
    extensions = mark.get("extensions")
    held = extensions.get(EXTENSION) if isinstance(extensions, dict) else None
    if not isinstance(held, dict) or held.get("handling") not in HandlingCode.__members__:
        return None
    return HandlingCode[held["handling"]], str(held.get("restriction", ""))[:LARGEST]


def from_marks(refs: Iterable[str], marks: Mapping[str, Mapping[str, Any]]) -> Handling | None:
    """The handling that marking references come to; None where no code is among them.

    `marks` are the definitions by id that came along. A reference that nobody can read adds every condition.
    """
    codes, restrictions, unread = set(), [], False
    for ref in refs:
        found = code_of(marks.get(ref, {"id": ref}))
        unread |= found is None and not ref.startswith(TLP)
        if found is not None:
            codes.add(found[0])
            restrictions += [found[1]] if found[1] else []
    if not codes or unread:
        return None if not codes and not unread else UNSTATED
    return _handling(codes, restrictions)


TLP = (  # the four marks of STIX 2.1, section 7.2.1.4: they say to whom, not for what
    "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9",
    "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da",
    "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82",
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed",
)


def tags(handling: Handling, graded: Graded | None = None) -> tuple[str, ...]:
    """The tags of an event: a machine tag for each code, the restriction, the admiralty grade, and what may be done
    actively with it (PAP): nothing that the subject could notice."""
    made = [f'liaison:handling="{code.value}"' for code in handling.codes]
    if handling.restriction:
        made.append(f'liaison:restriction="{_quoted(handling.restriction)}"')
    if graded is not None:
        grade = str(graded.grade)
        made.append(f'admiralty-scale:source-reliability="{ADMIRALTY[grade[0]]}"')
        made.append(f'admiralty-scale:information-credibility="{CREDIBILITY[grade[1]]}"')
    return (*made, "PAP:AMBER")


def from_tags(names: Sequence[str]) -> Handling | None:
    """The handling that an event's tags come to; None where no code is among them."""
    found = [match.groups() for name in names if (match := TAG.fullmatch(name))]
    codes = {
        HandlingCode[value]
        for kind, value in found
        if kind == "handling" and value in HandlingCode.__members__
    }
    if any(kind == "handling" and value not in HandlingCode.__members__ for kind, value in found):
        return UNSTATED
    texts = [value[:LARGEST] for kind, value in found if kind == "restriction" and value]
    return _handling(codes, texts) if codes else None


def read(text: str, restriction: str = "") -> Handling:
    """The handling of codes apart by blanks, as they stand in a table. Raises BadInput for a code that is none."""
    names = text.split()
    if any(name not in HandlingCode.__members__ for name in names):
        raise BadInput(f"{text!r} are no handling codes", field="handling", hint="write H0 to H3")
    return Handling(codes=tuple(HandlingCode[name] for name in names), restriction=restriction)


def _handling(codes: set[HandlingCode], restrictions: Sequence[str]) -> Handling:
    """H3 without its words, and words without H3, are both held as every condition."""
    if (HandlingCode.H3 in codes) != bool(restrictions):
        return UNSTATED
    return Handling(
        codes=tuple(sorted(codes, key=lambda code: code.value)), restriction="; ".join(restrictions)
    )


def _quoted(text: str) -> str:
    return text.replace('"', "'").replace("\n", " ")
