"""Reads of cameras taken by two processes beside the node, on PostgreSQL: what they decide, they decide as one."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select, text

from liaison.cli.serve import listening
from liaison.holdings import corrections
from liaison.ledger.log import size
from liaison.model.roles import Role
from liaison.node.limits import Limits
from liaison.node.settings import Settings, settings_of
from liaison.node.takers import Takers
from liaison.screening.seals import seals
from liaison.sightings.passages import many
from liaison.sightings.register import end
from liaison.storage.tables.screening import ALERTS
from liaison.storage.tables.sightings import HOURS, SIGHTINGS, TALLIES
from liaison.web.takers import life
from tests.node_fixtures import FixedClock, fresh_postgresql
from tests.screening.node import ANA, Desk, a_desk, actor
from tests.sightings.road import CAR, OTHER, Road, wanted

READS = "/api/v1/cameras/reads"
CLERK = actor("clerk", Role.DESK_OFFICER)
SOON = 1.0  # seconds within which a withdrawn entry is met no more


@dataclass
class Door:
    """The door of two processes, and the desk behind it."""

    desk: Desk
    road: Road
    takers: Takers
    address: str
    failed: list[str]

    def sends(self, *plates: str, camera: str = "A1", **headers: str) -> httpx.Response:
        """Send reads by a connection of their own, which either process may take."""
        now = datetime.now(UTC).isoformat()
        reads = [{"plate": plate, "time": now, "camera": camera} for plate in plates]
        sent = {"Authorization": f"Bearer {self.road.feed.secret}"} | headers
        return httpx.post(self.address + READS, json=reads, headers=sent, timeout=120)

    def count(self, column: Any) -> int:
        return int(self.desk.office.read(lambda c: c.execute(select(func.count(column))).scalar_one()))


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    with a_desk(tmp_path, "postgresql", FixedClock(datetime.now(UTC))) as desk, behind(desk) as found:
        yield found


@contextmanager
def behind(desk: Desk) -> Iterator[Door]:
    office = desk.office
    seals(office).digest_key(office)
    settings = Settings(
        name="Node",
        agency=office.name,
        origin="node.example",
        regimes=("demo",),
        database=office.store.url,
        requests_each_second=1,
        requests_at_once=20,
    )
    door, failed = listening("127.0.0.1", 0), list[str]()
    work = partial(life, settings, office.store.url, Limits())
    takers = Takers(2, work, door, office.keys, failed.append, 10)
    takers.start()
    try:
        yield Door(desk, Road(desk), takers, f"http://127.0.0.1:{door.getsockname()[1]}", failed)
    finally:
        takers.stop()


def entry(desk: Desk, plate: str, row: Any = CAR) -> str:
    last = (desk.office.now() + timedelta(days=30)).date()
    return wanted(desk, plate, row, retention_until=last, review_at=last)


def until(true: Callable[[], bool], seconds: float = 30) -> float:
    """Seconds until this was so."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds
        time.sleep(0.02)
    return time.monotonic() - began


def test_two_processes_make_one_alert_of_one_vehicle_and_count_every_read(door: Door) -> None:
    entry(door.desk, "AA107OB")
    entry(door.desk, "BB208PC", OTHER)
    camera = door.road.camera()
    until(lambda: len(door.takers.running) == 2)
    time.sleep(0.5)  # the entries are seen at the next look
    times = 40
    with ThreadPoolExecutor(8) as cars:
        answers = list(cars.map(lambda n: door.sends("AA107OB", f"CC{n:03}DD", "BB208PC"), range(times)))
    assert [each.status_code for each in answers] == [200] * times
    assert door.count(ALERTS.c.id) == 2, "one for each entry, whoever took its reads"
    sums = door.desk.office.read(lambda c: c.execute(select(func.sum(SIGHTINGS.c.reads))).scalar_one())
    assert sums == 2 * times
    day = door.desk.office.read(lambda c: c.execute(select(TALLIES)).one())
    assert (day.camera_id, day.reads, day.met, day.repeated) == (camera.id, 3 * times, 2, 2 * times - 2)
    assert door.desk.office.read(many) == times
    assert door.count(HOURS.c.hour) <= 2, "one key for an hour"
    verbs = door.desk.verbs()
    assert verbs.count("reads-taken") == times
    assert door.desk.office.read(size) == len(verbs)


def test_both_processes_took_part(door: Door) -> None:
    door.road.camera()
    until(lambda: len(door.takers.running) == 2)
    began = {pid: seconds(pid) for pid in door.takers.running}
    with ThreadPoolExecutor(8) as cars:
        list(cars.map(lambda n: door.sends(*(f"CC{n:03}D{one}" for one in "ABCDEFGH")), range(200)))
    assert all(seconds(pid) > spent for pid, spent in began.items())


