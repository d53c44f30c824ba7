"""Cursor on Target over mutual TLS on this machine: pytak as the foreign client, and clients that mean harm."""

from __future__ import annotations

import asyncio
import io
import socket
import ssl
import time
import warnings
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest

from liaison.node import sensing
from liaison.node.metrics import Metrics
from liaison.node.sensing import Sensing
from liaison.sensors import certificates, register, rescue, tallies, tracks
from liaison.sensors.register import Feed
from liaison.sensors.taking import Intake
from tests.sensors.field import DESK, OTHER, RESCUER, Field, a_field
from tests.web_fixtures import SETTINGS

HOST = "127.0.0.1"
LISTENING = msgspec.structs.replace(SETTINGS, sensor_host=HOST, sensor_port=0)


@dataclass
class Post:
    """A field whose node listens."""

    field: Field
    sensing: Sensing
    folder: Path

    def package(self, feed: Feed) -> Path:
        """The folder into which the package of a feed's certificate was unpacked, and the package beside it."""
        made = certificates.issue(self.field.office, DESK, feed.id, HOST, self.sensing.port)
        place = self.folder / made.name.removesuffix(".zip")
        (self.folder / made.name).write_bytes(made.content)
        zipfile.ZipFile(io.BytesIO(made.content)).extractall(place)
        return place

    def context(self, place: Path | None, trust: Path | None = None) -> ssl.SSLContext:
        """What a client of our own connects with."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations((trust or place or Path()) / "pem/authority.pem")
        if place is not None:
            context.load_cert_chain(place / "pem/client.pem", place / "pem/client.key")
        return context

    @contextmanager
    def connected(self, place: Path | None, trust: Path | None = None) -> Iterator[ssl.SSLSocket]:
        """A connection of a client of our own."""
        context = self.context(place, trust)
        with (
            socket.create_connection((HOST, self.sensing.port), 10) as plain,
            context.wrap_socket(plain, server_hostname=HOST) as connection,
        ):
            yield connection

    def placed(self) -> list[str]:
        """The names of what is somewhere now."""
        return sorted(one.name for one in tracks.now_of(self.field.office, OTHER))

    def counted(self, feed: Feed) -> tallies.Counted:
        """What was counted of a feed today."""
        return tallies.today(self.field.office, RESCUER).get(feed.id, tallies.Counted())


@pytest.fixture(autouse=True)
def smaller_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys that are made sooner: what is tested is not their strength."""
    monkeypatch.setattr(certificates, "BITS", 2048)


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    with a_field(tmp_path) as field:
        field.clock.time = datetime.now(UTC)
        listening = Sensing(field.office, Intake(field.office), LISTENING, Metrics())
        listening.start()
        try:
            yield Post(field, listening, tmp_path)
        finally:
            listening.stop()


def soon(holds: Callable[[], object]) -> None:
    """Wait until something holds."""
    end = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.02)


def test_pytak_sends_a_track_that_is_seen_and_expires(post: Post) -> None:
    with warnings.catch_warnings():  # it warns of its own optional parts
        warnings.simplefilter("ignore")
        pytak = pytest.importorskip("pytak", reason="pytak is not installed")
    feed, field = post.field.feed(), post.field
    place = post.package(feed)
    field.contact()

    async def sends() -> None:
        writer = (await pytak.protocol_factory(pytak_config(post, place)))[1]
        worker = pytak.TXWorker(asyncio.Queue(), pytak_config(post, place), writer)
        await worker.handle_data(pytak.hello_event())
        drone = pytak.cot_event(**PLACE, uid="d-4", cot_type="a-f-A-M-H-Q", stale=30, callsign="DRONE 4")
        await worker.handle_data(bytes(pytak.serialize_cot(drone)))
        seen = pytak.cot_detail(ElementTree.Element("people", count="7", need="medical exposure"))
        people = pytak.cot_event(**PLACE, uid="s-1", cot_type="b-m-p-s-m", detail=seen)
        await worker.handle_data(bytes(pytak.serialize_cot(people)))
        writer.close()
        await writer.wait_closed()

    with warnings.catch_warnings():  # it sets options of TLS in an old way
        warnings.simplefilter("ignore")
        asyncio.run(sends())
    soon(lambda: post.placed() == ["DRONE 4"] and rescue.in_need(field.office, RESCUER))
    (one,) = rescue.in_need(field.office, RESCUER)
    assert (one.people, [need.value for need in one.needs], one.feed) == (
        7,
        ["medical", "exposure"],
        "Drone 4",
    )
    field.clock.forward(seconds=32)
    assert post.placed() == []
    assert tracks.forget(field.office) == 1
    counted = post.counted(feed)
    assert (counted.tracks, counted.people, counted.ignored, counted.refused) == (1, 1, 1, 0), (
        "its greeting is none"
    )
    assert dict(post.sensing.cut) == {}


PLACE = {"lat": 42.4381, "lon": 19.9012, "ce": 9.5, "hae": 1840, "le": 20}


