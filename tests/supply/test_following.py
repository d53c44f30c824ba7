"""A record that changes is told to whoever has it, and what it led to there changes with it (rule L06)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection, func, select

from liaison.holdings import consult, corrections, erasure, retention
from liaison.holdings.erasure import Cause
from liaison.holdings.imports import import_file
from liaison.holdings.rules import facts
from liaison.ledger.log import size
from liaison.ledger.statements import Statement
from liaison.model.categories import CaseId
from liaison.model.dates import PartialDate
from liaison.model.errors import BadInput, Conflict, Erased, NotLawful
from liaison.model.holding import State as RecordState
from liaison.model.subjects import Name, Person
from liaison.policy import RecordFacts
from liaison.ports import KeyId
from liaison.storage.tables.holdings import HOLDINGS
from liaison.storage.tables.supply import COMPLIANCE, HELD, NOTICES, PATHS, WAYS
from liaison.storage.tables.transport import INBOX, LANES, OUTBOX
from liaison.supply import access, keeping, letters, reading, recalls, taking
from liaison.supply.documents import Kind, Why
from liaison.supply.letters import Parcel
from liaison.transport import lanes
from liaison.transport.voids import VOID
from tests.holdings.offices import DESK, INVESTIGATOR, PROTECTION, everything_stored
from tests.node_fixtures import START
from tests.supply.offices import Agency, Net, agencies, canonical_id, footing

A, B, C, D = "a.example", "b.example", "c.example", "d.example"


@pytest.fixture
def net(tmp_path: Path) -> Iterator[Net]:
    with agencies(tmp_path, A, B) as made:
        yield made


@pytest.fixture
def both(net: Net) -> tuple[Agency, Agency]:
    return net.agencies[A], net.agencies[B]


def given(net: Net, both: tuple[Agency, Agency]) -> tuple[str, str]:
    """A record of the left one, and the item that the right one has of it."""
    left, right = both
    record, *_ = left.records()
    (item,) = left.gives(right, record)
    net.carry()
    return record, item


def correct(agency: Agency, record: str, given_name: str) -> None:
    said = consult.inspect(agency.office, DESK, record, "to correct it").holding
    subject = Person(names=(Name(given=given_name, surname="Gashi"),), born=said.subject.born)  # type: ignore[union-attr]
    after = msgspec.structs.replace(said, subject=subject)
    corrections.correct(agency.office, DESK, record, after, "The name was misspelt.")


def name_of(agency: Agency, item: str) -> str:
    held = agency.office.read(lambda c: access.load(agency.office, c, DESK, item))
    return str(held.item.subject.names[0])  # type: ignore[union-attr]


def all_confirmed(agency: Agency) -> bool:
    rows = agency.see(select(COMPLIANCE))
    return bool(rows) and all(row.outcome == "done" for row in rows)


def test_a_correction_reaches_who_has_the_record(net: Net, both: tuple[Agency, Agency]) -> None:
    record, item = given(net, both)
    former = both[1].held(item).key
    correct(both[0], record, "Anna")
    net.carry()
    assert name_of(both[1], item) == "Anna Gashi"
    assert both[1].held(item).revision == 2
    assert all_confirmed(both[0])
    with pytest.raises(Erased):
        both[1].office.keys.fetch([KeyId(former)])


def test_a_list_that_is_imported_again_corrects_too(net: Net, both: tuple[Agency, Agency]) -> None:
    _, item = given(net, both)
    both[0].records(b"id,given,surname,dob,category,Note\n1,Anita,Gashi,1984-02-03,suspect,\n")
    net.carry()
    assert name_of(both[1], item) == "Anita Gashi"


def test_a_change_of_what_was_not_supplied_tells_nobody(net: Net, both: tuple[Agency, Agency]) -> None:
    record, _ = given(net, both)
    said = consult.inspect(both[0].office, DESK, record, "to correct it").holding
    after = msgspec.structs.replace(said, source="another court", extra={"Note": "nothing"})
    corrections.correct(both[0].office, DESK, record, after, "The source was wrong.")
    net.carry()
    assert both[0].see(select(NOTICES)) == []


def test_what_is_contested_is_restricted_everywhere_until_it_is_settled(
    net: Net, both: tuple[Agency, Agency]
) -> None:
    record, item = given(net, both)
    corrections.restrict(both[0].office, PROTECTION, record, "The person contests it.")
    net.carry()
    assert both[1].held(item).state == "restricted"
    both[1].case(item)
    with pytest.raises(NotLawful, match="restricted"):
        taking.take_in(both[1].office, DESK, item, footing(DESK))
    corrections.unrestrict(both[0].office, PROTECTION, record, "It was right.")
    net.carry()
    assert both[1].held(item).state == "held"
    assert all_confirmed(both[0])


def test_an_erasure_leaves_nothing_at_either_side(net: Net, both: tuple[Agency, Agency]) -> None:
    record, item = given(net, both)
    erasure.erase(both[0].office, PROTECTION, record, Cause.UNLAWFUL, "letter 1")
    net.carry()
    assert both[0].supplied(item).state == both[1].held(item).state == "erased"
    for agency, table in ((both[0], OUTBOX), (both[1], INBOX)):
        (letter,) = agency.see(select(table).where(table.c.kind == letters.PASSED))
        with pytest.raises(Erased):
            agency.office.keys.fetch([KeyId(letter.key)])
    assert all_confirmed(both[0])


def test_a_letter_that_went_after_the_recall_is_forgotten_too(net: Net, both: tuple[Agency, Agency]) -> None:
    left, right = both
    record, *_ = left.records()
    right.on = False
    (item,) = left.gives(right, record)
    left.recalls(item)
    net.carry()
    right.on = True
    net.carry()
    assert (right.held(item).state, right.held(item).sealed) == ("recalled", None)
    for agency, table in ((left, OUTBOX), (right, INBOX)):
        (letter,) = agency.see(select(table).where(table.c.kind == letters.PASSED))
        with pytest.raises(Erased):
            agency.office.keys.fetch([KeyId(letter.key)])


def test_what_its_list_no_longer_has_is_called_back(net: Net, both: tuple[Agency, Agency]) -> None:
    _, item = given(net, both)
    both[0].records(b"id,given,surname,dob,category\n9,Zoe,Kola,1984-02-03,suspect\n", complete=True)
    net.carry()
    assert both[1].held(item).state == "recalled"


def test_a_recall_that_overtakes_its_item_waits_for_it(net: Net, both: tuple[Agency, Agency]) -> None:
    left, right = both
    record, *_ = left.records()
    (supplied,) = left.sends(right, record)
    item = canonical_id(supplied)
    left.recalls(item)
    net.carry()
    assert left.see(select(COMPLIANCE.c.outcome))[0][0] == "never held"
    left.posts(right, letters.PASSED, Parcel(supplied=(supplied,)))
    net.carry()
    row = right.held(item)
    assert (row.state, row.sealed, row.key) == ("recalled", None, None)


def test_a_correction_that_overtakes_its_item_replaces_it(net: Net, both: tuple[Agency, Agency]) -> None:
    left, right = both
    record, *_ = left.records()
    (supplied,) = left.sends(right, record)
    correct(left, record, "Anna")
    net.carry()
    left.posts(right, letters.PASSED, Parcel(supplied=(supplied,)))
    net.carry()
    assert name_of(right, canonical_id(supplied)) == "Anna Gashi"


def test_an_item_is_taken_into_the_records_and_follows_its_originator(
    net: Net, both: tuple[Agency, Agency]
) -> None:
    record, item = given(net, both)
    right = both[1]
    right.case(item)
    taken = taking.take_in(right.office, DESK, item, footing(DESK))
    said = consult.inspect(right.office, DESK, taken, "to look at it").holding
    assert (said.owner, said.source, said.record) == ("Demo agency", A, item)
    assert said.retention_until <= right.held(item).retention.date()
    with pytest.raises(Conflict):
        taking.take_in(right.office, DESK, item, footing(DESK))
    correct(both[0], record, "Anna")
    net.carry()
    after = consult.inspect(right.office, DESK, taken, "to look at it").holding
    assert str(after.subject.names[0]) == "Anna Gashi"  # type: ignore[union-attr]
    corrections.restrict(both[0].office, PROTECTION, record, "The person contests it.")
    net.carry()
    assert state_of(right, taken) is RecordState.RESTRICTED
    both[0].recalls(item)
    net.carry()
    assert state_of(right, taken) is RecordState.ERASED
    assert all_confirmed(both[0])


@pytest.mark.parametrize("stops", [False, True])
def test_what_is_called_back_while_it_is_taken_in_is_not_left_in_the_records(
    net: Net, both: tuple[Agency, Agency], monkeypatch: pytest.MonkeyPatch, stops: bool
) -> None:
    _, item = given(net, both)
    left, right = both
    right.case(item)
    real = import_file

    def meanwhile(*order: Any) -> Any:
        monkeypatch.setattr(taking, "import_file", real)
        left.recalls(item)
        net.carry()
        done = real(*order)
        if stops:
            raise KeyboardInterrupt
        return done

    monkeypatch.setattr(taking, "import_file", meanwhile)
    with pytest.raises(KeyboardInterrupt if stops else Erased):
        taking.take_in(right.office, DESK, item, footing(DESK))
    net.carry()
    (record,) = right.see(select(HOLDINGS))
    assert record.state == RecordState.ERASED.value
    assert taking.finish_removals(right.office) == 0


def test_what_is_corrected_while_it_is_taken_in_is_taken_in_as_corrected(
    net: Net, both: tuple[Agency, Agency], monkeypatch: pytest.MonkeyPatch
) -> None:
    record, item = given(net, both)
    left, right = both
    right.case(item)
    real = import_file

    def meanwhile(*order: Any) -> Any:
        monkeypatch.setattr(taking, "import_file", real)
        correct(left, record, "Anna")
        corrections.restrict(left.office, PROTECTION, record, "The person contests it.")
        net.carry()
        return real(*order)

    monkeypatch.setattr(taking, "import_file", meanwhile)
    taken = taking.take_in(right.office, DESK, item, footing(DESK))
    said = consult.inspect(right.office, PROTECTION, taken, "to look at it").holding
    assert str(said.subject.names[0]) == "Anna Gashi"  # type: ignore[union-attr]
    assert state_of(right, taken) is RecordState.RESTRICTED


def test_a_record_of_another_agency_is_not_sent_as_our_own(net: Net, both: tuple[Agency, Agency]) -> None:
    _, item = given(net, both)
    right = both[1]
    right.case(item)
    taken = taking.take_in(right.office, DESK, item, footing(DESK))
    (withheld,) = right.weighs(both[0], taken)
    assert "another agency's record" in withheld.reasons[0]  # type: ignore[union-attr]


def test_a_record_of_another_agency_is_its_originators_to_correct(
    net: Net, both: tuple[Agency, Agency]
) -> None:
    """L12: nor does it come in anew by a file; to restrict it is ours."""
    record, item = given(net, both)
    left, right = both
    right.case(item)
    taken = taking.take_in(right.office, DESK, item, footing(DESK))
    with pytest.raises(NotLawful, match="its originator corrects it"):
        correct(right, taken, "Anna")
    said = consult.inspect(right.office, DESK, taken, "to look at it").holding
    child = msgspec.structs.replace(said.subject, born=(PartialDate("2020"),))
    moved = msgspec.structs.replace(said, subject=child)
    with pytest.raises(NotLawful, match="its originator corrects it"):  # nor by way of protection
        corrections.correct(right.office, DESK, taken, moved, "She is a child.")
    with pytest.raises(BadInput, match="what partners supplied"):
        right.records(b"id,given,surname\n%b,Anna,Gashi\n" % item.encode(), list_name=said.list_name)
    assert str(said.subject.names[0]) == "Ana Gashi"  # type: ignore[union-attr]
    assert (facts(said, START.date()).own, record_facts(left, record).own) == (False, True)
    corrections.restrict(right.office, PROTECTION, taken, "The person contests it.")
    assert state_of(right, taken) is RecordState.RESTRICTED


def record_facts(agency: Agency, record: str) -> RecordFacts:
    said = consult.inspect(agency.office, DESK, record, "to look at it").holding
    return facts(said, START.date())


def test_what_is_held_as_evidence_is_restricted_and_said_so(net: Net, both: tuple[Agency, Agency]) -> None:
    _, item = given(net, both)
    right = both[1]
    right.case(item)
    taken = taking.take_in(right.office, DESK, item, footing(DESK))
    until = net.clock.now() + dt.timedelta(days=90)
    corrections.legal_hold(right.office, DESK, taken, CaseId("case-1"), until, "The court asked for it.")
    both[0].recalls(item)
    net.carry()
    assert state_of(right, taken) is RecordState.RESTRICTED
    (answer,) = reading.notices(both[0].office, DESK, item=item).entries[0].answers
    assert (answer.outcome.value, answer.complied) == ("kept as evidence", False)  # type: ignore[union-attr]


def state_of(agency: Agency, record: str) -> RecordState:
    return RecordState(agency.see(select(HOLDINGS.c.state).where(HOLDINGS.c.id == record))[0][0])


def test_nothing_of_a_person_stands_open_in_the_database(net: Net, both: tuple[Agency, Agency]) -> None:
    record, item = given(net, both)
    both[0].case()
    correct(both[0], record, "Annabelle")
    net.carry()
    for agency in both:
        stored = everything_stored(agency.office)
        assert b"Gashi" not in stored
        assert b"Annabelle" not in stored
        assert item.encode() in stored


def test_retention_ends_here_once_the_time_is_trusted(net: Net, both: tuple[Agency, Agency]) -> None:
    _, item = given(net, both)
    right = both[1]
    key = right.held(item).key
    end = net.clock.now() + dt.timedelta(hours=12)
    right.do(lambda connection: connection.execute(HELD.update().values(retention=end)))
    right.follow()
    retention.run(right.office, net.clock)
    net.clock.forward(days=1)
    right.follow()
    assert right.held(item).state == "held"
    retention.run(right.office, net.clock)
    right.follow()
    assert right.held(item).state == "expired"
    with pytest.raises(Erased):
        right.office.keys.fetch([KeyId(key)])


def test_a_crash_between_steps_loses_nothing(
    net: Net, both: tuple[Agency, Agency], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, item = given(net, both)
    right = both[1]
    key = right.held(item).key
    both[0].recalls(item)
    both[1].on = False
    net.carry()
    both[1].on = True

    def stop(*_: object) -> int:
        raise OSError("the power is cut")

    with monkeypatch.context() as patched:
        patched.setattr(keeping, "destroy_due", stop)
        with pytest.raises(OSError, match="power"):
            net.carry()
    assert right.office.keys.fetch([KeyId(key)])
    net.carry()
    with pytest.raises(Erased):
        right.office.keys.fetch([KeyId(key)])
    assert all_confirmed(both[0])


def test_recalling_is_for_the_desk_and_once(net: Net, both: tuple[Agency, Agency]) -> None:
    record, item = given(net, both)
    left = both[0]
    for actor in (INVESTIGATOR,):
        with pytest.raises(Exception, match="nothing here"):
            recalls.recall(left.office, left.means, actor, item, Why.WRONG, "It was somebody else.")
    with pytest.raises(NotLawful, match="reason"):
        recalls.recall(left.office, left.means, DESK, item, Why.WRONG, "")
    (issued,) = recalls.recall_record(
        left.office, left.means, PROTECTION, record, Why.ORDER, "The court said so."
    )
    assert (issued.kind, issued.recipients) == (Kind.RECALL, 1)
    with pytest.raises(Conflict):
        left.recalls(item)


DRILL = {"default": 12, "campaign": 1000}


@pytest.mark.timeout(3600)
def test_shared_records_corrected_while_three_peers_are_down(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """The drill of rule L06: every one of them has confirmed every correction once they are back."""
    count = DRILL.get(
        request.config.getoption("--hypothesis-profile", default=None) or "default", DRILL["default"]
    )
    (tmp_path / "more").mkdir()
    with agencies(tmp_path, A, B) as net, agencies(tmp_path / "more", C, D, agreed=False) as more:
        for agency in more.agencies.values():
            object.__setattr__(agency.side.office, "clock", net.clock)
            net.agencies[agency.origin] = agency
            net.agree(net.agencies[A], agency)
        left, peers = net.agencies[A], [net.agencies[origin] for origin in (B, C, D)]
        rows = [f"{number},Ana,Gashi{number},1984-02-03,suspect\n" for number in range(count)]
        records = left.records(("id,given,surname,dob,category\n" + "".join(rows)).encode())
        for peer in peers:
            for start in range(0, count, 200):
                left.gives(peer, *records[start : start + 200])
        net.carry()
        for peer in peers:
            peer.on = False
        left.records(("id,given,surname,dob,category\n" + "".join(rows).replace("Ana", "Anna")).encode())
        net.carry()
        net.clock.forward(days=2)
        net.carry()
        assert left.see(select(func.count()).where(COMPLIANCE.c.confirmed.is_not(None)))[0][0] == 0
        for peer in peers:
            peer.on = True
        net.carry()
        done = left.see(select(COMPLIANCE.c.outcome, func.count()).group_by(COMPLIANCE.c.outcome))
        assert [tuple(row) for row in done] == [("done", 3 * count)]
        for peer in peers:
            assert {row.revision for row in peer.see(select(HELD))} == {2}


def test_a_partner_that_lost_a_letter_which_was_called_back_gets_one_that_says_nothing(
    net: Net, both: tuple[Agency, Agency]
) -> None:
    """Restored from a backup of before: it asks for numbers whose bytes are destroyed, and what follows is taken."""
    left, right = both
    first, second, third, fourth = left.records(FOUR)
    item, beside = left.gives(right, first, second)
    net.carry()
    left.recalls(item)
    net.carry()
    right.do(forget_what_came)
    for table in (HELD, NOTICES):  # and what came of it
        assert not right.see(select(table))
    (other,) = left.gives(right, third)
    net.carry()
    (void, taken) = right.see(select(INBOX).where(INBOX.c.lane == "ordinary").order_by(INBOX.c.number))
    assert (void.kind, void.state, taken.kind, taken.state) == (VOID, "accepted", letters.PASSED, "accepted")
    assert right.held(other).state == "held"
    assert not right.see(select(HELD).where(HELD.c.id == item))
    sent = [statement.what for statement in statements(left) if statement.outcome == VOID]
    assert sent == ["letter-sent"]
    left.recalls(beside)  # it went in the letter that is gone
    net.carry()
    right.do(forget_what_came)
    left.gives(right, fourth)
    net.carry()
    again = right.see(select(INBOX.c.digest).where(INBOX.c.kind == VOID))
    assert [each.digest for each in again] == [void.digest]


FOUR = b"id,given,surname,dob,category\n" + b"".join(
    b"%d,Ana,Kola,1984-02-0%d,suspect\n" % (place, place) for place in range(1, 5)
)


def forget_what_came(connection: Connection) -> None:
    """What a backup of before does not have."""
    for table in (PATHS, WAYS, COMPLIANCE, NOTICES, HELD, INBOX):
        connection.execute(table.delete())
    connection.execute(LANES.update().values(next_in=1, chain=lanes.START))


def statements(agency: Agency) -> list[Statement]:
    log = agency.office.log
    return agency.office.read(lambda c: [log.statement(c, index) for index in range(size(c))])
