"""Notices that came before their item: they are kept, and the item meets them when it comes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, select, update

from liaison.office import Office
from liaison.storage.tables.supply import NOTICES
from liaison.supply import keeping, rules
from liaison.supply.documents import Kind, Notice, Standing
from liaison.supply.signing import Type, signer, told


def standing(
    connection: Connection, item: str, originator: str, keys: Mapping[str, Ed25519PublicKey]
) -> Standing:
    """What the notices on an item come to; those of anyone but its originator do not count. Of who is not known here
    some may have come under another card: what ends or restricts an item counts, what corrects it takes its keys."""
    chosen = (NOTICES.c.item == item) & (NOTICES.c.originator == originator)
    documents = connection.execute(select(NOTICES.c.document).where(chosen)).scalars()
    notices = ((told(each, Notice), signer(Type.NOTICE, each)) for each in documents)
    counting = (notice for notice, key in notices if notice.kind is not Kind.CORRECT or key in keys)
    return reduce(rules.applied, counting, Standing())


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
