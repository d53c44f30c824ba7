"""A private cross-check between nodes of two processes, over TLS: a set that is made, one suspect, 1,700 suspects."""

from __future__ import annotations

import os
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import numpy as np
from sqlalchemy import bindparam, select

from bench.common import Figures, cpu_seconds
from liaison.cli.node_demo import NODE, serving
from liaison.crosscheck.asker import asking, drafting, reading
from liaison.crosscheck.asker.states import SessionState
from liaison.crosscheck.function.keyholder import KeyHolder
from liaison.crosscheck.function.voprf import SEED
from liaison.crosscheck.holder import holding, making, processes
from liaison.crosscheck.holder.epochs import EpochState
from liaison.crosscheck.messages import Of
from liaison.demo.agency import POLICE, PROSECUTOR
from liaison.demo.federation import PLACES, Member, make_partners, opened
from liaison.demo.making import make_house
from liaison.demo.people import draw
from liaison.demo.waiting import until
from liaison.model.grounds import Purpose
from liaison.model.roles import Role
from liaison.node import logs
from liaison.officers import approvals
from liaison.screening import cases, grounds
from liaison.screening.list_rules import table_of
from liaison.storage.prepared import Prepared
from liaison.storage.tables.crosscheck import SESSIONS

SUSPECTS, TIMES = 1_700, 100
DONE = SessionState.DONE.value
STATE = Prepared(select(SESSIONS.c.state).where(SESSIONS.c.id == bindparam("of")))
TICKS = os.sysconf("SC_CLK_TCK")


def measure(quick: bool) -> list[Figures]:
    """Figures of a holder's node and an asker's, each in a process of its own."""
    records, suspects, times = (2_000, 200, 20) if quick else (20_000, SUSPECTS, TIMES)
    with tempfile.TemporaryDirectory() as aside, Path(os.devnull).open("w") as log, logs.written_to(log):
        folder = Path(aside)
        make_house(folder / NODE, POLICE, _silent)
        make_partners(folder, records, 1, _silent)
        made = Figures(f"A token set of {records:,} records, read from the database")
        _making(folder, made)
        online = Figures(f"Cross-checks between two nodes, {records:,} records, over TLS on loopback")
        with serving(folder / PLACES[PROSECUTOR.origin]), opened(folder, POLICE, work=True) as police:
            _sessions(police, suspects, times, online)
    return [made, online]


def _making(folder: Path, figures: Figures) -> None:
    """Make the holder's set while its node does nothing else."""
    start = _start()
    with opened(folder, PROSECUTOR, work=False) as holder:
        office = holder.node.office
        began, node, process = time.perf_counter(), cpu_seconds(), _below()
        making.run(office, holder.node.means)
        took, node, process = time.perf_counter() - began, cpu_seconds() - node, _below() - process - start
        records = until(lambda: _set_of(holder)).records
        processes.stop(office)
        processes.forget(office)
    figures.add("made and published", round(took, 2), "s")
    figures.add("the node: reading, choosing, writing", round(node, 2), "CPU-s")
    figures.add("the process with the key", round(process, 2), "CPU-s")
    each = 1e6 * (node + process) / records
    figures.add("a record, everything included", round(each), "CPU-us")
    figures.add("1,000,000 records, from that", round(each), "CPU-s", "<= 200")
    figures.notes.append(
        "each record opened, surveyed, opened again for its match keys; "
        f"the start of the process with the key, {start:.2f} CPU-s, taken off"
    )


def _start() -> float:
    """Processor seconds that a process with a key takes before it is asked anything."""
    before = _children()
    with KeyHolder(lambda: bytearray(SEED), b"bench") as idle:
        idle.public()
    return _children() - before


def _sessions(police: Member, suspects: int, times: int, figures: Figures) -> None:
    office, ana = police.node.office, police.actor(Role.INVESTIGATOR)
    case = cases.open_case(office, ana, reference="OP-1", title="Bench", offence="drugs")
    why = "Names in the notebook that was found in the boat."
    given = grounds.give_grounds(
        office, ana, case.id, purpose=Purpose.INVESTIGATION, basis="task", justification=why
    )
    drawn = draw(np.random.default_rng(99), suspects + times + 1)
    lines = [
        f"{' '.join(n.latin[0] for n in one.family)}, {' '.join(n.latin[0] for n in one.given)} {one.born}"
        for one in drawn
    ]
    _session(police, given, lines[:1])  # the set is fetched
    spent: list[float] = []
    for line in lines[1 : times + 1]:
        spent.append(_session(police, given, [line])())
    figures.add("one suspect, from start to the result: p50", round(1000 * median(spent), 1), "ms", "<= 100")
    figures.add("the same: p95", round(1000 * sorted(spent)[int(0.95 * len(spent))], 1), "ms")
    used = cpu_seconds() + _below()
    took = _session(police, given, lines[times + 1 :])()
    both = cpu_seconds() + _below() - used
    figures.add(
        f"{suspects:,} suspects, from start to the result", round(took, 2), "s", "<= 8, two idle cores"
    )
    figures.add("the same, both nodes and the process with the key", round(both, 2), "CPU-s")


def _session(police: Member, given: str, lines: Sequence[str]) -> Callable[[], float]:
    """One session, agreed to where that is needed; the seconds from its start until its result is there."""
    office, ana = police.node.office, police.actor(Role.INVESTIGATOR)
    order = drafting.Order(
        given, (PROSECUTOR.origin,), title="Bench", content=table_of("\n".join(lines)), name="list"
    )
    session = drafting.draft(office, ana, order)
    approval = asking.submit(office, ana, session)
    if approval:
        approvals.decide(office, police.actor(Role.APPROVER), approval, True, "needed for the case")
    began = time.perf_counter()
    asking.start(office, police.node.means, ana, session)
    end = time.monotonic() + 120
    while not office.read(lambda connection: STATE.first(connection, {"of": session}).state == DONE):  # type: ignore[union-attr]
        if time.monotonic() > end:
            raise RuntimeError("the session did not end")
        time.sleep(0.002)
    reading.session_of(office, ana, session)  # not in the loop: it took a quarter of what was measured
    took = time.perf_counter() - began
    return lambda: took


def _set_of(member: Member) -> holding.OwnSet | None:
    found = holding.own_sets(member.node.office, member.actor(Role.DESK_OFFICER))
    return next((each for each in found if each.of is Of.RECORDS and each.state is EpochState.OPEN), None)


def _children() -> float:
    """Processor seconds of processes of ours that ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _below() -> float:
    """Processor seconds of the processes that this one started, and of those that they did, while they run."""
    parents: dict[int, int] = {}
    spent: dict[int, float] = {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = place.read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        number = int(place.parent.name)
        parents[number], spent[number] = int(fields[1]), (int(fields[11]) + int(fields[12])) / TICKS
    found = {os.getpid()}
    while more := {each for each, parent in parents.items() if parent in found} - found:
        found |= more
    return sum(spent[each] for each in found - {os.getpid()})


def _silent(_: str) -> None:
    """Nobody is told."""
