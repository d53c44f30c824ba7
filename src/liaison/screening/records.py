"""What screening needs of the records: an index in memory, and under what conditions each record may be told of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection

from liaison import policy
from liaison.matching.index import Index
from liaison.matching.one import Checker


@dataclass(frozen=True, slots=True)
class Terms:
    """The conditions of one record, and how its source and content are graded."""

    facts: policy.RecordFacts
    instruction: str = ""
    restriction: str = ""
    grade: str = ""
    owner: str = ""


class Live(Protocol):
    """The records that may be found, kept up with every change."""

    @property
    def index(self) -> Index:
        """The match index as it is now."""
        ...

    def checker(self) -> Checker:
        """A checker of one person for this thread."""
        ...

    def holding_id(self, list_name: str, record_id: str) -> str:
        """The id of the record that a list calls so. Raises NotFound."""
        ...

    def terms(self, connection: Connection, holdings: Sequence[str]) -> Mapping[str, Terms]:
        """The conditions of records by their ids; a record that is gone is left out."""
        ...
