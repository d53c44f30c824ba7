"""The ledger's verbs of this part, and how one of them is recorded."""

from __future__ import annotations

from liaison.model.categories import OfficerId
from liaison.office import Recorder

NOBODY = OfficerId("nobody")  # who tried to sign in under a name that no account has
_VERBS = """
person-created person-changed people-read account-created account-ended account-linked overseer-made-alone roles-changed
safeguards-changed trained training-withdrawn invited password-set passkey-added passkey-removed passkey-cloned sign-in
sign-in-refused sign-out sessions-ended token-created token-revoked approval-asked approval-decided approval-used
approval-read glass-broken glass-read glass-reviewed
"""
VERBS = frozenset(_VERBS.split())
record = Recorder(VERBS)
