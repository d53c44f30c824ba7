"""L07: no special category can be said in a question or kept of a person. L08: nobody is looked for by nationality."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from liaison.holdings.fields import HEADERS
from liaison.holdings.mapping import FIELDS
from liaison.model.roles import Role
from liaison.policy.context import SPECIAL
from liaison.storage.tables import metadata
from tests.web.scene import a_case, enrol
from tests.web_fixtures import Desk, a_desk

FORBIDDEN = SPECIAL | {
    "biometric", "caste", "disability", "dna", "ethnic", "ethnicity", "face", "faith", "fingerprint", "gender_identity",
    "health", "iris", "orientation", "party", "political", "race", "religion", "sexuality", "skin", "tribe", "union",
}  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with a_desk(tmp_path_factory.mktemp("special")) as made:
        yield made


def said(schema: Any) -> Iterator[str]:
    """Every name of a property or parameter of an API's description."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {}) if isinstance(schema.get("properties"), dict) else ()
        if "in" in schema and isinstance(schema.get("name"), str):
            yield schema["name"]
        for each in schema.values():
            yield from said(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from said(each)


def words(name: str) -> set[str]:
    """A name and its words: `ethnicOrigin` is about `ethnic`."""
    return {name.lower(), *re.split(r"[^a-z]+", re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower())}


def test_the_api_has_no_word_for_a_special_category(desk: Desk) -> None:
    names = set(said(desk.app.openapi_schema.to_schema()))
    assert {"subject", "nationality", "grounds"} <= names
    names.remove("fingerprint")  # of the originator's keys, not of a hand
    assert [name for name in sorted(names) if words(name) & FORBIDDEN] == []


def test_no_table_has_a_column_for_a_special_category() -> None:
    names = {column.name for table in metadata.tables.values() for column in table.columns}
    assert len(names) > 50
    assert [name for name in sorted(names) if words(name) & FORBIDDEN] == []


def test_no_column_of_a_list_is_read_as_a_special_category() -> None:
    assert not {*FIELDS, *HEADERS} & FORBIDDEN


@pytest.mark.parametrize("name", sorted(SPECIAL))
def test_a_question_with_one_is_refused(desk: Desk, name: str, asking: tuple[Any, str]) -> None:
    client, given = asking
    subject = {"kind": "person", "names": [{"full": "Ana Gashi"}], name: "some"}
    assert client.post("/api/v1/checks", json={"subject": subject, "grounds": given}).status_code == 400


@pytest.fixture(scope="module")
def asking(desk: Desk) -> Iterator[tuple[Any, str]]:
    officer = enrol(desk, "An Investigator", "North", Role.INVESTIGATOR)
    _, given = a_case(desk, officer)
    with desk.program(officer) as client:
        yield client, given


@pytest.mark.parametrize(
    "subject",
    [
        {"kind": "person", "nationalities": ["ALB"]},
        {"kind": "person", "names": [], "nationalities": ["ALB"]},
        {"kind": "person", "nationalities": ["ALB"], "sex": "M", "born": ["1984"]},
    ],
)
def test_all_nationals_of_a_state_cannot_be_asked_for(
    asking: tuple[Any, str], subject: dict[str, Any]
) -> None:
    client, given = asking
    refused = client.post("/api/v1/checks", json={"subject": subject, "grounds": given})
    assert refused.status_code in (400, 403)
    assert "alerts" not in refused.json()


def test_a_tool_cannot_ask_for_them_either(asking: tuple[Any, str]) -> None:
    client, given = asking
    query = {
        "schema": "Person",
        "properties": {"nationality": ["al"], "religion": ["any"], "ethnicity": ["any"]},
    }
    told = client.post(
        "/match/default", json={"queries": {"q": query}}, headers={"Liaison-Grounds": given}
    ).json()
    assert told["responses"]["q"]["status"] == 400
    assert told["responses"]["q"]["results"] == []


def test_no_address_lists_people_by_nationality(desk: Desk) -> None:
    paths = desk.app.openapi_schema.to_schema()["paths"]
    asked = {
        each["name"]
        for path in paths.values()
        for call in path.values()
        for each in call.get("parameters", [])
    }
    assert "cursor" in asked
    assert not {name for name in asked if re.search("national|citizen|country|origin$|sex|born|age", name)}


def test_nothing_special_is_translated_into_a_field() -> None:
    page = Path(__file__).parents[2] / "src" / "liaison" / "web" / "compat"
    told = json.dumps([path.read_text("utf-8") for path in page.glob("*.py")])
    assert not {word for word in ("religion", "ethnicity", "political") if f'"{word}"' in told}
