"""The ledger's verbs of private cross-checks, and how one of them is recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from liaison.ledger.statements import Statement
from liaison.model.categories import OfficerId
from liaison.office import Office, Recorder

ITSELF = OfficerId("node")  # who makes sets and answers partners: no person does
_HOLDER = """
token-epoch-begun token-set-published token-set-changed token-epoch-closed token-set-sent
token-set-refused-there crosscheck-served-forgotten
crosscheck-answered crosscheck-refused crosscheck-receipt-given crosscheck-served-read canary-asked-about
"""
_ACTIONS = """
action-planned action-changed action-cancelled action-over action-forgotten action-read action-asked action-overlap
action-overlap-acknowledged action-set-published action-questions-opened
"""
_ASKER = """
crosscheck-drafted crosscheck-discarded crosscheck-submitted crosscheck-prepared crosscheck-countersigned
crosscheck-asked crosscheck-stopped crosscheck-done crosscheck-cancelled crosscheck-ended crosscheck-standing-hit
crosscheck-receipt-kept crosscheck-read crosscheck-requested crosscheck-reopened crosscheck-opening-given
crosscheck-forgotten partner-set-fetched partner-set-rejected partner-set-forgotten
"""
VERBS = frozenset(f"{_HOLDER} {_ACTIONS} {_ASKER}".split())
record = Recorder(VERBS)


def commit(
    office: Office,
    connection: Connection,
    what: str,
    digest: str,
    *,
    who: OfficerId = ITSELF,
    case: str = "",
    objects: Sequence[str] = (),
    outcome: str = "",
    detail: Mapping[str, str] | None = None,
) -> int:
    """As `record`, with what the entry commits to: a SHA-256 in hex. Raises LedgerUnavailable."""
    if what not in VERBS:
        raise ValueError(f"{what} is no verb of this part")
    stated = Statement(
        what=what,
        who=who,
        when=office.now(),
        case=case,
        objects=tuple(objects),
        digest=digest,
        outcome=outcome,
        detail=dict(detail or {}),
    )
    return office.log.append(connection, stated).index
