"""`liaison manifest read`: what is understood of the passenger messages that carriers send."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from liaison.cli.common import AsJson, say_json
from liaison.cli.errors import BAD_ROWS, UNUSABLE, described
from liaison.model.errors import BadInput

if TYPE_CHECKING:
    from liaison.formats.edifact import Doubt
    from liaison.formats.manifests import Flight, Manifest, Passenger

app = typer.Typer(
    name="manifest",
    help="Passenger messages of carriers: PAXLST and PNRGOV.",
    no_args_is_help=True,
)


@app.callback()
def manifest() -> None:
    """Passenger messages of carriers."""


@app.command()
def read(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="PAXLST or PNRGOV messages; - for standard input.")
    ],
    as_json: AsJson = False,
) -> None:
    """Say what is understood of messages: flights, legs, passengers, documents, and every doubt with its place.

    A file that cannot be read is told and the others go on. Parts of one message may stand in several files.
    """
    from liaison.formats.manifests import join

    read_parts, refused = [], list[BadInput]()
    for file in files:
        try:
            read_parts += _parts(file)
        except BadInput as refusal:
            refusal.file = refusal.file or _named(file)
            refused.append(refusal)
    manifests = join(read_parts)
    if as_json:
        say_json(told(manifests, refused))
    else:
        for line in lines(manifests, refused):
            typer.echo(line)
        for error in refused:
            typer.echo(f"{error.file}: {error}\n  What to do: {error.hint}", err=True)
    if not manifests:
        raise typer.Exit(UNUSABLE)
    if refused or any(manifest.doubts for manifest in manifests):
        raise typer.Exit(BAD_ROWS)


def _parts(file: Path) -> list[Manifest]:
    """The messages of one file. Raises BadInput, also where the system will not read it."""
    from liaison.formats.edifact.splitting import MOST_BYTES
    from liaison.formats.manifests.reading import read_parts

    try:
        if str(file) == "-":
            data = sys.stdin.buffer.read(MOST_BYTES + 1)
        else:
            with file.open("rb") as opened:
                data = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise BadInput(
            error.strerror or str(error),
            file=str(file),
            hint="check the name of the file and its permissions",
        ) from None
    return read_parts(data, _named(file))


def _named(file: Path) -> str:
    return "standard input" if str(file) == "-" else str(file)


def told(manifests: list[Manifest], refused: list[BadInput]) -> dict[str, Any]:
    """What was understood, for a script."""
    import msgspec

    return {
        "passengers": sum(len(manifest.passengers) for manifest in manifests),
        "doubts": sum(len(manifest.doubts) for manifest in manifests),
        "manifests": [msgspec.to_builtins(manifest) for manifest in manifests],
        "refused": [described(error) for error in refused],
    }


def lines(manifests: list[Manifest], refused: list[BadInput]) -> Iterator[str]:
    """What was understood, to read."""
    for manifest in manifests:
        yield from _manifest(manifest)
    passengers = sum(len(manifest.passengers) for manifest in manifests)
    doubts = sum(len(manifest.doubts) for manifest in manifests)
    yield (
        f"Messages: {len(manifests):,}, people: {passengers:,}, doubts: {doubts:,}, "
        f"files that could not be read: {len(refused):,}."
    )


def _manifest(manifest: Manifest) -> Iterator[str]:
    change = f", {manifest.change}" if manifest.change else ""
    yield f"{manifest.file}: {manifest.kind.value}{change} ({manifest.message} {manifest.version})"
    if manifest.sender or manifest.sent:
        yield f"  from {manifest.sender or 'nobody named'}, sent {manifest.sent.replace('T', ' ') or 'on no day named'}"
    for flight in manifest.flights:
        yield from _flight(flight)
    yield f"  People: {len(manifest.passengers):,}"
    for number, passenger in enumerate(manifest.passengers, start=1):
        yield f"  {number:>5}  {_passenger(passenger)}"
    if manifest.dropped:
        yield f"  Not kept, as it tells of health or belief: requests, {manifest.dropped:,}"
    for doubt in manifest.doubts:
        yield f"  Doubt: {_doubt(doubt, manifest.file)}"


def _flight(flight: Flight) -> Iterator[str]:
    shares = f", also {', '.join(map(str, flight.code_shares))}" if flight.code_shares else ""
    yield f"  Flight {flight.name}{shares}"
    for leg in flight.legs:
        times = [time.replace("T", " ") for time in (leg.departs, leg.arrives)]
        yield f"    {leg.origin or '?'} {times[0]} - {leg.destination or '?'} {times[1]}".rstrip()


def _passenger(one: Passenger) -> str:
    names = " = ".join(f"{name.surname}, {name.given}".strip(", ") for name in one.names) or "(no name)"
    said = [names, one.born, one.sex, one.nationality]
    said += [" ".join((each.code, each.number, each.issuer)).strip() for each in one.documents]
    said += [f"seat {one.seat}" if one.seat else "", f"booking {one.locator}" if one.locator else ""]
    said.append(one.role.value if one.role.value != "passenger" else "")
    if one.infant:
        said.append("infant" if one.infant_of is None else f"infant with {one.infant_of + 1}")
    return "  ".join(part for part in said if part)


def _doubt(doubt: Doubt, file: str) -> str:
    place = f"segment {doubt.segment:,}" if doubt.segment else ""
    place += f", byte {doubt.offset:,}" if doubt.offset >= 0 else ""
    place += f" of {doubt.file}" if place and doubt.file != file else ""
    return f"{place}: {doubt.words}" if place else doubt.words
