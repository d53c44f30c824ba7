"""The network between two nodes, which cuts, delays, doubles, turns around, changes and swallows what passes.

It stands between a sender and the address of a recipient, and knows the channel keys of both: only so can it look
inside. It never has a document key, so that it can forge no letter. Every fault is counted where it was made.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from random import Random

from liaison.partners.cards import OwnKeys
from liaison.partners.own import tls_pem

HEAD = 65_536  # bytes
REMEMBERED = 20  # requests that may come again later


@dataclass(frozen=True, slots=True)
class Faults:
    """How often each fault befalls a request, from 0 to 1; `delay` is in seconds, the longest one."""

    cut: float = 0.0  # the request ends midway
    lost: float = 0.0  # it is done, and the answer never comes
    hole: float = 0.0  # it vanishes, and nobody says so
    again: float = 0.0  # it comes twice at once
    late: float = 0.0  # an older one comes again
    changed: float = 0.0  # a byte of it is another
    answer_changed: float = 0.0  # a byte of the answer is another
    delay: float = 0.0

    def drawn(self, chance: Random) -> str:
        """The fault that befalls this request; empty where none does."""
        point = chance.random()
        for each in fields(self):
            if each.name == "delay":
                continue
            point -= getattr(self, each.name)
            if point < 0:
                return each.name
        return ""


@dataclass(slots=True)
class End:
    """One end of the wire: where it listens, where it leads, and the keys of who speaks and who answers."""

    port: int
    onward: int
    sender: OwnKeys
    recipient: OwnKeys
    faults: Faults = Faults()
    parted: bool = False
    done: Counter[str] = field(default_factory=Counter)
    kept: list[bytes] = field(default_factory=list)


class Wire:
    """Both directions between two nodes, in a thread of their own."""

    def __init__(self, ends: list[End], folder: Path, seed: int) -> None:
        self.ends, self.folder, self.chance = ends, folder, Random(seed)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="wire", daemon=True)
        self._up = threading.Event()

    def start(self) -> None:
        """Listen."""
        self._thread.start()
        assert self._up.wait(10), "the wire does not listen"

    def stop(self) -> None:
        """Let go of every connection."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def part(self, parted: bool) -> None:
        """Part the two nodes, or join them again."""
        for end in self.ends:
            end.parted = parted

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        servers = [self._loop.run_until_complete(self._listen(end)) for end in self.ends]
        self._up.set()
        self._loop.run_forever()
        for server in servers:
            server.close()
        rest = asyncio.all_tasks(self._loop)
        for task in rest:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*rest, return_exceptions=True))
        self._loop.run_until_complete(asyncio.sleep(0.05))
        self._loop.close()

    async def _listen(self, end: End) -> asyncio.Server:
        facing, onward = self._facing(end), self._onward(end)

        async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with suppress(OSError, EOFError, asyncio.LimitOverrunError, asyncio.CancelledError):
                while not end.parted and await self._pass_on(end, onward, reader, writer):
                    pass
            with suppress(Exception):
                writer.close()
                await writer.wait_closed()

        return await asyncio.start_server(met, "127.0.0.1", end.port, ssl=facing, limit=HEAD)

    async def _pass_on(
        self,
        end: End,
        onward: ssl.SSLContext,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> bool:
        """Pass one request on, with whatever befalls it; whether the connection stays."""
        asked = await _message(reader)
        fault = end.faults.drawn(self.chance)
        if end.parted:
            return False
        if end.faults.delay:
            await asyncio.sleep(self.chance.uniform(0.0, end.faults.delay))
        end.done[fault or "passed"] += 1
        if fault == "hole":
            await asyncio.sleep(0.5)
            return False
        if fault == "cut":
            await self._said(end, onward, asked[: self.chance.randrange(1, len(asked))], cut=True)
            return False
        if fault == "changed":
            asked = self._changed(asked)
        if fault == "late" and end.kept:
            await self._said(end, onward, self.chance.choice(end.kept))
        answer = await self._said(end, onward, asked)
        if fault == "again":
            await self._said(end, onward, asked)
        if not fault:
            end.kept = [*end.kept[-REMEMBERED:], asked]
        if fault == "lost" or end.parted or not answer:
            return False
        writer.write(self._changed(answer) if fault == "answer_changed" else answer)
        await writer.drain()
        return b"\r\nconnection: close" not in answer.lower()

    async def _said(self, end: End, onward: ssl.SSLContext, asked: bytes, *, cut: bool = False) -> bytes:
        """What the recipient answers; nothing where it is not there."""
        try:
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", end.onward, ssl=onward, server_hostname="", limit=HEAD
            )
        except OSError:
            return b""
        try:
            writer.write(asked)
            await writer.drain()
            return b"" if cut else await _message(reader)
        except (OSError, EOFError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return b""
        finally:
            writer.transport.abort()

    def _changed(self, content: bytes) -> bytes:
        """The same with one bit of its body turned, so that it is still HTTP."""
        start = content.index(b"\r\n\r\n") + 4
        if start == len(content):
            return content
        place = self.chance.randrange(start, len(content))
        turned = content[place] ^ (1 << self.chance.randrange(7))
        return content[:place] + bytes((turned,)) + content[place + 1 :]

    def _facing(self, end: End) -> ssl.SSLContext:
        """As the recipient presents itself to the sender."""
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(self._pem(end.recipient))
        return _pinned(made, end.sender)

    def _onward(self, end: End) -> ssl.SSLContext:
        """As the sender presents itself to the recipient."""
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        made.check_hostname = False
        made.load_cert_chain(self._pem(end.sender))
        return _pinned(made, end.recipient)

    def _pem(self, keys: OwnKeys) -> str:
        place = self.folder / f"{keys.channel_id}.pem"
        place.write_bytes(tls_pem(keys))
        return str(place)


def _pinned(context: ssl.SSLContext, other: OwnKeys) -> ssl.SSLContext:
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=other.certificate)
    return context


async def _message(reader: asyncio.StreamReader) -> bytes:
    """One request or answer, whole; both name the length of their body."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return head + await reader.readexactly(length)
