"""One place that turns an error into an answer: a page for people, problem details (RFC 9457) for programs.

What is absent and what may not be seen give the same bytes. An error that nobody foresaw tells only the request's
reference, under which the log has it.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, NotFoundException
from litestar.exceptions.http_exceptions import ValidationException
from litestar.response import Redirect
from litestar.types import ExceptionHandlersMap, Method

from liaison.model.errors import BadInput, LiaisonError, NotFound, NotLawful, NotSignedIn, TooMany
from liaison.node.logs import log
from liaison.node.wiring import Node
from liaison.policy.decisions import Reason
from liaison.web.context import Visit, visit_of
from liaison.web.headers import request_id, route_of
from liaison.web.language import later

METHODS: tuple[Method, ...] = ("DELETE", "GET", "OPTIONS", "PATCH", "POST", "PUT")
PROBLEM = "application/problem+json"
PROGRAMS = (
    "/api/",
    "/reconcile",
    "/match/",
    "/entities/",
    "/search/",
    "/add-checkpoint",
    "/taxii2/",
    "/misp/",
)
TITLES = {
    400: later("The request could not be read"),
    401: later("You are not signed in"),
    403: later("This is not allowed"),
    404: NotFound.title,
    405: later("This address does not take that"),
    408: later("The request took too long"),
    413: later("The body is larger than is taken"),
    415: later("The body is in the wrong form"),
    429: later("Too many requests"),
    500: later("The node failed"),
    503: later("The node cannot do this now"),
}
HINTS = {
    400: later("correct what was sent and try again"),
    404: NotFound.hint,
    405: later("see the reference of the API for what it takes"),
    413: later("send less at once; the settings say how much is taken"),
    415: later("see the reference of the API for what it takes"),
    500: later("report it with its reference to whoever runs the node"),
}


class Invalid(msgspec.Struct, frozen=True):
    """One part of a body that is not as it must be."""

    field: str
    message: str


class Because(msgspec.Struct, frozen=True):
    """One reason why the law refuses, and what would make it lawful."""

    rule: str
    regime: str
    source: str
    missing: str
    remedy: str


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Problem details of RFC 9457, with a hint that says what to do, and where in the input the fault is."""

    status: int
    title: str
    type: str = "about:blank"
    detail: str = ""
    hint: str = ""
    file: str = ""
    row: int = 0
    field: str = ""
    invalid: tuple[Invalid, ...] = ()
    reasons: tuple[Because, ...] = ()
    reference: str = ""

    @property
    def message(self) -> str:
        """What went wrong, for the page."""
        return self.detail if self.detail != self.title else ""


def problem_of(error: Exception, reference: str) -> Problem:
    """What may be told of an error. Only what nobody foresaw carries the reference."""
    if isinstance(error, LiaisonError):
        return _foreseen(error, reference)
    if isinstance(error, NotFoundException):
        return _foreseen(NotFound(), reference)
    if isinstance(error, RecursionError):
        return _foreseen(BadInput("the body is nested too deeply", hint="send a flatter one"), reference)
    if isinstance(error, HTTPException):
        status = error.status_code
        return Problem(
            status=status,
            type=_type("Http", status),
            title=TITLES.get(status, TITLES[400 if status < 500 else 500]),
            detail="" if status >= 500 else _told(error),
            hint=HINTS.get(status, HINTS[400]),
            invalid=_invalid(error),
        )
    return Problem(
        status=500, type=_type("Failure", 500), title=TITLES[500], hint=HINTS[500], reference=reference
    )


