"""yente's own client works against a node, under the node's law."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from liaison.demo import agency
from liaison.model.roles import Role
from tests.web.scene import KNOWN, PROTECTED, Scene, a_case, a_scene
from tests.web.serving import served
from tests.web_fixtures import a_desk

CASES = count(1)
yente = pytest.importorskip(
    "yente_client", reason="yente's client is not installed: pip install yente-client"
)


@dataclass(slots=True)
class Tool:
    """A scene whose node is served, and the secret of an officer's token."""

    scene: Scene
    address: str
    token: str
    grounds: str
    case: str

    def client(self, grounds: str | None = None, token: str | None = None) -> Any:
        """yente's client, as an analyst sets it up."""
        headers = {"Liaison-Grounds": self.grounds if grounds is None else grounds}
        return yente.Client(
            api_key=self.token if token is None else token,
            base_url=self.address,
            headers={name: text for name, text in headers.items() if text},
        )

    def call(self, method: str, path: str, **sent: Any) -> httpx.Response:
        """A request of the same tool, to see what the client does not show."""
        headers = {
            "authorization": f"ApiKey {self.token}",
            "liaison-grounds": self.grounds,
        } | sent.pop("headers", {})
        return httpx.request(method, self.address + path, headers=headers, **sent)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Scene, str, str]]:
    with a_scene(tmp_path_factory.mktemp("yente")) as scene, served(scene.desk) as address:
        yield scene, address, scene.desk.token(scene.owners[Role.INVESTIGATOR])


@pytest.fixture
def tool(node: tuple[Scene, str, str]) -> Tool:
    """A tool in a case of its own: the law counts the persons asked about in a case."""
    scene, address, token = node
    case, grounds = a_case(scene.desk, scene.owners[Role.INVESTIGATOR], f"Y-{next(CASES)}")
    return Tool(scene, address, token, grounds, case)


def person(**properties: Any) -> Any:
    return yente.Person(**{name: [text] for name, text in properties.items()})


def test_a_match_finds_the_record_with_its_reasons(tool: Tool) -> None:
    with tool.client() as client:
        found = client.match(person(name=KNOWN, birthDate="1972-04-12"))
    first = found.results[0]
    assert first.caption == "Алексей Соболев"
    assert first.id == tool.scene.owned["holding"]
    assert first.match
    assert 0.9 < first.score <= 1
    assert first.datasets == [agency.WANTED]
    assert {"name", "date"} <= set(first.explanations)
    assert sum(each.score for each in first.explanations.values()) == pytest.approx(
        tool.call("POST", "/match/default", json=query(name=KNOWN, birthDate="1972-04-12")).json()[
            "responses"
        ]["q"]["results"][0]["bits"],
        abs=0.01,
    )


def query(**properties: str) -> dict[str, Any]:
    held = {name: [text] for name, text in properties.items()}
    return {"queries": {"q": {"schema": "Person", "properties": held}}}


def test_a_match_ranks_as_the_nodes_own_check_does(tool: Tool) -> None:
    asked = {"kind": "person", "names": [{"full": "Sobolev"}]}
    own = tool.call(
        "POST", "/api/v1/checks", json={"subject": asked, "grounds": tool.grounds, "most": 20}
    ).json()
    theirs = tool.call("POST", "/match/default?limit=20", json=query(name="Sobolev")).json()
    ranked = theirs["responses"]["q"]["results"]
    assert len(ranked) >= 1
    assert [one["id"] for one in ranked] == [one["holding"] for one in own["alerts"]]
    assert [one["bits"] for one in ranked] == [one["score"] for one in own["alerts"]]
    scores = [one["score"] for one in ranked]
    assert scores == sorted(scores, reverse=True)


def test_many_are_matched_each_in_its_place(tool: Tool) -> None:
    names = {"a": KNOWN, "b": "Qwxyz Vbnmk", "c": "Luan Hoxha"}
    with tool.client() as client:
        answers = dict(client.match_iter((key, person(name=name)) for key, name in names.items()))
    assert {key: bool(found.results) for key, found in answers.items()} == {"a": True, "b": False, "c": True}


def test_several_queries_stand_in_one_request_and_a_bad_one_stops_no_other(tool: Tool) -> None:
    sent = {
        "queries": {
            "good": {"schema": "Person", "properties": {"name": KNOWN}},
            "bad": {"schema": "Person", "properties": {"name": ["A B"], "birthDate": ["soon"]}},
            "odd": {"schema": "Airplane", "properties": {"name": ["A B"]}},
        }
    }
    found = tool.call("POST", "/match/default", json=sent).json()["responses"]
    assert {name: each["status"] for name, each in found.items()} == {"good": 200, "bad": 400, "odd": 400}
    assert found["bad"]["detail"].startswith("birthDate")
    assert "schema" in found["odd"]["detail"]
    assert found["good"]["results"]


def test_a_search_by_name(tool: Tool) -> None:
    with tool.client() as client:
        found = client.search(KNOWN)
    assert found.results[0].id == tool.scene.owned["holding"]
    assert found.total.value >= 1


