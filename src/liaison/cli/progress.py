"""Progress on standard error: a bar with rate and time left on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from liaison.screening.progress import Progress, quiet

if TYPE_CHECKING:
    from rich.progress import TaskID

STEPS = 4  # plain lines for a stage that counts
COUNTED = 1000  # below this a stage is named once


@contextmanager
def shown(silent: bool = False) -> Iterator[Progress]:
    """A progress to hand to a service."""
    if silent:
        yield quiet
    elif sys.stderr.isatty():
        with _bars() as progress:
            yield progress
    else:
        yield _Lines()


class _Lines:
    """A plain line for a stage, or at each quarter of one that counts people."""

    def __init__(self) -> None:
        self.said: dict[str, int] = {}
        self.lock = threading.Lock()

    def __call__(self, stage: str, done: int, total: int) -> None:
        counted = total >= COUNTED
        step = done * STEPS // total if counted else 0
        with self.lock:
            if step <= self.said.get(stage, 0 if counted else -1):
                return
            self.said[stage] = step
        typer.echo(f"{stage}: {done:,} of {total:,}" if counted else stage, err=True)


@contextmanager
def _bars() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, ProgressColumn, SpinnerColumn, Task, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars
    from rich.text import Text

    class Count(ProgressColumn):
        """How many are done, of how many, where they are counted."""

        def render(self, task: Task) -> Text:
            return Text(f"{task.completed:,.0f} of {task.total:,.0f}" if (task.total or 0) >= COUNTED else "")

    class Rate(ProgressColumn):
        """How many a second."""

        def render(self, task: Task) -> Text:
            speed = task.finished_speed or task.speed
            return Text(f"{speed:,.0f}/s" if speed and (task.total or 0) >= COUNTED else "", style="cyan")

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        Count(),
        Rate(),
        TimeRemainingColumn(compact=True, elapsed_when_finished=True),
    )
    with Bars(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, TaskID] = {}

        def tell(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total or None)
            bars.update(tasks[stage], completed=done, total=total or None)

        yield tell
