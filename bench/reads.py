"""Reads of cameras: from the bytes of a message to what is kept, whom innocent marks alert, and a journey among many.

Every mark is invented. Reads are held against 10,000 entries of wanted vehicles and stand in the ledger; those on no
list leave a pseudonym, as cameras of a whole country would have it.
"""

from __future__ import annotations

import json
import os
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np

from bench.common import Figures, cpu_seconds, imported
from bench.desk import _office

ENTRIES, CAMERAS, AT_ONCE = 10_000, 200, 1_000
MESSAGES, INNOCENT, KEPT, JOURNEYS = 60, 2_000_000, 20_000_000, 50
MET = 5_000  # one in so many vehicles is wanted
MISREAD = 0.03  # of the marks, one confusable sign of each
LETTERS = np.array(list("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
SERVER = os.environ.get("LIAISON_TEST_DATABASE", "postgresql://postgres@127.0.0.1:5432/postgres")


def measure(quick: bool) -> list[Figures]:
    """Reads a second on both databases, alerts on innocent marks in a million, and milliseconds of a journey."""
    import liaison.sightings.taking  # noqa: F401  # so that its tables are made

    part = 20 if quick else 1
    found = []
    with tempfile.TemporaryDirectory() as folder, _office(Path(folder)) as office:
        road = Road(office, ENTRIES // part)
        found += [road.taken("SQLite", MESSAGES // part), road.innocent(INNOCENT // part)]
    with tempfile.TemporaryDirectory() as folder, _postgresql(Path(folder)) as office:
        if office is None:
            found[0].notes.append("no PostgreSQL server answers: LIAISON_TEST_DATABASE names one")
            return found
        found.append(Road(office, ENTRIES // part).taken("PostgreSQL", MESSAGES // part))
        found.append(_journeys(office, KEPT // part))
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
        self.wanted = self._marks(entries)
        imported(office, self.actor, "vehicles", _lines(self.wanted), "vehicles.jsonl")
        self.live = LiveIndex(office)
        taking.A_MINUTE = 10**9  # all cameras of the country stand behind these few
        self.gate = taking.Gate(office, self.live)
        self.secret = self._register()

    def taken(self, database: str, messages: int) -> Figures:
        """Take so many messages, the first three before the clock starts."""
        from liaison.formats.cameras import read
        from liaison.ledger.log import size

        bodies = [self._message() for _ in range(messages + 3)]
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
            marks = [mark for mark in self._marks(min(100_000, count - start)) if mark not in wanted]
            reads = [self._misread(mark) for mark in marks]
            for place, met in self.live.of_marks(reads):
                alone += 1
                like = likeness(reads[place], read_as(met.plate), ((marks[place], 0.3),), here)
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

    def _message(self) -> bytes:
        marks, now = self._marks(3 * AT_ONCE), self.office.now().isoformat()
        rows = []
        for at in range(AT_ONCE):
            mark = (
                self.wanted[int(self.rng.integers(len(self.wanted)))]
                if self.rng.random() < 1 / MET
                else marks[at]
            )
            others = [{"plate": marks[AT_ONCE * n + at], "confidence": 0.2} for n in (1, 2)]
            camera = f"C{int(self.rng.integers(CAMERAS))}"
            rows.append(
                {"plate": mark, "time": now, "camera": camera, "confidence": 0.9, "candidates": others}
            )
        return json.dumps(rows).encode()

    def _marks(self, count: int) -> list[str]:
        """Registration marks of the Albanian form, of all letters."""
        signs = LETTERS[self.rng.integers(len(LETTERS), size=(count, 4))]
        numbers = self.rng.integers(1_000, size=count)
        return [
            f"{a}{b}{n:03}{c}{d}" for (a, b, c, d), n in zip(signs.tolist(), numbers.tolist(), strict=True)
        ]

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
    office.write(lambda one: one.execute(spread, {"now": micros, "cameras": CAMERAS, "kept": kept}))
    marks = [f"AA{n:03}QQ" for n in range(JOURNEYS)]
    rows = [Passage(mark, at, 1 + place % CAMERAS) for mark in marks for place, at in enumerate(times)]
    office.write(lambda one: passages.keep(one, keys, rows))
    office.write(lambda one: one.execute(text("ANALYZE passages")))
    filled, took = time.perf_counter() - start, []
    for mark in marks:
        begun = time.perf_counter()
        seen = office.read(lambda one, m=mark: passages.passed(office, one, m, now - 24 * hour, now + hour))  # type: ignore[misc]
        took.append(time.perf_counter() - begun)
        if len(seen) < 23:
            raise RuntimeError(f"a journey of {len(seen)} passages")
    size = office.read(
        lambda one: one.execute(
            text(
                "SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits WHERE inhparent = 'passages'::regclass"
            )
        ).scalar_one()
    )
    found = Figures(f"One mark among {kept:,} passages of a day, PostgreSQL")
    found.add("its journey over 24 hours, median", round(statistics.median(took) * 1e3, 1), "ms", "< 50")
    found.add("longest of the journeys", round(max(took) * 1e3, 1), "ms")
    found.add("bytes of a passage, indexes included", round(int(size) / kept))
    found.notes.append(
        f"a mark has another pseudonym in each hour: 24 are looked up; the table was filled in {filled:.0f} s"
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


@contextmanager
def _postgresql(folder: Path) -> Iterator[Any]:
    """An office on a new PostgreSQL database, dropped afterwards; None where no server answers."""
    import msgspec
    from sqlalchemy import create_engine, make_url, text
    from sqlalchemy.exc import OperationalError

    from bench.desk import _Clock
    from liaison import policy
    from liaison.ledger.log import Log
    from liaison.office import Office
    from liaison.storage import Store
    from liaison.storage.keys import KeyRing
    from liaison.storage.tables import metadata

    name = f"liaison_bench_{os.getpid()}"
    engine = create_engine(
        make_url(SERVER).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with ExitStack() as stack:
        try:
            with engine.connect() as connection:
                connection.execute(text(f'CREATE DATABASE "{name}"'))
        except OperationalError:
            yield None
            return

        def drop() -> None:
            with engine.connect() as connection:
                connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
            engine.dispose()

        stack.callback(drop)
        KeyRing.make(folder / "keys")
        url = make_url(SERVER).set(database=name).render_as_string(hide_password=False)
        law = policy.load_pack("demo")
        many = msgspec.structs.replace(law.bulk, persons=200_000, persons_all_cases=200_000)
        store, keys = Store(url), KeyRing(folder / "keys")
        stack.callback(keys.close)
        stack.callback(store.close)
        store.write(metadata.create_all)
        yield Office("Bench", store, Log(keys), keys, _Clock(), (msgspec.structs.replace(law, bulk=many),))


def _lines(marks: list[str]) -> bytes:
    said = (
        '{"kind": "vehicle", "id": "V%d", "plate": "%s", "registered": "ALB", "wanted": "wanted", "action": "stop", '
        '"basis": "order 1", "office": "Vehicle crime", "contact": "129"}'
    )
    return "\n".join(said % (number, mark) for number, mark in enumerate(marks)).encode()
