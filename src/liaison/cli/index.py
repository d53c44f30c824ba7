"""`liaison index`, `add` and `remove`: a saved index of one or more lists."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from liaison.cli.common import AsJson, Delimiter, Encoding, Map, Organisations, file_size, form_of, say_json
from liaison.cli.errors import BAD_ROWS
from liaison.model.errors import BadInput

if TYPE_CHECKING:
    from liaison.screening.sources import Records

Output = Annotated[Path, typer.Option("--output", "-o", help="Where the index goes.")]


def index(
    lists: Annotated[
        list[Path],
        typer.Argument(
            metavar="LIST...", help="Lists of records: CSV and the other formats of the reference."
        ),
    ],
    output: Output,
    column: Map = None,
    encoding: Encoding = "",
    delimiter: Delimiter = "",
    organisations: Organisations = False,
    as_json: AsJson = False,
) -> None:
    """Build an index of lists once, to check against it many times."""
    from liaison.cli.progress import shown
    from liaison.screening.service import places, require_places
    from liaison.screening.sources import records

    if str(output) == "-":
        raise BadInput("an index is mapped from a file: it cannot go to standard output", hint="give a file")
    require_places(places(output), lists)
    started = time.monotonic()
    with shown(as_json) as progress:
        held = records(lists, form_of(column, encoding, delimiter, organisations), progress)
        held.index.save(output)
    _tell(f"Indexed {len(held.index):,} records", held, output, time.monotonic() - started, as_json)


def add(
    lists: Annotated[list[Path], typer.Argument(metavar="LIST...", help="Lists with the records to add.")],
    to: Annotated[Path, typer.Option("--to", help="The index to add to.")],
    column: Map = None,
    encoding: Encoding = "",
    delimiter: Delimiter = "",
    organisations: Organisations = False,
    as_json: AsJson = False,
) -> None:
    """Add records to an index without building it again."""
    from liaison.cli.progress import shown
    from liaison.screening.sources import records

    started = time.monotonic()
    _require_index(to)
    with shown(as_json) as progress:
        held = records([to, *lists], form_of(column, encoding, delimiter, organisations), progress)
        held.index.save(to)
    _tell(f"The index now holds {len(held.index):,} records", held, to, time.monotonic() - started, as_json)


def remove(
    record_id: Annotated[str, typer.Argument(help="The list's own id of the record.")],
    list_name: Annotated[str, typer.Option("--list", help="The list that the record stands in.")],
    from_: Annotated[Path, typer.Option("--from", help="The index to take it out of.")],
    as_json: AsJson = False,
) -> None:
    """Take a record out of an index; it is not found any more from then on."""
    from liaison.matching.index import Index

    _require_index(from_)
    opened = Index.open(from_)
    taken = opened.remove(list_name, record_id)
    if not taken:
        raise BadInput(
            f"the list {list_name!r} holds no record {record_id!r}",
            file=str(from_),
            field="id",
            hint="check the id and the list",
        )
    opened.save(from_)
    if as_json:
        say_json({"removed": taken, "records": len(opened), "index": str(from_)})
    else:
        typer.echo(
            f"Took {taken} record{'s' if taken > 1 else ''} out of {list_name}; {len(opened):,} remain in {from_}."
        )


def _require_index(path: Path) -> None:
    from liaison.screening.sources import is_index

    if not is_index(path):
        raise BadInput(
            f"{path} is not an index", file=str(path), hint="build one with `liaison index LIST... -o INDEX`"
        )


def _tell(done: str, held: Records, path: Path, seconds: float, as_json: bool) -> None:
    from liaison.screening.alerts import bad_rows_path, write_bad_rows
    from liaison.screening.rules import counted

    bad_file = bad_rows_path(path)
    bad = write_bad_rows(bad_file, held.bad)
    if as_json:
        say_json(
            {
                "index": str(path),
                "records": len(held.index),
                "lists": list(held.index.lists),
                "bytes": path.stat().st_size,
                "seconds": round(seconds, 3),
                "bad_rows": bad,
                "bad_rows_file": str(bad_file) if bad else None,
                "notes": list(held.notes),
            }
        )
    else:
        for note in held.notes:
            typer.echo(f"Note: {note}")
        typer.echo(f"{done} ({', '.join(held.index.lists)}) in {seconds:,.1f} s: {path}, {file_size(path)}")
        if bad:
            typer.echo(
                f"Not used as it stands: {counted(bad, 'value', 'values')}, each listed with its reason: {bad_file}"
            )
    if bad:
        raise typer.Exit(BAD_ROWS)
