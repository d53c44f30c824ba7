"""What every benchmark shares: the task's files, a measured run of a command, and figures beside their targets."""

from __future__ import annotations

import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SERVER = os.environ.get("LIAISON_TEST_DATABASE", "postgresql://postgres@127.0.0.1:5432/postgres")
ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


class Absent(Exception):
    """What a benchmark needs is not on this machine."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure, and what it should reach."""

    what: str
    value: float | str
    unit: str = ""
    target: str = ""


@dataclass(slots=True)
class Figures:
    """What a benchmark found."""

    title: str
    figures: list[Figure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, what: str, value: float | str, unit: str = "", target: str = "") -> None:
        """One more figure."""
        self.figures.append(Figure(what, value, unit, target))


@dataclass(frozen=True, slots=True)
class Task:
    """A synthetic list and passengers with planted people."""

    folder: Path
    records: int
    passengers: int


def task(records: int, passengers: int, seed: int) -> Task:
    """The task of ../shared/bench/generate.py, made once and kept in the cache folder. Raises Absent."""
    generator = SHARED / "bench" / "generate.py"
    if not generator.exists():
        raise Absent("the generator of the task (../shared/bench) is not here")
    cache = Path(os.environ.get("LIAISON_BENCH_DATA") or Path(tempfile.gettempdir()) / "liaison-bench")
    folder = cache / f"{records}-{passengers}-{seed}"
    if not (folder / "done").exists():
        sizes = ["--watch", str(records), "--pax", str(passengers), "--seed", str(seed)]
        subprocess.run([sys.executable, str(generator), str(folder), *sizes], check=True)
        (folder / "done").touch()
    return Task(folder, records, passengers)


@dataclass(frozen=True, slots=True)
class Run:
    """What a command took: seconds on the clock, seconds of processors, and the most memory of one process."""

    wall: float
    cpu: float
    peak_gb: float
    output: str


def run(command: list[str]) -> Run:
    """Run a command to its end and measure it as a whole process. Raises CalledProcessError."""
    start = time.perf_counter()
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - start
        out.seek(0)
        text = out.read()
    if process.returncode not in (0, 1):
        raise subprocess.CalledProcessError(process.returncode, command, text)
    return Run(
        wall,
        used.ru_utime + used.ru_stime,
        used.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e9,
        text,
    )


def cpu_seconds() -> float:
    """Processor seconds of this process and its threads so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def liaison() -> list[str]:
    """The command line of this checkout."""
    return [sys.executable, "-m", "liaison.cli"]


def machine() -> str:
    """This machine and the versions that figures depend on, in one line."""
    model = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    found = []
    for name in ("numpy", "polars"):
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"no {name}")
    return ", ".join(
        [f"{os.cpu_count()} cores", model, platform.system(), f"Python {platform.python_version()}", *found]
    )


def imported(office: Any, actor: Any, name: str, content: Path | bytes, file: str = "") -> None:
    """Import a list of suspects that was made for a measurement. Raises RuntimeError where a record is refused."""
    from liaison.holdings.imports import import_file
    from liaison.holdings.order import ImportOrder
    from liaison.model.categories import CaseId, Category
    from liaison.model.handling import Handling, HandlingCode

    today = office.now().date()
    order = ImportOrder(
        list_name=name,
        content=content,
        name=file,
        owner="Bench",
        source="bench",
        handling=Handling(codes=(HandlingCode.H0,)),
        retention_until=today + timedelta(days=80),
        review_at=today + timedelta(days=30),
        case=CaseId("bench"),
        reason="made for a measurement",
        category=Category.SUSPECT,
    )
    done = import_file(office, actor, order)
    if done.refused:
        raise RuntimeError(f"{done.refused} of the records of {name} were refused: {done.bad_rows[:1]}")


class _Clock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The time in UTC."""
        return datetime.now(UTC)


@contextmanager
def office_at(folder: Path, database: str = "") -> Iterator[Any]:
    """An office on SQLite, or on the database of this URL, by the demonstration's law with the numbers of a bench."""
    import msgspec

    import liaison.holdings.imports
    import liaison.screening.bulk_runs  # noqa: F401  # so that every table is known before they are made
    from liaison import policy
    from liaison.ledger.log import Log
    from liaison.office import Office
    from liaison.storage import Store
    from liaison.storage.keys import KeyRing
    from liaison.storage.tables import metadata

    KeyRing.make(folder / "keys")
    law = policy.load_pack("demo")
    many = msgspec.structs.replace(law.bulk, persons=200_000, persons_all_cases=200_000)
    with ExitStack() as stack:
        store, keys = Store(database or f"sqlite:///{folder}/node.db"), KeyRing(folder / "keys")
        stack.callback(keys.close)
        stack.callback(store.close)
        store.write(metadata.create_all)
        yield Office("Bench", store, Log(keys), keys, _Clock(), (msgspec.structs.replace(law, bulk=many),))


@contextmanager
def new_database() -> Iterator[str]:
    """The URL of a new PostgreSQL database, dropped afterwards; empty where no server answers."""
    from sqlalchemy import create_engine, make_url, text
    from sqlalchemy.exc import OperationalError

    name, server = f"liaison_bench_{os.getpid()}", make_url(SERVER)
    engine = create_engine(server.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
    except OperationalError:
        yield ""
        return
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        engine.dispose()


def marks(rng: Any, count: int, letters: str = LETTERS) -> list[str]:
    """Registration marks of the Albanian form, with these letters."""
    signs = rng.integers(len(letters), size=(count, 4)).tolist()
    numbers = rng.integers(1_000, size=count).tolist()
    return [
        f"{letters[a]}{letters[b]}{n:03}{letters[c]}{letters[d]}"
        for (a, b, c, d), n in zip(signs, numbers, strict=True)
    ]


def wanted_lines(plates: list[str]) -> bytes:
    """A list of wanted vehicles, one on a line."""
    said = (
        '{"kind": "vehicle", "id": "V%d", "plate": "%s", "registered": "ALB", "wanted": "wanted", "action": "stop", '
        '"basis": "order 1", "office": "Vehicle crime", "contact": "129"}'
    )
    return "\n".join(said % (number, plate) for number, plate in enumerate(plates)).encode()
