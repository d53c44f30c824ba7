"""How routes are declared: a page, a form that is sent, a call of the API. Each names its audience.

A handler is a plain function that is run in a thread: it may wait for the database, and never holds up the loop.
It is given a `visit`, and a `form` where it takes one.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from litestar import Request, get, post
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from litestar.enums import MediaType
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody, ParameterKwarg, PathParameter, QueryParameter

from liaison.web.context import Visit
from liaison.web.errors import Problem
from liaison.web.security import Audience

Declared = Callable[[Callable[..., Any]], HTTPRouteHandler]
API = "/api/v1"
NO_TOKEN: list[dict[str, list[str]]] = [{}]  # how a route describes that anybody may ask
REFUSALS = {
    400: "A value cannot be used: `field` names it",
    401: "No token or session, or one that is over",
    403: "Not lawful: `reasons` say why, and what would make it lawful",
    404: "Nothing here that you may see",
    409: "Not possible as things stand",
    410: "What was here was erased",
    413: "The body is longer than this address takes",
    415: "The body is in another form than this address takes",
    429: "Too many requests: see Retry-After",
    503: "The node cannot record or keep it now, and did nothing",
}


def the_visit(request: Request[Any, Any, Any]) -> Visit:
    """The visit that the guard made of this request."""
    visit = request.scope["state"]["visit"]
    assert isinstance(visit, Visit)
    return visit


def threaded(function: Callable[..., Any], path: str = "") -> Callable[..., Any]:
    """The function, run in a thread for each request.

    The framework's own way of doing so breaks where two methods share a path: it wraps the function twice. `path`
    tells which parameters stand in the address; the others are of the query.
    """

    async def run(**given: Any) -> Any:
        return await sync_to_thread(function, **given)

    hints = get_type_hints(function, include_extras=True)
    for name, kind in hints.items():
        hints[name] = _marked(name, kind, path)
    signature = inspect.signature(function)
    parameters = [each.replace(annotation=hints[each.name]) for each in signature.parameters.values()]
    for copied in ("__name__", "__qualname__", "__module__", "__doc__"):
        setattr(run, copied, getattr(function, copied))
    run.plain = function  # type: ignore[attr-defined]  # for the short way, which is in a thread already
    run.__annotations__ = hints
    run.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=parameters, return_annotation=hints["return"]
    )
    return run


def _marked(name: str, kind: Any, path: str) -> Any:
    """The type of a parameter with the mark that says where the framework finds it."""
    if name in ("return", "request"):
        return kind
    if name in ("visit", "form"):
        return NamedDependency[kind]  # type: ignore[misc]
    if name == "data":
        return JSONBody[kind]  # type: ignore[misc]
    place = PathParameter if f"{{{name}:" in path else QueryParameter
    if get_origin(kind) is not Annotated:
        return Annotated[kind, place()]
    plain, *more = get_args(kind)
    return Annotated[(plain, *(_placed(each, place) for each in more))]


def _placed(mark: object, place: type[QueryParameter | PathParameter]) -> object:
    """A mark of bounds and words, as one of this place."""
    if not isinstance(mark, ParameterKwarg):
        return mark
    bounds = {one.name: getattr(mark, one.name) for one in fields(mark) if one.init}
    known = set(inspect.signature(place).parameters)
    return place(**{name: bound for name, bound in bounds.items() if name in known})


def served(declare: Declared, path: str) -> Declared:
    """A route of any kind for a plain function: `@served(get("/catalog", audience=..., program=True), "/catalog")`."""
    return lambda function: declare(threaded(function, path))


def page(path: str, *, audience: Audience, **opt: Any) -> Declared:
    """A page, got with GET."""
    return served(
        get(path, media_type=MediaType.HTML, include_in_schema=False, audience=audience, **opt), path
    )


def act(path: str, *, audience: Audience, **opt: Any) -> Declared:
    """What a form does, sent with POST: it answers with `visit.go(...)`, or with the form again."""
    return served(
        post(
            path,
            status_code=200,
            media_type=MediaType.HTML,
            include_in_schema=False,
            audience=audience,
            **opt,
        ),
        path,
    )


def look(path: str, *, audience: Audience, tags: Sequence[str], **opt: Any) -> Declared:
    """A call of the API that reads, got with GET."""
    return served(
        get(
            API + path,
            audience=audience,
            tags=[*tags],
            program=True,
            responses=refusals(400, 401, 403, 404, 429, 503),
            **opt,
        ),
        path,
    )


def call(path: str, *, audience: Audience, tags: Sequence[str], status: int = 200, **opt: Any) -> Declared:
    """A call of the API that does something, sent with POST. `status` is 201 where it makes something."""
    return served(
        post(
            API + path,
            status_code=status,
            audience=audience,
            tags=[*tags],
            program=True,
            responses=refusals(400, 401, 403, 404, 409, 429, 503),
            **opt,
        ),
        path,
    )


def refusals(*statuses: int) -> dict[int, ResponseSpec]:
    """How a route describes the refusals of these statuses."""
    return {
        status: ResponseSpec(
            Problem,
            generate_examples=False,
            description=REFUSALS[status],
            media_type="application/problem+json",
        )
        for status in statuses
    }