def pytak_config(post: Post, place: Path) -> Any:
    """As docs/drones.md has it."""
    from configparser import ConfigParser

    parser = ConfigParser()
    parser["drone"] = {
        "COT_URL": f"tls://{HOST}:{post.sensing.port}",
        "PYTAK_TLS_CLIENT_CERT": f"{place}/pem/client.pem",
        "PYTAK_TLS_CLIENT_KEY": f"{place}/pem/client.key",
        "PYTAK_TLS_CLIENT_CAFILE": f"{place}/pem/authority.pem",
        "TAK_PROTO": "0",
    }
    return parser["drone"]


def test_pytak_reads_the_package_that_atak_imports(post: Post) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytak = pytest.importorskip("pytak", reason="pytak is not installed")
    place = post.package(post.field.feed())
    read = pytak.client_functions.read_pref_package(f"{place}.zip")
    assert read["COT_URL"] == f"ssl://{HOST}:{post.sensing.port}"
    assert {"PYTAK_TLS_CLIENT_CERT", "PYTAK_TLS_CLIENT_KEY"} <= set(read)


def test_a_ping_is_answered_so_that_a_client_stays(post: Post) -> None:
    place = post.package(post.field.feed())
    with post.connected(place) as connection:
        connection.sendall(post.field.event("ping", "t-x-c-t"))
        assert b't-x-c-t-r"' in connection.recv(4096)
        soon(lambda: post.sensing.open == 1)
    soon(lambda: post.sensing.open == 0)


def test_who_has_no_certificate_or_a_foreign_one_is_cut_and_counted(post: Post, tmp_path: Path) -> None:
    own = post.package(post.field.feed())
    with a_field(tmp_path / "elsewhere") as foreign:
        foreign.clock.time = datetime.now(UTC)
        feed = foreign.feed()
        made = certificates.issue(foreign.office, DESK, feed.id, HOST, 1)
        place = tmp_path / "foreign"
        zipfile.ZipFile(io.BytesIO(made.content)).extractall(place)
    for client in (None, place):
        with pytest.raises((ssl.SSLError, ConnectionError)):
            tried(post, client, own)
    soon(lambda: post.sensing.cut["certificate"] == 2)
    assert post.placed() == []


def tried(post: Post, client: Path | None, trust: Path) -> None:
    """Connect, send a place and wait for an answer: in TLS 1.3 a client learns only then that it is refused."""
    with post.connected(client, trust) as connection:
        connection.sendall(post.field.event())
        connection.recv(1)


def test_a_certificate_that_was_replaced_or_whose_entry_ended_is_unknown(post: Post) -> None:
    feed = post.field.feed()
    before = post.package(feed).rename(post.folder / "before")
    after = post.package(feed)
    with post.connected(before) as connection:
        assert connection.recv(1) == b""
    soon(lambda: post.sensing.cut["unknown"] == 1)
    with post.connected(after) as connection:
        connection.sendall(post.field.event())
        soon(lambda: post.placed() == ["Drone 4"])
        register.end(post.field.office, DESK, feed.id)
        connection.sendall(post.field.event("another"))
        assert connection.recv(1) == b"", "also a connection that is open"
    soon(lambda: post.sensing.cut["unknown"] == 2)
    assert post.counted(feed).tracks == 1


def test_a_connection_that_is_open_ends_when_its_certificate_is_replaced(post: Post) -> None:
    feed = post.field.feed()
    with post.connected(post.package(feed).rename(post.folder / "before")) as connection:
        connection.sendall(post.field.event())
        soon(lambda: post.placed() == ["Drone 4"])
        post.package(feed)
        connection.sendall(post.field.event("another"))
        assert connection.recv(1) == b""
    soon(lambda: post.sensing.cut["unknown"] == 1)
    assert post.counted(feed).tracks == 1


def test_who_only_pings_is_cut_when_the_entry_ends(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sensing, "ASKS", 0.05, raising=False)
    feed = post.field.feed()
    with post.connected(post.package(feed)) as connection:
        connection.settimeout(5)
        connection.sendall(post.field.event("ping", "t-x-c-t"))
        assert b't-x-c-t-r"' in connection.recv(4096)
        register.end(post.field.office, DESK, feed.id)
        time.sleep(0.1)
        connection.sendall(post.field.event("ping", "t-x-c-t"))
        assert connection.recv(1) == b"", "no ping is answered"
    soon(lambda: post.sensing.cut["unknown"] == 1)


def test_silent_connections_lock_no_drone_out(post: Post) -> None:
    place, begun = post.package(post.field.feed()), time.monotonic()
    with ExitStack() as silent:
        for _ in range(260):
            silent.enter_context(socket.create_connection((HOST, post.sensing.port), 10))
        with post.connected(place) as connection:
            connection.sendall(post.field.event())
            soon(lambda: post.placed() == ["Drone 4"])
        assert time.monotonic() - begun < sensing.SHAKES, "while all of them are silent still"
        assert post.sensing.cut["too-many"] >= 252


