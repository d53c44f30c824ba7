"""An invented road with three cameras, through the node's own HTTP interface, told line by line.

A thousand vehicles on no list pass and leave nothing; one that is wanted is met, compared, confirmed and followed, and
somebody drives with a copy of its plates.
"""

from __future__ import annotations

import base64
import datetime as dt
import random
import time
from typing import Any

import httpx

from liaison.demo.agency import DESK, INVESTIGATOR
from liaison.demo.plates import drawn
from liaison.demo.walk import PATIENCE, Say, at, post

WANTED, READ = "AB 207 KO", "AB 2O7 KO"  # and how a camera misread it
OTHERS = 1_000
LETTERS = "ABCDEFGHJKLMNPRSTVXZ"
CAMERAS = (
    ("km-4", "Border road, kilometre 4", 42.211, 19.592, 180),
    ("km-9", "Border road, kilometre 9", 42.173, 19.613, 180),
    ("km-15", "Border road, kilometre 15", 42.127, 19.631, 180),
)
FAR = ("hill-31", "Hill road, kilometre 31", 41.812, 19.706, 0)  # too far for one car
ENTRY = {
    "plate": WANTED,
    "registered": "AL",
    "make": "Invento Carrier",
    "colour": "white",
    "sought": "wanted",
    "action": "stop",
    "basis": "Order 31/26 of the court at Rivers (invented)",
    "office": "Vehicle crime",
    "contact": "+355 4 555 0101, day and night (invented)",
    "category": "suspect",
    "case": "VC-2026-9",
    "reason": "It carried people in its hold over the border in September.",
}
CASE = {"reference": "OP-2026-023", "title": "Border road", "offence": "smuggling-persons"}
GROUNDS = {
    "purpose": "investigation",
    "basis": "task",
    "justification": "Vans without windows use the border road at night to bring people in.",
}
AGREES = "The picture shows the mark of the entry; the van is grey, and of another make."
REASON = "The picture shows a zero where the camera read an O; colour and make agree with the entry."


def drive(address: str, say: Say, seed: int = 1) -> str:
    """Let vehicles pass the cameras; the path of the alert. Raises httpx.HTTPError where the node refuses."""
    with at(address, DESK) as desk, at(address, INVESTIGATOR) as investigator:
        until = (dt.datetime.now(dt.UTC) + dt.timedelta(days=14)).date().isoformat()
        post(desk, "/api/v1/vehicles", ENTRY | {"until": until})
        case, grounds, secret = _registered(investigator, until)
        say(
            f"{INVESTIGATOR.name} registers {len(CAMERAS)} cameras along the border road and one at the coast,"
        )
        say("on an authority, for 14 days.")
        with httpx.Client(base_url=address, timeout=PATIENCE) as feed:
            feed.headers["Authorization"] = f"Bearer {secret}"
            began = time.monotonic()
            taken = post(feed, "/api/v1/cameras/reads", _others(random.Random(seed)))["taken"]
            say(
                f"{taken:,} vehicles pass in {time.monotonic() - began:.1f} s. None is on a list: no mark stays."
            )
            post(feed, "/api/v1/cameras/reads", [_seen(0, minutes=6), _seen(1, minutes=3)])
            began = time.monotonic()
            post(feed, "/api/v1/cameras/reads", _misread())
            met = _newest(investigator, case)
            say(
                f"A camera reads {met['raw']!r}, and {met['wanted']} is wanted: an alert "
                f"{time.monotonic() - began:.2f} s later. The camera is not told."
            )
            done = post(investigator, f"/api/v1/alerts/{met['alert']}/confirm", {"reason": REASON})
            say(f"She compares the picture and confirms: “{REASON}”")
            say(f"Now she is told what to do: {done['wanted']['action']}, {done['wanted']['contact']}")
            post(feed, "/api/v1/cameras/reads", _copied())
        _follow(investigator, case, grounds, say)
    return f"/alerts/{met['alert']}"


