"""An operation of eight days replayed on one node: 2.5 million passengers of 1,500 flights, 54,000 vehicles.

Each passenger list is read, sealed, held against the records in one go, with its documents, and stands in the ledger;
beside it vehicles are checked one by one at a checkpoint, as officers scan them. Everything is invented.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np

from bench.common import Figures, cpu_seconds, imported, marks, office_at, wanted_lines

if TYPE_CHECKING:
    from liaison.demo.people import Person

FLIGHTS, ABOARD, VEHICLES, RECORDS = 1_500, 1_667, 54_000, 100_000
OFFICERS = 30  # at roadsides, each with grounds of their own
AT_ONCE = 8  # of them who scan at the same time
PLANTED = 4  # of each list, people of the records
SOUGHT = 1_000  # vehicles in the records
MET = 500  # one in so many vehicles is sought
DAY, EXPIRES = date(2026, 3, 1), date(2031, 5, 1)
LETTERS = "ABCDEFGHKLMNPRSTVXZ"


def measure(quick: bool) -> list[Figures]:
    """Seconds and processor seconds of the whole, alerts, and what stands in the ledger."""
    import liaison.screening.checkpoint.looking
    import liaison.screening.flights.checking  # noqa: F401  # so that their tables are made

    part = 25 if quick else 1
    with tempfile.TemporaryDirectory() as folder, office_at(Path(folder)) as office:
        replay = Replay(office, Path(folder), RECORDS // part)
        return [replay.run(FLIGHTS // part, VEHICLES // part)]


class Replay:
    """A node with records, an officer who takes passenger lists, and officers at roadsides."""

    def __init__(self, office: Any, folder: Path, records: int) -> None:
        from liaison import policy
        from liaison.demo.people import draw
        from liaison.holdings.live import LiveIndex
        from liaison.model.categories import OfficerId
        from liaison.model.roles import Role

        self.office, self.folder = office, folder
        roles = frozenset({Role.INVESTIGATOR, Role.DESK_OFFICER})
        self.actors = [
            policy.Actor(person=OfficerId(f"person-{number}"), roles=roles, trained=True)
            for number in range(OFFICERS + 1)
        ]
        self.rng = np.random.default_rng(20260301)
        self.held = draw(self.rng, records)
        self.sought = marks(self.rng, SOUGHT, LETTERS)
        imported(office, self.actors[0], "people", _table(self.held), "people.csv")
        imported(office, self.actors[0], "vehicles", wanted_lines(self.sought), "vehicles.jsonl")
        self.live = LiveIndex(office)
        self.grounds = [self._grounds(actor) for actor in self.actors]

    def run(self, flights: int, vehicles: int) -> Figures:
        """Replay so many of each. The messages are written before the clock starts."""
        from sqlalchemy import func, select

        from liaison.ledger.log import size
        from liaison.storage.tables.screening import ALERTS

        for number in range(flights):
            (self.folder / f"{number}.edi").write_bytes(self._message(number))
        plates, before = self._driven(vehicles), self.office.read(size)
        start, cpu = time.perf_counter(), cpu_seconds()
        with ThreadPoolExecutor(AT_ONCE) as officers:
            beside = [officers.submit(self._roadside, *each) for each in enumerate(plates)]
            for number in range(flights):
                self._take(number)
            lists = time.perf_counter() - start
            took = [each.result() for each in beside]
        wall, used = time.perf_counter() - start, cpu_seconds() - cpu
        count = select(func.count()).select_from(ALERTS)
        found = Figures(
            f"{flights * ABOARD:,} passengers of {flights:,} flights and {vehicles:,} vehicles against "
            f"{len(self.held):,} records, SQLite, ledger and alerts durable"
        )
        found.add(
            "from the first to the last answer", round(wall, 1), "s", "< 300" if flights == FLIGHTS else ""
        )
        found.add("the passenger lists by themselves were done after", round(lists, 1), "s")
        found.add("processor time", round(used, 1), "s")
        found.add("passengers a second", round(flights * ABOARD / lists))
        found.add("one vehicle, median", round(statistics.median(took) * 1e3, 1), "ms")
        found.add("one vehicle, 99 of 100 under", round(statistics.quantiles(took, n=100)[98] * 1e3, 1), "ms")
        found.add("alerts", self.office.read(lambda connection: connection.execute(count).scalar_one()))
        found.add("entries of the ledger", self.office.read(size) - before)
        found.notes.append(
            f"{PLANTED} people of each list are of the records; one vehicle in {MET} is sought; nothing is "
            "lost: every list ended as checked"
        )
        return found

    def _take(self, number: int) -> None:
        """Take and check a passenger list."""
        from liaison.screening.flights.checking import take_and_check
        from liaison.screening.flights.reading import Sent
        from liaison.screening.flights.rules import State
        from liaison.screening.flights.taking import Delivery

        name = f"{number}.edi"
        sent = Sent(name, (self.folder / name).read_bytes())
        done = take_and_check(self.office, self.live, self.actors[0], Delivery(self.grounds[0], (sent,)))
        (kept,) = done.kept
        if kept.state is not State.CHECKED or kept.people != ABOARD:
            raise RuntimeError(f"the list {name} came to {kept.state}, {kept.people} people")

    def _roadside(self, number: int, plate: str) -> float:
        """Check a vehicle, one officer after another; seconds until the answer."""
        from liaison.screening.checkpoint.looking import Scan, look

        who = 1 + number % OFFICERS
        scan = Scan(str(UUID(int=number + 1, version=4)), plate, self.grounds[who], "Roadside")
        start = time.perf_counter()
        look(self.office, self.live, self.actors[who], scan, timedelta(hours=24))
        return time.perf_counter() - start

    def _driven(self, count: int) -> list[str]:
        """The vehicles that pass: strangers, and now and then one that is sought."""
        passing = marks(self.rng, count, LETTERS)
        for at in range(0, count, MET):
            passing[at] = self.sought[at // MET % len(self.sought)]
        return passing

    def _message(self, number: int) -> bytes:
        """The passenger list of a flight, with some people of the records."""
        from liaison.demo.flights import list_of, passenger
        from liaison.demo.people import draw

        aboard = draw(self.rng, ABOARD)
        for at in range(PLANTED):
            aboard[at * 400] = self.held[(number * PLANTED + at) % len(self.held)]
        listed = [passenger(at, one, one.document, EXPIRES) for at, one in enumerate(aboard)]
        return list_of(listed, DAY, str(number + 1), str(number + 1))

    def _grounds(self, actor: Any) -> str:
        from liaison.model.grounds import Purpose
        from liaison.screening.cases import open_case
        from liaison.screening.grounds import give_grounds

        case = open_case(
            self.office, actor, reference="2026/1", title="Measured", offence="smuggling-persons"
        )
        return give_grounds(
            self.office,
            actor,
            case.id,
            purpose=Purpose.BORDER_CHECK,
            basis="border-law",
            justification="To measure how long an operation takes",
        )


def _table(people: list[Person]) -> bytes:
    rows = ["record_id,given_names,surname,date_of_birth,sex,nationality,document"]
    for number, one in enumerate(people):
        names = [" ".join(name.latin[0] for name in part) for part in (one.given, one.family)]
        rows.append(",".join((f"R{number}", *names, one.born, one.sex, one.nationality, one.document)))
    return "\n".join(rows).encode()
