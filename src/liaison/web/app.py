"""The application: every route of the node, behind one guard, one renderer of errors and one set of headers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version

from litestar import Router
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.types import ControllerRouterHandler

from liaison.node.wiring import Node
from liaison.web.errors import renderers
from liaison.web.forms import the_form
from liaison.web.headers import hardened
from liaison.web.routes import every_route
from liaison.web.routing import the_visit
from liaison.web.security import PUBLIC, guard
from liaison.web.sessions import secure
from liaison.web.short import Application

THREADS = 16  # requests whose work runs at once; more wait in line
ABOUT = (
    "Every call is made by a person, with a token of theirs: `Authorization: Bearer TOKEN`. What is refused is told "
    "as problem details (RFC 9457): `hint` says what to do, `reasons` what would make it lawful."
)


def create_app(node: Node, routes: Sequence[ControllerRouterHandler] | None = None) -> Application:
    """The application of a node. It keeps nothing of its own: every answer comes from the node's services.

    `routes` are the node's own unless told.
    """
    app = Application(
        route_handlers=every_route() if routes is None else routes,
        guards=[guard(node)],
        dependencies={
            "visit": Provide(the_visit, sync_to_thread=False),
            "form": Provide(the_form),
        },
        exception_handlers=renderers(node),
        before_send=[hardened(secure(node.settings))],
        on_startup=[_take_threads],
        openapi_config=_described(node),
        request_max_body_size=node.settings.body_bytes,
        logging_config=None,
        debug=False,
        pdb_on_exception=False,
    )
    app.shorten(node)
    return app


async def _take_threads() -> None:
    """Handlers run in threads of the application's own, so many and no more."""
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, thread_name_prefix="request"))


def _described(node: Node) -> OpenAPIConfig:
    bearer = SecurityScheme(type="http", scheme="bearer", description="A token from Settings, API tokens")
    return OpenAPIConfig(
        title=f"{node.settings.name}: the API of a Liaison node",
        version=version("liaison"),
        description=ABOUT,
        openapi_router=Router(
            "/schema", route_handlers=[], opt={"audience": PUBLIC}, include_in_schema=False
        ),
        render_plugins=[JsonRenderPlugin(path="/openapi.json")],
        components=Components(security_schemes={"token": bearer}),
        security=[{"token": []}],
        use_handler_docstrings=True,
        operation_id_creator=lambda handler, _method, _path: handler.handler_name,
    )
