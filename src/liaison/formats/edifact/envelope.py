"""Interchanges, groups, messages and their parts (ISO 9735-1), held against the counts they give of themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from liaison.formats.edifact.splitting import Interchange

OPENS, CLOSES = ("UNH", "UIH"), ("UNT", "UIT")
ASK = "compare with the carrier's own count; where it is larger, ask for the message again"
CUT = "ask the carrier to send it again; what was read up to here is kept"
PART = re.compile(r"(\d{1,2})(?::([A-Z]))?")
TYPE = re.compile(r"[A-Z]{6}")  # an interactive message (UIH) names its type first


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """Who sent an interchange to whom, and when: `sent` as ISO 8601 in the sender's time, empty where not readable."""

    sender: str = ""
    recipient: str = ""
    sent: str = ""
    reference: str = ""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a message that was sent in several (data elements 0068 and S010)."""

    reference: str
    number: int
    first: bool = False  # C, creation
    final: bool = False  # F


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message: segments `first` (its UNH) to before `stop`, where its UNT stands if it has one; from 0."""

    type: str
    version: str
    reference: str
    first: int
    stop: int
    header: Header
    part: Part | None = None


def headers(interchange: Interchange) -> list[tuple[int, Header]]:
    """Each UNB and where it stands. An interchange without one has an empty header."""
    found = [
        (at, _header(interchange, at))
        for at, raw in enumerate(interchange.segments)
        if raw[:3] in ("UNB", "UIB")
    ]
    return found or [(0, Header())]


def messages(interchange: Interchange) -> Iterator[Message]:
    """Every message; what disagrees in the envelope goes to the interchange's doubts."""
    segments, doubts = interchange.segments, interchange.doubts
    service = [at for at, raw in enumerate(segments) if raw[:2] in ("UN", "UI")]
    if not any(segments[at][:3] in ("UNB", "UIB") for at in service):
        doubts.add(0, "there is no interchange header (UNB)", "who sent it is taken from the message")
    header, opened, in_group, in_interchange = Header(), -1, 0, 0
    for at in service:
        tag = segments[at][:3]
        if opened >= 0 and tag not in CLOSES:
            doubts.add(opened, f"the message has no end (UNT) before {tag}", CUT)
            yield _message(interchange, opened, at, header)
            opened = -1
        if tag in ("UNB", "UIB"):
            header, in_interchange = _header(interchange, at), 0
        elif tag == "UNG":
            in_group = 0
            in_interchange += 1
        elif tag in OPENS:
            opened, in_group = at, in_group + 1
        elif tag in CLOSES:
            if opened < 0:
                doubts.add(at, f"{tag} ends a message that did not begin", CUT)
                continue
            message = _message(interchange, opened, at, header)
            _hold_message(interchange, message)
            yield message
            opened = -1
        elif tag == "UNE":
            _hold_count(interchange, at, in_group, "messages in the group")
        elif tag in ("UNZ", "UIZ"):
            if tag == "UNZ":
                _hold_count(
                    interchange, at, in_interchange or in_group, "messages or groups in the interchange"
                )
            in_group = 0
    if opened >= 0:
        doubts.add(len(segments) - 1, "the file ends within the message: it may be cut", CUT)
        yield _message(interchange, opened, len(segments), header)
    _hold_end(interchange, service)


def _hold_end(interchange: Interchange, service: list[int]) -> None:
    segments, doubts = interchange.segments, interchange.doubts
    ends = [at for at in service if segments[at][:3] in ("UNZ", "UIZ")]
    if not ends:
        doubts.add(len(segments) - 1, "the interchange has no end (UNZ): it may be cut", CUT)
    elif ends[-1] + 1 < len(segments) and not any(at > ends[-1] for at in service):
        doubts.add(
            ends[-1] + 1,
            "there is text behind the end (UNZ) that was not read",
            "look whether it belongs to it",
        )


def _hold_message(interchange: Interchange, message: Message) -> None:
    closed, own = message.stop, message.reference
    elements = interchange.elements(closed)
    if elements[0] == "UIT":  # the reference comes first there
        elements[1:3] = elements[2:0:-1]
    said, counted = _number(elements), closed - message.first + 1
    if said is not None and said != counted:
        interchange.doubts.add(closed, f"UNT says {said:,} segments; the message has {counted:,}", ASK)
    reference = interchange.value(elements[2]) if len(elements) > 2 else ""
    if reference and reference != own:
        interchange.doubts.add(
            closed, f"UNT ends message {reference!r}, but {own!r} was open", "look whether a part is missing"
        )


def _hold_count(interchange: Interchange, at: int, counted: int, what: str) -> None:
    said = _number(interchange.elements(at))
    if said is not None and said != counted:
        tag = interchange.segments[at][:3]
        interchange.doubts.add(at, f"{tag} says {said:,} {what}; there are {counted:,}", ASK)


def _number(elements: list[str]) -> int | None:
    text = elements[1].strip() if len(elements) > 1 else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _header(interchange: Interchange, at: int) -> Header:
    parts = [interchange.components(element) for element in interchange.elements(at)]
    parts += [[""]] * (9 - len(parts))
    if parts[0][0] == "UIB":  # interactive (ISO 9735-3): sender, recipient and time stand behind the dialogue
        return Header(sender=parts[6][0], recipient=parts[7][0], sent=_sent(parts[8]), reference=parts[2][0])
    return Header(sender=parts[2][0], recipient=parts[3][0], sent=_sent(parts[4]), reference=parts[5][0])


def _sent(parts: list[str]) -> str:
    """`080708`, `0545` as 2008-07-08T05:45; empty where it is none."""
    day, clock = parts[0], (parts[1:] or [""])[0][:4]
    if not (day.isascii() and day.isdigit() and len(day) in (6, 8)):
        return ""
    day = day if len(day) == 8 else f"20{day}"
    if not (1 <= int(day[4:6]) <= 12 and 1 <= int(day[6:]) <= 31):
        return ""
    timed = len(clock) == 4 and clock.isascii() and clock.isdigit() and clock < "2400" and clock[2:] < "60"
    return f"{day[:4]}-{day[4:6]}-{day[6:]}" + (f"T{clock[:2]}:{clock[2:]}" if timed else "")


def _message(interchange: Interchange, opened: int, stop: int, header: Header) -> Message:
    parts = [interchange.components(element) for element in interchange.elements(opened)]
    parts += [[""]] * (5 - len(parts))
    named = 1 if interchange.segments[opened][:3] == "UIH" and TYPE.fullmatch(parts[1][0]) else 2
    version = ":".join(parts[named][1:3])
    return Message(
        type=parts[named][0],
        version=version,
        reference=parts[1][0] if named == 2 else parts[2][0],
        first=opened,
        stop=stop,
        header=header,
        part=_part(parts[named + 1 : named + 3]) if named == 2 else None,
    )


def _part(parts: list[list[str]]) -> Part | None:
    if len(parts) < 2:
        return None
    match = PART.fullmatch(":".join(parts[1][:2]).rstrip(":"))
    if match is None:
        return None
    return Part(reference=parts[0][0], number=int(match[1]), first=match[2] == "C", final=match[2] == "F")
