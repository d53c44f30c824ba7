"""Entries of vehicles over HTTP: written, read back, put right, prolonged, withdrawn, taken back, and what is refused.

Every plate, office and number is invented.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest

from liaison.model.roles import Role
from tests.web.payloads import DAY, REASON, VEHICLE
from tests.web.scene import Scene, a_scene
from tests.web.test_holdings import imported, order
from tests.web_fixtures import Officer

PLACE = "/holdings/vehicles"


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with a_scene(tmp_path_factory.mktemp("vehicles")) as scene:
        yield scene


@pytest.fixture(scope="module")
def clerk(scene: Scene) -> Officer:
    return scene.owners[Role.DESK_OFFICER]


def plates(scene: Scene, plate: str) -> list[str]:
    return [seen.holding for seen in scene.desk.node.live.vehicles(plate)]


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def form(**said: str) -> dict[str, str]:
    return {name: text for name, text in (VEHICLE | said).items() if text}


def test_an_entry_is_written_found_prolonged_withdrawn_and_taken_back_on_its_pages(
    scene: Scene, clerk: Officer
) -> None:
    with scene.desk.browser(clerk) as browser:
        sent = browser.post(f"{PLACE}/new", data=form(plate="AA 601 OB"))
        assert sent.status_code == 303, words(sent.text)
        place = sent.headers["location"].partition("?")[0]
        entry = place.rpartition("/")[2]
        assert plates(scene, "AA601OB") == [entry]
        page = words(browser.get(place).text)
        for told in (
            "AA601OB",
            "ALB",
            "Skoda Octavia",
            "In force",
            "order 12 of the court",
            "Albania since 2011",
        ):
            assert told in page
        soon = (scene.desk.office.now() + dt.timedelta(days=2)).date().isoformat()
        set_ = browser.post(f"{place}/prolong", data={"until": soon, "prolong_reason": REASON})
        assert set_.status_code == 303, words(set_.text)
        assert "Ends within 3 days" in words(browser.get(place).text)
        gone = browser.post(f"{place}/withdraw", data={"withdraw_reason": REASON})
        assert gone.status_code == 303
        assert plates(scene, "AA601OB") == []
        assert "It matches nothing" in browser.get(place).text
        back = browser.post(f"{place}/again", data={"again_reason": REASON})
        assert back.status_code == 303
        assert plates(scene, "AA601OB") == [entry]


def test_a_form_comes_back_with_what_was_wrong_and_what_was_typed(scene: Scene, clerk: Officer) -> None:
    late = (scene.desk.office.now() + dt.timedelta(days=120)).date().isoformat()
    wrong = {
        "plate": ("A", "plate-error"),
        "registered": ("Narnia", "registered-error"),
        "vin": ("1M8GDM9A1KP042788", "vin-error"),
        "until": (late, "until-error"),
        "basis": ("", "basis-error"),
        "action": ("ram it", "action-error"),
        "category": ("victim", "category-error"),
    }
    with scene.desk.browser(clerk) as browser:
        for name, (text, mark) in wrong.items():
            answer = browser.post(f"{PLACE}/new", data=form(**{name: text}))
            assert answer.status_code == 400, name
            assert f'id="{mark}"' in answer.text, (name, words(answer.text)[-600:])
            assert "order 12" in answer.text or name == "basis"


def test_a_reading_in_doubt_is_shown_and_written_once_somebody_says_that_it_is_right(
    scene: Scene, clerk: Officer
) -> None:
    doubtful = form(plate="СА 6021 ЕЕ", registered="BG")  # Cyrillic
    with scene.desk.browser(clerk) as browser:
        seen = browser.post(f"{PLACE}/new", data=doubtful | {"act": "read"})
        assert seen.status_code == 200
        assert "CA6021EE" in seen.text
        assert "Cyrillic letter С was read as the Latin C" in seen.text
        asked = browser.post(f"{PLACE}/new", data=doubtful)
        assert asked.status_code == 400
        assert 'name="sure"' in asked.text
        assert plates(scene, "CA6021EE") == []
        assert browser.post(f"{PLACE}/new", data=doubtful | {"sure": "yes"}).status_code == 303
        assert len(plates(scene, "CA 6021 EE")) == 1


def test_a_correction_begins_with_what_the_entry_says(scene: Scene, clerk: Officer) -> None:
    place = f"{PLACE}/{scene.owned['vehicle']}"
    with scene.desk.browser(clerk) as browser:
        page = browser.get(f"{place}/correct").text
        assert 'value="AA500OB"' in page
        assert "order 11 of the court" in page
        no_reason = browser.post(f"{place}/correct", data=form(plate="AA 500 OB", colour="white"))
        assert no_reason.status_code in (400, 403)
        done = browser.post(
            f"{place}/correct", data=form(plate="AA 500 OB", colour="white", correct_reason=REASON)
        )
        assert done.status_code == 303, words(done.text)
        assert "white" in browser.get(place).text
        record = browser.post(f"/holdings/{scene.owned['vehicle']}/inspect", data={"reason": REASON}).text
        assert "Corrected" in record


def test_the_list_is_filtered_by_state_and_says_where_there_is_none(scene: Scene, clerk: Officer) -> None:
    with scene.desk.browser(clerk) as browser:
        assert "AA500OB" in browser.get(PLACE).text
        assert "AA500OB" not in browser.get(PLACE, params={"entry_state": "withdrawn"}).text
        assert "No entry is in this state" in browser.get(PLACE, params={"entry_state": "restricted"}).text


def test_an_agency_that_seeks_no_vehicle_is_told_how_to_begin(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    from tests.web_fixtures import a_desk

    with a_desk(tmp_path_factory.mktemp("none")) as desk:
        from tests.web.scene import enrol

        officer = enrol(desk, "Own Desk", "North", Role.DESK_OFFICER)
        with desk.browser(officer) as browser:
            assert "This agency seeks no vehicle" in browser.get(PLACE).text


def test_programs_write_list_correct_prolong_and_withdraw(scene: Scene, clerk: Officer) -> None:
    with scene.desk.program(clerk) as program:
        made = program.post("/api/v1/vehicles", json=VEHICLE | {"plate": "AA 603 OB"})
        assert made.status_code == 201, made.text
        entry: dict[str, Any] = made.json()
        assert (entry["state"], entry["plate"], entry["doubts"]) == ("in-force", "AA603OB", [])
        assert entry["wanted"]["action"] == "observe"
        place = f"/api/v1/vehicles/{entry['id']}"
        other = VEHICLE | {"plate": "AA 604 OB", "risk": "two armed men"}
        corrected = program.post(f"{place}/correct", json={"entry": other, "reason": REASON}).json()
        assert (corrected["plate"], corrected["risk"], corrected["version"]) == (
            "AA604OB",
            "two armed men",
            2,
        )
        assert program.post(f"{place}/prolong", json={"until": DAY, "reason": REASON}).status_code == 200
        gone = program.post(f"{place}/withdraw", json={"reason": REASON})
        assert gone.json()["state"] == "withdrawn"
        assert plates(scene, "AA604OB") == []
        assert program.post(f"{place}/withdraw", json={"reason": REASON}).status_code == 409
        assert entry["id"] in program.get("/api/v1/vehicles", params={"entry_state": "withdrawn"}).text
        assert program.post(f"{place}/again", json={"reason": REASON}).json()["state"] == "in-force"
        assert program.get(place).json()["version"] == 5


def test_a_program_is_told_which_field_is_wrong_and_who_may_not_is_refused(
    scene: Scene, clerk: Officer
) -> None:
    with scene.desk.program(clerk) as program:
        for name, text in (
            ("plate", "A"),
            ("registered", "Narnia"),
            ("until", "2099-01-01"),
            ("action", "ram"),
        ):
            answer = program.post("/api/v1/vehicles", json=VEHICLE | {name: text})
            assert answer.status_code == 400
            assert name in answer.text
        assert program.post("/api/v1/vehicles", json=VEHICLE | {"basis": ""}).status_code == 400
    with scene.desk.program(scene.owners[Role.INVESTIGATOR]) as program:
        assert program.get("/api/v1/vehicles").status_code == 404
        assert program.post("/api/v1/vehicles", json=VEHICLE).status_code == 404


def test_a_table_of_vehicles_is_imported_on_the_page_with_columns_named_by_the_person(
    scene: Scene, clerk: Officer
) -> None:
    table = (
        "Tafel;Land;Status;Action;Basis;Dienststelle;Kontakt;Gültig bis;Category\n"
        f"AA 605 OB;AL;wanted;stop;order 3;Unit 1;+355 1;{DAY};suspect\n"
        f"AA 606 OB;Narnia;wanted;stop;order 3;Unit 1;+355 1;{DAY};suspect\n"
    )
    with scene.desk.browser(clerk) as browser:
        page = imported(scene, browser, table, list_name="Vehicles from a table", columns="plate = Tafel")
        assert "Vehicles from a table: 1 new" in page, words(page)[-900:]
        assert "no state that is known by this name or code" in page
        assert len(plates(scene, "AA605OB")) == 1
        wrong = browser.post(
            "/holdings/import",
            data=order(scene, columns="plate Tafel"),
            files={"file": ("list.csv", table.encode())},
        )
        assert 'id="columns-error"' in wrong.text
