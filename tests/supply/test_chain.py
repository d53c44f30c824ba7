"""What was supplied is called back through a chain of four nodes, one of which is off for a day."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select

from liaison.model.categories import OfficerId
from liaison.model.errors import Conflict, Erased, NotFound
from liaison.model.roles import Role
from liaison.officers import notices
from liaison.policy import Actor
from liaison.ports import KeyId
from liaison.storage.tables.supply import COMPLIANCE
from liaison.supply import passing, reading, recalls
from liaison.supply.documents import Confirmation, Outcome, Why
from liaison.supply.passing import Passing
from liaison.supply.signing import Type as Document
from liaison.supply.signing import keys_of, opened
from tests.holdings.offices import DESK
from tests.supply.offices import Agency, Net, agencies, footing, recipients

HEAD = Actor(person=OfficerId("person-head"), roles=frozenset({Role.SUPERVISOR}))
NOBODY = Actor(person=OfficerId("person-none"), roles=frozenset())
ORIGINS = "a.example", "b.example", "c.example", "d.example"


@pytest.fixture
def net(tmp_path: Path) -> Iterator[Net]:
    with agencies(tmp_path, *ORIGINS) as made:
        yield made


def through_the_chain(net: Net) -> tuple[list[Agency], str]:
    """An item of the first agency, passed on to the second, third and fourth."""
    row = [net.agencies[origin] for origin in ORIGINS]
    record, *_ = row[0].records()
    (item,) = row[0].gives(row[1], record)
    net.carry()
    for one, other in pairwise(row[1:]):
        passes(one, other, item)
        net.carry()
    return row, item


def passes(one: Agency, other: Agency, item: str) -> None:
    one.case(item)
    given = Passing(recipient=other.origin, footing=footing(DESK), exchange="records")
    passing.pass_on(one.office, one.means, DESK, item, given)


def compliance(agency: Agency, notice: str) -> dict[str, str]:
    rows = agency.see(select(COMPLIANCE).where(COMPLIANCE.c.notice == notice))
    return {row.node: row.outcome for row in rows}


def test_every_node_holds_what_the_first_one_signed(net: Net) -> None:
    row, item = through_the_chain(net)
    assert [agency.held(item).state for agency in row[1:]] == ["held"] * 3
    assert [agency.held(item).vouched for agency in row[1:]] == [False, True, True]
    assert recipients(row[0], item) == {ORIGINS[1]: "", ORIGINS[2]: ORIGINS[1], ORIGINS[3]: ORIGINS[2]}


def test_a_recall_reaches_all_after_a_node_was_off_for_a_day(net: Net) -> None:
    row, item = through_the_chain(net)
    row[2].on = False
    keys = [(agency, agency.held(item).key) for agency in row[1:]]
    issued = row[0].recalls(item)
    net.carry()
    net.clock.forward(days=1, hours=1)
    net.carry()
    assert compliance(row[0], issued.notice) == {ORIGINS[1]: "done", ORIGINS[2]: "", ORIGINS[3]: ""}
    assert row[3].held(item).state == "held"
    row[2].on = True
    net.carry()
    assert compliance(row[0], issued.notice) == dict.fromkeys(ORIGINS[1:], "done")
    for agency, key in keys:
        assert agency.held(item).state == "recalled"
        with pytest.raises(Erased):
            agency.office.keys.fetch([KeyId(key)])


def test_who_may_read_a_record_is_told_once_that_it_was_called_back(net: Net) -> None:
    (first, second, *_), item = through_the_chain(net)
    first.recalls(item)
    net.carry()
    net.carry()
    for person, told in ((DESK, [("notice-received", item)]), (NOBODY, [])):
        waiting = notices.waiting(second.office, person)
        assert [(each.kind, each.object) for each in waiting] == told


def test_each_confirmation_is_signed_by_its_node_and_names_the_chain(net: Net) -> None:
    row, item = through_the_chain(net)
    issued = row[0].recalls(item)
    net.carry()
    documents = {row.node: row.document for row in row[0].see(select(COMPLIANCE))}
    for place, agency in enumerate(row[1:], 2):
        card = agency.side.card().card
        said = opened(Document.CONFIRMATION, documents[agency.origin], Confirmation, keys_of([card]))
        assert (said.notice, said.chain, said.outcome) == (issued.notice, ORIGINS[:place], Outcome.DONE)


def test_an_item_that_comes_two_ways_is_called_back_once_and_confirmed_along_both(net: Net) -> None:
    row, item = through_the_chain(net)
    net.agree(row[0], row[2])
    net.agree(row[1], row[3])
    passes(row[1], row[3], item)
    net.carry()
    assert len(row[3].see(select(COMPLIANCE))) == 0
    issued = row[0].recalls(item)
    net.carry()
    assert compliance(row[0], issued.notice) == dict.fromkeys(ORIGINS[1:], "done")
    assert compliance(row[1], issued.notice) == {ORIGINS[2]: "done", ORIGINS[3]: "done"}


def test_who_is_silent_is_asked_again_after_a_day_and_told_of_after_three(net: Net) -> None:
    row, item = through_the_chain(net)
    row[1].on = False
    row[0].recalls(item, Why.UNLAWFUL)
    shown = lambda: reading.notices(row[0].office, DESK, item=item).entries[0]  # noqa: E731
    net.carry()
    assert [answer.chased for answer in shown().open] == [None, None, None]
    net.clock.forward(days=1)
    net.carry()
    assert all(answer.chased == net.clock.now() and answer.told is None for answer in shown().open)
    net.clock.forward(days=2)
    net.carry()
    assert all(answer.told == net.clock.now() for answer in shown().open)
    assert [answer.chased for answer in shown().open] == [net.clock.now()] * 3
    for _ in range(4):
        net.clock.forward(days=1)
        net.carry()
        assert all(answer.told == net.clock.now() for answer in shown().open)  # each day
    told = [each.object for each in notices.waiting(row[0].office, HEAD) if each.kind == "notice-unanswered"]
    assert told == [shown().id] * 5  # once of each notice, however many are silent
    assert {(answer.again - answer.chased).days for answer in shown().open} == {6}
    row[1].on = True
    net.carry()
    assert shown().open == ()
    assert "notice-unanswered" in row[0].side.verbs()


def test_a_person_ends_that_a_silent_node_is_asked_and_it_may_still_confirm(net: Net) -> None:
    row, item = through_the_chain(net)
    row[1].on = False
    notice = row[0].recalls(item, Why.UNLAWFUL).notice
    give_up = partial(recalls.end_asking, row[0].office)
    shown = lambda: reading.notices(row[0].office, DESK, item=item).entries[0]  # noqa: E731
    net.carry()
    with pytest.raises(NotFound):
        give_up(NOBODY, item, notice, ORIGINS[1], "It was closed down")
    with pytest.raises(Conflict):
        give_up(DESK, item, notice, "nobody.example", "It was closed down")
    for node in ORIGINS[1:]:
        give_up(DESK, item, notice, node, "It was closed down, and its keys were destroyed")
    with pytest.raises(Conflict):
        give_up(DESK, item, notice, ORIGINS[1], "It was closed down, and its keys were destroyed")
    assert row[0].side.verbs().count("notice-given-up") == 3
    net.clock.forward(days=9)
    net.carry()
    assert [(answer.chased, answer.told) for answer in shown().open] == [(None, None)] * 3
    row[1].on = True
    net.carry()
    assert shown().open == ()
