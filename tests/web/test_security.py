"""Who may come in: every route names its audience, and changes come from the node's own pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar.handlers import HTTPRouteHandler

from liaison.model.roles import Role
from liaison.web import create_app
from liaison.web.routing import page
from liaison.web.security import PUBLIC, audience_of
from tests.web_fixtures import Desk, a_desk

FOR_EVERYONE = {
    "GET": {
        "/algorithms",
        "/healthz",
        "/invitation",
        "/ledger/checkpoint",
        "/ledger/tile/{name}",
        "/livez",
        "/metrics",
        "/readyz",
        "/reconcile",
        "/reconcile/properties",
        "/reconcile/suggest/property",
        "/reconcile/suggest/type",
        "/schema",
        "/schema/openapi.json",
        "/schema/{path}",
        "/sign-in",
        "/sign-in/provider",
        "/sign-in/provider/return",
        "/static/{name}",
        "/witness/{origin_hash}/checkpoint",
    },
    "POST": {
        "/add-checkpoint",
        "/api/v1/cameras/reads",  # by the secret of a feed
        "/api/v1/sensors/messages",  # likewise
        "/invitation",
        "/invitation/accept",
        "/invitation/passkey",
        "/invitation/passkey/options",
        "/settings/language",
        "/sign-in",
        "/sign-in/passkey",
        "/sign-in/passkey/options",
        "/sign-out",
    },
}
"""What anybody may ask for. Nothing is added here without a reason that an auditor would accept."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with a_desk(tmp_path_factory.mktemp("security")) as desk:
        yield desk


def handlers(desk: Desk) -> list[tuple[str, HTTPRouteHandler]]:
    return [
        (route.path_format, handler)
        for route in desk.app.routes
        for handler in route.route_handlers
        if isinstance(handler, HTTPRouteHandler) and set(handler.http_methods) != {"OPTIONS"}
    ]


def test_every_route_names_its_audience(desk: Desk) -> None:
    assert [path for path, handler in handlers(desk) if audience_of(handler) is None] == []


def test_only_these_are_for_everyone(desk: Desk) -> None:
    public: dict[str, set[str]] = {}
    for path, handler in handlers(desk):
        if audience_of(handler) is PUBLIC:
            for method in handler.http_methods:
                public.setdefault(str(method), set()).add(path)
    assert public == FOR_EVERYONE


def test_a_route_without_an_audience_lets_nobody_in(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:

        def forgotten() -> str:
            return "secret"

        handler = page("/forgotten", audience=None)(forgotten)  # type: ignore[arg-type]
        desk.app = create_app(desk.node, [handler])
        for officer in (None, desk.administrator):
            with desk.browser(officer) as browser:
                answer = browser.get("/forgotten")
                assert answer.status_code == 404
                assert "secret" not in answer.text


def test_a_page_sends_a_stranger_to_sign_in(desk: Desk) -> None:
    with desk.browser() as browser:
        answer = browser.get("/people")
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/people")


def test_a_program_without_a_token_is_told_so(desk: Desk) -> None:
    with desk.program() as program:
        answer = program.get("/api/v1/me")
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.json()["title"] == "You are not signed in"


def test_what_is_for_others_is_not_there(desk: Desk) -> None:
    officer = desk.enrol("Vera Kola", Role.INVESTIGATOR)
    with desk.browser(officer) as browser:
        foreign, absent = browser.get("/people"), browser.get("/nothing-at-all")
    assert foreign.status_code == absent.status_code == 404
    assert foreign.content == absent.content


def test_a_person_who_is_absent_and_one_who_may_not_be_seen_are_one(desk: Desk) -> None:
    officer = desk.enrol("Sokol Deda", Role.SUPERVISOR)
    plain = desk.enrol("Mira Gega", Role.INVESTIGATOR)
    for who in (officer, plain):
        with desk.program(who) as program:
            absent = program.get("/api/v1/approvals/approval-absent")
            foreign = program.get("/api/v1/approvals/approval-" + "a" * 26)
            assert absent.status_code == foreign.status_code == 404
            assert absent.content == foreign.content
            assert "approval-" not in absent.text


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": ""},
        {"sec-fetch-site": "cross-site", "origin": "http://node.example"},
    ],
)
def test_a_change_from_another_site_is_refused(desk: Desk, headers: dict[str, str]) -> None:
    with desk.browser(desk.administrator, **headers) as browser:
        answer = browser.post("/settings/theme", data={"theme": "dark"})
        assert answer.status_code == 403
        assert "did not come from a page of this node" in answer.text


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://node.example", 303),
        ("https://node.example", 403),
        ("http://node.example:81", 403),
        ("http://node.example.evil.example", 403),
        ("null", 403),
        ("", 403),
    ],
)
def test_without_sec_fetch_site_the_origin_must_be_ours(desk: Desk, origin: str, status: int) -> None:
    with desk.browser(desk.administrator) as browser:
        del browser.headers["sec-fetch-site"]
        sent = {"origin": origin} if origin else {}
        answer = browser.post("/settings/theme", data={"theme": "dark"}, headers=sent)
        assert answer.status_code == status


def test_reading_needs_no_origin(desk: Desk) -> None:
    with desk.browser(desk.administrator, **{"sec-fetch-site": "cross-site"}) as browser:
        assert browser.get("/people").status_code == 200


def test_a_token_needs_no_origin_and_the_cookie_beside_it_counts_for_nothing(desk: Desk) -> None:
    officer = desk.enrol("Arta Leka", Role.INVESTIGATOR)
    with desk.program(officer, **{"sec-fetch-site": "cross-site"}) as program:
        program.cookies.set(desk.cookie, desk.administrator.session)
        assert program.get("/api/v1/me").json()["person"] == officer.person


def test_a_wrong_token_is_refused_even_beside_a_good_cookie(desk: Desk) -> None:
    with desk.program(authorization="Bearer liaison_wrong") as program:
        program.cookies.set(desk.cookie, desk.administrator.session)
        assert program.get("/api/v1/me").status_code == 401


def test_a_planted_second_cookie_signs_nobody_in(desk: Desk) -> None:
    with desk.browser() as browser:
        both = f"liaison=planted; liaison={desk.administrator.session}"
        assert browser.get("/people", headers={"cookie": both}).status_code == 303


def test_capabilities_come_from_roles(desk: Desk) -> None:
    auditor = desk.enrol("Ilir Marku", Role.AUDITOR)
    with desk.browser(auditor) as browser:
        assert browser.get("/people").status_code == 404
        assert browser.get("/settings/node").status_code == 404
        assert browser.get("/ledger").status_code == 200


def test_an_ended_session_is_no_session(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk, desk.browser(desk.administrator) as browser:
        assert browser.get("/").status_code == 200
        desk.clock.forward(hours=11)
        assert browser.get("/").status_code == 303
