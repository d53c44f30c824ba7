from __future__ import annotations

import datetime as dt
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.model.errors import BadInput
from liaison.model.grounds import Purpose
from liaison.model.handling import Handling, HandlingCode
from liaison.supply import rules
from liaison.supply.documents import Kind, Notice, Outcome, Passage, Standing, Why
from liaison.supply.items import State, Urgency
from liaison.supply.letters import Answering, Asking
from liaison.supply.rules import Asked, Due
from tests.node_fixtures import START

CODES = st.sets(st.sampled_from(HandlingCode)).map(
    lambda codes: Handling(
        codes=tuple(codes) or (HandlingCode.H0,), restriction="ask" if HandlingCode.H3 in codes else ""
    )
)
KINDS = st.sampled_from(Kind)


def notice(number: int, kind: Kind) -> Notice:
    return Notice(
        federation="test",
        id=f"notice-{number}",
        originator="a.example",
        item="item-1",
        number=number,
        kind=kind,
        why=Why.WRONG,
        made=START,
        replacement="0" * 64 if kind is Kind.CORRECT else "",
    )


@given(CODES, st.lists(CODES, max_size=4))
def test_handling_can_only_go_up(first: Handling, added: list[Handling]) -> None:
    held = first
    for more in added:
        before, held = held, rules.handling(held, more)
        assert rules.at_least(held, before)
        assert rules.at_least(held, more)


def test_nothing_said_is_every_code() -> None:
    held = rules.handling(None)
    assert set(held.codes) == set(HandlingCode)
    assert set(rules.handling(Handling(codes=(HandlingCode.H0,)), None).codes) == set(HandlingCode)


@given(st.lists(KINDS, min_size=1, max_size=6), st.data())
def test_notices_come_to_the_same_in_any_order_and_however_often(
    kinds: list[Kind], data: st.DataObject
) -> None:
    notices = [notice(number, kind) for number, kind in enumerate(kinds, 1)]
    mixed = data.draw(st.permutations(notices + data.draw(st.lists(st.sampled_from(notices), max_size=6))))
    in_order = reduce(rules.applied, notices, Standing())
    assert reduce(rules.applied, mixed, Standing()) == in_order


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        ((), State.HELD),
        ((Kind.CORRECT,), State.HELD),
        ((Kind.RESTRICT,), State.RESTRICTED),
        ((Kind.RESTRICT, Kind.UNRESTRICT), State.HELD),
        ((Kind.UNRESTRICT, Kind.RESTRICT), State.RESTRICTED),
        ((Kind.RECALL, Kind.UNRESTRICT), State.RECALLED),
        ((Kind.RECALL, Kind.ERASE), State.ERASED),
        ((Kind.ERASE, Kind.RECALL), State.ERASED),
    ],
)
def test_what_notices_come_to(kinds: tuple[Kind, ...], state: State) -> None:
    notices = [notice(number, kind) for number, kind in enumerate(kinds, 1)]
    assert rules.state_of(reduce(rules.applied, notices, Standing())) is state


def test_an_older_correction_never_replaces_a_newer_one() -> None:
    after = rules.applied(Standing(), notice(2, Kind.CORRECT))
    assert not rules.replaces(after, notice(1, Kind.CORRECT))
    assert rules.replaces(after, notice(3, Kind.CORRECT))
    assert not rules.replaces(rules.applied(after, notice(4, Kind.RECALL)), notice(5, Kind.CORRECT))


@pytest.mark.parametrize(
    ("codes", "within", "consented", "urgent", "may"),
    [
        ("H0", True, False, False, True),
        ("H0", False, False, False, False),
        ("H0 H1", True, False, False, True),
        ("H0 H2", True, False, False, False),
        ("H0 H2", True, True, False, True),
        ("H0 H2", False, False, True, True),
        ("H0 H3", True, False, False, False),
        ("H0 H3", True, False, True, False),
        ("H0 H3", False, True, False, True),
        ("", True, False, False, False),
    ],
)
def test_what_may_be_passed_on_as_the_receiver_sees_it(
    codes: str, within: bool, consented: bool, urgent: bool, may: bool
) -> None:
    held = frozenset(HandlingCode(code) for code in codes.split())
    assert rules.onward_lawful(held, within, consented, urgent) is may


