"""Requests are counted by person, over all their accounts, addresses and ways of asking (issue 3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from liaison.model.errors import TooMany
from liaison.model.roles import Role
from liaison.officers import sessions
from liaison.officers.limits import Allowance
from liaison.web.errors import PROBLEM
from liaison.web.security import counted
from tests.web_fixtures import Desk, Officer, a_desk, client_of

FEW, CALL = 5, "/api/v1/checks"


class Watch:
    """A clock that is set by hand, in seconds."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with a_desk(tmp_path_factory.mktemp("allowance")) as desk:
        yield desk


@pytest.fixture(scope="module")
def officer(desk: Desk) -> Officer:
    return desk.enrol("Vera Kola", Role.INVESTIGATOR)


@pytest.fixture(scope="module")
def another(desk: Desk) -> Officer:
    return desk.enrol("Ben Marku", Role.INVESTIGATOR)


@pytest.fixture
def watch(desk: Desk) -> Watch:
    watch = Watch()
    desk.node.allowance = Allowance(1, FEW, watch)
    return watch


def test_a_person_who_asks_too_often_is_told_when_to_go_on(
    desk: Desk, watch: Watch, officer: Officer
) -> None:
    with desk.browser(officer) as browser:
        assert [browser.get("/").status_code for _ in range(FEW + 1)] == [200] * FEW + [429]
        told = browser.get("/")
        assert told.headers["retry-after"] == "1"
        assert "Too many requests" in told.text
        watch.now += 1
        assert browser.get("/").status_code == 200


def test_tokens_and_sessions_of_one_person_are_counted_together_and_others_are_not(
    desk: Desk, watch: Watch, officer: Officer, another: Officer
) -> None:
    with desk.browser(officer) as browser, desk.program(officer) as one, desk.program(officer) as other:
        for client in (browser, one, other, browser, one):
            assert client.get("/").status_code != 429
        refused = other.get("/")
        assert refused.status_code == 429
        assert refused.headers["content-type"].startswith(PROBLEM)
        assert browser.get("/").status_code == 429
    with desk.browser(another) as browser:
        assert browser.get("/").status_code == 200


def test_the_short_way_counts_each_call_once_as_the_long_way_does(
    desk: Desk, watch: Watch, officer: Officer
) -> None:
    assert CALL in desk.app.short  # type: ignore[attr-defined]
    for body in ({"no": "such field"}, {"grounds": "grounds-" + "a" * 26}):
        desk.node.allowance = Allowance(1, FEW, watch)
        with desk.program(officer) as program:
            answers = [program.post(CALL, json=body) for _ in range(FEW + 1)]
        assert [answer.status_code == 429 for answer in answers] == [False] * FEW + [True]
        assert answers[-1].headers["retry-after"] == "1"


def test_who_is_nobody_yet_is_counted_by_address(desk: Desk, watch: Watch, officer: Officer) -> None:
    with desk.browser() as browser, client_of(desk.app, {"authorization": "Bearer liaison_wrong"}) as guesser:
        guessed = [guesser.post(CALL, json={}).status_code for _ in range(FEW + 1)]
        assert guessed == [401] * FEW + [429]
        assert browser.get("/sign-in").status_code == 429
        assert browser.get("/livez").status_code == 200
        assert browser.get("/static/liaison.css").status_code == 200
    with desk.browser(officer) as browser:
        assert browser.get("/").status_code == 200


def test_two_accounts_of_one_person_are_one_person(desk: Desk, watch: Watch, officer: Officer) -> None:
    signed = sessions.signed_in(desk.office, officer.session, desk.node.people)
    other = replace(signed, account="account-another")
    handler, taken = SimpleNamespace(opt={}), [signed, other, signed, other, signed]
    for each in taken:
        counted(desk.node, a_connection(), handler, each)  # type: ignore[arg-type]
    with pytest.raises(TooMany):
        counted(desk.node, a_connection(), handler, other)  # type: ignore[arg-type]


def a_connection() -> Any:
    """A request that was not counted yet."""
    return SimpleNamespace(scope={"state": {}}, client=None)
