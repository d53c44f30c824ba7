"""Two nodes that serve: a camera here meets a partner's entry, a person confirms it, and its owner has it in seconds;
once the owner withdraws the entry, no camera here meets it."""

from __future__ import annotations

import base64
import json
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from sqlalchemy import select, text

from bench.withdrawal import WHY, Desk, desk_of, supplied, written
from liaison.cli.node_demo import NODE
from liaison.demo.agency import INVESTIGATOR, POLICE
from liaison.demo.federation import make_partners, three
from liaison.demo.making import make_house
from liaison.demo.plates import drawn
from liaison.demo.waiting import until
from liaison.demo.walk import sign_in
from liaison.formats.cameras import read
from liaison.holdings import corrections
from liaison.model.errors import Conflict, NotFound, NotLawful
from liaison.model.handling import HandlingCode
from liaison.model.roles import Role
from liaison.node import logs
from liaison.policy import Actor
from liaison.screening import cases, confirming, grounds
from liaison.sightings.register import Entry, Place, make_feed, register
from liaison.sightings.telling import owner_of, tell_owner
from liaison.storage.tables.supply import OUTCOMES
from liaison.supply import reading
from liaison.supply.letters import Result
from liaison.web import create_app
from tests.web.serving import served

SECONDS = 5.0
PLATE, OTHER = "VA 301 LD", "VA 302 LD"
REASON = "Plate, make and colour agree with the picture."
PICTURE = drawn("AB 207 KO")  # any picture of a plate


@dataclass
class Road:
    """The police's camera, and the centre whose entries it meets."""

    owner: Desk
    police: Desk
    secret: str

    @property
    def officer(self) -> Actor:
        return self.police.member.actor(Role.DESK_OFFICER)

    def sees(self, plate: str) -> tuple[str, ...]:
        node = self.police.member.node
        said = {"plate": plate, "time": node.office.now().isoformat(), "camera": "K1", "direction": "south"}
        body = json.dumps(said | {"image": base64.b64encode(PICTURE).decode()}).encode()
        return node.gate.take(self.secret, read("application/json", body)).met


@pytest.fixture(scope="module")
def road(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Road]:
    folder = tmp_path_factory.mktemp("telling")
    with ExitStack() as stack:
        stack.enter_context(logs.written_to(stack.enter_context(Path(os.devnull).open("w"))))
        make_house(folder / NODE, POLICE, lambda _line: None)
        make_partners(folder, 50, 1, lambda _line: None)
        members = stack.enter_context(three(folder))
        police, owner = desk_of(members[0]), desk_of(members[1])
        node = police.member.node
        investigator = police.member.actor(Role.INVESTIGATOR)
        case = cases.open_case(
            node.office, investigator, reference="CAM-1", title="Road", offence="trafficking-persons"
        )
        given = grounds.give_grounds(
            node.office,
            investigator,
            case.id,
            purpose=grounds.Purpose.INVESTIGATION,
            basis="task",
            justification="Vans use the border road at night.",
        )
        feed = make_feed(node.office, investigator, case.id, "Roadside")
        place = Place("Border road, kilometre 9", 41.823, 19.463, 180, "AL")
        until_ = node.office.now() + timedelta(days=5)
        register(node.office, investigator, given, Entry(feed.id, "K1", place, "PROS 1", "DPIA 1", until_))
        yield Road(owner, police, feed.secret)


def investigator(road: Road) -> Actor:
    return road.police.member.actor(Role.INVESTIGATOR)


