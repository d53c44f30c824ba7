"""Tokens for programs: they act as their owner, in the ledger too, and end by a day that is set when they are made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from liaison import policy
from liaison.model.errors import BadInput, NotSignedIn
from liaison.office import Office, new_id
from liaison.officers.access import load_token
from liaison.officers.recording import record
from liaison.officers.rules import seen_again, text_of
from liaison.officers.secrecy import new_token, token_digest
from liaison.officers.sessions import WHO, accounts_of, require_fresh, rows_of, signed_from
from liaison.officers.settings import DEFAULTS, Settings
from liaison.officers.signed import Signed
from liaison.officers.states import AccountState, Method
from liaison.storage.prepared import Prepared
from liaison.storage.tables.officers import ACCOUNT_ROLES, ACCOUNTS, PEOPLE, TOKENS

MARK = "liaison_"  # so that scanners for secrets know one when they see it
_SIGNED = Prepared(
    select(TOKENS.c.id, TOKENS.c.account, TOKENS.c.created, TOKENS.c.used, TOKENS.c.expires, *WHO)
    .join(ACCOUNTS, ACCOUNTS.c.id == TOKENS.c.account)
    .join(PEOPLE, PEOPLE.c.id == ACCOUNTS.c.person)
    .outerjoin(ACCOUNT_ROLES, ACCOUNT_ROLES.c.account == ACCOUNTS.c.id)
    .where(
        TOKENS.c.digest == bindparam("digest"),
        TOKENS.c.revoked.is_(None),
        ACCOUNTS.c.state == AccountState.ACTIVE.value,
    )
)


@dataclass(frozen=True, slots=True)
class Token:
    """One token as its owner sees it; the secret is shown once, when it is made."""

    id: str
    label: str
    created: datetime
    expires: datetime
    used: datetime | None
    revoked: datetime | None


def create_token(
    office: Office, signed: Signed, label: str, expires: datetime, settings: Settings = DEFAULTS
) -> tuple[str, str]:
    """The id of a new token, and its secret. Raises NotSignedIn without a fresh sign-in, BadInput."""
    require_fresh(office, signed)
    kept, now = text_of(label, "label", longest=60), office.now()
    if expires.tzinfo is None or not now < expires <= now + settings.token_longest:
        raise BadInput(
            "the token would be over already, or last too long",
            field="expires",
            hint=f"at most {settings.token_longest.days} days",
        )
    token, secret = new_id("token"), MARK + new_token()

    def work(connection: Connection) -> tuple[str, str]:
        row = {"id": token, "digest": token_digest(secret), "account": signed.account, "label": kept}
        connection.execute(insert(TOKENS).values(**row, created=now, expires=expires))
        detail = {"expires": expires.isoformat()}
        record(office, connection, "token-created", signed.actor.person, objects=(token,), detail=detail)
        return token, secret

    return office.write(work)


def list_tokens(office: Office, signed: Signed) -> list[Token]:
    """The tokens of this person, over all their accounts, the newest first."""
    mine = TOKENS.c.account.in_(accounts_of(signed.actor.person))
    query = select(TOKENS).where(mine).order_by(TOKENS.c.created.desc(), TOKENS.c.id)
    rows = office.read(lambda connection: list(connection.execute(query)))
    return [Token(row.id, row.label, row.created, row.expires, row.used, row.revoked) for row in rows]


def revoke(office: Office, actor: policy.Actor, token: str) -> None:
    """End a token: one's own; administrators, anyone's. Raises NotFound."""

    def work(connection: Connection) -> None:
        row = load_token(connection, actor, token)
        live = update(TOKENS).where(TOKENS.c.id == row.id, TOKENS.c.revoked.is_(None))
        connection.execute(live.values(revoked=office.now()))
        record(office, connection, "token-revoked", actor.person, objects=(token,))

    office.write(work)


def revoke_all_of(connection: Connection, account: str, now: datetime) -> None:
    """End every token of an account. The caller records why."""
    live = update(TOKENS).where(TOKENS.c.account == account, TOKENS.c.revoked.is_(None))
    connection.execute(live.values(revoked=now))


def signed_in_by_token(office: Office, secret: str) -> Signed:
    """Whose token this is. One read; its last use is written down at most once a minute.

    Raises NotSignedIn for one that is missing, wrong, over or revoked.
    """
    rows, now = rows_of(office, _SIGNED, secret), office.now()
    first = rows[0]
    if now >= first.expires:
        raise NotSignedIn("the token is over", hint="make a new one")
    if first.used is None or seen_again(first.used, now):
        used = update(TOKENS).where(TOKENS.c.id == first.id).values(used=now)
        office.write(lambda connection: connection.execute(used))
    return signed_from(office, rows, Method.TOKEN)
