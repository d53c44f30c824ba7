"""A request about many people that is answered in batches while either side is killed, and an oracle outside of both.

    python -m tests.faults.answering --subjects 1700 --kills 100 --seed 1

The nodes, the wire and the mother of processes are those of two_nodes.py. The oracle reads the two databases after the
run and says whether each subject was answered once and the same on both sides, and whether letters, chains and ledgers
hold.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from liaison.assistance import drafting, sending
from liaison.model.grounds import Purpose
from liaison.model.handling import Handling, HandlingCode
from liaison.node.verifying import verify_node
from liaison.node.wiring import open_node
from liaison.partners import service
from liaison.partners.service import View
from liaison.screening.cases import open_case
from liaison.screening.grounds import give_grounds
from tests.assistance.requests import strangers
from tests.faults import two_nodes
from tests.faults.two_nodes import (
    FAULTS,
    NAMES,
    ORIGINS,
    SUPERVISOR,
    Pair,
    Process,
    chain_faults,
    database_of,
)
from tests.faults.wire import Faults
from tests.screening.conftest import Row
from tests.screening.node import WHY, enter, records
from tests.two_offices import APPROVER, DESK, INVESTIGATOR, draft_of

ASKING, ASKED = NAMES
KNOWN = 20  # every so manieth subject is in the records of the side that is asked
SENDING = 0.15  # of the kills come while the request is sent and checked, the others between its answers
GRACE = 0.06  # seconds at most from the moment that was waited for to the kill
BOTH = 0.1  # of the kills are of both sides
OPEN = "('waiting', 'prepared', 'hit')"


@dataclass
class Verdict:
    """What the oracle found. `midway` are the kills when some subjects were answered and some were not."""

    subjects: int = 0
    supplied: int = 0
    letters: int = 0
    midway: int = 0
    serving: list[float] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)
    doubled: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    befell: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def clean(self) -> bool:
        """Whether each subject was answered once, and everything else holds."""
        return not (self.lost or self.doubled or self.faults)

    def __str__(self) -> str:
        return (
            f"{self.subjects} subjects, {self.supplied} with a record, {self.letters} letters of answers; "
            f"{len(self.serving)} kills, {self.midway} midway, serving again after at most "
            f"{max(self.serving, default=0.0):.1f} s; {len(self.lost)} lost, {len(self.doubled)} doubled; "
            f"{self.seconds:.0f} s in all; {dict(self.befell)}; {sorted(self.lost)[:3]} {sorted(self.doubled)[:3]} "
            f"{self.faults[:5]}"
        )


class Working(Process):
    """A process that sends the request or answers it, and is asked anew after each start."""

    most, between = 20, 0.01

    def post_rest(self) -> None:
        """Ask once more for what it is there for."""
        asked = "send" if self.name == ASKING else f"answer {self.most} {self.between}"
        with suppress(OSError):
            self.tell(asked)

    def heard(self, said: str) -> None:
        """Keep which subjects it said to have answered."""
        if said.startswith("answered ") and said.endswith("\n"):
            self.acknowledged |= {int(number) for number in said.split()[1:]}


class Answering(Pair):
    """Two nodes with one request between them."""

    process = Working
    mother = Path(__file__).with_name("answering_node.py")

    def answered(self, name: str) -> int:
        """How many subjects one side has as answered."""
        query = f"SELECT count(*) FROM assistance_subjects WHERE state NOT IN {OPEN}"
        with database_of(self.folder / name) as held:
            return int(held.execute(query).fetchone()[0])

    def await_answers(self, name: str, count: int, until: float) -> bool:
        """Wait until so many are answered there; whether it came to that."""
        while self.answered(name) < count:
            if time.monotonic() > until:
                return False
            time.sleep(0.005)
        return True

    def kill(self, names: Sequence[str]) -> None:
        """kill -9 of one or both, and up again."""
        for name in names:
            self.nodes[name].kill()
        for name in names:
            self.serving.append(self.nodes[name].start())
            self.nodes[name].post_rest()


def campaign(
    folder: Path,
    *,
    subjects: int,
    kills: int = 0,
    most: int = 20,
    between: float = 0.01,
    faults: Faults = FAULTS["none"],
    mutant: str = "",
    seed: int = 1,
    patience: float = 60.0,
    victims: Sequence[str] = NAMES,
) -> Verdict:
    """One request from its sending to its last answer while either of the victims is killed; what the oracle finds."""
    began = time.monotonic()
    if not (folder / two_nodes.PORTS).exists():
        prepare(folder, subjects)
    pair, verdict = Answering(folder, faults, mutant, seed), Verdict()
    for node in pair.nodes.values():
        assert isinstance(node, Working)
        node.most, node.between = most, between
    early = round(kills * SENDING)
    moments = [0] * early + sorted(pair.chance.sample(range(1, subjects * 19 // 20), kills - early))
    with pair.running():
        for node in pair.nodes.values():
            node.post_rest()
        for count in moments:
            names = victims if pair.chance.random() < BOTH else [pair.chance.choice(victims)]
            if not pair.await_answers(names[0], count, time.monotonic() + patience):
                break
            time.sleep(pair.chance.uniform(0.0, GRACE if count else 0.5))
            verdict.midway += pair.answered(ASKED) > 0 and pair.answered(ASKING) < subjects
            pair.kill(names)
        finished(pair, subjects, time.monotonic() + patience)
        time.sleep(two_nodes.QUIET / 2)
    for end in pair.wire.ends:
        verdict.befell += end.done
    verdict.serving = pair.serving
    judge(verdict, pair, subjects)
    verdict.seconds = time.monotonic() - began
    return verdict


def finished(pair: Answering, subjects: int, until: float) -> None:
    """Wait until the last answer came and no letter waits, or nothing moves any more; not beyond `until`."""
    moved = time.monotonic()
    while (now := time.monotonic()) < until:
        if pair.answered(ASKED) < subjects or any(two_nodes.waiting(pair.folder / name) for name in NAMES):
            moved = now
        elif pair.answered(ASKING) == subjects or now - moved > two_nodes.QUIET:
            return
        time.sleep(0.05)


def judge(found: Verdict, pair: Answering, subjects: int) -> None:
    """Compare the two databases, and what was said with both."""
    with database_of(pair.folder / ASKING) as ours, database_of(pair.folder / ASKED) as theirs:
        found.subjects = subjects
        found.faults += [f"{ASKING}: {fault}" for fault in request_faults(ours, subjects)]
        found.faults += [f"{ASKED}: {fault}" for fault in request_faults(theirs, subjects)]
        judge_subjects(found, ours, theirs, pair.nodes[ASKED].acknowledged)
        judge_batches(found, ours, theirs)
        judge_items(found, ours, theirs)
        judge_letters(found, ASKING, ours, theirs)
        judge_letters(found, ASKED, theirs, ours)
        for name, held in ((ASKING, ours), (ASKED, theirs)):
            found.faults += [f"{name}: {fault}" for fault in chain_faults(held)]
    for name in NAMES:
        told = verify_node(pair.folder / name)
        found.faults += [f"{name}: {each.name}: {each.fault}" for each in told if each.fault]


def judge_subjects(
    found: Verdict, ours: sqlite3.Connection, theirs: sqlite3.Connection, acknowledged: set[int]
) -> None:
    """Each subject has one answer, the same on both sides, and what was said to be durable is."""
    query = f"SELECT number, state, batch FROM assistance_subjects WHERE state NOT IN {OPEN}"
    given = {row[0]: row[1:] for row in theirs.execute(query)}
    taken = {row[0]: row[1:] for row in ours.execute(query)}
    found.lost |= {
        f"subject {number}: not answered" for number in range(1, found.subjects + 1) if number not in given
    }
    found.lost |= {f"subject {number}: said and not there" for number in acknowledged - set(given)}
    found.lost |= {f"subject {number}: never came" for number in set(given) - set(taken)}
    for number in sorted(set(given) & set(taken)):
        if given[number] != taken[number]:
            found.faults.append(f"subject {number}: {given[number]} sent, {taken[number]} taken")


def judge_batches(found: Verdict, ours: sqlite3.Connection, theirs: sqlite3.Connection) -> None:
    """Each batch went in one letter and was taken once, and the counts of both records of events are the subjects."""
    sent = {
        row[0] for row in theirs.execute("SELECT DISTINCT batch FROM assistance_subjects WHERE batch > 0")
    }
    went = count(theirs, "letters_out WHERE kind = 'answers'")
    taken = Counter(
        int(row[0])
        for row in ours.execute("SELECT code FROM assistance_events WHERE what = 'answers-received'")
    )
    found.letters = went
    if went != len(sent):
        found.faults.append(f"{len(sent)} batches in {went} letters")
    found.lost |= {f"batch {batch}: never taken" for batch in sent - set(taken)}
    found.doubled |= {f"batch {batch}: taken {times} times" for batch, times in taken.items() if times > 1}
    for held, whats in ((theirs, "'nothing-confirmed', 'answer-sent'"), (ours, "'answers-received'")):
        query = f"SELECT coalesce(sum(subjects), 0) FROM assistance_events WHERE what IN ({whats})"
        told = int(held.execute(query).fetchone()[0])
        if told > found.subjects:
            found.doubled.add(f"{told} subjects under {whats}")
        elif told < found.subjects:
            found.lost.add(f"{told} subjects under {whats}")


def judge_items(found: Verdict, ours: sqlite3.Connection, theirs: sqlite3.Connection) -> None:
    """Each record that was supplied is there once, for the subject that it was supplied on, and was kept once."""
    query = "SELECT number, item FROM assistance_supplied"
    given, taken = (Counter(held.execute(query).fetchall()) for held in (theirs, ours))
    hits = count(theirs, "assistance_subjects WHERE state IN ('full', 'partial')")
    found.supplied = len(given)
    found.lost |= {f"record of subject {number}" for number, _ in given - taken}
    found.doubled |= {f"record of subject {number}" for number, _ in taken - given}
    if not hits == len({number for number, _ in given}) == len(given):
        found.doubled.add(f"{len(given)} records for {hits} subjects with a hit")
    for held, table in ((theirs, "supply_supplied"), (ours, "supply_held")):
        if (kept := count(held, table)) != len(given):
            found.faults.append(f"{len(given)} records were supplied, {kept} are in {table}")


def judge_letters(found: Verdict, name: str, here: sqlite3.Connection, there: sqlite3.Connection) -> None:
    """Every letter was taken as it was sent, and none came that was not sent."""
    sent = here.execute("SELECT id, kind, digest, state, receipt FROM letters_out").fetchall()
    taken = {row[0]: row[1:] for row in there.execute("SELECT id, digest, receipt, state FROM letters_in")}
    for letter, kind, digest, state, receipt in sent:
        if taken.get(letter) != (digest, receipt, "accepted") or state != "delivered":
            found.lost.add(
                f"letter of {name}, {kind}: {state}, {'taken' if letter in taken else 'not taken'}"
            )
    found.doubled |= {
        f"letter to {name} that nobody sent: {each}" for each in set(taken) - {row[0] for row in sent}
    }


def request_faults(held: sqlite3.Connection, subjects: int) -> Iterator[str]:
    """What is wrong with the request as one side has it."""
    rows = held.execute("SELECT state, subjects, answered, person FROM assistance_requests").fetchall()
    if [row[:2] for row in rows] != [("answered", subjects)] or rows[0][2] is None:
        yield f"requests: {rows}"
    if (there := count(held, "assistance_subjects")) != subjects:
        yield f"{there} subjects"
    ends = count(held, "assistance_events WHERE what = 'request-answered'")
    if ends > 1:
        yield f"answered in full {ends} times"


def count(held: sqlite3.Connection, what: str) -> int:
    """How many rows there are of a table, with or without a condition."""
    return int(held.execute(f"SELECT count(*) FROM {what}").fetchone()[0])


def prepare(folder: Path, subjects: int) -> None:
    """Two nodes in this folder with people and records, and a request that is authorised and not sent."""
    two_nodes.prepare(folder)
    lines = strangers(subjects)
    known = [f"N{place}" for place in range(0, subjects, KNOWN)]
    with open_node(folder / ASKING, work=False) as asking, open_node(folder / ASKED, work=False) as asked:
        for node, other in ((asking, ORIGINS[ASKED]), (asked, ORIGINS[ASKING])):
            enter(node.office, INVESTIGATOR, DESK, APPROVER)
            service.assess(
                node.office, SUPERVISOR, other, View(capital=False, state_of_origin=False), "DPIA-2"
            )
        rows = [person(name, lines[int(name[1:])]) for name in known]
        today = asked.office.now().date()
        ends = {"review_at": today + timedelta(days=100), "retention_until": today + timedelta(days=200)}
        records(asked.office, rows, handling=Handling(codes=(HandlingCode.H1,)), **ends)
        office = asking.office
        case = open_case(office, INVESTIGATOR, reference="2026/1", title="A case", offence="drugs")
        grounds = give_grounds(
            office, INVESTIGATOR, case.id, purpose=Purpose.INVESTIGATION, basis="task", justification=WHY
        )
        text = draft_of(
            ORIGINS[ASKED], grounds, office.now().date(), handling=Handling(codes=(HandlingCode.H1,))
        )
        request = drafting.draft(office, INVESTIGATOR, text)
        drafting.add_list(office, INVESTIGATOR, request, "\n".join(lines))
        sending.submit(office, INVESTIGATOR, request)
        sending.authorise(office, APPROVER, request, True, "needed for the case")


def person(record: str, line: str) -> Row:
    """Somebody of a pasted list, as a record."""
    name, born, *_ = line.split(";")
    given, surname = name.split()
    return record, given, surname, born


def main() -> int:
    """Run a campaign from the command line; 1 where the oracle finds something."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--subjects", type=int, default=1_700)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--most", type=int, default=20, help="subjects confirmed at once, at most")
    parser.add_argument("--between", type=float, default=0.01, help="seconds between two batches")
    parser.add_argument("--faults", choices=sorted(FAULTS), default="none")
    parser.add_argument("--mutant", default="")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--patience", type=float, default=60.0)
    chosen = vars(parser.parse_args())
    chosen["faults"] = FAULTS[chosen["faults"]]
    with tempfile.TemporaryDirectory() as folder:
        verdict = campaign(Path(folder), **chosen)
    sys.stdout.write(f"{verdict}\n")
    return 0 if verdict.clean else 1


if __name__ == "__main__":
    sys.exit(main())
