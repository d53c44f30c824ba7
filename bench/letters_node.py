"""`liaison serve` with letters to write: each line "post COUNT PARTNER" of standard input puts so many in the outbox.

    python -m bench.letters_node FOLDER --ready-file FILE

It is the node as it is served everywhere. What is added is a kind of letter that says nothing, and who writes it.
"""

from __future__ import annotations

import sys
import threading
from typing import Any

from sqlalchemy import Connection

from liaison import cli, web
from liaison.model.structs import Value
from liaison.node.wiring import Node
from liaison.office import Office
from liaison.transport import inbox, outbox
from liaison.transport.inbox import Incoming
from liaison.transport.means import Means

KIND = "bench"
WRITERS = 4  # threads: as many requests of officers write at once
TEXT = "one line of an answer to one question\n" * 27  # 1 KiB


class Benched(Value, frozen=True, kw_only=True):
    """The body of a letter: as long as a usual one."""

    text: str


@inbox.handles(KIND, Benched)
def take(office: Office, connection: Connection, means: Means, incoming: Incoming[Benched]) -> str:
    """Nothing is done with it: what is measured is the way."""
    return "bench-taken"


def post(node: Node, count: int, partner: str) -> None:
    """Write letters, each durable by itself."""

    def work(connection: Connection) -> None:
        going = outbox.Outgoing(partner, KIND, "bench", Benched(text=TEXT))
        outbox.post(node.office, connection, node.means, going)

    for _ in range(count):
        node.office.write(work)


def obey(node: Node) -> None:
    """Do what standard input asks for."""
    for line in sys.stdin:
        _, count, partner = line.split()
        each = int(count) // WRITERS
        for _ in range(WRITERS):
            threading.Thread(target=post, args=(node, each, partner), daemon=True).start()


def main() -> int:
    """Serve, with a thread that obeys."""
    create_app = web.create_app

    def with_orders(node: Node, *words: Any, **named: Any) -> Any:
        threading.Thread(target=obey, args=(node,), daemon=True).start()
        return create_app(node, *words, **named)

    web.create_app = with_orders
    sys.argv[1:] = ["serve", *sys.argv[1:]]
    return int(cli.main() or 0)


if __name__ == "__main__":
    sys.exit(main())
