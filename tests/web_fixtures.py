"""What the tests of the web stand on: a real node in a folder, its application, and browsers of several people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from litestar import Litestar
from litestar.testing import TestClient

from liaison.node.making import make_node
from liaison.node.settings import Settings
from liaison.node.wiring import Node, open_node
from liaison.web import create_app
from tests.node_fixtures import FixedClock

SETTINGS = Settings(
    name="Test node", agency="Test police", origin="node.test.example", regimes=("demo",), port=8400
)
PAGE = {"accept": "text/html", "sec-fetch-site": "same-origin"}


@contextmanager
def a_node(folder: Path, settings: Settings = SETTINGS, clock: FixedClock | None = None) -> Iterator[Node]:
    """A node that was made in a new folder, open on a clock that is set by hand."""
    make_node(folder / "node", settings, lambda node: "")
    with open_node(folder / "node", clock or FixedClock(datetime.now(UTC)), work=False) as node:
        yield node


@contextmanager
def browser(app: Litestar, **headers: str) -> Iterator[TestClient[Any]]:
    """A browser at the application: it asks for pages, comes from the node's own pages, follows no redirect."""
    with TestClient(app, base_url="http://node.local", raise_server_exceptions=False) as client:
        client.headers.update(PAGE | headers)
        client.follow_redirects = False
        yield client


@contextmanager
def an_app(folder: Path, settings: Settings = SETTINGS, **more: Any) -> Iterator[tuple[Node, Litestar]]:
    """A node and its application."""
    with a_node(folder, settings, **more) as node:
        yield node, create_app(node)
