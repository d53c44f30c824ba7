"""A node's application behind its own server, on a port of this machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from liaison.node.server import run, server
from tests.web_fixtures import Desk


@contextmanager
def served(desk: Desk) -> Iterator[str]:
    """The address at which the desk's node answers."""
    ready, ports = threading.Event(), list[int]()

    def note(port: int) -> None:
        ports.append(port)
        ready.set()

    one = server(desk.app, desk.node.limits(), ready=note, drain_seconds=5)
    thread = threading.Thread(target=run, args=(one,))
    thread.start()
    try:
        assert ready.wait(20)
        yield f"http://127.0.0.1:{ports[0]}"
    finally:
        one.should_exit = True
        thread.join(20)
        assert not thread.is_alive()
