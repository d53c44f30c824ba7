"""The text of a tree head, as C2SP tlog-checkpoint v1.0.0 writes it, and the numbers and hashes in such texts."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass

from liaison.ledger.tree import HASH, LARGEST
from liaison.model.errors import MalformedNote

LONGEST_ORIGIN = 255  # bytes, as the ML-DSA message of tlog-cosignature allows
NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head: the log's origin, how many leaves, their root, and lines that say nothing to us."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """The text that is signed."""
        lines = (self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


def parse_checkpoint(text: str) -> Checkpoint:
    """The tree head that a note's text states. Raises MalformedNote."""
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop():
        raise MalformedNote("a checkpoint has three lines, each ended")
    origin, size, root, *extensions = lines
    if not origin or len(origin.encode()) > LONGEST_ORIGIN:
        raise MalformedNote(f"an origin has 1 to {LONGEST_ORIGIN} bytes")
    if not all(extensions):
        raise MalformedNote("a line of a checkpoint is empty")
    return Checkpoint(origin, number(size), hash_of(root), tuple(extensions))


def number(written: str) -> int:
    """A size or index in decimal, without leading zeroes. Raises MalformedNote."""
    if not NUMBER.fullmatch(written) or int(written) > LARGEST:
        raise MalformedNote(f"{written[:30]!r} is not a size or index")
    return int(written)


def hash_of(written: str) -> bytes:
    """A SHA-256 in base64. Raises MalformedNote."""
    found = from_base64(written)
    if len(found) != HASH:
        raise MalformedNote(f"a hash has {HASH} bytes, not {len(found)}")
    return found


def hash_lines(hashes: Iterable[bytes]) -> str:
    """Hashes in base64, a line each."""
    return "".join(f"{base64.b64encode(each).decode()}\n" for each in hashes)


def from_base64(written: str) -> bytes:
    """The bytes of standard base64 with padding, written in its one form (RFC 4648 section 4). Raises MalformedNote."""
    try:
        found = base64.b64decode(written.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise MalformedNote("this is not base64") from error
    if base64.b64encode(found).decode() != written:
        raise MalformedNote("this base64 is not in its one form")
    return found
