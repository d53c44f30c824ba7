"""Steps that bring a database to the tables of this program: forward only, all of them in one transaction.

A step's file begins with `r` and its revision. Alembic, which runs them, takes a third of a second to be imported: a
database that is up to date does without it.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, MetaData, column, func, inspect, select, table

from liaison.model.errors import StoreUnavailable
from liaison.storage import tables
from liaison.storage.tables.base import Moment, metadata

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

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
    return max(_revisions(), default="")


def current(connection: Connection) -> str:
    """The revision of a database; empty for one that holds nothing yet."""
    if not inspect(connection).has_table(OWN):
        return ""
    return str(connection.execute(select(column("version_num")).select_from(table(OWN))).scalar() or "")


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
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

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
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(FOLDER))


def _revisions() -> set[str]:
    return {step.name[1:5] for step in (FOLDER / "versions").glob("r*.py")}


def _steps(revision: Any, _context: Any) -> Any:
    return _script()._upgrade_revs("head", revision)


def _require_known(revision: str) -> None:
    if revision and revision not in _revisions():
        raise StoreUnavailable(
            f"the database is at revision {revision}, which this program does not know",
            hint="a newer program wrote it: install that one",
        )
