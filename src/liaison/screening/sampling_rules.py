"""How a sample is drawn: by a seed, so that everybody who has it draws the same. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from liaison.model.errors import BadInput

LARGEST = 500  # look-ups of one sample


def drawn(ids: Iterable[str], seed: str, size: int) -> list[str]:
    """The `size` ids whose SHA-256 behind the seed is lowest, in that order: no id is likelier than another."""
    return sorted(ids, key=lambda one: sha256(f"{seed}:{one}".encode()).digest())[:size]


def require_sample(size: int, since: datetime, until: datetime) -> None:
    """Raises BadInput for a size from 1 to 500 that it is not, and a time that ends before it begins."""
    if not 1 <= size <= LARGEST:
        raise BadInput(f"a sample of {size}", field="size", hint=f"draw 1 to {LARGEST}")
    if since >= until:
        raise BadInput("the time ends before it begins", field="until", hint="give a later end")
