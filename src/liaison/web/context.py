"""What a handler is given: the node, and the visit, which is one request by one person with what they may do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from gettext import NullTranslations
from typing import TYPE_CHECKING, Any

from litestar import Response
from litestar.connection import ASGIConnection
from litestar.enums import MediaType
from litestar.response import Redirect

from liaison import policy
from liaison.model.errors import NotSignedIn
from liaison.model.roles import Capability, Role, capabilities
from liaison.node.settings import Settings
from liaison.node.wiring import Node
from liaison.office import Office
from liaison.officers.signed import Signed
from liaison.partners.access import MAY_SEE
from liaison.web import language as languages
from liaison.web.headers import request_id
from liaison.web.render import NodeSign, Notice, Page, Reader, fields_of, navigation, render
from liaison.web.sessions import named_cookie
from liaison.web.words import DONE

if TYPE_CHECKING:
    from liaison.web.forms import Form

NO_FORM_ERRORS: tuple[tuple[str, str], ...] = ()
PLACES: dict[str, frozenset[Capability]] = {
    "check": frozenset({Capability.CHECK}),
    "documents": frozenset({Capability.CHECK}),
    "checkpoint": frozenset({Capability.CHECK}),
    "flights": frozenset({Capability.CHECK_BULK}),
    "cameras": frozenset({Capability.CHECK}),
    "sensors": frozenset({Capability.SENSORS}),
    "in-need": frozenset({Capability.SENSORS}),
    "alerts": frozenset({Capability.CHECK, Capability.SUPERVISE}),
    "map": frozenset({Capability.CHECK}),
    "questions": frozenset({Capability.STANDING_QUESTION, Capability.SUPERVISE}),
    "cases": frozenset({Capability.OPEN_CASE}),
    "holdings": frozenset({Capability.READ_HOLDING, Capability.IMPORT}),
    "requests": frozenset(
        {Capability.ASK_PARTNER, Capability.ANSWER_PARTNER, Capability.APPROVE, Capability.SUPERVISE}
    ),
    "crosschecks": frozenset(
        {Capability.ASK_PARTNER, Capability.ANSWER_PARTNER, Capability.APPROVE, Capability.SUPERVISE}
    ),
    "exchanged": frozenset({Capability.READ_HOLDING, Capability.DISCLOSE, Capability.RECALL}),
    "partners": MAY_SEE,
    "approvals": frozenset({Capability.CHECK_BULK, Capability.APPROVE, Capability.REVIEW_BREAK_GLASS}),
    "people": frozenset({Capability.ADMINISTER_ACCOUNTS, Capability.REVIEW_BREAK_GLASS}),
}
FOR_EVERYONE = frozenset({"today", "ledger", "settings"})


@dataclass(frozen=True, slots=True)
class Visit:
    """One request. `remote` is the address it came from, `done` the code of what was done just before it."""

    node: Node
    signed: Signed | None
    language: str
    remote: str
    reference: str
    done: str = ""

    @property
    def office(self) -> Office:
        """Where services work."""
        return self.node.office

    @property
    def settings(self) -> Settings:
        """As the node was set up."""
        return self.node.settings

    @property
    def who(self) -> Signed:
        """Who is signed in. Raises NotSignedIn."""
        if self.signed is None:
            raise NotSignedIn("this needs a person")
        return self.signed

    @property
    def actor(self) -> policy.Actor:
        """Who acts, as services and the law want to know it. Raises NotSignedIn."""
        return self.who.actor

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What the person's roles and training bring; nothing where nobody is signed in."""
        if self.signed is None:
            return frozenset()
        return _brought(self.signed.roles, self.signed.actor.trained)

    def may(self, *wanted: Capability) -> bool:
        """Whether the person's roles bring one of these, for what a page offers. The service decides."""
        return bool(self.capabilities.intersection(wanted))

    @property
    def administers(self) -> bool:
        """Whether they see the node's own settings."""
        return self.may(Capability.SETTINGS)

    @property
    def words(self) -> NullTranslations:
        """The catalogue of the reader's language."""
        return languages.translations(self.language)

    def say(self, message: str, **values: object) -> str:
        """A message in the reader's language, with its values in their places."""
        text = self.words.gettext(message)
        return text % values if values else text

    def page(
        self,
        template: str,
        *,
        title: str,
        active: str = "",
        status: int = 200,
        crumbs: Sequence[tuple[str, str]] = (),
        notices: Sequence[Notice] = (),
        form: Form | None = None,
        **values: Any,
    ) -> Response[str]:
        """The page of a template under templates/, as an answer. `form` brings its errors to the summary."""
        shown = self._shown(
            title, active, tuple(crumbs), tuple(notices), form.errors if form else NO_FORM_ERRORS
        )
        if form is not None and form.refusal:
            self.node.metrics.refused(getattr(reason, "rule", "") for reason in form.refusal.reasons)
        if form is not None and form.problems:  # drawn once before, to know its fields
            form = form.drawn(fields_of(template, shown, visit=self, form=form, **values), self.say)
            shown = replace(shown, errors=tuple((self.say(text), where) for text, where in form.errors))
        content = render(template, shown, visit=self, form=form, **values)
        return Response(content, media_type=MediaType.HTML, status_code=status)

    def go(self, path: str, done: str = "") -> Redirect:
        """Send the browser on to a page of this node with GET, there to be told what was done (a key of DONE)."""
        if not path.startswith("/") or path.startswith(("//", "/\\")):
            raise ValueError(f"{path} is not a path of this node")
        query = f"{'&' if '?' in path else '?'}done={done}" if done else ""
        return Redirect(path + query, status_code=303)

    def _shown(
        self,
        title: str,
        active: str,
        crumbs: tuple[tuple[str, str], ...],
        notices: tuple[Notice, ...],
        errors: Sequence[tuple[str, str]],
    ) -> Page:
        settings, signed = self.settings, self.signed
        if self.done in DONE:
            notices = (Notice(self.say(DONE[self.done]), "good"), *notices)
        return Page(
            title=title,
            node=NodeSign(settings.name, settings.agency),
            active=active,
            officer=self._reader(signed) if signed else None,
            language=self.language,
            theme=signed.theme if signed else settings.theme,
            zone=settings.zone,
            shortcuts=signed.shortcuts if signed else False,
            demonstration=settings.demo,
            notices=notices,
            navigation=self._places() if signed else (),
            crumbs=crumbs,
            errors=tuple((self.say(text), where) for text, where in errors),
        )

    def _reader(self, signed: Signed) -> Reader:
        return Reader(signed.name, roles=tuple(sorted(self.say(role.label) for role in signed.roles)))

    def _places(self) -> Any:
        allowed = {place for place, wanted in PLACES.items() if wanted & self.capabilities}
        if self.actor.safeguards and self.may(Capability.SAFEGUARDING):
            allowed.add("protected")  # the place shows itself to named officers alone
        return navigation(allowed | FOR_EVERYONE)


@lru_cache(1024)
def _brought(roles: frozenset[Role], trained: bool) -> frozenset[Capability]:
    """What these roles bring, worked out once for each set of them."""
    return capabilities(roles, trained=trained)


def visit_of(
    node: Node, connection: ASGIConnection[Any, Any, Any, Any], signed: Signed | None = None
) -> Visit:
    """The visit of a request by this person, or by nobody yet."""
    preferred = signed.language if signed else named_cookie(connection, "language")
    accepted = connection.headers.get("accept-language", "")
    client = connection.client
    return Visit(
        node=node,
        signed=signed,
        language=languages.choose(preferred, accepted),
        remote=client.host if client else "",
        reference=request_id(connection.scope),
        done=str(connection.query_params.get("done", ""))[:40],
    )
