"""Sessions: a random token in the browser, its SHA-256 here; over when idle, when old, or when ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, func, insert, select, update

from liaison import policy
from liaison.model.categories import OfficerId
from liaison.model.errors import NotSignedIn
from liaison.model.roles import Role
from liaison.office import Office, new_id
from liaison.officers.recording import record
from liaison.officers.rules import seen_again, session_over
from liaison.officers.secrecy import new_token, person_name, token_digest
from liaison.officers.settings import DEFAULTS, Settings
from liaison.officers.signed import Preferences, Signed, SignedIn
from liaison.officers.states import AccountState, Method
from liaison.ports import KeyId
from liaison.storage.prepared import Prepared
from liaison.storage.tables.officers import ACCOUNT_ROLES, ACCOUNTS, PEOPLE, SESSIONS, TRAININGS

FRESH = timedelta(minutes=15)  # after signing in, for what outlasts the session
LONGEST_TOKEN = 200  # characters; nothing longer is looked up

_TRAINED_UNTIL = (
    select(func.max(TRAININGS.c.until))
    .where(TRAININGS.c.person == PEOPLE.c.id, TRAININGS.c.withdrawn.is_(None))
    .scalar_subquery()
)
WHO = (  # one row for each role of the account
    ACCOUNTS.c.person,
    ACCOUNTS.c.language,
    ACCOUNTS.c.theme,
    ACCOUNTS.c.shortcuts,
    PEOPLE.c.key,
    PEOPLE.c.sealed,
    PEOPLE.c.safeguards,
    ACCOUNT_ROLES.c.role,
    _TRAINED_UNTIL.label("trained_until"),
)
_SIGNED = Prepared(
    select(SESSIONS.c.id, SESSIONS.c.account, SESSIONS.c.method, SESSIONS.c.created, SESSIONS.c.seen, *WHO)
    .join(ACCOUNTS, ACCOUNTS.c.id == SESSIONS.c.account)
    .join(PEOPLE, PEOPLE.c.id == ACCOUNTS.c.person)
    .outerjoin(ACCOUNT_ROLES, ACCOUNT_ROLES.c.account == ACCOUNTS.c.id)
    .where(
        SESSIONS.c.digest == bindparam("digest"),
        SESSIONS.c.ended.is_(None),
        ACCOUNTS.c.state == AccountState.ACTIVE.value,
    )
)


@dataclass(frozen=True, slots=True)
class Session:
    """One session as its owner sees it; `here` is the one that asks."""

    session: str
    method: Method
    created: datetime
    seen: datetime
    here: bool


def signed_in(office: Office, token: str, settings: Settings = DEFAULTS) -> Signed:
    """Whose session this is. One read; the last request is written down at most once a minute.

    Raises NotSignedIn for a token that is missing, wrong or over, and for an account that was ended.
    """
    rows = rows_of(office, _SIGNED, token)
    first, now = rows[0], office.now()
    if session_over(first.created, first.seen, now, settings.lasting):
        raise NotSignedIn("the session is over")
    if seen_again(first.seen, now):
        office.write(lambda connection: _seen(connection, first.id, now))
    return signed_from(office, rows)


def still_signed_in(office: Office, token: str, settings: Settings = DEFAULTS) -> Signed:
    """Whose session this is, as `signed_in`, for what looks by itself: it does not count as the person's being there.

    Raises NotSignedIn.
    """
    rows = rows_of(office, _SIGNED, token)
    if session_over(rows[0].created, rows[0].seen, office.now(), settings.lasting):
        raise NotSignedIn("the session is over")
    return signed_from(office, rows)


def rows_of(office: Office, query: Prepared, token: str) -> list[Row[Any]]:
    """The rows of whoever holds this token. Raises NotSignedIn."""
    if not token or len(token) > LONGEST_TOKEN:
        raise NotSignedIn("there is no session")
    digest = token_digest(token)
    rows = office.read(lambda connection: query.all(connection, {"digest": digest}))
    if not rows:
        raise NotSignedIn("there is no such session")
    return rows


def signed_from(office: Office, rows: list[Row[Any]], method: Method | None = None) -> Signed:
    """Who is signed in, from one row for each role."""
    first = rows[0]
    actor = policy.Actor(
        person=OfficerId(first.person),
        roles=frozenset(Role(row.role) for row in rows if row.role),
        trained=_in_force(first.trained_until, office.now()),
        safeguards=first.safeguards,
    )
    return Signed(
        actor,
        first.account,
        person_name(office.keys, KeyId(first.key), first.sealed, first.person),
        Preferences(first.language, first.theme, first.shortcuts),
        first.id,
        method or Method(first.method),
        first.created,
    )


def open_session(
    office: Office, connection: Connection, account: Row[Any], method: Method, replaces: str = ""
) -> SignedIn:
    """A new session of this account, always under a new token; the browser's former one ends."""
    token, now = new_token(), office.now()
    session = new_id("session")
    if replaces:
        _end(connection, SESSIONS.c.digest == token_digest(replaces), now)
    connection.execute(
        insert(SESSIONS).values(
            id=session,
            digest=token_digest(token),
            account=account.id,
            method=method.value,
            created=now,
            seen=now,
        )
    )
    connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == account.id).values(signed_in=now))
    record(
        office,
        connection,
        "sign-in",
        OfficerId(account.person),
        objects=(account.id, session),
        detail={"method": method.value},
    )
    return SignedIn(token, session, account.id, account.person)


