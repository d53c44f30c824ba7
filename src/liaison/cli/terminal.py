"""Text and tables on standard output: wrapped by the terminal alone, so that a line in a transcript stays a line."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.text import Text

TRANSCRIPT_WIDTH = 110  # columns of a table where there is no terminal to ask


def console_of() -> Console:
    """The console of standard output."""
    return Console(
        highlight=False, markup=False, emoji=False, width=None if sys.stdout.isatty() else TRANSCRIPT_WIDTH
    )


def say(console: Console, text: str, *, bold: bool = False) -> None:
    """Print one text as it is: nothing in it is taken for markup."""
    console.print(Text(text, style="bold" if bold else ""), soft_wrap=True)
