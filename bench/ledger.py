"""The ledger: durable appends, heads, proofs, and the verification of a log of a million entries."""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles

from bench.common import Figures
from liaison.ledger import Log, Statement
from liaison.ledger.keys import Kind, Signer
from liaison.ledger.log import size
from liaison.ledger.published import Published, prove
from liaison.ledger.publishing import publish
from liaison.ledger.sources import Folder
from liaison.ledger.verify import verify_log
from liaison.model.categories import OfficerId
from liaison.storage import Store
from liaison.storage.keys import KeyRing
from liaison.storage.tables import ledger as _tables  # noqa: F401  (its tables are made below)
from liaison.storage.tables import metadata

BATCH = 100  # entries in a transaction
SIGNER = Signer("bench.example/log", Kind.ED25519, bytes(range(32)))
KEYS = [SIGNER.verifier]


def measure(quick: bool) -> list[Figures]:
    """Appends a second, durable; milliseconds of a proof and of a head; seconds to verify everything."""
    appended, whole = (10_000, 100_000) if quick else (50_000, 1_000_000)
    now = datetime(2026, 1, 1, tzinfo=UTC)
    with tempfile.TemporaryDirectory(prefix="liaison-bench-") as place:
        folder = Path(place)
        KeyRing.make(folder / "keys")
        keys, store = KeyRing(folder / "keys"), Store(f"sqlite:///{folder}/node.db")
        store.write(metadata.create_all)
        try:
            return [_appends(store, Log(keys), appended, now), _reads(store, Log(keys), folder, whole, now)]
        finally:
            store.close()
            keys.close()


def _statements(first: int, count: int, now: datetime) -> list[Statement]:
    return [
        Statement(
            what="check",
            who=OfficerId("person-1"),
            when=now,
            case="case-1",
            purpose="investigation",
            grounds="grounds-1",
            objects=(f"holding-{number}",),
            digest=f"{number:064x}",
        )
        for number in range(first, first + count)
    ]


def _appends(store: Store, log: Log, count: int, now: datetime) -> Figures:
    found = Figures(f"{count:,} entries, SQLite (WAL, synchronous=FULL), payloads sealed one by one")
    batches = [_statements(first, BATCH, now) for first in range(0, count, BATCH)]
    start = time.perf_counter()
    for batch in batches:
        store.write(lambda connection, these=batch: log.append_many(connection, these))
    found.add(
        f"appends, {BATCH} in a transaction", round(count / (time.perf_counter() - start)), "/s", ">= 5,000"
    )
    alone = _statements(0, count // 50, now)
    start = time.perf_counter()
    for each in alone:
        store.write(lambda connection, this=each: log.append(connection, this))
    found.add("appends, each durable by itself", round(len(alone) / (time.perf_counter() - start)), "/s")
    return found


def _reads(store: Store, log: Log, folder: Path, count: int, now: datetime) -> Figures:
    for first in range(store.read(size), count, 1000):
        many = _statements(first, min(1000, count - first), now)
        store.write(lambda connection, these=many: log.append_many(connection, these))
    held = store.read(size)
    found = Figures(f"A log of {held:,} entries")
    start = time.perf_counter()
    publish(store, folder / "log", [SIGNER], now)
    found.add(
        "putting them into tiles, read back and signed", round(held / (time.perf_counter() - start)), "/s"
    )
    store.write(lambda connection: log.append_many(connection, _statements(0, BATCH, now)))
    start = time.perf_counter()
    publish(store, folder / "log", [SIGNER], now)
    found.add(f"a head over {BATCH} more", _ms(time.perf_counter() - start), "ms")
    published = Published.open(Folder(folder / "log"), KEYS)
    _proofs(found, published, folder / "log", held)
    start = time.perf_counter()
    verify_log(Folder(folder / "log"), SIGNER.verifier.vkey)
    found.add("verification of all of it", round(time.perf_counter() - start, 2), "s", "< 10 for 1 M")
    return found


def _proofs(found: Figures, published: Published, folder: Path, held: int) -> None:
    places = [number * 7919 % held for number in range(500)]
    kept = [_timed(lambda place=place: published.proof(place)) for place in places]
    fresh = [_timed(lambda place=place: prove(folder, place, KEYS)) for place in places]
    found.add("a proof, p50", _ms(quantiles(kept, n=100)[49]), "ms", "< 1")
    found.add("a proof, p99", _ms(quantiles(kept, n=100)[98]), "ms", "< 1")
    found.add(
        "a proof with the head verified and the edge read anew, p50", _ms(quantiles(fresh, n=100)[49]), "ms"
    )


def _timed(work: object) -> float:
    start = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - start


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2)
