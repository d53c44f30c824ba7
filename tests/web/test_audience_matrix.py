"""Who reaches which route: a table that is derived from the capabilities of each role, held against the running node.

Whoever is not of a route's audience gets what an address that does not exist gives, whatever the method.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest
from litestar.handlers import HTTPRouteHandler

from liaison.model.roles import HOLDERS, Capability, Role
from liaison.web.security import Open, audience_of
from tests.web.scene import enrol
from tests.web_fixtures import Desk, a_desk

NOT_SET_UP = {"/add-checkpoint", "/ledger/checkpoint", "/sign-in/provider", "/sign-in/provider/return"}
OF_A_FEED = {
    "/api/v1/cameras/reads",
    "/api/v1/sensors/messages",
}  # asks for the secret of a feed, whoever sends
ENDS_THE_SESSION = "/sign-out"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
Key = tuple[str, str]  # method and address
Clients = dict[tuple[Role | None, bool], httpx.Client]
CAN, PUBLIC, SIGNED = Capability, Open.PUBLIC, Open.SIGNED
PARTS: dict[
    str, set[Capability | Open]
] = {  # whom each part of the interface is for: written down, not derived
    "": {SIGNED},
    "actions": {CAN.ASK_PARTNER, CAN.SUPERVISE},
    "add-checkpoint": {PUBLIC},
    "alerts": {CAN.CHECK, CAN.CONFIRM, CAN.SUPERVISE, CAN.TELL_OUTCOME},
    "algorithms": {PUBLIC},
    "approvals": {
        CAN.ADMINISTER_ACCOUNTS,
        CAN.APPROVE,
        CAN.CHECK_BULK,
        CAN.IMPORT,
        CAN.REVIEW_BREAK_GLASS,
    },
    "audit": {CAN.AUDIT_SAMPLE, CAN.STATISTICS, SIGNED},  # SIGNED: the script that verifies the log
    "break-glass": {CAN.BREAK_GLASS, CAN.REVIEW_BREAK_GLASS},
    "cameras": {CAN.CHECK, CAN.PLACE_CAMERA, PUBLIC},  # PUBLIC: the reads, under the secret of a feed
    "sensors": {CAN.SENSORS, CAN.REGISTER_SENSOR, PUBLIC},  # PUBLIC: the messages, under the secret of a feed
    "in-need": {CAN.SENSORS, CAN.REGISTER_SENSOR},
    "cases": {CAN.OPEN_CASE},
    "catalog": {CAN.CHECK},
    "check": {CAN.CHECK},
    "checkpoint": {CAN.CHECK, CAN.SUPERVISE},
    "checks": {CAN.CHECK, CAN.SUPERVISE},
    "convictions": {CAN.ANSWER_PARTNER, CAN.SUPERVISE},
    "crosschecks": {
        CAN.ANSWER_PARTNER,
        CAN.ANSWER_PERSON,
        CAN.APPROVE,
        CAN.ASK_PARTNER,
        CAN.AUDIT_SAMPLE,
        CAN.SUPERVISE,
    },
    "documents": {CAN.CHECK},
    "entities": {CAN.READ_HOLDING},
    "following": {CAN.CHECK, CAN.CHECK_BULK, CAN.SUPERVISE},
    "flights": {CAN.CHECK_BULK},
    "healthz": {PUBLIC},
    "holdings": {CAN.CORRECT, CAN.ERASE, CAN.IMPORT, CAN.READ_HOLDING, CAN.RESTRICT},
    "intake": {CAN.ANSWER_PARTNER},
    "invitation": {PUBLIC},
    "ledger": {PUBLIC, SIGNED},
    "lists": {CAN.CHECK_BULK},
    "livez": {PUBLIC},
    "manifests": {CAN.CHECK_BULK},
    "map": {CAN.CHECK},
    "match": {CAN.CHECK},
    "me": {SIGNED},
    "metrics": {PUBLIC},
    "misp": {SIGNED},
    "notices": {SIGNED},
    "partners": {
        CAN.AGREE,
        CAN.ANSWER_PARTNER,
        CAN.ASK_PARTNER,
        CAN.READ_LEDGER,
        CAN.SETTINGS,
        CAN.SUPERVISE,
    },
    "people": {CAN.ADMINISTER_ACCOUNTS, CAN.REVIEW_BREAK_GLASS, CAN.SUPERVISE},
    "permissions": {CAN.ASK_PARTNER, CAN.DISCLOSE, CAN.GRANT, CAN.RECALL},
    "protected": {CAN.SAFEGUARDING},
    "published": {CAN.AGREE, CAN.DISCLOSE, CAN.RECALL},
    "questions": {CAN.STANDING_QUESTION, CAN.SUPERVISE},
    "readyz": {PUBLIC},
    "received": {
        CAN.ASK_PARTNER,
        CAN.DISCLOSE,
        CAN.GRANT,
        CAN.IMPORT,
        CAN.READ_HOLDING,
        CAN.RECALL,
        CAN.TELL_OUTCOME,
    },
    "reconcile": {CAN.CHECK, PUBLIC},
    "requests": {
        CAN.ANSWER_PARTNER,
        CAN.APPROVE,
        CAN.ASK_PARTNER,
        CAN.DISCLOSE,
        CAN.NOTIFY_CONVICTION,
        CAN.STATISTICS,
        CAN.SUPERVISE,
    },
    "schema": {PUBLIC},
    "search": {CAN.CHECK},
    "settings": {CAN.SETTINGS, PUBLIC, SIGNED},
    "sightings": {CAN.CHECK},
    "sign-in": {PUBLIC},
    "static": {PUBLIC},
    "supplied": {CAN.DISCLOSE, CAN.GRANT, CAN.RECALL},
    "taxii2": {SIGNED},
    "today": {SIGNED},
    "tokens": {SIGNED},
    "vehicles": {CAN.CORRECT, CAN.IMPORT},
    "witness": {PUBLIC},
}
FOR_WHOEVER_IS_SIGNED_IN = {"/audit/verify_log.py"}  # in a part that is otherwise for some


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with a_desk(tmp_path_factory.mktemp("matrix")) as desk:
        yield desk


@pytest.fixture(scope="module")
def clients(desk: Desk) -> Iterator[Clients]:
    officers = {
        role: enrol(desk, f"The {role.name}", "Unit", role) for role in Role if role is not Role.ADMINISTRATOR
    }
    officers[Role.ADMINISTRATOR] = desk.administrator
    with ExitStack() as stack:
        yield {
            (role, program): stack.enter_context(
                (desk.program if program else desk.browser)(officers.get(role) if role else None)
            )
            for role in (None, *Role)
            for program in (False, True)
        }


def routes(desk: Desk) -> dict[Key, HTTPRouteHandler]:
    """Every route but the one that would send the test's own officers away."""
    return {
        (method, route.path_format): handler
        for route in desk.app.routes
        for handler in route.route_handlers
        if isinstance(handler, HTTPRouteHandler)
        for method in set(handler.http_methods) - {"OPTIONS", "HEAD"}
        if route.path_format != ENDS_THE_SESSION
    }


