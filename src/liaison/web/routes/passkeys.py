"""Passkeys (WebAuthn Level 3): signing in with one, adding one to an account, taking up an invitation with one.

The browser's script sends JSON and goes where `next` says. The challenge is not sent a second time: it stands in
what the authenticator signed, and only the service says whether it is ours.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

import msgspec
from litestar import Request, Response, post
from litestar.handlers import HTTPRouteHandler

from liaison.model.errors import BadInput, NotSignedIn
from liaison.officers import passkeys
from liaison.officers.invitations import Invited, invited
from liaison.officers.passkeys import HINT, REFUSED, Ceremony
from liaison.officers.signed import SignedIn
from liaison.web.context import Visit
from liaison.web.routing import Declared, act, threaded
from liaison.web.security import PUBLIC, SIGNED, Audience
from liaison.web.sessions import cookie_of, with_session

Asked = Request[Any, Any, Any]


class Begin(msgspec.Struct, frozen=True):
    """What goes along with the first step: an invitation's code where one is taken up."""

    code: str = ""


class Authenticator(msgspec.Struct, frozen=True, rename="camel"):
    """What the authenticator gave, each part in base64url; the parts of the two ceremonies together."""

    client_data_json: str = msgspec.field(name="clientDataJSON")
    attestation_object: str | None = None
    authenticator_data: str | None = None
    signature: str | None = None
    user_handle: str | None = None
    transports: list[str] | None = None


class Credential(msgspec.Struct, frozen=True, rename="camel"):
    """A PublicKeyCredential as the browser's script writes it, with what the form beside it held."""

    id: str
    raw_id: str
    type: str
    response: Authenticator
    authenticator_attachment: str | None = None
    client_extension_results: dict[str, Any] = {}
    label: str = ""
    code: str = ""


class Onward(msgspec.Struct, frozen=True):
    """Where the browser goes now."""

    next: str


class _ClientData(msgspec.Struct, frozen=True):
    challenge: str


CLIENT_DATA = msgspec.json.Decoder(_ClientData)


def step(path: str, audience: Audience) -> Declared:
    """One step of a ceremony: JSON in, JSON out."""

    def declare(function: Any) -> HTTPRouteHandler:
        declared = post(path, status_code=200, include_in_schema=False, audience=audience, program=True)
        return declared(threaded(function, path))

    return declare


@step("/sign-in/passkey/options", PUBLIC)
def sign_in_options(visit: Visit, data: Begin) -> Response[bytes]:
    """What the browser needs to sign in."""
    return _options(passkeys.sign_in_options(visit.office, visit.node.people))


@step("/sign-in/passkey", PUBLIC)
def sign_in_with_passkey(visit: Visit, data: Credential, request: Asked) -> Response[Any]:
    """Sign in with what the authenticator signed."""
    opened = passkeys.sign_in_finish(
        visit.office,
        challenge_of(data),
        _written(data),
        remote=visit.remote,
        replaces=cookie_of(request, visit.settings),
        settings=visit.node.people,
    )
    return _entered(visit, opened, "/")


@step("/settings/passkeys/options", SIGNED)
def add_options(visit: Visit, data: Begin) -> Response[bytes]:
    """What the browser needs to make a passkey for the account that is signed in."""
    return _options(passkeys.add_options(visit.office, visit.who, visit.node.people))


@step("/settings/passkeys", SIGNED)
def add_passkey(visit: Visit, data: Credential) -> Onward:
    """Keep the passkey that was made."""
    passkeys.add_finish(
        visit.office,
        visit.who,
        challenge_of(data),
        _written(data),
        data.label or "Passkey",
        settings=visit.node.people,
    )
    return Onward("/settings/security?done=passkey-added")


@act("/settings/passkeys/{passkey_id:str}/remove", audience=SIGNED)
def remove_passkey(visit: Visit, passkey_id: str) -> Response[Any]:
    """Remove one of one's own passkeys."""
    passkeys.remove(visit.office, visit.who, passkey_id)
    return visit.go("/settings/security", "passkey-removed")


@step("/invitation/passkey/options", PUBLIC)
def invited_options(visit: Visit, data: Begin) -> Response[bytes]:
    """What the browser needs to make the first passkey of an invited account."""
    return _options(passkeys.add_options(visit.office, _guest(visit, data.code), visit.node.people))


@step("/invitation/passkey", PUBLIC)
def accept_with_passkey(visit: Visit, data: Credential, request: Asked) -> Response[Any]:
    """Take the invitation up with a passkey, and be signed in."""
    opened = passkeys.add_finish(
        visit.office,
        _guest(visit, data.code),
        challenge_of(data),
        _written(data),
        data.label or "Passkey",
        replaces=cookie_of(request, visit.settings),
        settings=visit.node.people,
    )
    if opened is None:
        raise NotSignedIn(REFUSED, hint=HINT)
    return _entered(visit, opened, "/")


def challenge_of(credential: Credential) -> str:
    """The challenge that stands in what was signed, as the service wrote it. Raises NotSignedIn."""
    written = credential.response.client_data_json
    try:
        signed = base64.urlsafe_b64decode(written + "=" * (-len(written) % 4))
        challenge = CLIENT_DATA.decode(signed).challenge
    except (ValueError, binascii.Error, msgspec.DecodeError) as error:
        raise NotSignedIn(REFUSED, hint=HINT) from error
    return challenge + "=" * (-len(challenge) % 4)


def _written(credential: Credential) -> str:
    """The credential alone, as the service reads it."""
    parts = {
        name: part
        for name, part in msgspec.to_builtins(credential).items()
        if name not in {"label", "code"} and part is not None
    }
    parts["response"] = {name: part for name, part in parts["response"].items() if part is not None}
    return msgspec.json.encode(parts).decode()


def _guest(visit: Visit, code: str) -> Invited:
    if not code:
        raise BadInput("the code of the invitation is missing", field="code")
    return invited(visit.office, code)


def _options(ceremony: Ceremony) -> Response[bytes]:
    return Response(ceremony.options.encode(), media_type="application/json")


def _entered(visit: Visit, opened: SignedIn, onward: str) -> Response[Any]:
    return with_session(Response(Onward(onward)), opened.token, visit.settings)


ROUTES = (
    sign_in_options,
    sign_in_with_passkey,
    add_options,
    add_passkey,
    remove_passkey,
    invited_options,
    accept_with_passkey,
)
