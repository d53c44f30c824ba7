"""`liaison crosscheck`: sets, sessions and their audit; and what an authority without a node needs of them."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from liaison.cli.common import AsJson, say_json
from liaison.model.errors import BadInput, BadSetting, NotFound

if TYPE_CHECKING:
    from liaison import policy
    from liaison.crosscheck.asker.reading import Shown
    from liaison.ledger.keys import Signer
    from liaison.node.wiring import Node

app = typer.Typer(
    name="crosscheck",
    help="Private cross-checks: sets, sessions, audit. The node is stopped while a verb works on it.",
    no_args_is_help=True,
)
PRIVATE = "PRIVATE+KEY+"  # as Go's sumdb/note writes a key that signs
LONGEST = 4_096  # bytes of a text that is signed
Folder = Annotated[Path, typer.Argument(metavar="NODE", help="The node's folder.")]
Session = Annotated[str, typer.Argument(metavar="ID", help="The cross-check, as `sessions` names it.")]
As = Annotated[str, typer.Option("--as", metavar="NAME", help="The name you sign in with.")]
PasswordFile = Annotated[
    Path | None, typer.Option(help="File with your password, one line; left out, it is asked for.")
]


@app.callback()
def crosscheck() -> None:
    """Private cross-checks."""


@app.command()
def sets(folder: Folder, name: As, password_file: PasswordFile = None, as_json: AsJson = False) -> None:
    """This node's own sets, with what is left out of them, and the partners' sets that are kept here."""
    from liaison.crosscheck.asker.overview import kept_sets
    from liaison.crosscheck.holder.holding import own_sets

    with _signed_in(folder, name, password_file) as (node, actor):
        own, kept = own_sets(node.office, actor), kept_sets(node.office, actor)
    if as_json:
        told = [
            {
                "epoch": each.epoch,
                "of": each.of.value,
                "state": each.state.value,
                "version": each.version,
                "records": each.records,
                "done": each.done,
                "total": each.total,
                "left_out": {why.name.lower(): count for why, count in each.left_out},
                "partners": list(each.partners),
                "ends": each.ends,
            }
            for each in own
        ]
        held = [
            (each.partner, each.epoch, each.version, each.people, each.fetched, each.ends) for each in kept
        ]
        names = ("partner", "epoch", "version", "people", "fetched", "ends")
        say_json({"own": told, "partners": [dict(zip(names, row, strict=True)) for row in held]})
        return
    for each in own:
        progress = f", {each.done:,} of {each.total:,} looked at" if each.state.value == "making" else ""
        typer.echo(f"{each.epoch}  {each.of.value}  {each.state.value}{progress}, until {each.ends:%Y-%m-%d}")
        typer.echo(
            f"  {each.records:,} records, version {each.version}, for {', '.join(each.partners) or 'nobody'}"
        )
        for why, count in each.left_out:
            typer.echo(f"  {count:,} left out: {why}")
    for set_ in kept:
        typer.echo(
            f"{set_.partner}  version {set_.version}, about {set_.people:,}, until {set_.ends:%Y-%m-%d}"
        )
    if not own and not kept:
        typer.echo("There is no set: an agreement that names cross-checks makes one.")


@app.command()
def sessions(folder: Folder, name: As, password_file: PasswordFile = None, as_json: AsJson = False) -> None:
    """The cross-checks that you may see, and how far each partner is."""
    from liaison.crosscheck.asker.reading import sessions_of

    with _signed_in(folder, name, password_file) as (node, actor):
        found = sessions_of(node.office, actor)
    if as_json:
        say_json({"sessions": [_session(each) for each in found]})
        return
    for each in found:
        whom = ", ".join(f"{leg.partner} {leg.state.value}" for leg in each.legs)
        typer.echo(
            f"{each.id}  {each.made:%Y-%m-%d %H:%M}  {each.state.value}  {each.subjects:,} subjects  {whom}"
        )
    if not found:
        typer.echo("There is no cross-check that you may see.")


@app.command()
def show(
    folder: Folder, session: Session, name: As, password_file: PasswordFile = None, as_json: AsJson = False
) -> None:
    """One cross-check: how far it is, and what overlaps. The look is in the ledger."""
    from liaison.crosscheck.asker.reading import opened
    from liaison.crosscheck.likeness.grading import by_chance

    with _signed_in(folder, name, password_file) as (node, actor):
        found = opened(node.office, actor, session)
    overlaps = [
        {
            "number": each.number,
            "reference": each.reference,
            "partner": each.partner,
            "strength": each.strength.value,
            "expected": each.expected,
            "agreed": list(each.agreed),
            "request": each.request,
        }
        for each in found.overlaps
    ]
    if as_json:
        say_json(
            {**_session(found.shown), "title": found.title, "overlaps": overlaps, "without": found.without}
        )
        return
    typer.echo(f"{found.shown.id}  {found.shown.state.value}  {found.title}")
    for leg in found.legs:
        code = f" ({leg.code})" if leg.code else ""
        typer.echo(f"{leg.partner}  {leg.state.value}{code}  {leg.answered} of {leg.batches} batches")
    for each in found.overlaps:
        agreed = ", ".join(each.agreed)
        typer.echo(f"{each.partner}  subject {each.number} {each.reference}  {each.strength.value}  {agreed}")
        typer.echo(f"  {by_chance(each.expected)}")
    typer.echo(f"{found.without:,} subjects overlap with nothing. A hit is a lead for a person to verify.")


@app.command()
def reopen(
    folder: Folder,
    session: Session,
    name: As,
    share: Annotated[
        float,
        typer.Option(min=0.0001, max=1, help="The share of batches, drawn by lot, that is worked out anew."),
    ] = 1.0,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Write the opening file for an authority; it names whom it is about."),
    ] = None,
    password_file: PasswordFile = None,
    as_json: AsJson = False,
) -> None:
    """Open a cross-check again: does every point come of somebody on its list? For supervisors and auditors."""
    from liaison.crosscheck.asker import audit

    if out is not None and out.exists():
        raise BadSetting(f"{out} is there already", hint="give a file that does not exist yet")
    with _signed_in(folder, name, password_file) as (node, actor):
        found = audit.reopen(node.office, actor, session, share)
        if out is not None:
            content = audit.opening_file(node.office, actor, session)
            with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
    if as_json:
        legs = [dataclasses.asdict(leg) for leg in found.legs]
        subjects = {str(number): points for number, points in found.subjects.items()}
        say_json({"session": session, "agrees": found.agrees, "legs": legs, "subjects": subjects})
    else:
        typer.echo(f"{session}: {'agrees' if found.agrees else 'DIFFERS'}, entry {found.entry} of the ledger")
        for leg in found.legs:
            told = f"{leg.checked} of {leg.batches} batches worked out anew: {leg.opened:,} points, "
            told += f"{leg.explained:,} of them explained; {leg.unexplained:,} unexplained"
            typer.echo(f"{leg.partner}  {leg.points:,} points, {told}")
            for fault in leg.faults:
                typer.echo(f"  {fault}")
    if not found.agrees:
        raise typer.Exit(1)


@app.command("verify-opening")
def verify_opening(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The opening file that an agency gave.")],
    as_json: AsJson = False,
) -> None:
    """Check an opening file by oneself, as an authority without a node: 1 where it does not agree."""
    from liaison.crosscheck.asker import opening

    if file.stat().st_size > opening.LARGEST:
        raise BadInput("the file is too long", file=str(file), hint="at most 1 GiB")
    found = opening.verify_opening(file.read_bytes())
    if as_json:
        say_json(dataclasses.asdict(found) | {"agrees": found.agrees})
    else:
        typer.echo(f"{found.session} of {found.asker}: {'agrees' if found.agrees else 'DIFFERS'}")
        typer.echo(f"{found.points:,} points at {found.legs} partners, {found.padding:,} of them filling")
        for fault in found.faults:
            typer.echo(f"  {fault}")
        typer.echo(
            "Compare the keys in the file with the agency's card, and the digests with a partner's receipts."
        )
    if not found.agrees:
        raise typer.Exit(1)


@app.command()
def countersign(
    text: Annotated[
        str,
        typer.Argument(
            metavar="PERMIT", help="What the asking agency gave; left out, only the key is shown."
        ),
    ] = "",
    key: Annotated[
        Path, typer.Option("--key", metavar="KEYFILE", help="The key; made where there is no such file.")
    ] = Path("authority.key"),
    name: Annotated[
        str,
        typer.Option("--name", help="With a new key: the authority's name, without a space: court.example"),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Permit one cross-check at one partner, as the authority that an agreement names. It needs no node."""
    signer = _key_of(key) if key.exists() else _new_key(key, name)
    told = {"authority": signer.verifier.vkey}
    if text:
        content = _permit_in(text)
        holder, session, whole = content.decode().splitlines()[1:4]
        typer.echo(f"You permit: cross-check {session} at {holder}, of the points {whole}", err=True)
        told["signature"] = _signed(signer, content)
    if as_json:
        say_json(told)
        return
    typer.echo(f"Authority  {told['authority']}")
    if text:
        typer.echo(f"Signature  {told['signature']}")


