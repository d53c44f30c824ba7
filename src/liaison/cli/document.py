"""`liaison document read`: the machine readable zones in photographs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from liaison.cli.common import AsJson, say_json
from liaison.cli.errors import BAD_ROWS, UNUSABLE, described
from liaison.model.errors import BadInput

if TYPE_CHECKING:
    from liaison.pictures.answers import Found, Reading

WHY = {
    "none": "no zone was found: photograph the whole page from above, with the lines at its foot",
    "small": "the lines are too small: go closer",
    "dark": "it is too dark: take it again in better light",
    "cut": "the zone runs out of the picture, or its end is covered: photograph it whole, with room on every side",
    "unclear": "no whole zone could be read: lay the page flat, hold still, keep reflections off it",
}
Read = list[tuple[Path, "Reading"]]

app = typer.Typer(name="document", help="Travel documents in photographs.", no_args_is_help=True)


@app.callback()
def document() -> None:
    """Travel documents in photographs."""


@app.command()
def read(
    pictures: Annotated[list[Path], typer.Argument(metavar="PICTURE...", help="JPEG, PNG or WebP.")],
    as_json: AsJson = False,
) -> None:
    """Read the machine readable zones in pictures. Nothing is looked up, and nothing is kept.

    A picture that cannot be read is told and the others go on. It needs the extra `photographs`.
    """
    from liaison.pictures.reader import Reader

    reader, found, refused = Reader(), list[tuple[Path, "Reading"]](), list[BadInput]()
    for picture in pictures:
        try:
            found.append((picture, reader.read(_content(picture))))
        except BadInput as refusal:
            refusal.file = str(picture)
            refused.append(refusal)
    if as_json:
        say_json(told(found, refused))
    else:
        for line in lines(found):
            typer.echo(line)
        for error in refused:
            typer.echo(f"{error.file}: {error}\n  What to do: {error.hint}", err=True)
    if not any(each.zones for _, each in found):
        raise typer.Exit(UNUSABLE)
    if refused or not all(zone.sure for _, each in found for zone in each.zones):
        raise typer.Exit(BAD_ROWS)


def _content(picture: Path) -> bytes:
    """The bytes of a file, no more than may be read. Raises BadInput where the system will not read it."""
    from liaison.pictures.headers import MOST_BYTES

    try:
        with picture.open("rb") as opened:
            return opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise BadInput(error.strerror or str(error), hint="check the name of the file") from None


def told(found: Read, refused: list[BadInput]) -> dict[str, Any]:
    """What was read, for a script."""
    import msgspec

    pictures = [
        {
            "file": str(path),
            "why": each.why,
            "zones": [msgspec.to_builtins(zone) | {"sure": zone.sure} for zone in each.zones],
        }
        for path, each in found
    ]
    return {"pictures": pictures, "refused": [described(error) for error in refused]}


def lines(found: Read) -> Iterator[str]:
    """What was read, for a person."""
    for path, each in found:
        if not each.zones:
            yield f"{path}: {WHY[each.why]}"
        for zone in each.zones:
            yield f"{path}: {_said(zone)}"
            yield from (f"  {line}" for line in zone.text.split("\n"))
            for doubt in zone.doubts:
                place = f"line {doubt.line}, column {doubt.column}: " if doubt.column else ""
                yield f"  Doubt: {place}{doubt.words}"


def _said(zone: Found) -> str:
    if zone.sure:
        return "consistent; compare the names, which no check digit covers"
    return "consistent, and not read surely: compare it" if zone.consistent else "not consistent"
