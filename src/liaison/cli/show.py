"""`liaison demo` and `liaison version`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from liaison.cli.common import AsJson, processors, say_json


def version(as_json: AsJson = False) -> None:
    """Show the version of the program and of what it is built on."""
    import platform

    import numpy as np

    from liaison import __version__
    from liaison.kernel.build import library_path
    from liaison.matching.files import VERSION

    built = {
        "liaison": __version__,
        "index_format": VERSION,
        "python": platform.python_version(),
        "numpy": np.__version__,
    }
    built["kernel"] = library_path().name
    if as_json:
        say_json(built)
    else:
        typer.echo("\n".join(f"{name.replace('_', ' ')} {value}" for name, value in built.items()))


def demo(
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The folder for the files; made if it is not there.")
    ] = Path("demo-output"),
    passengers: Annotated[int, typer.Option(min=1000, help="How many invented passengers.")] = 250_000,
    records: Annotated[int, typer.Option(min=1000, help="How many invented records.")] = 100_000,
    seed: Annotated[int, typer.Option(help="Another seed, another operation.")] = 1,
    node: Annotated[bool, typer.Option(help="Also make a node, serve it and walk one check through.")] = True,
    stay: Annotated[
        bool | None, typer.Option(help="Keep the node up at the end; left out: on a terminal.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check an invented operation, then make a node of an invented agency and serve it."""
    from liaison.cli.operation import run
    from liaison.demo.operation import Size

    run(output, Size(passengers, records), seed, processors(), as_json)
    if node and not as_json:
        from liaison.cli import node_demo

        node_demo.run(output, seed, sys.stdout.isatty() if stay is None else stay)
