"""A process that writes as a node does, tells what was acknowledged, and is made to fail.

python victim.py FOLDER COUNT THREADS: each change is a row and an entry of the ledger in one transaction. Every line
of standard output is one acknowledged or refused change: "ok NUMBER" or "no NUMBER KIND".
"""

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


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
