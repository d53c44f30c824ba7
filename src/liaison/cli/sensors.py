"""`liaison sensors`: what a receiver hears is passed on to the node, under the secret of its feed."""

from __future__ import annotations

import contextlib
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from liaison.cli.reconcile import address_of, token_of
from liaison.model.errors import BadSetting

if TYPE_CHECKING:
    import httpx

app = typer.Typer(no_args_is_help=True, help="Pass on what receivers of drones and boats hear.")
EVERY = 1.0  # seconds after which what came is passed on
LARGEST, PIECE = 512 << 10, 64 << 10  # bytes of one body, and of what is read at once
AGAIN = 5.0  # seconds after which a receiver that is gone is called again
PATIENCE = 30.0  # seconds for one answer
KEY = bytes.fromhex("060e2b34020b01010e01030101000000")  # before every packet of MISB ST 0601
Place = tuple[str, int]


@app.callback()
def sensors() -> None:
    """Pass on what receivers of drones and boats hear."""


@app.command()
def send(
    node: Annotated[str, typer.Argument(help="The node's address, as https://node.example.")],
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE...", help="Recordings; - is standard input.")
    ] = None,
    secret_file: Annotated[
        Path, typer.Option(help="A file with the secret of the feed, readable by you alone.")
    ] = Path("secret"),
    udp: Annotated[
        str, typer.Option(metavar="HOST:PORT", help="Listen here for datagrams of a receiver.")
    ] = "",
    tcp: Annotated[
        str, typer.Option(metavar="HOST:PORT", help="Read from a receiver that serves this.")
    ] = "",
) -> None:
    """Pass on sentences of AIS, Remote ID, Cursor on Target or packets of MISB ST 0601: files, then UDP or TCP until
    Ctrl+C. Nothing is kept here; what the node refuses is told as counts."""
    import httpx

    node, secret = address_of(node), token_of(secret_file)
    if bool(udp) + bool(tcp) + bool(files) != 1:
        raise BadSetting("it is not said what to send", hint="give files, or --udp, or --tcp")
    headers = {"Authorization": f"Bearer {secret}"}
    with httpx.Client(base_url=node, headers=headers, timeout=PATIENCE, trust_env=False) as client:
        for each in files or ():
            data = sys.stdin.buffer.read() if str(each) == "-" else _read(each)
            for body in bodies(data):
                _passed(client, body)
        if udp:
            _go_on(client, heard(_place(udp)))
        if tcp:
            _go_on(client, received(_place(tcp)))


def bodies(data: bytes) -> Iterator[bytes]:
    """A recording in parts that one body holds: cut at packets, at events or at ends of lines."""
    cut = KEY if data.startswith(KEY) else b"</event>" if b"</event>" in data else b"\n"
    while len(data) > LARGEST:
        at = data.rfind(cut, 1, LARGEST)
        if at <= 0:
            at = LARGEST
        at += 0 if cut == KEY else len(cut)
        yield data[:at]
        data = data[at:]
    if data.strip():
        yield data


def heard(place: Place) -> Iterator[bytes]:
    """What datagrams bring, a second's worth at a time."""
    with socket.socket(
        socket.AF_INET6 if ":" in place[0] else socket.AF_INET, socket.SOCK_DGRAM
    ) as listening:
        try:
            listening.bind(place)
        except OSError as error:
            raise BadSetting(f"{place[0]}:{place[1]} cannot be listened on: {error.strerror}") from error
        typer.echo(f"Listening for datagrams on {place[0]}:{listening.getsockname()[1]}", err=True)
        listening.settimeout(EVERY)
        yield from _gathered(lambda: listening.recv(PIECE), b"\n")


def received(place: Place) -> Iterator[bytes]:
    """What a receiver serves, a second's worth at a time; it is called again where it is gone."""
    while True:
        try:
            with socket.create_connection(place, PATIENCE) as connection:
                connection.settimeout(EVERY)
                yield from _lines(_gathered(lambda: _some(connection), b""))
        except OSError as error:
            typer.echo(f"{place[0]}:{place[1]} does not answer: {error}; again in {AGAIN:g} s", err=True)
        time.sleep(AGAIN)


def _some(connection: socket.socket) -> bytes:
    data = connection.recv(PIECE)
    if not data:
        raise ConnectionError("it ended the connection")
    return data


def _gathered(read: Callable[[], bytes], between: bytes) -> Iterator[bytes]:
    held, since = b"", time.monotonic()
    while True:
        with contextlib.suppress(TimeoutError):
            held += read() + between
        if held and (time.monotonic() - since >= EVERY or len(held) >= LARGEST):
            yield held
            held = b""
        if not held:
            since = time.monotonic()


def _lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Whole lines; the rest waits for its end."""
    rest = b""
    for piece in pieces:
        whole, found, rest = (rest + piece).rpartition(b"\n")
        if found:
            yield whole + found
        elif len(rest) > PIECE:
            rest = b""


def _go_on(client: httpx.Client, pieces: Iterator[bytes]) -> None:
    try:
        for piece in pieces:
            _passed(client, piece, lasting=True)
    except KeyboardInterrupt:
        typer.echo("Stopped.", err=True)


def _passed(client: httpx.Client, body: bytes, *, lasting: bool = False) -> None:
    """Pass one body on, and say what became of it. Raises BadSetting where the node does not take it; of a receiver
    that goes on, what a node does not take for now is said and lost: the next place is soon there."""
    import httpx

    from liaison.screening.rules import counted

    try:
        answer = client.post("/api/v1/sensors/messages", content=body)
        told = answer.json()
    except (httpx.HTTPError, ValueError):
        if lasting:
            typer.echo("The node does not answer; what came meanwhile is not kept.", err=True)
            return
        raise BadSetting(
            "the node does not answer", hint="look at its address, and whether it runs"
        ) from None
    if answer.status_code == 401 or (answer.status_code != 200 and not lasting):
        raise BadSetting(str(told.get("detail") or told.get("title")), hint=str(told.get("hint", "")))
    if answer.status_code != 200:
        typer.echo(f"Not taken: {told.get('title')}", err=True)
        return
    reasons = ", ".join(sorted({each["reason"] for each in told["not_taken"]}))
    why = f" ({reasons})" if reasons else ""
    places, people = (
        counted(told["tracks"], "place", "places"),
        counted(told["people"], "sighting", "sightings"),
    )
    typer.echo(f"{places}, {people} of people; {told['ignored']:,} ignored, {told['refused']:,} refused{why}")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadSetting(f"{path} cannot be read: {error.strerror}", hint="look at its name") from error


def _place(text: str) -> Place:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65_535:
        raise BadSetting(f"{text} is no HOST:PORT", hint="as 127.0.0.1:10110")
    return host.strip("[]"), int(port)
