"""Codes that each side reads in its own language: grounds of refusal, exceptions, outcomes, offences and sanctions.

What travels is the code; the words beside it are data in English, Albanian and French.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from enum import Enum
from functools import cache
from importlib import resources

import msgspec

from liaison.model.errors import BadInput

LANGUAGES = ("en", "sq", "fr")


class Table(Enum):
    """One table of codes; the value is its file."""

    REFUSALS = "refusals"
    EXCEPTIONS = "exceptions"
    OUTCOMES = "outcomes"
    OFFENCES = "offences"
    SANCTIONS = "sanctions"


class Code(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One code: its place in the law (of an offence, the offence of model.grounds), and its words by language."""

    article: str
    en: str
    sq: str
    fr: str

    def words(self, language: str) -> str:
        """In this language; in English where there is none."""
        return str(getattr(self, language if language in LANGUAGES else "en"))


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    grounds: dict[str, Code]


LEARNED = msgspec.json.Decoder(_File)  # before threads meet it


@cache
def codes(table: Table) -> Mapping[str, Code]:
    """Every code of a table."""
    place = resources.files(__name__) / f"{table.value}.toml"
    return msgspec.convert(tomllib.loads(place.read_text("utf-8")), _File).grounds


def require_code(table: Table, code: str, field: str = "code") -> Code:
    """The code. Raises BadInput for one that is not in the table."""
    found = codes(table).get(code)
    if found is None:
        known = ", ".join(sorted(codes(table)))
        raise BadInput(f"{code!r} is none of the {table.value}", field=field, hint=f"one of {known}")
    return found


def read(table: Table, code: str, language: str) -> str:
    """A code in words; the code itself where this node does not know it."""
    found = codes(table).get(code)
    return code if found is None else found.words(language)
