"""Settings: one's own, those of one's account's security, and, to read, those of the node and its law."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.datastructures import Cookie

from liaison import policy
from liaison.model.errors import BadInput, Conflict, LiaisonError, NotSignedIn, TooMany
from liaison.model.roles import Capability
from liaison.node import identity
from liaison.node.settings import NAMES, meaning
from liaison.officers import invitations, passkeys, service, sessions, tokens
from liaison.officers.signed import Preferences
from liaison.web.context import Visit
from liaison.web.forms import Form
from liaison.web.language import LANGUAGES
from liaison.web.paging import Listed
from liaison.web.places import own_path
from liaison.web.render import THEMES
from liaison.web.routes.sign_in import answered, twice
from liaison.web.routing import act, call, look, page
from liaison.web.security import PUBLIC, SIGNED
from liaison.web.sessions import secure, without_session

REFUSALS = (BadInput, Conflict, NotSignedIn, TooMany)
YEAR = 31_536_000  # seconds
SECRETS = frozenset({"oidc_secret_file"})  # whose place is nobody's business on a screen
Asked = Request[Any, Any, Any]


class TokenOut(msgspec.Struct, frozen=True):
    """One token; its secret is told by nobody."""

    id: str
    label: str
    created: dt.datetime
    expires: dt.datetime
    used: dt.datetime | None
    revoked: dt.datetime | None


class Me(msgspec.Struct, frozen=True):
    """Whose token this is, and what it lets them do."""

    person: str
    name: str
    roles: list[str]
    capabilities: list[str]
    trained: bool


@page("/settings", audience=SIGNED)
def settings(visit: Visit) -> Response[str]:
    """One's own preferences."""
    return _own(visit, Form())


@act("/settings", audience=SIGNED)
def save_settings(visit: Visit, form: Form) -> Response[Any]:
    """Keep them."""
    try:
        kept = Preferences(
            _one_of(form, "language", ("", *LANGUAGES)),
            _one_of(form, "theme", THEMES),
            form.ticked("shortcuts"),
        )
        service.set_preferences(visit.office, visit.who, kept)
    except BadInput as error:
        return _own(visit, form.refused(error), error)
    return visit.go("/settings", "saved")


@act("/settings/theme", audience=SIGNED)
def set_theme(visit: Visit, form: Form, request: Asked) -> Response[Any]:
    """Light, dark, or as the device is; from the menu of every page."""
    held = visit.who.preferences
    chosen = Preferences(held.language, _one_of(form, "theme", THEMES), held.shortcuts)
    service.set_preferences(visit.office, visit.who, chosen)
    if request.headers.get("sec-fetch-mode", "navigate") != "navigate":
        return Response(None, status_code=204)
    return visit.go("/settings", "saved")


@act("/settings/language", audience=PUBLIC)
def set_language(visit: Visit, form: Form) -> Response[Any]:
    """The language of the screen: kept with the account, and in the browser for before signing in."""
    language = _one_of(form, "language", tuple(LANGUAGES))
    if visit.signed is not None:
        held = visit.signed.preferences
        service.set_preferences(visit.office, visit.signed, Preferences(language, held.theme, held.shortcuts))
    response = visit.go(own_path(form.text("next", longest=300)))
    response.set_cookie(
        Cookie(
            key="language",
            value=language,
            max_age=YEAR,
            path="/",
            secure=secure(visit.settings),
            httponly=True,
            samesite="strict",
        )
    )
    return response


@page("/settings/security", audience=SIGNED)
def security(visit: Visit) -> Response[str]:
    """Password, passkeys, tokens and sessions of one's own."""
    return _security(visit, Form())


@act("/settings/password", audience=SIGNED)
def set_password(visit: Visit, form: Form) -> Response[Any]:
    """Another password; the other sessions of the account end."""
    try:
        former = (form.fields.get("former") or [""])[0]
        invitations.set_password(visit.office, visit.who, former, twice(form), visit.node.people)
    except REFUSALS as error:
        return _security(visit, form.refused(error), error)
    return visit.go("/settings/security", "password-set")


@act("/settings/tokens", audience=SIGNED)
def create_token(visit: Visit, form: Form) -> Response[Any]:
    """A token for a program, whose secret is shown this once."""
    try:
        days = form.number("days", 1, 365)
        expires = visit.office.now() + dt.timedelta(days=days)
        label = form.needed("label", longest=60)
        _, secret = tokens.create_token(visit.office, visit.who, label, expires, visit.node.people)
    except REFUSALS as error:
        return _security(visit, form.refused(error), error)
    return visit.page(
        "pages/settings_token.html",
        title=visit.say("Your new token"),
        active="settings",
        crumbs=_crumbs(visit, "Security", "/settings/security"),
        secret=secret,
        label=label,
        expires=expires,
    )


@act("/settings/tokens/{token_id:str}/revoke", audience=SIGNED)
def revoke_token(visit: Visit, token_id: str) -> Response[Any]:
    """End a token at once."""
    tokens.revoke(visit.office, visit.actor, token_id)
    return visit.go("/settings/security", "revoked")


