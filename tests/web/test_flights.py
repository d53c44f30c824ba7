"""Flights over HTTP: a list handed in, who is on board, what is watched, a masked passenger named by an approval."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import msgspec
import pytest

from liaison.demo import agency
from liaison.formats.manifests import Passenger, writing
from liaison.formats.manifests.model import Named
from liaison.model.roles import Role
from liaison.screening.flights import masking
from liaison.web.language import LANGUAGES
from tests.formats.manifests.made import manifest, many
from tests.screening.flights.flown import flight
from tests.web.scene import KNOWN, Scene, a_case, a_scene
from tests.web_fixtures import Officer

CASES, NUMBERS = count(1), count(200)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with a_scene(tmp_path_factory.mktemp("flights")) as scene:
        yield scene


@pytest.fixture
def officer(scene: Scene) -> Officer:
    return scene.owners[Role.INVESTIGATOR]


@pytest.fixture
def grounds(scene: Scene, officer: Officer) -> str:
    return a_case(scene.desk, officer, f"F-{next(CASES)}")[1]


def sought() -> Passenger:
    """The one passenger whom a record of the scene is like."""
    given, _, surname = KNOWN.partition(" ")
    return Passenger(names=(Named(surname.upper(), given.upper()),), seat="12C", locator="ABC123")


def message(scene: Scene, *people: Passenger, number: str = "") -> bytes:
    day = (scene.desk.office.now() + timedelta(days=1)).date().isoformat()
    listed = manifest(people or (*many(5), sought()))
    listed = msgspec.structs.replace(listed, flights=(flight(number or str(next(NUMBERS)), day),))
    return writing.paxlst(listed)


def sent(browser: Any, grounds: str, *contents: bytes, **fields: str) -> Any:
    files = [("file", (f"file{at}.edi", content, "text/plain")) for at, content in enumerate(contents, 1)]
    return browser.post("/flights/new", data={"grounds": grounds, **fields}, files=files)


def test_a_list_from_the_form_to_the_page_of_the_flight(scene: Scene, officer: Officer, grounds: str) -> None:
    with scene.desk.browser(officer) as browser:
        form = browser.get("/flights/new")
        assert "multiple" in form.text
        assert f'value="{grounds}"' in form.text
        done = sent(browser, grounds, message(scene, number="117"))
        assert done.status_code == 303
        shown = browser.get(done.headers["location"])
        assert "The passenger list is taken." in shown.text
        assert "TIA – LHR" in shown.text
        assert KNOWN.split()[1].upper() in shown.text
        assert "to be decided" in shown.text
        assert re.search(r'href="/alerts/alert-[^"]*">Compare and decide<', shown.text)
        assert "No. in the list" in shown.text
        listed = browser.get("/flights", params={"number": "117"})
        assert "LI117" in listed.text
        assert "1 to decide" in listed.text
        assert KNOWN.split()[1].upper() not in listed.text
        assert "No such flight" in browser.get("/flights", params={"number": "999"}).text
        again = sent(browser, grounds, message(scene, number="117"))
        assert "manifest-known" in again.headers["location"]


def test_search_and_pages(scene: Scene, officer: Officer, grounds: str) -> None:
    with scene.desk.browser(officer) as browser:
        place = (
            sent(browser, grounds, message(scene, *many(130), sought())).headers["location"].partition("?")[0]
        )
        first = browser.get(place)
        assert "131 people" in first.text
        assert 'aria-label="Page 2"' in first.text
        assert "B00000129" not in first.text
        assert "B00000129" in browser.get(place, params={"at": "2"}).text
        found = browser.post(place, data={"search": "B00000129"})
        assert "B00000129" in found.text
        assert "1 person" in found.text
        many_found = browser.post(place, data={"search": "B0000", "at": "2"})
        assert "Page 2 of 2" in many_found.text
        assert "Nobody on this list is found so" in browser.post(place, data={"search": "zzz"}).text


def test_a_batch_tells_of_the_file_that_was_bad(scene: Scene, officer: Officer, grounds: str) -> None:
    with scene.desk.browser(officer) as browser:
        done = sent(browser, grounds, message(scene), b"\x00\x01", message(scene))
        assert done.status_code == 200
        assert "1 file could not be taken" in done.text
        assert "file2.edi" in done.text
        assert len(re.findall(r'href="/flights/flight-', done.text)) == 2


def test_what_cannot_be_taken_is_said_at_its_field(scene: Scene, officer: Officer, grounds: str) -> None:
    with scene.desk.browser(officer) as browser:
        nothing = sent(browser, grounds)
        assert nothing.status_code == 400
        assert 'id="file-error"' in nothing.text
        others = sent(browser, "grounds-of-nobody", message(scene))
        assert others.status_code == 400
        assert 'id="grounds-error"' in others.text
        table = browser.post(
            "/flights/new", data={"grounds": grounds, "message": "surname,given\nExample,Ana"}
        )
        assert 'id="flight-error"' in table.text
        fields = {"flight": "LI500", "day-year": "2026", "day-month": "3", "day-day": "5"}
        taken = browser.post(
            "/flights/new", data={"grounds": grounds, "message": "surname,given\nExample,Ana", **fields}
        )
        assert taken.status_code == 303
        bad = browser.get("/flights", params={"day": "the fifth"})
        assert bad.status_code == 400
        assert 'id="day-error"' in bad.text


def test_the_api_takes_lists_and_shows_flights(scene: Scene, officer: Officer, grounds: str) -> None:
    with scene.desk.program(officer) as client:
        content = base64.b64encode(message(scene, number="150")).decode()
        body = {"grounds": grounds, "files": [{"name": "a.edi", "content": content}, {"content": "AAE="}]}
        made = client.post("/api/v1/manifests", json=body)
        assert made.status_code == 201
        (one,), (refused,) = made.json()["manifests"], made.json()["refused"]
        assert (one["name"], one["people"], one["state"], one["new"]) == ("LI150", 6, "checked", True)
        assert refused["file"] == "message"
        text = client.post(
            "/api/v1/manifests", json={"grounds": grounds, "text": message(scene, number="150").decode()}
        )
        assert [each["new"] for each in text.json()["manifests"]] == [False]
        listed = client.get("/api/v1/flights", params={"number": "LI150"}).json()["items"]
        assert [(each["id"], each["candidates"]) for each in listed] == [(one["flight"], 1)]
        shown = client.post(f"/api/v1/flights/{one['flight']}/search", json={"search": "12C"}).json()
        (person,) = shown["aboard"]
        assert (person["place"], person["seat"], shown["found"]) == (6, "12C", 1)
        assert person["alerts"][0]["state"] == "candidate"
        assert len(client.get(f"/api/v1/flights/{one['flight']}").json()["aboard"]) == 6
        assert client.get("/api/v1/flights/flight-nowhere").status_code == 404


def test_a_watched_flight_is_told_on_the_page_of_the_person(
    scene: Scene, officer: Officer, grounds: str
) -> None:
    day = (scene.desk.office.now() + timedelta(days=20)).date()
    until = {"until-year": str(day.year), "until-month": str(day.month), "until-day": str(day.day)}
    with scene.desk.browser(officer) as browser:
        wrong = browser.post("/flights/watched", data={"grounds": grounds, "flight": "none", **until})
        assert 'id="flight-error"' in wrong.text
        assert f'name="until-day" type="text" inputmode="numeric" value="{day.day}"' in wrong.text
        far = browser.post(
            "/flights/watched", data={"grounds": grounds, "flight": "LI600", "until": "2031-01-01"}
        )
        assert far.status_code == 400
        last = {"grounds": grounds, "flight": "LI600", "until": "9999-12-31"}
        refused = browser.post("/flights/watched", data=last)
        assert (refused.status_code, "this day is too far ahead" in refused.text) == (400, True)
        done = browser.post("/flights/watched", data={"grounds": grounds, "flight": "li 600", **until})
        assert done.status_code == 303
        sent(browser, grounds, message(scene, number="600"))
        assert "A passenger list of a flight that you watch has come" in browser.get("/").text
        page = browser.get("/flights/watched")
        assert f'datetime="{day.isoformat()}">' in page.text, "its last day, and not the midnight after it"
        assert re.search(r'href="/flights/flight-[a-z0-9]+">LI600', page.text)
        assert f'<time datetime="{day}">' in page.text, "the last day itself, not the midnight that ends it"
        watch = re.findall(r'action="/flights/watched/(watch-[a-z0-9]+)/end"', page.text)[0]
        assert browser.post(f"/flights/watched/{watch}/end").status_code == 303
        assert f"/flights/watched/{watch}/resume" in browser.get("/flights/watched").text
        assert browser.post(f"/flights/watched/{watch}/resume").status_code == 303
        assert browser.post(f"/flights/watched/{watch}/resume").status_code == 409


def test_a_pasted_text_that_is_no_list_is_told_what_one_is(
    scene: Scene, officer: Officer, grounds: str
) -> None:
    with scene.desk.browser(officer) as browser:
        page = browser.post("/flights/new", data={"grounds": grounds, "message": "hello"})
    assert page.status_code == 400
    assert 'id="message-error"' in page.text
    assert "a message begins with UNA or UNB" in page.text
    assert "flight,date,surname,given,born,nationality,document" in page.text


def test_doubts_of_a_table_name_its_rows(scene: Scene, officer: Officer, grounds: str) -> None:
    table = "flight,date,surname,given,born\nLI700,2026-03-04,Nobody,Else,1984-32-03\n"
    with scene.desk.browser(officer) as browser:
        done = browser.post("/flights/new", data={"grounds": grounds, "message": table})
        page = browser.get(done.headers["location"]).text
    assert "row 1, pasted message" in page
    assert "segment" not in page


def test_a_masked_passenger_is_named_once_by_an_approval(
    scene: Scene, officer: Officer, grounds: str
) -> None:
    approver = scene.owners[Role.APPROVER]
    with scene.desk.browser(officer) as browser:
        place = sent(browser, grounds, message(scene, number="700")).headers["location"].partition("?")[0]
        (alert, *_) = re.findall(r'href="/alerts/(alert-[a-z0-9]+)"', browser.get(place).text)
        browser.post(f"/alerts/{alert}/confirm", data={"confirm_reason": "Same person by the photograph"})
    before = scene.desk.clock.time
    try:
        scene.desk.clock.time = before + timedelta(days=183)
        masking.run(scene.desk.office)
    finally:
        scene.desk.clock.time = before
    with scene.desk.browser(officer) as browser:
        masked = browser.get(place)
        assert KNOWN.split()[1].upper() not in masked.text
        assert "This list is masked" in masked.text
        form = browser.get(f"/flights/passengers/{alert}/unmask")
        assert KNOWN.split()[1].upper() not in form.text
        body = {
            "grounds": grounds,
            "authority": "Court of Valdria, 7/26",
            "reason": "The court asks who flew",
        }
        assert (
            'id="authority-error"'
            in browser.post(f"/flights/passengers/{alert}/unmask", data=body | {"authority": ""}).text
        )
        asked = browser.post(f"/flights/passengers/{alert}/unmask", data=body)
        approval = asked.headers["location"].partition("?")[0].rpartition("/")[2]
        assert browser.post(f"/approvals/{approval}/unmask").status_code == 409
    with scene.desk.browser(approver) as other:
        assert "Court of Valdria, 7/26" in other.get(f"/approvals/{approval}").text
        other.post(
            f"/approvals/{approval}", data={"answer": "approve", "reason": "The decision lies before me"}
        )
    with scene.desk.browser(officer) as browser:
        assert f'action="/approvals/{approval}/unmask"' in browser.get(f"/approvals/{approval}").text
        named = browser.post(f"/approvals/{approval}/unmask")
        assert named.status_code == 200
        assert KNOWN.split()[1].upper() in named.text
        assert browser.post(f"/approvals/{approval}/unmask").status_code == 409


def test_who_has_no_flights_is_told_how_to_begin(scene: Scene) -> None:
    with scene.desk.browser(scene.visitors[Role.DESK_OFFICER]) as browser:
        assert "No passenger list was taken in your cases" in browser.get("/flights").text
        assert "You watch no flight" in browser.get("/flights/watched").text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_speak_every_language(scene: Scene, officer: Officer, language: str) -> None:
    with scene.desk.browser(officer) as browser:
        browser.headers["accept-language"] = language
        for place in ("/flights", "/flights/new", "/flights/watched"):
            assert browser.get(place).status_code == 200


def test_who_checks_no_lists_finds_no_flights(scene: Scene) -> None:
    with scene.desk.browser(scene.owners[Role.AUDITOR]) as browser:
        assert browser.get("/flights").status_code in (403, 404)
        assert 'href="/flights"' not in browser.get("/").text
    assert agency.DESK
