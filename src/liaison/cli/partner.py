"""`liaison partner`: pair with another agency's node, agree with it, renew keys, and be done with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from liaison.cli.common import AsJson, say_json
from liaison.model.errors import BadInput, BadSetting, NotFound

if TYPE_CHECKING:
    from liaison import policy
    from liaison.node.wiring import Node
    from liaison.partners.agreement import Comparison, SignedAgreement
    from liaison.partners.reading import PartnerView

app = typer.Typer(
    name="partner",
    help="Other agencies' nodes: cards, agreements, keys. The node is stopped while a verb works on it.",
    no_args_is_help=True,
)
Folder = Annotated[Path, typer.Argument(metavar="NODE", help="The node's folder.")]
Origin = Annotated[str, typer.Argument(metavar="PARTNER", help="The partner's node: its origin.")]
As = Annotated[str, typer.Option("--as", metavar="NAME", help="The name you sign in with.")]
PasswordFile = Annotated[
    Path | None, typer.Option(help="File with your password, one line; left out, it is asked for.")
]
Out = Annotated[Path | None, typer.Option("--out", help="The file to write; left out, standard output.")]
Assessment = Annotated[
    str, typer.Option(help="The version of the impact assessment that covers the agreement.")
]
Count = Annotated[
    int | None, typer.Option(min=0, help="With --generation: the last number of this lane that counts.")
]
Send = Annotated[
    bool, typer.Option("--send", help="Send it by letter as well; the link must be open, as for a renewal.")
]


@app.callback()
def partner() -> None:
    """Other agencies' nodes."""


@app.command()
def card(folder: Folder, name: As, password_file: PasswordFile = None, out: Out = None) -> None:
    """Write this node's card for another agency, and show the fingerprint to read to them. For administrators."""
    from liaison.node.partnership import card as card_of
    from liaison.partners.qr import qr_terminal

    _require_free(out)
    with _signed_in(folder, name, password_file) as (node, actor):
        signed = card_of(node, actor)
    _write(out, signed.text)
    typer.echo(
        f"{signed.card.origin}, {signed.card.agency}, keys of generation {signed.card.generation}", err=True
    )
    typer.echo(f"Fingerprint  {signed.card.fingerprint}", err=True)
    if out is not None:
        typer.echo(qr_terminal(signed))
        typer.echo(f"Send {out} any way you like. Read the fingerprint aloud on a telephone line you know.")


@app.command()
def add(
    folder: Folder,
    file: Annotated[Path, typer.Argument(metavar="CARD", help="The card that the partner sent.")],
    name: As,
    fingerprint: Annotated[
        str, typer.Option(help="The fingerprint as the partner read it to you, or its QR code's text.")
    ] = "",
    known_as: Annotated[str, typer.Option(help="What to call the partner here.")] = "",
    contact: Annotated[str, typer.Option(help="Whom to ring up there; it is kept sealed.")] = "",
    password_file: PasswordFile = None,
    as_json: AsJson = False,
) -> None:
    """Take another node's card, its fingerprint compared with what they read to you. For administrators."""
    from liaison.partners import service

    text = _read(file)
    with _signed_in(folder, name, password_file) as (node, actor):
        told = fingerprint or typer.prompt("The fingerprint, as the partner reads it to you")
        given = service.Pairing(text, told, known_as, contact)
        vkey = node.signers[0].verifier.vkey
        found = service.pair(node.office, actor, vkey, node.settings.federation, given)
    if as_json:
        say_json({"partner": found.origin, "generation": found.card.generation, "state": found.kept.value})
        return
    typer.echo(f"{found.origin} ({found.card.agency}) is taken, keys of generation {found.card.generation}.")
    if found.agreement is None:
        typer.echo("Next, a supervisor: liaison partner propose, or sign what they propose.")


@app.command()
def terms() -> None:
    """Write an example of the terms that `propose` takes, to be changed in an editor."""
    from liaison.partners.terms import EXAMPLE

    typer.echo(EXAMPLE, nl=False)


