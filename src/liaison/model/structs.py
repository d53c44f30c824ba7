"""What every composite value of the vocabulary has in common."""

from __future__ import annotations

import msgspec

from liaison.model.text import clean


class Value(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A frozen value. Its texts are put into Unicode's form C, without space around them, as it is made."""

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            given = getattr(self, name)
            kept = _cleaned(given)
            if kept is not given:
                msgspec.structs.force_setattr(self, name, kept)


def _cleaned(given: object) -> object:
    if type(given) is str:
        kept = clean(given)
        return given if kept == given else kept
    if type(given) is tuple and any(type(part) is str for part in given):
        return tuple(_cleaned(part) for part in given)
    return given
