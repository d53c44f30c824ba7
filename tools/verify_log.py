"""Verify a mirrored log offline: python verify_log.py FOLDER --key VKEY [--sample FILE] [--origin ORIGIN]

For an auditor. It imports nothing of the program that wrote the log: Python 3.9 or newer is all it needs, and the
`cryptography` package only makes the one signature check faster. It checks the checkpoint's signature, every tile
against the one above it, every entry against its tile, and, given a sample (lines of JSON with index, salt and
statement), each statement against its entry. It ends with 0 when all is as signed, 1 when something is not and
2 when it cannot be checked.

Forms: https://c2sp.org/signed-note, https://c2sp.org/tlog-checkpoint, https://c2sp.org/tlog-tiles, RFC 6962
section 2.1, RFC 8032 section 5.1. A leaf of the log is b"liaison/1:" and SHA-256(salt, statement).
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import sys
from pathlib import Path

WIDTH, HASH = 256, 32
LONGEST_NOTE, LONGEST_BUNDLE = 256 * 1024, 256 * 65537
MARK = b"liaison/1:"
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
EIGHTH = 2707385501144840649318225287225658788936804267575313519463743609750303402022
SMALL_ORDER = (0, 1, P - 1, EIGHTH, P - EIGHTH)


class Wrong(Exception):
    """Something is not as it was signed."""


def sha(content: bytes) -> bytes:
    """SHA-256."""
    return hashlib.sha256(content).digest()


def recover_x(y: int, odd: int) -> int | None:
    """The x of the curve's point with this y; None where there is none."""
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (not x and odd):
        return None
    return P - x if x & 1 != odd else x


def decode(encoded: bytes) -> tuple[int, int, int, int] | None:
    """The point of 32 bytes in extended coordinates; None for small order and for other encodings."""
    number = int.from_bytes(encoded, "little")
    y, odd = number & ((1 << 255) - 1), number >> 255
    if y >= P or y in SMALL_ORDER:
        return None
    x = recover_x(y, odd)
    return None if x is None else (x, y, 1, x * y % P)