@app.command()
def propose(
    folder: Folder,
    origin: Origin,
    file: Annotated[Path, typer.Argument(metavar="TERMS", help="The terms, as `terms` shows them.")],
    name: As,
    assessment: Assessment,
    send: Send = False,
    password_file: PasswordFile = None,
    out: Out = None,
) -> None:
    """Propose an agreement, or renew one; it holds once the partner has signed. For supervisors."""
    from liaison.partners import service
    from liaison.partners.terms import read_terms

    _require_free(out)
    wanted = read_terms(_read(file))
    with _signed_in(folder, name, password_file) as (node, actor):
        signed = service.propose(node.office, actor, node.signers[0], origin, wanted, assessment)
        if send:
            _post(node, origin, signed)
    _write(out, signed.text)
    typer.echo(f"Agreement {signed.agreement.number} is proposed, digest {signed.agreement.digest}", err=True)
    typer.echo("Send the file to the partner, who signs it and sends it back.", err=True)


@app.command()
def sign(
    folder: Folder,
    file: Annotated[Path, typer.Argument(metavar="AGREEMENT", help="The agreement that the partner sent.")],
    name: As,
    assessment: Assessment = "",
    send: Send = False,
    yes: Annotated[bool, typer.Option("--yes", help="Sign without asking; you have read it.")] = False,
    password_file: PasswordFile = None,
    out: Out = None,
) -> None:
    """Take an agreement that the partner sent; sign it where it waits for this side. For supervisors."""
    from liaison.partners import service
    from liaison.partners.agreement import read_agreement

    _require_free(out)
    given = read_agreement(_read(file))
    with _signed_in(folder, name, password_file) as (node, actor):
        own = node.signers[0]
        origin = next(each for each in given.agreement.origins if each != own.name)
        service.receive(node.office, actor, own.verifier.vkey, origin, given.text)
        if not given.complete:
            typer.echo(described(given), err=True)
            if not yes and not typer.confirm("Sign it?", err=True):
                raise typer.Exit(1)
            given = service.sign(node.office, actor, own, origin, given.agreement.digest, assessment)
            if send:
                _post(node, origin, given)
            _write(out, given.text)
            typer.echo("Send the file back to the partner.", err=True)
    typer.echo(f"Agreement {given.agreement.number} with {origin} is in force.", err=True)


@app.command("list")
def list_(folder: Folder, name: As, password_file: PasswordFile = None, as_json: AsJson = False) -> None:
    """Every partner: how it stands, and until when its gateway is open."""
    from liaison.partners.reading import listed

    with _signed_in(folder, name, password_file) as (node, actor):
        found = listed(node.office, actor)
    if as_json:
        rows = [(each.origin, each.name, each.state.value, each.expires, each.waiting) for each in found]
        names = ("origin", "name", "state", "expires", "waiting")
        say_json({"partners": [dict(zip(names, row, strict=True)) for row in rows]})
        return
    for each in found:
        until = f"until {each.expires:%Y-%m-%d}" if each.expires else ""
        waits = f"{each.waiting} to sign" if each.waiting else ""
        typer.echo(f"{each.origin:<32} {each.state.value:<9} {until:<17} {each.name}  {waits}".rstrip())
    if not found:
        typer.echo("There is no partner yet: liaison partner card, then liaison partner add.")


@app.command()
def show(
    folder: Folder,
    origin: Origin,
    name: As,
    agreement: Annotated[
        str, typer.Option(metavar="DIGEST", help="Write the agreement of this digest, as a file to be sent.")
    ] = "",
    password_file: PasswordFile = None,
    out: Out = None,
) -> None:
    """One partner: its keys, agreements and point of contact."""
    from liaison.partners.reading import shown

    _require_free(out)
    with _signed_in(folder, name, password_file) as (node, actor):
        found = shown(node.office, actor, origin)
    if not agreement:
        _tell(found)
        return
    chosen = [each.text for each in found.agreements if each.agreement.digest.startswith(agreement)]
    if len(chosen) != 1:
        raise BadInput(f"no one agreement has the digest {agreement}", hint="liaison partner show names them")
    _write(out, chosen[0])


@app.command()
def rotate(folder: Folder, name: As, password_file: PasswordFile = None, out: Out = None) -> None:
    """Go over to new keys and tell every partner; the old ones count for what they signed. For administrators."""
    from liaison.node.partnership import rotate as rotated

    _require_free(out)
    with _signed_in(folder, name, password_file) as (node, actor):
        signed = rotated(node, actor)
    _write(out, signed.text)
    typer.echo(f"Keys of generation {signed.card.generation} sign from now on.", err=True)
    typer.echo("Partners with an open link are told by letter; give the others the card.", err=True)


