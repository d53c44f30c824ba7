"""The keys of a node in one encrypted file, which replaces the last one: there is never a series of them.

scrypt (RFC 7914) makes the file's key of a passphrase; AES-256-GCM seals it together with the file's first line. A
key that was destroyed on the node is then in no copy once the next file has replaced this one.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
import struct
from pathlib import Path
from urllib.parse import quote

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from liaison.model.errors import BadInput, BadSetting, StoreUnavailable
from liaison.node.identity import FILES
from liaison.node.making import sync_folder
from liaison.partners.own import KEY_FILE, key_files
from liaison.ports import Compartment

FIRST_LINE = b"liaison-keys-1\n"
SALT, NONCE = 16, 12  # bytes
COST = struct.Struct(">III")
HARD = (2**17, 8, 1)  # scrypt's N, r, p: 128 MiB
HARDEST = 2**20
SHORTEST = 12  # signs of a passphrase
RING = "keys.db"
SPARE_IDS = 1_000_000
CONTENT = msgspec.msgpack.Decoder(dict[str, bytes])


def save_keys(folder: Path, place: Path, passphrase: str) -> None:
    """Save every key in `folder` to the file `place`, in place of the last one.

    The ring may be in use. Raises BadSetting for a weak passphrase or a missing key, OSError.
    """
    if len(passphrase) < SHORTEST:
        raise BadSetting(f"the passphrase is under {SHORTEST} signs", hint="take five words by chance")
    content = msgspec.msgpack.encode(_collected(folder, place))
    salt, nonce = secrets.token_bytes(SALT), secrets.token_bytes(NONCE)
    head = FIRST_LINE + COST.pack(*HARD) + salt + nonce
    sealed = AESGCM(_key(passphrase, salt, HARD)).encrypt(nonce, content, head)
    _replace(place, head + sealed)


def open_keys(place: Path, passphrase: str) -> dict[str, bytes]:
    """The files of the key folder by name. Raises BadInput for a wrong passphrase or a damaged file."""
    content = place.read_bytes()
    size = len(FIRST_LINE) + COST.size + SALT + NONCE
    head, sealed = content[:size], content[size:]
    if not head.startswith(FIRST_LINE) or len(head) < size:
        raise BadInput(f"{place} holds no keys of a node", file=str(place), hint="give the file of --keys-to")
    cost = COST.unpack(head[len(FIRST_LINE) :][: COST.size])
    salt, nonce = head[-SALT - NONCE : -NONCE], head[-NONCE:]
    if cost[0] > HARDEST or cost[0] & (cost[0] - 1) or cost[0] < 2 or cost[1] * cost[2] not in range(1, 65):
        raise BadInput(f"{place} is damaged", file=str(place), hint="give another copy")
    try:
        opened = AESGCM(_key(passphrase, salt, cost)).decrypt(nonce, sealed, head)
    except InvalidTag as error:
        raise BadInput(
            f"{place} does not open", file=str(place), hint="the passphrase is wrong, or the file is damaged"
        ) from error
    return CONTENT.decode(opened)


def put_keys(files: dict[str, bytes], folder: Path) -> None:
    """Write the files of a key folder that is empty, readable by their owner alone.

    Ids of keys go on well past the last one that was saved: an id given out since then is not given out again.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, content in files.items():
        if name not in _names() and name != RING and not KEY_FILE.fullmatch(name):
            raise BadInput(f"{name!r} is no key of a node", hint="the file was not made by this program")
        place = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(place, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
    ring = sqlite3.connect(folder / RING)
    with ring:
        ring.execute("UPDATE sqlite_sequence SET seq = seq + ? WHERE name = 'keys'", (SPARE_IDS,))
    ring.close()


def _names() -> set[str]:
    return {f"{part.value}.key" for part in Compartment} | set(FILES.values())


def _collected(folder: Path, place: Path) -> dict[str, bytes]:
    try:
        named = _names() | set(key_files(folder))
        files = {name: (folder / name).read_bytes() for name in named if (folder / name).exists()}
        return files | {RING: _ring(folder, place)}
    except (OSError, sqlite3.Error) as error:
        raise StoreUnavailable(f"the keys in {folder} cannot be read: {error}") from error


def _ring(folder: Path, place: Path) -> bytes:
    """A whole copy of the ring, without what was deleted from it; it stands on no disk but for a moment."""
    fresh = folder / f".{place.name}.{secrets.token_hex(4)}"
    ring = sqlite3.connect(f"file:{quote(str((folder / RING).absolute()))}?mode=ro", uri=True, timeout=30)
    try:
        ring.execute("VACUUM INTO ?", (str(fresh),))
        return fresh.read_bytes()
    finally:
        ring.close()
        fresh.unlink(missing_ok=True)


def _replace(place: Path, content: bytes) -> None:
    fresh = place.with_name(f".{place.name}.new")
    fresh.unlink(missing_ok=True)
    file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    os.replace(fresh, place)
    sync_folder(place.parent)


def _key(passphrase: str, salt: bytes, cost: tuple[int, ...]) -> bytes:
    hard, block, parallel = cost
    return Scrypt(salt=salt, length=32, n=hard, r=block, p=parallel).derive(passphrase.encode())
