"""Frames between the node and its key process: four bytes of length, one that says what, and the content. Bounded."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Sequence
from enum import IntEnum

LARGEST = 2**20  # bytes of a frame's content
MOST = 4096  # inputs in a frame
HEADER = 5


class What(IntEnum):
    """What a frame is."""

    KEY = 1  # node: seed and words of the key, once, first; process: the public key
    EVALUATE = 2  # node: points; process: proof and points
    OUTPUTS = 3  # node: inputs; process: the first eight bytes of each output
    REFUSED = 4  # process: the place of a bad point, or zero, in four bytes, then why


class BadFrame(Exception):
    """Bytes that are no frame; nothing after them is read."""


def send(link: socket.socket, what: What, *content: bytes | bytearray) -> None:
    """Send one frame. Raises ValueError for one that is too large, OSError."""
    size = sum(map(len, content))
    if size > LARGEST:
        raise ValueError(f"a frame of {size} bytes is larger than {LARGEST}")
    link.sendall(b"".join([size.to_bytes(4, "big"), bytes([what]), *content]))


def receive(link: socket.socket) -> tuple[What, bytearray]:
    """The next frame. Raises EOFError where the other side is gone, BadFrame, OSError."""
    header = _exactly(link, HEADER)
    size = int.from_bytes(header[:4], "big")
    if size > LARGEST or header[4] not in list(What):
        raise BadFrame(f"a frame of {size} bytes that is of kind {header[4]}")
    return What(header[4]), _exactly(link, size)


def _exactly(link: socket.socket, size: int) -> bytearray:
    found = bytearray(size)
    rest = memoryview(found)
    while rest:
        count = link.recv_into(rest)
        if not count:
            raise EOFError("the other side is gone")
        rest = rest[count:]
    return found


def joined(inputs: Iterable[bytes]) -> bytes:
    """Inputs as one content: each with its length before it, in two bytes."""
    return b"".join(part for each in inputs for part in (len(each).to_bytes(2, "big"), each))


def parted(content: bytes) -> list[bytes]:
    """What `joined` joined. Raises BadFrame, also for more than 4,096 inputs."""
    found: list[bytes] = []
    place = 0
    while place < len(content):
        end = place + 2 + int.from_bytes(content[place : place + 2], "big")
        if end > len(content) or place + 2 > len(content):
            raise BadFrame("an input is shorter than it says")
        if len(found) == MOST:
            raise BadFrame(f"more than {MOST} inputs")
        found.append(content[place + 2 : end])
        place = end
    return found


def portions(inputs: Sequence[bytes], most: int = MOST) -> list[Sequence[bytes]]:
    """The inputs in parts of at most `most` that fit in a frame each."""
    found, start, size = [], 0, 0
    for place, each in enumerate(inputs):
        if place - start == most or size + 2 + len(each) > LARGEST:
            found.append(inputs[start:place])
            start, size = place, 0
        size += 2 + len(each)
    return [*found, inputs[start:]] if len(inputs) > start else found
