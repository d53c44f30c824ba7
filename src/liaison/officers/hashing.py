"""argon2id, bounded: so many hashes at once as the machine has memory for, and never in a transaction."""

from __future__ import annotations

import threading
from functools import cache

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from liaison.officers.settings import Argon

AT_ONCE = 4  # hashes; each takes its settings' memory
_FREE = threading.BoundedSemaphore(AT_ONCE)


@cache
def _hasher(cost: Argon) -> PasswordHasher:
    return PasswordHasher(
        time_cost=cost.passes, memory_cost=cost.memory, parallelism=cost.lanes, type=Type.ID
    )


@cache
def dummy(cost: Argon) -> str:
    """A hash that no password has, so that an unknown name takes as long as a known one."""
    return hashed("no account has this password", cost)


def hashed(peppered: str, cost: Argon) -> str:
    """The argon2id hash of a peppered password, with its salt and cost."""
    with _FREE:
        return _hasher(cost).hash(peppered)


def fits(kept: str, peppered: str, cost: Argon) -> bool:
    """Whether the password is the one that was hashed."""
    try:
        with _FREE:
            return _hasher(cost).verify(kept, peppered)
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False


def outdated(kept: str, cost: Argon) -> bool:
    """Whether the hash was made at another cost than is now set."""
    return _hasher(cost).check_needs_rehash(kept)
