"""Invented people in a set: they look like records, are none, and whoever asks for one is told of."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Connection, select

from liaison.crosscheck.function import tokens
from liaison.crosscheck.holder import book, canaries, making
from liaison.crosscheck.likeness.matchkeys import of_record, survey
from liaison.model import canonical
from liaison.model.dates import PartialDate
from liaison.model.subjects import Name, Person
from liaison.officers import notices
from liaison.ports import KeyId
from liaison.storage.sealing import unseal
from liaison.storage.tables.crosscheck import CANARIES
from tests.crosscheck.holder.test_epochs import in_set, subjects
from tests.crosscheck.holders import Crosscheck, crosscheck
from tests.node_fixtures import sqlite_daily
from tests.screening.conftest import crowd
from tests.screening.node import gezim, nobody
from tests.two_offices import HEAD

FEW = crowd()[:12]


def people(both: Crosscheck) -> list[Person]:
    """Those of the set, as its holder can open them."""
    office, epoch = both.holder.office, both.epoch()
    key = office.keys.fetch([KeyId(epoch.key)])[0]

    def read(connection: Connection) -> list[Person]:
        return [
            canonical.decode(unseal(key, row.sealed, f"crosscheck_canaries:{row.id}"), Person)
            for row in connection.execute(select(CANARIES))
        ]

    return office.read(read)


@sqlite_daily
def test_a_set_has_some_people_who_are_nobody(tmp_path: Path, kind: str) -> None:
    with crosscheck(tmp_path, kind, FEW) as both:
        invented = people(both)
        assert len(invented) == canaries.FEWEST
        assert in_set(both, invented) == [True] * len(invented)
        assert len({str(each) for each in invented}) == len(invented)
        assert both.epoch().records == len(FEW) + 1


def test_no_canary_has_a_key_of_a_record(tmp_path: Path) -> None:
    with crosscheck(tmp_path, rows=FEW) as both:
        records = subjects(FEW)
        shares = survey(records)
        clear = {(key.family, key.text) for one in records for key in of_record(one, shares)}
        for one in people(both):
            assert not clear & {(key.family, key.text) for key in of_record(one, shares)}


def test_one_that_is_a_record_by_chance_is_drawn_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with crosscheck(tmp_path, rows=FEW) as both:
        office, epoch = both.holder.office, both.epoch()
        process = making.process_of(office, both.holder.means, epoch)
        key = office.keys.fetch([epoch.key])[0]
        taken = book.heads_of(book.pieces(office, key, epoch).values())
        shares = book.survey(office, key, epoch).shares
        drawn, person = iter([subjects(FEW)[0], nobody()]), canaries._person
        monkeypatch.setattr(canaries, "_person", lambda lots: next(drawn, None) or person(lots))
        made = canaries.invent(1, both.holder.origin, shares, process, taken)
        assert [one for one, _ in made] == [nobody()]
        assert not np.isin(made[0][1], taken).any()


@sqlite_daily
def test_a_request_for_a_canary_is_told_to_the_supervisors(tmp_path: Path, kind: str) -> None:
    with crosscheck(tmp_path, kind, FEW) as both:
        office, fished = both.holder.office, people(both)[1]
        asked = [gezim(), fished, nobody()]
        (met,) = canaries.met(office, asked, partner=both.asker.origin, request="request-1")
        assert (met.place, met.epoch) == (1, both.epoch().id)
        (said,) = both.entries(canaries.WHAT)
        assert (said.objects, said.detail["partner"]) == ((met.canary,), both.asker.origin)
        (told,) = [each for each in notices.waiting(office, HEAD) if each.kind == canaries.WHAT]
        assert told.object == "request-1"
        name = fished.names[0]
        for part in (name.given, name.surname, str(fished.born[0])):
            assert part not in str(said)


def test_a_request_for_others_is_told_to_nobody(tmp_path: Path) -> None:
    with crosscheck(tmp_path, rows=FEW) as both:
        one = people(both)[0]
        born = PartialDate("1949-03-14")
        other = Person(names=one.names, born=(born,))
        namesake = Person(names=(Name(given="Wolfgang", surname="Obermüller"),), born=one.born)
        assert canaries.met(both.holder.office, [gezim(), nobody(), other, namesake]) == []
        assert both.entries(canaries.WHAT) == []


def test_canaries_stay_when_the_set_changes_and_go_with_their_epoch(tmp_path: Path) -> None:
    with crosscheck(tmp_path, rows=FEW) as both:
        invented = people(both)
        for day in range(3):
            both.holder.arrive(crowd()[100 + day])
            both.forward(days=1)
            both.run()
        assert in_set(both, invented) == [True] * len(invented)
        assert tokens.padded(1) == 256
        both.forward(days=30)
        both.run()
        assert in_set(both, invented) == [False] * len(invented)
        assert canaries.met(both.holder.office, invented) == []
