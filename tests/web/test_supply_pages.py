"""What passed between two agencies, over HTTP: read, taken away with a mark, called back, permitted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from liaison.holdings.live import LiveIndex
from liaison.ledger.log import size
from liaison.ledger.statements import Statement
from liaison.model.roles import Role
from liaison.supply import inbound
from tests.web.test_requests_pages import arrived, browsers, place_of
from tests.web.two_desks import House, Houses, two_desks

WHY = "Name, date of birth and passport number agree"
INVESTIGATOR, DESK, SUPERVISOR, APPROVER = (
    Role.INVESTIGATOR,
    Role.DESK_OFFICER,
    Role.SUPERVISOR,
    Role.APPROVER,
)
WRONG = "The fingerprints are of another man"


class Supplied:
    """Two agencies, of whom the asked one has supplied one record: where it stands at each."""

    def __init__(self, houses: Houses) -> None:
        self.houses = houses
        with browsers(houses.asked, DESK) as (desk,):
            _, place = arrived(houses, desk)
            looked = desk.post(f"{place}/subjects/1", data={"why": WHY}).text
            holding = re.search(r'name="holdings" value="([^"]+)"', looked)
            assert holding is not None
            given = {"act": "records", "holdings": holding.group(1), "why": WHY, "whole": "yes"}
            place_of(desk.post(f"{place}/subjects/1/answer", data=given))
            self.sent = self._found(desk.get("/supplied").text, "supplied")
        houses.carry()
        with browsers(houses.asking, INVESTIGATOR) as (asker,):
            self.got = self._found(asker.get("/received").text, "received")
        assert self.got.removeprefix("/received") == self.sent.removeprefix("/supplied")
        self.grounds = houses.asking.agency.grounds

    @staticmethod
    def _found(page: str, part: str) -> str:
        found = re.search(rf'href="(/{part}/item-[a-z0-9]+)"', page)
        assert found is not None, page
        return found.group(1)

    def follow(self) -> None:
        """Carry letters and let both sides do what follows from them."""
        for _ in range(3):
            self.houses.pair.carry()
            for house in (self.houses.asking, self.houses.asked):
                inbound.run(house.desk.office, house.desk.node.means)
        self.houses.pair.carry()


@pytest.fixture
def supplied(tmp_path: Path) -> Iterator[Supplied]:
    with two_desks(tmp_path) as houses:
        yield Supplied(houses)


def said(house: House) -> list[Statement]:
    log = house.desk.office.log
    return house.desk.office.read(lambda c: [log.statement(c, index) for index in range(size(c))])


def date(name: str, day: object) -> dict[str, str]:
    return {f"{name}-{part}": str(getattr(day, part)) for part in ("day", "month", "year")}


def refused(answer: httpx.Response, status: int, words: str) -> None:
    assert answer.status_code == status, answer.text
    assert words in answer.text


def test_conditions_come_first_and_the_content_on_grounds_alone(supplied: Supplied) -> None:
    asking = supplied.houses.asking
    with browsers(asking, INVESTIGATOR) as (asker,):
        before = asker.get(supplied.got).text
        assert "How it may be used" in before
        assert "Vokshi" not in before
        page = asker.get(supplied.got, params={"grounds": supplied.grounds}).text
    assert "Vokshi" in page
    assert page.index("How it may be used") < page.index("What it says")
    (shown,) = [each for each in said(asking) if each.what == "show-item"]
    assert shown.outcome == "screen"
    assert shown.objects == (supplied.got.removeprefix("/received/"),)
    assert shown.grounds == supplied.grounds


def test_grounds_of_another_person_open_nothing(supplied: Supplied) -> None:
    with browsers(supplied.houses.asking, DESK, APPROVER) as (clerk, approver):
        assert clerk.get(supplied.got).status_code == 200
        assert clerk.get(supplied.got, params={"grounds": supplied.grounds}).status_code == 404
        assert approver.get(supplied.got).status_code == 404


@pytest.mark.parametrize(("form", "start"), [("pdf", b"%PDF"), ("csv", "\ufefffield".encode())])
def test_what_is_taken_away_is_marked_and_named_after_the_entry(
    supplied: Supplied, form: str, start: bytes
) -> None:
    asking = supplied.houses.asking
    with browsers(asking, INVESTIGATOR) as (asker,):
        refused(asker.post(f"{supplied.got}/copy", data={"form": form}), 400, "this is needed")
        taken = asker.post(f"{supplied.got}/copy", data={"form": form, "grounds": supplied.grounds})
    assert taken.content.lower().startswith(start.lower())
    entries = said(asking)
    number = max(index for index, each in enumerate(entries) if each.what == "show-item")
    assert entries[number].outcome == {"pdf": "print", "csv": "file"}[form]
    assert taken.headers["content-disposition"] == f'attachment; filename="liaison-{number:09}.{form}"'
    if form == "csv":
        person = asking.officers[INVESTIGATOR].person
        assert person in taken.text.splitlines()[-1]
        assert f"entry {number}" in taken.text.splitlines()[-1]


def test_a_court_needs_the_originators_permission(supplied: Supplied) -> None:
    with browsers(supplied.houses.asking, DESK) as (clerk,):
        case = place_of(
            clerk.post("/cases/new", data={"reference": "C-1", "title": "Court", "offence": "drugs"})
        )
        given = clerk.post(
            case, data={"purpose": "prosecution", "basis": "task", "justification": WHY, "authority": ""}
        )
        grounds = re.search(r"grounds=(grounds-[a-z0-9]+)", given.headers["location"])
        assert grounds is not None
        sent = {"form": "pdf", "court": "Court of Tirana", "grounds": grounds.group(1)}
        refused(clerk.post(f"{supplied.got}/copy", data=sent), 403, "What would make it lawful")


def test_a_recall_asks_twice_and_is_followed_until_it_is_confirmed(supplied: Supplied) -> None:
    houses = supplied.houses
    with browsers(houses.asked, DESK) as (desk,):
        recall = f"{supplied.sent}/recall"
        assert "Agency of police.example" in desk.get(recall).text
        refused(
            desk.post(recall, data={"why": "it was wrong", "reason": WRONG}), 400, "nothing is called back"
        )
        refused(desk.post(recall, data={"why": "the person contests it", "sure": "yes"}), 400, "no reason")
        place_of(desk.post(recall, data={"why": "it was wrong", "reason": WRONG, "sure": "yes"}))
        assert "Not confirmed" in desk.get("/supplied/notices").text
        houses.asked.desk.clock.forward(minutes=10)
        assert "10\N{NARROW NO-BREAK SPACE}min" in desk.get("/supplied/notices").text
        notice = re.search(r'name="notice" value="(notice-[a-z0-9]+)"', desk.get(supplied.sent).text)
        assert notice is not None
        end = {"notice": notice.group(1), "node": houses.asking.origin, "reason": ""}
        refused(desk.post(f"{supplied.sent}/end-asking", data=end), 400, "this is needed")
        place_of(desk.post(f"{supplied.sent}/end-asking", data=end | {"reason": WRONG}))
        assert "asked no more" in desk.get("/supplied/notices").text
        assert f"{supplied.sent}/end-asking" not in desk.get("/supplied/notices").text
        again = desk.post(f"{supplied.sent}/end-asking", data=end | {"reason": WRONG})
        refused(again, 409, "asked no more")
        supplied.follow()
        assert "Everybody has confirmed" in desk.get("/supplied/notices").text
        assert "Done" in desk.get("/supplied/notices?all=true").text
        again = desk.post(recall, data={"why": "it was wrong", "reason": WRONG, "sure": "yes"})
        refused(again, 409, "recalled before")
    with browsers(houses.asking, INVESTIGATOR) as (asker,):
        page = asker.get(supplied.got, params={"grounds": supplied.grounds}).text
        assert "Nothing of what it said is left here" in page
        assert "Vokshi" not in page


def test_a_permission_is_asked_for_and_granted_by_a_supervisor(supplied: Supplied) -> None:
    houses, until = supplied.houses, supplied.houses.asked.desk.clock.time.date() + timedelta(days=20)
    with browsers(houses.asking, INVESTIGATOR) as (asker,):
        wish = {"lifts": ["H1"], "court_named": "Court of Tirana", "purpose": "prosecution", "why": WHY}
        refused(
            asker.post(f"{supplied.got}/ask", data=wish | {"lifts": []}), 400, "name what is to be lifted"
        )
        ours = place_of(asker.post(f"{supplied.got}/ask", data=wish))
        assert "Waits for an answer" in asker.get(ours).text
    houses.pair.carry()
    with browsers(houses.asked, DESK, SUPERVISOR) as (desk, head):
        assert ours in head.get("/permissions").text, "the request has one id at both sides"
        assert "A partner asks for another use of a record" in head.get("/").text
        assert desk.post(f"{ours}/grant", data={}).status_code == 404
        assert "A supervisor answers it" in desk.get(ours).text
        refused(head.post(f"{ours}/grant", data={"reason": WHY}), 400, "this is needed")
        place_of(head.post(f"{ours}/grant", data={"reason": WHY} | date("expires", until)))
        assert "Permitted" in head.get(ours).text
    houses.pair.carry()
    with browsers(houses.asking, INVESTIGATOR) as (asker,):
        page = asker.get(ours).text
        assert "Permitted" in page
        assert WHY in page


def test_a_permission_that_waits_too_long_is_overdue_in_words(supplied: Supplied) -> None:
    houses = supplied.houses
    with browsers(houses.asking, INVESTIGATOR) as (asker,):
        wish = {
            "lifts": ["H2"],
            "court_named": "Court",
            "purpose": "prosecution",
            "why": WHY,
            "urgent": "yes",
        }
        ours = place_of(asker.post(f"{supplied.got}/ask", data=wish))
    houses.pair.carry()
    with browsers(houses.asked, SUPERVISOR) as (head,):
        assert "Overdue" not in head.get("/permissions").text
        houses.later(days=3)
    with browsers(houses.asked, SUPERVISOR) as (head,):
        assert "Overdue" in head.get("/permissions").text
        assert "The answer is overdue" in head.get(ours).text


def test_a_permission_is_refused_with_a_reason(supplied: Supplied) -> None:
    houses = supplied.houses
    with browsers(houses.asking, INVESTIGATOR) as (asker,):
        wish = {"lifts": ["H1"], "court_named": "Court of Tirana", "purpose": "prosecution", "why": WHY}
        ours = place_of(asker.post(f"{supplied.got}/ask", data=wish))
    houses.pair.carry()
    with browsers(houses.asked, SUPERVISOR) as (head,):
        refused(head.post(f"{ours}/refuse", data={}), 400, "this is needed")
        place_of(head.post(f"{ours}/refuse", data={"refuse_reason": "The source would be known"}))
    houses.pair.carry()
    with browsers(houses.asking, INVESTIGATOR) as (asker,):
        assert "The source would be known" in asker.get(ours).text


def test_the_supplier_is_told_what_it_led_to(supplied: Supplied) -> None:
    houses = supplied.houses
    day = houses.asking.desk.clock.time.date()
    told = {"result": "arrest", "words": "Arrested at the harbour", "grounds": supplied.grounds}
    with browsers(houses.asking, INVESTIGATOR) as (asker,):
        outcome = f"{supplied.got}/outcome"
        tomorrow = date("on", day + timedelta(days=1))
        refused(asker.post(outcome, data=told | tomorrow), 400, "still to come")
        place_of(asker.post(outcome, data=told | date("on", day)))
        assert "Arrested at the harbour" in asker.get(supplied.got).text
    houses.pair.carry()
    with browsers(houses.asked, DESK) as (desk,):
        assert "Arrested at the harbour" in desk.get(supplied.sent).text


def test_an_item_is_taken_into_the_records(supplied: Supplied) -> None:
    asking = supplied.houses.asking
    with browsers(asking, DESK) as (clerk,):
        answer = clerk.post(f"{supplied.got}/take-in", data={"grounds": "grounds-" + "a" * 26})
        assert answer.status_code == 404
    assert isinstance(asking.agency.live, LiveIndex)


def test_what_nobody_permits_is_not_passed_on(supplied: Supplied) -> None:
    with browsers(supplied.houses.asking, INVESTIGATOR, DESK) as (asker, clerk):
        assert asker.post(f"{supplied.got}/pass-on", data={}).status_code == 404
        sent = {"recipient": supplied.houses.asked.origin, "exchange": "records"}
        refused(clerk.post(f"{supplied.got}/pass-on", data=sent), 400, "this is needed")


def test_the_api_tells_and_calls_back(supplied: Supplied) -> None:
    houses, item = supplied.houses, supplied.sent.removeprefix("/supplied/")
    asked, asking = houses.asked, houses.asking
    with (
        asked.desk.program(asked.officers[DESK]) as desk,
        asking.desk.program(asking.officers[INVESTIGATOR]) as asker,
    ):
        (one,) = desk.get("/api/v1/supplied").json()["items"]
        assert one["recipients"][0]["node"] == houses.asking.origin
        assert asker.get("/api/v1/received").json()["items"][0]["id"] == item
        assert asker.get("/api/v1/supplied").status_code == 404
        short = {"why": "it was wrong", "reason": ""}
        assert desk.post(f"/api/v1/supplied/{item}/recall", json=short).status_code == 403
        done = desk.post(f"/api/v1/supplied/{item}/recall", json=short | {"reason": WRONG}).json()
        assert done["recipients"] == 1
        assert desk.get(f"/api/v1/supplied/{item}").json()["state"] == "recalled"