def renderers(node: Node) -> ExceptionHandlersMap:
    """The one renderer, for every kind of error."""

    def answer(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
        reference = request_id(request.scope)
        problem = problem_of(error, reference)
        if isinstance(error, NotLawful):
            node.metrics.refused(because.rule for because in problem.reasons)
        if problem.status >= 500:
            _write_down(request, error, reference)
        headers = _headers(error)
        if problem.status == 405:
            headers["Allow"] = ", ".join(_methods(request))
        if for_program(request):
            body = msgspec.json.encode(problem)
            return Response(body, media_type=PROBLEM, status_code=problem.status, headers=headers)
        if isinstance(error, NotSignedIn) and request.method == "GET":
            return Redirect("/sign-in" + _back_to(request), status_code=303)
        response = _page(_visit(request, node), problem)
        response.headers.update(headers)
        return response

    return {Exception: answer, LiaisonError: answer, HTTPException: answer, 500: answer}


def for_program(request: Request[Any, Any, Any]) -> bool:
    """Whether a program asks: by the address, or because it takes JSON and no page."""
    if request.url.path.startswith(PROGRAMS):
        return True
    handler = request.scope.get("route_handler")
    if handler is not None and handler.opt.get("program"):
        return True
    accepted = request.headers.get("accept", "")
    return "json" in accepted and "text/html" not in accepted


def _foreseen(error: LiaisonError, reference: str) -> Problem:
    placed = error if isinstance(error, BadInput) else None
    return Problem(
        status=error.status,
        type=_type(type(error).__name__, error.status),
        title=error.title,
        detail=str(error),
        hint=error.hint,
        file=placed.file if placed else "",
        row=placed.row if placed else 0,
        field=placed.field if placed else "",
        reasons=tuple(_because(reason) for reason in error.reasons) if isinstance(error, NotLawful) else (),
        reference=reference if error.status == 500 else "",
    )


def refused(because: Because) -> tuple[str, str, str]:
    """A reason as the macros of the screen draw it: what is missing, the rule with its source, what would do."""
    source = " · ".join(text for text in (because.rule, because.source) if text)
    return because.missing, source, because.remedy


def reasons_of(error: NotLawful) -> list[tuple[str, str, str]]:
    """The reasons of a refusal, for `record.refusal` on a page of one's own."""
    return [refused(_because(reason)) for reason in error.reasons]


def _because(reason: object) -> Because:
    if isinstance(reason, Reason):
        return Because(reason.rule, reason.regime, reason.source, reason.missing, reason.remedy)
    return Because("", "", "", str(reason), "")


def _type(name: str, status: int) -> str:
    return f"urn:liaison:problem:{name.lower()}:{status}"


def _told(error: HTTPException) -> str:
    """What the framework says of a request, without the values that were sent, which may be about people."""
    return (
        ""
        if isinstance(error, ValidationException) or error.status_code == 404
        else TITLES.get(error.status_code, "")
    )


def _invalid(error: HTTPException) -> tuple[Invalid, ...]:
    extra = error.extra if isinstance(error, ValidationException) else None
    if not isinstance(extra, list):
        return ()
    found = (part for part in extra if isinstance(part, dict))
    return tuple(Invalid(str(part.get("key", "")), str(part.get("message", ""))) for part in found)


def _headers(error: Exception) -> dict[str, str]:
    if isinstance(error, TooMany):
        return {"Retry-After": str(error.retry_after)}
    if isinstance(error, NotSignedIn):
        return {"WWW-Authenticate": 'Bearer realm="liaison"'}
    if isinstance(error, LiaisonError) and error.status == 503:
        return {"Retry-After": "5"}
    return {}


def _methods(request: Request[Any, Any, Any]) -> list[str]:
    """What the address takes (RFC 9110, section 15.5.6)."""
    taken: list[str] = []
    for method in METHODS:
        with suppress(HTTPException):
            request.app.asgi_router.handle_routing(path=request.url.path, method=method)
            taken.append(method)
    return taken


def _back_to(request: Request[Any, Any, Any]) -> str:
    path = request.url.path
    return "" if path == "/" else f"?next={path}"


def _visit(request: Request[Any, Any, Any], node: Node) -> Visit:
    visit = request.scope.get("state", {}).get("visit")
    return visit if isinstance(visit, Visit) else visit_of(node, request)


def _page(visit: Visit, problem: Problem) -> Response[str]:
    """The page of an error. That there is nothing is told to everybody with the same bytes."""
    if problem.status == 404:
        visit = Visit(visit.node, None, visit.language, "", "")
    fault = {
        "status": problem.status,
        "message": visit.say(problem.message) if problem.message else "",
        "hint": visit.say(problem.hint) if problem.hint else "",
        "reasons": [refused(because) for because in problem.reasons],
        "reference": problem.reference,
    }
    return visit.page("error.html", title=visit.say(problem.title), status=problem.status, error=fault)


def _write_down(request: Request[Any, Any, Any], error: Exception, reference: str) -> None:
    """Log where it failed, without the values: an error's text may hold what was sent."""
    log().error(
        "request-failed",
        request=reference,
        route=route_of(request.scope),
        method=request.method,
        exc_info=error,
    )
