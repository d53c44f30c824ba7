"""A vehicle is followed on grounds, at the cameras of the person's cases, and what was asked and told is kept."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from liaison import policy
from liaison.ledger.log import Log
from liaison.model.errors import BadInput, Conflict, LedgerUnavailable, NotFound, NotLawful
from liaison.model.grounds import Purpose
from liaison.model.roles import Role
from liaison.officers import approvals
from liaison.screening.approved import ask_for_more
from liaison.screening.case_rules import Part
from liaison.screening.cases import add_member, close_case, open_case, remove_member
from liaison.screening.grounds import give_grounds
from liaison.screening.history import check_of, checks_of_case
from liaison.sightings.following import finding, service, viewing
from liaison.sightings.following.finding import Choice
from liaison.sightings.following.service import ask_second, follow, follow_approved, refused_by_stretch
from liaison.sightings.register import end
from liaison.storage.tables.officers import APPROVALS
from liaison.storage.tables.screening import CHECKS
from liaison.storage.tables.sightings import CAMERAS, FOLLOWINGS, PASSAGES
from tests.node_fixtures import both_databases
from tests.screening.node import ANA, BASIS, BEN, Desk, actor, enter, rules_of
from tests.screening.node import WHY as BECAUSE
from tests.sightings.following.trips import (
    CARL,
    CODES,
    MARK,
    OTHER,
    WHY,
    a_road,
    approve,
    asked,
    at,
    codes,
    drives,
    followed,
    place,
)

GIVEN = {"purpose": Purpose.INVESTIGATION, "basis": BASIS, "justification": BECAUSE}


def rows(desk: Desk, table: object) -> int:
    return desk.office.read(lambda c: c.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]


def refused(desk: Desk, *wanted: object, by: policy.Actor = ANA, **said: object) -> NotLawful:
    """Why the law refuses a following."""
    with pytest.raises(NotLawful) as error:
        follow(desk.office, desk.live, by, asked(desk, *wanted, **said))  # type: ignore[arg-type]
    return error.value


@both_databases
def test_where_a_vehicle_was_is_told_whether_it_is_on_a_list_or_not(tmp_path: Path, kind: str) -> None:
    with a_road(tmp_path, kind) as (desk, road):
        drives(road, MARK, OTHER)
        for mark, listed in ((MARK, True), (OTHER, False), ("bb-222 cc", False)):
            found = followed(desk, asked(desk, mark))
            assert codes(found) == list(CODES)
            assert [stop.at for stop in found.stops] == [at(0), at(8), at(16)]
            assert [stop.met is not None for stop in found.stops] == [listed] * 3
            assert [round(leg.kilometres) for _, _, leg in found.legs] == [10, 10]
        assert followed(desk, asked(desk, "CC333DD")).stops == ()


@both_databases
def test_a_following_is_a_kept_check_that_is_counted_and_stands_on_the_ledger(
    tmp_path: Path, kind: str
) -> None:
    with a_road(tmp_path, kind) as (desk, road):
        alerts = drives(road, MARK)
        done = follow(desk.office, desk.live, ANA, asked(desk))
        said = desk.said()[-3:]
        assert [one.what for one in said] == [service.FOLLOWED, "check", "check-answered"]
        assert said[0].objects == (done, *alerts)
        assert said[0].detail == {"hours": "2", "cameras": "4", "stops": "3", "beside": "0"}
        assert (said[1].detail, said[1].purpose) == ({"kind": "follow", "subjects": "1"}, "investigation")
        look = next(one for one in checks_of_case(desk.office, ANA, desk.case.id) if one.id == done)
        assert (look.kind, look.looked_up, look.alerts) == ("follow", 1, 0)
        question = check_of(desk.office, ANA, done).question
        assert question is not None
        assert question.subject.plate.text == MARK  # type: ignore[union-attr]
        recent = desk.office.read(
            lambda c: service.footing(desk.office, c, ANA, desk.grounds, desk.office.now())
        )
        assert (recent.recent, recent.recent_all_cases) == (1, 1)


@both_databases
def test_nothing_is_told_when_the_ledger_cannot_be_written(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_road(tmp_path, kind) as (desk, road):
        drives(road, OTHER)

        def fails(*_: object) -> None:
            raise LedgerUnavailable("the disk is full")

        monkeypatch.setattr(Log, "append", fails)
        with pytest.raises(LedgerUnavailable):
            follow(desk.office, desk.live, ANA, asked(desk, OTHER))
        assert (rows(desk, FOLLOWINGS), rows(desk, CHECKS)) == (0, 0)


@both_databases
def test_passages_past_their_hours_are_in_no_journey(tmp_path: Path, kind: str) -> None:
    with a_road(tmp_path, kind, unmatched_hours=2) as (desk, road):
        drives(road, OTHER, minutes=60)  # at 9, 10 and 11
        assert codes(followed(desk, asked(desk, OTHER, hours=12))) == [*CODES[1:]], "11 is two hours after 9"
        desk.clock.forward(minutes=59, seconds=59)
        assert codes(followed(desk, asked(desk, OTHER, hours=12))) == [*CODES[1:]]
        desk.clock.forward(seconds=1)
        assert codes(followed(desk, asked(desk, OTHER, hours=12))) == [CODES[2]]
        assert rows(desk, PASSAGES) == 3, "though they are not erased yet"
        desk.clock.forward(hours=1)
        assert followed(desk, asked(desk, OTHER, hours=12)).stops == ()


@both_databases
def test_a_mark_is_followed_over_the_hours_whose_keys_are_kept(tmp_path: Path, kind: str) -> None:
    with a_road(tmp_path, kind) as (desk, road):
        drives(road, OTHER, cameras=CODES * 3, minutes=75)
        assert codes(followed(desk, asked(desk, OTHER, hours=12))) == list(CODES * 3)
        assert followed(desk, asked(desk, OTHER, hours=12)).legs[0][2].apart == timedelta(minutes=75)


@both_databases
def test_time_and_cameras_bound_a_journey(tmp_path: Path, kind: str) -> None:
    with a_road(tmp_path, kind) as (desk, road):
        drives(road, MARK, OTHER)
        by_code = {row.code: row.id for row in _cameras(desk)}
        for mark in (MARK, OTHER):
            wanted = service.Wanted(mark, desk.grounds, at(1), at(9))
            assert codes(followed(desk, wanted)) == ["A2"]
            here = Choice(around=by_code["A1"], kilometres=12)
            assert codes(followed(desk, asked(desk, mark, choice=here))) == ["A1", "A2"]
            alone = Choice(around=by_code["A3"], kilometres=0)
            assert codes(followed(desk, asked(desk, mark, choice=alone))) == ["A3"]
            named = Choice(cameras=(by_code["A3"], by_code["A1"]))
            assert codes(followed(desk, asked(desk, mark, choice=named))) == ["A1", "A3"]
            assert followed(desk, asked(desk, mark, choice=named)).cameras == 2


def _cameras(desk: Desk) -> list[object]:
    return list(desk.office.read(lambda c: c.execute(select(CAMERAS)).all()))


@both_databases
def test_a_parked_vehicle_is_one_stop(tmp_path: Path, kind: str) -> None:
    with a_road(tmp_path, kind) as (desk, road):
        for _ in range(40):
            road.sees(MARK, OTHER)
            desk.clock.forward(minutes=2)
        for mark in (MARK, OTHER):
            (stop,) = followed(desk, asked(desk, mark)).stops
            assert (stop.at, stop.last, stop.reads) == (at(0), at(78), 40)


def test_who_does_not_see_the_case_of_a_camera_asks_it_nothing(tmp_path: Path) -> None:
    with a_road(tmp_path) as (desk, road):
        drives(road, MARK, OTHER)
        enter(desk.office, BEN)
        case = open_case(desk.office, BEN, reference="2026/200", title="Another", offence="drugs")
        grounds = give_grounds(desk.office, BEN, case.id, **GIVEN)  # type: ignore[arg-type]
        wanted = service.Wanted(OTHER, grounds, at(-60), at(60))
        with pytest.raises(BadInput, match="no camera of your cases"):
            follow(desk.office, desk.live, BEN, wanted)
        camera = _cameras(desk)[0].id  # type: ignore[attr-defined]
        for choice in (Choice(cameras=(camera,)), Choice(around=camera), Choice(cameras=("camera-none",))):
            with pytest.raises(NotFound):
                follow(desk.office, desk.live, BEN, service.Wanted(OTHER, grounds, at(-60), at(60), choice))
        add_member(desk.office, ANA, desk.case.id, BEN.person, Part.READER)
        assert codes(followed(desk, wanted, BEN)) == list(CODES), "whoever leads the case lets them in"


def test_another_persons_grounds_ended_ones_and_a_closed_case_carry_nothing(tmp_path: Path) -> None:
    with a_road(tmp_path) as (desk, road):
        drives(road, OTHER)
        enter(desk.office, BEN)
        add_member(desk.office, ANA, desk.case.id, BEN.person, Part.MEMBER)
        with pytest.raises(NotFound):
            follow(desk.office, desk.live, BEN, asked(desk, OTHER))
        before = asked(desk, OTHER)
        give_grounds(desk.office, ANA, desk.case.id, **GIVEN)  # type: ignore[arg-type]
        with pytest.raises(Conflict):
            follow(desk.office, desk.live, ANA, before)
        close_case(desk.office, ANA, desk.case.id)
        with pytest.raises(Conflict):
            follow(desk.office, desk.live, ANA, before)
        assert rows(desk, FOLLOWINGS) == 0


def test_a_role_that_may_not_check_follows_nobody_and_the_refusal_is_logged(tmp_path: Path) -> None:
    with a_road(tmp_path) as (desk, _):
        error = refused(desk, by=actor("ana", Role.SUPERVISOR))
        assert "P01/check" in rules_of(error)
        assert not refused_by_stretch(error)
        last = desk.said()[-1]
        assert (last.what, last.outcome) == ("refused", "follow")


def test_a_wildcard_and_a_time_that_cannot_be_are_refused_before_anything(tmp_path: Path) -> None:
    with a_road(tmp_path) as (desk, road):
        drives(road, OTHER)
        before = len(desk.said())
        for wanted, field in (
            (asked(desk, "BB*"), "mark"),
            (asked(desk, "B"), "mark"),
            (asked(desk, OTHER, hours=-1), "since"),
            (service.Wanted(OTHER, desk.grounds, at(0), at(-1)), "until"),
        ):
            with pytest.raises(BadInput) as error:
                follow(desk.office, desk.live, ANA, wanted)
            assert error.value.field == field
        assert len(desk.said()) == before


@both_databases
def test_further_back_or_wider_takes_a_second_person_once(tmp_path: Path, kind: str) -> None:
    with a_road(tmp_path, kind) as (desk, road):
        hours = policy.limits(desk.office.regimes).follow_hours
        drives(road, MARK)
        desk.clock.forward(hours=hours)
        long = asked(desk, hours=hours + 1)
        assert codes(followed(desk, asked(desk, hours=hours))) == ["A3"], "as far back as one person may look"
        error = refused(desk, hours=hours + 1)
        assert rules_of(error) == {"L18/follow"}
        assert refused_by_stretch(error)
        with pytest.raises(BadInput) as short:
            ask_second(desk.office, ANA, long, "too short")
        assert short.value.field == "reason"
        approval = ask_second(desk.office, ANA, long, WHY)
        with pytest.raises(Conflict):
            follow_approved(desk.office, desk.live, ANA, approval)
        with pytest.raises(NotLawful):
            approvals.decide(desk.office, ANA, approval, True, "Fine with me")
        told = approvals.show(desk.office, CARL, approval).about
        assert (told["mark"], told["reason"]) == (MARK, WHY)
        assert told["cameras"] == "4: A1 kilometre 0; A1 kilometre 10; A1 kilometre 20; Coast road"
        approve(desk, approval)
        with pytest.raises(NotFound):
            follow_approved(desk.office, desk.live, BEN, approval)
        done = viewing.following_of(desk.office, ANA, follow_approved(desk.office, desk.live, ANA, approval))
        assert (codes(done), done.approval) == (list(CODES), approval)
        with pytest.raises(Conflict):
            follow_approved(desk.office, desk.live, ANA, approval)
        assert rules_of(refused(desk, hours=hours + 1)) == {"L18/follow"}, "another takes another"


def test_more_cameras_than_the_law_lets_one_follow_take_a_second_person(tmp_path: Path) -> None:
    with a_road(tmp_path) as (desk, road):
        most = policy.limits(desk.office.regimes).follow_cameras
        for number in range(most - 4):
            road.camera(f"B{number}", place(30 + number))
        assert followed(desk, asked(desk)).cameras == most
        road.camera("B99", place(60))
        assert rules_of(refused(desk)) == {"L18/follow"}


@both_databases
def test_cameras_of_several_followings_of_one_mark_in_a_day_are_counted_together(
    tmp_path: Path, kind: str
) -> None:
    with a_road(tmp_path, kind) as (desk, road):
        most = policy.limits(desk.office.regimes).follow_cameras
        for number in range(most - 3):
            road.camera(f"B{number}", place(30 + number))
        by_code = {row.code: row.id for row in _cameras(desk)}  # type: ignore[attr-defined]
        first, rest = Choice(cameras=tuple(by_code[code] for code in CODES)), dict(by_code)
        for code in CODES:
            del rest[code]
        others = Choice(cameras=tuple(rest.values()))
        follow(desk.office, desk.live, ANA, asked(desk, OTHER, choice=first))
        error = refused(desk, OTHER, choice=others)
        assert rules_of(error) == {"L18/follow"}
        assert refused_by_stretch(error)
        assert rules_of(refused(desk, OTHER.replace("B", "8"), choice=others)) == {"L18/follow"}, (
            "read as one"
        )
        fewer = Choice(cameras=others.cameras[1:])
        follow(desk.office, desk.live, ANA, asked(desk, "CC333DD", choice=others))
        follow(desk.office, desk.live, ANA, asked(desk, OTHER, choice=first))
        follow(desk.office, desk.live, ANA, asked(desk, OTHER, choice=fewer))
        assert rules_of(refused(desk, OTHER, choice=others)) == {"L18/follow"}
        approval = ask_second(desk.office, ANA, asked(desk, OTHER, choice=others), WHY)
        approve(desk, approval)
        follow_approved(desk.office, desk.live, ANA, approval)
        follow(desk.office, desk.live, ANA, asked(desk, OTHER, choice=first))
        desk.clock.forward(hours=24)
        follow(desk.office, desk.live, ANA, asked(desk, OTHER, choice=others))


def test_a_journey_with_too_many_stops_is_refused_without_their_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "MOST_STOPS", 2)
    with a_road(tmp_path) as (desk, road):
        drives(road, OTHER)
        with pytest.raises(BadInput) as error:
            follow(desk.office, desk.live, ANA, asked(desk, OTHER))
        assert "3" not in str(error.value)
        assert error.value.field == "since"


def test_an_approval_covers_the_mark_the_time_and_the_cameras_that_were_asked_for(tmp_path: Path) -> None:
    with a_road(tmp_path) as (desk, road):
        drives(road, MARK)
        desk.clock.forward(hours=20)
        approval = ask_second(desk.office, ANA, asked(desk, hours=24), WHY)
        approve(desk, approval)
        road.camera("LATER", place(15))
        road.sees(MARK, camera="LATER")
        desk.clock.forward(hours=1)
        done = viewing.following_of(desk.office, ANA, follow_approved(desk.office, desk.live, ANA, approval))
        assert (codes(done), done.cameras) == (list(CODES), 4)


@pytest.mark.parametrize("refuses", [True, False])
def test_a_refused_and_an_old_approval_carry_nothing(tmp_path: Path, refuses: bool) -> None:
    with a_road(tmp_path) as (desk, road):
        drives(road, MARK)
        approval = ask_second(desk.office, ANA, asked(desk, hours=24), WHY)
        approve(desk, approval, yes=not refuses)
        desk.clock.forward(hours=0 if refuses else policy.limits(desk.office.regimes).approval_hours)
        with pytest.raises(Conflict):
            follow_approved(desk.office, desk.live, ANA, approval)


def test_a_second_person_is_not_asked_where_something_else_is_against_it(tmp_path: Path) -> None:
    with a_road(tmp_path) as (desk, _):
        enter(desk.office, BEN)
        add_member(desk.office, ANA, desk.case.id, BEN.person, Part.MEMBER)
        grounds = give_grounds(desk.office, BEN, desk.case.id, **GIVEN)  # type: ignore[arg-type]
        remove_member(desk.office, ANA, desk.case.id, BEN.person)
        add_member(desk.office, ANA, desk.case.id, BEN.person, Part.READER)
        with pytest.raises(NotLawful) as error:
            ask_second(desk.office, BEN, service.Wanted(MARK, grounds, at(-6_000), at(0)), WHY)
        assert "A20/case" in rules_of(error.value)
        assert rows(desk, APPROVALS) == 0


def test_an_approval_of_another_kind_follows_nobody(tmp_path: Path) -> None:
    with a_road(tmp_path) as (desk, _):
        more = ask_for_more(desk.office, ANA, desk.case.id, 2, "Two more names came up today")
        approve(desk, more)
        with pytest.raises(Conflict, match="something else"):
            follow_approved(desk.office, desk.live, ANA, more)


@both_databases
def test_followings_count_with_all_other_questions_and_more_are_approved(tmp_path: Path, kind: str) -> None:
    with a_road(tmp_path, kind) as (desk, road):
        drives(road, OTHER)
        most = policy.limits(desk.office.regimes).bulk_persons
        for _ in range(most):
            follow(desk.office, desk.live, ANA, asked(desk, OTHER))
        error = refused(desk, OTHER)
        assert rules_of(error) == {"L10/bulk"}
        assert not refused_by_stretch(error)
        hours = policy.limits(desk.office.regimes).follow_hours + 1
        both = refused(desk, OTHER, hours=hours)
        assert rules_of(both) == {"L10/bulk", "L18/follow"}
        assert refused_by_stretch(both), "one approval of the following carries both"
        approval = ask_second(desk.office, ANA, asked(desk, OTHER, hours=hours), WHY)
        approve(desk, approval)
        follow_approved(desk.office, desk.live, ANA, approval)
        more = ask_for_more(desk.office, ANA, desk.case.id, 1, "One more vehicle of the same group")
        approve(desk, more)
        follow(desk.office, desk.live, ANA, asked(desk, OTHER))
        assert rules_of(refused(desk, OTHER)) == {"L10/bulk"}


def test_who_leaves_the_case_while_the_search_runs_is_told_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_road(tmp_path) as (desk, road):
        drives(road, OTHER)
        enter(desk.office, BEN)
        add_member(desk.office, ANA, desk.case.id, BEN.person, Part.MEMBER)
        grounds = give_grounds(desk.office, BEN, desk.case.id, **GIVEN)  # type: ignore[arg-type]
        find = finding.found

        def meanwhile(*given: object) -> object:
            remove_member(desk.office, ANA, desk.case.id, BEN.person)
            return find(*given)  # type: ignore[arg-type]

        monkeypatch.setattr(service, "found", meanwhile)
        with pytest.raises(NotLawful) as error:
            follow(desk.office, desk.live, BEN, service.Wanted(OTHER, grounds, at(-60), at(60)))
        assert rules_of(error.value) == {"A20/case"}
        assert (desk.verbs()[-1], rows(desk, FOLLOWINGS)) == ("refused", 0)


def test_an_ended_camera_answers_for_the_time_in_which_it_read(tmp_path: Path) -> None:
    with a_road(tmp_path) as (desk, road):
        drives(road, OTHER)
        for row in _cameras(desk):
            end(desk.office, ANA, row.id)  # type: ignore[attr-defined]
        assert codes(followed(desk, asked(desk, OTHER))) == list(CODES)
        desk.clock.forward(hours=2)
        with pytest.raises(BadInput, match="no camera of your cases"):
            follow(desk.office, desk.live, ANA, asked(desk, OTHER, hours=1))


def test_the_database_says_nothing_in_clear_of_whom_was_followed(tmp_path: Path) -> None:
    with a_road(tmp_path) as (desk, road):
        drives(road, OTHER)
        follow(desk.office, desk.live, ANA, asked(desk, OTHER))
        ask_second(desk.office, ANA, asked(desk, OTHER, hours=30), WHY)
        desk.office.store.close()
        kept = b"".join(path.read_bytes() for path in tmp_path.glob("node.db*"))
        for secret in (OTHER, WHY, "2026-03-02 09:16"):
            assert secret.encode() not in kept
