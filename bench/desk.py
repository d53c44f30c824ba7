"""A check by an officer, through the service: decided, matched, sealed and on the ledger before it is told."""

from __future__ import annotations

import csv
import itertools
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bench.common import Figures, Task, cpu_seconds, imported, office_at, task

CHECKS = 3_000
OFFICERS = 60  # each with a case of their own: nobody's look-ups add up to a list
AT_ONCE = 8  # threads that ask
HELD = 4  # every n-th check is about somebody whom the list holds


def measure(quick: bool) -> list[Figures]:
    """Time of one check alone, of many at once, and of a list, on SQLite with a durable ledger."""
    made = task(100_000, 250_000, 11) if quick else task(1_000_000, 2_500_000, 7)
    with tempfile.TemporaryDirectory() as folder, office_at(Path(folder)) as office:
        start = time.perf_counter()
        desk = Desk(office, made)
        ready = time.perf_counter() - start
        found = _checks(desk)
        found.notes.append(f"{ready:.0f} s to import {made.records:,} records and build their index")
        return [found, _list(desk, made, 10_000 if quick else 100_000)]


class Desk:
    """An office with records, officers, cases and grounds, and questions to ask in turn."""

    def __init__(self, office: Any, made: Task) -> None:
        from liaison import policy
        from liaison.holdings.live import LiveIndex
        from liaison.model.categories import OfficerId
        from liaison.model.roles import Role

        self.office = office
        roles = frozenset({Role.INVESTIGATOR, Role.DESK_OFFICER})
        self.actors = [
            policy.Actor(person=OfficerId(f"person-{n}"), roles=roles, trained=True) for n in range(OFFICERS)
        ]
        imported(office, self.actors[0], "watch", made.folder / "watch.csv")
        self.live = LiveIndex(office)
        self.grounds = [self._grounds(actor) for actor in self.actors]
        held, others = _rows(made.folder / "watch.csv"), _rows(made.folder / "pax.csv")
        mixed = [next(held) if n % HELD == 0 else next(others) for n in range(3 * CHECKS)]
        random.Random(1).shuffle(mixed)
        self.persons = [_person(row) for row in mixed]

    def check(self, number: int) -> tuple[float, int]:
        """Seconds of a check, and its alerts."""
        from liaison.screening.desk import Question, check

        who = number % OFFICERS
        question = Question(self.persons[number], self.grounds[who])
        start = time.perf_counter()
        answer = check(self.office, self.live, self.actors[who], question)
        return time.perf_counter() - start, len(answer.alerts)

    def _grounds(self, actor: Any) -> str:
        from liaison.model.grounds import Purpose
        from liaison.screening.cases import open_case
        from liaison.screening.grounds import give_grounds

        case = open_case(self.office, actor, reference="2026/1", title="Measured", offence="drugs")
        why = "To measure how long a check takes"
        return give_grounds(
            self.office, actor, case.id, purpose=Purpose.INVESTIGATION, basis="task", justification=why
        )


def _checks(desk: Desk) -> Figures:
    found = Figures(f"One check against {len(desk.live.index):,} records, SQLite, ledger and alerts durable")
    for number in range(200):
        desk.check(number)
    start, cpu = time.perf_counter(), cpu_seconds()
    alone = [desk.check(number) for number in range(200, 200 + CHECKS)]
    wall, used = time.perf_counter() - start, cpu_seconds() - cpu
    _told(found, "alone", [seconds for seconds, _ in alone])
    found.add("processor time a check", round(used / CHECKS * 1e3, 2), "ms", "< 1.5")
    found.add("checks a second, one asking", round(CHECKS / wall))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        start, cpu = time.perf_counter(), cpu_seconds()
        beside = list(pool.map(desk.check, range(200 + CHECKS, 200 + 2 * CHECKS)))
        wall, used = time.perf_counter() - start, cpu_seconds() - cpu
    _told(found, f"{AT_ONCE} at once", [seconds for seconds, _ in beside])
    found.add(f"processor time a check, {AT_ONCE} at once", round(used / CHECKS * 1e3, 2), "ms", "< 1.5")
    found.add(f"checks a second, {AT_ONCE} at once", round(CHECKS / wall), "", ">= 250")
    alerts = sum(number for _, number in alone) / CHECKS
    found.notes.append(f"{alerts:.2f} alerts a check; one in {HELD} is about somebody whom the list holds")
    return found


def _told(found: Figures, how: str, took: list[float]) -> None:
    cuts = statistics.quantiles(took, n=100)
    found.add(f"p50, {how}", round(cuts[49] * 1e3, 2), "ms")
    found.add(f"p99, {how}", round(cuts[98] * 1e3, 2), "ms")


def _list(desk: Desk, made: Task, people: int) -> Figures:
    from liaison.screening.bulk_orders import ListOrder, order_list, progress_of
    from liaison.screening.bulk_runs import begin, finish

    with (made.folder / "pax.csv").open("rb") as file:
        content = b"".join(itertools.islice(file, people + 1))
    actor = desk.actors[0]
    start, cpu = time.perf_counter(), cpu_seconds()
    order = order_list(desk.office, actor, ListOrder(desk.grounds[0], content, "pax.csv"))
    read = time.perf_counter() - start
    finish(desk.office, desk.live, begin(desk.office, actor, order.id))
    wall, used = time.perf_counter() - start, cpu_seconds() - cpu
    found = Figures(f"A list of {order.subjects:,} people against {len(desk.live.index):,} records")
    found.add("asked for: read, sealed and kept", round(read, 1), "s")
    found.add("asked for and answered", round(wall, 1), "s", "< 30" if people >= 100_000 else "")
    found.add("processor time", round(used, 1), "s")
    found.notes.append(f"the list is {progress_of(desk.office, actor, order.id).state.value}")
    return found


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _person(row: dict[str, str]) -> Any:
    from liaison.model.dates import PartialDate
    from liaison.model.identifiers import Country, DocumentNumber
    from liaison.model.subjects import Document, Name, Person, Sex

    papers = (Document(number=DocumentNumber(row["doc"])),) if row["doc"] else ()
    return Person(
        names=(Name(given=row["given"], surname=row["surname"]),),
        born=(PartialDate(row["dob"]),) if row["dob"] else (),
        sex=Sex(row["sex"]) if row["sex"] in ("M", "F", "X") else None,
        nationalities=(Country(row["nat"]),) if row["nat"] else (),
        documents=papers,
    )
