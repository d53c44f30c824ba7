"""`liaison backup`: a node copied while it serves."""

from __future__ import annotations

import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from liaison.cli.common import AsJson, say_json
from liaison.model.errors import BadSetting

PassphraseFile = Annotated[
    Path | None, typer.Option(help="File with the passphrase of the keys' file; left out, it is asked for.")
]


def backup(
    folder: Annotated[Path, typer.Argument(help="The node's folder.")],
    place: Annotated[Path, typer.Argument(metavar="DEST", help="A new folder for the backup.")],
    keys_to: Annotated[
        Path, typer.Option(help="The file for the keys, apart from the backup; replaced each time.")
    ],
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Back a node up, serving or not: everything but the keys to DEST, the keys encrypted to a file of their own."""
    from liaison.node.backup import backup_node
    from liaison.node.settings import program

    phrase = passphrase(passphrase_file, new=True)
    manifest = backup_node(folder, place, keys_to, phrase, datetime.now(UTC))
    total = sum(part.size for part in manifest.files.values())
    if as_json:
        say_json({"backup": str(place), "keys": str(keys_to), "entries": manifest.entries, "bytes": total})
        return
    typer.echo(
        f"{place}: {len(manifest.files)} files, {total / 1e6:,.1f} MB, {manifest.entries:,} ledger entries"
    )
    typer.echo(
        f"{keys_to}: the keys. Keep it elsewhere, keep only the newest, and keep the passphrase apart."
    )
    typer.echo("Try it on another machine, in a new folder:")
    copy, keys = shlex.quote(str(place)), shlex.quote(str(keys_to))
    typer.echo(f"  {program()} restore {copy} tried-node --keys {keys}")
    typer.echo(f"  {program()} verify tried-node")


def passphrase(file: Path | None, *, new: bool) -> str:
    """The passphrase of a key file, read or asked for. Raises BadSetting."""
    if file is not None:
        lines = file.read_text("utf-8").splitlines()
        if not lines:
            raise BadSetting(f"{file} is empty", hint="write the passphrase on its first line")
        return lines[0].strip()
    if not sys.stdin.isatty():
        raise BadSetting(
            "the passphrase of the keys' file cannot be asked for: there is no terminal",
            hint="write it on the first line of a file that only you read, and name it: --passphrase-file FILE",
        )
    return str(typer.prompt("Passphrase of the keys' file", hide_input=True, confirmation_prompt=new))
