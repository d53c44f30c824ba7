"""Signing in and out over HTTP, invitations, and what is counted whatever form an attempt takes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from liaison.model.roles import Role
from liaison.officers import service
from liaison.web.places import own_path
from tests.overseer import with_roles
from tests.web_fixtures import PASSWORD, Desk, a_desk


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with a_desk(tmp_path_factory.mktemp("sign-in")) as desk:
        yield desk


def test_signing_in_sets_a_strict_cookie_and_goes_on(desk: Desk) -> None:
    with desk.browser() as browser:
        answer = browser.post("/sign-in", data={"name": "ada", "password": PASSWORD, "next": "/people"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/people")
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("liaison-")
        assert cookie.startswith(f"{desk.cookie}=")
        assert {"HttpOnly", "Path=/", "SameSite=strict"} <= set(cookie.split("; "))
        assert browser.get("/people").status_code == 200


def test_the_title_of_a_page_names_the_agency(desk: Desk) -> None:
    with desk.browser(desk.administrator) as browser:
        title = browser.get("/people").text.partition("<title>")[2].partition("</title>")[0]
        assert title == f"People – {desk.node.settings.agency} – Liaison"


def test_over_https_the_cookie_is_for_this_host_alone(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("https")
    with a_desk(folder, public_url="https://node.example") as desk, desk.browser() as browser:
        answer = browser.post("/sign-in", data={"name": "ada", "password": PASSWORD})
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-liaison-")
        assert "Secure" in cookie.split("; ")
        assert "Domain" not in cookie
        bare = {"cookie": f"{desk.cookie.removeprefix('__Host-')}={desk.administrator.session}"}
        assert browser.get("/", headers=bare).status_code == 303


def test_a_wrong_password_keeps_the_name_and_not_the_password(desk: Desk) -> None:
    with desk.browser() as browser:
        answer = browser.post("/sign-in", data={"name": "ada", "password": "wrong horse staple"})
        assert answer.status_code == 401
        assert 'value="ada"' in answer.text
        assert "wrong horse" not in answer.text
        assert "the name or the password is not right" in answer.text
        assert "set-cookie" not in answer.headers


def test_a_name_that_nobody_has_is_answered_alike(desk: Desk) -> None:
    with desk.browser() as browser:
        known = browser.post("/sign-in", data={"name": "ada", "password": "wrong horse staple"})
        other = browser.post("/sign-in", data={"name": "eva", "password": "wrong horse staple"})
        assert known.status_code == other.status_code == 401
        assert re.sub(r"\bada\b", "eva", known.text) == other.text


def test_attempts_are_counted_whatever_form_the_name_has(desk: Desk) -> None:
    with desk.browser() as browser:
        statuses = [
            browser.post("/sign-in", data={"name": name, "password": "wrong"}).status_code
            for name in ("ada", "ADA", "\uff41da", " ada", "Ada", "aDa")
        ]
        assert statuses[:5] == [401] * 5
        last = browser.post("/sign-in", data={"name": "ada", "password": PASSWORD})
        assert last.status_code == 429
        assert int(last.headers["retry-after"]) >= 1


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "HEAD"])
def test_no_other_method_signs_in(desk: Desk, method: str) -> None:
    with desk.browser() as browser:
        answer = browser.request(method, "/sign-in", data={"name": "ada", "password": PASSWORD})
        assert answer.status_code == 405


def test_json_signs_nobody_in(desk: Desk) -> None:
    with desk.browser() as browser:
        assert browser.post("/sign-in", json={"name": "ada", "password": PASSWORD}).status_code == 415


def test_two_nodes_of_one_machine_keep_their_sessions_apart(tmp_path: Path) -> None:
    with a_desk(tmp_path / "one") as one, a_desk(tmp_path / "other", origin="other.test.example") as other:
        assert one.cookie != other.cookie
        both = f"{one.cookie}={one.administrator.session}; {other.cookie}={other.administrator.session}"
        for desk in (one, other):
            with desk.browser() as browser:
                assert browser.get("/people", headers={"cookie": both}).status_code == 200
                assert (
                    desk.cookie in browser.post("/sign-out", headers={"cookie": both}).headers["set-cookie"]
                )


def test_signing_out_ends_the_session_at_the_node(desk: Desk) -> None:
    with desk.browser(desk.administrator) as browser:
        answer = browser.post("/sign-out")
        assert answer.headers["location"] == "/sign-in?done=signed-out"
        assert "Max-Age=0" in answer.headers["set-cookie"]
        again = browser.get("/", headers={"cookie": f"{desk.cookie}={desk.administrator.session}"})
        assert again.status_code == 303


def test_another_site_cannot_sign_a_browser_in(desk: Desk) -> None:
    with desk.browser(**{"sec-fetch-site": "cross-site"}) as browser:
        assert browser.post("/sign-in", data={"name": "ada", "password": PASSWORD}).status_code == 403


@pytest.mark.parametrize(
    "onward",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "",
        "/a\nb",
        '/"><script>',
        "/" + "a" * 400,
    ],
)
def test_nobody_is_sent_on_to_another_site(desk: Desk, onward: str) -> None:
    assert own_path(onward) == "/"
    with desk.browser() as browser:
        answer = browser.post("/sign-in", data={"name": "ada", "password": PASSWORD, "next": onward})
        assert answer.headers["location"] == "/"


def test_an_invitation_is_taken_up_with_a_password(desk: Desk) -> None:
    by = desk.actor(desk.administrator)
    person = service.create_person(desk.office, by, service.Newcomer("Genta Doda"))
    made = with_roles(desk.office, by, person, "genta", frozenset({Role.INVESTIGATOR}), desk.node.people)
    code = made.invitation.token
    with desk.browser() as browser:
        shown = browser.post("/invitation", data={"code": code})
        assert "Welcome, Genta Doda" in shown.text
        different = {"code": code, "password": PASSWORD, "again": "another one"}
        refused = browser.post("/invitation/accept", data=different)
        assert refused.status_code == 400
        assert "the two are not the same" in refused.text
        weak = browser.post("/invitation/accept", data={"code": code, "password": "abc", "again": "abc"})
        assert weak.status_code == 400
        accepted = browser.post(
            "/invitation/accept", data={"code": code, "password": PASSWORD, "again": PASSWORD}
        )
        assert accepted.status_code == 303
        assert "Genta Doda" in browser.get("/").text
        assert browser.post("/invitation", data={"code": code}).status_code == 401


def test_a_demonstration_offers_its_officers(tmp_path_factory: pytest.TempPathFactory) -> None:
    offered = [{"name": "Ada Prifti", "role": "Administrator", "sign_in": "ada", "password": PASSWORD}]
    with a_desk(tmp_path_factory.mktemp("demo"), demo=True) as desk, desk.browser() as browser:
        assert "Officers of this demonstration" not in browser.get("/sign-in").text
        (desk.node.places.folder / "demo-sign-ins.json").write_text(json.dumps(offered))
        assert "Ada Prifti, Administrator" in browser.get("/sign-in").text


def test_a_real_node_offers_none(desk: Desk) -> None:
    (desk.node.places.folder / "demo-sign-ins.json").write_text("[]")
    with desk.browser() as browser:
        assert "Officers of this demonstration" not in browser.get("/sign-in").text


def test_the_language_is_chosen_before_signing_in(desk: Desk) -> None:
    with desk.browser() as browser:
        answer = browser.post("/settings/language", data={"language": "fr"})
        assert answer.headers["set-cookie"].startswith("language=fr")
        assert '<html lang="fr"' in browser.get("/sign-in").text


def test_without_a_provider_there_is_none(desk: Desk) -> None:
    with desk.browser() as browser:
        assert browser.get("/sign-in/provider").status_code == 404
        assert "your agency" not in browser.get("/sign-in").text


def test_a_passkey_that_is_none_signs_nobody_in(desk: Desk) -> None:
    with desk.browser(accept="application/json") as browser:
        options = browser.post("/sign-in/passkey/options", json={})
        assert options.json()["userVerification"] == "required"
        forged = {"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": "e30"}}
        assert browser.post("/sign-in/passkey", json=forged).status_code == 401
        assert browser.post("/sign-in/passkey", json={"id": "x"}).status_code == 400
