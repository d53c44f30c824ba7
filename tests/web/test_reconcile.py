"""The Reconciliation Service API 0.2, each answer against the shape that the specification gives it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import pytest

from liaison.model.roles import Role
from tests.web.scene import KNOWN, PROTECTED, Scene, a_case, a_scene
from tests.web_fixtures import HOST

SHAPES = Path(__file__).parent / "reconciliation_schemas"
CASES = count(1)


class Tool:
    """A reconciliation client of one investigator's, in a case of its own."""

    def __init__(self, scene: Scene, client: httpx.Client, grounds: str) -> None:
        self.scene, self.client, self.grounds = scene, client, grounds

    def post(self, grounds: str | None = None, **fields: Any) -> httpx.Response:
        """A form whose fields are JSON."""
        sent = {name: text if isinstance(text, str) else json.dumps(text) for name, text in fields.items()}
        headers = {"Liaison-Grounds": self.grounds if grounds is None else grounds}
        return self.client.post("/reconcile", data=sent, headers=headers)

    def ask(self, **queries: Any) -> Any:
        """The results of a batch, shaped as they must be."""
        return shaped("results", self.post(queries=queries))


def shaped(shape: str, answer: httpx.Response) -> Any:
    """The answer, once it has the shape."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/json")
    schema = json.loads((SHAPES / f"{shape}.json").read_text())
    jsonschema_rs.validator_for(schema, validate_formats=True).validate(answer.json())
    return answer.json()


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with a_scene(tmp_path_factory.mktemp("reconcile")) as scene:
        yield scene


@pytest.fixture
def tool(scene: Scene) -> Iterator[Tool]:
    by = scene.owners[Role.INVESTIGATOR]
    _, grounds = a_case(scene.desk, by, f"R-{next(CASES)}")
    with scene.desk.program(by) as client:
        yield Tool(scene, client, grounds)


def test_the_manifest_says_what_there_is_to_anybody(scene: Scene) -> None:
    with scene.desk.program() as stranger:
        told = shaped("manifest", stranger.get("/reconcile"))
        assert told["name"] == "Test node"
        assert told["view"]["url"] == f"{HOST}/holdings/{{{{id}}}}"
        assert "entity" not in told["suggest"], "typing a name is no check"
        for service in (*told["suggest"].values(), told["extend"]["propose_properties"]):
            assert stranger.get(service["service_path"]).status_code == 200


def test_the_manifest_names_the_nodes_own_address_whatever_host_is_asked(scene: Scene) -> None:
    with scene.desk.program(host="evil.example") as stranger:
        assert "evil.example" not in stranger.get("/reconcile").text


def test_candidates_come_with_their_features(tool: Tool) -> None:
    born = {"pid": "birthDate", "v": "1972-04-12"}
    found = tool.ask(q0={"query": KNOWN, "type": "Person", "properties": [born]})["q0"]["result"]
    assert found[0]["id"] == tool.scene.owned["holding"]
    assert found[0]["match"] is (len(found) == 1)
    assert found[0]["score"] > 90
    assert found[0]["type"] == [{"id": "Person", "name": "Person"}]
    assert {"name", "date"} <= {feature["id"] for feature in found[0]["features"]}


def test_a_batch_keeps_its_names_and_its_limits(tool: Tool) -> None:
    found = tool.ask(
        a={"query": "Sobol", "limit": 1},
        b={"query": "Qwxyz Vbnmk", "type": ["Person"], "type_strict": "should"},
    )
    assert set(found) == {"a", "b"}
    assert len(found["a"]["result"]) == 1
    assert found["b"]["result"] == []


def test_values_may_be_several_or_records_of_the_tools_own(tool: Tool) -> None:
    several = [{"pid": "nationality", "v": ["RUS", {"id": "ru", "name": "Russia"}]}]
    found = tool.ask(q={"query": KNOWN, "properties": several})
    assert found["q"]["result"]


def test_a_document_and_a_vehicle_are_asked_by_number(tool: Tool) -> None:
    found = tool.ask(
        d={"query": "N40271183", "type": "Passport"}, v={"query": "AA 123 BB", "type": "Vehicle"}
    )
    assert found["d"]["result"][0]["id"] == tool.scene.owned["holding"]
    assert found["v"]["result"] == []


def test_a_protected_person_is_like_one_who_is_on_no_list(tool: Tool) -> None:
    found = tool.ask(q={"query": PROTECTED}, r={"query": "Zylfije Abcdefi"})
    assert found["q"] == found["r"] == {"result": []}


@pytest.mark.parametrize("grounds", ["", "grounds-" + "a" * 26])
def test_without_grounds_of_ones_own_nothing_is_answered(tool: Tool, grounds: str) -> None:
    answer = tool.post(grounds, queries={"q": {"query": KNOWN}})
    assert answer.status_code == 403
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert "Liaison-Grounds" in answer.json()["hint"]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"queries": "not json"}, "queries"),
        ({"queries": "[]"}, "queries"),
        ({"queries": '{"q": {"query": "A B", "type": "Starship"}}'}, "type"),
        ({"queries": '{"q": {"query": "A B", "limit": 0}}'}, "queries"),
        ({"queries": json.dumps({f"q{at}": {"query": "A B"} for at in range(101)})}, "queries"),
        (
            {"queries": '{"q": {"query": "A B", "properties": [{"pid": "birthDate", "v": "soon"}]}}'},
            "birthDate",
        ),
        ({"extend": "{}"}, "extend"),
        ({"extend": '{"ids": [], "properties": [{"id": "religion"}]}'}, "extend"),
        ({}, "queries"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_field(tool: Tool, sent: dict[str, str], field: str) -> None:
    answer = tool.post(**sent)
    assert (answer.status_code, answer.json()["field"]) == (400, field)


def test_a_deeply_nested_batch_is_refused_and_harms_nothing(tool: Tool) -> None:
    answer = tool.post(queries='{"q": {"query": "A", "properties": [{"pid": "x", "v": ' + "[" * 50_000)
    assert answer.status_code == 400


def test_types_and_properties_are_suggested(tool: Tool) -> None:
    types = shaped("suggestions", tool.client.get("/reconcile/suggest/type", params={"prefix": "per"}))
    assert [each["id"] for each in types["result"]] == ["Person"]
    every = shaped("suggestions", tool.client.get("/reconcile/suggest/property"))
    assert {"birthDate", "nationality"} <= {each["id"] for each in every["result"]}
    assert not {"religion", "ethnicity", "political"} & {each["id"] for each in every["result"]}
    none = shaped("suggestions", tool.client.get("/reconcile/suggest/property", params={"prefix": "zz"}))
    assert none["result"] == []


def test_known_records_are_extended_and_others_are_empty(tool: Tool) -> None:
    met = tool.ask(q={"query": KNOWN})["q"]["result"][0]["id"]
    proposed = shaped("proposals", tool.client.get("/reconcile/properties", params={"type": "Person"}))
    wanted = [{"id": each["id"]} for each in proposed["properties"]]
    nobody = "holding-" + "a" * 26
    found = shaped("extension", tool.post(extend={"ids": [met, nobody], "properties": wanted}))
    assert found["rows"][met]["birthDate"] == [{"str": "1972-12-04"}]
    assert found["rows"][met]["nationality"] == [{"str": "ru"}]
    assert set(found["rows"][nobody]) == set(found["rows"][met])
    assert not any(found["rows"][nobody].values())
    assert (
        shaped("proposals", tool.client.get("/reconcile/properties", params={"type": "Starship"}))[
            "properties"
        ]
        == []
    )


def test_reconciling_is_not_open_to_a_stranger(scene: Scene) -> None:
    with scene.desk.program() as stranger:
        answer = stranger.post("/reconcile", data={"queries": "{}"})
    assert answer.status_code in (401, 403)
