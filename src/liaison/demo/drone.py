"""An invented drone over a mountain path: seven people in need are found, rescue is told first, and its track expires.

It connects as a client in the field does: Cursor on Target over TLS, with the certificate of its own.
"""

from __future__ import annotations

import datetime as dt
import io
import socket
import ssl
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from liaison.demo.agency import DESK, INVESTIGATOR, SUPERVISOR
from liaison.demo.walk import PATIENCE, Say, at, post
from liaison.formats.tracks import Need, Sighting, cot_writing
from liaison.formats.tracks.model import Source

PATH = ((42.4379, 19.8991), (42.4381, 19.9003), (42.4384, 19.9012))
LASTS = dt.timedelta(seconds=3)  # that a place of this drone counts
DRONE = {
    "name": "Drone 4",
    "kind": "drone",
    "unit": "Mountain post (invented)",
    "authority": "Order 12/26 of the ministry (invented)",
    "assessment": "DPIA-2026-5",
}


def fly(address: str, say: Say) -> str:
    """Let the drone fly; the path of the page of those whom it found. Raises httpx.HTTPError where the node refuses."""
    with at(address, DESK) as desk, at(address, SUPERVISOR) as chief, at(address, INVESTIGATOR) as other:
        until = (dt.datetime.now(dt.UTC) + dt.timedelta(days=14)).date().isoformat()
        drone = post(chief, "/api/v1/sensors", DRONE | {"until": until})
        package = chief.post(f"/api/v1/sensors/{drone['id']}/certificate").raise_for_status().content
        contact = {"person": _self(desk), "role": "rescue", "reached": "radio channel 3"}
        post(chief, "/api/v1/in-need/contacts", contact)
        say(
            f"{SUPERVISOR.name} registers a drone and names {DESK.name} as who is told of people in need, first."
        )
        with connected(package) as drone_link:
            for latitude, longitude in PATH:
                drone_link.sendall(_place(latitude, longitude))
            drone_link.sendall(_found(*PATH[-1]))
            (need,) = _soon(lambda: _items(desk, "/api/v1/in-need"))
            (track,) = _soon(lambda: _items(other, "/api/v1/sensors/tracks"))
        say(
            f"Over TLS it tells of {need['people']} people on a mountain path; their needs: {', '.join(need['needs'])}."
        )
        hidden = not _items(other, "/api/v1/in-need")
        say(
            f"{DESK.name} is told. {INVESTIGATOR.name} sees {'nothing of it yet' if hidden else 'it as well'}."
        )
        for step in ("take", "under-way"):
            need = post(desk, f"/api/v1/in-need/{need['id']}/{step}")
        (seen,) = _items(other, "/api/v1/in-need")
        say(
            f"He takes it, and help is under way: now she sees it too, as {seen['people']} people on the map."
        )
        _soon(lambda: not _items(other, "/api/v1/sensors/tracks"))
        say(f"The place of {track['name']} is stale after {LASTS.seconds} s, and on no page any more.")
    return f"/in-need/{need['id']}"


@contextmanager
def connected(package: bytes) -> Iterator[ssl.SSLSocket]:
    """A connection with the certificate of this package, to the address that it names."""
    with tempfile.TemporaryDirectory() as aside, zipfile.ZipFile(io.BytesIO(package)) as packed:
        packed.extractall(aside)
        pem = Path(aside) / "pem"
        context = ssl.create_default_context(cafile=str(pem / "authority.pem"))
        context.load_cert_chain(pem / "client.pem", pem / "client.key")
        said = packed.read("cert/config.pref").decode().partition("connectString0")[2]
        host, port, _ = said.partition(">")[2].partition("<")[0].rsplit(":", 2)
        with (
            socket.create_connection((host, int(port)), PATIENCE) as plain,
            context.wrap_socket(plain, server_hostname=host) as connection,
        ):
            yield connection


def _place(latitude: float, longitude: float) -> bytes:
    now = dt.datetime.now(dt.UTC)
    times = f'time="{now.isoformat()}" start="{now.isoformat()}" stale="{(now + LASTS).isoformat()}"'
    return (
        f'<event version="2.0" uid="invented-drone-4" type="a-f-A-M-H-Q" how="m-g" {times}>'
        f'<point lat="{latitude}" lon="{longitude}" hae="1840" ce="5" le="9"/>'
        '<detail><contact callsign="Drone 4"/><track course="61" speed="7"/></detail></event>'
    ).encode()


def _found(latitude: float, longitude: float) -> bytes:
    now = dt.datetime.now(dt.UTC)
    seen = Sighting(
        source=Source.COT,
        uid="invented-sighting-1",
        count=7,
        needs=(Need.MEDICAL, Need.EXPOSURE),
        latitude=latitude,
        longitude=longitude,
        time=now,
        accuracy=25,
        seen_by="invented-drone-4",
    )
    return cot_writing.sighting(seen, "People in need", now + dt.timedelta(minutes=5))


def _self(client: httpx.Client) -> str:
    return str(client.get("/api/v1/me").raise_for_status().json()["person"])


def _items(client: httpx.Client, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(path).raise_for_status().json()["items"]
    return found


def _soon(found: Any) -> Any:
    """What is there within some seconds."""
    end = time.monotonic() + PATIENCE
    while not (what := found()) and time.monotonic() < end:
        time.sleep(0.1)
    return what
