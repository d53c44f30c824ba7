"""The ledger's verbs of this part, and how one of them is recorded."""

from __future__ import annotations

from liaison.model.categories import OfficerId
from liaison.office import Recorder

ITSELF = OfficerId("node")  # who takes what a partner sent, and what no person asked for
_VERBS = """
own-card-signed own-keys-rotated partner-paired partner-card-taken partner-card-revoked partner-revoked partner-assessed
partner-closing partner-read partner-letters-listed
agreement-proposed agreement-received agreement-signed agreement-in-force agreement-ended
"""
VERBS = frozenset(_VERBS.split())
record = Recorder(VERBS)
