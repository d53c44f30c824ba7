"""`liaison letters`: what waits for partners, and where one letter stands. It may run beside a node that serves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from liaison.cli.common import AsJson, say_json

if TYPE_CHECKING:
    from liaison.storage.store import Spectator

app = typer.Typer(
    name="letters",
    help="Letters to and from partners: where they stand, never what they say.",
    no_args_is_help=True,
)
Folder = Annotated[Path, typer.Argument(metavar="NODE", help="The node's folder.")]


@app.callback()
def letters() -> None:
    """Letters to and from partners."""


@app.command()
def waiting(folder: Folder, as_json: AsJson = False) -> None:
    """How many letters wait for each partner, since when, when the next try is, and why the last one failed."""
    from liaison.transport.delivery import backlogs

    with _looking(folder) as store:
        ways = store.read(backlogs)
    if as_json:
        say_json({"partners": [_told(asdict(each)) for each in ways]})
        return
    for each in ways:
        since = f" since {each.oldest:%Y-%m-%d %H:%M:%S}" if each.oldest else ""
        trouble = f"; {each.fault}, next try {each.next:%H:%M:%S}" if each.fault and each.next else ""
        last = f"; last receipts {each.succeeded:%Y-%m-%d %H:%M:%S}" if each.succeeded else ""
        typer.echo(f"{each.partner}  {each.waiting:,} waiting{since}{last}{trouble}")
    if not ways:
        typer.echo("This node has no partner.")


@app.command()
def show(
    folder: Folder,
    letter: Annotated[str, typer.Argument(metavar="LETTER", help="The letter's id.")],
    as_json: AsJson = False,
) -> None:
    """Where one letter stands: its place, state, key, digest and entry in the ledger."""
    from liaison.transport.reading import standing

    with _looking(folder) as store:
        found = store.read(lambda connection: standing(connection, letter))
    if as_json:
        say_json({"letters": [_told(asdict(each)) for each in found]})
        return
    for each in found:
        code = f" ({each.code})" if each.code else ""
        typer.echo(f"{each.way} {each.id}: {each.state}{code}")
        typer.echo(f"  {each.partner}, {each.lane.value} {each.number}, {each.kind}, {each.thread}")
        done = f", settled {each.done:%Y-%m-%d %H:%M:%S}" if each.done else ""
        typer.echo(f"  {each.at:%Y-%m-%d %H:%M:%S}{done}, entry {each.entry} of the ledger")
        typer.echo(f"  digest {each.digest}, signed by {each.document_key}")
        if each.review:
            typer.echo("  to be reviewed: the key it came under was revoked")
        for other in each.conflicts:
            typer.echo(f"  another letter came in its place: {other}")


def _told(held: dict[str, Any]) -> dict[str, Any]:
    """Times and lanes as a script reads them."""
    from datetime import datetime
    from enum import Enum

    return {
        name: value.isoformat()
        if isinstance(value, datetime)
        else value.value
        if isinstance(value, Enum)
        else value
        for name, value in held.items()
    }


@contextmanager
def _looking(folder: Path) -> Iterator[Spectator]:
    """The node's database, to be read and nothing else."""
    from liaison.node.settings import read_settings
    from liaison.node.wiring import Places
    from liaison.storage.store import Spectator

    folder = folder.resolve()
    store = Spectator(Places.of(folder, read_settings(folder)).database)
    try:
        yield store
    finally:
        store.close()
