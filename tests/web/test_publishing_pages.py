"""Publishing and what programs send in, over HTTP: a collection, a record published and withdrawn, a decision."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from liaison.model.roles import Role
from tests.web.test_requests_pages import browsers, place_of
from tests.web.two_desks import Houses, two_desks

WHY = "The skipper named this man as the one who arranged the crossing."
DESK, SUPERVISOR, INVESTIGATOR = Role.DESK_OFFICER, Role.SUPERVISOR, Role.INVESTIGATOR


@pytest.fixture
def houses(tmp_path: Path) -> Iterator[Houses]:
    with two_desks(tmp_path) as both:
        yield both


def opened(houses: Houses, **more: str) -> str:
    """A collection for the asking agency, that the asked one's supervisor opened."""
    with browsers(houses.asked, SUPERVISOR) as (head,):
        sent = {"title": "Stolen vans", "partners": houses.asking.origin, "assessment": "DPIA-4"} | more
        return place_of(head.post("/published", data=sent))


def test_a_collection_is_opened_by_a_supervisor(houses: Houses) -> None:
    with browsers(houses.asked, SUPERVISOR, DESK, INVESTIGATOR) as (head, desk, other):
        assert "There is no collection" in desk.get("/published").text
        without = {"title": "Stolen vans", "partners": houses.asking.origin}
        refused = head.post("/published", data=without)
        assert refused.status_code == 403
        assert "What would make it lawful" in refused.text
        assert desk.post("/published", data=without).status_code == 404
        place = opened(houses)
        assert "Stolen vans" in desk.get("/published").text
        assert "Nothing is published here yet" in desk.get(place).text
        assert other.get(place).status_code == 404
        assert other.get("/published").status_code == 404


def test_what_is_published_of_a_record_has_grounds(houses: Houses) -> None:
    place = opened(houses)
    holding = next(iter(houses.asked.agency.ids.values()))
    with browsers(houses.asked, DESK) as (desk,):
        nothing = desk.post(f"{place}/publish", data={"holding": holding, "forms": "misp"})
        assert nothing.status_code == 400
        assert 'id="grounds-error"' in nothing.text


def test_a_record_is_published_and_withdrawn_with_a_reason(houses: Houses) -> None:
    place = opened(houses)
    with browsers(houses.asked, DESK) as (desk,):
        opening = {"reference": "P-1", "title": "Vans", "offence": "drugs"}
        case = place_of(desk.post("/cases/new", data=opening))
        given = {"purpose": "investigation", "basis": "task", "justification": WHY}
        grounds = re.search(r"grounds=([a-z0-9-]+)", desk.post(case, data=given).headers["location"])
        assert grounds is not None
        holding = houses.asked.agency.ids["R900"]
        order = {"holding": holding, "forms": "misp", "grounds": grounds.group(1)}
        unknown = desk.post(f"{place}/publish", data=order | {"holding": "holding-nobody"})
        assert unknown.status_code == 400
        assert 'id="holding-error"' in unknown.text
        person = desk.post(f"{place}/publish", data=order | {"forms": "stix"})
        assert person.status_code == 400
        assert "a person is not published as STIX" in person.text
        place_of(desk.post(f"{place}/publish", data=order))
        shown = desk.get(place).text
        assert "MISP" in shown
        publication = re.search(r'name="publication" value="([^"]+)"', shown)
        assert publication is not None
        withdrawing = {"publication": publication.group(1)}
        without = desk.post(f"{place}/withdraw", data=withdrawing)
        assert without.status_code == 403
        assert 'id="reason-error"' in without.text
        reason = {"reason": "The van was found in Pristina"}
        place_of(desk.post(f"{place}/withdraw", data=withdrawing | reason))
        assert "Withdrawn" in desk.get(place).text


