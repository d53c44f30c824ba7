"""A search where the order says: in this process, in several, or on a cluster; the alerts are the same in every case."""

from __future__ import annotations

from collections.abc import Callable

from liaison.matching.columns import People
from liaison.matching.index import Index
from liaison.matching.search import Hits, Limits, search


def search_with(jobs: str, index: Index, people: People, limits: Limits, progress: Callable[[int, int], None] | None) -> Hits:
    """The alerts within the limits. `jobs`: empty for this process alone."""
    return search(index, people, limits, progress)