def test_urgency_is_of_these_hours_and_for_public_security_alone() -> None:
    said = Urgency(
        threat="An attack is announced.", reasons="The desk of the originator is closed.", at=START
    )
    assert rules.urgent(said, Purpose.PUBLIC_SECURITY, START + dt.timedelta(hours=24))
    assert not rules.urgent(said, Purpose.PUBLIC_SECURITY, START + dt.timedelta(hours=24, seconds=1))
    assert not rules.urgent(said, Purpose.PUBLIC_SECURITY, START - dt.timedelta(seconds=1))
    assert not rules.urgent(said, Purpose.INVESTIGATION, START)
    assert not rules.urgent(None, Purpose.PUBLIC_SECURITY, START)


def test_the_silent_are_asked_again_with_longer_pauses_and_told_of_from_the_third_day_on() -> None:
    day, second = dt.timedelta(days=1), dt.timedelta(seconds=1)
    again, asked = START + rules.CHASE_AFTER, list[int]()
    while again < START + 40 * day:
        assert rules.due(START, again, again, again - second) is None
        assert rules.due(START, again, again, again) is Due.CHASE
        asked.append((again - START).days)
        again = rules.asked_again(START, again)
    assert asked == [1, 2, 4, 8, 15, 22, 29, 36]
    later = START + 100 * day
    assert rules.due(START, later, None, START + 3 * day - second) is None
    assert rules.due(START, later, None, START + 3 * day) is Due.TELL
    assert rules.due(START, later, START + 3 * day, START + 4 * day - second) is None
    assert rules.due(START, later, START + 3 * day, START + 4 * day) is Due.TELL


def test_what_is_kept_as_evidence_is_not_complied_with() -> None:
    assert rules.complied(Outcome.DONE, Kind.RECALL)
    assert rules.complied(Outcome.NEVER_HELD, Kind.ERASE)
    assert not rules.complied(Outcome.EVIDENCE, Kind.RECALL)
    assert rules.complied(Outcome.EVIDENCE, Kind.RESTRICT)
    assert not rules.complied(None, Kind.RECALL)


def test_a_permission_is_answered_once_and_ends() -> None:
    moves = {(a, b) for a in Asked for b in Asked if rules.may_become(a, b)}
    assert moves == {
        (Asked.ASKED, Asked.GRANTED),
        (Asked.ASKED, Asked.REFUSED),
        (Asked.ASKED, Asked.VOID),
        (Asked.GRANTED, Asked.EXPIRED),
        (Asked.GRANTED, Asked.VOID),
    }
    assert rules.standing_of(Asked.GRANTED, START, START) is Asked.EXPIRED
    assert rules.standing_of(Asked.GRANTED, START + dt.timedelta(seconds=1), START) is Asked.GRANTED


def test_h0_is_lifted_by_nobody() -> None:
    assert rules.require_lifts([HandlingCode.H2, HandlingCode.H1]) == (HandlingCode.H1, HandlingCode.H2)
    for asked in ([], [HandlingCode.H0]):
        with pytest.raises(BadInput):
            rules.require_lifts(asked)


def test_what_a_node_calls_its_own_is_a_name_and_no_text() -> None:
    now, chain = dt.datetime(2026, 3, 2, tzinfo=dt.UTC), ("a.example", "b.example")
    text = "Gëzim Vokshi is a witness"
    asked: dict[str, Any] = {
        "item": "item-1",
        "lifts": (HandlingCode.H1,),
        "recipient": "Court",
        "why": "For the charge",
    }
    told: dict[str, Any] = {
        "federation": "test",
        "originator": "a.example",
        "item": "item-1",
        "number": 1,
        "made": now,
    }
    assert Asking(id="permission-1", purpose=Purpose.INVESTIGATION, made=now, **asked)
    for name in (text, "../item", "item 1", "x" * 121, ""):
        for make in (
            lambda name=name: Asking(id=name, purpose=Purpose.INVESTIGATION, made=now, **asked),
            lambda name=name: Answering(id=name, item="item-1", why="No.", made=now),
            lambda name=name: Notice(id=name, kind=Kind.RECALL, why=Why.WRONG, **told),
        ):
            with pytest.raises(BadInput):
                make()
    for where in ({"recipient": text}, {"chain": (*chain, text)}):
        said = {"federation": "test", "item": "item-1", "chain": chain, "recipient": "c.example", "at": now}
        with pytest.raises(BadInput):
            Passage(**(said | where))  # type: ignore[arg-type]
