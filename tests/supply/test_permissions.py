"""Consent, urgency and assurance: what lets an item go where it otherwise may not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from liaison.model.errors import BadInput, Conflict, Erased, NotFound, NotLawful
from liaison.model.grounds import Purpose
from liaison.model.handling import Handling, HandlingCode
from liaison.officers import notices
from liaison.partners import service
from liaison.partners.service import View
from liaison.storage.tables.supply import PERMISSIONS, RECIPIENTS
from liaison.supply import leaving, outcomes, passing, permissions, reading, reasons
from liaison.supply.doors import Door
from liaison.supply.items import unverified
from liaison.supply.letters import Result
from liaison.supply.outcomes import Led
from liaison.supply.passing import Passing
from liaison.supply.permissions import Wish
from liaison.supply.rules import Asked
from liaison.supply.sending import Sent, Withheld
from tests.holdings.offices import DESK, INVESTIGATOR, OTHER
from tests.partners.pairs import SUPERVISOR
from tests.supply.offices import Agency, Net, agencies, footing, grounds_of, recipients

A, B, C = "a.example", "b.example", "c.example"
H0, H1, H2, H3 = HandlingCode
COURT = "District Court of Tirana"
REASON = "The prosecutor needs it for the charge."


@pytest.fixture
def net(tmp_path: Path) -> Iterator[Net]:
    with agencies(tmp_path, A, B, C) as made:
        yield made


@pytest.fixture
def three(net: Net) -> tuple[Agency, Agency, Agency]:
    return net.agencies[A], net.agencies[B], net.agencies[C]


def given(net: Net, *codes: HandlingCode) -> str:
    """An item of the first agency at the second, in a case there."""
    a, b = net.agencies[A], net.agencies[B]
    record, *_ = a.records()
    (item,) = a.gives(
        b, record, handling=Handling(codes=codes or (H0,), restriction="ask" if H3 in codes else "")
    )
    net.carry()
    b.case(item)
    return item


def asked(net: Net, item: str, recipient: str, *lifts: HandlingCode, urgent: bool = False) -> str:
    b = net.agencies[B]
    wish = Wish(lifts=lifts, recipient=recipient, purpose=Purpose.INVESTIGATION, why=REASON, urgent=urgent)
    id = permissions.ask(b.office, b.means, INVESTIGATOR, item, wish)
    net.carry()
    return id


def granted(net: Net, id: str, days: float = 2) -> None:
    a = net.agencies[A]
    expires = net.clock.now() + dt.timedelta(days=days)
    permissions.grant(a.office, a.means, SUPERVISOR, id, expires, REASON)
    net.carry()


def to_court(agency: Agency, item: str) -> leaving.Left:
    return leaving.take(agency.office, DESK, item, Door.COURT, footing(DESK), court=COURT)


def passed(agency: Agency, item: str, purpose: Purpose = Purpose.INVESTIGATION) -> passing.Passed:
    order = Passing(recipient=C, footing=footing(DESK, purpose), exchange="records")
    return passing.pass_on(agency.office, agency.means, DESK, item, order)


def state(agency: Agency, id: str) -> str:
    return str(agency.see(select(PERMISSIONS.c.state).where(PERMISSIONS.c.id == id))[0][0])


def test_h1_is_lifted_for_this_court_until_the_day(net: Net, three: tuple[Agency, Agency, Agency]) -> None:
    item, b = given(net, H1), three[1]
    with pytest.raises(NotLawful, match="H1"):
        to_court(b, item)
    granted(net, asked(net, item, COURT, H1))
    left = to_court(b, item)
    assert left.mark.endswith("| H0 H1")
    with pytest.raises(NotLawful, match="H1"):
        leaving.take(b.office, DESK, item, Door.COURT, footing(DESK), court="another court")
    with pytest.raises(NotLawful, match="H1"):
        leaving.take(b.office, DESK, item, Door.COURT, footing(DESK, Purpose.PROSECUTION), court=COURT)
    net.clock.forward(days=2)
    with pytest.raises(NotLawful, match="H1"):
        to_court(b, item)


def test_h2_is_passed_on_with_a_token_alone(net: Net, three: tuple[Agency, Agency, Agency]) -> None:
    item, (a, b, c) = given(net, H2), three
    with pytest.raises(NotLawful, match="permission of the originator"):
        passed(b, item)
    assert recipients(b, item) == {}
    granted(net, asked(net, item, C, H2))
    assert passed(b, item).how == "passed"
    net.carry()
    assert c.held(item).state == "held"
    assert recipients(a, item) == {B: "", C: B}
    with pytest.raises(Conflict):
        passed(b, item)


def test_of_several_permissions_the_one_that_is_needed_counts(
    net: Net, three: tuple[Agency, Agency, Agency]
) -> None:
    item, b = given(net, H2), three[1]
    granted(net, asked(net, item, C, H2), days=2)
    granted(net, asked(net, item, C, H1, H3), days=5)
    assert passed(b, item).how == "passed"


def test_it_goes_on_without_asking_where_nothing_forbids_it_under_the_same_law(
    net: Net, three: tuple[Agency, Agency, Agency]
) -> None:
    item = given(net, H1)
    passed(three[1], item)
    net.carry()
    assert three[2].held(item).handling == "H0 H1"


def test_a_refusal_comes_back_with_its_reason(net: Net, three: tuple[Agency, Agency, Agency]) -> None:
    item, (a, b, _) = given(net, H1), three
    id = asked(net, item, COURT, H1)
    permissions.refuse(a.office, a.means, SUPERVISOR, id, "Our source would be known.")
    net.carry()
    shown = reading.permission(b.office, INVESTIGATOR, id)
    assert (shown.state, shown.why, shown.answer) == (Asked.REFUSED, REASON, "Our source would be known.")
    with pytest.raises(Conflict):
        granted(net, id)


def test_who_asks_who_grants_and_until_when(net: Net, three: tuple[Agency, Agency, Agency]) -> None:
    item, (a, b, _) = given(net, H1), three
    id = asked(net, item, COURT, H1)
    later = net.clock.now() + dt.timedelta(days=1)
    with pytest.raises(NotLawful):
        permissions.grant(a.office, a.means, DESK, id, later, REASON)
    with pytest.raises(NotLawful):
        permissions.refuse(a.office, a.means, DESK, id, REASON)
    for wrong in (net.clock.now(), net.clock.now() + dt.timedelta(days=4000)):
        with pytest.raises(BadInput):
            permissions.grant(a.office, a.means, SUPERVISOR, id, wrong, REASON)
    wish = Wish(lifts=(H1,), recipient=COURT, purpose=Purpose.INVESTIGATION, why=REASON)
    with pytest.raises(NotFound):
        permissions.ask(b.office, b.means, OTHER, item, wish)


def test_a_request_has_a_clock(net: Net, three: tuple[Agency, Agency, Agency]) -> None:
    item, (a, b, _) = given(net, H1), three
    fast, slow = asked(net, item, COURT, H1, urgent=True), asked(net, item, "another court", H1)
    assert [one.overdue for one in reading.permissions(a.office, DESK, out=False).entries] == [False, False]
    net.clock.forward(hours=8, seconds=1)
    late = {one.id: one.overdue for one in reading.permissions(b.office, DESK, out=True).entries}
    assert late == {fast: True, slow: False}


def test_a_recall_makes_it_void(net: Net, three: tuple[Agency, Agency, Agency]) -> None:
    item, (a, b, _) = given(net, H1), three
    id, waiting = asked(net, item, COURT, H1), asked(net, item, "another court", H1)
    granted(net, id)
    a.recalls(item)
    net.carry()
    assert {state(agency, one) for agency in (a, b) for one in (id, waiting)} == {"void"}
    with pytest.raises(Erased):
        to_court(b, item)
    with pytest.raises(Conflict):
        granted(net, waiting)


def test_nobody_asks_about_an_item_they_were_not_given(
    net: Net, three: tuple[Agency, Agency, Agency]
) -> None:
    a, b, c = three
    (item,) = b.gives(a, b.records()[0])
    net.carry()
    asking = permissions.Asking(
        id="permission-1",
        item=item,
        lifts=(H1,),
        recipient=COURT,
        purpose=Purpose.INVESTIGATION,
        why=REASON,
        made=net.clock.now(),
    )
    c.posts(b, "permission-asked", asking)
    net.carry()
    assert net.refused == 1
    assert b.see(select(PERMISSIONS)) == []


def test_a_threat_that_cannot_wait_goes_at_once_and_the_originator_is_told(
    net: Net, three: tuple[Agency, Agency, Agency]
) -> None:
    item, (a, b, c) = given(net, H2), three
    urgent = Purpose.PUBLIC_SECURITY
    with pytest.raises(NotLawful):
        passed(b, item, urgent)
    threat, why = "A bomb is announced for tonight.", "The originator's desk does not answer."
    with pytest.raises(NotLawful):
        reasons.declare_urgent(b.office, DESK, C, item, threat, why)
    reasons.declare_urgent(b.office, SUPERVISOR, C, item, threat, why)
    with pytest.raises(NotLawful):
        passed(b, item, Purpose.INVESTIGATION)
    assert passed(b, item, urgent).how == "urgent"
    net.carry()
    assert c.held(item).purpose == urgent.value
    (told,) = a.see(select(RECIPIENTS).where(RECIPIENTS.c.recipient == C))
    assert (told.how, told.sealed is not None) == ("urgent", True)
    assert "passed-on-in-urgency" in [each.kind for each in notices.waiting(a.office, SUPERVISOR)]


def test_the_declaration_is_of_another_person_and_of_these_hours(
    net: Net, three: tuple[Agency, Agency, Agency]
) -> None:
    item, b = given(net, H2), three[1]
    threat, why = "A bomb is announced for tonight.", "There is no time to ask."
    both = DESK.__class__(person=DESK.person, roles=DESK.roles | SUPERVISOR.roles, trained=True)
    reasons.declare_urgent(b.office, both, C, item, threat, why)
    with pytest.raises(NotLawful, match="permission of the originator"):
        passed(b, item, Purpose.PUBLIC_SECURITY)
    net.clock.forward(seconds=1)
    reasons.declare_urgent(b.office, SUPERVISOR, C, item, threat, why)
    net.clock.forward(hours=24, seconds=1)
    with pytest.raises(NotLawful, match="permission of the originator"):
        passed(b, item, Purpose.PUBLIC_SECURITY)
    net.clock.forward(seconds=-2)
    assert passed(b, item, Purpose.PUBLIC_SECURITY).how == "urgent"


def test_h3_waits_for_its_originator_whatever_the_threat(
    net: Net, three: tuple[Agency, Agency, Agency]
) -> None:
    item, b = given(net, H3), three[1]
    reasons.declare_urgent(
        b.office, SUPERVISOR, C, item, "A bomb is announced for tonight.", "There is no time."
    )
    with pytest.raises(NotLawful, match="H3"):
        passed(b, item, Purpose.PUBLIC_SECURITY)


def test_where_death_threatens_nothing_goes_without_assurance_and_reasons(
    net: Net, three: tuple[Agency, Agency, Agency]
) -> None:
    a, b, _ = three
    service.assess(a.office, SUPERVISOR, B, View(capital=True, state_of_origin=False), "DPIA-2")
    record, *_ = a.records()
    send = lambda: a.weighs(b, record, offence="drugs")[0]  # noqa: E731
    (fraud,) = a.weighs(b, record)
    assert isinstance(fraud, Sent)
    held = send()
    assert isinstance(held, Withheld)
    assert "death penalty" in held.reasons[0]
    with pytest.raises(NotLawful):
        reasons.assure(a.office, DESK, B, "drugs", "Note 17/2026", "Their ministry assured it in writing.")
    with pytest.raises(BadInput):
        reasons.assure(a.office, SUPERVISOR, B, "drugs", "Note 17/2026", "short")
    reasons.assure(a.office, SUPERVISOR, B, "drugs", "Note 17/2026", "Their ministry assured it in writing.")
    assert isinstance(send(), Sent)
    net.clock.forward(hours=24, seconds=1)
    assert isinstance(send(), Withheld)
    assert "assurance-signed" in a.side.verbs()


def test_what_is_withheld_is_refused_on_the_ledger_and_the_rest_goes(
    net: Net, three: tuple[Agency, Agency, Agency]
) -> None:
    a, b, _ = three
    first, second, *_ = a.records(
        b"id,given,surname,dob,category\n1,A,B,1984,suspect\n2,C,D,1984,victim\n3,E,F,1984,suspect\n",
        review_at=dt.date(2026, 3, 20),
    )
    done = a.weighs(b, first, "holding-none", second)
    assert [type(each) for each in done] == [Sent, Withheld, Sent]
    net.clock.forward(days=19)
    late = a.weighs(b, first, grounds=grounds_of(DESK))
    assert isinstance(late[0], Withheld)
    assert "review" in late[0].reasons[0]
    assert "refused" in a.side.verbs()


def test_an_item_says_no_source_and_no_colleague(net: Net, three: tuple[Agency, Agency, Agency]) -> None:
    a, b, _ = three
    record, *_ = a.records()
    (supplied,) = a.sends(b, record)
    item = unverified(supplied.item)
    assert (item.source, item.law) == ("Demo agency", ("demo",))
    assert b"district court" not in supplied.item.encode()
    assert "seen in Vlor" not in str(item)


def test_a_case_reads_what_was_supplied_for_it_and_nobody_else(
    net: Net, three: tuple[Agency, Agency, Agency]
) -> None:
    item, b = given(net), three[1]
    left = leaving.take(b.office, INVESTIGATOR, item, Door.SCREEN, footing(INVESTIGATOR))
    assert (str(left.item.subject.names[0]), left.mark) == ("Ana Gashi", "")  # type: ignore[union-attr]
    paper = leaving.take(b.office, INVESTIGATOR, item, Door.PRINT, footing(INVESTIGATOR))
    assert (
        paper.mark
        == f"Demo agency | person-inv | 2026-03-02 09:00:00 UTC | case case-1 | entry {paper.entry} | H0"
    )
    assert leaving.file_name(paper.entry, "pdf") == f"liaison-{paper.entry:09}.pdf"
    with pytest.raises(NotFound):
        leaving.take(b.office, OTHER, item, Door.SCREEN, footing(OTHER))
    with pytest.raises(NotLawful):
        leaving.take(b.office, INVESTIGATOR, item, Door.ONWARD, footing(INVESTIGATOR))
    assert b.side.verbs().count("show-item") == 2


def test_what_it_led_to_is_told_back(net: Net, three: tuple[Agency, Agency, Agency]) -> None:
    item, (a, b, _) = given(net), three
    led = Led(
        result=Result.ARREST,
        words="He was arrested at the border.",
        on=net.clock.now().date(),
        handling=Handling(codes=(H2,)),
    )
    outcomes.tell(b.office, b.means, INVESTIGATOR, item, footing(INVESTIGATOR), led)
    net.carry()
    (heard,) = reading.outcomes(a.office, DESK, item)
    assert (heard.told.result, heard.told.words, heard.partner) == (
        Result.ARREST,
        "He was arrested at the border.",
        B,
    )
    assert [code.value for code in heard.told.handling.codes] == ["H0", "H2"]
    with pytest.raises(NotFound):
        outcomes.tell(b.office, b.means, OTHER, item, footing(OTHER), led)


def test_lists_show_who_has_what_and_are_on_the_ledger(
    net: Net, three: tuple[Agency, Agency, Agency]
) -> None:
    item, (a, b, c) = given(net), three
    passed(b, item)
    net.carry()
    (one,) = reading.supplied(a.office, DESK).entries
    assert {(who.node, who.chain) for who in one.recipients} == {(B, (A, B)), (C, (A, B, C))}
    (held,) = reading.received(c.office, DESK).entries
    assert held.vouched
    assert held.fingerprint == a.side.card().card.fingerprint
    assert reading.received(b.office, OTHER).entries == ()
    with pytest.raises(NotFound):
        reading.supplied(a.office, INVESTIGATOR)
    assert a.side.verbs()[-1] == "read-supply"


def test_lists_go_on_where_a_page_ended(net: Net, three: tuple[Agency, Agency, Agency]) -> None:
    a, b, _ = three
    sent = a.gives(b, *a.records())
    seen, after = [], ""
    while True:
        page = reading.supplied(a.office, DESK, after=after, most=1)
        seen += [each.id for each in page.entries]
        after = page.next
        if not after:
            break
    assert sorted(seen) == sorted(sent)
    assert len(seen) == len(sent) > 1
