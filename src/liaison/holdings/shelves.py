"""Where records stand: one set of tables for each compartment, rows as they are written, and what opens them.

Keys are made and content is sealed before the transaction, so that the writer only writes. A transaction that fails
leaves keys that seal nothing, which are destroyed.
"""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
import time
from base64 import b32hexencode
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Table, insert, select, update
from sqlalchemy.exc import IntegrityError

from liaison.holdings.modelled import parsed
from liaison.model.errors import Conflict
from liaison.model.holding import Change, Holding, State, Version
from liaison.office import Office
from liaison.ports import Compartment, KeyId, Keys
from liaison.storage.sealing import seal, unseal
from liaison.storage.tables.holdings import CURSORS, DIGEST_KEYS, HOLDINGS, VERSIONS

CHANGES = "changes"
AT_ONCE = 500  # ids in one question
ENCODER = msgspec.json.Encoder(enc_hook=str)
DECODER = msgspec.json.Decoder(Version, dec_hook=parsed)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The tables of one compartment."""

    compartment: Compartment
    records: Table
    versions: Table


OPEN = Shelf(Compartment.HOLDINGS, HOLDINGS, VERSIONS)


@dataclass(frozen=True, slots=True)
class Draft:
    """A record to be written: its id, which version of it, what it says, and keyed digests of id and content."""

    id: str
    version: int
    content: Version
    ref: bytes | None
    digest: bytes | None
    state: State = State.LIVE


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one shelf that are ready to be written, and the keys that seal them."""

    records: list[dict[str, Any]]
    versions: list[dict[str, Any]]
    keys: list[KeyId]


def sealed_rows(keys: Keys, shelf: Shelf, drafts: Sequence[Draft]) -> Rows:
    """The rows of new versions, each under a new key of its own."""
    made = keys.create(shelf.compartment, len(drafts)) if drafts else []
    records, versions = [], []
    for draft, (key_id, key) in zip(drafts, made, strict=True):
        records.append(_record(draft))
        sealed = seal(key, ENCODER.encode(draft.content), about(shelf, draft.id, draft.version))
        at = draft.content.change.at
        versions.append(
            {"holding": draft.id, "version": draft.version, "key": key_id, "sealed": sealed, "made": at}
        )
    return Rows(records, versions, [key_id for key_id, _ in made])


def _record(draft: Draft) -> dict[str, Any]:
    holding, at = draft.content.holding, draft.content.change.at
    return {
        "id": draft.id,
        "list": holding.list_name,
        "ref": draft.ref,
        "kind": kind(holding),
        "category": holding.category.value if holding.category else None,
        "handling": " ".join(code.value for code in holding.handling.codes),
        "state": draft.state.value,
        "version": draft.version,
        "digest": draft.digest,
        "retention": midnight(holding.retention_until),
        "review": midnight(holding.review_at),
        "made": at,
        "changed": at,
    }


def add(connection: Connection, shelf: Shelf, rows: Rows, change: int) -> None:
    """Write new records. Raises Conflict where another import wrote one of them meanwhile."""
    if not rows.records:
        return
    try:
        connection.execute(insert(shelf.records), [{**row, "change": change} for row in rows.records])
        connection.execute(insert(shelf.versions), rows.versions)
    except IntegrityError as error:
        raise Conflict("the list is being imported by someone else", hint="import it again") from error


def renew(connection: Connection, shelf: Shelf, rows: Rows, change: int) -> None:
    """Write further versions of records. Raises Conflict where another change came first."""
    kept = ("id", "ref", "made")
    try:
        connection.execute(insert(shelf.versions), rows.versions) if rows.versions else None
    except IntegrityError as error:
        raise Conflict("the record was changed by someone else meanwhile") from error
    for row in rows.records:
        values = {name: value for name, value in row.items() if name not in kept}
        where = (shelf.records.c.id == row["id"]) & (shelf.records.c.version == row["version"] - 1)
        done = connection.execute(update(shelf.records).where(where).values(**values, change=change))
        if done.rowcount != 1:
            raise Conflict("the record was changed by someone else meanwhile")


def versions_of(connection: Connection, shelf: Shelf, ids: Sequence[str]) -> Iterator[Row[Any]]:
    """Every version's row of these records."""
    for start in range(0, len(ids), AT_ONCE):
        chosen = shelf.versions.c.holding.in_(ids[start : start + AT_ONCE])
        yield from connection.execute(select(shelf.versions).where(chosen))


