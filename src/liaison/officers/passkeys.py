"""Passkeys (WebAuthn level 3): added by somebody signed in or invited, then signed in with, without any name.

The authenticator verifies its user each time. A counter that does not rise says that a passkey was copied: it is
refused, and its owner and the administrators are told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.parse_authentication_credential_json import parse_authentication_credential_json
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from liaison.model.categories import OfficerId
from liaison.model.errors import BadInput, Conflict, NotSignedIn
from liaison.model.roles import Role
from liaison.office import Office, new_id
from liaison.officers import challenges, limits, notices
from liaison.officers.access import load_passkey
from liaison.officers.invitations import Invited, accept_within
from liaison.officers.recording import record
from liaison.officers.rules import copied, network_of, text_of
from liaison.officers.secrecy import Digests, digests
from liaison.officers.sessions import open_session, require_fresh
from liaison.officers.settings import DEFAULTS, Settings
from liaison.officers.signed import Signed, SignedIn
from liaison.officers.states import AccountState, Method
from liaison.storage.tables.officers import ACCOUNTS, PASSKEYS

LONGEST = 65_536  # characters of what a browser sends
MOST = 20  # passkeys of one account
ALGORITHMS = [
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
REFUSED = "the passkey could not be accepted"
HINT = "try again, with a passkey of this node"


@dataclass(frozen=True, slots=True)
class Ceremony:
    """The first step: `options` is the JSON for the browser, `challenge` comes back with its answer."""

    challenge: str
    options: str


@dataclass(frozen=True, slots=True)
class Passkey:
    """One passkey as its owner sees it."""

    id: str
    label: str
    created: datetime
    used: datetime | None


def add_options(office: Office, who: Signed | Invited, settings: Settings = DEFAULTS) -> Ceremony:
    """What the browser needs to make a passkey. Raises NotSignedIn where the sign-in is not fresh."""
    if isinstance(who, Signed):
        require_fresh(office, who)
    challenge = challenges.new_challenge(digests(office), "passkey-add", who.account, office.now())
    held = office.read(lambda connection: _held(connection, who.account))
    options = generate_registration_options(
        rp_id=settings.site.rp_id,
        rp_name=settings.site.name,
        user_id=who.account.encode(),
        user_name=who.name,
        user_display_name=who.name,
        challenge=challenges.challenge_bytes(challenge),
        attestation=AttestationConveyancePreference.NONE,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(row.credential)) for row in held
        ],
        supported_pub_key_algs=ALGORITHMS,
    )
    return Ceremony(challenge, options_to_json(options))


def add_finish(
    office: Office,
    who: Signed | Invited,
    challenge: str,
    credential: str,
    label: str,
    *,
    replaces: str = "",
    settings: Settings = DEFAULTS,
) -> SignedIn | None:
    """Keep the passkey that the browser made. An invited person is signed in with it, under the session given back.

    Raises NotSignedIn for an answer to another challenge, origin or site or without the user's verification, BadInput
    for a label, Conflict for a passkey that is kept already.
    """
    kept = text_of(label, "label", longest=60)
    if isinstance(who, Signed):
        require_fresh(office, who)
    challenges.check(digests(office), "passkey-add", who.account, challenge, office.now())
    made = _registered(challenge, credential, settings)

    def work(connection: Connection) -> SignedIn | None:
        challenges.take(connection, challenge, office.now())
        account = accept_within(office, connection, who.digest) if isinstance(who, Invited) else None
        name = bytes_to_base64url(made.credential_id)
        same = select(PASSKEYS.c.id).where(PASSKEYS.c.credential == name)
        if connection.execute(same).first() or len(_held(connection, who.account)) >= MOST:
            raise Conflict("this passkey is kept already, or there are too many", hint="use another one")
        passkey, person = new_id("passkey"), who.person if isinstance(who, Invited) else who.actor.person
        connection.execute(
            insert(PASSKEYS).values(
                id=passkey,
                account=who.account,
                credential=name,
                public_key=made.credential_public_key,
                uses=made.sign_count,
                label=kept,
                created=office.now(),
            )
        )
        record(office, connection, "passkey-added", person, objects=(who.account, passkey))
        notices.add(connection, person, "passkey-added", passkey, office.now())
        return open_session(office, connection, account, Method.PASSKEY, replaces) if account else None

    return office.write(work)


def sign_in_options(office: Office, settings: Settings = DEFAULTS) -> Ceremony:
    """What the browser needs to sign in; it names nobody, so nobody learns who has an account."""
    challenge = challenges.new_challenge(digests(office), "passkey-sign-in", "", office.now())
    options = generate_authentication_options(
        rp_id=settings.site.rp_id,
        challenge=challenges.challenge_bytes(challenge),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return Ceremony(challenge, options_to_json(options))


def sign_in_finish(
    office: Office,
    challenge: str,
    credential: str,
    *,
    remote: str = "",
    replaces: str = "",
    settings: Settings = DEFAULTS,
) -> SignedIn:
    """A new session. Raises NotSignedIn, the same for every answer that is not right; TooMany."""
    keyed, now = digests(office), office.now()
    challenges.check(keyed, "passkey-sign-in", "", challenge, now)
    answer = _parsed(credential)
    row, buckets = office.write(
        lambda connection: _counted(connection, keyed, answer.id, remote, settings, now)
    )
    shown = _verified(challenge, answer, row, settings) if row else None
    done = office.write(
        lambda connection: _conclude(office, connection, challenge, row, shown, buckets, replaces)
    )
    if done is None:
        raise NotSignedIn(REFUSED, hint=HINT)
    return done


def list_passkeys(office: Office, signed: Signed) -> list[Passkey]:
    """The passkeys of this account, the oldest first."""
    rows = office.read(lambda connection: _held(connection, signed.account))
    return [Passkey(row.id, row.label, row.created, row.used) for row in rows]


def remove(office: Office, signed: Signed, passkey: str) -> None:
    """Remove one of one's own passkeys. Raises NotSignedIn where the sign-in is not fresh, NotFound, and Conflict for
    the last thing that the account can be signed in with.
    """
    require_fresh(office, signed)

    def work(connection: Connection) -> None:
        load_passkey(connection, signed.account, passkey)
        password = connection.execute(select(ACCOUNTS.c.password).where(ACCOUNTS.c.id == signed.account))
        if len(_held(connection, signed.account)) == 1 and password.scalar() is None:
            raise Conflict("nothing would be left to sign in with", hint="add another passkey first")
        gone = update(PASSKEYS).where(PASSKEYS.c.id == passkey).values(removed=office.now())
        connection.execute(gone)
        record(office, connection, "passkey-removed", signed.actor.person, objects=(signed.account, passkey))

    office.write(work)


def _registered(challenge: str, credential: str, settings: Settings) -> Any:
    """The passkey that was made. What the library raises for hostile bytes is of many kinds, and means one thing."""
    _refuse_long(credential)
    try:
        return verify_registration_response(
            credential=credential,
            expected_challenge=challenges.challenge_bytes(challenge),
            expected_rp_id=settings.site.rp_id,
            expected_origin=list(settings.site.origins),
            require_user_verification=True,
            supported_pub_key_algs=ALGORITHMS,
        )
    except Exception as error:
        raise NotSignedIn(REFUSED, hint=HINT) from error


def _parsed(credential: str) -> AuthenticationCredential:
    _refuse_long(credential)
    try:
        return parse_authentication_credential_json(credential)
    except Exception as error:
        raise NotSignedIn(REFUSED, hint=HINT) from error


def _verified(
    challenge: str, answer: AuthenticationCredential, row: Row[Any], settings: Settings
) -> VerifiedAuthentication | None:
    """The signature's verdict; the counter is judged apart, since a copied passkey is told of."""
    handle = answer.response.user_handle
    if handle is not None and handle != row.account.encode():
        return None
    try:
        return verify_authentication_response(
            credential=answer,
            expected_challenge=challenges.challenge_bytes(challenge),
            expected_rp_id=settings.site.rp_id,
            expected_origin=list(settings.site.origins),
            credential_public_key=row.public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except Exception:
        return None


def _counted(
    connection: Connection, keyed: Digests, credential: str, remote: str, settings: Settings, now: datetime
) -> tuple[Row[Any] | None, list[limits.Bucket]]:
    """The passkey of this credential, with the attempt counted for its person and where it comes from."""
    active = PASSKEYS.c.removed.is_(None), ACCOUNTS.c.state == AccountState.ACTIVE.value
    query = select(PASSKEYS, ACCOUNTS.c.person).join(ACCOUNTS, ACCOUNTS.c.id == PASSKEYS.c.account)
    row = connection.execute(query.where(PASSKEYS.c.credential == credential, *active)).first()
    buckets: list[limits.Bucket] = []
    if remote:
        buckets.append((f"remote:{keyed.of('remote', network_of(remote))}", settings.remote_limit))
    if row:
        buckets.append((f"passkey:{row.person}", settings.account_limit))
    limits.attempt(connection, buckets, now)
    return row, buckets


def _conclude(
    office: Office,
    connection: Connection,
    challenge: str,
    row: Row[Any] | None,
    shown: VerifiedAuthentication | None,
    buckets: list[limits.Bucket],
    replaces: str,
) -> SignedIn | None:
    """Open the session, or record the refusal. The passkey is looked at again: it may have changed meanwhile."""
    if row is None:
        return None
    person, now = OfficerId(row.person), office.now()
    chosen = PASSKEYS.c.id == row.id, PASSKEYS.c.removed.is_(None)
    uses = connection.execute(select(PASSKEYS.c.uses).where(*chosen)).scalar()
    if shown is None or uses is None:
        record(office, connection, "sign-in-refused", person, objects=(row.account, row.id))
        return None
    if copied(uses, shown.new_sign_count):
        record(office, connection, "passkey-cloned", person, objects=(row.account, row.id))
        for to in (person, Role.ADMINISTRATOR):
            notices.add(connection, to, "passkey-cloned", row.id, now)
        return None
    challenges.take(connection, challenge, now)
    for bucket in buckets:
        limits.give_back(connection, bucket, now)
    connection.execute(update(PASSKEYS).where(*chosen).values(uses=shown.new_sign_count, used=now))
    active = ACCOUNTS.c.id == row.account, ACCOUNTS.c.state == AccountState.ACTIVE.value
    account = connection.execute(select(ACCOUNTS).where(*active)).first()
    return open_session(office, connection, account, Method.PASSKEY, replaces) if account else None


def _held(connection: Connection, account: str) -> list[Row[Any]]:
    live = PASSKEYS.c.account == account, PASSKEYS.c.removed.is_(None)
    return list(connection.execute(select(PASSKEYS).where(*live).order_by(PASSKEYS.c.created, PASSKEYS.c.id)))


def _refuse_long(credential: str) -> None:
    if len(credential) > LONGEST:
        raise BadInput("the browser's answer is too long", field="credential", hint="try again")
