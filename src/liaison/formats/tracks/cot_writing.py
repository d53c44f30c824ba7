"""Events of Cursor on Target that we send: where a confirmed hit was read, and a sighting of people in need.

An event goes to everybody on the receiving server. So a hit says that somebody is asked to call, and whom; not the
plate, not the name, not the ground.
"""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape

from liaison.formats.tracks.model import Sighting, Track
from liaison.model.errors import BadInput

BLANKS = {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}

HIT, PEOPLE = "b-m-p-s-m", "b-m-p-s-m"  # a spot marker, which every client shows
PONG = "t-x-c-t-r"
LONGEST = 200  # characters of a label or of remarks
UNKNOWN = "9999999.0"


def hit(track: Track, label: str, remarks: str, stale: datetime) -> bytes:
    """The event of a confirmed hit at the place and time of `track`: its uid, what the marker is called, whom to call.

    Raises BadInput for a label or remarks that are too long or cannot be written, and where it is over at once.
    """
    detail = f"<contact callsign={_quoted(label, 'label')}/><remarks>{_escaped(remarks, 'remarks')}</remarks>"
    moving = [
        f'{name}="{value:.2f}"'
        for name, value in (("course", track.course), ("speed", track.speed))
        if value is not None
    ]
    if moving:
        detail += f"<track {' '.join(moving)}/>"
    where = (track.latitude, track.longitude, track.height, track.accuracy)
    return _event(track.uid, HIT, where, track.time, stale, detail)


def sighting(seen: Sighting, label: str, stale: datetime) -> bytes:
    """The event of a sighting. Raises BadInput as `hit` does."""
    needs = " ".join(need.value for need in seen.needs)
    detail = f'<contact callsign={_quoted(label, "label")}/><people count="{seen.count}" need="{needs}"/>'
    if seen.seen_by:
        detail += f'<link uid={_quoted(seen.seen_by, "seen_by")} relation="p-p"/>'
    where = (seen.latitude, seen.longitude, None, seen.accuracy)
    return _event(seen.uid, PEOPLE, where, seen.time, stale, detail)


def pong(now: datetime, stale: datetime) -> bytes:
    """The answer to a client's ping (`t-x-c-t`): clients take a server that says nothing for gone."""
    times = f'time="{_utc(now)}" start="{_utc(now)}" stale="{_utc(stale)}"'
    point = f'<point lat="0.0" lon="0.0" hae="0.0" ce="{UNKNOWN}" le="{UNKNOWN}"/>'
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return (
        f'{head}<event version="2.0" uid="takPong" type="{PONG}" how="m-g" {times}>{point}</event>'.encode()
    )


def _event(
    uid: str,
    type_: str,
    where: tuple[float, float, float | None, float | None],
    time: datetime,
    stale: datetime,
    detail: str,
) -> bytes:
    if stale <= time:
        raise BadInput("the event would be stale before it is made", field="stale", hint="give a later end")
    latitude, longitude, height, accuracy = where
    point = (
        f'<point lat="{latitude:.7f}" lon="{longitude:.7f}" hae="{_metres(height)}" ce="{_metres(accuracy)}" '
        f'le="{UNKNOWN}"/>'
    )
    times = f'time="{_utc(time)}" start="{_utc(time)}" stale="{_utc(stale)}"'
    event = f'<event version="2.0" uid={_quoted(uid, "uid")} type="{type_}" how="h-e" {times}>'
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return f"{head}{event}{point}<detail>{detail}</detail></event>".encode()


def _utc(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _metres(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:.1f}"


def _held(value: str, field: str) -> str:
    if not value or len(value) > LONGEST or not value.isprintable():
        raise BadInput(f"{field} cannot be sent", field=field, hint=f"1 to {LONGEST} signs that can be read")
    return value


def _quoted(value: str, field: str) -> str:
    return quoteattr(_held(value, field))


def _escaped(value: str, field: str) -> str:
    return _held(value, field).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def quoteattr(text: str) -> str:
    """A text as the value of an attribute, with its quotes; ends of lines and tabs stay what they are."""
    return '"' + "".join(BLANKS.get(sign, sign) for sign in escape(text)) + '"'
