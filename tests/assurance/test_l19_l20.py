"""L19: nothing is shown of anybody's data without a row of the ledger. L20: the log serves oversight alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar.handlers import HTTPRouteHandler

from liaison.ledger.log import size
from liaison.model.roles import Role, capabilities
from liaison.web.security import Open, audience_of
from tests.web.objects import KIND_OF
from tests.web.scene import Scene, a_scene

WITHOUT = {  # what shows no personal data of those who are looked for, and why
    "/alerts": "drawn empty or logged: see the test below",
    "/api/v1/alerts": "likewise",
    "/approvals": "ids and codes of requests",
    "/approvals/more": "a form",
    "/api/v1/approvals": "ids and codes of requests",
    "/audit": "ids of one's own samples",
    "/api/v1/audit/samples": "ids of one's own samples",
    "/break-glass": "ids and dates",
    "/api/v1/break-glass": "ids and dates",
    "/break-glass/new": "a form",
    "/cameras": "a register of places, with counts",
    "/cameras/{camera_id}": "likewise; what it met is logged, and here nothing",
    "/cameras/live": "times and places of alerts, without the mark",
    "/cameras/live/latest": "likewise",
    "/cameras/new": "a form",
    "/cameras/feeds/new": "a form",
    "/api/v1/cameras": "a register of places, with counts",
    "/api/v1/cameras/{camera_id}": "likewise",
    "/api/v1/sightings": "drawn empty or logged",
    "/sensors": "places of our own drones, boats and teams, and of ships",
    "/sensors/latest": "likewise",
    "/sensors/patrol": "minutes of squares, without who",
    "/sensors/new": "a form",
    "/sensors/{sensor_id}": "a register, with counts",
    "/api/v1/sensors": "likewise",
    "/api/v1/sensors/{sensor_id}": "likewise",
    "/api/v1/sensors/tracks": "places of our own drones, boats and teams, and of ships",
    "/api/v1/sensors/patrol": "minutes of squares, without who",
    "/in-need": "counts and needs, without who",
    "/in-need/latest": "likewise",
    "/in-need/new": "a form",
    "/in-need/contacts": "colleagues and how they are reached",
    "/in-need/{need_id}": "a count and a need, without who",
    "/api/v1/in-need": "counts and needs, without who",
    "/api/v1/in-need/{need_id}": "likewise",
    "/api/v1/in-need/contacts": "colleagues and how they are reached",
    "/map": "places of cameras and of alerts, without the mark",
    "/map/events": "that something changed, and how many of which kind",
    "/map/outlines": "coasts and borders",
    "/map/points": "places of cameras and of alerts, without the mark",
    "/map/shapes": "lines and squares of what the map shows",
    "/map/tiles": "a part of a map that the agency brought",
    "/cases": "drawn empty or logged: see the test below",
    "/api/v1/cases": "likewise",
    "/actions": "times, cases and states, not what is planned",
    "/api/v1/actions": "times, cases and states, not what is planned",
    "/actions/new": "a form",
    "/api/v1/actions/warnings": "partners and times",
    "/cases/new": "a form",
    "/catalog": "names and sizes of lists",
    "/check": "a form, and when one asked",
    "/api/v1/checks": "when one asked, without the questions",
    "/crosschecks": "partners, counts, states and quotas",
    "/api/v1/crosschecks": "partners, counts and states",
    "/api/v1/crosschecks/meters": "quotas",
    "/api/v1/crosschecks/{session_id}": "partners, counts and states, not whom it is about",
    "/api/v1/crosschecks/{session_id}/receipts": "who asked whom, when and how much",
    "/crosschecks/new": "a form, and what partners would learn",
    "/crosschecks/{session_id}": "partners, counts and states; whoever sees the result opens it, which is logged",
    "/crosschecks/{session_id}/permit": "what an authority signs: two names and a digest",
    "/crosschecks/{session_id}/progress": "counts and states",
    "/crosschecks/{session_id}/receipt": "who asked whom, when and how much",
    "/crosschecks/{session_id}/receipt/file": "who asked whom, when and how much",
    "/crosschecks/{session_id}/reopen": "a form; opening it is logged",
    "/crosschecks/served": "partners, their officers' numbers, counts and times",
    "/api/v1/crosschecks/served": "partners, their officers' numbers, counts and times",
    "/crosschecks/sets": "sizes and states",
    "/api/v1/crosschecks/sets": "sizes and states",
    "/checkpoint": "the shell of a screen, without anybody's data",
    "/checkpoint/worker.js": "a script",
    "/checkpoint/state": "one's own name and grounds, by their cases",
    "/checkpoint/counts": "counts by day",
    "/api/v1/checkpoint/counts": "counts by day",
    "/documents": "a form",
    "/following/new": "a form, and when one followed; the mark of an alert that it begins with is logged",
    "/api/v1/following": "times and counts",
    "/flights": "numbers, days and counts",
    "/api/v1/flights": "numbers, days and counts",
    "/flights/new": "a form",
    "/flights/watched": "numbers and days, and not whom they carry",
    "/flights/passengers/{passenger_id}/unmask": "a form",
    "/manifests/{manifest_id}/progress": "counts and state",
    "/holdings/import": "a form",
    "/holdings/imports/{job_id}": "one's own import: rows and fields, not what stands in them",
    "/holdings/retention": "counts",
    "/holdings/vehicles/new": "a form",
    "/api/v1/holdings/retention": "counts",
    "/api/v1/holdings/retention/runs": "counts",
    "/intake": "partners, counts and forms of what came in",
    "/api/v1/intake": "partners, counts and forms of what came in",
    "/lists": "ids, counts and states",
    "/api/v1/lists": "ids, counts and states",
    "/lists/new": "a form",
    "/api/v1/lists/{list_id}": "counts and state",
    "/partners": "authorities and their keys",
    "/api/v1/partners": "authorities and their keys",
    "/partners/add": "a form",
    "/partners/own/card": "the node's own card",
    "/partners/own/rotate": "a form",
    "/people/new": "a form",
    "/permissions": "partners, conditions and clocks",
    "/api/v1/permissions": "partners, conditions and clocks",
    "/protected": "a form",
    "/published": "names and sizes of collections",
    "/published/{shelf_id}": "kinds, handling and dates of what is published, not whom it is about",
    "/questions": "ids and dates",
    "/api/v1/questions": "ids and dates",
    "/questions/new": "a form",
    "/api/v1/questions/{question_id}": "id and dates",
    "/api/v1/questions/{question_id}/alerts": "the scene's question has found nothing; alerts are logged below",
    "/requests": "partners, purposes, counts and clocks",
    "/api/v1/requests": "partners, purposes, counts and clocks",
    "/requests/assurances": "a form",
    "/requests/convictions/copy": "a form",
    "/requests/convictions/new": "a form",
    "/requests/events": "that something changed, not what",
    "/requests/new": "a form",
    "/requests/origins": "a form",
    "/requests/out": "partners, purposes, counts and clocks",
    "/requests/templates": "terms to begin a request with, which name nobody",
    "/api/v1/requests/templates": "terms to begin a request with, which name nobody",
    "/requests/unasked": "partners, purposes and counts",
    "/api/v1/requests/unasked": "partners, purposes and counts",
    "/requests/unasked/new": "a form; what is chosen is shown once its entry is made",
    "/requests/{request_id}/copy": "a form with the request's terms, without its subjects",
    "/api/v1/requests/{request_id}/safeguards": "which rules wait for a signature, and ids",
    "/search/{dataset}": "a check, which is logged: tests/screening",
    "/settings/node": "settings",
}


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with a_scene(tmp_path_factory.mktemp("shown")) as made:
        yield made


def shown(scene: Scene) -> Iterator[tuple[HTTPRouteHandler, str, Role]]:
    """Every address that shows something to a role, with the role."""
    for route in scene.desk.app.routes:
        for handler in route.route_handlers:
            if not isinstance(handler, HTTPRouteHandler) or "GET" not in handler.http_methods:
                continue
            audience = audience_of(handler)
            if audience is None or isinstance(audience, Open):
                continue
            wanted = audience if isinstance(audience, frozenset) else frozenset({audience})
            for role in Role:
                if wanted & capabilities([role], trained=True):
                    yield handler, route.path_format, role


def look(scene: Scene, handler: HTTPRouteHandler, path: str, role: Role) -> tuple[int, int]:
    """The status of the answer to the role whose things these are, and by how many entries the ledger grew."""
    desk, owned = scene.desk, scene.owned
    place = re.sub(r"{(\w+)}", lambda part: owned.get(KIND_OF.get(part[1], ""), "default"), path)
    query = {"grounds": owned["grounds"]} if "holdings/{holding_id}" in path else {}
    open_as = desk.program if handler.opt.get("program") else desk.browser
    with open_as(scene.owners[role]) as client:
        before = desk.office.read(size)
        answer = client.get(place, params=query, headers={"Liaison-Grounds": owned["grounds"]})
    return answer.status_code, desk.office.read(size) - before


def test_nothing_is_shown_without_an_entry(scene: Scene) -> None:
    seen: dict[str, set[bool]] = {}
    for handler, path, role in shown(scene):
        if path not in WITHOUT:
            status, grew = look(scene, handler, path, role)
            if status == 200:
                seen.setdefault(path, set()).add(grew > 0)
    assert {path for path, logged in seen.items() if logged != {True}} == set()
    assert len(seen) >= 20


def test_every_exemption_is_an_address_that_there_is(scene: Scene) -> None:
    assert set(WITHOUT) <= {path for _, path, _ in shown(scene)}


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/alerts", "alert"), ("/api/v1/alerts", "alert"), ("/cases", "case"), ("/api/v1/cases", "case")],
)
def test_what_stands_in_a_list_is_an_entry_too(scene: Scene, path: str, kind: str) -> None:
    program = path.startswith("/api")
    with (scene.desk.program if program else scene.desk.browser)(scene.owners[Role.INVESTIGATOR]) as client:
        before = scene.desk.office.read(size)
        answer = client.get(path)
    assert scene.owned[kind] in answer.text
    assert scene.desk.office.read(size) > before


@pytest.mark.parametrize("role", [Role.INVESTIGATOR, Role.DESK_OFFICER, Role.APPROVER, Role.ADMINISTRATOR])
def test_who_does_not_oversee_finds_no_log_of_others(scene: Scene, role: Role) -> None:
    entry, sample = scene.owned["entry"], scene.owned["sample"]
    places = (f"/api/v1/ledger/entries/{entry}", "/api/v1/audit/samples", f"/api/v1/audit/samples/{sample}")
    with scene.desk.program(scene.visitors[role]) as client:
        answers = [client.get(place) for place in (*places, "/api/v1/nothing")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.json()["title"] for answer in answers}) == 1


def test_the_log_cannot_be_searched_for_whom_was_looked_for(scene: Scene) -> None:
    with scene.desk.program(scene.owners[Role.AUDITOR]) as client:
        told = client.get("/api/v1/ledger/entries", params={"q": "Sobolev", "name": "Sobolev"})
    assert "Sobolev" not in told.text
    described = scene.desk.app.openapi_schema.to_schema()["paths"]["/api/v1/ledger/entries"]["get"]
    assert not {each["name"] for each in described["parameters"]} & {"name", "subject", "q", "digest"}


def test_the_folders_of_the_log_hold_no_name(scene: Scene) -> None:
    scene.desk.node.publish_now()
    kept = b"".join(
        path.read_bytes() for path in Path(scene.desk.node.places.ledger).rglob("*") if path.is_file()
    )
    assert len(kept) > 1000
    for name in ("Sobolev", "Соболев", "Marku", "Prifti", "Harbour"):
        assert name.encode() not in kept
