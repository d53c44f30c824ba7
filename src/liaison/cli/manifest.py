"""`liaison manifest`: what is understood of passenger lists, and who on them is on a list of one's own."""

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
    help="Passenger lists: PAXLST, PNRGOV, tables.",
    no_args_is_help=True,
)


@app.callback()
def manifest() -> None:
    """Passenger lists of carriers, and tables of passengers."""


@app.command()
def read(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="PAXLST, PNRGOV or tables; - for standard input.")
    ],
    as_json: AsJson = False,
) -> None:
    """Say what is understood of passenger lists: flights, legs, passengers, documents, and every doubt with its place.

    A file that cannot be read is told and the others go on. Parts of one message may stand in several files.
    """
    manifests, refused = _manifests(files)
    if as_json:
        say_json(told(manifests, refused))
    else:
        for line in lines(manifests, refused):
            typer.echo(line)
        _say_refused(refused)
    if not manifests:
        raise typer.Exit(UNUSABLE)
    if refused or any(manifest.doubts for manifest in manifests):
        raise typer.Exit(BAD_ROWS)


@app.command()
def check(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="PAXLST, PNRGOV or tables; - for standard input.")
    ],
    against: Annotated[
        list[Path] | None,
        typer.Option(
            "--against", "-a", help="A list of records or a saved index. May be given several times."
        ),
    ] = None,
    min_score: Annotated[
        float | None,
        typer.Option(help="Every alert of at least this score, in bits. Default: 2 in 100 people by chance."),
    ] = None,
    lists: Annotated[
        str | None, typer.Option(metavar="A,B", help="Check against these lists of the index only.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check everybody on passenger lists against lists: the alerts of each flight, each with its reasons.

    A file that cannot be read is told and the others go on. Nothing is kept.
    """
    from liaison.cli import manifest_check
    from liaison.cli.common import limits_of
    from liaison.cli.progress import shown
    from liaison.model.errors import BadSetting
    from liaison.screening import sources
    from liaison.screening.flights import offline

    if not against:
        raise BadSetting("there is nothing to check against", hint="give --against LIST_OR_INDEX")
    manifests, refused = _manifests(files)
    with shown(as_json) as progress:
        held = sources.records(against, progress=progress)
        checked = offline.check(manifests, held.index, limits_of(None, min_score, lists))
    if as_json:
        say_json(manifest_check.told(checked, refused, len(held.index)))
    else:
        for line in manifest_check.lines(checked, len(held.index)):
            typer.echo(line)
        _say_refused(refused)
    if not manifests:
        raise typer.Exit(UNUSABLE)
    if refused or held.bad or any(manifest.doubts for manifest in manifests):
        raise typer.Exit(BAD_ROWS)


def _manifests(files: list[Path]) -> tuple[list[Manifest], list[BadInput]]:
    """The manifests of files, messages and tables, and why a file could not be read."""
    from datetime import UTC, datetime

    from liaison.formats.manifests import Manifest, join
    from liaison.screening.flights.reading import Sent, received

    parts, refused, year = list[Manifest](), list[BadInput](), datetime.now(UTC).year
    for file in files:
        try:
            found = received([Sent(_named(file), _bytes(file))], year)
        except BadInput as refusal:
            refusal.file = refusal.file or _named(file)
            refused.append(refusal)
        else:
            parts += found.parts
            refused += found.refused
    return join(parts), refused


def _say_refused(refused: list[BadInput]) -> None:
    for error in refused:
        typer.echo(f"{error.file}: {error}\n  What to do: {error.hint}", err=True)


def _bytes(file: Path) -> bytes:
    """The bytes of a file, and no more of it than is read. Raises BadInput where the system will not read it."""
    from liaison.formats.edifact.splitting import MOST_BYTES

    try:
        if str(file) == "-":
            return sys.stdin.buffer.read(MOST_BYTES + 1)
        with file.open("rb") as opened:
            return opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise BadInput(
            error.strerror or str(error),
            file=str(file),
            hint="check the name of the file and its permissions",
        ) from None


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
        f"Lists: {len(manifests):,}, people: {passengers:,}, doubts: {doubts:,}, "
        f"files that could not be read: {len(refused):,}."
    )


def _manifest(manifest: Manifest) -> Iterator[str]:
    change = f", {manifest.change}" if manifest.change else ""
    form = f" ({manifest.message} {manifest.version})" if manifest.version else ""
    yield f"{manifest.file}: {manifest.kind.value}{change}{form}"
    if manifest.sender or manifest.sent:
        yield f"  from {manifest.sender or 'nobody named'}, sent {manifest.sent.replace('T', ' ') or 'on no day named'}"
    for flight in manifest.flights:
        yield from _flight(flight)
    if not manifest.flights:
        yield f"  No flight: the {manifest.form} names none"
    yield f"  People: {len(manifest.passengers):,}"
    for number, passenger in enumerate(manifest.passengers, start=1):
        yield f"  {number:>5}  {named_passenger(passenger)}"
    if manifest.dropped:
        yield f"  Not kept, as it tells of health or belief: requests, {manifest.dropped:,}"
    for doubt in manifest.doubts:
        yield f"  Doubt: {doubt_line(manifest, doubt)}"


def _flight(flight: Flight) -> Iterator[str]:
    shares = f", also {', '.join(map(str, flight.code_shares))}" if flight.code_shares else ""
    day = "" if any(leg.departs for leg in flight.legs) else ", on no day named"
    yield f"  Flight {flight.name}{shares}{day}"
    for leg in flight.legs:
        times = [time.replace("T", " ") for time in (leg.departs, leg.arrives)]
        yield f"    {leg.origin or '?'} {times[0]} - {leg.destination or '?'} {times[1]}".rstrip()


def named_passenger(one: Passenger) -> str:
    """Who somebody is, in one line."""
    names = " = ".join(f"{name.surname}, {name.given}".strip(", ") for name in one.names) or "(no name)"
    said = [names, one.born, one.sex, one.nationality]
    said += [" ".join((each.code, each.number, each.issuer)).strip() for each in one.documents]
    said += [f"seat {one.seat}" if one.seat else "", f"booking {one.locator}" if one.locator else ""]
    said.append(one.role.value if one.role.value != "passenger" else "")
    if one.infant:
        said.append("infant" if one.infant_of is None else f"infant with {one.infant_of + 1}")
    return "  ".join(part for part in said if part)


def doubt_line(manifest: Manifest, doubt: Doubt) -> str:
    """A doubt with its place: the segment and byte of a message, the row of a table."""
    place = f"{manifest.piece} {doubt.segment:,}" if doubt.segment else ""
    place += f", byte {doubt.offset:,}" if doubt.offset >= 0 else ""
    place += f" of {doubt.file}" if place and doubt.file != manifest.file else ""
    return f"{place}: {doubt.words}" if place else doubt.words
