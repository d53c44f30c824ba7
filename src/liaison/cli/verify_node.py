"""`liaison verify`: everything a node keeps, compared with what it should be."""

from __future__ import annotations

import typer

from liaison.cli.common import AsJson, say_json
from liaison.cli.init import FOLDER, Folder


def verify(folder: Folder = FOLDER, as_json: AsJson = False) -> None:
    """Check a node, serving or not: pages, sealed content, ledger. Exit status 1 where something is bad."""
    from liaison.node.settings import program
    from liaison.node.verifying import verify_node

    found = verify_node(folder)
    bad = [each for each in found if each.fault]
    if as_json:
        say_json({"ok": not bad, "checks": [vars_of(each) for each in found]})
    else:
        for each in found:
            told = (
                f"BAD: {each.fault}" if each.fault else f"{each.compared:,} compared, {each.erased:,} erased"
            )
            typer.echo(f"{each.name:<12} {told}")
        typer.echo(
            "Stop the node, keep its folder as it is, and restore a backup beside it:\n"
            f"  {program()} restore BACKUP NEW_FOLDER --keys KEYFILE"
            if bad
            else "Everything is as it was written."
        )
    if bad:
        raise typer.Exit(1)


def vars_of(each: object) -> dict[str, object]:
    """A finding for a script."""
    from dataclasses import asdict

    return asdict(each)  # type: ignore[call-overload,no-any-return]
