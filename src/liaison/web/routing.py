"""How routes are declared: a page, a form that is sent, a call of the API. Each names its audience.

A handler is a plain function that is run in a thread: it may wait for the database, and never holds up the loop.
It is given a `visit`, and a `form` where it takes one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from litestar import Request, get, post
from litestar.concurrency import sync_to_thread
from litestar.enums import MediaType
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec

from liaison.web.context import Visit
from liaison.web.errors import Problem
from liaison.web.security import Audience

Declared = Callable[[Callable[..., Any]], HTTPRouteHandler]
API = "/api/v1"
REFUSALS = {
    400: "A value cannot be used: `field` names it",
    401: "No token or session, or one that is over",
    403: "Not lawful: `reasons` say why, and what would make it lawful",
    404: "Nothing here that you may see",
    409: "Not possible as things stand",
    429: "Too many requests: see Retry-After",
    503: "The node cannot record or keep it now, and did nothing",
}


def the_visit(request: Request[Any, Any, Any]) -> Visit:
    """The visit that the guard made of this request."""
    visit = request.scope["state"]["visit"]
    assert isinstance(visit, Visit)
    return visit


def threaded(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, run in a thread for each request.

    The framework's own way of doing so breaks where two methods share a path: it wraps the function twice.
    """

    @wraps(function)
    async def run(**given: Any) -> Any:
        return await sync_to_thread(function, **given)

    return run


def _declared(declare: Declared) -> Declared:
    return lambda function: declare(threaded(function))


def page(path: str, *, audience: Audience, **opt: Any) -> Declared:
    """A page, got with GET."""
    return _declared(get(path, media_type=MediaType.HTML, include_in_schema=False, audience=audience, **opt))


def act(path: str, *, audience: Audience, **opt: Any) -> Declared:
    """What a form does, sent with POST: it answers with `visit.go(...)`, or with the form again."""
    return _declared(
        post(
            path,
            status_code=200,
            media_type=MediaType.HTML,
            include_in_schema=False,
            audience=audience,
            **opt,
        )
    )


def look(path: str, *, audience: Audience, tags: Sequence[str], **opt: Any) -> Declared:
    """A call of the API that reads, got with GET."""
    return _declared(
        get(
            API + path,
            audience=audience,
            tags=[*tags],
            program=True,
            responses=_refusals(400, 401, 403, 404, 429, 503),
            **opt,
        )
    )


def call(path: str, *, audience: Audience, tags: Sequence[str], status: int = 200, **opt: Any) -> Declared:
    """A call of the API that does something, sent with POST. `status` is 201 where it makes something."""
    return _declared(
        post(
            API + path,
            status_code=status,
            audience=audience,
            tags=[*tags],
            program=True,
            responses=_refusals(400, 401, 403, 404, 409, 429, 503),
            **opt,
        )
    )


def _refusals(*statuses: int) -> dict[int, ResponseSpec]:
    return {
        status: ResponseSpec(
            Problem,
            generate_examples=False,
            description=REFUSALS[status],
            media_type="application/problem+json",  # type: ignore[arg-type]
        )
        for status in statuses
    }
