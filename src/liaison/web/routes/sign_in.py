"""Signing in and out, and taking up an invitation. Attempts are counted by the service, whatever form they come in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from litestar import Request, Response

from liaison.model.errors import BadInput, LiaisonError, NotSignedIn, TooMany
from liaison.officers import invitations, sessions
from liaison.officers.sign_in import sign_in_password
from liaison.officers.signed import SignedIn
from liaison.web.context import Visit
from liaison.web.forms import Form
from liaison.web.places import own_path
from liaison.web.routing import act, page
from liaison.web.security import PUBLIC
from liaison.web.sessions import cookie_of, with_session, without_session

DEMO = "demo-sign-ins.json"  # in a demonstration's folder: its invented officers
Asked = Request[Any, Any, Any]


class DemoOfficer(msgspec.Struct, frozen=True):
    """An invented officer, who is signed in with one press."""

    name: str
    role: str
    sign_in: str
    password: str


OFFICERS = msgspec.json.Decoder(list[DemoOfficer])


@page("/sign-in", audience=PUBLIC)
def sign_in_page(visit: Visit, request: Asked) -> Response[Any]:
    """The form; whoever is signed in already goes on."""
    onward = own_path(str(request.query_params.get("next", "")))
    if visit.signed is not None:
        return visit.go(onward)
    return _sign_in(visit, Form(fields={"next": [onward]}))


@act("/sign-in", audience=PUBLIC)
def sign_in(visit: Visit, form: Form, request: Asked) -> Response[Any]:
    """Sign in with a name and a password."""
    held = cookie_of(request, visit.settings)
    try:
        opened = sign_in_password(
            visit.office,
            form.needed("name", longest=200),
            form.secret("password"),
            remote=visit.remote,
            replaces=held,
            settings=visit.node.people,
        )
    except (BadInput, NotSignedIn, TooMany) as error:
        return _sign_in(visit, form.refused(error), error)
    return entered(visit, opened, own_path(form.text("next")))


@act("/sign-out", audience=PUBLIC)
def sign_out(visit: Visit, request: Asked) -> Response[Any]:
    """End the session. It also works where it is over already."""
    token = cookie_of(request, visit.settings)
    if token:
        sessions.sign_out(visit.office, token)
    return without_session(visit.go("/sign-in", "signed-out"), visit.settings)


@page("/invitation", audience=PUBLIC)
def invitation_page(visit: Visit) -> Response[str]:
    """Where an invitation's code is given; a link brings it in its fragment, which no server sees."""
    return _invitation(visit, Form())


@act("/invitation", audience=PUBLIC)
def open_invitation(visit: Visit, form: Form) -> Response[str]:
    """Whom the invitation is for, and the form for a password."""
    try:
        guest = invitations.invited(visit.office, form.needed("code", longest=200))
    except (BadInput, NotSignedIn) as error:
        return _invitation(visit, form.refused(error), error)
    return _acceptance(visit, form, guest)


@act("/invitation/accept", audience=PUBLIC)
def accept_invitation(visit: Visit, form: Form, request: Asked) -> Response[Any]:
    """Set the password, and be signed in."""
    held = cookie_of(request, visit.settings)
    try:
        guest = invitations.invited(visit.office, form.needed("code", longest=200))
    except (BadInput, NotSignedIn) as error:
        return _invitation(visit, form.refused(error), error)
    try:
        opened = invitations.accept_with_password(
            visit.office,
            form.text("code"),
            twice(form),
            replaces=held,
            settings=visit.node.people,
        )
    except BadInput as error:
        return _acceptance(visit, form.refused(error), guest, error)
    return entered(visit, opened, "/")


def entered(visit: Visit, opened: SignedIn, onward: str) -> Response[Any]:
    """On to a page, with the new session."""
    return with_session(visit.go(onward), opened.token, visit.settings)


def twice(form: Form) -> str:
    """A new password that was typed the same twice. Raises BadInput."""
    password = form.secret("password")
    if form.secret("again") != password:
        raise BadInput("the two are not the same", field="again", hint="type the new password twice")
    return password


def answered(response: Response[str], error: LiaisonError | None) -> Response[str]:
    """The page with the status of what was refused, and when to come back."""
    if error is not None:
        response.status_code = error.status
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def demo_officers(folder: Path) -> list[DemoOfficer]:
    """The invented officers of a demonstration; none where it did not write them down."""
    try:
        return OFFICERS.decode((folder / DEMO).read_bytes())
    except (OSError, msgspec.DecodeError):
        return []


def _sign_in(visit: Visit, form: Form, error: LiaisonError | None = None) -> Response[str]:
    settings = visit.settings
    shown = visit.page(
        "pages/sign_in.html",
        title=visit.say("Sign in"),
        form=form,
        onward=own_path(form.text("next")),
        provider=bool(settings.oidc_issuer),
        demo=demo_officers(visit.node.places.folder) if settings.demo else [],
    )
    return answered(shown, error)


def _invitation(visit: Visit, form: Form, error: LiaisonError | None = None) -> Response[str]:
    return answered(
        visit.page("pages/sign_in_invitation.html", title=visit.say("Your invitation"), form=form), error
    )


def _acceptance(
    visit: Visit, form: Form, guest: invitations.Invited, error: LiaisonError | None = None
) -> Response[str]:
    title = visit.say("Welcome, %(name)s", name=guest.name)
    return answered(visit.page("pages/sign_in_welcome.html", title=title, form=form, guest=guest), error)


ROUTES = (sign_in_page, sign_in, sign_out, invitation_page, open_invitation, accept_invitation)