def add(p: tuple[int, int, int, int], q: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """The sum of two points."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(times: int, point: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """A multiple of a point."""
    total = (0, 1, 1, 0)
    while times:
        if times & 1:
            total = add(total, point)
        point, times = add(point, point), times >> 1
    return total


def plain_verify(key: bytes, signature: bytes, message: bytes) -> bool:
    """Ed25519 in plain Python (RFC 8032 section 5.1.7, without the cofactor)."""
    public, r = decode(key), decode(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if len(key) != 32 or len(signature) != 64 or public is None or r is None or s >= L:
        return False
    base_y = 4 * pow(5, P - 2, P) % P
    base_x = recover_x(base_y, 0)
    assert base_x is not None
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    left = multiply(s, (base_x, base_y, 1, base_x * base_y % P))
    right = add(r, multiply(h, public))
    return not (
        (left[0] * right[2] - right[0] * left[2]) % P or (left[1] * right[2] - right[1] * left[2]) % P
    )


def verify_signature(key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether an Ed25519 signature holds, by the `cryptography` package where there is one."""
    if decode(key) is None or len(signature) != 64 or decode(signature[:32]) is None:
        return False
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return plain_verify(key, signature, message)
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def unpack_key(vkey: str) -> tuple[str, bytes, bytes]:
    """Name, key id and Ed25519 key of a verifier key."""
    parts = re.fullmatch(r"([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)", vkey)
    if not parts:
        raise ValueError("this is not a verifier key: it reads NAME+ID+KEY")
    name, key_id, encoded = parts.groups()
    content = base64.b64decode(encoded, validate=True)
    if content[:1] != b"\x01" or len(content) != 33:
        raise ValueError("give the log's Ed25519 verifier key")
    if sha(f"{name}\n".encode() + content)[:4].hex() != key_id:
        raise ValueError("the verifier key's id does not fit its name and bytes")
    return name, bytes.fromhex(key_id), content[1:]


def open_checkpoint(note: bytes, vkey: str) -> tuple[str, int, bytes]:
    """Origin, size and root of a checkpoint that this key signed."""
    name, key_id, key = unpack_key(vkey)
    body, found, lines = note.decode("utf-8").rpartition("\n\n")
    text = body + "\n"
    signatures = [line.split(" ") for line in lines.split("\n") if line]
    good = False
    for parts in signatures:
        if not found or len(parts) != 3 or parts[0] != "—":
            raise Wrong("the checkpoint is not in its form")
        blob = base64.b64decode(parts[2], validate=True)
        if (parts[1], blob[:4]) == (name, key_id):
            if not verify_signature(key, blob[4:], text.encode()):
                raise Wrong("the checkpoint's signature is not that of its key")
            good = True
    if not good:
        raise Wrong(f"{name} did not sign the checkpoint")
    origin, size, root = text.split("\n")[:3]
    if not re.fullmatch(r"0|[1-9][0-9]{0,18}", size):
        raise Wrong("the checkpoint's size is not a number")
    return origin, int(size), base64.b64decode(root, validate=True)


def tile_name(level: str, index: int, width: int) -> str:
    """The file of a tile or bundle."""
    name = f"{index % 1000:03}"
    rest = index // 1000
    while rest:
        name, rest = f"x{rest % 1000:03}/{name}", rest // 1000
    return f"tile/{level}/{name}" + (f".p/{width}" if width < WIDTH else "")


def subtree(hashes: list[bytes]) -> bytes:
    """The Merkle tree hash over any number of hashes (RFC 6962 section 2.1)."""
    if len(hashes) == 1:
        return hashes[0]
    if not len(hashes) & (len(hashes) - 1):
        while len(hashes) > 1:
            hashes = [sha(b"\x01" + hashes[i] + hashes[i + 1]) for i in range(0, len(hashes), 2)]
        return hashes[0]
    middle = 1 << (len(hashes) - 1).bit_length() - 1
    return sha(b"\x01" + subtree(hashes[:middle]) + subtree(hashes[middle:]))


class Mirror:
    """A log's files in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, name: str, most: int) -> bytes:
        """A file of at most `most` bytes."""
        try:
            with (self.folder / name).open("rb") as file:
                content = file.read(most + 1)
        except OSError as error:
            raise Wrong(f"{name} is missing: {error.strerror}") from error
        if len(content) > most:
            raise Wrong(f"{name} is too long")
        return content

    def part(self, level: str, index: int, width: int, most: int) -> tuple[str, bytes]:
        """The name and bytes of a tile or bundle; where a full one took a partial one's place, those."""
        name = tile_name(level, index, width)
        if width < WIDTH and not (self.folder / name).exists():
            name = tile_name(level, index, WIDTH)
        return name, self.read(name, most)

    def hashes(self, level: int, index: int, width: int) -> list[bytes]:
        """The hashes of a tile."""
        name, content = self.part(str(level), index, width, WIDTH * HASH)
        if len(content) < width * HASH or len(content) % HASH:
            raise Wrong(f"{name} does not hold {width} hashes")
        return [content[place : place + HASH] for place in range(0, width * HASH, HASH)]

    def entries(self, index: int, width: int) -> list[bytes]:
        """The entries of a bundle."""
        name, content = self.part("entries", index, width, LONGEST_BUNDLE)
        found, place = [], 0
        while place < len(content):
            end = place + 2 + int.from_bytes(content[place : place + 2], "big")
            if place + 2 > len(content) or end > len(content):
                raise Wrong(f"{name} ends within entry {index * WIDTH + len(found)}")
            found.append(content[place + 2 : end])
            place = end
        if len(found) != (width if ".p/" in name else WIDTH):
            raise Wrong(f"{name} holds {len(found)} entries")
        return found[:width]


def verify(mirror: Mirror, vkey: str, origin: str) -> tuple[str, int, list[bytes]]:
    """Origin, size and every leaf's hash, once all of the log is seen to be as signed."""
    found, size, root = open_checkpoint(mirror.read("checkpoint", LONGEST_NOTE), vkey)
    if origin and found != origin:
        raise Wrong(f"this is the log {found}")
    leaves: list[bytes] = []
    for index in range(-(-size // WIDTH)):
        width = min(WIDTH, size - index * WIDTH)
        hashes = mirror.hashes(0, index, width)
        for place, entry in enumerate(mirror.entries(index, width)):
            if sha(b"\x00" + entry) != hashes[place]:
                raise Wrong(f"entry {index * WIDTH + place} is not what tile/0 holds for it")
        leaves += hashes
    below, level = leaves, 0
    while len(below) >= WIDTH:
        level += 1
        above = [subtree(below[i : i + WIDTH]) for i in range(0, len(below) // WIDTH * WIDTH, WIDTH)]
        for index in range(-(-len(above) // WIDTH)):
            part = above[index * WIDTH : (index + 1) * WIDTH]
            for place, held in enumerate(mirror.hashes(level, index, len(part))):
                if held != part[place]:
                    child = tile_name(str(level - 1), index * WIDTH + place, WIDTH)
                    raise Wrong(
                        f"{child} does not hash to what {tile_name(str(level), index, len(part))} holds"
                    )
        below = above
    if (subtree(leaves) if leaves else sha(b"")) != root:
        raise Wrong("the entries do not lead to the signed root")
    return found, size, leaves


def check_sample(path: Path, leaves: list[bytes]) -> int:
    """How many statements of a sample were found to be what their entries commit to."""
    count = 0
    for row, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            one = json.loads(line)
            index, salt, statement = one["index"], bytes.fromhex(one["salt"]), one["statement"].encode()
            known = isinstance(index, int) and 0 <= index < len(leaves) and len(salt) == 32
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Wrong(f"row {row} of the sample is not in its form") from error
        if not known:
            raise Wrong(f"row {row} of the sample names no entry of this log")
        if sha(b"\x00" + MARK + sha(salt + statement)) != leaves[index]:
            raise Wrong(f"row {row} of the sample is not what entry {index} commits to")
        count += 1
    return count


def main(arguments: list[str] | None = None) -> int:
    """Verify and say what was found; the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="the mirrored log")
    parser.add_argument("--key", required=True, help="the log's verifier key, from its owner: NAME+ID+KEY")
    parser.add_argument("--origin", default="", help="the log's origin; left out, any that the key signed")
    parser.add_argument("--sample", type=Path, help="lines of JSON: index, salt, statement")
    options = parser.parse_args(arguments)
    try:
        origin, size, leaves = verify(Mirror(options.folder), options.key, options.origin)
        print(f"{origin}: {size:,} entries are as they were signed")
        if options.sample:
            print(f"{check_sample(options.sample, leaves):,} statements are what their entries commit to")
    except Wrong as error:
        print(f"NOT AS SIGNED: {error}", file=sys.stderr)
        return 1
    except (ValueError, OSError) as error:
        print(f"cannot be checked: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
