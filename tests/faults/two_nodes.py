"""Two nodes as processes, a network between them that fails, kills at any moment, and an oracle outside of both.

    python -m tests.faults.two_nodes --letters 10000 --kills 200 --faults all --seed 3

The oracle reads the two databases after the run and knows besides only what the processes said over their sockets. It
says what was acknowledged and is lost, what was acted on twice, and whether order, receipts, chains and ledgers hold.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from random import Random

from liaison import policy
from liaison.model.categories import OfficerId
from liaison.model.grounds import Purpose
from liaison.model.handling import Handling, HandlingCode
from liaison.model.roles import Role
from liaison.node import partnership
from liaison.node.making import make_node
from liaison.node.settings import Settings
from liaison.node.verifying import verify_node
from liaison.node.wiring import Node, open_node
from liaison.officers.service import first_administrator
from liaison.partners import own, service
from liaison.partners.agreement import Cap, Gateway, GatewayKind
from liaison.partners.service import Pairing, Terms
from tests.faults.wire import End, Faults, Wire

ROOT = Path(__file__).resolve().parents[2]
MOTHER = Path(__file__).with_name("letter_node.py")
NAMES = ("left", "right")
ORIGINS = {"left": "left.example", "right": "right.example"}
AIMED = 0.5  # of the kills come right after receipts
PORTS = "ports"
QUIET = 2.0  # seconds in which what is still on its way may come
POISON = 41  # as in letter_node.py, which is not imported: it registers a kind of letter
ADMINISTRATOR = policy.Actor(person=OfficerId("person-admin"), roles=frozenset({Role.ADMINISTRATOR}))
SUPERVISOR = policy.Actor(person=OfficerId("person-head"), roles=frozenset({Role.SUPERVISOR}))
TERMS = Terms(
    purposes=(Purpose.INVESTIGATION,),
    offences=("drugs",),
    exchanges=("records",),
    gateway=Gateway(kind=GatewayKind.WITHIN, reference="the same law"),
    quota=100_000,
    handling=Handling(codes=(HandlingCode.H1,)),
    languages=("en",),
    caps=(Cap(days=365),),
)
ALL = Faults(
    cut=0.03, lost=0.05, hole=0.01, again=0.03, late=0.03, changed=0.02, answer_changed=0.02, delay=0.05
)
FAULTS = {
    "none": Faults(),
    "lost": Faults(lost=0.3),
    "delay": Faults(delay=2.0, again=0.1, late=0.1),
    "all": ALL,
}


@dataclass
class Verdict:
    """What the oracle found. `serving` are the seconds from a kill until the node answers again."""

    posted: int = 0
    lost: set[str] = field(default_factory=set)
    doubled: set[str] = field(default_factory=set)
    waiting: int = 0
    faults: list[str] = field(default_factory=list)
    serving: list[float] = field(default_factory=list)
    befell: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def clean(self) -> bool:
        """Whether nothing was lost or doubled, nothing waits, and everything else holds."""
        return not (self.lost or self.doubled or self.waiting or self.faults)

    def __str__(self) -> str:
        slowest = max(self.serving, default=0.0)
        return (
            f"{self.posted} posted, {len(self.lost)} lost, {len(self.doubled)} doubled, {self.waiting} waiting, "
            f"{len(self.serving)} kills, serving again after at most {slowest:.1f} s, {self.seconds:.0f} s in all; "
            f"{dict(self.befell)}; {self.faults[:5]}"
        )


class Process:
    """One node as a process that was born of the mother."""

    def __init__(self, pair: Pair, name: str) -> None:
        self.pair, self.name = pair, name
        self.acknowledged: set[int] = set()
        self.wanted: range = range(0)
        self.pace = 0.0
        self._line: socket.socket | None = None
        self.born = 0
        self._ready = threading.Event()

    def start(self) -> float:
        """Be born, and answer; the seconds that it took."""
        began = time.monotonic()
        place = self.pair.folder / f"{self.name}-{secrets_free(self.pair)}.sock"
        self._ready = threading.Event()
        with socket.socket(socket.AF_UNIX) as door:
            door.bind(str(place))
            door.listen(1)
            door.settimeout(30)
            self.born = self.pair.birth(self.name, place)
            self._line, _ = door.accept()
        threading.Thread(target=self._listen, args=(self._line,), daemon=True).start()
        if not self._ready.wait(60):
            with suppress(ProcessLookupError):
                os.kill(self.born, signal.SIGUSR1)  # to the file stderr: where it hangs
                time.sleep(1)
            raise TimeoutError(f"{self.name} is not ready")
        self._answers(began + 60)
        return time.monotonic() - began

    def kill(self) -> None:
        """kill -9."""
        with suppress(ProcessLookupError):
            os.kill(self.born, signal.SIGKILL)
        deadline = time.monotonic() + 10
        while _alive(self.born) and time.monotonic() < deadline:
            time.sleep(0.002)
        if self._line is not None:
            self._line.close()

    def post(self, wanted: range, pace: float = 0.0) -> None:
        """Have it post letters of these numbers, those that it acknowledged before left out."""
        self.wanted, self.pace = wanted, pace
        self.post_rest()

    def post_rest(self) -> None:
        """Ask once more for what was not acknowledged."""
        first = next((each for each in self.wanted if each not in self.acknowledged), None)
        if first is not None:
            partner = ORIGINS[self.pair.other(self.name)]
            with suppress(OSError):
                self.tell(f"post {first} {self.wanted.stop} {partner} {self.pace}")

    def _listen(self, line: socket.socket) -> None:
        with suppress(OSError, ValueError), line.makefile() as lines:
            for said in lines:
                if said == "ready\n":
                    self._ready.set()
                else:
                    self.heard(said)

    def heard(self, said: str) -> None:
        """Keep what it says to be durable."""
        if said.startswith("posted ") and said.endswith("\n"):
            self.acknowledged.add(int(said[7:]))

    def tell(self, what: str) -> None:
        """Send it a line, if it has one. Raises OSError."""
        if self._line is not None:
            self._line.sendall(f"{what}\n".encode())

    def _answers(self, until: float) -> None:
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.pair.ports[self.name]), 1).close()
                return
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.01)


class Pair:
    """Two nodes that are paired and agreed, and the wire between them."""

    process: type[Process] = Process
    mother: Path = MOTHER

    def __init__(
        self, folder: Path, faults: Faults = FAULTS["none"], mutant: str = "", seed: int = 1
    ) -> None:
        self.folder, self.mutant, self.chance = folder, mutant, Random(seed)
        if not (folder / PORTS).exists():
            prepare(folder)
        held = [int(each) for each in (folder / PORTS).read_text().split()]
        self.ports = dict(zip(NAMES, held[:2], strict=True))
        self.addresses = dict(zip(NAMES, held[2:], strict=True))
        keys = {name: own.load_keys(folder / name / "keys", 1) for name in NAMES}
        ends = [
            End(self.addresses[name], self.ports[name], keys[self.other(name)], keys[name], faults)
            for name in NAMES
        ]
        self.wire = Wire(ends, folder, seed)
        self.nodes = {name: self.process(self, name) for name in NAMES}
        self.serving: list[float] = []
        self._births = 0
        self._mother: subprocess.Popen[str] | None = None
        self._birth = threading.Lock()

    @staticmethod
    def other(name: str) -> str:
        """The other of the two."""
        return NAMES[1 - NAMES.index(name)]

    @contextmanager
    def running(self) -> Iterator[Pair]:
        """Both nodes and the wire, until the end."""
        environment = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
        with (
            (self.folder / "stderr").open("w") as errors,
            subprocess.Popen(
                [sys.executable, str(self.mother)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env=environment,
            ) as self._mother,
        ):
            self.wire.start()
            try:
                for each in self.nodes.values():
                    each.start()
                yield self
            finally:
                for each in self.nodes.values():
                    each.kill()
                self.wire.stop()
                self._mother.kill()

    def birth(self, name: str, place: Path) -> int:
        """A new process of this node; its number."""
        mother = self._mother
        assert mother is not None
        assert mother.stdin is not None
        assert mother.stdout is not None
        with self._birth:
            mother.stdin.write(f"{self.folder / name}\t{place}\t{self.mutant}\n")
            mother.stdin.flush()
            return int(mother.stdout.readline())

    def kill_and_restart(self, name: str) -> None:
        """kill -9, and up again; what was not acknowledged is asked for once more."""
        node = self.nodes[name]
        node.kill()
        self.serving.append(node.start())
        node.post_rest()

    def await_receipts(self, name: str) -> None:
        """Wait until this node has just given receipts: the worst moment to die for one that lies in them."""
        writer, until = self.folder / self.other(name), time.monotonic() + 2.0
        before = receipted(writer)
        while receipted(writer) == before and time.monotonic() < until:
            time.sleep(0.01)

    def settle(self, seconds: float) -> bool:
        """Wait until everything was posted and nothing waits any more; whether it came to that."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if all(self._through(each) for each in self.nodes.values()):
                return True
            time.sleep(0.1)
        return False

    def _through(self, node: Process) -> bool:
        return len(node.acknowledged) >= len(node.wanted) and not waiting(self.folder / node.name)

    def verdict(self) -> Verdict:
        """What the oracle finds once both nodes have ended."""
        found = Verdict(serving=self.serving)
        for end in self.wire.ends:
            found.befell += end.done
        for name in NAMES:
            there = self.other(name)
            judge(found, name, self.folder / name, self.folder / there, self.nodes[name].acknowledged)
            found.faults += [
                f"{name}: {each.name}: {each.fault}" for each in verify_node(self.folder / name) if each.fault
            ]
        return found


