"""What stands around a request: copies, templates, what is supplied unasked, the league of answers, the pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from liaison.assistance import (
    answering,
    background,
    copies,
    desk,
    drafting,
    forgetting,
    league,
    reading,
    sending,
    spontaneous,
    templates,
    triage,
)
from liaison.assistance.answering import Reply
from liaison.assistance.clocks import Stage
from liaison.assistance.desk import Desk, Role
from liaison.assistance.messages import Access, Wanted
from liaison.assistance.rules import Side, State, SubjectState
from liaison.assistance.spontaneous import Giving
from liaison.holdings import retention
from liaison.model.errors import BadInput, BadSetting, Conflict, Erased, NotFound, NotLawful
from liaison.model.grounds import Purpose
from liaison.model.handling import Handling, HandlingCode
from liaison.office import Office
from liaison.policy import Actor
from liaison.screening.case_rules import Part
from liaison.screening.cases import add_member, open_case
from liaison.screening.grounds import give_grounds
from liaison.storage.tables.assistance import COPIES, SUBJECTS
from liaison.storage.tables.screening import MEMBERS
from liaison.supply import access as supply_access
from tests.assistance.requests import GEZIM, arrived, drafted, row, sent, strangers, theirs
from tests.holdings.offices import everything_stored
from tests.partners.pairs import ADMINISTRATOR
from tests.screening.node import actor
from tests.two_offices import DESK, HEAD, INVESTIGATOR, Pair, text, two_offices

BECAUSE = "Name, date of birth and passport number agree"


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    with two_offices(tmp_path) as both:
        yield both


def test_a_request_has_a_copy_or_a_coded_exception(pair: Pair) -> None:
    """L24: either on every request that was sent."""
    asking = pair.asking
    bare = drafted(pair, exception="")
    with pytest.raises(BadInput, match="no single point of contact is named"):
        sending.submit(asking.office, INVESTIGATOR, bare)
    with pytest.raises(BadInput, match="none of the exceptions"):
        text(pair, exception="we forgot")
    with pytest.raises(NotFound):
        desk.name_contact(asking.office, ADMINISTRATOR, Role.POINT, "nobody.example")
    with pytest.raises(NotLawful):
        desk.name_contact(asking.office, INVESTIGATOR, Role.POINT, pair.asked.origin)


def test_the_point_of_contact_and_a_centre_get_the_whole_request(pair: Pair, tmp_path: Path) -> None:
    """L24"""
    asking, asked = pair.asking, pair.asked
    desk.name_contact(asking.office, ADMINISTRATOR, Role.CENTRE, asked.origin)
    desk.name_contact(asking.office, ADMINISTRATOR, Role.POINT, asked.origin)
    request = sent(pair, strangers(700), exception="")
    assert asking.office.read(lambda c: copies.copies_of(c, request)) == []  # they are asked themselves
    held = row(asking, request)

    def as_if_another_was_asked(connection: Connection) -> list[tuple[Role, str]]:
        class Other:
            copied, centre, partner = True, "centre.example", "elsewhere.example"

        return copies.recipients(connection, Other)

    found = asking.office.read(as_if_another_was_asked)
    assert found == [(Role.POINT, asked.origin), (Role.CENTRE, "centre.example")]
    assert (held.copied, held.exception) == (True, "")


def test_a_copy_is_kept_and_answers_nothing(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """L24"""
    asking, asked = pair.asking, pair.asked
    monkeypatch.setattr(copies, "recipients", lambda connection, row: [(Role.POINT, asked.origin)])
    request = sent(pair, strangers(700))
    pair.carry()
    assert pair.refused == []
    assert asking.office.read(lambda c: copies.copies_of(c, request)) == [
        ("contact point", asked.origin, 700)
    ]
    kept = asked.office.read(
        lambda c: c.execute(
            select(func.count(), func.sum(COPIES.c.subjects)).where(COPIES.c.side == "received")
        ).one()
    )
    assert tuple(kept) == (3, 700)
    assert "request-copied" in asking.verbs()


def test_templates_hold_no_grounds_and_are_their_keepers_to_end(pair: Pair) -> None:
    office = pair.asking.office
    kept = templates.keep(office, INVESTIGATOR, "Vans at the border", text(pair))
    (shown,) = templates.templates(office, DESK)
    assert (shown.id, shown.name, shown.text.grounds) == (kept, "Vans at the border", "")
    begun = drafting.draft(office, INVESTIGATOR, text(pair, description=shown.text.description))
    assert row(pair.asking, begun).state == "draft"
    with pytest.raises(NotFound):
        templates.end(office, DESK, kept)
    with pytest.raises(NotFound):
        templates.templates(office, ADMINISTRATOR)
    with pytest.raises(BadInput):
        templates.keep(office, INVESTIGATOR, " ", text(pair))
    templates.end(office, INVESTIGATOR, kept)
    assert templates.templates(office, INVESTIGATOR) == []


def why(office: Office, who: Actor, case: str) -> str:
    """Grounds of this person in a case."""
    purpose = Purpose.INVESTIGATION
    return give_grounds(office, who, case, purpose=purpose, basis="agreement", justification=BECAUSE)


def a_giving(pair: Pair) -> Giving:
    """A record that the desk of the asked side would supply unasked, on grounds of its own."""
    asked = pair.asked
    asked.office.write(
        lambda c: c.execute(
            MEMBERS.insert().values(
                case_id=asked.case, person=DESK.person, part="member", since=asked.clock.now(), added_by="x"
            )
        )
    )
    return Giving(
        partner=pair.asking.origin,
        holdings=(asked.ids["R900"],),
        grounds=why(asked.office, DESK, asked.case),
        reason="He was seen on the way to you",
        handling=Handling(codes=(HandlingCode.H1,)),
    )


def test_what_came_unasked_is_used_in_a_case_that_somebody_puts_it_into(pair: Pair) -> None:
    there, asked, giving = pair.asking, pair.asked, a_giving(pair)
    sent, _ = spontaneous.give(asked.office, asked.means, DESK, giving)
    pair.carry()
    (came,) = spontaneous.listed(there.office, DESK)
    case = open_case(there.office, INVESTIGATOR, reference="2026/90", title="On the way", offence="drugs").id

    def read() -> str:
        work = there.office.read
        return work(lambda c: supply_access.load(there.office, c, INVESTIGATOR, came.items[0])).item.id

    with pytest.raises(NotFound):
        read()
    theirs = why(there.office, INVESTIGATOR, case)
    with pytest.raises(NotFound):
        spontaneous.into_case(there.office, DESK, came.id, theirs)
    add_member(there.office, INVESTIGATOR, case, DESK.person, Part.MEMBER)
    own = why(there.office, DESK, case)
    for _ in range(2):
        spontaneous.into_case(there.office, DESK, came.id, own)
    assert read() == came.items[0]
    entry, _ = [said for said in there.said() if said.what == "spontaneous-into-case"]
    assert (entry.who, entry.case, entry.grounds) == (DESK.person, case, own)
    assert entry.objects == (came.id, *came.items)
    with pytest.raises(NotFound):
        spontaneous.into_case(there.office, INVESTIGATOR, came.id, theirs)
    with pytest.raises(Conflict):
        spontaneous.into_case(asked.office, DESK, sent, giving.grounds)


def test_information_is_supplied_that_nobody_asked_for(pair: Pair) -> None:
    asked, giving = pair.asked, a_giving(pair)
    assert spontaneous.weigh(asked.office, DESK, giving).against == {asked.ids["R900"]: []}
    before = len(asked.said())
    given, withheld = spontaneous.give(asked.office, asked.means, DESK, giving)
    assert withheld == ()
    assert len(asked.said()) > before
    pair.carry()
    assert pair.refused == []
    (there,) = spontaneous.listed(pair.asking.office, DESK)
    shown = spontaneous.one(pair.asking.office, DESK, there.id)
    assert (shown.reason, shown.side, len(shown.items)) == ("He was seen on the way to you", "received", 1)
    office = pair.asking.office
    loaded = office.read(lambda connection: supply_access.load(office, connection, DESK, shown.items[0]))
    assert str(loaded.item.subject.names[0]) == "Gëzim Vokshi"  # type: ignore[union-attr]
    assert HandlingCode.H1 in loaded.item.handling.codes
    with pytest.raises(NotFound):
        spontaneous.one(pair.asking.office, INVESTIGATOR, there.id)
    assert [each.id for each in spontaneous.listed(asked.office, DESK)] == [given]
    for wrong in ({"holdings": ()}, {"reason": " "}, {"reason": "x" * 5000}, {"holdings": ("a",) * 201}):
        with pytest.raises(BadInput):
            replace(giving, **wrong)
    none = replace(giving, holdings=("holding-none",))
    (against,) = spontaneous.weigh(asked.office, DESK, none).against["holding-none"]
    assert (against.rule, "may be sent" in against.text) == ("", True)
    with pytest.raises(NotLawful):
        spontaneous.give(asked.office, asked.means, DESK, none)
    with pytest.raises(NotFound):
        spontaneous.weigh(asked.office, INVESTIGATOR, giving)


def test_the_league_tells_how_long_answers_took_and_how_many_were_late(pair: Pair) -> None:
    asked, asking = pair.asked, pair.asking
    for days in (1, 2, 3, 8, 5):
        _, at_theirs = arrived(pair, strangers(2), reference=f"2026/{days}")
        pair.both(days=days)
        answering.confirm_nothing(asked.office, asked.means, DESK, at_theirs)
        pair.carry()
    (ours,) = league.league(asked.office, DESK, ours=True)
    assert (ours.requests, ours.subjects, ours.answered, ours.late) == (5, 10, 5, 1)
    assert (ours.median, ours.percentile_80) == (timedelta(days=3), timedelta(days=5))
    assert ours.on_time == 800
    (their,) = league.league(asking.office, HEAD)
    assert (their.partner, their.median, their.late) == (asked.origin, timedelta(days=3), 1)
    with pytest.raises(NotLawful):
        league.league(asking.office, INVESTIGATOR)


def test_percentiles_by_nearest_rank() -> None:
    days = [timedelta(days=number) for number in (5, 1, 3, 2, 4)]
    assert league.percentile(days, 50) == timedelta(days=3)
    assert league.percentile(days, 80) == timedelta(days=4)
    assert league.percentile(days[:1], 80) == timedelta(days=5)
    assert league.percentile([], 80) is None


def test_the_inbox_shows_first_what_is_due_first(pair: Pair) -> None:
    asked = pair.asked
    _, slow = arrived(pair, strangers(1), reference="2026/1")
    _, fast = arrived(pair, strangers(1), reference="2026/2", urgency="They cross the border tonight")
    _, also = arrived(pair, strangers(1), reference="2026/3")
    page = reading.inbox(asked.office, DESK, most=2)
    assert page.lines[0].id == fast
    assert page.lines[0].left == timedelta(hours=8)
    rest = reading.inbox(asked.office, DESK, most=2, after=page.next)
    assert {line.id for line in (*page.lines, *rest.lines)} == {slow, fast, also}
    assert rest.next == ""
    pair.both(hours=9)
    counted = reading.how_many(asked.office, DESK)
    assert (counted[Stage.OVERDUE], counted[Stage.CALM]) == (1, 2)
    assert reading.inbox(asked.office, DESK).lines[0].left == timedelta(hours=-1)
    answering.confirm_nothing(asked.office, asked.means, DESK, fast)
    assert [line.id for line in reading.inbox(asked.office, DESK, over=True).lines] == [fast]
    assert reading.inbox(asked.office, INVESTIGATOR).lines == []


def test_a_request_as_a_page(pair: Pair) -> None:
    ours, at_theirs = arrived(pair, [GEZIM, *strangers(60)])
    asked = pair.asked
    view = reading.request_view(asked.office, DESK, at_theirs)
    assert view.counts == {SubjectState.HIT: 1, SubjectState.PREPARED: 60}
    assert (view.line.open, view.line.hits, view.line.side) == (61, 1, Side.RECEIVED)
    assert view.text.wanted == (Wanted.IDENTITY, Wanted.RECORDS)
    assert [event.what for event in view.events][:2] == ["request-opened", "request-part-received"]
    first = reading.subjects(asked.office, DESK, at_theirs, most=50)
    rest = reading.subjects(asked.office, DESK, at_theirs, after=first.next)
    assert [each.number for each in (*first.subjects, *rest.subjects)] == list(range(1, 62))
    hits = reading.subjects(asked.office, DESK, at_theirs, state=SubjectState.HIT)
    assert [str(each.entry.subject.names[0]) for each in hits.subjects] == ["Gëzim Vokshi"]  # type: ignore[union-attr]
    shown = reading.subject_view(asked.office, DESK, at_theirs, 1, BECAUSE)
    assert shown.hits[0].holding == asked.ids["R900"]
    assert sum(reason.worth for reason in shown.hits[0].reasons) == shown.hits[0].score
    assert {"request-read", "subjects-read", "subject-read"} <= set(asked.verbs())
    own = reading.request_view(pair.asking.office, INVESTIGATOR, ours)
    assert (own.line.state, own.lists[0][2:]) == (State.RECEIVED, (61, 61))
    with pytest.raises(NotFound):
        reading.subject_view(pair.asking.office, INVESTIGATOR, ours, 1, BECAUSE)


def test_nothing_of_the_subjects_stands_in_clear(pair: Pair) -> None:
    _, at_theirs = arrived(pair)
    triage.sort(pair.asked.office, pair.asked.means, DESK, at_theirs, Access.DIRECT)
    answering.answer(
        pair.asked.office, pair.asked.means, DESK, at_theirs, 1, Reply((pair.asked.ids["R900"],), BECAUSE)
    )
    pair.carry()
    for agency in (pair.asking, pair.asked):
        stored = everything_stored(agency.office)
        for word in ("Vokshi", "Gëzim", "Obermüller", "BA1234567", "Couriers of a network"):
            assert word.encode() not in stored, word


def test_the_background_does_what_is_left_to_do(pair: Pair) -> None:
    request = sent(pair)
    pair.carry()
    background.run(pair.asked.office, pair.asked.means, pair.asked.live)
    at_theirs = theirs(pair, request)
    states = pair.asked.office.read(
        lambda c: set(c.execute(select(SUBJECTS.c.state).where(SUBJECTS.c.request_id == at_theirs)).scalars())
    )
    assert states == {"hit", "prepared"}


def test_the_desk_has_a_zone_and_holidays_that_are_known(pair: Pair) -> None:
    office = pair.asked.office
    assert desk.set_desk(office, ADMINISTRATOR, Desk("Europe/Tirane", "albania", "alb")).nationality == "ALB"
    with pytest.raises(BadSetting):
        desk.set_desk(office, ADMINISTRATOR, Desk("Europe/Nowhere", "albania"))
    with pytest.raises(NotLawful):
        desk.set_desk(office, actor("desk"), Desk())
    assert office.read(desk.desk).zone == "Europe/Tirane"


def test_what_is_past_its_retention_is_forgotten_and_an_open_request_is_not(pair: Pair) -> None:
    """L16"""
    ours, at_theirs = arrived(pair, strangers(2))
    _, still_open = arrived(pair, strangers(2), reference="2026/9")
    answering.confirm_nothing(pair.asked.office, pair.asked.means, DESK, at_theirs)
    pair.carry()
    assert forgetting.forget(pair.asked.office) == 0
    pair.both(days=200)
    assert forgetting.forget(pair.asked.office) == 0  # nobody but this clock says so (A12)
    for each in (pair.asked, pair.asking):
        retention.run(each.office, each.clock)
    assert (forgetting.forget(pair.asked.office), forgetting.forget(pair.asking.office)) == (1, 1)
    assert forgetting.forget(pair.asked.office) == 0
    with pytest.raises(Erased):
        reading.subjects(pair.asked.office, DESK, at_theirs)
    with pytest.raises(Erased):
        reading.request_view(pair.asking.office, INVESTIGATOR, ours)
    assert len(reading.subjects(pair.asked.office, DESK, still_open).subjects) == 2
    assert "request-forgotten" in pair.asked.verbs()
