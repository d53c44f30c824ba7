"""The ledger's verbs of this part, and how one of them is recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from liaison.ledger.statements import Statement
from liaison.model.categories import OfficerId
from liaison.office import Office

ITSELF = OfficerId("node")  # who takes what a partner sent, and what no person asked for
_VERBS = """
own-card-signed own-keys-rotated partner-paired partner-card-taken partner-card-revoked partner-revoked partner-assessed
partner-closing partner-read partner-letters-listed
agreement-proposed agreement-received agreement-signed agreement-in-force agreement-ended
"""
VERBS = frozenset(_VERBS.split())


def record(
    office: Office,
    connection: Connection,
    what: str,
    who: OfficerId,
    *,
    objects: Sequence[str] = (),
    outcome: str = "",
    detail: Mapping[str, str] | None = None,
) -> int:
    """Write one entry of the ledger in this transaction; its number. Raises LedgerUnavailable: then nothing is done."""
    if what not in VERBS:
        raise ValueError(f"{what} is no verb of this part")
    statement = Statement(
        what=what,
        who=who,
        when=office.now(),
        objects=tuple(objects),
        outcome=outcome,
        detail=dict(detail or {}),
    )
    return office.log.append(connection, statement).index
