"""Steps on requests over HTTP: corrections, clocks by hand, what is shown before it is done, what is signed, supply."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import timedelta

import httpx
import pytest

from liaison.model.grounds import Purpose
from liaison.model.roles import Role
from liaison.partners import service
from liaison.partners.service import View
from liaison.screening.cases import open_case
from liaison.screening.grounds import give_grounds
from tests.web.payloads import REASON
from tests.web.test_requests_pages import (
    DESK,
    INVESTIGATOR,
    SUPERVISOR,
    WHY,
    agreed,
    arrived,
    browsers,
    hidden,
    in_box,
    place_of,
)
from tests.web.two_desks import STRANGER, House, Houses, two_desks

TONIGHT = {"urgent": "yes", "urgency": "They cross the border tonight"}
API = "/api/v1"


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Houses]:
    with two_desks(tmp_path_factory.mktemp("steps")) as both:
        yield both


@pytest.fixture
def feared(houses: Houses) -> Iterator[Houses]:
    """The death penalty is feared at the asking side, and people fled from there."""
    _assess(houses, feared=True)
    yield houses
    _assess(houses, feared=False)


def _assess(houses: Houses, *, feared: bool) -> None:
    house = houses.asked
    head = house.desk.actor(house.officers[SUPERVISOR])
    view = View(capital=feared, state_of_origin=feared)
    service.assess(house.side.office, head, houses.asking.origin, view, "DPIA-3")


def grounds_of_the_desk(house: House, reference: str) -> str:
    actor = house.desk.actor(house.officers[DESK])
    case = open_case(house.desk.office, actor, reference=reference, title="Vans", offence="drugs")
    return give_grounds(
        house.desk.office, actor, case.id, purpose=Purpose.INVESTIGATION, basis="agreement", justification=WHY
    )


def answer_with_the_record(desk: httpx.Client, place: str) -> httpx.Response:
    looked = desk.post(f"{place}/subjects/1", data={"why": WHY}).text
    holding = re.search(r'name="holdings" value="([^"]+)"', looked)
    assert holding is not None
    given = {"act": "records", "holdings": holding.group(1), "why": WHY, "whole": "yes"}
    return desk.post(f"{place}/subjects/1/answer", data=given)


def test_a_subject_is_corrected_by_a_form_and_the_other_side_sees_it(houses: Houses) -> None:
    with browsers(houses.asked, DESK) as (desk,), browsers(houses.asking, INVESTIGATOR) as (asker,):
        ours, place = arrived(houses, desk, list=STRANGER)
        agreed(desk, f"{place}/nothing")
        houses.carry()
        page = asker.get(f"{ours}/subjects/1").text
        assert "Correct this subject" in page
        assert 'value="1931-11-30"' in page
        missing = asker.post(f"{ours}/subjects/1/correct", data={"name": "Gëzim Vokshi"})
        assert missing.status_code == 400
        assert "Gëzim Vokshi" in missing.text
        nobody = asker.post(f"{ours}/subjects/1/correct", data={"correct_reason": REASON})
        assert nobody.status_code == 400
        right = {"name": "Gëzim Vokshi", "born": "1984-02-03", "correct_reason": REASON}
        place_of(asker.post(f"{ours}/subjects/1/correct", data=right))
        assert "Being answered" in asker.get(ours).text
        houses.carry()
        page = desk.get(place).text
        assert "Gëzim Vokshi" in page
        assert "May be held" in page
        assert "Subjects were corrected" in page
        assert desk.post(f"{place}/subjects/1/correct", data=right).status_code == 404
        assert "Correct this subject" not in desk.get(f"{place}/subjects/1").text


def test_single_subjects_are_withdrawn_and_the_other_side_sees_it(houses: Houses) -> None:
    with browsers(houses.asked, DESK) as (desk,), browsers(houses.asking, INVESTIGATOR) as (asker,):
        ours, place = arrived(houses, desk)
        assert "Ask no longer about those that are ticked" in asker.get(ours).text
        none = asker.post(f"{ours}/withdraw", data={"withdraw_reason": REASON, "scope": "ticked"})
        assert none.status_code == 400
        assert "no subject is ticked" in none.text
        given = {"withdraw_reason": REASON, "scope": "ticked", "numbers": ["2"]}
        agreed(asker, f"{ours}/withdraw", given, says="1 subject")
        houses.carry()
        assert "Asked no longer" in desk.get(f"{place}/subjects/2").text
        assert "May be held" in desk.get(f"{place}/subjects/1").text


def test_what_cannot_be_undone_is_shown_with_its_number_and_ground(houses: Houses) -> None:
    with browsers(houses.asked, DESK) as (desk,):
        _, place = arrived(houses, desk)
        given = {"act": "refuse", "ground": "security", "scope": "all"}
        asked = desk.post(f"{place}/subjects", data=given)
        assert asked.status_code == 200
        assert "2 subjects" in asked.text
        assert "Not answered: refused" not in desk.get(place).text
        agreement = hidden(asked.text)
        agreed(desk, f"{place}/nothing")  # meanwhile one of them is answered
        again = desk.post(f"{place}/subjects", data=agreement)
        assert again.status_code == 200
        assert "It has changed since you looked" in again.text
        assert "1 subject<" in again.text
        assert "Not answered: refused" not in desk.get(place).text
        place_of(desk.post(f"{place}/subjects", data=hidden(again.text)))
        assert "Not answered: refused" in desk.get(place).text
        over = desk.post(f"{place}/subjects", data=given)
        assert over.status_code == 409
        wrong = desk.post(f"{place}/subjects", data={**given, "ground": "because"})
        assert wrong.status_code == 400


def test_a_stopped_clock_is_let_run_on_and_stays_on_top(houses: Houses) -> None:
    with browsers(houses.asked, DESK) as (desk,), browsers(houses.asking, INVESTIGATOR) as (asker,):
        ours, place = arrived(houses, desk, **TONIGHT)
        stop = {"reason": "judicial-authorisation", "source": "application 7/2026"}
        place_of(desk.post(f"{place}/pause", data=stop))
        assert in_box(desk)[0] == place, "an urgent one whose clock stands still does not sink"
        page = desk.get(place).text
        assert "Let the clock run on" in page
        houses.carry()
        assert "The clock stands still" in asker.get(ours).text
        end = re.search(rf'action="({place}/pauses/pause-[a-z0-9]+/end)"', page)
        assert end is not None
        place_of(desk.post(end.group(1)))
        assert desk.post(end.group(1)).status_code == 409
        assert "Let the clock run on" not in desk.get(place).text
        houses.carry()
        assert re.search(r"8.h left", asker.get(ours).text)


def test_the_recognition_of_an_order_is_said_on_its_page(houses: Houses) -> None:
    with browsers(houses.asked, DESK) as (desk,), browsers(houses.asking, INVESTIGATOR) as (asker,):
        ours, place = arrived(houses, desk, instrument="eio-2014-41")
        assert "the order was recognised" in desk.get(place).text
        assert desk.post(f"{place}/term", data={"term": "nothing"}).status_code == 400
        place_of(desk.post(f"{place}/term", data={"term": "execution"}))
        page = desk.get(place).text
        assert "Another term of the instrument was chosen" in page
        houses.carry()
        assert re.search(r"9\d.d left|90.d", asker.get(ours).text)


def test_a_persons_own_request_is_chosen_in_the_form(houses: Houses) -> None:
    with browsers(houses.asked, DESK) as (desk,), browsers(houses.asking, INVESTIGATOR) as (asker,):
        wrong = asker.post("/requests/new", data=houses.form(term="other-purpose"))
        assert wrong.status_code == 400
        assert 'href="#term"' in wrong.text
        ours, place = arrived(houses, desk, instrument="ecris-2009-315", term="other-purpose")
        assert "20 working days" in desk.get(place).text
        assert "20 working days" in asker.get(ours).text


def test_an_assurance_is_asked_for_signed_and_lets_the_answer_go(feared: Houses) -> None:
    there = feared.asking.origin
    with browsers(feared.asked, DESK, SUPERVISOR) as (desk, head):
        _, place = arrived(feared, desk)
        page = desk.get(place).text
        assert "Ask a supervisor to sign" in page
        refused = answer_with_the_record(desk, place)
        assert refused.status_code == 403
        assert "L14" in refused.text
        assert "The law keeps this record back" in refused.text
        place_of(desk.post("/requests/safeguards/ask", data=hidden(page)))
        assert f"/requests/assurances?about={there}/drugs" in head.get("/").text
        assert "Sign the reasons" in head.get(place).text
        form = head.get(f"/requests/assurances?about={there}/drugs").text
        assert re.search(rf'value="{there}"\s+selected', form)
        given = {"partner": there, "offence": "drugs", "reference": "Note 12/2026"}
        assert head.post("/requests/assurances", data=given).status_code == 400
        assert desk.post("/requests/assurances", data={**given, "reasons": REASON}).status_code == 404
        place_of(head.post("/requests/assurances", data={**given, "reasons": REASON}))
        assert "Note 12/2026" in desk.get(place).text
        place_of(answer_with_the_record(desk, place))


def test_contact_with_a_state_of_origin_is_reviewed_before_the_answer(feared: Houses) -> None:
    there, holding = feared.asking.origin, feared.asked.agency.ids["R900"]
    with browsers(feared.asked, DESK, SUPERVISOR) as (desk, head):
        given = {"partner": there, "offence": "drugs", "reference": "Note 12/2026", "reasons": REASON}
        place_of(head.post("/requests/assurances", data=given))
        _, place = arrived(feared, desk)
        looked = desk.post(f"{place}/subjects/1", data={"why": WHY}).text
        assert "This person sought protection from that state" in looked
        told = {"partner": there, "holding": holding, "protection": REASON, "back": f"{place}/subjects/1"}
        assert place_of(desk.post("/requests/safeguards/protection", data=told)) == f"{place}/subjects/1"
        refused = answer_with_the_record(desk, place)
        assert refused.status_code == 403
        assert "Ask a supervisor to review the contact" in refused.text
        ask = {"rule": "L15/origin", "partner": there, "about": holding, "back": "//elsewhere.example"}
        assert place_of(desk.post("/requests/safeguards/ask", data=ask)) == "/requests"
        assert f"/requests/origins?about={there}/{holding}" in head.get("/").text
        signed = {"partner": there, "holding": holding, "reasons": REASON}
        assert head.post("/requests/origins", data=signed).status_code == 400
        place_of(head.post("/requests/origins", data={**signed, "looked": "yes"}))
        place_of(answer_with_the_record(desk, place))


def test_records_are_supplied_unasked_from_the_page_of_a_record(houses: Houses) -> None:
    holding = houses.asked.agency.ids["R900"]
    grounds = grounds_of_the_desk(houses.asked, "2026/77")
    with browsers(houses.asked, DESK, INVESTIGATOR) as (desk, other):
        page = desk.get(f"/requests/unasked/new?holding={holding}").text
        assert holding in page
        assert other.get("/requests/unasked/new").status_code == 404
        given = {
            "partner": houses.asking.origin,
            "holdings": f"{holding}\nholding-none",
            "grounds": grounds,
            "reason": "He was seen on the way to you",
            "handling": ["H1"],
        }
        assert desk.post("/requests/unasked/new", data={**given, "reason": ""}).status_code == 400
        assert desk.post("/requests/unasked/new", data={**given, "grounds": "grounds-x"}).status_code == 400
        asked = desk.post("/requests/unasked/new", data=given)
        assert asked.status_code == 200
        assert "Kept back" in asked.text
        assert "Supply 1 record" in asked.text
        assert "H1" in asked.text
        assert houses.pair.asked.verbs().count("spontaneous-sent") == 0, "looking sends nothing"
        place_of(desk.post("/requests/unasked/new", data=hidden(asked.text)))
        assert houses.pair.asked.verbs().count("spontaneous-sent") == 1
        assert "To them" in desk.get("/requests/unasked").text
    houses.carry()
    with browsers(houses.asking, DESK) as (there,):
        listed = there.get("/requests/unasked").text
        assert "From them" in listed
        one = re.search(r'href="(/requests/unasked/spontaneous-[a-z0-9]+)"', listed)
        assert one is not None
        shown = there.get(one.group(1)).text
        assert "He was seen on the way to you" in shown
        item = re.search(r'href="(/received/[^"]+)"', shown)
        assert item is not None
        grounds = grounds_of_the_desk(houses.asking, "2026/79")
        taken = {"grounds": grounds, "category": "suspect"}
        assert there.post(f"{item.group(1)}/take-in", data=taken).status_code == 403, "not yet of the case"
        assert there.post(f"{one.group(1)}/case", data={}).status_code == 400
        assert place_of(there.post(f"{one.group(1)}/case", data={"grounds": grounds})) == one.group(1)
        assert place_of(there.post(f"{item.group(1)}/take-in", data=taken)) == item.group(1)


def test_a_draft_loses_its_subjects_only_after_a_second_thought(houses: Houses) -> None:
    with browsers(houses.asking, INVESTIGATOR) as (asker,):
        place = place_of(asker.post("/requests/new", data=houses.form()))
        agreed(asker, f"{place}/empty", says="2 subjects")
        assert "The request is about nobody yet" in asker.get(place).text


def programs(house: House, role: Role) -> AbstractContextManager[httpx.Client]:
    return house.desk.program(house.officers[role])


def test_the_same_steps_by_programs(houses: Houses) -> None:
    asked, asking = houses.asked, houses.asking
    with browsers(asked, DESK) as (desk,):
        ours, place = arrived(houses, desk, list=STRANGER, reference="2026/1-9")
    mine, theirs = ours.rpartition("/")[2], place.rpartition("/")[2]
    with programs(asked, DESK) as desk, programs(asking, INVESTIGATOR) as asker:
        stop = {"reason": "clarification", "source": "Letter 7"}
        pause = desk.post(f"{API}/requests/{theirs}/pause", json=stop).json()["id"]
        clock = desk.get(f"{API}/requests/{theirs}/clock").json()
        assert [each["id"] for each in clock["pauses"]] == [pause]
        assert clock["due"] == {"": None}
        clock = desk.post(f"{API}/requests/{theirs}/pauses/{pause}/end").json()
        assert clock["pauses"] == []
        assert clock["due"][""] is not None
        assert desk.post(f"{API}/requests/{theirs}/term", json={"term": "execution"}).status_code == 400
        person = {"kind": "person", "names": [{"full": "Gëzim Vokshi"}], "born": ["1984-02-03"]}
        wanted = {"subject": person, "reason": REASON}
        assert asker.post(f"{API}/requests/{mine}/subjects/1/correct", json=wanted).status_code == 200
        assert asker.post(f"{API}/requests/{mine}/subjects/9/correct", json=wanted).status_code == 409
        houses.carry()
        (subject,) = desk.get(f"{API}/requests/{theirs}/subjects").json()["items"]
        assert (subject["name"], subject["state"]) == ("Gëzim Vokshi", "hit")
        assert desk.get(f"{API}/requests/{theirs}/safeguards").json()["assurance"] is False


def test_templates_and_convictions_by_programs(houses: Houses) -> None:
    with programs(houses.asking, INVESTIGATOR) as asker, programs(houses.asking, DESK) as desk:
        today = houses.asking.desk.clock.time.date()
        text = {
            "partner": houses.asked.origin,
            "grounds": houses.asking.agency.grounds,
            "reference": "2026/1-1",
            "instrument": "eu-2023-977",
            "exchange": "records",
            "description": "Couriers of a network",
            "link": "Each of them drove one of the vans",
            "belief": "They lived there",
            "wanted": ["identity"],
            "contact": "duty desk",
            "review_at": str(today),
            "retention_until": str(today + timedelta(days=90)),
            "exception": "none-named",
        }
        made = asker.post(f"{API}/requests/templates", json={"name": "Couriers", "text": text})
        assert made.status_code == 201, made.text
        (one,) = asker.get(f"{API}/requests/templates").json()["items"]
        assert (one["name"], one["description"]) == ("Couriers", "Couriers of a network")
        assert "grounds" not in one
        ended = f"{API}/requests/templates/{one['id']}/end"
        assert desk.post(ended).status_code == 404
        assert asker.post(ended).status_code == 200
        assert asker.get(f"{API}/requests/templates").json()["items"] == []
        assert desk.get(f"{API}/requests/convictions").json() == {"items": [], "next": ""}
        asking = {
            "partner": houses.asked.origin,
            "grounds": houses.asking.agency.grounds,
            "reference": "C-1",
            "contact": "desk",
            "since": "2020-01-01",
            "until": "2026-01-01",
        }
        refused = asker.post(f"{API}/requests/convictions", json=asking)
        assert refused.status_code == 403, "nobody's nationals are this agency's own yet"
        notify = {"partner": houses.asked.origin, "justification": REASON}
        assert desk.post(f"{API}/requests/convictions/notify", json=notify).status_code == 400
        assert asker.post(f"{API}/requests/convictions/notify", json=notify).status_code == 404


def test_unasked_by_programs(houses: Houses) -> None:
    grounds = grounds_of_the_desk(houses.asked, "2026/78")
    with programs(houses.asked, DESK) as desk:
        sent = {
            "partner": houses.asking.origin,
            "holdings": [houses.asked.agency.ids["R900"], "holding-none"],
            "grounds": grounds,
            "reason": "It helps",
            "handling": ["H2"],
        }
        made = desk.post(f"{API}/requests/unasked", json=sent)
        assert made.status_code == 201, made.text
        assert list(made.json()["withheld"]) == ["holding-none"]
        listed = desk.get(f"{API}/requests/unasked").json()["items"]
        assert made.json()["id"] in {each["id"] for each in listed}
        assert {each["reason"] for each in listed} == {""}
        one = desk.get(f"{API}/requests/unasked/{made.json()['id']}").json()
        assert one["reason"] == "It helps"
        into = desk.post(f"{API}/requests/unasked/{made.json()['id']}/case", json={"grounds": grounds})
        assert into.status_code == 409, "these records are their own"
    houses.carry()
