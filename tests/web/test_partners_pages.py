"""Partners over HTTP: cards taken by their fingerprint, agreements proposed and signed, keys and partners revoked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from liaison.model.roles import Role
from liaison.node import partnership
from liaison.partners import directory
from liaison.partners.rules import Lane, PartnerState
from liaison.transport import inbox
from liaison.transport.refusals import TELL_AT
from tests.web.two_desks import House, Houses, two_desks
from tests.web_fixtures import Desk, a_desk

SUPERVISOR, INVESTIGATOR = Role.SUPERVISOR, Role.INVESTIGATOR
TERMS = {
    "kind": "adequacy",
    "reference": "Decision 7",
    "expires-day": "1",
    "expires-month": "3",
    "expires-year": "2031",
    "assessment": "DPIA-7",
    "purposes": ["investigation", "prosecution", "execution of penalties"],
    "offences": ["drugs", "laundering"],
    "exchanges": ["records"],
    "quota": "40",
    "handling": ["H0", "H2"],
    "languages": "en, sq",
    "days": "700",
    "days-victim": "90",
}


@pytest.fixture
def houses(tmp_path: Path) -> Iterator[Houses]:
    with two_desks(tmp_path) as both:
        yield both


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path) as made:
        yield made


def partner(house: House, other: House) -> directory.Partner:
    return house.desk.office.read(lambda connection: directory.partner(connection, other.origin))


def fingerprint_on(page: str) -> str:
    return " ".join(re.findall(r"<li><code>([0-9a-f]{4})</code>", page))


def stranger(tmp_path: Path) -> tuple[str, str]:
    """The card of a node that is not known yet, and its fingerprint as its page shows it."""
    (tmp_path / "stranger").mkdir()
    with (
        a_desk(tmp_path / "stranger", origin="customs.example", agency="Customs") as other,
        other.browser(other.administrator) as theirs,
    ):
        return theirs.get("/partners/own/card").text, fingerprint_on(theirs.get("/partners/own").text)


def test_a_desk_without_partners_is_told_how_to_pair(desk: Desk) -> None:
    with desk.browser(desk.administrator) as browser:
        page = browser.get("/partners").text
    assert "There is no partner yet" in page
    assert 'href="/partners/own"' in page


def test_a_card_is_taken_by_the_fingerprint_that_its_owner_reads(desk: Desk, tmp_path: Path) -> None:
    card, spoken = stranger(tmp_path)
    assert len(spoken.split()) == 16
    with desk.browser(desk.administrator) as browser:
        wrong = spoken.translate(str.maketrans("0123456789abcdef", "1234567890fedcba"))
        refused = browser.post("/partners/add", data={"card": card, "fingerprint": wrong})
        assert refused.status_code == 400
        assert "the fingerprint is not that of this card" in refused.text
        files = {"card_file": ("card.txt", card.encode())}
        taken = browser.post(
            "/partners/add", data={"fingerprint": spoken, "name": "The customs"}, files=files
        )
        assert taken.headers["location"] == "/partners/customs.example?done=partner-taken"
        page = browser.get("/partners").text
        assert "The customs" in page
        assert "Not agreed yet" in page


def test_an_agreement_is_proposed_read_and_signed(houses: Houses) -> None:
    left, right = houses.asking, houses.asked
    with (
        left.desk.browser(left.officers[SUPERVISOR]) as ours,
        right.desk.browser(right.officers[SUPERVISOR]) as theirs,
    ):
        proposed = ours.post(f"/partners/{right.origin}/propose", data=TERMS)
        assert proposed.status_code == 303, proposed.text
        page = ours.get(f"/partners/{right.origin}").text
        assert "Decision 7" in page
        (digest,) = re.findall(r"/agreements/([0-9a-f]{64})\"", page)[:1]
        document = ours.get(f"/partners/{right.origin}/agreements/{digest}").text
        taken = theirs.post(f"/partners/{left.origin}/agreement", data={"agreement": document})
        assert taken.status_code == 303, taken.text
        assert "To sign" in theirs.get("/partners").text
        sign = f"/partners/{left.origin}/sign"
        unread = theirs.post(sign, data={"digest": digest, "assessment": "DPIA-9"})
        assert unread.status_code == 400
        without = theirs.post(sign, data={"digest": digest, "read": "yes"})
        assert without.status_code == 403
        assert "What would make it lawful" in without.text
        signed = theirs.post(sign, data={"digest": digest, "assessment": "DPIA-9", "read": "yes"})
        assert signed.status_code == 303, signed.text
    agreed = partner(right, left).agreement
    assert agreed is not None
    assert agreed.digest == digest
    assert agreed.quota == 40
    assert {cap.category.value if cap.category else "": cap.days for cap in agreed.caps} == {
        "": 700,
        "victim": 90,
    }


def test_a_renewal_begins_with_what_is_agreed(houses: Houses) -> None:
    left, right = houses.asking, houses.asked
    with left.desk.browser(left.officers[SUPERVISOR]) as ours:
        page = ours.get(f"/partners/{right.origin}/propose").text
        assert "Renew the agreement" in page
        assert re.search(r'value="200000"', page)
        assert re.search(r'name="exchanges" type="checkbox" value="assets" checked', page)
        wrong = ours.post(f"/partners/{right.origin}/propose", data=TERMS | {"quota": "many"})
        assert wrong.status_code == 400
        assert 'id="quota-error"' in wrong.text


def test_an_agreement_is_ended_only_once_that_is_sure(houses: Houses) -> None:
    left, right = houses.asking, houses.asked
    with left.desk.browser(left.officers[SUPERVISOR]) as ours:
        assert ours.post(f"/partners/{right.origin}/end").status_code == 400
        assert partner(left, right).kept is PartnerState.ACTIVE
        assert ours.post(f"/partners/{right.origin}/end", data={"sure": "yes"}).status_code == 303
    assert partner(left, right).agreement is None


def test_a_partner_that_cannot_be_reached_is_told_in_words(houses: Houses) -> None:
    left, right = houses.asking, houses.asked
    with left.desk.browser(left.officers[SUPERVISOR]) as ours:
        page = ours.get(f"/partners/{right.origin}").text
        digest = re.findall(r"/agreements/([0-9a-f]{64})\"", page)[0]
        answer = ours.post(f"/partners/{right.origin}/offer", data={"digest": digest})
    assert answer.status_code == 409
    assert "the partner could not be reached" in answer.text


def test_keys_are_revoked_from_the_last_letter_that_was_taken(houses: Houses) -> None:
    left, right = houses.asking, houses.asked
    with right.desk.browser(right.desk.administrator) as ours:
        page = ours.get(f"/partners/{left.origin}/revoke").text
        assert re.search(r'id="urgent" name="urgent" type="text" value="0"', page)
        sent = {"what": "1", "urgent": "3", "ordinary": "5", "sure": "yes"}
        assert ours.post(f"/partners/{left.origin}/revoke", data=sent).status_code == 400  # no reason
        done = ours.post(f"/partners/{left.origin}/revoke", data=sent | {"reason": "the laptop was stolen"})
        assert done.status_code == 303, done.text
    (held,) = partner(right, left).generations
    assert (held.last(Lane.URGENT), held.last(Lane.ORDINARY)) == (3, 5)


def test_a_partner_is_revoked_with_a_reason_and_a_tick(houses: Houses) -> None:
    left, right = houses.asking, houses.asked
    with left.desk.browser(left.desk.administrator) as ours:
        place = f"/partners/{right.origin}/revoke"
        assert ours.post(place, data={"what": "partner", "reason": "it was taken over"}).status_code == 400
        assert partner(left, right).kept is PartnerState.ACTIVE
        sent = {"what": "partner", "reason": "it was taken over", "sure": "yes"}
        assert ours.post(place, data=sent).status_code == 303
        assert "Revoked" in ours.get("/partners").text
    assert partner(left, right).kept is PartnerState.REVOKED


def test_new_keys_are_asked_for_twice(houses: Houses) -> None:
    desk = houses.asking.desk
    with desk.browser(desk.administrator) as ours:
        assert ours.post("/partners/own/rotate").status_code == 400
        assert desk.node.own.generation == 1
        assert ours.post("/partners/own/rotate", data={"sure": "yes"}).status_code == 303
    assert desk.node.own.generation == 2


def test_letters_under_a_key_are_an_administrators(houses: Houses) -> None:
    left, right = houses.asking, houses.asked
    with (
        left.desk.browser(left.desk.administrator) as ours,
        left.desk.browser(left.officers[INVESTIGATOR]) as other,
    ):
        assert "No letter passed under this key" in ours.get(f"/partners/{right.origin}/letters").text
        ours.post("/partners/own/rotate", data={"sure": "yes"})
        assert "3 letters, the newest first" in ours.get(f"/partners/{right.origin}/letters").text
        assert other.get(f"/partners/{right.origin}/letters").status_code == 404
        assert ours.get("/partners/nobody.example/letters").status_code == 404


def test_a_notice_leads_to_the_partner_by_its_id(houses: Houses) -> None:
    left, right = houses.asking, houses.asked
    with left.desk.browser(left.officers[SUPERVISOR]) as ours:
        answer = ours.get(f"/partners/{partner(left, right).id}")
    assert answer.headers["location"] == f"/partners/{right.origin}"


def test_letters_that_counted_for_nothing_stand_on_the_page_of_their_partner(houses: Houses) -> None:
    left, right = houses.asking, houses.asked
    desk, sender = right.desk, partner(right, left)
    with desk.browser(right.officers[SUPERVISOR]) as browser:
        assert "Letters that counted for nothing" not in browser.get(f"/partners/{left.origin}").text
        inbox.take_in(desk.office, desk.node.means, sender, [b"a.b.c"] * TELL_AT)
        page = browser.get(f"/partners/{left.origin}").text
        assert "They are no letters" in page
        assert "are refused again and again" in browser.get("/").text


def test_a_changed_address_is_told_to_partners(houses: Houses) -> None:
    node = houses.asking.desk.node
    before = sum(each.waiting for each in node.correspondence.backlogs())
    partnership.keep_card(node)  # what it says differs from what the test made: the address is gone
    assert sum(each.waiting for each in node.correspondence.backlogs()) == before + 1
    partnership.keep_card(node)
    assert sum(each.waiting for each in node.correspondence.backlogs()) == before + 1


def test_the_api_tells_what_the_list_shows(houses: Houses) -> None:
    left, right = houses.asking, houses.asked
    with left.desk.program(left.officers[INVESTIGATOR]) as program:
        (one,) = program.get("/api/v1/partners").json()["items"]
    assert one["origin"] == right.origin
    assert one["state"] == "active"
    assert one["letters"] == 0


def client_sees(browser: httpx.Client, path: str) -> int:
    return browser.get(path).status_code


def test_who_has_nothing_to_do_with_partners_finds_none(houses: Houses) -> None:
    left, right = houses.asking, houses.asked
    with left.desk.browser(left.officers[Role.APPROVER]) as other:
        assert client_sees(other, "/partners") == 404
        assert client_sees(other, f"/partners/{right.origin}") == 404