def _session(shown: Shown) -> dict[str, object]:
    """A cross-check for a script, without whom it is about."""
    legs = [
        {
            "partner": leg.partner,
            "state": leg.state.value,
            "code": leg.code,
            "points": leg.points,
            "batches": leg.batches,
            "answered": leg.answered,
            "whole": leg.whole,
        }
        for leg in shown.legs
    ]
    told = {
        name: getattr(shown, name)
        for name in ("id", "case", "subjects", "bad_rows", "made", "ended", "until")
    }
    return {**told, "kind": shown.kind.value, "state": shown.state.value, "partners": legs}


@contextmanager
def _signed_in(folder: Path, name: str, password_file: Path | None) -> Iterator[tuple[Node, policy.Actor]]:
    """The node, and who works on it; the session ends with the work. Raises NotSignedIn, StoreUnavailable."""
    from liaison.node.wiring import open_node
    from liaison.officers.sessions import sign_out, signed_in
    from liaison.officers.sign_in import sign_in_password

    with open_node(folder, work=False) as node:
        if password_file is None:
            password = str(typer.prompt("Your password", hide_input=True, err=True))
        else:
            password = next(iter(password_file.read_text("utf-8").splitlines()), "").strip()
        done = sign_in_password(node.office, name, password, settings=node.people)
        try:
            yield node, signed_in(node.office, done.token, node.people).actor
        except NotFound as error:
            hint = "liaison crosscheck sessions shows what there is"
            raise BadInput("there is nothing of this name here that you may see", hint=hint) from error
        finally:
            sign_out(node.office, done.token)
            node.publish_now()


