"""Flights that somebody is told of: by number, code-share or route, until a day, once, and not of whom they carry."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from liaison.formats.manifests import Flight, Leg
from liaison.formats.manifests.model import Travelled
from liaison.model.errors import BadInput, Conflict, NotFound, NotLawful
from liaison.model.grounds import Purpose
from liaison.model.roles import Role
from liaison.officers import notices
from liaison.policy import Actor
from liaison.screening.case_rules import Part
from liaison.screening.cases import add_member, open_case, remove_member
from liaison.screening.flights import watching
from liaison.screening.flights.reading import Sent
from liaison.screening.flights.rules import Sought, matches, sought
from liaison.screening.flights.taking import Delivery, take
from liaison.screening.flights.watching import end, met_by, resume, watch, watches_of
from liaison.screening.grounds import give_grounds
from liaison.storage.tables.screening import GROUNDS
from tests.formats.manifests.made import many
from tests.node_fixtures import START, both_databases
from tests.screening.flights.flown import deliver, message, one
from tests.screening.node import ANA, BASIS, BEN, WHY, Desk, a_desk, actor, enter

LI117 = Sought("LI", "117")
WEEK = START + timedelta(days=7)


def told(desk: Desk) -> list[str]:
    """The flights that Ana was told of."""
    return [notice.object for notice in notices.waiting(desk.office, ANA) if notice.kind == watching.ARRIVED]


@both_databases
def test_who_watches_a_flight_is_told_once_when_its_list_comes(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        wanted = watch(desk.office, ANA, desk.grounds, LI117, WEEK)
        kept = one(deliver(desk, message()))
        deliver(desk, message(number="118"))
        deliver(desk, message(*many(2)))
        assert told(desk) == [kept.flight]
        (shown,) = watches_of(desk.office, ANA)
        assert (shown.id, shown.met, shown.standing) == (wanted, 1, True)
        assert [row.id for row in met_by(desk.office, ANA, wanted)] == [kept.flight]
        said = [said for said in desk.said() if said.what in ("flight-watched", "flight-arrived")]
        assert [(one_.what, one_.objects) for one_ in said] == [
            ("flight-watched", (wanted,)),
            ("flight-arrived", (wanted, kept.flight)),
        ]
        assert said[0].detail == {"flight": "LI117"}


def test_a_colleague_is_told_that_it_came_and_sees_nobody(tmp_path: Path) -> None:
    from liaison.screening.flights import viewing

    with a_desk(tmp_path) as desk:
        enter(desk.office, BEN, unit="Unit 2")
        case = open_case(desk.office, BEN, reference="2026/200", title="Another matter", offence="drugs")
        grounds = give_grounds(
            desk.office, BEN, case.id, purpose=Purpose.INVESTIGATION, basis=BASIS, justification=WHY
        )
        wanted = watch(desk.office, BEN, grounds, sought("", "TIA", "LHR"), WEEK)
        kept = one(deliver(desk, message()))
        assert [notice.object for notice in notices.waiting(desk.office, BEN)] == [kept.flight]
        assert [row.number for row in met_by(desk.office, BEN, wanted)] == ["117"]
        with pytest.raises(NotFound):
            viewing.flight_of(desk.office, BEN, kept.flight)


def test_a_watch_that_is_over_or_was_ended_is_told_of_nothing(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        first = watch(desk.office, ANA, desk.grounds, LI117, START + timedelta(days=1))
        second = watch(desk.office, ANA, desk.grounds, LI117, WEEK)
        end(desk.office, ANA, second)
        desk.clock.forward(days=1)
        kept = one(deliver(desk, message()))
        assert told(desk) == []
        with pytest.raises(Conflict):
            end(desk.office, ANA, second)
        resume(desk.office, ANA, second)
        with pytest.raises(Conflict):
            resume(desk.office, ANA, second)
        deliver(desk, message(*many(2)))
        assert told(desk) == [kept.flight]
        for change in (end, resume):
            with pytest.raises(Conflict):
                change(desk.office, ANA, first)
        assert desk.verbs().count("flight-watch-ended") == desk.verbs().count("flight-watch-resumed") == 1


def test_a_watch_is_its_own_persons(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        wanted = watch(desk.office, ANA, desk.grounds, LI117, WEEK)
        enter(desk.office, BEN)
        for change in (end, resume, met_by):
            with pytest.raises(NotFound):
                change(desk.office, BEN, wanted)
        with pytest.raises(NotFound):
            watch(desk.office, BEN, desk.grounds, LI117, WEEK)
        with pytest.raises(NotLawful):
            watch(desk.office, actor("ana", Role.AUDITOR), desk.grounds, LI117, WEEK)


@pytest.mark.parametrize("until", [START, START - timedelta(days=1), START + timedelta(days=90, seconds=1)])
def test_a_watch_ends_within_ninety_days(tmp_path: Path, until: object) -> None:
    with a_desk(tmp_path) as desk:
        with pytest.raises(BadInput) as refused:
            watch(desk.office, ANA, desk.grounds, LI117, until)  # type: ignore[arg-type]
        assert refused.value.field == "until"
        assert watch(desk.office, ANA, desk.grounds, LI117, START + timedelta(days=90))


@pytest.mark.parametrize(
    ("written", "field"),
    [
        (("", "", ""), "flight"),
        (("no flight", "", ""), "flight"),
        (("", "Tirana", ""), "origin"),
        (("", "", "L"), "destination"),
    ],
)
def test_what_is_no_flight_is_refused(written: tuple[str, str, str], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        sought(*written)
    assert refused.value.field == field


THROUGH = Flight(
    "LI", "117", "", (Leg("TIA", "VIE"), Leg("VIE", "LHR")), (Travelled("BA", "2117"), Travelled("OS", "9"))
)


@pytest.mark.parametrize(
    ("written", "met"),
    [
        (("LI 0117", "", ""), True),
        (("li117", "", ""), True),
        (("LI117A", "", ""), False),
        (("LI11", "", ""), False),
        (("BA2117", "", ""), True),
        (("BA117", "", ""), False),
        (("", "TIA", "LHR"), True),
        (("", "VIE", "LHR"), True),
        (("", "LHR", "TIA"), False),
        (("", "VIE", "VIE"), False),
        (("", "VIE", ""), True),
        (("", "", "VIE"), True),
        (("", "", "TIA"), False),
        (("OS9", "TIA", ""), True),
        (("OS9", "LHR", ""), False),
    ],
)
def test_a_flight_is_met_by_number_code_share_and_route(written: tuple[str, str, str], met: bool) -> None:
    assert matches(sought(*written), (THROUGH,)) is met


@both_databases
def test_who_works_on_the_case_no_more_or_whose_grounds_ended_is_told_of_nothing(
    tmp_path: Path, kind: str
) -> None:
    with a_desk(tmp_path, kind) as desk:
        enter(desk.office, BEN)
        add_member(desk.office, ANA, desk.case.id, BEN.person, Part.LEAD)
        wanted = watch(desk.office, ANA, desk.grounds, LI117, WEEK)
        remove_member(desk.office, BEN, desk.case.id, ANA.person)
        deliver_as = Delivery(in_case(desk, BEN), (Sent("list.edi", message()),))
        take(desk.office, BEN, deliver_as)
        assert told(desk) == []
        add_member(desk.office, BEN, desk.case.id, ANA.person, Part.MEMBER)
        ended = update(GROUNDS).where(GROUNDS.c.id == desk.grounds).values(ended=desk.office.now())
        desk.office.write(lambda connection: connection.execute(ended))
        take(desk.office, BEN, Delivery(deliver_as.grounds, (Sent("list.edi", message(*many(2))),)))
        assert told(desk) == []
        in_case(desk, ANA)
        take(desk.office, BEN, Delivery(deliver_as.grounds, (Sent("list.edi", message(*many(3))),)))
        assert len(told(desk)) == 1, "other grounds of the same purpose took their place"
        assert watches_of(desk.office, ANA)[0].id == wanted


def in_case(desk: Desk, person: Actor) -> str:
    """Grounds of a person in the desk's case."""
    return give_grounds(
        desk.office, person, desk.case.id, purpose=Purpose.INVESTIGATION, basis=BASIS, justification=WHY
    )
