"""`liaison sensors send`: recordings and receivers are passed on to a node, under the secret of a feed."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import Result

from liaison.cli import sensors
from liaison.model.errors import BadSetting
from liaison.model.roles import Role
from liaison.sensors import tallies
from liaison.sensors.register import Entry, register
from liaison.sensors.rules import FeedKind
from tests.formats.tracks.made import frame, klv
from tests.sensors.field import Field
from tests.web.serving import served
from tests.web_fixtures import Desk, a_desk

Run = Callable[..., Result]
SHIP = b"!AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208CQ,0*4A\r\n"


class Station:
    """A node that answers, and the secret of a feed in a file."""

    def __init__(self, desk: Desk, address: str, folder: Path) -> None:
        self.desk, self.address = desk, address
        self.chief = desk.actor(desk.enrol("Chief", Role.SUPERVISOR))
        until = desk.office.now() + timedelta(days=7)
        entry = Entry("Receiver", FeedKind.BOAT, "Harbour", "MoI 1", "DPIA 1", until)
        feed = register(desk.office, self.chief, entry)
        self.id, self.secret = feed.id, folder / "secret"
        self.secret.write_text(feed.secret)
        self.secret.chmod(0o600)

    def counted(self) -> tallies.Counted:
        """What was counted today."""
        return tallies.today(self.desk.office, self.chief).get(self.id, tallies.Counted())


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    with a_desk(tmp_path) as desk, served(desk) as address:
        yield Station(desk, address, tmp_path)


def test_recordings_are_passed_on_and_what_became_of_them_is_told(
    station: Station, liaison: Run, tmp_path: Path
) -> None:
    pytest.importorskip("pyais")
    ships, drone = tmp_path / "ships.nmea", tmp_path / "drone.xml"
    ships.write_bytes(SHIP * 3)
    field = Field(station.desk.office, station.desk.clock)
    drone.write_bytes(field.event() + b"<event broken></event>")
    done = liaison(
        "sensors", "send", station.address, str(ships), str(drone), "--secret-file", str(station.secret)
    )
    assert done.exit_code == 0, done.output
    assert "3 places, 0 sightings of people; 0 ignored, 0 refused" in done.output
    assert "1 place, 0 sightings of people; 0 ignored, 1 refused (broken)" in done.output
    assert (station.counted().tracks, station.counted().broken) == (4, 1)


def test_a_wrong_secret_and_nothing_to_send_are_told(station: Station, liaison: Run, tmp_path: Path) -> None:
    file, wrong = tmp_path / "x", tmp_path / "wrong"
    file.write_bytes(SHIP)
    wrong.write_text("x" * 43)
    wrong.chmod(0o600)
    done = liaison("sensors", "send", station.address, str(file), "--secret-file", str(wrong))
    assert (done.exit_code, "no drone, boat or team" in done.output) == (2, True)
    done = liaison("sensors", "send", station.address, "--secret-file", str(station.secret))
    assert (done.exit_code, "--udp" in done.output) == (2, True)
    clear = liaison("sensors", "send", "http://node.example", str(file), "--secret-file", str(station.secret))
    assert (clear.exit_code, "in the clear" in clear.output) == (2, True)


def test_what_a_receiver_serves_comes_in_whole_lines_and_it_is_called_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sensors, "EVERY", 0.05)
    monkeypatch.setattr(sensors, "AGAIN", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as receiver:

        def serves() -> None:
            for part in (SHIP + SHIP[:20], SHIP[20:] + SHIP):
                connection, _ = receiver.accept()
                with connection:
                    connection.sendall(part)
                    ended.wait(0.4)

        ended = threading.Event()
        thread = threading.Thread(target=serves)
        thread.start()
        pieces = sensors.received(receiver.getsockname()[:2])
        assert next(pieces) == SHIP
        assert next(pieces) == SHIP[20:] + SHIP, "what was cut with the connection is lost, and nothing else"
        ended.set()
        thread.join()
        pieces.close()  # type: ignore[attr-defined]


def test_datagrams_are_gathered_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sensors, "EVERY", 0.3)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        place = probe.getsockname()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        pieces = sensors.heard(place)
        timer = threading.Timer(0.1, lambda: [receiver.sendto(SHIP, place) for _ in range(3)])
        timer.start()
        assert b"".join(next(pieces) for _ in range(1)).count(b"!AIVDM") == 3
        timer.join()
        pieces.close()  # type: ignore[attr-defined]


def test_a_long_recording_is_cut_where_messages_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sensors, "LARGEST", 1_000)
    packet = klv(frame())
    for data, whole in ((packet * 20, packet[:16]), (SHIP * 100, SHIP[:7])):
        parts = list(sensors.bodies(data))
        assert b"".join(parts) == data
        assert len(parts) > 2
        assert all(part.startswith(whole) and len(part) <= 1_000 for part in parts)
    assert all(part.endswith(b"</event>") for part in sensors.bodies(b"<event></event>" * 200))


@pytest.mark.parametrize("text", ["10110", "host:", "host:70000", ":1"])
def test_a_place_that_is_none_is_told(text: str) -> None:
    with pytest.raises(BadSetting, match="HOST:PORT"):
        sensors._place(text)
