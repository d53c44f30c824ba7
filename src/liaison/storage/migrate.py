"""Steps that bring a database to the tables of this program: forward only, all of them in one transaction."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, func, inspect, select, table

from liaison.model.errors import StoreUnavailable
from liaison.storage import tables
from liaison.storage.tables.base import Moment, metadata

FOLDER = Path(__file__).parent / "migrations"
OWN = "alembic_version"


@dataclass(frozen=True, slots=True)
class Migrated:
    """What a migration did: from which revision to which, and the rows of each table before and after."""

    old: str
    new: str
    before: dict[str, int]
    after: dict[str, int]

    @property
    def shrunk(self) -> list[str]:
        """Tables that hold fewer rows than before, or are gone."""
        return [name for name, rows in self.before.items() if self.after.get(name, 0) < rows]


def every_table() -> MetaData:
    """The metadata with the tables of every feature."""
    for module in pkgutil.iter_modules(tables.__path__):
        importlib.import_module(f"{tables.__name__}.{module.name}")
    return metadata


def head() -> str:
    """The revision this program works with."""
    return _script().get_current_head() or ""


def current(connection: Connection) -> str:
    """The revision of a database; empty for one that holds nothing yet."""
    if not inspect(connection).has_table(OWN):
        return ""
    return MigrationContext.configure(connection).get_current_revision() or ""


def require_current(connection: Connection) -> None:
    """Raises StoreUnavailable unless the database is of this program's revision."""
    found = current(connection)
    if found != head():
        _require_known(found)
        raise StoreUnavailable(
            f"the database is at revision {found or 'none'}, the program at {head()}",
            hint="`liaison serve` brings it up to date",
        )


def upgrade(connection: Connection) -> Migrated | None:
    """Bring the database to this program's revision, inside the caller's transaction; None where it was there.

    Raises StoreUnavailable for a database that a newer program wrote, or where a step lost rows.
    """
    old = current(connection)
    _require_known(old)
    if old == head():
        return None
    before = rows(connection)
    context = MigrationContext.configure(
        connection, opts={"fn": _steps, "transactional_ddl": False, "render_as_batch": True}
    )
    with Operations.context(context):
        context.run_migrations()
    done = Migrated(old, head(), before, rows(connection))
    if done.shrunk:
        raise StoreUnavailable(
            f"the migration would lose rows of {', '.join(done.shrunk)}",
            hint="nothing was changed; keep the older program and report this",
        )
    return done


def rows(connection: Connection) -> dict[str, int]:
    """How many rows each table of the database holds."""
    names = sorted(set(inspect(connection).get_table_names()) - {OWN, "sqlite_sequence"})
    return {
        name: int(connection.execute(select(func.count()).select_from(table(name))).scalar_one())
        for name in names
    }


def plain(kind: str, item: Any, _context: Any) -> str | bool:
    """How a migration writes a column's type: a Moment is the whole number that stands in the database."""
    return "sa.BigInteger()" if kind == "type" and isinstance(item, Moment) else False


@cache
def _script() -> ScriptDirectory:
    return ScriptDirectory(str(FOLDER))


def _steps(revision: Any, _context: MigrationContext) -> Any:
    return _script()._upgrade_revs("head", revision)


def _require_known(revision: str) -> None:
    known = {script.revision for script in _script().walk_revisions()}
    if revision and revision not in known:
        raise StoreUnavailable(
            f"the database is at revision {revision}, which this program does not know",
            hint="a newer program wrote it: install that one",
        )
