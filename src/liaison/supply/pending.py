"""Notices that came before their item: they are kept, and the item meets them when it comes."""

from __future__ import annotations

from functools import reduce

from sqlalchemy import Connection, select, update

from liaison.office import Office
from liaison.storage.tables.supply import NOTICES
from liaison.supply import keeping, rules
from liaison.supply.documents import Notice, Standing
from liaison.supply.signing import told


def standing(connection: Connection, item: str, originator: str) -> Standing:
    """What the notices on an item come to; those of anyone but its originator do not count."""
    chosen = (NOTICES.c.item == item) & (NOTICES.c.originator == originator)
    documents = connection.execute(select(NOTICES.c.document).where(chosen)).scalars()
    return reduce(rules.applied, (told(each, Notice) for each in documents), Standing())


def replacement(office: Office, connection: Connection, item: str, standing: Standing) -> str:
    """The corrected item that the last correction brought; empty where there was none."""
    if not standing.corrected or standing.ended is not None:
        return ""
    chosen = (NOTICES.c.item == item) & (NOTICES.c.number == standing.corrected)
    row = connection.execute(select(NOTICES).where(chosen)).first()
    if row is None or row.sealed is None:
        return ""
    return keeping.opened(office.keys, row.key, row.sealed, keeping.about_item(row.id)).decode()


def met(connection: Connection, item: str) -> None:
    """The item is here: its notices are known to have met it."""
    connection.execute(update(NOTICES).where(NOTICES.c.item == item).values(held=True))
