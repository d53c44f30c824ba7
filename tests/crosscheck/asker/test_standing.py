from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from liaison.crosscheck.asker import asking, standing
from liaison.crosscheck.asker.states import LegState, SessionState
from liaison.crosscheck.messages import Kind
from liaison.model.errors import Conflict
from liaison.officers import approvals, notices
from liaison.screening.cases import close_case
from tests.crosscheck.askers import GEZIM, STRANGER, Asked, asked
from tests.crosscheck.holders import terms
from tests.node_fixtures import START, sqlite_daily
from tests.partners.pairs import agree
from tests.two_offices import APPROVER, INVESTIGATOR

LATER, LATE_LINE = ("R901", "Ilir", "Zogaj", "1971-05-06"), "Ilir Zogaj;1971-05-06;ALB;"
LAST = ("R902", "Wolfgang", "Obermüller", "1931-11-30")
UNTIL = START + dt.timedelta(days=20)


def stands(both: Asked, *rows: str, until: dt.datetime = UNTIL) -> str:
    return both.asks(*rows, kind=Kind.STANDING, until=until)


def look(both: Asked) -> standing.Run:
    return standing.run(both.asker.office, both.asker.means)


def next_day(both: Asked, *rows: tuple[str, str, str, str]) -> standing.Run:
    """A day passes; these records came in at the holder, who publishes the change."""
    if rows:
        both.holder.arrive(*rows)
    both.pair.both(days=1, minutes=5)
    both.run()
    return look(both)


def outputs(both: Asked, session: str) -> int:
    return sum(row.sealed is not None for row in both.batches_of(session))


def told(both: Asked, kind: str, session: str) -> int:
    waiting = notices.waiting(both.asker.office, INVESTIGATOR)
    return sum(each.kind == kind and each.object == session for each in waiting)


@sqlite_daily
def test_record_that_came_after_is_found_without_asking_again(tmp_path: Path, kind: str):
    with asked(tmp_path, kind) as both:
        session = stands(both, GEZIM, LATE_LINE, STRANGER)
        assert both.shown(session).state is SessionState.RUNNING
        assert both.hits(session) == [1]
        assert outputs(both, session) == 1
        assert next_day(both).told == 0
        run = next_day(both, LATER)
        assert (run.renewed, run.told, run.ended) == (1, 1, 0)
        assert both.hits(session) == [1, 2]
        assert len(both.evaluations()) == 1
        assert told(both, "crosscheck-standing-hit", session) == 1
        (entry,) = both.ours("crosscheck-standing-hit")
        assert (entry.outcome, entry.objects[0]) == ("1", session)
        assert entry.digest == both.kept().published.outline.root.hex()
        assert look(both).told == 0


@sqlite_daily
def test_record_that_came_after_the_end_is_not_found(tmp_path: Path, kind: str):
    with asked(tmp_path, kind) as both:
        session = stands(both, GEZIM, LATE_LINE, until=START + dt.timedelta(days=2))
        next_day(both)
        assert next_day(both, LATER).ended == 1
        shown = both.shown(session)
        assert (shown.state, both.hits(session)) == (SessionState.ENDED, [1])
        assert outputs(both, session) == 0
        assert told(both, "crosscheck-ended", session) == 1
        assert both.ours("crosscheck-ended")[0].outcome == "expired"
        assert next_day(both, LAST).told == 0


def test_what_was_found_before_is_not_told_again(both: Asked):
    session = stands(both, GEZIM, LATE_LINE)
    next_day(both, LATER)
    next_day(both, LAST)
    assert both.hits(session) == [1, 2]
    assert len(both.ours("crosscheck-standing-hit")) == 1


