"""What pages say of vehicles: on an alert, of an import, in a form that was sent empty. Every plate is invented."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import pytest

from liaison.holdings import corrections
from liaison.model.identifiers import Country, Plate
from liaison.model.roles import Role
from liaison.model.subjects import Vehicle
from liaison.screening import desk as desk_service
from tests.web.payloads import DAY, REASON
from tests.web.scene import Scene, a_case, a_scene
from tests.web.test_holdings import imported, order
from tests.web.test_vehicles import PLACE, form, words
from tests.web_fixtures import Officer

HEAD = "plate,state,status,action,basis,office,contact,expires,category\n"
REST = f"wanted,stop,order 3,Unit 1,+355 1,{DAY},suspect"


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with a_scene(tmp_path_factory.mktemp("vehicle-pages")) as scene:
        yield scene


@pytest.fixture(scope="module")
def clerk(scene: Scene) -> Officer:
    return scene.owners[Role.DESK_OFFICER]


def scanned(scene: Scene, officer: Officer, plate: str, grounds: str) -> desk_service.Answer:
    desk = scene.desk
    asked = Vehicle(plate=Plate(plate), registered=Country("ALB"))
    return desk_service.check(
        desk.office, desk.node.live, desk.actor(officer), desk_service.Question(asked, grounds)
    )


def figures(page: str) -> dict[str, int]:
    told = words(page)
    names = ("Rows read", "New", "Changed", "Unchanged", "Left out")
    return {name: int(re.search(rf"\b{name} (\d+)", told).group(1)) for name in names}  # type: ignore[union-attr]


def test_an_alert_on_a_vehicle_speaks_of_the_vehicle_and_ends_with_its_entry(
    scene: Scene, clerk: Officer
) -> None:
    officer = scene.owners[Role.INVESTIGATOR]
    _, grounds = a_case(scene.desk, officer, "VP-1")
    with scene.desk.browser(clerk) as browser:
        sent = browser.post(f"{PLACE}/new", data=form(plate="AA 701 OB", risk="armed", colour="grey"))
        entry = sent.headers["location"].partition("?")[0].rpartition("/")[2]
    found = [scanned(scene, officer, "AA 701 OB", grounds) for _ in range(3)]
    ids = [answer.alerts[0].id for answer in found]
    with scene.desk.browser(officer) as browser:
        page = words(browser.get(f"/alerts/{ids[2]}").text)
        for told in (
            "AA701OB (ALB)",
            "Skoda Octavia",
            "grey",
            "It is the same vehicle",
            "number on the body",
        ):
            assert told in page, told
        assert "fingerprints" not in page
        assert "person" not in page.partition("Your decision")[2].partition("The record")[0]
        listed = browser.get("/alerts").text
        assert "seen 3 times" in words(listed)
        assert all(f"/alerts/{alert}" in listed for alert in ids)
        corrections.withdraw(scene.desk.office, scene.desk.actor(clerk), entry, REASON)
        gone = browser.get(f"/alerts/{ids[2]}").text
        today = scene.desk.office.now()
        assert f"The entry was withdrawn on {today.day} " in words(gone)
        assert "/confirm" not in gone
        assert "armed" not in gone
        refused = browser.post(f"/alerts/{ids[2]}/confirm", data={"confirm_reason": REASON})
        assert refused.status_code == 409
        assert "No longer to be decided" in browser.get("/alerts").text
        assert "Withdrawn" in words(browser.get(f"/checks/{found[2].check}").text)
    with scene.desk.program(officer) as program:
        said = program.get(f"/api/v1/alerts/{ids[2]}").json()
        assert (said["about"], said["ended"]["how"], said["risk"]) == ("vehicle", "withdrawn", "")
        assert (said["record"]["make"], said["record"]["colour"]) == ("Skoda Octavia", "grey")


def test_the_counts_of_an_import_add_up_and_rows_that_were_taken_stand_apart(
    scene: Scene, clerk: Officer
) -> None:
    table = HEAD + "".join(
        f"{start},{REST}\n"
        for start in ("AA 711 OB,AL", "AA 712 OB,Narnia", "АА 713 ОВ,AL", "AA 714 OB,AL,too")
    )
    table += f"AA 715 OB,AL,{REST.replace(DAY, '2020-01-01')}\n"
    with scene.desk.browser(clerk) as browser:
        page = imported(scene, browser, table, list_name="Counted")
    assert "Counted: 2 new, 3 left out." in page
    counted = figures(page)
    assert counted == {"Rows read": 5, "New": 2, "Changed": 0, "Unchanged": 0, "Left out": 3}
    left_out, taken = words(page).split("Taken, to be looked at", 1)
    assert "Narnia" in left_out
    assert "Cyrillic" in taken
    assert "Cyrillic" not in left_out


def test_an_import_needs_no_days_where_its_rows_have_ends(scene: Scene, clerk: Officer) -> None:
    with scene.desk.browser(clerk) as browser:
        table = f"{HEAD}AA 721 OB,AL,{REST}\n"
        page = imported(scene, browser, table, list_name="Own ends", retention="", review="")
        assert "Own ends: 1 new." in page
        mixed = f"{table}AA 722 OB,AL,stolen,stop,order 3,Unit 1,+355 1,,suspect\n"
        page = imported(scene, browser, mixed, list_name="Mixed ends", retention="", review="")
        assert "Mixed ends: 1 new, 1 left out." in page
        assert "does not say until when it is kept" in page
        ends = imported(scene, browser, mixed, list_name="A day for the others")
        assert "A day for the others: 2 new." in ends
        none = browser.post(
            "/holdings/import",
            data=order(scene, retention="", review=""),
            files={"file": ("list.csv", b"plate,state\nAA 723 OB,AL\n")},
        )
        assert none.status_code == 400
        assert 'id="retention-error"' in none.text


def test_records_are_listed_as_what_they_are(scene: Scene, clerk: Officer) -> None:
    with scene.desk.browser(clerk) as browser:
        imported(scene, browser, f"{HEAD}AA 731 OB,AL,{REST}\n", list_name="Of vehicles")
        papers = "number,issuer,status\nXX9990001,ALB,stolen\n"
        imported(scene, browser, papers, list_name="Of documents", category="suspect")
        for name, kind in (("Of vehicles", "Vehicle"), ("Of documents", "Document")):
            page = browser.get("/holdings", params={"list_name": name}).text
            (record,) = set(re.findall(r'href="(/holdings/holding-\w+)">([A-Z]\w+)<', page))
            assert record[1] == kind
            assert "Category of person" not in page
        vehicle = browser.get("/holdings", params={"list_name": "Of vehicles"}).text
        place = re.search(r'href="(/holdings/holding-\w+)"', vehicle)
        assert place is not None
        shown = words(browser.post(f"{place.group(1)}/inspect", data={"reason": REASON}).text)
        assert "Registration mark AA731OB" in shown
        assert "Person" not in shown


def test_an_empty_form_says_of_each_field_what_it_needs(scene: Scene, clerk: Officer) -> None:
    empty = dict.fromkeys((*form(), "until-day", "until-month", "until-year"), "")
    with scene.desk.browser(clerk) as browser:
        answer = browser.post(f"{PLACE}/new", data=empty)
    assert answer.status_code == 400
    summary = re.search(r'class="govuk-error-summary.*?</ul>', answer.text, re.S)
    assert summary is not None
    told = dict(re.findall(r'href="#([\w-]+)"[^>]*>([^<]+)<', summary.group()))
    assert set(told) == {
        *("plate", "sought", "action", "basis", "office", "contact", "category", "case", "reason", "until")
    }
    assert len(set(told.values())) == len(told), "each says something of its own"
    assert "this is needed" not in answer.text
    assert "the row names" not in answer.text
    assert all(f'id="{field}"' in answer.text for field in told)


def test_categories_are_those_that_a_check_finds_and_the_hint_says_no_other(
    scene: Scene, clerk: Officer
) -> None:
    with scene.desk.browser(clerk) as browser:
        page = browser.get(f"{PLACE}/new").text
        chosen = re.search(r'<select[^>]*id="category".*?</select>', page, re.S)
        assert chosen is not None
        assert re.findall(r'value="(\w+)"', chosen.group()) == ["suspect", "convicted"]
        assert "say contact" not in page
        refused = browser.post(f"{PLACE}/new", data=form(plate="AA 741 OB", category="contact"))
        assert refused.status_code == 400
        assert "suspect" in refused.text


def test_an_entry_shows_its_last_day_and_the_form_asks_for_it(scene: Scene, clerk: Officer) -> None:
    today = scene.desk.office.now().date()
    last, after = today + dt.timedelta(days=20), today + dt.timedelta(days=21)
    with scene.desk.browser(clerk) as browser, scene.desk.program(clerk) as program:
        sent = browser.post(f"{PLACE}/new", data=form(plate="AA 751 OB", until=last.isoformat()))
        place = sent.headers["location"].partition("?")[0]
        entry = place.rpartition("/")[2]
        assert program.get(f"/api/v1/vehicles/{entry}").json()["until"] == after.isoformat()
        shown = words(browser.get(place).text)
        assert f"Last day {last.day} " in shown
        listed = browser.get(PLACE).text
        assert f'datetime="{last.isoformat()}"' in listed
        assert f'datetime="{after.isoformat()}"' not in listed
        again = browser.get(f"{place}/correct").text
        assert f'name="until-day" type="text" inputmode="numeric" value="{last.day}"' in again
        most = today + dt.timedelta(days=89)
        too_late = browser.post(
            f"{place}/prolong",
            data={"until": (most + dt.timedelta(days=1)).isoformat(), "prolong_reason": REASON},
        )
        assert f"{most.isoformat()} or sooner" in too_late.text
        done = browser.post(f"{place}/prolong", data={"until": most.isoformat(), "prolong_reason": REASON})
        assert done.status_code == 303
