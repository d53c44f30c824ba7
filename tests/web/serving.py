"""A node's application behind its own server, on a port of this machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from liaison.node.metrics import observed
from liaison.node.prompt import Prompt, prompted
from liaison.node.server import run, server
from tests.web_fixtures import Desk


@contextmanager
def served(desk: Desk, *, at_once: bool = True) -> Iterator[str]:
    """The address at which the desk's node answers; what is plain at once, as `liaison serve` has it."""
    metrics = desk.node.metrics
    prompt = Prompt(desk.app.short if at_once else {}, metrics)  # type: ignore[attr-defined]
    ready, ports = threading.Event(), list[int]()

    def note(port: int) -> None:
        ports.append(port)
        ready.set()

    one = server(
        observed(desk.app, metrics),
        desk.node.limits(),
        ready=note,
        drain_seconds=5,
        connection=prompted(prompt),
    )
    thread = threading.Thread(target=run, args=(one,))
    thread.start()
    try:
        assert ready.wait(20)
        yield f"http://127.0.0.1:{ports[0]}"
    finally:
        one.should_exit = True
        thread.join(20)
        prompt.close()
        assert not thread.is_alive()