def sign_out(office: Office, token: str) -> None:
    """End this session. A token of no session is passed over in silence."""
    digest = token_digest(token)

    def work(connection: Connection) -> None:
        query = select(SESSIONS.c.id, ACCOUNTS.c.person).join(ACCOUNTS).where(SESSIONS.c.digest == digest)
        row = connection.execute(query.where(SESSIONS.c.ended.is_(None))).first()
        if row:
            _end(connection, SESSIONS.c.id == row.id, office.now())
            record(office, connection, "sign-out", OfficerId(row.person), objects=(row.id,))

    office.write(work)


def sign_out_everywhere(office: Office, signed: Signed, *, but_here: bool = False) -> int:
    """End every session of this person, over all their accounts; how many."""

    def work(connection: Connection) -> int:
        chosen: Any = SESSIONS.c.account.in_(accounts_of(signed.actor.person))
        if but_here:
            chosen = and_(chosen, SESSIONS.c.id != signed.session)
        count = _end(connection, chosen, office.now())
        record(office, connection, "sessions-ended", signed.actor.person, outcome=str(count))
        return count

    return office.write(work)


def end_sessions_of(connection: Connection, account: str, now: datetime, *, but: str = "") -> int:
    """End every session of an account, but this one; how many. The caller records why."""
    return _end(connection, and_(SESSIONS.c.account == account, SESSIONS.c.id != but), now)


def sessions_of(office: Office, signed: Signed, settings: Settings = DEFAULTS) -> list[Session]:
    """The sessions of this person that are in force, the last used first."""
    chosen = and_(SESSIONS.c.account.in_(accounts_of(signed.actor.person)), SESSIONS.c.ended.is_(None))
    query = select(SESSIONS).where(chosen).order_by(SESSIONS.c.seen.desc())
    now = office.now()
    return [
        Session(row.id, Method(row.method), row.created, row.seen, row.id == signed.session)
        for row in office.read(lambda connection: list(connection.execute(query)))
        if not session_over(row.created, row.seen, now, settings.lasting)
    ]


def require_fresh(office: Office, signed: Signed) -> None:
    """Raises NotSignedIn unless they signed in a short while ago: for what outlasts the session."""
    if signed.method is Method.TOKEN or office.now() - signed.since > FRESH:
        raise NotSignedIn("you signed in too long ago for this", hint="sign in again, then do it at once")


def accounts_of(person: str) -> Any:
    """The accounts of a person, as a part of another question."""
    return select(ACCOUNTS.c.id).where(ACCOUNTS.c.person == person)


def _in_force(until: int | datetime | None, now: datetime) -> bool:
    return isinstance(until, datetime) and until > now


def _seen(connection: Connection, session: str, now: datetime) -> None:
    connection.execute(update(SESSIONS).where(SESSIONS.c.id == session).values(seen=now))


def _end(connection: Connection, chosen: Any, now: datetime) -> int:
    ended = update(SESSIONS).where(chosen, SESSIONS.c.ended.is_(None)).values(ended=now)
    return connection.execute(ended).rowcount
