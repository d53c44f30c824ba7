"""A request from its draft to its end, between two real offices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import Connection, select, update

from liaison import policy
from liaison.assistance import (
    answering,
    changing,
    clarifying,
    drafting,
    pausing,
    reading,
    receiving,
    sending,
    triage,
    watching,
)
from liaison.assistance.answering import Reply
from liaison.assistance.messages import Access, Result, Wanted
from liaison.model import canonical
from liaison.model.dates import PartialDate
from liaison.model.errors import BadInput, Conflict, NotFound, NotLawful
from liaison.model.holding import Fact
from liaison.model.roles import Role
from liaison.model.scales import Graded
from liaison.officers import approvals, notices
from liaison.partners import service
from liaison.partners.agreement import Agreement
from liaison.partners.rules import LinkClosed
from liaison.partners.service import View
from liaison.storage.tables.holdings import HOLDINGS
from liaison.storage.tables.partners import AGREEMENTS
from liaison.supply import access as supply_access
from liaison.supply.refusing import NotTaken
from tests.assistance.requests import (
    GEZIM,
    STRANGER,
    an_opening,
    arrived,
    drafted,
    row,
    sent,
    states,
    strangers,
    theirs,
)
from tests.node_fixtures import both_databases
from tests.screening.node import actor, gezim, rules_of
from tests.two_offices import APPROVER, DESK, HEAD, INVESTIGATOR, TERMS, Pair, text, two_offices

BECAUSE = "Name, date of birth and passport number agree"


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    with two_offices(tmp_path) as both:
        yield both


def other_terms(connection: Connection) -> bytes:
    """The agreement in force, without any exchange of records."""
    content = connection.execute(
        select(AGREEMENTS.c.content).where(AGREEMENTS.c.state == "in force")
    ).scalar_one()
    held = canonical.decode(content, Agreement)
    return canonical.encode(msgspec.structs.replace(held, exchanges=("spontaneous",)))


@both_databases
def test_from_draft_to_outcome(tmp_path: Path, kind: str) -> None:
    with two_offices(tmp_path, kind) as pair:
        ours, at_theirs = arrived(pair)
        asking, asked = pair.asking, pair.asked
        assert states(asked, at_theirs) == {1: "hit", 2: "prepared"}
        assert row(asking, ours).state == "received"
        triage.sort(asked.office, asked.means, DESK, at_theirs, Access.DIRECT)
        answering.confirm_nothing(asked.office, asked.means, DESK, at_theirs)
        reply = Reply((asked.ids["R900"],), BECAUSE)
        done = answering.answer(asked.office, asked.means, DESK, at_theirs, 1, reply)
        assert (done.result, done.withheld) == (Result.FULL, ())
        pair.carry()
        assert pair.refused == []
        assert states(asking, ours) == {1: "full", 2: "nothing held"}
        assert row(asking, ours).state == "answered"
        changing.close(asking.office, asking.means, INVESTIGATOR, ours, "arrest", asking.grounds)
        pair.carry()
        assert (row(asked, at_theirs).state, row(asked, at_theirs).outcome) == ("closed", "arrest")


def test_nothing_is_sent_before_another_person_authorised_it(pair: Pair) -> None:
    asking = pair.asking
    request = drafted(pair)
    with pytest.raises(Conflict):
        sending.send(asking.office, asking.means, INVESTIGATOR, request)
    sending.submit(asking.office, INVESTIGATOR, request)
    with pytest.raises(NotLawful) as refused:
        sending.send(asking.office, asking.means, INVESTIGATOR, request)
    assert rules_of(refused.value) == {"L10/authorised"}
    both = actor("inv", Role.INVESTIGATOR, Role.APPROVER)
    with pytest.raises(NotLawful, match="nobody decides what they asked for"):
        sending.authorise(asking.office, both, request, True, "needed for the case")
    sending.authorise(asking.office, APPROVER, request, False, "too many people")
    assert row(asking, request).state == "not authorised"
    with pytest.raises(Conflict):
        sending.send(asking.office, asking.means, INVESTIGATOR, request)
    assert pair.carry() == 0
    drafting.revise(asking.office, INVESTIGATOR, request)
    assert row(asking, request).state == "draft"


def test_an_approval_given_among_the_approvals_counts(pair: Pair) -> None:
    asking = pair.asking
    request = drafted(pair)
    approval = sending.submit(asking.office, INVESTIGATOR, request)
    approvals.decide(asking.office, APPROVER, approval, True, "needed for the case")
    sending.send(asking.office, asking.means, INVESTIGATOR, request)
    assert row(asking, request).state == "sent"
    assert row(asking, request).authorised_by == APPROVER.person


def test_what_was_authorised_cannot_be_changed_before_it_is_sent(pair: Pair) -> None:
    asking = pair.asking
    request = drafted(pair)
    sending.submit(asking.office, INVESTIGATOR, request)
    with pytest.raises(Conflict):
        drafting.add_list(asking.office, INVESTIGATOR, request, STRANGER)
    with pytest.raises(Conflict):
        drafting.rewrite(asking.office, INVESTIGATOR, request, text(pair, description="something else"))


def test_a_purpose_an_offence_and_an_exchange_are_those_of_the_agreement(pair: Pair) -> None:
    """L01"""
    asking = pair.asking
    request = drafted(pair, exchange="publication")
    with pytest.raises(NotLawful) as refused:
        sending.submit(asking.office, INVESTIGATOR, request)
    assert rules_of(refused.value) == {"L01/agreement"}  # not that nobody has authorised it yet
    (told,) = [each for each in asking.said() if each.what == "refused"]
    assert told.detail["rules"] == "L01/agreement"


def test_the_side_that_is_asked_refuses_what_is_not_agreed_whatever_was_sent(pair: Pair) -> None:
    asking, asked = pair.asking, pair.asked
    opening = an_opening(pair, exchange="publication")
    with pytest.raises(NotTaken) as refused:
        asked.office.write(
            lambda connection: receiving.take_opening(
                asked.office, connection, asked.means, asking.origin, opening
            )
        )
    assert refused.value.code == "not-agreed"


def test_a_quota_holds_at_either_side(tmp_path: Path) -> None:
    with two_offices(tmp_path, terms=replace(TERMS, quota=1)) as small:
        request = drafted(small)
        with pytest.raises(NotLawful) as refused:
            sending.submit(small.asking.office, INVESTIGATOR, request)
        assert "L10/quota" in rules_of(refused.value)
        asked = small.asked
        with pytest.raises(NotTaken) as not_taken:
            asked.office.write(
                lambda connection: receiving.take_opening(
                    asked.office, connection, asked.means, small.asking.origin, an_opening(small)
                )
            )
        assert not_taken.value.code == "over-quota"


def test_the_clock_starts_when_the_last_part_is_here(pair: Pair) -> None:
    asking, asked = pair.asking, pair.asked
    request = sent(pair, strangers(700), urgency="They cross the border tonight")
    begun = asked.clock.now()
    pair.bring(asking, asked, 2)  # the opening and the first of two parts
    at_theirs = theirs(pair, request)
    assert (row(asked, at_theirs).state, row(asked, at_theirs).received) == ("arriving", None)
    pair.both(hours=1)
    pair.carry()
    whole = row(asked, at_theirs)
    assert (whole.state, whole.received) == ("received", begun + timedelta(hours=1))
    assert whole.due == begun + timedelta(hours=9)
    ours = row(asking, request)
    assert (ours.state, ours.received, ours.due) == ("received", whole.received, whole.due)


def test_the_clock_follows_what_the_desk_finds_out(pair: Pair) -> None:
    """L23"""
    _, at_theirs = arrived(pair, urgency="They cross the border tonight")
    asked, start = pair.asked, pair.asked.clock.now()
    assert row(asked, at_theirs).due == start + timedelta(hours=8)
    triage.sort(asked.office, asked.means, DESK, at_theirs, Access.OBTAINABLE)
    assert row(asked, at_theirs).due == start + timedelta(days=3)
    triage.sort(asked.office, asked.means, DESK, at_theirs, Access.DIRECT, [2])
    assert row(asked, at_theirs).due == start + timedelta(hours=8)
    answering.confirm_nothing(asked.office, asked.means, DESK, at_theirs)
    assert row(asked, at_theirs).due == start + timedelta(days=3)


def test_only_a_recorded_lawful_reason_stops_the_clock(pair: Pair) -> None:
    """L23"""
    _, at_theirs = arrived(pair, urgency="They cross the border tonight")
    asked, start = pair.asked, pair.asked.clock.now()
    with pytest.raises(BadInput, match="does not stop its clock"):
        pausing.pause(asked.office, asked.means, DESK, at_theirs, "holidays", "the office is closed")
    with pytest.raises(BadInput, match="names its source"):
        pausing.pause(asked.office, asked.means, DESK, at_theirs, "judicial-authorisation", " ")
    pair.both(hours=1)
    stood = pausing.pause(
        asked.office, asked.means, DESK, at_theirs, "judicial-authorisation", "application 7/2026"
    )
    assert row(asked, at_theirs).due is None
    pair.both(hours=10)
    pausing.resume(asked.office, asked.means, DESK, at_theirs, stood)
    assert row(asked, at_theirs).due == start + timedelta(hours=18)
    assert [verb for verb in asked.verbs() if verb.startswith("clock")] == ["clock-paused", "clock-resumed"]


def test_a_question_back_stops_the_clock_until_it_is_answered(pair: Pair) -> None:
    ours, at_theirs = arrived(pair, urgency="They cross the border tonight")
    asking, asked, start = pair.asking, pair.asked, pair.asked.clock.now()
    talk = clarifying.ask(asked.office, asked.means, DESK, at_theirs, "Which of the two vans?")
    assert row(asked, at_theirs).due is None
    pair.carry()
    (question,) = clarifying.talks_of(asking.office, INVESTIGATOR, ours)
    assert question.question == "Which of the two vans?"
    pair.both(hours=3)
    clarifying.give(asking.office, asking.means, INVESTIGATOR, talk, "The white one")
    with pytest.raises(Conflict):
        clarifying.give(asking.office, asking.means, INVESTIGATOR, talk, "The other one")
    pair.carry()
    assert row(asked, at_theirs).due == start + timedelta(hours=11)
    (answered,) = clarifying.talks_of(asked.office, DESK, at_theirs)
    assert answered.answer == "The white one"
    assert pair.refused == []


def test_the_officer_then_the_supervisor_is_told_before_the_breach(pair: Pair) -> None:
    _, at_theirs = arrived(pair, urgency="They cross the border tonight")
    asked = pair.asked
    triage.take_on(asked.office, DESK, at_theirs)

    def told(person: policy.Actor) -> set[str]:
        return {each.kind for each in notices.waiting(asked.office, person) if each.object == at_theirs}

    assert watching.watch(asked.office) == 0
    pair.both(hours=4)
    assert (watching.watch(asked.office), watching.watch(asked.office)) == (1, 0)
    assert "request-due-soon" in told(DESK)
    assert "request-due-soon" not in told(HEAD)
    pair.both(hours=2)
    watching.watch(asked.office)
    assert "request-escalated" in told(DESK) & told(HEAD)
    pair.both(hours=2)
    watching.watch(asked.office)
    assert "request-overdue" in told(DESK) & told(HEAD)
    assert watching.watch(asked.office) == 0


def test_core_data_are_due_48_hours_after_a_hit_is_confirmed(pair: Pair) -> None:
    """L25"""
    _, at_theirs = arrived(pair)
    asked, start = pair.asked, pair.asked.clock.now()
    assert row(asked, at_theirs).due == start + timedelta(days=7)
    pair.both(hours=5)
    answering.confirm_hit(asked.office, DESK, at_theirs, 1, asked.ids["R900"], BECAUSE)
    assert row(asked, at_theirs).due == start + timedelta(hours=53)
    reply = Reply((asked.ids["R900"],), BECAUSE)
    answering.answer(asked.office, asked.means, DESK, at_theirs, 1, reply)
    assert row(asked, at_theirs).due == start + timedelta(days=7)


def test_no_answer_without_the_judicial_authorisation_that_is_needed(pair: Pair) -> None:
    """L26"""
    _, at_theirs = arrived(pair)
    asked = pair.asked
    triage.sort(asked.office, asked.means, DESK, at_theirs, Access.AUTHORITY, [1])
    reply = Reply((asked.ids["R900"],), BECAUSE)
    with pytest.raises(NotLawful, match="judicial authorisation"):
        answering.answer(asked.office, asked.means, DESK, at_theirs, 1, reply)
    with pytest.raises(BadInput):
        triage.attach_order(asked.office, DESK, at_theirs, " ")
    assert triage.attach_order(asked.office, DESK, at_theirs, "Court of Pristina 12/2026") == 1
    assert answering.answer(asked.office, asked.means, DESK, at_theirs, 1, reply).result is Result.FULL


def test_what_was_not_asked_for_is_not_given(pair: Pair) -> None:
    """L02"""
    fact = Fact(
        text="seen with the van", graded=Graded.read("B2"), dated=PartialDate("2026-02-01"), source="patrol"
    )
    pair.asked.arrive(("R901", "Drilon", "Maloku", "1990-05-06"), facts=(fact,))
    line = "Drilon Maloku;1990-05-06;;"

    def facts_for(*wanted: Wanted) -> tuple[str, ...]:
        ours, at_theirs = arrived(pair, [line], wanted=wanted, reference=f"2026/{len(wanted)}")
        reply = Reply((pair.asked.ids["R901"],), BECAUSE)
        answering.answer(pair.asked.office, pair.asked.means, DESK, at_theirs, 1, reply)
        pair.carry()
        item = reading.subjects(pair.asking.office, INVESTIGATOR, ours).subjects[0].items[0]
        office = pair.asking.office
        loaded = office.read(lambda connection: supply_access.load(office, connection, DESK, item))
        return tuple(each.text for each in loaded.item.facts)

    assert facts_for(Wanted.IDENTITY) == ()
    assert facts_for(Wanted.IDENTITY, Wanted.RECORDS) == ("seen with the van",)


def test_an_untrained_person_answers_nothing_with_records(pair: Pair) -> None:
    """L09"""
    _, at_theirs = arrived(pair)
    asked = pair.asked
    novice = actor("desk", Role.DESK_OFFICER, trained=False)
    with pytest.raises(NotLawful):
        answering.answer(
            asked.office, asked.means, novice, at_theirs, 1, Reply((asked.ids["R900"],), BECAUSE)
        )
    with pytest.raises(NotLawful):
        answering.nothing_after_all(asked.office, asked.means, novice, at_theirs, 1, BECAUSE)
    assert states(asked, at_theirs)[1] == "hit"


def test_a_record_that_may_not_go_is_kept_back_and_the_refusal_stays_on_the_ledger(pair: Pair) -> None:
    """The right to answer is decided for each record; here it is restricted."""
    _, at_theirs = arrived(pair)
    asked = pair.asked
    asked.office.write(
        lambda connection: connection.execute(
            update(HOLDINGS).where(HOLDINGS.c.id == asked.ids["R0"]).values(state="restricted")
        )
    )
    both = Reply((asked.ids["R900"], asked.ids["R0"]), BECAUSE)
    with pytest.raises(NotLawful):  # no one confirms a restricted record
        answering.answer(asked.office, asked.means, DESK, at_theirs, 1, both)
    asked.arrive(("R902", "Gëzim", "Vokshi", "1984-02-03"), review_at=asked.clock.now().date())
    both = Reply((asked.ids["R900"], asked.ids["R902"]), BECAUSE)
    done = answering.answer(asked.office, asked.means, DESK, at_theirs, 1, both)
    assert done.result is Result.PARTIAL
    assert [each.holding for each in done.withheld] == [asked.ids["R902"]]
    alone = Reply((asked.ids["R902"],), BECAUSE)
    with pytest.raises(NotLawful):
        answering.answer(asked.office, asked.means, DESK, at_theirs, 1, alone)
    assert asked.verbs().count("refused") >= 2


def test_refused_by_a_coded_ground_one_or_all(pair: Pair) -> None:
    ours, at_theirs = arrived(pair, [*strangers(3), GEZIM])
    asking, asked = pair.asking, pair.asked
    with pytest.raises(BadInput, match="none of the refusals"):
        answering.refuse(asked.office, asked.means, DESK, at_theirs, "because")
    assert answering.refuse(asked.office, asked.means, DESK, at_theirs, "security", [4]) == 1
    assert answering.refuse(asked.office, asked.means, DESK, at_theirs, "minor") == 3
    with pytest.raises(Conflict):
        answering.refuse(asked.office, asked.means, DESK, at_theirs, "minor")
    pair.carry()
    page = reading.subjects(asking.office, INVESTIGATOR, ours)
    assert [each.ground for each in page.subjects] == ["minor", "minor", "minor", "security"]
    assert row(asking, ours).state == "answered"


def test_withdrawn_in_part_and_whole(pair: Pair) -> None:
    ours, at_theirs = arrived(pair, strangers(3))
    asking, asked = pair.asking, pair.asked
    changing.withdraw(asking.office, asking.means, INVESTIGATOR, ours, "found elsewhere", (2,))
    pair.carry()
    assert states(asked, at_theirs) == {1: "prepared", 2: "withdrawn", 3: "prepared"}
    assert answering.confirm_nothing(asked.office, asked.means, DESK, at_theirs, [1]) == 1
    pair.carry()
    changing.withdraw(asking.office, asking.means, INVESTIGATOR, ours, "found elsewhere", (3,))
    pair.carry()
    assert (row(asking, ours).state, row(asked, at_theirs).state) == ("answered", "answered")
    again, at_theirs = arrived(pair, strangers(2), reference="2026/1-2")
    changing.withdraw(asking.office, asking.means, INVESTIGATOR, again, "the case is closed")
    pair.carry()
    assert (row(asking, again).state, row(asked, at_theirs).state) == ("withdrawn", "withdrawn")
    with pytest.raises(Conflict):
        answering.confirm_nothing(asked.office, asked.means, DESK, at_theirs)
    assert pair.refused == []


def test_a_corrected_subject_is_checked_and_answered_anew(pair: Pair) -> None:
    ours, at_theirs = arrived(pair, [STRANGER])
    asking, asked = pair.asking, pair.asked
    answering.confirm_nothing(asked.office, asked.means, DESK, at_theirs)
    pair.carry()
    assert row(asking, ours).state == "answered"
    changing.correct(asking.office, asking.means, INVESTIGATOR, ours, {1: gezim()}, "the name was another's")
    assert (row(asking, ours).state, states(asking, ours)) == ("answering", {1: "waiting"})
    pair.carry()
    assert asked.check() == 1
    assert states(asked, at_theirs) == {1: "hit"}
    answering.answer(asked.office, asked.means, DESK, at_theirs, 1, Reply((asked.ids["R900"],), BECAUSE))
    pair.carry()
    assert (row(asking, ours).state, states(asking, ours)) == ("answered", {1: "full"})
    assert pair.refused == []


def test_a_request_that_the_other_node_refuses_comes_back_and_is_told(pair: Pair) -> None:
    asking, asked = pair.asking, pair.asked
    request = sent(pair)
    asked.clock.forward(days=91)  # the gateway has ended there
    with pytest.raises(LinkClosed):
        pair.carry()
    asked.clock.forward(days=-91)
    asked.office.write(
        lambda connection: connection.execute(
            update(AGREEMENTS).where(AGREEMENTS.c.state == "in force").values(content=other_terms(connection))
        )
    )
    pair.carry()
    assert "not-agreed" in pair.refused
    assert watching.notice_returned(asking.office) == 1
    assert watching.notice_returned(asking.office) == 0
    assert row(asking, request).state == "returned"
    assert "request-returned" in {each.kind for each in notices.waiting(asking.office, INVESTIGATOR)}


def test_who_may_not_see_a_request_does_not_find_it(pair: Pair) -> None:
    ours, at_theirs = arrived(pair)
    stranger, desk = actor("other"), actor("desk2", Role.DESK_OFFICER)
    for person, agency, request in (
        (stranger, pair.asking, ours),
        (stranger, pair.asked, at_theirs),
        (DESK, pair.asking, ours),
        (actor("admin", Role.ADMINISTRATOR), pair.asked, at_theirs),
    ):
        with pytest.raises(NotFound):
            reading.request_view(agency.office, person, request)
    assert reading.request_view(pair.asked.office, desk, at_theirs).line.subjects == 2
    with pytest.raises(NotLawful):
        answering.confirm_nothing(pair.asked.office, pair.asked.means, HEAD, at_theirs)


def test_where_the_death_penalty_is_feared_nothing_goes_without_an_assurance(pair: Pair) -> None:
    """L14: asking tells something of a person too."""
    _, at_theirs = arrived(pair)
    asking, asked = pair.asking, pair.asked
    for one, other in ((asking, asked), (asked, asking)):
        service.assess(one.office, HEAD, other.origin, View(capital=True, state_of_origin=False), "DPIA-3")
    with pytest.raises(NotLawful) as refused:
        sending.submit(asking.office, INVESTIGATOR, drafted(pair, reference="2026/2"))
    assert "L14/capital" in rules_of(refused.value)
    bare = Reply((asked.ids["R900"],), BECAUSE)
    with pytest.raises(NotLawful, match="none of the records may go"):
        answering.answer(asked.office, asked.means, DESK, at_theirs, 1, bare)
    assurance = policy.Assurance(
        reference="Note verbale 12/2026",
        signed_by=HEAD.person,
        signer_roles=HEAD.roles,
        reasons="The courier would warn the others",
        signed=asked.clock.now(),
    )
    assured = replace(bare, assurance=assurance)
    assert answering.answer(asked.office, asked.means, DESK, at_theirs, 1, assured).result is Result.FULL