@app.command()
def letters(
    folder: Folder,
    name: As,
    key: Annotated[str, typer.Option("--key", help="The key's id, 16 hex digits, as `show` names it.")],
    password_file: PasswordFile = None,
    as_json: AsJson = False,
) -> None:
    """Everything received under a key or sent to it: what a stolen key could touch. For administrators."""
    from liaison.transport.partnering import letters_under

    with _signed_in(folder, name, password_file) as (node, actor):
        found = letters_under(node.office, actor, key)
    if as_json:
        names = ("way", "id", "partner", "number", "kind", "thread", "at", "entry", "state", "review")
        rows = [{each: getattr(one, each) for each in names} | {"lane": one.lane.value} for one in found]
        say_json({"key": key, "letters": rows})
        return
    for one in found:
        typer.echo(
            f"{one.at:%Y-%m-%d %H:%M:%S}  {one.way:<8}  {one.partner}  {one.lane.value} {one.number}"
            f"  {one.kind}  {one.state}  entry {one.entry}  {one.id}{'  TO BE REVIEWED' if one.review else ''}"
        )
    review = sum(one.review for one in found)
    told = f", {review:,} to be reviewed: the key they came under was revoked" if review else ""
    typer.echo(f"{len(found):,} letters{told}", err=True)


@app.command()
def assess(
    folder: Folder,
    origin: Origin,
    name: As,
    capital: Annotated[
        bool, typer.Option("--capital/--no-capital", help="Death penalty or torture is to be feared there.")
    ] = True,
    fled: Annotated[
        bool, typer.Option("--fled/--not-fled", help="It may be the state that a person fled from.")
    ] = True,
    assessment: Assessment = "",
    password_file: PasswordFile = None,
) -> None:
    """Set this node's own view of a partner, which it tells nobody. For supervisors."""
    from liaison.partners import service

    with _signed_in(folder, name, password_file) as (node, actor):
        service.assess(node.office, actor, origin, service.View(capital, fled), assessment)
    typer.echo(f"{origin}: death penalty or torture {_word(capital)}, state of origin {_word(fled)}.")


@app.command()
def end(folder: Folder, origin: Origin, name: As, password_file: PasswordFile = None) -> None:
    """End the agreement with a partner: nothing passes until a new one is signed. For supervisors."""
    from liaison.partners import service

    with _signed_in(folder, name, password_file) as (node, actor):
        service.end(node.office, actor, origin)
    typer.echo(f"No agreement with {origin} is in force; what waits is kept.")


@app.command()
def revoke(
    folder: Folder,
    origin: Origin,
    name: As,
    generation: Annotated[
        int | None, typer.Option(min=1, help="Revoke this generation of keys alone; left out, the partner.")
    ] = None,
    urgent: Count = None,
    ordinary: Count = None,
    password_file: PasswordFile = None,
) -> None:
    """Revoke a partner, or one generation of its keys from a position on. For administrators."""
    from liaison.partners import service
    from liaison.partners.rules import Lane

    if generation is None and (urgent, ordinary) != (None, None):
        raise BadSetting("--urgent and --ordinary go with --generation", hint="name the generation of keys")
    with _signed_in(folder, name, password_file) as (node, actor):
        if generation is None:
            service.revoke(node.office, actor, origin)
            typer.echo(f"{origin} is revoked. What was received stays.")
            return
        last = {Lane.URGENT: urgent or 0, Lane.ORDINARY: ordinary or 0}
        service.revoke_card(node.office, actor, origin, generation, last)
    typer.echo(
        f"Generation {generation} of {origin} counts up to {last[Lane.URGENT]} in the urgent lane"
        f" and {last[Lane.ORDINARY]} in the ordinary one."
    )


def described(signed: SignedAgreement) -> str:
    """An agreement as a person reads it before signing."""
    agreement = signed.agreement
    gateway, expires = agreement.gateway, agreement.gateway.expires
    until = f"until {expires:%Y-%m-%d %H:%M} UTC" if expires else "without an end"
    caps = ", ".join(
        f"{cap.category.value if cap.category else 'all'} {cap.days} days" for cap in agreement.caps
    )
    lines = (
        ("Agreement", f"{agreement.number} between {' and '.join(agreement.origins)}"),
        ("Purposes", ", ".join(each.value for each in agreement.purposes)),
        ("Offences", ", ".join(agreement.offences)),
        ("Exchanges", ", ".join(agreement.exchanges)),
        ("Gateway", f"{gateway.kind.value}, {gateway.reference}, {until}"),
        ("Quota", f"{agreement.quota} subjects a day"),
        ("Handling", " ".join(code.value for code in agreement.handling.codes)),
        ("Kept", caps),
        ("Languages", ", ".join(agreement.languages)),
        ("Both can", f"{', '.join(agreement.capabilities) or 'nothing more'}; version {agreement.version}"),
        *_compared(agreement.crosscheck),
        ("Signed by", ", ".join(sorted(signed.signatures))),
        ("Digest", agreement.digest),
    )
    return "\n".join(f"{name:<10} {told}" for name, told in lines)


