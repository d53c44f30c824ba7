"""`liaison demo`: a node of an invented agency, made, served, walked through once, and kept running on a terminal."""

from __future__ import annotations

import contextlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import typer

from liaison.demo.agency import OFFICERS
from liaison.model.errors import BadSetting

RECORDS = 2_000
START = 60.0  # seconds in which the node must answer
NODE = "node"


def run(folder: Path, seed: int, stay: bool) -> None:
    """Make the node in FOLDER/node, serve it, walk one check through, and stay up until Ctrl+C where `stay`."""
    place = folder / NODE
    if place.exists():
        _require_demo(place)
        shutil.rmtree(place)
    typer.echo("\nA node of an invented agency. Nobody in it exists.\n")
    from liaison.demo.making import make
    from liaison.demo.walk import walk

    make(place, RECORDS, seed, _say)
    with serving(place) as address:
        typer.echo(f"\nThe node answers at {address}. One check, from the question to its proof:\n")
        path = walk(address, _say)
        _tell(address, path, place, stay)
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


def _require_demo(place: Path) -> None:
    """Raises BadSetting for a folder that is no demonstration's: it is not taken away."""
    from liaison.node.settings import read_settings

    if not place.is_dir() or not read_settings(place, {}).demo:
        raise BadSetting(f"{place} is in the way", hint="name another folder with --output")


def _say(line: str) -> None:
    typer.echo(f"  {line}")


def _tell(address: str, path: str, place: Path, stay: bool) -> None:
    typer.echo("\nSign in as one of these (each is a button on the page):")
    for officer in OFFICERS:
        typer.echo(f"  {officer.sign_in:<6} {officer.password:<36} {officer.name}, {officer.role.lower()}")
    if stay:
        typer.echo(f"\n  {address}{path}\n\nCtrl+C ends it. It stays in {place}: liaison serve {place}")
    else:
        typer.echo(f"\nIt stands in {place}. Serve it again: liaison serve {place}")
