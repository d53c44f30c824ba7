"""Flight designators: carrier, number and suffix (IATA Resolution 761)."""

from __future__ import annotations

import re
from functools import lru_cache

from liaison.formats.manifests.model import Travelled

CARRIER = r"[A-Z][A-Z0-9]|[0-9][A-Z]|[A-Z]{3}"
DESIGNATOR = re.compile(rf"({CARRIER})\s*0*(\d{{1,4}})([A-Z]?)")
NUMBER = re.compile(r"0*(\d{1,4})([A-Z]?)")
AIRPORT = re.compile(r"[A-Z]{3}")


@lru_cache(4096)
def designator(text: str, carrier: str = "") -> Travelled | None:
    """`UA0989` or, with its carrier said apart, `0989`; None where it is no flight."""
    text, carrier = text.strip().upper().replace(" ", ""), carrier.strip().upper()
    rest = text.removeprefix(carrier) if carrier else text
    if carrier and (number := NUMBER.fullmatch(rest)) and re.fullmatch(CARRIER, carrier):
        return Travelled(carrier, _number(number[1]), number[2])
    whole = DESIGNATOR.fullmatch(text)
    return Travelled(whole[1], _number(whole[2]), whole[3]) if whole else None


def _number(text: str) -> str:
    return text.lstrip("0") or "0"


@lru_cache(4096)
def airport(text: str) -> str:
    """Three letters (IATA); empty for anything else."""
    code = text.strip().upper()
    return code if AIRPORT.fullmatch(code) else ""
