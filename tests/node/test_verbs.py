"""The verbs as a person or a script runs them: make a node, serve it in another process, back it up, restore it."""

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
import typer
from typer.testing import CliRunner, Result

from liaison.cli import backup, init, restore, selftest, verify_node
from liaison.cli.errors import Verbs
from liaison.node.wiring import open_node
from liaison.officers.sign_in import sign_in_password

PHRASE = "correct horse battery"
SERVE = "import sys, typer; from liaison.cli.serve import serve; typer.run(serve)"
pytestmark = pytest.mark.usefixtures("light")


@pytest.fixture
def liaison(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "phrase").write_text(PHRASE + "\n")
    app = typer.Typer(cls=Verbs)
    for name, verb in {
        "init": init.init,
        "backup": backup.backup,
        "restore": restore.restore,
        "verify": verify_node.verify,
        "selftest": selftest.selftest,
    }.items():
        app.command(name)(verb)
    runner = CliRunner()

    def run(*words: object, stdin: str | None = None) -> Result:
        return runner.invoke(app, [str(word) for word in words], input=stdin)

    return run


def test_a_node_is_made_without_questions_and_its_administrator_signs_in(liaison, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("correct horse battery staple\n")
    done = liaison(
        *("init", "a node", "--yes", "--name", "Our node", "--agency", "Policia e Qarkut", "--json"),
        *("--administrator", "Ana Hoxha", "--sign-in", "ana", "--password-file", "password"),
    )
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert "password" not in told
    assert len(told["fingerprint"].split()) == 16
    with open_node(tmp_path / "a node", work=False) as node:
        assert node.settings.origin == "policia-e-qarkut"
        assert sign_in_password(node.office, "ana", "correct horse battery staple", settings=node.people)


def test_a_node_is_made_by_answering_questions(liaison, tmp_path: Path) -> None:
    answers = ["Our node", "Policia", "node.example", "demo", "Ana Hoxha", "ana", ""]
    done = liaison("init", "node", stdin="\n".join(answers) + "\n")
    assert done.exit_code == 0, done.output
    assert "shown once" in done.stdout
    assert "Next: liaison serve" in done.stdout
    assert f"liaison serve '{tmp_path / 'our node'}'" in liaison("init", "our node", "--yes").stdout
    assert 'origin = "node.example"' in (tmp_path / "node/node.toml").read_text()


def test_what_exists_is_left_alone(liaison, folder: Path) -> None:
    before = (folder / "node.toml").read_bytes()
    done = liaison("init", folder, "--yes")
    assert done.exit_code == 2
    assert "is not empty" in done.output
    assert (folder / "node.toml").read_bytes() == before


def test_a_weak_password_makes_no_node(liaison, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("password\n")
    done = liaison("init", "node", "--yes", "--password-file", "password")
    assert done.exit_code == 2
    assert not (tmp_path / "node").exists()


def test_a_node_is_served_until_it_is_told_to_stop(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "ready"
    command = [sys.executable, "-c", SERVE, str(folder), "--port", "0", "--ready-file", str(place)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as served:
        try:
            address = _told(place, served)
            assert httpx.get(f"{address}/livez", timeout=20).status_code == 200
            assert "Besnik" not in httpx.get(f"{address}/people?q=Besnik+Hoxha", timeout=20).text
            served.send_signal(signal.SIGTERM)
            out, log = served.communicate(timeout=60)
        finally:
            served.kill()
    assert served.returncode == 0, log
    assert f"Our node answers at {address}" in out
    lines = [json.loads(line) for line in log.splitlines()]
    assert lines[0]["event"] == "ready"
    assert lines[-1]["event"] == "stopped"
    assert "Besnik" not in log
    assert "Hoxha" not in log


def test_a_page_names_the_port_that_was_free(liaison, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("correct horse battery staple\n")
    assert liaison("init", "node", "--yes", "--sign-in", "ana", "--password-file", "password").exit_code == 0
    place = tmp_path / "ready"
    command = [sys.executable, "-c", SERVE, "node", "--port", "0", "--ready-file", str(place)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path, text=True
    ) as served:
        try:
            address = _told(place, served)
            with httpx.Client(
                base_url=address, headers={"Sec-Fetch-Site": "same-origin"}, timeout=20
            ) as client:
                client.post("/sign-in", data={"name": "ana", "password": "correct horse battery staple"})
                assert f"liaison ledger verify {address}/ledger" in client.get("/ledger/head").text
        finally:
            served.kill()


def _told(place: Path, served: "subprocess.Popen[str]") -> str:
    until = time.monotonic() + 60
    while not place.exists():
        assert served.poll() is None, served.communicate()
        assert time.monotonic() < until
        time.sleep(0.05)
    return place.read_text().strip()


def test_a_node_is_backed_up_restored_and_verified(liaison, folder: Path, tmp_path: Path) -> None:
    words = ("--passphrase-file", "phrase", "--json")
    done = liaison("backup", folder, "copy", "--keys-to", "keys.bin", *words)
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["entries"] == 1
    done = liaison("restore", "copy", "again", "--keys", "keys.bin", *words)
    assert done.exit_code == 0, done.output
    done = liaison("verify", "again", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["ok"] is True
    (tmp_path / "again/ledger/checkpoint").unlink()
    done = liaison("verify", "again")
    assert done.exit_code == 1
    assert "files        BAD: checkpoint is missing" in done.stdout


def test_a_backup_says_how_it_is_tried_and_a_bad_node_how_it_is_restored(
    liaison, folder: Path, tmp_path: Path
) -> None:
    done = liaison("backup", folder, "a copy", "--keys-to", "keys.bin", "--passphrase-file", "phrase")
    assert done.exit_code == 0, done.output
    restore, verify = (shlex.split(line)[1:] for line in done.stdout.splitlines()[-2:])
    assert restore == ["restore", "a copy", "tried-node", "--keys", "keys.bin"]
    assert liaison(*restore, "--passphrase-file", "phrase").exit_code == 0
    assert liaison(*verify).exit_code == 0
    (tmp_path / "tried-node/ledger/checkpoint").unlink()
    assert "restore BACKUP NEW_FOLDER --keys KEYFILE" in liaison("verify", "tried-node").stdout


def test_the_disk_is_tested(liaison, tmp_path: Path) -> None:
    assert liaison("selftest", tmp_path).exit_code == 2
    done = liaison("selftest", tmp_path, "--durability", "--kills", "1")
    assert done.exit_code == 0, done.output
    assert "Lost              0" in done.stdout
    assert "Not shown: loss of power" in done.stdout
    assert os.listdir(tmp_path) == ["phrase"]
