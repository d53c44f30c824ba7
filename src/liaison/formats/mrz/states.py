"""Codes of issuing states, organisations and nationalities: ISO 3166-1 alpha-3 with what ICAO Doc 9303 part 3 adds.

The table is states.tsv: code, what it is, its name, source, and from when until when it was assigned where it is no
longer. `meaning` never refuses: a code that nobody assigned is `Kind.UNKNOWN`, which a rule speaks of and a parser
does not.
"""

from __future__ import annotations

from enum import Enum
from functools import cache
from importlib.resources import files

import msgspec


class Kind(Enum):
    """What a code stands for."""

    STATE = "state or territory"
    PERSON = "status of a person"  # no state of which they are a national, or a status under a state's law
    ORGANISATION = "organisation"
    RETIRED = "code that is no longer assigned"
    SPECIMEN = "code of specimens"
    UNKNOWN = "code that nobody assigned"


class State(msgspec.Struct, frozen=True):
    """What a code means."""

    code: str
    kind: Kind
    name: str
    source: str
    until: int = 0  # the last year in which documents with a retired code were issued; 0 where none is known


@cache
def table() -> dict[str, State]:
    """Every code that is, or was, assigned."""
    lines = files(__package__).joinpath("states.tsv").read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {
        code: State(code, Kind[kind], name, source, int(until or 0))
        for code, kind, name, source, until in rows
    }


def meaning(code: str) -> State:
    """What a code in a zone means; its fillers are left out. `Kind.UNKNOWN` for one that nobody assigned."""
    code = code.strip("<")
    return table().get(code) or State(code, Kind.UNKNOWN, code or "none", "ICAO Doc 9303-3, section 5")


def same_state(one: str, two: str) -> bool:
    """Whether two codes are of one state: D and DEU, GBR and the codes of other British nationals."""
    return family(one) == family(two)


def family(code: str) -> str:
    """One code for all of one state: DEU for D, GBR for the codes of British nationals; else the code itself."""
    code = code.strip("<")
    if code.startswith("GB") and len(code) == 3:
        return "GBR"
    return {"D": "DEU", "XKX": "RKS", "UNK": "RKS"}.get(code, code)