def _permit_in(given: str) -> bytes:
    """The text that is signed, of a file or as it was pasted. Raises BadInput for any other text."""
    from liaison.crosscheck.messages import HEX32, NAME, permitted

    written = given
    if "\n" not in given and os.path.isfile(given):
        with open(given, "rb") as file:
            written = file.read(LONGEST).decode("utf-8", "replace")
    lines = written.strip().replace("\\n", "\n").split("\n")
    if len(lines) == 4 and NAME.fullmatch(lines[2]) and HEX32.fullmatch(lines[3]):
        content = permitted(*lines[1:])
        if content.decode().splitlines() == lines:
            return content
    raise BadInput(
        "this is no text that a cross-check asks an authority to sign",
        field="text",
        hint="give the file as the asking agency's page wrote it",
    )


def _signed(signer: Signer, content: bytes) -> str:
    from liaison.crosscheck.messages import COUNTERSIGNED

    return signer.sign_apart(COUNTERSIGNED, content.removeprefix(COUNTERSIGNED)).hex()


def _new_key(place: Path, name: str) -> Signer:
    """A new key in a file that its owner alone reads. Raises BadSetting where no name is given."""
    import base64
    import secrets

    from liaison.ledger.keys import SEED, Kind, Signer

    if not name:
        hint = "give --name to make a new key, or --key with the file of yours"
        raise BadSetting(f"there is no key in {place}", hint=hint)
    seed = secrets.token_bytes(SEED)
    signer = Signer(name, Kind.ED25519, seed)
    held = base64.b64encode(bytes((Kind.ED25519,)) + seed).decode()
    written = f"{PRIVATE}{name}+{signer.verifier.key_id.hex()}+{held}\n"
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(written)
    typer.echo(f"A new key is in {place}. Keep it: whoever has it can countersign.", err=True)
    return signer


def _key_of(place: Path) -> Signer:
    """The key in a file. Raises BadSetting where others can read it or it holds none."""
    import base64

    from liaison.ledger.keys import SEED, Kind, Signer

    if place.stat().st_mode & 0o077:
        raise BadSetting(f"others can read {place}", hint=f"chmod 600 {place}")
    written = place.read_bytes()[:LONGEST].decode("ascii", "replace").strip()
    name, _, rest = written.removeprefix(PRIVATE).partition("+")
    told, _, encoded = rest.partition("+")
    try:
        kind, *seed = base64.b64decode(encoded, validate=True)
    except ValueError:
        kind, seed = 0, []
    if written.startswith(PRIVATE) and kind == Kind.ED25519 and len(seed) == SEED:
        signer = Signer(name, Kind.ED25519, bytes(seed))
        if signer.verifier.key_id.hex() == told:
            return signer
    raise BadSetting(f"{place} does not hold a key", hint="give the file that countersign made")
