"""The request about 1,700 people between two agencies in one process: sent, checked and prepared; then all answered.

Letters are sealed, signed, taken in and receipted as between two nodes; the wire is left out (see bench/transport.py).
Five in a hundred of the people are in the records of the agency that is asked; each of these is answered by itself.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from sqlalchemy import select

from bench.common import Figures
from liaison.assistance import answering, drafting, sending, triage
from liaison.assistance.answering import Reply
from liaison.assistance.messages import Access
from liaison.assistance.reading import request_view, subject_view, subjects
from liaison.assistance.rules import SubjectState
from liaison.storage.tables.assistance import REQUESTS
from tests.screening.conftest import GIVEN, SURNAMES, Row
from tests.two_offices import APPROVER, DESK, INVESTIGATOR, Pair, text, two_offices

SUBJECTS = 1_700
KNOWN = 20  # every n-th subject is in the records
WHY = "Name and date of birth agree with the file"
SYLLABLES = (
    "ba",
    "dri",
    "fo",
    "gje",
    "ka",
    "li",
    "mo",
    "ne",
    "pra",
    "ri",
    "sha",
    "ti",
    "vu",
    "xhe",
    "zo",
    "lle",
)


def measure(quick: bool) -> list[Figures]:
    """Seconds until the request is prepared for the desk, and until every subject is answered."""
    records, chance = 20_000 if quick else 200_000, Random(1700)
    held = [person(chance, number) for number in range(records)]
    known = chance.sample(held, SUBJECTS // KNOWN)
    lines = [line(row) for row in known]
    lines += [line(person(chance, -number - 1)) for number in range(SUBJECTS - len(known))]
    chance.shuffle(lines)
    figures = Figures(f"A request about {SUBJECTS:,} people, {records:,} records")
    with tempfile.TemporaryDirectory() as folder, two_offices(Path(folder), rows=()) as pair:
        for start in range(0, len(held), 20_000):
            pair.asked.arrive(*held[start : start + 20_000])
        run(pair, lines, figures)
    return [figures]


def run(pair: Pair, lines: list[str], figures: Figures) -> None:
    """One request, from its list to its last answer."""
    asking, asked = pair.asking, pair.asked
    with took() as drafted:
        request = drafting.draft(asking.office, INVESTIGATOR, text(pair))
        drafting.add_list(asking.office, INVESTIGATOR, request, "\n".join(lines))
        sending.submit(asking.office, INVESTIGATOR, request)
        sending.authorise(asking.office, APPROVER, request, True, "needed for the case")
    with took() as sent:
        sending.send(asking.office, asking.means, INVESTIGATOR, request)
        pair.carry()
    with took() as checked:
        asked.check()
    query = select(REQUESTS.c.id).where(REQUESTS.c.thread == request)
    theirs = str(asked.office.read(lambda connection: connection.execute(query).scalar_one()))
    view = request_view(asked.office, DESK, theirs)
    with took() as confirmed:
        triage.sort(asked.office, asked.means, DESK, theirs, Access.DIRECT)
        answering.confirm_nothing(asked.office, asked.means, DESK, theirs)
    with took() as answered:
        for number in every_hit(pair, theirs):
            best = subject_view(asked.office, DESK, theirs, number, WHY).hits[0]
            answering.answer(asked.office, asked.means, DESK, theirs, number, Reply((best.holding,), WHY))
    with took() as carried:
        pair.carry()
    done = request_view(asking.office, INVESTIGATOR, request)
    if done.line.open or pair.refused:
        raise RuntimeError("not every subject was answered")
    hits, prepared = view.counts.get(SubjectState.HIT, 0), view.counts.get(SubjectState.PREPARED, 0)
    figures.add("list read, request drafted and authorised", round(drafted(), 2), "s")
    figures.add("sent, carried, whole and acknowledged", round(sent(), 2), "s")
    figures.add("checked and prepared", round(checked(), 2), "s")
    figures.add("sent, checked and prepared together", round(sent() + checked(), 2), "s", "< 10")
    figures.add("nothing held confirmed for all without a hit", round(confirmed(), 2), "s")
    figures.add("those with a hit answered one by one", round(answered(), 2), "s")
    figures.add("answers carried and taken in", round(carried(), 2), "s")
    figures.add("every subject answered", round(confirmed() + answered() + carried(), 2), "s", "< 60")
    figures.notes.append(f"{hits:,} subjects with hits, {prepared:,} with nothing held prepared")


def every_hit(pair: Pair, request: str) -> list[int]:
    """The places of the subjects with hits."""
    found, after = [], 0
    while True:
        page = subjects(pair.asked.office, DESK, request, state=SubjectState.HIT, after=after, most=200)
        found += [each.number for each in page.subjects]
        if not page.next:
            return found
        after = page.next


@contextmanager
def took() -> Iterator[Callable[[], float]]:
    """A function of the seconds that the block took."""
    begun, spent = time.perf_counter(), []
    yield lambda: spent[0]
    spent.append(time.perf_counter() - begun)


def person(chance: Random, number: int) -> Row:
    """Somebody with a name of the region and one of their own."""
    surname = chance.choice(SURNAMES) + "".join(chance.choices(SYLLABLES, k=3))
    given = chance.choice(GIVEN) + chance.choice(SYLLABLES)
    born = f"{chance.randrange(1940, 2006)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
    return f"N{number}", given, surname, born


def line(row: Row) -> str:
    """A person as a line of a pasted list."""
    return f"{row[1]} {row[2]};{row[3]};;"
