"""`liaison clear` and `liaison cleared`: pairs that a person has looked at and that are not one person."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from liaison.cli.common import AsJson, Delimiter, Encoding, Map, form_of, say_json
from liaison.model.errors import BadInput

if TYPE_CHECKING:
    from liaison.screening.cleared import Clearing


def clear(
    subject_id: Annotated[
        str, typer.Argument(help="The id of the person checked, as in the file of alerts.")
    ],
    record_id: Annotated[str, typer.Argument(help="The id of the record, as in the file of alerts.")],
    subjects: Annotated[Path, typer.Option(help="The file the person was checked from.")],
    against: Annotated[
        list[Path], typer.Option("--against", "-a", help="The list or index that holds the record.")
    ],
    cleared: Annotated[Path, typer.Option(help="The file of cleared pairs; made if it is not there.")],
    who: Annotated[str, typer.Option(help="Who decided it.")],
    why: Annotated[str, typer.Option(help="Why this person is not that record.")],
    undo: Annotated[bool, typer.Option("--undo", help="Take an earlier clearing back.")] = False,
    column: Map = None,
    encoding: Encoding = "",
    delimiter: Delimiter = "",
    as_json: AsJson = False,
) -> None:
    """Remember that a person is not a record: the pair does not come back until either side changes."""
    from datetime import UTC, datetime

    from liaison.screening import service, sources
    from liaison.screening.cleared import Cleared

    people = sources.read(subjects, form_of(column, encoding, delimiter)).people
    held = sources.records(against)
    decision = service.Decision(who, datetime.now(UTC), why)
    decide = service.undo if undo else service.clear
    written = decide(Cleared.open(cleared), people, held.index, (subject_id, record_id), decision)
    if as_json:
        say_json({"file": str(cleared), "lines": [described(line) for line in written]})
        return
    done = "may come back as an alert" if undo else "will not come back until either side changes"
    for line in written:
        typer.echo(f"{line.subject_id} and {line.record_id} in {line.list} {done}. Written to {cleared}.")


def cleared(
    file: Annotated[Path, typer.Argument(help="A file of cleared pairs.")],
    history: Annotated[
        bool, typer.Option("--history", help="Show every clearing and undoing, not only what stands.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show which pairs are cleared, by whom, when and why."""
    from liaison.screening.cleared import Cleared

    if not file.exists():
        raise BadInput(
            f"there is no file {file}", file=str(file), hint="clear a pair first with `liaison clear`"
        )
    opened = Cleared.open(file)
    lines = opened.history if history else list(opened.standing.values())
    if as_json:
        say_json({"file": str(file), "lines": [described(line) for line in lines]})
        return
    if not lines:
        typer.echo("No pair is cleared.")
    for line in lines:
        typer.echo(
            f"{line.when}  {line.verb:5}  {line.subject_id} / {line.record_id} in {line.list}  {line.who}: {line.why}"
        )


def described(line: Clearing) -> dict[str, str]:
    """A line of the file for a script."""
    return {
        name: getattr(line, name)
        for name in ("verb", "subject_id", "record_id", "list", "who", "when", "why")
    }
