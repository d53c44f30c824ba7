"""The verbs of the command line. Each imports what it needs when it runs, so that help is there at once."""

from __future__ import annotations

import typer

from liaison.cli import (
    backup,
    cameras,
    check,
    clear,
    compare,
    crosscheck,
    document,
    index,
    init,
    ledger,
    letters,
    manifest,
    partner,
    plates,
    reconcile,
    restore,
    selftest,
    sensors,
    serve,
    show,
    vehicle,
    verify_node,
)
from liaison.cli.errors import Verbs

app = typer.Typer(
    cls=Verbs,
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Check people against records you may lawfully check against. Every hit is a lead for a person to verify.",
    epilog="Exit status: 0 done, 1 done with bad rows, 2 nothing could be done.",
)
app.command("check")(check.check)
app.command("index")(index.index)
app.command("add")(index.add)
app.command("remove")(index.remove)
app.command("compare")(compare.compare)
app.command("clear")(clear.clear)
app.command("cleared")(clear.cleared)
app.command("init")(init.init)
app.command("serve")(serve.serve)
app.command("backup")(backup.backup)
app.command("restore")(restore.restore)
app.command("verify")(verify_node.verify)
app.command("reconcile")(reconcile.reconcile)
app.command("selftest")(selftest.selftest)
app.add_typer(crosscheck.app, name="crosscheck")
app.add_typer(ledger.app, name="ledger")
app.add_typer(letters.app, name="letters")
app.add_typer(manifest.app, name="manifest")
app.add_typer(partner.app, name="partner")
app.add_typer(document.app, name="document")
app.add_typer(plates.app, name="plates")
app.add_typer(sensors.app, name="sensors")
app.add_typer(cameras.app, name="cameras")
app.add_typer(vehicle.app, name="vehicle")
app.command("demo")(show.demo)
app.command("version")(show.version)
