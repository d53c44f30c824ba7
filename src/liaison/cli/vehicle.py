"""`liaison vehicle read`: what is understood of registration marks and vehicle identification numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from liaison.cli.common import AsJson, say_json
from liaison.cli.errors import BAD_ROWS, UNUSABLE, described
from liaison.model.errors import BadInput, BadSetting

if TYPE_CHECKING:
    from liaison.formats.vehicles import Plate, VinReading
    from liaison.formats.vehicles.plates import Fit

NUMBER = 17  # letters and digits of a vehicle identification number

app = typer.Typer(
    name="vehicle",
    help="Registration marks and vehicle identification numbers.",
    no_args_is_help=True,
)


@app.callback()
def vehicle() -> None:
    """Registration marks and vehicle identification numbers."""


@app.command()
def read(
    texts: Annotated[
        list[str],
        typer.Argument(metavar="TEXT...", help="Registration marks, or vehicle identification numbers."),
    ],
    state: Annotated[
        str,
        typer.Option(
            metavar="STATE", help="Whose marks they are: two or three letters, or the sign on cars."
        ),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Say what is understood: which states' marks it can be, how else it may be read, and every doubt with its place.

    What has 17 letters and digits is read as a vehicle identification number.
    """
    from liaison.formats.vehicles.forms import state_of

    try:
        wanted = state_of(state) if state else ""
    except BadInput as error:
        raise BadSetting(str(error), hint=error.hint) from None
    found: list[Plate | VinReading] = []
    refused: list[BadInput] = []
    for text in texts:
        try:
            found.append(_read(text, wanted))
        except BadInput as error:
            refused.append(error)
    if as_json:
        say_json(told(found, refused))
    else:
        for line in lines(found):
            typer.echo(line)
        for refusal in refused:
            typer.echo(f"{refusal}\n  What to do: {refusal.hint}", err=True)
    if not found:
        raise typer.Exit(UNUSABLE)
    if refused or any(one.doubts for one in found):
        raise typer.Exit(BAD_ROWS)


def _read(text: str, state: str) -> Plate | VinReading:
    from liaison.formats.vehicles import plates, vin

    if sum(sign.isalnum() for sign in text) == NUMBER:
        return vin.read(text)
    return plates.read(text, state or None)


def told(found: list[Plate | VinReading], refused: list[BadInput]) -> dict[str, Any]:
    """What was understood, for a script."""
    import msgspec

    from liaison.formats.vehicles import Plate

    return {
        "plates": [msgspec.to_builtins(one) for one in found if isinstance(one, Plate)],
        "vins": [
            msgspec.to_builtins(one) | {"model_year": one.model_year}
            for one in found
            if not isinstance(one, Plate)
        ],
        "doubts": sum(len(one.doubts) for one in found),
        "refused": [described(error) for error in refused],
    }


def lines(found: list[Plate | VinReading]) -> Iterator[str]:
    """What was understood, to read."""
    from liaison.formats.vehicles import Plate

    for one in found:
        yield from _plate(one) if isinstance(one, Plate) else _vin(one)
        for doubt in one.doubts:
            yield f"  Doubt: {f'sign {doubt.place}: ' if doubt.place else ''}{doubt.words}"


def _plate(plate: Plate) -> Iterator[str]:
    from liaison.formats.vehicles.forms import states

    yield f"{plate.raw}: registration mark {plate.text}"
    for fit in plate.fits:
        yield f"  can be of {states()[fit.state].name} ({fit.state}): {_fit(fit)}"
    for other in plate.otherwise:
        places = ", ".join(map(str, other.places))
        yield f"  may be read as {other.text} (sign {places}): {', '.join(other.states)}"


def _fit(fit: Fit) -> str:
    years = f", {fit.since or '?'} to {fit.until or 'now'}" if fit.since or fit.until else ""
    return f"{fit.kind}{years} ({fit.reading.value})"


def _vin(number: VinReading) -> Iterator[str]:
    yield f"{number.raw}: vehicle identification number {number.text}"
    yield f"  maker {number.maker}, {number.region or 'a region that nobody named'}"
    yield f"  check digit: {number.check.value}"
    if number.model_year:
        yield f"  model year: {number.model_year}"
    for other in number.otherwise:
        yield f"  may be read as {other}"
