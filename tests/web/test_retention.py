"""Retention over HTTP: what is due, a run by a person, a clock in doubt, and who may not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from liaison.holdings.imports import import_file
from liaison.holdings.retention import SecondClock
from liaison.model.roles import Role
from tests.web.scene import NORTH, enrol, order
from tests.web_fixtures import Desk, Officer, a_desk, sign_in

ROWS = b"record_id,name,category\n1,Ana Gashi,suspect\n2,Ben Hoxha,convicted\n"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path) as desk:
        clerk = enrol(desk, "Cle Clerk", NORTH, Role.DESK_OFFICER)
        import_file(desk.office, desk.actor(clerk), order(desk, ROWS))
        yield desk


def guard(desk: Desk, days: int = 0) -> Officer:
    """A data-protection officer who signs in after so many days."""
    made = enrol(desk, "Jon Guard", NORTH, Role.DATA_PROTECTION_OFFICER)
    desk.clock.forward(days=days)
    return replace(made, session=sign_in(desk.office, made.sign_in, desk.node.people))


def test_nothing_is_due_at_first(desk: Desk) -> None:
    with desk.browser(guard(desk)) as browser:
        page = browser.get("/holdings/retention").text
        assert "Nothing is past its retention." in page
        assert 'name="sure"' not in page


def test_what_is_overdue_is_erased_once_the_box_is_ticked(desk: Desk) -> None:
    officer = guard(desk, 901)
    desk.node.second = SecondClock(desk.clock.time)  # the other source of time went on as well
    with desk.browser(officer) as browser:
        assert "Records past their retention" in browser.get("/").text
        assert "2 records are past their retention." in browser.get("/holdings/retention").text
        assert browser.post("/holdings/retention/run", data={}).status_code == 400
        done = browser.post("/holdings/retention/run", data={"sure": "yes"})
        assert done.headers["location"] == "/holdings/retention?done=retention-run"
        page = browser.get("/holdings/retention").text
        assert "Nothing is past its retention." in page
        assert "Jon Guard" in page
    with desk.program(officer) as program:
        (run,) = program.get("/api/v1/holdings/retention/runs").json()["items"]
        assert (run["outcome"], run["erased"]) == ("run", 2)


def test_a_clock_in_doubt_erases_nothing_until_a_person_vouches_for_it(desk: Desk) -> None:
    officer = guard(desk, 901)
    with desk.browser(officer) as browser:
        done = browser.post("/holdings/retention/run", data={"sure": "yes"})
        assert done.headers["location"] == "/holdings/retention?done=retention-refused"
        assert "The time is in doubt" in browser.get("/").text
        page = browser.get("/holdings/retention").text
        assert 'name="looked"' in page
        assert browser.post("/holdings/retention/clock", data={}).status_code == 400
        assert browser.post("/holdings/retention/clock", data={"looked": "yes"}).status_code == 303
    with desk.program(officer) as program:
        assert program.get("/api/v1/holdings/retention").json() == {
            "overdue": 2,
            "held": 0,
            "reviews": 2,
            "doubt": None,
        }
        assert program.post("/api/v1/holdings/retention/runs").json()["erased"] == 2


def test_records_past_their_review_are_named_without_what_they_say(desk: Desk) -> None:
    with desk.browser(guard(desk, 301)) as browser:
        page = browser.get("/holdings/retention").text
        assert page.count("/holdings/holding-") == 2
        assert "Gashi" not in page


def test_only_who_may_erase_comes_in(desk: Desk) -> None:
    clerk = enrol(desk, "Kim Clerk", NORTH, Role.DESK_OFFICER)
    with desk.browser(clerk) as browser:
        assert browser.get("/holdings/retention").status_code == 404
        assert browser.post("/holdings/retention/run", data={"sure": "yes"}).status_code == 404
        assert "/holdings/retention" not in browser.get("/holdings").text
