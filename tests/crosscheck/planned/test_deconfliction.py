"""Planned actions of two agencies that meet: both are warned, and told nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from liaison.crosscheck.messages import Question, unpacked
from liaison.crosscheck.planned import actions, telling
from liaison.crosscheck.planned.actionkeys import POINTS, Address
from liaison.crosscheck.planned.actions import ActionState
from liaison.holdings import retention
from liaison.model.errors import Conflict, Erased
from liaison.model.identifiers import Country
from liaison.officers import notices
from liaison.screening.cases import close_case
from liaison.storage.tables.crosscheck import SERVED
from liaison.storage.tables.deconfliction import ACTIONS
from liaison.supply import signing
from tests.crosscheck.planned.meeting import (
    CAR,
    DAY,
    HOUR,
    HOUSE,
    LATER,
    SAME,
    SECRETS,
    TABLES,
    Two,
    plan,
    planned,
    state,
    two,
    warned,
)
from tests.node_fixtures import START, sqlite_daily
from tests.two_offices import HEAD, INVESTIGATOR


@sqlite_daily
def test_both_are_warned_and_told_nothing_else(tmp_path: Path, kind: str) -> None:
    with two(tmp_path, kind) as both:
        both.begin()
        first = planned(both.ours)
        both.round()
        assert state(both.ours, first) == ("clear", "")
        second = planned(both.theirs, SAME, starts=LATER, ends=START + 3 * DAY, note="")
        both.round(both.theirs)
        assert warned(both.theirs) == [second]
        assert warned(both.ours) == [first]
        assert both.pair.refused == []
        assert [state(both.ours, first)[0], state(both.theirs, second)[0]] == ["overlap", "overlap"]
        for agency, action in ((both.ours, first), (both.theirs, second)):
            mine = notices.waiting(agency.office, INVESTIGATOR)
            assert [(each.kind, each.object) for each in mine] == [(telling.WHAT_WARNED, action)]
        both.round()
        both.round()
        assert (len(warned(both.ours)), len(warned(both.theirs))) == (1, 1)
        _nothing_else(both)


def _nothing_else(both: Two) -> None:
    """Neither the wire nor a database says anything of an action but that there are points, and how it is kept."""
    for call, body, answer in both.there.calls + both.back.calls:
        for passed in (call.encode(), body, answer):
            assert not _tells(passed.decode("latin-1"))
        if call.endswith("/evaluate"):
            text, points = unpacked(body)
            assert len(points) == 32 * POINTS
            told = signing.told(text, Question)
            assert (told.points, told.subjects, told.reference[:5]) == (POINTS, 1, "case-")
            assert not _tells(repr(told))
            assert "2026/" not in repr(told)
    for agency in (both.ours, both.theirs):
        for table in TABLES.values():
            rows = agency.office.read(lambda c, table=table: c.execute(select(table)).all())  # type: ignore[misc]
            assert not any(_tells(repr(row)) for row in rows), table.name
        assert not any(_tells(repr(statement)) for statement in agency.said())
    # of the other's action there is no row at all, and nothing with its time
    for agency, starts in ((both.theirs, START + 2 * DAY), (both.ours, LATER)):
        assert agency.office.read(lambda c: len(c.execute(select(ACTIONS)).all())) == 1
        for table in TABLES.values():
            rows = agency.office.read(lambda c, table=table: c.execute(select(table)).all())  # type: ignore[misc]
            assert not any(repr(starts) in repr(row) for row in rows), table.name
    served = both.theirs.office.read(lambda c: c.execute(select(SERVED)).all())
    assert {row.points for row in served} == {POINTS}


def _tells(text: str) -> bool:
    return any(each in text.lower() for each in SECRETS)


def test_what_is_elsewhere_or_at_another_time_does_not_meet(both: Two) -> None:
    planned(both.ours)
    planned(both.theirs, replace_number("14"))
    planned(both.theirs, SAME, starts=START + 5 * DAY, ends=START + 6 * DAY)
    planned(both.theirs, CAR)
    both.round()
    both.round()
    assert warned(both.ours) == warned(both.theirs) == []


def replace_number(number: str) -> Address:
    return Address(country=Country("ALB"), postcode="1001", street="Rruga e Kavajës", number=number)


def test_supervisors_of_the_unit_are_warned_too_and_may_acknowledge(both: Two) -> None:
    first = planned(both.ours, CAR)
    planned(both.theirs, CAR)
    both.round()
    told = [each.object for each in notices.waiting(both.ours.office, HEAD)]
    assert told == [first]
    (warning,) = actions.warnings_of(both.ours.office, HEAD)
    actions.acknowledge(both.ours.office, HEAD, warning.id)
    assert actions.warnings_of(both.ours.office, INVESTIGATOR) == []
    with pytest.raises(Conflict):
        actions.acknowledge(both.ours.office, INVESTIGATOR, warning.id)
    assert "action-overlap-acknowledged" in both.ours.verbs()


def test_a_partner_that_is_down_is_asked_when_it_is_back(both: Two) -> None:
    both.there.down = True
    first = planned(both.ours, CAR)
    both.round(both.ours)
    assert state(both.ours, first) == ("waiting", "unreachable")
    both.there.down = False
    second = planned(both.theirs, CAR)
    both.back.down = True  # the other side cannot find out by itself
    both.round(both.ours, both.theirs, both.ours)
    assert warned(both.ours) == [first]
    assert warned(both.theirs) == [second]


def test_a_cancelled_action_warns_nobody(both: Two) -> None:
    first = planned(both.ours, CAR)
    both.round()
    actions.cancel(both.ours.office, both.ours.means, INVESTIGATOR, first)
    both.round()
    planned(both.theirs, CAR)
    both.round()
    both.round()
    assert warned(both.theirs) == warned(both.ours) == []
    (shown,) = actions.actions_of(both.ours.office, INVESTIGATOR, ended=True)
    assert shown.state is ActionState.CANCELLED
    with pytest.raises(Conflict):
        actions.cancel(both.ours.office, both.ours.means, INVESTIGATOR, first)


def test_a_true_claim_warns_although_our_own_look_found_nothing(both: Two) -> None:
    first = planned(both.ours, CAR)
    both.round(both.ours)
    planned(both.theirs, CAR)
    both.round(both.theirs)
    assert warned(both.ours) == [first]
    overlaps = [each for each in both.ours.said() if each.what == telling.WHAT_WARNED]
    assert len(overlaps) == 1


def test_a_change_before_it_starts_is_asked_about_anew(both: Two) -> None:
    first = planned(both.ours, CAR)
    planned(both.theirs, SAME)
    both.round()
    assert warned(both.ours) == []
    actions.change(both.ours.office, both.ours.means, INVESTIGATOR, first, plan(both.ours, HOUSE))
    both.round()
    assert warned(both.ours) == [first]
    actions.change(both.ours.office, both.ours.means, INVESTIGATOR, first, plan(both.ours, CAR))
    both.round()
    assert warned(both.ours) == []
    assert not actions.action_of(both.ours.office, INVESTIGATOR, first).warnings[0].current
    both.pair.both(days=2, hours=1)
    late = plan(both.ours, starts=START + 4 * DAY, ends=START + 5 * DAY)
    with pytest.raises(Conflict):
        actions.change(
            both.ours.office,
            both.ours.means,
            INVESTIGATOR,
            first,
            late,
        )


def test_points_are_asked_once_in_an_epoch(both: Two) -> None:
    planned(both.ours, CAR)
    for _ in range(3):
        both.round()
        planned(both.theirs, HOUSE)
    both.round()
    asked = [call for call, _, _ in both.there.calls if call.endswith("/evaluate")]
    assert len(asked) == 1
    assert both.ours.verbs().count("action-asked") == 1
    both.pair.both(days=31)
    late = both.ours.office.now()
    planned(both.ours, CAR, starts=late + HOUR, ends=late + 2 * HOUR)
    both.begin()
    assert both.ours.verbs().count("action-asked") == 2


def test_an_action_that_is_over_warns_nobody_and_is_forgotten(both: Two) -> None:
    first = planned(both.ours, CAR)
    both.round()
    both.pair.both(days=3)
    both.round()
    planned_late = both.theirs.office.now()
    planned(both.theirs, CAR, starts=planned_late - HOUR, ends=planned_late + HOUR)
    both.round()
    assert warned(both.theirs) == []
    both.pair.both(days=8)
    retention.run(both.ours.office, retention.second_clock(both.ours.office))
    both.round(both.ours)
    row = both.ours.office.read(lambda c: c.execute(select(ACTIONS)).one())
    assert row.forgotten is not None
    with pytest.raises(Erased):
        both.ours.office.keys.fetch([row.key])
    assert actions.action_of(both.ours.office, INVESTIGATOR, first).content is None
    assert {"action-over", "action-forgotten"} <= {*both.ours.verbs()}


def test_nothing_is_asked_once_the_case_is_closed(both: Two) -> None:
    both.there.down = both.back.down = True
    first = planned(both.ours, CAR)
    both.round()
    close_case(both.ours.office, INVESTIGATOR, both.ours.case)
    both.there.down = both.back.down = False
    planned(both.theirs, CAR)
    both.round()
    both.round()
    assert state(both.ours, first) == ("refused", "not-lawful")
    assert both.ours.verbs().count("action-asked") == 0
    assert warned(both.theirs) == []
