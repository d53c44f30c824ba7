"""A process that writes as a node does, tells what was acknowledged, and is made to fail.

python victim.py FOLDER COUNT THREADS: each change is a row and an entry of the ledger in one transaction. Every line
of standard output is one acknowledged or refused change: "ok NUMBER" or "no NUMBER KIND".
"""

import ctypes
import os
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, insert

from liaison.ledger.log import Log
from liaison.ledger.statements import Statement
from liaison.model.categories import OfficerId
from liaison.model.errors import LiaisonError
from liaison.storage import Store
from liaison.storage.keys import KeyRing
from liaison.storage.tables.node import FACTS

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def change(log: Log, number: int, connection: Connection) -> None:
    stated = Statement(what="test", who=OfficerId("person-a"), when=NOW, objects=(str(number),))
    log.append(connection, stated)
    connection.execute(insert(FACTS).values(fact=f"row-{number}", value="x" * 200, at=NOW))


def work(store: Store, log: Log, numbers: range) -> None:
    for number in numbers:
        try:
            store.write(lambda connection, number=number: change(log, number, connection))
        except LiaisonError as error:
            os.write(1, f"no {number} {type(error).__name__}\n".encode())
            time.sleep(0.005)  # nobody asks again at once
        else:
            os.write(1, f"ok {number}\n".encode())


def main(folder: Path, count: int, threads: int) -> None:
    keys = KeyRing(folder / "keys")
    store, log = Store(f"sqlite:///{folder}/node.db"), Log(keys)
    os.write(1, b"ready\n")
    parts = [
        threading.Thread(target=work, args=(store, log, range(start, count, threads)))
        for start in range(threads)
    ]
    for each in parts:
        each.start()
    for each in parts:
        each.join()
    store.close()


def breed() -> None:
    """For each line of standard input, "FOLDER<tab>COUNT<tab>OUTPUT": a child that waits for a second line and then
    writes to the file OUTPUT. Its number is told before, and its status once it ended."""
    for line in sys.stdin:
        folder, count, output = line.rstrip("\n").split("\t")
        gate, go = os.pipe()
        child = os.fork()
        if not child:
            _be_traced_by_anyone()
            os.read(gate, 1)
            os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 1)
            main(Path(folder), int(count), 1)
            os._exit(0)
        os.write(1, f"{child}\n".encode())
        sys.stdin.readline()
        os.write(go, b"x")
        _, status = os.waitpid(child, 0)
        for each in (gate, go):
            os.close(each)
        os.write(1, f"{os.waitstatus_to_exitcode(status)}\n".encode())


def _be_traced_by_anyone() -> None:
    """Where Linux lets a process be traced by its ancestors alone, this one lifts it (PR_SET_PTRACER)."""
    ctypes.CDLL(None).prctl(0x59616D61, ctypes.c_ulong(-1), 0, 0, 0)


if __name__ == "__main__":
    if sys.argv[1:] == ["breed"]:
        breed()
    else:
        main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
