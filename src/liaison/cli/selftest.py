"""`liaison selftest --durability`: what this machine's disk keeps when a process is killed."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from liaison.cli.common import AsJson, say_json
from liaison.model.errors import BadSetting


def selftest(
    folder: Annotated[Path, typer.Argument(help="A folder on the disk to test.")] = Path("."),
    durability: Annotated[
        bool, typer.Option("--durability", help="Kill writing processes and count.")
    ] = False,
    kills: Annotated[int, typer.Option(help="How often.", min=1, max=1000)] = 10,
    as_json: AsJson = False,
) -> None:
    """Test the machine under a node. Exit status 1 where an acknowledged change was lost."""
    from liaison.node.durability import CANNOT, measure_durability

    if not durability:
        raise BadSetting("nothing was asked to be tested", hint="say --durability")
    found = measure_durability(folder.resolve(), kills)
    if as_json:
        say_json({**asdict(found), "suspicious": found.suspicious, "not_shown": CANNOT})
    else:
        typer.echo(f"Filesystem        {found.filesystem}")
        typer.echo(
            f"Syncs a second    {found.syncs:,.0f}" + (" (faster than a medium is)" * found.suspicious)
        )
        typer.echo(f"Commits a second  {found.commits:,.0f}")
        typer.echo(f"Killed            {found.kills} times; {found.acknowledged:,} changes were acknowledged")
        typer.echo(f"Lost              {found.lost}")
        typer.echo(CANNOT)
    if found.lost:
        raise typer.Exit(1)
