"""Records over HTTP: imported, read on grounds, put right, erased; and what the law and the file get wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import httpx
import pytest

from liaison.model.roles import Role
from tests.web.payloads import DAY, REASON, WHY
from tests.web.scene import KNOWN, Scene, a_case, a_scene, ask
from tests.web_fixtures import Officer

CASES = count(1)
HEADER = "record_id,given_names,surname,date_of_birth,nationality,category,station"
GOOD = (
    f"{HEADER}\nX-1,Besa,Novak,1980-01-02,ALB,suspect,Airport\nX-2,Kreshnik,Prela,1971-05-06,ALB,convicted,\n"
)
BAD = f"{GOOD}X-3,Marta,Kovac,1988-06-30,HUN,,Port\nX-4,Luan,Dema,1979-02-31,ALB,suspect,Port\n"


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with a_scene(tmp_path_factory.mktemp("holdings")) as scene:
        yield scene


@pytest.fixture(scope="module")
def clerk(scene: Scene) -> Officer:
    return scene.owners[Role.DESK_OFFICER]


def order(scene: Scene, **other: str) -> dict[str, str]:
    """The form of an import, filled in."""
    today = scene.desk.office.now().date()
    filled = {
        "list_name": "Airport list",
        "owner": "Test police",
        "source": "own files",
        "retention": (today + timedelta(days=800)).isoformat(),
        "review": (today + timedelta(days=200)).isoformat(),
        "case": "T-2026-9",
        "reason": "wanted at the airport",
        "codes": "H0",
        "grade": "B2",
    }
    return filled | other


def imported(scene: Scene, browser: httpx.Client, content: str | bytes, **other: str) -> str:
    """The page of an import that is over."""
    content = content.encode() if isinstance(content, str) else content
    sent = browser.post("/holdings/import", data=order(scene, **other), files={"file": ("list.csv", content)})
    assert sent.status_code == 303, re.sub(r"<[^>]+>", " ", sent.text)[-3000:]
    job = scene.desk.node.imports.of(
        scene.desk.actor(scene.owners[Role.DESK_OFFICER]), sent.headers["location"].rpartition("/")[2]
    )
    assert job.over.wait(60)
    page: str = browser.get(sent.headers["location"]).text
    return page


def test_a_list_is_imported_up_to_its_bad_rows_with_each_one_reported(scene: Scene, clerk: Officer) -> None:
    with scene.desk.browser(clerk) as browser:
        page = imported(scene, browser, BAD, list_name="With mistakes")
        assert "With mistakes: 3 new, 1 left out" in page
        rows = re.findall(r"<tr[^>]*>(.*?)</tr>", page, re.S)
        told = [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip() for row in rows]
        assert any(row.startswith("3 ") and "category" in row for row in told), told
        assert any(row.startswith("4 ") and "date" in row.casefold() for row in told), told
        assert "station" in page, "a column that has no place is kept, and that is said"
        listed = browser.get("/holdings", params={"list_name": "With mistakes"})
        assert listed.text.count("/holdings/holding-") == 3


def test_the_same_file_again_changes_nothing_and_says_so(scene: Scene, clerk: Officer) -> None:
    with scene.desk.browser(clerk) as browser:
        assert "Twice: 2 new" in imported(scene, browser, GOOD, list_name="Twice")
        assert "Twice: nothing changed, all 2 records stand as the file has them." in imported(
            scene, browser, GOOD, list_name="Twice"
        )
        changed = GOOD.replace("1971-05-06", "1971-05-07")
        assert "1 changed, 1 unchanged" in imported(scene, browser, changed, list_name="Twice")


def test_what_was_imported_is_found_at_once_and_its_kept_column_is_shown(
    scene: Scene, clerk: Officer
) -> None:
    with scene.desk.browser(clerk) as browser:
        imported(scene, browser, GOOD, list_name="Found at once")
        _, grounds = a_case(scene.desk, clerk, f"H-{next(CASES)}")
        alert = ask(scene.desk, clerk, grounds, "Besa Novak").alerts[0]
        page = browser.get(f"/holdings/{alert.holding}", params={"grounds": grounds})
        assert page.status_code == 200
        assert "Besa Novak" in page.text
        assert "station" in page.text
        assert "Airport" in page.text
    with scene.desk.program(clerk) as program:
        told = program.get(f"/api/v1/holdings/{alert.holding}", params={"grounds": grounds}).json()
        assert told["extra"] == {"station": "Airport"}
        assert (told["category"], told["grade"]) == ("suspect", "B2")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"list_name": ""}, "list_name"),
        ({"owner": ""}, "owner"),
        ({"retention": ""}, "retention"),
        ({"review": "soon"}, "review"),
        ({"case": ""}, "case"),
        ({"category": "guilty"}, "category"),
        ({"codes": "H9"}, "codes"),
        ({"instruction": "arrest"}, "instruction"),
    ],
)
def test_a_form_that_is_refused_keeps_its_input(
    scene: Scene, clerk: Officer, wrong: dict[str, str], field: str
) -> None:
    with scene.desk.browser(clerk) as browser:
        sent = order(scene, source="a kept source") | wrong
        answer = browser.post("/holdings/import", data=sent, files={"file": ("list.csv", GOOD.encode())})
    assert answer.status_code == 400
    assert f'href="#{field}' in answer.text
    assert 'value="a kept source"' in answer.text


def test_no_file_and_a_file_that_is_no_list(scene: Scene, clerk: Officer) -> None:
    with scene.desk.browser(clerk) as browser:
        none = browser.post("/holdings/import", data=order(scene))
        assert (none.status_code, 'href="#file"' in none.text) == (400, True)
        page = imported(scene, browser, bytes(range(256)) * 20, list_name="A photograph")
        assert "The file could not be used" in page
        assert "names no column with names" in page


def test_records_are_kept_no_longer_than_the_law_lets(scene: Scene, clerk: Officer) -> None:
    late = (scene.desk.office.now().date() + timedelta(days=40_000)).isoformat()
    with scene.desk.browser(clerk) as browser:
        page = imported(scene, browser, GOOD, list_name="Kept for ever", retention=late)
        assert "2 records are kept for less time, as the law asks" in page
    with scene.desk.program(clerk) as program:
        kept = program.get("/api/v1/holdings", params={"list_name": "Kept for ever"}).json()["items"]
    assert all(one["retention_until"] < late for one in kept)


def test_a_record_is_read_on_grounds_alone(scene: Scene) -> None:
    officer, held = scene.owners[Role.INVESTIGATOR], scene.owned["holding"]
    with scene.desk.program(officer) as program, scene.desk.browser(officer) as browser:
        good = program.get(f"/api/v1/holdings/{held}", params={"grounds": scene.owned["grounds"]})
        assert good.json()["properties"]["name"] == ["Алексей Соболев"]
        assert program.get(f"/api/v1/holdings/{held}").status_code == 400
        asked = browser.get(f"/holdings/{held}")
        assert asked.status_code == 200
        assert "Соболев" not in asked.text, "before grounds are named nothing is told"
        assert scene.owned["grounds"] in asked.text


def test_a_clerk_puts_a_record_right_and_says_why(scene: Scene, clerk: Officer) -> None:
    with scene.desk.browser(clerk) as browser:
        imported(scene, browser, GOOD, list_name="To correct")
        held = re.findall(r"/holdings/(holding-\w+)", browser.get("/holdings?list_name=To+correct").text)[0]
        assert browser.post(f"/holdings/{held}/inspect", data={"reason": "x"}).status_code in (400, 403)
        seen = browser.post(f"/holdings/{held}/inspect", data={"reason": REASON})
        assert seen.status_code == 200
        sent: dict[str, Any] = {
            "correct_reason": "The registry writes the name with an e.",
            "names": "Novake, Besa",
            "born": "1980-01-02",
            "sex": "F",
            "nationality": "ALB",
            "category": "suspect",
            "documents": "",
        }
        wrong = browser.post(f"/holdings/{held}/correct", data=sent | {"born": "soon"})
        assert wrong.status_code == 400
        assert "Novake" in wrong.text, "what was typed is kept"
        assert browser.post(f"/holdings/{held}/correct", data=sent).status_code == 303
        after = browser.post(f"/holdings/{held}/inspect", data={"reason": REASON}).text
        assert "Novake" in after


def test_a_record_is_restricted_held_and_erased(scene: Scene, clerk: Officer) -> None:
    guardian = scene.owners[Role.DATA_PROTECTION_OFFICER]
    with scene.desk.browser(clerk) as mine, scene.desk.browser(guardian) as theirs:
        imported(scene, mine, GOOD, list_name="To erase")
        held = re.findall(r"/holdings/(holding-\w+)", mine.get("/holdings?list_name=To+erase").text)[0]
        assert mine.post(f"/holdings/{held}/erase", data={"sure": "yes", "cause": "order"}).status_code == 404
        assert mine.post(f"/holdings/{held}/restrict", data={"reason": REASON}).status_code == 303
        lifted = mine.post(f"/holdings/{held}/restrict", data={"reason": REASON, "lift": "yes"})
        assert lifted.headers["location"].endswith("done=unrestricted")
        hold = {"reason": REASON, "until": DAY, "case": "T-2026-9"}
        assert mine.post(f"/holdings/{held}/hold", data=hold).status_code == 303
        erase = {"cause": "order", "reference": "R-7"}
        unsure = theirs.post(f"/holdings/{held}/erase", data=erase)
        assert (unsure.status_code, 'href="#sure"' in unsure.text) == (400, True)
        kept = theirs.post(f"/holdings/{held}/erase", data=erase | {"sure": "yes"})
        assert kept.status_code in (403, 409), "what is held as evidence is not erased"
        assert mine.post(f"/holdings/{held}/hold", data={"lift": "yes", "reason": REASON}).status_code == 303
        assert theirs.post(f"/holdings/{held}/erase", data=erase | {"sure": "yes"}).status_code == 303
        gone = mine.post(f"/holdings/{held}/inspect", data={"reason": REASON})
        assert gone.status_code == 410
    _, grounds = a_case(scene.desk, clerk, f"H-{next(CASES)}")
    scene.desk.node.live.refresh()
    assert held not in [one.holding for one in ask(scene.desk, clerk, grounds, "Besa Novak").alerts]


def test_an_investigator_imports_nothing(scene: Scene) -> None:
    with scene.desk.browser(scene.owners[Role.INVESTIGATOR]) as browser:
        assert browser.get("/holdings/import").status_code == 404
        answer = browser.post("/holdings/import", data=order(scene), files={"file": ("l.csv", GOOD.encode())})
        assert answer.status_code == 404


def test_lists_tell_codes_and_dates_and_nothing_of_what_records_say(scene: Scene, clerk: Officer) -> None:
    with scene.desk.program(clerk) as program:
        seen, cursor = [], ""
        while True:
            page = program.get("/api/v1/holdings", params={"limit": 25, "cursor": cursor})
            assert "Sobol" not in page.text
            assert "Соболев" not in page.text
            seen += [one["id"] for one in page.json()["items"]]
            cursor = page.json()["next"]
            if not cursor:
                break
        assert len(seen) == len(set(seen)) >= 60
        suspects = program.get("/api/v1/holdings", params={"category": "suspect", "limit": 200}).json()
        assert {one["category"] for one in suspects["items"]} == {"suspect"}


def test_after_breaking_the_glass_a_record_is_read_and_a_supervisor_knows(scene: Scene) -> None:
    visitor = scene.visitors[Role.INVESTIGATOR]
    grounds, held = scene.held[Role.INVESTIGATOR]["grounds"], scene.owned["holding"]
    with scene.desk.program(visitor) as program, scene.desk.browser(visitor) as browser:
        assert program.get(f"/api/v1/holdings/{held}", params={"grounds": grounds}).status_code == 404
        sent = {"object": held, "grounds": grounds, "reason": WHY}
        assert browser.post("/break-glass/new", data=sent).status_code == 303
        assert program.get(f"/api/v1/holdings/{held}", params={"grounds": grounds}).status_code == 200
    with scene.desk.browser(scene.owners[Role.SUPERVISOR]) as supervisor:
        assert "/break-glass/glass-" in supervisor.get("/").text
    assert KNOWN not in scene.desk.log.getvalue()


def test_handling_codes_in_the_list_say_what_they_mean(scene: Scene) -> None:
    with scene.desk.browser(scene.owners[Role.DESK_OFFICER]) as browser:
        shown = browser.get("/holdings").text
    assert "(only for the crimes it was sent for)" in shown
    assert "()" not in shown
