"""A backup of a node while it serves, and the way back.

The database's copy is one snapshot. Its content is sealed under keys that are not in it: they go to a file of their
own, encrypted under a passphrase, which is replaced each time (see keyfile.py). The ledger's public files are made
anew from the database when it is restored; what is kept of them is the newest head, against which a backup is seen
to be old.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from urllib.parse import quote

import msgspec
from sqlalchemy import Connection, make_url

from liaison.ledger.heads import database_root, last_head
from liaison.ledger.keys import Kind, Signer
from liaison.ledger.log import size
from liaison.ledger.notes import LONGEST, Head, open_checkpoint
from liaison.ledger.publishing import rebuild
from liaison.ledger.sources import source_of
from liaison.ledger.tiles import CHECKPOINT
from liaison.model.errors import BadInput, BadSetting, StaleBackup, StoreUnavailable
from liaison.node.dump import dump, left_out, load
from liaison.node.facts import require_facts
from liaison.node.identity import FILES, signers
from liaison.node.keyfile import open_keys, put_keys, save_keys
from liaison.node.making import aside, require_empty
from liaison.node.manifest import (
    COPY,
    DUMP,
    FORMAT,
    HEAD,
    Manifest,
    part_of,
    read_manifest,
    write_manifest,
)
from liaison.node.private import keep_private
from liaison.node.settings import FILE, Settings, program, read_settings, settings_of
from liaison.node.wiring import Places
from liaison.storage import Store, migrate
from liaison.storage.keys import KeyRing
from liaison.storage.store import Spectator

SEED = FILES[Kind.ED25519]


@dataclass(frozen=True, slots=True)
class Restored:
    """A node that was restored, and how many entries its ledger has."""

    folder: Path
    entries: int


def backup_node(folder: Path, place: Path, keys_to: Path, passphrase: str, now: datetime) -> Manifest:
    """Copy a node, which may be serving, into the new folder `place`, and its keys to the file `keys_to`.

    Raises BadSetting where `place` is not empty, StoreUnavailable where the copy does not verify.
    """
    keep_private()
    folder, place = folder.resolve(), place.resolve()
    settings = read_settings(folder)
    places = Places.of(folder, settings)
    require_empty(place)
    if keys_to.resolve().is_relative_to(place):
        raise BadSetting(
            "the keys would stand in the backup they open", hint="give --keys-to on another medium"
        )
    signer = signers(places.keys, settings.origin)[0]
    with aside(place) as fresh:
        shutil.copyfile(folder / FILE, fresh / FILE)
        if (places.ledger / CHECKPOINT).exists():  # before the rows: a head is shown after them
            shutil.copyfile(places.ledger / CHECKPOINT, fresh / HEAD)
        entries, revision = _copy(places.database, fresh, signer)
        save_keys(places.keys, keys_to, passphrase)  # after the rows: every key they need exists by now
        files = {each.name: part_of(each) for each in sorted(fresh.iterdir())}
        manifest = Manifest(FORMAT, settings.origin, signer.verifier.vkey, now, revision, entries, files)
        write_manifest(fresh, manifest, (places.keys / SEED).read_bytes())
    return manifest


def restore_node(
    place: Path,
    folder: Path,
    keys_from: Path,
    passphrase: str,
    now: datetime,
    head: str = "",
    database: str = "",
) -> Restored:
    """Make the node of a backup again in `folder`, which must be empty; `database` names another place for it.

    `head` is a folder or address with a newer checkpoint of the same log, to be compared. Raises BadInput for a
    backup or a key file that is damaged, was changed or does not belong together, StaleBackup for one that is older
    than a head that was signed.
    """
    keep_private()
    place, folder = place.resolve(), folder.resolve()
    require_empty(folder)
    files = open_keys(keys_from, passphrase)
    manifest = read_manifest(place, files.get(SEED, b""))
    with aside(folder) as fresh:
        settings = _settings(place, fresh, database)
        places = Places.of(fresh, settings)
        require_empty(places.keys)
        put_keys(files, places.keys)
        chosen = signers(places.keys, settings.origin, settings.ledger_second_signature)
        if chosen[0].verifier.vkey != manifest.vkey:
            raise BadInput("these are the keys of another node", file=str(keys_from), hint="give its own")
        _fill(place, places)
        _compare_and_rebuild(place, places, chosen, now, head)
    return Restored(folder, manifest.entries)


def _copy(url: str, fresh: Path, signer: Signer) -> tuple[int, str]:
    """Copy the database; the size of the ledger in the copy, and its revision. Raises StoreUnavailable."""
    if make_url(url).get_backend_name() == "sqlite":
        _copy_sqlite(Path(str(make_url(url).database)), fresh / COPY)
        url = f"sqlite:///{fresh / COPY}"
    with closing(Spectator(url)) as store:

        def look(connection: Connection) -> tuple[int, str]:
            if not (fresh / COPY).exists():
                migrate.require_current(connection)
                dump(connection, fresh / DUMP)
            last = last_head(connection, [signer.verifier])
            if last is not None and size(connection) < last.checkpoint.size:
                raise StoreUnavailable("the database holds fewer entries than were signed")
            if not (fresh / HEAD).exists():
                (fresh / HEAD).write_bytes(_note(last))
            return size(connection), migrate.current(connection)

        found = store.read(look)
    for rest in fresh.glob(f"{COPY}-*"):
        rest.unlink()
    return found


def _note(last: Head | None) -> bytes:
    """The head as the database remembers it, for a node whose public files are lost."""
    if last is None:
        raise StoreUnavailable("no head was signed yet", hint="start the node once: it signs one")
    return last.note


def _copy_sqlite(database: Path, copy: Path) -> None:
    """One snapshot of a SQLite file that another process may be writing; its pages are checked."""
    address = f"file:{quote(str(database.absolute()))}?mode=ro"
    try:
        with (
            closing(sqlite3.connect(address, uri=True, timeout=30)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")
            target.execute("PRAGMA secure_delete=ON")  # what is left out does not stand in freed pages either
            for name in left_out():
                target.execute(f"DELETE FROM {name}")
            target.commit()
            told = target.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        raise StoreUnavailable(f"{database} cannot be copied: {error}") from error
    if told != "ok":
        raise StoreUnavailable(
            f"the database is damaged: {told}", hint=f"run {program()} verify on its folder"
        )


def _settings(place: Path, fresh: Path, database: str) -> Settings:
    """The settings of the backup, written down again, the database's place exchanged where one is given."""
    text = (place / FILE).read_text("utf-8")
    settings = read_settings(place, {})
    if database or settings.database:
        lines = [line for line in text.splitlines() if not line.replace(" ", "").startswith("database=")]
        lines += [f"database = {msgspec.json.encode(database).decode()}"] if database else []
        text = "\n".join(lines) + "\n"
        if not database:
            raise BadSetting(
                "the backup's node had a database of its own", hint="name an empty one with --database"
            )
    (fresh / FILE).write_text(text, "utf-8")
    return settings_of({**msgspec.structs.asdict(settings), "database": database})


