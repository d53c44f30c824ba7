"""People, settings, approvals and reviews over HTTP."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from liaison.model.roles import Role
from liaison.officers import approvals, invitations, notices
from liaison.officers.approvals import Request
from tests.web_fixtures import PASSWORD, Desk, a_desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with a_desk(tmp_path_factory.mktemp("people")) as desk:
        yield desk


def test_an_administrator_creates_and_invites(desk: Desk) -> None:
    with desk.browser(desk.administrator) as browser:
        desk.enrol("First Overseer", Role.SUPERVISOR)
        sent = {"name": "Lule Basha", "unit": "Desk", "sign_in": "lule", "roles": ["desk officer"]}
        answer = browser.post("/people/new", data=sent)
        assert answer.status_code == 200
        assert "http://node.example/invitation#" in answer.text
        assert "The roles wait for the approval" in answer.text
        listed = browser.get("/people").text
        assert "Lule Basha" in listed
        assert "Invited" in listed


def test_roles_that_clash_are_refused_with_the_field(desk: Desk) -> None:
    with desk.browser(desk.administrator) as browser:
        sent = {"name": "Kol Ndoja", "sign_in": "kol", "roles": ["auditor", "investigator"]}
        answer = browser.post("/people/new", data=sent)
        assert answer.status_code == 400
        assert "one person cannot be" in answer.text
        assert 'href="#roles"' in answer.text


def test_a_role_that_there_is_not_is_refused(desk: Desk) -> None:
    with desk.browser(desk.administrator) as browser:
        answer = browser.post("/people/new", data={"name": "A B", "sign_in": "ab", "roles": ["king"]})
        assert answer.status_code == 400
        assert "this is not one of the choices" in answer.text
        assert 'value="A B"' in answer.text


def test_training_and_end_of_an_account(desk: Desk) -> None:
    officer = desk.enrol("Teuta Rama", Role.INVESTIGATOR)
    with desk.browser(desk.administrator) as browser:
        year = str(desk.clock.now().year + 1)
        sent = {"course": "Judging alerts", "until-day": "1", "until-month": "2", "until-year": year}
        assert browser.post(f"/people/{officer.person}/training", data=sent).status_code == 303
        page = browser.get(f"/people/{officer.person}").text
        assert "Judging alerts" in page
        assert "None is recorded" in page
        wrong = browser.post(f"/people/{officer.person}/training", data=sent | {"until-month": "13"})
        assert wrong.status_code == 400
        assert "this is no date" in wrong.text
        ended = browser.post(f"/people/{officer.person}/accounts/{officer.account}/end", data={})
        assert ended.status_code == 303
    with desk.browser(officer) as browser:
        assert browser.get("/").status_code == 303


def test_the_api_lists_people_by_cursor(desk: Desk) -> None:
    for name in ("Aida One", "Bled Two", "Cela Three"):
        desk.enrol(name, Role.INVESTIGATOR)
    with desk.program(desk.administrator) as program:
        seen: list[str] = []
        cursor = ""
        while True:
            listed = program.get("/api/v1/people", params={"limit": 2, "cursor": cursor}).json()
            assert len(listed["items"]) <= 2
            seen += [each["name"] for each in listed["items"]]
            cursor = listed["next"]
            if not cursor:
                break
        assert seen == sorted(seen, key=str.casefold)
        assert len(seen) == len(set(seen))
        assert program.get("/api/v1/people", params={"cursor": "nonsense"}).status_code == 400
        assert program.get("/api/v1/people", params={"limit": 0}).status_code == 400


def test_the_api_makes_a_person_and_an_account(desk: Desk) -> None:
    with desk.program(desk.administrator) as program:
        person = program.post("/api/v1/people", json={"name": "Drita Kodra"})
        assert person.status_code == 201
        made = program.post(
            f"/api/v1/people/{person.json()['id']}/accounts", json={"sign_in": "drita", "roles": ["approver"]}
        )
        assert made.status_code == 201
        assert made.json()["roles_given"] is False
        assert made.json()["approval"]
        assert made.json()["code"]


def test_preferences_are_kept_with_the_account(desk: Desk) -> None:
    officer = desk.enrol("Fatos Nano", Role.INVESTIGATOR)
    with desk.browser(officer) as browser:
        sent = {"language": "sq", "theme": "dark"}
        assert browser.post("/settings", data=sent).status_code == 303
        page = browser.get("/settings").text
        assert '<html lang="sq"' in page
        assert 'data-theme="dark"' in page
        assert "data-shortcuts" not in page
        assert browser.post("/settings", data={"theme": "pink", "language": ""}).status_code == 400


def test_a_token_is_shown_once_and_can_be_revoked(desk: Desk) -> None:
    officer = desk.enrol("Gjon Prela", Role.INVESTIGATOR)
    with desk.browser(officer) as browser, desk.program() as program:
        made = browser.post("/settings/tokens", data={"label": "script", "days": "30"})
        secret = made.text.partition("liaison_")[2].partition("<")[0]
        program.headers["authorization"] = f"Bearer liaison_{secret}"
        assert program.get("/api/v1/me").json()["person"] == officer.person
        assert secret not in browser.get("/settings/security").text
        held = program.get("/api/v1/tokens").json()["items"][0]
        assert browser.post(f"/settings/tokens/{held['id']}/revoke").status_code == 303
        assert program.get("/api/v1/me").status_code == 401


def test_another_persons_token_is_not_there(desk: Desk) -> None:
    owner, other = desk.enrol("Hana Leci", Role.INVESTIGATOR), desk.enrol("Iris Muca", Role.INVESTIGATOR)
    with desk.program(owner) as mine, desk.browser(other) as browser:
        held = mine.get("/api/v1/tokens").json()["items"][0]["id"]
        foreign = browser.post(f"/settings/tokens/{held}/revoke")
        absent = browser.post("/settings/tokens/token-absent/revoke")
        assert foreign.status_code == absent.status_code == 404
        assert foreign.content == absent.content
        assert mine.get("/api/v1/me").status_code == 200


def test_the_password_is_changed_by_who_knows_it(desk: Desk) -> None:
    officer = desk.enrol("Jon Kreka", Role.INVESTIGATOR)
    new = "seven boats on a lake"
    with desk.browser(officer) as browser:
        wrong = {"former": "not this one at all", "password": new, "again": new}
        assert browser.post("/settings/password", data=wrong).status_code == 400
        assert browser.post("/settings/password", data=wrong | {"former": PASSWORD}).status_code == 303
        assert browser.get("/").status_code == 200


def test_every_session_can_be_ended(desk: Desk) -> None:
    officer = desk.enrol("Kujtim Laci", Role.INVESTIGATOR)
    with desk.browser(officer) as browser:
        assert browser.post("/settings/sessions/end", data={"here": "yes"}).status_code == 303
        again = browser.get("/", headers={"cookie": f"{desk.cookie}={officer.session}"})
        assert again.status_code == 303


@pytest.mark.parametrize(
    "path", ["/settings", "/settings/security", "/settings/rules", "/settings/api", "/ledger", "/ledger/head"]
)
def test_every_officer_reads_these(desk: Desk, path: str) -> None:
    officer = desk.enrol(f"Reader{abs(hash(path)) % 9999} Of Pages", Role.APPROVER)
    with desk.browser(officer) as browser:
        assert browser.get(path).status_code == 200


def test_the_nodes_settings_tell_no_secret(desk: Desk) -> None:
    with desk.browser(desk.administrator) as browser:
        page = browser.get("/settings/node").text
        assert "node.test.example" in page
        assert str(desk.node.places.keys) not in page


def test_what_one_asks_another_decides(desk: Desk) -> None:
    asker = desk.enrol("Luan Peci", Role.INVESTIGATOR)
    approver = desk.enrol("Mimoza Cani", Role.APPROVER)
    request = Request("bulk", {"list": "passengers"}, cap=500)
    approval = approvals.ask(desk.office, desk.actor(asker), request)
    path = f"/approvals/{approval}"
    with desk.browser(asker) as browser:
        assert "Record the decision" not in browser.get(path).text
        own = browser.post(path, data={"answer": "approve", "reason": "because I want to"})
        assert own.status_code in (403, 404)
    with desk.browser(approver) as browser:
        assert "Luan Peci" in browser.get("/").text
        assert "passengers" in browser.get(path).text
        empty = browser.post(path, data={"answer": "approve", "reason": ""})
        assert empty.status_code == 400
        assert browser.post(path, data={"answer": "maybe", "reason": "a reason"}).status_code == 400
        done = browser.post(path, data={"answer": "approve", "reason": "the list is needed for the case"})
        assert done.status_code == 303
        again = browser.post(path, data={"answer": "refuse", "reason": "second thoughts about it"})
        assert again.status_code == 409
    with desk.program(asker) as program:
        found = program.get(f"/api/v1/approvals/{approval}").json()
        assert (found["state"], found["decided_by"]) == ("approved", approver.person)


def test_a_notice_is_read_by_whom_it_is_for(desk: Desk) -> None:
    officer, other = desk.enrol("Nora Zefi", Role.INVESTIGATOR), desk.enrol("Olta Deda", Role.INVESTIGATOR)
    notice = desk.office.write(
        lambda connection: notices.add(
            connection, officer.person, "invited", officer.account, desk.clock.now()
        )
    )
    with desk.browser(other) as browser:
        assert browser.post(f"/notices/{notice}/read").status_code == 404
    with desk.browser(officer) as browser:
        assert "A new invitation was made" in browser.get("/").text
        assert browser.post(f"/notices/{notice}/read").status_code == 303
        assert "Nothing waits for you" in browser.get("/").text


def test_an_account_in_use_is_invited_again_once_an_overseer_approved(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        officer = desk.enrol("Lost Key", Role.INVESTIGATOR)
        path = f"/people/{officer.person}/accounts/{officer.account}/invite"
        with desk.browser(desk.administrator) as browser:
            guard = desk.enrol("Data Guard", Role.DATA_PROTECTION_OFFICER)
            assert browser.post(path, data={}).status_code == 303
            asked = approvals.to_decide(desk.office, desk.actor(guard))[0].id
            assert browser.post(path, data={"approval": asked}).status_code == 409
            with desk.browser(guard) as other:
                assert asked in other.get("/approvals").text
                sent = {"answer": "approve", "reason": "they stood before me"}
                assert other.post(f"/approvals/{asked}", data=sent).status_code == 303
            assert "invitation#" in browser.post(path, data={"approval": asked}).text


def button(page: str, address: str) -> dict[str, list[str]]:
    """The hidden fields of the form that goes to this address."""
    form = page.partition(f'action="{address}"')[2].partition("</form>")[0]
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', form):
        found.setdefault(name, []).append(html.unescape(value))
    return found


def answer(browser: httpx.Client, officer: str, approve: str = "approve") -> None:
    """Decide the one request that waits on the page of a person."""
    page = browser.get(f"/people/{officer}").text
    place = re.search(r'action="(/approvals/approval-[^"]*)"', page)
    assert place is not None
    sent = {"answer": approve, "reason": "met them in the unit"}
    assert browser.post(place[1], data=sent).headers["location"].startswith(f"/people/{officer}")


def test_an_overseer_decides_on_the_page_of_the_person(desk: Desk) -> None:
    officer = desk.enrol("Petrit Lala", Role.INVESTIGATOR)
    boss = desk.enrol("Qemal Hysi", Role.SUPERVISOR)
    path = f"/people/{officer.person}"
    roles = f"{path}/accounts/{officer.account}/roles"
    with desk.browser(desk.administrator) as browser, desk.browser(boss) as other:
        wanted = {"roles": ["investigator", "desk officer"]}
        assert browser.post(roles, data=wanted).status_code == 303
        page = browser.get(path).text
        assert "It waits for a supervisor" in page
        assert 'value="approve"' not in page
        assert "Petrit Lala: Roles of a person" in other.get("/people").text
        answer(other, officer.person)
        done = button(browser.get(path).text, roles)
        assert done["roles"] == ["desk officer", "investigator"]
        assert browser.post(roles, data=done).status_code == 303
    assert desk.actor(officer).roles == {Role.INVESTIGATOR, Role.DESK_OFFICER}


def test_what_an_overseer_refuses_is_gone_from_the_page(desk: Desk) -> None:
    officer = desk.enrol("Rezar Doda", Role.INVESTIGATOR)
    boss = desk.enrol("Saimir Kote", Role.DATA_PROTECTION_OFFICER)
    path = f"/people/{officer.person}"
    roles = f"{path}/accounts/{officer.account}/roles"
    with desk.browser(desk.administrator) as browser, desk.browser(boss) as other:
        browser.post(roles, data={"roles": ["approver"]})
        answer(other, officer.person, "refuse")
        assert "Roles of a person" not in browser.get(path).text
    assert desk.actor(officer).roles == {Role.INVESTIGATOR}


def test_training_and_naming_are_done_once_approved(desk: Desk) -> None:
    officer = desk.enrol("Tana Mema", Role.DESK_OFFICER)
    boss = desk.enrol("Uran Sina", Role.SUPERVISOR)
    path = f"/people/{officer.person}"
    day = (desk.clock.now() + timedelta(days=200)).date().isoformat()
    with desk.browser(desk.administrator) as browser, desk.browser(boss) as other:
        for place, sent in (
            (f"{path}/training", {"course": "Judging alerts", "until": day}),
            (f"{path}/safeguarding", {"named": "yes"}),
        ):
            assert browser.post(place, data=sent).status_code == 303
            assert not (desk.actor(officer).trained and desk.actor(officer).safeguards)
            answer(other, officer.person)
            approved = browser.get(path).text.partition("It was approved")[2]
            assert browser.post(place, data=button(approved, place)).status_code == 303
        assert desk.actor(officer).trained
        assert desk.actor(officer).safeguards
        assert browser.post(f"{path}/safeguarding", data={}).status_code == 303
    assert not desk.actor(officer).safeguards


def test_a_second_account_is_made_once_approved(desk: Desk) -> None:
    officer = desk.enrol("Vera Noka", Role.INVESTIGATOR)
    boss = desk.enrol("Xhaf Ylli", Role.SUPERVISOR)
    path = f"/people/{officer.person}"
    with desk.browser(desk.administrator) as browser, desk.browser(boss) as other:
        sent = {"sign_in": "vera.too", "roles": ["investigator"]}
        asked = browser.post(f"{path}/accounts", data=sent)
        assert (asked.status_code, "invitation#" in asked.text) == (303, False)
        answer(other, officer.person)
        made = browser.post(f"{path}/accounts", data=button(browser.get(path).text, f"{path}/accounts"))
        assert "invitation#" in made.text


def test_the_api_waits_for_an_overseer_too(desk: Desk) -> None:
    officer = desk.enrol("Zana Buci", Role.DESK_OFFICER)
    boss = desk.enrol("Arta Cuka", Role.SUPERVISOR)
    path = f"/api/v1/people/{officer.person}"
    until = (desk.clock.now() + timedelta(days=200)).isoformat()
    asked = {
        f"{path}/accounts/{officer.account}/roles": {"roles": ["desk officer", "investigator"]},
        f"{path}/training": {"course": "Judging alerts", "until": until},
        f"{path}/safeguarding": {"named": True},
    }
    with desk.program(desk.administrator) as program, desk.program(boss) as other:
        for place, sent in asked.items():
            waits = program.post(place, json=sent).json()
            assert (waits["done"], bool(waits["approval"])) == (False, True)
            early = program.post(place, json=sent | {"approval": waits["approval"]})
            assert early.status_code == 409
            decision = {"approve": True, "reason": "met them in the unit"}
            decided = other.post(f"/api/v1/approvals/{waits['approval']}/decision", json=decision)
            assert decided.json()["about"]["person"] == officer.person
            assert program.post(place, json=sent | {"approval": waits["approval"]}).json()["done"]
        second = {"sign_in": "zana.too", "roles": []}
        made = program.post(f"{path}/accounts", json=second).json()
        assert (made["id"], made["code"], bool(made["approval"])) == ("", "", True)
    actor = desk.actor(officer)
    assert (actor.roles, actor.trained, actor.safeguards) == (
        {Role.INVESTIGATOR, Role.DESK_OFFICER},
        True,
        True,
    )


def test_an_account_of_another_person_is_not_reached_through_a_person(desk: Desk) -> None:
    one, two = desk.enrol("Blerta Fero", Role.INVESTIGATOR), desk.enrol("Ceni Gora", Role.INVESTIGATOR)
    with desk.program(desk.administrator) as program:
        place = f"/api/v1/people/{one.person}/accounts/{two.account}/roles"
        assert program.post(place, json={"roles": []}).status_code == 404
    assert desk.actor(two).roles == {Role.INVESTIGATOR}


def test_a_fresh_node_says_whom_to_make_first(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk, desk.browser(desk.administrator) as browser:
        assert "Make a supervisor or a data-protection officer first" in browser.get("/people").text
        sent = {"name": "Puppet One", "sign_in": "puppet", "roles": ["investigator"]}
        refused = browser.post("/people/new", data=sent)
        assert refused.status_code == 403
        assert "a supervisor or the data-protection officer has to approve" in refused.text
        sent = {"name": "First Boss", "sign_in": "boss", "roles": ["supervisor"]}
        made = browser.post("/people/new", data=sent).text
        code = made.partition("/invitation#")[2].partition("<")[0]
        opened = invitations.accept_with_password(desk.office, code, PASSWORD, settings=desk.node.people)
        boss = replace(desk.administrator, session=opened.token)
        with desk.browser(boss) as other:
            assert "was made by an administrator alone" in other.get("/").text
        assert "One person alone can approve" in browser.get("/people").text


def test_the_auditor_sees_whom_an_administrator_made_alone(desk: Desk) -> None:
    auditor = desk.enrol("Dritan Hila", Role.AUDITOR)
    with desk.browser(auditor) as browser:
        page = browser.get("/audit").text
        assert "made by an administrator alone" in page
        assert "Watchful" in page
        found = browser.get("/ledger?what=overseer-made-alone").text
        assert ">An administrator alone made the first overseer</a></h2>" in found


def test_cells_of_the_people_name_their_columns_on_a_narrow_screen(desk: Desk) -> None:
    with desk.browser(desk.administrator) as browser:
        cells = re.findall(r'<td class="govuk-table__cell"([^>]*)>', browser.get("/people").text)
    assert cells
    assert all("data-label=" in cell for cell in cells)
