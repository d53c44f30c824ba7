"""The application of a process that takes reads: who shows no secret of a feed sends nothing into its memory."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from liaison.model.errors import NotSignedIn
from liaison.web.routes.reads import PATH
from liaison.web.takers import Taking

SCOPE = {
    "type": "http",
    "method": "POST",
    "path": PATH,
    "headers": [(b"authorization", b"Bearer wrong"), (b"content-type", b"application/x-ndjson")],
    "client": ("192.0.2.1", 4000),
}


def answered(feed_of: Any, take: Any, receive: Any) -> int:
    """The status with which the application answers."""
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(Taking(feed_of, take, [])(SCOPE, receive, send))
    return int(sent[0]["status"])


def test_a_body_is_taken_in_only_once_its_feed_is_known() -> None:
    def feed_of(remote: str, secret: str) -> Any:
        assert (remote, secret) == ("192.0.2.1", "wrong")
        raise NotSignedIn("no feed has this secret")

    async def receive() -> dict[str, Any]:
        pytest.fail("the body was read")

    assert answered(feed_of, lambda *_: None, receive) == 401


def test_the_body_of_a_known_feed_is_taken_whole() -> None:
    parts = [{"body": b"ab", "more_body": True}, {"body": b"c"}]

    async def receive() -> dict[str, Any]:
        return parts.pop(0)

    took: list[tuple[Any, ...]] = []
    assert answered(lambda *_: "feed", lambda *told: took.append(told), receive) == 200
    assert took == [("feed", "application/x-ndjson", b"abc")]
