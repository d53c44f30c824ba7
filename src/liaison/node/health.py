"""Whether a node may take work: each part by name, with what to do where it is not ready."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from sqlalchemy import Connection

from liaison.ledger.heads import last_head
from liaison.ledger.log import size
from liaison.model.errors import BadSetting, LiaisonError
from liaison.node.facts import require_own
from liaison.node.wiring import Node
from liaison.storage import migrate
from liaison.storage.tables.node import FACTS

UNSIGNED = 60.0  # seconds that an entry may wait for a signed head
LEAST_DISK = 0.10  # of the disk
CERTIFICATE = timedelta(days=14)
RECENT, PROBED = 1.0, 10.0  # seconds
LAST_PROBE = "last-probe"
DURABLE = {"sqlite": ("PRAGMA synchronous", {"2", "3"}), "postgresql": ("SHOW fsync", {"on"})}
COMMITS = {"on", "remote_apply", "remote_write", "local"}


@dataclass(frozen=True, slots=True)
class Health:
    """One part of the node: whether it is ready, what was found, and what to do where it is not."""

    name: str
    ok: bool
    found: str = ""
    hint: str = ""


Check = Callable[[Node], Health]


def health(node: Node) -> list[Health]:
    """Every part of the node, in order; a check that fails is a part that is not ready."""
    found = [_safely(name, check, node) for name, check in CHECKS.items()]
    for each in found:
        node.metrics.ready.labels(each.name).set(each.ok)
    return found


def recent_health(node: Node) -> list[Health]:
    """As `health`, found at most once in RECENT, however often it is asked for."""
    return node.found.within(RECENT, time.monotonic(), lambda: health(node))


def ready(found: Iterable[Health]) -> bool:
    """Whether every part is ready."""
    return all(each.ok for each in found)


def database(node: Node) -> Health:
    """A row is written and made durable, with the settings on which durability stands; once in PROBED."""

    def work(connection: Connection) -> str:
        now = str(node.office.now())
        done = connection.execute(FACTS.update().where(FACTS.c.fact == LAST_PROBE).values(value=now))
        if not done.rowcount:
            row = {"fact": LAST_PROBE, "value": now, "at": node.office.now()}
            connection.execute(FACTS.insert().values(row))
        return _not_durable(connection)

    node.office.read(migrate.current)
    fault = node.probed.within(PROBED, time.monotonic(), lambda: node.office.write(work))
    return Health("database", not fault, fault or "writes are durable", "see docs/operating.md, Durability")


def migrations(node: Node) -> Health:
    """The database is of this program's revision."""
    node.office.read(migrate.require_current)
    return Health("migrations", True, migrate.head())


def ledger(node: Node) -> Health:
    """No entry waits for a signed head longer than UNSIGNED."""
    keys = [signer.verifier for signer in node.signers]

    def unsigned(connection: Connection) -> int:
        head = last_head(connection, keys)
        return size(connection) - (head.checkpoint.size if head else 0)

    waiting, age = node.office.read(unsigned), node.publisher.age()
    error = node.publisher.error
    if error is not None:
        hint = error.hint if isinstance(error, LiaisonError) else "see the log"
        return Health("ledger", False, f"{type(error).__name__}: heads are not signed", hint)
    fine = not waiting or age < UNSIGNED
    return Health("ledger", fine, f"{waiting} entries wait for a head", "see the log for why none is signed")


def clock(node: Node) -> Health:
    """The clock was not set while the node ran, and is not behind the ledger."""
    fault = node.clock_fault()
    return Health("clock", not fault, fault or "agrees", "set the clock from a time server; then restart")


def disk(node: Node) -> Health:
    """A tenth of each disk on which the node writes is free."""
    used = {node.places.folder, node.places.keys, node.places.ledger}
    free = min(_free(place) for place in used)
    return Health("disk", free > LEAST_DISK, f"{free:.0%} free", "make room, or move the node")


def keys(node: Node) -> Health:
    """The key ring can be read and is this database's own."""
    require_own(node.office, node.signers[0])
    return Health("keys", True, "the key ring is this database's own")


def certificate(node: Node) -> Health:
    """The TLS certificate is valid for another CERTIFICATE."""
    place = node.settings.tls_certificate
    if not place:
        return Health("certificate", True, "no TLS here")
    try:
        chain = x509.load_pem_x509_certificates(Path(place).read_bytes())
    except (OSError, ValueError) as error:
        raise BadSetting(f"{place} holds no certificate", hint="see tls_certificate") from error
    left = min(each.not_valid_after_utc for each in chain) - datetime.now(UTC)
    return Health("certificate", left > CERTIFICATE, f"valid for {left.days} days", "renew it, and restart")


def work(node: Node) -> Health:
    """None of the work in the background failed the last time."""
    failed = [each.name for each in node.background if each.error is not None]
    return Health("work", not failed, ", ".join(failed) or "in order", "see the log")


def letters(node: Node) -> Health:
    """Partners can call, where that is set. That a partner is away is no fault of this node: what waits is told."""
    ways = [each for each in node.correspondence.backlogs() if each.waiting]
    waiting, oldest = (
        sum(each.waiting for each in ways),
        min((each.oldest for each in ways if each.oldest), default=None),
    )
    told = f"{waiting} letters wait for {len(ways)} partners"
    if oldest is not None:
        told += f", the oldest for {(node.office.now() - oldest) // timedelta(minutes=1)} min"
    listens = node.settings.partner_port < 0 or node.correspondence.port > 0
    hint = "see partner_host and partner_port; for letters that wait: liaison letters waiting"
    return Health("letters", listens, told if listens else "partners are not listened for", hint)


CHECKS: dict[str, Check] = {
    "database": database,
    "migrations": migrations,
    "ledger": ledger,
    "clock": clock,
    "disk": disk,
    "keys": keys,
    "certificate": certificate,
    "work": work,
    "letters": letters,
}


def _safely(name: str, check: Check, node: Node) -> Health:
    try:
        return check(node)
    except LiaisonError as error:
        return Health(name, False, f"{error.title}: {type(error).__name__}", error.hint)
    except Exception as error:
        return Health(name, False, type(error).__name__, "see the log")


def _not_durable(connection: Connection) -> str:
    """What about the database's settings would lose an acknowledged change; empty where nothing would."""
    query, fine = DURABLE[connection.dialect.name]
    if str(connection.exec_driver_sql(query).scalar()) not in fine:
        return f"{query} says that commits are not durable"
    if connection.dialect.name == "postgresql":
        if connection.exec_driver_sql("SHOW synchronous_commit").scalar() not in COMMITS:
            return "synchronous_commit is off"
    elif connection.exec_driver_sql("PRAGMA journal_mode").scalar() != "wal":
        return "the database has no write-ahead log"
    return ""


def _free(place: Path) -> float:
    if not place.exists():
        place = place.parent
    total, _, free = shutil.disk_usage(place)
    inodes = os.statvfs(place)
    return min(free / total, inodes.f_favail / inodes.f_files if inodes.f_files else 1.0)
