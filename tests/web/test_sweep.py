"""What belongs to others is not there: every route with an object in its address, for every role and for nobody, with
objects of every kind, answers as it does for an object that does not exist, byte for byte (threat A23).

The routes are those of the application itself. One that is new is swept by itself, or fails here by its name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from litestar.handlers import HTTPRouteHandler

from liaison.model.roles import Role, capabilities
from liaison.web.paging import cursor_of
from liaison.web.security import Open, audience_of
from tests.web.objects import (
    ANSWER_FOR_RECORDS,
    ANSWERING,
    BY_RIGHT,
    KIND_OF,
    LOOKALIKE,
    NO_OBJECT,
    READ_BY_ACCOUNT,
    SUBJECT_PAGE,
)
from tests.web.payloads import DAY, FORMS, JSON, WHY
from tests.web.scene import Scene, a_case, a_scene

CHANGES_FROM_ONE_TO_THE_NEXT = ("x-request-id", "date")
NO_GROUNDS = "grounds-" + "a" * 26
Visitor = Role | None
VISITORS: tuple[Visitor, ...] = (None, *Role)
ONE_IN = len(VISITORS)


@dataclass(frozen=True, slots=True)
class Address:
    """One route with an object in its address."""

    method: str
    path: str
    handler: HTTPRouteHandler

    @property
    def parts(self) -> list[str]:
        return re.findall(r"{(\w+)}", self.path)

    def meant(self, part: str) -> str:
        """The kind of object that a part names here: some steps are for requests of one side or state alone."""
        if part == "item_id" and "/supplied/" in self.path:
            return "supplied-item"
        if part == "template_id" and self.handler.opt.get("program"):
            return "other-template"  # the page's is ended by then
        if part != "request_id" or self.method == "GET":
            return KIND_OF[part]
        if self.path.endswith((*ANSWERING, SUBJECT_PAGE)):
            return "received-request"
        if "/talks/" in self.path:
            return "sent-request"
        if "/pauses/" in self.path:
            return "received-request"
        return "waiting-request" if self.path.endswith("/authorise") else "request"

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(slots=True)
class Ground:
    """The scene with a browser and a program for each visitor."""

    scene: Scene
    clients: dict[tuple[Visitor, bool], httpx.Client]

    @property
    def addresses(self) -> list[Address]:
        return addresses_of(self.scene)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with a_scene(tmp_path_factory.mktemp("sweep")) as scene, ExitStack() as stack:
        yield Ground(scene, clients_of(scene, scene.visitors, stack))


def clients_of(scene: Scene, officers: Any, stack: ExitStack) -> dict[tuple[Visitor, bool], httpx.Client]:
    desk = scene.desk
    return {
        (role, program): stack.enter_context(
            (desk.program if program else desk.browser)(officers[role] if role else None)
        )
        for role in VISITORS
        for program in (False, True)
    }


def addresses_of(scene: Scene) -> list[Address]:
    """Every route of the application with an object in its address."""
    found = {
        (method, route.path_format): handler
        for route in scene.desk.app.routes
        for handler in route.route_handlers
        if isinstance(handler, HTTPRouteHandler)
        for method in set(handler.http_methods) - {"OPTIONS", "HEAD"}
        if "{" in route.path_format and route.path_format not in NO_OBJECT
    }
    return [Address(method, path, handler) for (method, path), handler in sorted(found.items())]


def absent(text: str) -> str:
    """An id of the same form that is nobody's."""
    if text.isdigit():
        return str(int(text) + 1_000_000)
    return text[:-1] + ("a" if text[-1] != "a" else "b")


