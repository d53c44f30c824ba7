"""How long and how large a request may be, and how many connections there may be at once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

UPLOADS = (b"multipart/form-data", b"application/octet-stream", b"application/x-ndjson", b"text/csv")
LONGEST_UPLOAD = 900.0  # seconds
SLOWEST_UPLOAD = 65_536  # bytes in each body deadline


@dataclass(frozen=True, slots=True)
class Limits:
    """Deadlines in seconds, sizes in bytes."""

    head_seconds: float = 6.0
    body_seconds: float = 12.0
    write_seconds: float = 12.0
    idle_seconds: float = 6.0
    head_bytes: int = 32_768
    body_bytes: int = 1_048_576
    upload_bytes: int = 1_073_741_824
    connections: int = 1024
    connections_each: int = 256
    proxies: frozenset[str] = frozenset()

    def longest(self, content_type: bytes) -> int:
        """The most bytes that a body of this type may have."""
        return self.upload_bytes if is_upload(content_type) else self.body_bytes


@dataclass(slots=True)
class Crowd:
    """Who is connected."""

    limits: Limits
    total: int = 0
    each: Counter[str] = field(default_factory=Counter)

    def enter(self, address: str) -> bool:
        """Whether one more connection from this address may stay; counted where it may."""
        crowded = self.each[address] >= self.limits.connections_each and address not in self.limits.proxies
        if crowded or self.total >= self.limits.connections:
            return False
        self.total += 1
        self.each[address] += 1
        return True

    def leave(self, address: str) -> None:
        """One connection that had entered is gone."""
        self.total -= 1
        self.each[address] -= 1
        if not self.each[address]:
            del self.each[address]


def is_upload(content_type: bytes) -> bool:
    """Whether a body of this type is a file, which may be long and take its time."""
    return content_type.split(b";")[0].strip().lower() in UPLOADS
