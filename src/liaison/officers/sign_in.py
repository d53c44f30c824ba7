"""Signing in with a name and a password: counted first, hashed outside the transaction, as long for every name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, exists, select, update

from liaison.model.categories import OfficerId
from liaison.model.errors import BadInput, NotSignedIn
from liaison.office import Office
from liaison.officers import hashing, limits
from liaison.officers.names import canonical
from liaison.officers.recording import NOBODY, record
from liaison.officers.rules import LONGEST, in_form, network_of
from liaison.officers.secrecy import Digests, digests
from liaison.officers.sessions import open_session
from liaison.officers.settings import DEFAULTS, Settings
from liaison.officers.signed import SignedIn
from liaison.officers.states import AccountState, Method
from liaison.storage.tables.officers import ACCOUNTS, PASSKEYS

REFUSED = "the name or the password is not right"
HINT = "if you have added a passkey, sign in with it: the password alone is then not enough"


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What one attempt is counted in, and the account it is for, if there is one."""

    buckets: tuple[limits.Bucket, ...]
    account: Row[Any] | None


def sign_in_password(
    office: Office,
    name: str,
    password: str,
    *,
    remote: str = "",
    replaces: str = "",
    settings: Settings = DEFAULTS,
) -> SignedIn:
    """A new session. `remote` is the address it comes from, `replaces` the token the browser held before.

    Raises NotSignedIn, the same for a wrong name, a wrong password and an account that has ended; TooMany.
    """
    keyed, offered = digests(office), in_form(password[: 4 * LONGEST])
    attempt = office.write(lambda connection: _count(office, connection, keyed, name, remote, settings))
    kept = _kept_hash(attempt)
    nobodys = hashing.dummy(settings.argon)  # made once, for whoever comes first
    right = hashing.fits(kept or nobodys, keyed.peppered(offered), settings.argon)
    fresh = ""
    if kept and right and hashing.outdated(kept, settings.argon):
        fresh = hashing.hashed(keyed.peppered(offered), settings.argon)
    done = office.write(
        lambda connection: _conclude(
            office, connection, attempt, bool(kept) and right, fresh, replaces, settings
        )
    )
    if done is None:
        raise NotSignedIn(REFUSED, hint=HINT)
    return done


def _count(
    office: Office, connection: Connection, keyed: Digests, name: str, remote: str, settings: Settings
) -> _Attempt:
    """Count the attempt by name, by person and by where it comes from, before anything is tried."""
    try:
        folded = canonical(name)
    except BadInput:
        folded = f"\0{name[:200]}"  # no account has such a name; it is counted all the same
    lookup = keyed.of("sign-in", folded)
    account = connection.execute(select(ACCOUNTS).where(ACCOUNTS.c.lookup == lookup)).first()
    person = account.person if account else lookup
    buckets: list[limits.Bucket] = [
        (f"name:{lookup}", settings.account_limit),
        (f"person:{person}", settings.account_limit),
    ]
    if remote:
        buckets.append((f"remote:{keyed.of('remote', network_of(remote))}", settings.remote_limit))
    limits.sweep(connection, office.now(), settings.account_limit)
    limits.attempt(connection, buckets, office.now())
    return _Attempt(tuple(buckets), account)


def _kept_hash(attempt: _Attempt) -> str | None:
    if attempt.account is None or attempt.account.state != AccountState.ACTIVE.value:
        return None
    return attempt.account.password  # type: ignore[no-any-return]


def _conclude(
    office: Office,
    connection: Connection,
    attempt: _Attempt,
    right: bool,
    fresh: str,
    replaces: str,
    settings: Settings,
) -> SignedIn | None:
    """Open the session, or record the refusal. The account is looked at again: it may have changed meanwhile."""
    account = attempt.account
    if account is None or not right or not _still_so(connection, account, settings):
        who = OfficerId(account.person) if account else NOBODY
        record(office, connection, "sign-in-refused", who, objects=(account.id,) if account else ())
        return None
    limits.forget(connection, [name for name, _ in attempt.buckets[:2]])
    for bucket in attempt.buckets[2:]:
        limits.give_back(connection, bucket, office.now())
    if fresh:
        connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == account.id).values(password=fresh))
    return open_session(office, connection, account, Method.PASSWORD, replaces)


def _still_so(connection: Connection, account: Row[Any], settings: Settings) -> bool:
    same = select(ACCOUNTS.c.id).where(
        ACCOUNTS.c.id == account.id,
        ACCOUNTS.c.password == account.password,
        ACCOUNTS.c.state == AccountState.ACTIVE.value,
    )
    if not settings.password_beside_passkey:
        keys = select(PASSKEYS.c.id).where(PASSKEYS.c.account == account.id, PASSKEYS.c.removed.is_(None))
        same = same.where(~exists(keys))
    return connection.execute(same).first() is not None
