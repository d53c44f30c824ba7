"""A body of messages that a drone, a boat, a team or their receiver posts: recognised by itself, read by its reader.

Cursor on Target (one event or many), people in need as our own JSON, Remote ID as `{"type": "remote-id", ...}` around
the bytes that were broadcast, sentences of AIS, packets of MISB ST 0601.
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from liaison.formats.feeds import Doubts
from liaison.formats.feeds.doubts import shown
from liaison.formats.tracks import ais, klv, people, positions, remote_id
from liaison.formats.tracks.cot import PROTOBUF
from liaison.formats.tracks.cot_stream import Refusal, Stream
from liaison.formats.tracks.model import Report
from liaison.model.errors import BadInput

LARGEST = 1 << 20  # bytes of a body
MOST = 1_000  # messages of one body of JSON
REMOTE_ID = "remote-id"
FIELDS = ("type", "sender", "received", "messages")
FORMS = (
    "send Cursor on Target, people in need or Remote ID as JSON, sentences of AIS, or packets of MISB ST 0601"
)
DECODER = msgspec.json.Decoder()
Found = Report | Refusal


def read(body: bytes, now: datetime) -> list[Found]:
    """What each message of a body holds, or why it is refused. `now`: aware.

    Raises BadInput for a body that is too large or of no form that is read, PartMissing where AIS cannot be read.
    """
    if len(body) > LARGEST:
        hint = f"send {LARGEST:,} bytes at most in one body"
        raise BadInput(f"the body has {len(body):,} bytes", field="body", hint=hint)
    inside = body.strip()
    if body.startswith(klv.KEY):
        return [_frame(each, at) for at, each in enumerate(klv.frames(body))]
    if inside[:1] == b"<" or body[:1] == PROTOBUF:
        return _events(body, now)
    if inside[:1] in (b"{", b"["):
        return _objects(inside, now)
    if inside[:1] in (b"!", b"\\", b"$"):
        return _sentences(body, now)
    raise BadInput("this is no message that is read here", field="body", hint=FORMS)


def _events(body: bytes, now: datetime) -> list[Found]:
    stream = Stream()
    found = stream.feed(body, now)
    if left := stream.unfinished:
        hint = "send whole events: each ends with </event>"
        found.append(Refusal(len(body) - left, f"the last {left:,} bytes are no whole event", hint))
    return found


def _frame(frame: klv.Frame | BadInput, at: int) -> Found:
    if isinstance(frame, BadInput):
        return Refusal(at, str(frame), frame.hint, frame.field)
    if frame.track is None:
        return Report(doubts=frame.doubts, ignored="a packet without a time, a place or a platform")
    looked = None
    if frame.centre_latitude is not None and frame.centre_longitude is not None:
        looked = (frame.centre_latitude, frame.centre_longitude)
    return Report(tracks=(replace(frame.track, looked_at=looked),), doubts=frame.doubts)


def _sentences(body: bytes, now: datetime) -> list[Found]:
    heard = ais.Receiver().read(body, now)
    names = {each.mmsi: each.name for each in heard.vessels}
    tracks = tuple(replace(each, callsign=names.get(each.uid, "")) for each in heard.tracks)
    refused = [Refusal(0, each.words, each.hint, each.place) for each in heard.doubts]
    passed = f"{heard.passed:,} messages of other kinds" if heard.passed else ""
    ignored = passed or ("names of vessels alone" if heard.vessels and not tracks else "")
    return [Report(tracks=tracks, ignored=ignored), *refused] if tracks or ignored else [*refused]


def _objects(body: bytes, now: datetime) -> list[Found]:
    """The messages of a list, of lines, or one alone."""
    try:
        held = DECODER.decode(body)
        messages = held if isinstance(held, list) else [held]
    except (msgspec.MsgspecError, ValueError, RecursionError):
        messages = body.splitlines()
    if len(messages) > MOST:
        raise BadInput(f"{len(messages):,} messages", field="body", hint=f"send {MOST:,} at most")
    found: list[Found] = []
    for at, each in enumerate(messages):
        try:
            found.append(_object(each, now))
        except BadInput as bad:
            found.append(Refusal(at, str(bad), bad.hint, bad.field))
    return found


def _object(message: Any, now: datetime) -> Report:
    if isinstance(message, bytes):
        try:
            message = DECODER.decode(message)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise BadInput(f"the message is no JSON: {error}", hint="send JSON in UTF-8") from None
    if isinstance(message, dict) and message.get("type") == REMOTE_ID:
        return _broadcast(message, now)
    return people.read(msgspec.json.encode(message), now)


def _broadcast(message: dict[str, Any], now: datetime) -> Report:
    for name in message:
        if name not in FIELDS:
            hint = f"send {', '.join(FIELDS)} alone"
            raise BadInput(f"there is no field {shown(name)!r}", field=shown(name), hint=hint)
    doubts = Doubts()
    received = positions.when(message["received"], "received", doubts) if message.get("received") else now
    sender = message.get("sender", "")
    if not isinstance(sender, str) or len(sender) > 64 or not (sender.isprintable() or not sender):
        raise BadInput("the sender is no address", field="sender", hint="as in 02:00:00:aa:bb:cc")
    raw = message.get("messages")
    packed = raw if isinstance(raw, list) else [raw]
    data = b"".join(_bytes(each) for each in packed[: remote_id.MOST + 1])
    if len(packed) > remote_id.MOST or len(data) // remote_id.SIZE > remote_id.MOST:
        hint = f"send one pack, or {remote_id.MOST} messages at most, in one broadcast"
        raise BadInput("there are more messages than a pack holds", field="messages", hint=hint)
    if len(data) > remote_id.SIZE and data[:1] and data[0] >> 4 != remote_id.PACK:
        data = bytes([0xF0, remote_id.SIZE, len(data) // remote_id.SIZE]) + data
    heard = remote_id.read(data, received, sender)
    told = doubts.told() + heard.doubts
    if heard.track is None:
        return Report(doubts=told, ignored="a broadcast without a place")
    return Report(tracks=(heard.track,), doubts=told)


def _bytes(text: object) -> bytes:
    try:
        return base64.b64decode(text if isinstance(text, str) else "", validate=True)
    except (binascii.Error, ValueError):
        hint = "send the bytes of the broadcast in base64, one message or pack, or a list of them"
        raise BadInput("the messages are no base64", field="messages", hint=hint) from None
