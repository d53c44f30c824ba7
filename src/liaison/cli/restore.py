"""`liaison restore`: a node made again from a backup."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from liaison.cli.backup import PassphraseFile, passphrase
from liaison.cli.common import AsJson, say_json


def restore(
    place: Annotated[Path, typer.Argument(metavar="BACKUP", help="The folder that backup made.")],
    folder: Annotated[Path, typer.Argument(help="A new folder for the node.")],
    keys: Annotated[Path, typer.Option("--keys", help="The newest file of the node's keys.")],
    passphrase_file: PassphraseFile = None,
    head: Annotated[
        str,
        typer.Option(metavar="DIR_OR_URL", help="A mirror of the node's ledger, to see whether it is newer."),
    ] = "",
    database: Annotated[str, typer.Option(help="An empty database to restore into.")] = "",
    as_json: AsJson = False,
) -> None:
    """Make a node again. A backup that is damaged, or older than what the node has signed since, is refused."""
    from liaison.node.backup import restore_node

    phrase = passphrase(passphrase_file, new=False)
    done = restore_node(place, folder, keys, phrase, datetime.now(UTC), head, database)
    if as_json:
        say_json({"folder": str(done.folder), "entries": done.entries})
        return
    typer.echo(f"{done.folder}: restored with {done.entries:,} ledger entries.")
    if not head:
        typer.echo("No mirror was compared: ask a partner or a witness for the newest head before you serve.")
    from liaison.node.settings import program

    named = shlex.quote(str(done.folder))
    typer.echo(f"Next: {program()} verify {named}; then {program()} serve {named}")
