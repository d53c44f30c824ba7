"""The states of a set: what is signed of each, its shards as they are kept, and how it is read again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from liaison.crosscheck.function import tokens
from liaison.crosscheck.function.tokens import TokenSet
from liaison.crosscheck.holder.epochs import Epoch
from liaison.crosscheck.messages import Published
from liaison.crosscheck.recording import ITSELF, record
from liaison.model.errors import DamagedSet, NotFound, StoreUnavailable
from liaison.office import Office
from liaison.storage.sealing import seal, unseal
from liaison.storage.tables.crosscheck import SHARDS, VERSIONS
from liaison.supply import signing
from liaison.supply.signing import Type
from liaison.transport.means import Means


@dataclass(frozen=True, slots=True)
class State:
    """A state of a set that is ready to be kept; `change` what led to it, sealed, where that is published."""

    epoch: Epoch
    published: Published
    document: str
    root: str
    shards: list[dict[str, object]]
    change: bytes | None

    def keep(self, office: Office, connection: Connection, what: str) -> int:
        """Put it in the place of the last one, with an entry of the ledger under this verb; the entry's number."""
        told = self.published
        detail = {"class": self.epoch.sharing, "version": str(told.version)}
        detail |= {"count": str(told.count), "people": str(told.people)}
        entry = record(
            office, connection, what, ITSELF, digest=self.root, objects=(told.epoch,), detail=detail
        )
        row = {"epoch": told.epoch, "version": told.version, "made": told.made, "root": self.root}
        row |= {"document": self.document, "sealed": self.change, "entry": entry}
        connection.execute(insert(VERSIONS).values(row))
        connection.execute(delete(SHARDS).where(SHARDS.c.epoch == told.epoch))
        connection.execute(insert(SHARDS), self.shards)
        return entry


def state(
    office: Office,
    means: Means,
    epoch: Epoch,
    key: bytes,
    made: TokenSet,
    records: int,
    change: bytes | None = None,
) -> State:
    """A new state of a set, signed. `epoch` knows its public key, and the version that comes before."""
    outline, version = made.outline, epoch.version + 1
    published = Published(
        holder=means.origin,
        epoch=epoch.id,
        of=epoch.of,
        normaliser=epoch.normaliser,
        public=epoch.public,
        version=version,
        people=tokens.padded(records),
        width=outline.width,
        count=outline.count,
        digests=tuple(each.hex() for each in outline.digests),
        begun=epoch.begun,
        ends=epoch.ends,
        made=office.now(),
        changes=epoch.changes,
    )
    document = signing.signed(Type.TOKEN_SET, published, means.own.document)
    shards = [
        {"epoch": epoch.id, "number": number, "sealed": seal(key, shard, _about_shard(epoch.id, number))}
        for number, shard in enumerate(made.shards)
    ]
    sealed = None if change is None else seal(key, change, _about_change(epoch.id, version))
    return State(epoch, published, document, outline.root.hex(), shards, sealed)


def last(connection: Connection, epoch: Epoch) -> Row[Any]:
    """What was signed of the state that a set is in. Raises NotFound."""
    return version(connection, epoch, epoch.version)


def version(connection: Connection, epoch: Epoch, number: int) -> Row[Any]:
    """What was signed of one state of a set. Raises NotFound."""
    here = (VERSIONS.c.epoch == epoch.id) & (VERSIONS.c.version == number)
    row = connection.execute(select(VERSIONS).where(here)).first()
    if row is None:
        raise NotFound
    return row


def shards(connection: Connection, epoch: Epoch, first: int, end: int) -> list[Row[Any]]:
    """Rows of shards, as they are sealed, from the first to before the end."""
    here = (SHARDS.c.epoch == epoch.id) & (SHARDS.c.number >= first) & (SHARDS.c.number < end)
    return list(connection.execute(select(SHARDS).where(here).order_by(SHARDS.c.number)))


def opened(epoch: Epoch, key: bytes, rows: Sequence[Row[Any]]) -> list[bytes]:
    """Shards of these rows. Raises DamagedSet where one does not open."""
    return [_unsealed(key, row.sealed, _about_shard(epoch.id, row.number)) for row in rows]


def change(epoch: Epoch, key: bytes, row: Row[Any]) -> bytes:
    """What led to a state of a set. Raises NotFound where none was published, DamagedSet where it does not open."""
    if row.sealed is None:
        raise NotFound
    return _unsealed(key, row.sealed, _about_change(epoch.id, row.version))


def _unsealed(key: bytes, sealed: bytes, about: str) -> bytes:
    try:
        return unseal(key, sealed, about)
    except StoreUnavailable as error:
        raise DamagedSet("a part of this node's own set does not open", hint=error.hint) from error


def _about_shard(epoch: str, number: int) -> str:
    return f"crosscheck_shards:{epoch}:{number}"


def _about_change(epoch: str, number: int) -> str:
    return f"crosscheck_versions:{epoch}:{number}"


def told(row: Row[Any]) -> Published:
    """What was signed of a state of a set of this node."""
    return signing.told(row.document, Published)