def ask(ground: Ground, who: Visitor, address: Address, ids: dict[str, str]) -> httpx.Response:
    """The answer to a request in which nothing is wrong but, maybe, whose object it is."""
    client = ground.clients[who, bool(address.handler.opt.get("program"))]
    own = ground.scene.held.get(who, {}) if who else {}
    path = address.path
    for part, value in ids.items():
        path = path.replace(f"{{{part}}}", value)
    grounds = own.get("grounds", NO_GROUNDS)
    headers = {"Liaison-Grounds": grounds}
    if address.method == "GET":
        query = {"grounds": grounds} if "holdings/{holding_id}" in address.path else {}
        return client.get(path, params=query, headers=headers)
    known = ground.scene.owned | {name: own[name] for name in ("grounds",) if name in own}
    if address.path in FORMS:
        return client.post(path, data=FORMS[address.path](known), headers=headers)
    return client.post(path, json=JSON[address.path](known), headers=headers)


def bytes_of(answer: httpx.Response, value: str) -> tuple[Any, ...]:
    """All that an answer tells. A stranger is sent to sign in with the address to come back to, which must differ."""
    headers = {
        name: text for name, text in answer.headers.items() if name not in CHANGES_FROM_ONE_TO_THE_NEXT
    }
    if answer.status_code == 303:
        headers = {name: text.replace(value, "ID") for name, text in headers.items()}
        return answer.status_code, headers, answer.content.replace(value.encode(), b"ID")
    return answer.status_code, headers, answer.content


def by_right(kind: str, who: Visitor) -> bool:
    return who in BY_RIGHT.get(kind, set())


def reaches(address: Address, who: Visitor) -> bool:
    """Whether the route lets this role in at all."""
    audience = audience_of(address.handler)
    if who is None or isinstance(audience, Open) or audience is None:
        return audience is Open.PUBLIC or (audience is Open.SIGNED and who is not None)
    wanted = audience if isinstance(audience, frozenset) else {audience}
    return bool(capabilities([who], trained=True) & wanted)


def test_every_route_with_an_object_is_known(ground: Ground) -> None:
    unknown = [str(address) for address in ground.addresses for part in address.parts if part not in KIND_OF]
    assert unknown == [], "name the kind of object in KIND_OF, or say in NO_OBJECT why it is none"
    unswept = [
        str(address)
        for address in ground.addresses
        if address.method != "GET" and address.path not in FORMS and address.path not in JSON
    ]
    assert unswept == [], "give a valid body in tests/web/payloads.py"
    assert {*KIND_OF.values()} - {*ground.scene.owned} == set()
    assert len(ground.addresses) >= 50


def test_nothing_is_listed_that_there_is_not(ground: Ground) -> None:
    there = {address.path for address in ground.addresses}
    assert {*FORMS, *JSON} - there - set(NO_OBJECT) == set()
    assert set(NO_OBJECT) - {route.path_format for route in ground.scene.desk.app.routes} == set()


@pytest.mark.parametrize("who", VISITORS, ids=lambda who: who.name if who else "NOBODY")
def test_what_belongs_to_others_is_not_there(ground: Ground, who: Visitor) -> None:
    """Objects of the kind that a route is for, of what looks like it, and one in so many of all others.

    Each of the others comes to some visitor's turn; the campaign lets every visitor try all of them.
    """
    assert _sweep(ground, who, ONE_IN) > 200


@pytest.mark.campaign
@pytest.mark.parametrize("who", VISITORS, ids=lambda who: who.name if who else "NOBODY")
def test_of_no_kind_is_there_what_belongs_to_others(ground: Ground, who: Visitor) -> None:
    assert _sweep(ground, who, 1) > 1_000


