"""`liaison serve`: a node answers, until it is asked to stop."""

from __future__ import annotations

import contextlib
import os
import resource
import socket
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from liaison.cli.init import FOLDER, Folder
from liaison.model.errors import BadSetting

if TYPE_CHECKING:
    from liaison.node.wiring import Node

READS = "/api/v1/cameras/reads"


def serve(
    folder: Folder = FOLDER,
    host: Annotated[str, typer.Option(help="Listen on this address instead of the set one.")] = "",
    port: Annotated[int, typer.Option(help="Listen on this port; 0 takes a free one.", min=-1)] = -1,
    ready_file: Annotated[
        Path | None, typer.Option(help="Write the address to this file once the node answers.")
    ] = None,
    ready_fd: Annotated[int, typer.Option(help="Write the address to this open file descriptor.")] = -1,
) -> None:
    """Serve the node in FOLDER until SIGTERM or Ctrl+C; requests that run are finished first."""
    from liaison.node import logs
    from liaison.node.metrics import observed
    from liaison.node.partnership import keep_card
    from liaison.node.prompt import Prompt, prompted
    from liaison.node.server import run, server, settle
    from liaison.node.wiring import open_node
    from liaison.web import create_app

    over = {name: str(value) for name, value in (("host", host), ("port", port)) if value not in ("", -1)}
    logs.set_up()
    _take_files()
    sys.setswitchinterval(0.0005)
    with open_node(folder, over=over) as node:
        keep_card(node)
        settings = node.settings
        secure = bool(settings.tls_certificate)

        def ready(found: int) -> None:
            place = f"[{settings.host}]" if ":" in settings.host else settings.host
            address = f"{'https' if secure else 'http'}://{place}:{found}"
            node.answers_at = address
            settle()
            logs.log().info("ready", port=found)
            typer.echo(f"{settings.name} answers at {settings.public_url or address}")
            _tell(address, ready_file, ready_fd)

        app = create_app(node)
        prompt = Prompt(app.short, node.metrics)
        takers = _takers(node)
        try:
            chosen = server(
                observed(app, node.metrics),
                node.limits(),
                host=settings.host,
                port=settings.port,
                ready=ready,
                certificate=Path(settings.tls_certificate) if secure else None,
                key=Path(settings.tls_key) if secure else None,
                drain_seconds=settings.drain_seconds,
                connection=prompted(prompt),
            )
        except OSError as error:
            raise BadSetting(
                f"the TLS certificate or key cannot be used: {error}", hint="see tls_certificate and tls_key"
            ) from error
        with takers:
            run(chosen)
        prompt.close()
    logs.log().info("stopped")


@contextlib.contextmanager
def _takers(node: Node) -> Iterator[None]:
    """The processes that take reads of cameras, where any are set. Raises BadSetting for a port that cannot be used."""
    from liaison.node.takers import Takers
    from liaison.screening.seals import seals
    from liaison.web.takers import life

    settings = node.settings
    if not settings.camera_processes:
        yield
        return
    try:
        door = listening(settings.host, settings.camera_port)
    except OSError as error:
        raise BadSetting(f"camera_port {settings.camera_port} cannot be used: {error.strerror}") from error
    office = node.office
    seals(office).digest_key(office)  # made by one process, before several need it
    work = partial(life, settings, node.places.database, node.limits())
    many = settings.camera_processes
    failed = node.metrics.failures
    takers = Takers(
        many, work, door, office.keys, lambda name: failed.labels(name).inc(), settings.drain_seconds
    )
    takers.start()
    scheme = "https" if settings.tls_certificate else "http"
    typer.echo(
        f"{many} processes take reads of cameras at {scheme}://{settings.host}:{door.getsockname()[1]}{READS}"
    )
    try:
        yield
    finally:
        takers.stop()


def listening(host: str, port: int) -> socket.socket:
    """A socket that several processes may serve. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=2048)


def _tell(address: str, file: Path | None, descriptor: int) -> None:
    """Tell a script that waits where the node answers."""
    if file is not None:
        fresh = file.with_name(f".{file.name}.new")
        fresh.write_text(address + "\n", "utf-8")
        fresh.replace(file)
    if descriptor >= 0:
        with os.fdopen(descriptor, "w") as out:
            out.write(address + "\n")


def _take_files() -> None:
    """As many open files as this user may have: every connection is one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 65_536), most))
