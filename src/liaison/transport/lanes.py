"""The next number in each lane to and from each partner, and the chain over what came from it."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection, bindparam, insert, select, update

from liaison.partners.rules import Lane
from liaison.storage.prepared import Prepared
from liaison.storage.tables.transport import LANES

FIRST = 1
START = bytes(32)  # the chain before the first letter
_HERE = LANES.c.partner == bindparam("of"), LANES.c.lane == bindparam("in_lane")
_PLACE = Prepared(select(LANES).where(*_HERE))
_SENT = Prepared(update(LANES).where(*_HERE).values(next_out=bindparam("following")))
_CAME = Prepared(update(LANES).where(*_HERE).values(next_in=bindparam("following"), chain=bindparam("link")))


@dataclass(frozen=True, slots=True)
class Place:
    """How far one lane has come."""

    next_out: int = FIRST
    next_in: int = FIRST
    chain: bytes = START


def place(connection: Connection, partner_id: str, lane: Lane) -> Place:
    """How far the lane has come."""
    row = _PLACE.first(connection, _at(partner_id, lane))
    return Place() if row is None else Place(row.next_out, row.next_in, row.chain)


def take_number(connection: Connection, partner_id: str, lane: Lane) -> int:
    """The number of the next letter out, which is taken with it."""
    number = place(connection, partner_id, lane).next_out
    _put(connection, partner_id, lane, _SENT, {"following": number + 1})
    return number


def came(connection: Connection, partner_id: str, lane: Lane, at: Place, digest: str) -> bytes:
    """Go on by one letter that came; the new end of the chain."""
    chain = sha256(at.chain + bytes.fromhex(digest)).digest()
    _put(connection, partner_id, lane, _CAME, {"following": at.next_in + 1, "link": chain})
    return chain


def _put(
    connection: Connection, partner_id: str, lane: Lane, change: Prepared, values: dict[str, object]
) -> None:
    """Change a lane, which begins with its first letter in either direction."""
    if change.change(connection, [_at(partner_id, lane) | values]) == 0:
        row = {"next_out": FIRST, "next_in": FIRST, "chain": START}
        connection.execute(insert(LANES).values(partner=partner_id, lane=lane.value, **row))
        change.change(connection, [_at(partner_id, lane) | values])


def _at(partner_id: str, lane: Lane) -> dict[str, object]:
    return {"of": partner_id, "in_lane": lane.value}
