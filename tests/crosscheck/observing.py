"""Everything of a cross-check that can be seen: what went over the line, what both ends read, both databases."""

from __future__ import annotations

import base64
import binascii
import io
import logging
import re
import socket
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from liaison.crosscheck.asker import lines
from liaison.model.errors import Erased
from liaison.node import sealed
from liaison.node.limits import Limits
from liaison.node.listener import Listener
from liaison.office import Office
from liaison.ports import KeyId
from liaison.storage import migrate
from liaison.storage.sealing import unseal
from liaison.transport.calls import Answered, Call
from tests.crosscheck.askers import Asked

JWS = re.compile(rb"[\w-]{8,}\.([\w-]{8,})\.[\w-]{8,}")
EVERY = migrate.every_table()  # known before an office is made
APPLICATION = 23  # a record of TLS 1.3 that is encrypted
CLIENT, SERVER = (
    2,
    4,
)  # which of these carries the signature of a handshake (RFC 8446: certificate, signature)
Row = tuple[str, tuple[Any, ...]]  # table, values


@dataclass
class Line:
    """What somebody between the two nodes sees: connections and their bytes, each way."""

    port: int
    there: int
    up: list[tuple[int, bytes]] = field(default_factory=list)  # number of the connection, bytes
    down: list[tuple[int, bytes]] = field(default_factory=list)
    connections: int = 0
    _server: socket.socket = field(init=False)

    def start(self) -> None:
        self._server = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()

    def sizes(self) -> tuple[int, int]:
        """Bytes each way, but for the signatures of the handshakes: those are a byte or two longer by chance."""
        return _bytes(self.up, CLIENT), _bytes(self.down, SERVER)

    def seen(self) -> bytes:
        return b"".join(part for _, part in [*self.up, *self.down])

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._server.accept()
                far = socket.create_connection(("127.0.0.1", self.there))
                self.connections += 1
                for source, sink, seen in ((near, far, self.up), (far, near, self.down)):
                    told = (source, sink, seen, self.connections)
                    threading.Thread(target=_carry, args=told, daemon=True).start()


def _bytes(seen: list[tuple[int, bytes]], signature: int) -> int:
    """The lengths of all records, without the one that carries the signature."""
    whole = {number: b"".join(part for of, part in seen if of == number) for number, _ in seen}
    found = 0
    for content in whole.values():
        place = sealed = 0
        while place < len(content):
            size = 5 + int.from_bytes(content[place + 3 : place + 5], "big")
            sealed += content[place] == APPLICATION
            found += size * (content[place] != APPLICATION or sealed != signature)
            place += size
    return found


def _carry(source: socket.socket, sink: socket.socket, seen: list[tuple[int, bytes]], number: int) -> None:
    with suppress(OSError), source:
        while content := source.recv(1 << 16):
            seen.append((number, content))
            sink.sendall(content)
        sink.shutdown(socket.SHUT_WR)


@dataclass
class Wire:
    """What both ends read of every call, TLS taken off: addresses, headers, bodies."""

    asked: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    answered: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)

    def came(self, call: Call) -> None:
        message = call.message
        self.asked.append((message.method, message.url, dict(message.headers), message.body))

    def went(self, path: str, answered: Answered) -> Answered:
        self.answered.append((answered.status, dict(answered.headers), answered.body))
        return answered

    def parts(self) -> Iterator[bytes]:
        for method, url, headers, body in self.asked:
            yield from (method.encode(), url.encode(), repr(headers).encode(), body)
        for status, headers, body in self.answered:
            yield from (str(status).encode(), repr(headers).encode(), body)

    def form(self) -> list[tuple[Any, ...]]:
        """Every call by what it is and how long it is, and nothing of what it says."""
        asked = [
            (
                method,
                re.sub(r"/[\w.-]*\d[\w.-]*", "/…", url.partition("/liaison")[2]),
                _lengths(headers),
                len(body),
            )
            for method, url, headers, body in self.asked
        ]
        answered = [(status, _lengths(headers), len(body)) for status, headers, body in self.answered]
        return [*asked, *answered]


