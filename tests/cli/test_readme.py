"""The README's tour, word for word: the engine on files, a node of one's own, the demonstration's node, a tool."""

import contextlib
import csv
import io
import re
import shlex
import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from typer.testing import Result

from liaison.cli.node_demo import serving
from liaison.demo.agency import INVESTIGATOR, OFFICERS
from liaison.demo.making import make
from liaison.demo.walk import sign_in, walk
from liaison.node.wiring import open_node
from liaison.officers import sessions, tokens
from liaison.officers.sign_in import sign_in_password

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
FILES = (ROOT / "docs" / "checking-files.md").read_text("utf-8")
API = (ROOT / "docs" / "api.md").read_text("utf-8")
PASSPHRASE = "four plums in a bucket, and a ladder"
Run = Callable[..., Result]


def part(page: str, title: str) -> str:
    """What stands under a title of the second level."""
    found = page.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    assert found, title
    return found


def commands(text: str) -> list[str]:
    """The lines that are commands, joined where they are broken."""
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL)).replace("\\\n", " ")
    return [line for line in blocks.splitlines() if line.strip()]


def run(liaison: Run, line: str) -> Result:
    """One command as it is typed; what is echoed into it is its standard input."""
    typed, _, piped = line.rpartition(" | ")
    words = shlex.split(piped)
    assert words[0] == "liaison"
    result = liaison(*words[1:], stdin=shlex.split(typed)[1].replace("\\n", "\n") if typed else None)
    assert result.exit_code in (0, 1), f"{line}\n{result.output}"
    return result


def test_every_command_on_files_works(liaison: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert liaison("demo", "--no-node").exit_code == 0
    told = {
        " ".join(line.split()[:3]): run(liaison, line).stdout
        for line in commands(part(README, "The engine on files"))
    }
    assert "Алексей Соболев" in told["liaison check --name"]
    assert Path("alerts.html").is_file()

    steps = commands(part(FILES, "Step by step"))
    told = {
        " ".join(shlex.split(line.rpartition(" | ")[2])[1:3]): run(liaison, line).stdout for line in steps
    }
    assert "day and month swapped" in told["check --name"]
    assert "cleared before: 1 pair." in told["check demo-output/passengers.csv"]
    scores = [float(row["score"]) for row in csv.DictReader(io.StringIO(told["compare -"]))]
    assert scores[0] > 0.5 > scores[1]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def test_a_node_of_ones_own(liaison: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lines = commands(part(README, "A node of your own"))
    assert [line.split()[1] for line in lines] == ["init", "serve", "backup", "verify", "ledger"]

    made = run(liaison, f"{lines[0]} --port {free_port()}").stdout
    password = re.search(r"Sign in as\s+admin\s+with\s+(\S+)", made)
    key = re.search(r"Ledger's key\s+(\S+)", made)
    assert password
    assert key
    assert re.search(r"Next: liaison serve \S*my-node", made)
    with serving(Path("my-node")) as address, httpx.Client(base_url=address, headers=OWN) as client:
        sent = client.post("/sign-in", data={"name": "admin", "password": password[1]})
        assert sent.status_code == 303
        assert "Administrator" in client.get("/people").text

    Path("passphrase").write_text(PASSPHRASE + "\n")  # there is no terminal to ask at
    kept = liaison(*shlex.split(lines[2])[1:], "--passphrase-file", "passphrase")
    assert kept.exit_code == 0, kept.output
    assert Path("my-backup").is_dir()
    assert run(liaison, lines[3]).exit_code == 0
    assert "as they were signed" in run(liaison, lines[4].replace("KEY", f"'{key[1]}'")).stdout


OWN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """The node of the demonstration, served, with one check walked through and a token of its investigator."""
    place = tmp_path_factory.mktemp("demo") / "node"
    make(place, 300, 1, lambda line: None)
    with open_node(place, work=False) as node:
        opened = sign_in_password(
            node.office, INVESTIGATOR.sign_in, INVESTIGATOR.password, settings=node.people
        )
        signed = sessions.signed_in(node.office, opened.token, node.people)
        _, token = tokens.create_token(
            node.office, signed, "tests", node.office.now() + timedelta(days=1), node.people
        )
    with serving(place) as address:
        path = walk(address, lambda line: None)
        with httpx.Client(base_url=address, headers=OWN, timeout=30) as client:
            sign_in(client, INVESTIGATOR)
            case = next(
                one
                for one in client.get("/api/v1/cases").json()["items"]
                if one["reference"] == "OP-2026-014"
            )
            grounds = client.get(f"/api/v1/cases/{case['id']}/grounds").json()
            found = (grounds["items"] if isinstance(grounds, dict) else grounds)[0]["id"]
            yield SimpleNamespace(address=address, path=path, token=token, grounds=found, client=client)


def ask(demonstration: SimpleNamespace, name: str) -> dict[str, Any]:
    body = {"subject": {"kind": "person", "names": [{"full": name}]}, "grounds": demonstration.grounds}
    answer = demonstration.client.post("/api/v1/checks", json=body)
    assert answer.status_code in (200, 201), answer.text
    return dict(answer.json())


def test_the_sign_in_page_has_a_button_for_each_seat_of_the_tour(demonstration: SimpleNamespace) -> None:
    page = httpx.get(f"{demonstration.address}/sign-in", timeout=30).text
    tour = part(README, "Five minutes with it")
    for officer in OFFICERS:
        assert officer.name in page
        assert officer.name in tour


def test_the_tours_checks_find_whom_they_say_and_nobody_else(demonstration: SimpleNamespace) -> None:
    asked = re.findall(r"ask for \*([\w ]+)\*", part(README, "Five minutes with it"))
    assert asked == ["Alexei Sobol", "Elira Marku"]
    found = ask(demonstration, asked[0])["alerts"]
    assert found[0]["record"]["name"] == "Aleksei Sobol"
    assert found[0]["reasons"]
    assert ask(demonstration, asked[1])["alerts"] == []


def test_the_tours_hit_is_told_with_its_instruction(demonstration: SimpleNamespace) -> None:
    page = demonstration.client.get(demonstration.path)
    assert page.status_code == 200
    assert "What the owner wants" in page.text


@pytest.mark.parametrize("page", [README, API], ids=["README", "api"])
def test_a_tool_asks_as_the_page_shows(
    page: str, demonstration: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    (block,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names = {"ADDRESS": demonstration.address, "TOKEN": demonstration.token, "GROUNDS": demonstration.grounds}
    with contextlib.closing(Closer(names)):
        exec(block, names)
    told = capsys.readouterr().out
    assert "Алексей Соболев" in told


class Closer:
    """Ends the client that an example opened."""

    def __init__(self, names: dict[str, Any]) -> None:
        self.names = names

    def close(self) -> None:
        if "node" in self.names:
            self.names["node"].close()


def test_without_grounds_a_tool_is_told_so(demonstration: SimpleNamespace) -> None:
    query = {"queries": {"q": {"schema": "Person", "properties": {"name": ["Aleksey Sobolev"]}}}}
    bearer = {"Authorization": f"Bearer {demonstration.token}"}
    refused = httpx.post(f"{demonstration.address}/match/default", json=query, headers=bearer, timeout=30)
    assert refused.status_code == 403
    assert "Liaison-Grounds" in refused.json()["hint"]
