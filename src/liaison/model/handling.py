"""Handling codes: the conditions under which the originator lets what it sends be used."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Any

import msgspec

from liaison.model.errors import BadInput
from liaison.model.structs import Value


class HandlingCode(Enum):
    """The codes of Europol's information exchange. H1 to H3 add to H0, which always holds."""

    H0 = "H0"
    H1 = "H1"
    H2 = "H2"
    H3 = "H3"

    @property
    def meaning(self) -> str:
        """In words."""
        return MEANINGS[self]


MEANINGS = {
    HandlingCode.H0: "for preventing and combating the crimes it was sent for, and for nothing else",
    HandlingCode.H1: "not to be used in judicial proceedings without the originator's permission",
    HandlingCode.H2: "not to be passed on without the originator's permission",
    HandlingCode.H3: "other restrictions, which the originator writes out",
}


class Handling(Value, frozen=True, kw_only=True):
    """The codes of one piece of information. There is no default: the originator says how it may be used.

    `codes` are kept in order and once each, H0 always among them. Raises BadInput where there is none, or where
    H3 and its `restriction` do not come together.
    """

    codes: tuple[HandlingCode, ...]
    restriction: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.codes:
            raise BadInput("there is no handling code", field="codes", hint="name at least H0")
        if (HandlingCode.H3 in self.codes) != bool(self.restriction):
            raise BadInput(
                "H3 and its restriction belong together", field="restriction", hint="give both or none"
            )
        kept = tuple(code for code in HandlingCode if code in {HandlingCode.H0, *self.codes})
        msgspec.structs.force_setattr(self, "codes", kept)


# what came without any code: every code holds until its originator has been asked (threat A34)
UNSTATED = Handling(codes=tuple(HandlingCode), restriction="no use was stated: ask the originator before any")


def combined(parts: Iterable[Handling]) -> Handling:
    """The handling of what was made from several parts: every condition of each. Raises BadInput for no part."""
    held = list(parts)
    codes: tuple[Any, ...] = tuple(code for part in held for code in part.codes)
    restrictions = dict.fromkeys(part.restriction for part in held if part.restriction)
    return Handling(codes=codes, restriction="; ".join(restrictions))
