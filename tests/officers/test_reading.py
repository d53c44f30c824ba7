import pytest

from liaison.model.errors import NotFound, NotLawful
from liaison.model.roles import Role
from liaison.officers import reading, service
from liaison.officers.reading import Wanted
from tests.node_fixtures import both_databases
from tests.officers.staff import Agency


@both_databases
def test_an_auditor_reads_what_others_did_and_that_is_recorded(either: Agency) -> None:
    auditor = either.hire("outside", Role.AUDITOR)
    found = reading.search(either.office, auditor.actor, Wanted(what="sign-in"))
    assert [entry.statement.who for entry in found.entries] == [
        auditor.actor.person,
        either.chief.actor.person,
    ]
    last = either.ledger()[-1]
    assert (last.what, last.who, last.outcome, last.detail) == (
        "ledger-searched", auditor.actor.person, "2", {"what": "sign-in"},
    )  # fmt: skip
    index = found.entries[1].index
    opened = reading.entry(either.office, auditor.actor, index)
    assert opened is not None
    assert opened.statement.what == "sign-in"
    read = either.ledger()[-1]
    assert (read.what, read.detail) == ("ledger-read", {"entry": str(index)})


@pytest.mark.parametrize("role", [Role.INVESTIGATOR, Role.DESK_OFFICER, Role.APPROVER, Role.SUPERVISOR])
def test_others_read_what_they_did_themselves(agency: Agency, role: Role) -> None:
    officer = agency.hire("officer", role)
    with pytest.raises(NotLawful):
        reading.search(agency.office, officer.actor, Wanted())
    mine = reading.own(agency.office, officer.actor, Wanted(who=agency.chief.actor.person))
    assert {entry.statement.who for entry in mine.entries} == {officer.actor.person}
    told = set()
    for index in (0, 10_000, -1):
        with pytest.raises(NotFound) as absent:
            reading.entry(agency.office, officer.actor, index)
        told.add(str(absent.value))
    assert len(told) == 1
    own = reading.entry(agency.office, officer.actor, mine.entries[0].index)
    assert own is not None


def test_an_administrator_reads_no_acts_of_others(agency: Agency) -> None:
    officer = agency.hire("officer", Role.INVESTIGATOR)
    with pytest.raises(NotLawful):
        reading.search(agency.office, agency.chief.actor, Wanted(who=officer.actor.person))


def test_the_search_goes_on_where_it_stopped(agency: Agency) -> None:
    guard = agency.hire("guard", Role.DATA_PROTECTION_OFFICER)
    for _ in range(7):
        service.list_people(agency.office, guard.actor)
    seen, before = [], None
    while before != 0:
        found = reading.own(agency.office, guard.actor, Wanted(what="people-read"), before=before, limit=3)
        seen += [entry.index for entry in found.entries]
        before = found.before
    assert len(seen) == len(set(seen)) == 7
    assert seen == sorted(seen, reverse=True)


def test_what_was_erased_says_nothing_and_is_counted(agency: Agency) -> None:
    guard = agency.hire("guard", Role.DATA_PROTECTION_OFFICER)
    mine = reading.own(agency.office, guard.actor).entries[0].index
    agency.office.write(lambda connection: agency.office.log.erase(connection, [mine]))
    assert reading.entry(agency.office, guard.actor, mine) is None
    assert reading.search(agency.office, guard.actor, Wanted(who=guard.actor.person)).erased == 1
