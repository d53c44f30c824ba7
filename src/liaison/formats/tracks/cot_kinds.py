"""What the type of an event means (MIL-STD-2525 as Cursor on Target writes it: `a-f-A-M-H-Q`)."""

from __future__ import annotations

from functools import lru_cache

from liaison.formats.tracks.model import Kind

PINGS = ("t-x-", "t-b", "t-k")  # of clients and servers among themselves
EMERGENCY = "b-a-o"  # a beacon; b-a-o-can takes it back
CANCELLED = "b-a-o-can"
LETTERS = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-._")


@lru_cache(1024)
def kind_of(type_: str) -> Kind | None:
    """What an event of this type is of; None where it is of no thing that moves: a drawing, a route, a message.

    An aircraft is a drone where its type says so (Q). A unit on the ground is a team; equipment is a vehicle where
    its type says so (E-V). Nothing is made of whose side somebody takes it to be on.
    """
    parts = type_.split("-")
    if type_.startswith(EMERGENCY):
        return Kind.UNKNOWN
    if parts[0] != "a" or len(parts) < 2:
        return None
    dimension, rest = (parts[2] if len(parts) > 2 else ""), parts[3:]
    if dimension == "A":
        return Kind.DRONE if "Q" in rest else Kind.AIRCRAFT
    if dimension in ("S", "U"):
        return Kind.BOAT
    if dimension == "G" and rest[:1] == ["U"]:
        return Kind.TEAM
    if dimension == "G" and rest[:2] == ["E", "V"]:
        return Kind.VEHICLE
    return Kind.UNKNOWN