def seconds(pid: int) -> int:
    """Ticks of a processor that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def test_a_withdrawn_entry_is_met_no_more_in_any_process_within_a_second(door: Door) -> None:
    record = entry(door.desk, "AA107OB")
    door.road.camera(quiet_seconds=10)
    until(lambda: bool(door.sends("AA107OB")) and door.count(ALERTS.c.id) == 1)
    corrections.withdraw(door.desk.office, CLERK, record, "The car was found.")
    time.sleep(SOON)
    door.desk.office.write(lambda c: c.execute(text("UPDATE sightings SET last = last - 60000000")))
    answers = [door.sends("AA107OB") for _ in range(20)]  # by either process; the quiet time is over
    assert all(each.json()["taken"] == 1 for each in answers)
    assert door.count(ALERTS.c.id) == 1


def test_an_ended_camera_is_refused_by_every_process_at_once(door: Door) -> None:
    camera = door.road.camera()
    assert door.sends("CC100DD").json()["taken"] == 1
    end(door.desk.office, ANA, camera.id)
    answers = [door.sends("CC100DD").json() for _ in range(10)]
    assert {each["refused"] for each in answers} == {1}


def test_what_is_wrong_is_told_as_the_node_tells_it(door: Door) -> None:
    door.road.camera()
    wrong = door.sends("CC100DD", Authorization="Bearer guessed")
    assert wrong.status_code == 401
    assert wrong.headers["content-type"] == "application/problem+json"
    assert "secret" in wrong.json()["hint"]
    bad = httpx.post(
        door.address + READS, content=b"{", headers={"X-API-Key": door.road.feed.secret}, timeout=30
    )
    assert bad.status_code == 400
    assert bad.json()["hint"]
    for way in ("/", "/alerts", "/api/v1/cameras"):
        assert httpx.get(door.address + way, timeout=120).status_code == 404, "nothing else is there"
    assert "no-store" in bad.headers["cache-control"]


def test_whoever_tries_secrets_is_held_back(door: Door) -> None:
    found = [door.sends("CC100DD", Authorization=f"Bearer {n}").status_code for n in range(60)]
    assert set(found) == {401, 429}


def test_a_process_that_dies_is_started_again_and_nothing_is_lost(door: Door) -> None:
    door.road.camera()
    until(lambda: len(door.takers.running) == 2)
    assert door.sends("CC100DD").status_code == 200
    killed = door.takers.running[0]
    os.kill(killed, signal.SIGKILL)
    until(lambda: len(door.takers.running) == 2 and killed not in door.takers.running)
    assert door.failed == ["camera-process"]
    assert door.sends("CC200DD").status_code == 200
    assert door.desk.office.read(many) == 2


def test_without_postgresql_no_such_process_is_set_up(tmp_path: Path) -> None:
    said = {"name": "Node", "agency": "Agency", "origin": "node.example", "regimes": ["demo"]}
    with pytest.raises(Exception, match="several processes may write") as refused:
        settings_of(said | {"camera_processes": 2})
    assert "PostgreSQL" in refused.value.hint  # type: ignore[attr-defined]


def test_a_node_is_served_with_its_processes_and_ends_with_them(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("correct horse battery staple\n")
    with fresh_postgresql() as url:
        chosen = {"DATABASE": url, "CAMERA_PROCESSES": "2", "CAMERA_PORT": "0", "PORT": "0"}
        said = os.environ | {f"LIAISON_{name}": value for name, value in chosen.items()}
        run = [sys.executable, "-m", "liaison.cli"]
        words = ["--yes", "--sign-in", "ana", "--password-file", str(tmp_path / "password")]
        subprocess.run(
            [*run, "init", str(tmp_path / "node"), *words], env=said, check=True, capture_output=True
        )
        with subprocess.Popen(
            [*run, "serve", str(tmp_path / "node")],
            env=said,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as served:
            try:
                assert served.stdout is not None
                line = served.stdout.readline()
                found = re.search(r"2 processes take reads of cameras at (\S+?)/api/", line)
                assert found is not None
                answer = httpx.post(found[1] + READS, json=[], headers={"X-API-Key": "guessed"}, timeout=60)
                assert answer.status_code == 401
                served.send_signal(signal.SIGTERM)
                assert served.wait(60) == 0
            finally:
                served.kill()
        with pytest.raises(httpx.HTTPError):
            httpx.post(found[1] + READS, json=[], timeout=5)
