"""The letters of supply: their kinds and bodies, and the way they are put in the outbox."""

from __future__ import annotations

import datetime as dt
from enum import Enum

from sqlalchemy import Connection

from liaison.model.categories import Category, OfficerId
from liaison.model.errors import BadInput
from liaison.model.grounds import Purpose
from liaison.model.handling import Handling, HandlingCode
from liaison.model.structs import Value
from liaison.office import Office
from liaison.partners.rules import LinkClosed
from liaison.supply.items import Supplied, require_name
from liaison.transport.means import Means
from liaison.transport.outbox import NODE, Outgoing
from liaison.transport.outbox import post as outbox_post

PASSED, NOTICE, REPORT = "supply", "supply-notice", "supply-report"
ASKED, ANSWERED, OUTCOME = "permission-asked", "permission-answered", "outcome"
LONGEST = 2000  # characters of what a person writes


class Result(Enum):
    """What came of what was supplied."""

    ARREST = "arrest"
    CHARGE = "charge"
    CONVICTION = "conviction"
    CONFISCATION = "confiscation"
    FOUND = "found"
    NOTHING = "nothing"


class Parcel(Value, frozen=True, kw_only=True):
    """Items that are passed on."""

    supplied: tuple[Supplied, ...]


class Asking(Value, frozen=True, kw_only=True):
    """A request to the originator: may this item be used so? `recipient` is a node's origin or a court's name."""

    id: str
    item: str
    lifts: tuple[HandlingCode, ...]
    recipient: str
    purpose: Purpose
    why: str
    urgent: bool = False
    made: dt.datetime

    def __post_init__(self) -> None:
        super().__post_init__()
        require_name(self, "id", "item")
        require_words(self, "recipient", "why")


class Answering(Value, frozen=True, kw_only=True):
    """The originator's answer: a token where it permits it, and why."""

    id: str
    item: str
    token: str = ""
    why: str
    made: dt.datetime

    def __post_init__(self) -> None:
        super().__post_init__()
        require_name(self, "id", "item")
        require_words(self, "why")


class Told(Value, frozen=True, kw_only=True):
    """What an item led to, under handling of its own. `category` is what the person has become since, where known."""

    id: str
    item: str
    result: Result
    words: str
    handling: Handling
    on: dt.date
    category: Category | None = None
    made: dt.datetime

    def __post_init__(self) -> None:
        super().__post_init__()
        require_name(self, "id", "item")
        require_words(self, "words")


def post(
    office: Office,
    means: Means,
    connection: Connection,
    recipient: str,
    kind: str,
    body: Value,
    *,
    thread: str,
    urgent: bool = False,
    by: OfficerId = NODE,
) -> str:
    """Put a letter to a partner in the outbox, in the caller's transaction; its id.

    Raises NotFound for one that is none, LinkClosed for a revoked one.
    """
    letter = Outgoing(partner=recipient, kind=kind, thread=thread, body=body, urgent=urgent, by=by)
    return outbox_post(office, connection, means, letter).id


def post_unless_revoked(
    office: Office,
    means: Means,
    connection: Connection,
    recipient: str,
    kind: str,
    body: Value,
    *,
    thread: str,
) -> bool:
    """Post an urgent letter; whether it was. To a revoked partner there is no way, and what else is due goes on.

    Raises NotFound for one that is none.
    """
    try:
        post(office, means, connection, recipient, kind, body, thread=thread, urgent=True)
    except LinkClosed:
        return False
    return True


def require_words(value: Value, *fields: str) -> None:
    """Raises BadInput for a text that is empty or too long."""
    for field in fields:
        if not 0 < len(getattr(value, field)) <= LONGEST:
            raise BadInput(f"the {field} has not 1 to {LONGEST} characters", field=field)
