"""`liaison ledger verify`: any transparency log in the C2SP tlog-tiles form, ours or another implementation's."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from liaison.cli.common import AsJson, say_json

app = typer.Typer(name="ledger", help="Transparency logs.", no_args_is_help=True)


@app.callback()
def ledger() -> None:
    """Transparency logs."""


@app.command()
def verify(
    where: Annotated[str, typer.Argument(metavar="DIR_OR_URL", help="The log's folder or its address.")],
    key: Annotated[str, typer.Option("--key", help="The log's verifier key: NAME+ID+KEY.")],
    origin: Annotated[
        str, typer.Option("--origin", help="The log's origin; left out, any that the key signed.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Verify a log down to every entry: signature, tiles, entries, root."""
    from liaison.cli.progress import shown
    from liaison.ledger.sources import source_of
    from liaison.ledger.verify import verify_log

    with shown(as_json) as progress:
        found = verify_log(source_of(where), key, partial(progress, "verifying"), origin or None)
    if as_json:
        say_json({"origin": found.origin, "size": found.size, "root": found.root.hex()})
    else:
        typer.echo(f"{found.origin}: {found.size:,} entries are as they were signed, root {found.root.hex()}")
