"""A document over HTTP: examined in words, refused at the field, a hit without its record; nothing of it is kept."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from sqlalchemy import func, select

from liaison.formats.mrz.layouts import TD3
from liaison.formats.mrz.writing import written
from liaison.holdings.imports import import_file
from liaison.model.roles import Role
from liaison.storage.tables.screening import TRACES
from liaison.web.language import LANGUAGES
from tests.web.scene import Scene, a_case, a_scene, order
from tests.web_fixtures import Officer

CASES = count(1)
OWNER, STOLEN = "Border police, Morina", "XX0000001"
SOUND = {"code": "P", "issuer": "ALB", "nationality": "ALB", "surname": "OBERMULLER", "given": "WOLFGANG",
         "number": "BA7654321", "birth": "900315", "sex": "M", "expiry": "310601"}  # fmt: skip
SECRET = "A remark that stands in the record alone"


def zone(**changes: str) -> str:
    return written(TD3, **{**SOUND, **changes})


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with a_scene(tmp_path_factory.mktemp("documents")) as scene:
        said = {"kind": "document", "id": "L1", "number": STOLEN, "type": "passport", "issuer": "ALB"}
        said |= {"category": "suspect", "status": "stolen", "remark": SECRET, "owner": OWNER}
        by = scene.desk.actor(scene.owners[Role.DESK_OFFICER])
        listed = order(scene.desk, json.dumps(said).encode(), "Lost and stolen", name="lost.jsonl")
        assert import_file(scene.desk.office, by, listed).new == 1
        scene.desk.node.live.refresh()
        yield scene


@pytest.fixture
def officer(scene: Scene) -> Officer:
    return scene.owners[Role.INVESTIGATOR]


@pytest.fixture
def grounds(scene: Scene, officer: Officer) -> str:
    """Grounds in a case of their own: the law counts the persons asked about in a case."""
    return a_case(scene.desk, officer, f"D-{next(CASES)}")[1]


def test_a_document_from_the_form_to_the_answer(scene: Scene, officer: Officer, grounds: str) -> None:
    with scene.desk.browser(officer) as browser:
        form = browser.get("/documents", params={"grounds": grounds})
        assert f'value="{grounds}" selected' in form.text
        answer = browser.post("/documents", data={"mrz": zone(), "grounds": grounds, "place": "Morina"})
        assert answer.status_code == 200
        assert "Nothing was found against it" in answer.text
        assert "not thereby genuine" in answer.text
        assert "OBERMULLER, WOLFGANG" in answer.text
        assert re.search(r"l-tag--info[^>]*>no hit<", answer.text)
        assert "The page was not compared" in answer.text
        check = re.search(r'href="(/checks/check-[^"]+)"', answer.text)
        assert check
        assert "BA7654321" in browser.get(check[1]).text, (
            "the check is kept, sealed, and shown like every check"
        )


def test_a_hit_says_whom_to_call_and_shows_nothing_of_the_record(
    scene: Scene, officer: Officer, grounds: str
) -> None:
    with scene.desk.browser(officer) as browser:
        page = browser.post("/documents", data={"mrz": zone(number=STOLEN), "grounds": grounds}).text
        assert "Reported lost, stolen or invalid" in page
        assert "Nothing was found against it" not in page
        assert OWNER in page
        assert re.search(r'href="/alerts/alert-[^"]+"', page)
        assert SECRET not in page
    with scene.desk.program(officer) as program:
        sent = {"mrz": zone(number=STOLEN), "grounds": grounds}
        found = program.post("/api/v1/documents", json=sent).json()
        assert (found["listed"], found["alerts"], found["outcome"]) == ("hit", [], "nothing-found")
        ((hit),) = found["reported"]
        assert (set(hit), hit["call"]) == ({"alert", "call"}, OWNER)
        assert "L1" not in json.dumps(found)
        assert program.get(f"/api/v1/alerts/{hit['alert']}").json()["state"] == "candidate"


def test_the_interface_tells_fields_digits_findings_and_sources(
    scene: Scene, officer: Officer, grounds: str
) -> None:
    with scene.desk.program(officer) as program:
        wrong = zone(surname="SOBOLEV", given="ALEKSEY", birth="720412").replace("BA7654321", "BA7654327")
        sent: dict[str, Any] = {"mrz": wrong, "grounds": grounds, "page": {"born": "12.04.1972", "sex": "f"}}
        answer = program.post("/api/v1/documents", json=sent)
        assert answer.status_code == 201
        found = answer.json()
        assert (found["consistent"], found["outcome"], found["listed"]) == (False, "stop", "no-hit")
        assert {one["name"]: one["meaning"] for one in found["fields"]}["birth"] == "1972-04-12"
        assert [one["field"] for one in found["digits"] if not one["agrees"]] == [
            "number_check",
            "composite_check",
        ]
        assert {one["rule"] for one in found["findings"]} == {"zone.check-digit", "page.sex"}
        assert all(one["words"] and one["source"] for one in found["findings"])
        assert scene.owned["holding"] in {alert["holding"] for alert in found["alerts"]}
        entry = program.get(f"/api/v1/ledger/entries/{found['entry']}").json()
        assert (entry["what"], entry["outcome"], entry["grounds"]) == ("document-examined", "stop", grounds)
        assert "BA765432" not in json.dumps(entry)


def test_findings_are_drawn_with_words_and_pictures(scene: Scene, officer: Officer, grounds: str) -> None:
    wrong = zone(number="BA2222222", nationality="SRB", expiry="380601")
    sent = {"mrz": wrong, "grounds": grounds, "page_number": "BA0000000"}
    with scene.desk.browser(officer) as browser:
        page = browser.post("/documents", data=sent).text
    assert "It does not hold together" in page
    assert "The page was not compared" not in page
    drawn = re.findall(
        r'l-finding l-finding--(\w+)"><svg.*?l-finding__rule">([^<]+)<strong[^>]*>([^<]+)', page, re.S
    )
    assert {(tone, words) for tone, _, words in drawn} == {
        ("bad", "does not fit together"),
        ("warn", "look again"),
    }
    assert {rule.strip() for _, rule, _ in drawn} == {
        "page and zone have different numbers",
        "it is valid for longer than any state issues",
        "a passport of one state for a national of another",
    }


def test_a_check_digit_that_disagrees_says_of_which_field_what_it_means_and_what_to_do(
    scene: Scene, officer: Officer, grounds: str
) -> None:
    wrong = zone().replace("900315", "900316")
    assert wrong != zone()
    with scene.desk.browser(officer) as browser:
        page = browser.post("/documents", data={"mrz": wrong, "grounds": grounds}).text
    rules = re.findall(r'l-finding__rule">([^<]+)<strong[^>]*>([^<]+)', page)
    assert [(rule.strip(), tag) for rule, tag in rules] == [
        ("the check digit does not agree: Born", "misread or altered"),
        ("the check digit does not agree: the zone as a whole", "misread or altered"),
    ]
    assert page.count("If it stays so, compare it with the page sign by sign") == 2
    assert "cannot be so" not in page


def test_a_text_that_is_no_zone_is_answered_with_an_example(
    scene: Scene, officer: Officer, grounds: str
) -> None:
    with scene.desk.browser(officer) as browser:
        page = browser.post("/documents", data={"mrz": "hello", "grounds": grounds}).text
    assert "a zone has 2 lines of 44 or 36 signs, or 3 of 30; the line has 5 here" in page
    assert "first is like P&lt;UTOSPECIMEN&lt;&lt;NOBODY&lt;" in page


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"mrz": ""}, "mrz"),
        ({"mrz": "<script>alert(1)</script>"}, "mrz"),
        ({"mrz": "P<ALBHOXHA<<ARBEN<<<<<<<<<<<<<<<<<<<<<<<<<<<"}, "mrz"),
        ({"mrz": "A" * 4001}, "mrz"),
        ({"grounds": ""}, "grounds"),
        ({"grounds": "grounds-" + "a" * 26}, "grounds"),
        ({"place": "x" * 81}, "place"),
        ({"page_born": "yesterday"}, "page_born"),
        ({"page_expires": "31.02.2031"}, "page_expires"),
        ({"page_issued": "2031-13-01"}, "page_issued"),
        ({"page_issuer": "Atlantis"}, "page_issuer"),
        ({"page_nationality": "Atlantis"}, "page_nationality"),
        ({"page_sex": "Q"}, "page_sex"),
        ({"page_surname": "x" * 201}, "page_surname"),
    ],
)
def test_a_form_that_is_refused_keeps_its_input(
    scene: Scene, officer: Officer, grounds: str, wrong: dict[str, str], field: str
) -> None:
    sent = {"mrz": zone(), "grounds": grounds, "place": "Kept Place", "page_given": "Kept Name"} | wrong
    with scene.desk.browser(officer) as browser:
        answer = browser.post("/documents", data=sent)
    assert answer.status_code == 400
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}-error"' in answer.text
    assert "<script>alert" not in answer.text
    if "place" not in wrong:
        assert 'value="Kept Place"' in answer.text
    assert 'value="Kept Name"' in answer.text
    assert '<details class="govuk-details" open' in answer.text


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"mrz": "nothing of a zone"}, "mrz"),
        ({"latitude": 41.0}, "longitude"),
        ({"page": {"born": "soon"}}, "page.born"),
    ],
)
def test_the_interface_names_the_field(
    scene: Scene, officer: Officer, grounds: str, wrong: dict[str, Any], field: str
) -> None:
    with scene.desk.program(officer) as program:
        refused = program.post("/api/v1/documents", json={"mrz": zone(), "grounds": grounds} | wrong)
    assert (refused.status_code, refused.json()["field"]) == (400, field)


def test_the_page_may_name_countries_by_name_and_dates_as_they_are_printed(
    scene: Scene, officer: Officer, grounds: str
) -> None:
    page = {"issuer": "Albania", "nationality": "alb", "expires": "01 06 2031", "issued": "02.06.2021"}
    with scene.desk.program(officer) as program:
        sent = {"mrz": zone(number="BA3333333"), "grounds": grounds, "page": page}
        assert program.post("/api/v1/documents", json=sent).json()["findings"] == []
        germans = zone(issuer="D", nationality="D", number="C01X00T47")
        sent |= {"mrz": germans, "page": {"issuer": "d", "nationality": "Germany"}}
        assert program.post("/api/v1/documents", json=sent).json()["findings"] == []


def test_a_document_with_two_people_and_in_two_places(scene: Scene, officer: Officer, grounds: str) -> None:
    with scene.desk.program(officer) as program:
        sent = {"mrz": zone(number="BA1111111"), "grounds": grounds, "place": "Rinas"}
        here, there = {"latitude": 41.41, "longitude": 19.72}, {"latitude": 51.13, "longitude": 1.31}
        assert program.post("/api/v1/documents", json=sent | here).json()["findings"] == []
        other = {"mrz": zone(number="BA1111111", birth="910315"), "place": "Dover"} | there
        found = program.post("/api/v1/documents", json=sent | other).json()
    assert [one["rule"] for one in found["findings"]] == ["seen.other-person", "seen.elsewhere"]
    assert "Rinas" in found["findings"][0]["words"]


def test_traces_end_by_themselves(scene: Scene, officer: Officer, grounds: str) -> None:
    desk = scene.desk
    count_of = select(func.count()).select_from(TRACES)
    with desk.program(officer) as program:
        assert program.post("/api/v1/documents", json={"mrz": zone(), "grounds": grounds}).status_code == 201
    assert desk.office.read(lambda connection: connection.execute(count_of).scalar_one()) > 0
    job = next(each for each in desk.node.background if each.name == "examined-documents")
    before, hours = desk.clock.time, desk.node.settings.document_hours
    desk.clock.forward(hours=hours)
    try:
        job.now()
    finally:
        desk.clock.time = before
    assert desk.office.read(lambda connection: connection.execute(count_of).scalar_one()) == 0


def test_who_has_no_grounds_is_told_where_to_give_them(scene: Scene) -> None:
    newcomer = scene.enrol("New Investigator", "East", Role.INVESTIGATOR)
    with scene.desk.browser(newcomer) as browser:
        page = browser.get("/documents").text
    assert "First say why you ask" in page
    assert "<textarea" not in page


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_the_answer_speaks_the_readers_language(
    scene: Scene, officer: Officer, grounds: str, language: str
) -> None:
    with scene.desk.browser(officer) as browser:
        browser.post("/settings", data={"language": language, "theme": "auto"})
        page = browser.post("/documents", data={"mrz": zone(expiry="380601"), "grounds": grounds}).text
        browser.post("/settings", data={"language": "en", "theme": "auto"})
    assert f'<html lang="{language}"' in page
    assert "it is valid for longer than any state issues" not in page
    assert "It does not hold together" not in page
