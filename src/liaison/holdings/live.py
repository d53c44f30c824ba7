"""The match index in memory, kept up with the records."""

from __future__ import annotations

from liaison.office import Office


def changed(office: Office) -> None:
    """Tell every index of this office that records have changed."""