def wanted(handler: HTTPRouteHandler) -> set[Capability]:
    audience = audience_of(handler)
    if isinstance(audience, Capability):
        return {audience}
    return set(audience) if isinstance(audience, frozenset) else set()


def holders(handler: HTTPRouteHandler) -> set[Role]:
    """The roles that a route is for, from the table of capabilities alone."""
    if audience_of(handler) in (Open.PUBLIC, Open.SIGNED):
        return set(Role)
    return {role for capability in wanted(handler) for role in HOLDERS[capability]}


def part_of(path: str) -> str:
    return path.removeprefix("/api/v1").split("/")[1]


def concrete(path: str) -> str:
    """The address with something in its place that there is not."""
    numbered = path.replace("{index}", "9000000").replace("{number}", "9000000")
    return numbered.replace("{", "absent-").replace("}", "")


def ask(client: httpx.Client, method: str, path: str) -> httpx.Response:
    return client.request(method, concrete(path), **({"data": {}} if method == "POST" else {}))


def outside(answer: httpx.Response, nothing: httpx.Response) -> bool:
    return answer.status_code == 404 and answer.content == nothing.content


def test_no_route_is_without_an_audience(desk: Desk) -> None:
    assert [key for key, handler in routes(desk).items() if audience_of(handler) is None] == []


