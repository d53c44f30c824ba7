"""Organisations of published lists, which are no people and are found by their names and register numbers alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Body:
    """One organisation as the source writes it: a company, an association, an authority. row: the record's number in
    the source, from 1. country: as it is written. kept: what else it says."""

    row: int
    id: str
    names: tuple[str, ...]
    country: str = ""
    register_number: str = ""
    kept: Mapping[str, str] = field(default_factory=dict)
