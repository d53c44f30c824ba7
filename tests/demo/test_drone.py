"""The drone of the demonstration: rescue is told first, others see counts, and the track is gone when it is stale."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from liaison.cli.node_demo import serving
from liaison.demo.agency import DESK, INVESTIGATOR, POLICE
from liaison.demo.drone import fly
from liaison.demo.making import make_house
from liaison.node.wiring import open_node
from liaison.storage.tables.sensors import IN_NEED


def test_seven_people_are_found_help_is_under_way_and_the_track_expires(tmp_path: Path) -> None:
    said: list[str] = []
    make_house(tmp_path / "node", POLICE, lambda line: None)
    with serving(tmp_path / "node") as address:
        path = fly(address, said.append)
    told = "\n".join(said)
    assert "7 people on a mountain path; their needs: medical, exposure." in told
    assert f"{DESK.name} is told. {INVESTIGATOR.name} sees nothing of it yet." in told
    assert "on no page any more" in told
    with open_node(tmp_path / "node", work=False) as node:
        (row,) = node.office.read(lambda c: c.execute(select(IN_NEED)).all())
        assert (path, row.people, row.helped) == (f"/in-need/{row.id}", 7, None)
