"""What pages show of the holder's side, to whom, and what of it is in the ledger."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from liaison.crosscheck.holder import background, holding, making, processes
from liaison.crosscheck.holder.epochs import EpochState
from liaison.crosscheck.holder.rules import Unpublished
from liaison.crosscheck.holder.serving import receipt
from liaison.model.categories import Category
from liaison.model.errors import NotFound
from liaison.model.roles import Role
from tests.crosscheck.holder.test_epochs import arrive
from tests.crosscheck.holders import Crosscheck, crosscheck
from tests.screening.conftest import crowd
from tests.screening.node import actor
from tests.screening.node import holding as record
from tests.two_offices import DESK, HEAD, INVESTIGATOR

FEW = crowd()[:12]
GUARDIAN = actor("guardian", Role.DATA_PROTECTION_OFFICER)
OTHERS = (
    INVESTIGATOR,
    actor("admin", Role.ADMINISTRATOR),
    actor("auditor", Role.AUDITOR),
    actor("second", Role.APPROVER),
)


@pytest.fixture(name="both", params=["sqlite", "postgresql"], scope="module")
def crosscheck_that_was_used(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Crosscheck]:
    with crosscheck(tmp_path_factory.mktemp("holding"), request.param, FEW, made=False) as both:
        arrive(both, [record(crowd()[50], category=Category.CONTACT)])
        both.run()
        for number in range(3):
            for batch in both.batches([os.urandom(9) for _ in range(6)], 2, reference=f"case {number % 2}"):
                both.ask(batch)
                both.forward(minutes=1)
        receipt(both.holder.office, both.holder.means, both.partner, both.receipt(batch).encode())
        yield both


LOOKS: dict[str, Callable[[Crosscheck, object], object]] = {
    "own sets": lambda both, who: holding.own_sets(both.holder.office, who),  # type: ignore[arg-type]
    "served": lambda both, who: holding.served(both.holder.office, who),  # type: ignore[arg-type]
    "one": lambda both, who: holding.served_one(both.holder.office, who, both.asker.origin, "session-1"),  # type: ignore[arg-type]
    "meters": lambda both, who: holding.meters(both.holder.office, who),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("look", LOOKS)
def test_it_is_seen_by_the_desk_its_supervisors_and_who_protects_data(both: Crosscheck, look: str) -> None:
    for who in (DESK, HEAD, GUARDIAN):
        assert LOOKS[look](both, who)
    for who in OTHERS:
        with pytest.raises(NotFound):
            LOOKS[look](both, who)


def test_a_set_is_shown_with_what_is_left_out(both: Crosscheck) -> None:
    (shown,) = holding.own_sets(both.holder.office, HEAD)
    assert (shown.state, shown.version, shown.records, shown.people) == (EpochState.OPEN, 1, 13, 256)
    assert (shown.done, shown.total) == (14, 14)
    assert shown.left_out == ((Unpublished.CATEGORY, 1),)
    assert shown.partners == (both.asker.origin,)
    assert shown.categories == (Category.SUSPECT, Category.CONVICTED)
    assert shown.tokens == both.published().count
    assert shown.made == both.published().made


def test_sessions_are_shown_the_newest_first_a_page_at_a_time(both: Crosscheck) -> None:
    office = both.holder.office
    first = holding.served(office, DESK, most=2)
    second = holding.served(office, DESK, most=2, after=first.next)
    names = [each.session for page in (first, second) for each in page.entries]
    assert names == ["session-3", "session-2", "session-1"]
    assert second.next == ""
    assert [each.receipted for each in first.entries] == [True, False]
    newest = first.entries[0]
    assert (newest.officer, newest.reference, newest.points, newest.answered) == (
        "person-inv",
        "case 0",
        6,
        2,
    )
    assert holding.served(office, DESK, partner="elsewhere.example").entries == ()
    assert holding.served(office, DESK, after="not a place").entries


def test_a_look_at_one_session_is_in_the_ledger(both: Crosscheck) -> None:
    office, before = both.holder.office, len(both.entries(holding.WHAT_READ))
    shown = holding.served_one(office, DESK, both.asker.origin, "session-3")
    assert [batch.points for batch in shown.batches] == [3, 3]
    assert (shown.subjects, shown.all_points, shown.authority) == (1, 6, "")
    assert shown.theirs.split(".")[1] == shown.ours.split(".")[1]
    said = both.entries(holding.WHAT_READ)[before:]
    assert [(each.who, each.detail["session"]) for each in said] == [(DESK.person, "session-3")]
    for who, session in ((DESK, "session-9"), (INVESTIGATOR, "session-3")):
        with pytest.raises(NotFound):
            holding.served_one(office, who, both.asker.origin, session)
    assert len(both.entries(holding.WHAT_READ)) == before + 1


def test_meters_say_what_is_left(both: Crosscheck) -> None:
    (meter,) = holding.meters(both.holder.office, DESK)
    assert (meter.partner, meter.epoch) == (both.asker.origin, both.epoch().id)
    assert (meter.points, meter.used, meter.left) == (100_000, 18, 99_982)
    assert meter.by_case == {"case 0": 12, "case 1": 6}


def test_progress_is_shown_while_a_set_is_made(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    with crosscheck(tmp_path, rows=FEW, made=False) as both:
        monkeypatch.setattr(making, "publish", lambda *_: None)
        both.run()
        (shown,) = holding.own_sets(both.holder.office, HEAD)
        assert (shown.state, shown.done, shown.total, shown.made) == (EpochState.MAKING, 13, 13, None)
        assert holding.meters(both.holder.office, HEAD) == []


def test_a_node_that_stops_takes_no_more_keys_into_use(tmp_path) -> None:  # type: ignore[no-untyped-def]
    with crosscheck(tmp_path, rows=FEW) as both:
        background.stop(both.holder.office)
        assert processes.of(both.holder.office).stopping.is_set()
        both.forward(days=30)
        both.run()
        assert [each.state for each in both.epochs()] == [EpochState.MAKING, EpochState.CLOSED]
