"""Signing in with the agency's own accounts (OpenID Connect): away to the provider, and back.

The browser comes back from another site, which a strict cookie does not cross. What it keeps meanwhile is therefore
Lax, and the answer that opens the session is a page of this node, from which the browser goes on by itself.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Any

from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.params import Parameter
from litestar.response import Redirect

from liaison.model.errors import BadSetting, NotFound, NotSignedIn
from liaison.officers import oidc
from liaison.officers.oidc import Returned
from liaison.officers.provider import Directory, Provider
from liaison.web.context import Visit
from liaison.web.routing import page
from liaison.web.security import PUBLIC
from liaison.web.sessions import cookie_of, named_cookie, secure, with_session

KEPT = "liaison-oidc"
BACK = "/sign-in/provider/return"
MINUTES = 10
LONGEST = 4000  # characters of a parameter
Given = Annotated[str, Parameter(max_length=LONGEST)]
Asked = Request[Any, Any, Any]


@page("/sign-in/provider", audience=PUBLIC)
def to_provider(visit: Visit) -> Response[Any]:
    """Away to the provider."""
    started = oidc.start(visit.office, _directory(visit))
    response = Redirect(started.url, status_code=303)
    response.set_cookie(_kept(visit, started.browser, MINUTES * 60))
    return response


@page(BACK, audience=PUBLIC)
def from_provider(
    visit: Visit, request: Asked, code: Given = "", error: Given = "", iss: Given = ""
) -> Response[Any]:
    """Back from the provider: signed in, or told why not."""
    state = str(request.query_params.get("state", ""))[:LONGEST]  # a name that the framework keeps for itself
    returned = Returned(state, named_cookie(request, KEPT), code, error, iss)
    try:
        opened = oidc.finish(
            visit.office,
            _directory(visit),
            returned,
            replaces=cookie_of(request, visit.settings),
        )
    except NotSignedIn as refusal:
        title = visit.say("You are not signed in")
        return visit.page("pages/sign_in_provider.html", title=title, status=401, onward="", refusal=refusal)
    shown = visit.page(
        "pages/sign_in_provider.html", title=visit.say("You are signed in"), onward="/", refusal=None
    )
    shown.set_cookie(_kept(visit, "", 0))
    return with_session(shown, opened.token, visit.settings)


def _directory(visit: Visit) -> Directory:
    settings = visit.settings
    if not settings.oidc_issuer:
        raise NotFound
    onward = visit.node.public_url + BACK
    return _known(settings.oidc_issuer, settings.oidc_client, onward, settings.oidc_secret_file)


@cache
def _known(issuer: str, client: str, onward: str, secret_file: str) -> Directory:
    """The provider, whose metadata and keys are kept for as long as it is trusted to keep them itself."""
    try:
        secret = Path(secret_file).read_text("utf-8").strip() if secret_file else ""
    except OSError as error:
        raise BadSetting("the provider's secret cannot be read", hint="see oidc_secret_file") from error
    return Directory(Provider(issuer, client, onward, secret))


def _kept(visit: Visit, value: str, seconds: int) -> Cookie:
    return Cookie(
        key=KEPT,
        value=value,
        max_age=seconds,
        path="/sign-in/provider",
        secure=secure(visit.settings),
        httponly=True,
        samesite="lax",
    )


ROUTES = (to_provider, from_provider)