def _lengths(headers: dict[str, str]) -> dict[str, int]:
    return {name: len(value) for name, value in headers.items()}


@dataclass
class Observed:
    """Two nodes, and whoever sees everything that passes between them."""

    both: Asked
    line: Line
    wire: Wire

    def afresh(self) -> None:
        """Look from here on, over connections that are new."""
        lines.close(self.both.asker.office)
        self.line.up, self.line.down, self.line.connections = [], [], 0
        self.wire.asked.clear()
        self.wire.answered.clear()


@contextmanager
def observed(both: Asked) -> Iterator[Observed]:
    """The line between the two leads through a place where somebody listens."""
    both.hangs_up()
    holder, url = both.holder, f"https://127.0.0.1:{both.port}"
    both.listener = Listener(both.counter, holder.means.own, Limits(), "127.0.0.1", 0, url)  # type: ignore[arg-type]
    both.listener.know(holder.means.own, [both.partner.card])
    both.listener.start()
    wire, line = Wire(), Line(both.port, both.listener.port)
    both.counter.before, both.counter.changes, both.counter.lost = wire.came, wire.went, True
    line.start()
    try:
        yield Observed(both, line, wire)
    finally:
        lines.close(both.asker.office)
        line.stop()


def rows(office: Office) -> list[Row]:
    """Every row of every table, as it stands in the database."""

    def work(connection: Connection) -> list[Row]:
        return [
            (table.name, tuple(row))
            for table in EVERY.sorted_tables
            for row in connection.execute(select(table)).all()
        ]

    return office.read(work)


def unsealed(office: Office) -> list[Row]:
    """Every sealed piece, opened with the keys of the node; what nobody can open is left out."""

    def work(connection: Connection) -> list[Row]:
        found: list[Row] = []
        for each in sealed.SEALED:
            for some in sealed._batches(connection, each):
                for row in some:
                    with suppress(Erased):
                        key = office.keys.fetch([KeyId(row["_key"])])[0]
                        content = unseal(key, row[each.column], each.about.format(**row))
                        found.append((f"{each.table}.{each.column}", (content,)))
        return found

    return office.read(work)


def texts(held: Sequence[Row]) -> list[bytes]:
    """The values of rows as bytes, one after another."""
    return [
        bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
        for _, values in held
        for value in values
        if value is not None
    ]


@contextmanager
def written() -> Iterator[io.StringIO]:
    """Everything that is logged or printed within, at every level."""
    held = io.StringIO()
    handler, root = logging.StreamHandler(held), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        with redirect_stdout(held), redirect_stderr(held):
            yield held
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def files(folder: Path) -> list[bytes]:
    """The database's own files, with what was deleted and not yet written over; none of a server's."""
    return [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file() and ".db" in path.name]


def readable(parts: Sequence[bytes]) -> bytes:
    """Everything in one, and what signed documents within say."""
    whole = b"\n".join(parts)
    said = []
    for each in {*JWS.findall(whole)}:
        with suppress(binascii.Error):  # bytes that look like a document by chance
            said.append(base64.urlsafe_b64decode(each + b"=" * (-len(each) % 4)))
    return b"\n".join([whole, *said])


def form(held: Sequence[Row], before: Sequence[Row]) -> Counter[tuple[Any, ...]]:
    """What came or changed, by table and by how long each value is."""
    came = Counter(map(repr, held)) - Counter(map(repr, before))
    found: Counter[tuple[Any, ...]] = Counter()
    for row in held:
        if came[repr(row)] > 0:
            came[repr(row)] -= 1
            found[(row[0], *map(_length, row[1]))] += 1
    return found


def _length(value: object) -> object:
    if isinstance(value, str | bytes | memoryview):
        return len(value)
    return "time" if isinstance(value, datetime) else type(value).__name__
