"""Messages of drones, boats and teams come in here, from whoever shows the secret of a feed. No person sends them."""

from __future__ import annotations

import msgspec
from litestar import Response, post
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency

from liaison.formats.tracks import opening
from liaison.model.errors import NotSignedIn
from liaison.sensors.taking import Taken
from liaison.web.context import Visit
from liaison.web.routes.reads import Asked, secret_of
from liaison.web.routing import API, refusals
from liaison.web.security import PUBLIC

SHOWN = 200  # messages that were refused, in one answer


class NotTakenOut(msgspec.Struct, frozen=True):
    """A message that was not taken: its number in the body from 1, why, and what to do."""

    number: int
    reason: str
    words: str
    hint: str = ""


class MessagesOut(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a body: places that were kept, sightings of people that rescue was told of, messages that are
    neither, and how many were refused; `not_taken` names the first of them."""

    tracks: int
    people: int
    ignored: int
    refused: int
    not_taken: list[NotTakenOut]
    entry: int


@post(
    f"{API}/sensors/messages",
    audience=PUBLIC,
    program=True,
    machine=True,
    uncounted=True,
    status_code=200,
    request_max_body_size=opening.LARGEST,
    tags=["sensors"],
    security=[{"feed": []}],
    responses=refusals(400, 401, 409, 413, 429, 503),
)
async def take_messages(request: Asked, visit: NamedDependency[Visit]) -> Response[MessagesOut]:
    """Send messages of a registered drone, boat or team as their makers write them: see docs/drones.md."""
    secret, body = secret_of(request.headers), await request.body()
    return Response(await sync_to_thread(taken, visit, secret, body), status_code=200)


def taken(visit: Visit, secret: str, body: bytes) -> MessagesOut:
    """Take a body. Raises NotSignedIn, and TooMany for who tries secrets; BadInput for what is no message."""
    intake = visit.node.intake
    try:
        feed = intake.by_secret(secret)
    except NotSignedIn:
        visit.node.allowance.take(f"address {visit.remote}")
        raise
    return _out(intake.take(feed, opening.read(body, visit.office.now())))


def _out(found: Taken) -> MessagesOut:
    return MessagesOut(
        tracks=found.tracks,
        people=len(found.people),
        ignored=found.ignored,
        refused=len(found.refused),
        not_taken=[
            NotTakenOut(one.number, one.fault.value, one.words or one.fault.words, one.hint)
            for one in found.refused[:SHOWN]
        ],
        entry=found.entry,
    )


ROUTES = (take_messages,)
