"""The one way out: a letter of a request, posted in the transaction of what it tells."""

from __future__ import annotations

from sqlalchemy import Connection

from liaison.assistance.messages import KINDS, Answers, Convictions
from liaison.model.structs import Value
from liaison.office import Office
from liaison.transport import outbox
from liaison.transport.means import Means

__all__ = ["Means", "post"]
_KIND = {body: kind for kind, body in KINDS.items()}
# bytes that a letter is filled up to at least: 200 times "nothing held" and a few records are as long as one refusal
LEAST: dict[type[Value], int] = {Answers: 16_384, Convictions: 16_384}


def post(
    office: Office,
    connection: Connection,
    means: Means,
    partner: str,
    thread: str,
    body: Value,
    *,
    urgent: bool = False,
) -> str:
    """Post one letter to the partner of this origin; its id. Raises NotFound, LinkClosed."""
    outgoing = outbox.Outgoing(
        partner, _KIND[type(body)], thread, body, urgent, least=LEAST.get(type(body), 0)
    )
    return outbox.post(office, connection, means, outgoing).id
