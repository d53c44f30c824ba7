"""Reading the ledger: one's own acts, others' for those who may, and every look at others recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from liaison import policy
from liaison.ledger.log import size
from liaison.ledger.statements import Statement
from liaison.model.categories import OfficerId
from liaison.model.errors import NotFound, NotLawful
from liaison.model.roles import Role
from liaison.office import Office
from liaison.officers import reading
from liaison.officers.reading import Wanted
from tests.node_fixtures import an_office, both_databases

OFFICER = policy.Actor(person=OfficerId("person-officer"), roles=frozenset({Role.INVESTIGATOR}))
AUDITOR = policy.Actor(person=OfficerId("person-auditor"), roles=frozenset({Role.AUDITOR}))


def act(office: Office, who: policy.Actor, what: str = "check", case: str = "") -> int:
    statement = Statement(what=what, who=who.person, when=office.now(), case=case)
    return office.write(lambda connection: office.log.append(connection, statement).index)


@both_databases
def test_own_acts_alone_whatever_is_asked_for(kind: str, tmp_path: Path) -> None:
    with an_office(tmp_path, kind) as office:
        mine = act(office, OFFICER)
        act(office, AUDITOR)
        found = reading.own(office, OFFICER, Wanted(who=AUDITOR.person))
        assert [each.index for each in found.entries] == [mine]
        assert found.before == 0


def test_others_acts_take_the_role(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        act(office, AUDITOR)
        with pytest.raises(NotLawful):
            reading.search(office, OFFICER, Wanted())
        assert office.read(size) == 1


@both_databases
def test_a_search_is_recorded_with_what_was_looked_for(kind: str, tmp_path: Path) -> None:
    with an_office(tmp_path, kind) as office:
        act(office, OFFICER, case="case-a")
        act(office, OFFICER, case="case-b")
        found = reading.search(office, AUDITOR, Wanted(case="case-b"))
        assert [each.statement.case for each in found.entries] == ["case-b"]
        told = office.read(lambda connection: office.log.statement(connection, 2))
        assert (told.what, told.who, told.detail) == ("ledger-searched", AUDITOR.person, {"case": "case-b"})


def test_another_persons_entry_is_absent_and_leaves_no_trace(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        foreign = act(office, AUDITOR)
        for index in (foreign, 99, -1):
            with pytest.raises(NotFound):
                reading.entry(office, OFFICER, index)
        assert office.read(size) == 1


def test_a_look_at_anothers_entry_is_recorded(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        foreign = act(office, OFFICER)
        opened = reading.entry(office, AUDITOR, foreign)
        assert opened is not None
        assert opened.statement.who == OFFICER.person
        told = office.read(lambda connection: office.log.statement(connection, 1))
        assert (told.what, told.detail) == ("ledger-read", {"entry": "0"})


def test_an_erased_entry_is_counted_and_told_as_such(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        gone, kept = act(office, OFFICER), act(office, OFFICER)
        office.write(lambda connection: office.log.erase(connection, [gone]))
        found = reading.search(office, AUDITOR, Wanted(who=OFFICER.person))
        assert [each.index for each in found.entries] == [kept]
        assert found.erased == 1
        assert reading.entry(office, AUDITOR, gone) is None


def test_a_long_search_stops_and_says_where_to_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "WINDOW", 3)
    monkeypatch.setattr(reading, "MOST", 6)
    with an_office(tmp_path) as office:
        first = act(office, OFFICER, what="rare")
        for _ in range(9):
            act(office, OFFICER)
        found = reading.own(office, OFFICER, Wanted(what="rare"))
        assert (found.entries, found.looked_at) == ((), 6)
        again = reading.own(office, OFFICER, Wanted(what="rare"), before=found.before)
        assert [each.index for each in again.entries] == [first]
