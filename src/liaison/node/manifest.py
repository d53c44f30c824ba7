"""What a backup says of itself: its files and their digests, under a key that only the node's keys give.

The medium of a backup is in other hands than the node. Settings are not sealed, so whoever holds the medium could put
an identity provider or a proxy of their own into them and write the digest anew. The manifest is therefore
authenticated (HMAC-SHA-256, RFC 2104) under a key that HKDF (RFC 5869) makes of the node's seed, which is never in a
backup; it is checked before any other file is looked at.
"""

from __future__ import annotations

import hmac
from datetime import datetime
from hashlib import file_digest, sha256
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from liaison.model.errors import BadInput, BadSetting
from liaison.node.settings import FILE

FORMAT = "liaison-backup-2"
MANIFEST, MAC = "manifest.json", "manifest.mac"
COPY, DUMP, HEAD = "node.db", "tables.dump", "checkpoint"
WHOLE = frozenset({frozenset({FILE, HEAD, COPY}), frozenset({FILE, HEAD, DUMP})})
CONTEXT = b"liaison backup manifest 2"
LONGEST = 1 << 16  # bytes of a manifest


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of a backup."""

    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a backup holds. `entries` is the size of the ledger in it."""

    format: str
    origin: str
    vkey: str
    taken: datetime
    revision: str
    entries: int
    files: dict[str, Part]


MANIFESTS = msgspec.json.Decoder(Manifest)


def part_of(place: Path) -> Part:
    """Size and digest of a file."""
    with place.open("rb") as file:
        return Part(place.stat().st_size, file_digest(file, "sha256").hexdigest())


def write_manifest(place: Path, manifest: Manifest, seed: bytes) -> None:
    """Write the manifest of the backup in `place`, and its authentication under the node's seed."""
    content = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    (place / MANIFEST).write_bytes(content)
    (place / MAC).write_text(_mac(content, seed) + "\n", "ascii")


def read_manifest(place: Path, seed: bytes) -> Manifest:
    """The manifest of a backup of the node with this seed, every file compared with it.

    Raises BadInput where it is not authentic, where a file is missing or is not one of a backup, and for a file that
    is not what was backed up.
    """
    manifest = _authentic(place, seed)
    _require_whole(place, manifest)
    for name, part in manifest.files.items():
        if part_of(place / name) != part:
            raise BadInput(
                f"{name} is not what was backed up", file=str(place / name), hint="restore another backup"
            )
    return manifest


def _authentic(place: Path, seed: bytes) -> Manifest:
    try:
        content, told = _content(place / MANIFEST), _content(place / MAC)
    except OSError as error:
        raise BadInput(
            f"{place} is no backup: {error.strerror}", hint="give the folder that backup made"
        ) from error
    if not hmac.compare_digest(told.strip(), _mac(content, seed).encode()):
        raise BadInput(
            "the manifest was not written by the node of these keys",
            file=str(place / MANIFEST),
            hint="the backup was changed, or the keys are another node's; restore another backup",
        )
    try:
        manifest = MANIFESTS.decode(content)
    except msgspec.MsgspecError as error:
        raise BadInput(f"{place} is no backup: {error}", hint="restore it with its own program") from error
    if manifest.format != FORMAT:
        raise BadInput(f"{place} is of the form {manifest.format}", hint="restore it with its own program")
    return manifest


def _require_whole(place: Path, manifest: Manifest) -> None:
    """Raises BadInput unless manifest and folder both name exactly the files of a backup.

    A file that nobody expects could be a journal, which SQLite would play back into the copy of the database.
    """
    named, found = frozenset(manifest.files), {each.name for each in place.iterdir()}
    if named not in WHOLE:
        raise BadInput("the manifest does not name the files of a backup", file=str(place / MANIFEST))
    for name in sorted((named | {MANIFEST, MAC}) ^ found):
        told = "is no file of this backup" if name in found else "is missing"
        raise BadInput(f"{name!r} {told}", file=str(place), hint="restore another backup")
    for name in sorted(named):
        if (place / name).is_symlink() or not (place / name).is_file():
            raise BadInput(f"{name!r} is no file", file=str(place), hint="restore another backup")


def _content(place: Path) -> bytes:
    with place.open("rb") as file:
        return file.read(LONGEST)


def _mac(content: bytes, seed: bytes) -> str:
    if not seed:
        raise BadSetting("the node's seed is not among the keys", hint="give the file of --keys-to")
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=CONTEXT).derive(seed)
    return hmac.new(key, content, sha256).hexdigest()
