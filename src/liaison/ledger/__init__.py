"""The node's transparency log: what was done, by whom, why; nothing in it can be quietly changed.

It serves Directive (EU) 2016/680 articles 24, 25 and 29(2)(g) and DPA 2018 section 62: collection, consultation,
disclosure and erasure are recorded with their justification, date, time and person, for lawfulness,
self-monitoring, integrity and criminal proceedings alone. Leaves are salted commitments; readable payloads stand
apart, each under a key of its own, and can be erased while the log still verifies.
"""

from liaison.ledger.log import Entry, Log
from liaison.ledger.statements import Statement

__all__ = ["Entry", "Log", "Statement"]
