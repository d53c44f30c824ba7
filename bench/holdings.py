"""Records: importing a list, importing it again, opening the match index, and reading one record."""

from __future__ import annotations

import datetime as dt
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.common import Figures, cpu_seconds, task

ALL, QUICK = 1_000_000, 100_000
SHOWN = 200  # records read one after another


def measure(quick: bool) -> list[Figures]:
    """Seconds to import, to import again without a change, to build, keep and open the index, and to change one."""
    made = task(100_000, 250_000, 11) if quick else task(1_000_000, 2_500_000, 7)
    found = Figures(f"Records of a list of {made.records:,} persons, SQLite with synchronous=FULL")
    with tempfile.TemporaryDirectory() as folder:
        _imports(Path(folder), made.folder / "watch.csv", quick, found)
    return [found]


def _imports(folder: Path, watch: Path, quick: bool, found: Figures) -> None:
    from liaison.holdings.imports import import_file
    from liaison.holdings.live import LiveIndex
    from liaison.model.categories import Category
    from tests.holdings.offices import DESK, an_order
    from tests.node_fixtures import an_office

    order = an_order(watch, name="watch.csv", category=Category.SUSPECT)
    with an_office(folder) as office:
        cpu = cpu_seconds()
        seconds, result = _timed(lambda: import_file(office, DESK, order))
        found.add("import", round(seconds, 1), "s", "" if quick else "< 120")
        found.add("import", round(cpu_seconds() - cpu, 1), "CPU-s")
        found.add("records made", result.new)
        found.add("rows refused, each reported", result.refused)
        seconds, again = _timed(lambda: import_file(office, DESK, order))
        found.add("import of the same file, which changes nothing", round(seconds, 1), "s")
        assert (again.new, again.changed) == (0, 0)
        size = sum(path.stat().st_size for path in folder.rglob("*.db"))
        found.add("database and key ring", round(size / result.new), "bytes a record")
        seconds, live = _timed(lambda: LiveIndex(office, folder / "index"))
        found.add("match index from the records", round(seconds, 1), "s")
        found.add("keep it, sealed", round(_timed(live.save)[0], 2), "s")
        live.close()
        seconds, live = _timed(lambda: LiveIndex(office, folder / "index"))
        found.add("open it from its snapshot", round(seconds, 2), "s", "" if quick else "< 3")
        _one(office, live, found)


def _one(office: object, live: object, found: Figures) -> None:
    from liaison.holdings.consult import Question, inspect, search
    from liaison.holdings.erasure import Cause, erase
    from tests.holdings.offices import DESK, PROTECTION

    entries = search(office, DESK, Question(most=SHOWN)).entries
    times = [_timed(lambda one=one: inspect(office, DESK, one.id, "for the benchmark"))[0] for one in entries]
    found.add(
        "read one record, with its entry in the ledger, median",
        round(statistics.median(times) * 1e3, 2),
        "ms",
    )
    gone = entries[:20]
    times = [
        _timed(lambda one=one: erase(office, PROTECTION, one.id, Cause.ORDER, "bench"))[0] for one in gone
    ]
    found.add("erase one record, median", round(statistics.median(times) * 1e3, 1), "ms")
    found.notes.append(
        f"{dt.datetime.now(dt.UTC):%Y-%m-%d}: durable means an fsync of database and key ring each time"
    )


def _timed(work: Callable[[], object]) -> tuple[float, object]:
    start = time.perf_counter()
    made = work()
    return time.perf_counter() - start, made