def _sweep(ground: Ground, who: Visitor, one_in: int) -> int:
    """How many objects were asked for at routes."""
    owned, asked, turn = ground.scene.owned, 0, VISITORS.index(who)
    own = ground.scene.held.get(who, {}) if who else {}
    for address in ground.addresses:
        for part in address.parts:
            if part == "number":
                continue  # the request beside it is what is asked for
            meant = address.meant(part)
            kinds = {each: address.meant(each) for each in address.parts if each != part}
            others = {each: own.get(kind, owned[kind]) for each, kind in kinds.items()}
            missing = absent(owned[meant])
            twin = bytes_of(ask(ground, who, address, others | {part: missing}), missing)
            expected = {401, 403, 303} if who is None else {404}  # 403: no page of the node's sent it
            assert twin[0] in expected, f"{address}: {twin[0]} for an object that does not exist"
            for kind, value in owned.items():
                turn += 1
                named = kind in LOOKALIKE.get(meant, (meant,))
                if not named and turn % one_in:
                    continue
                lets = kind not in READ_BY_ACCOUNT or not address.handler.opt.get("program")
                if named and lets and by_right(kind, who) and reaches(address, who):
                    continue
                if kind == "place":
                    continue  # a subject by its place, which counts in its own request alone
                if part == "index" and not value.isdigit():
                    continue  # this address takes numbers alone
                if value in others.values():
                    continue  # the object beside it, which is there
                asked += 1
                answer = bytes_of(ask(ground, who, address, others | {part: value}), value)
                assert answer == twin, f"{address} tells {who} that there is such a {kind}"
    return asked


def test_those_who_are_let_see_others_objects_do(ground: Ground) -> None:
    """Otherwise the sweep would pass over rights that nobody has."""
    seen = set()
    for address in ground.addresses:
        if address.method == "GET" and len(address.parts) == 1:
            meant = address.meant(address.parts[0])
            for kind in LOOKALIKE.get(meant, (meant,)):
                for role in BY_RIGHT.get(kind, set()):
                    if reaches(address, role):
                        ids = {address.parts[0]: ground.scene.owned[kind]}
                        status = ask(ground, role, address, ids).status_code
                        if status not in (404, 303) and status < 500:
                            seen.add((kind, role))
    wanted = {(kind, role) for kind, roles in BY_RIGHT.items() for role in roles}
    only_changed = {("account", Role.ADMINISTRATOR), ("token", Role.ADMINISTRATOR)}
    only_changed |= {("training", role) for role in BY_RIGHT["training"]}
    only_changed |= {("agreement", role) for role in BY_RIGHT["agreement"]}  # beside its partner
    only_changed |= {("pause", Role.DESK_OFFICER)}  # beside its request
    only_changed |= {("served", role) for role in BY_RIGHT["served"]}  # beside its partner
    only_changed |= {("contact", role) for role in BY_RIGHT["contact"]}
    only_changed |= {
        ("holding", Role.SUPERVISOR),
        ("vehicle", Role.SUPERVISOR),
        ("holding", Role.DATA_PROTECTION_OFFICER),
    }  # without grounds
    assert wanted - seen - only_changed == set()


LAST = (
    "/cancel",
    "/delete/{event_id}",
    "/close",
    "/erase",
    "/roles",
    "/invite",
    "/end",
    "/grounds",
    "/{intake_id}",
    "/revoke",
    "/remove",
    "/withdraw",
)


