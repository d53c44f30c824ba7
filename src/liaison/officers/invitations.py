"""Invitations: an account's owner sets what they sign in with, and no administrator ever knows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from liaison import policy
from liaison.model.categories import OfficerId
from liaison.model.errors import BadInput, Conflict, NotFound, NotLawful, NotSignedIn
from liaison.office import Office, new_id
from liaison.officers import hashing, limits, notices
from liaison.officers.access import RECOVERY, load_account, load_invitation, require
from liaison.officers.approvals import Request
from liaison.officers.recording import record
from liaison.officers.rules import LONGEST, in_form, password_of
from liaison.officers.second import waits_for_other
from liaison.officers.secrecy import digests, new_token, opened, token_digest
from liaison.officers.sessions import end_sessions_of, open_session, require_fresh
from liaison.officers.settings import DEFAULTS, Settings
from liaison.officers.signed import Signed, SignedIn
from liaison.officers.states import AccountState, Method
from liaison.officers.tokens import revoke_all_of
from liaison.ports import Compartment, KeyId
from liaison.storage.tables.officers import ACCOUNTS, INVITATIONS, PASSKEYS, PEOPLE

OVER = "this invitation is over"
OVER_HINT = "ask an administrator for a new one"


@dataclass(frozen=True, slots=True)
class Invitation:
    """What is shown once: `token` goes into the link's fragment or form, and is kept nowhere."""

    token: str
    expires: datetime


@dataclass(frozen=True, slots=True)
class Invited:
    """Whom an invitation is for, so that a page can greet them and a passkey can be made."""

    account: str
    person: OfficerId
    name: str
    sign_in: str
    digest: str


@dataclass(frozen=True, slots=True)
class Renewal:
    """A new invitation, or the approval it waits for."""

    invitation: Invitation | None
    approval: str = ""


def invite_within(
    office: Office, connection: Connection, by: OfficerId, account: str, settings: Settings
) -> Invitation:
    """A new invitation in the caller's transaction; earlier ones of the account are over."""
    now = office.now()
    unused = INVITATIONS.c.account == account, INVITATIONS.c.used.is_(None)
    connection.execute(update(INVITATIONS).where(*unused).values(used=now))
    token, expires = new_token(), now + settings.invitation
    connection.execute(
        insert(INVITATIONS).values(
            id=new_id("invitation"),
            digest=token_digest(token),
            account=account,
            made_by=by,
            created=now,
            expires=expires,
        )
    )
    record(office, connection, "invited", by, objects=(account,))
    return Invitation(token, expires)


def invite_again(
    office: Office, actor: policy.Actor, account: str, *, approval: str = "", settings: Settings = DEFAULTS
) -> Renewal:
    """A new invitation for somebody who lost what they signed in with, or whose first one is over.

    With it an account could be taken over. Where the account is in use it therefore always takes another person's
    approval (another administrator's, or an overseer's where there is none), and its owner is told. Raises NotLawful,
    NotFound, Conflict.
    """
    require(office, actor, policy.Action.ADMINISTER_ACCOUNTS)
    spare = office.keys.create(Compartment.OFFICERS)[0]

    def work(connection: Connection) -> Renewal:
        row = load_account(connection, actor, account)
        if row.state == AccountState.ENDED.value:
            raise NotLawful("the account has ended", hint="create a new one")
        if row.state == AccountState.ACTIVE.value:
            request = Request(RECOVERY, {"account": account})
            waits = waits_for_other(office, connection, actor, request, approval=approval, spare=spare)
            if waits:
                return Renewal(None, waits)
            notices.add(connection, OfficerId(row.person), "invited", account, office.now())
        return Renewal(invite_within(office, connection, actor.person, account, settings))

    return office.write(work)


def invited(office: Office, token: str) -> Invited:
    """Whom this invitation is for. Raises NotSignedIn where it is wrong, used or over."""
    digest = token_digest(token)

    def work(connection: Connection) -> Invited:
        row = _in_force(office, connection, digest)
        person = connection.execute(select(PEOPLE).where(PEOPLE.c.id == row.person)).one()
        key = KeyId(person.key)
        name = opened(office.keys, key, person.sealed, f"people:{person.id}")["name"]
        sign_in = opened(office.keys, key, row.sealed, f"accounts:{row.id}")["sign_in"]
        return Invited(row.id, OfficerId(person.id), name, sign_in, digest)

    return office.read(work)


