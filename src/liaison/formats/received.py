"""Under which conditions something came that a partner sent in a form of other programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from liaison.formats import misp, stix
from liaison.model.handling import Handling, combined

FOUNDATIONS = ("marking-definition", "extension-definition")


def handling_of(form: str, content: Sequence[Mapping[str, Any]]) -> Handling:
    """Every condition of everything in it; where something says nothing, every code (threat A34)."""
    if form == "misp":
        return misp.handling_of(content[0])
    marks = {str(one["id"]): one for one in content if one["type"] == "marking-definition"}
    told = [one for one in content if one["type"] not in FOUNDATIONS]
    return combined(stix.handling_of(one, marks) for one in told or content)
