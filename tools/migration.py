"""Writes migrations from the difference between what they make and the tables of the program.

    python tools/migration.py "what changes"     the next revision
    python tools/migration.py --initial          the first revisions anew, one for each feature; before a release alone

What it writes is a draft to be read: a renamed column looks to it like one dropped and one added.
"""

from __future__ import annotations

import fcntl
import importlib
import pkgutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from sqlalchemy import Table, create_engine

from liaison.storage import migrate, tables

PLACE = Path(migrate.FOLDER / "versions")
TEMPLATE = '''"""{message}."""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = {down}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward; the way back is a backup."""
{steps}
'''


def main(words: list[str]) -> int:
    """Write migrations; exit status 1 where there is nothing to write."""
    if len(words) != 1:
        print(__doc__)
        return 1
    if words == ["--initial"]:
        with Path(__file__).open("rb") as held:  # two runs at once would delete each other's files
            fcntl.flock(held, fcntl.LOCK_EX)
            return initial()
    steps = difference(set(migrate.every_table().tables))
    if steps.strip() == "pass":
        print("The tables are what the migrations make.")
        return 1
    print(written(words[0], steps))
    return 0


def initial() -> int:
    """The first revisions, one for each feature's tables, those first that others point at."""
    for old in PLACE.glob("*.py"):
        old.unlink()
    for feature, names in features():
        print(written(f"Tables of {feature}", difference(names)))
    return 0


def features() -> Iterator[tuple[str, set[str]]]:
    """Each feature's name and tables, in an order in which they can be made."""
    waiting = {}
    for module in pkgutil.iter_modules(tables.__path__):
        held = importlib.import_module(f"{tables.__name__}.{module.name}")
        found = {item.name: item for item in vars(held).values() if isinstance(item, Table)}
        if found:
            waiting[module.name] = found
    made: set[str] = set()
    while waiting:
        feature = next(
            name
            for name, held in waiting.items()
            if all(key.column.table.name in made | set(held) for t in held.values() for key in t.foreign_keys)
        )
        names = set(waiting.pop(feature))
        made |= names
        yield feature, names


def difference(names: set[str]) -> str:
    """The body of a function that makes these tables, where they differ from what the migrations make."""
    migrate._script.cache_clear()
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{folder}/empty.db")
        with engine.begin() as connection:
            if migrate.head():
                migrate.upgrade(connection)
            chosen = {"include_object": lambda _item, name, kind, *_: kind != "table" or name in names}
            context = MigrationContext.configure(connection, opts={"compare_type": True, **chosen})
            script = produce_migrations(context, migrate.every_table())
        engine.dispose()
    assert script.upgrade_ops is not None
    text = render_python_code(script.upgrade_ops, render_item=migrate.plain, migration_context=context)
    return "\n".join(line for line in text.splitlines() if not line.strip().startswith("# ###"))


def written(message: str, steps: str) -> Path:
    """The file of the next revision, formatted."""
    last = migrate.head()
    revision = f"{int(last or 0) + 1:04}"
    name = "_".join(message.lower().split()[:6])
    path = PLACE / f"r{revision}_{''.join(sign for sign in name if sign.isalnum() or sign == '_')}.py"
    down = f'"{last}"' if last else "None"
    path.write_text(TEMPLATE.format(message=message, revision=revision, down=down, steps=steps), "utf-8")
    for step in (["format", "-q"], ["check", "-q", "--select", "E501", "--add-noqa"]):
        subprocess.run([sys.executable, "-m", "ruff", *step, str(path)], check=True)
    migrate._script.cache_clear()
    return path


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