def test_an_account_of_nobody_is_not_let_in(houses: Houses) -> None:
    place = opened(houses)
    with browsers(houses.asked, SUPERVISOR) as (head,):
        sent = {"account": "account-nobody", "partner": houses.asking.origin, "assessment": "DPIA-4"}
        nobody = head.post(f"{place}/readers", data=sent)
        assert nobody.status_code == 400
        assert 'id="account-error"' in nobody.text
        assert head.post("/published/shelf-nobody/readers", data=sent).status_code == 404
        account = houses.asked.officers[INVESTIGATOR].account
        place_of(head.post(f"{place}/readers", data=sent | {"account": account}))
        assert account in head.get(place).text
        place_of(head.post(f"{place}/readers/end", data={"account": account}))
        assert account not in head.get(place).text


def sent_in(houses: Houses) -> str:
    """Something that a partner's program sent, as it waits for the desk."""
    place = opened(houses, writable="yes")
    reader = houses.asked.officers[INVESTIGATOR]
    with browsers(houses.asked, SUPERVISOR) as (head,):
        sent = {"account": reader.account, "partner": houses.asking.origin, "assessment": "DPIA-4"}
        place_of(head.post(f"{place}/readers", data=sent))
    event = {
        "Event": {"info": "A boat at the harbour", "Attribute": [{"type": "text", "value": "<b>Ana</b>"}]}
    }
    with houses.asked.desk.program(reader) as program:
        answer = program.post("/misp/events/add", json=event)
        assert answer.status_code == 200, answer.text
    with browsers(houses.asked, DESK) as (desk,):
        found = re.search(r'href="(/intake/[0-9a-f-]{36})"', desk.get("/intake").text)
        assert found is not None
        return found.group(1)


def test_what_a_program_sent_waits_for_the_desk_and_is_shown_as_text(houses: Houses) -> None:
    place = sent_in(houses)
    with browsers(houses.asked, DESK, SUPERVISOR) as (desk, head):
        page = desk.get(place).text
        assert "A boat at the harbour" in page
        assert "&lt;b&gt;Ana&lt;/b&gt;" in page
        assert "Sent in by partners’ programs" in desk.get("/").text
        assert head.get(place).status_code == 404
        assert desk.post(place, data={"answer": "perhaps"}).status_code == 400
        place_of(desk.post(place, data={"answer": "accept"}))
        assert place in desk.get("/intake?which=accepted").text
        assert desk.post(place, data={"answer": "accept"}).status_code == 409


def test_what_its_sender_changed_since_it_was_shown_is_not_accepted(houses: Houses) -> None:
    place = sent_in(houses)
    with browsers(houses.asked, DESK) as (desk,):
        seen = re.search(r'name="seen" value="([0-9a-f]{32})"', desk.get(place).text)
        assert seen is not None
        with houses.asked.desk.program(houses.asked.officers[INVESTIGATOR]) as program:
            mine = program.post("/misp/events/restSearch", json={"eventinfo": "A boat at the harbour"}).json()
            (event,) = [one["Event"]["uuid"] for one in mine["response"]]
            changed = {"Event": {"info": "Another boat", "Attribute": []}}
            assert program.post(f"/misp/events/edit/{event}", json=changed).status_code == 200
        refused = desk.post(place, data={"answer": "accept", "seen": seen[1]})
        assert refused.status_code == 409
        assert "changed it since it was shown" in refused.text
        assert "Another boat" in refused.text
        again = re.search(r'name="seen" value="([0-9a-f]{32})"', refused.text)
        assert again is not None
        place_of(desk.post(place, data={"answer": "accept", "seen": again[1]}))


def test_what_is_refused_is_gone(houses: Houses) -> None:
    place = sent_in(houses)
    with browsers(houses.asked, DESK) as (desk,):
        place_of(desk.post(place, data={"answer": "refuse"}))
        page = desk.get(place).text
    assert "Refused" in page
    assert "A boat at the harbour" not in page


def test_what_is_passed_on_needs_dates_and_grounds(houses: Houses) -> None:
    place = sent_in(houses)
    with browsers(houses.asked, DESK) as (desk,):
        answer = desk.post(place, data={"answer": "onward"})
    assert answer.status_code == 400
    assert 'id="review-error"' in answer.text
