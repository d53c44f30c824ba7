"""`liaison reconcile`: between a tool that sends no headers and a node, and open to no page but the tool's."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from liaison.cli.reconcile import LARGEST, Way, address_of, proxy, refusal, token_of
from liaison.model.errors import BadSetting
from liaison.model.roles import Role
from tests.web.scene import KNOWN, Scene, a_scene
from tests.web.serving import served

OPENREFINE = "http://127.0.0.1:3333"
OWN = "http://127.0.0.1:4000"
QUERIES = {"queries": json.dumps({"q0": {"query": KNOWN, "type": "Person"}})}


@dataclass(slots=True)
class Place:
    """A served node, and how an officer reaches it."""

    scene: Scene
    node: str
    token: str

    def way(self, **other: str) -> Way:
        told = {"own": OWN, "node": self.node, "token": self.token, "grounds": self.scene.owned["grounds"]}
        return Way(**(told | other))

    def ask(self, method: str, path: str, way: Way | None = None, **sent: Any) -> httpx.Response:
        """An answer of the proxy, as a program of this machine gets it."""

        async def once() -> httpx.Response:
            async with httpx.AsyncClient(trust_env=False) as out:
                inside = httpx.ASGITransport(proxy(way or self.way(), out))  # type: ignore[arg-type]
                async with httpx.AsyncClient(transport=inside, base_url=OWN) as client:
                    return await client.request(method, path, **sent)

        return asyncio.run(once())


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with a_scene(tmp_path_factory.mktemp("proxy")) as scene, served(scene.desk) as address:
        yield Place(scene, address, scene.desk.token(scene.owners[Role.INVESTIGATOR]))


def test_a_tool_asks_without_a_header(place: Place) -> None:
    found = place.ask("POST", "/reconcile", data=QUERIES).json()
    assert found["q0"]["result"][0]["id"] == place.scene.owned["holding"]


def test_the_tool_is_sent_back_to_this_address_and_people_to_the_node(place: Place) -> None:
    told = place.ask("GET", "/reconcile").json()
    services = [*told["suggest"].values(), told["extend"]["propose_properties"]]
    assert {service["service_url"] for service in services} == {OWN}
    assert told["view"]["url"].startswith("http://node.")
    for service in services:
        assert place.ask("GET", service["service_path"]).status_code == 200


def test_values_of_known_records_pass(place: Place) -> None:
    wanted = {"ids": [place.scene.owned["holding"]], "properties": [{"id": "birthDate"}]}
    found = place.ask("POST", "/reconcile", data={"extend": json.dumps(wanted)}).json()
    assert found["rows"][place.scene.owned["holding"]]["birthDate"]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/api/v1/me",
        "/match/default",
        "/reconcile/../api/v1/me",
        "/reconcile/%2e%2e/api",
        "/reconcilex",
        "//x",
    ],
)
def test_nothing_but_reconciliation_is_passed_on(place: Place, path: str) -> None:
    assert place.ask("GET", path).status_code == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD"])
def test_no_other_method_is_passed_on(place: Place, method: str) -> None:
    assert place.ask(method, "/reconcile").status_code == 405


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:4000", "127.0.0.1", "127.0.0.1:4001", "localhost"]
)
def test_another_host_is_refused(place: Place, host: str) -> None:
    """A page whose name was made to point here would be of the same origin: its Host gives it away."""
    assert place.ask("GET", "/reconcile", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("host", ["127.0.0.1:4000", "localhost:4000"])
def test_this_machines_names_are_its_hosts(place: Place, host: str) -> None:
    assert place.ask("GET", "/reconcile", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:4000"},
        {"origin": "http://localhost:33333"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_page_of_another_site_is_refused(place: Place, headers: dict[str, str]) -> None:
    answer = place.ask("POST", "/reconcile", data=QUERIES, headers=headers)
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("origin", [OPENREFINE, "http://localhost:3333"])
def test_the_tools_own_pages_are_let_read(place: Place, origin: str) -> None:
    asked = {"origin": origin, "sec-fetch-site": "cross-site", "access-control-request-method": "POST"}
    first = place.ask("OPTIONS", "/reconcile", headers=asked)
    assert (first.status_code, first.content) == (204, b"")
    then = place.ask("GET", "/reconcile/suggest/type", headers={"origin": origin})
    for answer in (first, then):
        assert answer.headers["access-control-allow-origin"] == origin
        assert answer.headers["vary"] == "Origin"
        assert "access-control-allow-credentials" not in answer.headers


def test_what_the_node_refuses_is_told_as_it_is(place: Place) -> None:
    answer = place.ask("POST", "/reconcile", place.way(grounds="grounds-of-nobody"), data=QUERIES)
    assert answer.status_code == 403
    assert "grounds" in answer.json()["title"]
    answer = place.ask("POST", "/reconcile", place.way(token="x" * 20), data=QUERIES)
    assert answer.status_code == 401
    assert "x" * 20 not in answer.text


def test_a_node_that_does_not_answer_is_told(place: Place) -> None:
    answer = place.ask("POST", "/reconcile", place.way(node="http://127.0.0.1:9"), data=QUERIES)
    assert (answer.status_code, answer.json()["title"]) == (502, "the node does not answer")


def test_a_body_that_is_too_large_is_not_passed_on(place: Place) -> None:
    assert place.ask("POST", "/reconcile", content=b"x" * (LARGEST + 1)).status_code == 413


def test_every_rule_stands_alone() -> None:
    way, good = Way(OWN, "https://node.example", "t", "g"), {"host": "127.0.0.1:4000"}
    assert refusal(way, "GET", "/reconcile", good) is None
    assert refusal(way, "GET", "/reconcile", {}) == (421, "this address is for programs of this machine")
    assert refusal(way, "GET", "/reconcile/", good) == (404, "only reconciliation is passed on")


@pytest.mark.parametrize(
    "node", ["http://node.example", "ftp://node.example", "node.example", "https://node.example/x", ""]
)
def test_an_address_that_will_not_do_is_refused(node: str) -> None:
    with pytest.raises(BadSetting):
        address_of(node)


def test_addresses_that_will_do() -> None:
    assert address_of("https://node.example/") == "https://node.example"
    assert address_of("http://127.0.0.1:8800") == "http://127.0.0.1:8800"


def test_a_token_that_others_may_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("secret\n")
    file.chmod(0o644)
    with pytest.raises(BadSetting, match="others may read"):
        token_of(file)
    file.chmod(0o600)
    assert token_of(file) == "secret"


@pytest.mark.parametrize("content", ["", "two words", "one\ntwo", "ü"])
def test_a_file_without_a_token_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "token"
    file.write_text(content)
    file.chmod(0o600)
    with pytest.raises(BadSetting):
        token_of(file)
    with pytest.raises(BadSetting):
        token_of(tmp_path / "absent")


def test_the_verb_prints_an_address_that_works(place: Place, tmp_path: Path) -> None:
    file = tmp_path / "a token"
    file.write_text(place.token)
    file.chmod(0o600)
    script = "import typer; from liaison.cli.reconcile import reconcile; typer.run(reconcile)"
    words = ["--node", place.node, "--grounds", place.scene.owned["grounds"], "--token-file", str(file)]
    with subprocess.Popen(
        [sys.executable, "-c", script, *words], stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    ) as verb:
        try:
            assert verb.stdout is not None
            address = verb.stdout.readline().rpartition(" ")[2].strip()
            assert address.startswith("http://127.0.0.1:")
            with httpx.Client(trust_env=False, transport=httpx.HTTPTransport(retries=3)) as client:
                found = client.post(address, data=QUERIES).json()
            assert found["q0"]["result"][0]["id"] == place.scene.owned["holding"]
        finally:
            verb.send_signal(signal.SIGINT)
            assert verb.wait(20) is not None