def campaign(
    folder: Path,
    *,
    letters: int,
    kills: int = 0,
    cuts: int = 0,
    faults: Faults = FAULTS["none"],
    mutant: str = "",
    seed: int = 1,
    pace: float = 0.002,
    patience: float = 60.0,
) -> Verdict:
    """Both nodes post half of the letters while they are killed and parted at random; what the oracle finds."""
    began = time.monotonic()
    pair = Pair(folder, faults, mutant, seed)
    with pair.running():
        for name in NAMES:
            pair.nodes[name].post(range(1, letters // 2 + 1), pace)
        blows = ["kill"] * kills + ["cut"] * cuts
        pair.chance.shuffle(blows)
        for blow in blows:
            time.sleep(pair.chance.uniform(0.0, 0.4))
            if blow == "kill":
                name = pair.chance.choice(NAMES)
                if pair.chance.random() < AIMED:
                    pair.await_receipts(name)
                pair.kill_and_restart(name)
            else:
                pair.wire.part(True)
                time.sleep(pair.chance.uniform(0.0, 0.5))
                pair.wire.part(False)
        pair.settle(patience)
        time.sleep(QUIET)
    verdict = pair.verdict()
    verdict.seconds = time.monotonic() - began
    return verdict


def judge(found: Verdict, name: str, here: Path, there: Path, acknowledged: set[int]) -> None:
    """Compare what one node posted with what the other took."""
    with database_of(here) as ours, database_of(there) as theirs:
        sent = ours.execute(
            "SELECT id, thread, digest, state, receipt FROM letters_out WHERE kind = 'test'"
        ).fetchall()
        taken = {row[0]: row[1:] for row in theirs.execute("SELECT id, digest, receipt FROM letters_in")}
        marks = Counter(
            row[0].split("-")[1]
            for row in theirs.execute("SELECT fact FROM node_facts WHERE fact LIKE 'got-%'")
        )
        in_outbox = {int(thread.removeprefix("test-")) for _, thread, *_ in sent}
        found.posted += len(sent)
        found.lost |= {f"{name} {number}: never in the outbox" for number in acknowledged - in_outbox}
        for letter, thread, digest, state, receipt in sent:
            number = int(thread.removeprefix("test-"))
            wanted = 0 if number % POISON == 0 else 1
            count = marks[f"{number:06}"]
            if state == "waiting":
                found.waiting += 1
            elif letter not in taken or taken[letter] != (digest, receipt):
                found.lost.add(f"{name} {number}: {state}, and not what the other side has")
            if (state != "waiting" or letter in taken) and count < wanted:
                found.lost.add(f"{name} {number}: not acted on")
            if count > wanted:
                found.doubled.add(f"{name} {number}: acted on {count} times")
            if state not in ("waiting", "refused" if wanted == 0 else "delivered"):
                found.faults.append(f"{name} {number}: {state}")
        found.faults += [f"{name} to {Pair.other(name)}: {fault}" for fault in chain_faults(theirs)]


def chain_faults(database: sqlite3.Connection) -> Iterator[str]:
    """What is wrong with the order of what came and the chain over it."""
    for table in ("PRAGMA integrity_check",):
        if (told := database.execute(table).fetchall()) != [("ok",)]:
            yield f"the pages: {told[:1]}"
    lanes = database.execute("SELECT partner, lane, next_in, chain FROM letter_lanes").fetchall()
    for partner, lane, following, end in lanes:
        query = "SELECT number, digest, entry, chain FROM letters_in WHERE partner = ? AND lane = ? ORDER BY number"
        chain, last = bytes(32), -1
        rows = database.execute(query, (partner, lane)).fetchall()
        if [row[0] for row in rows] != list(range(1, following)):
            yield f"{lane}: a gap, or a number past {following}"
        for number, digest, entry, link in rows:
            chain = sha256(chain + bytes.fromhex(digest)).digest()
            if chain != link:
                yield f"{lane} {number}: the chain is broken"
                break
            if entry <= last:
                yield f"{lane} {number}: entry {entry} after {last}"
            last = entry
        if chain != end:
            yield f"{lane}: the chain does not end where the lane says"


def waiting(folder: Path) -> int:
    """How many letters wait for their receipt."""
    with database_of(folder) as database:
        return int(database.execute("SELECT count(*) FROM letters_out WHERE state = 'waiting'").fetchone()[0])


def receipted(folder: Path) -> int:
    """How many letters have their receipt."""
    with database_of(folder) as database:
        return int(
            database.execute("SELECT count(*) FROM letters_out WHERE state <> 'waiting'").fetchone()[0]
        )


def prepare(folder: Path) -> None:
    """Two nodes for a campaign in this folder, which may be copied: a campaign begins from what it finds there."""
    free = _free_ports(4)
    make_pair(folder, dict(zip(NAMES, free[:2], strict=True)), dict(zip(NAMES, free[2:], strict=True)))
    (folder / PORTS).write_text(" ".join(map(str, free)))


def make_pair(folder: Path, ports: dict[str, int], addresses: dict[str, int]) -> None:
    """Two nodes in this folder, paired and agreed. `addresses` are the ports that their cards name."""
    for name in NAMES:
        settings = Settings(
            name=name,
            agency=f"Agency of {name}",
            origin=ORIGINS[name],
            regimes=("demo",),
            federation="test",
            port=0,
            partner_host="127.0.0.1",
            partner_port=ports[name],
            partner_url=f"https://127.0.0.1:{addresses[name]}",
        )
        make_node(folder / name, settings, _first)
    with open_node(folder / "left", work=False) as left, open_node(folder / "right", work=False) as right:
        cards = {each.name: partnership.card(each, ADMINISTRATOR) for each in (left, right)}
        _pair(left, cards["right"])
        _pair(right, cards["left"])
        people = left.office, SUPERVISOR, left.signers[0]
        proposed = service.propose(*people, ORIGINS["right"], TERMS, "DPIA-1")
        vkeys = {each.name: each.signers[0].verifier.vkey for each in (left, right)}
        service.receive(right.office, SUPERVISOR, vkeys["right"], ORIGINS["left"], proposed.text)
        signed = service.sign(
            right.office, SUPERVISOR, right.signers[0], ORIGINS["left"], proposed.agreement.digest, "DPIA-1"
        )
        service.receive(left.office, SUPERVISOR, vkeys["left"], ORIGINS["right"], signed.text)


def _pair(node: Node, card: own.SignedCard) -> None:
    given = Pairing(card.text, card.card.fingerprint)
    service.pair(node.office, ADMINISTRATOR, node.signers[0].verifier.vkey, node.settings.federation, given)


def _first(node: Node) -> str:
    return str(first_administrator(node.office, "Admin", "admin", "nine grey herons", node.people).person)


def secrets_free(pair: Pair) -> int:
    """A number that no socket of this pair had yet."""
    pair._births += 1
    return pair._births


@contextmanager
def database_of(folder: Path) -> Iterator[sqlite3.Connection]:
    address = f"file:{folder / 'node.db'}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=10)) as database:
        yield database


def _free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    found = [each.getsockname()[1] for each in held]
    for each in held:
        each.close()
    return found


def _alive(process: int) -> bool:
    """Until its mother has seen its end: a zombie whose threads still die holds its files."""
    return Path(f"/proc/{process}").exists()


def main() -> int:
    """Run a campaign from the command line; 1 where the oracle finds something."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--letters", type=int, default=500)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--cuts", type=int, default=0)
    parser.add_argument("--faults", choices=sorted(FAULTS), default="all")
    parser.add_argument("--mutant", default="")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pace", type=float, default=0.002, help="seconds between two letters of one node")
    parser.add_argument("--patience", type=float, default=60.0)
    chosen = vars(parser.parse_args())
    chosen["faults"] = FAULTS[chosen["faults"]]
    with tempfile.TemporaryDirectory() as folder:
        verdict = campaign(Path(folder), **chosen)
    sys.stdout.write(f"{verdict}\n")
    return 0 if verdict.clean else 1


if __name__ == "__main__":
    sys.exit(main())
