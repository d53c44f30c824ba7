"""Corrections, restrictions and legal holds."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from liaison.holdings.consult import inspect, versions
from liaison.holdings.corrections import correct, legal_hold, release_hold, restrict, unrestrict
from liaison.holdings.erasure import Cause, erase
from liaison.holdings.live import LiveIndex
from liaison.matching.one import Person as Wanted
from liaison.model.categories import Category
from liaison.model.errors import BadInput, Conflict, NotFound, NotLawful
from liaison.model.holding import State
from liaison.model.subjects import Name
from tests.holdings.offices import (
    CASE,
    DESK,
    INVESTIGATOR,
    PROTECTION,
    ROWS,
    a_case,
    footing,
    ids,
    imported,
    said_in_ledger,
)
from tests.node_fixtures import START, an_office, both_databases

REASON = "the court sent a correction"


def of(office, given: str) -> str:
    """The id of the record of this given name."""
    for one in ids(office):
        if inspect(office, DESK, one, "looking for one").holding.subject.names[0].given == given:
            return one
    raise AssertionError(given)


def renamed(holding, **name: str):
    subject = msgspec.structs.replace(holding.subject, names=(Name(**name),))
    return msgspec.structs.replace(holding, subject=subject)


@both_databases
def test_a_correction_is_a_new_version_that_says_who_and_why(tmp_path: Path, kind: str) -> None:
    with an_office(tmp_path, kind) as office:
        imported(office)
        a_case(office, DESK)
        holding = of(office, "Ana")
        before = inspect(office, DESK, holding, REASON).holding
        record = correct(office, PROTECTION, holding, renamed(before, given="Anna", surname="Gashi"), REASON)
        assert record.version == 2
        first, second = versions(office, DESK, holding, footing(DESK))
        assert (first.holding, second.change.reason) == (before, REASON)
        assert second.change.by == PROTECTION.person
        assert "correct-holding" in said_in_ledger(office)


def test_a_correction_stays_when_the_same_file_comes_again(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        imported(office)
        holding = of(office, "Ana")
        before = inspect(office, DESK, holding, REASON).holding
        correct(office, DESK, holding, renamed(before, given="Anna", surname="Gashi"), REASON)
        assert imported(office).unchanged == 3
        assert inspect(office, DESK, holding, REASON).holding.subject.names[0].given == "Anna"


def test_what_was_corrected_is_what_a_check_finds(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        imported(office)
        live = LiveIndex(office)
        holding = of(office, "Ana")
        before = inspect(office, DESK, holding, REASON).holding
        correct(office, DESK, holding, renamed(before, given="Zamira", surname="Kelmendi"), REASON)
        assert not live.checker().check(Wanted(given="Ana", surname="Gashi"), 0)
        found = live.checker().check(Wanted(given="Zamira", surname="Kelmendi"), 0)
        assert [live.index.people.record_id(one.record) for one in found] == [holding]


def test_refused_without_reason_or_role_and_for_another_record(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        imported(office)
        holding = of(office, "Ana")
        before = inspect(office, DESK, holding, REASON).holding
        with pytest.raises(NotLawful):
            correct(office, DESK, holding, before, "")
        with pytest.raises(NotFound):
            correct(office, INVESTIGATOR, holding, before, REASON)
        with pytest.raises(BadInput):
            correct(office, DESK, holding, msgspec.structs.replace(before, record="2"), REASON)


def test_a_restricted_record_is_matched_against_nothing(tmp_path: Path) -> None:
    wanted = Wanted(given="Ana", surname="Gashi")
    with an_office(tmp_path) as office:
        imported(office)
        live = LiveIndex(office)
        holding = of(office, "Ana")
        assert live.checker().check(wanted, 0)
        assert restrict(office, DESK, holding, "the person contests it").state is State.RESTRICTED
        assert not live.checker().check(wanted, 0)
        with pytest.raises(Conflict):
            restrict(office, DESK, holding, "the person contests it")
        assert unrestrict(office, PROTECTION, holding, "it was found right").state is State.LIVE
        assert live.checker().check(wanted, 0)


def test_a_changed_file_leaves_a_restriction(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        imported(office)
        holding = of(office, "Ana")
        restrict(office, DESK, holding, "the person contests it")
        imported(office, ROWS.replace(b"Ana", b"Anna"))
        record = inspect(office, DESK, holding, REASON)
        assert (record.state, record.version) == (State.RESTRICTED, 3)


def test_a_legal_hold_has_a_case_and_an_end_and_stops_erasure(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        imported(office)
        holding = of(office, "Ana")
        until = START + timedelta(days=90)
        record = legal_hold(office, DESK, holding, CASE, until, "evidence in the trial")
        assert record.hold is not None
        assert (record.hold.case, record.hold.until) == (CASE, until)
        with pytest.raises(NotLawful):
            erase(office, PROTECTION, holding, Cause.ORDER, "letter 12/2026")
        assert release_hold(office, DESK, holding, "the trial is over").hold is None
        erase(office, PROTECTION, holding, Cause.ORDER, "letter 12/2026")


def test_a_hold_without_end_or_case_is_refused(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        imported(office)
        holding = of(office, "Ana")
        with pytest.raises(NotLawful):
            legal_hold(office, DESK, holding, CASE, START - timedelta(days=1), "evidence in the trial")
        with pytest.raises(BadInput):
            legal_hold(office, DESK, holding, " ", START + timedelta(days=1), "evidence in the trial")


def test_a_person_found_to_be_a_victim_is_here_no_more(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        imported(office)
        live = LiveIndex(office)
        holding = of(office, "Ana")
        before = inspect(office, DESK, holding, REASON).holding
        involvement = msgspec.structs.replace(before.involvement, category=Category.VICTIM)
        after = msgspec.structs.replace(before, involvement=involvement)
        assert correct(office, DESK, holding, after, REASON) is None
        assert not live.checker().check(Wanted(given="Ana", surname="Gashi"), 0)
        assert imported(office).unchanged == 2  # and one as if it were erased
        assert len(LiveIndex(office).index) == 1  # Ben; the demo pack's index has no contacts
