"""Parts of messages put together: what is taken back is no part of what was sent, and no document is lost by it."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from liaison.formats.manifests import Flight, Leg, Manifest, read, writing
from liaison.formats.manifests.model import Named, Passenger, TravelDocument
from liaison.model.errors import BadInput
from tests.formats.manifests.made import manifest, many


def sent(people: tuple[Passenger, ...], day: str = "2026-03-04") -> bytes:
    """An invented list of LI117, in parts of three people."""
    flown = Flight("LI", "117", "", (Leg("TIA", "LHR", f"{day}T12:20", f"{day}T16:35"),))
    listed = msgspec.structs.replace(manifest(people), flights=(flown,))
    return writing.paxlst(listed, replace(writing.Form(), per_part=3))


def told(*messages: bytes) -> list[Manifest]:
    """What one file of these messages holds."""
    bodies = b"".join(each[each.index(b"UNH+") : each.index(b"UNZ+")] for each in messages)
    first, last = messages[0], messages[-1]
    return read(first[: first.index(b"UNH+")] + bodies + last[last.index(b"UNZ+") :])


def test_who_was_taken_back_under_the_same_reference_takes_nobody_else_back() -> None:
    removed = sent(many(4)).replace(b"BGM+745", b"BGM+745+RP")
    back, listed = told(removed, sent(many(9)))
    assert (back.cancelled, len(back.passengers)) == (True, 4)
    assert (listed.cancelled, len(listed.passengers)) == (False, 9)


def test_the_same_reference_on_another_day_is_another_message() -> None:
    assert [len(each.passengers) for each in told(sent(many(4)), sent(many(9), "2026-03-05"))] == [4, 9]


def test_a_file_of_more_messages_than_any_carrier_sends_is_refused_soon() -> None:
    whole = sent(many(3))
    with pytest.raises(BadInput, match="over 10,000 messages"):
        read(whole[: whole.index(b"UNH+")] + b"UNH+1+PAXLST:D:02B:UN:IATA'" * 200_000)


def test_who_stands_twice_keeps_every_document_and_name() -> None:
    name, own, other = (
        Named("NOBODY", "JAN"),
        TravelDocument("P", "P1", "CZE"),
        TravelDocument("I", "I2", "CZE"),
    )
    first = Passenger(names=(name,), born="1970-05-05", documents=(own,))
    again = msgspec.structs.replace(first, documents=(own, other))
    (listed,) = told(sent((first, *many(3), again)))
    assert len(listed.passengers) == 4
    assert [paper.number for paper in listed.passengers[0].documents] == ["P1", "I2"]