def test_records_cannot_be_leafed_through(tool: Tool) -> None:
    answer = tool.call("GET", "/search/default", params={"q": ""})
    assert (answer.status_code, answer.json()["field"]) == (400, "q")


def test_one_entity_that_the_case_has_met(tool: Tool) -> None:
    _, elsewhere = a_case(tool.scene.desk, tool.scene.owners[Role.INVESTIGATOR], f"Y-{next(CASES)}")
    with tool.client() as client, tool.client(elsewhere) as other:
        met = client.match(person(name="Aleksei Sobol", birthDate="1991-03-17")).results[0]
        found = client.fetch(met.id)
        with pytest.raises(yente.AuthenticationError):
            other.fetch(met.id)
    assert found.caption == "Aleksei Sobol"
    assert found.properties["birthDate"] == ["1991-03-17"]
    assert found.schema_ == "Person"


def test_an_entity_that_the_case_has_not_met_is_not_there(tool: Tool) -> None:
    with tool.client() as client, pytest.raises(yente.NotFoundError):
        client.fetch("holding-" + "a" * 26)


def test_the_catalog_counts_what_can_be_found(tool: Tool) -> None:
    with tool.client() as client:
        found = client.datasets()
    counted = {each.name: each.entity_count for each in found.datasets}
    live = tool.scene.desk.node.live.index
    assert counted["default"] == len(live)
    assert counted[agency.WANTED] == live.count(frozenset([agency.WANTED]))
    assert agency.PROTECTED not in counted, "that there are protected people is nobody's to count"


def test_one_dataset_alone_and_one_left_out(tool: Tool) -> None:
    name = agency.WANTED
    only = tool.call("POST", f"/match/{name}", json=query(name=KNOWN)).json()["responses"]["q"]
    assert only["results"][0]["datasets"] == [name]
    rest = tool.call("POST", "/match/default", params={"exclude_dataset": name}, json=query(name=KNOWN))
    assert rest.status_code == 404 or all(
        name not in one["datasets"] for one in rest.json()["responses"]["q"]["results"]
    )
    assert tool.call("POST", "/match/nothing-of-the-kind", json=query(name=KNOWN)).status_code == 404


def test_an_entity_can_be_left_out(tool: Tool) -> None:
    held = tool.scene.owned["holding"]
    filters = yente.MatchFilters(exclude_entities=[held])
    with tool.client() as client:
        found = client.match(person(name=KNOWN), filters=filters)
    assert held not in [one.id for one in found.results]


def test_the_one_algorithm_is_told(tool: Tool) -> None:
    with tool.client() as client:
        found = client.algorithms()
        assert found.best == "liaison-bits"
        assert client.match(person(name=KNOWN), algorithm=yente.BEST_ALGORITHM).results
        with pytest.raises(yente.BadRequestError, match="logic-v9"):
            client.match(person(name=KNOWN), algorithm="logic-v9")


def test_health_needs_nobody(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk, served(desk) as address, yente.Client(base_url=address) as client:
        desk.node.publish_now()
        assert client.healthz().status == "ok"
        assert client.readyz().status == "ok"


@pytest.mark.parametrize("grounds", ["", "grounds-" + "a" * 26])
def test_without_grounds_of_ones_own_nothing_is_answered(tool: Tool, grounds: str) -> None:
    with tool.client(grounds=grounds) as client:
        for ask in (lambda: client.match(person(name=KNOWN)), lambda: client.search(KNOWN)):
            with pytest.raises(yente.AuthenticationError) as refused:
                ask()
            assert refused.value.status_code == 403
            told = refused.value.response.json()
            assert told["title"] == "The question has no grounds"
            assert "Liaison-Grounds" in str(refused.value)
            assert "Liaison-Grounds" in told["hint"]


def test_without_a_token_nobody_asks(tool: Tool) -> None:
    with tool.client(token="not-a-token") as client, pytest.raises(yente.AuthenticationError) as refused:
        client.match(person(name=KNOWN))
    assert refused.value.status_code == 401


def test_every_match_is_a_check_in_the_case_and_in_the_ledger(tool: Tool) -> None:
    with tool.client() as client:
        client.match(person(name=KNOWN))
    listed = tool.call("GET", "/api/v1/checks", params={"limit": 200}).json()["items"]
    (made,) = [one for one in listed if one["case"] == tool.case]
    written = tool.call("GET", f"/api/v1/ledger/entries/{made['entry']}").json()
    assert written["grounds"] == tool.grounds
    assert KNOWN not in str(written)


def test_a_protected_person_is_like_one_who_is_on_no_list(tool: Tool) -> None:
    answers = []
    for name in (PROTECTED, "Zylfije Abcdefi"):
        answer = tool.call("POST", "/match/default", json=query(name=name)).json()["responses"]["q"]
        answers.append((answer["status"], answer["results"], answer["total"]))
        searched = tool.call("GET", "/search/default", params={"q": name}).json()
        answers[-1] += (searched["results"], searched["total"])
    assert answers[0] == answers[1]
