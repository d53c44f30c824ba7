"""Signing in through an identity provider: authorization code with PKCE, state and nonce (OpenID Connect Core 1.0).

The provider says who somebody is, never what they may do: it opens no account and gives no role.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode, urlsplit

from sqlalchemy import Connection, Row, insert, select, update

from liaison import policy
from liaison.model.categories import OfficerId
from liaison.model.errors import Conflict, NotSignedIn
from liaison.office import Office, new_id
from liaison.officers import challenges, notices
from liaison.officers.access import LINK, load_account, require
from liaison.officers.approvals import Request
from liaison.officers.claims import Expected, Identity, identity
from liaison.officers.provider import Directory
from liaison.officers.recording import record
from liaison.officers.rules import text_of
from liaison.officers.second import Change, waits_for_other
from liaison.officers.secrecy import Digests, digests, new_token, token_digest
from liaison.officers.sessions import open_session
from liaison.officers.signed import SignedIn
from liaison.officers.states import AccountState, Method
from liaison.ports import Compartment
from liaison.storage.tables.officers import ACCOUNTS, LINKS, PEOPLE

KIND = "oidc"
UNKNOWN = "no account is linked with this identity"


@dataclass(frozen=True, slots=True)
class Start:
    """Where the browser goes, and what it keeps meanwhile: a cookie that comes back with the redirect.

    The cookie is HttpOnly and SameSite=Lax, since the browser returns from another site.
    """

    url: str
    browser: str


@dataclass(frozen=True, slots=True)
class Returned:
    """What came back: the parameters of the redirect, and the cookie of `Start`. `iss` is that of RFC 9207."""

    state: str
    browser: str
    code: str = ""
    error: str = ""
    iss: str = ""


def start(office: Office, directory: Directory) -> Start:
    """The first step. Raises NotSignedIn where the provider does not answer."""
    keyed, now, browser = digests(office), office.now(), new_token()
    state = challenges.new_challenge(keyed, KIND, token_digest(browser), now)
    provider = directory.provider
    question = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": provider.redirect_uri,
        "scope": "openid email" if provider.link_by_email else "openid",
        "state": state,
        "nonce": _derived(keyed, "nonce", state, browser),
        "code_challenge": _challenge(_derived(keyed, "verifier", state, browser)),
        "code_challenge_method": "S256",
    }
    address = directory.metadata(now)["authorization_endpoint"]
    joint = "&" if urlsplit(address).query else "?"
    return Start(f"{address}{joint}{urlencode(question)}", browser)


def finish(office: Office, directory: Directory, returned: Returned, *, replaces: str = "") -> SignedIn:
    """A new session of the account that carries this identity.

    Raises NotSignedIn for an answer to nothing that this browser asked here, one that was used before, one that the
    provider did not sign or that is not for this node, and for an identity that no account carries.
    """
    keyed, now, provider = digests(office), office.now(), directory.provider
    challenges.check(keyed, KIND, token_digest(returned.browser), returned.state, now)
    _refuse_error(directory, returned)
    verifier = _derived(keyed, "verifier", returned.state, returned.browser)
    token = directory.exchange(returned.code, verifier, now)
    nonce = _derived(keyed, "nonce", returned.state, returned.browser)
    expected = Expected(provider.issuer, provider.client_id, nonce, now, provider.leeway)
    who = identity(directory.claims(token, now), expected)

    def work(connection: Connection) -> SignedIn | None:
        challenges.take(connection, returned.state, office.now())
        account = _carrying(connection, keyed, who)
        if account is None and provider.link_by_email and who.email:
            account = _linked_by_email(office, connection, keyed, who)
        if account is None:
            return None
        active = {"state": AccountState.ACTIVE.value}
        connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == account.id).values(**active))
        return open_session(office, connection, account, Method.OIDC, replaces)

    done = office.write(work)
    if done is None:
        raise NotSignedIn(UNKNOWN, hint="ask an administrator to link your account")
    return done


def link(
    office: Office, actor: policy.Actor, account: str, issuer: str, subject: str, *, approval: str = ""
) -> Change:
    """Let an account be signed in to by this identity. On an account in use it takes another person, as a new
    invitation does. Raises NotLawful, NotFound, Conflict for an identity that an account carries already.
    """
    require(office, actor, policy.Action.ADMINISTER_ACCOUNTS)
    keyed, spare = digests(office), office.keys.create(Compartment.OFFICERS)[0]
    who = Identity(text_of(issuer, "issuer", longest=400), text_of(subject, "subject", longest=255), "")
    request = Request(LINK, {"account": account, "issuer": who.issuer, "subject": who.subject})

    def work(connection: Connection) -> Change:
        row = load_account(connection, actor, account)
        if row.state == AccountState.ENDED.value or _carrying(connection, keyed, who) is not None:
            raise Conflict("the account has ended, or an account carries this identity already")
        if row.state == AccountState.ACTIVE.value:
            waits = waits_for_other(office, connection, actor, request, approval=approval, spare=spare)
            if waits:
                return Change(False, waits)
        _link(office, connection, keyed, row, who, actor.person)
        return Change(True)

    return office.write(work)


def _refuse_error(directory: Directory, returned: Returned) -> None:
    if returned.iss and returned.iss != directory.provider.issuer:
        raise NotSignedIn("another identity provider answered")
    if returned.error or not returned.code:
        raise NotSignedIn("the identity provider signed nobody in", hint="sign in again from the start")


def _carrying(connection: Connection, keyed: Digests, who: Identity) -> Row[Any] | None:
    """The account that carries this identity and has not ended."""
    return connection.execute(
        select(ACCOUNTS)
        .join(LINKS, LINKS.c.account == ACCOUNTS.c.id)
        .where(
            LINKS.c.issuer == who.issuer,
            LINKS.c.subject_lookup == _subject(keyed, who),
            ACCOUNTS.c.state != AccountState.ENDED.value,
        )
    ).first()


def _linked_by_email(
    office: Office, connection: Connection, keyed: Digests, who: Identity
) -> Row[Any] | None:
    """The one account of the one person with this address, if no other identity of this issuer is linked with it."""
    taken = select(LINKS.c.account).where(LINKS.c.issuer == who.issuer)
    chosen = (
        PEOPLE.c.mail_lookup == keyed.of("mail", who.email.casefold()),
        ACCOUNTS.c.state != AccountState.ENDED.value,
    )
    query = select(ACCOUNTS).join(PEOPLE, PEOPLE.c.id == ACCOUNTS.c.person).where(*chosen)
    rows = list(connection.execute(query))
    if len(rows) != 1 or rows[0].id in set(connection.execute(taken).scalars()):
        return None
    _link(office, connection, keyed, rows[0], who, OfficerId(rows[0].person))
    return rows[0]


def _link(
    office: Office, connection: Connection, keyed: Digests, account: Row[Any], who: Identity, by: OfficerId
) -> None:
    row = {"id": new_id("link"), "account": account.id, "issuer": who.issuer, "created": office.now()}
    connection.execute(insert(LINKS).values(**row, subject_lookup=_subject(keyed, who)))
    record(office, connection, "account-linked", by, objects=(account.id,), detail={"issuer": who.issuer})
    notices.add(connection, OfficerId(account.person), "account-linked", account.id, office.now())


def _subject(keyed: Digests, who: Identity) -> str:
    return keyed.of("subject", f"{who.issuer}\0{who.subject}")


def _derived(keyed: Digests, kind: str, state: str, browser: str) -> str:
    """A secret of this attempt that nobody has to keep: it follows from the state, the cookie and the node's key."""
    return keyed.of(f"oidc-{kind}", f"{state}\0{browser}")


def _challenge(verifier: str) -> str:
    """RFC 7636, 4.2."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
