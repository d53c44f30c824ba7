"""`liaison demo`: an invented operation made, checked and told, from files in to report out."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from liaison.cli.check import summary, told
from liaison.cli.common import say_json
from liaison.cli.progress import shown
from liaison.demo.operation import Operation, Planted, Size, make
from liaison.matching.search import Limits

if TYPE_CHECKING:
    from liaison.screening.service import Outcome

STRONGEST = 5


@dataclass(frozen=True, slots=True)
class Found:
    """Which planted passengers came back as an alert on their own record, and how many alerts are on the OFAC list."""

    planted: tuple[Planted, ...]
    missed: tuple[Planted, ...]
    on_ofac: int

    def by(self, mistake: str) -> list[tuple[str, int, int]]:
        """For every kind of a mistake: the kind, how many were found, of how many."""
        every = Counter(getattr(planted, mistake) for planted in self.planted)
        lost = Counter(getattr(planted, mistake) for planted in self.missed)
        return [(kind, count - lost[kind], count) for kind, count in every.most_common()]


def run(folder: Path, size: Size, seed: int, threads: int, as_json: bool) -> None:
    """Make, check and tell. The folder is made if it is not there; files of an earlier run are replaced."""
    from datetime import UTC, datetime

    from liaison.screening import sources
    from liaison.screening.service import Order, check

    folder.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    if not as_json:
        typer.echo(
            f"Inventing {size.passengers:,} passengers and {size.records:,} records; {size.planted:,} are in both ..."
        )
    operation = make(folder, size, seed)
    made = time.monotonic() - started
    against = (operation.records, operation.ofac)
    if not as_json:
        typer.echo(
            f"Made in {made:.1f} s. Now the check, as you would run it yourself:\n\n  {command(operation, folder)}\n"
        )
    order = Order(against, folder / "alerts.csv", Limits(threads=threads), folder / "report.html")
    with shown(as_json) as progress:
        outcome = check(
            operation.passengers.name,
            sources.read(operation.passengers, progress=progress),
            order,
            datetime.now(UTC),
            progress,
        )
    seconds = time.monotonic() - started - made
    found = compared(operation, outcome)
    if as_json:
        say_json(
            summary(outcome, seconds)
            | {
                "planted": len(found.planted),
                "missed": [p.passenger for p in found.missed],
                "alerts_on_ofac": found.on_ofac,
            }
        )
    else:
        _tell(outcome, found, seconds, folder)


def command(operation: Operation, folder: Path) -> str:
    """The check of the demonstration as a command."""
    return (
        f"liaison check {operation.passengers} --against {operation.records} --against {operation.ofac} "
        f"-o {folder / 'alerts.csv'} --report {folder / 'report.html'}"
    )


def compared(operation: Operation, outcome: Outcome) -> Found:
    """The alerts beside the truth."""
    from liaison.screening.leads import lines

    pairs, elsewhere = set(), 0
    own_list = operation.records.stem
    for line in lines(outcome.index, outcome.subjects_read, outcome.hits):
        pairs.add((line.subject_id, line.record_id))
        elsewhere += line.list != own_list
    missed = tuple(
        planted for planted in operation.planted if (planted.passenger, planted.record) not in pairs
    )
    return Found(operation.planted, missed, elsewhere)


def _tell(outcome: Outcome, found: Found, seconds: float, folder: Path) -> None:
    from liaison.cli.one import show_lead
    from liaison.cli.terminal import console_of, say

    console = console_of()
    *lines, notice = told(outcome, seconds)
    say(console, "")
    for line in lines:
        say(console, line)
    count, missed = len(found.planted), len(found.missed)
    say(
        console,
        f"\nOf the {count:,} passengers who are somebody in the records, {count - missed:,} "
        f"({(count - missed) / count:.1%}) are among these alerts. The other {outcome.alerts - count + missed:,} "
        f"alerts are namesakes, {found.on_ofac:,} of them on the OFAC list, on which no passenger is.",
    )
    console.print(_table("What was wrong with the name", found.by("name_mistake")))
    console.print(_table("What was wrong with the date of birth", found.by("date_mistake")))
    strongest = min(STRONGEST, outcome.alerts)
    say(console, f"\nThe {strongest} strongest alerts and their reasons:")
    for rank in range(1, strongest + 1):
        show_lead(console, outcome.lead(rank), outcome.people)
    say(console, f"\n{notice}\n")
    say(console, f"The report to read and print:   {(folder / 'report.html').resolve()}", bold=True)
    say(console, f"Every alert, for a spreadsheet: {outcome.alerts_file.resolve()}")


def _table(title: str, rows: Iterable[tuple[str, int, int]]) -> object:
    from rich.table import Table

    table = Table(
        title=title, title_justify="left", title_style="", box=None, padding=(0, 2, 0, 1), header_style=""
    )
    table.add_column("mistake")
    for column in ("found", "of", "share"):
        table.add_column(column, justify="right")
    for kind, got, count in rows:
        table.add_row(kind, f"{got:,}", f"{count:,}", f"{got / count:.0%}")
    return table
