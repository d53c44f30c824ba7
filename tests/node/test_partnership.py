"""Two nodes on the disk paired from the command line; the keys in backups, in `verify` and in older nodes."""

import json
import os
import re
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from liaison.cli import backup, partner, restore, verify_node
from liaison.cli.errors import Verbs
from liaison.model.errors import BadSetting
from liaison.model.roles import Role
from liaison.node import partnership
from liaison.node.keyfile import open_keys, save_keys
from liaison.node.making import make_node
from liaison.node.verifying import verify_node as verified
from liaison.node.wiring import open_node
from liaison.officers import invitations, service
from liaison.officers.sessions import signed_in
from liaison.officers.sign_in import sign_in_password
from liaison.storage.tables.partners import OWN_CARDS, PARTNER_CARDS
from tests.node.conftest import settings
from tests.overseer import with_roles

PASSWORD = "correct horse battery staple"
pytestmark = pytest.mark.usefixtures("light")


@pytest.fixture
def liaison(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "password").write_text(PASSWORD + "\n")
    app = typer.Typer(cls=Verbs)
    app.add_typer(partner.app, name="partner")
    for name, verb in {
        "backup": backup.backup,
        "restore": restore.restore,
        "verify": verify_node.verify,
    }.items():
        app.command(name)(verb)
    runner = CliRunner()

    def run(*words: object, stdin: str | None = None) -> Result:
        return runner.invoke(app, [str(word) for word in words], input=stdin)

    return run


def a_node(folder: Path, origin: str) -> Path:
    """A node with an administrator `ana` and a supervisor `sara`."""
    chosen = settings(origin=origin, agency=f"Agency of {origin}", partner_url=f"https://{origin}:8443")
    make_node(
        folder,
        chosen,
        lambda node: str(service.first_administrator(node.office, "Ana", "ana", PASSWORD, node.people)),
    )
    with open_node(folder, work=False) as node:
        done = sign_in_password(node.office, "ana", PASSWORD, settings=node.people)
        actor = signed_in(node.office, done.token, node.people).actor
        person = service.create_person(node.office, actor, service.Newcomer("Sara"))
        made = with_roles(node.office, actor, person, "sara", frozenset({Role.SUPERVISOR}), node.people)
        invitations.accept_with_password(node.office, made.invitation.token, PASSWORD, settings=node.people)
    return folder


ADMINISTRATOR = ("--as", "ana", "--password-file", "password")
SUPERVISOR = ("--as", "sara", "--password-file", "password")


def test_two_agencies_pair_agree_rotate_and_revoke_from_the_command_line(liaison, tmp_path: Path) -> None:
    a_node(tmp_path / "left", "police.example")
    a_node(tmp_path / "right", "node.police.xk")
    told = {}
    for name in ("left", "right"):
        done = liaison("partner", "card", name, *ADMINISTRATOR, "--out", f"{name}.card")
        assert done.exit_code == 0, done.output
        told[name] = re.search(r"Fingerprint  (.*)", done.output)[1]
    done = liaison("partner", "add", "left", "right.card", *ADMINISTRATOR, "--fingerprint", told["left"])
    assert done.exit_code == 2
    assert "not that of this card" in done.output
    for name, other in (("left", "right"), ("right", "left")):
        words = ("--fingerprint", told[other], "--contact", "Duty desk")
        done = liaison("partner", "add", name, f"{other}.card", *ADMINISTRATOR, *words)
        assert done.exit_code == 0, done.output
    terms = liaison("partner", "terms").output
    terms = terms.replace("2027-12-31", "2099-12-31").replace('reference = ""', 'reference = "Treaty 7/2026"')
    (tmp_path / "terms.toml").write_text(terms)
    words = ("--assessment", "DPIA 1", "--out")
    done = liaison("partner", "propose", "left", "node.police.xk", "terms.toml", *ADMINISTRATOR, *words, "x")
    assert done.exit_code == 2
    assert "not lawful" in done.output
    assert not (tmp_path / "x").exists()
    done = liaison("partner", "propose", "left", "node.police.xk", "terms.toml", *SUPERVISOR, *words, "p")
    assert done.exit_code == 0, done.output
    assert liaison("partner", "sign", "right", "p", *SUPERVISOR, *words, "no", stdin="n\n").exit_code == 1
    done = liaison("partner", "sign", "right", "p", *SUPERVISOR, *words, "signed", stdin="y\n")
    assert done.exit_code == 0, done.output
    assert "Quota      2000 subjects a day" in done.output
    done = liaison("partner", "sign", "left", "signed", *SUPERVISOR)
    assert done.exit_code == 0, done.output
    for name in ("left", "right"):
        (row,) = json.loads(liaison("partner", "list", name, *SUPERVISOR, "--json").output)["partners"]
        assert (row["state"], row["waiting"]) == ("active", 0)
        assert all(not each.fault for each in verified(tmp_path / name))
    done = liaison("partner", "show", "right", "police.example", *SUPERVISOR)
    assert "Contact      Duty desk" in done.output
    assert "in force" in done.output

    done = liaison("partner", "rotate", "left", *ADMINISTRATOR, "--out", "left2.card")
    assert done.exit_code == 0, done.output
    with open_node(tmp_path / "left", work=False) as node:
        assert [each.generation for each in node.own.every] == [2, 1]
        old = node.own.former[0].document_id
    found = json.loads(liaison("partner", "letters", "left", *ADMINISTRATOR, "--key", old, "--json").output)
    assert [(one["way"], one["kind"]) for one in found["letters"]] == [("sent", "card"), ("sent", "card")]

    done = liaison("partner", "revoke", "right", "police.example", *ADMINISTRATOR, "--urgent", "1")
    assert done.exit_code == 2
    words = ("--generation", "1", "--ordinary", "7")
    done = liaison("partner", "revoke", "right", "police.example", *ADMINISTRATOR, *words)
    assert "up to 0 in the urgent lane and 7 in the ordinary one" in done.output
    assert liaison("partner", "revoke", "right", "police.example", *ADMINISTRATOR).exit_code == 0
    assert "revoked" in liaison("partner", "list", "right", *SUPERVISOR).output
    done = liaison("partner", "show", "right", "nobody.example", *SUPERVISOR)
    assert done.exit_code == 2
    assert "partner list" in done.output


