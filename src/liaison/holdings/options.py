"""What a person says about a list before it is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


def quiet(done: int, total: int) -> None:
    """Tell nobody how far it is."""


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of one reading.

    columns: the file's column for a field of a person. organisations: whether companies, vessels and the like are
    read as people. keep: whether what is no field of a person is kept as it is written, and organisations of published
    lists as what they are, where they are not read as people. last_year: dates beyond it are
    in the future. progress: called with the bytes done and the bytes in
    all, 0 where that is not known.
    """

    list_name: str
    last_year: int
    columns: Mapping[str, str] = field(default_factory=dict)
    encoding: str = ""
    delimiter: str = ""
    organisations: bool = False
    keep: bool = False
    progress: Callable[[int, int], None] = quiet

    @property
    def bodies(self) -> bool:
        """Whether organisations are read as what they are."""
        return self.keep and not self.organisations
