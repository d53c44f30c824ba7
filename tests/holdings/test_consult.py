"""Who reads which record, on what grounds, and that the ledger has it."""

from pathlib import Path

import pytest
from sqlalchemy import insert

from liaison.holdings import access
from liaison.holdings.consult import Question, inspect, lists, search, show, versions
from liaison.holdings.corrections import restrict
from liaison.model.errors import LedgerUnavailable, NotFound, NotLawful
from liaison.model.grounds import Purpose
from liaison.storage.tables.officers import GLASSES, PEOPLE
from tests.holdings.offices import (
    ADMINISTRATOR,
    AUDITOR,
    CASE,
    DESK,
    INVESTIGATOR,
    OTHER,
    ROWS,
    a_case,
    footing,
    ids,
    imported,
    said_in_ledger,
)
from tests.node_fixtures import START, an_office, both_databases


def linked(office, holding: str) -> None:
    office.write(lambda c: access.link(c, CASE, holding, INVESTIGATOR.person, START))


@both_databases
def test_shown_to_a_person_whose_case_met_it(tmp_path: Path, kind: str) -> None:
    with an_office(tmp_path, kind) as office:
        imported(office)
        a_case(office, INVESTIGATOR)
        holding = ids(office)[0]
        linked(office, holding)
        record = show(office, INVESTIGATOR, holding, footing(INVESTIGATOR))
        assert str(record.holding.subject.names[0]) in ("Ana Gashi", "Ben Hoxha", "Cara Shehu")
        assert said_in_ledger(office)[-1] == "show-holding"


def test_foreign_and_absent_are_told_apart_by_nobody(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        imported(office)
        a_case(office, INVESTIGATOR, OTHER)
        entries = len(said_in_ledger(office))
        said = set()
        for holding in (ids(office)[0], "holding-aaaaaaaaaaaaaaaaaaaaaaaaaa", "", "%", "' OR 1=1"):
            with pytest.raises(NotFound) as refused:
                show(office, OTHER, holding, footing(OTHER))
            said.add((str(refused.value), refused.value.hint, refused.value.status))
        assert len(said) == 1
        assert len(said_in_ledger(office)) == entries


@pytest.mark.parametrize("actor", [ADMINISTRATOR, AUDITOR, OTHER])
def test_nothing_is_listed_for_who_reads_no_record(tmp_path: Path, actor) -> None:
    with an_office(tmp_path) as office:
        imported(office)
        assert search(office, actor, Question()).entries == []
        assert lists(office, actor) == {}


def test_a_list_is_filtered_as_reading_is(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        imported(office)
        a_case(office, INVESTIGATOR)
        linked(office, ids(office)[0])
        assert [entry.id for entry in search(office, INVESTIGATOR, Question()).entries] == [ids(office)[0]]
        assert lists(office, INVESTIGATOR) == {"wanted": 1}
        assert lists(office, DESK) == {"wanted": 3}


def test_refused_without_grounds_and_on_another_case(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        imported(office)
        a_case(office, INVESTIGATOR, DESK)
        a_case(office, INVESTIGATOR, case="case-2")
        holding = ids(office)[0]
        linked(office, holding)
        for given in (None, footing(DESK), footing(INVESTIGATOR, case="case-2")):
            with pytest.raises(NotLawful):
                show(office, INVESTIGATOR, holding, given)
        with pytest.raises(NotLawful):
            show(office, DESK, holding, footing(DESK, Purpose.SAFEGUARDING))
        assert show(office, DESK, holding, footing(DESK)).id == holding


def test_a_broken_glass_opens_one_record_while_it_is_open(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        imported(office)
        first, second, _ = ids(office)
        glass(office, first)
        assert show(office, OTHER, first, footing(OTHER)).id == first
        with pytest.raises(NotFound):
            show(office, OTHER, second, footing(OTHER))
        office.clock.forward(hours=3)
        with pytest.raises(NotFound):
            show(office, OTHER, first, footing(OTHER))


def glass(office, holding: str) -> None:
    from datetime import timedelta

    def work(connection) -> None:
        person = {"id": OTHER.person, "key": 1, "sealed": b"", "safeguards": False, "created": START}
        connection.execute(insert(PEOPLE).values(**person))
        until = START + timedelta(hours=2)
        row = {"id": "glass-1", "person": OTHER.person, "object_kind": "holding", "object": holding}
        row |= {"key": 1, "reason": b"", "opened": START, "until": until, "review_by": until, "state": "open"}
        connection.execute(insert(GLASSES).values(**row))

    office.write(work)


def test_a_restricted_record_is_read_only_by_who_may_correct_it(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        imported(office)
        a_case(office, DESK)
        holding = ids(office)[0]
        restrict(office, DESK, holding, "the person contests it")
        with pytest.raises(NotLawful):
            show(office, DESK, holding, footing(DESK))
        assert inspect(office, DESK, holding, "looking into the complaint").state.value == "restricted"
        with pytest.raises(NotLawful):
            inspect(office, DESK, holding, "")


def test_older_versions_stay_readable(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        imported(office)
        a_case(office, DESK)
        imported(office, ROWS.replace(b"Ana", b"Anna"))
        told = [
            {str(record.holding.subject.names[0]) for record in versions(office, DESK, one, footing(DESK))}
            for one in ids(office)
        ]
        assert {"Ana Gashi", "Anna Gashi"} in told


def test_nothing_is_shown_that_the_ledger_cannot_record(tmp_path: Path, monkeypatch) -> None:
    def broken(*_args) -> None:
        raise LedgerUnavailable("the entry could not be written")

    with an_office(tmp_path) as office:
        imported(office)
        a_case(office, DESK)
        monkeypatch.setattr(type(office.log), "append", broken)
        for look in (
            lambda: show(office, DESK, ids(office)[0], footing(DESK)),
            lambda: versions(office, DESK, ids(office)[0], footing(DESK)),
            lambda: inspect(office, DESK, ids(office)[0], "looking into it"),
            lambda: search(office, DESK, Question()),
        ):
            with pytest.raises(LedgerUnavailable):
                look()
