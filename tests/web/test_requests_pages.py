"""Requests between two agencies over HTTP: drafted, authorised, sent, answered and closed by browsers."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

import httpx
import pytest

from liaison.model.roles import Role
from tests.web.payloads import REASON
from tests.web.two_desks import GEZIM, House, Houses, two_desks

WHY = "Name, date of birth and passport number agree"
INVESTIGATOR, DESK, APPROVER, SUPERVISOR = (
    Role.INVESTIGATOR,
    Role.DESK_OFFICER,
    Role.APPROVER,
    Role.SUPERVISOR,
)


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Houses]:
    with two_desks(tmp_path_factory.mktemp("requests")) as both:
        yield both


@contextmanager
def browsers(house: House, *roles: Role) -> Iterator[list[httpx.Client]]:
    with ExitStack() as stack:
        yield [stack.enter_context(house.desk.browser(house.officers[role])) for role in roles]


def place_of(answer: httpx.Response) -> str:
    """Where a form sent the browser."""
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0]


def agreed(browser: httpx.Client, path: str, data: Mapping[str, object] | None = None, says: str = "") -> str:
    """Do what cannot be undone: read what it will do, agree to that; the place that follows."""
    asked = browser.post(path, data=dict(data or {}))
    assert asked.status_code == 200, asked.text
    assert "What will happen" in asked.text
    assert says in asked.text
    return place_of(browser.post(path, data=hidden(asked.text)))


def hidden(page: str) -> dict[str, list[str]]:
    """The fields that a page carries along."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page):
        found.setdefault(name, []).append(html.unescape(value))
    return found


def sent(houses: Houses, **said: object) -> str:
    """A request that was drafted, authorised and sent by forms; its place at the asking side."""
    with browsers(houses.asking, INVESTIGATOR, APPROVER) as (asker, approver):
        place = place_of(asker.post("/requests/new", data=houses.form(**said)))
        place_of(asker.post(f"{place}/submit"))
        place_of(approver.post(f"{place}/authorise", data={"answer": "approve", "reason": REASON}))
        place_of(asker.post(f"{place}/send"))
    return place


def in_box(browser: httpx.Client) -> list[str]:
    """The places of the requests in the in-box."""
    return re.findall(r'href="(/requests/request-[a-z0-9]+)"', browser.get("/requests").text)


def arrived(houses: Houses, browser: httpx.Client, **said: object) -> tuple[str, str]:
    """The places of a request at both sides, once it is at the side that is asked and checked."""
    before = set(in_box(browser))
    ours = sent(houses, **said)
    houses.carry()
    (place,) = set(in_box(browser)) - before
    return ours, place


def test_from_draft_to_outcome_by_forms_alone(houses: Houses) -> None:
    with browsers(houses.asked, DESK) as (desk,):
        ours, place = arrived(houses, desk)
        assert "1 may be held" in desk.get("/requests").text
        page = desk.get(place).text
        assert "Gëzim Vokshi" in page
        assert "Couriers of a network" in page
        agreed(desk, f"{place}/nothing", says="1 subject")
        looked = desk.post(f"{place}/subjects/1", data={"why": WHY}).text
        assert "Vokshi" in looked
        holding = re.search(r'name="holdings" value="([^"]+)"', looked).group(1)  # type: ignore[union-attr]
        given = {"act": "records", "holdings": holding, "why": WHY, "whole": "yes"}
        place_of(desk.post(f"{place}/subjects/1/answer", data=given))
    houses.carry()
    with browsers(houses.asking, INVESTIGATOR) as (asker,):
        page = asker.get(ours).text
        assert "Answered in full" in page
        assert "Nothing held" in page
        told = {"outcome": "arrest", "grounds": houses.asking.agency.grounds}
        place_of(asker.post(f"{ours}/close", data=told))
        assert "Closed" in asker.get(ours).text
    houses.carry()
    with browsers(houses.asked, DESK) as (desk,):
        assert "It led to an arrest" in desk.get(place).text


def test_the_inbox_tells_what_is_due_and_what_is_late_in_words(houses: Houses) -> None:
    with browsers(houses.asked, DESK) as (desk,):
        _, place = arrived(houses, desk, urgent="yes", urgency="They cross the border tonight")
        page = desk.get("/requests").text
        assert "Urgent" in page
        assert re.search(r"8.h left", page)
        assert in_box(desk)[0] == place, "what is due first stands first"
    houses.later(hours=9)
    with browsers(houses.asked, DESK) as (desk,):
        assert re.search(r"Overdue by 1.h", desk.get("/requests").text)
        assert place not in desk.get("/requests?request_state=answering").text
        assert place in desk.get(f"/requests?partner={houses.asking.origin}").text
        assert place not in desk.get("/requests?mine=true").text
        place_of(desk.post(f"{place}/take-on"))
        assert place in desk.get("/requests?mine=true").text


