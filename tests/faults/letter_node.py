"""A node as a process that posts and takes letters of one kind, tells what was durable, and can be killed.

`python letter_node.py` is a mother that has everything imported: for each line of standard input, "FOLDER<tab>SOCKET
<tab>MUTANT", a child is born of her that opens the node and obeys what comes over the socket; her answer is its number.
A child is told "post FIRST END PARTNER PACE" and says "posted N" once letter N is durable in its outbox. What was
posted before is not posted again: whoever is killed between the two is asked once more.

The mutants of mutants.py are put in here, before the node opens; the program itself has no way to them.
"""

from __future__ import annotations

import faulthandler
import os
import secrets
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, insert, select

from liaison.model.structs import Value
from liaison.node.wiring import Node, open_node
from liaison.office import Office
from liaison.storage.tables.node import FACTS
from liaison.storage.tables.transport import OUTBOX
from liaison.transport import inbox, outbox
from liaison.transport.inbox import Incoming, Refused
from liaison.transport.means import Means
from tests.faults import mutants

KIND = "test"
URGENT, POISON = 7, 41  # every so manieth letter is urgent; every so manieth is refused by who takes it
TEXT = "what it says, " * 20
Obey = Callable[
    [Node, list[str], Callable[[str], None]], None
]  # what one line of words makes a node do, and say


class Tested(Value, frozen=True, kw_only=True):
    """The body of a letter of the tests."""

    number: int
    text: str


@inbox.handles(KIND, Tested)
def take(office: Office, connection: Connection, means: Means, incoming: Incoming[Tested]) -> str:
    """Leave a mark of its own for every time that a letter is acted on: two marks are a letter taken twice."""
    number, letter = incoming.body.number, incoming.letter
    fact = f"got-{number:06}-{secrets.token_hex(6)}"
    row = {"fact": fact, "value": f"{letter.lane.value} {letter.number}", "at": office.now()}
    connection.execute(insert(FACTS).values(**row))
    if number % POISON == 0:
        raise Refused("poison")
    return "test-taken"


def post_one(node: Node, number: int, partner: str) -> None:
    """Letter of this number, durable in the outbox when this returns; once, however often it is asked for."""

    def work(connection: Connection) -> None:
        thread = f"test-{number}"
        if connection.execute(select(OUTBOX.c.id).where(OUTBOX.c.thread == thread)).first() is None:
            body = Tested(number=number, text=TEXT)
            going = outbox.Outgoing(partner, KIND, thread, body, number % URGENT == 0)
            outbox.post(node.office, connection, node.means, going)

    node.office.write(work)


def obey(node: Node, words: list[str], said: Callable[[str], None]) -> None:
    """Do what one line asks for."""
    if words[0] == "post":
        first, end, partner, pace = int(words[1]), int(words[2]), words[3], float(words[4])
        for number in range(first, end):
            post_one(node, number, partner)
            said(f"posted {number}")
            time.sleep(pace)


def child(folder: Path, place: str, mutant: str, obeys: Obey) -> None:
    """Open the node and obey until the socket closes."""
    os.dup2(2, 1)  # what a node logs is not what the mother answers
    faulthandler.register(signal.SIGUSR1)  # whoever waits in vain can ask where it hangs
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(place)
        lock = threading.Lock()

        def said(what: str) -> None:
            with lock:
                line.sendall(f"{what}\n".encode())

        mutants.put_in(mutant)
        with open_node(folder) as node:
            said("ready")
            for asked in line.makefile():
                threading.Thread(target=obeys, args=(node, asked.split(), said), daemon=True).start()


def mother(obeys: Obey = obey) -> None:
    """Give birth to a child for each line, and let those that ended go."""
    signal.signal(
        signal.SIGCHLD, signal.SIG_IGN
    )  # those that ended are gone at once; a thread would spoil the fork
    for asked in sys.stdin:
        folder, place, mutant = asked.rstrip("\n").split("\t")
        born = os.fork()
        if not born:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            child(Path(folder), place, mutant, obeys)
            os._exit(0)
        os.write(1, f"{born}\n".encode())


if __name__ == "__main__":
    mother()
