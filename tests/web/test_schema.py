"""The description of the API says what the API does: schemathesis sends what the description allows, and what it does
not, and every answer must be one that is described. No answer may be a failure of the node."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import SearchStrategy
from schemathesis import Case
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from liaison.model.roles import Role
from tests.web.objects import KIND_OF
from tests.web.scene import Scene, a_scene
from tests.web_fixtures import HOST

UNREADY = "/readyz"  # says with 503 which part of the node is not ready


def no_failure(context: Any, answer: Any, case: Case) -> None:
    """The node does not fail, whatever it is sent."""
    assert answer.status_code < 500 or (case.path == UNREADY and answer.status_code == 503)


HONEST = [
    no_failure,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
STRICT = [*HONEST, negative_data_rejection]
BY = {  # who calls what, so that answers beyond a refusal are met
    "/api/v1/audit": Role.AUDITOR,
    "/api/v1/people": Role.ADMINISTRATOR,
    "/api/v1/break-glass": Role.SUPERVISOR,
    "/api/v1/approvals": Role.APPROVER,
    "/api/v1/holdings": Role.DESK_OFFICER,
}
QUIET = settings(
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@dataclass(slots=True)
class Caller:
    """The scene, the operations of its API, and a program for each role."""

    scene: Scene
    operations: list[APIOperation[Any, Any, Any]]
    programs: dict[Role, httpx.Client]
    sent: int = 0

    def program(self, path: str) -> httpx.Client:
        return self.programs[
            next((by for part, by in BY.items() if path.startswith(part)), Role.INVESTIGATOR)
        ]

    def send(self, case: Case) -> httpx.Response:
        """The answer to one case, as a program would send it."""
        self.sent += 1
        sent = requests.Request(**case.as_transport_kwargs(base_url=HOST)).prepare()
        program = self.program(case.path)
        headers = [(name, value) for name, value in sent.headers.items() if name.lower() != "authorization"]
        headers += [("authorization", program.headers["authorization"])]
        if "Liaison-Grounds" not in sent.headers:
            headers += [("liaison-grounds", self.scene.owned["grounds"])]
        request = httpx.Request(sent.method or "GET", str(sent.url), headers=headers, content=sent.body)
        answer = program.send(request)
        answer.elapsed = timedelta()
        return answer

    def real(self, operation: APIOperation[Any, Any, Any]) -> dict[str, str]:
        """Ids of what there is, for the parts of an address."""
        names = [name for name in KIND_OF if f"{{{name}}}" in operation.path]
        return {name: self.scene.owned[KIND_OF[name]] for name in names}


@pytest.fixture(scope="module")
def caller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    with a_scene(tmp_path_factory.mktemp("schema")) as scene, ExitStack() as stack:
        programs = {role: stack.enter_context(scene.desk.program(scene.owners[role])) for role in Role}
        described = programs[Role.INVESTIGATOR].get("/schema/openapi.json").json()
        described.pop("security")  # every case is sent by somebody: what a stranger gets is tested elsewhere
        schema = schemathesis.openapi.from_dict(described)
        operations = [found.ok() for found in schema.get_all_operations()]
        yield Caller(scene, operations, programs)


def run(caller: Caller, mode: GenerationMode, examples: int, *, real: bool) -> list[str]:
    """What schemathesis finds wrong, a line for each operation; with `real`, at objects that there are."""
    wrong = []
    for operation in caller.operations:
        ids = caller.real(operation) if real else {}
        if ids or not real:
            strategy = operation.as_strategy(generation_mode=mode, path_parameters=ids or None)
            wrong += [f"{operation.label}: {each}" for each in _faults(caller, strategy, mode, examples)]
    return wrong


def _faults(
    caller: Caller, strategy: SearchStrategy[Case], mode: GenerationMode, examples: int
) -> Iterator[str]:
    checks = STRICT if mode is GenerationMode.NEGATIVE else HONEST

    @settings(QUIET, max_examples=examples)
    @given(case=strategy)
    def honest(case: Case) -> None:
        case.validate_response(caller.send(case), checks=checks)

    try:
        honest()
    except FailureGroup as found:
        yield from (str(each)[:700] for each in found.exceptions)
    except Unsatisfiable:
        return  # the description allows everything here, or nothing


def test_every_call_is_described(caller: Caller) -> None:
    assert len(caller.operations) >= 55
    for operation in caller.operations:
        assert operation.definition.raw.get("description") or operation.definition.raw.get("summary")


def test_what_the_description_allows_is_answered_as_described(caller: Caller) -> None:
    assert run(caller, GenerationMode.POSITIVE, 5, real=False) == []


def test_what_there_is_is_answered_as_described(caller: Caller) -> None:
    assert run(caller, GenerationMode.POSITIVE, 5, real=True) == []


def test_what_the_description_does_not_allow_is_refused(caller: Caller) -> None:
    assert run(caller, GenerationMode.NEGATIVE, 3, real=False) == []


@pytest.mark.campaign
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("real", [False, True])
def test_the_description_holds_for_many_more(caller: Caller, mode: GenerationMode, real: bool) -> None:
    assert run(caller, mode, 300, real=real) == []