def test_bad_rows_are_told_with_their_row_and_field(houses: Houses) -> None:
    with browsers(houses.asking, INVESTIGATOR) as (asker,):
        listed = f"name,born\n{GEZIM.partition(';')[0]},1984-02-03\nQwxyz Vbnmk,1980-02-30\n"
        page = asker.get(place_of(asker.post("/requests/new", data=houses.form(list=listed)))).text
    assert "Rows of pasted list that could not be used" in page
    assert re.search(r"<t[dh][^>]*>2</t[dh]>\s*<td[^>]*>born</td>", page)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"description": ""}, "description"),
        ({"urgent": "yes"}, "urgency"),
        ({"grounds": "grounds-" + "a" * 26}, "grounds"),
        ({"wanted": []}, "wanted"),
        ({"retention_until-year": "20x6"}, "retention_until"),
        ({"handling": ["H3"]}, "restriction"),
    ],
)
def test_a_form_that_is_refused_keeps_what_was_typed(
    houses: Houses, said: dict[str, object], field: str
) -> None:
    with browsers(houses.asking, INVESTIGATOR) as (asker,):
        answer = asker.post("/requests/new", data=houses.form(**said))
    assert answer.status_code == 400
    assert f'href="#{field}"' in answer.text
    assert "duty desk" in answer.text


def test_nobody_sends_before_another_person_has_said_yes(houses: Houses) -> None:
    with browsers(houses.asking, INVESTIGATOR, APPROVER, SUPERVISOR) as (asker, approver, head):
        place = place_of(asker.post("/requests/new", data=houses.form()))
        assert asker.post(f"{place}/send").status_code == 409
        place_of(asker.post(f"{place}/submit"))
        assert asker.post(f"{place}/send").status_code == 403
        own = asker.post(f"{place}/authorise", data={"answer": "approve", "reason": REASON})
        assert own.status_code == 404, "the route is for those who approve"
        assert approver.get(place).status_code == 200
        place_of(approver.post(f"{place}/authorise", data={"answer": "refuse", "reason": REASON}))
        assert "declined" in asker.get(place).text
        place_of(asker.post(f"{place}/revise"))
        assert head.get(f"{place}/edit").status_code == 404
        changed = asker.post(f"{place}/edit", data=houses.form(description="Only the driver of the van"))
        assert "Only the driver" in asker.get(place_of(changed)).text


def test_an_approval_given_among_the_approvals_is_seen_on_the_request(houses: Houses) -> None:
    with browsers(houses.asking, INVESTIGATOR, APPROVER) as (asker, approver):
        place = place_of(asker.post("/requests/new", data=houses.form()))
        place_of(asker.post(f"{place}/submit"))
        assert "Send the request" not in asker.get(place).text
        assert "Authorised, not sent" not in asker.get(place).text
        approval = re.search(r'href="(/approvals/approval-[a-z0-9]+)"', approver.get("/").text)
        assert approval is not None
        place_of(approver.post(approval.group(1), data={"answer": "approve", "reason": REASON}))
        assert "Send the request" in asker.get(place).text
        assert "Authorised, not sent" in asker.get(place).text


def test_many_subjects_are_sorted_and_refused_at_once(houses: Houses) -> None:
    with browsers(houses.asked, DESK) as (desk,):
        _, place = arrived(houses, desk)
        none = desk.post(f"{place}/subjects", data={"act": "sort", "access": "direct", "scope": "ticked"})
        assert none.status_code == 400
        assert "no subject is ticked" in none.text
        given = {"act": "sort", "access": "authority", "scope": "ticked", "numbers": ["1"]}
        place_of(desk.post(f"{place}/subjects", data=given))
        rows = desk.get(f"{place}?access=authority").text
        assert "Gëzim Vokshi" in rows
        assert "Obermüller" not in rows
        place_of(desk.post(f"{place}/subjects", data={"act": "order", "order": "Court 7/26", "scope": "all"}))
        assert "Order attached" in desk.get(place).text
        given = {"act": "refuse", "ground": "not-available", "scope": "all"}
        agreed(desk, f"{place}/subjects", given, says="2 subjects")
        assert "The information is not available to the authorities asked" in desk.get(place).text


