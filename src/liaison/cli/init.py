"""`liaison init`: a new node, asked for on the terminal or told in options."""

from __future__ import annotations

import os
import re
import secrets
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from liaison.cli.common import AsJson, say_json
from liaison.model.errors import BadSetting

if TYPE_CHECKING:
    from liaison.node.making import Made
    from liaison.node.settings import Settings
    from liaison.node.wiring import Node

REGIMES = "eu-2016-680"
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
Folder = Annotated[
    Path, typer.Argument(metavar="[FOLDER]", help="The node's folder.", envvar="LIAISON_FOLDER")
]
FOLDER = Path("node")


def init(
    folder: Folder = FOLDER,
    name: Annotated[str, typer.Option(help="What people call the node.")] = "",
    agency: Annotated[str, typer.Option(help="The agency that runs it.")] = "",
    origin: Annotated[str, typer.Option(help="The ledger's name, like a host name; never changes.")] = "",
    regimes: Annotated[str, typer.Option(help="Rule packs that hold here, separated by commas.")] = "",
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 8400,
    public_url: Annotated[str, typer.Option(help="How officers reach the node.")] = "",
    database: Annotated[str, typer.Option(help="PostgreSQL URL; left out, SQLite in the folder.")] = "",
    partner_port: Annotated[
        int,
        typer.Option(help="The port that partners' nodes call; left out, they are not listened for.", min=-1),
    ] = -1,
    partner_url: Annotated[
        str, typer.Option(help="How partners reach the node; left out, https://127.0.0.1 and that port.")
    ] = "",
    federation: Annotated[
        str, typer.Option(help="The federation of partners; one for rehearsals keeps them apart.")
    ] = "liaison",
    ml_dsa: Annotated[bool, typer.Option("--ml-dsa", help="Sign the ledger with ML-DSA-44 as well.")] = False,
    administrator: Annotated[str, typer.Option(help="The first administrator's name.")] = "",
    sign_in: Annotated[str, typer.Option(help="The name they sign in with.")] = "",
    password_file: Annotated[Path | None, typer.Option(help="File with their password, one line.")] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Ask nothing; what is not told is left to defaults.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make a node: its folder, keys, database and first administrator. Nothing that exists is overwritten."""
    from liaison.node.making import make_node, require_empty
    from liaison.node.settings import settings_of

    require_empty(folder)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        typer.echo("This is root. A node needs no rights: make it as the user that will run it.", err=True)
    ask = _silent if yes or as_json else _asked
    values: dict[str, Any] = {"port": port, "public_url": public_url, "database": database}
    values["name"] = name or ask("What do people call this node?", "Liaison")
    values["agency"] = agency or ask("Which agency runs it?", values["name"])
    values["origin"] = origin or ask(
        "Its ledger's name, like a host name (never changes)", _origin(values["agency"])
    )
    packs = regimes or ask("Which rule packs hold here?", REGIMES)
    values["regimes"] = [pack.strip() for pack in packs.split(",") if pack.strip()]
    values["ledger_second_signature"] = ml_dsa
    values["federation"], values["partner_port"] = federation, partner_port
    reached = f"https://127.0.0.1:{partner_port}" if partner_port > 0 else ""
    values["partner_url"] = partner_url or reached
    settings = settings_of(values, "the options")
    person = administrator or ask("The first administrator's name", "Administrator")
    account = sign_in or ask("The name they sign in with", "admin")
    password, made_up = _password(password_file, ask is _asked)
    made = make_node(folder, settings, lambda node: _first(node, person, account, password))
    _tell(made, settings, account, password if made_up else "", as_json)


def _first(node: Node, person: str, account: str, password: str) -> str:
    from liaison.officers.service import first_administrator

    return str(first_administrator(node.office, person, account, password, node.people))


def _password(file: Path | None, ask: bool) -> tuple[str, bool]:
    """The password, and whether it was made up here and has to be shown."""
    if file is not None:
        return file.read_text("utf-8").splitlines()[0].strip(), False
    if ask:
        typed = typer.prompt(
            "Their password (empty: one is made)", default="", hide_input=True, show_default=False
        )
        if typed:
            if typer.prompt("The password again", hide_input=True) != typed:
                raise BadSetting("the two passwords differ", hint="start again")
            return str(typed), False
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(5)), True


def _asked(question: str, default: str) -> str:
    return str(typer.prompt(question, default=default)).strip()


def _silent(_question: str, default: str) -> str:
    return default


def _origin(agency: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", agency.lower()).strip("-") or "node"


def _tell(made: Made, settings: Settings, account: str, password: str, as_json: bool) -> None:
    if as_json:
        told = {
            "folder": str(made.folder),
            "fingerprint": made.fingerprint,
            "vkey": made.vkey,
            "sign_in": account,
        }
        say_json(told | ({"password": password} if password else {}))
        return
    from liaison.node.settings import program

    typer.echo(f"\n{settings.name} stands in {made.folder}")
    typer.echo(f"Fingerprint   {made.fingerprint}")
    typer.echo(f"Ledger's key  {made.vkey}")
    typer.echo(f"Sign in as    {account}" + (f"   with   {password}   (shown once)" if password else ""))
    typer.echo(f"\nNext: {program()} serve {shlex.quote(str(made.folder))}")
    typer.echo(
        f"Keep the folder's `keys` apart from backups of the rest: {program()} backup --keys-to FILE does."
    )