def _compared(terms: Comparison | None) -> Iterator[tuple[str, str]]:
    """How the two may cross-check privately, line by line."""
    if terms is None:
        return
    of = [each.value for each in terms.categories] + (["things"] if terms.things else [])
    yield "Compared", ", ".join(of)
    yield "Points", f"{terms.points} in {terms.epoch_days} days, {terms.case_points} of them for one case"
    yield "Kept up", "changes within an epoch are published" if terms.changes else "a new set with each epoch"
    yield "Standing", f"{terms.standing_days} days at most" if terms.standing_days else "none"
    if terms.authorities:
        told = (
            f"above {terms.countersigned_above} subjects one of these signs: {', '.join(terms.authorities)}"
        )
        yield "Authority", told


def _post(node: Node, origin: str, signed: SignedAgreement) -> None:
    """Send an agreement by letter. Raises LinkClosed."""
    from liaison.transport.partnering import post_agreement

    office, means = node.office, node.means
    office.write(lambda connection: post_agreement(office, connection, means, origin, signed))


def _tell(found: PartnerView) -> None:
    from liaison.partners.agreement import SignedAgreement

    row = found.row
    typer.echo(f"{row.origin}  {row.state.value}\n{row.name}, {row.agency}")
    typer.echo(f"Fingerprint  {row.fingerprint}\nAddresses    {', '.join(found.addresses) or 'none'}")
    if found.contact:
        typer.echo(f"Contact      {found.contact}")
    for each in found.cards:
        lasts = "".join(
            f", {lane} up to {last}"
            for lane, last in (("urgent", each.last_urgent), ("ordinary", each.last_ordinary))
            if last is not None
        )
        typer.echo(f"Keys {each.generation}: {each.state.value}, letters signed by {each.document_id}{lasts}")
    for agreed in found.agreements:
        waits = ", waits for this side" if agreed.waits_for_us else ""
        signatures = dict.fromkeys(agreed.signed_by, b"")
        typer.echo(
            f"\n{agreed.state.value}{waits}\n{described(SignedAgreement(agreed.agreement, signatures))}"
        )


@contextmanager
def _signed_in(folder: Path, name: str, password_file: Path | None) -> Iterator[tuple[Node, policy.Actor]]:
    """The node, and who works on it; the session ends with the work. Raises NotSignedIn, StoreUnavailable."""
    from liaison.node.wiring import open_node
    from liaison.officers.sessions import sign_out, signed_in
    from liaison.officers.sign_in import sign_in_password

    with open_node(folder, work=False) as node:
        password = _password(password_file)
        done = sign_in_password(node.office, name, password, settings=node.people)
        try:
            yield node, signed_in(node.office, done.token, node.people).actor
        except NotFound as error:
            raise BadInput(
                "there is nothing of this name here that you may see",
                hint="liaison partner list shows what there is",
            ) from error
        finally:
            sign_out(node.office, done.token)
            node.publish_now()


def _password(file: Path | None) -> str:
    if file is None:
        return str(typer.prompt("Your password", hide_input=True, err=True))
    return next(iter(_read(file).splitlines()), "").strip()


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput(f"{file} is not text", file=str(file), hint="give the file as it was sent") from error


def _require_free(out: Path | None) -> None:
    """Raises BadSetting where the file is there, before anything is done."""
    if out is not None and out.exists():
        raise BadSetting(f"{out} is there already", hint="give a file that does not exist yet")


def _write(out: Path | None, text: str) -> None:
    """Write what is to be sent, to a file that is not there yet or to standard output."""
    if out is None:
        typer.echo(text, nl=False)
        return
    with out.open("x", encoding="utf-8") as file:
        file.write(text)


def _word(feared: Any) -> str:
    return "feared" if feared else "not feared"
