"""The ledger's verbs of private cross-checks, and how one of them is recorded."""

from __future__ import annotations

from liaison.model.categories import OfficerId
from liaison.office import Recorder

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
