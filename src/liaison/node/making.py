"""A new node: its folder, keys and database, made beside and put in place whole."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from liaison.model.errors import BadSetting
from liaison.node.identity import fingerprint, make_identity
from liaison.node.private import keep_private
from liaison.node.settings import Settings, write_settings
from liaison.node.wiring import Node, Places, open_node
from liaison.storage.keys import KeyRing


@dataclass(frozen=True, slots=True)
class Made:
    """A node that was made: where, its fingerprint, the verifier key of its ledger, and what `first` gave."""

    folder: Path
    fingerprint: str
    vkey: str
    first: str


def make_node(folder: Path, settings: Settings, first: Callable[[Node], str]) -> Made:
    """Make a node in `folder`, which must be empty or absent. `first(node)` makes its first administrator.

    Nothing is left behind where a step fails. Raises BadSetting, and what `first` raises.
    """
    keep_private()
    folder = folder.resolve()
    require_empty(folder)
    with aside(folder) as fresh:
        places = Places.of(fresh, settings)
        require_empty(places.keys)
        require_empty(places.ledger)
        KeyRing.make(places.keys)
        make_identity(places.keys, settings.ledger_second_signature)
        write_settings(fresh, settings)
        with open_node(fresh, work=False) as node:
            told = first(node)
            node.publish_now()
            signer = node.signers[0]
    return Made(folder, fingerprint(signer), signer.verifier.vkey, told)


def require_empty(folder: Path) -> None:
    """Raises BadSetting for a place that holds something: nothing is ever overwritten."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise BadSetting(f"{folder} is not a folder", hint="give a folder that does not exist yet")
    if folder.exists() and any(folder.iterdir()):
        raise BadSetting(f"{folder} is not empty", hint="give a folder that does not exist yet")


@contextmanager
def aside(folder: Path) -> Iterator[Path]:
    """A new folder beside `folder`, readable by its owner alone, which takes its place at the end, or vanishes."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")
    fresh.mkdir(mode=0o700)
    try:
        yield fresh
        durable(fresh)
        os.replace(fresh, folder)
        sync_folder(folder.parent)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


def durable(folder: Path) -> None:
    """Make every file and folder in `folder` durable."""
    for place in sorted(folder.rglob("*")):
        if place.is_file():
            with place.open("rb") as file:
                os.fsync(file.fileno())
        elif place.is_dir():
            sync_folder(place)
    sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(place)
    finally:
        os.close(place)
