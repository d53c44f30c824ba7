"""Addresses inside this node: where a person may be sent back to."""

from __future__ import annotations

LONGEST = 300  # characters
START = "/"


def own_path(text: str) -> str:
    """A path of this node to go on to; the start page for anything else that a link may have put there."""
    fine = text.startswith("/") and not text.startswith("//") and len(text) <= LONGEST
    return text if fine and all("!" <= sign <= "~" and sign not in '\\"<>' for sign in text) else START
