"""What every service of a node is given: where things are kept, recorded and sealed, the time, and the law."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection

from liaison import policy
from liaison.ledger.log import Log
from liaison.ledger.statements import Statement
from liaison.model.categories import OfficerId
from liaison.ports import Clock, Keys
from liaison.storage import Store

T = TypeVar("T")
RANDOM = 16  # bytes of an id: it cannot be guessed


@dataclass(frozen=True, slots=True)
class Office:
    """One node's means of work. `regimes` are the rule packs that hold here: the strictest of them applies."""

    name: str
    store: Store
    log: Log
    keys: Keys
    clock: Clock
    regimes: tuple[policy.Pack, ...]

    def now(self) -> datetime:
        """The time in UTC."""
        return self.clock.now()

    def write(self, work: Callable[[Connection], T]) -> T:
        """What the work gives, once it is durable. See Store.write."""
        return self.store.write(work)

    def read(self, work: Callable[[Connection], T]) -> T:
        """What the work gives, from one snapshot. See Store.read."""
        return self.store.read(work)

    def decide(self, action: policy.Action, context: policy.Context) -> policy.Permit:
        """What the law of this node permits. Raises NotLawful with every reason against it."""
        return policy.require(policy.decide(action, context, self.regimes))


@dataclass(frozen=True, slots=True)
class Recorder:
    """How one part of the program records in the ledger: under its own verbs alone."""

    verbs: frozenset[str]

    def __call__(
        self,
        office: Office,
        connection: Connection,
        what: str,
        who: OfficerId,
        *,
        objects: Sequence[str] = (),
        case: str = "",
        digest: str = "",
        outcome: str = "",
        detail: Mapping[str, str] | None = None,
    ) -> int:
        """Write one entry of the ledger in this transaction; its number. `digest` is what it commits to: a SHA-256 in
        hex. Raises LedgerUnavailable: then nothing is done."""
        if what not in self.verbs:
            raise ValueError(f"{what} is no verb of this part")
        statement = Statement(
            what=what,
            who=who,
            when=office.now(),
            objects=tuple(objects),
            case=case,
            digest=digest,
            outcome=outcome,
            detail=dict(detail or {}),
        )
        return office.log.append(connection, statement).index


def new_id(kind: str) -> str:
    """A new id that cannot be guessed, with its kind in front: case-7kq2..."""
    return f"{kind}-{base64.b32encode(secrets.token_bytes(RANDOM)).decode().rstrip('=').lower()}"