def test_the_owner_has_a_confirmed_hit_within_seconds_and_once(road: Road) -> None:
    entry = written(road.owner, PLATE)
    supplied(road.owner, road.police, entry)
    office, means = road.police.member.node.office, road.police.member.node.means
    (alert,) = road.sees(PLATE)
    who = investigator(road)
    owner = owner_of(office, who, alert)
    assert owner is not None
    assert (owner.name, owner.told) == (road.owner.member.house.agency, None)
    with pytest.raises(Conflict, match="not confirmed"):
        tell_owner(office, means, who, alert)
    confirming.confirm(office, who, alert, REASON)
    began = time.perf_counter()
    tell_owner(office, means, who, alert)
    theirs = road.owner.member.node.office
    lena = road.owner.member.actor(Role.DESK_OFFICER)
    item = until(lambda: heard(road))
    took = time.perf_counter() - began
    (came,) = reading.outcomes(theirs, lena, item)
    assert took < SECONDS
    said = came.told
    assert said is not None
    assert said.result is Result.FOUND
    assert said.handling.codes == (HandlingCode.H0,)
    for part in (
        "Border road, kilometre 9",
        "41.82300, 19.46300",
        f"read as {PLATE}",
        "direction south",
        "UTC",
    ):
        assert part in said.words
    assert f"SHA-256 {sha256(PICTURE).hexdigest()}" in said.words
    told = owner_of(office, who, alert)
    assert told is not None
    assert told.told is not None
    with pytest.raises(Conflict, match="told of this alert before"):
        tell_owner(office, means, who, alert)


def heard(road: Road) -> str | None:
    """The item of which something was told to the owner."""
    office = road.owner.member.node.office
    return office.read(lambda c: c.execute(select(OUTCOMES.c.item).where(OUTCOMES.c.out.is_(False))).scalar())


def test_whoever_is_not_on_the_case_tells_nobody(road: Road) -> None:
    entry = written(road.owner, "VA 303 LD")
    supplied(road.owner, road.police, entry)
    (alert,) = road.sees("VA 303 LD")
    office, means = road.police.member.node.office, road.police.member.node.means
    confirming.confirm(office, investigator(road), alert, REASON)
    with pytest.raises((NotFound, NotLawful)):
        tell_owner(office, means, road.officer, alert)


def test_what_its_owner_withdraws_is_met_here_no_more(road: Road) -> None:
    entry = written(road.owner, OTHER)
    supplied(road.owner, road.police, entry)
    assert len(road.sees(OTHER)) == 1
    clerk = road.owner.member.actor(Role.DESK_OFFICER)
    began = time.perf_counter()
    corrections.withdraw(road.owner.member.node.office, clerk, entry, WHY)
    until(lambda: not road.police.found(OTHER))
    assert time.perf_counter() - began < SECONDS
    road.police.member.node.office.write(
        lambda c: c.execute(text("UPDATE sightings SET last = last - 600000000"))
    )  # the quiet time is over
    assert road.sees(OTHER) == ()


def test_on_the_page_one_tick_beside_the_decision_tells_the_owner(road: Road) -> None:
    supplied(road.owner, road.police, written(road.owner, "VA 304 LD"))
    (alert,) = road.sees("VA 304 LD")
    node = road.police.member.node
    desk: Any = SimpleNamespace(node=node, app=create_app(node))
    own = {"Sec-Fetch-Site": "same-origin"}
    with served(desk, at_once=False) as address, httpx.Client(base_url=address, headers=own) as client:
        sign_in(client, INVESTIGATOR)
        page = client.get(f"/alerts/{alert}").text
        assert 'name="tell"' in page
        assert "The picture stays here." in page
        early = client.post(f"/alerts/{alert}/tell")
        assert early.status_code == 409
        assert "this alert is not confirmed" in early.text
        done = client.post(f"/alerts/{alert}/confirm", data={"confirm_reason": REASON, "tell": "yes"})
        assert done.status_code == 303
        assert done.headers["location"].endswith("owner-told")
        after = client.get(done.headers["location"]).text
        assert "was told at" in after
        assert f'action="/alerts/{alert}/tell"' not in after
        assert client.post(f"/alerts/{alert}/tell").status_code == 409
    office = road.owner.member.node.office
    chosen = select(OUTCOMES.c.item).where(
        OUTCOMES.c.out.is_(False), OUTCOMES.c.id == f"outcome-{alert.partition('-')[2]}"
    )
    assert until(lambda: office.read(lambda c: c.execute(chosen).scalar()))
