"""`liaison plates read`: registration marks in photographs and films."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from liaison.cli.common import AsJson, processors, require_free_output, say_json
from liaison.cli.errors import BAD_ROWS, UNUSABLE, described
from liaison.model.errors import BadInput, BadSetting

if TYPE_CHECKING:
    from liaison.pictures.plates.answers import Pass, Plate, Seen, Watched
    from liaison.pictures.plates.process import Task
    from liaison.screening.progress import Progress

PICTURES = frozenset({".jpg", ".jpeg", ".jpe", ".png", ".webp"})
FILMS = frozenset({".mp4", ".m4v", ".mov", ".mkv", ".avi", ".webm", ".ts", ".mpg", ".mpeg"})
SURE = 0.7  # of the confidence: below it a read is said not to be sure, and others are named
COLUMNS = (
    "image",
    "plate",
    "confidence",
    "country",
    "candidates",
    "box",
    "ms",
    "raw",
    "from",
    "until",
    "frames",
)

Country = Annotated[
    list[str] | None,
    typer.Option(
        metavar="CC", help="A state whose plates the camera mostly sees. May be given several times."
    ),
]
Side = Annotated[
    list[int] | None,
    typer.Option(
        metavar="PIXELS", help="Longest side at which plates are looked for, in steps; else 448, 960."
    ),
]
Detector = Annotated[
    str,
    typer.Option(
        metavar="FILE", envvar="LIAISON_PLATE_DETECTOR", help="An own network that finds plates (ONNX)."
    ),
]
Reader = Annotated[
    str,
    typer.Option(
        metavar="FILE", envvar="LIAISON_PLATE_READER", help="An own network that reads plates (ONNX)."
    ),
]
Alphabet = Annotated[
    str,
    typer.Option(metavar="FILE", envvar="LIAISON_PLATE_ALPHABET", help="The signs that plate_reader reads."),
]

app = typer.Typer(name="plates", help="Registration marks in photographs and films.", no_args_is_help=True)


@dataclass(slots=True)
class Reads:
    """What was read of a batch: pictures, passes and ends of films, what was refused, and files that were left out."""

    pictures: list[tuple[Path, Seen]] = field(default_factory=list)
    passes: list[tuple[Path, Pass]] = field(default_factory=list)
    films: list[tuple[Path, Watched]] = field(default_factory=list)
    refused: list[BadInput] = field(default_factory=list)
    left_out: int = 0

    @property
    def plates(self) -> int:
        """How many plates were read."""
        return sum(len(seen.plates) for _, seen in self.pictures) + len(self.passes)


@app.callback()
def plates() -> None:
    """Registration marks in photographs and films."""


@app.command()
def read(
    images: Annotated[
        list[Path],
        typer.Argument(metavar="IMAGE...", help="JPEG, PNG or WebP, films, or folders of these."),
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="READS.csv", help="Write a table. - is standard output."),
    ] = None,
    country: Country = None,
    side: Side = None,
    processes: Annotated[
        int, typer.Option(help="How many processes read at one time; 0: one for each processor.")
    ] = 1,
    plate_detector: Detector = "",
    plate_reader: Reader = "",
    plate_alphabet: Alphabet = "",
    as_json: AsJson = False,
) -> None:
    """Read plates. Nothing is looked up, and nothing is kept but what you write.

    A file that cannot be read is told by its name and the others go on. Of a film one read is told for each vehicle
    that passes. A read is a reading: a person compares it with the picture. It needs the extra `anpr`.
    """
    from liaison.cli.progress import shown
    from liaison.pictures.plates.batch import Batch

    require_free_output(as_json, output)
    task = _task(country or [], side or [], (plate_detector, plate_reader, plate_alphabet))
    reads = Reads()
    files = _files(images, reads)
    with shown() as progress, Batch(task, processes or processors()) as batch:
        _pictures(batch, [path for path in files if path.suffix.lower() not in FILMS], reads, progress)
        for path in files:
            if path.suffix.lower() in FILMS:
                _film(batch, path, reads, progress)
    if output is not None:
        _write(output, reads)
    if as_json:
        say_json(told(reads))
    elif output is None:
        for line in lines(reads):
            typer.echo(line)
    for error in reads.refused:
        typer.echo(f"{error.file}: {error}\n  What to do: {error.hint}", err=True)
    typer.echo(_summary(reads), err=True)
    if not reads.pictures and not reads.films:
        raise typer.Exit(UNUSABLE)
    if reads.refused:
        raise typer.Exit(BAD_ROWS)


@app.command()
def watch(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="A camera's stream as rtsp://..., a film, or a folder.")
    ],
    country: Country = None,
    side: Side = None,
    to: Annotated[
        str, typer.Option("--to", metavar="URL", help="Send each read to this node, as https://node.example.")
    ] = "",
    feed_secret_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A file with the secret of the feed.")
    ] = None,
    camera: Annotated[
        str, typer.Option(metavar="CODE", help="The camera, as the node's register names it.")
    ] = "",
    ca: Annotated[
        Path | None,
        typer.Option("--ca", metavar="FILE", help="PEM file of who signed the node's certificate."),
    ] = None,
    plate_detector: Detector = "",
    plate_reader: Reader = "",
    plate_alphabet: Alphabet = "",
    as_json: Annotated[
        bool, typer.Option("--json", help="Write one JSON object on a line for each vehicle.")
    ] = False,
) -> None:
    """Tell one read for each vehicle that passes a camera, until it ends or you stop it; send it to a node with --to.

    Of a camera the time is that of this machine when the vehicle had passed; a picture was taken, and a film
    ended, when its file was last changed. A folder is watched for files that come. With --to the picture of the
    plate goes along, and a camera that ends is called again. A password in an address is seen by whoever sees this
    machine's processes.
    """
    from liaison.cli.sending import Sending, secret_of
    from liaison.cli.watching import Post, Watch

    task = _task(country or [], side or [], (plate_detector, plate_reader, plate_alphabet), crops=bool(to))

    def tell(plate: Plate, at: datetime, passed: Pass | None) -> None:
        typer.echo(_passed(plate, at, passed, as_json))

    if not to:
        Watch(task, FILMS, PICTURES, tell).run(source, again=False)
        return
    if feed_secret_file is None or not camera:
        raise BadSetting(
            "--to takes a feed and a camera", hint="give --feed-secret-file FILE and --camera CODE as well"
        )
    secret = secret_of(feed_secret_file, "the secret of the feed")
    with Sending(to, secret, ca, say=lambda text: typer.echo(text, err=True)) as sending:
        post = Post(sending, camera)

        def tell_both(plate: Plate, at: datetime, passed: Pass | None) -> None:
            tell(plate, at, passed)
            post.send(plate, at)

        Watch(task, FILMS, PICTURES, tell_both).run(source, again=True)
    typer.echo(str(sending.sent), err=True)
    if sending.fault is not None:
        raise sending.fault


def _passed(plate: Plate, at: datetime, passed: Pass | None, as_json: bool) -> str:
    import json

    import msgspec

    when = at.isoformat(timespec="seconds").replace("+00:00", "Z")
    if as_json:
        bare = msgspec.structs.replace(plate, crop=b"")
        told = msgspec.structs.replace(passed, plate=bare) if passed else {"plate": bare}
        return json.dumps({"passed": when, **msgspec.to_builtins(told)})
    looks = f"; {passed.agreeing} of {passed.frames} looks agree" if passed else ""
    return f"{when} {_said(plate)}{looks}"


def _task(countries: list[str], sides: list[int], own: tuple[str, str, str], *, crops: bool = False) -> Task:
    """How to look. Raises BadSetting for a state, a side or a file that cannot be."""
    from liaison.formats.vehicles.forms import state_of
    from liaison.pictures.plates.models import LARGEST, Models
    from liaison.pictures.plates.process import Task
    from liaison.pictures.plates.reading import SIDES

    wrong = next((side for side in sides if not 64 <= side <= LARGEST), None)
    if wrong is not None:
        raise BadSetting(f"--side {wrong} cannot be looked at", hint=f"give 64 to {LARGEST} pixels")
    try:
        expected = tuple(state_of(each) for each in countries)
    except BadInput as error:
        raise BadSetting(str(error), hint=error.hint) from None
    paths = [str(Path(each).absolute()) if each else "" for each in own]
    return Task(tuple(sides) or SIDES, expected, Models(*paths), crops=crops)


def _files(images: list[Path], reads: Reads) -> list[Path]:
    """The files that are named, and those of folders that are pictures or films by their names."""
    found = list[Path]()
    for image in images:
        if not image.is_dir():
            found.append(image)
            continue
        inside = sorted(path for path in image.rglob("*") if path.is_file())
        known = [path for path in inside if path.suffix.lower() in PICTURES | FILMS]
        reads.left_out += len(inside) - len(known)
        found += known
    return found


def _pictures(batch: Any, paths: list[Path], reads: Reads, progress: Progress) -> None:
    for done, result in enumerate(batch.pictures(paths), 1):
        if result.seen is not None:
            reads.pictures.append((result.path, result.seen))
        else:
            reads.refused.append(result.refused)
        progress("pictures", done, len(paths))


def _film(batch: Any, path: Path, reads: Reads, progress: Progress) -> None:
    from liaison.pictures.plates.answers import Pass

    try:
        for each in batch.film(path):
            if isinstance(each, Pass):
                reads.passes.append((path, each))
            elif each.ended:
                reads.films.append((path, each))
            progress(f"film {path.name}", 0, 0)
    except BadInput as refusal:
        reads.refused.append(refusal)


def _summary(reads: Reads) -> str:
    from liaison.screening.rules import counted

    without = sum(not seen.plates for _, seen in reads.pictures)
    unsure = sum(film.unsure for _, film in reads.films)
    parts = [
        counted(reads.plates, "plate", "plates"),
        f"{counted(len(reads.pictures), 'picture', 'pictures')}, {without:,} of them without a plate",
    ]
    if reads.films:
        parts.append(
            f"{counted(len(reads.films), 'film', 'films')}, {unsure:,} vehicles not read surely enough"
        )
    if reads.left_out:
        parts.append(f"{counted(reads.left_out, 'other file', 'other files')} in folders left out")
    if reads.refused:
        parts.append(f"{counted(len(reads.refused), 'file', 'files')} refused")
    return "; ".join(parts)


def _rows(reads: Reads) -> Iterator[list[str]]:
    """A row for each plate, and one without a plate for each picture that has none."""
    from liaison.screening.rules import inert

    for path, seen in reads.pictures:
        for plate in seen.plates:
            yield [inert(str(path)), *_cells(plate, f"{seen.milliseconds:g}"), "", "", "1"]
        if not seen.plates:
            yield [inert(str(path)), "", "", "", "", "", f"{seen.milliseconds:g}", "", "", "", ""]
    for path, each in reads.passes:
        yield [
            inert(str(path)),
            *_cells(each.plate, ""),
            f"{each.first:g}",
            f"{each.last:g}",
            str(each.frames),
        ]


def _cells(plate: Plate, milliseconds: str) -> list[str]:
    candidates = " ".join(f"{each.text}:{each.share:.4f}" for each in plate.candidates)
    box = " ".join(f"{x:g},{y:g}" for x, y in plate.box)
    return [
        plate.text, f"{plate.confidence:.4f}", " ".join(plate.states), candidates, box, milliseconds, plate.raw,
    ]  # fmt: skip


def _write(output: Path, reads: Reads) -> None:
    import csv

    from liaison.screening.alerts import whole_file

    with whole_file(output) as out:
        csv.writer(out, lineterminator="\n").writerows([COLUMNS, *_rows(reads)])


def told(reads: Reads) -> dict[str, Any]:
    """What was read, for a script."""
    import msgspec

    builtins = msgspec.to_builtins
    return {
        "pictures": [{"file": str(path), **builtins(seen)} for path, seen in reads.pictures],
        "passes": [{"file": str(path), **builtins(each)} for path, each in reads.passes],
        "films": [{"file": str(path), **builtins(film)} for path, film in reads.films],
        "refused": [described(error) for error in reads.refused],
        "left_out": reads.left_out,
    }


def lines(reads: Reads) -> Iterator[str]:
    """What was read, for a person."""
    for path, seen in reads.pictures:
        if not seen.plates:
            yield f"{path}: no plate read"
        for plate in seen.plates:
            yield f"{path}: {_said(plate)}"
    for path, each in reads.passes:
        when = f"{_clock(each.first)} to {_clock(each.last)}"
        yield f"{path}: {when}: {_said(each.plate)}; {each.agreeing} of {each.frames} looks agree"


def _said(plate: Plate) -> str:
    others = ", ".join(each.text for each in plate.candidates[1:4])
    parts = [
        f"{plate.text} ({plate.confidence:.2f}{', not sure' if plate.confidence < SURE else ''})",
        f"read as {plate.raw}" if plate.corrected else "",
        f"one of {', '.join(plate.states)}" if plate.states else "of no form that is known",
        f"or {others}" if others and plate.confidence < SURE else "",
    ]
    return "; ".join(part for part in parts if part)


def _clock(seconds: float) -> str:
    minutes, tenths = divmod(round(10 * seconds), 600)
    return f"{minutes // 60}:{minutes % 60:02}:{tenths / 10:04.1f}"