def _follow(client: httpx.Client, case: str, grounds: str, say: Say) -> None:
    """Where the vehicle was, and that it was in two places."""
    post(client, f"/api/v1/alerts/{_newest(client, case)['alert']}/confirm", {"reason": AGREES})
    since = (dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)).isoformat()
    asked = {"grounds": grounds, "mark": WANTED, "since": since}
    found = post(client, "/api/v1/following", asked)
    driven = [leg for leg in found["legs"] if leg["verdict"] == "possible"]
    fastest = max(leg["needed"] for leg in driven)
    say(f"She follows it: {len(driven) + 1} cameras of the border road, at {fastest:.0f} km/h at most.")
    (never,) = (leg for leg in found["legs"] if leg["verdict"] == "clone")
    say(
        f"Within a minute its mark is read {never['kilometres']:.0f} km away, on another van: no car drives so fast."
    )
    say(f"Possibly a copied plate, both pictures side by side: /following/{found['id']}")


def _newest(client: httpx.Client, case: str) -> dict[str, Any]:
    """The newest sighting of the case."""
    answer = client.get("/api/v1/sightings", params={"case": case, "limit": 1}).raise_for_status()
    found: dict[str, Any] = answer.json()["items"][0]
    return found


def _registered(client: httpx.Client, until: str) -> tuple[str, str, str]:
    """The case, the grounds, and the secret of the feed by which its cameras send."""
    case = post(client, "/api/v1/cases", CASE)["id"]
    grounds = post(client, f"/api/v1/cases/{case}/grounds", GROUNDS)["id"]
    feed = post(client, "/api/v1/cameras/feeds", {"case": case, "name": "Recorder of the border road"})
    for code, name, latitude, longitude, bearing in (*CAMERAS, FAR):
        entry = {
            "grounds": grounds,
            "feed": feed["id"],
            "code": code,
            "name": name,
            "latitude": latitude,
            "longitude": longitude,
            "bearing": bearing,
            "country": "AL",
            "authority": "Prosecutor at Rivers, 44/26 (invented)",
            "assessment": "DPIA-2026-3",
            "starts": (dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)).isoformat(),
            "until": until,
            "unmatched_hours": 0,
        }
        post(client, "/api/v1/cameras", entry)
    return case, grounds, feed["secret"]


def _others(chance: random.Random) -> list[dict[str, Any]]:
    """Reads of invented vehicles on no list."""
    now = dt.datetime.now(dt.UTC).isoformat()
    letters = [f"{one}{other}" for one in LETTERS for other in LETTERS if one + other != "AB"]
    return [
        {
            "plate": f"{chance.choice(letters)} {chance.randrange(1000):03} {chance.choice(letters)}",
            "time": now,
            "camera": CAMERAS[number % len(CAMERAS)][0],
        }
        for number in range(OTHERS)
    ]


def _seen(camera: int, minutes: float = 0) -> dict[str, Any]:
    """A read of the wanted vehicle by one of the cameras, so many minutes ago, with its picture."""
    return {
        "plate": WANTED,
        "time": (dt.datetime.now(dt.UTC) - dt.timedelta(minutes=minutes)).isoformat(),
        "camera": CAMERAS[camera][0],
        "confidence": 0.94,
        "direction": "south",
        "vehicle": {"type": "van", "colour": "white", "make": "Invento"},
        "image": base64.b64encode(drawn(WANTED)).decode(),
    }


def _misread() -> dict[str, Any]:
    """A read of it with one sign wrong, and the picture that tells."""
    wrong = {"plate": READ, "confidence": 0.81, "candidates": [{"plate": WANTED, "confidence": 0.64}]}
    return _seen(2) | wrong


def _copied() -> dict[str, Any]:
    """A read of its mark on another vehicle, far away."""
    other = {"type": "van", "colour": "grey", "make": "Ficta"}
    return _seen(0) | {"camera": FAR[0], "direction": "north", "vehicle": other, "confidence": 0.91}