def test_a_question_back_stops_the_clock_until_it_is_answered(houses: Houses) -> None:
    with browsers(houses.asked, DESK) as (desk,), browsers(houses.asking, INVESTIGATOR) as (asker,):
        ours, place = arrived(houses, desk)
        place_of(desk.post(f"{place}/questions", data={"question": "Which of the vans?", "pauses": "yes"}))
        assert "The clock stands still" in desk.get(place).text
        houses.carry()
        page = asker.get(ours).text
        assert "Which of the vans?" in page
        talk = re.search(rf'action="({ours}/talks/talk-[a-z0-9]+)"', page)
        assert talk is not None
        place_of(asker.post(talk.group(1), data={"answer": "The white one"}))
        houses.carry()
        assert "The white one" in desk.get(place).text
        assert "The clock stands still" not in desk.get(place).text


def test_what_we_hold_is_shown_to_whoever_says_why_and_is_written_down(houses: Houses) -> None:
    with browsers(houses.asked, DESK) as (desk,):
        _, place = arrived(houses, desk)
        before = desk.get(f"{place}/subjects/1").text
        assert "Gëzim Vokshi" in before
        assert 'name="holdings"' not in before
        short = desk.post(f"{place}/subjects/1", data={"why": "work"})
        assert short.status_code == 400
        assert 'href="#why"' in short.text
        looked = desk.post(f"{place}/subjects/1", data={"why": WHY})
        assert 'name="holdings"' in looked.text
        assert houses.pair.asked.verbs().count("subject-read") >= 1
        place_of(desk.post(f"{place}/subjects/1/answer", data={"act": "nothing", "why": WHY}))
        assert "Nothing held" in desk.get(f"{place}/subjects/1").text


def test_a_request_is_withdrawn_only_by_whoever_read_what_that_means(houses: Houses) -> None:
    ours = sent(houses)
    houses.carry()
    with browsers(houses.asking, INVESTIGATOR) as (asker,):
        assert asker.post(f"{ours}/withdraw", data={}).status_code == 400
        alone = {"withdraw_reason": REASON, "sure": "yes"}
        assert "It has changed since you looked" in asker.post(f"{ours}/withdraw", data=alone).text
        assert "Withdrawn" not in asker.get(ours).text
        agreed(asker, f"{ours}/withdraw", {"withdraw_reason": REASON}, says="2 subjects")
        assert "Withdrawn" in asker.get(ours).text


def test_a_template_begins_another_request_without_grounds_and_people(houses: Houses) -> None:
    with browsers(houses.asking, INVESTIGATOR, DESK) as (asker, desk):
        place = place_of(asker.post("/requests/new", data=houses.form()))
        place_of(asker.post(f"{place}/template", data={"name": "Couriers"}))
        listed = desk.get("/requests/templates").text
        begun = re.search(r'href="(/requests/new\?template=template-[a-z0-9]+)"', listed)
        assert begun is not None
        form = asker.get(begun.group(1)).text
        assert "Couriers of a network" in form
        assert "Vokshi" not in form
        template = begun.group(1).rpartition("=")[2]
        assert desk.post(f"/requests/templates/{template}/end").status_code == 404
        place_of(asker.post(f"/requests/templates/{template}/end"))
        assert asker.get(begun.group(1)).status_code == 404


def test_a_supervisor_and_an_investigator_do_not_answer(houses: Houses) -> None:
    with browsers(houses.asked, DESK, SUPERVISOR, INVESTIGATOR) as (desk, head, other):
        _, place = arrived(houses, desk)
        assert head.get(place).status_code == 200
        assert head.post(f"{place}/nothing").status_code == 404
        assert other.get(place).status_code == 404
        assert place not in other.get("/requests/out").text


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("/requests/league", "How partners answer us"),
        ("/requests/league?ours=true", "Agency of police.example"),
        ("/requests/convictions", "No notice has arrived"),
        ("/requests/convictions?confiscation=true", "No notice has arrived"),
        ("/requests/unasked", "Nothing was supplied unasked"),
        ("/requests?over=true", "Answered and ended"),
        ("/requests/out", "Nothing is asked of a partner"),
    ],
)
def test_what_stands_around_requests_is_shown(houses: Houses, place: str, words: str) -> None:
    with browsers(houses.asked, DESK) as (desk,):
        answer = desk.get(place)
    assert answer.status_code == 200
    assert words in answer.text


def test_today_counts_what_partners_wait_for(houses: Houses) -> None:
    with browsers(houses.asked, DESK, INVESTIGATOR) as (desk, other):
        arrived(houses, desk)
        assert "Requests to answer" in desk.get("/").text
        assert "Requests to answer" not in other.get("/").text
    with houses.asked.desk.program(houses.asked.officers[DESK]) as program:
        assert program.get("/api/v1/today").json()["requests"] >= 1