def test_whoever_it_belongs_to_reaches_it(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The same requests by the owner find the object: otherwise a wrong body would hide a hole."""
    with a_scene(tmp_path_factory.mktemp("reach")) as scene, ExitStack() as stack:
        ground = Ground(scene, clients_of(scene, scene.owners, stack))
        mine = {"grounds": scene.owned["grounds"]}
        scene.held = {role: dict(mine) if role is Role.INVESTIGATOR else {} for role in Role}
        clerk = Role.DESK_OFFICER
        scene.held[clerk]["grounds"] = a_case(scene.desk, scene.owners[clerk], "R-1")[1]
        failed: list[str] = []
        for address in sorted(ground.addresses, key=_last):
            ids = {part: scene.owned[address.meant(part)] for part in address.parts}
            roles = [role for role in Role if reaches(address, role)]
            answers = {role.name: ask(ground, role, address, ids).status_code for role in roles}
            reached = any(status not in (400, 401, 404) for status in answers.values())
            if not reached or max(answers.values()) >= 500:
                failed.append(f"{address}: {answers}")
        assert failed == []


def _last(address: Address) -> tuple[bool, bool, str, str]:
    """What takes something away comes after what needs it, and what ends somebody's account at the very end."""
    ends = address.path.endswith("/accounts/{account_id}/end")
    return ends, address.path.endswith(LAST), address.method, address.path


OBJECT_NAMES = {"alert", "approval", "camera", "case", "check", "cursor", "entity"}
OBJECT_NAMES |= {"after", "grounds", "object", "person", "who"}
IN_QUERIES: dict[tuple[str, str], str] = {  # ids that travel in the query: the kind that a parameter names
    ("/api/v1/actions", "cursor"): "a place",
    ("/api/v1/approvals", "cursor"): "a place",
    ("/api/v1/break-glass", "cursor"): "a place",
    ("/approvals/more", "grounds"): "grounds",
    ("/api/v1/cases", "cursor"): "a place",
    ("/api/v1/cases/{case_id}/alerts", "cursor"): "a place",
    ("/api/v1/checks", "cursor"): "check",
    ("/api/v1/crosschecks/served", "cursor"): "a place",
    ("/api/v1/following", "case"): "case",
    ("/api/v1/following", "cursor"): "a place",
    **{("/following/new", kind): kind for kind in ("alert", "camera", "case")},
    ("/api/v1/holdings", "cursor"): "holding",
    ("/api/v1/holdings/{holding_id}", "grounds"): "grounds",
    ("/api/v1/sightings", "case"): "case",
    ("/api/v1/sightings", "cursor"): "a place",
    ("/cameras/{camera_id}", "cursor"): "a place",
    ("/api/v1/vehicles", "cursor"): "vehicle",
    ("/holdings/vehicles", "after"): "vehicle",
    ("/api/v1/ledger/entries", "case"): "case",
    ("/api/v1/ledger/entries", "cursor"): "a place",
    ("/api/v1/ledger/entries", "who"): "person",
    ("/api/v1/people", "cursor"): "a place",
    ("/api/v1/permissions", "cursor"): "permission",
    ("/api/v1/questions", "cursor"): "a place",
    ("/api/v1/received", "cursor"): "item",
    ("/api/v1/supplied", "cursor"): "supplied-item",
    ("/api/v1/requests", "cursor"): "received-request",
    ("/api/v1/requests/unasked", "cursor"): "unasked",
    ("/requests/unasked/new", "case"): "case",
    ("/received/{item_id}/copy", "grounds"): "grounds",
    ("/requests", "after"): "received-request",
    ("/requests/out", "after"): "sent-request",
    ("/break-glass/new", "object"): "holding",
    ("/api/v1/checkpoint/counts", "case"): "case",
    ("/check", "case"): "case",
    ("/checkpoint/counts", "case"): "case",
    ("/crosschecks/served", "after"): "a place",
    ("/check", "grounds"): "grounds",
    ("/documents", "grounds"): "grounds",
    ("/holdings", "after"): "holding",
    ("/holdings/{holding_id}", "case"): "case",
    ("/holdings/{holding_id}", "grounds"): "grounds",
    ("/ledger", "after"): "a place",
    ("/ledger", "case"): "case",
    ("/ledger", "who"): "person",
    ("/permissions", "after"): "permission",
    ("/questions/new", "check"): "check",
    ("/received", "after"): "item",
    ("/received/{item_id}", "grounds"): "grounds",
    ("/supplied", "after"): "supplied-item",
    ("/supplied/notices", "after"): "a place",
}
CURSORS = {"check", "holding"}  # kinds by whose ids a list goes on


def queries_of(scene: Scene) -> set[tuple[str, str]]:
    """Every parameter of a query that could name an object."""
    return {
        (route.path_format, name)
        for route in scene.desk.app.routes
        for handler in route.route_handlers
        if isinstance(handler, HTTPRouteHandler)
        for name in handler.parsed_fn_signature.parameters
        if name in OBJECT_NAMES and f"{{{name}}}" not in route.path_format
    }


def test_every_query_that_could_name_an_object_is_known(ground: Ground) -> None:
    assert queries_of(ground.scene) ^ set(IN_QUERIES) == set()


@pytest.mark.parametrize(
    "who", [role for role in Role if role is not Role.ADMINISTRATOR], ids=lambda who: who.name
)
def test_an_object_of_others_in_a_query_is_none(ground: Ground, who: Role) -> None:
    for (path, name), kind in IN_QUERIES.items():
        if kind == "a place" or by_right(kind, who):
            continue
        if "ledger" in path and (by_right("entry", who) or by_right("approval", who)):
            continue  # what they read by right is in the ledger as theirs
        value = ground.scene.owned[kind]
        own = ground.scene.held[who]
        missing = absent(value)
        client = ground.clients[who, path.startswith("/api/")]
        holding = ground.scene.owned["holding"] if who in ANSWER_FOR_RECORDS else NO_GROUNDS
        item = ground.scene.owned["item"] if who in ANSWER_FOR_RECORDS else NO_GROUNDS
        address = path.replace("{holding_id}", holding).replace("{case_id}", own.get("case", NO_GROUNDS))
        address = address.replace("{item_id}", item)
        answers = []
        for one in (value, missing):
            sent = cursor_of(one) if (path, name) == ("/api/v1/checks", "cursor") else one
            answer = client.get(address, params={name: sent})
            content = answer.content.replace(one.encode(), b"ID").replace(cursor_of(one).encode(), b"ID")
            answers.append((answer.status_code, content))
        assert answers[0] == answers[1], f"{path}?{name}= tells {who} that there is such a {kind}"


ZONE = "P<ALBHOXHA<<ARBEN<<<<<<<<<<<<<<<<<<<<<<<<<<<\nBA12345675ALB9003152M3106017<<<<<<<<<<<<<<<4"
SCAN = "3f2a1031-d537-491c-9d36-fb9b77d5bed8"
TABLE = "flight,departs,surname,given\nLI117,2026-03-05,Example,Ana"
FOLLOW = {"mark": "ZZ 099 QQ", "since": "2026-03-01T00:00:00Z"}
FOLLOWED = {"mark": "ZZ 099 QQ", "since": "2026-03-01", "since_clock": "00:00", "kilometres": "30"}
CROSSED = {"kind": "check", "partners": "other.example", "act": "keep"}


def forms_with_ids(ids: dict[str, str], own: dict[str, str]) -> list[tuple[str, dict[str, Any], str, str]]:
    """Requests whose body names an object: the address, the body, the field, the kind."""
    mine = own.get("grounds", NO_GROUNDS)
    chosen = {"grounds": ids["grounds"]}
    asked = {"subject": {"kind": "person", "names": [{"full": "Ana Example"}]}}
    batch = {"q": {"query": "Ana Example"}}
    extend = {"ids": [ids["holding"]], "properties": [{"id": "name"}, {"id": "birthDate"}]}
    case = f"/cases/{own.get('case', NO_GROUNDS)}"
    return [
        ("/check", {"name": "Ana Example", "grounds": ids["grounds"]}, "grounds", "grounds"),
        ("/documents", {"mrz": ZONE} | chosen, "grounds", "grounds"),
        ("/api/v1/documents", {"mrz": ZONE} | chosen, "grounds", "grounds"),
        ("/checkpoint/scan", {"id": SCAN, "text": ZONE} | chosen, "grounds", "grounds"),
        ("/api/v1/checkpoint/scans", {"id": SCAN, "text": ZONE} | chosen, "grounds", "grounds"),
        ("/checkpoint/copy", chosen, "grounds", "grounds"),
        ("/checkpoint/report", {"scans": [{"id": SCAN, "text": ZONE} | chosen]}, "grounds", "grounds"),
        ("/checkpoint/counts", {"id": SCAN, "found": 1} | chosen, "grounds", "grounds"),
        ("/following/new", FOLLOWED | chosen, "grounds", "grounds"),
        ("/following/new", FOLLOWED | {"grounds": mine, "around": ids["camera"]}, "around", "camera"),
        ("/api/v1/following", FOLLOW | {"grounds": mine, "cameras": [ids["camera"]]}, "cameras", "camera"),
        ("/api/v1/following/ask", FOLLOW | {"reason": WHY} | chosen, "grounds", "grounds"),
        ("/flights/new", {"message": TABLE} | chosen, "grounds", "grounds"),
        ("/flights/watched", {"flight": "LI117", "until": DAY} | chosen, "grounds", "grounds"),
        ("/api/v1/manifests", {"text": TABLE, "grounds": ids["grounds"]}, "", "grounds"),
        ("/lists/new", {"list": "Ana Example", "grounds": ids["grounds"]}, "grounds", "grounds"),
        ("/crosschecks/new", CROSSED | {"list": "Ana Example 1984-02-03"} | chosen, "grounds", "grounds"),
        (
            "/api/v1/crosschecks",
            {"partners": ["other.example"], "text": "Ana Example"} | chosen,
            "",
            "grounds",
        ),
        ("/api/v1/checks", asked | {"grounds": ids["grounds"]}, "grounds", "grounds"),
        ("/api/v1/lists", {"text": "Ana Example", "grounds": ids["grounds"]}, "grounds", "grounds"),
        ("/break-glass/new", {"object": "x", "reason": WHY, "grounds": ids["grounds"]}, "grounds", "grounds"),
        (f"{case}/members", {"person": ids["alert"], "part": "reader"}, "person", "alert"),
        (f"{case}/members/remove", {"person": ids["alert"]}, "person", "alert"),
        ("/questions/new", {"check": ids["check"], "until": DAY}, "check", "check"),
        ("/questions/new", {"name": "Ana Example", "until": DAY, "grounds": ids["grounds"]}, "", "grounds"),
        (
            "/reconcile",
            {"queries": json.dumps(batch), "Liaison-Grounds": ids["grounds"]},
            "header",
            "grounds",
        ),
        ("/reconcile", {"extend": json.dumps(extend), "Liaison-Grounds": mine}, "extend", "holding"),
        (
            "/match/default",
            JSON["/match/{dataset}"](ids) | {"Liaison-Grounds": ids["grounds"]},
            "header",
            "grounds",
        ),
    ]


@pytest.mark.parametrize("who", Role, ids=lambda who: who.name)
def test_an_object_of_others_in_a_body_is_none(ground: Ground, who: Role) -> None:
    owned, own = ground.scene.owned, ground.scene.held[who]
    missing = {kind: absent(value) for kind, value in owned.items()}
    pairs = zip(forms_with_ids(owned, own), forms_with_ids(missing, own), strict=True)
    for foreign, none in pairs:
        kind = foreign[3]
        if by_right(kind, who):
            continue
        answers = []
        for (path, sent, _, _), value in ((foreign, owned[kind]), (none, missing[kind])):
            body = dict(sent)
            headers = {"Liaison-Grounds": str(body.pop("Liaison-Grounds", ""))}
            program = path.startswith(("/api/", "/match", "/reconcile"))
            client = ground.clients[who, program]
            form = (not program or path == "/reconcile") and not path.startswith("/checkpoint")
            answer = client.post(path, headers=headers, **{"data" if form else "json": body})
            answers.append((answer.status_code, answer.content.replace(value.encode(), b"ID")))
        assert answers[0] == answers[1], f"{foreign[0]} {foreign[2]} tells {who} that there is such a {kind}"
        assert answers[0][0] < 500


def test_a_request_to_read_says_the_same_of_every_record_before_its_grounds_are_named(ground: Ground) -> None:
    for who in (Role.INVESTIGATOR, Role.DESK_OFFICER, Role.SUPERVISOR):
        real = ground.scene.owned["holding"]
        answers = [
            ground.clients[who, False].get(f"/holdings/{one}").text.replace(one, "ID")
            for one in (real, absent(real), "holding-of-nobody")
        ]
        assert len({*answers}) == 1
