"""`liaison check --name`: one person, answered on the terminal with the reasons of each alert."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from liaison.cli.common import say_json
from liaison.screening.progress import quiet

if TYPE_CHECKING:
    from rich.console import Console

    from liaison.matching.index import Index
    from liaison.matching.search import Limits
    from liaison.screening.leads import Lead, Side

BAR = 24  # characters
EMPTY = (
    "Nobody there is like enough to be worth looking at. This does not show that the person is on no list."
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One person as given on the command line."""

    name: str
    born: str = ""
    sex: str = ""
    nationality: str = ""
    documents: tuple[str, ...] = ()


def check_person(
    asked: Asked, against: tuple[Path, ...], limits: Limits, cleared: Path | None, as_json: bool
) -> None:
    """Check one person and show every alert. Raises BadInput for a value that cannot be read."""
    from liaison.holdings import read_person
    from liaison.screening.cleared import Cleared
    from liaison.screening.service import check_one
    from liaison.screening.sources import records

    person = read_person(
        asked.name, born=asked.born, sex=asked.sex, nationality=asked.nationality, documents=asked.documents
    )
    held = records(against, progress=quiet)
    limits = replace(limits, threads=1, cleared=Cleared.open(cleared) if cleared else None)
    leads = check_one(held.index, person, limits)
    if as_json:
        say_json(answer(held.index, leads))
    else:
        _show(asked, held.index, leads)


def answer(index: Index, leads: list[Lead]) -> dict[str, object]:
    """The alerts for a script."""
    from liaison.screening.report import explained
    from liaison.screening.rules import NOTICE, bits

    return {
        "records": len(index),
        "lists": list(index.lists),
        "notice": NOTICE,
        "alerts": [
            {
                "rank": lead.rank,
                "score": float(bits(lead.score)),
                "list": lead.list,
                "record_id": lead.record.id,
                "matched_name": lead.record.name,
                "record": _side(lead.record),
                "subject": _side(lead.subject),
                "chance": lead.explanation.chance,
                "contributions": explained(lead.explanation),
            }
            for lead in leads
        ],
    }


def _side(side: Side) -> dict[str, str]:
    return {"name": side.name, "born": side.born, "sex": side.sex, "nationality": side.nationality}


def _show(asked: Asked, index: Index, leads: list[Lead]) -> None:
    from liaison.cli.terminal import console_of, say
    from liaison.screening.rules import NOTICE

    console = console_of()
    lists = ", ".join(index.lists)
    if not leads:
        say(console, f"No alert for {asked.name} among {len(index):,} records ({lists}).")
        say(console, EMPTY)
        return
    say(
        console,
        f"{len(leads)} alert{'s' if len(leads) > 1 else ''} for {asked.name} among {len(index):,} records ({lists}).",
    )
    for lead in leads:
        show_lead(console, lead)
    say(console, f"\n{NOTICE}")


def show_lead(console: Console, lead: Lead, people: int = 1) -> None:
    """Print an alert: both sides, each reason with its bits and a bar, and what chance would do."""
    from rich.table import Table
    from rich.text import Text

    from liaison.cli.terminal import say
    from liaison.screening.report import reach
    from liaison.screening.rules import bits, by_chance

    say(console, f"\n{lead.rank}. {lead.record.name}   {bits(lead.score)} bits", bold=True)
    say(console, f"   record {lead.record.id} in {lead.list}")
    sides = Table(box=None, padding=(0, 2, 0, 1), show_header=True, header_style="")
    for title in ("", "checked", "record"):
        sides.add_column(title, overflow="fold")
    for field in ("name", "born", "sex", "nationality"):
        first, second = getattr(lead.subject, field), getattr(lead.record, field)
        if first or second:
            sides.add_row(field, Text(first or "not known"), Text(second or "not known"))
    console.print(sides)
    table = Table(box=None, padding=(0, 2, 0, 1), show_header=False)
    table.add_column("reason", overflow="fold", max_width=64)
    table.add_column("bits", justify="right", no_wrap=True)
    table.add_column("bar", no_wrap=True)
    low, high = reach(lead.explanation.contributions)
    for reason in lead.explanation.contributions:
        table.add_row(Text(reason.words), f"{reason.bits:+.4f}", bar(reason.bits, high - low))
    table.add_row("the sum", bits(lead.score), "")
    console.print(table)
    say(console, f"   {by_chance(lead.explanation.chance, people)}")


def bar(value: float, whole: float) -> str:
    """A bar as long as its share of the whole: solid for, hollow against."""
    length = round(abs(value) / max(whole, 1e-9) * BAR)
    return ("█" if value > 0 else "░") * max(length, 1 if value else 0)
