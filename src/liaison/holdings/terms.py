"""The conditions under which records may be told of: for many records at once, without what they say of anyone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from liaison import policy
from liaison.holdings import shelves
from liaison.holdings.rules import facts
from liaison.holdings.shelves import OPEN
from liaison.model.holding import State
from liaison.office import Office
from liaison.storage.tables.holdings import HOLDINGS, VERSIONS


@dataclass(frozen=True, slots=True)
class Terms:
    """The conditions of one record, and how its source and content are graded."""

    facts: policy.RecordFacts
    instruction: str = ""
    restriction: str = ""
    grade: str = ""
    owner: str = ""


def terms_of(office: Office, connection: Connection, holdings: Sequence[str]) -> Mapping[str, Terms]:
    """The conditions of records by their ids; one that is gone is left out."""
    found: dict[str, Terms] = {}
    latest = (VERSIONS.c.holding == HOLDINGS.c.id) & (VERSIONS.c.version == HOLDINGS.c.version)
    columns = (VERSIONS, HOLDINGS.c.state, HOLDINGS.c.hold_until)
    today = office.now().date()
    for start in range(0, len(holdings), shelves.AT_ONCE):
        chosen = HOLDINGS.c.id.in_(list(holdings[start : start + shelves.AT_ONCE]))
        query = select(*columns).join(HOLDINGS, latest).where(chosen, HOLDINGS.c.state != State.ERASED.value)
        rows = connection.execute(query).all()
        for row, version in zip(rows, shelves.opened(office.keys, OPEN, rows), strict=True):
            holding = version.holding
            found[row.holding] = Terms(
                facts=facts(holding, today, State(row.state), row.hold_until),
                instruction=holding.instruction.value if holding.instruction else "",
                restriction=holding.handling.restriction,
                grade=holding.graded.original,
                owner=holding.owner,
            )
    return found
