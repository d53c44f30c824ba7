"""`liaison compare`: pairs of names, each with a score between 0 and 1."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from liaison.cli.common import AsJson, require_free_output, say_json
from liaison.cli.errors import BAD_ROWS


def compare(
    pairs: Annotated[
        Path,
        typer.Argument(
            help="A CSV file with name1, name2 and, where known, dob1, dob2; - for standard input."
        ),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Where the scored pairs go; - for standard output.")
    ],
    as_json: AsJson = False,
) -> None:
    """Score pairs of names: 0 nothing alike, 1 the same. Every other column is copied through."""
    from liaison.screening.alerts import STANDARD_OUTPUT
    from liaison.screening.pairs import score_pairs
    from liaison.screening.rules import counted
    from liaison.screening.service import places, require_places

    require_free_output(as_json, output)
    require_places(places(output), [pairs])
    started = time.monotonic()
    scored = score_pairs(pairs, output)
    seconds = time.monotonic() - started
    if as_json:
        say_json(
            {
                "pairs": scored.pairs,
                "bad_rows": scored.bad,
                "seconds": round(seconds, 3),
                "output": str(output),
            }
        )
    else:
        to_file = output != STANDARD_OUTPUT
        typer.echo(
            f"Scored {counted(scored.pairs, 'pair', 'pairs')} in {seconds:,.1f} s: {output}", err=not to_file
        )
        if scored.bad:
            typer.echo(
                f"Not used as it stands: {counted(scored.bad, 'value', 'values')}: {scored.bad_file}",
                err=not to_file,
            )
    if scored.bad:
        raise typer.Exit(BAD_ROWS)
