"""When a record is erased, what alerts say of it is erased too: they hold a sealed copy of the record's side."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from liaison.office import Office
from liaison.ports import KeyId
from liaison.storage.tables.screening import ALERTS

AT_ONCE = 500  # ids in one question


def forget_records(office: Office, holdings: Sequence[str]) -> int:
    """Destroy the keys of every alert on these records; how many there were. The rows stay, with who decided what."""
    keys: list[KeyId] = []
    for start in range(0, len(holdings), AT_ONCE):
        some = ALERTS.c.holding_id.in_(list(holdings[start : start + AT_ONCE]))
        query = select(ALERTS.c.key).where(some)
        keys += [KeyId(key) for key in office.read(lambda c, q=query: list(c.execute(q).scalars()))]  # type: ignore[misc]
    return office.keys.destroy(keys)
