"""Reads of cameras: from the bytes of a message to what is kept, whom innocent marks alert, and a journey among many.

Every mark is invented. Reads are held against 10,000 entries of wanted vehicles and stand in the ledger; those on no
list leave a pseudonym, as cameras of a whole country would have it.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np

from bench import reads_screen, reads_served
from bench.common import Absent, Figures, cpu_seconds, imported, marks, new_database, office_at, wanted_lines

ENTRIES, CAMERAS, AT_ONCE = 10_000, 200, 1_000
MESSAGES, INNOCENT, KEPT, JOURNEYS = 60, 2_000_000, 20_000_000, 50
MET = 5_000  # one in so many vehicles is wanted
MISREAD = 0.03  # of the marks, one confusable sign of each


def measure(quick: bool) -> list[Figures]:
    """Reads a second on both databases, alerts on innocent marks in a million, and milliseconds of a journey."""
    import liaison.sightings.taking  # noqa: F401  # so that its tables are made

    part = 20 if quick else 1
    found = []
    with tempfile.TemporaryDirectory() as folder, office_at(Path(folder)) as office:
        road = Road(office, ENTRIES // part)
        found += [road.taken("SQLite", MESSAGES // part), road.innocent(INNOCENT // part)]
    with ExitStack() as stack:
        folder, database = (
            stack.enter_context(tempfile.TemporaryDirectory()),
            stack.enter_context(new_database()),
        )
        if database:
            office = stack.enter_context(office_at(Path(folder), database))
            road = Road(office, ENTRIES // part)
            found.append(road.taken("PostgreSQL", MESSAGES // part))
            found.append(_journeys(office, KEPT // part))
            found += reads_served.measured(road, KEPT // part, quick)
        else:
            found[0].notes.append("no PostgreSQL server answers: LIAISON_TEST_DATABASE names one")
    try:
        found.append(reads_screen.measured(quick))
    except Absent as missing:
        found[0].notes.append(f"the officer's screen was left out: {missing}")
    return found


class Road:
    """An office with wanted vehicles and cameras, and the gate that reads come in by."""

    def __init__(self, office: Any, entries: int) -> None:
        from liaison.holdings.live import LiveIndex
        from liaison.model.categories import OfficerId
        from liaison.sightings import taking

        self.office, self.rng = office, np.random.default_rng(20261122)
        person = OfficerId("person-0")
        self.actor = _enter(office, person)
        self.wanted = marks(self.rng, entries)
        imported(office, self.actor, "vehicles", wanted_lines(self.wanted), "vehicles.jsonl")
        self.live = LiveIndex(office)
        taking.A_MINUTE = 10**9  # all cameras of the country stand behind these few
        self.gate = taking.Gate(office, self.live)
        self.secret = self._register()

    def taken(self, database: str, messages: int) -> Figures:
        """Take so many messages, the first three before the clock starts."""
        from liaison.formats.cameras import read
        from liaison.ledger.log import size

        bodies = [self.message() for _ in range(messages + 3)]
        for body in bodies[:3]:
            self.gate.take(self.secret, read("application/json", body))
        before, start, cpu = self.office.read(size), time.perf_counter(), cpu_seconds()
        done = [self.gate.take(self.secret, read("application/json", body)) for body in bodies[3:]]
        wall, used = time.perf_counter() - start, cpu_seconds() - cpu
        reads = sum(one.reads for one in done)
        found = Figures(
            f"{reads:,} reads of two candidates, {AT_ONCE:,} in a message, {len(self.wanted):,} entries, {database}"
        )
        found.add(
            "from the message to the database, CPU time of one core",
            round(reads / used),
            "reads/s",
            ">= 10,000",
        )
        found.add("on the clock, the disk included", round(reads / wall), "reads/s")
        found.add("alerts", sum(len(one.met) for one in done))
        found.add("entries of the ledger", self.office.read(size) - before)
        return found

    def innocent(self, count: int) -> Figures:
        """What marks of vehicles that nobody seeks come to: as they are, and as cameras misread some of them."""
        from liaison.sightings.rules import likeness, read_as

        seen, alone, here = Counter[str](), 0, frozenset({"AL"})
        wanted = set(self.wanted)
        for start in range(0, count, 100_000):
            passing = [mark for mark in marks(self.rng, min(100_000, count - start)) if mark not in wanted]
            reads = [self._misread(mark) for mark in passing]
            for place, met in self.live.of_marks(reads):
                alone += 1
                like = likeness(reads[place], read_as(met.plate), ((passing[place], 0.3),), here)
                if like is not None:
                    seen[like.value] += 1
        found = Figures(
            f"{count:,} innocent Albanian marks, {MISREAD:.0%} of them misread, {len(self.wanted):,} entries"
        )
        found.add("alerted", round(sum(seen.values()) / count * 1e6, 2), "in a million", "<= 1")
        for like in ("exact", "class", "possible"):
            found.add(f"of these {like}", round(seen[like] / count * 1e6, 2), "in a million")
        found.add(
            "of the same class, which alone alerts nobody", round(alone / count * 1e6, 1), "in a million"
        )
        found.notes.append(
            "a misread mark has one sign for another that is taken for it; the camera offers the right one"
        )
        return found

    def message(self, reads: int = AT_ONCE) -> bytes:
        """A message of reads of two candidates each, in our own JSON."""
        passing, now = marks(self.rng, 3 * reads), self.office.now().isoformat()
        rows = []
        for at in range(reads):
            met = self.rng.random() < 1 / MET
            mark = self.wanted[int(self.rng.integers(len(self.wanted)))] if met else passing[at]
            others = [{"plate": passing[reads * n + at], "confidence": 0.2} for n in (1, 2)]
            camera = f"C{int(self.rng.integers(CAMERAS))}"
            rows.append(
                {"plate": mark, "time": now, "camera": camera, "confidence": 0.9, "candidates": others}
            )
        return json.dumps(rows).encode()

    def _misread(self, mark: str) -> str:
        from liaison.formats.vehicles.plates import TAKEN_FOR

        if self.rng.random() >= MISREAD:
            return mark
        at = int(self.rng.integers(len(mark)))
        others = TAKEN_FOR.get(mark[at], "")
        return mark[:at] + others[int(self.rng.integers(len(others)))] + mark[at + 1 :] if others else mark

    def _register(self) -> str:
        from liaison.model.grounds import Purpose
        from liaison.screening.cases import open_case
        from liaison.screening.grounds import give_grounds
        from liaison.sightings.register import Entry, Place, make_feed, register

        office, until = self.office, self.office.now() + timedelta(days=30)
        case = open_case(
            office, self.actor, reference="2026/1", title="Measured", offence="smuggling-persons"
        )
        why = {
            "purpose": Purpose.INVESTIGATION,
            "basis": "task",
            "justification": "To measure what cameras cost",
        }
        grounds = give_grounds(office, self.actor, case.id, **why)  # type: ignore[arg-type]
        feed = make_feed(office, self.actor, case.id, "Measured")
        for number in range(CAMERAS):
            place = Place(f"Camera {number}", 41.0 + number / CAMERAS, 20.0, None, "AL")
            asked = Entry(feed.id, f"C{number}", place, "BENCH 1", "BENCH 2", until)
            register(office, self.actor, grounds, asked)
        return feed.secret


def _journeys(office: Any, kept: int) -> Figures:
    """Where one mark passed, among all that passed within a day."""
    from sqlalchemy import text

    from liaison.sightings import passages
    from liaison.sightings.passages import Passage

    now, hour = office.now(), timedelta(hours=1)
    times = [now - hour * n for n in range(24)]
    keys = passages.prepared(office, times)
    spread = text(
        "INSERT INTO passages (mark, at, camera) "
        "SELECT decode(md5(n::text), 'hex'), :now - (n % 82800)::bigint * 1000000, "
        "n % :cameras + 1 FROM generate_series(1, :kept) AS n"
    )
    micros = int(now.timestamp()) * 1_000_000
    start = time.perf_counter()
    indexes = ("ix_passages_mark", "mark, at"), ("ix_passages_camera", "camera, at")
    for name, _ in indexes:
        office.write(lambda one, name=name: one.execute(text(f"DROP INDEX {name}")))  # type: ignore[misc]
    office.write(lambda one: one.execute(spread, {"now": micros, "cameras": CAMERAS, "kept": kept}))
    for name, columns in indexes:
        made = text(f"CREATE INDEX {name} ON passages ({columns})")
        office.write(lambda one, made=made: one.execute(made))  # type: ignore[misc]
    sought = [f"AA{n:03}QQ" for n in range(JOURNEYS)]
    rows = [Passage(mark, at, 1 + place % CAMERAS) for mark in sought for place, at in enumerate(times)]
    office.write(lambda one: passages.keep(one, keys, rows))
    office.write(lambda one: one.execute(text("ANALYZE passages")))
    filled, took = time.perf_counter() - start, []
    for mark in sought:
        begun = time.perf_counter()
        seen = office.read(lambda one, m=mark: passages.passed(office, one, m, now - 24 * hour, now + hour))  # type: ignore[misc]
        took.append(time.perf_counter() - begun)
        if len(seen) < 23:
            raise RuntimeError(f"a journey of {len(seen)} passages")
    size = reads_served.passages_size(office)
    found = Figures(f"One mark among {kept:,} passages of a day, PostgreSQL")
    found.add("its journey over 24 hours, median", round(statistics.median(took) * 1e3, 1), "ms", "< 50")
    found.add("longest of the journeys", round(max(took) * 1e3, 1), "ms")
    found.add("bytes of a passage, indexes included, just built", round(size / kept))
    found.notes.append(
        "a mark has another pseudonym in each hour: 24 are looked up. The law keeps a day at most: this is what a "
        f"country of {kept * 30 / 1e6:,.0f} M reads a month ever has. The table was filled in {filled:.0f} s"
    )
    return found


def _enter(office: Any, person: Any) -> Any:
    """An officer with an account, as a camera's entry is looked at again with their roles."""
    from sqlalchemy import insert

    from liaison import policy
    from liaison.model.roles import Role
    from liaison.officers.secrecy import sealed_texts
    from liaison.ports import Compartment
    from liaison.storage.tables.officers import ACCOUNT_ROLES, ACCOUNTS, PEOPLE

    roles, now = frozenset({Role.INVESTIGATOR, Role.DESK_OFFICER}), office.now()
    ((key, secret),) = office.keys.create(Compartment.OFFICERS)
    texts = {"name": person, "unit": "Bench", "email": ""}
    row = {"id": person, "key": key, "safeguards": False, "created": now}
    row |= {"sealed": sealed_texts(secret, f"people:{person}", texts)}
    account = {"id": "account-0", "person": person, "created": now, "lookup": person, "lookalike": person}
    account |= {"sealed": sealed_texts(secret, "accounts:account-0", texts), "state": "active"}
    account |= {"language": "en", "theme": "auto", "shortcuts": True}

    def work(connection: Any) -> None:
        connection.execute(insert(PEOPLE).values(row))
        connection.execute(insert(ACCOUNTS).values(account))
        connection.execute(
            insert(ACCOUNT_ROLES), [{"account": "account-0", "role": role.value} for role in roles]
        )

    office.write(work)
    return policy.Actor(person=person, roles=roles, trained=True)