@act("/settings/sessions/end", audience=SIGNED)
def end_sessions(visit: Visit, form: Form) -> Response[Any]:
    """End every other session; or every one, and this one too."""
    if form.ticked("here"):
        sessions.sign_out_everywhere(visit.office, visit.who)
        return without_session(visit.go("/sign-in", "signed-out-everywhere"), visit.settings)
    sessions.sign_out_everywhere(visit.office, visit.who, but_here=True)
    return visit.go("/settings/security", "signed-out-everywhere")


@page("/settings/rules", audience=SIGNED)
def rules(visit: Visit) -> Response[str]:
    """The law that holds at this node, from the same values that decide."""
    packs = [
        (pack, policy.explain(pack, visit.say), policy.numbers(pack, visit.say))
        for pack in visit.office.regimes
    ]
    return visit.page(
        "pages/settings_rules.html",
        title=visit.say("Rules"),
        active="settings",
        crumbs=_crumbs(visit, "Rules"),
        packs=packs,
    )


@page("/settings/node", audience=Capability.SETTINGS)
def node(visit: Visit) -> Response[str]:
    """The node's settings as they hold, to read: they are changed in its file."""
    shown = [(name, _told(name, getattr(visit.settings, name)), means) for name, means in _meanings().items()]
    head = visit.node.head()
    return visit.page(
        "pages/settings_node.html",
        title=visit.say("Node"),
        active="settings",
        crumbs=_crumbs(visit, "Node"),
        rows=shown,
        vkeys=[signer.verifier.vkey for signer in visit.node.signers],
        fingerprint=identity.fingerprint(visit.node.signers[0]),
        head=head,
    )


@page("/settings/api", audience=SIGNED)
def api(visit: Visit, request: Asked) -> Response[str]:
    """The calls of the API, for a person to read."""
    schema = request.app.openapi_schema.to_schema()
    return visit.page(
        "pages/settings_api.html",
        title=visit.say("API"),
        active="settings",
        crumbs=_crumbs(visit, "API"),
        groups=_calls(schema),
        address=visit.node.public_url,
    )


@look("/me", audience=SIGNED, tags=["me"])
def api_me(visit: Visit) -> Me:
    """Whose token this is, and what it lets them do."""
    actor = visit.actor
    return Me(
        actor.person,
        visit.who.name,
        sorted(role.value for role in actor.roles),
        sorted(each.value for each in visit.capabilities),
        actor.trained,
    )


@look("/tokens", audience=SIGNED, tags=["me"])
def api_tokens(visit: Visit) -> Listed[TokenOut]:
    """One's own tokens, the newest first."""
    held = tokens.list_tokens(visit.office, visit.who)
    return Listed(
        [TokenOut(one.id, one.label, one.created, one.expires, one.used, one.revoked) for one in held]
    )


@call("/tokens/{token_id:str}/revoke", audience=SIGNED, tags=["me"], status=204)
def api_revoke(visit: Visit, token_id: str) -> None:
    """End one of one's own tokens at once, also the one that asks."""
    tokens.revoke(visit.office, visit.actor, token_id)


def _own(visit: Visit, form: Form, error: LiaisonError | None = None) -> Response[str]:
    shown = visit.page(
        "pages/settings.html",
        title=visit.say("Settings"),
        active="settings",
        form=form,
        held=visit.who.preferences,
        themes=THEMES,
    )
    return answered(shown, error)


def _security(visit: Visit, form: Form, error: LiaisonError | None = None) -> Response[str]:
    office, who = visit.office, visit.who
    shown = visit.page(
        "pages/settings_security.html",
        title=visit.say("Security"),
        active="settings",
        crumbs=_crumbs(visit, "Security"),
        form=form,
        passkeys=passkeys.list_passkeys(office, who),
        tokens=tokens.list_tokens(office, who),
        sessions=sessions.sessions_of(office, who, visit.node.people),
        now=office.now(),
    )
    return answered(shown, error)


def _crumbs(visit: Visit, title: str, href: str = "") -> list[tuple[str, str]]:
    return [(visit.say("Settings"), "/settings"), (visit.say(title), href)]


@cache
def _meanings() -> dict[str, str]:
    return {name: meaning(name) for name in NAMES}


def _one_of(form: Form, name: str, choices: tuple[str, ...]) -> str:
    chosen = form.text(name, longest=20)
    if chosen not in choices:
        raise BadInput("this is not one of the choices", field=name, hint="choose one of the list")
    return chosen


def _told(name: str, value: object) -> str:
    if name in SECRETS:
        return "set" if value else "–"
    if isinstance(value, tuple):
        return ", ".join(str(one) for one in value) or "–"
    return str(value) if value != "" else "–"


def _calls(schema: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The calls of the schema by tag, each with its method, address, words and parameters."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in sorted(schema["paths"].items()):
        for method, called in methods.items():
            if isinstance(called, dict) and "responses" in called:
                parameters = [each["name"] for each in called.get("parameters", [])]
                one = {"method": method.upper(), "path": path, "parameters": parameters}
                one["words"] = called.get("description") or called.get("summary", "")
                groups.setdefault((called.get("tags") or ["other"])[0], []).append(one)
    return sorted(groups.items())


ROUTES = (
    settings,
    save_settings,
    set_theme,
    set_language,
    security,
    set_password,
    create_token,
    revoke_token,
    end_sessions,
    rules,
    node,
    api,
    api_me,
    api_tokens,
    api_revoke,
)