def test_of_silent_connections_the_oldest_of_its_address_gives_way(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sensing, "WAITING_EACH", 2)
    monkeypatch.setattr(sensing, "WAITING", 4)

    def silent(*addresses: str) -> list[socket.socket]:
        made = []
        for address in addresses:
            made.append(
                stack.enter_context(socket.create_connection((HOST, post.sensing.port), 10, (address, 0)))
            )
            made[-1].settimeout(3)
            soon(lambda: any(each.getpeername() == made[-1].getsockname() for each in accepted()))
        return made

    def accepted() -> list[socket.socket]:
        with post.sensing._lock:
            return list(post.sensing._waiting)

    with ExitStack() as stack:
        (other,) = silent(HOST)
        first, second, third = silent(*["127.0.0.2"] * 3)
        assert first.recv(1) == b""
        waiting = {each.getpeername() for each in accepted()}
        assert waiting == {each.getsockname() for each in (other, second, third)}
        silent("127.0.0.3", "127.0.0.4")
        assert other.recv(1) == b"", "of all of them, the oldest"


@pytest.mark.parametrize(
    ("address", "network"),
    [("192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"), ("fe80::1%eth0", "fe80::/64")],
)
def test_a_site_of_ipv6_is_one_address(address: str, network: str) -> None:
    assert sensing.network_of(address) == network


def test_who_speaks_no_tls_or_nothing_is_cut(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sensing, "SHAKES", 0.3)
    monkeypatch.setattr(sensing, "IDLE", 0.3)
    place = post.package(post.field.feed())
    with socket.create_connection((HOST, post.sensing.port), 10) as plain:
        plain.sendall(post.field.event())
        soon(lambda: post.sensing.cut["handshake"] == 1)
    with socket.create_connection((HOST, post.sensing.port), 10):
        soon(lambda: post.sensing.cut["handshake"] == 2)
    with post.connected(place):
        soon(lambda: post.sensing.cut["silent"] == 1)


def test_a_stream_that_never_ends_and_one_of_entities_take_nothing_and_stay_small(post: Post) -> None:
    feed = post.field.feed()
    with post.connected(post.package(feed)) as connection:
        connection.sendall(b'<event uid="' + b"x" * 400_000)
        soon(lambda: post.counted(feed).large >= 5)
        connection.sendall(b"</event>")
        connection.sendall(b'<!DOCTYPE a [<!ENTITY b "c">]><event uid="&b;"></event>' + post.field.event())
        soon(lambda: post.placed() == ["Drone 4"])
    assert post.counted(feed).broken >= 1


def test_protobuf_ends_a_connection_with_its_reason(post: Post) -> None:
    feed = post.field.feed()
    with post.connected(post.package(feed)) as connection:
        connection.sendall(b"\xbf\x01\xbfsomething")
        assert connection.recv(1) == b""
    soon(lambda: post.sensing.cut["protobuf"] == 1)
    assert post.counted(feed).refused == 1


def test_one_certificate_has_so_many_connections_and_no_more(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sensing, "EACH", 1)
    place = post.package(post.field.feed())
    with post.connected(place):
        soon(lambda: post.sensing.open == 1)
        with post.connected(place) as second:
            assert second.recv(1) == b""
    assert post.sensing.cut["too-many"] == 1


def test_nothing_of_a_message_is_logged(post: Post, capfd: pytest.CaptureFixture[str]) -> None:
    feed = post.field.feed()
    with post.connected(post.package(feed)) as connection:
        secret = '<contact callsign="ZZSECRET"/>'
        connection.sendall(post.field.event("ZZSECRET", detail=secret) + b"<event ZZSECRET></event>")
        soon(lambda: post.counted(feed).refused == 1)
        register.end(post.field.office, DESK, feed.id)
        connection.sendall(post.field.event("ZZSECRET"))
        assert connection.recv(1) == b""
    soon(lambda: post.sensing.cut["unknown"] == 1)
    out, error = capfd.readouterr()
    assert "sensor-connection-cut" in out + error
    assert "ZZSECRET" not in out + error


def test_what_cannot_be_kept_is_cut_and_told_without_its_text(
    post: Post, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    place = post.package(post.field.feed())

    def fails(*_: object) -> None:
        raise RuntimeError("ZZSECRET")

    monkeypatch.setattr(post.sensing._intake, "take", fails)
    with post.connected(place) as connection:
        connection.sendall(post.field.event())
        assert connection.recv(1) == b""
    soon(lambda: post.sensing.cut["unavailable"] == 1)
    out, error = capfd.readouterr()
    assert "RuntimeError" in out + error
    assert "ZZSECRET" not in out + error


def test_a_port_that_is_taken_is_told(post: Post) -> None:
    taken = msgspec.structs.replace(LISTENING, sensor_port=post.sensing.port)
    office = post.field.office
    with pytest.raises(sensing.BadSetting) as refused:
        Sensing(office, Intake(office), taken, Metrics()).start()
    assert "sensor_port" in refused.value.hint


def test_a_certificate_lasts_as_long_as_its_entry(post: Post) -> None:
    from cryptography import x509

    feed = post.field.feed(until=post.field.now + timedelta(days=3))
    made = x509.load_pem_x509_certificate((post.package(feed) / "pem/client.pem").read_bytes())
    assert made.not_valid_after_utc == feed.until.replace(microsecond=0)
    assert feed.name not in made.subject.rfc4514_string(), "whose it is stands in the register alone"
