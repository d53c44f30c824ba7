"""`liaison demo`: nodes of three invented agencies, made, walked through once, and kept running on a terminal."""

from __future__ import annotations

import contextlib
import fcntl
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

import typer

from liaison.demo.agency import HOUSES, House
from liaison.model.errors import BadSetting

RECORDS = 2_000
SUBJECTS = 1_700  # of the request between two agencies
START = 60.0  # seconds in which the node must answer
NODE = "node"
LOCK = "demo.lock"
RUNS = "end it with Ctrl+C, or name another folder with --output"


def run(folder: Path, seed: int, stay: bool) -> None:
    """Make the nodes in FOLDER, tell a request between them and one check, and stay up until Ctrl+C where `stay`."""
    from liaison.cli.sending import stopped_by_signals
    from liaison.demo.border import morning
    from liaison.demo.comparing import compare
    from liaison.demo.drone import fly
    from liaison.demo.exchange import exchange
    from liaison.demo.federation import PLACES, make_partners, three
    from liaison.demo.making import make
    from liaison.demo.road import drive
    from liaison.demo.walk import walk
    from liaison.node import logs

    with contextlib.ExitStack() as stack:
        stack.enter_context(stopped_by_signals())
        stack.enter_context(alone(folder))
        clear([folder / each for each in PLACES.values()])
        log = stack.enter_context((folder / "demo.log").open("w", encoding="utf-8"))
        stack.enter_context(logs.written_to(log))
        typer.echo("\nThree nodes of invented agencies. Nobody in them exists.\n")
        make(folder / NODE, RECORDS, seed, _say)
        make_partners(folder, RECORDS, seed, _say)
        with three(folder) as members:
            typer.echo("\nA notebook of names: who of them do the others know? Nobody shows a list:\n")
            compare(members, folder, seed, _say)
            typer.echo("\nOne request between two of them, and a record that is called back:\n")
            exchange(members, folder, SUBJECTS, seed, _say)
            typer.echo(
                "\nA morning at a border: a flight, a passport, a booth without a line, a partner's vehicle:\n"
            )
            morning(members, seed, _say)
        addresses = [stack.enter_context(serving(folder / PLACES[house.origin])) for house in HOUSES]
        typer.echo(
            f"\nThe police's node answers at {addresses[0]}. One check, from the question to its proof:\n"
        )
        path = walk(addresses[0], _say)
        typer.echo("\nThree cameras on a border road, their reads sent over HTTP:\n")
        drive(addresses[0], _say, seed)
        typer.echo("\nA drone over a mountain path, connected as one in the field is:\n")
        fly(addresses[0], _say)
        for house, address in zip(HOUSES, addresses, strict=True):
            _tell(house, address)
        _go_on(addresses[0], path, folder, stay)
        if stay:
            with contextlib.suppress(KeyboardInterrupt):
                signal.pause()


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of the node in `folder`, served by a process of its own until the end."""
    with tempfile.TemporaryDirectory() as aside:
        ready, log = Path(aside) / "ready", folder / "serve.log"
        command = [sys.executable, "-m", "liaison.cli", "serve", str(folder), "--ready-file", str(ready)]
        with log.open("wb") as out:
            server = subprocess.Popen(command, stdout=out, stderr=out)
        try:
            yield _address(server, ready, log)
        finally:
            server.terminate()
            server.wait()


def _address(server: subprocess.Popen[bytes], ready: Path, log: Path) -> str:
    end = time.monotonic() + START
    while not ready.exists():
        if server.poll() is not None or time.monotonic() > end:
            raise BadSetting("the node did not start", hint=f"see {log}")
        time.sleep(0.05)
    return ready.read_text("utf-8").strip()


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """No other demonstration makes or serves its nodes in this folder. Raises BadSetting."""
    with (folder / LOCK).open("wb") as held:
        _take(held, folder)
        yield


def clear(places: Sequence[Path]) -> None:
    """Take the nodes of an earlier demonstration away: all of them, or none.

    Raises BadSetting for a folder that is none's, and for a node that runs.
    """
    from liaison.node.wiring import LOCK as NODE_LOCK

    found = [place for place in places if place.exists()]
    for place in found:
        if not _ours(place):
            raise BadSetting(f"{place} is in the way", hint="name another folder with --output")
    with contextlib.ExitStack() as held:
        for place in found:
            if (place / NODE_LOCK).exists():
                _take(held.enter_context((place / NODE_LOCK).open("ab")), place)
        for place in found:
            shutil.rmtree(place)


def _take(held: IO[bytes], place: Path) -> None:
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise BadSetting(f"a demonstration runs in {place}", hint=RUNS) from error


def _ours(place: Path) -> bool:
    """Whether this is a node of a demonstration, or an empty folder that one left when it was cut off."""
    from liaison.node.settings import FILE, read_settings

    if not place.is_dir():
        return False
    if (place / FILE).exists():
        return read_settings(place, {}).demo
    return not any(place.iterdir())


def _say(line: str) -> None:
    typer.echo(f"  {line}")


def _tell(house: House, address: str) -> None:
    typer.echo(f"\n{house.agency}: {address}\nSign in as one of these (each is a button on the page):")
    for officer in house.officers:
        typer.echo(f"  {officer.sign_in:<6} {officer.password:<36} {officer.name}, {officer.role.lower()}")


def _go_on(address: str, path: str, folder: Path, stay: bool) -> None:
    from liaison.node.settings import program

    again = f"{program()} serve {shlex.quote(str(folder / NODE))}"
    if stay:
        typer.echo(
            f"\nOpen {address} and press a name. The alert of the check above: {address}{path}\n"
            f"\nCtrl+C ends it. The nodes stay in {folder}. To serve the police's again: {again}"
        )
    else:
        typer.echo(f"\nThey stand in {folder}. Serve one again: {again}")
