"""What the tests of a node stand on: a clock that is set by hand, a real store on either database, an office."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from inspect import signature
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from liaison import policy
from liaison.ledger.log import Log
from liaison.office import Office
from liaison.storage import Store
from liaison.storage.keys import KeyRing
from liaison.storage.tables import metadata

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SERVER = os.environ.get("LIAISON_TEST_DATABASE", "postgresql://postgres@127.0.0.1:5432/postgres")
ABSENT = "no PostgreSQL server answers: set LIAISON_TEST_DATABASE to test on one"


class FixedClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime = START) -> None:
        self.time = now

    def now(self) -> datetime:
        return self.time

    def forward(self, **by: float) -> None:
        self.time += timedelta(**by)


@cache
def server_answers() -> bool:
    """Whether a PostgreSQL server answers at SERVER."""
    engine = create_engine(_psycopg(SERVER), connect_args={"connect_timeout": 2})
    try:
        with engine.connect():
            return True
    except Exception:
        return False
    finally:
        engine.dispose()


def _psycopg(url: str) -> str:
    return make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


@contextmanager
def fresh_postgresql() -> Iterator[str]:
    """The URL of a new, empty PostgreSQL database, dropped afterwards."""
    if not server_answers():
        pytest.skip(ABSENT)
    name = f"liaison_test_{secrets.token_hex(6)}"
    engine = create_engine(_psycopg(SERVER), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
        connection.execute(text(f'ALTER DATABASE "{name}" SET synchronous_commit = off'))  # it lives a second
    try:
        yield make_url(SERVER).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        engine.dispose()


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The URL of an empty database of this kind: sqlite or postgresql."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/node.db"
    else:
        with fresh_postgresql() as url:
            yield url


both_databases = pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
sqlite_daily = pytest.mark.parametrize(
    "kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.campaign)]
)
"""As `both_databases`, with the other one in the campaign: for long paths whose statements others show on both."""


def run_all(steps: Sequence[Callable[..., None]], **given: object) -> None:
    """Run tests one after the other, each with those of the fixtures that it names."""
    for step in steps:
        step(**{name: given[name] for name in signature(step).parameters})


@contextmanager
def an_office(folder: Path, kind: str = "sqlite", clock: FixedClock | None = None) -> Iterator[Office]:
    """An office with every table, on an empty database; the demo pack is its law."""
    KeyRing.make(folder / "keys")
    with database(kind, folder) as url:
        store, keys = Store(url), KeyRing(folder / "keys")
        try:
            store.write(metadata.create_all)
            regimes = (policy.load_pack("demo"),)
            yield Office("Demo agency", store, Log(keys), keys, clock or FixedClock(), regimes)
        finally:
            store.close()
            keys.close()