def opened(keys: Keys, shelf: Shelf, rows: Sequence[Row[Any]]) -> list[Version]:
    """What versions' rows say. Raises Erased, StoreUnavailable."""
    held = keys.fetch([KeyId(row.key) for row in rows])
    return [
        DECODER.decode(unseal(key, row.sealed, about(shelf, row.holding, row.version)))
        for key, row in zip(held, rows, strict=True)
    ]


def latest(connection: Connection, keys: Keys, shelf: Shelf, record: Row[Any]) -> Version:
    """What a record says now. Raises Erased, StoreUnavailable."""
    chosen = (shelf.versions.c.holding == record.id) & (shelf.versions.c.version == record.version)
    return opened(keys, shelf, connection.execute(select(shelf.versions).where(chosen)).all())[0]


def overdue(connection: Connection, shelf: Shelf, now: dt.datetime, most: int) -> list[tuple[str, str]]:
    """Id and list of records whose retention has ended and that no legal hold keeps, the oldest first."""
    table = shelf.records
    free = table.c.hold_until.is_(None) | (table.c.hold_until <= now)
    chosen = (table.c.retention <= now) & (table.c.state != State.ERASED.value) & free
    query = select(table.c.id, table.c.list).where(chosen).order_by(table.c.retention, table.c.id).limit(most)
    return [(row.id, row.list) for row in connection.execute(query)]


def kept_for_evidence(connection: Connection, shelf: Shelf, now: dt.datetime) -> list[str]:
    """Ids of records whose retention has ended, but that a legal hold keeps."""
    table = shelf.records
    chosen = (table.c.retention <= now) & (table.c.state != State.ERASED.value) & (table.c.hold_until > now)
    return list(connection.execute(select(table.c.id).where(chosen).order_by(table.c.id)).scalars())


def draft_after(record: Row[Any], holding: Holding, change: Change, state: State | None = None) -> Draft:
    """The version of a record that follows the one it has."""
    content = Version(holding=holding, change=change)
    return Draft(
        record.id, record.version + 1, content, record.ref, record.digest, state or State(record.state)
    )


def next_change(connection: Connection, name: str = CHANGES) -> int:
    """The place of this transaction in the order of changes; on PostgreSQL nobody else gets one until it ends."""
    counted = connection.execute(
        update(CURSORS).where(CURSORS.c.name == name).values(value=CURSORS.c.value + 1)
    )
    if not counted.rowcount:
        connection.execute(insert(CURSORS).values(name=name, value=1))
    return last_change(connection, name)


def last_change(connection: Connection, name: str = CHANGES) -> int:
    """The place of the last change; 0 where there was none."""
    return connection.execute(select(CURSORS.c.value).where(CURSORS.c.name == name)).scalar() or 0


def digest_key(office: Office, shelf: Shelf) -> bytes:
    """The key under which digests of one compartment are made; made at its first use."""
    name = shelf.compartment.value
    chosen = select(DIGEST_KEYS.c.key).where(DIGEST_KEYS.c.name == name)
    held = office.read(lambda connection: connection.execute(chosen).scalar())
    if held is None:
        ((fresh, _),) = office.keys.create(shelf.compartment)

        def keep(connection: Connection) -> int:
            first = connection.execute(chosen).scalar()
            if first is None:
                connection.execute(insert(DIGEST_KEYS).values(name=name, key=fresh))
            return first or int(fresh)

        held = office.write(keep)
    return office.keys.fetch([KeyId(held)])[0]


def keyed(key: bytes, *parts: str | bytes) -> bytes:
    """HMAC-SHA256 of parts, told apart by their lengths. Nothing can be tried out against it without the key."""
    raw = b""
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        raw += b"%d:%b" % (len(content), content)
    return hmac.digest(key, raw, "sha256")


@contextmanager
def no_orphans(keys: Keys, made: Iterable[KeyId]) -> Iterator[None]:
    """Destroys keys that were made for rows which could not be written."""
    try:
        yield
    except BaseException:
        keys.destroy(list(made))
        raise


def about(shelf: Shelf, holding: str, version: int) -> str:
    """What a sealed version belongs to."""
    return f"{shelf.versions.name}:{holding}:{version}"


def kind(holding: Holding) -> str:
    """What the record is about, by its tag."""
    return str(type(holding.subject).__struct_config__.tag)


def midnight(day: dt.date) -> dt.datetime:
    """The beginning of a day in UTC."""
    return dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)


def fresh_id() -> str:
    """A new record's id: when it was made (milliseconds, 48 bits), so that the records of an import stand side by side
    in the database, and 80 random bits, so that it cannot be guessed."""
    made = (time.time_ns() // 1_000_000).to_bytes(6, "big")
    return f"holding-{b32hexencode(made + secrets.token_bytes(10))[:26].decode().lower()}"
