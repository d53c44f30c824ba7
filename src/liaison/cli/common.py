"""What several verbs share: options, and how their values are read."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from liaison.model.errors import BadSetting

if TYPE_CHECKING:
    from liaison.matching.search import Limits
    from liaison.screening.sources import Form

AsJson = Annotated[
    bool, typer.Option("--json", help="Write one JSON object to standard output, for a script.")
]
Map = Annotated[
    list[str] | None,
    typer.Option(
        "--map", metavar="FIELD=COLUMN", help="Take FIELD from the column COLUMN. May be given several times."
    ),
]


Encoding = Annotated[
    str, typer.Option(help="How the file is encoded, where it is guessed wrong: windows-1251, ...")
]
Delimiter = Annotated[str, typer.Option(help="What separates the columns, where it is guessed wrong.")]
Organisations = Annotated[
    bool,
    typer.Option("--organisations", help="Read companies, vessels and the like of a list as well."),
]


def form_of(
    pairs: Sequence[str] | None, encoding: str = "", delimiter: str = "", organisations: bool = False
) -> Form:
    """What was said about a file on the command line. Raises BadSetting."""
    from liaison.screening.sources import Form

    return Form(columns_of(pairs), encoding, delimiter.replace("\\t", "\t"), organisations)


def columns_of(pairs: Sequence[str] | None) -> Mapping[str, str]:
    """`--map name=Column` as a mapping. Raises BadSetting."""
    mapping: dict[str, str] = {}
    for pair in pairs or ():
        name, equals, column = pair.partition("=")
        if not (name and equals and column):
            raise BadSetting(
                f"--map {pair!r} is not of the form FIELD=COLUMN", hint="for example --map surname=Nachname"
            )
        mapping[name.strip()] = column.strip()
    return mapping


def limits_of(alerts_per_1000: float | None, min_score: float | None, lists: str | None) -> Limits:
    """The limits of a check. Raises BadSetting when two are given that exclude each other, or one cannot be met."""
    from liaison.matching.search import Limits

    if alerts_per_1000 is not None and min_score is not None:
        raise BadSetting("--alerts-per-1000 and --min-score exclude each other", hint="give one of them")
    if alerts_per_1000 is not None and not 0 < alerts_per_1000 <= 1_000_000:
        raise BadSetting("--alerts-per-1000 must be above 0", hint="20 is a usual budget")
    if min_score is not None and not 1 <= min_score <= 1000:
        raise BadSetting(
            "--min-score must be between 1 and 1000 bits", hint="about 20 is usual for a list of a million"
        )
    opened = frozenset(name.strip() for name in lists.split(",") if name.strip()) if lists else None
    return Limits(min_score=min_score, alerts_per_1000=alerts_per_1000, lists=opened, threads=processors())


def require_free_output(as_json: bool, *outputs: Path | None) -> None:
    """Raises BadSetting when two things would be written to standard output."""
    if [str(path) for path in outputs].count("-") + as_json > 1:
        raise BadSetting("two answers cannot both go to standard output", hint="give a file for one of them")


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def say_json(answer: Mapping[str, Any]) -> None:
    """Write the answer for a script."""
    typer.echo(json.dumps(answer, ensure_ascii=False, default=str))


def file_size(path: Path) -> str:
    """The size of a file in MB."""
    return f"{path.stat().st_size / 1e6:,.1f} MB"
