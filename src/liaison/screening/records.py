"""What screening needs of the records: an index in memory, and under what conditions each record may be told of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection, Row, and_, bindparam, select

from liaison import policy
from liaison.holdings.rules import facts
from liaison.holdings.shelves import OPEN, opened
from liaison.holdings.things import Sighted
from liaison.matching.index import Index
from liaison.matching.one import Checker
from liaison.model.errors import Erased
from liaison.model.holding import Holding, State
from liaison.office import Office
from liaison.storage.tables.holdings import HOLDINGS, VERSIONS

AT_ONCE = 500  # ids in one question


class Live(Protocol):
    """The records that may be found, kept up with every change: holdings.live.LiveIndex.

    Ids of records in its index are those of holdings.
    """

    @property
    def index(self) -> Index:
        """The match index as it is now."""
        ...

    @property
    def cursor(self) -> int:
        """The place in the order of changes up to which the index is kept."""
        ...

    def checker(self, lists: frozenset[str] | None = None) -> Checker:
        """A checker of one person for this thread."""
        ...

    def vehicles(self, plate: str, *, confusable: bool = False) -> list[Sighted]:
        """The vehicles whose plate is this one or, where asked, is easily taken for it."""
        ...

    def of_marks(self, marks: Sequence[str]) -> list[tuple[int, Sighted]]:
        """The vehicles of many marks at once, each with the mark's place."""
        ...

    def exact(self, kind: str, text: str) -> list[str]:
        """The holdings of a number: kind is phone, imei, iban, vin, account, register or organisation."""
        ...


@dataclass(frozen=True, slots=True)
class Terms:
    """A record as it is now, and the facts that a decision about it needs."""

    holding: Holding
    facts: policy.RecordFacts


def terms_of(office: Office, connection: Connection, holdings: Sequence[str]) -> Mapping[str, Terms]:
    """What these records say now, by their ids; one that is gone is left out."""
    found: dict[str, Terms] = {}
    for start in range(0, len(holdings), AT_ONCE):
        rows = connection.execute(CURRENT, {"some": holdings[start : start + AT_ONCE]})
        found |= {row.id: terms for row in rows if (terms := _terms(office, row)) is not None}
    return found


CURRENT = (
    select(HOLDINGS.c.id, HOLDINGS.c.state, HOLDINGS.c.hold_until, *VERSIONS.c)
    .join(VERSIONS, and_(VERSIONS.c.holding == HOLDINGS.c.id, VERSIONS.c.version == HOLDINGS.c.version))
    .where(HOLDINGS.c.id.in_(bindparam("some", expanding=True)))
)


def _terms(office: Office, row: Row[Any]) -> Terms | None:
    try:
        (version,) = opened(office.keys, OPEN, [row])
    except Erased:
        return None
    holding = version.holding
    return Terms(holding, facts(holding, office.now().date(), State(row.state), row.hold_until))
