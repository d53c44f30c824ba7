"""The stream of what changes among requests: what it tells, when it tells nothing, and when it ends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from liaison.model.roles import Role
from liaison.officers import sessions
from liaison.web.context import Visit
from liaison.web.routes import requests_events as events
from tests.web.test_requests_pages import arrived, browsers, sent
from tests.web.two_desks import House, Houses, two_desks

DESK, INVESTIGATOR = Role.DESK_OFFICER, Role.INVESTIGATOR


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Houses]:
    with two_desks(tmp_path_factory.mktemp("events")) as both:
        yield both


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "EVERY", 0.01)


def visit_of(house: House, role: Role) -> tuple[Visit, str]:
    """The visit of whoever opens the stream, and their session."""
    officer = house.officers[role]
    signed = sessions.signed_in(house.desk.office, officer.session, house.desk.node.people)
    return Visit(house.desk.node, signed, "en", "", "test"), officer.session


def told(house: House, role: Role, last: str = "", between: Any = None, most: int = 20) -> list[Any]:
    """The first events of a stream; `between` is done once the first beat was sent."""
    visit, token = visit_of(house, role)

    async def read() -> list[Any]:
        found = []
        stream = events._stream(visit, token, last)
        async for event in stream:
            found.append(event)
            if between is not None and len(found) == 2:
                await asyncio.to_thread(between)
            if len(found) == most or event.event == "over":
                break
        await stream.aclose()  # type: ignore[attr-defined]
        return [event for event in found if event.event]

    return asyncio.run(asyncio.wait_for(read(), 30))


def test_an_event_tells_ids_states_and_counts_and_nobody(houses: Houses) -> None:
    with browsers(houses.asked, DESK) as (desk,):
        _, place = arrived(houses, desk, urgent="yes", urgency="They cross the border tonight")
        plain = desk.get("/requests/events")
    (event,) = told(houses.asked, DESK, most=3)
    assert json.loads(event.data) == plain.json()
    one = plain.json()["requests"][0]
    assert place.endswith(one["id"])
    assert (one["side"], one["state"], one["urgent"], one["hits"]) == ("received", "received", True, 1)
    assert "Vokshi" not in plain.text
    assert "police.example" not in plain.text


def test_a_browser_that_comes_back_is_told_only_what_it_missed(houses: Houses) -> None:
    (event,) = told(houses.asked, DESK, most=3)
    assert told(houses.asked, DESK, last=event.id, most=3) == []
    with browsers(houses.asked, DESK) as (desk,):
        arrived(houses, desk)
    (later,) = told(houses.asked, DESK, last=event.id, most=2)
    assert later.id != event.id


def test_looking_at_a_page_is_no_event(houses: Houses) -> None:
    """Looks are written down, and so the ledger grows; a stream that told of that would make pages look again."""
    with browsers(houses.asked, DESK) as (desk,):
        _, place = arrived(houses, desk)
        found = told(houses.asked, DESK, between=lambda: desk.get(place), most=6)
    assert len(found) == 1


def test_an_investigator_hears_of_their_own_alone(houses: Houses) -> None:
    ours = sent(houses)
    (mine,) = told(houses.asking, INVESTIGATOR, most=3)
    assert ours.rpartition("/")[2] in str(mine.data)
    (other,) = told(houses.asked, INVESTIGATOR, most=3)
    assert json.loads(other.data) == {"requests": []}


def test_the_stream_ends_with_the_session(houses: Houses) -> None:
    officer = houses.asked.officers[DESK]
    visit, token = visit_of(houses.asked, DESK)

    def leave() -> None:
        assert visit.signed is not None
        sessions.sign_out(visit.office, token)

    found = told(houses.asked, DESK, between=leave)
    assert found[-1].event == "over"
    houses.asked.officers[DESK] = replace(officer, session="")