def _fill(place: Path, places: Places) -> None:
    """Put the rows of a backup into an empty database."""
    url = places.database
    if (place / COPY).exists() and make_url(url).get_backend_name() == "sqlite":
        target = Path(str(make_url(url).database))
        if target.exists():
            raise BadSetting(f"{target} exists", hint="name a database that does not")
        shutil.copyfile(place / COPY, target)
        target.chmod(0o600)
        return
    with closing(Store(url)) as store, ExitStack() as stack:
        if any(store.read(migrate.rows).values()):
            raise BadSetting("the database is not empty", hint="name an empty one with --database")
        store.write(migrate.upgrade)
        dumped = place / DUMP
        if not dumped.exists():
            dumped = _portable(place / COPY, places.folder / DUMP, stack)
        store.write(lambda connection: load(connection, dumped))


def _portable(copy: Path, made: Path, stack: ExitStack) -> Path:
    """The tables of a SQLite copy as a dump, for the other kind of database."""
    stack.callback(lambda: made.unlink(missing_ok=True))
    with closing(Spectator(f"sqlite:///{copy}")) as source:
        source.read(lambda connection: dump(connection, made))
    return made


def _compare_and_rebuild(place: Path, places: Places, chosen: list[Signer], now: datetime, head: str) -> None:
    keys = KeyRing(places.keys)
    with closing(keys), closing(Store(places.database)) as store:
        store.write(migrate.upgrade)
        store.read(lambda connection: require_facts(connection, keys, chosen[0]))
        for where in [str(place), *([head] if head else []), str(places.ledger)]:
            shown = _head_at(where, chosen)
            if shown is not None:
                store.read(partial(_require_not_older, shown=shown))
        rebuild(store, places.ledger, chosen, now)


def _head_at(where: str, chosen: list[Signer]) -> Head | None:
    """The head of our log that stands in a folder or at an address; None where a folder has none."""
    if "://" not in where and not (Path(where) / CHECKPOINT).exists():
        return None
    return open_checkpoint(
        source_of(where).read(CHECKPOINT, LONGEST), chosen[0].name, [signer.verifier for signer in chosen]
    )


def _require_not_older(connection: Connection, shown: Head) -> None:
    """Raises StaleBackup where the backup lacks entries of a head that was signed, or has others."""
    signed, held = shown.checkpoint, size(connection)
    if held < signed.size:
        raise StaleBackup(
            f"the backup holds {held} entries of the ledger, but a head over {signed.size} was signed since"
        )
    if database_root(connection, signed.size) != signed.root:
        raise StaleBackup(f"the backup's first {signed.size} entries are not those that were signed")