def test_ended_by_its_person_it_looks_no_more(both: Asked):
    session = stands(both, GEZIM, LATE_LINE)
    asking.end_standing(both.asker.office, INVESTIGATOR, session)
    assert outputs(both, session) == 0
    assert next_day(both, LATER).told == 0
    assert both.hits(session) == [1]
    with pytest.raises(Conflict):
        asking.end_standing(both.asker.office, INVESTIGATOR, session)
    with pytest.raises(Conflict):
        asking.end_standing(both.asker.office, INVESTIGATOR, both.asks(GEZIM))


def test_closed_case_ends_it(both: Asked):
    session = stands(both, GEZIM, LATE_LINE)
    close_case(both.asker.office, INVESTIGATOR, both.asker.case)
    run = next_day(both, LATER)
    assert (run.told, run.ended) == (0, 1)
    assert both.shown(session).state is SessionState.ENDED
    assert outputs(both, session) == 0


def test_agreement_without_standing_ones_ends_it(both: Asked):
    session = stands(both, GEZIM, LATE_LINE)
    less = terms(standing_days=0)
    exchanges = tuple(each for each in less.exchanges if each != "standing-crosscheck")
    agree(both.asker.side, both.holder.side, replace(less, exchanges=exchanges))
    run = next_day(both, LATER)
    assert (run.told, run.ended) == (0, 1)
    shown = both.shown(session)
    assert (shown.state, shown.legs[0].state) == (SessionState.ENDED, LegState.CANCELLED)
    assert outputs(both, session) == 0


@sqlite_daily
def test_new_key_is_asked_under_anew_and_counted_anew(tmp_path: Path, kind: str):
    with asked(tmp_path, kind, agreed=terms(epoch_days=5)) as both:
        session = stands(both, GEZIM, LATE_LINE)
        first = both.leg(session)
        both.holder.arrive(LATER)
        both.pair.both(days=4, hours=12)
        both.run()
        both.pair.both(days=1)
        both.run()
        assert look(both).again == 1
        second = both.leg(session)
        assert (second.round, second.state) == (2, LegState.WAITING.value)
        assert second.whole != first.whole
        assert [entry.digest for entry in both.ours("crosscheck-asked")] == [first.whole, second.whole]
        assert len(both.evaluations()) == 1
        both.work()
        assert both.leg(session).epoch == both.kept().published.epoch != first.epoch
        assert both.hits(session) == [1, 2]
        assert len(both.evaluations()) == 2
        assert outputs(both, session) == 1
        assert both.shown(session).legs[0].left == 100_000 - 256
        assert look(both).again == 0


def test_partner_that_is_down_holds_nothing_up(both: Asked):
    session = stands(both, GEZIM, LATE_LINE)
    both.hangs_up()
    both.holder.arrive(LATER)
    both.pair.both(days=1, minutes=5)
    both.run()
    assert look(both).renewed == 0
    assert both.shown(session).state is SessionState.RUNNING
    both.listen()
    both.pair.both(hours=2)
    assert look(both).told == 1
    assert both.hits(session) == [1, 2]


def test_open_draft_has_the_set_fetched_ahead(both: Asked):
    both.draft(GEZIM)
    assert look(both).renewed == 1
    assert both.kept().tokens.count
    assert look(both).renewed == 0


@sqlite_daily
def test_draft_that_was_refused_or_left_has_no_set_fetched(tmp_path: Path, kind: str):
    with asked(tmp_path, kind) as both:
        office = both.asker.office
        session = both.draft(*crowd_lines())
        approval = asking.submit(office, INVESTIGATOR, session)
        approvals.decide(office, APPROVER, approval, False, "not for this case")
        look(both)
        assert SessionState(both.session(session).state) is SessionState.REFUSED
        assert both.leg(session).state == LegState.CANCELLED.value
        assert both.counter.calls == []
        both.draft(GEZIM)
        both.pair.both(days=4)
        look(both)
        assert both.counter.calls == []


def crowd_lines() -> list[str]:
    """More people than the law lets one person ask about in a day."""
    return [f"Ilir Zogaj;19{year}-05-06;ALB;" for year in range(50, 65)]
