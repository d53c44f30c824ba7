"""The ledger's verbs of this part, and how one of them is recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from liaison.ledger.statements import Statement
from liaison.model.categories import OfficerId
from liaison.office import Office

NOBODY = OfficerId("nobody")  # who tried to sign in under a name that no account has
_VERBS = """
person-created person-changed people-read account-created account-ended account-linked overseer-made-alone roles-changed
safeguards-changed trained training-withdrawn invited password-set passkey-added passkey-removed passkey-cloned sign-in
sign-in-refused sign-out sessions-ended token-created token-revoked approval-asked approval-decided approval-used
approval-read glass-broken glass-read glass-reviewed
"""
VERBS = frozenset(_VERBS.split())


def record(
    office: Office,
    connection: Connection,
    what: str,
    who: OfficerId,
    *,
    objects: Sequence[str] = (),
    case: str = "",
    outcome: str = "",
    detail: Mapping[str, str] | None = None,
) -> None:
    """Write one entry of the ledger in this transaction. Raises LedgerUnavailable: then nothing is done."""
    if what not in VERBS:
        raise ValueError(f"{what} is no verb of this part")
    statement = Statement(
        what=what,
        who=who,
        when=office.now(),
        objects=tuple(objects),
        case=case,
        outcome=outcome,
        detail=dict(detail or {}),
    )
    office.log.append(connection, statement)
