"""The checkpoint over HTTP: the shell that browsers keep, a scan, a copy, a report, counts. All names are invented."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest

from liaison.formats.mrz.layouts import TD3
from liaison.formats.mrz.writing import written
from liaison.holdings.imports import import_file
from liaison.model.grounds import Purpose
from liaison.model.roles import Role
from liaison.screening.checkpoint.forms import mark
from liaison.screening.grounds import give_grounds
from liaison.web.checkpoint import MOST_SCANS
from liaison.web.files import files
from tests.holdings.test_wanted import line
from tests.web.scene import Scene, a_case, a_scene, order
from tests.web_fixtures import Officer

CASES = count(1)
STOLEN, OWNER = "XX0000001", "Border police, Morina"
HOLDER = {"code": "P", "issuer": "ALB", "nationality": "ALB", "surname": "OBERMULLER", "given": "WOLFGANG",
          "number": "BA7654321", "birth": "900315", "sex": "M", "expiry": "310601"}  # fmt: skip


def zone(**changes: str) -> str:
    return written(TD3, **{**HOLDER, **changes})


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with a_scene(tmp_path_factory.mktemp("checkpoint")) as scene:
        paper = {"kind": "document", "id": "L1", "number": STOLEN, "type": "passport", "issuer": "ALB"}
        paper |= {"category": "suspect", "status": "stolen", "owner": OWNER}
        by = scene.desk.actor(scene.owners[Role.DESK_OFFICER])
        ends = (scene.desk.clock.now() + timedelta(days=40)).date().isoformat()
        for name, content in (
            ("lost", json.dumps(paper).encode()),
            ("cars", line(expiry=ends, make="Koral Vento", colour="grey")),
        ):
            listed = order(scene.desk, content, name, name=f"{name}.jsonl")
            assert import_file(scene.desk.office, by, listed).new == 1
        scene.desk.node.live.refresh()
        yield scene


@pytest.fixture
def officer(scene: Scene) -> Officer:
    return scene.owners[Role.INVESTIGATOR]


@pytest.fixture
def grounds(scene: Scene, officer: Officer) -> str:
    return a_case(scene.desk, officer, f"B-{next(CASES)}")[1]


@pytest.fixture
def browser(scene: Scene, officer: Officer) -> Iterator[httpx.Client]:
    with scene.desk.browser(officer) as browser:
        yield browser


def scan(browser: httpx.Client, text: str, grounds: str, **said: str) -> dict[str, Any]:
    sent = {"id": str(uuid4()), "text": text, "grounds": grounds, "place": "Booth 3"} | said
    answer = browser.post("/checkpoint/scan", json=sent)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_the_shell_names_nobody_so_that_a_browser_may_keep_it(
    scene: Scene, browser: httpx.Client, officer: Officer, grounds: str
) -> None:
    shell = browser.get("/checkpoint/")
    assert shell.status_code == 200
    state = browser.get("/checkpoint/state").json()
    assert state["officer"]
    assert state["offline_hours"] == 24
    assert grounds in [one for one, _ in state["grounds"]]
    for secret in (state["officer"], grounds, *(words for _, words in state["grounds"])):
        assert secret not in shell.text
    assert browser.get("/checkpoint").content == shell.content


def test_grounds_of_a_border_check_are_offered_first(
    scene: Scene, browser: httpx.Client, officer: Officer, grounds: str
) -> None:
    actor, case = scene.desk.actor(officer), a_case(scene.desk, officer, f"B-{next(CASES)}")[0]
    first_line = give_grounds(
        scene.desk.office,
        actor,
        case,
        purpose=Purpose.BORDER_CHECK,
        basis="border-law",
        justification="First line, early shift",
    )
    offered = [one for one, _ in browser.get("/checkpoint/state").json()["grounds"]]
    assert offered[0] == first_line
    assert grounds in offered[1:]


def test_the_worker_is_told_what_it_keeps_and_is_another_one_when_that_changes(browser: httpx.Client) -> None:
    answer = browser.get("/checkpoint/worker.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"
    assert "worker-src" not in answer.headers["content-security-policy"], "script-src lets it in"
    told = re.match(r"const KEPT = (\{.*\});\n", answer.text)
    assert told
    kept = json.loads(told[1])
    assert kept["addresses"][0] == "/checkpoint/"
    for address in kept["addresses"]:
        assert browser.get(address).status_code == 200
        assert address.startswith(("/checkpoint/", "/static/"))
    linked = re.findall(r'(?:href|src)="(/static/[^"]+)"', browser.get("/checkpoint/").text)
    assert set(linked) <= set(kept["addresses"])
    assert files()["checkpoint-worker.js"].content.decode() in answer.text


def test_a_scan_is_told_at_once_in_words_and_the_same_one_again_in_outline(
    browser: httpx.Client, grounds: str
) -> None:
    clear = scan(browser, zone(), grounds)
    assert (clear["kind"], clear["verdict"], clear["title"]) == ("document", "clear", "Nothing found")
    assert ["Number", "BA7654321"] in clear["read"]
    assert "genuine" not in json.dumps(clear)
    id = str(uuid4())
    hit = scan(browser, zone(number=STOLEN), grounds, id=id)
    assert (hit["verdict"], hit["call"], hit["quiet"]) == ("hit", [OWNER], False)
    assert hit["alerts"][0]["href"] == f"/alerts/{hit['alerts'][0]['id']}"
    assert browser.get(hit["alerts"][0]["href"]).status_code == 200
    again = scan(browser, zone(number=STOLEN), grounds, id=id)
    assert (again["doubled"], again["verdict"], again["entry"]) == (True, "hit", hit["entry"])
    assert (again["alerts"], again["read"]) == ([], [])


def test_a_discreet_vehicle_is_quiet_and_says_danger_first(browser: httpx.Client, grounds: str) -> None:
    told = scan(browser, "aa 107 ob", grounds)
    assert (told["kind"], told["verdict"], told["quiet"]) == ("plate", "hit", True)
    assert told["instructions"][0] == "Danger: the driver may be armed"
    assert told["instructions"][-1].startswith("Verify the match first"), "warnings come before it"
    assert any("as in any other control" in words for words in told["instructions"])
    assert told["call"] == ["Vehicle crime, Durrës, +355 4 555 0100, day and night"]
    assert scan(browser, "АА 107 ОВ", grounds)["verdict"] == "hit", "in letters that look Latin"
    assert scan(browser, "AA 107 0B", grounds)["verdict"] == "look"


def test_an_answer_about_a_vehicle_speaks_of_the_vehicle_and_says_what_its_entry_describes(
    browser: httpx.Client, grounds: str
) -> None:
    told = scan(browser, "aa 107 ob", grounds)
    assert dict(told["recorded"]) == {
        "Registration mark": "AA107OB",
        "Registered in": "ALB",
        "Make and model": "Koral Vento",
        "Colour": "grey",
        "Identification number": "not recorded",
    }
    assert "Compare make, colour" in told["said"]
    look = scan(browser, "AA 107 0B", grounds)
    assert ("sign by sign" in look["said"], look["recorded"]) == (True, told["recorded"])
    clear = scan(browser, "AA 999 ZZ", grounds)
    assert ("vehicle" in clear["said"], clear["recorded"]) == (True, [])
    assert "person" not in " ".join((told["said"], look["said"], clear["said"], *told["instructions"]))
    assert scan(browser, zone(number=STOLEN), grounds)["recorded"] == []


def test_an_expired_document_is_looked_at_again(browser: httpx.Client, grounds: str) -> None:
    told = scan(browser, zone(expiry="250601", number="BA7654322"), grounds)
    assert told["verdict"] == "look"
    assert any("expired on 2025-06-01" in one["words"] for one in told["findings"])


def test_the_code_of_an_alert_and_of_a_copys_entry_is_found_by_who_may_see_it(
    scene: Scene, browser: httpx.Client, officer: Officer, grounds: str
) -> None:
    (alert,) = scan(browser, zone(number=STOLEN), grounds)["alerts"]
    assert re.fullmatch("[0-9A-HJKMNP-TV-Z]{6}", alert["code"])
    for typed in (alert["code"], alert["code"].lower(), f" {alert['code'][:3]} {alert['code'][3:]} "):
        answer = browser.get("/alerts", params={"code": typed})
        assert (answer.status_code, answer.headers["location"]) == (303, alert["href"])
    copy = browser.post("/checkpoint/copy", json={"grounds": grounds, "place": "Booth 3"}).json()
    key = base64.b64decode(copy["mark_key"])
    *_, code, _ = copy["entries"][mark(key, "document", f"{STOLEN}\nALB")]
    with scene.desk.browser(scene.owners[Role.DESK_OFFICER]) as desk:
        assert desk.get("/alerts", params={"code": alert["code"]}).status_code == 404, "of another's case"
        answer = desk.get("/alerts", params={"code": code})
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/holdings/holding-")
        assert desk.get(answer.headers["location"]).status_code == 200


@pytest.mark.parametrize(
    ("code", "status", "said"),
    [
        ("ZZZZZZ", 404, "no alert and no record that you may see has this code"),
        ("7K2M9", 400, "this is no code"),
        ("7K2M9U", 400, "as 7K2M9Q"),
    ],
)
def test_a_code_that_names_nothing_says_what_to_do(
    browser: httpx.Client, code: str, status: int, said: str
) -> None:
    answer = browser.get("/alerts", params={"code": code})
    assert (answer.status_code, said in answer.text) == (status, True)
    assert f'value="{code}"' in answer.text


def test_two_scans_in_one_are_two_results(browser: httpx.Client, grounds: str) -> None:
    told = scan(browser, (zone() + zone(number=STOLEN)).replace("\n", ""), grounds)
    assert (told["verdict"], [one["verdict"] for one in told["also"]]) == ("clear", ["hit"])


def test_what_can_be_two_things_is_looked_up_as_both_and_told_once_where_nothing_is_found(
    browser: httpx.Client, grounds: str
) -> None:
    told = scan(browser, "AB 12345", grounds)
    assert (told["kind"], told["otherwise"], told["also"]) == ("plate", [], [])
    assert scan(browser, "AB 12345", grounds, taken="number")["kind"] == "number"


@pytest.mark.parametrize(
    "text", ["AA123BB AA999CC", "AA123BB,AA999CC", "AA1234BB XYZ", "WVWZZZ1JZXW000001 AA123BB"]
)
def test_two_marks_in_one_scan_are_refused_and_never_clear(
    browser: httpx.Client, grounds: str, text: str
) -> None:
    sent = {"id": str(uuid4()), "text": text, "grounds": grounds, "place": "Booth 3"}
    answer = browser.post("/checkpoint/scan", json=sent)
    assert (answer.status_code, answer.json()["field"]) == (400, "text")
    assert "scan one at a time" in answer.json()["hint"]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"text": "zzz"}, "text"),
        ({"text": ""}, "text"),
        ({"taken": "a ghost"}, "taken"),
        ({"at": "yesterday"}, "at"),
        ({"verdict": "guilty"}, "verdict"),
    ],
)
def test_what_cannot_be_used_says_where_and_what_to_do(
    browser: httpx.Client, grounds: str, said: dict[str, str], field: str
) -> None:
    sent = {"id": str(uuid4()), "text": "AA 100 AA", "grounds": grounds} | said
    answer = browser.post("/checkpoint/scan", json=sent)
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("application/problem+json")
    problem = answer.json()
    assert (problem["field"], bool(problem["hint"])) == (field, True)


@pytest.mark.parametrize("said", [{"id": "x"}, {"text": "x" * 4001}, {"more": 1}, {"place": "x" * 81}])
def test_a_body_of_another_shape_is_refused(
    browser: httpx.Client, grounds: str, said: dict[str, Any]
) -> None:
    sent = {"id": str(uuid4()), "text": "AA 100 AA", "grounds": grounds} | said
    assert browser.post("/checkpoint/scan", json=sent).status_code == 400


def test_another_site_scans_nothing(browser: httpx.Client, grounds: str) -> None:
    sent = {"id": str(uuid4()), "text": "AA 100 AA", "grounds": grounds}
    answer = browser.post("/checkpoint/scan", json=sent, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_a_booth_works_from_a_copy_and_reports_what_it_scanned(browser: httpx.Client, grounds: str) -> None:
    copy = browser.post("/checkpoint/copy", json={"grounds": grounds, "place": "Booth 3"}).json()
    key = base64.b64decode(copy["mark_key"])
    assert len(key) == 32
    assert re.fullmatch("[0-9A-HJKMNP-TV-Z]{10}", copy["code"])
    kind, orders, office, quiet, reference, until = copy["entries"][mark(key, "plate", "AA10708")]
    assert (kind, quiet, until) == ("plate", 1, "")
    assert re.fullmatch("[0-9A-HJKMNP-TV-Z]{6}", reference)
    assert "holding-" not in json.dumps(copy), "no record is named but by its code"
    assert copy["offices"][office].startswith("Vehicle crime, Durrës")
    assert any("as in any other control" in copy["instructions"][order] for order in orders)
    assert mark(key, "document", f"{STOLEN}\nALB") in copy["entries"]
    assert copy["counts"]["documents"] == 1
    for secret in ("AA107OB", STOLEN, "armed", "order 12"):
        assert secret not in json.dumps(copy, ensure_ascii=False)

    offline = {"grounds": grounds, "place": "Booth 3", "at": copy["made"], "verdict": "hit"}
    good = [
        {"id": str(uuid4()), "text": text} | offline for text in ("AA 107 OB", zone(), zone(number=STOLEN))
    ]
    bad = [{}, {"id": 7}, {"id": str(uuid4()), "text": "zzz"} | offline]
    sent = {"copy": copy["copy"], "scans": [good[0], *bad, *good[1:]]}
    answer = browser.post("/checkpoint/report", json=sent)
    assert answer.status_code == 200
    report = answer.json()
    assert [one["id"] for one in report["done"]] == [one["id"] for one in good]
    assert [one["verdict"] for one in report["done"]] == ["hit", "clear", "hit"]
    assert [one["quiet"] for one in report["done"]] == [True, False, False]
    assert len(report["done"][0]["alerts"]) == 1
    assert [(one["id"], bool(one["hint"])) for one in report["refused"]] == [
        ("", True),
        ("", True),
        (bad[2]["id"], True),
    ]
    again = browser.post("/checkpoint/report", json=sent).json()
    assert all(one["doubled"] for one in again["done"])
    assert browser.post("/checkpoint/report", json=sent | {"copy": "copy-none"}).status_code == 404
    many = {"scans": [{}] * (MOST_SCANS + 1)}
    assert browser.post("/checkpoint/report", json=many).status_code == 400
    assert (
        len(browser.post("/checkpoint/report", json={"scans": [{}] * MOST_SCANS}).json()["refused"])
        == MOST_SCANS
    )


def test_where_no_copy_may_be_carried_none_is_made(
    scene: Scene, browser: httpx.Client, grounds: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = msgspec.structs.replace(scene.desk.node.settings, checkpoint_hours=0)
    monkeypatch.setattr(scene.desk.node, "settings", chosen)
    assert browser.get("/checkpoint/state").json()["offline_hours"] == 0
    answer = browser.post("/checkpoint/copy", json={"grounds": grounds})
    assert answer.status_code == 409
    assert "checkpoint_hours" in answer.json()["hint"]


def test_people_found_and_helped_are_counted_once(
    scene: Scene, browser: httpx.Client, officer: Officer
) -> None:
    case, grounds = a_case(scene.desk, officer, f"B-{next(CASES)}")
    sent = {
        "id": str(uuid4()),
        "grounds": grounds,
        "place": "Booth 3",
        "found": 2,
        "helped": 1,
        "of": "children",
    }
    for _ in range(2):
        assert browser.post("/checkpoint/counts", json=sent).json() == {"found": 2, "helped": 1}
    told = browser.get("/checkpoint/counts", params={"case": case}).json()
    assert (told["found"], told["helped"], [day["of"] for day in told["days"]]) == (2, 1, ["children"])
    with scene.desk.program(officer) as program:
        assert program.get("/api/v1/checkpoint/counts", params={"case": case}).json() == told
    refused = browser.post("/checkpoint/counts", json=sent | {"id": str(uuid4()), "of": "souls"})
    assert (refused.status_code, refused.json()["field"]) == (400, "of")


def test_a_program_scans_the_short_way(scene: Scene, officer: Officer, grounds: str) -> None:
    with scene.desk.program(officer) as program:
        sent = {"id": str(uuid4()), "text": zone(number=STOLEN), "grounds": grounds}
        told = program.post("/api/v1/checkpoint/scans", json=sent)
        assert told.status_code == 200
        assert (told.json()["verdict"], told.json()["call"]) == ("hit", [OWNER])
        assert "/api/v1/checkpoint/scans" in scene.desk.app.short
