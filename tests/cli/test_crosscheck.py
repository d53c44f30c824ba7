"""`liaison crosscheck`: what an authority needs without a node, and what is read and opened again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from liaison.crosscheck.messages import permitted
from liaison.ledger import ed25519
from liaison.ledger.keys import parse_vkey
from tests.web.crosschecks import AUDITOR, DESK, INVESTIGATOR, browsers, crossing, done
from tests.web_fixtures import PASSWORD

TEXT = permitted("prosecutor.example", "leg-abc", "5" * 64)


def test_an_authority_makes_a_key_and_countersigns(liaison, tmp_path: Path) -> None:
    key, file = tmp_path / "court.key", tmp_path / "text.txt"
    file.write_bytes(TEXT)
    made = liaison("crosscheck", "countersign", "--key", key, "--name", "court.example", "--json")
    assert made.exit_code == 0, made.output
    vkey = json.loads(made.stdout)["authority"]
    assert vkey.startswith("court.example+")
    assert key.stat().st_mode & 0o077 == 0
    for given in (file, TEXT.decode()):
        signed = liaison("crosscheck", "countersign", "--key", key, given, "--json")
        told = json.loads(signed.stdout)
        assert told["authority"] == vkey
        public = ed25519.public_key(parse_vkey(vkey).public)
        assert ed25519.verify(public, bytes.fromhex(told["signature"]), TEXT)
        assert "You permit: cross-check leg-abc at prosecutor.example" in signed.stderr


@pytest.mark.parametrize("text", ["yes", TEXT.decode() + "and more\n", TEXT.decode().replace("v1", "v2")])
def test_an_authority_signs_nothing_else(liaison, tmp_path: Path, text: str) -> None:
    key = tmp_path / "court.key"
    liaison("crosscheck", "countersign", "--key", key, "--name", "court.example")
    refused = liaison("crosscheck", "countersign", "--key", key, text)
    assert refused.exit_code == 2
    assert "no text that a cross-check asks an authority to sign" in refused.output
    assert "Signature" not in refused.output


def test_a_key_that_is_none_or_that_others_read_is_refused(liaison, tmp_path: Path) -> None:
    key = tmp_path / "court.key"
    assert liaison("crosscheck", "countersign", "--key", key).exit_code == 2
    assert not key.exists()
    liaison("crosscheck", "countersign", "--key", key, "--name", "court.example")
    key.chmod(0o644)
    assert "others can read" in liaison("crosscheck", "countersign", "--key", key).output
    key.write_text("PRIVATE+KEY+court.example+00000000+AAAA\n")
    key.chmod(0o600)
    assert "does not hold a key" in liaison("crosscheck", "countersign", "--key", key).output


def test_sessions_are_listed_shown_and_opened_again(liaison, tmp_path: Path) -> None:
    with crossing(tmp_path) as crossed:
        with browsers(crossed.asking, INVESTIGATOR) as (ours,):
            session = done(crossed, ours).rpartition("/")[2]
        names = {role: crossed.asking.officers[role].sign_in for role in (INVESTIGATOR, AUDITOR, DESK)}
    node, secret = tmp_path / "asking" / "node", tmp_path / "password"
    secret.write_text(f"{PASSWORD}\n")

    def run(verb: str, *words: object, role: object = INVESTIGATOR, folder: Path = node):  # type: ignore[no-untyped-def]
        who = ("--as", names[role], "--password-file", secret)  # type: ignore[index]
        return liaison("crosscheck", verb, folder, *words, *who)

    listed = json.loads(run("sessions", "--json").stdout)["sessions"]
    assert [(each["id"], each["state"]) for each in listed] == [(session, "done")]
    shown = run("show", session)
    assert "strong" in shown.stdout
    assert "1 subjects overlap with nothing" in shown.stdout
    sets = json.loads(run("sets", "--json", role=DESK).stdout)
    assert [each["partner"] for each in sets["partners"]] == ["prosecutor.example"]
    own = run("sets", role=DESK, folder=tmp_path / "asked" / "node")
    assert "241 records, version 1, for police.example" in own.stdout
    assert run("reopen", session).exit_code == 2, "not for who asked"
    file = tmp_path / "opening.json"
    opened = run("reopen", session, "--out", file, role=AUDITOR)
    assert opened.exit_code == 0, opened.output
    assert f"{session}: agrees" in opened.stdout
    checked = liaison("crosscheck", "verify-opening", file)
    assert checked.exit_code == 0, checked.output
    assert "256 points at 1 partners" in checked.stdout
    told = json.loads(file.read_text())
    told["legs"][0]["batches"][0]["inputs"][0] = told["legs"][0]["batches"][0]["inputs"][1]
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False))
    differs = liaison("crosscheck", "verify-opening", changed)
    assert differs.exit_code == 1, differs.output
    assert "DIFFERS" in differs.stdout
    assert run("reopen", session, "--out", file, role=AUDITOR).exit_code == 2, "nothing is written over"