def test_what_goes_wrong_is_told_before_anything_is_done(liaison, tmp_path: Path) -> None:
    a_node(tmp_path / "left", "police.example")
    (tmp_path / "taken").write_text("mine")
    done = liaison("partner", "card", "left", *ADMINISTRATOR, "--out", "taken")
    assert done.exit_code == 2
    assert "is there already" in done.output
    assert (tmp_path / "taken").read_text() == "mine"
    done = liaison("partner", "add", "left", "taken", *ADMINISTRATOR, "--fingerprint", "x")
    assert "not a node's card" in done.output
    (tmp_path / "bad.toml").write_text("quota = 'many'")
    done = liaison("partner", "propose", "left", "x", "bad.toml", *SUPERVISOR, "--assessment", "1")
    assert "terms cannot be used" in done.output
    (tmp_path / "wrong").write_text("not the password\n")
    done = liaison("partner", "list", "left", "--as", "ana", "--password-file", "wrong")
    assert done.exit_code == 2
    assert "password is not right" in done.output
    with open_node(tmp_path / "left", work=False):
        done = liaison("partner", "list", "left", *ADMINISTRATOR)
    assert "open in another process" in done.output


def test_an_older_node_gets_its_keys_when_it_starts(folder: Path) -> None:
    (place,) = (folder / "keys").glob("partner-*.keys")
    place.unlink()
    with open_node(folder, work=False) as node:
        assert node.own.generation == 1
    assert place.stat().st_mode & 0o777 == 0o600


def test_a_node_whose_card_was_given_out_does_not_start_without_its_keys(folder: Path) -> None:
    given_out(folder)
    (folder / "keys" / "partner-1.keys").unlink()
    with pytest.raises(BadSetting, match="cannot be read"), open_node(folder, work=False):
        pass
    faults = {each.name: each.fault for each in verified(folder)}
    assert "cannot be read" in faults["partners"]


def given_out(folder: Path) -> None:
    """The node's card, signed once."""
    from tests.partners.pairs import ADMINISTRATOR as CHIEF

    with open_node(folder, work=False) as node:
        partnership.card(node, CHIEF)
        node.publish_now()


def test_the_keys_are_in_the_saved_file_and_nothing_else_is(folder: Path, tmp_path: Path) -> None:
    (folder / "keys" / "notes.txt").write_text("not a key")
    save_keys(folder / "keys", tmp_path / "saved", PASSWORD)
    held = open_keys(tmp_path / "saved", PASSWORD)
    assert held["partner-1.keys"] == (folder / "keys" / "partner-1.keys").read_bytes()
    assert "notes.txt" not in held


def test_a_restored_node_has_the_same_partner_keys(liaison, folder: Path, tmp_path: Path) -> None:
    given_out(folder)
    words = ("--passphrase-file", "password", "--json")
    assert liaison("backup", folder, "copy", "--keys-to", "keys.bin", *words).exit_code == 0
    done = liaison("restore", "copy", "again", "--keys", "keys.bin", *words)
    assert done.exit_code == 0, done.output
    with open_node(folder, work=False) as one, open_node(tmp_path / "again", work=False) as other:
        assert one.own.document_id == other.own.document_id
    assert os.stat(tmp_path / "again/keys/partner-1.keys").st_mode & 0o777 == 0o600
    assert all(not each.fault for each in verified(tmp_path / "again"))


@pytest.mark.parametrize("table", [OWN_CARDS, PARTNER_CARDS])
def test_a_card_that_was_changed_in_the_database_is_found(
    liaison, folder: Path, tmp_path: Path, table
) -> None:
    given_out(folder)
    other = a_node(tmp_path / "other", "other.example")
    liaison("partner", "card", other, *ADMINISTRATOR, "--out", "other.card")
    from liaison.partners import service as partners
    from liaison.partners.cards import read_card
    from tests.partners.pairs import ADMINISTRATOR as CHIEF

    text = (tmp_path / "other.card").read_text()
    with open_node(folder, work=False) as node:
        given = partners.Pairing(text, read_card(text).card.fingerprint)
        partners.pair(node.office, CHIEF, node.signers[0].verifier.vkey, "liaison", given)
        assert all(not each.fault for each in verified(folder))
        row = node.office.read(lambda connection: connection.execute(table.select()).one())
        changed = (
            row.content.replace(b"https://", b"https:/f") if table is PARTNER_CARDS else row.content + b" "
        )
        node.office.write(lambda connection: connection.execute(table.update().values(content=changed)))
        faults = {each.name: each.fault for each in verified(folder)}
    assert "card 1" in faults["partners"]