def test_every_part_is_for_whom_it_is_said_to_be(desk: Desk) -> None:
    for (method, path), handler in routes(desk).items():
        audience, said = audience_of(handler), PARTS.get(part_of(path), set())
        named = audience if isinstance(audience, frozenset) else {audience}
        assert named <= said, f"{method} {path} is for {named}"
        if audience is SIGNED and any(isinstance(each, Capability) for each in said):
            assert part_of(path) == "settings" or path in FOR_WHOEVER_IS_SIGNED_IN, f"{method} {path}"


def test_every_role_reaches_what_its_capabilities_say_and_nothing_else(desk: Desk, clients: Clients) -> None:
    """Where an object is in the address, inside and outside look alike (test_sweep); elsewhere inside is no 404."""
    asked = 0
    for (method, path), handler in routes(desk).items():
        program = bool(handler.opt.get("program"))
        for role in Role:
            client = clients[role, program]
            ending = "no/such/address/at/all"
            nothing = client.request(method, f"{path.split('{')[0].rstrip('/')}/{ending}", data={})
            answer = ask(client, method, path)
            asked += 1
            if role not in holders(handler):
                assert outside(answer, nothing), f"{method} {path} tells {role} that it is there"
            elif "{" not in path and path not in NOT_SET_UP | OF_A_FEED:
                assert answer.status_code not in (401, 404, 405, 500), f"{method} {path}: {role} {answer}"
    assert asked >= 7 * 100


def test_nobody_reaches_what_is_not_for_everyone(desk: Desk, clients: Clients) -> None:
    for (method, path), handler in routes(desk).items():
        program = bool(handler.opt.get("program"))
        answer = ask(clients[None, program], method, path)
        if audience_of(handler) is Open.PUBLIC:
            continue
        if method == "GET" and not program:
            assert answer.status_code == 303, f"GET {path}"
            assert answer.headers["location"].startswith("/sign-in")
        else:
            assert answer.status_code in (401, 403), f"{method} {path}: {answer}"
        assert "set-cookie" not in answer.headers


def test_a_method_changes_nothing_about_who_comes_in(desk: Desk, clients: Clients) -> None:
    """HEAD, PUT and their like at an address tell somebody outside its audience no more than GET and POST do."""
    there = routes(desk)
    for path in {path for _, path in there}:
        handlers = {method: there[method, path] for method in ("GET", "POST") if (method, path) in there}
        program = any(handler.opt.get("program") for handler in handlers.values())
        for role in (None, Role.APPROVER, Role.AUDITOR, Role.ADMINISTRATOR):
            for method in METHODS:
                if method in handlers or (method == "HEAD" and "GET" in handlers):
                    continue
                answer = ask(clients[role, program], method, path)
                assert answer.status_code in (401, 403, 404, 405), f"{method} {path}: {answer}"
                assert not answer.content or answer.status_code != 200


def test_head_is_answered_as_get_without_its_content(desk: Desk, clients: Clients) -> None:
    for (method, path), handler in routes(desk).items():
        if method != "GET":
            continue
        program = bool(handler.opt.get("program"))
        for role in (None, *Role):
            client = clients[role, program]
            head, got = ask(client, "HEAD", path), ask(client, "GET", path)
            assert head.status_code in (got.status_code, 405), f"HEAD {path} for {role}: {head} beside {got}"
            assert head.content == b""
