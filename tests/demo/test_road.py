"""The road of the demonstration: of a thousand vehicles nothing is kept, and the one that is wanted is met."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import func, select

from liaison.cli.node_demo import serving
from liaison.demo.agency import POLICE
from liaison.demo.making import make_house
from liaison.demo.plates import drawn
from liaison.demo.road import OTHERS, WANTED, drive
from liaison.node.wiring import open_node
from liaison.pictures.headers import header
from liaison.sightings.passages import many
from liaison.storage.tables.screening import ALERTS
from liaison.storage.tables.sightings import SIGHTINGS, TALLIES


def test_a_thousand_pass_and_leave_nothing_and_the_wanted_one_is_confirmed(tmp_path: Path) -> None:
    said: list[str] = []
    make_house(tmp_path / "node", POLICE, lambda line: None)
    with serving(tmp_path / "node") as address:
        path = drive(address, said.append)
    told = "\n".join(said)
    assert f"{OTHERS:,} vehicles pass" in told
    assert "AB207KO is wanted" in told
    assert "day and night (invented)" in told, "what to do is told once it is confirmed"
    assert re.search(r"follows it: 3 cameras of the border road, at 1\d\d km/h at most", told)
    assert re.search(
        r"Within a minute its mark is read 3\d km away, on another van: no car drives so fast", told
    )
    with open_node(tmp_path / "node", work=False) as node:
        states = node.office.read(lambda c: c.execute(select(ALERTS.c.id, ALERTS.c.state)).all())
        assert sorted(state for _, state in states) == ["candidate", "candidate", "confirmed", "confirmed"]
        assert (path.rpartition("/")[2], "confirmed") in states
        reads = node.office.read(lambda c: c.execute(select(func.sum(TALLIES.c.reads))).scalar_one())
        assert reads == OTHERS + 4
        assert node.office.read(many) == 0
        assert len(node.office.read(lambda c: c.execute(select(SIGHTINGS)).all())) == 4


def test_a_plate_is_a_whole_picture_that_shows_its_mark() -> None:
    picture = header(drawn(WANTED))
    assert (picture.kind, picture.width > picture.height) == ("png", True)
    assert drawn("AB 207 KO") != drawn("AB 2O7 KO")
    with pytest.raises(KeyError):
        drawn("?")