def accept_with_password(
    office: Office, token: str, password: str, *, replaces: str = "", settings: Settings = DEFAULTS
) -> SignedIn:
    """Set the account's password and sign in. What it was signed in with before is gone, and its sessions end.

    Raises NotSignedIn for an invitation that is over, BadInput for a password that is too weak.
    """
    guest = invited(office, token)
    kept = password_of(password, about=(guest.name, guest.sign_in))
    hash_ = hashing.hashed(digests(office).peppered(kept), settings.argon)

    def work(connection: Connection) -> SignedIn:
        account = accept_within(office, connection, guest.digest)
        connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == account.id).values(password=hash_))
        record(office, connection, "password-set", guest.person, objects=(account.id,))
        return open_session(office, connection, account, Method.PASSWORD, replaces)

    return office.write(work)


def accept_within(office: Office, connection: Connection, digest: str) -> Row[Any]:
    """Use an invitation up and make its account active, with nothing to sign in with yet; the account.

    Raises NotSignedIn where the invitation is wrong, used or over.
    """
    account, now = _in_force(office, connection, digest), office.now()
    unused = INVITATIONS.c.digest == digest, INVITATIONS.c.used.is_(None)
    if connection.execute(update(INVITATIONS).where(*unused).values(used=now)).rowcount != 1:
        raise NotSignedIn(OVER, hint=OVER_HINT)
    former = PASSKEYS.c.account == account.id, PASSKEYS.c.removed.is_(None)
    connection.execute(update(PASSKEYS).where(*former).values(removed=now))
    end_sessions_of(connection, account.id, now)
    revoke_all_of(connection, account.id, now)
    active = {"state": AccountState.ACTIVE.value, "password": None}
    connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == account.id).values(**active))
    return account


def set_password(
    office: Office, signed: Signed, former: str, password: str, settings: Settings = DEFAULTS
) -> None:
    """Change one's own password, shown that one knows the former; every other session of the account ends.

    An account that has none (a passkey alone) needs a sign-in that is fresh instead. Raises NotSignedIn, BadInput,
    TooMany.
    """
    keyed, person = digests(office), signed.actor.person
    bucket = f"change:{person}"

    def count(connection: Connection) -> tuple[str | None, str]:
        limits.attempt(connection, [(bucket, settings.account_limit)], office.now())
        row = load_account(connection, signed.actor, signed.account)
        owner = connection.execute(select(PEOPLE.c.key).where(PEOPLE.c.id == row.person)).scalar_one()
        texts = opened(office.keys, KeyId(owner), row.sealed, f"accounts:{row.id}")
        return row.password, texts["sign_in"]

    held, sign_in = office.write(count)
    if held is None:
        require_fresh(office, signed)
    elif not hashing.fits(held, keyed.peppered(in_form(former[: 4 * LONGEST])), settings.argon):
        raise BadInput("the former password is not right", field="former", hint="type it again")
    kept = password_of(password, about=(signed.name, sign_in))
    hash_ = hashing.hashed(keyed.peppered(kept), settings.argon)

    def work(connection: Connection) -> None:
        if load_account(connection, signed.actor, signed.account).password != held:
            raise Conflict("the password was changed meanwhile")
        limits.forget(connection, [bucket])
        connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == signed.account).values(password=hash_))
        end_sessions_of(connection, signed.account, office.now(), but=signed.session)
        record(office, connection, "password-set", person, objects=(signed.account,))

    office.write(work)


def _in_force(office: Office, connection: Connection, digest: str) -> Row[Any]:
    """The account of an invitation that can be used."""
    try:
        row = load_invitation(connection, digest)
    except NotFound:
        raise NotSignedIn(OVER, hint=OVER_HINT) from None
    chosen = ACCOUNTS.c.id == row.account, ACCOUNTS.c.state != AccountState.ENDED.value
    account: Row[Any] | None = connection.execute(select(ACCOUNTS).where(*chosen)).first()
    if account is None or row.used is not None or office.now() >= row.expires:
        raise NotSignedIn(OVER, hint=OVER_HINT)
    return account
