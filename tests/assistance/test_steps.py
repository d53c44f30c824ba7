"""Steps between asking and answering: the clock by hand, corrections, terms, copies, what is signed first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from liaison.assistance import (
    answering,
    changing,
    clarifying,
    copies,
    forgetting,
    pausing,
    reading,
    safeguards,
    triage,
    watching,
)
from liaison.assistance.answering import Reply
from liaison.assistance.clocks import Stage
from liaison.assistance.messages import Access, Copy
from liaison.assistance.timing import standing
from liaison.holdings import retention
from liaison.model.dates import PartialDate
from liaison.model.errors import BadInput, Conflict, Erased, NotFound, NotLawful
from liaison.model.subjects import Name, Person
from liaison.officers import notices
from liaison.partners import service
from liaison.partners.service import View
from liaison.storage.tables.assistance import COPIES
from liaison.supply import reasons
from tests.assistance.requests import (
    STRANGER,
    an_opening,
    arrived,
    drafted,
    row,
    sent,
    states,
    strangers,
)
from tests.two_offices import DESK, HEAD, INVESTIGATOR, Pair, two_offices

BECAUSE = "Name, date of birth and passport number agree"
TONIGHT = "They cross the border tonight"
ECRIS, ORDER = "ecris-2009-315", "eio-2014-41"


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    with two_offices(tmp_path) as both:
        yield both


def person(name: str = "Gëzim Vokshi", born: str = "1984-02-03") -> Person:
    return Person(names=(Name(full=name),), born=(PartialDate(born),))


def correct(pair: Pair, request: str, **subjects: Person) -> None:
    given = {int(place.removeprefix("n")): each for place, each in subjects.items()}
    changing.correct(
        pair.asking.office, pair.asking.means, INVESTIGATOR, request, given, "the name was another's"
    )


def test_the_clock_of_a_corrected_subject_begins_with_its_correction(pair: Pair) -> None:
    """L23"""
    ours, at_theirs = arrived(pair, strangers(2))
    asked, start = pair.asked, pair.asked.clock.now()
    pair.both(days=6)
    correct(pair, ours, n1=person())
    pair.carry()
    dues = reading.request_view(asked.office, DESK, at_theirs).dues
    assert {name: due.at for name, due in dues.items()} == {
        "": start + timedelta(days=7),
        "/1": start + timedelta(days=13),
    }
    assert row(asked, at_theirs).due == start + timedelta(days=7)
    asked.check()
    answering.confirm_nothing(asked.office, asked.means, DESK, at_theirs, [2])
    assert row(asked, at_theirs).due == start + timedelta(days=13)
    assert pair.refused == []


def test_the_asking_side_knows_when_a_corrected_subject_is_due(pair: Pair) -> None:
    ours, at_theirs = arrived(pair, [STRANGER])
    asking, asked = pair.asking, pair.asked
    answering.confirm_nothing(asked.office, asked.means, DESK, at_theirs)
    pair.carry()
    pair.both(days=30)
    correct(pair, ours, n1=person())
    pair.carry()
    expected = asked.clock.now() + timedelta(days=7)
    assert (row(asking, ours).due, row(asked, at_theirs).due) == (expected, expected)
    assert row(asking, ours).state == "answering"
    asked.check()
    watching.watch(asked.office)
    assert row(asked, at_theirs).stage == "calm"


def test_an_answer_that_crossed_a_correction_does_not_answer_the_corrected_subject(pair: Pair) -> None:
    ours, at_theirs = arrived(pair, strangers(2))
    asking, asked = pair.asking, pair.asked
    answering.confirm_nothing(asked.office, asked.means, DESK, at_theirs)
    correct(pair, ours, n1=person())
    pair.carry()
    assert pair.refused == []
    assert states(asking, ours) == {1: "waiting", 2: "nothing held"}
    assert row(asking, ours).state == "answering"
    asked.check()
    assert states(asked, at_theirs) == {1: "hit", 2: "nothing held"}
    answering.answer(asked.office, asked.means, DESK, at_theirs, 1, Reply((asked.ids["R900"],), BECAUSE))
    pair.carry()
    assert (states(asking, ours), row(asking, ours).state) == ({1: "full", 2: "nothing held"}, "answered")
    assert pair.refused == []


def test_the_asking_side_is_told_when_the_clock_stands_still_and_runs_on(pair: Pair) -> None:
    ours, at_theirs = arrived(pair, urgency=TONIGHT)
    asking, asked, start = pair.asking, pair.asked, pair.asked.clock.now()
    pausing.pause(asked.office, asked.means, DESK, at_theirs, "judicial-authorisation", "application 7/2026")
    pair.carry()
    assert (row(asking, ours).due, row(asking, ours).state) == (None, "received")
    (stood,) = reading.request_view(asked.office, DESK, at_theirs).standing
    assert (stood.reason, stood.source) == (
        "judicial-authorisation",
        "article 5(2), with article 9; application 7/2026",
    )
    pair.both(hours=10)
    with pytest.raises(NotFound):
        pausing.resume(asked.office, asked.means, INVESTIGATOR, at_theirs, stood.id)
    with pytest.raises(NotLawful):
        pausing.resume(asked.office, asked.means, HEAD, at_theirs, stood.id)
    pausing.resume(asked.office, asked.means, DESK, at_theirs, stood.id)
    pair.carry()
    assert row(asking, ours).due == start + timedelta(hours=18)
    assert asked.office.read(lambda connection: standing(connection, at_theirs)) == []
    with pytest.raises(Conflict):
        pausing.resume(asked.office, asked.means, DESK, at_theirs, stood.id)


def test_a_pause_is_of_its_own_request(pair: Pair) -> None:
    _, one = arrived(pair)
    _, other = arrived(pair, reference="2026/1-2")
    asked = pair.asked
    stood = pausing.pause(asked.office, asked.means, DESK, one, "clarification", "letter 7")
    with pytest.raises(NotFound):
        pausing.resume(asked.office, asked.means, DESK, other, stood)


def test_a_clock_that_a_question_stopped_is_let_run_on_by_hand(pair: Pair) -> None:
    ours, at_theirs = arrived(pair)
    asked = pair.asked
    talk = clarifying.ask(asked.office, asked.means, DESK, at_theirs, "Which of the two vans?")
    pair.carry()
    assert row(pair.asking, ours).due is None
    (stood,) = reading.request_view(asked.office, DESK, at_theirs).standing
    pausing.resume(asked.office, asked.means, DESK, at_theirs, stood.id)
    due = row(asked, at_theirs).due
    assert due is not None
    pair.both(hours=5)
    clarifying.give(pair.asking.office, pair.asking.means, INVESTIGATOR, talk, "The white one")
    pair.carry()
    assert row(asked, at_theirs).due == due


def test_a_pause_that_was_over_before_a_clock_began_takes_nothing_from_it(pair: Pair) -> None:
    ours, at_theirs = arrived(pair, [STRANGER])
    asked = pair.asked
    stood = pausing.pause(asked.office, asked.means, DESK, at_theirs, "clarification", "letter 7")
    pair.both(days=2)
    pausing.resume(asked.office, asked.means, DESK, at_theirs, stood)
    pair.both(days=3)
    correct(pair, ours, n1=person())
    pair.carry()
    assert row(asked, at_theirs).due == asked.clock.now() + timedelta(days=7)


def test_urgent_stands_first_also_while_its_clock_stands_still(pair: Pair) -> None:
    asked = pair.asked
    _, calm = arrived(pair, instrument="bilateral", reference="2026/1-1")
    _, near = arrived(pair, reference="2026/1-2")
    _, urgent = arrived(pair, urgency=TONIGHT, reference="2026/1-3")
    _, stopped = arrived(pair, urgency=TONIGHT, reference="2026/1-4")
    pausing.pause(asked.office, asked.means, DESK, stopped, "judicial-authorisation", "application 7")
    answering.confirm_nothing(asked.office, asked.means, DESK, urgent)  # answered in part: one has a hit
    assert row(asked, urgent).state == "answering"

    def order() -> list[str]:
        return [line.id for line in reading.inbox(asked.office, DESK).lines]

    assert order() == [urgent, stopped, near, calm]
    pair.both(days=5, hours=12)
    watching.watch(asked.office)
    assert order() == [urgent, stopped, near, calm]
    first = reading.inbox(asked.office, DESK, most=2)
    rest = reading.inbox(asked.office, DESK, after=first.next, most=2)
    assert [line.id for line in (*first.lines, *rest.lines)] == order()


def test_what_was_escalated_stands_before_what_is_quiet(pair: Pair) -> None:
    """Of a month a quarter is left, of a week six days: the month is nearer to its end."""
    asked = pair.asked
    _, month = arrived(pair, instrument="bilateral", reference="2026/1-1")
    pair.both(days=23)
    _, week = arrived(pair, reference="2026/1-2")
    watching.watch(asked.office)
    assert row(asked, month).stage == Stage.SUPERVISOR.value
    assert row(asked, week).due < row(asked, month).due
    assert [line.id for line in reading.inbox(asked.office, DESK).lines] == [month, week]


def test_the_ninety_days_of_an_order_begin_with_its_recognition(pair: Pair) -> None:
    """L23: Directive 2014/41/EU, article 12(4)."""
    ours, at_theirs = arrived(pair, instrument=ORDER)
    asking, asked, start = pair.asking, pair.asked, pair.asked.clock.now()
    assert (row(asked, at_theirs).due - start).days in (30, 31)
    with pytest.raises(BadInput, match="no term"):
        triage.choose_term(asked.office, asked.means, DESK, at_theirs, "other-purpose")
    pair.both(days=20)
    recognised = asked.clock.now()
    with pytest.raises(NotLawful):
        triage.choose_term(asked.office, asked.means, HEAD, at_theirs, "execution")
    triage.choose_term(asked.office, asked.means, DESK, at_theirs, "execution")
    assert (row(asked, at_theirs).due - recognised).days in (90, 91)
    assert row(asked, at_theirs).clock_from == recognised
    assert reading.request_view(asked.office, DESK, at_theirs).term == "execution"
    pair.carry()
    assert row(asking, ours).due == row(asked, at_theirs).due
    with pytest.raises(Conflict):
        triage.choose_term(asked.office, asked.means, DESK, at_theirs, "execution")
    assert asked.verbs().count("term-chosen") == 1


def test_a_persons_own_request_takes_twenty_working_days(pair: Pair) -> None:
    """L23: Framework Decision 2009/315/JHA, article 8(2)."""
    _, ordinary = arrived(pair, instrument=ECRIS, reference="2026/1-1")
    _, own = arrived(pair, instrument=ECRIS, reference="2026/1-2", term="other-purpose")
    first, second = row(pair.asked, ordinary).due, row(pair.asked, own).due
    start = pair.asked.clock.now()
    assert 14 <= (first - start).days <= 15
    assert 28 <= (second - start).days <= 29
    assert reading.request_view(pair.asked.office, DESK, own).term == "other-purpose"
    for instrument, term in ((ORDER, "execution"), ("eu-2023-977", "other-purpose")):
        with pytest.raises(BadInput, match="no term"):
            drafted(pair, instrument=instrument, term=term)


def test_a_copy_is_forgotten_when_its_request_is(pair: Pair) -> None:
    """L16"""
    asked, asking = pair.asked, pair.asking

    def kept() -> list[Any]:
        return asked.office.read(lambda connection: list(connection.execute(select(COPIES))))

    for number, day in ((1, 20), (2, 3000)):  # the agreement lets nothing be kept longer than 1000 days
        until = asked.clock.now().date() + timedelta(days=day)
        opening = an_opening(pair, retention_until=until, review_at=asked.clock.now().date())
        body = Copy(role="contact point", asked="third.example", opening=opening)
        asked.office.write(
            lambda connection, body=body, number=number: copies.take_copy(  # type: ignore[misc]
                asked.office, connection, asking.origin, f"request-{number}", body
            )
        )
    assert forgetting.forget(asked.office) == 0
    pair.both(days=21)
    retention.run(asked.office, asked.clock)
    assert forgetting.forget(asked.office) == 1
    assert forgetting.forget(asked.office) == 0
    pair.both(days=980)
    retention.run(asked.office, asked.clock)
    assert forgetting.forget(asked.office) == 1
    assert asked.verbs().count("copies-forgotten") == 2
    for each in kept():
        assert each.forgotten is not None
        with pytest.raises(Erased):
            asked.office.keys.fetch([each.key])


def capital(pair: Pair, *, origin: bool = False, deadly: bool = True) -> None:
    for one, other in ((pair.asking, pair.asked), (pair.asked, pair.asking)):
        service.assess(one.office, HEAD, other.origin, View(capital=deadly, state_of_origin=origin), "DPIA-3")


def test_an_assurance_that_a_supervisor_signed_lets_an_answer_go(pair: Pair) -> None:
    """L14"""
    _, at_theirs = arrived(pair)
    asked = pair.asked
    assert not safeguards.of_request(asked.office, DESK, at_theirs).assurance
    capital(pair)
    needed = safeguards.of_request(asked.office, DESK, at_theirs)
    assert (needed.assurance, needed.signed, needed.offence) == (True, None, "drugs")
    holding = asked.ids["R900"]
    against = safeguards.against_each(asked.office, DESK, at_theirs, [holding])[holding]
    assert [each.rule for each in against] == ["L14/capital"]
    safeguards.ask(asked.office, DESK, "L14/capital", pair.asking.origin, "drugs")
    told = [each for each in notices.waiting(asked.office, HEAD) if each.kind == "assurance-wanted"]
    assert [each.object for each in told] == [f"{pair.asking.origin}/drugs"]
    with pytest.raises(NotLawful):
        reasons.assure(asked.office, DESK, pair.asking.origin, "drugs", "Note 12", "He would warn the others")
    reasons.assure(asked.office, HEAD, pair.asking.origin, "drugs", "Note 12", "He would warn the others")
    given = safeguards.of_request(asked.office, DESK, at_theirs)
    assert given.signed is not None
    assert (given.signed.reference, given.own) == ("Note 12", False)
    assert safeguards.of_request(asked.office, HEAD, at_theirs).own
    assert safeguards.against_each(asked.office, DESK, at_theirs, [holding])[holding] == []
    answering.answer(asked.office, asked.means, DESK, at_theirs, 1, Reply((holding,), BECAUSE))
    pair.both(hours=25)
    assert safeguards.of_request(asked.office, DESK, at_theirs).signed is None


def test_asking_where_the_death_penalty_is_feared_goes_with_an_assurance(pair: Pair) -> None:
    """L14: asking tells something of a person too, and is no dead end."""
    capital(pair)
    with pytest.raises(NotLawful):
        sent(pair)
    reasons.assure(
        pair.asking.office, HEAD, pair.asked.origin, "drugs", "Note 12", "He would warn the others"
    )
    request = sent(pair, reference="2026/1-7")
    pair.carry()
    assert row(pair.asking, request).state == "received"


def test_nothing_goes_to_the_state_from_which_somebody_fled_without_a_review(pair: Pair) -> None:
    """L15"""
    _, at_theirs = arrived(pair)
    capital(pair, origin=True, deadly=False)
    asked, there, holding = pair.asked, pair.asking.origin, pair.asked.ids["R900"]
    assert safeguards.of_request(asked.office, DESK, at_theirs).origin
    assert safeguards.against_each(asked.office, DESK, at_theirs, [holding])[holding] == []
    with pytest.raises(NotLawful):
        reasons.tell_protection(asked.office, INVESTIGATOR, there, holding, "He said so at the border")
    reasons.tell_protection(asked.office, DESK, there, holding, "He said so at the border")
    against = safeguards.against_each(asked.office, DESK, at_theirs, [holding])[holding]
    assert [each.rule for each in against] == ["L15/origin"]
    reply = Reply((holding,), BECAUSE)
    with pytest.raises(NotLawful):
        answering.answer(asked.office, asked.means, DESK, at_theirs, 1, reply)
    with pytest.raises(NotLawful):
        reasons.review_origin(asked.office, DESK, there, holding, "There is nothing to be feared for him")
    reasons.review_origin(asked.office, HEAD, there, holding, "There is nothing to be feared for him")
    pair.both(hours=25)
    with pytest.raises(NotLawful):
        answering.answer(asked.office, asked.means, DESK, at_theirs, 1, reply)
    safeguards.ask(asked.office, DESK, "L15/origin", there, holding)
    assert [each.object for each in notices.waiting(asked.office, HEAD) if "origin" in each.kind] == [
        f"{there}/{holding}"
    ]
    reasons.review_origin(asked.office, HEAD, there, holding, "There is nothing to be feared for him")
    answering.answer(asked.office, asked.means, DESK, at_theirs, 1, reply)
    assert states(asked, at_theirs)[1] == "full"


def test_a_supervisor_does_not_review_their_own_sending(pair: Pair) -> None:
    """L15"""
    asked, there, holding = pair.asked, pair.asking.origin, pair.asked.ids["R900"]
    reasons.review_origin(asked.office, HEAD, there, holding, "There is nothing to be feared for him")

    def serves(connection: Connection) -> tuple[bool, bool]:
        now = asked.office.now()
        return (
            reasons.reviewed(connection, HEAD, there, holding, now),
            reasons.reviewed(connection, DESK, there, holding, now),
        )

    assert asked.office.read(serves) == (False, True)


def test_what_is_asked_of_supervisors_is_about_something(pair: Pair) -> None:
    asked, there = pair.asked, pair.asking.origin
    for rule, about in (("L01/agreement", "drugs"), ("L14/capital", "no-such"), ("L14/capital", "")):
        with pytest.raises(BadInput):
            safeguards.ask(asked.office, DESK, rule, there, about)
    with pytest.raises(NotFound):
        safeguards.ask(asked.office, DESK, "L15/origin", there, "holding-" + "a" * 26)
    with pytest.raises(NotLawful):
        safeguards.ask(asked.office, HEAD, "L14/capital", there, "drugs")


def test_withdrawn_subjects_leave_the_clock_to_the_others(pair: Pair) -> None:
    ours, at_theirs = arrived(pair, strangers(2), urgency=TONIGHT)
    asking, asked, start = pair.asking, pair.asked, pair.asked.clock.now()
    triage.sort(asked.office, asked.means, DESK, at_theirs, Access.OBTAINABLE, [2])
    pair.carry()
    assert row(asking, ours).due == start + timedelta(hours=8)
    changing.withdraw(asking.office, asking.means, INVESTIGATOR, ours, "found elsewhere", (1,))
    pair.carry()
    assert (row(asked, at_theirs).due, row(asking, ours).due) == (start + timedelta(days=3),) * 2
