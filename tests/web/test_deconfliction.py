"""Planned actions on pages and over the API: entered, changed, cancelled, and the warnings of both agencies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from liaison.crosscheck.holder import processes
from liaison.crosscheck.planned import probing
from liaison.model.categories import OfficerId
from liaison.model.roles import Role
from liaison.partners.agreement import DECONFLICTION, Comparison
from liaison.screening.case_rules import Part
from liaison.screening.cases import add_member
from tests.crosscheck.planned.actions_wire import Wire
from tests.two_offices import TERMS
from tests.web.two_desks import House, Houses, two_desks

PERSON, HEAD, AUDITOR = Role.INVESTIGATOR, Role.SUPERVISOR, Role.AUDITOR
AGREED = replace(TERMS, exchanges=(*TERMS.exchanges, DECONFLICTION), crosscheck=Comparison())


@dataclass
class Meeting:
    """Both agencies, agreed on deconfliction."""

    houses: Houses

    def round(self) -> None:
        """One round of the background of each, letters carried after it."""
        left, right = self.houses.asking, self.houses.asked
        for one, other in ((left, right), (right, left)):
            wire = Wire(one.agency, other.agency)
            probing.run(one.desk.office, one.agency.means, wire)
            self.houses.pair.carry()


@pytest.fixture(scope="module")
def meeting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Meeting]:
    with two_desks(tmp_path_factory.mktemp("meeting"), AGREED) as houses:
        houses.pair.both(minutes=1)  # one of them was set back to the other's time
        made = Meeting(houses)
        made.round()
        made.round()
        yield made
        for each in (houses.asking, houses.asked):
            processes.of(each.desk.office).end_all()


def day(house: House, name: str, days: int, clock: str) -> dict[str, str]:
    when = house.desk.office.now().date() + timedelta(days=days)
    parts = {f"{name}-{part}": str(getattr(when, part)) for part in ("day", "month", "year")}
    return parts | {f"{name}_clock": clock}


def plan(house: House, days: int = 3, **said: str) -> dict[str, str]:
    form = {"what": "address", "grounds": house.agency.grounds, "street": "Rruga e Kavajës", "number": "12a"}
    form |= {"postcode": "1001", "country": "ALB", "note": "Vans in the yard"}
    return form | day(house, "starts", days, "06:00") | day(house, "ends", days, "09:30") | said


def entered(house: House, **said: str) -> str:
    with house.desk.browser(house.officers[PERSON]) as browser:
        answer = browser.post("/actions/new", data=plan(house, **said))
        assert answer.status_code == 303, answer.text
        return answer.headers["location"].partition("?")[0]


def test_an_action_is_planned_changed_and_cancelled_on_pages(meeting: Meeting) -> None:
    house = meeting.houses.asking
    place = entered(house, street="Rruga e Elbasanit")
    with house.desk.browser(house.officers[PERSON]) as browser:
        page = browser.get(place).text
        for words in ("Rruga e Elbasanit", "12a", "Vans in the yard", "Will be asked soon"):
            assert words in page
        assert place in browser.get("/actions").text
        assert "Rruga e Elbasanit" not in browser.get("/actions").text
        form = browser.get(f"{place}/change").text
        assert 'value="Rruga e Elbasanit"' in form
        assert 'value="06:00"' in form
        changed = browser.post(f"{place}/change", data=plan(house, street="Rruga e Dibrës"))
        assert changed.status_code == 303
        assert "Rruga e Dibrës" in browser.get(place).text
        assert browser.post(f"{place}/cancel").status_code == 303
        assert "Cancelled" in browser.get(place).text
        assert place not in browser.get("/actions").text
        assert place in browser.get("/actions?ended=true").text
        assert browser.post(f"{place}/cancel").status_code == 409
        assert browser.get(f"{place}/change").status_code == 404


def test_both_are_warned_on_their_pages_and_told_nothing_else(meeting: Meeting) -> None:
    ours, theirs = meeting.houses.asking, meeting.houses.asked
    place = entered(ours)
    meeting.round()
    with ours.desk.browser(ours.officers[PERSON]) as browser:
        assert "No overlap" in browser.get(place).text
    other = entered(theirs, street="rr. Kavajes", number="12 A", note="Arrest of the driver")
    meeting.round()
    for house, own, strange in ((ours, place, "Arrest of the driver"), (theirs, other, "Vans in the yard")):
        with house.desk.browser(house.officers[PERSON]) as browser:
            assert "Actions overlap" in browser.get("/actions").text
            page = browser.get(own).text
            assert "Overlap: call them" in page
            assert "They are warned too" in page
            assert strange not in page
            assert "call their duty desk" in browser.get("/").text
    with ours.desk.browser(ours.officers[PERSON]) as browser:
        listed = browser.get("/actions").text
        seen = listed.partition('action="/actions/warnings/')[2].partition('"')[0]
        assert browser.post(f"/actions/warnings/{seen}").status_code == 303
        assert "Actions overlap" not in browser.get("/actions").text
        assert "said on" in browser.get(place).text
        assert browser.post(f"/actions/warnings/{seen}").status_code == 409


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"street": ""}, "street"),
        ({"postcode": "", "town": ""}, "postcode"),
        ({"country": "Atlantis"}, "country"),
        ({"starts_clock": "25:00"}, "starts_clock"),
        ({"starts-year": ""}, "starts"),
        ({"ends_clock": "05:00"}, "ends"),
        ({"starts-year": "2019", "ends-year": "2019"}, "ends"),
        ({"grounds": "grounds-x"}, "grounds"),
        ({"what": "person", "name": "Ana Gashi"}, "born"),
        ({"what": "vehicle"}, "plate"),
        ({"what": "phone", "number": "12"}, "number"),
        ({"what": "account", "number": "", "iban": "DE00"}, "iban"),
        ({"what": "document", "number": "AB1"}, "issuer"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(meeting: Meeting, said: dict[str, str], field: str) -> None:
    house = meeting.houses.asking
    with house.desk.browser(house.officers[PERSON]) as browser:
        refused = browser.post("/actions/new", data=plan(house, **said))
        assert refused.status_code == 400
        assert f'href="#{field}"' in refused.text


@pytest.mark.parametrize("what", ["address", "person", "vehicle", "phone", "account", "document", "nonsense"])
def test_each_kind_has_its_form(meeting: Meeting, what: str) -> None:
    house = meeting.houses.asking
    with house.desk.browser(house.officers[PERSON]) as browser:
        page = browser.get(f"/actions/new?what={what}")
        assert page.status_code == 200
        assert f'name="what" value="{"address" if what == "nonsense" else what}"' in page.text


THINGS = (
    {"kind": "address", "country": "ALB", "street": "Rruga e Durrësit", "number": "4", "town": "Tiranë"},
    {"kind": "person", "names": [{"given": "Ana", "surname": "Gashi"}], "born": ["1984"]},
    {"kind": "vehicle", "plate": "AA 999 ZZ", "registered": "ALB"},
    {"kind": "phone", "number": "+355691234567"},
    {"kind": "account", "iban": "DE89370400440532013000"},
    {"kind": "document", "number": "K1234567"},
)


@pytest.mark.parametrize("thing", THINGS, ids=lambda each: each["kind"])
def test_programs_plan_actions_too(meeting: Meeting, thing: dict[str, object]) -> None:
    house = meeting.houses.asking
    now = house.desk.office.now()
    body = {"grounds": house.agency.grounds, "thing": thing}
    body |= {"starts": (now + timedelta(days=2)).isoformat(), "ends": (now + timedelta(days=3)).isoformat()}
    with house.desk.program(house.officers[PERSON]) as program:
        made = program.post("/api/v1/actions", json=body)
        assert made.status_code == 201, made.text
        action = made.json()["id"]
        assert made.json()["state"] == "planned"
        assert action in {each["id"] for each in program.get("/api/v1/actions").json()["items"]}
        later = body | {"ends": (now + timedelta(days=4)).isoformat()}
        assert program.post(f"/api/v1/actions/{action}/change", json=later).status_code == 200
        long = body | {"ends": (now + timedelta(days=40)).isoformat()}
        assert program.post(f"/api/v1/actions/{action}/change", json=long).json()["field"] == "ends"
        assert program.get("/api/v1/actions/warnings").status_code == 200
        assert program.post(f"/api/v1/actions/{action}/cancel").json()["state"] == "cancelled"
        assert program.get(f"/api/v1/actions/{action}").json()["state"] == "cancelled"


def test_whose_work_has_nothing_to_do_with_it_finds_no_page(meeting: Meeting) -> None:
    house = meeting.houses.asking
    with house.desk.browser(house.officers[AUDITOR]) as browser:
        assert browser.get("/actions").status_code == 404


def test_a_supervisor_opens_again_what_was_asked(meeting: Meeting) -> None:
    house = meeting.houses.asking
    asker, head = house.desk.actor(house.officers[PERSON]), house.officers[HEAD]
    add_member(house.desk.office, asker, house.agency.case, OfficerId(head.person), Part.READER)
    place = entered(house, street="Rruga e Barrikadave")
    meeting.round()
    with house.desk.browser(house.officers[HEAD]) as browser:
        assert "Open again what was asked" in browser.get(place).text
        opened = browser.post(f"{place}/reopen").text
        assert "Agrees with the ledger" in opened
        assert "Does not agree" not in opened
    with house.desk.browser(house.officers[PERSON]) as browser:
        assert browser.post(f"{place}/reopen").status_code == 404
    with house.desk.program(house.officers[HEAD]) as program:
        (told,) = program.post(f"/api/v1{place}/reopen").json()["items"]
        assert told["agrees"] is True
